//! Keys of the login panel, which act on the login method that it shows.

use crate::domain::clock::Now;
use crate::domain::provider::LoginMethod;
use crate::domain::secret::Secret;
use crate::oauth::login::{Input, Output};
use crate::tui::field::{Field, Sight};
use crate::tui::message::{Effect, PanelAction};
use crate::tui::model::Model;
use crate::tui::screen::{Panel, Screen};
use crate::tui::shown_method::ShownMethod;
use crate::tui::status::Tone;
use crate::tui::update::login;
use crate::tui::update::status::show;

/// Does what the person wants of a login that waits.
pub(super) fn act(model: &mut Model, now: Now, action: PanelAction) -> Vec<Effect> {
    let Some(shown) = ShownMethod::of(model) else { return Vec::new() };
    match action {
        PanelAction::OpenAgain => return open(model, now),
        PanelAction::CopyLink => return copy(shown.copied()),
        PanelAction::CopyUserCode => {
            if shown.device().is_some() && shown.user_code().is_none() {
                show(model, "There is no code to type: the link is enough.", Tone::Plain, now);
                return Vec::new();
            }
            return copy(shown.user_code().map(|code| ("the code", code.to_owned())));
        }
        PanelAction::PlainUrl => {
            let secret = |(label, text)| (label, Secret::new(text));
            return vec![Effect::Print(shown.printed().into_iter().map(secret).collect())];
        }
        PanelAction::Paste if shown.takes_paste() => {
            model.screen = Screen::Login(Panel::Pasting(Field::new("", Sight::Clear)));
        }
        PanelAction::Paste => {
            let why = match shown.user_code() {
                Some(_) => "Nothing to paste: type the code on the page.",
                None => "Nothing to paste: open the link and allow access.",
            };
            show(model, why, Tone::Plain, now);
        }
        PanelAction::SwitchMethod => match shown.other() {
            Some(other) => model.method = Some(other),
            None => show(model, "There is no other way to log in here.", Tone::Plain, now),
        },
        PanelAction::ShowQr if shown.scannable().is_empty() => {
            let why = match shown.method {
                LoginMethod::Device => "No QR code: the link works only on this machine.",
                LoginMethod::Code | LoginMethod::Paste | LoginMethod::Key => {
                    "No QR code: this login needs a browser on this machine."
                }
            };
            show(model, why, Tone::Plain, now);
        }
        PanelAction::ShowQr => {
            let alone = matches!(model.screen, Screen::Login(Panel::Qr));
            model.screen = Screen::Login(if alone { Panel::Steps } else { Panel::Qr });
        }
    }
    Vec::new()
}

fn copy(copied: Option<(&'static str, String)>) -> Vec<Effect> {
    copied.map(|(what, text)| Effect::CopyText(what, Secret::new(text))).into_iter().collect()
}

/// Opens a browser again, at the address of the method that is shown.
fn open(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(login_id) = model.login.as_ref().map(crate::oauth::login::Login::id) else {
        return Vec::new();
    };
    let address = ShownMethod::of(model).and_then(|shown| shown.address().cloned());
    let mut effects = login::heard(model, login_id, Input::OpenAgain, now);
    for effect in &mut effects {
        if let (Effect::Login(_, Output::Open(url)), Some(address)) = (effect, &address) {
            url.clone_from(address);
        }
    }
    effects
}
