//! Fixtures of unit tests: one moment, and profiles and events around it.
#![cfg(test)]

use crate::domain::change::{Row, Snapshot};
use crate::domain::clock::{DateTime, FixedOffset, Now, Steady, Utc, at_seconds};
use crate::domain::event::{Author, Event, GrantEvent};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{Kind, Profile};
use crate::domain::secret::Secret;
use crate::domain::store_presence::StorePresence;
use crate::domain::tokens::{StoredTokens, Tokens};

/// So many seconds after Fri, 15 Jan 2027 08:00:00 GMT.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    at_seconds(1_800_000_000 + seconds).expect("in range")
}

/// The moment [`at`] 0, in UTC.
pub(crate) fn now() -> Now {
    let offset = FixedOffset::east_opt(0).expect("in range");
    Now { wall: at(0), steady: Steady::default(), offset }
}

pub(crate) fn tokens(access: &str, refresh: Option<&str>) -> Tokens {
    Tokens { access: Secret::new(access), refresh: refresh.map(Secret::new) }
}

/// A profile `PROVIDER/NAME` without tokens.
pub(crate) fn empty_profile(name: &str, kind: Kind) -> Profile {
    let name = ProfileName::parse(name).expect("a name");
    Profile::new(ProfileId { store: StoreId::Own, name }, kind)
}

/// A login `PROVIDER/NAME` with the access token `a` and the refresh token `r`.
pub(crate) fn profile(name: &str) -> Profile {
    let held = StoredTokens::Present(tokens("a", Some("r")));
    Profile { held, ..empty_profile(name, Kind::OAuth) }
}

/// The person's own store with these rows.
pub(crate) fn snapshot(rows: Vec<Row>) -> Snapshot {
    Snapshot { rows: rows.into(), presence: StorePresence::There, ..Snapshot::empty(StoreId::Own) }
}

/// An event of `acme/ana`.
pub(crate) fn event(what: GrantEvent) -> Event {
    Event {
        at: at(0),
        by: Author { program: "authtui".into(), process: 7 },
        profile: ProfileName::parse("acme/ana").expect("a name"),
        store: "/home/ana/config.yaml".into(),
        what,
    }
}
