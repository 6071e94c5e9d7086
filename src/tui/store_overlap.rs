//! Overlap of stores: names that two of them hold, and logins that lie in two of them.
//!
//! It is looked for whenever a store was read, and only where two hold logins at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::change::Snapshot;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{Kind, Profile};
use crate::domain::secret::Fingerprint;

/// What more than one store holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreOverlap {
    /// Names that say which profile is meant only with the store before them.
    pub names: Arc<BTreeSet<ProfileName>>,
    /// The profiles of other stores that hold the same login.
    pub logins: BTreeMap<ProfileId, Vec<ProfileId>>,
}

impl StoreOverlap {
    /// What more than one of `stores` holds.
    #[must_use]
    pub fn new(stores: &BTreeMap<StoreId, Snapshot>) -> Self {
        let held = stores.values().filter(|snapshot| snapshot.profiles().next().is_some());
        if held.clone().count() < 2 {
            return Self::default();
        }
        let mut names: BTreeMap<&ProfileName, usize> = BTreeMap::new();
        let mut logins: BTreeMap<Fingerprint, Vec<&ProfileId>> = BTreeMap::new();
        for profile in held.flat_map(Snapshot::profiles) {
            *names.entry(&profile.id.name).or_default() += 1;
            if let Some(login) = login(profile) {
                logins.entry(login).or_default().push(&profile.id);
            }
        }
        let names = names.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name.clone());
        let mut overlap = Self { names: Arc::new(names.collect()), ..Self::default() };
        for ids in logins.into_values().filter(|ids| ids.len() > 1) {
            for id in &ids {
                let others: Vec<ProfileId> = ids
                    .iter()
                    .filter(|other| other.store != id.store)
                    .map(|other| (*other).clone())
                    .collect();
                if !others.is_empty() {
                    overlap.logins.insert((*id).clone(), others);
                }
            }
        }
        overlap
    }

    /// The name of `id`, with its store before it where another one holds that name and would be meant.
    #[must_use]
    pub fn name(&self, id: &ProfileId) -> String {
        match id.store != StoreId::Own && self.names.contains(&id.name) {
            true => format!("{}:{}", id.store, id.name),
            false => id.name.to_string(),
        }
    }
}

/// What tells the login of `profile` from all others.
fn login(profile: &Profile) -> Option<Fingerprint> {
    let tokens = profile.held.tokens().filter(|_| profile.kind == Kind::OAuth)?;
    let refresh = tokens.refresh.as_ref().filter(|refresh| !refresh.is_empty());
    Some(refresh.unwrap_or(&tokens.access).fingerprint())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Row;
    use crate::domain::fixtures::{profile, tokens};
    use crate::domain::tokens::StoredTokens;

    fn snapshot(store: StoreId, names: &[(&str, &str)]) -> (StoreId, Snapshot) {
        let row = |(name, token): &(&str, &str)| {
            let profile = profile(name);
            let id = ProfileId { store, ..profile.id.clone() };
            let held = StoredTokens::Present(tokens(token, Some(token)));
            Row::Profile(Arc::new(Profile { id, held, ..profile }))
        };
        (store, Snapshot { rows: names.iter().map(row).collect(), ..Snapshot::empty(store) })
    }

    #[test]
    fn a_name_and_a_login_that_two_stores_hold_are_known() {
        let own = snapshot(StoreId::Own, &[("demo/ana", "a"), ("demo/ben", "b"), ("demo/cleo", "c")]);
        let hashed = snapshot(StoreId::Hashed, &[("demo/ana", "a"), ("demo/ben", "x"), ("demo/dan", "c")]);
        let overlap = StoreOverlap::new(&[own.clone(), hashed].into());
        let id = |store, name: &str| ProfileId { store, ..profile(name).id };
        let ana = id(StoreId::Hashed, "demo/ana");
        assert_eq!(overlap.name(&ana), "hashed:demo/ana");
        assert_eq!(overlap.name(&id(StoreId::Own, "demo/ana")), "demo/ana");
        assert_eq!(overlap.name(&id(StoreId::Hashed, "demo/dan")), "demo/dan");
        assert_eq!(overlap.logins[&id(StoreId::Own, "demo/ana")], [ana]);
        assert_eq!(overlap.logins[&id(StoreId::Own, "demo/cleo")], [id(StoreId::Hashed, "demo/dan")]);
        assert!(!overlap.logins.contains_key(&id(StoreId::Own, "demo/ben")));
        assert_eq!(StoreOverlap::new(&[own].into()), StoreOverlap::default());
    }
}
