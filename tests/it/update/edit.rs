//! `e` on an entry that is not valid, and elsewhere.

use std::sync::Arc;

use authtui::domain::change::{Row, Snapshot, Where};
use authtui::domain::name::StoreId;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::tui::message::{Effect, Msg};

use crate::harness::{App, profile, snapshot};

#[test]
fn an_entry_that_is_not_valid_is_edited_at_its_line_and_then_read_again() {
    let mut app = App::of([]);
    app.feed(Msg::Stored(broken(Where::Line(7))));
    assert_eq!(app.keys("e"), [Effect::Edit(Some(7))]);
    assert_eq!(app.feed(Msg::Edited(Ok(()))), [Effect::Read(StoreId::Own)]);
    assert_eq!(app.message(), "");
    let trouble = Trouble::untouched("cannot open an editor", "none is set", FailureKind::NothingToDo);
    app.feed(Msg::Edited(Err(trouble)));
    assert!(app.message().starts_with("Cannot open an editor: none is set."), "{}", app.message());
}

#[test]
fn nothing_is_edited_in_read_only_mode() {
    let mut app = App::of([]);
    app.feed(Msg::Stored(broken(Where::Line(7))));
    app.model.settings.read_only = true;
    assert_eq!(app.keys("e"), []);
    assert_eq!(app.message(), "authtui is read-only. The settings (,) change that.");
}

#[test]
fn where_all_is_valid_it_says_what_it_is_for() {
    let mut app = App::with(["work"]);
    assert_eq!(app.keys("e"), []);
    let words = "demo/work: its entry is valid; only an unreadable one opens in the editor.";
    assert_eq!(app.message(), words);
    let mut app = App::of([]);
    app.feed(Msg::Stored(Snapshot { rows: Arc::default(), ..snapshot([profile("work")]) }));
    assert_eq!(app.keys("e"), []);
}

#[test]
fn a_file_that_cannot_be_used_is_edited_as_a_whole() {
    let mut app = App::of([]);
    let trouble = Trouble::untouched("cannot read it", "line 2: no end", FailureKind::NothingToDo);
    app.feed(Msg::Stored(Snapshot { writable: Err(trouble), ..snapshot([]) }));
    assert_eq!(app.keys("e"), [Effect::Edit(None)]);
}

fn broken(at: Where) -> Snapshot {
    let row = Row::broken("demo/bad", at, "access_token must be quoted text");
    Snapshot { rows: [row].into(), ..snapshot([]) }
}
