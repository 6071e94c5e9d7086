//! Stores that are written: which there are, and where each lies.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::change::Snapshot;
use crate::domain::name::StoreId;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::paths::Paths;
use crate::shell::store_files::shared_reading::SharedReading;
use crate::shell::store_files::write_queue::WriteQueue;
use crate::shell::store_files::{Store, StoreFile};
use crate::shell::store_folder::{KnownCatalog, StoreFolder};
#[cfg(feature = "keyring")]
use crate::shell::vault::{Vaults, store::VaultStore};

/// How many files of others are known at once.
const ELSEWHERE_LIMIT: usize = 4;

/// A store, and the queue of the changes that are made to it.
#[derive(Debug, Clone)]
pub(in crate::shell) struct QueuedStore {
    pub(in crate::shell) store: Arc<dyn Store>,
    pub(in crate::shell) queue: Arc<WriteQueue>,
    reading: Arc<SharedReading>,
}

impl QueuedStore {
    fn new(store: impl Store + 'static) -> Self {
        Self { store: Arc::new(store), queue: Arc::default(), reading: Arc::default() }
    }

    /// What the store says, by a reading that others who ask at the same time may share.
    pub(in crate::shell) fn read(&self) -> Snapshot {
        self.reading.read(|| self.store.read())
    }

    fn is_late(&self) -> bool {
        self.store.id() == StoreId::Keyring && self.store.path().exists()
    }
}

/// The stores that this program may write.
#[derive(Debug)]
pub struct Stores {
    ours: Vec<QueuedStore>,
    /// Other files that were looked at last: each is parsed once, not once for each profile that leads there.
    elsewhere: Mutex<Vec<QueuedStore>>,
}

impl Stores {
    /// The stores at `paths`. Nothing is read yet.
    #[must_use]
    pub(in crate::shell) fn new(paths: &Paths, catalog: &KnownCatalog) -> Self {
        let file = |id, path| QueuedStore::new(StoreFile::new(id, path).with_state(&paths.state));
        let own = file(StoreId::Own, paths.config.clone());
        let shared = paths.shared.clone().map(|path| file(StoreId::Shared, path));
        let hashed =
            paths.hashed.clone().map(|path| QueuedStore::new(StoreFolder::new(path, Arc::clone(catalog))));
        let ours = [own].into_iter().chain(shared).chain(hashed).chain(keyring(paths)).collect();
        Self { ours, elsewhere: Mutex::default() }
    }

    /// The store of that name, where it is one that may be written.
    #[must_use]
    pub(in crate::shell) fn get(&self, id: StoreId) -> Option<&QueuedStore> {
        self.all().find(|each| each.store.id() == id)
    }

    /// Every one of them, our own first.
    pub(in crate::shell) fn all(&self) -> impl Iterator<Item = &QueuedStore> {
        self.ours.iter()
    }

    /// Those that answer at once: all but a keyring that may hold something.
    pub(in crate::shell) fn immediate(&self) -> impl Iterator<Item = StoreId> {
        self.all().filter(|each| !each.is_late()).map(|each| each.store.id())
    }

    /// Those whose answer may take long.
    pub(in crate::shell) fn late(&self) -> impl Iterator<Item = StoreId> {
        self.all().filter(|each| each.is_late()).map(|each| each.store.id())
    }

    /// The store that lies at `path`: one of these, else one of our own kind.
    #[must_use]
    pub(in crate::shell) fn at(&self, path: &Path) -> QueuedStore {
        let lies_there = |each: &&QueuedStore| each.store.path() == path;
        if let Some(known) = self.all().find(lies_there) {
            return known.clone();
        }
        let mut elsewhere = self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = elsewhere.iter().find(lies_there) {
            return known.clone();
        }
        if elsewhere.len() == ELSEWHERE_LIMIT {
            elsewhere.remove(0);
        }
        let opened = QueuedStore::new(StoreFile::own(path.to_owned()));
        elsewhere.push(opened.clone());
        opened
    }
}

/// The store whose secrets lie in the keyring.
#[cfg(feature = "keyring")]
fn keyring(paths: &Paths) -> Option<QueuedStore> {
    let path = paths.keyring.clone()?;
    let vaults = Vaults::of_user(&path)?;
    Some(QueuedStore::new(VaultStore::new(StoreId::Keyring, path, &paths.state, vaults)))
}

/// This program was built without.
#[cfg(not(feature = "keyring"))]
fn keyring(_paths: &Paths) -> Option<QueuedStore> {
    None
}

/// Why a store that is only read takes no change.
pub(in crate::shell) fn not_written(store: StoreId) -> Trouble {
    match store {
        StoreId::Environment => crate::stored::environment::read_only(),
        StoreId::Borrowed => crate::domain::owner::read_only(),
        StoreId::Own | StoreId::Shared | StoreId::Hashed | StoreId::Keyring => {
            let next = FailureKind::NeedsFix("choose another store".to_owned());
            Trouble::untouched("cannot change the store", format!("there is no {store} store here"), next)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::domain::change::{Change, Edit, Row};
    use crate::domain::fixtures::profile;

    #[test]
    fn a_file_of_others_is_parsed_once_however_often_it_is_looked_at() {
        let folder = tempfile::tempdir().expect("a folder");
        let stores = Stores::new(&Paths::below(folder.path()), &KnownCatalog::default());
        let [there, other] = ["there.yaml", "other.yaml"].map(|name| folder.path().join(name));
        let ana = profile("demo/ana");
        let put = Change { name: ana.id.name.clone(), expects: None, edit: Edit::Put(Box::new(ana.clone())) };
        stores.at(&there).store.apply(&put).expect("saved");
        fs::copy(&there, &other).expect("copied");
        let row = || match stores.at(&other).read().rows.last() {
            Some(Row::Profile(profile)) => Arc::clone(profile),
            row => panic!("{row:?}"),
        };

        let (first, second) = (row(), row());

        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(*first, ana);
        fs::write(&other, "providers: {}\n").expect("written");
        assert!(stores.at(&other).read().rows.is_empty(), "only the file is true");
        for number in 0..2 * ELSEWHERE_LIMIT {
            drop(stores.at(&folder.path().join(number.to_string())).read());
        }
        assert_eq!(stores.elsewhere.lock().expect("no fault").len(), ELSEWHERE_LIMIT);
    }
}
