//! Keys of the login panel, which act on the login method that it shows.

use crate::domain::clock::Now;
use crate::domain::secret::Secret;
use crate::domain::trouble::Trouble;
use crate::oauth::login::{Input, Login, Output};
use crate::tui::field::{Field, Sight};
use crate::tui::message::{Effect, PanelAction};
use crate::tui::model::Model;
use crate::tui::screen::{Panel, Screen};
use crate::tui::shown_method::ShownMethod;
use crate::tui::status::Tone;
use crate::tui::update::status::show;
use crate::tui::update::{login, server};
use crate::tui::wizard::Page;
use crate::tui::wizard::server::ServerDiscovery;

/// Said while a browser starts.
const OPENING: &str = "Opening the browser again.";

/// Does what the person wants of a login that waits.
pub(super) fn act(model: &mut Model, now: Now, action: PanelAction) -> Vec<Effect> {
    match action {
        PanelAction::UnfoldSteps => model.shows_steps = !model.shows_steps,
        PanelAction::Exchanges => show_exchanges(model),
        PanelAction::SaveTranscript => return save_transcript(model),
        PanelAction::PageRefused => return server::page_refused(model, now),
        PanelAction::OpenAgain
        | PanelAction::CopyLink
        | PanelAction::CopyUserCode
        | PanelAction::Paste
        | PanelAction::SwitchMethod
        | PanelAction::ShowQr
        | PanelAction::PlainUrl => return act_on_method(model, now, action),
    }
    Vec::new()
}

fn act_on_method(model: &mut Model, now: Now, action: PanelAction) -> Vec<Effect> {
    let Some(shown) = ShownMethod::of(model) else { return Vec::new() };
    match action {
        PanelAction::UnfoldSteps
        | PanelAction::Exchanges
        | PanelAction::SaveTranscript
        | PanelAction::PageRefused => {}
        PanelAction::OpenAgain => return open(model, now),
        PanelAction::CopyLink => return copy(shown.copied()),
        PanelAction::CopyUserCode => {
            return copy(shown.user_code().map(|code| ("the code", code.to_owned())));
        }
        PanelAction::PlainUrl => {
            let secret = |(label, text)| (label, Secret::new(text));
            return vec![Effect::Print(shown.printed().into_iter().map(secret).collect())];
        }
        PanelAction::Paste => {
            model.screen = Screen::Login(Panel::Pasting(Field::new("", Sight::Clear)));
        }
        PanelAction::SwitchMethod => model.method = shown.other(),
        PanelAction::ShowQr => {
            let alone = matches!(model.screen, Screen::Login(Panel::Qr));
            model.screen = Screen::Login(if alone { Panel::Steps } else { Panel::Qr });
        }
    }
    Vec::new()
}

/// Shows the requests of the login, or of the discovery before one.
fn show_exchanges(model: &mut Model) {
    match discovery_mut(model) {
        Some(server) => server.exchanges = Some(0),
        None => model.screen = Screen::Login(Panel::Exchanges(0)),
    }
}

fn save_transcript(model: &mut Model) -> Vec<Effect> {
    if let Some(server) = discovery_mut(model) {
        return vec![Effect::SaveTranscript(server.host(), server.discovery.transcript().lines())];
    }
    let save = |login: &Login| {
        Effect::SaveTranscript(login.plan().provider.name.clone(), login.transcript().lines())
    };
    model.login.as_ref().map(save).into_iter().collect()
}

/// The discovery that is looked at.
fn discovery_mut(model: &mut Model) -> Option<&mut ServerDiscovery> {
    if let Page::Server(server) = &mut model.screen.wizard_mut()?.page { Some(server) } else { None }
}

/// Says where the requests of a login were saved.
pub(super) fn transcript_saved(model: &mut Model, saved: Result<String, Trouble>, now: Now) {
    match saved {
        Ok(path) => show(model, format!("Saved to {path}. It holds no secret."), Tone::Good, now),
        Err(trouble) => show(model, trouble.to_string(), Tone::Bad, now),
    }
}

fn copy(copied: Option<(&'static str, String)>) -> Vec<Effect> {
    copied.map(|(what, text)| Effect::CopyText(what, Secret::new(text))).into_iter().collect()
}

/// Says what became of a browser that the person wanted.
pub(super) fn opened(model: &mut Model, opened: &Result<(), Trouble>, now: Now) {
    if model.message.as_ref().is_none_or(|message| message.report.text != OPENING) {
        return;
    }
    match opened {
        Ok(()) => show(model, "The browser was told to open the link.", Tone::Good, now),
        Err(trouble) => {
            let why = format!("No browser could be opened: {}. c copies the link.", trouble.why);
            show(model, why, Tone::Warn, now);
        }
    }
}

/// Opens a browser again, at the address of the method that is shown.
fn open(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(login_id) = model.login.as_ref().map(Login::id) else {
        return Vec::new();
    };
    let address = ShownMethod::of(model).and_then(|shown| shown.address().cloned());
    if address.is_some() {
        show(model, OPENING, Tone::Plain, now);
    }
    let mut effects = login::heard(model, login_id, Input::OpenAgain, now);
    for effect in &mut effects {
        if let (Effect::Login(_, Output::Open(url)), Some(address)) = (effect, &address) {
            url.clone_from(address);
        }
    }
    effects
}
