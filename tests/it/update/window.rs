//! The window around the screen: its title, and whom the mouse belongs to.

use authtui::domain::tokens::StoredTokens;
use authtui::tui::window::{MouseUse, window};

use crate::harness::{App, profile};

#[test]
fn the_title_counts_who_needs_a_login_and_names_nobody() {
    for (lost, title) in [(0, "authtui"), (1, "authtui · 1 needs login"), (2, "authtui · 2 need login")] {
        let names = ["ana", "ben", "cleo"];
        let of = |(place, name): (usize, &str)| {
            let mut profile = profile(name);
            if place < lost {
                profile.life.expires_at = Some(crate::harness::now().wall);
                let tokens = profile.held.tokens().expect("tokens").clone();
                profile.held =
                    StoredTokens::Present(authtui::domain::tokens::Tokens { refresh: None, ..tokens });
            }
            profile
        };
        let app = App::of(names.into_iter().enumerate().map(of));
        assert_eq!(window(&app.model).title, title);
    }
}

#[test]
fn a_login_leaves_the_mouse_to_the_person_who_selects_its_link() {
    let mut app = App::with(["work"]);
    let whose = |app: &App| window(&app.model).mouse;
    assert_eq!(whose(&app), MouseUse::Ours);
    app.log_in();
    assert_eq!(whose(&app), MouseUse::Selects);
    app.press("esc");
    assert_eq!(whose(&app), MouseUse::Ours, "whether to cancel is asked");
}
