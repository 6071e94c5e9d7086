//! Auto-refresh: what the screen refreshes unasked, and when it looks again.
//!
//! [`refreshability`](crate::domain::refreshability::refreshability()) says when each profile is due.
//! Here is only what the screen adds: a few at a time, so that waking from sleep is no storm, and a
//! pause between two tries of the same tokens whatever became of the first, so that nothing is asked
//! in a circle.

use std::time::Duration;

use crate::domain::change::Row;
use crate::domain::clock::{DateTime, Now, Steady, TimeDelta, Utc, span};
use crate::domain::name::ProfileId;
use crate::domain::profile::Profile;
use crate::domain::refreshability::NotRefreshable;
use crate::domain::schedule::{self, CONCURRENT_REFRESHES, OnRequest, When};
use crate::tui::model::{AutoRefreshMode, Leaving, Model, OffBy};

/// Why a profile is not refreshed automatically.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAutoRefresh {
    /// It cannot be refreshed at all.
    NotRefreshable(NotRefreshable),
    /// It is refreshed only on request.
    OnRequest(OnRequest),
    /// Nothing is refreshed automatically.
    Off(OffBy),
    /// Its store cannot be written.
    Unwritable,
    /// Something else comes first: what is not read yet, a refresh or revocation that runs, tokens that are not saved.
    NotNow,
}

/// When a profile is refreshed automatically, and how long that stays so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RefreshPlan {
    /// Nothing where it is not.
    pub at: Option<DateTime<Utc>>,
    /// Whether that changes with each moment.
    pub holds_only_now: bool,
    /// When time alone changes it otherwise.
    pub holds_until: Option<DateTime<Utc>>,
}

/// The profiles to refresh now, as far as the rows in their order know; none once the person has quit.
#[must_use]
pub fn due(model: &Model, now: Now) -> Vec<ProfileId> {
    if model.leaving == Leaving::Yes {
        return Vec::new();
    }
    let free = CONCURRENT_REFRESHES.saturating_sub(model.refreshing().count());
    let facts = &model.order.facts;
    let rows = facts.all().filter(|(.., row)| row.refreshes_at.is_some_and(|at| at <= now.wall));
    let profiles = rows.filter_map(|(store, index, _)| match facts.row(store, index)?.0 {
        Row::Profile(profile) => Some((&**profile, planned(model, profile, now)?)),
        Row::Broken(_) => None,
    });
    let mut ready: Vec<_> = profiles.filter(|(_, at)| *at <= now.wall).collect();
    ready.sort_by_key(|(_, at)| *at);
    ready.into_iter().take(free).map(|(profile, _)| profile.id.clone()).collect()
}

/// When to look again; nothing while nothing is planned, or what is planned waits for another to end.
#[must_use]
pub fn looks_at(model: &Model, now: Now) -> Option<Steady> {
    if model.refreshing().count() >= CONCURRENT_REFRESHES {
        return None;
    }
    let wait = |at: DateTime<Utc>| (at - now.wall).to_std().unwrap_or_default().max(Duration::from_millis(1));
    model.order.refreshes_at.map(|at| now.steady.after(wait(at)))
}

/// When `profile` is refreshed automatically; nothing where it is not.
#[must_use]
pub fn planned(model: &Model, profile: &Profile, now: Now) -> Option<DateTime<Utc>> {
    outlook(model, profile, now).ok()
}

/// When `profile` is refreshed automatically: then, or as soon as there is a turn.
///
/// # Errors
/// Why it is not.
pub fn outlook(model: &Model, profile: &Profile, now: Now) -> Result<DateTime<Utc>, NoAutoRefresh> {
    exact(model, profile, now).map(|at| shown(at, now))
}

/// The same, and how long it stays so.
#[must_use]
pub fn plan(model: &Model, profile: &Profile, now: Now) -> RefreshPlan {
    if model.auto_refresh != AutoRefreshMode::On {
        return RefreshPlan::default();
    }
    let Ok(at) = exact(model, profile, now) else { return RefreshPlan::default() };
    // A pause is counted by the steady clock, and what is due since a clock was set back is due now, whenever that is.
    let holds_only_now =
        at == now.wall || model.running(&profile.id).pauses_until(profile, now.steady).is_some();
    let begins = Some(at).filter(|at| *at > now.wall);
    let holds_until = begins.into_iter().chain(schedule::catches_up_at(profile, now.wall)).min();
    RefreshPlan { at: Some(shown(at, now)), holds_only_now, holds_until }
}

fn exact(model: &Model, profile: &Profile, now: Now) -> Result<DateTime<Utc>, NoAutoRefresh> {
    let when = model.refreshability(profile, now.wall).map_err(NoAutoRefresh::NotRefreshable)?;
    let at = match (when, model.auto_refresh) {
        (When::At(_) | When::OnRequest(OnRequest::TurnedOff), AutoRefreshMode::Off(off)) => {
            return Err(NoAutoRefresh::Off(off));
        }
        (When::OnRequest(why), _) => return Err(NoAutoRefresh::OnRequest(why)),
        (When::At(_), AutoRefreshMode::Unsettled) => return Err(NoAutoRefresh::NotNow),
        (When::At(at), AutoRefreshMode::On) => at,
    };
    if model.stores.get(&profile.id.store).is_none_or(|store| store.writable.is_err()) {
        return Err(NoAutoRefresh::Unwritable);
    }
    let running = model.running(&profile.id);
    if running.is_busy() {
        return Err(NoAutoRefresh::NotNow);
    }
    let rest = running.pauses_until(profile, now.steady);
    let rest = rest.and_then(|rested| now.wall.checked_add_signed(span(now.steady.until(rested))));
    Ok(rest.map_or(at, |rested| at.max(rested)))
}

/// A countdown to it changes with each whole second.
fn shown(at: DateTime<Utc>, now: Now) -> DateTime<Utc> {
    if at > now.wall { up_to_the_second(at) } else { at }
}

fn up_to_the_second(at: DateTime<Utc>) -> DateTime<Utc> {
    let beyond = TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()));
    let rest = if beyond.is_zero() { beyond } else { TimeDelta::seconds(1) - beyond };
    at.checked_add_signed(rest).unwrap_or(at)
}
