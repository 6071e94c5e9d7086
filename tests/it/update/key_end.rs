//! A key whose end is known: where its row stands, and which key is offered.

use authtui::domain::clock::TimeDelta;
use authtui::domain::profile::Profile;
use authtui::domain::tokens::Expiry;
use authtui::tui::need::Section;

use crate::harness::{App, now};
use crate::update::key_profile;

fn app(left: TimeDelta) -> App {
    let expires_at = Some(now().wall + left);
    App::of([Profile { life: Expiry { expires_at, ..Expiry::default() }, ..key_profile() }])
}

fn standing(app: &App) -> Section {
    app.model.order.rows.first().expect("a row").need.section()
}

#[test]
fn a_key_is_fine_then_soon_then_needs_a_person_and_then_needs_a_new_key() {
    for (left, section, words, asks) in [
        (TimeDelta::days(8), Section::Fine, "Good for 8d.", false),
        (TimeDelta::days(6), Section::Soon, "Good for 6d; then you need a new key.", false),
        (TimeDelta::hours(47), Section::NeedsYou, "Good for 47h00m; then you need a new key.", true),
        (TimeDelta::hours(-1), Section::NeedsYou, "This key has expired.", true),
    ] {
        let app = app(left);
        let screen = app.screen();
        assert_eq!(standing(&app), section, "{left}: {screen}");
        let told = screen.replace('\n', " ");
        assert!(words.split(' ').all(|word| told.contains(word)), "{left}: {screen}");
        assert_eq!(screen.matches("l new key").count(), usize::from(asks) + 1, "{screen}");
        assert_eq!(screen.contains("enter another key"), section != Section::Fine, "{screen}");
    }
}

#[test]
fn time_alone_moves_the_row_to_the_next_section() {
    let mut app = app(TimeDelta::hours(49));
    assert_eq!(standing(&app), Section::Soon);
    app.advance(std::time::Duration::from_secs(2 * 3600));
    assert_eq!(standing(&app), Section::NeedsYou);
    app.advance(std::time::Duration::from_secs(48 * 3600));
    let screen = app.screen();
    assert!(screen.contains("1 needs a new key") && screen.contains("expired"), "{screen}");
}
