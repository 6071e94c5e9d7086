//! Lock of a grant, across processes.
//!
//! It is named by the first bits of the refresh token's salted fingerprint, so that the same
//! grant in two files is one, and so that the name tells nobody anything. Two grants on one
//! lock merely wait for each other. Lock files are never deleted.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use rand::TryRng;
use rand::rngs::SysRng;

use crate::domain::change::Snapshot;
use crate::domain::event::{self, Event};
use crate::domain::name::ProfileId;
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::tokens::RefreshTokenId;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::Services;
use crate::shell::store_files::file::{open_private, private_folder};
use crate::shell::store_files::lock::{self, LockError, LockGuard};
use crate::shell::stores::QueuedStore;

/// How long a refresh waits for whoever holds its grant: a whole call and some more.
const GRANT_WAIT_LIMIT: Duration = Duration::from_secs(35);
/// How long a process waits for another one that makes the salt.
const SALT_WAIT_LIMIT: Duration = Duration::from_secs(5);

/// Hears that a refresh waits for the lock of its grant: of which profile, and who holds it.
#[derive(Default)]
pub struct LockWaitListener(OnceLock<Box<HearsWait>>);

type HearsWait = dyn Fn(&ProfileId, &str) + Send + Sync;

impl LockWaitListener {
    /// Sets what hears it; the first one stays.
    pub fn set(&self, listener: impl Fn(&ProfileId, &str) + Send + Sync + 'static) {
        drop(self.0.set(Box::new(listener)));
    }

    fn waits(&self, id: &ProfileId, holder: &str) {
        if let Some(listener) = self.0.get() {
            listener(id, holder);
        }
    }
}

impl fmt::Debug for LockWaitListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LockWaitListener(…)")
    }
}

/// Takes the lock of the grant that `refresh` belongs to, for the profile `id`.
///
/// # Errors
/// A [`Trouble`] that says for whom it waited, or why the state folder cannot be used.
pub async fn hold(
    services: &Services,
    id: &ProfileId,
    what: &str,
    refresh: &Secret,
) -> Result<LockGuard, Trouble> {
    let us = services.author.to_string();
    let waits = |holder: &str| {
        services.lock_wait.waits(id, if holder == us { "this program itself" } else { holder });
    };
    let held = hold_within(services, what, refresh, GRANT_WAIT_LIMIT, waits).await?;
    held.map_err(|holder| {
        let holder = holder.unwrap_or_else(|| "another program".to_owned());
        let why = format!("{holder} has been using this login for {} seconds", GRANT_WAIT_LIMIT.as_secs());
        Trouble::untouched(what, why, FailureKind::Temporary(None))
    })
}

/// Takes the lock of the grant that `refresh` belongs to, unless somebody else holds it.
///
/// # Errors
/// A [`Trouble`] that says why the state folder cannot be used.
pub async fn hold_if_free(
    services: &Services,
    what: &str,
    refresh: &Secret,
) -> Result<Option<LockGuard>, Trouble> {
    hold_within(services, what, refresh, Duration::ZERO, |_| ()).await.map(Result::ok)
}

/// Takes the lock, or says who holds it when the time is over.
async fn hold_within(
    services: &Services,
    what: &str,
    refresh: &Secret,
    within: Duration,
    waits: impl Fn(&str),
) -> Result<Result<LockGuard, Option<String>>, Trouble> {
    let state = &services.paths.state;
    let failed = |error: io::Error| {
        let is_full = [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded].contains(&error.kind());
        let remedy = if is_full {
            "make room on the disk, then try again".to_owned()
        } else if lock::is_without_locks(&error) {
            "set XDG_STATE_HOME to a folder on a file system that has locks".to_owned()
        } else {
            format!("make the folder {} writable", state.display())
        };
        let next = FailureKind::NeedsFix(remedy);
        Trouble::untouched(what, format!("the state folder cannot be used: {error}"), next)
    };
    let path = path(state, refresh).map_err(failed)?;
    match lock::hold(&path, within, &services.author, waits).await {
        Ok(hold) => Ok(Ok(hold)),
        Err(LockError::Busy(holder)) => Ok(Err(holder)),
        Err(LockError::Failed(error)) => Err(failed(error)),
    }
}

/// The grants of our stores that somebody is refreshing at this moment: their last event in `events`
/// is a request without an end, and their lock is held. The event log alone cannot tell a refresh that is
/// under way from one that was killed. It blocks.
#[must_use]
pub fn in_flight(services: &Services, events: &[Event]) -> BTreeSet<RefreshTokenId> {
    let open = event::open(events);
    if open.is_empty() {
        return BTreeSet::new();
    }
    let stores: Vec<Snapshot> = services.stores.all().map(QueuedStore::read).collect();
    let grants = stores.iter().flat_map(Snapshot::profiles).filter_map(|profile| {
        let grant = profile.refresh_token_id().filter(|grant| open.contains(grant))?;
        let path = path(&services.paths.state, profile.refresh_token()?).ok()?;
        lock::is_held(&path).then_some(grant)
    });
    grants.collect()
}

fn path(state: &Path, refresh: &Secret) -> io::Result<PathBuf> {
    let locks = state.join("locks");
    private_folder(&locks)?;
    let salt = salt(&state.join("salt"))?;
    Ok(locks.join(Fingerprint::salted(&salt, refresh).bucket()))
}

/// The salt of this machine: whoever comes first makes it, the others read it.
fn salt(path: &Path) -> io::Result<[u8; 32]> {
    if let Some(salt) = read(path)? {
        return Ok(salt);
    }
    let beside = path.with_extension("lock");
    let _held = lock::hold_blocking(&beside, SALT_WAIT_LIMIT).map_err(io::Error::from)?;
    // Another process may have made it meanwhile; half of one was left by a process that was killed.
    if let Some(salt) = read(path)? {
        return Ok(salt);
    }
    let mut salt = [0; 32];
    SysRng.try_fill_bytes(&mut salt).map_err(io::Error::other)?;
    let mut file = open_private(OpenOptions::new().write(true).create(true).truncate(true), path)?;
    file.write_all(&salt)?;
    file.sync_all()?;
    Ok(salt)
}

/// The salt, or nothing where it is not there as a whole.
fn read(path: &Path) -> io::Result<Option<[u8; 32]>> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut salt = [0; 32];
    match file.read_exact(&mut salt) {
        Ok(()) => Ok(Some(salt)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_process_of_this_machine_finds_the_same_lock() {
        let folder = tempfile::tempdir().expect("a folder");
        let token = Secret::new("drt_1");
        let first = path(folder.path(), &token).expect("a path");
        assert_eq!(path(folder.path(), &token).expect("a path"), first);
        let elsewhere = tempfile::tempdir().expect("a folder");
        let other = path(elsewhere.path(), &token).expect("a path");
        assert_ne!(
            fs::read(folder.path().join("salt")).expect("a salt"),
            fs::read(elsewhere.path().join("salt")).expect("a salt")
        );
        assert_eq!(
            other.parent().expect("a folder").file_name(),
            first.parent().expect("a folder").file_name()
        );
    }

    #[test]
    fn half_a_salt_of_a_killed_process_is_made_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("salt");
        fs::write(&path, [7; 5]).expect("written");
        let made = salt(&path).expect("a salt");
        assert_eq!(fs::read(&path).expect("there"), made);
        assert_eq!(salt(&path).expect("a salt"), made);
    }
}
