//! Wake-up: the next moment at which time alone changes something that can be seen.
//!
//! Texts that count down say themselves until when they hold. What hangs on the wall clock wakes
//! on one beat, a millisecond after a whole second, where ends of tokens lie: so a screen full of
//! countdowns wakes once a second and a quiet one once a minute.

use std::time::Duration;

use crate::domain::change::Row;
use crate::domain::clock::{DateTime, Now, Steady, TimeDelta, Utc, span, until_next_minute};
use crate::domain::countdown::countdown;
use crate::domain::profile::{Profile, RefreshResult};
use crate::oauth::login::Stage;
use crate::tui::layout::{list_rows, parts};
use crate::tui::list_lines::{self, ListLine};
use crate::tui::model::Model;
use crate::tui::need::{Need, Section};
use crate::tui::screen::{Panel, Screen};
use crate::tui::seconds::{self, Seconds};
use crate::tui::status::ReportSubject;
use crate::tui::time_axis::Timeline;
use crate::tui::timeline::parts::scale;
use crate::tui::timeline::{self, agenda};
use crate::tui::{auto_refresh, flash, header_text, rows};

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
    // It counts down where its message is seen, and ends in any case.
    let clipboard = model.clipboard.as_ref().map(|timer| match is_told(model, &ReportSubject::Clipboard) {
        true => seconds::next(timer.until, now.steady),
        false => timer.until,
    });
    let undo = model.undo.as_ref().filter(|undo| undo.is_offered());
    let undo = undo.map(|undo| match is_told(model, &ReportSubject::Undo) {
        true => undo.changes_at(now),
        false => undo.until(),
    });
    let timers = clipboard.into_iter().chain(undo);
    deadline.into_iter().chain(timers).chain(message).chain(auto_refresh).chain(asking).chain(seen).min()
}

/// Whether the message row tells of `subject`.
fn is_told(model: &Model, subject: &ReportSubject) -> bool {
    model.message.as_ref().is_some_and(|message| message.report.subject == *subject)
}

fn seen(model: &Model, now: Now) -> Vec<Steady> {
    let mut moments = vec![on_the_beat(now, span(until_next_minute(now.wall)))];
    match &model.screen {
        // Nothing moves beside a QR code that is to be scanned.
        Screen::Login(Panel::Qr)
        | Screen::Wizard(_)
        | Screen::Log(_)
        | Screen::Settings(_)
        | Screen::Help(..) => {}
        Screen::Login(_) => moments.extend(waiting(model, now)),
        Screen::Reveal(reveal, _) => moments.push(seconds::next(reveal.until, now.steady)),
        Screen::List
        | Screen::Filter(_)
        | Screen::Renaming(..)
        | Screen::Noting(..)
        | Screen::Passphrase(_)
        | Screen::Copy
        | Screen::Dialog(_)
            if let Some(timeline) = model.timeline =>
        {
            moments.extend(timeline_changes(model, timeline, now).map(|span| on_the_beat(now, span)));
            let flashes = model.flashes.keys().filter_map(|id| flash::ends_at(model, id, now));
            moments.extend(flashes.map(|at| now.steady.after(now.steady.until(at))));
        }
        Screen::List
        | Screen::Pane
        | Screen::Everything
        | Screen::Filter(_)
        | Screen::Renaming(..)
        | Screen::Noting(..)
        | Screen::Passphrase(_)
        | Screen::Copy
        | Screen::Results(_)
        | Screen::Dialog(_)
        | Screen::Palette(..) => {
            moments.extend(changes(model, now).into_iter().map(|span| on_the_beat(now, span)));
            let visible = visible(model).filter_map(|(_, profile)| flash::ends_at(model, &profile.id, now));
            moments.extend(visible.map(|at| now.steady.after(now.steady.until(at))));
        }
    }
    moments
}

/// The next other second of a waiting login: all its texts change at once.
fn waiting(model: &Model, now: Now) -> Option<Steady> {
    let login = model.login.as_ref()?;
    let Stage::Waiting(methods) = login.stage() else { return None };
    Seconds::of(methods, now).by_minutes(model.counts_slowly()).hold().map(|hold| now.steady.after(hold))
}

/// How long each text on the screen holds, and the order of the rows with their states.
fn changes(model: &Model, at: Now) -> Vec<TimeDelta> {
    let now = at.wall;
    let planned = |profile: &Profile| auto_refresh::planned(model, profile, at);
    // A row says when it is refreshed only where that is soon; the pane always does.
    let soon = |need: Need, profile| (need.section() == Section::Soon).then(|| planned(profile)).flatten();
    let selected = model.selected_profile().into_iter();
    let rows = visible(model).flat_map(|(need, profile)| moments(profile).chain(soon(need, profile)));
    let pane = selected.flat_map(|profile| moments(profile).chain(planned(profile)));
    // Slow ones change with the minute of the clock beside them.
    let counted = rows.chain(pane).filter(|at| *at > now && !model.counts_slowly());
    let texts = counted.map(|at| countdown(at - now).1);
    let next_event = header_text::next_event_holds(model, at);
    let order = model.order.holds_until.map(|at| at - now);
    texts.chain(next_event).chain(order).collect()
}

/// The profiles whose rows are on the screen, with what they need.
fn visible(model: &Model) -> impl Iterator<Item = (Need, &Profile)> {
    let lines = model.offset..model.offset.saturating_add(list_rows(model));
    list_lines::between(model, lines).filter_map(|line| match line {
        ListLine::Row(place) => match rows::at(model, place)?.1 {
            Row::Profile(profile) => Some((model.order.rows.get(place)?.need, &**profile)),
            Row::Broken(_) => None,
        },
        ListLine::Head(..) => None,
    })
}

/// How long each column of the timeline holds, what is said below it, and each count in the header.
fn timeline_changes(model: &Model, timeline: Timeline, now: Now) -> impl Iterator<Item = TimeDelta> {
    let width = parts(model, model.size).map_or(0, |parts| parts.body.width.saturating_sub(4));
    let scale = scale(model, width, timeline.zoom);
    let seen = timeline::seen(model, timeline, now).into_iter();
    let strips = seen.filter_map(move |(_, _, times)| times.holds(scale, now.wall));
    let words = model.selected_profile().into_iter().flat_map(move |profile| agenda::holds(profile, now));
    let next_event = header_text::next_event_holds(model, now);
    let order = model.order.holds_until.map(|at| at - now.wall);
    strips.chain(words).chain(next_event).chain(order)
}

/// Every moment that a profile's row or pane counts down to.
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
