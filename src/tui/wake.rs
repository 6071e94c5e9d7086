//! Wake-up: the next moment at which time alone changes something that can be seen.
//!
//! Texts that count down say themselves until when they hold. What hangs on the wall clock wakes
//! on one beat, a millisecond after a whole second, where ends of tokens lie: so a screen full of
//! countdowns wakes once a second and a quiet one once a minute.

use std::time::Duration;

use crate::domain::change::Row;
use crate::domain::clock::{DateTime, Now, Steady, TimeDelta, Utc, span, until_next_minute};
use crate::domain::countdown::countdown;
use crate::domain::health;
use crate::domain::profile::{Profile, RefreshResult};
use crate::oauth::login::Stage;
use crate::tui::auto_refresh;
use crate::tui::layout::{list_rows, parts};
use crate::tui::model::Model;
use crate::tui::rows;
use crate::tui::screen::{Panel, Screen};
use crate::tui::seconds::Seconds;

/// How often it is looked whether another program still asks.
const ASKING_CHECK: Duration = Duration::from_secs(1);

/// The moment to look again; nothing where the screen shows nothing that moves.
#[must_use]
pub fn wakes_at(model: &Model, now: Now) -> Option<Steady> {
    let login = model.login.as_ref();
    let deadline = login.and_then(crate::oauth::login::Login::wakes_at);
    let message = model.message.as_ref().and_then(|message| message.until);
    let seen = parts(model, model.size).map(|_| seen(model, now)).into_iter().flatten();
    let auto_refresh = auto_refresh::looks_at(model, now);
    // Nobody tells when another program is killed while it asks.
    let asking = (!model.asking.is_empty()).then(|| now.steady.after(ASKING_CHECK));
    deadline.into_iter().chain(message).chain(auto_refresh).chain(asking).chain(seen).min()
}

fn seen(model: &Model, now: Now) -> Vec<Steady> {
    let mut moments = vec![on_the_beat(now, span(until_next_minute(now.wall)))];
    match &model.screen {
        // Nothing moves beside a QR code that is to be scanned.
        Screen::Login(Panel::Qr) | Screen::Wizard(_) | Screen::Events(_) | Screen::Help(..) => {}
        Screen::Login(_) => moments.extend(waiting(model, now)),
        Screen::List | Screen::Detail | Screen::Filter(_) | Screen::Copy | Screen::Dialog(_) => {
            moments.extend(changes(model, now).map(|span| on_the_beat(now, span)));
        }
    }
    moments
}

/// The next other second of a waiting login: all its texts change at once.
fn waiting(model: &Model, now: Now) -> Option<Steady> {
    let login = model.login.as_ref()?;
    let Stage::Waiting(methods) = login.stage() else { return None };
    Seconds::of(methods, now).hold().map(|hold| now.steady.after(hold))
}

/// How long each text on the screen holds, and each count in the header.
fn changes(model: &Model, at: Now) -> impl Iterator<Item = TimeDelta> {
    let now = at.wall;
    let shown = rows::shown(model, now);
    let visible =
        shown.into_iter().skip(model.offset).take(list_rows(model)).filter_map(|(_, row)| match row {
            Row::Profile(profile) => Some(&**profile),
            Row::Broken { .. } => None,
        });
    let planned = |profile: &Profile| auto_refresh::planned(model, profile, at);
    // A row says when it is refreshed only while it waits to be tried again; the detail always does.
    let retried = |profile: &Profile| retries_at(profile).and_then(|_| planned(profile));
    let selected = model.selected_profile();
    let texts: Vec<TimeDelta> = visible
        .flat_map(|profile| moments(profile).chain(retried(profile)))
        .chain(selected.into_iter().flat_map(|profile| moments(profile).chain(planned(profile))))
        .filter(|at| *at > now)
        .map(|at| countdown(at - now).1)
        .collect();
    let healths = model.stores.values().flat_map(crate::domain::change::Snapshot::profiles);
    let healths: Vec<TimeDelta> =
        healths.filter_map(|profile| health::changes_at(profile, now)).map(|at| at - now).collect();
    texts.into_iter().chain(healths)
}

/// Every moment that a profile's row or detail counts down to.
fn moments(profile: &Profile) -> impl Iterator<Item = DateTime<Utc>> {
    profile.life.expires_at.into_iter().chain(profile.life.grant_ends_at).chain(retries_at(profile))
}

fn retries_at(profile: &Profile) -> Option<DateTime<Utc>> {
    match profile.last_refresh_of_this_grant().map(|last| &last.result) {
        Some(RefreshResult::Passing { retry_at, .. }) => Some(*retry_at),
        Some(RefreshResult::Refused { retry_at, .. }) => *retry_at,
        Some(RefreshResult::Done | RefreshResult::Dead { .. }) | None => None,
    }
}

/// `span` from now, put off to the next beat.
fn on_the_beat(now: Now, span: TimeDelta) -> Steady {
    let at = now.wall.checked_add_signed(span).unwrap_or(now.wall);
    let beat = TimeDelta::milliseconds(1);
    let into_second = TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()));
    let wait =
        if into_second <= beat { beat - into_second } else { TimeDelta::seconds(1) + beat - into_second };
    after(now, span + wait)
}

fn after(now: Now, span: TimeDelta) -> Steady {
    // A millisecond at least, so that a moment that is due does not spin.
    now.steady.after(span.max(TimeDelta::milliseconds(1)).to_std().unwrap_or_default())
}
