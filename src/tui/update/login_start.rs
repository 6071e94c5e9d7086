//! Start of a login: what may begin, and what is asked before.

use crate::domain::clock::Now;
use crate::domain::health::is_working_login;
use crate::domain::profile::{Kind, Profile};
use crate::oauth::login::preflight::{Preflight, PreflightGoal};
use crate::tui::dialog::{Dialog, DialogQuestion};
use crate::tui::message::Effect;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::status::Tone;
use crate::tui::update::status::show;
use crate::tui::update::{borrowed, login, wizard};
use crate::tui::wizard::Wizard;

/// Begins to ask what a login to a new profile needs.
pub(super) fn begin_new(model: &mut Model) -> Vec<Effect> {
    model.screen = Screen::Wizard(Box::default());
    if model.settings.borrowed { vec![Effect::FindServers] } else { Vec::new() }
}

/// Begins a login to a stored profile again, unless it would replace one that works: then the person
/// is asked.
pub(super) fn ask_or_begin(model: &mut Model, profile: &Profile, now: Now) -> Vec<Effect> {
    if profile.owner.is_some() {
        return borrowed::ask(model, profile, now);
    }
    if model.provider(profile).is_some_and(|provider| is_working_login(profile, provider, now.wall)) {
        let question = DialogQuestion::LogInAgain(profile.id.clone());
        model.screen = Screen::Dialog(Dialog::new(question));
        return Vec::new();
    }
    begin_again(model, profile, PreflightGoal::Login, now)
}

/// Begins a login to a stored profile again.
pub(super) fn begin_again(
    model: &mut Model,
    profile: &Profile,
    goal: PreflightGoal,
    now: Now,
) -> Vec<Effect> {
    let Some(provider) = model.provider(profile) else { return Vec::new() };
    // Whoever presses the key of a login on a key wants to put another in its place.
    let goal = if profile.kind == Kind::ApiKey { PreflightGoal::Key } else { goal };
    match Preflight::again(profile, provider, goal) {
        Ok(mut preflight) => {
            if let Some(own) = model.own() {
                preflight = preflight.with_known_client(own);
            }
            preflight.forget_ended_secret(now.wall);
            if goal == PreflightGoal::Key {
                preflight.agree();
            } else if model.running(&profile.id).has_failed_login {
                preflight = preflight.doubting();
            }
            wizard::follow(model, Box::new(Wizard::again(preflight)), now)
        }
        Err(why) => {
            show(model, format!("{why}."), Tone::Warn, now);
            Vec::new()
        }
    }
}

/// Begins a login again that has ended without tokens; where its client may be the reason, that is asked anew.
pub(super) fn try_again(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(plan) = model.login.as_ref().map(|login| login.plan().clone()) else {
        return Vec::new();
    };
    let stored =
        model.profile(&plan.id).filter(|profile| model.running(&profile.id).has_failed_login).cloned();
    match stored {
        Some(profile) => begin_again(model, &profile, PreflightGoal::Login, now),
        None => login::begin(model, plan, now),
    }
}
