//! What the screen renews by itself, and when it looks again.
//!
//! The plan of each profile is [`schedule::plan`]'s. Here is only what the screen adds: a few at a
//! time, so that waking from sleep is no storm, and a pause between two tries of the same profile
//! whatever became of the first, so that nothing is asked in a circle.

use std::time::Duration;

use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Now, Steady, Utc};
use crate::domain::name::ProfileId;
use crate::domain::profile::Profile;
use crate::domain::schedule::{self, Plan};
use crate::tui::model::{Leaving, Model, Renewal};

type Moment = DateTime<Utc>;

/// How many refreshes the screen begins by itself at a time.
const AT_ONCE: usize = 4;
/// The pause between two tries of the same profile.
const PAUSE: Duration = Duration::from_secs(30);

/// The profiles to renew now.
#[must_use]
pub fn due(model: &Model, now: Now) -> Vec<ProfileId> {
    if !is_on(model) {
        return Vec::new();
    }
    let free = AT_ONCE.saturating_sub(model.refreshing.len());
    let ready = candidates(model).filter(|(profile, at)| {
        *at <= now.wall && model.tried.get(&profile.id).is_none_or(|tried| tried.after(PAUSE) <= now.steady)
    });
    let mut ready: Vec<_> = ready.collect();
    ready.sort_by_key(|(_, at)| *at);
    ready.into_iter().take(free).map(|(profile, _)| profile.id.clone()).collect()
}

/// When to look again; nothing while nothing is planned, or what is planned waits for another to end.
#[must_use]
pub fn looks_at(model: &Model, now: Now) -> Option<Steady> {
    if !is_on(model) || model.refreshing.len() >= AT_ONCE {
        return None;
    }
    let moment = |(profile, at): (&Profile, Moment)| {
        let wait = (at - now.wall).to_std().unwrap_or_default();
        let rested = model.tried.get(&profile.id).map_or(now.steady, |tried| tried.after(PAUSE));
        rested.max(now.steady.after(wait.max(Duration::from_millis(1))))
    };
    candidates(model).map(moment).min()
}

/// When `profile` is renewed by itself.
#[must_use]
pub fn planned(model: &Model, profile: &Profile) -> Option<Moment> {
    candidate(model, profile).filter(|_| is_on(model))
}

fn is_on(model: &Model) -> bool {
    model.renewal == Renewal::ByItself && model.leaving == Leaving::No && model.catalog.is_some()
}

/// What can be renewed and is not being renewed, with the moment it is planned for.
fn candidates(model: &Model) -> impl Iterator<Item = (&Profile, Moment)> {
    let profiles = model.stores.values().filter(|store| store.writable.is_ok()).flat_map(Snapshot::profiles);
    profiles.filter_map(|profile| Some((profile, candidate(model, profile)?)))
}

fn candidate(model: &Model, profile: &Profile) -> Option<Moment> {
    let Plan::At(at) = schedule::plan(profile) else { return None };
    let is_renewable = model.provider(profile).is_some_and(|provider| provider.refresh.is_some());
    let is_free = !model.refreshing.contains(&profile.id) && !model.unsaved.contains_key(&profile.id);
    (is_renewable && is_free).then_some(at)
}
