//! Leaving the program, with and without something under way.

use authtui::domain::change::{Change, Edit};
use authtui::domain::name::StoreId;
use authtui::oauth::refresh::Refreshed;
use authtui::tui::dialog::DialogQuestion;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::model::Leaving;
use authtui::tui::screen::Screen;

use crate::harness::{App, due, full, id, profile, snapshot};
use crate::update::refresh::{new_tokens, not_saved, unsaved};

#[test]
fn quitting_is_one_key_when_nothing_can_be_lost() {
    for press in ["q", "ctrl-c"] {
        let mut app = App::with(["work"]);
        let effects = if press == "q" { app.keys(press) } else { app.press(press) };
        assert_eq!(effects, [Effect::Quit], "{press}");
        assert_eq!(app.model.unfinished(), None);
    }
}

#[test]
fn quitting_with_tokens_that_are_nowhere_else_asks_and_staying_is_the_first_answer() {
    let mut app = unsaved();
    app.press("esc");
    assert_eq!(app.keys("q"), []);
    let Screen::Dialog(dialog) = &app.model.screen else { panic!("{:?}", app.model.screen) };
    assert_eq!(dialog.question, DialogQuestion::QuitUnsaved);
    assert_eq!(app.press("enter"), []);
    assert_eq!((&app.model.screen, app.model.leaving), (&Screen::List, Leaving::No));
    app.keys("q");
    assert_eq!(app.press("tab enter"), [Effect::Quit]);
}

#[test]
fn a_window_that_is_too_small_to_ask_in_drops_no_tokens() {
    for presses in ["ctrl-c ctrl-c ctrl-c", "ctrl-c enter", "ctrl-c tab enter", "ctrl-c esc ctrl-c"] {
        let mut app = unsaved();
        app.press("esc");
        app.feed(Msg::Resized(19, 4));
        assert_eq!(app.press(presses), [], "{presses}");
        assert!(app.model.holds_unsaved() && app.model.leaving == Leaving::No, "{presses}");
        app.feed(Msg::Resized(20, 5));
        assert!(app.screen().contains("Stay"), "{}", app.screen());
        assert_eq!(app.press("ctrl-c"), [Effect::Quit]);
    }
}

#[test]
fn quitting_twice_is_insisting() {
    let mut app = unsaved();
    app.press("esc");
    app.press("ctrl-c");
    assert_eq!(app.press("ctrl-c"), [Effect::Quit]);
}

#[test]
fn quitting_while_a_refresh_runs_waits_for_its_answer() {
    let mut app = App::of([due("work")]);
    app.keys("r");
    assert_eq!(app.keys("q"), [Effect::Quit]);
    assert_eq!(app.model.unfinished().as_deref(), Some("the refresh of demo/work"));
    let done = Refreshed::Done(snapshot([profile("work")]));
    assert_eq!(app.feed(Msg::Refreshed(id("work"), done)), []);
    assert_eq!(app.model.unfinished(), None);
    assert!(!app.model.holds_unsaved());
}

#[test]
fn tokens_that_cannot_be_saved_while_quitting_get_one_more_try() {
    let mut app = App::of([due("work")]);
    app.keys("rq");
    let save = Effect::Change(
        id("work"),
        Box::new(Change {
            name: id("work").name,
            expects: due("work").held.fingerprint(),
            edit: Edit::Refresh(Box::new(new_tokens())),
        }),
    );
    let unsaved = not_saved();
    assert_eq!(app.feed(Msg::Refreshed(id("work"), unsaved)), [save]);
    assert_eq!(app.model.unfinished().as_deref(), Some("a change being saved"));
    assert_eq!(app.feed(Msg::Changed(id("work"), Err(full()))), [Effect::Read(StoreId::Own)]);
    assert_eq!(app.model.unfinished(), None);
    assert!(app.model.holds_unsaved(), "so that the end says what was lost");
}

#[test]
fn a_change_on_its_way_is_waited_for() {
    let mut app = App::with(["work"]);
    app.keys("x");
    app.press("tab enter");
    assert_eq!(app.keys("q"), [Effect::Quit]);
    assert_eq!(app.model.unfinished().as_deref(), Some("a change being saved"));
    app.feed(Msg::Changed(id("work"), Ok(snapshot([]))));
    assert_eq!(app.model.unfinished(), None);
}

#[test]
fn a_signal_ends_the_program_and_tries_unsaved_tokens_once_more() {
    let mut app = App::with(["work"]);
    assert_eq!(app.feed(Msg::Terminated), [Effect::Quit]);
    let mut app = unsaved();
    let effects = app.feed(Msg::Terminated);
    assert!(matches!(effects.as_slice(), [Effect::Change(..), Effect::Quit]), "{effects:?}");
}
