//! A token that is shown for a few seconds.

use std::time::Duration;

use authtui::domain::secret::Secret;
use authtui::domain::settings::Settings;
use authtui::tui::message::{Effect, Form, Msg};
use authtui::tui::screen::Screen;
use authtui::tui::wakes_at;
use authtui::tui::window::{MouseUse, window};

use crate::harness::{App, id, profile};

const SHOWN: &str = "token-that-is-shown";

#[test]
fn it_is_shown_with_its_seconds_and_hidden_when_they_are_over() {
    let mut app = revealed();
    let screen = app.screen();
    assert!(screen.contains(SHOWN) && screen.contains("Hidden in 10s"), "{screen}");
    for left in (1..10).rev() {
        let next = wakes_at(&app.model, app.now).expect("it counts");
        app.advance(app.now.steady.until(next));
        assert!(app.screen().contains(&format!("Hidden in {left}s")), "{}", app.screen());
    }
    app.advance(Duration::from_secs(1));
    assert_eq!(app.model.screen, Screen::List);
    assert!(!app.screen().contains(SHOWN));
}

#[test]
fn any_key_hides_it_and_does_nothing_else() {
    for key in ["esc", "enter", "x", "q", "down", "r"] {
        let mut app = revealed();
        assert_eq!(app.feed(Msg::Key(key_of(key))), [], "{key}");
        assert_eq!((&app.model.screen, app.selected().as_str()), (&Screen::List, "demo/work"), "{key}");
    }
    let mut app = revealed();
    assert_eq!(app.press("ctrl-c"), [Effect::Quit]);
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn the_same_key_shows_the_refresh_token_after_the_token() {
    let mut app = revealed();
    assert_eq!(app.keys("v"), [Effect::Reveal(id("work"), Form::Refresh)]);
    assert_eq!(app.model.screen, Screen::List);
    app.feed(Msg::Revealed(id("work"), Form::Refresh, Ok(Secret::new(SHOWN))));
    assert!(app.screen().contains("Refresh token of demo/work"), "{}", app.screen());
    assert_eq!(app.keys("v"), []);
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn it_is_not_shown_once_the_person_looks_elsewhere() {
    for keys in ["j", "x", "?"] {
        let mut app = App::of([profile("work"), profile("zeta")]);
        app.keys("v");
        app.keys(keys);
        app.feed(Msg::Revealed(id("work"), Form::Token, Ok(Secret::new(SHOWN))));
        assert!(!app.screen().contains(SHOWN), "{keys}");
    }
}

#[test]
fn a_screen_that_others_see_hides_it() {
    let mut app = App::with(["work"]);
    app.feed(Msg::Settled(Ok(Settings { privacy: true, ..Settings::default() })));
    assert_eq!(app.keys("v"), []);
    assert!(app.message().starts_with("Privacy mode hides tokens."), "{}", app.message());
}

#[test]
fn it_can_be_selected_with_the_mouse() {
    let app = revealed();
    assert_eq!(window(&app.model).mouse, MouseUse::Selects);
}

#[test]
fn a_long_one_is_cut_where_it_has_no_room() {
    for size in [(120, 32), (80, 24), (60, 20), (40, 10)] {
        let mut app = App::with(["work"]);
        app.model.size = size;
        app.keys("v");
        app.feed(Msg::Revealed(id("work"), Form::Token, Ok(Secret::new("x".repeat(8000)))));
        let screen = app.screen();
        assert!(screen.contains("x…") && screen.contains("Hidden in 10s"), "{size:?}: {screen}");
    }
}

fn revealed() -> App {
    let mut app = App::of([profile("work"), profile("zeta")]);
    assert_eq!(app.keys("v"), [Effect::Reveal(id("work"), Form::Token)]);
    app.feed(Msg::Revealed(id("work"), Form::Token, Ok(Secret::new(SHOWN))));
    app
}

fn key_of(name: &str) -> crossterm::event::KeyEvent {
    match name.chars().next() {
        Some(char) if name.len() == 1 => {
            crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Char(char))
        }
        _ => crate::harness::key(name),
    }
}
