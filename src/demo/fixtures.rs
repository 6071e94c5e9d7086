//! Fixtures of the demo: one profile in every state.

use crate::demo::authority::Authority;
use crate::demo::authority::client::{CONFIDENTIAL_SECRET, PLATFORM, POST, PUBLIC};
use crate::demo::authority::grant::{IssuedTokens, Lifetimes, NewGrant};
use crate::demo::authority::resource;
use crate::domain::clock::{Now, TimeDelta};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{AutoRefresh, Kind, LastRefresh, Profile, RefreshResult};
use crate::domain::secret::Secret;
use crate::domain::tokens::{Expiry, StoredTokens, Tokens};

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
    Some(Profile {
        client_id: Some(client.to_owned()),
        client_secret: Some(Secret::new(CONFIDENTIAL_SECRET)),
        held: StoredTokens::Present(issued.tokens),
        life: issued.life,
        scopes: issued.scopes,
        ..Profile::new(ProfileId { store: StoreId::Own, name }, Kind::OAuth)
    })
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
        scopes: issued.scopes,
        account: Some(issued.account),
        subject: Some(issued.subject),
        auto_refresh: if keeps_still { AutoRefresh::Off } else { AutoRefresh::On },
        ..Profile::new(id(fixture.account)?, Kind::OAuth)
    };
    let grant = profile.refresh_token_id();
    let ended = |result| Some(LastRefresh::new(now.wall - TimeDelta::seconds(20), result, grant));
    match fixture.state {
        FixtureState::Plain => {}
        FixtureState::Retrying => {
            let (why, retry_at) =
                ("answered 503 with an empty body".to_owned(), now.wall + TimeDelta::minutes(2));
            profile.last_refresh = ended(RefreshResult::Passing { why, times: 3, retry_at });
        }
        FixtureState::Dead => {
            authority.withdraw(&account);
            let why = "refused with invalid_grant: the grant was ended".to_owned();
            profile.last_refresh = ended(RefreshResult::Dead { why });
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
