//! Remedies: what brings a credential to where an order looks for it.

use crate::cli::resolve::request::ResolveRequest;
use crate::domain::change::Snapshot;
use crate::domain::name::ProfileName;
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::environment::CredentialSource;
use crate::domain::provider::{LoginMethod, Provider};

impl ResolveRequest<'_> {
    /// A stored key, where the order does not look at any.
    pub(super) fn unseen_key<'s>(&self, stores: &'s [Snapshot]) -> Option<&'s ProfileName> {
        if self.order.takes_keys() {
            return None;
        }
        let held = || self.keys(stores).filter(|key| key.held.tokens().is_some()).map(|key| &key.id.name);
        held().find(|name| self.wanted.as_ref() == Some(*name)).or_else(|| held().next())
    }

    fn keys<'s>(&self, stores: &'s [Snapshot]) -> impl Iterator<Item = &'s Profile> {
        let provider = self.provider.name.clone();
        let all = stores.iter().flat_map(Snapshot::profiles);
        all.filter(move |one| one.kind == Kind::ApiKey && one.id.name.provider() == provider)
    }

    /// What brings a credential to where the order looks; `key` is one that stands elsewhere.
    pub(super) fn remedies(&self, key: Option<&ProfileName>, stores: &[Snapshot]) -> Vec<String> {
        let Provider { name: provider, flows, .. } = self.provider;
        let looked = |source: &CredentialSource| self.order.sources.contains(source);
        let by_login =
            |flow: &LoginMethod| matches!(flow, LoginMethod::Code | LoginMethod::Paste | LoginMethod::Device);
        let mut steps: Vec<String> =
            self.variable(key.is_some()).map(|name| format!("set {name}")).into_iter().collect();
        if key.is_some()
            && let Some(order) = self.provider.orders.iter().find(|order| order.takes_keys())
        {
            steps.push(format!("look in another order: --order {}", order.name));
        }
        if self.provider.example {
            // A login there is refused.
            steps.push(format!("copy the example first: authtui providers show {provider}"));
        } else if looked(&CredentialSource::Login) && flows.iter().any(by_login) {
            // No login may take the name of a key.
            let is_key = |name: &&ProfileName| {
                name.is_reserved() || self.keys(stores).any(|key| key.id.name == **name)
            };
            let wanted = self.wanted.as_ref().filter(|name| !is_key(name));
            let name = wanted.map_or_else(|| provider.clone(), ProfileName::exact);
            steps.push(format!("log in: authtui login {name}"));
        } else if looked(&CredentialSource::Key) && flows.contains(&LoginMethod::Key) {
            steps.push(format!("store a key: authtui login {provider} --key"));
        }
        steps
    }

    /// The first variable that is looked at; for a key the first that travels as keys do.
    fn variable(&self, for_key: bool) -> Option<&str> {
        let variables = self.order.sources.iter().filter_map(|source| match source {
            CredentialSource::Variable(name) => Some(name.as_str()),
            CredentialSource::Login | CredentialSource::Key => None,
        });
        let header = |name: &str| self.provider.variable(name).and_then(|one| one.header.as_deref());
        let alike = |name: &&str| for_key && header(name) == self.provider.key_header.as_deref();
        variables.clone().find(alike).or_else(|| variables.clone().next())
    }
}
