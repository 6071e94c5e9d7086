//! Timeline: the list's rows against an axis of time, with what happened and what will happen.
//!
//! [`RowTimes`] is what is known of a row's times, [`RowTimes::strip`] what each column of the axis
//! shows of it, and [`RowTimes::holds`] for how long it does.

pub mod agenda;
pub mod parts;

use crate::domain::change::Row;
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc};
use crate::domain::event::{Event, GrantEvent};
use crate::domain::health::{Activity, Health};
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::profile::{Profile, RefreshResult};
use crate::domain::residual_validity::Validity;
use crate::tui::model::Model;
use crate::tui::time_axis::{AxisPlace, Precision, Scale, Timeline};
use crate::tui::timeline::parts::row_count;
use crate::tui::{auto_refresh, profile_events, rows};

/// What happened to a login or will happen to it, the least important first: where two share a
/// column, the later one of this list is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Milestone {
    Refreshed,
    LoggedIn,
    SignedOut,
    /// A refresh that is planned.
    WillRefresh,
    LoginEnds,
    Failed,
    /// The provider ended the login.
    Ended,
}

impl Milestone {
    /// How far it is from now. What has happened never lies before the person.
    fn seconds(self, at: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
        match self {
            Self::WillRefresh | Self::LoginEnds => seconds(at, now),
            Self::Refreshed | Self::LoggedIn | Self::SignedOut | Self::Failed | Self::Ended => {
                seconds(at, now).min(-1)
            }
        }
    }
}

/// What one column of a row shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimelineSign {
    Free,
    /// The line below a named moment.
    Grid,
    Now,
    /// The token's life that is over.
    Spent,
    /// The token's life to come.
    Token {
        is_half: bool,
        is_expiring: bool,
    },
    /// The login's life after that of its token.
    Login,
    Milestone(Milestone),
    /// It goes on behind the last column.
    Beyond,
}

/// The times that are known of one row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowTimes {
    /// When the token was given, where that is known, and when it expires.
    token: Option<(Option<DateTime<Utc>>, DateTime<Utc>)>,
    /// When the token begins to be called expiring.
    expiring_at: Option<DateTime<Utc>>,
    login: Option<LoginEnd>,
    milestones: Vec<(DateTime<Utc>, Milestone)>,
}

/// When a login that lives ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LoginEnd {
    At(DateTime<Utc>),
    Unknown,
}

impl RowTimes {
    /// The times of `profile`, whose own events are `events`.
    #[must_use]
    pub fn of(model: &Model, profile: &Profile, events: &[&Event], now: Now) -> Self {
        let token = profile.held.tokens().and(profile.life.expires_at);
        let expiring_at = match Health::of(profile, Activity::Idle, now.wall) {
            health @ Health::Fresh(_) => health.changes_at(profile, now.wall),
            Health::NoExpiry
            | Health::Expiring(_)
            | Health::Due
            | Health::Retrying(_)
            | Health::Failed(_)
            | Health::NeedsLogin
            | Health::Refused
            | Health::SignedOut
            | Health::Refreshing
            | Health::Unreadable => None,
        };
        let login = match Validity::of_login(profile, now.wall) {
            Some(Validity::Until(end)) => Some(LoginEnd::At(end)),
            Some(Validity::NoEndKnown) => Some(LoginEnd::Unknown),
            Some(Validity::Ended(_) | Validity::Refused) | None => None,
        };
        let planned = auto_refresh::planned(model, profile, now).map(|at| at.max(now.wall));
        let milestones = remembered(profile)
            .chain(events.iter().filter_map(|event| Some((event.at, milestone(&event.what)?))))
            .chain(planned.map(|at| (at, Milestone::WillRefresh)))
            .collect();
        let token = token.map(|end| (profile.life.obtained_at, end));
        Self { token, expiring_at, login, milestones }
    }

    /// What each column of the axis shows.
    #[must_use]
    pub fn strip(&self, scale: Scale, now: DateTime<Utc>) -> Vec<TimelineSign> {
        let mut strip = vec![TimelineSign::Free; usize::from(scale.width())];
        let mut put = |column: u16, sign: TimelineSign| {
            if let Some(place) = strip.get_mut(usize::from(column)) {
                *place = sign;
            }
        };
        let place = |at: DateTime<Utc>| scale.place(seconds(at, now));
        let (begin, last) = (scale.now() + 1, scale.width().saturating_sub(1));
        scale.ticks().for_each(|tick| put(tick.column, TimelineSign::Grid));
        if let Some(end) = self.login {
            let to = match end {
                LoginEnd::At(at) => place(at),
                LoginEnd::Unknown => AxisPlace::Beyond,
            };
            (begin..=to.column().unwrap_or(last)).for_each(|column| put(column, TimelineSign::Login));
        }
        if let Some((from, to)) = self.token {
            self.bar(scale, from, to, now).into_iter().for_each(|(column, sign)| put(column, sign));
        }
        let login_end = match self.login {
            Some(LoginEnd::At(at)) => Some((at, Milestone::LoginEnds)),
            Some(LoginEnd::Unknown) | None => None,
        };
        let mut milestones: Vec<_> = self.milestones.iter().copied().chain(login_end).collect();
        milestones.sort_by_key(|(at, milestone)| (*milestone, *at));
        for (at, milestone) in milestones {
            match scale.place(milestone.seconds(at, now)) {
                AxisPlace::Before => {}
                AxisPlace::At(half) => put(half / 2, TimelineSign::Milestone(milestone)),
                AxisPlace::Beyond => put(last, TimelineSign::Beyond),
            }
        }
        put(scale.now(), TimelineSign::Now);
        strip
    }

    /// The token's life, before and after now.
    fn bar(
        &self,
        scale: Scale,
        from: Option<DateTime<Utc>>,
        to: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Vec<(u16, TimelineSign)> {
        let place = |at: DateTime<Utc>| scale.place(seconds(at, now));
        let mut signs = Vec::new();
        if let Some(from) = from {
            let first = place(from).column().unwrap_or(0);
            let end = if to > now { scale.now() } else { place(to).column().map_or(0, |column| column + 1) };
            signs.extend((first..end.min(scale.now())).map(|column| (column, TimelineSign::Spent)));
        }
        if to <= now {
            return signs;
        }
        let last = scale.width().saturating_sub(1);
        let (end, is_half, goes_on) = match place(to) {
            AxisPlace::At(half) => (half / 2, half % 2 == 0, false),
            AxisPlace::Before | AxisPlace::Beyond => (last, false, true),
        };
        let expiring_from = self.expiring_at.map_or(AxisPlace::Before, place).column();
        let is_expiring = |column: u16| match (self.expiring_at, expiring_from) {
            (None, _) => true,
            (Some(_), Some(from)) => column >= from,
            (Some(_), None) => false,
        };
        for column in scale.now() + 1..=end {
            let is_half = is_half && column == end;
            signs.push((column, TimelineSign::Token { is_half, is_expiring: is_expiring(column) }));
        }
        if goes_on {
            signs.push((last, TimelineSign::Beyond));
        }
        signs
    }

    /// How long the strip stays as it is; nothing where it does for ever.
    #[must_use]
    pub fn holds(&self, scale: Scale, now: DateTime<Utc>) -> Option<TimeDelta> {
        let ends = self.token.into_iter().flat_map(|(from, to)| from.into_iter().chain([to]));
        let halves = ends.filter_map(|at| scale.holds(seconds(at, now), Precision::HalfColumn));
        let login = match self.login {
            Some(LoginEnd::At(at)) => Some(at),
            Some(LoginEnd::Unknown) | None => None,
        };
        let milestones = self.milestones.iter().map(|(at, milestone)| milestone.seconds(*at, now));
        let ends = login.into_iter().chain(self.expiring_at).map(|at| seconds(at, now));
        let columns = milestones.chain(ends).filter_map(|seconds| scale.holds(seconds, Precision::Column));
        let after = halves.chain(columns).min()?;
        // Both clocks are read in whole seconds.
        let into_second = TimeDelta::nanoseconds(i64::from(now.timestamp_subsec_nanos()));
        TimeDelta::try_seconds(after).map(|after| after - into_second)
    }
}

fn seconds(at: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    at.timestamp() - now.timestamp()
}

/// What the profile itself remembers.
pub fn remembered(profile: &Profile) -> impl Iterator<Item = (DateTime<Utc>, Milestone)> {
    let given = match profile.refresh_count {
        0 => Milestone::LoggedIn,
        _ => Milestone::Refreshed,
    };
    let given = profile.life.obtained_at.map(|at| (at, given));
    let last = profile.last_refresh_of_this_grant().map(|last| {
        let milestone = match last.result {
            RefreshResult::Done => Milestone::Refreshed,
            RefreshResult::Passing { .. } | RefreshResult::Refused { .. } => Milestone::Failed,
            RefreshResult::Dead { .. } => Milestone::Ended,
        };
        (last.at, milestone)
    });
    let erased = profile.revoked_at.map(|at| (at, Milestone::SignedOut));
    given.into_iter().chain(last).chain(erased)
}

/// What an event is on the timeline; nothing where its end comes as another.
#[must_use]
pub fn milestone(what: &GrantEvent) -> Option<Milestone> {
    match what {
        GrantEvent::RefreshStarted { .. }
        | GrantEvent::Renamed { .. }
        | GrantEvent::MovedTo { .. }
        | GrantEvent::TakenOver { .. } => None,
        GrantEvent::Refreshed { .. } | GrantEvent::Adopted { .. } | GrantEvent::NewerKept { .. } => {
            Some(Milestone::Refreshed)
        }
        GrantEvent::RefreshFailed { is_dead: true, .. } => Some(Milestone::Ended),
        GrantEvent::RefreshFailed { is_dead: false, .. }
        | GrantEvent::NotSaved { .. }
        | GrantEvent::NotRevoked { .. } => Some(Milestone::Failed),
        GrantEvent::LoggedIn | GrantEvent::KeyStored | GrantEvent::Restored => Some(Milestone::LoggedIn),
        GrantEvent::Erased | GrantEvent::Revoked => Some(Milestone::SignedOut),
    }
}

/// The rows that are on the screen, with their times.
#[must_use]
pub fn seen(model: &Model, timeline: Timeline, now: Now) -> Vec<(StoreId, &Row, RowTimes)> {
    let places = timeline.first..timeline.first.saturating_add(row_count(model));
    let shown: Vec<(StoreId, &Row)> = places.map_while(|place| rows::at(model, place)).collect();
    let events = profile_events::of_each(model, shown.iter().filter_map(|(_, row)| id(row)).collect());
    let times = |row: &Row| match row {
        Row::Profile(profile) => {
            let own = events.get(&profile.id).map_or(&[][..], Vec::as_slice);
            RowTimes::of(model, profile, own, now)
        }
        Row::Broken(_) => RowTimes::default(),
    };
    shown.into_iter().map(|(store, row)| (store, row, times(row))).collect()
}

fn id(row: &Row) -> Option<&ProfileId> {
    match row {
        Row::Profile(profile) => Some(&profile.id),
        Row::Broken(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{at, now, profile};
    use crate::domain::tokens::Expiry;
    use crate::tui::time_axis::Zoom;

    fn strip(times: &RowTimes) -> String {
        let sign = |sign| match sign {
            TimelineSign::Free | TimelineSign::Grid => ' ',
            TimelineSign::Now => '|',
            TimelineSign::Spent => '-',
            TimelineSign::Token { is_half: false, is_expiring: false } => '=',
            TimelineSign::Token { is_half: false, is_expiring: true } => '~',
            TimelineSign::Token { is_half: true, .. } => ':',
            TimelineSign::Login => '.',
            TimelineSign::Beyond => '>',
            TimelineSign::Milestone(Milestone::Refreshed) => 'v',
            TimelineSign::Milestone(Milestone::LoggedIn) => 'l',
            TimelineSign::Milestone(Milestone::SignedOut) => 'o',
            TimelineSign::Milestone(Milestone::WillRefresh) => 'R',
            TimelineSign::Milestone(Milestone::LoginEnds) => 'L',
            TimelineSign::Milestone(Milestone::Failed) => '!',
            TimelineSign::Milestone(Milestone::Ended) => 'x',
        };
        times.strip(Scale::new(51, Zoom::Month), at(0)).into_iter().map(sign).collect()
    }

    const HOUR: i64 = 3_600;
    const DAY: i64 = 24 * HOUR;

    #[test]
    fn a_row_shows_the_token_behind_and_before_the_present_and_then_its_login() {
        let mut ana = profile("acme/ana");
        ana.life = Expiry {
            obtained_at: Some(at(-HOUR)),
            expires_at: Some(at(HOUR)),
            grant_ends_at: Some(at(20 * DAY)),
        };
        let model = Model::default();
        let times = RowTimes::of(&model, &ana, &[], now());
        assert_eq!(strip(&times), "     l----|======~~~~:........................L    ");
    }

    #[test]
    fn what_lies_behind_an_edge_is_cut_or_pointed_at() {
        for (from, to, login, expected) in [
            (-9 * DAY, -HOUR / 2, None, "--------  |                                        "),
            (-9 * DAY, -2 * DAY, Some(90 * DAY), "          |.......................................>"),
            (-60, 90 * DAY, None, "         -|~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~>"),
        ] {
            let login = login.map(|end| LoginEnd::At(at(end)));
            let times = RowTimes { token: Some((Some(at(from)), at(to))), login, ..RowTimes::default() };
            assert_eq!(strip(&times), expected, "{from} {to}");
        }
    }

    #[test]
    fn where_two_share_a_column_the_more_important_is_seen() {
        let order = [
            Milestone::Refreshed,
            Milestone::LoggedIn,
            Milestone::SignedOut,
            Milestone::WillRefresh,
            Milestone::LoginEnds,
            Milestone::Failed,
            Milestone::Ended,
        ];
        for pair in order.windows(2) {
            let [less, more] = pair else { panic!("two") };
            for pair in [[less, more], [more, less]] {
                let milestones = pair.into_iter().map(|milestone| (at(-60), *milestone)).collect();
                let times = RowTimes { milestones, ..RowTimes::default() };
                let strip = times.strip(Scale::new(51, Zoom::Month), at(0));
                assert!(strip.contains(&TimelineSign::Milestone(*more)), "{less:?} {more:?}");
            }
        }
    }

    #[test]
    fn what_has_just_happened_stands_right_before_the_present() {
        for seconds in [-1, 0, 1] {
            let milestones = vec![(at(seconds), Milestone::Ended)];
            let times = RowTimes { milestones, ..RowTimes::default() };
            let strip = strip(&times);
            assert!(strip.contains("x|"), "{strip}");
        }
    }
}
