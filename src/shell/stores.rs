//! Stores that are written: which there are, and where each lies.

use std::path::Path;
use std::sync::Arc;

use crate::domain::name::StoreId;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::paths::Paths;
use crate::shell::store_files::write_queue::WriteQueue;
use crate::shell::store_files::{Store, StoreFile};
use crate::shell::store_folder::{KnownCatalog, StoreFolder};
#[cfg(feature = "keyring")]
use crate::shell::vault::{Vaults, store::VaultStore};

/// A store, and the queue of the changes that are made to it.
#[derive(Debug, Clone)]
pub(in crate::shell) struct QueuedStore {
    pub(in crate::shell) store: Arc<dyn Store>,
    pub(in crate::shell) queue: Arc<WriteQueue>,
}

impl QueuedStore {
    fn new(store: impl Store + 'static) -> Self {
        Self { store: Arc::new(store), queue: Arc::default() }
    }
}

/// The stores that this program may write.
#[derive(Debug)]
pub struct Stores(Vec<QueuedStore>);

impl Stores {
    /// The stores at `paths`. Nothing is read yet.
    #[must_use]
    pub(in crate::shell) fn new(paths: &Paths, catalog: &KnownCatalog) -> Self {
        let file = |id, path| QueuedStore::new(StoreFile::new(id, path).with_state(&paths.state));
        let own = file(StoreId::Own, paths.config.clone());
        let shared = paths.shared.clone().map(|path| file(StoreId::Shared, path));
        let hashed =
            paths.hashed.clone().map(|path| QueuedStore::new(StoreFolder::new(path, Arc::clone(catalog))));
        Self([own].into_iter().chain(shared).chain(hashed).chain(keyring(paths)).collect())
    }

    /// The store of that name, where it is one that may be written.
    #[must_use]
    pub(in crate::shell) fn get(&self, id: StoreId) -> Option<&QueuedStore> {
        self.all().find(|each| each.store.id() == id)
    }

    /// Every one of them, our own first.
    pub(in crate::shell) fn all(&self) -> impl Iterator<Item = &QueuedStore> {
        self.0.iter()
    }

    /// The store that lies at `path`: one of these, else one of our own kind.
    #[must_use]
    pub(in crate::shell) fn at(&self, path: &Path) -> Arc<dyn Store> {
        match self.all().find(|each| each.store.path() == path) {
            Some(known) => Arc::clone(&known.store),
            None => Arc::new(StoreFile::own(path.to_owned())),
        }
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
