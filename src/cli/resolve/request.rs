//! Request of `resolve`: a provider, the order in which its credentials are looked for, and the one
//! that is meant where `PROVIDER/NAME` was written.

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::cli::profile_arg::{self, Meant};
use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Utc};
use crate::domain::name::ProfileName;
use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::environment::LookupOrder;
use crate::domain::resolve::{Resolution, ResolvedCredential, Sources, resolve};
use crate::shell::Services;

/// What is looked for.
pub(super) struct ResolveRequest<'a> {
    pub(super) provider: &'a Provider,
    pub(super) order: LookupOrder,
    pub(super) wanted: Option<ProfileName>,
    /// What was written, or chosen where a provider alone was, or nothing.
    pub(super) meant: Meant,
}

impl<'a> ResolveRequest<'a> {
    /// What `named` means here, in the order of that name or else in the usual one.
    ///
    /// # Errors
    /// The number to end with, once the reason was said.
    pub(super) fn new(
        services: &Services,
        catalog: &'a Catalog,
        named: Option<&str>,
        order: Option<&str>,
    ) -> Result<Self, Exit> {
        let mut meant = profile_arg::here(services, named)?;
        if meant.by.is_some() {
            let found =
                profile_arg::find(services, &meant.name).map_err(|exit| meant.explain(services, exit))?;
            meant.name = found.1.id.name.exact();
        }
        let text = meant.name.as_str();
        let name = profile_arg::parse(text)?;
        let wanted = name.provider();
        let Some(provider) = catalog.get(wanted) else {
            let known = catalog.entries().map(|entry| entry.provider.name.as_str());
            let known = known.collect::<Vec<_>>().join(", ");
            return Err(profile_arg::no_provider(catalog, wanted, &format!("Known are: {known}.")));
        };
        let order = match order {
            None => provider.usual_order(),
            Some(order) => named_order(provider, order)?,
        };
        let wanted = text.contains('/').then_some(name);
        Ok(Self { provider, order, wanted, meant })
    }

    /// Looks whether the profile that is meant is there.
    ///
    /// # Errors
    /// The number to end with where it is not, once that was said.
    pub(super) fn check_is_there(&self, stores: &[Snapshot], catalog: &Catalog) -> Result<(), Exit> {
        let Some(wanted) = &self.wanted else { return Ok(()) };
        if let Some(why) = stores.iter().find_map(|snapshot| profile_arg::unreadable(snapshot, wanted)) {
            say(&format!("{wanted} cannot be used: {why}."));
            return Err(Exit::Failure);
        }
        let is_variable = self.provider.variable(wanted.name()).is_some();
        if is_variable || stores.iter().any(|snapshot| snapshot.profile(wanted).is_some()) {
            return Ok(());
        }
        Err(profile_arg::no_profile(catalog, &wanted.to_string(), profile_arg::LIST_HINT))
    }

    /// What the order finds in `stock`.
    pub(super) fn resolve<'s>(&self, stock: Sources<'s>, now: DateTime<Utc>) -> Resolution<'s> {
        resolve(self.provider, &self.order, stock, self.wanted.as_ref(), now)
    }

    /// The login that comes first, where it has ended and can be refreshed.
    pub(super) fn ended_login(
        &self,
        stores: &[Snapshot],
        empty: &[String],
        now: DateTime<Utc>,
    ) -> Option<Profile> {
        // Whoever means a variable wants no login.
        if self.variable_meant().is_some() {
            return None;
        }
        let stores: Vec<&Snapshot> = stores.iter().collect();
        match self.resolve(Sources { stores: &stores, empty }, now).credential() {
            ResolvedCredential::Refresh(profile) => Some(profile.clone()),
            ResolvedCredential::Use(_)
            | ResolvedCredential::LoggedOut(_)
            | ResolvedCredential::Unusable(_)
            | ResolvedCredential::Missing => None,
        }
    }

    /// The variable that is meant, where it is one.
    pub(super) fn variable_meant(&self) -> Option<&str> {
        let name = self.wanted.as_ref()?.name();
        self.provider.variable(name).map(|variable| variable.name.as_str())
    }
}

fn named_order(provider: &Provider, name: &str) -> Result<LookupOrder, Exit> {
    if let Some(order) = provider.orders.iter().find(|order| order.name == name) {
        return Ok(order.clone());
    }
    let known = provider.orders.iter().map(|order| order.name.as_str()).collect::<Vec<_>>().join(", ");
    let known = if known.is_empty() { "its file has none".to_owned() } else { format!("there are {known}") };
    say(&format!("{} has no such order; {known}.", provider.name));
    Err(Exit::Usage)
}
