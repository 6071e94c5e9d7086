//! What is not possible says why, and nothing is done.

use authtui::domain::profile::Profile;
use authtui::domain::tokens::StoredTokens;
use authtui::tui::availability::availability;
use authtui::tui::message::{Action, Effect, Form, PanelAction};
use authtui::tui::screen::Screen;

use crate::harness::{App, now, profile};
use crate::update::key_profile;

#[test]
fn every_refusal_of_a_key_is_what_availability_says() {
    let signed_out = Profile { held: StoredTokens::None, revoked_at: Some(now().wall), ..profile("work") };
    for (profile, key, action) in [
        (key_profile(), "r", Action::Refresh),
        (key_profile(), "S", Action::Scopes),
        (key_profile(), "A", Action::ToggleAutoRefresh),
        (signed_out.clone(), "r", Action::Refresh),
        (signed_out.clone(), "y", Action::Copy),
        (signed_out, "T", Action::Test),
        (profile("work"), "R", Action::RefreshDue),
        (profile("work"), "F", Action::MakePrivate),
    ] {
        let mut app = App::of([profile]);
        let why = availability(&app.model, action, app.now).expect_err(key).sentences();
        assert_eq!(app.keys(key), [], "{key}");
        assert_eq!((app.message(), &app.model.screen), (why.as_str(), &Screen::List), "{key}");
    }
}

#[test]
fn a_reason_stands_alone_beside_the_action_too() {
    let app = App::of([key_profile()]);
    let why = |action| availability(&app.model, action, app.now).expect_err("a reason").brief();
    assert_eq!(why(Action::Refresh), "API keys cannot be refreshed");
    assert_eq!(why(Action::CopyForm(Form::Refresh)), "demo/key has no refresh token");
    assert_eq!(why(Action::RefreshDue), "Nothing is due");
}

#[test]
fn a_code_is_copied_only_where_it_is_shown_and_the_browser_that_opens_is_said() {
    let mut app = App::with(["work"]);
    app.log_in();
    assert_eq!(app.keys("u"), []);
    assert_eq!(app.message(), "There is no code here.");
    assert!(matches!(app.keys("o").as_slice(), [Effect::Login(..)]));
    assert_eq!(app.message(), "Opening the browser again.");
    let copy = Action::Panel(PanelAction::CopyLink);
    assert_eq!(availability(&app.model, copy, app.now), Ok(()));
}
