//! The help: narrowed by letters, and what is chosen in it is done.

use std::collections::BTreeSet;

use authtui::oauth::refresh::Wish;
use authtui::tui::help::{self, HelpEntry};
use authtui::tui::keymap;
use authtui::tui::message::{Action, Effect, Msg};
use authtui::tui::palette_search;
use authtui::tui::screen::Screen;
use authtui::tui::screen_map::MouseTarget;
use crossterm::event::KeyCode;

use crate::harness::{App, due, id, profile, screen_map};
use crate::update::key_profile;

const SIZES: [(u16, u16); 4] = [(120, 32), (80, 24), (60, 20), (40, 10)];

#[test]
fn letters_narrow_it_and_enter_does_what_is_chosen_with_the_selected_row() {
    let mut app = App::with(["work", "home"]);
    app.press("down");
    let selected = app.selected();
    app.keys("?test the token");
    assert_eq!(app.press("enter"), [Effect::Test(id(selected.trim_start_matches("demo/")))]);
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn arrows_choose_and_what_is_chosen_is_always_seen() {
    for size in SIZES {
        let mut app = App::of([due("work")]);
        app.model.size = size;
        app.keys("?");
        let count = help::found(&app.model.keys, "").len();
        for place in 0..count {
            let map = screen_map(&app.model, app.now);
            let is_seen = map.places().iter().any(|(_, target)| *target == MouseTarget::Choice(place));
            assert!(is_seen, "{size:?} {place}\n{}", app.screen());
            app.press("down");
        }
        let first = app.screen();
        for _ in 0..count {
            app.press("up");
        }
        assert!(app.screen().contains("States") && app.screen() != first, "{size:?}");
    }
}

#[test]
fn q_is_a_letter_in_it_and_what_opened_it_closes_it() {
    let mut app = App::with(["work"]);
    app.keys("?q");
    assert!(matches!(&app.model.screen, Screen::Help(search, _) if search.field.text() == "q"));
    app.press("esc");
    assert!(matches!(&app.model.screen, Screen::Help(search, _) if search.field.is_empty()));
    app.press("esc");
    assert_eq!(app.model.screen, Screen::List);
    for key in [KeyCode::Char('?'), KeyCode::F(1)] {
        app.keys("?ref");
        app.feed(Msg::Key(key.into()));
        assert_eq!(app.model.screen, Screen::List, "{key:?}");
    }
}

#[test]
fn what_is_not_possible_says_why_and_the_help_stays() {
    let mut app = App::of([key_profile()]);
    for (typed, why) in [
        ("refresh all that are due", "Nothing is due."),
        ("log in again with other scopes", "demo/key is an API key: it has no scopes."),
        ("zoom in", "Only on the timeline."),
        ("reload the list", "Only while choosing scopes."),
        ("paste answer", "Only during a login."),
    ] {
        app.keys("?");
        app.keys(typed);
        assert_eq!(app.press("enter"), [], "{typed}");
        assert_eq!(app.message(), why, "{typed}");
        assert!(matches!(app.model.screen, Screen::Help(..)), "{typed}");
        app.press("esc esc");
        assert_eq!(app.model.screen, Screen::List, "{typed}");
    }
}

#[test]
fn a_state_that_is_chosen_shows_its_rows_alone() {
    let mut app = App::of([profile("work"), due("home")]);
    app.keys("?");
    app.keys("token expired; a refresh");
    app.press("enter");
    assert_eq!((app.model.filter.as_str(), app.selected().as_str()), ("state:due", "demo/home"));
    assert!(app.screen().contains("Profiles 1 of 2"), "{}", app.screen());
}

#[test]
fn of_marked_profiles_what_is_chosen_is_done_with_all() {
    let mut app = App::of([due("work"), due("home")]);
    app.keys("  ?");
    app.keys("refresh");
    while !matches!(chosen(&app), Some(HelpEntry::Key(_, binding)) if binding.action == Action::Refresh) {
        app.press("down");
    }
    let effects = app.press("enter");
    for name in ["work", "home"] {
        assert!(effects.contains(&Effect::Refresh(id(name), Wish::New)), "{name}: {effects:?}");
    }
}

fn chosen(app: &App) -> Option<HelpEntry> {
    let Screen::Help(search, _) = &app.model.screen else { return None };
    help::found(&app.model.keys, search.field.text()).get(search.marked).copied()
}

#[test]
fn every_key_is_found_in_the_help_by_its_own_words() {
    let app = App::with(["work"]);
    for (context, binding) in keymap::all() {
        assert!(!binding.keys.is_empty() && !binding.words.is_empty(), "{binding:?}");
        let found = help::found(&app.model.keys, binding.words);
        assert!(found.contains(&HelpEntry::Key(context, binding)), "{} in {context:?}", binding.words);
    }
}

#[test]
fn every_action_on_profiles_has_a_key_is_named_in_the_palette_and_can_be_clicked_there() {
    let keys = keymap::bindings(keymap::KeyContext::Profiles);
    let with_key: BTreeSet<&str> = keys.map(|binding| binding.action.name()).collect();
    let in_palette: BTreeSet<&str> = palette_search::actions().map(|binding| binding.action.name()).collect();
    let moves = ["down", "up", "first", "last", "page_up", "page_down", "next_profile", "previous_profile"];
    let ways = ["enter", "back", "palette"];
    for name in with_key.iter().filter(|name| !moves.contains(name) && !ways.contains(name)) {
        assert!(in_palette.contains(name), "{name} is not in the palette");
    }
    for binding in palette_search::actions() {
        let mut app = App::with(["work"]);
        app.model.size = (120, 32);
        app.keys(":");
        app.keys(&binding.text());
        let map = screen_map(&app.model, app.now);
        let is_seen = map.places().iter().any(|(_, target)| matches!(target, MouseTarget::Choice(_)));
        assert!(is_seen && app.screen().contains(&binding.text()), "{}\n{}", binding.text(), app.screen());
    }
}
