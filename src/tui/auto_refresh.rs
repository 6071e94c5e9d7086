//! Auto-refresh: what the screen refreshes unasked, and when it looks again.
//!
//! The plan of each profile is [`schedule::plan`]'s. Here is only what the screen adds: a few at a
//! time, so that waking from sleep is no storm, and a pause between two tries of the same tokens
//! whatever became of the first, so that nothing is asked in a circle.

use std::time::Duration;

use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Now, Steady, TimeDelta, Utc, span};
use crate::domain::name::ProfileId;
use crate::domain::profile::Profile;
use crate::domain::schedule::{self, AT_ONCE, Never, Plan};
use crate::tui::model::{AutoRefreshMode, Leaving, Model, OffBy};

/// Whether a profile is refreshed unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// Then, or as soon as there is a turn.
    At(DateTime<Utc>),
    /// Not by itself.
    Not(NoAutoRefresh),
}

/// Why a profile is not refreshed unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAutoRefresh {
    /// It is told by the profile.
    Never(Never),
    /// Nothing is.
    Off(OffBy),
    /// No provider file says how.
    NoWay,
    /// The provider file names a server that the login did not agree to.
    OtherOrigin,
    /// Its store cannot be written.
    Unwritable,
    /// Something else comes first: what is not read yet, a refresh or revocation that runs, tokens that are not saved.
    NotNow,
}

/// The profiles to refresh now.
#[must_use]
pub fn due(model: &Model, now: Now) -> Vec<ProfileId> {
    let free = AT_ONCE.saturating_sub(model.refreshing().count());
    let mut ready: Vec<_> = all_planned(model, now).filter(|(_, at)| *at <= now.wall).collect();
    ready.sort_by_key(|(_, at)| *at);
    ready.into_iter().take(free).map(|(profile, _)| profile.id.clone()).collect()
}

/// When to look again; nothing while nothing is planned, or what is planned waits for another to end.
#[must_use]
pub fn looks_at(model: &Model, now: Now) -> Option<Steady> {
    if model.refreshing().count() >= AT_ONCE {
        return None;
    }
    let wait = |at: DateTime<Utc>| (at - now.wall).to_std().unwrap_or_default().max(Duration::from_millis(1));
    all_planned(model, now).map(|(_, at)| now.steady.after(wait(at))).min()
}

/// When `profile` is refreshed unasked.
#[must_use]
pub fn planned(model: &Model, profile: &Profile, now: Now) -> Option<DateTime<Utc>> {
    match outlook(model, profile, now) {
        Outlook::At(at) => Some(at),
        Outlook::Not(_) => None,
    }
}

/// Whether `profile` is refreshed unasked, and when or why not.
#[must_use]
pub fn outlook(model: &Model, profile: &Profile, now: Now) -> Outlook {
    let plan = schedule::plan(profile, now.wall);
    let at = match (plan, model.auto_refresh) {
        (Plan::At(_) | Plan::Never(Never::Off), AutoRefreshMode::Off(off)) => {
            return Outlook::Not(NoAutoRefresh::Off(off));
        }
        (Plan::Never(never), _) => return Outlook::Not(NoAutoRefresh::Never(never)),
        (Plan::At(_), AutoRefreshMode::Unsettled) => return Outlook::Not(NoAutoRefresh::NotNow),
        (Plan::At(at), AutoRefreshMode::On) => at,
    };
    if model.catalog.is_none() || model.leaving == Leaving::Yes {
        return Outlook::Not(NoAutoRefresh::NotNow);
    }
    let provider = model.provider(profile);
    if provider.is_none_or(|provider| provider.example || provider.refresh.is_none()) {
        return Outlook::Not(NoAutoRefresh::NoWay);
    }
    if profile.other_refresh_host(provider).is_some() {
        return Outlook::Not(NoAutoRefresh::OtherOrigin);
    }
    if model.stores.get(&profile.id.store).is_none_or(|store| store.writable.is_err()) {
        return Outlook::Not(NoAutoRefresh::Unwritable);
    }
    let running = model.running(&profile.id);
    if running.is_busy() {
        return Outlook::Not(NoAutoRefresh::NotNow);
    }
    let rest = running.pauses_until(profile).filter(|rested| *rested > now.steady);
    let rest = rest.and_then(|rested| now.wall.checked_add_signed(span(now.steady.until(rested))));
    let at = rest.map_or(at, |rested| at.max(rested));
    // What counts down to it changes on the beat of the pulse.
    Outlook::At(if at > now.wall { up_to_the_second(at) } else { at })
}

fn up_to_the_second(at: DateTime<Utc>) -> DateTime<Utc> {
    let beyond = TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()));
    let rest = if beyond.is_zero() { beyond } else { TimeDelta::seconds(1) - beyond };
    at.checked_add_signed(rest).unwrap_or(at)
}

/// What is planned, with its moment.
fn all_planned(model: &Model, now: Now) -> impl Iterator<Item = (&Profile, DateTime<Utc>)> {
    // Where nothing is refreshed unasked, a wake costs nothing.
    let stores = model.stores.values().filter(|_| model.auto_refresh == AutoRefreshMode::On);
    let profiles = stores.flat_map(Snapshot::profiles);
    profiles.filter_map(move |profile| Some((profile, planned(model, profile, now)?)))
}
