//! What is said when results come: answers to keys first, errors until a key, many summed up.

use std::time::Duration;

use authtui::domain::profile::{Kind, Profile};
use authtui::domain::trouble::{Next, Trouble};
use authtui::tui::message::{Effect, Msg, Refreshed};
use authtui::tui::model::Tone;

use crate::harness::{App, due, id, profile, snapshot};

/// Tells that the refresh of a profile, which nobody asked for, brought new tokens.
fn renewed_by_itself(app: &mut App, name: &str) {
    app.model.refreshing.insert(id(name));
    app.model.unasked.insert(id(name));
    done(app, name);
}

fn done(app: &mut App, name: &str) {
    let profiles = app.model.own().expect("read").profiles().cloned();
    let profiles: Vec<Profile> =
        profiles.map(|old| if old.id == id(name) { profile(name) } else { old }).collect();
    app.feed(Msg::Refreshed(id(name), Refreshed::Done(snapshot(profiles))));
}

fn failed(app: &mut App, name: &str, why: &str) {
    let trouble = Trouble::untouched(format!("cannot refresh demo/{name}"), why, Next::Retry);
    app.feed(Msg::Refreshed(id(name), Refreshed::Failed(None, trouble)));
}

#[test]
fn an_answer_to_a_key_is_not_talked_over_by_what_nobody_waits_for() {
    let key = Profile { kind: Kind::ApiKey, ..profile("work") };
    let mut app = App::of([key, due("home")]);
    app.keys("S");
    let answer = app.message().to_owned();
    assert!(answer.contains("API key"), "{answer}");
    renewed_by_itself(&mut app, "home");
    assert_eq!(app.message(), answer);
    app.advance(Duration::from_secs(7));
    assert_eq!(app.message(), "demo/home has renewed itself; the new tokens are saved.");
    app.advance(Duration::from_secs(7));
    assert_eq!(app.message(), "");
}

#[test]
fn an_error_stays_until_a_key_whatever_comes_meanwhile() {
    let mut app = App::of([due("work"), due("home"), due("lab")]);
    app.keys("r");
    failed(&mut app, "work", "the server answered 503");
    renewed_by_itself(&mut app, "home");
    app.advance(Duration::from_secs(60));
    assert_eq!(app.message(), "1 refreshed, 1 failed. demo/work: the server answered 503.");
    assert_eq!(
        app.model.message.as_ref().map(|message| (message.tone, message.until)),
        Some((Tone::Bad, None))
    );
    // The next key is its own answer, and what was told is over.
    app.press("down");
    assert_eq!(app.message(), "");
    renewed_by_itself(&mut app, "lab");
    assert_eq!(app.message(), "demo/lab has renewed itself; the new tokens are saved.");
}

#[test]
fn an_error_in_answer_to_a_key_is_not_talked_over_either() {
    let mut app = App::of([due("work"), due("home")]);
    app.feed(Msg::Events(Err("it is a folder".to_owned())));
    let error = app.message().to_owned();
    assert!(error.contains("it is a folder"), "{error}");
    done(&mut app, "home");
    assert!(app.message().starts_with(&error) && app.message().contains("demo/home"), "{}", app.message());
    app.feed(Msg::Events(Err("it is a folder".to_owned())));
    assert_eq!(app.message().matches("it is a folder").count(), 1, "{}", app.message());
}

#[test]
fn refreshing_all_that_are_due_tells_one_sentence_with_numbers() {
    let mut app = App::of(["a", "b", "c", "d"].map(due));
    let effects = app.keys("R");
    assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::Refresh(..))).count(), 4);
    assert_eq!(app.message(), "Refreshing 4 profiles.");
    done(&mut app, "a");
    done(&mut app, "b");
    assert_eq!(app.message(), "2 refreshed, 2 running.");
    failed(&mut app, "c", "the server answered 503");
    done(&mut app, "d");
    assert_eq!(app.message(), "3 refreshed, 1 failed. demo/c: the server answered 503.");
}

#[test]
fn of_many_failures_a_few_are_told_and_the_rest_are_counted() {
    let names = ["a", "b", "c", "d", "e"];
    let mut app = App::of(names.map(due));
    app.keys("R");
    names.iter().for_each(|name| failed(&mut app, name, "no way"));
    assert_eq!(app.message(), "5 failed. demo/a: no way. demo/b: no way. demo/c: no way. L tells of 2 more.");
}

#[test]
fn of_one_profile_the_last_result_counts() {
    let mut app = App::of([due("work"), due("home")]);
    app.keys("r");
    failed(&mut app, "work", "the server answered 503");
    app.keys("r");
    done(&mut app, "work");
    assert_eq!(app.message(), "demo/work is refreshed; the new tokens are saved.");
}

#[test]
fn what_the_person_waits_for_stands_without_older_news() {
    let mut app = App::of([due("work"), due("home")]);
    renewed_by_itself(&mut app, "home");
    assert_ne!(app.message(), "");
    app.model.refreshing.insert(id("work"));
    done(&mut app, "work");
    assert_eq!(app.message(), "demo/work is refreshed; the new tokens are saved.");
}
