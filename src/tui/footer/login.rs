//! Footer of a login: the keys that mean something at its stage and for the method it shows.

use crossterm::event::KeyCode::{self, Enter};

use crate::domain::clock::Now;
use crate::domain::provider::LoginMethod;
use crate::oauth::login::{Login, Outcome, Stage};
use crate::tui::availability::availability;
use crate::tui::footer::{FooterCandidate, FooterPlace, fixed, only};
use crate::tui::keymap::KeyContext;
use crate::tui::message::{Action, PanelAction};
use crate::tui::model::Model;
use crate::tui::shown_method::ShownMethod;
use crate::tui::theme::Letters;

/// Keys of a login that has ended.
const CLOSING: [(KeyCode, &str); 2] = [(Enter, "close"), (KeyCode::Char('i'), "steps")];
/// Keys of a login that has ended without tokens.
const FAILED: [(KeyCode, &str); 3] =
    [(KeyCode::Char('l'), "try again"), (Enter, "close"), (KeyCode::Char('i'), "steps")];

/// The keys of a login, as far as they mean something at its stage and for the method it shows.
pub(super) fn keys(model: &Model, now: Now, place: FooterPlace) -> Vec<FooterCandidate> {
    let beside =
        |action| matches!(action, Action::Panel(PanelAction::UnfoldSteps) | Action::Back | Action::Help);
    match model.login.as_ref().map(Login::stage) {
        Some(Stage::Waiting(_)) if place.panel_names_its_keys => only(model, KeyContext::Login, beside),
        Some(Stage::Waiting(_)) => match ShownMethod::of(model) {
            Some(shown) => waiting(model, &shown, place.letters, now),
            None => only(model, KeyContext::Login, |_| true),
        },
        Some(Stage::Over(Outcome::Done(_))) | None => fixed(&CLOSING),
        Some(Stage::Over(_)) => fixed(&FAILED),
        Some(
            Stage::Opening(_)
            | Stage::Exchanging(_)
            | Stage::Identifying(_)
            | Stage::Confirming(..)
            | Stage::Saving(_)
            | Stage::Unsaved(..)
            | Stage::Testing(..)
            | Stage::Naming(_),
        ) => only(model, KeyContext::Login, beside),
    }
}

fn waiting(model: &Model, shown: &ShownMethod<'_>, letters: Letters, now: Now) -> Vec<FooterCandidate> {
    // An authorization URL is seldom short enough to be scanned; the key tells.
    let scans = shown.device().is_some() && letters == Letters::Unicode;
    let mut keys = only(model, KeyContext::Login, |action| {
        availability(model, action, now).is_ok() && (scans || action != Action::Panel(PanelAction::ShowQr))
    });
    for key in &mut keys {
        (key.hint, key.brief) = match key.action {
            Some(Action::Panel(PanelAction::SwitchMethod)) if shown.method == LoginMethod::Device => {
                ("browser", "link")
            }
            Some(Action::Panel(PanelAction::SwitchMethod)) => ("device code", "device"),
            Some(Action::Panel(PanelAction::CopyLink)) if shown.methods.curl.is_some() => {
                ("copy curl command", "copy")
            }
            Some(Action::Panel(PanelAction::PlainUrl)) if shown.methods.curl.is_some() => {
                ("print command", "print")
            }
            Some(_) | None => (key.hint, key.brief),
        };
    }
    keys
}
