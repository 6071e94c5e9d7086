//! Availability of what is done on the panel of a login.

use crate::domain::provider::LoginMethod;
use crate::oauth::login::{Login, Outcome, Stage};
use crate::tui::availability::{Unavailable, login};
use crate::tui::message::PanelAction;
use crate::tui::model::Model;
use crate::tui::shown_method::ShownMethod;

/// Whether the login on the panel may begin anew.
pub(super) fn try_again(model: &Model) -> Result<(), Unavailable> {
    match model.login.as_ref().map(Login::outcome) {
        Some(None) => Err(Unavailable::because("This login is still under way").passing()),
        Some(Some(Outcome::Done(_))) | None => Err(Unavailable::because("The login is done")),
        Some(Some(
            Outcome::Denied(_)
            | Outcome::TimedOut
            | Outcome::Cancelled
            | Outcome::Discarded
            | Outcome::Failed(_),
        )) => login::may_begin(model),
    }
}

/// Whether the login method that the panel shows has what a key of the panel acts on.
pub(super) fn of(model: &Model, action: PanelAction) -> Result<(), Unavailable> {
    if matches!(action, PanelAction::UnfoldSteps | PanelAction::Exchanges | PanelAction::SaveTranscript) {
        return Ok(());
    }
    if action == PanelAction::PageRefused {
        return page_refused(model);
    }
    let Some(shown) = ShownMethod::of(model) else {
        return Err(Unavailable::because("The login does not wait for an answer").passing());
    };
    let is_device = shown.method == LoginMethod::Device;
    let reason = match action {
        PanelAction::OpenAgain if shown.address().is_none() && !is_device => {
            "There is no page to open: run the command"
        }
        PanelAction::OpenAgain | PanelAction::CopyLink if shown.copied().is_none() => {
            "The link has not come yet"
        }
        PanelAction::CopyUserCode if shown.user_code().is_some() && !is_device => "d shows the code first",
        PanelAction::CopyUserCode if shown.user_code().is_none() && shown.device().is_some() => {
            "There is no code to type: the link is enough"
        }
        PanelAction::CopyUserCode if shown.user_code().is_none() => "There is no code here",
        PanelAction::Paste if !shown.takes_paste() => match shown.user_code() {
            Some(_) => "Nothing to paste: type the code on the page",
            None => "Nothing to paste: open the link and allow access",
        },
        PanelAction::SwitchMethod if shown.other().is_none() => "There is no other way to log in here",
        PanelAction::ShowQr if shown.scannable().is_empty() => match shown.method {
            LoginMethod::Device => "No QR code: the link works only on this machine",
            LoginMethod::Code | LoginMethod::Paste | LoginMethod::Key => {
                "No QR code: this login needs a browser on this machine"
            }
        },
        PanelAction::OpenAgain
        | PanelAction::CopyLink
        | PanelAction::CopyUserCode
        | PanelAction::Paste
        | PanelAction::SwitchMethod
        | PanelAction::ShowQr
        | PanelAction::PlainUrl
        | PanelAction::Exchanges
        | PanelAction::SaveTranscript
        | PanelAction::PageRefused
        | PanelAction::UnfoldSteps => return Ok(()),
    };
    Err(Unavailable::because(reason))
}

/// Whether a page may have refused the client of the login, and there is another way to be one.
fn page_refused(model: &Model) -> Result<(), Unavailable> {
    let Some(login) = &model.login else { return Err(Unavailable::because("There is no login")) };
    if login.plan().provider.new_client_command().is_none() {
        return Err(Unavailable::because("The client id is not one that authtui registered")
            .remedy("Esc cancels; then log in with another client id."));
    }
    match login.stage() {
        Stage::Waiting(_) if login.is_settling() => {
            Err(Unavailable::because("The server is being asked about the device code").passing())
        }
        Stage::Waiting(_) | Stage::Over(Outcome::TimedOut | Outcome::Failed(_) | Outcome::Denied(_)) => {
            Ok(())
        }
        Stage::Opening(_)
        | Stage::Exchanging(_)
        | Stage::Identifying(_)
        | Stage::Confirming(..)
        | Stage::Saving(_)
        | Stage::Unsaved(..)
        | Stage::Testing(..)
        | Stage::Naming(_)
        | Stage::Over(Outcome::Done(_) | Outcome::Cancelled | Outcome::Discarded) => {
            Err(Unavailable::because("The login does not wait for an answer").passing())
        }
    }
}
