//! What is said when results come: answers to keys first, errors until a key, many summed up.

use std::sync::Arc;
use std::time::Duration;

use authtui::domain::change::{Snapshot, StoreNotice};
use authtui::domain::clock::TimeDelta;
use authtui::domain::event::{Author, Event, GrantEvent};
use authtui::domain::name::StoreId;
use authtui::domain::profile::{Kind, LastTest, Profile, TestResult};
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::probe::TestVerdict;
use authtui::oauth::refresh::{Refreshed, Wish};
use authtui::stored::provider_file;
use authtui::tui::message::{Copied, CopySource, Effect, Form, Msg};
use authtui::tui::screen::Screen;
use authtui::tui::status::{AskedBy, Tone};

use crate::harness::{App, PLACE, due, id, name, now, profile, snapshot};

/// Tells that the refresh of a profile, which nobody asked for, worked.
fn renewed_by_itself(app: &mut App, name: &str) {
    app.model.running_mut(&id(name)).refresh = Some(AskedBy::Nobody);
    done(app, name);
}

fn done(app: &mut App, name: &str) {
    let profiles = app.model.own().expect("read").profiles().cloned();
    let profiles: Vec<Profile> =
        profiles.map(|old| if old.id == id(name) { profile(name) } else { old }).collect();
    app.feed(Msg::Refreshed(id(name), Refreshed::Done(snapshot(profiles))));
}

fn failed(app: &mut App, name: &str, why: &str) {
    let trouble =
        Trouble::untouched(format!("cannot refresh demo/{name}"), why, FailureKind::Temporary(None));
    app.feed(Msg::Refreshed(id(name), Refreshed::Failed(None, trouble)));
}

#[test]
fn an_answer_to_a_key_is_not_talked_over_by_what_nobody_waits_for() {
    let key = Profile { kind: Kind::ApiKey, ..profile("work") };
    let mut app = App::of([key, due("home")]);
    app.keys("jS");
    let answer = app.message().to_owned();
    assert!(answer.contains("API key"), "{answer}");
    renewed_by_itself(&mut app, "home");
    assert_eq!(app.message(), answer);
    app.advance(Duration::from_secs(7));
    assert_eq!(app.message(), "");
    assert!(app.screen().contains("L log · 1 new"), "{}", app.screen());
    app.keys("L");
    app.press("esc");
    assert!(!app.screen().contains("1 new"), "{}", app.screen());
}

#[test]
fn an_error_stays_until_a_key_whatever_comes_meanwhile() {
    let mut app = App::of([due("work"), due("home"), due("lab")]);
    app.keys("r");
    failed(&mut app, "work", "the server answered 503");
    renewed_by_itself(&mut app, "home");
    app.advance(Duration::from_secs(60));
    assert!(
        app.message().starts_with("Cannot refresh demo/work: the server answered 503."),
        "{}",
        app.message()
    );
    assert_eq!(
        app.model.message.as_ref().map(|message| (message.report.tone, message.until)),
        Some((Tone::Bad, None))
    );
    // The next key is its own answer, and what was told is over.
    app.press("down");
    assert_eq!(app.message(), "");
    renewed_by_itself(&mut app, "lab");
    assert_eq!(app.message(), "demo/lab refreshed.");
}

#[test]
fn an_error_in_answer_to_a_key_is_not_talked_over_either() {
    let mut app = App::of([due("work"), due("home")]);
    app.feed(Msg::Events(Err("it is a folder".to_owned())));
    let error = app.message().to_owned();
    assert!(error.contains("it is a folder"), "{error}");
    done(&mut app, "home");
    assert_eq!(app.message(), error);
    failed(&mut app, "work", "the server answered 503");
    assert!(app.message().contains("503"), "a later failure is told: {}", app.message());
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
    assert_eq!(app.model.batches.len(), 0);
}

#[test]
fn a_single_refresh_is_told_by_its_name_whatever_was_refreshed_before_it() {
    let mut app = App::of(["a", "b", "c"].map(due));
    app.keys("R");
    ["a", "b", "c"].iter().for_each(|name| done(&mut app, name));
    assert_eq!(app.message(), "3 refreshed.");
    app.keys("r");
    done(&mut app, "a");
    assert_eq!(app.message(), "demo/a refreshed.");
    renewed_by_itself(&mut app, "b");
    assert_eq!(app.message(), "demo/a refreshed.", "an answer is not talked over");
}

#[test]
fn two_copies_are_one_message_and_the_last_one_wins() {
    let mut app = App::with(["work"]);
    let copied = |app: &mut App, form: Form| {
        app.feed(Msg::Copied(CopySource::Profile(id("work"), form), Ok(Copied::Native)));
    };
    copied(&mut app, Form::Token);
    copied(&mut app, Form::Header);
    assert_eq!(app.message(), "Copied the header of demo/work to the clipboard.");
    assert_eq!(app.model.history.newest_first().count(), 2);
}

#[test]
fn what_one_logged_in_to_oneself_is_not_said_to_be_anothers() {
    let mut app = App::with(["work"]);
    let new = profile("new");
    app.model.running_mut(&new.id).logged_in = new.held.fingerprint();
    app.feed(Msg::Stored(snapshot([profile("work"), new])));
    assert_eq!(app.message(), "");
    app.feed(Msg::Stored(snapshot([profile("work"), profile("new"), profile("theirs")])));
    assert_eq!(app.message(), "Another program added demo/theirs.");
}

#[test]
fn the_log_has_what_was_said_opens_its_profile_and_refreshes_it() {
    let mut app = App::of([due("a"), due("b")]);
    app.keys("jr");
    assert_eq!(app.selected(), "demo/b");
    failed(&mut app, "b", "the server answered 503");
    app.keys("k");
    assert_eq!(app.keys("L"), [Effect::ReadEvents]);
    assert!(app.screen().contains("Cannot refresh demo/b: the server answered 503."), "{}", app.screen());
    assert_eq!(app.keys("r"), [Effect::Refresh(id("b"), Wish::New)]);
    assert!(matches!(app.model.screen, Screen::Log(_)), "{:?}", app.model.screen);
    app.press("enter enter");
    assert_eq!((app.selected().as_str(), &app.model.screen), ("demo/b", &Screen::Pane));
}

#[test]
fn of_many_failures_the_log_tells_each() {
    let names = ["a", "b", "c", "d", "e"];
    let mut app = App::of(names.map(due));
    app.keys("R");
    names.iter().for_each(|name| failed(&mut app, name, "no way"));
    assert_eq!(app.message(), "5 failed. L shows each.");
    let told: Vec<&str> = app.model.history.newest_first().map(|told| told.text.as_str()).collect();
    for name in names {
        let said = format!("Cannot refresh demo/{name}: no way.");
        assert!(told.iter().any(|told| told.starts_with(&said)), "{told:?}");
    }
}

#[test]
fn of_one_profile_the_last_result_counts() {
    let mut app = App::of([due("work"), due("home")]);
    app.keys("r");
    failed(&mut app, "work", "the server answered 503");
    app.keys("r");
    done(&mut app, "work");
    assert_eq!(app.message(), "demo/work refreshed.");
}

#[test]
fn what_the_person_waits_for_stands_without_older_news() {
    let mut app = App::of([due("work"), due("home")]);
    renewed_by_itself(&mut app, "home");
    assert_ne!(app.message(), "");
    app.model.running_mut(&id("work")).refresh = Some(AskedBy::Person);
    done(&mut app, "work");
    assert_eq!(app.message(), "demo/work refreshed.");
}

#[test]
fn the_colour_of_a_message_is_that_of_its_consequence() {
    let refused = |result| {
        let token = profile("work").held.tokens().map(|tokens| tokens.access.short().to_owned());
        let last = token.map(|token| LastTest { at: now().wall, result, status: 401, token });
        Msg::Tested(id("work"), Ok(TestVerdict { words: "as the provider says".to_owned(), last, end: None }))
    };
    let trouble = |next| Trouble::untouched("cannot refresh demo/work", "503", next);
    let failed = |next| Msg::Refreshed(id("work"), Refreshed::Failed(None, trouble(next)));
    let told = StoreNotice::Told("the file was written by a newer authtui".to_owned());
    let told = Snapshot { notices: vec![told], ..snapshot([profile("work")]) };
    let complained = provider_file::catalog([("mine.yaml".to_owned(), Ok("name: [".to_owned()))]);
    for (keys, msg, tone) in [
        ("", refused(TestResult::Refused), Tone::Bad),
        ("", refused(TestResult::Works), Tone::Good),
        ("r", failed(FailureKind::Temporary(None)), Tone::Bad),
        ("r", failed(FailureKind::NeedsLogin), Tone::Bad),
        ("r", Msg::Refreshed(id("work"), Refreshed::Done(snapshot([profile("work")]))), Tone::Good),
        ("", Msg::Changed(id("work"), Ok(snapshot([profile("work")]))), Tone::Good),
        ("", Msg::Changed(id("work"), Err(trouble(FailureKind::Temporary(None)))), Tone::Bad),
        ("", Msg::Stored(told), Tone::Warn),
        ("", Msg::Catalogued(Arc::new(complained)), Tone::Warn),
        ("", Msg::Events(Err("it is a folder".to_owned())), Tone::Bad),
        ("", Msg::Copied(CopySource::Text("the token"), Ok(Copied::Native)), Tone::Good),
        ("", Msg::Copied(CopySource::Text("the token"), Ok(Copied::Terminal)), Tone::Plain),
        ("", Msg::MadePrivate(Ok(())), Tone::Good),
        ("", Msg::MadePrivate(Err(trouble(FailureKind::NothingToDo))), Tone::Bad),
        ("", Msg::Waits(id("work"), "authtui token".to_owned()), Tone::Plain),
    ] {
        let mut app = App::of([due("work")]);
        app.keys(keys);
        app.feed(msg.clone());
        let said = app.model.message.as_ref().map(|message| message.report.tone);
        assert_eq!(said, Some(tone), "{msg:?}: {}", app.message());
    }
    // Nobody asked, and it is tried again: nothing is lost yet.
    let mut app = App::of([due("work")]);
    app.model.running_mut(&id("work")).refresh = Some(AskedBy::Nobody);
    app.feed(failed(FailureKind::Temporary(None)));
    assert_eq!(app.model.message.as_ref().map(|message| message.report.tone), Some(Tone::Warn));
    // A key that does nothing here does no harm either.
    for keys in ["r", "S", "A"] {
        let mut app = App::of([Profile { kind: Kind::ApiKey, ..profile("work") }]);
        app.keys(keys);
        assert_eq!(
            app.model.message.as_ref().map(|message| message.report.tone),
            Some(Tone::Plain),
            "{keys}"
        );
    }
}

#[test]
fn the_rights_of_the_file_are_said_once_and_one_key_repairs_them() {
    for size in [(120, 32), (80, 24), (60, 20), (40, 10)] {
        let mut app = App::with(["work", "home"]);
        app.model.size = size;
        let open = Snapshot {
            notices: vec![StoreNotice::Readable(PLACE.to_owned())],
            ..snapshot([profile("work"), profile("home")])
        };
        app.feed(Msg::Stored(open));
        let said = |app: &App| app.screen().to_lowercase().matches("read").count();
        assert_eq!((said(&app), app.message()), (1, ""), "{}", app.screen());
        assert!(app.screen().contains("F "), "{}", app.screen());
        app.press("down enter");
        let in_pane = app.screen().lines().filter(|line| line.contains("ther users")).count();
        assert!(in_pane <= 1, "the pane says it again: {}", app.screen());
        app.press("esc");
        assert_eq!(app.keys("F"), [Effect::MakePrivate(vec![StoreId::Own])]);
        assert_eq!(app.feed(Msg::MadePrivate(Ok(()))), [Effect::Read(StoreId::Own)]);
        app.feed(Msg::Stored(snapshot([profile("work"), profile("home")])));
        app.advance(Duration::from_secs(7));
        assert_eq!(said(&app), 0, "{}", app.screen());
    }
}

#[test]
fn names_that_look_the_same_are_told_apart_in_messages_titles_and_rows() {
    let twin = "demo/\u{430}na";
    let mut app = App::of([profile(twin), profile("ana")]);
    let shown = "demo/<U+0430>na";
    assert!(app.screen().contains(shown), "{}", app.screen());
    app.keys("y");
    assert!(app.screen().contains(&format!("Copy from {shown}")), "{}", app.screen());
    app.press("esc");
    app.keys("T");
    assert_eq!(app.message(), format!("Testing {shown}."));
    app.keys("r");
    app.feed(Msg::Refreshed(id(twin), Refreshed::Done(snapshot([profile(twin), profile("ana")]))));
    assert_eq!(app.message(), format!("{shown} refreshed."));
    app.keys("x");
    assert!(app.screen().contains(&format!("Sign out of {shown}")), "{}", app.screen());
    app.press("esc");
    app.log_in();
    assert!(app.screen().contains(&format!("Log in to {shown}")), "{}", app.screen());
}

#[test]
fn the_end_of_help_is_reached_at_every_size_and_the_way_back_is_as_long() {
    for size in [(120, 32), (80, 24), (60, 20), (40, 10)] {
        let mut app = App::with(["work"]);
        app.model.size = size;
        app.keys("?");
        let first = app.screen();
        let mut pages = vec![first.clone()];
        for _ in 0..90 {
            app.press("pagedown");
            pages.push(app.screen());
        }
        assert!(
            app.screen().contains("Lists of choices") || app.screen().contains("continue"),
            "{}",
            app.screen()
        );
        let last = app.screen();
        let all: String = pages.concat();
        for words in [
            "suspend (fg",
            "no expiry",
            "QR code",
            "reload the list",
            "device code or \
            browser",
        ] {
            assert!(all.contains(words), "{words} at {size:?}");
        }
        assert!(!all.contains("n…") && !all.contains("h…"), "{size:?}");
        app.press("up");
        assert!(first == last || app.screen() != last, "the first key back moves at {size:?}");
        for _ in 0..90 {
            app.press("pageup");
        }
        assert_eq!(app.screen(), first);
    }
}

#[test]
fn the_log_is_filtered_by_words_of_names_and_texts_and_says_how_many_are_shown() {
    let mut app = App::of([due("a"), due("b")]);
    app.keys("r");
    failed(&mut app, "a", "the server answered 503");
    app.press("down");
    app.keys("R");
    failed(&mut app, "b", "no route to it");
    app.keys("L/503");
    let screen = app.screen();
    assert!(screen.contains("Log · 1 of ") && screen.contains("· /503"), "{screen}");
    assert!(screen.contains("answered 503") && !screen.contains("no route"), "{screen}");
    app.press("enter");
    assert!(app.screen().contains("answered 503") && !app.screen().contains("no route"), "{}", app.screen());
    app.keys("/x");
    assert!(app.screen().contains("Nothing matches. Esc clears the filter."), "{}", app.screen());
    app.press("esc");
    assert!(app.screen().contains("no route"), "{}", app.screen());
    app.keys("/DEMO/B route");
    app.press("enter");
    app.press("enter enter");
    assert_eq!((app.selected().as_str(), &app.model.screen), ("demo/b", &Screen::Pane));
}

#[test]
fn escape_clears_the_filter_of_the_log_and_then_leaves_it() {
    let mut app = App::of([due("a")]);
    app.keys("L/what");
    app.press("enter esc");
    assert!(
        matches!(&app.model.screen, Screen::Log(page) if page.filter.is_empty()),
        "{:?}",
        app.model.screen
    );
    app.press("esc");
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn the_log_is_merged_once_however_far_somebody_scrolls_through_it_and_again_when_something_comes() {
    let mut app = App::with(["work"]);
    let events = |count: i64| {
        let event = |number: i64| Event {
            at: now().wall - TimeDelta::seconds(count - number),
            by: Author { program: "authtui".to_owned(), process: 1 },
            profile: name("work"),
            store: PLACE.to_owned(),
            what: GrantEvent::LoggedIn,
        };
        Msg::Events(Ok((0..count).map(event).collect()))
    };
    app.feed(events(10_000));
    assert_eq!(app.model.merged_log.made, 0, "nobody looks at it");
    app.keys("L");
    for _ in 0..50 {
        app.keys("j");
    }
    assert_eq!((app.model.merged_log.made, app.model.merged_log.shown.len()), (1, 10_000));
    app.keys("/loggedx");
    assert_eq!(
        (app.model.merged_log.made, app.model.merged_log.shown.len()),
        (1, 0),
        "a filter merges nothing"
    );
    app.feed(events(10_001));
    assert_eq!((app.model.merged_log.made, app.model.merged_log.lines.len()), (2, 10_001));
}
