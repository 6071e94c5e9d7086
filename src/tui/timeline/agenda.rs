//! Agenda of one profile: what was, newest first, and what will be, soonest first, in words.

use std::collections::BTreeSet;

use crate::domain::clock::{DateTime, Now, TimeDelta, Utc, local_day};
use crate::domain::countdown::countdown;
use crate::domain::profile::{Profile, RefreshResult};
use crate::domain::residual_validity::Validity;
use crate::tui::model::Model;
use crate::tui::timeline::{self, Milestone, TimelineSign};
use crate::tui::{auto_refresh, profile_events, state, text_layout};

/// From so far a moment on the days until then are said.
const DAYS_COUNTED_FROM: TimeDelta = TimeDelta::hours(48);
/// How far from an event what the profile itself remembers may lie, to be the same.
const SAME_WITHIN: TimeDelta = TimeDelta::seconds(10);
/// The most that is told of the past.
const PAST_LIMIT: usize = 12;

/// One moment of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgendaEntry {
    pub at: DateTime<Utc>,
    pub sign: TimelineSign,
    pub words: String,
}

/// What was told of a profile or is remembered by it, newest first.
#[must_use]
pub fn past(model: &Model, profile: &Profile, now: Now) -> Vec<AgendaEntry> {
    let events = profile_events::of_each(model, BTreeSet::from([&profile.id]));
    let events = events.get(&profile.id).map_or(&[][..], Vec::as_slice);
    let mut entries: Vec<AgendaEntry> = events
        .iter()
        .rev()
        .filter_map(|event| {
            let sign = TimelineSign::Milestone(timeline::milestone(&event.what)?);
            Some(AgendaEntry { at: event.at, sign, words: text_layout::safe(&event.what.words()) })
        })
        .take(PAST_LIMIT)
        .collect();
    for (at, milestone) in timeline::remembered(profile) {
        let sign = TimelineSign::Milestone(milestone);
        if entries.iter().all(|entry| entry.sign != sign || (entry.at - at).abs() > SAME_WITHIN) {
            entries.push(AgendaEntry { at, sign, words: remembered(profile, milestone) });
        }
    }
    let ended = [(profile.life.expires_at, "token expired"), (profile.life.grant_ends_at, "login expired")];
    let ended = ended.into_iter().filter(|_| profile.held.tokens().is_some());
    entries.extend(ended.filter_map(|(at, words)| {
        let at = at.filter(|at| *at <= now.wall)?;
        Some(AgendaEntry { at, sign: TimelineSign::Spent, words: words.to_owned() })
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
        Milestone::LoginEnds => "login expires".to_owned(),
        Milestone::Failed => format!("refresh failed: {why}"),
        Milestone::Ended => format!("login ended by the provider: {why}"),
    }
}

/// What will become of a profile, soonest first.
#[must_use]
pub fn coming(model: &Model, profile: &Profile, now: Now) -> Vec<AgendaEntry> {
    let until = |validity: Option<Validity>| validity.and_then(Validity::until);
    let token = TimelineSign::Token { is_half: false, is_expiring: false };
    let all = [
        (until(Validity::of_token(profile, now.wall)), token, "token expires"),
        (
            auto_refresh::planned(model, profile, now),
            TimelineSign::Milestone(Milestone::WillRefresh),
            "auto-refresh",
        ),
        (
            until(Validity::of_login(profile, now.wall)),
            TimelineSign::Milestone(Milestone::LoginEnds),
            "login expires",
        ),
    ];
    let mut entries: Vec<AgendaEntry> = all
        .into_iter()
        .filter_map(|(at, sign, words)| {
            let at = at?.max(now.wall);
            let left = at - now.wall;
            let days =
                if left > DAYS_COUNTED_FROM { format!(", in {}", countdown(left).0) } else { String::new() };
            Some(AgendaEntry { at, sign, words: format!("{words}{days}") })
        })
        .collect();
    entries.sort_by_key(|entry| entry.at);
    entries
}

/// How long the words about `profile` hold.
pub fn holds(profile: &Profile, now: Now) -> impl Iterator<Item = TimeDelta> {
    let ends = profile.life.expires_at.into_iter().chain(profile.life.grant_ends_at);
    let left = ends.map(move |at| at - now.wall).filter(|left| *left > TimeDelta::zero());
    left.map(
        |left| if left > DAYS_COUNTED_FROM { countdown(left).1.min(left - DAYS_COUNTED_FROM) } else { left },
    )
}

/// The same as [`state::day`], without the time of a day that is not near.
#[must_use]
pub fn short_day(at: DateTime<Utc>, now: Now) -> String {
    let apart = (at - now.wall).abs();
    if apart >= TimeDelta::days(2) && apart <= TimeDelta::days(300) {
        return local_day(at, now.offset);
    }
    state::day(at, now).replace(text_layout::FIXED_SPACE, " ")
}
