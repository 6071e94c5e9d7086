//! Start of a login: what may begin, and what is asked before.

use crate::domain::clock::Now;
use crate::domain::profile::{Kind, Profile};
use crate::oauth::login::preflight::{Preflight, PreflightGoal};
use crate::oauth::login::{Login, Outcome, Stage};
use crate::tui::message::Effect;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::status::Tone;
use crate::tui::update::status::show;
use crate::tui::update::{login, wizard};
use crate::tui::wizard::Wizard;

/// Begins to ask what a login to a new profile needs.
pub(super) fn begin_new(model: &mut Model, now: Now) -> Vec<Effect> {
    match may_begin(model) {
        Ok(()) => model.screen = Screen::Wizard(Box::default()),
        Err(why) => show(model, why, Tone::Warn, now),
    }
    Vec::new()
}

/// Begins a login to a stored profile again.
pub(super) fn begin_again(
    model: &mut Model,
    profile: &Profile,
    goal: PreflightGoal,
    now: Now,
) -> Vec<Effect> {
    let why = match (may_begin(model), profile.kind, model.provider(profile)) {
        (Err(why), ..) => why,
        (Ok(()), Kind::Environment, _) => {
            let text =
                format!("{} is an environment variable; there is nothing to log in to.", profile.id.name);
            show(model, text, Tone::Plain, now);
            return Vec::new();
        }
        (Ok(()), Kind::ApiKey, _) if goal == PreflightGoal::Scopes => {
            let text = format!("{} is an API key; it has no scopes.", profile.id.name);
            show(model, text, Tone::Plain, now);
            return Vec::new();
        }
        (Ok(()), Kind::OAuth | Kind::ApiKey, None) => {
            let provider = profile.id.name.provider();
            match model.catalog.as_ref().and_then(|catalog| catalog.error(provider)) {
                Some(complaint) => format!("The provider {provider} cannot be used. {complaint}"),
                None => format!(
                    "There is no provider file for {provider}. Add providers/{provider}.yaml; authtui \
                     providers shows where."
                ),
            }
        }
        (Ok(()), Kind::OAuth | Kind::ApiKey, Some(provider)) if provider.example => {
            let remedy = model.catalog.as_ref().and_then(|catalog| catalog.example_remedy(&provider.name));
            format!("{} is only an example. Next: {}.", provider.name, remedy.unwrap_or_default())
        }
        // Whoever presses the key of a login on a key wants to put another in its place.
        (Ok(()), Kind::ApiKey, Some(provider)) => {
            match Preflight::again(profile, provider, PreflightGoal::Key) {
                Ok(mut preflight) => {
                    preflight.agree();
                    return wizard::follow(model, Box::new(Wizard::again(preflight)), now);
                }
                Err(why) => format!("{why}."),
            }
        }
        (Ok(()), Kind::OAuth, Some(provider)) => match Preflight::again(profile, provider, goal) {
            Ok(preflight) => {
                let doubted = model.running(&profile.id).has_failed_login;
                let preflight = if doubted { preflight.doubting() } else { preflight };
                return wizard::follow(model, Box::new(Wizard::again(preflight)), now);
            }
            Err(why) => format!("{why}."),
        },
    };
    show(model, why, Tone::Warn, now);
    Vec::new()
}

fn may_begin(model: &Model) -> Result<(), String> {
    if model.login.as_ref().is_some_and(|login| login.is_settling() || login.unsaved().is_some()) {
        return Err("The tokens of the last login are not saved yet.".to_owned());
    }
    if model.catalog.is_none() {
        return Err("The provider files are still loading.".to_owned());
    }
    match model.own().map(|snapshot| &snapshot.writable) {
        None => Err("The file is still loading.".to_owned()),
        Some(Err(trouble)) => Err(format!("New tokens could not be saved here. {trouble}")),
        Some(Ok(())) => Ok(()),
    }
}

/// Begins a login again that has ended without tokens; where its client may be the reason, that is asked anew.
pub(super) fn try_again(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(plan) = model.login.as_ref().filter(|login| has_failed(login)).map(|login| login.plan().clone())
    else {
        return Vec::new();
    };
    let stored =
        model.profile(&plan.id).filter(|profile| model.running(&profile.id).has_failed_login).cloned();
    match stored {
        Some(profile) => begin_again(model, &profile, PreflightGoal::Login, now),
        None => login::begin(model, plan, now),
    }
}

/// Whether a login has ended without tokens.
fn has_failed(login: &Login) -> bool {
    matches!(login.stage(), Stage::Over(outcome) if !matches!(outcome, Outcome::Done(_)))
}
