//! Known server: one that a provider of the person is for, with its client.

use std::cmp::Reverse;

use url::Url;

use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Utc};
use crate::domain::configured_server::ConfiguredServer;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::discovered::DiscoveredClient;
use crate::domain::provider::{Provider, Redirect};
use crate::domain::secret::Secret;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownServer {
    /// The provider's name.
    pub provider: String,
    pub issuer: Option<String>,
    pub resource: Vec<String>,
    /// The address that was asked for it.
    pub from: Option<Url>,
    pub client: DiscoveredClient,
    /// Where answers to that client come.
    pub redirect: Redirect,
    /// The client's secret, as a profile has it.
    pub secret: Option<Secret>,
    /// Whether a login with it gave tokens.
    pub has_worked: bool,
}

impl KnownServer {
    /// Those of the person's own provider files, the newest first: a preset's client is that of another
    /// program.
    #[must_use]
    pub fn all(catalog: &Catalog, snapshot: &Snapshot, now: DateTime<Utc>) -> Vec<Self> {
        let own = catalog.files().map(|entry| &entry.provider);
        let mut providers: Vec<&Provider> = own.filter(|provider| !provider.example).collect();
        // Of two from the same second the one with the higher number is the newer one.
        let age = |provider: &&Provider| {
            Reverse((provider.discovered.as_ref().map(|source| source.at), provider.name.clone()))
        };
        providers.sort_by_cached_key(age);
        providers.into_iter().map(|provider| Self::of(provider, snapshot, now)).collect()
    }

    fn of(provider: &Provider, snapshot: &Snapshot, now: DateTime<Utc>) -> Self {
        let client = &provider.client;
        let ended = client.secret_ends.is_some_and(|end| end <= now);
        let profiles = snapshot.profiles().filter(|profile| {
            profile.id.name.provider() == provider.name
                && profile.client_id.as_deref().is_none_or(|id| client.id.as_deref() == Some(id))
                && profile.agrees_to_all(provider).is_ok()
        });
        let profiles: Vec<_> = profiles.collect();
        let secret =
            profiles.iter().find_map(|profile| profile.login.client_secret.clone()).filter(|_| !ended);
        let has_worked = profiles
            .iter()
            .any(|profile| profile.held.tokens().is_some() && profile.life.obtained_at >= client.registered);
        Self {
            provider: provider.name.clone(),
            issuer: provider.issuer.clone(),
            resource: provider.resource.clone(),
            from: provider.discovered.as_ref().map(|source| source.from.clone()),
            client: DiscoveredClient {
                id: client.id.clone(),
                authentication: client.authentication.clone(),
                registered: client.registered,
                secret_ends: client.secret_ends,
            },
            redirect: provider.redirect.clone(),
            secret,
            has_worked,
        }
    }

    /// Whether `address` is what it is for, by what its file says.
    #[must_use]
    pub fn is_at(&self, address: &Url) -> bool {
        let is_same = |written: &str| Url::parse(written).is_ok_and(|url| same(&url, address));
        self.from.as_ref().is_some_and(|from| same(from, address))
            || self.resource.iter().any(|resource| is_same(resource))
            || self.issuer.as_deref().is_some_and(is_same)
    }

    /// Those of `servers` at which nobody has logged in here.
    #[must_use]
    pub fn without_login(
        servers: Vec<ConfiguredServer>,
        catalog: &Catalog,
        own: &Snapshot,
        now: DateTime<Utc>,
    ) -> Vec<ConfiguredServer> {
        let known = Self::all(catalog, own, now);
        let has_login = |known: &Self| {
            let mut profiles = own.profiles().filter(|one| one.id.name.provider() == known.provider);
            profiles.any(|profile| profile.held.tokens().is_some())
        };
        let is_new = |server: &ConfiguredServer| {
            !known.iter().any(|known| known.is_at(&server.address) && has_login(known))
        };
        servers.into_iter().filter(is_new).collect()
    }

    /// Whether it is for the server that names itself so.
    pub(super) fn is_for(&self, issuer: Option<&str>, resource: Option<&str>, address: &Url) -> bool {
        let same_resource = match resource {
            Some(resource) => self.resource.iter().any(|known| known == resource),
            None => self.is_at(address),
        };
        self.issuer.as_deref() == issuer && same_resource
    }

    /// Whether a client of it can be used at `issuer` as it is.
    pub(super) fn has_client_of(&self, issuer: &str) -> bool {
        self.issuer.as_deref() == Some(issuer) && self.client.id.is_some() && self.can_prove()
    }

    /// Whether its client can prove itself with what is stored.
    pub(super) fn can_prove(&self) -> bool {
        !self.client.authentication.has_secret() || self.secret.is_some()
    }
}

/// Whether two addresses are the same but for a slash at the end.
fn same(one: &Url, other: &Url) -> bool {
    one.as_str().trim_end_matches('/') == other.as_str().trim_end_matches('/')
}
