//! Reach of an action: whether it changes profiles, and whether it can be done with all that are marked.

use crate::tui::availability::Unavailable;
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::sign_out::SignOutWay;

/// What an action changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What is seen, and nothing else.
    Screen,
    /// It refreshes, logs in, or writes profiles, as an editor may.
    Profiles,
    /// The same with the selected profile, or with all that are marked.
    Marked(MarkedWish),
}

/// What a key wants of all marked profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkedWish {
    Refresh,
    Test,
    ToggleAutoRefresh,
    /// Nobody has said yet in which way, or this one is proposed.
    SignOut(Option<SignOutWay>),
}

impl Reach {
    #[must_use]
    pub fn of(action: Action) -> Self {
        match action {
            Action::Refresh => Self::Marked(MarkedWish::Refresh),
            Action::Test => Self::Marked(MarkedWish::Test),
            Action::ToggleAutoRefresh => Self::Marked(MarkedWish::ToggleAutoRefresh),
            Action::SignOut => Self::Marked(MarkedWish::SignOut(None)),
            Action::SignOutAtProvider => Self::Marked(MarkedWish::SignOut(Some(SignOutWay::AtProvider))),
            Action::NewLogin
            | Action::LogIn
            | Action::Scopes
            | Action::RefreshDue
            | Action::Rename
            | Action::Note
            | Action::MoveStore
            | Action::MakePrivate
            | Action::Edit
            | Action::Undo => Self::Profiles,
            Action::Quit
            | Action::Move(_)
            | Action::Enter
            | Action::Back
            | Action::SwitchFocus
            | Action::Select(_)
            | Action::Copy
            | Action::CopyForm(_)
            | Action::Mark
            | Action::Reveal
            | Action::Filter
            | Action::Sort
            | Action::NextNeed
            | Action::Log
            | Action::Timeline
            | Action::Zoom(_)
            | Action::Settings
            | Action::ChangeMarked(_)
            | Action::ChangeSetting(_)
            | Action::SkipTour
            | Action::Palette
            | Action::Help
            | Action::Redraw
            | Action::Unlock
            | Action::Suspend
            | Action::Panel(_)
            | Action::Scope(_) => Self::Screen,
        }
    }
}

/// Whether the settings let `action` be done.
///
/// # Errors
/// Why they do not.
pub fn check(model: &Model, action: Action) -> Result<(), Unavailable> {
    if model.settings.read_only && Reach::of(action) != Reach::Screen {
        let remedy = format!("The settings ({}) change that.", model.keys.key(Action::Settings));
        return Err(Unavailable::because("authtui is read-only").remedy(remedy));
    }
    Ok(())
}
