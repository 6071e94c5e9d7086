//! Another name for a profile, and another store.

use std::sync::Arc;
use std::time::Duration;

use authtui::domain::change::{Row, Snapshot};
use authtui::domain::name::{ProfileId, ProfileName, StoreId};
use authtui::domain::profile::Profile;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::tui::message::{Effect, Msg};
use authtui::tui::model::RowId;
use authtui::tui::screen::Screen;

use crate::harness::{App, id, profile, snapshot};

fn renamed(name: &str) -> ProfileId {
    ProfileId { name: ProfileName::new(id("work").name.provider(), name).expect("a name"), ..id("work") }
}

fn named(to: &ProfileId) -> Profile {
    Profile { id: to.clone(), ..profile("work") }
}

#[test]
fn a_name_is_typed_in_the_footer_and_the_selection_and_the_mark_follow_it() {
    let mut app = App::with(["work", "home"]);
    app.model.selected = Some(RowId::Profile(id("work")));
    app.model.marks.insert(id("work"));

    app.keys("c");
    assert!(matches!(&app.model.screen, Screen::Renaming(of, _) if *of == id("work")));
    app.keys("s");
    let effects = app.press("enter");

    let to = renamed("works");
    assert_eq!(effects, [Effect::Relocate(id("work"), to.clone())]);
    let after = snapshot([named(&to), profile("home")]);
    assert_eq!(app.feed(Msg::Relocated(id("work"), to.clone(), Ok(vec![after]))), []);
    assert_eq!(app.model.selected, Some(RowId::Profile(to.clone())));
    assert!(app.model.marks.contains(&to) && !app.model.marks.contains(&id("work")));
    assert_eq!(app.model.saving, 0);
}

#[test]
fn a_name_that_is_taken_is_said_and_can_be_typed_again() {
    let mut app = App::with(["work", "work2"]);
    app.model.selected = Some(RowId::Profile(id("work")));
    app.keys("c2");
    assert_eq!(app.press("enter"), []);
    assert!(matches!(app.model.screen, Screen::Renaming(..)));
    assert!(app.model.message.as_ref().is_some_and(|message| message.report.text.contains("already exists")));
    app.press("esc");
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn a_profile_is_moved_to_another_store_by_two_keys() {
    let mut app = App::with(["work"]);
    app.model.selected = Some(RowId::Profile(id("work")));
    assert_eq!(app.keys("m"), []);
    assert_eq!(app.model.screen, Screen::List, "there is no other store");
    app.feed(Msg::Stored(Snapshot::empty(StoreId::Hashed)));

    let effects = app.keys("mh");

    let to = ProfileId { store: StoreId::Hashed, ..id("work") };
    assert_eq!(effects, [Effect::Relocate(id("work"), to.clone())]);
    let there =
        Snapshot { rows: [Row::Profile(Arc::new(named(&to)))].into(), ..Snapshot::empty(StoreId::Hashed) };
    app.feed(Msg::Relocated(id("work"), to.clone(), Ok(vec![there, snapshot([])])));
    assert_eq!(app.model.selected, Some(RowId::Profile(to)));
}

#[test]
fn the_same_login_in_two_stores_is_known() {
    let mut app = App::with(["work"]);
    let to = ProfileId { store: StoreId::Hashed, ..id("work") };
    let there =
        Snapshot { rows: [Row::Profile(Arc::new(named(&to)))].into(), ..Snapshot::empty(StoreId::Hashed) };
    app.feed(Msg::Stored(there));
    assert_eq!(app.model.overlap.logins[&id("work")], std::slice::from_ref(&to));
    assert!(app.model.overlap.names.contains(&to.name));
}

#[test]
fn what_is_said_of_a_name_that_two_stores_hold_names_the_store() {
    let mut app = App::with(["work"]);
    let there = ProfileId { store: StoreId::Hashed, ..id("work") };
    app.feed(Msg::Stored(Snapshot {
        rows: [Row::Profile(Arc::new(named(&there)))].into(),
        ..Snapshot::empty(StoreId::Hashed)
    }));
    let held =
        Snapshot { rows: [Row::Profile(Arc::new(named(&there)))].into(), ..Snapshot::empty(StoreId::Hashed) };
    app.feed(Msg::Relocated(renamed_in(StoreId::Hashed), there, Ok(vec![held])));
    assert!(app.message().contains("hashed:demo/work"), "{}", app.message());
}

#[test]
fn a_store_that_cannot_be_read_is_named_above_the_list_and_told_once() {
    for size in [(120, 32), (80, 24), (60, 20)] {
        let mut app = App::with(["work", "home"]);
        app.model.size = size;
        let broken = || {
            let fix = FailureKind::NeedsFix("correct it".to_owned());
            let trouble = Trouble::untouched("cannot read shared.yaml", "it is no YAML", fix);
            Snapshot { writable: Err(trouble), ..Snapshot::empty(StoreId::Shared) }
        };
        app.feed(Msg::Stored(broken()));
        assert!(app.message().starts_with("Cannot read shared.yaml: it is no YAML"), "{}", app.message());
        let told = app.model.history.newest_first().count();
        app.feed(Msg::Stored(broken()));
        assert_eq!(app.model.history.newest_first().count(), told);
        app.advance(Duration::from_secs(10));
        let screen = app.screen();
        assert!(screen.contains("unreadable") && screen.matches("shared").count() == 1, "{screen}");
    }
}

fn renamed_in(store: StoreId) -> ProfileId {
    ProfileId { store, ..renamed("old") }
}
