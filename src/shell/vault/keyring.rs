//! Keyring of the system: Secret Service, Keychain or Credential Manager.
//!
//! A thread of its own speaks with it, started by the first question: a keyring may wait for a person, or for
//! ever. One that hangs is left to itself, and until it answers nobody asks it again.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};

use crate::domain::secret::Secret;
use crate::domain::store_presence::Prompting;
use crate::shell::vault::{ANSWER_LIMIT, UNLOCK_LIMIT, Vault, VaultError};

/// What every entry is filed under, beside its id.
const SERVICE: &str = "authtui";

/// The keyring of this user.
#[derive(Default)]
pub(super) struct SystemKeyring {
    worker: Mutex<Option<Worker>>,
    /// Who hears of an answer for which nobody waits any more.
    late: Arc<OnceLock<Box<dyn Fn() + Send + Sync>>>,
}

impl std::fmt::Debug for SystemKeyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SystemKeyring")
    }
}

/// Something to be done with the connection.
type KeyringJob = Box<dyn FnOnce(&mut Session) + Send>;

/// The thread that speaks with the keyring.
struct Worker {
    jobs: Sender<KeyringJob>,
    /// A question that nobody waits for any more: why, and whether it was answered after all.
    overdue: Option<(VaultError, Arc<AtomicBool>)>,
}

/// Whether the keyring takes a question at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readiness {
    /// It asks nobody.
    #[cfg_attr(not(all(unix, not(target_os = "macos"))), expect(dead_code, reason = "others do not say"))]
    Open,
    /// It may ask its person first.
    MayAsk,
}

impl Vault for SystemKeyring {
    fn on_late_answer(&self, told: Box<dyn Fn() + Send + Sync>) {
        // There is one screen.
        let _ = self.late.set(told);
    }

    fn probe(&self, prompting: Prompting) -> Result<(), VaultError> {
        match prompting {
            Prompting::Never => self.call(ANSWER_LIMIT, VaultError::Silent, Session::readiness).map(drop),
            // An entry that is not there is looked for in what was unlocked.
            Prompting::Allowed => self.get("probe").map(drop),
        }
    }

    fn get(&self, id: &str) -> Result<Option<Secret>, VaultError> {
        twice(|| self.get_once(id))
    }

    fn put(&self, id: &str, secret: &Secret, label: &str) -> Result<(), VaultError> {
        twice(|| self.put_once(id, secret, label))
    }

    fn delete(&self, id: &str) -> Result<(), VaultError> {
        twice(|| self.delete_once(id))
    }
}

/// Asks again where the first answer is a failure: a keyring that was started anew knows nothing of what was
/// agreed with the one before.
fn twice<T>(ask: impl Fn() -> Result<T, VaultError>) -> Result<T, VaultError> {
    match ask() {
        Err(VaultError::Failed(_)) => ask(),
        answer => answer,
    }
}

impl SystemKeyring {
    fn get_once(&self, id: &str) -> Result<Option<Secret>, VaultError> {
        let id = id.to_owned();
        self.work(move |session| {
            let secret = match session.entry(&id, None)?.get_secret() {
                Ok(bytes) => bytes,
                Err(Error::NoEntry) => return Ok(None),
                Err(error) => return Err(session.failed(&error)),
            };
            let text = String::from_utf8(secret);
            text.map(|text| Some(Secret::new(text)))
                .map_err(|_| VaultError::Failed("an entry of the keyring is no text".to_owned()))
        })
    }

    fn put_once(&self, id: &str, secret: &Secret, label: &str) -> Result<(), VaultError> {
        let (id, secret, label) = (id.to_owned(), secret.clone(), label.to_owned());
        self.work(move |session| {
            let entry = session.entry(&id, Some(&label))?;
            entry.set_secret(secret.expose().as_bytes()).map_err(|error| session.failed(&error))
        })
    }

    fn delete_once(&self, id: &str) -> Result<(), VaultError> {
        let id = id.to_owned();
        self.work(move |session| match session.entry(&id, None)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(session.failed(&error)),
        })
    }

    /// Does `job`, and gives a person time to unlock the keyring where it asks for that.
    fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Session) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        match self.call(ANSWER_LIMIT, VaultError::Silent, Session::readiness)? {
            Readiness::Open => match self.call(ANSWER_LIMIT, VaultError::Silent, job) {
                // What was agreed with a keyring that has ended is good for nothing.
                Err(VaultError::Locked) => {
                    Err(VaultError::Failed("the keyring was locked just now".to_owned()))
                }
                done => done,
            },
            Readiness::MayAsk => self.call(UNLOCK_LIMIT, VaultError::Unanswered, job),
        }
    }

    /// Lets the thread do `job`, and waits no longer than `within`; then the answer is `late`.
    fn call<T: Send + 'static>(
        &self,
        within: Duration,
        late: VaultError,
        job: impl FnOnce(&mut Session) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let mut slot = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let worker = match &mut *slot {
            Some(worker) => worker,
            none => none.insert(Worker::start()?),
        };
        if let Some((why, is_answered)) = &worker.overdue
            && !is_answered.load(Ordering::SeqCst)
        {
            return Err(why.clone());
        }
        worker.overdue = None;
        let (sender, answer) = mpsc::channel();
        let is_answered = Arc::new(AtomicBool::new(false));
        let (answered, late_told) = (Arc::clone(&is_answered), Arc::clone(&self.late));
        let sent = worker.jobs.send(Box::new(move |session| {
            let done = job(session);
            answered.store(true, Ordering::SeqCst);
            if sender.send(done).is_err()
                && let Some(told) = late_told.get()
            {
                told();
            }
        }));
        match sent.map_err(|_| RecvTimeoutError::Disconnected).and_then(|()| answer.recv_timeout(within)) {
            Ok(done) => done,
            Err(RecvTimeoutError::Timeout) => {
                worker.overdue = Some((late.clone(), is_answered));
                Err(late)
            }
            Err(RecvTimeoutError::Disconnected) => {
                *slot = None;
                Err(VaultError::Failed(
                    "the part of the program that speaks with the keyring crashed".to_owned(),
                ))
            }
        }
    }
}

impl Worker {
    fn start() -> Result<Self, VaultError> {
        let (jobs, queue) = mpsc::channel::<KeyringJob>();
        let work = move || {
            let mut session = Session::default();
            for job in queue {
                job(&mut session);
            }
        };
        let thread = thread::Builder::new().name("keyring".to_owned()).spawn(work);
        thread.map_err(|error| VaultError::Failed(format!("cannot start a thread: {error}")))?;
        Ok(Self { jobs, overdue: None })
    }
}

/// The connection to the keyring, made when it is first needed.
#[derive(Default)]
struct Session {
    store: Option<Arc<CredentialStore>>,
    #[cfg(all(unix, not(target_os = "macos")))]
    service: Option<secret_service::blocking::SecretService<'static>>,
}

impl Session {
    /// Whether it would ask its person; a keyring that cannot say so may.
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "the other one may fail")]
    fn readiness(&mut self) -> Result<Readiness, VaultError> {
        Ok(Readiness::MayAsk)
    }

    /// Whether it would ask its person.
    #[cfg(all(unix, not(target_os = "macos")))]
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library may name more causes")]
    fn readiness(&mut self) -> Result<Readiness, VaultError> {
        use secret_service::EncryptionType;
        use secret_service::blocking::SecretService;

        let absent = |error: secret_service::Error| {
            VaultError::Absent(match error {
                secret_service::Error::Unavailable => "no program offers one".to_owned(),
                secret_service::Error::Zbus(_) => "there is no session bus".to_owned(),
                error => words(&error.to_string()),
            })
        };
        let service = match &self.service {
            Some(service) => service,
            // Nothing secret goes through this one.
            None => self.service.insert(SecretService::connect(EncryptionType::Plain).map_err(absent)?),
        };
        let is_locked = service.get_default_collection().and_then(|collection| collection.is_locked());
        match is_locked {
            Ok(false) => Ok(Readiness::Open),
            Ok(true) => Ok(Readiness::MayAsk),
            Err(secret_service::Error::NoResult) => {
                Err(VaultError::Absent("it has no default keyring yet; make one in its program".to_owned()))
            }
            Err(error) => {
                // The keyring may have ended, and another one may answer.
                *self = Self::default();
                Err(absent(error))
            }
        }
    }

    fn entry(&mut self, id: &str, label: Option<&str>) -> Result<Entry, VaultError> {
        let store = match &self.store {
            Some(store) => store,
            None => {
                let store = connect().map_err(|error| VaultError::Absent(words(&error.to_string())))?;
                self.store.insert(store)
            }
        };
        let label = label.filter(|_| cfg!(all(unix, not(target_os = "macos"))));
        let modifiers: HashMap<&str, &str> = label.into_iter().map(|label| ("label", label)).collect();
        store.build(SERVICE, id, Some(&modifiers)).map_err(|error| self.failed(&error))
    }

    /// What `error` means.
    fn failed(&mut self, error: &Error) -> VaultError {
        if let Error::TooLong(_, limit) = error {
            return VaultError::Failed(format!("an entry of the keyring holds no more than {limit} bytes"));
        }
        *self = Self::default();
        if matches!(error, Error::NoStorageAccess(_)) {
            return VaultError::Locked;
        }
        VaultError::Failed(format!("the keyring failed: {}", words(&error.to_string())))
    }
}

/// What another program says, made safe to show.
fn words(text: &str) -> String {
    crate::domain::text::clean(text, 200)
}

#[cfg(all(unix, not(target_os = "macos")))]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    let store: Arc<CredentialStore> = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    let store: Arc<CredentialStore> = apple_native_keyring_store::keychain::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "windows")]
fn connect() -> keyring_core::Result<Arc<CredentialStore>> {
    let store: Arc<CredentialStore> = windows_native_keyring_store::Store::new()?;
    Ok(store)
}
