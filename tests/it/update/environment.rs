//! Variables of the environment on the screen: seen, copied, and never changed.

use std::sync::Arc;

use authtui::domain::change::{Row, Snapshot, Where};
use authtui::domain::name::{ProfileId, StoreId};
use authtui::domain::profile::{Kind, Profile};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{StoredTokens, Tokens};
use authtui::stored::environment::read_only;
use authtui::tui::message::{Effect, Form, Msg};
use authtui::tui::model::RowId;
use authtui::tui::screen::Screen;

use crate::harness::{App, name};

#[test]
fn a_variable_comes_behind_the_profiles_and_keeps_the_selection_where_it_is() {
    let mut app = App::with(["work"]);
    assert_eq!(app.feed(Msg::Stored(environment())), []);
    assert_eq!(app.selected(), "demo/work");
    app.keys("j");
    assert_eq!(app.model.selected, Some(RowId::Profile(variable().id)));
    assert!(app.screen().contains("demo/DEMO_KEY"), "{}", app.screen());
    assert!(!app.screen().contains("cannot change"), "{}", app.screen());
}

#[test]
fn a_variable_is_not_refreshed_erased_or_logged_in_to_and_says_what_to_do() {
    for (key, what) in [
        ("r", "it cannot be refreshed"),
        ("x", "authtui cannot erase it"),
        ("l", "there is nothing to log in to"),
    ] {
        let mut app = App::with(["work"]);
        app.feed(Msg::Stored(environment()));
        assert_eq!(app.keys("j"), []);
        assert_eq!(app.keys(key), [], "{key}");
        let remedy = "To remove it, unset it in your shell.";
        assert_eq!(app.message(), format!("DEMO_KEY is an environment variable: {what}. {remedy}"));
        assert_eq!(app.model.screen, Screen::List, "{key}");
    }
}

#[test]
fn a_variable_is_copied_and_tested_like_a_key() {
    let mut app = App::with(["work"]);
    app.feed(Msg::Stored(environment()));
    assert_eq!(app.keys("jyt"), [Effect::Copy(variable().id, Form::Token)]);
    assert_eq!(app.keys("T"), [Effect::Test(variable().id)]);
}

#[test]
fn a_value_that_cannot_be_used_can_be_selected_and_nothing_else() {
    let mut app = App::with(["work"]);
    let at = Where::Variable { provider: "demo".to_owned(), name: "DEMO_KEY".to_owned() };
    let row = Row::broken("demo/DEMO_KEY", at.clone(), "it is odd");
    app.feed(Msg::Stored(Snapshot { rows: [row].into(), ..environment() }));
    app.keys("k");
    assert_eq!(app.model.selected, Some(RowId::Broken(StoreId::Environment, at)));
    for key in ["r", "y", "x", "T", "l"] {
        assert_eq!(app.keys(key), [], "{key}");
        let words = "The value of DEMO_KEY cannot be used. Set it again or unset it in your shell.";
        assert_eq!(app.message(), words, "{key}");
    }
}

#[test]
fn an_environment_without_rows_leaves_the_empty_list_as_it_is() {
    let mut app = App::of([]);
    let before = app.screen();
    app.feed(Msg::Stored(Snapshot { rows: Arc::default(), ..environment() }));
    assert_eq!(app.screen(), before);
}

fn environment() -> Snapshot {
    Snapshot {
        place: "the environment, read only".to_owned(),
        rows: [Row::Profile(Arc::new(variable()))].into(),
        writable: Err(read_only()),
        ..Snapshot::empty(StoreId::Environment)
    }
}

fn variable() -> Profile {
    let id = ProfileId { store: StoreId::Environment, name: name("DEMO_KEY") };
    let held = StoredTokens::Present(Tokens { access: Secret::new("0123456789abcdefghij"), refresh: None });
    Profile { held, ..Profile::new(id, Kind::Environment) }
}
