//! A login in place of one that works: asked before, and told after.

use std::sync::Arc;
use std::time::Duration;

use authtui::domain::change::Edit;
use authtui::domain::clock::TimeDelta;
use authtui::domain::profile::{AutoRefresh, Profile};
use authtui::domain::tokens::StoredTokens;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::login::Input;
use authtui::tui::dialog::DialogQuestion;
use authtui::tui::message::Msg;
use authtui::tui::model::{AutoRefreshMode, OffBy};
use authtui::tui::screen::{Panel, Screen};
use authtui::tui::status::Tone;

use super::TOKENS;
use crate::harness::{App, asks, code, due, ends_in, id, profile, reply, saved, sent, snapshot, unreachable};

/// Logs in to the selected profile until its tokens are saved and tested with that answer.
fn logged_in(app: &mut App, tokens: &str, status: u16) -> Profile {
    app.log_in();
    let (request_id, _) = sent(&asks(&app.tell(code("c0de"))));
    let now = app.now;
    let effects = app.tell(Input::Replied(request_id, Ok(reply(200, tokens, now))));
    let (Edit::Put(profile) | Edit::Add(profile)) = saved(&asks(&effects)).edit else { panic!("not saved") };
    app.feed(Msg::Stored(snapshot([(*profile).clone()])));
    let (request_id, _) = sent(&asks(&app.tell(Input::Saved(Ok(())))));
    app.tell(Input::Replied(request_id, Ok(reply(status, "{}", now))));
    app.tell(Input::Saved(Ok(())));
    *profile
}

#[test]
fn a_login_that_works_is_replaced_only_after_a_yes() {
    let mut app = App::with(["work"]);
    assert_eq!(app.keys("l"), []);
    let asked = app.model.screen.dialog().map(|dialog| dialog.question.clone());
    assert_eq!(asked, Some(DialogQuestion::LogInAgain(id("work"))));
    assert!(app.screen().contains("It is logged in until"), "{}", app.screen());
    assert_eq!(app.press("enter"), []);
    assert_eq!((&app.model.screen, &app.model.login), (&Screen::List, &None));
    app.log_in();
    assert_eq!(app.login().plan().id, id("work"));
}

#[test]
fn a_login_that_is_due_or_ended_is_replaced_unasked() {
    let ended = Profile { held: StoredTokens::None, ..profile("work") };
    for stale in [due("work"), ended] {
        let mut app = App::of([stale]);
        app.keys("l");
        assert_eq!(app.model.screen, Screen::Login(Panel::Steps));
    }
}

#[test]
fn a_login_that_worked_closes_its_panel_and_says_who_is_logged_in() {
    let named = TOKENS.replace('}', r#","account":{"email_address":"ana@demo.test"}}"#);
    for (mode, then) in [
        (AutoRefreshMode::On, "Auto-refresh is on."),
        (AutoRefreshMode::Off(OffBy::Settings), "r refreshes it."),
    ] {
        let mut app = App::of([due("work")]);
        app.model.auto_refresh = mode;
        app.model.filter = "nothing like it".to_owned();
        logged_in(&mut app, &named, 200);
        assert_eq!((&app.model.screen, &app.model.login), (&Screen::List, &None));
        assert_eq!(app.message(), format!("Logged in as ana@demo.test. {then}"));
        assert_eq!(app.model.message.as_ref().map(|message| message.report.tone), Some(Tone::Good));
        assert_eq!((app.selected().as_str(), app.model.filter.as_str()), ("demo/work", ""));
    }
}

#[test]
fn scopes_that_were_not_granted_are_named() {
    let mut app = App::of([due("work")]);
    logged_in(&mut app, &TOKENS.replace('}', r#","scope":"profile"}"#), 200);
    assert_eq!(app.message(), "Logged in to demo/work. Not granted: inference.");
    assert_eq!(app.model.message.as_ref().map(|message| message.report.tone), Some(Tone::Warn));
}

#[test]
fn a_token_that_is_refused_when_it_is_tested_keeps_the_panel_open() {
    let mut app = App::of([due("work")]);
    logged_in(&mut app, TOKENS, 401);
    assert_eq!(app.model.screen, Screen::Login(Panel::Steps));
    assert!(app.screen().contains("saved, but its test failed"), "{}", app.screen());
    app.press("enter");
    assert_eq!((&app.model.screen, &app.model.login), (&Screen::List, &None));
}

#[test]
fn auto_refresh_that_was_off_stays_off() {
    for chosen in [AutoRefresh::Off, AutoRefresh::On] {
        let mut app = App::of([Profile { auto_refresh: chosen, ..due("work") }]);
        assert_eq!(logged_in(&mut app, TOKENS, 200).auto_refresh, chosen);
    }
}

#[test]
fn a_browser_that_is_opened_again_is_told_of() {
    for (opened, said) in [
        (Ok(()), "The browser was told to open the link."),
        (Err(unreachable()), "No browser could be opened: the connection broke. c copies the link."),
    ] {
        let mut app = App::of([due("work")]);
        app.log_in();
        assert_eq!(app.message(), "", "the first one is nobody's key");
        app.keys("o");
        assert_eq!(app.message(), "Opening the browser again.");
        app.tell(Input::Opened(opened));
        assert_eq!(app.message(), said);
    }
}

#[test]
fn what_is_left_of_a_new_server_is_said_when_its_first_login_brings_nothing() {
    let stays = "The provider file demo.yaml stays; n finds it.";
    let mut app = App::of([due("work")]);
    app.model.new_provider = Some("demo".to_owned());
    app.log_in();
    app.press("esc right enter");
    assert_eq!(app.message(), format!("The login to demo/work is cancelled. {stays}"));

    app.model.new_provider = Some("demo".to_owned());
    app.log_in();
    let why = Trouble::untouched("cannot listen", "port 9000 is taken", FailureKind::NothingToDo);
    app.tell(Input::Opened(Err(why)));
    app.advance(Duration::from_secs(600));
    app.press("enter");
    assert_eq!((app.message(), &app.model.screen), (stays, &Screen::List));
    assert_eq!(app.model.new_provider, None, "it is said once");

    app.model.new_provider = Some("demo".to_owned());
    let mut new = Profile { life: ends_in(TimeDelta::minutes(-5)), ..profile("work") };
    new.scopes = Arc::default();
    logged_in(&mut app, TOKENS, 200);
    assert_eq!(app.model.new_provider, None);
    assert!(!app.message().contains("demo.yaml"), "{}", app.message());
}
