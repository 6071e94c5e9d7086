//! The demo's profiles: one in every state.

use crate::demo::authority::Authority;
use crate::demo::authority::client::{CONFIDENTIAL_SECRET, PLATFORM, POST, PUBLIC};
use crate::demo::authority::grant::{Granted, Lives, NewGrant};
use crate::demo::authority::resource;
use crate::domain::clock::{Now, TimeDelta};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{AutoRefresh, Kind, LastRefresh, Profile, RefreshResult};
use crate::domain::secret::Secret;
use crate::domain::tokens::{Expiry, StoredTokens, Tokens};

/// The account whose profile is being refreshed when the demo begins.
pub const BUSY: &str = "hal";

/// The account whose token is renewed by itself; the others stay as they are, to be seen.
const RENEWED: &str = "ben";

/// A profile of the cast.
struct Part {
    account: &'static str,
    /// How long its access token lives, in minutes.
    life: i64,
    /// How long ago it logged in, in minutes.
    since: i64,
    role: Role,
}

enum Role {
    /// As the clock says.
    Plain,
    /// The last refresh failed for a reason that passes.
    Retrying,
    /// The grant was ended at the provider.
    Dead,
    /// The tokens were erased here.
    Revoked,
}

const CAST: [Part; 8] = [
    Part { account: "ana", life: 24 * 60, since: 3, role: Role::Plain },
    Part { account: "ben", life: 60, since: 55, role: Role::Plain },
    Part { account: "cleo", life: 60, since: 65, role: Role::Plain },
    Part { account: "dora", life: 60, since: 70, role: Role::Retrying },
    Part { account: "emil", life: 60, since: 75, role: Role::Dead },
    Part { account: "fay", life: 60, since: 80, role: Role::Revoked },
    Part { account: "gus", life: 60, since: 61, role: Role::Plain },
    Part { account: BUSY, life: 5, since: 6, role: Role::Plain },
];

/// The keys that begin a refresh of [`BUSY`], so that this state can be seen too.
pub const KEYS: &str = "jjjjjjjrg";

/// How many log in.
pub const COUNT: usize = CAST.len() + 2;

/// Logs everybody in at `authority`, each with random bytes of `dice`, and gives their profiles,
/// and one API key.
#[must_use]
pub fn profiles(authority: &mut Authority, now: Now, dice: Vec<[u8; 64]>) -> Vec<Profile> {
    let mut dice = dice.into_iter();
    let parts = CAST.iter().zip(dice.by_ref());
    let mut profiles: Vec<Profile> =
        parts.filter_map(|(part, dice)| play(part, authority, now, dice)).collect();
    profiles.extend(key());
    profiles.extend(dice.next().and_then(|dice| platform(authority, now, dice)));
    profiles.extend(dice.next().and_then(|dice| endless(authority, now, dice)));
    profiles
}

/// A profile of seed 002, whose replies name neither account nor scopes.
fn platform(authority: &mut Authority, now: Now, dice: [u8; 64]) -> Option<Profile> {
    let lives = Lives { access: TimeDelta::hours(1), grant: Some(TimeDelta::days(365)) };
    let new = NewGrant { client: PLATFORM, account: "ida@demo.test", scopes: &[] };
    let granted = authority.grant(new, Some(lives), now, dice);
    guest("demo-cal", "ida", PLATFORM, granted)
}

/// A profile of seed 004, whose tokens have no known end and cannot be renewed.
fn endless(authority: &mut Authority, now: Now, dice: [u8; 64]) -> Option<Profile> {
    let lives = Lives { access: TimeDelta::days(36_500), grant: None };
    let new = NewGrant { client: POST, account: "jon@demo.test", scopes: &["projects:read", "models:read"] };
    let mut granted = authority.grant(new, Some(lives), now, dice);
    granted.tokens.refresh = None;
    granted.life = Expiry { obtained_at: granted.life.obtained_at, ..Expiry::default() };
    guest("demo-qonic", "jon", POST, granted)
}

/// A profile at another provider than `demo`.
fn guest(provider: &str, name: &str, client: &str, granted: Granted) -> Option<Profile> {
    let name = ProfileName::new(provider, name).ok()?;
    Some(Profile {
        client_id: Some(client.to_owned()),
        client_secret: Some(Secret::new(CONFIDENTIAL_SECRET)),
        held: StoredTokens::Present(granted.tokens),
        life: granted.life,
        scopes: granted.scopes,
        ..Profile::new(ProfileId { store: StoreId::Own, name }, Kind::OAuth)
    })
}

fn play(part: &Part, authority: &mut Authority, now: Now, dice: [u8; 64]) -> Option<Profile> {
    let then = Now { wall: now.wall - TimeDelta::minutes(part.since), ..now };
    let lives = Lives { access: TimeDelta::minutes(part.life), grant: Some(TimeDelta::days(30)) };
    let account = format!("{}@demo.test", part.account);
    let new = NewGrant { client: PUBLIC, account: &account, scopes: &["profile", "inference"] };
    let granted = authority.grant(new, Some(lives), then, dice);
    let mut profile = Profile {
        client_id: Some(PUBLIC.to_owned()),
        held: StoredTokens::Present(granted.tokens),
        life: granted.life,
        scopes: granted.scopes,
        account: Some(granted.account),
        subject: Some(granted.subject),
        auto_refresh: if part.account == RENEWED { AutoRefresh::On } else { AutoRefresh::Off },
        ..Profile::new(id(part.account)?, Kind::OAuth)
    };
    let grant = profile.grant();
    let ended = |result| Some(LastRefresh::new(now.wall - TimeDelta::seconds(20), result, grant));
    match part.role {
        Role::Plain => {}
        Role::Retrying => {
            let (why, retry_at) =
                ("answered 503 with an empty body".to_owned(), now.wall + TimeDelta::minutes(2));
            profile.last_refresh = ended(RefreshResult::Passing { why, times: 3, retry_at });
        }
        Role::Dead => {
            authority.withdraw(&account);
            let why = "refused with invalid_grant: the grant was ended".to_owned();
            profile.last_refresh = ended(RefreshResult::Dead { why });
        }
        Role::Revoked => {
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
