//! Read-only: what the settings keep from being refreshed, logged in to, or written.

use crate::tui::availability::Unavailable;
use crate::tui::message::Action;
use crate::tui::model::Model;

/// Whether the settings let `action` be done.
///
/// # Errors
/// Why they do not.
pub fn check(model: &Model, action: Action) -> Result<(), Unavailable> {
    if model.settings.read_only && writes(action) {
        return Err(Unavailable::because("authtui is read-only").remedy("The settings (,) change that."));
    }
    Ok(())
}

/// Whether an action refreshes, logs in, or writes profiles.
fn writes(action: Action) -> bool {
    matches!(
        action,
        Action::NewLogin
            | Action::LogIn
            | Action::Scopes
            | Action::Refresh
            | Action::RefreshDue
            | Action::SignOut
            | Action::SignOutAtProvider
            | Action::Test
            | Action::ToggleAutoRefresh
            | Action::MakePrivate
            | Action::Undo
    )
}
