//! Keys that come before the provider files are read.

use authtui::tui::message::{Effect, Msg};
use authtui::tui::model::Model;
use authtui::tui::screen::Screen;

use crate::harness::{App, catalog, now, profile, snapshot};

fn unread() -> App {
    let mut app = App { model: Model::new((120, 30)), now: now() };
    assert_eq!(app.feed(Msg::Stored(snapshot(["work", "home"].map(profile)))), []);
    app
}

#[test]
fn what_is_typed_before_the_provider_files_are_read_is_done_then() {
    let mut app = unread();
    assert_eq!(app.keys("nac"), []);
    assert_eq!(app.feed(Msg::Pasted("me".to_owned().into())), []);
    assert_eq!(app.message(), "The provider files are still loading.");
    assert_eq!(app.model.screen, Screen::List);

    app.feed(Msg::Catalogued(Box::new(catalog())));
    assert_eq!(app.message(), "");
    assert!(matches!(app.model.screen, Screen::Wizard(_)), "{:?}", app.model.screen);
    assert!(app.screen().contains("address: acme"), "{}", app.screen());
}

#[test]
fn an_early_key_means_the_profile_that_was_selected() {
    let mut app = unread();
    app.keys("jx");
    let selected = app.model.selected.clone();
    app.feed(Msg::Catalogued(Box::new(catalog())));
    assert_eq!(app.model.selected, selected);
    assert!(app.screen().contains("Keep everything"), "{}", app.screen());
}

#[test]
fn esc_gives_an_early_key_up_and_ctrl_c_quits() {
    let mut app = unread();
    app.keys("n");
    app.press("esc");
    assert_eq!(app.message(), "");
    app.feed(Msg::Catalogued(Box::new(catalog())));
    assert_eq!(app.model.screen, Screen::List);

    let mut app = unread();
    app.keys("n");
    assert_eq!(app.press("ctrl-c"), [Effect::Quit]);
}
