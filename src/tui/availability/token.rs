//! Availability of what is done with the token of a profile: copied, or tested.

use crate::domain::clock::Now;
use crate::domain::health::Health;
use crate::domain::profile::{Kind, Profile};
use crate::domain::refreshability::NotRefreshable;
use crate::oauth::form;
use crate::tui::availability::selected::ours;
use crate::tui::availability::{Unavailable, press_log_in};
use crate::tui::message::{Action, Form};
use crate::tui::model::Model;

pub(super) fn copy(profile: &Profile) -> Result<(), Unavailable> {
    match profile.held.tokens() {
        Some(_) => Ok(()),
        None => Err(Unavailable::because(profile.why_no_tokens())),
    }
}

pub(super) fn copy_form(model: &Model, profile: &Profile, form: Form) -> Result<(), Unavailable> {
    copy(profile)?;
    let name = &profile.id.name;
    if form == Form::Refresh && profile.refresh_token().is_none() {
        return Err(Unavailable::because(format!("{name} has no refresh token")));
    }
    match form::preview(form, profile, model.provider(profile)) {
        Some(_) => Ok(()),
        None => Err(Unavailable::new(name, "its token has characters that no token may have")),
    }
}

pub(super) fn test(model: &Model, profile: &Profile, now: Now) -> Result<(), Unavailable> {
    // It goes nowhere but where a person takes it.
    ours(profile)?;
    let refuse = |why: &str| Unavailable::new(format!("{} cannot be tested", profile.id.name), why);
    let key = |action| model.keys.key(action);
    if profile.held.tokens().is_none() {
        return Err(refuse("it has no tokens").remedy(press_log_in(model)));
    }
    match model.provider(profile) {
        Some(provider) if provider.example => return Err(refuse("its provider is only an example")),
        Some(provider) if provider.probe.is_some() => {}
        Some(_) => return Err(refuse("its provider file has no test")),
        None => return Err(refuse("its provider file has no test")),
    }
    let health = Health::of(profile, model.activity(&profile.id), now.wall);
    if profile.kind == Kind::OAuth && matches!(health, Health::Due) {
        let moved = matches!(model.refreshability(profile, now.wall), Err(NotRefreshable::OtherOrigin(_)));
        return Err(refuse("its token has expired").remedy(match moved {
            true => format!("Press {} to log in again.", key(Action::LogIn)),
            false => format!("Press {} to refresh it first.", key(Action::Refresh)),
        }));
    }
    if model.running(&profile.id).is_testing {
        let why = format!("{} is already being tested", profile.id.name);
        return Err(Unavailable::because(why).passing());
    }
    Ok(())
}
