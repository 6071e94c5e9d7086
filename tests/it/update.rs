//! Keys on the list and what follows from them, refreshes, messages, and when to wake.

mod auto_refresh;
mod availability;
mod borrowed;
mod clipboard;
mod edit;
mod environment;
mod footer;
mod help;
mod key_end;
mod marked;
mod mouse;
mod note;
mod notice;
mod order;
mod palette;
mod panel;
mod passphrase;
mod quit;
mod refresh;
mod relocation;
mod results;
mod reveal;
mod server;
mod settings;
mod sign_out;
mod timeline;
mod tour;
mod undo;
mod wake;
mod window;

use std::sync::Arc;
use std::time::Duration;

use authtui::domain::change::{Row, Snapshot, Where};
use authtui::domain::health::{Activity, Health};
use authtui::domain::name::StoreId;
use authtui::domain::profile::{Kind, LastTest, Profile, TestResult};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{Expiry, StoredTokens, Tokens};
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::probe::TestVerdict;
use authtui::stored::provider_file;
use authtui::tui::message::{Copied, CopySource, Effect, Form, Msg};
use authtui::tui::model::RowId;
use authtui::tui::screen::Screen;
use authtui::tui::status::Tone;
use authtui::tui::wakes_at;

use crate::harness::{App, due, full, id, now, profile, snapshot};

#[test]
fn each_form_is_copied_of_the_selected_profile() {
    for (key, form) in [
        ("t", Form::Token),
        ("h", Form::Header),
        ("c", Form::Curl),
        ("e", Form::Export),
        ("r", Form::Refresh),
    ] {
        let mut app = App::with(["work", "home"]);
        assert_eq!(app.keys("jy"), []);
        assert_eq!(app.model.screen, Screen::Copy);
        assert_eq!(app.keys(key), [Effect::Copy(id("home"), form)], "{key}");
        assert_eq!(app.model.screen, Screen::List);
    }
}

#[test]
fn what_is_not_there_is_not_copied() {
    let without = Profile { held: StoredTokens::None, ..profile("work") };
    let mut app = App::of([without]);
    assert_eq!(app.keys("y"), []);
    assert_eq!((app.message(), &app.model.screen), ("demo/work has no tokens.", &Screen::List));

    let mut app = App::of([key_profile()]);
    assert_eq!(app.keys("yr"), []);
    assert_eq!(app.message(), "demo/key has no refresh token.");
    assert_eq!(app.keys("yt"), [Effect::Copy(id("key"), Form::Token)]);
}

#[test]
fn a_letter_without_a_meaning_names_the_key_that_lists_all_and_covers_no_failure() {
    let mut app = App::with(["work"]);
    app.keys("b");
    assert_eq!(app.message(), "b is not a key here. ? shows all keys.");
    app.keys("z");
    assert_eq!(app.message(), "z is not a key here. ? shows all keys.");
    assert_eq!(app.model.history.newest_first().count(), 0, "it is no news");
    app.advance(Duration::from_secs(6));
    assert_eq!(app.message(), "");

    app.feed(Msg::Events(Err("it is a folder".to_owned())));
    app.keys("b");
    assert_eq!(app.message(), "The event log cannot be read: it is a folder.");
    app.keys("j");
    assert_eq!(app.message(), "");
}

#[test]
fn what_was_copied_is_said_and_how() {
    for (copied, words) in [
        (Ok(Copied::Native), "Copied the token to the clipboard."),
        (Ok(Copied::Terminal), "Copied the token through the terminal (OSC 52)."),
    ] {
        let mut app = App::with(["work"]);
        assert_eq!(app.feed(Msg::Copied(CopySource::Text("the token"), copied)), []);
        assert_eq!(app.message(), words);
    }
    let mut app = App::with(["work"]);
    let trouble = Trouble::untouched("cannot copy", "there is no clipboard", FailureKind::NothingToDo);
    assert_eq!(app.feed(Msg::Copied(CopySource::Text("the token"), Err(trouble))), []);
    assert_eq!(app.message(), "Cannot copy: there is no clipboard. Stored tokens are unchanged.");
}

#[test]
fn a_profile_that_was_removed_hands_the_selection_to_the_row_in_its_place() {
    for (selected, next) in [("work", "home"), ("play", "home")] {
        let mut app = App::with(["work", "home", "play"]);
        let order = ["work", "home", "play"];
        let keys = "j".repeat(order.iter().position(|name| *name == selected).expect("there"));
        app.keys(&keys);
        let left = order.iter().filter(|name| **name != selected).map(|name| profile(name));
        app.feed(Msg::Changed(id(selected), Ok(snapshot(left))));
        assert_eq!(app.selected(), format!("demo/{next}"));
    }
}

#[test]
fn an_erasing_that_fails_is_said_until_the_next_key() {
    let mut app = App::with(["work"]);
    app.keys("x");
    app.press("tab enter");
    let again = [Effect::Read(StoreId::Own)];
    assert_eq!(app.feed(Msg::SignedOut(id("work"), Err(full()))), again, "what does the file hold?");
    let words = "Cannot save: no space is left on the device. Stored tokens are unchanged. Next: try again.";
    assert_eq!(app.message(), words);
    assert_eq!(app.advance(Duration::from_hours(1)), []);
    assert_eq!(app.message(), words);
    app.keys("j");
    assert_eq!(app.message(), "");
}

#[test]
fn a_test_is_asked_once_and_its_reading_is_said() {
    let mut app = App::with(["work"]);
    assert_eq!(app.keys("T"), [Effect::Test(id("work"))]);
    assert_eq!(app.keys("T"), [], "it runs already");
    assert_eq!(app.feed(Msg::Tested(id("work"), Ok(verdict("work", TestResult::Works)))), []);
    assert_eq!(app.message(), "demo/work: as the provider says");
    assert_eq!(app.keys("T"), [Effect::Test(id("work"))]);
}

/// What a test says of the token that `name` holds.
fn verdict(name: &str, result: TestResult) -> TestVerdict {
    let token = profile(name).held.tokens().map(|tokens| tokens.access.short().to_owned());
    let last = token.map(|token| LastTest { at: now().wall, result, status: 401, token });
    TestVerdict { words: "as the provider says".to_owned(), last, end: None }
}

#[test]
fn a_refused_token_is_refused_in_its_row_until_a_better_test_or_another_token() {
    let mut app = App::with(["work"]);
    let state = |app: &App| Health::of(app.profile("work"), Activity::Idle, now().wall).word();
    app.feed(Msg::Tested(id("work"), Ok(verdict("work", TestResult::Refused))));
    assert_eq!(state(&app), "refused");

    // A test that could not be made says nothing of the token.
    app.feed(Msg::Tested(
        id("work"),
        Err(Trouble::untouched("cannot test", "offline", FailureKind::Temporary(None))),
    ));
    let nothing = TestVerdict {
        words: "503: the server is having trouble; not tested".to_owned(),
        last: None,
        end: None,
    };
    app.feed(Msg::Tested(id("work"), Ok(nothing)));
    assert_eq!(state(&app), "refused");

    app.feed(Msg::Tested(id("work"), Ok(verdict("work", TestResult::Works))));
    assert_eq!(state(&app), "fresh");
    app.feed(Msg::Tested(id("work"), Ok(verdict("work", TestResult::Refused))));
    let other = Tokens { access: Secret::new("another"), refresh: None };
    app.feed(Msg::Stored(snapshot([Profile { held: StoredTokens::Present(other), ..profile("work") }])));
    assert_eq!(state(&app), "fresh");
    app.feed(Msg::Tested(id("work"), Ok(verdict("work", TestResult::Refused))));
    assert_eq!(state(&app), "fresh", "it was the token before that was refused");
}

#[test]
fn what_cannot_be_tested_says_why() {
    for (profile, why) in [
        (profile("acme/work"), "its provider file has no test"),
        (due("work"), "its token has expired. Press r to refresh it first."),
        (
            Profile { held: StoredTokens::None, revoked_at: Some(now().wall), ..profile("work") },
            "it has no tokens",
        ),
    ] {
        let mut app = App::of([profile]);
        assert_eq!(app.keys("T"), []);
        assert!(app.message().contains(why), "{}", app.message());
    }
}

#[test]
fn a_filter_shows_the_rows_with_all_its_words_while_it_is_typed() {
    let mut app = App::of([profile("work"), profile("home"), due("work-2")]);
    app.keys("/WORK");
    assert!(app.screen().contains("demo/work-2") && !app.screen().contains("demo/home"), "{}", app.screen());
    app.keys(" due");
    app.press("enter");
    assert_eq!((&app.model.screen, app.selected()), (&Screen::List, "demo/work-2".to_owned()));
    assert_eq!(app.model.filter, "WORK due");
    assert_eq!(app.press("esc"), []);
    assert_eq!((app.model.filter.as_str(), app.selected()), ("", "demo/work-2".to_owned()));
}

#[test]
fn escape_while_typing_a_filter_clears_it() {
    let mut app = App::with(["work", "home"]);
    app.keys("/home");
    assert_eq!(app.press("esc"), []);
    assert_eq!((&app.model.screen, app.model.filter.as_str()), (&Screen::List, ""));
}

#[test]
fn the_letters_of_a_filter_are_no_commands() {
    let mut app = App::with(["work"]);
    assert_eq!(app.keys("/qxrRTylnd"), []);
    assert_eq!(app.model.filter, "qxrRTylnd");
}

#[test]
fn selection_and_filter_outlive_a_new_snapshot() {
    let mut app = App::with(["work", "home", "play"]);
    app.keys("/o");
    app.press("enter down");
    assert_eq!(app.selected(), "demo/home");
    let others = ["new", "play", "home", "other", "work"].map(profile);
    assert_eq!(app.feed(Msg::Stored(snapshot(others))), []);
    assert_eq!((app.selected().as_str(), app.model.filter.as_str()), ("demo/home", "o"));
}

#[test]
fn an_entry_that_cannot_be_understood_can_be_selected_and_nothing_else() {
    let mut app = App::with(["work"]);
    let broken = Row::broken("demo/ivy", Where::Line(12), "no text");
    let rows = [Row::Profile(Arc::new(profile("work"))), broken].into();
    app.feed(Msg::Stored(Snapshot { rows, ..snapshot([]) }));
    app.keys("k");
    assert_eq!(app.model.selected, Some(RowId::Broken(StoreId::Own, Where::Line(12))));
    for key in ["r", "y", "x", "T", "l"] {
        assert_eq!(app.keys(key), [], "{key}");
        assert_eq!(app.message(), "Line 12: no text. e opens it in your editor.", "{key}");
        assert_eq!(app.model.screen, Screen::List, "{key}");
    }
}

#[test]
fn keys_on_an_empty_list_say_how_to_begin() {
    let mut app = App::of([]);
    for key in ["r", "y", "x", "T", "l"] {
        assert_eq!(app.keys(key), [], "{key}");
        assert_eq!(app.message(), "No profiles yet. Press n to log in.", "{key}");
    }
}

#[test]
fn the_selection_moves_and_stops_at_both_ends() {
    let mut app = App::with(["a", "b", "c"]);
    for (keys, selected) in
        [("down", "b"), ("down down", "c"), ("up", "b"), ("home", "a"), ("up", "a"), ("end", "c")]
    {
        assert_eq!(app.press(keys), []);
        assert_eq!(app.selected(), format!("demo/{selected}"), "{keys}");
    }
    app.keys("gG");
    assert_eq!(app.selected(), "demo/c");
}

#[test]
fn the_selected_row_is_on_the_screen_at_every_height() {
    let mut app = App::of((0..50).map(|number| profile(&format!("p{number:02}"))));
    for (rows, keys) in [(30, "G"), (10, "g"), (12, "jjjjjjjjjjjjj"), (60, "k"), (11, "G")] {
        app.feed(Msg::Resized(120, rows));
        app.keys(keys);
        let name = app.selected();
        assert!(app.screen().contains(&name), "{name} at {rows} rows:\n{}", app.screen());
    }
}

#[test]
fn escape_leaves_each_screen_and_never_the_program() {
    for keys in ["", "y", "x", "?", "/", "n"] {
        let mut app = App::with(["work"]);
        app.keys(keys);
        assert_eq!(app.press("esc"), [], "{keys}");
        assert_eq!(app.model.screen, Screen::List, "{keys}");
    }
    let mut app = App::with(["work"]);
    app.press("enter");
    assert_eq!(app.model.screen, Screen::Pane);
    app.keys("?");
    assert_eq!(app.press("esc"), []);
    assert_eq!(app.model.screen, Screen::Pane);
    assert_eq!(app.press("esc"), []);
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn the_pane_takes_the_focus_scrolls_and_changes_the_profile() {
    for (size, keys) in [((120, 14), "tab"), ((120, 14), "enter"), ((40, 10), "enter"), ((60, 12), "tab")] {
        let scopes: Vec<String> = (0..90).map(|number| format!("scope{number:02}")).collect();
        let mut app = App::of([Profile { scopes: scopes.into(), ..profile("work") }, profile("home")]);
        app.model.size = size;
        app.press(keys);
        assert_eq!(app.model.screen, Screen::Pane);
        let mut seen = app.screen();
        for _ in 0..60 {
            app.press("pagedown");
            seen += &app.screen();
        }
        for number in 0..90 {
            assert!(seen.contains(&format!("scope{number:02}")), "{number} at {size:?}");
        }
        assert_eq!(app.selected(), "demo/work");
        let last = app.screen();
        app.keys("k");
        assert_ne!(app.screen(), last, "the first key back moves at {size:?}");
        app.keys("g");
        assert!(app.screen().contains("Fresh"), "{}", app.screen());
        app.keys("]");
        assert_eq!((app.selected().as_str(), &app.model.screen), ("demo/home", &Screen::Pane));
        app.keys("K");
        assert_eq!(app.selected(), "demo/work");
        app.press("enter");
        assert!(app.screen().contains("All of demo/work"), "{}", app.screen());
        app.press("esc");
        assert_eq!(app.model.screen, Screen::Pane);
        app.press("tab");
        assert_eq!(app.model.screen, Screen::List);
    }
}

#[test]
fn a_message_goes_after_six_seconds_and_wakes_the_loop_for_it() {
    let mut app = App::of([key_profile()]);
    app.keys("r");
    let message = app.model.message.clone().expect("a message");
    assert_eq!(
        (message.report.tone, message.until),
        (Tone::Plain, Some(now().steady.after(Duration::from_secs(6))))
    );
    assert_eq!(wakes_at(&app.model, app.now), message.until);
    app.advance(Duration::from_millis(5999));
    assert_ne!(app.message(), "");
    app.advance(Duration::from_millis(1));
    assert_eq!(app.message(), "");
}

#[test]
fn a_provider_file_that_cannot_be_read_is_complained_about() {
    let mut app = App::with(["work"]);
    let files = [("mine.yaml".to_owned(), Ok("name: [".to_owned())), ("b.yaml".to_owned(), Err("no".into()))];
    assert_eq!(app.feed(Msg::Catalogued(Arc::new(provider_file::catalog(files)))), []);
    assert!(app.message().starts_with("Provider file skipped: mine.yaml"), "{}", app.message());
    assert!(app.message().ends_with("(1 more: authtui providers)"), "{}", app.message());
}

#[test]
fn a_key_before_anything_was_read_does_no_harm() {
    let mut app = App::of([]);
    app.model = authtui::tui::model::Model::new((120, 30));
    for key in ["r", "R", "y", "x", "T", "l", "n", "j", "G"] {
        assert_eq!(app.keys(key), [], "{key}");
    }
}

pub(crate) fn key_profile() -> Profile {
    Profile {
        kind: Kind::ApiKey,
        life: Expiry::default(),
        held: StoredTokens::Present(Tokens { access: Secret::new("key"), refresh: None }),
        ..profile("key")
    }
}
