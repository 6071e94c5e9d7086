//! Take-over: what a login that another program keeps becomes in our own store, or why it cannot be moved.
//!
//! A refresh token works once, so only a login that is refreshed here at once can be ours: that needs the
//! token, the client that it was given to, and a provider that is known here.

use std::fmt;

use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Utc};
use crate::domain::event::{self, Event, GrantHistory};
use crate::domain::name::{ProfileId, ProfileName};
use crate::domain::profile::Profile;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::{Authentication, Provider};
use crate::domain::refreshability::{NotRefreshable, refreshability};
use crate::oauth::discovery::KnownServer;

/// How many refreshes of a grant are followed.
const GENERATION_LIMIT: usize = 100;

/// Why a borrowed login cannot be taken over; its words follow a colon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTakeable {
    /// No program keeps it.
    Ours,
    /// This profile of ours holds its grant already.
    HeldHere(ProfileId),
    /// There is no provider file of that name, nor one for the server of the login.
    NoProvider(String),
    /// The file of its program does not say for which client it is.
    NoClient,
    /// Its client has a secret, which that file does not hold.
    NoClientSecret,
    /// No free name was found.
    NoName,
    NotRefreshable(NotRefreshable),
}

impl fmt::Display for NotTakeable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ours => f.write_str("no other program keeps it"),
            Self::HeldHere(id) => write!(f, "{} in {} is the same login", id.name, id.store),
            Self::NoProvider(name) => write!(f, "there is no provider file for {name}"),
            Self::NoClient => f.write_str("its file does not say which client it was given to"),
            Self::NoClientSecret => f.write_str("its file does not hold the secret of its client"),
            Self::NoName => f.write_str("every name for it is taken"),
            Self::NotRefreshable(why) => why.fmt(f),
        }
    }
}

/// The provider whose login `borrowed` is: that of its name, else the one that was found for its server.
#[must_use]
pub fn provider<'a>(
    borrowed: &Profile,
    catalog: &'a Catalog,
    own: &Snapshot,
    now: DateTime<Utc>,
) -> Option<&'a Provider> {
    let named = catalog.get(borrowed.id.name.provider());
    named.or_else(|| {
        let address = borrowed.owner.as_ref()?.address.as_ref()?;
        let known = KnownServer::all(catalog, own, now).into_iter().find(|known| known.is_at(address))?;
        catalog.get(&known.provider)
    })
}

/// What `borrowed` becomes in the store `own`, under a name that is free there.
///
/// # Errors
/// Why it cannot be.
pub fn taken_over(
    borrowed: &Profile,
    catalog: &Catalog,
    own: &Snapshot,
    now: DateTime<Utc>,
) -> Result<Profile, NotTakeable> {
    if borrowed.owner.is_none() {
        return Err(NotTakeable::Ours);
    }
    let name = borrowed.id.name.clone();
    let provider = provider(borrowed, catalog, own, now)
        .ok_or_else(|| NotTakeable::NoProvider(name.provider().to_owned()))?;
    let wanted = ProfileName::new(provider.name.as_str(), name.name()).map_err(|_| NotTakeable::NoName)?;
    let name = if own.is_taken(&wanted) { own.free_name(&wanted) } else { Some(wanted) };
    let profile = Profile {
        id: ProfileId { store: own.store, name: name.ok_or(NotTakeable::NoName)? },
        owner: None,
        ..borrowed.clone()
    };
    let profile = profile.with_login(|login| login.origins = provider.origins());
    refreshability(&profile, Some(provider), now).map_err(NotTakeable::NotRefreshable)?;
    if profile.client_id.is_none() {
        return Err(NotTakeable::NoClient);
    }
    if provider.client.authentication != Authentication::None && profile.login.client_secret.is_none() {
        return Err(NotTakeable::NoClientSecret);
    }
    Ok(profile)
}

/// The profile of `stores` that holds the grant of `borrowed`: the same tokens, as after a take-over that was
/// killed, or those of a later refresh, which `events`, oldest first, tell of.
pub fn held_here<'a>(
    borrowed: &Profile,
    stores: impl IntoIterator<Item = &'a Snapshot>,
    events: &[Event],
) -> Option<ProfileId> {
    let mut grants = vec![borrowed.refresh_token_id()?];
    while let Some(last) = grants.last().filter(|_| grants.len() < GENERATION_LIMIT)
        && let GrantHistory::Spent { next, .. } = event::grant_history(events, last)
    {
        grants.push(next.clone());
    }
    let holds = |profile: &&Profile| profile.refresh_token_id().is_some_and(|grant| grants.contains(&grant));
    let ours = stores.into_iter().filter(|snapshot| snapshot.store.may_be_written());
    let found = ours.flat_map(Snapshot::profiles).find(holds);
    found.map(|profile| profile.id.clone())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::change::Row;
    use crate::domain::clock::at_seconds;
    use crate::domain::event::GrantEvent;
    use crate::domain::fixtures;
    use crate::domain::name::StoreId;
    use crate::domain::owner::Owner;
    use crate::domain::profile::Kind;
    use crate::stored::provider_file;

    #[test]
    fn a_login_is_taken_over_under_a_free_name_as_one_of_our_own() {
        let taken = taken_over(&borrowed(), &catalog("none"), &own(&[]), now()).expect("possible");
        assert_eq!(taken.id, ProfileId { store: StoreId::Own, name: name("acme/program") });
        assert_eq!((taken.owner, taken.held), (None, borrowed().held));
        assert_eq!(taken.login.origins, ["https://a.test"]);
        let taken = taken_over(&borrowed(), &catalog("none"), &own(&["acme/program"]), now());
        assert_eq!(taken.expect("possible").id.name, name("acme/program-2"));
    }

    #[test]
    fn a_login_that_was_taken_over_is_known_by_its_tokens_and_by_what_they_became() {
        let grant = |profile: &Profile| profile.refresh_token_id().expect("a grant");
        let holder = |id: &str, token: &str| Profile {
            held: crate::domain::tokens::StoredTokens::Present(fixtures::tokens(token, Some(token))),
            ..fixtures::profile(id)
        };
        let store = |profile: &Profile| Snapshot {
            rows: [Row::Profile(Arc::new(profile.clone()))].into(),
            ..Snapshot::empty(StoreId::Own)
        };
        let refreshed = |from: &Profile, to: &Profile| {
            let (grant, next) = (grant(from), grant(to));
            fixtures::event(GrantEvent::Refreshed { grant, next, generation: 1 })
        };
        let (second, third) = (holder("acme/work", "second"), holder("acme/work", "third"));
        let copy = Profile { held: borrowed().held, ..fixtures::profile("acme/work") };
        let events = [refreshed(&borrowed(), &second), refreshed(&second, &third)];
        for (held, events, is_known) in [
            (&copy, &events[..0], true),
            (&second, &events[..1], true),
            (&third, &events[..], true),
            (&third, &events[..1], false),
            (&holder("acme/other", "other"), &events[..], false),
        ] {
            let held = store(held);
            let found = held_here(&borrowed(), [&held], events);
            assert_eq!(found.is_some(), is_known, "{held:?}");
        }
        let theirs = Snapshot { store: StoreId::Borrowed, ..store(&copy) };
        assert_eq!(held_here(&borrowed(), [&theirs], &[]), None);
    }

    #[test]
    fn what_is_missing_for_a_take_over_is_said() {
        let (plain, own) = (catalog("none"), own(&[]));
        let without_client = Profile { client_id: None, ..borrowed() };
        let without_refresh = Profile {
            held: crate::domain::tokens::StoredTokens::Present(fixtures::tokens("a", None)),
            ..borrowed()
        };
        let key = Profile { kind: Kind::ApiKey, ..borrowed() };
        let elsewhere =
            Profile { id: ProfileId { store: StoreId::Borrowed, name: name("other/program") }, ..borrowed() };
        for (profile, catalog, why) in [
            (without_client, &plain, "which client"),
            (without_refresh, &plain, "no refresh token"),
            (key, &plain, "API keys"),
            (elsewhere, &plain, "no provider file for other"),
            (borrowed(), &catalog("post"), "secret of its client"),
            (Profile { owner: None, ..borrowed() }, &plain, "no other program"),
        ] {
            let told = taken_over(&profile, catalog, &own, now()).expect_err(why).to_string();
            assert!(told.contains(why), "{told}");
        }
    }

    fn catalog(authentication: &str) -> Catalog {
        let text = format!(
            "name: acme\nendpoints: {{ authorize: 'https://a.test/a', token: 'https://a.test/t' }}\n\
             client: {{ id: ours, authentication: {authentication} }}\n"
        );
        provider_file::catalog([("acme.yaml".to_owned(), Ok(text))])
    }

    fn own(names: &[&str]) -> Snapshot {
        let row = |name: &&str| Row::Profile(Arc::new(fixtures::profile(name)));
        Snapshot { rows: names.iter().map(row).collect(), ..Snapshot::empty(StoreId::Own) }
    }

    fn borrowed() -> Profile {
        let owner =
            Owner { title: "Program".into(), file: "~/p.json".into(), elsewhere: None, address: None };
        Profile {
            id: ProfileId { store: StoreId::Borrowed, name: name("acme/program") },
            client_id: Some("theirs".into()),
            owner: Some(Arc::new(owner)),
            ..fixtures::profile("acme/program")
        }
    }

    fn name(text: &str) -> ProfileName {
        ProfileName::parse(text).expect("a name")
    }

    fn now() -> DateTime<Utc> {
        at_seconds(1_800_000_000).expect("in range")
    }
}
