//! The clipboard: what was copied, and when it is taken back.

use std::time::Duration;

use authtui::domain::settings::Settings;
use authtui::tui::message::{ClipboardCleared, Copied, CopySource, Effect, Form, Msg};
use authtui::tui::wakes_at;

use crate::harness::{App, due, id};

const AFTER: Duration = Duration::from_secs(30);

#[test]
fn a_secret_is_taken_back_after_a_countdown_that_is_seen() {
    let mut app = clearing();
    assert_eq!(copy(&mut app, Copied::NativeSecret), [Effect::ClearClipboardAtEnd]);
    for left in (1..=30).rev() {
        let words = format!("Copied the token of demo/work. Clipboard clears in {left}s.");
        assert_eq!(app.message(), words);
        let next = wakes_at(&app.model, app.now).expect("a moment");
        assert!(app.now.steady.until(next) <= Duration::from_secs(1), "it counts");
        let effects = app.advance(Duration::from_secs(1));
        assert_eq!(effects, if left == 1 { vec![Effect::ClearClipboard] } else { vec![] }, "{left}");
    }
    assert_eq!(app.message(), "");
    app.feed(Msg::ClipboardCleared(ClipboardCleared::Done));
    assert_eq!(app.message(), "Clipboard cleared.");
}

#[test]
fn it_is_taken_back_though_something_else_was_said_meanwhile() {
    let mut app = clearing();
    copy(&mut app, Copied::NativeSecret);
    app.keys("F");
    assert_eq!(app.message(), "The file is already private.");
    assert_eq!(app.advance(Duration::from_secs(1)), []);
    assert_eq!(app.message(), "The file is already private.");
    assert_eq!(app.advance(AFTER), [Effect::ClearClipboard]);
}

#[test]
fn of_another_copy_nothing_is_said_and_of_a_clipboard_that_nobody_can_read_it_is() {
    for (cleared, words) in [
        (ClipboardCleared::HoldsAnother, ""),
        (ClipboardCleared::Unreadable, "The clipboard cannot be read, so the copy was not cleared."),
    ] {
        let mut app = clearing();
        copy(&mut app, Copied::NativeSecret);
        app.advance(AFTER);
        app.feed(Msg::ClipboardCleared(cleared));
        assert_eq!(app.message(), words);
    }
}

#[test]
fn a_link_and_whatever_a_terminal_took_stay_and_the_latter_is_said() {
    for (copied, words) in [
        (Copied::Native, "Copied the token of demo/work to the clipboard."),
        (
            Copied::Terminal,
            "Copied the token of demo/work through the terminal (OSC 52), which authtui cannot clear.",
        ),
    ] {
        let mut app = clearing();
        assert_eq!(copy(&mut app, copied), []);
        assert_eq!(app.message(), words);
        assert_eq!(app.advance(AFTER), []);
    }
}

#[test]
fn without_the_setting_nothing_is_taken_back() {
    let mut app = App::with(["work"]);
    app.feed(Msg::Settled(Ok(Settings { clear_clipboard: None, ..Settings::default() })));
    assert_eq!(copy(&mut app, Copied::NativeSecret), []);
    assert_eq!(app.message(), "Copied the token of demo/work to the clipboard.");
    assert_eq!(app.advance(AFTER), []);
}

#[test]
fn a_copied_token_that_has_expired_says_so_and_which_key_helps() {
    for (clears_after, tail) in [(None, ""), (Some(AFTER), " Clipboard clears in 30s.")] {
        let mut app = App::of([due("work")]);
        app.feed(Msg::Settled(Ok(Settings { clear_clipboard: clears_after, ..Settings::default() })));
        for (form, fault) in [
            (Form::Token, " The token expired 5m00s ago; r refreshes it."),
            (Form::Header, " The token expired 5m00s ago; r refreshes it."),
            (Form::Refresh, ""),
        ] {
            let source = CopySource::Profile(id("work"), form);
            let copied = if clears_after.is_some() { Copied::NativeSecret } else { Copied::Native };
            app.feed(Msg::Copied(source, Ok(copied)));
            let to = if clears_after.is_some() { "" } else { " to the clipboard" };
            assert_eq!(app.message(), format!("Copied the {} of demo/work{to}.{fault}{tail}", form.word()));
        }
    }
}

fn clearing() -> App {
    let mut app = App::with(["work"]);
    app.feed(Msg::Settled(Ok(Settings { clear_clipboard: Some(AFTER), ..Settings::default() })));
    app
}

fn copy(app: &mut App, copied: Copied) -> Vec<Effect> {
    app.feed(Msg::Copied(CopySource::Profile(id("work"), Form::Token), Ok(copied)))
}
