//! The palette: everything by a few letters.

use authtui::domain::settings::Settings;
use authtui::oauth::refresh::Wish;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::palette::PaletteEntry;
use authtui::tui::screen::Screen;

use crate::harness::{App, due, id, profile};
use crate::update::key_profile;

#[test]
fn an_action_is_found_by_a_few_letters_and_done() {
    let mut app = App::of([due("work")]);
    app.keys(":refr");
    assert_eq!(app.press("enter"), [Effect::Refresh(id("work"), Wish::New)]);
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn a_profile_is_found_and_selected_though_a_filter_hides_it() {
    let mut app = App::with(["work", "home"]);
    app.keys("/work");
    app.press("enter");
    app.press("ctrl-p");
    app.keys("dmhome");
    assert!(app.screen().contains("demo/home"), "{}", app.screen());
    assert_eq!(app.press("enter"), []);
    assert_eq!((app.selected().as_str(), app.model.filter.as_str()), ("demo/home", ""));
}

#[test]
fn a_login_to_a_provider_begins_with_it_chosen() {
    let mut app = App::with(["work"]);
    app.keys(":log in to Acme");
    app.press("enter");
    assert!(matches!(&app.model.screen, Screen::Wizard(wizard) if wizard.provider().is_some()));
}

#[test]
fn what_is_not_possible_says_why_and_is_not_done() {
    let mut app = App::of([key_profile()]);
    app.keys(":refresh");
    let screen = app.screen();
    assert!(screen.contains("API keys cannot be refreshed"), "{screen}");
    let place = |screen: &Screen| matches!(screen, Screen::Palette(..));
    for _ in 0..20 {
        if matches!(marked(&app), Some(PaletteEntry::Do(action)) if action.name() == "refresh") {
            break;
        }
        app.press("down");
    }
    assert_eq!(app.press("enter"), []);
    assert!(place(&app.model.screen));
    assert_eq!(app.message(), "demo/key: API keys cannot be refreshed.");
}

#[test]
fn what_was_taken_last_comes_first_where_nothing_is_typed() {
    let mut app = App::with(["work", "home"]);
    app.keys(":sort");
    app.press("enter");
    app.keys(":");
    assert!(matches!(marked(&app), Some(PaletteEntry::Do(action)) if action.name() == "sort"));
    app.press("esc");
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn of_ten_thousand_profiles_the_right_one_is_first_and_few_are_kept() {
    let mut app = App::of((0..10_000).map(|number| profile(&format!("p{number:05}"))));
    app.keys(":p07321");
    let Screen::Palette(palette, _) = &app.model.screen else { unreachable!("the palette is open") };
    assert!(palette.found.len() <= 200);
    app.press("enter");
    assert_eq!(app.selected(), "demo/p07321");
}

#[test]
fn the_palette_opens_over_log_and_help_and_not_over_a_question() {
    for keys in ["L", "?"] {
        let mut app = App::with(["work"]);
        app.keys(keys);
        app.press("ctrl-p");
        assert!(matches!(app.model.screen, Screen::Palette(..)), "{keys}");
        app.press("ctrl-p");
        assert!(!matches!(app.model.screen, Screen::Palette(..)), "{keys}");
    }
    let mut app = App::with(["work"]);
    app.keys("x");
    app.press("ctrl-p");
    assert!(app.model.screen.dialog().is_some());
}

#[test]
fn the_field_stands_still_while_the_box_is_as_high_as_what_is_found() {
    for size in [(120, 32), (80, 24), (60, 20), (40, 10)] {
        let mut app = App::of((0..30).map(|number| profile(&format!("p{number:02}"))));
        app.model.size = size;
        app.keys(":");
        let (top, _) = span(&app);
        app.keys("p0");
        let (same, many) = span(&app);
        app.keys("7");
        let (still, one) = span(&app);
        assert_eq!((top, top), (same, still), "{size:?}");
        assert!(one < many && one <= 7, "{size:?}: {one} of {many} rows\n{}", app.screen());
    }
}

/// The row in which the palette's box begins, and how many it has.
fn span(app: &App) -> (usize, usize) {
    let screen = app.screen();
    let row = |part: &str| screen.lines().position(|line| line.contains(part)).expect("a row");
    let top = row("Find an action");
    let before = screen.lines().nth(top).and_then(|line| line.split_once("╭ Find"));
    let column = before.map(|(before, _)| before.chars().count());
    let is_bottom = |line: &str| column.and_then(|column| line.chars().nth(column)) == Some('╰');
    let rows = screen.lines().skip(top).position(is_bottom).expect("its lower side");
    (top, rows + 1)
}

#[test]
fn a_key_of_the_settings_acts_and_is_shown_and_one_that_cannot_be_used_is_named() {
    let mut app = App::of([due("work")]);
    let text = "keys: {refresh: F5, sign_out: y}";
    app.feed(Msg::Settled(Settings::read(text)));
    assert_eq!(app.message(), "settings.yaml, keys: y of sign_out already belongs to copy.");
    let screen = app.screen();
    assert!(screen.contains("F5 refresh") && screen.contains("x sign out"), "{screen}");
    assert_eq!(app.keys("r"), []);
}

fn marked(app: &App) -> Option<&PaletteEntry> {
    let Screen::Palette(palette, _) = &app.model.screen else { return None };
    palette.found.get(palette.search.marked)
}
