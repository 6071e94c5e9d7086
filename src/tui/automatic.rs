//! What the screen renews by itself, and when it looks again.
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
use crate::domain::secret::Fingerprint;
use crate::tui::model::{Leaving, Model, Off, Renewal};

/// The last time a profile was renewed by itself, or tried to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Try {
    at: Steady,
    /// How many in a row, with the same tokens.
    times: u32,
    /// The tokens it was to replace.
    of: Option<Fingerprint>,
}

/// Whether a profile is renewed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlook {
    /// Then, or as soon as there is a turn.
    At(DateTime<Utc>),
    /// Not by itself.
    Not(Why),
}

/// Why a profile is not renewed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is told by the profile.
    Never(Never),
    /// Nothing is.
    Off(Off),
    /// No provider file says how.
    NoWay,
    /// The provider file names a server that the login did not agree to.
    OtherHost,
    /// Its store cannot be written.
    Unwritable,
    /// Something else comes first: what is not read yet, a refresh or revocation that runs, tokens that are not saved.
    NotNow,
}

/// The profiles to renew now.
#[must_use]
pub fn due(model: &Model, now: Now) -> Vec<ProfileId> {
    let free = AT_ONCE.saturating_sub(model.refreshing.len());
    let mut ready: Vec<_> = all_planned(model, now).filter(|(_, at)| *at <= now.wall).collect();
    ready.sort_by_key(|(_, at)| *at);
    ready.into_iter().take(free).map(|(profile, _)| profile.id.clone()).collect()
}

/// When to look again; nothing while nothing is planned, or what is planned waits for another to end.
#[must_use]
pub fn looks_at(model: &Model, now: Now) -> Option<Steady> {
    if model.refreshing.len() >= AT_ONCE {
        return None;
    }
    let wait = |at: DateTime<Utc>| (at - now.wall).to_std().unwrap_or_default().max(Duration::from_millis(1));
    all_planned(model, now).map(|(_, at)| now.steady.after(wait(at))).min()
}

/// When `profile` is renewed by itself.
#[must_use]
pub fn planned(model: &Model, profile: &Profile, now: Now) -> Option<DateTime<Utc>> {
    match outlook(model, profile, now) {
        Outlook::At(at) => Some(at),
        Outlook::Not(_) => None,
    }
}

/// Whether `profile` is renewed by itself, and when or why not.
#[must_use]
pub fn outlook(model: &Model, profile: &Profile, now: Now) -> Outlook {
    let plan = schedule::plan(profile, now.wall);
    let at = match (plan, model.renewal) {
        (Plan::At(_) | Plan::Never(Never::Off), Renewal::Off(off)) => return Outlook::Not(Why::Off(off)),
        (Plan::Never(never), _) => return Outlook::Not(Why::Never(never)),
        (Plan::At(_), Renewal::Unsettled) => return Outlook::Not(Why::NotNow),
        (Plan::At(at), Renewal::ByItself) => at,
    };
    if model.catalog.is_none() || model.leaving == Leaving::Yes {
        return Outlook::Not(Why::NotNow);
    }
    let provider = model.provider(profile);
    if provider.is_none_or(|provider| provider.example || provider.refresh.is_none()) {
        return Outlook::Not(Why::NoWay);
    }
    if profile.other_refresh_host(provider).is_some() {
        return Outlook::Not(Why::OtherHost);
    }
    if model.stores.get(&profile.id.store).is_none_or(|store| store.writable.is_err()) {
        return Outlook::Not(Why::Unwritable);
    }
    let is_busy = model.refreshing.contains(&profile.id) || model.revoking.contains(&profile.id);
    if is_busy || model.unsaved.contains_key(&profile.id) || model.is_rescuing(&profile.id) {
        return Outlook::Not(Why::NotNow);
    }
    let rest = rested(model, profile).filter(|rested| *rested > now.steady);
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

/// Remembers that `profile` is being renewed by itself.
#[must_use]
pub fn tried(model: &Model, profile: &Profile, now: Now) -> Try {
    let of = profile.held.fingerprint();
    let before = model.tried.get(&profile.id).filter(|last| last.of == of).map_or(0, |last| last.times);
    Try { at: now.steady, times: before.saturating_add(1), of }
}

/// Until when a try that brought no new tokens keeps the next one back.
fn rested(model: &Model, profile: &Profile) -> Option<Steady> {
    let last = model.tried.get(&profile.id)?;
    let pause = schedule::pause(last.times.saturating_sub(1));
    (last.of == profile.held.fingerprint()).then(|| last.at.after(pause))
}

/// What is planned, with its moment.
fn all_planned(model: &Model, now: Now) -> impl Iterator<Item = (&Profile, DateTime<Utc>)> {
    // Where nothing is renewed by itself, a wake costs nothing.
    let stores = model.stores.values().filter(|_| model.renewal == Renewal::ByItself);
    let profiles = stores.flat_map(Snapshot::profiles);
    profiles.filter_map(move |profile| Some((profile, planned(model, profile, now)?)))
}
