//! When a token is renewed by itself, and why not.
//!
//! Before its end, never sooner than half its life, and spread out: tokens that end together are
//! not renewed together. What was renewed and is due all the same is left alone, because then a
//! clock is wrong and asking again would never end.

use crate::domain::clock::{DateTime, TimeDelta, Utc};
use crate::domain::profile::{Automatic, Kind, Profile, RefreshResult};

/// How long before its end a token is renewed, unless half its life is less.
pub const LEAD: TimeDelta = TimeDelta::minutes(5);
/// A token that lives no longer is renewed when somebody wants it, and never by itself.
const SHORTEST: TimeDelta = TimeDelta::seconds(60);

/// When a profile is renewed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Then, or as soon as possible.
    At(DateTime<Utc>),
    /// Not at all.
    Never(Never),
}

/// Why a profile is not renewed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Never {
    /// There is nothing to renew: a key, erased tokens, no refresh token, no known end.
    Nothing,
    /// The person has turned it off for this profile.
    Off,
    /// The grant is over.
    Dead,
    /// The token lives too short.
    Brief,
    /// It was renewed and is due all the same: this machine's clock or the server's is wrong.
    Clock,
}

/// When `profile` is renewed by itself.
#[must_use]
pub fn plan(profile: &Profile) -> Plan {
    let tokens = profile.held.tokens().filter(|tokens| tokens.refresh.is_some());
    let (Kind::OAuth, Some(_), Some(end)) = (profile.kind, tokens, profile.life.expires_at) else {
        return Plan::Never(Never::Nothing);
    };
    let life = profile.life.obtained_at.map(|from| end - from);
    let last = profile.last_refresh_of_this_grant();
    let renewed = last.filter(|last| last.result == RefreshResult::Done);
    if renewed.is_some_and(|last| last.clock_differs.is_some() || end <= last.at) {
        return Plan::Never(Never::Clock);
    }
    if profile.automatic == Automatic::Off {
        return Plan::Never(Never::Off);
    }
    if life.is_some_and(|life| life < SHORTEST) {
        return Plan::Never(Never::Brief);
    }
    let lead = life.map_or(LEAD, |life| LEAD.min(life / 2));
    let at = end - lead + spread(profile, lead);
    match last.map(|last| &last.result) {
        Some(RefreshResult::Dead { .. }) => Plan::Never(Never::Dead),
        Some(RefreshResult::Passing { retry_at, .. }) => Plan::At(at.max(*retry_at)),
        Some(RefreshResult::Done) | None => Plan::At(at),
    }
}

/// A pause of up to half of `lead` that is another for each profile and always the same for one.
fn spread(profile: &Profile, lead: TimeDelta) -> TimeDelta {
    let letters = profile.id.name.provider().bytes().chain(profile.id.name.name().bytes());
    // FNV-1a, stirred once more: names that differ in one letter lie far apart.
    let hash =
        letters.fold(0x811c_9dc5_u32, |hash, letter| (hash ^ u32::from(letter)).wrapping_mul(0x0100_0193));
    let [share, ..] = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d).to_be_bytes();
    lead * i32::from(share) / (2 * 256)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::at_seconds;
    use crate::domain::name::{ProfileId, ProfileName, StoreId};
    use crate::domain::profile::LastRefresh;
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{Held, Life, Tokens};

    const END: i64 = 1_800_000_000;

    fn profile(name: &str, life: Option<i64>) -> Profile {
        let id = ProfileId { store: StoreId::Own, name: ProfileName::new("acme", name).expect("a name") };
        let tokens = Tokens { access: Secret::new("a"), refresh: Some(Secret::new("r")) };
        let obtained_at = life.and_then(|life| at_seconds(END - life));
        let life = Life { obtained_at, expires_at: at_seconds(END), grant_ends_at: None };
        Profile { held: Held::Here(tokens), life, ..Profile::new(id, Kind::OAuth) }
    }

    fn after(profile: Profile, at: i64, result: RefreshResult) -> Profile {
        let at = at_seconds(at).expect("a time");
        let last = LastRefresh { at, result, grant: profile.grant(), clock_differs: None };
        Profile { last_refresh: Some(last), ..profile }
    }

    /// How many seconds before its end it is renewed.
    fn lead(profile: &Profile) -> Option<i64> {
        match plan(profile) {
            Plan::At(at) => Some(END - at.timestamp()),
            Plan::Never(_) => None,
        }
    }

    #[test]
    fn a_token_is_renewed_in_the_last_five_minutes_or_the_second_half_of_its_life() {
        for (life, latest, soonest) in [(Some(86_400), 150, 300), (None, 150, 300), (Some(120), 30, 60)] {
            for name in ["ana", "ben", "cleo", "dora"] {
                let lead = lead(&profile(name, life)).expect("a plan");
                assert!((latest..=soonest).contains(&lead), "{life:?} {name}: {lead}");
            }
        }
    }

    #[test]
    fn tokens_that_end_together_are_not_renewed_together() {
        let mut leads: Vec<_> =
            (0..100).filter_map(|number| lead(&profile(&format!("p{number}"), None))).collect();
        leads.sort_unstable();
        leads.dedup();
        assert!(leads.len() > 40, "{leads:?}");
        assert_eq!(lead(&profile("ana", None)), lead(&profile("ana", None)));
    }

    #[test]
    fn what_cannot_or_must_not_be_renewed_by_itself_says_why() {
        let plain = || profile("ana", Some(3600));
        let mut bare = plain();
        bare.held = Held::Here(Tokens { access: Secret::new("a"), refresh: None });
        let dead = RefreshResult::Dead { why: "invalid_grant".into() };
        for (profile, why) in [
            (bare, Never::Nothing),
            (Profile { kind: Kind::ApiKey, ..plain() }, Never::Nothing),
            (Profile { held: Held::Nothing, ..plain() }, Never::Nothing),
            (Profile { life: Life::default(), ..plain() }, Never::Nothing),
            (Profile { automatic: Automatic::Off, ..plain() }, Never::Off),
            (profile("ana", Some(10)), Never::Brief),
            (after(plain(), END - 60, dead), Never::Dead),
            (after(plain(), END, RefreshResult::Done), Never::Clock),
        ] {
            assert_eq!(plan(&profile), Plan::Never(why));
        }
    }

    #[test]
    fn after_a_passing_failure_it_waits_as_long_as_it_should() {
        let retry_at = at_seconds(END + 500).expect("a time");
        let passing = RefreshResult::Passing { why: "503".into(), times: 1, retry_at };
        assert_eq!(plan(&after(profile("ana", None), END, passing)), Plan::At(retry_at));
    }
}
