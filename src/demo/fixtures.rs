//! Fixtures of the demo: one profile in every state, and what the event log tells of their past.

use std::path::Path;

use crate::demo::authority::Authority;
use crate::demo::authority::client::{CONFIDENTIAL_SECRET, PLATFORM, POST, PUBLIC};
use crate::demo::authority::grant::{IssuedTokens, Lifetimes, NewGrant};
use crate::demo::authority::resource;
use crate::demo::fixtures::PastEvent::{Ended, Erased, Failed, KeyStored, LoggedIn, Refreshed};
use crate::domain::clock::{Now, TimeDelta};
use crate::domain::event::{Author, Event, GrantEvent};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{AutoRefresh, Kind, LastRefresh, Profile, RefreshResult};
use crate::domain::secret::Secret;
use crate::domain::tokens::{Expiry, RefreshTokenId, StoredTokens, Tokens};

/// The account whose token is refreshed automatically, from the first moment on; the others stay as
/// they are, to be seen.
const AUTO_REFRESHED: &str = "hal";

/// A profile of the provider `demo`.
struct ProfileFixture {
    account: &'static str,
    /// How long its access token lives, in minutes.
    life: i64,
    /// How long ago it logged in, in minutes.
    since: i64,
    state: FixtureState,
}

enum FixtureState {
    /// As the clock has it.
    Plain,
    /// The last refresh failed for a reason that passes.
    Retrying,
    /// The grant was ended at the provider.
    Dead,
    /// The tokens were erased here.
    SignedOut,
}

const FIXTURES: [ProfileFixture; 8] = [
    ProfileFixture { account: "ana", life: 24 * 60, since: 3, state: FixtureState::Plain },
    ProfileFixture { account: "ben", life: 60, since: 55, state: FixtureState::Plain },
    ProfileFixture { account: "cleo", life: 60, since: 65, state: FixtureState::Plain },
    ProfileFixture { account: "dora", life: 60, since: 70, state: FixtureState::Retrying },
    ProfileFixture { account: "emil", life: 60, since: 75, state: FixtureState::Dead },
    ProfileFixture { account: "fay", life: 60, since: 80, state: FixtureState::SignedOut },
    ProfileFixture { account: "gus", life: 60, since: 61, state: FixtureState::Plain },
    ProfileFixture { account: AUTO_REFRESHED, life: 5, since: 6, state: FixtureState::Plain },
];

/// Something that happened to a profile before the demo began.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PastEvent {
    LoggedIn,
    KeyStored,
    Refreshed,
    /// A refresh failed for a reason that passes.
    Failed(&'static str),
    /// A refresh was refused: the provider had ended the login.
    Ended(&'static str),
    Erased,
}

const UNAVAILABLE: &str = "the server is having trouble (503)";
const UNREACHABLE: &str = "the server could not be reached in time";
const ENDED: &str = "refused with invalid_grant: the grant was ended";

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// How long ago the last refresh failed, in seconds.
const LAST_FAILURE: i64 = 20;
/// How long a refresh took, in milliseconds.
const REFRESH_TOOK: i64 = 400;
/// The process that did it all.
const PAST_PROCESS: u32 = 4711;

/// What happened to each account, oldest first, and how many seconds ago. The last refresh of each is when
/// its fixture got its tokens.
#[rustfmt::skip]
const PAST: [(&str, &[(i64, PastEvent)]); 9] = [
    ("ana", &[(5 * DAY + 2 * HOUR, LoggedIn), (4 * DAY + HOUR, Refreshed), (3 * DAY, Refreshed),
        (2 * DAY, Refreshed), (DAY, Refreshed), (3 * MINUTE, Refreshed)]),
    ("ben", &[(8 * DAY, LoggedIn), (26 * HOUR, Refreshed), (21 * HOUR, Refreshed), (9 * HOUR, Refreshed),
        (5 * HOUR, Refreshed), (2 * HOUR, Refreshed), (55 * MINUTE, Refreshed)]),
    ("cleo", &[(3 * DAY, LoggedIn), (23 * HOUR, Refreshed), (7 * HOUR, Refreshed), (65 * MINUTE, Refreshed)]),
    ("dora", &[(12 * DAY, LoggedIn), (6 * HOUR, Failed(UNREACHABLE)), (6 * HOUR - 2 * MINUTE, Refreshed),
        (70 * MINUTE, Refreshed), (9 * MINUTE, Failed(UNAVAILABLE)), (4 * MINUTE, Failed(UNAVAILABLE)),
        (LAST_FAILURE, Failed(UNAVAILABLE))]),
    ("emil", &[(15 * DAY, LoggedIn), (20 * HOUR, Refreshed), (4 * HOUR, Refreshed), (75 * MINUTE, Refreshed),
        (LAST_FAILURE, Ended(ENDED))]),
    ("fay", &[(2 * DAY, LoggedIn), (5 * HOUR, Refreshed), (80 * MINUTE, Refreshed), (10 * MINUTE, Erased)]),
    ("gus", &[(4 * DAY, LoggedIn), (18 * HOUR, Refreshed), (3 * HOUR, Refreshed), (61 * MINUTE, Refreshed)]),
    (AUTO_REFRESHED, &[(7 * HOUR, LoggedIn), (16 * MINUTE, Refreshed), (11 * MINUTE, Refreshed),
        (6 * MINUTE, Refreshed)]),
    ("key", &[(6 * DAY, KeyStored)]),
];

/// How many logins [`profiles`] makes, each with random bytes of its own.
pub const LOGINS: usize = FIXTURES.len() + 2;

/// Logs everybody in at `authority`, each with bytes of `random`, and gives their profiles, and one
/// API key.
pub fn profiles(authority: &mut Authority, now: Now, random: Vec<[u8; 64]>) -> Vec<Profile> {
    let mut random = random.into_iter();
    let fixtures = FIXTURES.iter().zip(random.by_ref());
    let mut profiles: Vec<Profile> =
        fixtures.filter_map(|(fixture, random)| profile(fixture, authority, now, random)).collect();
    profiles.extend(key());
    profiles.extend(random.next().and_then(|random| platform(authority, now, random)));
    profiles.extend(random.next().and_then(|random| endless(authority, now, random)));
    profiles
}

/// A profile at the platform API, whose replies name neither account nor scopes.
fn platform(authority: &mut Authority, now: Now, random: [u8; 64]) -> Option<Profile> {
    let lifetimes = Lifetimes { access: TimeDelta::hours(1), grant: Some(TimeDelta::days(365)) };
    let new = NewGrant { client: PLATFORM, account: "ida@demo.test", scopes: &[] };
    let issued = authority.grant(new, Some(lifetimes), now, random);
    guest("demo-cal", "ida", PLATFORM, issued)
}

/// A profile whose tokens have no known end and cannot be refreshed.
fn endless(authority: &mut Authority, now: Now, random: [u8; 64]) -> Option<Profile> {
    let lifetimes = Lifetimes { access: TimeDelta::days(36_500), grant: None };
    let new = NewGrant { client: POST, account: "jon@demo.test", scopes: &["projects:read", "models:read"] };
    let mut issued = authority.grant(new, Some(lifetimes), now, random);
    issued.tokens.refresh = None;
    issued.life = Expiry { obtained_at: issued.life.obtained_at, ..Expiry::default() };
    guest("demo-qonic", "jon", POST, issued)
}

/// A profile at another provider than `demo`.
fn guest(provider: &str, name: &str, client: &str, issued: IssuedTokens) -> Option<Profile> {
    let name = ProfileName::new(provider, name).ok()?;
    let profile = Profile {
        client_id: Some(client.to_owned()),
        held: StoredTokens::Present(issued.tokens),
        life: issued.life,
        scopes: issued.scopes.into(),
        ..Profile::new(ProfileId { store: StoreId::Own, name }, Kind::OAuth)
    };
    Some(profile.with_login(|login| login.client_secret = Some(Secret::new(CONFIDENTIAL_SECRET))))
}

fn profile(
    fixture: &ProfileFixture,
    authority: &mut Authority,
    now: Now,
    random: [u8; 64],
) -> Option<Profile> {
    let then = Now { wall: now.wall - TimeDelta::minutes(fixture.since), ..now };
    let lifetimes = Lifetimes { access: TimeDelta::minutes(fixture.life), grant: Some(TimeDelta::days(30)) };
    let account = format!("{}@demo.test", fixture.account);
    let new = NewGrant { client: PUBLIC, account: &account, scopes: &["profile", "inference"] };
    let issued = authority.grant(new, Some(lifetimes), then, random);
    // What needs a login is refreshed by nobody before it.
    let keeps_still = fixture.account != AUTO_REFRESHED
        && matches!(fixture.state, FixtureState::Plain | FixtureState::Retrying);
    let mut profile = Profile {
        client_id: Some(PUBLIC.to_owned()),
        held: StoredTokens::Present(issued.tokens),
        life: issued.life,
        scopes: issued.scopes.into(),
        account: Some(issued.account),
        refresh_count: refresh_count(fixture.account),
        auto_refresh: if keeps_still { AutoRefresh::Off } else { AutoRefresh::On },
        ..Profile::new(id(fixture.account)?, Kind::OAuth)
    };
    profile.login.subject = Some(issued.subject);
    let grant = profile.refresh_token_id();
    let at = now.wall - TimeDelta::seconds(LAST_FAILURE);
    let ended = |result| Some(Box::new(LastRefresh::new(at, result, grant)));
    match fixture.state {
        FixtureState::Plain => {}
        FixtureState::Retrying => {
            let (why, retry_at) = (UNAVAILABLE.to_owned(), now.wall + TimeDelta::minutes(2));
            profile.last_refresh = ended(RefreshResult::Passing { why, times: 3, retry_at });
        }
        FixtureState::Dead => {
            authority.withdraw(&account);
            profile.last_refresh = ended(RefreshResult::Dead { why: ENDED.to_owned() });
        }
        FixtureState::SignedOut => {
            profile.held = StoredTokens::None;
            profile.life = Expiry::default();
            profile.revoked_at = Some(now.wall - TimeDelta::minutes(10));
        }
    }
    Some(profile)
}

fn key() -> Option<Profile> {
    let key = Secret::new(resource::KEY);
    let held = StoredTokens::Present(Tokens { access: key, refresh: None });
    Some(Profile { held, ..Profile::new(id("key")?, Kind::ApiKey) })
}

fn id(name: &str) -> Option<ProfileId> {
    Some(ProfileId { store: StoreId::Own, name: ProfileName::new("demo", name).ok()? })
}

/// What happened to `profiles`, which lie in the file at `store`, before `now`; oldest first.
pub fn past(profiles: &[Profile], store: &Path, now: Now) -> Vec<Event> {
    let mut events: Vec<Event> =
        profiles.iter().flat_map(|profile| past_of_profile(profile, store, now)).collect();
    events.sort_by_key(|event| event.at);
    events
}

fn past_of_profile(profile: &Profile, store: &Path, now: Now) -> Vec<Event> {
    let (mut events, mut generation) = (Vec::new(), 0);
    for (ago, past) in past_of(profile.id.name.name()) {
        let grant = grant_after(profile, generation);
        let (what, program) = match past {
            LoggedIn => (GrantEvent::LoggedIn, "authtui"),
            KeyStored => (GrantEvent::KeyStored, "authtui"),
            Erased => (GrantEvent::Erased, "authtui"),
            Refreshed => {
                generation += 1;
                let next = grant_after(profile, generation);
                (GrantEvent::Refreshed { grant: grant.clone(), next, generation }, "authtui token")
            }
            Failed(why) | Ended(why) => {
                let (grant, is_dead) = (grant.clone(), matches!(past, Ended(_)));
                (GrantEvent::RefreshFailed { grant, is_dead, why: (*why).to_owned() }, "authtui token")
            }
        };
        let event = |before: TimeDelta, what| Event {
            at: now.wall - TimeDelta::seconds(*ago) - before,
            by: Author { program: program.to_owned(), process: PAST_PROCESS },
            profile: profile.id.name.clone(),
            store: store.to_string_lossy().into_owned(),
            what,
        };
        if what.grant().is_some() {
            events.push(event(TimeDelta::milliseconds(REFRESH_TOOK), GrantEvent::RefreshStarted { grant }));
        }
        events.push(event(TimeDelta::zero(), what));
    }
    events
}

fn past_of(account: &str) -> &'static [(i64, PastEvent)] {
    PAST.iter().find(|(of, _)| *of == account).map_or(&[], |(_, past)| past)
}

fn refresh_count(account: &str) -> u64 {
    past_of(account).iter().filter(|(_, past)| *past == Refreshed).map(|_| 1).sum()
}

/// What the grant of `profile` was called after so many refreshes.
fn grant_after(profile: &Profile, generation: u64) -> RefreshTokenId {
    let account = profile.id.name.name();
    let current = profile.refresh_token_id().filter(|_| generation == refresh_count(account));
    current.unwrap_or_else(|| {
        RefreshTokenId::from_token(&Secret::new(format!("refresh token {generation} of {account}")))
    })
}
