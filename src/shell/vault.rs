//! Vaults: where the secrets of a store lie whose file holds only references to them.
//!
//! ```text
//! save:   ids to the list ─► draft beside the file ─► secrets to the vault, refresh token first
//!         ─► file replaced ─► what nothing refers to leaves the vault
//! ```
//!
//! A crash at any step leaves the old file with the old secrets, or the new file with the new ones. What a refresh
//! gave is found by its draft, as soon as its refresh token is in the vault; anything else that is left over
//! is on the list of ids, and the next save removes it.

pub(super) mod encrypted_file;
mod id_list;
mod keyring;
mod split_entries;
pub(super) mod store;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::secret::Secret;
use crate::domain::store_presence::{Prompting, StorePresence};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::vault::encrypted_file::EncryptedFile;
use crate::shell::vault::keyring::SystemKeyring;
use crate::shell::vault::split_entries::SplitEntries;
use crate::stored::vault_references::VaultKind;

/// How long a keyring may take that asks nobody anything.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// How long a person may take to unlock it.
pub(super) const UNLOCK_LIMIT: Duration = Duration::from_secs(60);

/// A place that keeps secrets by their ids. Every method blocks, and none for longer than its limit.
pub(super) trait Vault: fmt::Debug + Send + Sync {
    /// Calls `told` when an answer comes for which nobody waits any more: it may have been unlocked.
    fn on_late_answer(&self, _told: Box<dyn Fn() + Send + Sync>) {}

    /// Whether it would take a secret; where nobody may be asked, whether it is there.
    ///
    /// # Errors
    /// A [`VaultError`] when it would not.
    fn probe(&self, prompting: Prompting) -> Result<(), VaultError>;

    /// The secret `id`; nothing when there is none.
    ///
    /// # Errors
    /// A [`VaultError`] when that cannot be known.
    fn get(&self, id: &str) -> Result<Option<Secret>, VaultError>;

    /// Keeps a secret as `id`, called `label` where people see it.
    ///
    /// # Errors
    /// A [`VaultError`] when it may not be kept.
    fn put(&self, id: &str, secret: &Secret, label: &str) -> Result<(), VaultError>;

    /// Forgets the secret `id`; one that is not there is forgotten.
    ///
    /// # Errors
    /// A [`VaultError`] when it may still be there.
    fn delete(&self, id: &str) -> Result<(), VaultError>;
}

/// Why a vault does not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum VaultError {
    /// There is no keyring here; with its own words.
    Absent(String),
    /// It is locked, and nobody unlocked it.
    Locked,
    /// It waits for a person, who did not answer in time.
    Unanswered,
    /// It says nothing.
    Silent,
    /// The encrypted file needs its passphrase.
    NoPassphrase,
    /// It failed; with its own words.
    Failed(String),
}

impl VaultError {
    /// Why `what` could not be done.
    pub(super) fn trouble(&self, what: String) -> Trouble {
        Trouble::untouched(what, self.to_string(), self.kind())
    }

    /// How the store of such a vault stands.
    pub(super) fn presence(&self) -> StorePresence {
        match self {
            Self::Locked | Self::Unanswered | Self::NoPassphrase => StorePresence::Locked,
            Self::Absent(_) | Self::Silent | Self::Failed(_) => StorePresence::Silent,
        }
    }

    fn kind(&self) -> FailureKind {
        let fix = |next: &str| FailureKind::NeedsFix(next.to_owned());
        match self {
            Self::Absent(_) => fix("start a keyring, or set AUTHTUI_KEYRING=file to use an encrypted file"),
            Self::Locked | Self::Unanswered => fix("unlock the keyring"),
            Self::NoPassphrase => fix("enter the passphrase of secrets.age on a terminal"),
            Self::Silent | Self::Failed(_) => FailureKind::Temporary(None),
        }
    }
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent(why) => write!(f, "no keyring answers here: {why}"),
            Self::Locked => f.write_str("the keyring is locked"),
            Self::Unanswered => {
                write!(
                    f,
                    "the keyring asks for its password, and nobody answered in {} s",
                    UNLOCK_LIMIT.as_secs()
                )
            }
            Self::Silent => write!(f, "the keyring did not answer in {} s", ANSWER_LIMIT.as_secs()),
            Self::NoPassphrase => f.write_str("the encrypted file needs its passphrase"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// How many bytes an entry of this system's keyring holds, where that is less than a token may need.
const ENTRY_LIMIT: Option<usize> = if cfg!(windows) { Some(2560) } else { None };

/// The keyring of this system.
fn system_keyring() -> Arc<dyn Vault> {
    let keyring = SystemKeyring::default();
    match ENTRY_LIMIT {
        Some(limit) => Arc::new(SplitEntries::new(keyring, limit)),
        None => Arc::new(keyring),
    }
}

/// The vaults of one store.
#[derive(Debug, Clone)]
pub(super) struct Vaults {
    keyring: Arc<dyn Vault>,
    file: Arc<EncryptedFile>,
    /// Where a new profile's secrets go.
    preferred: Preference,
}

/// Where the secrets of new profiles go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Preference {
    /// To the keyring, unless there is an encrypted file already.
    Usual,
    /// To the encrypted file.
    File,
}

impl Vaults {
    /// The keyring of this system, and the encrypted file that lies beside the store's file at `path`; nothing
    /// where `$AUTHTUI_KEYRING` is `off`.
    pub(super) fn of_user(path: &Path) -> Option<Self> {
        let named = std::env::var_os("AUTHTUI_KEYRING").unwrap_or_default();
        let preferred = match named.to_str() {
            Some("off") => return None,
            Some("file") => Preference::File,
            Some(_) | None => Preference::Usual,
        };
        Some(Self::new(system_keyring(), path, preferred))
    }

    pub(super) fn new(keyring: Arc<dyn Vault>, path: &Path, preferred: Preference) -> Self {
        Self { keyring, file: Arc::new(EncryptedFile::beside(path)), preferred }
    }

    pub(super) fn get(&self, kind: VaultKind) -> &dyn Vault {
        match kind {
            VaultKind::Keyring => &*self.keyring,
            VaultKind::File => &*self.file,
        }
    }

    pub(super) fn file(&self) -> &EncryptedFile {
        &self.file
    }

    /// Where the secrets of a new profile go.
    pub(super) fn preferred(&self) -> VaultKind {
        match self.preferred {
            Preference::File => VaultKind::File,
            Preference::Usual if self.file.is_there() => VaultKind::File,
            Preference::Usual => VaultKind::Keyring,
        }
    }
}
