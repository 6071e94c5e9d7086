//! Availability of a refresh: of one profile, of all that are due, and of auto-refresh.

use crate::domain::clock::Now;
use crate::domain::health::Health;
use crate::domain::profile::{Kind, Profile};
use crate::domain::refreshability::NotRefreshable;
use crate::tui::availability::{Unavailable, press_log_in};
use crate::tui::model::Model;
use crate::tui::rows;

pub(super) fn refresh(model: &Model, profile: &Profile, now: Now) -> Result<(), Unavailable> {
    let name = &profile.id.name;
    let running = model.running(&profile.id);
    if running.unsaved.is_some() {
        return Ok(());
    }
    if let Err(why) = model.refreshability(profile, now.wall) {
        let example = model.catalog.example_remedy(name.provider());
        let remedy = match (profile.kind, example) {
            (Kind::OAuth, Some(remedy)) => format!("Next: {remedy}."),
            (Kind::OAuth, None) if why != NotRefreshable::NoProviderFile => press_log_in(model),
            (Kind::OAuth | Kind::ApiKey | Kind::Environment, _) => String::new(),
        };
        return Err(Unavailable::new(name, why).remedy(remedy));
    }
    let busy = if running.revoking.is_some() {
        format!("{name} is being signed out at its provider")
    } else if running.refresh.is_some() {
        format!("{name} is already being refreshed")
    } else {
        return Ok(());
    };
    Err(Unavailable::because(busy).passing())
}

pub(super) fn auto_refresh(model: &Model, profile: &Profile, now: Now) -> Result<(), Unavailable> {
    let refreshability = model.refreshability(profile, now.wall);
    refreshability.map(|_| ()).map_err(|why| Unavailable::new(&profile.id.name, why))
}

/// The profiles that are due and can be refreshed.
pub fn due(model: &Model, now: Now) -> impl Iterator<Item = &Profile> {
    let is_due = move |profile: &&Profile| {
        let health = model.health(profile, now.wall);
        let waits = matches!(health, Health::Retrying(at) | Health::Failed(at) if at > now.wall);
        health.is_overdue() && !waits
    };
    let is_free = move |profile: &&Profile| {
        let running = model.running(&profile.id);
        running.revoking.is_none()
            && running.unsaved.is_none()
            && model.refreshability(profile, now.wall).is_ok()
    };
    rows::overdue(model).filter(is_due).filter(is_free)
}
