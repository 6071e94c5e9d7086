//! Plan of a discovery: the address, and what is known before it is asked.

use std::collections::BTreeSet;

use url::Url;

use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::registration::RegistrationRecipe;
use crate::domain::provider::{PortRule, Redirect};
use crate::oauth::discovery::client_way::{ClientOffer, ClientWay};
use crate::oauth::discovery::known::KnownServer;
use crate::oauth::discovery::provider_name;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveryPlan {
    /// What the person typed.
    pub address: Url,
    pub goal: DiscoveryGoal,
    /// What the new provider is called; absent: after its host.
    pub name: Option<String>,
    /// Names that other providers have.
    pub taken: BTreeSet<String>,
    /// The servers that providers of the person are for.
    pub known: Vec<KnownServer>,
    /// The client of the person.
    pub client: Option<OwnClient>,
    /// The address of the document that describes authtui, where there is one.
    pub client_metadata: Option<Url>,
    /// Where answers are to come, of a client that is registered.
    pub redirect: Redirect,
    /// How clients are registered by hand at servers of certain issuers.
    pub recipes: Vec<RegistrationRecipe>,
    /// Whether doubtful addresses are fine.
    pub agreed: bool,
}

/// What is to be had in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscoveryGoal {
    /// A provider that one can log in with.
    Login,
    /// The same by the next way to be a client: the server does not know the one before.
    NewClient,
    /// To know what a login would find; nothing is registered.
    Check,
}

/// A client that the person registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnClient {
    pub id: String,
    /// Whether there is a secret, which the login takes.
    pub has_secret: bool,
}

impl DiscoveryPlan {
    /// The plan for `address`, nothing else being said.
    #[must_use]
    pub fn new(address: Url, goal: DiscoveryGoal, catalog: &Catalog) -> Self {
        Self {
            address,
            goal,
            name: None,
            taken: catalog.entries().map(|entry| entry.provider.name.clone()).collect(),
            known: Vec::new(),
            client: None,
            client_metadata: None,
            redirect: registered_redirect(Redirect::default().port),
            recipes: catalog.entries().filter_map(|entry| entry.provider.registration.clone()).collect(),
            agreed: false,
        }
    }

    /// The same with answers to come to `port` first, of a client that is registered.
    #[must_use]
    pub fn with_port(self, port: u16) -> Self {
        Self { redirect: registered_redirect(port), ..self }
    }

    /// The provider that is for the server with these names already, and whose client can be used.
    pub(super) fn known_server(&self, issuer: Option<&str>, resource: Option<&str>) -> Option<&KnownServer> {
        let id = self.client.as_ref().map(|client| client.id.as_str());
        let is_usable = |known: &KnownServer| match id {
            Some(id) => known.client.id.as_deref().is_none_or(|known| known == id),
            None => known.can_prove() || known.client.registered.is_none(),
        };
        let known = self.same_servers(issuer, resource).into_iter().find(|known| is_usable(known));
        known.filter(|_| self.goal == DiscoveryGoal::Login)
    }

    fn same_servers(&self, issuer: Option<&str>, resource: Option<&str>) -> Vec<&KnownServer> {
        self.known.iter().filter(|known| known.is_for(issuer, resource, &self.address)).collect()
    }

    /// A provider whose client `issuer` knows.
    pub(super) fn known_client(&self, issuer: &str) -> Option<&KnownServer> {
        let reuses = self.goal != DiscoveryGoal::NewClient;
        self.known.iter().filter(|_| reuses).find(|known| known.has_client_of(issuer))
    }

    /// The way to a client of the server with these names: the next one after that of the provider that is
    /// for it, where a new client is wanted.
    pub(super) fn client_way(
        &self,
        issuer: Option<&str>,
        resource: Option<&str>,
        offer: ClientOffer,
    ) -> ClientWay {
        let refused = self.same_servers(issuer, resource).into_iter().next();
        match (self.goal, refused) {
            (DiscoveryGoal::NewClient, Some(known)) => {
                ClientWay::of(&known.client, &known.redirect).next(known.has_worked, offer)
            }
            (DiscoveryGoal::NewClient, None) => ClientWay::Document.next(false, offer),
            (DiscoveryGoal::Login | DiscoveryGoal::Check, _) => ClientWay::first(offer),
        }
    }

    /// The same with the server of that provider before all others: its client was refused.
    #[must_use]
    pub fn refusing(mut self, provider: &str) -> Self {
        self.goal = DiscoveryGoal::NewClient;
        self.known.sort_by_key(|known| known.provider != provider);
        self
    }

    /// What the new provider is called: where only its client is new, as before.
    pub(super) fn new_name(&self, issuer: Option<&str>, resource: Option<&str>) -> String {
        let same = self.same_servers(issuer, resource);
        let keeps_name = self.client.is_none() || self.goal == DiscoveryGoal::NewClient;
        let before = same.into_iter().find(|known| keeps_name && known.from.is_some());
        let before = before.map(|known| known.provider.clone());
        let named = self.name.clone().filter(|name| !self.taken.contains(name));
        before.or(named).unwrap_or_else(|| provider_name::free(&self.address, &self.taken))
    }
}

/// The redirect that is registered: three ports, because many servers know only those that they were told.
fn registered_redirect(port: u16) -> Redirect {
    let more = [1, 2].iter().filter_map(|more| port.checked_add(*more)).collect();
    Redirect { port, rule: PortRule::List(more), ..Redirect::default() }
}
