//! Schedule of automatic refreshes: when a token is refreshed, or why it is not.
//!
//! A token is refreshed before it expires, in the second half of its life, and spread out: tokens
//! that expire together are not refreshed together. One that was refreshed and is due all the same
//! is left alone: a clock is wrong, and asking again would never end. A clock that was set back
//! makes each older token due once, since nobody knows any more when it expires.

use std::time::Duration;

use crate::domain::clock::{DateTime, TimeDelta, Utc, span};
use crate::domain::profile::{AutoRefresh, EndBy, LastRefresh, Profile, RefreshResult};

/// How long before its end a token is refreshed, unless half its life is less or the settings say
/// otherwise.
pub const REFRESH_LEAD: Duration = Duration::from_mins(5);
/// How many refreshes ask at once, unless somebody says otherwise.
pub const CONCURRENT_REFRESHES: usize = 4;
/// A token that lives less is refreshed only on request.
const SHORTEST_LIFE: TimeDelta = TimeDelta::seconds(60);
/// A moment that lies further ahead than this is none of the past: somebody has set the clock back.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// The least time between two refreshes of one grant.
pub const MIN_REFRESH_GAP: TimeDelta = TimeDelta::seconds(30);
/// The pauses after refusals that only a change helps, unless they pass after all; then none is tried
/// automatically any more.
const AFTER_REFUSALS: [Duration; 3] =
    [Duration::from_mins(1), Duration::from_mins(10), Duration::from_hours(1)];

/// When a profile that can be refreshed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Automatically, then or as soon as possible.
    At(DateTime<Utc>),
    /// Only when somebody asks for it.
    OnRequest(OnRequest),
}

/// Why a profile that can be refreshed is not refreshed automatically.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnRequest {
    /// The provider said that the grant is over.
    GrantDead,
    /// The end of the grant has come.
    GrantExpired,
    /// The provider told no end of the token.
    NoExpiry,
    /// The person has turned it off for this profile.
    TurnedOff,
    /// It was refused, and nothing was changed since.
    Refused,
    /// The token lives only so long.
    ShortLived(TimeDelta),
    /// It was refreshed and its end means nothing: this machine's clock or the server's is wrong.
    WrongClock,
}

impl When {
    /// Whether the grant is over, so that only a login helps.
    #[must_use]
    pub fn is_after_the_grant(self) -> bool {
        matches!(self, Self::OnRequest(OnRequest::GrantDead | OnRequest::GrantExpired))
    }
}

/// When `profile`, which holds a refresh token, is refreshed, `lead` before its end, as far as can be said at
/// `now`.
pub(super) fn when(profile: &Profile, lead: Duration, now: DateTime<Utc>) -> When {
    automatic(profile, lead, now).map_or_else(When::OnRequest, When::At)
}

/// Why only a login helps `profile`, where its grant is over.
pub(super) fn after_the_grant(profile: &Profile, now: DateTime<Utc>) -> Option<OnRequest> {
    let has_ended = profile.life.grant_ends_at.is_some_and(|end| end <= now);
    match profile.has_dead_grant() {
        true => Some(OnRequest::GrantDead),
        false => has_ended.then_some(OnRequest::GrantExpired),
    }
}

fn automatic(profile: &Profile, lead: Duration, now: DateTime<Utc>) -> Result<DateTime<Utc>, OnRequest> {
    if let Some(over) = after_the_grant(profile, now) {
        return Err(over);
    }
    let end = profile.life.expires_at.ok_or(OnRequest::NoExpiry)?;
    if profile.auto_refresh == AutoRefresh::Off {
        return Err(OnRequest::TurnedOff);
    }
    let last = profile.last_refresh_of_this_grant();
    let rested = last.map_or(Ok(None), |last| rests_until(last, now))?;
    let refreshed = last.filter(|last| last.result == RefreshResult::Done);
    if refreshed.and_then(|last| last.clock_differs).is_some_and(|differs| differs.end_by == EndBy::Theirs) {
        return Err(OnRequest::WrongClock);
    }
    let life = profile.life.obtained_at.map(|from| end - from).filter(|life| *life >= TimeDelta::zero());
    if let Some(life) = life.filter(|life| *life < SHORTEST_LIFE) {
        return Err(OnRequest::ShortLived(life));
    }
    if refreshed.is_some_and(|last| end <= last.at) {
        return Err(OnRequest::WrongClock);
    }
    let lead = life.map_or(span(lead), |life| span(lead).min(life / 2));
    let before_the_end = end - lead + spread(profile, lead);
    let is_set_back = profile.life.obtained_at.is_some_and(|from| is_in_the_future(from, now));
    let at = if is_set_back { now } else { before_the_end };
    Ok(rested.map_or(at, |rested| at.max(rested)))
}

/// Until when nothing is asked again after `last`.
fn rests_until(last: &LastRefresh, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, OnRequest> {
    Ok(match &last.result {
        RefreshResult::Dead { .. } => return Err(OnRequest::GrantDead),
        RefreshResult::Refused { retry_at: None, .. } => return Err(OnRequest::Refused),
        _ if is_in_the_future(last.at, now) => None,
        // It is written to the second, and nobody is to be asked too early by a part of one.
        RefreshResult::Passing { retry_at, .. } | RefreshResult::Refused { retry_at: Some(retry_at), .. } => {
            retry_at.checked_add_signed(TimeDelta::seconds(1))
        }
        RefreshResult::Done => last.at.checked_add_signed(MIN_REFRESH_GAP),
    })
}

/// The pause after a try without new tokens, where `before` tries in a row had none either:
/// 30 seconds, doubling to 15 minutes.
#[must_use]
pub fn pause(before: u32) -> Duration {
    let doubled = Duration::from_secs(30).saturating_mul(2_u32.saturating_pow(before.min(10)));
    doubled.min(Duration::from_mins(15))
}

/// The pause after the refusal that is the `times`th in a row; none where it is not asked again
/// automatically.
#[must_use]
pub fn pause_after_refusal(times: u32) -> Option<Duration> {
    let before = usize::try_from(times.saturating_sub(1)).ok()?;
    AFTER_REFUSALS.get(before).copied()
}

/// Whether `at`, when something happened, is yet to come: somebody has set the clock back since, and
/// what was counted from then means nothing.
#[must_use]
pub fn is_in_the_future(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    at - now > CLOCK_TOLERANCE
}

/// When a clock that was set back has come so far again that what happened to `profile` lies in the past.
#[must_use]
pub fn catches_up_at(profile: &Profile, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let refreshed_at = profile.last_refresh.as_ref().map(|last| last.at);
    let moments = profile.life.obtained_at.into_iter().chain(refreshed_at);
    moments.filter_map(|at| at.checked_sub_signed(CLOCK_TOLERANCE)).filter(|at| *at > now).min()
}

/// A pause of up to half of `lead` that is another for each profile and always the same for one. It
/// is never zero: at its end less is left than whoever decides under the lock takes for enough.
fn spread(profile: &Profile, lead: TimeDelta) -> TimeDelta {
    let letters = profile.id.name.provider().bytes().chain(profile.id.name.name().bytes());
    // FNV-1a, stirred once more: names that differ in one letter lie far apart.
    let hash =
        letters.fold(0x811c_9dc5_u32, |hash, letter| (hash ^ u32::from(letter)).wrapping_mul(0x0100_0193));
    let [share, ..] = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d).to_be_bytes();
    lead * (i32::from(share) + 1) / (2 * 256)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::fixtures::{self, at};
    use crate::domain::profile::ClockDiffers;
    use crate::domain::tokens::Expiry;

    fn when(profile: &Profile, now: DateTime<Utc>) -> When {
        super::when(profile, REFRESH_LEAD, now)
    }

    fn automatic(profile: &Profile, now: DateTime<Utc>) -> Result<DateTime<Utc>, OnRequest> {
        super::automatic(profile, REFRESH_LEAD, now)
    }

    /// A profile whose token lives so many seconds and ends at [`at`] 0.
    fn profile(name: &str, life: Option<i64>) -> Profile {
        let obtained_at = life.map(|life| at(-life));
        let life = Expiry { obtained_at, expires_at: Some(at(0)), grant_ends_at: None };
        Profile { life, ..fixtures::profile(&format!("acme/{name}")) }
    }

    /// The profile after a refresh that ended so many seconds after its token.
    fn after(profile: Profile, seconds: i64, result: RefreshResult) -> Profile {
        let last = LastRefresh::new(at(seconds), result, profile.refresh_token_id());
        Profile { last_refresh: Some(Box::new(last)), ..profile }
    }

    fn differing(profile: Profile, end_by: EndBy) -> Profile {
        let ahead = TimeDelta::minutes(7);
        let last = profile.last_refresh.map(|last| {
            Box::new(LastRefresh { clock_differs: Some(ClockDiffers { ahead, end_by }), ..*last })
        });
        Profile { last_refresh: last, ..profile }
    }

    fn passing(retry_at: i64) -> RefreshResult {
        RefreshResult::Passing { why: "503".into(), times: 1, retry_at: at(retry_at) }
    }

    /// How many seconds before its end it is refreshed.
    fn lead(profile: &Profile) -> Option<i64> {
        automatic(profile, at(-40)).ok().map(|planned| (at(0) - planned).num_seconds())
    }

    #[test]
    fn a_token_is_refreshed_in_the_last_five_minutes_or_the_second_half_of_its_life() {
        for (life, latest, soonest) in [
            (Some(365 * 86_400), 150, 300),
            (Some(86_400), 150, 300),
            (None, 150, 300),
            (Some(601), 150, 300),
            (Some(600), 150, 300),
            (Some(599), 149, 299),
            (Some(120), 30, 60),
            (Some(60), 15, 30),
        ] {
            for name in ["ana", "ben", "cleo", "dora"] {
                let lead = lead(&profile(name, life)).expect("a plan");
                assert!((latest..soonest).contains(&lead), "{life:?} {name}: {lead}");
            }
        }
    }

    #[test]
    fn tokens_that_end_together_are_not_refreshed_together() {
        let mut leads: Vec<_> =
            (0..100).filter_map(|number| lead(&profile(&format!("p{number}"), None))).collect();
        leads.sort_unstable();
        leads.dedup();
        assert!(leads.len() > 40, "{leads:?}");
        assert_eq!(lead(&profile("ana", None)), lead(&profile("ana", None)));
    }

    #[test]
    fn what_must_not_be_refreshed_automatically_says_why() {
        let plain = || profile("ana", Some(3600));
        let dead = RefreshResult::Dead { why: "invalid_grant".into() };
        let over = Expiry { grant_ends_at: Some(at(-100)), ..plain().life };
        let short_lived = |seconds| OnRequest::ShortLived(TimeDelta::seconds(seconds));
        for (profile, why) in [
            (Profile { life: Expiry::default(), ..plain() }, OnRequest::NoExpiry),
            (Profile { auto_refresh: AutoRefresh::Off, ..plain() }, OnRequest::TurnedOff),
            (Profile { life: over, ..plain() }, OnRequest::GrantExpired),
            (profile("ana", Some(0)), short_lived(0)),
            (profile("ana", Some(10)), short_lived(10)),
            (profile("ana", Some(59)), short_lived(59)),
            (after(profile("ana", Some(10)), -9, RefreshResult::Done), short_lived(10)),
            (after(plain(), -60, dead), OnRequest::GrantDead),
            (after(plain(), 0, RefreshResult::Done), OnRequest::WrongClock),
            (after(profile("ana", Some(-7 * 3600)), 7 * 3600, RefreshResult::Done), OnRequest::WrongClock),
            (differing(after(plain(), -3600, RefreshResult::Done), EndBy::Theirs), OnRequest::WrongClock),
        ] {
            assert_eq!(when(&profile, at(-40)), When::OnRequest(why));
        }
    }

    #[test]
    fn a_clock_that_differs_does_not_matter_to_an_end_that_was_counted_by_ours() {
        let plain = after(profile("ana", Some(3600)), -3600, RefreshResult::Done);
        assert_eq!(lead(&differing(plain.clone(), EndBy::Ours)), lead(&plain));
        let failed = after(profile("ana", Some(3600)), -400, passing(-370));
        assert_eq!(lead(&differing(failed.clone(), EndBy::Theirs)), lead(&failed));
    }

    #[test]
    fn after_a_passing_failure_it_waits_as_long_as_it_should() {
        for (retry_at, planned) in [(500, 501), (1, 2)] {
            let failed = after(profile("ana", None), -10, passing(retry_at));
            assert_eq!(automatic(&failed, at(-9)), Ok(at(planned)));
        }
        let early = after(profile("ana", None), -4000, passing(-3900));
        assert_eq!(lead(&early), lead(&profile("ana", None)));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_a_token_due_at_once_and_forgets_a_pause() {
        let back = at(-3600 - 3 * 3600);
        assert_eq!(automatic(&profile("ana", Some(3600)), back), Ok(back));
        let failed = after(profile("ana", Some(3600)), -3000, passing(-2900));
        assert_eq!(automatic(&failed, back), Ok(back));
        // The token is an old one, and the refusal that says when to come again is fresh.
        let refused = after(profile("ana", Some(3600)), -3 * 3600 - 3610, passing(-3 * 3600 - 3500));
        assert_eq!(automatic(&refused, back), Ok(at(-3 * 3600 - 3499)));
        let little = at(-3600 - 300);
        assert!(automatic(&profile("ana", Some(3600)), little).is_ok_and(|then| then > at(-400)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever a server tells of the new token, and however wrong the clocks are, a refresh that
        /// has just worked is not wanted again at once.
        #[test]
        fn what_was_just_refreshed_is_not_due(
            name in "[a-z]{1,8}",
            latency in 0_i64..60,
            obtained in any::<bool>(),
            left in prop_oneof![-100_000_i64..100_000, -120_i64..700, Just(i64::from(i32::MAX))],
            ahead in proptest::option::of((-100_000_i64..100_000, any::<bool>())),
            grant in proptest::option::of(-10_i64..10_000),
        ) {
            let now = at(0);
            let ahead = ahead.map(|(ahead, theirs)| ClockDiffers {
                ahead: TimeDelta::seconds(ahead),
                end_by: if theirs { EndBy::Theirs } else { EndBy::Ours },
            });
            let mut profile = profile(&name, None);
            profile.life = Expiry {
                obtained_at: obtained.then(|| at(-latency)),
                expires_at: Some(at(left)),
                grant_ends_at: grant.map(at),
            };
            let grant = profile.refresh_token_id();
            let result = RefreshResult::Done;
            let last = LastRefresh::new(now, result, grant);
            profile.last_refresh = Some(Box::new(LastRefresh { clock_differs: ahead, ..last }));
            if let Ok(planned) = automatic(&profile, now) {
                prop_assert!(planned - now >= MIN_REFRESH_GAP, "{}", planned - now);
            }
        }

        /// No plan is further off than the end allows, and none needs more than half the life.
        #[test]
        fn a_plan_lies_between_the_middle_of_the_life_and_its_end(
            name in "[a-z]{1,8}",
            life in 60_i64..10_000_000,
            gone in 0_i64..10_000_000,
        ) {
            let profile = profile(&name, Some(life));
            let now = at((gone % life) - life);
            let planned = automatic(&profile, now).expect("a plan");
            prop_assert!(planned < at(0) && planned > at(-life) + TimeDelta::seconds(life) / 2);
        }
    }
}
