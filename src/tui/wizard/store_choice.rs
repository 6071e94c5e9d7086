//! Choice of the store in which a new profile is kept.
//!
//! Our own file is chosen until the person takes another one. A keyring that holds nothing of ours yet is
//! offered once it has answered, and asked again, with time to unlock it, before a login into it begins.

use std::collections::BTreeMap;

use crate::domain::change::Snapshot;
use crate::domain::name::StoreId;

/// What is known of the keyring, on whose answer it depends whether it is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyringAnswer {
    #[default]
    NotAsked,
    Asked,
    /// It is there, and may be locked.
    Present,
    /// It would take new tokens.
    Ready,
}

impl KeyringAnswer {
    /// The stores that may be chosen, in their order.
    #[must_use]
    pub fn offered(self, stores: &BTreeMap<StoreId, Snapshot>) -> Vec<StoreId> {
        let is_offered = |snapshot: &&Snapshot| match snapshot.store {
            StoreId::Own => true,
            StoreId::Shared | StoreId::Hashed => snapshot.is_there() && snapshot.fault().is_none(),
            StoreId::Keyring => {
                let has_answered = matches!(self, Self::Present | Self::Ready);
                (snapshot.is_there() || has_answered) && snapshot.fault().is_none()
            }
            StoreId::Environment | StoreId::Borrowed => false,
        };
        stores.values().filter(is_offered).map(|snapshot| snapshot.store).collect()
    }

    /// The store that follows `chosen`; nothing where there is no other.
    #[must_use]
    pub fn next(self, chosen: StoreId, stores: &BTreeMap<StoreId, Snapshot>) -> Option<StoreId> {
        let offered = self.offered(stores);
        let behind = offered.iter().skip_while(|store| **store != chosen).skip(1);
        behind.chain(&offered).copied().find(|store| *store != chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::store_presence::StorePresence;

    #[test]
    fn stores_that_are_there_follow_one_another_and_the_keyring_once_it_has_answered() {
        let store = |store, presence| (store, Snapshot { presence, ..Snapshot::empty(store) });
        let stores = BTreeMap::from([
            store(StoreId::Own, StorePresence::Absent),
            store(StoreId::Shared, StorePresence::Absent),
            store(StoreId::Hashed, StorePresence::There),
            store(StoreId::Keyring, StorePresence::Absent),
            store(StoreId::Environment, StorePresence::There),
        ]);
        let asked = KeyringAnswer::Asked;
        assert_eq!(asked.offered(&stores), [StoreId::Own, StoreId::Hashed]);
        assert_eq!(asked.next(StoreId::Hashed, &stores), Some(StoreId::Own));
        let present = KeyringAnswer::Present;
        assert_eq!(present.next(StoreId::Hashed, &stores), Some(StoreId::Keyring));
        assert_eq!(present.next(StoreId::Keyring, &stores), Some(StoreId::Own));
        let locked =
            [store(StoreId::Own, StorePresence::There), store(StoreId::Keyring, StorePresence::Locked)];
        assert_eq!(present.next(StoreId::Own, &BTreeMap::from(locked)), None);
    }
}
