//! Everything that is done: the one place with clock, files, network, threads and terminal.

pub mod borrowed;
mod catalog;
pub mod clock;
pub mod discovery;
pub mod environment;
pub mod event_log;
pub mod event_notifier;
pub mod http;
pub mod inbox;
pub mod incoming;
pub mod login;
pub mod paths;
pub mod perform;
pub mod program_file;
pub mod providers;
pub mod refresh;
pub mod relocation;
pub mod revoke;
pub mod rules;
pub mod run;
pub mod runtime;
pub mod settings;
pub mod sign_out;
pub mod signals;
pub mod status;
pub mod store_files;
pub mod store_folder;
pub mod stores;
pub mod successor_program;
pub mod take_over;
pub mod tasks;
pub mod terminal;
pub mod token_test;
pub mod transcript;
#[cfg(feature = "keyring")]
mod vault;
pub mod watch;

use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch as watched;

use crate::domain::change::{Change, ErasedText, PassphraseNeed, Snapshot};
use crate::domain::event::{Author, Event, GrantEvent};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::secret::Secret;
use crate::domain::store_presence::Prompting;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::clock::Clock;
use crate::shell::event_log::EventLog;
use crate::shell::event_notifier::EventNotifier;
use crate::shell::http::Http;
use crate::shell::login::Listeners;
use crate::shell::paths::Paths;
use crate::shell::refresh::grant_lock::LockWaitListener;
use crate::shell::refresh::queue::RefreshQueue;
use crate::shell::store_files::{ApplyError, Store};
use crate::shell::store_folder::KnownCatalog;
use crate::shell::stores::{Stores, not_written};
use crate::shell::terminal::clipboard::Clipboard;

/// Everything that things are done with.
pub struct Services {
    pub paths: Paths,
    pub clock: Clock,
    pub http: Http,
    clipboard: Clipboard,
    stores: Stores,
    /// Provider files in place of the presets, path and text of each.
    presets: Option<Vec<(String, String)>>,
    /// Who we are in the event log.
    pub author: Author,
    /// What happened to grants on this machine.
    pub event_log: EventLog,
    catalog: KnownCatalog,
    listeners: Listeners,
    refresh_queue: RefreshQueue,
    ending: watched::Sender<bool>,
    event_notifier: EventNotifier,
    /// Who hears of refreshes that wait for another program.
    pub lock_wait: LockWaitListener,
}

impl Services {
    /// Services for the files at `paths`, known as `program` to the event log. Nothing is read yet.
    #[must_use]
    pub fn new(paths: Paths, program: &str) -> Arc<Self> {
        Self::with_presets(paths, program, None)
    }

    /// The same with provider files in place of the presets, path and text of each.
    #[must_use]
    pub fn with_presets(paths: Paths, program: &str, presets: Option<Vec<(String, String)>>) -> Arc<Self> {
        let catalog = KnownCatalog::default();
        Arc::new(Self {
            stores: Stores::new(&paths, &catalog),
            event_log: EventLog::in_folder(&paths.state),
            author: Author { program: program.to_owned(), process: std::process::id() },
            paths,
            clock: Clock::start(),
            http: Http::default(),
            clipboard: Clipboard::default(),
            presets,
            catalog,
            listeners: Listeners::default(),
            refresh_queue: RefreshQueue::default(),
            ending: watched::Sender::default(),
            event_notifier: EventNotifier::default(),
            lock_wait: LockWaitListener::default(),
        })
    }

    /// Lets `count` refreshes ask at once.
    pub fn ask_at_once(&self, count: usize) {
        self.refresh_queue.allow(count);
    }

    /// Writes down what happened to a profile, after the fact: that it cannot be written changes nothing.
    pub async fn tell(&self, id: &ProfileId, what: GrantEvent) {
        drop(self.note(id, what).await);
    }

    /// Writes down what happened, or is about to happen, to a profile.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn note(&self, id: &ProfileId, what: GrantEvent) -> std::io::Result<()> {
        self.note_in(self.place(id.store), id, what).await
    }

    /// Where a store lies. The environment lies nowhere, and counts as our own file.
    #[must_use]
    pub fn place(&self, store: StoreId) -> &Path {
        self.stores.get(store).map_or(&self.paths.config, |each| each.store.path())
    }

    /// Writes an event about a profile of the store at `store`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn note_in(&self, store: &Path, id: &ProfileId, what: GrantEvent) -> std::io::Result<()> {
        self.note_each([(store, id, what)]).await
    }

    /// Writes several events at once: each is a store, a profile, and what happened to it.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn note_each(
        &self,
        each: impl IntoIterator<Item = (&Path, &ProfileId, GrantEvent)>,
    ) -> std::io::Result<()> {
        let event = |(store, id, what): (&Path, &ProfileId, GrantEvent)| Event {
            at: self.clock.now().wall,
            by: self.author.clone(),
            profile: id.name.clone(),
            store: store.to_string_lossy().into_owned(),
            what,
        };
        let events: Vec<Event> = each.into_iter().map(event).collect();
        let event_log = self.event_log.clone();
        let writing = tokio::task::spawn_blocking(move || event_log.write_each(&events)).await;
        writing.unwrap_or_else(|_| Err(std::io::Error::other("a part of the program crashed")))
    }

    /// From here on no refresh is begun; those that were posted are waited for.
    pub fn stop_asking(&self) {
        self.ending.send_replace(true);
    }

    /// The same, and what has no connection yet is given up.
    pub fn give_up(&self) {
        self.stop_asking();
        self.http.give_up();
    }

    /// Whether no refresh is to be begun any more.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        *self.ending.borrow()
    }

    /// Waits until no refresh is to be begun any more.
    pub async fn ended(&self) {
        // The other end of it is ours, so it does not go away.
        drop(self.ending.subscribe().wait_for(|is_ending| *is_ending).await);
    }

    /// Reads a store, at once and in this thread: for the first frame and for commands.
    #[must_use]
    pub fn read_now(&self, store: StoreId) -> Snapshot {
        match self.stores.get(store) {
            Some(each) => each.store.read(),
            None if store == StoreId::Environment => {
                environment::read(&self.some_providers(|_, text| environment::may_be_named_in(text)))
            }
            None if store == StoreId::Borrowed => borrowed::read(&self.paths),
            None => Snapshot::empty(store),
        }
    }

    /// The profile `name` of a store, where it can be told without reading all of it; for all else there is
    /// [`Services::read_now`].
    #[must_use]
    pub fn read_one(&self, store: StoreId, name: &ProfileName) -> Option<Arc<Profile>> {
        self.stores.get(store)?.store.read_one(name)
    }

    /// Whether there is a store of that name that may be written.
    #[must_use]
    pub fn has_store(&self, store: StoreId) -> bool {
        self.stores.get(store).is_some()
    }

    /// Keeps room on disk for the tokens that a refresh is about to bring.
    ///
    /// # Errors
    /// A [`Trouble`] when there is none.
    pub async fn reserve(&self, store: StoreId) -> Result<store_files::DiskReservation, Trouble> {
        self.with_store(store, "cannot write the store", |store| store.reserve()).await?
    }

    /// The passphrase that a store waits for.
    #[must_use]
    pub fn passphrase(&self, store: StoreId) -> Option<PassphraseNeed> {
        self.stores.get(store)?.store.passphrase()
    }

    /// Gives a store the passphrase that it waits for. What makes one hard to guess takes a while.
    ///
    /// # Errors
    /// A [`Trouble`] when it is another one.
    pub async fn give_passphrase(&self, store: StoreId, passphrase: Secret) -> Result<(), Trouble> {
        self.with_store(store, "cannot open the secrets", move |store| store.open(&passphrase)).await?
    }

    /// Whether a store would take new tokens.
    ///
    /// # Errors
    /// A [`Trouble`] when it would not.
    pub async fn probe(&self, store: StoreId, prompting: Prompting) -> Result<(), Trouble> {
        self.with_store(store, "cannot use the store", move |store| store.probe(prompting)).await?
    }

    /// Reads a store.
    pub async fn read(self: &Arc<Self>, store: StoreId) -> Snapshot {
        if store == StoreId::Environment {
            let catalog = self.catalog().await;
            return environment::read(&catalog);
        }
        if store == StoreId::Borrowed {
            let paths = self.paths.clone();
            let reading = tokio::task::spawn_blocking(move || borrowed::read(&paths)).await;
            return reading.unwrap_or_else(|_| Snapshot::empty(store));
        }
        let Some(each) = self.stores.get(store) else { return Snapshot::empty(store) };
        let number = each.store.number();
        let reader = each.clone();
        let reading = tokio::task::spawn_blocking(move || reader.read()).await;
        reading.unwrap_or_else(|_| Snapshot {
            writable: Err(broke("cannot read the store")),
            number,
            ..Snapshot::empty(store)
        })
    }

    /// Works with a store in a thread of its own; `what` is said when that ends by a fault.
    async fn with_store<T: Send + 'static>(
        &self,
        store: StoreId,
        what: &str,
        work: impl FnOnce(&dyn Store) -> T + Send + 'static,
    ) -> Result<T, Trouble> {
        let each = self.stores.get(store).ok_or_else(|| not_written(store))?;
        let store = Arc::clone(&each.store);
        tokio::task::spawn_blocking(move || work(&*store)).await.map_err(|_| broke(what))
    }

    /// Applies a change to a store.
    ///
    /// # Errors
    /// [`ApplyError`] when the profile has moved on or the file cannot be written, or when what was to be
    /// erased may lie elsewhere still.
    pub async fn apply(&self, store: StoreId, change: Change) -> Result<Snapshot, ApplyError> {
        let (id, told) = (ProfileId { store, name: change.name.clone() }, GrantEvent::of(&change.edit));
        self.apply_and_tell(id, change, told).await
    }

    /// The same, where another event says what happened.
    ///
    /// # Errors
    /// Those of [`apply`](Self::apply).
    pub(in crate::shell) async fn apply_and_tell(
        &self,
        id: ProfileId,
        change: Change,
        told: Option<GrantEvent>,
    ) -> Result<Snapshot, ApplyError> {
        let (store, made) = (id.store, change.clone());
        if store == StoreId::Hashed && self.known_catalog().is_none() {
            // A new file is named for the addresses of its provider.
            drop(self.catalog_now());
        }
        let each = self.stores.get(store).ok_or_else(|| ApplyError::Trouble(not_written(store)))?;
        let saved = each.queue.save(&each.store, change, broke("cannot write the store")).await?;
        let rescued = refresh::rescue::place(&self.paths.state, each.store.path());
        let forgotten = tokio::task::spawn_blocking(move || refresh::rescue::forget(&rescued, &made)).await;
        if let Some(what) = told {
            self.tell(&id, what).await;
        }
        forgotten.unwrap_or(Ok(())).map_err(ApplyError::Trouble)?;
        Ok(saved)
    }

    /// What the file of `store` says of the profile that `change` erases.
    pub(in crate::shell) async fn erased_text(&self, store: StoreId, change: Change) -> Option<ErasedText> {
        let look = move |store: &dyn Store| store.erased_text(&change);
        self.with_store(store, "cannot read the store", look).await.ok().flatten()
    }

    /// Takes what other users may do from the files of `stores` and their folders.
    ///
    /// # Errors
    /// A [`Trouble`] when something stays open to them.
    pub async fn make_private(&self, stores: Vec<StoreId>) -> Result<(), Trouble> {
        for store in stores {
            self.with_store(store, "cannot change the rights of the store", |store| store.make_private())
                .await??;
        }
        Ok(())
    }
}

/// What is said when a worker of ours ended by a fault of the program.
fn broke(what: &str) -> Trouble {
    let next = FailureKind::NeedsFix("report this as a bug in authtui".to_owned());
    Trouble::untouched(what, "a part of the program crashed", next)
}
