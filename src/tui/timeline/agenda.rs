//! Agenda of one profile: what was, newest first, and what will be, soonest first, in words.

use std::collections::BTreeSet;

use crate::domain::clock::{DateTime, Now, TimeDelta, Utc, local_day, local_minute};
use crate::domain::countdown::countdown;
use crate::domain::profile::{Profile, RefreshResult};
use crate::domain::residual_validity::Validity;
use crate::tui::model::Model;
use crate::tui::timeline::{self, Milestone, Sign};
use crate::tui::{auto_refresh, text_layout};

/// The longest span after which no days are counted.
const COUNTED: TimeDelta = TimeDelta::hours(48);
/// How far from an event what the profile itself remembers may lie, to be the same.
const SAME: TimeDelta = TimeDelta::seconds(10);
/// The most that is told of the past.
const HISTORY: usize = 12;

/// One moment of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgendaEntry {
    pub at: DateTime<Utc>,
    pub sign: Sign,
    pub words: String,
}

/// What was told of a profile or is remembered by it, newest first.
#[must_use]
pub fn past(model: &Model, profile: &Profile, now: Now) -> Vec<AgendaEntry> {
    let events = timeline::events(model, BTreeSet::from([&profile.id.name]));
    let events = events.get(&profile.id.name).map_or(&[][..], Vec::as_slice);
    let mut entries: Vec<AgendaEntry> = events
        .iter()
        .rev()
        .filter_map(|event| {
            let sign = Sign::Milestone(timeline::milestone(&event.what)?);
            Some(AgendaEntry { at: event.at, sign, words: text_layout::safe(&event.what.words()) })
        })
        .take(HISTORY)
        .collect();
    for (at, milestone) in timeline::remembered(profile) {
        let sign = Sign::Milestone(milestone);
        if entries.iter().all(|entry| entry.sign != sign || (entry.at - at).abs() > SAME) {
            entries.push(AgendaEntry { at, sign, words: remembered(profile, milestone) });
        }
    }
    let ended = [(profile.life.expires_at, "token expired"), (profile.life.grant_ends_at, "login expired")];
    let ended = ended.into_iter().filter(|_| profile.held.tokens().is_some());
    entries.extend(ended.filter_map(|(at, words)| {
        let at = at.filter(|at| *at <= now.wall)?;
        Some(AgendaEntry { at, sign: Sign::Spent, words: words.to_owned() })
    }));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    entries
}

fn remembered(profile: &Profile, milestone: Milestone) -> String {
    let why = match profile.last_refresh_of_this_grant().map(|last| &last.result) {
        Some(
            RefreshResult::Passing { why, .. }
            | RefreshResult::Refused { why, .. }
            | RefreshResult::Dead { why },
        ) => text_layout::safe(why),
        Some(RefreshResult::Done) | None => String::new(),
    };
    match milestone {
        Milestone::Refreshed => "refreshed".to_owned(),
        Milestone::LoggedIn => "logged in".to_owned(),
        Milestone::SignedOut => "tokens erased here".to_owned(),
        Milestone::WillRefresh => "auto-refresh".to_owned(),
        Milestone::LoginEnds => "login ends".to_owned(),
        Milestone::Failed => format!("refresh failed: {why}"),
        Milestone::Ended => format!("login ended by the provider: {why}"),
    }
}

/// What will become of a profile, soonest first.
#[must_use]
pub fn coming(model: &Model, profile: &Profile, now: Now) -> Vec<AgendaEntry> {
    let until = |validity| match validity {
        Some(Validity::Until(end)) => Some(end),
        Some(Validity::NoEndKnown | Validity::Ended(_) | Validity::Refused) | None => None,
    };
    let token = Sign::Token { is_half: false, is_expiring: false };
    let all = [
        (until(Validity::of_token(profile, now.wall)), token, "token expires"),
        (auto_refresh::planned(model, profile, now), Sign::Milestone(Milestone::WillRefresh), "auto-refresh"),
        (until(Validity::of_login(profile, now.wall)), Sign::Milestone(Milestone::LoginEnds), "login ends"),
    ];
    let mut entries: Vec<AgendaEntry> = all
        .into_iter()
        .filter_map(|(at, sign, words)| {
            let at = at?.max(now.wall);
            let left = at - now.wall;
            let days = if left > COUNTED { format!(", in {}", countdown(left).0) } else { String::new() };
            Some(AgendaEntry { at, sign, words: format!("{words}{days}") })
        })
        .collect();
    entries.sort_by_key(|entry| entry.at);
    entries
}

/// How long what is said of `profile` holds.
pub fn holds(profile: &Profile, now: Now) -> impl Iterator<Item = TimeDelta> {
    let ends = profile.life.expires_at.into_iter().chain(profile.life.grant_ends_at);
    let left = ends.map(move |at| at - now.wall).filter(|left| *left > TimeDelta::zero());
    left.map(|left| if left > COUNTED { countdown(left).1.min(left - COUNTED) } else { left })
}

/// A moment as it is said: the time today, the day and the time, or the day and the year.
#[must_use]
pub fn said(at: DateTime<Utc>, now: Now) -> String {
    let day = |at: DateTime<Utc>| at.with_timezone(&now.offset).date_naive();
    if day(at) == day(now.wall) {
        return local_minute(at, now.offset);
    }
    let far = (at - now.wall).abs() > TimeDelta::days(300);
    if far {
        return at.with_timezone(&now.offset).format("%-d %b %Y").to_string();
    }
    let near = (at - now.wall).abs() < TimeDelta::days(2);
    let time = if near { format!(" {}", local_minute(at, now.offset)) } else { String::new() };
    local_day(at, now.offset) + &time
}
