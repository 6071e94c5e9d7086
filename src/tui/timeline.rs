//! Timeline: the list's rows against an axis of time, with what happened and what will happen.
//!
//! [`RowTimes`] is what is known of a row's times, [`RowTimes::strip`] what each column of the axis
//! shows of it, and [`RowTimes::holds`] for how long it does.

pub mod agenda;

use std::collections::{BTreeMap, BTreeSet};

use ratatui::layout::Rect;

use crate::domain::change::Row;
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc};
use crate::domain::event::{Event, GrantEvent};
use crate::domain::health::{self, Activity, Health};
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::profile::{Profile, RefreshResult};
use crate::domain::residual_validity::Validity;
use crate::tui::model::Model;
use crate::tui::time_axis::{AxisPlace, Precision, Scale, Timeline, Zoom};
use crate::tui::{auto_refresh, frame, layout, rows};

/// Columns beside name and axis: mark, glyph and gaps.
const BESIDE: u16 = 6;
/// The fewest and the most rows of what is said of the selected row, with the line above it.
const WORDS: (u16, u16) = (4, 10);
/// From this many rows on there is room for [`WORDS`], and for what the clock says at the named moments.
const TALL: u16 = 14;

/// Where the parts of the timeline lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimelineParts {
    /// What the clock says at the named moments.
    pub clock: Rect,
    pub rows: Rect,
    /// What is said of the selected row.
    pub words: Rect,
}

impl TimelineParts {
    /// Divides what is inside the frame of the timeline.
    #[must_use]
    pub fn of(model: &Model, inner: Rect) -> Self {
        let (axis, words) = if inner.height >= TALL {
            // What the rows leave free belongs to the selected one; a filter moves nothing.
            let rows = u16::try_from(model.order.total).unwrap_or(u16::MAX);
            (1, inner.height.saturating_sub(1).saturating_sub(rows).clamp(WORDS.0, WORDS.1))
        } else {
            (0, 1)
        };
        let below = frame::below(inner, axis);
        let height = below.height.saturating_sub(words);
        Self {
            clock: Rect { height: axis.min(inner.height), ..inner },
            rows: Rect { height, ..below },
            words: frame::below(below, height),
        }
    }
}

/// Columns of a name in a timeline that is `width` wide inside its frame.
#[must_use]
pub fn name_columns(model: &Model, width: u16) -> u16 {
    let most = match width {
        0..50 => 10,
        50..70 => 12,
        70..100 => 16,
        100.. => 24,
    };
    model.order.widths.name.clamp(8, most)
}

/// The axis of such a timeline.
#[must_use]
pub fn scale(model: &Model, width: u16, zoom: Zoom) -> Scale {
    Scale::new(width.saturating_sub(name_columns(model, width) + BESIDE), zoom)
}

/// How many rows the timeline shows.
#[must_use]
pub fn row_count(model: &Model) -> usize {
    let Some(parts) = layout::parts(model, model.size) else { return 0 };
    let inner = Rect { height: parts.body.height.saturating_sub(2), ..parts.body };
    usize::from(TimelineParts::of(model, inner).rows.height)
}

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
pub enum Sign {
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
            Health::Fresh(_) => health::changes_at(profile, now.wall),
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
    pub fn strip(&self, scale: Scale, now: DateTime<Utc>) -> Vec<Sign> {
        let mut strip = vec![Sign::Free; usize::from(scale.width())];
        let mut put = |column: u16, sign: Sign| {
            if let Some(place) = strip.get_mut(usize::from(column)) {
                *place = sign;
            }
        };
        let place = |at: DateTime<Utc>| scale.place(seconds(at, now));
        let (begin, last) = (scale.now() + 1, scale.width().saturating_sub(1));
        scale.ticks().for_each(|tick| put(tick.column, Sign::Grid));
        if let Some(end) = self.login {
            let to = match end {
                LoginEnd::At(at) => place(at),
                LoginEnd::Unknown => AxisPlace::Beyond,
            };
            (begin..=to.column().unwrap_or(last)).for_each(|column| put(column, Sign::Login));
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
                AxisPlace::At(half) => put(half / 2, Sign::Milestone(milestone)),
                AxisPlace::Beyond => put(last, Sign::Beyond),
            }
        }
        put(scale.now(), Sign::Now);
        strip
    }

    /// The token's life, before and after now.
    fn bar(
        &self,
        scale: Scale,
        from: Option<DateTime<Utc>>,
        to: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Vec<(u16, Sign)> {
        let place = |at: DateTime<Utc>| scale.place(seconds(at, now));
        let mut signs = Vec::new();
        if let Some(from) = from {
            let first = place(from).column().unwrap_or(0);
            let end = if to > now { scale.now() } else { place(to).column().map_or(0, |column| column + 1) };
            signs.extend((first..end.min(scale.now())).map(|column| (column, Sign::Spent)));
        }
        if to <= now {
            return signs;
        }
        let last = scale.width().saturating_sub(1);
        let (end, is_half, goes_on) = match place(to) {
            AxisPlace::At(half) => (half / 2, half % 2 == 0, false),
            AxisPlace::Before | AxisPlace::Beyond => (last, false, true),
        };
        let amber = self.expiring_at.map_or(AxisPlace::Before, place).column();
        let is_expiring = |column: u16| match (self.expiring_at, amber) {
            (None, _) => true,
            (Some(_), Some(from)) => column >= from,
            (Some(_), None) => false,
        };
        for column in scale.now() + 1..=end {
            let is_half = is_half && column == end;
            signs.push((column, Sign::Token { is_half, is_expiring: is_expiring(column) }));
        }
        if goes_on {
            signs.push((last, Sign::Beyond));
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
        GrantEvent::RefreshStarted { .. } => None,
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
    let events = events(model, shown.iter().filter_map(|(_, row)| name(row)).collect());
    let times = |row: &Row| match row {
        Row::Profile(profile) => {
            let own = events.get(&profile.id.name).map_or(&[][..], Vec::as_slice);
            RowTimes::of(model, profile, own, now)
        }
        Row::Broken { .. } => RowTimes::default(),
    };
    shown.into_iter().map(|(store, row)| (store, row, times(row))).collect()
}

/// The events of those profiles, oldest first.
#[must_use]
pub fn events<'a>(
    model: &'a Model,
    names: BTreeSet<&'a ProfileName>,
) -> BTreeMap<&'a ProfileName, Vec<&'a Event>> {
    let mut events: BTreeMap<&ProfileName, Vec<&Event>> = BTreeMap::new();
    for event in model.events.iter().filter(|event| names.contains(&event.profile)) {
        events.entry(&event.profile).or_default().push(event);
    }
    events
}

fn name(row: &Row) -> Option<&ProfileName> {
    match row {
        Row::Profile(profile) => Some(&profile.id.name),
        Row::Broken { .. } => None,
    }
}

/// The first row on the screen, so that the one at `place` is.
pub fn follow(model: &mut Model, place: usize) {
    let (count, height) = (rows::count(model), row_count(model).max(1));
    if let Some(timeline) = &mut model.timeline {
        let last = count.saturating_sub(height);
        timeline.first = timeline.first.clamp((place + 1).saturating_sub(height), place).min(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{at, now, profile};
    use crate::domain::tokens::Expiry;

    fn strip(times: &RowTimes) -> String {
        let sign = |sign| match sign {
            Sign::Free | Sign::Grid => ' ',
            Sign::Now => '|',
            Sign::Spent => '-',
            Sign::Token { is_half: false, is_expiring: false } => '=',
            Sign::Token { is_half: false, is_expiring: true } => '~',
            Sign::Token { is_half: true, .. } => ':',
            Sign::Login => '.',
            Sign::Beyond => '>',
            Sign::Milestone(Milestone::Refreshed) => 'v',
            Sign::Milestone(Milestone::LoggedIn) => 'l',
            Sign::Milestone(Milestone::SignedOut) => 'o',
            Sign::Milestone(Milestone::WillRefresh) => 'R',
            Sign::Milestone(Milestone::LoginEnds) => 'L',
            Sign::Milestone(Milestone::Failed) => '!',
            Sign::Milestone(Milestone::Ended) => 'x',
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
                assert!(strip.contains(&Sign::Milestone(*more)), "{less:?} {more:?}");
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
