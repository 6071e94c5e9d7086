//! A note about a profile, typed on the screen.

use authtui::domain::change::Edit;
use authtui::domain::profile::Profile;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::model::RowId;
use authtui::tui::screen::Screen;

use crate::harness::{App, id, profile, snapshot};

fn noted(note: Option<&str>) -> Profile {
    Profile { note: note.map(str::to_owned), ..profile("work") }
}

fn said(app: &App) -> &str {
    app.model.message.as_ref().map_or("", |message| &message.report.text)
}

#[test]
fn a_note_is_typed_in_the_footer_saved_and_found_by_the_filter() {
    let mut app = App::with(["work", "home"]);
    app.model.selected = Some(RowId::Profile(id("work")));
    app.keys("w");
    assert!(matches!(&app.model.screen, Screen::Noting(of, _) if *of == id("work")));
    app.keys("nightly");
    let effects = app.press("enter");

    let [Effect::Change(of, change)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((of, &change.edit), (&id("work"), &Edit::RecordNote(Some("nightly".to_owned()))));
    app.feed(Msg::Changed(id("work"), Ok(snapshot([noted(Some("nightly")), profile("home")]))));
    assert_eq!((said(&app), app.model.saving), ("The note about demo/work is saved.", 0));
    app.keys("/nightly");
    assert_eq!(app.model.order.rows.len(), 1);
}

#[test]
fn the_old_note_is_there_to_be_changed_and_an_empty_one_removes_it() {
    let mut app = App::of([noted(Some("x"))]);
    app.model.selected = Some(RowId::Profile(id("work")));
    app.keys("w");
    assert_eq!(app.press("enter"), [], "nothing was changed");
    app.keys("w");
    app.press("backspace");
    let effects = app.press("enter");
    let [Effect::Change(_, change)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(change.edit, Edit::RecordNote(None));
    app.feed(Msg::Changed(id("work"), Ok(snapshot([noted(None)]))));
    assert_eq!(said(&app), "demo/work has no note now.");
    app.keys("wx");
    app.press("esc");
    assert_eq!(app.model.screen, Screen::List);
}
