//! Keys in the footer: what fits the selected row, in the room there is.

use authtui::domain::change::{Row, Snapshot, Where};
use authtui::domain::clock::TimeDelta;
use authtui::domain::profile::Profile;
use authtui::domain::tokens::StoredTokens;
use authtui::tui::footer::{Footer, FooterPlace, footer};
use authtui::tui::message::Msg;
use authtui::tui::screen::Screen;
use authtui::tui::theme::Letters;
use ratatui::layout::Rect;

use crate::harness::{App, due, ends_in, now, profile, snapshot};
use crate::update::key_profile;

#[test]
fn the_best_key_of_the_selected_row_comes_first_and_what_it_cannot_do_is_absent() {
    let signed_out = Profile { held: StoredTokens::None, revoked_at: Some(now().wall), ..profile("work") };
    let expired = Profile { life: ends_in(TimeDelta::hours(-1)), ..without_refresh("work") };
    for (profile, best, absent) in [
        (profile("work"), "y copy", "R"),
        (due("work"), "r refresh", "T"),
        (key_profile(), "y copy", "r"),
        (signed_out, "l log in", "y"),
        (expired, "l log in", "r"),
    ] {
        let app = App::of([profile]);
        let footer = of(&app, 200);
        let keys: Vec<String> = footer.keys.iter().map(|key| format!("{} {}", key.label, key.hint)).collect();
        assert_eq!((keys[0].as_str(), footer.keys[0].is_best), (best, true), "{keys:?}");
        assert!(keys.iter().all(|key| !key.starts_with(&format!("{absent} "))), "no {absent} in {keys:?}");
    }
}

#[test]
fn an_entry_that_cannot_be_understood_offers_nothing_that_needs_a_profile() {
    let mut app = App::of([]);
    let broken = Row::broken("demo/odd", Where::Line(7), "it is odd");
    app.feed(Msg::Stored(Snapshot { rows: [broken].into(), ..snapshot([]) }));
    let first = of(&app, 200).keys.first().map(|key| (key.label.clone(), key.is_best));
    assert_eq!(first, Some(("e".to_owned(), true)));
    let keys: Vec<String> = of(&app, 200).keys.into_iter().map(|key| key.label).collect();
    for key in ["l", "r", "y", "x", "X", "T", "S", "A"] {
        assert!(!keys.contains(&key.to_owned()), "{key} in {keys:?}");
    }
    assert!(keys.contains(&"?".to_owned()), "{keys:?}");
}

#[test]
fn keys_stand_apart_inside_the_row_at_every_width_and_help_and_quit_stay() {
    let mut marked = App::with(["a", "b"]);
    marked.keys("  ");
    for app in [App::with(["work"]), App::of([due("work")]), App::of([key_profile()]), App::of([]), marked] {
        for width in 38..=220 {
            let footer = of(&app, width);
            let labels: Vec<&str> = footer.keys.iter().map(|key| key.label.as_str()).collect();
            assert!(labels.contains(&"?") && labels.contains(&"q"), "{width}: {labels:?}");
            for pair in footer.keys.windows(2) {
                assert!(pair[0].columns.end < pair[1].columns.start, "{width}: {pair:?}");
            }
            assert!(footer.keys.iter().all(|key| key.columns.end <= width + 1), "{width}: {footer:?}");
        }
    }
}

#[test]
fn the_constant_keys_stand_still_while_the_selection_moves() {
    for width in [38, 58, 78, 118, 198] {
        let constant = |app: &App| {
            let footer = of(app, width);
            let from = footer.divider.unwrap_or(0);
            footer.keys.into_iter().filter(move |key| key.columns.start > from).collect::<Vec<_>>()
        };
        let mut app = App::of([profile("work"), due("home"), key_profile()]);
        let first = constant(&app);
        for _ in 0..2 {
            app.keys("j");
            assert_eq!(constant(&app), first, "{width}");
        }
    }
}

#[test]
fn a_click_on_a_key_presses_it() {
    let mut app = App::with(["work"]);
    app.click("y copy");
    assert_eq!(app.model.screen, Screen::Copy);
}

fn of(app: &App, width: u16) -> Footer {
    let row = Rect::new(1, 29, width, 1);
    let place = FooterPlace { row, letters: Letters::Unicode, panel_names_its_keys: false };
    footer(&app.model, app.now, place)
}

fn without_refresh(name: &str) -> Profile {
    let whole = profile(name);
    let held = match whole.held.tokens().cloned() {
        Some(tokens) => StoredTokens::Present(authtui::domain::tokens::Tokens { refresh: None, ..tokens }),
        None => StoredTokens::None,
    };
    Profile { held, ..whole }
}
