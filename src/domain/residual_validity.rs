//! Validity of a profile's token and login at the provider, in words.
//!
//! Every "works until" is written here: the end that the provider once gave counts only until a
//! refresh or a test says otherwise.

use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::profile::{Kind, Profile, RefreshResult};

/// Writes a moment as people read it.
pub type Moment = fn(DateTime<Utc>, Now) -> String;

/// Whether a token or a login still works, as far as anybody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Until the given time, which the provider told.
    Until(DateTime<Utc>),
    /// The provider told no end.
    NoEndKnown,
    /// Its end has passed.
    Ended(DateTime<Utc>),
    /// The provider ended it before its time, or refuses it.
    Refused,
}

impl Validity {
    fn of(end: Option<DateTime<Utc>>, is_refused: bool, now: DateTime<Utc>) -> Self {
        match end {
            Some(end) if end <= now => Self::Ended(end),
            _ if is_refused => Self::Refused,
            Some(end) => Self::Until(end),
            None => Self::NoEndKnown,
        }
    }

    /// The validity of the access token, key or value; nothing where none is held.
    #[must_use]
    pub fn of_token(profile: &Profile, now: DateTime<Utc>) -> Option<Self> {
        profile.held.tokens()?;
        Some(Self::of(profile.life.expires_at, profile.is_refused(), now))
    }

    /// The validity of the login, that is, of the refresh token; nothing where none is held.
    #[must_use]
    pub fn of_login(profile: &Profile, now: DateTime<Utc>) -> Option<Self> {
        profile.refresh_token()?;
        if profile.has_dead_grant() {
            return Some(Self::Refused);
        }
        Some(Self::of(profile.life.grant_ends_at, false, now))
    }

    /// The end that is yet to come; nothing where none is known or it has come already.
    #[must_use]
    pub fn until(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Until(end) => Some(end),
            Self::NoEndKnown | Self::Ended(_) | Self::Refused => None,
        }
    }

    /// The end that the provider told, past or not; nothing where none is known or it refuses already.
    #[must_use]
    pub fn end(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Until(end) | Self::Ended(end) => Some(end),
            Self::NoEndKnown | Self::Refused => None,
        }
    }
}

/// The one sentence about signing out here alone: what goes on working for somebody who has a copy of the
/// secrets of `profile`, and which other profiles of `store` hold the same login. Nothing where no secret is
/// held.
#[must_use]
pub fn not_notified(profile: &Profile, store: Option<&Snapshot>, now: Now, moment: Moment) -> Option<String> {
    let words = words(profile, store, now, moment)?;
    Some(format!("{} is not notified: {words}.", profile.id.name.provider()))
}

/// What of a profile goes on working at its provider, in words.
#[must_use]
pub fn words(profile: &Profile, store: Option<&Snapshot>, now: Now, moment: Moment) -> Option<String> {
    let token = Validity::of_token(profile, now.wall)?;
    if profile.kind != Kind::OAuth {
        return Some(match token {
            Validity::Refused => "it refused the key in the last test".to_owned(),
            Validity::Until(end) => {
                format!("the key works until {}, or until you delete it there", moment(end, now))
            }
            Validity::Ended(_) => "the key has already expired".to_owned(),
            Validity::NoEndKnown => "the key works until you delete it there".to_owned(),
        });
    }
    let login = login(profile, store, now);
    let clocks = match (token, login) {
        (Validity::Until(token), Some(Validity::Until(login))) => {
            format!(
                "the token stays valid until {}, the login until {}",
                moment(token, now),
                moment(login, now)
            )
        }
        (token, login) => {
            let token = match token {
                Validity::Refused => "it refused the token in the last test".to_owned(),
                Validity::Until(_) | Validity::NoEndKnown | Validity::Ended(_) => {
                    format!("the token {}", works(token, now, moment))
                }
            };
            let login = login.map(|login| of_login(login, now, moment));
            std::iter::once(token).chain(login).collect::<Vec<_>>().join("; ")
        }
    };
    let twins = twins(profile, store).map(|twin| format!("{} uses the same login", twin.id.name));
    Some(std::iter::once(clocks).chain(twins).collect::<Vec<_>>().join("; "))
}

fn of_login(login: Validity, now: Now, moment: Moment) -> String {
    match login {
        Validity::Refused => "the provider has already ended this login".to_owned(),
        Validity::Until(_) | Validity::NoEndKnown | Validity::Ended(_) => {
            format!("the login {}", works(login, now, moment))
        }
    }
}

/// The same in fewer words, of what works longest: `stays valid until …`.
#[must_use]
pub fn brief(profile: &Profile, store: Option<&Snapshot>, now: Now, moment: Moment) -> Option<String> {
    let token = Validity::of_token(profile, now.wall)?;
    let login = login(profile, store, now).filter(|login| *login != Validity::Refused);
    Some(match (profile.kind, login.unwrap_or(token)) {
        (Kind::ApiKey | Kind::Environment, Validity::NoEndKnown) => "works until you delete it".to_owned(),
        (_, longest) => works(longest, now, moment),
    })
}

fn twins<'a>(profile: &'a Profile, store: Option<&'a Snapshot>) -> impl Iterator<Item = &'a Profile> {
    store.into_iter().flat_map(|store| store.twins(profile))
}

/// What is known of the login, also by another profile that holds the same refresh token.
fn login(profile: &Profile, store: Option<&Snapshot>, now: Now) -> Option<Validity> {
    let own = Validity::of_login(profile, now.wall)?;
    let is_dead = |twin: &Profile| {
        let same = twin.refresh_token() == profile.refresh_token();
        let last = twin.last_refresh_of_this_grant().filter(|_| same);
        last.is_some_and(|last| matches!(last.result, RefreshResult::Dead { .. }))
    };
    Some(if twins(profile, store).any(is_dead) { Validity::Refused } else { own })
}

fn works(validity: Validity, now: Now, moment: Moment) -> String {
    match validity {
        Validity::Until(end) => format!("stays valid until {}", moment(end, now)),
        Validity::NoEndKnown => "has no known expiry".to_owned(),
        Validity::Ended(_) => "has already expired".to_owned(),
        Validity::Refused => "is already refused".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::change::Row;
    use crate::domain::clock::TimeDelta;
    use crate::domain::fixtures::{empty_profile, now, snapshot, tokens};
    use crate::domain::name::ProfileName;
    use crate::domain::profile::{LastRefresh, LastTest, TestResult};

    use crate::domain::tokens::{Expiry, StoredTokens};

    const MOMENT: Moment = |at, now| format!("{:+}", (at - now.wall).num_seconds());

    #[test]
    fn every_secret_that_is_held_is_spoken_of() {
        for (kind, refresh, access_left, login_left, said, short) in [
            (
                Kind::ApiKey,
                false,
                None,
                None,
                "the key works until you delete it there",
                "works until you delete it",
            ),
            (Kind::OAuth, false, Some(60), None, "the token stays valid until +60", "stays valid until +60"),
            (
                Kind::OAuth,
                true,
                Some(-1),
                None,
                "the token has already expired; the login has no known expiry",
                "has no known expiry",
            ),
            (
                Kind::OAuth,
                true,
                None,
                Some(90),
                "the token has no known expiry; the login stays valid until +90",
                "stays valid until +90",
            ),
            (
                Kind::OAuth,
                true,
                Some(60),
                Some(0),
                "the token stays valid until +60; the login has already expired",
                "has already expired",
            ),
        ] {
            let profile = held(kind, refresh, access_left, login_left);
            assert_eq!(words(&profile, None, now(), MOMENT).as_deref(), Some(said));
            assert_eq!(brief(&profile, None, now(), MOMENT).as_deref(), Some(short));
            assert_eq!(words(&nothing(kind), None, now(), MOMENT), None);
        }
    }

    #[test]
    fn a_login_that_the_provider_ended_is_said_to_work_until_nothing() {
        let mut profile = held(Kind::OAuth, true, Some(60), Some(90));
        profile.last_refresh = dead(&profile);
        let said = "the token stays valid until +60; the provider has already ended this login";
        assert_eq!(words(&profile, None, now(), MOMENT).as_deref(), Some(said));
        assert_eq!(brief(&profile, None, now(), MOMENT).as_deref(), Some("stays valid until +60"));
        assert_eq!(Validity::of_login(&profile, now().wall).and_then(Validity::end), None);

        profile.last_test = refused(&profile);
        let said = "it refused the token in the last test; the provider has already ended this login";
        assert_eq!(words(&profile, None, now(), MOMENT).as_deref(), Some(said));
        assert_eq!(brief(&profile, None, now(), MOMENT).as_deref(), Some("is already refused"));

        // What was said of another login and another token says nothing of these.
        profile.held = StoredTokens::Present(tokens("a2", Some("r2")));
        let said = "the token stays valid until +60, the login until +90";
        assert_eq!(words(&profile, None, now(), MOMENT).as_deref(), Some(said));
    }

    #[test]
    fn a_refused_key_is_not_said_to_work() {
        let mut key = held(Kind::ApiKey, false, None, None);
        key.last_test = refused(&key);
        let said = words(&key, None, now(), MOMENT);
        assert_eq!(said.as_deref(), Some("it refused the key in the last test"));
        assert_eq!(brief(&key, None, now(), MOMENT).as_deref(), Some("is already refused"));
    }

    #[test]
    fn another_profile_with_the_same_login_is_named_and_believed() {
        let profile = held(Kind::OAuth, true, Some(60), Some(90));
        let mut twin = profile.clone();
        twin.id.name = ProfileName::parse("acme/other").expect("a name");
        twin.last_refresh = dead(&twin);
        let rows = [&profile, &twin].map(|profile| Row::Profile(Arc::new(profile.clone())));
        let store = snapshot(rows.to_vec());
        let said = "the token stays valid until +60; the provider has already ended this login; acme/other \
            uses the same login";
        assert_eq!(words(&profile, Some(&store), now(), MOMENT).as_deref(), Some(said));
    }

    fn dead(profile: &Profile) -> Option<Box<LastRefresh>> {
        let result = RefreshResult::Dead { why: "invalid_grant".into() };
        Some(Box::new(LastRefresh::new(now().wall, result, profile.refresh_token_id())))
    }

    fn refused(profile: &Profile) -> Option<Box<LastTest>> {
        let token = profile.token_fingerprint()?;
        Some(Box::new(LastTest { at: now().wall, result: TestResult::Refused, status: 401, token }))
    }

    fn held(kind: Kind, refresh: bool, access_left: Option<i64>, login_left: Option<i64>) -> Profile {
        let end = |left: Option<i64>| left.map(|left| now().wall + TimeDelta::seconds(left));
        let life =
            Expiry { expires_at: end(access_left), grant_ends_at: end(login_left), ..Expiry::default() };
        Profile { held: StoredTokens::Present(tokens("a", refresh.then_some("r"))), life, ..nothing(kind) }
    }

    fn nothing(kind: Kind) -> Profile {
        empty_profile("acme/work", kind)
    }
}
