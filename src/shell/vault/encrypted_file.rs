//! Encrypted file: a vault for where no keyring answers.
//!
//! `secrets.age` holds the secrets, encrypted to a key; `secrets-key.age` holds that key, encrypted by the
//! passphrase. So only the key costs the time that makes a passphrase hard to guess, once per run, and a save
//! costs none of it. Both are files of age: `age -d -i secrets-key.age secrets.age` opens them without authtui.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use age::DecryptError;
use age::secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::store_presence::Prompting;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::store_files::file::{self, Replaced, shown};
use crate::shell::vault::{Vault, VaultError};

/// The longest file that is read.
const SIZE_LIMIT: usize = 16 * 1024 * 1024;

/// The most work that is done to open a key, as age counts it: 2 to the power of it.
const WORK_LIMIT: u8 = 22;

/// The secrets of the file, by their ids.
type Secrets = BTreeMap<String, String>;

/// The file and its key.
pub(in crate::shell) struct EncryptedFile {
    secrets: PathBuf,
    key: PathBuf,
    /// What the passphrase opened.
    opened: Mutex<Option<Key>>,
}

impl std::fmt::Debug for EncryptedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("EncryptedFile").field(&self.secrets).finish()
    }
}

impl EncryptedFile {
    /// The file beside the store's at `path`.
    pub(super) fn beside(path: &Path) -> Self {
        let [secrets, key] = ["secrets.age", "secrets-key.age"].map(|name| path.with_file_name(name));
        Self { secrets, key, opened: Mutex::default() }
    }

    /// Whether its key was made.
    pub(in crate::shell) fn is_there(&self) -> bool {
        std::fs::symlink_metadata(&self.key).is_ok()
    }

    /// Whether it waits for its passphrase.
    pub(in crate::shell) fn is_closed(&self) -> bool {
        self.opened().is_none()
    }

    /// Opens the key by `passphrase`, or makes one where there is none.
    ///
    /// # Errors
    /// A [`Trouble`] when it is another passphrase, or the file cannot be read or made.
    pub(in crate::shell) fn open(&self, passphrase: &Secret) -> Result<(), Trouble> {
        let what = format!("cannot open {}", shown(&self.key));
        let failed = |why: String, next: &str| {
            Trouble::untouched(what.clone(), why, FailureKind::NeedsFix(next.to_owned()))
        };
        let key = match file::read(&self.key, SIZE_LIMIT)? {
            Some(bytes) => match Key::from_encrypted(&bytes, passphrase) {
                Ok(Some(key)) => key,
                Ok(None) => {
                    let next = "enter the passphrase that it was made with";
                    return Err(failed("that is not its passphrase".to_owned(), next));
                }
                Err(why) => return Err(failed(why, "restore it from a backup")),
            },
            None if self.secrets.exists() => {
                let why = format!("it is gone, and {} cannot be read without it", shown(&self.secrets));
                return Err(failed(why, "restore it from a backup"));
            }
            None => {
                let key = Key::generate();
                let bytes = key.encrypted(passphrase).map_err(|why| failed(why, "try again"))?;
                file::make_folder(&self.key)?;
                match file::replace(&self.key, None, &bytes, None)? {
                    Replaced::Done(_) => key,
                    Replaced::Overtaken => {
                        return Err(failed("another program made it meanwhile".to_owned(), "try again"));
                    }
                }
            }
        };
        *self.opened() = Some(key);
        Ok(())
    }

    fn opened(&self) -> MutexGuard<'_, Option<Key>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes of the file as it is now, and what they hold.
    fn read(&self, key: &Key) -> Result<(Option<Vec<u8>>, Secrets), VaultError> {
        let failed = |why: &str| VaultError::Failed(format!("cannot read {}: {why}", shown(&self.secrets)));
        let bytes = file::read(&self.secrets, SIZE_LIMIT).map_err(|trouble| failed(&trouble.why))?;
        let Some(bytes) = bytes else { return Ok((None, Secrets::new())) };
        let text = key.decrypt(&bytes).map_err(|why| failed(&why))?;
        let secrets = serde_json::from_slice(&text).map_err(|_| failed("what it holds is not understood"))?;
        Ok((Some(bytes.to_vec()), secrets))
    }

    /// Changes what it holds. The caller holds the lock of the store.
    fn change(&self, change: impl FnOnce(&mut Secrets)) -> Result<(), VaultError> {
        let opened = self.opened();
        let key = opened.as_ref().ok_or(VaultError::NoPassphrase)?;
        let (before, mut secrets) = self.read(key)?;
        let old = secrets.clone();
        change(&mut secrets);
        if old == secrets {
            return Ok(());
        }
        let failed =
            |why: String| VaultError::Failed(format!("cannot write {}: {why}", shown(&self.secrets)));
        let text = serde_json::to_vec(&secrets).map_err(|error| failed(error.to_string()))?;
        let bytes = key.encrypt(&text).map_err(failed)?;
        match file::replace(&self.secrets, before.as_deref(), &bytes, None) {
            Ok(Replaced::Done(_)) => Ok(()),
            Ok(Replaced::Overtaken) => Err(failed("another program wrote it meanwhile".to_owned())),
            Err(trouble) => Err(failed(trouble.why)),
        }
    }
}

impl Vault for EncryptedFile {
    fn probe(&self, _prompting: Prompting) -> Result<(), VaultError> {
        let opened = self.opened();
        self.read(opened.as_ref().ok_or(VaultError::NoPassphrase)?).map(drop)
    }

    fn get(&self, id: &str) -> Result<Option<Secret>, VaultError> {
        let opened = self.opened();
        let (_, mut secrets) = self.read(opened.as_ref().ok_or(VaultError::NoPassphrase)?)?;
        Ok(secrets.remove(id).map(Secret::new))
    }

    fn put(&self, id: &str, secret: &Secret, _label: &str) -> Result<(), VaultError> {
        self.change(|secrets| {
            secrets.insert(id.to_owned(), secret.expose().to_owned());
        })
    }

    fn delete(&self, id: &str) -> Result<(), VaultError> {
        self.change(|secrets| {
            secrets.remove(id);
        })
    }
}

/// The key that opens the secrets.
struct Key(age::x25519::Identity);

impl Key {
    fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// The key in `bytes`; nothing where `passphrase` is another one.
    fn from_encrypted(bytes: &[u8], passphrase: &Secret) -> Result<Option<Self>, String> {
        let mut identity = age::scrypt::Identity::new(passphrase.expose().into());
        // What another, faster machine made is opened here too.
        identity.set_max_work_factor(WORK_LIMIT);
        let text = match age::decrypt(&identity, bytes) {
            Ok(text) => text,
            Err(
                DecryptError::DecryptionFailed
                | DecryptError::KeyDecryptionFailed
                | DecryptError::NoMatchingKeys,
            ) => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let text = String::from_utf8(text).map_err(|_| "it holds no key".to_owned())?;
        let line = text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-"));
        let key = line.and_then(|line| line.trim().parse().ok());
        key.map(|key| Some(Self(key))).ok_or_else(|| "it holds no key".to_owned())
    }

    fn encrypted(&self, passphrase: &Secret) -> Result<Vec<u8>, String> {
        let recipient = age::scrypt::Recipient::new(passphrase.expose().into());
        #[cfg(test)]
        let recipient = {
            // Tests have nothing to hide.
            let mut recipient = recipient;
            recipient.set_work_factor(1);
            recipient
        };
        let line = Zeroizing::new(format!("{}\n", self.0.to_string().expose_secret()));
        age::encrypt(&recipient, line.as_bytes()).map_err(|error| error.to_string())
    }

    fn encrypt(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        age::encrypt(&self.0.to_public(), text).map_err(|error| error.to_string())
    }

    fn decrypt(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        age::decrypt(&self.0, bytes).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_passphrase_opens_it_and_nothing_in_it_is_readable() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keyring.yaml");
        let file = EncryptedFile::beside(&path);
        assert!(!file.is_there() && file.get("a") == Err(VaultError::NoPassphrase));
        file.open(&Secret::new("correct horse")).expect("made");
        file.put("a", &Secret::new("token-of-ana"), "").expect("kept");
        file.put("b", &Secret::new("token-of-ben"), "").expect("kept");
        file.delete("b").expect("gone");
        file.delete("b").expect("still gone");

        let gone = folder.path().join("elsewhere/keyring.yaml");
        std::fs::create_dir(folder.path().join("elsewhere")).expect("made");
        let gone = EncryptedFile::beside(&gone);
        std::fs::copy(&file.secrets, &gone.secrets).expect("copied");
        let trouble = gone.open(&Secret::new("correct horse")).expect_err("its key is gone");
        assert!(trouble.why.contains("it is gone") && !gone.key.exists(), "{trouble}");
        let whole = std::fs::read(&file.key).expect("a key");
        std::fs::write(&gone.key, whole.get(..whole.len() / 2).expect("a half")).expect("written");
        let trouble = gone.open(&Secret::new("correct horse")).expect_err("it is cut");
        assert!(trouble.to_string().contains("restore it from a backup"), "{trouble}");

        let again = EncryptedFile::beside(&path);
        assert!(again.is_there() && again.is_closed() && again.put("c", &Secret::new("c"), "").is_err());
        let trouble = again.open(&Secret::new("another")).expect_err("another passphrase");
        assert!(trouble.why.contains("passphrase"), "{trouble}");
        again.open(&Secret::new("correct horse")).expect("opened");
        assert_eq!(again.get("a"), Ok(Some(Secret::new("token-of-ana"))));
        assert_eq!(again.get("b"), Ok(None));
        for name in ["secrets.age", "secrets-key.age"] {
            let bytes = std::fs::read(folder.path().join(name)).expect("there");
            let is_in = |word: &str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
            assert!(is_in("age-encryption.org") && !is_in("token-of") && !is_in("AGE-SECRET"), "{name}");
        }
        std::fs::write(folder.path().join("secrets.age"), "x").expect("written");
        assert!(matches!(again.get("a"), Err(VaultError::Failed(_))));
        assert!(again.put("c", &Secret::new("c"), "").is_err(), "what is not understood is not written");
    }
}
