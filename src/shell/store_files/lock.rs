//! Locks: files that one program at a time may hold.
//!
//! A lock is a file of its own beside what it guards, never what is renamed over. The system
//! lets go of it when its holder ends, however it ends. The file itself stays: a lock that is
//! deleted can be held twice. Its text says who holds it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::domain::event::Author;
use crate::domain::text;
use crate::shell::store_files::file::open_private;

/// How long a waiter sleeps between two tries: the system tells nobody when a lock becomes free, and its
/// own waiting has no end.
const RETRY_PAUSE: Duration = Duration::from_millis(10);
/// The same of a lock that is held for one save alone: a program that makes many saves frees it only for moments.
const SAVE_RETRY_PAUSE: Duration = Duration::from_millis(1);
/// How long somebody waits before it is worth a word.
const QUIET_WAIT: Duration = Duration::from_secs(1);

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub struct LockGuard {
    _file: File,
}

/// Why a lock is not held.
#[derive(Debug)]
pub enum LockError {
    /// Somebody else holds it; the text says who, where that is known.
    Busy(Option<String>),
    /// The lock file cannot be used.
    Failed(io::Error),
}

impl std::fmt::Display for LockError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Busy(Some(holder)) => write!(f, "{holder} holds the lock"),
            Self::Busy(None) => f.write_str("another program holds the lock"),
            Self::Failed(error) if is_without_locks(error) => {
                write!(
                    f,
                    "the file system has no locks, without which two programs may undo each other: {error}"
                )
            }
            Self::Failed(error) => write!(f, "the lock file cannot be used: {error}"),
        }
    }
}

/// Whether the file system knows no locks, as some on a network do.
#[must_use]
pub fn is_without_locks(error: &io::Error) -> bool {
    #[cfg(unix)]
    let is_none = error.raw_os_error() == Some(rustix::io::Errno::NOLCK.raw_os_error());
    #[cfg(not(unix))]
    let is_none = false;
    is_none || error.kind() == io::ErrorKind::Unsupported
}

impl From<LockError> for io::Error {
    fn from(not_held: LockError) -> Self {
        match not_held {
            LockError::Busy(_) => Self::other(not_held.to_string()),
            LockError::Failed(error) => error,
        }
    }
}

/// Where the lock of the file at `target` lies.
pub(super) fn path_beside(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// Takes the lock at `path` for `author`, waiting no longer than `within`; no thread waits. Who is
/// waited for is told to `waits`, once, when it takes longer than a moment.
///
/// # Errors
/// [`LockError`] when the time is over or the file cannot be used.
pub async fn hold(
    path: &Path,
    within: Duration,
    author: &Author,
    waits: impl Fn(&str),
) -> Result<LockGuard, LockError> {
    let (mut file, until) = begin(path, within)?;
    let mut speaks_at = Some(Instant::now() + QUIET_WAIT);
    while !try_once(&mut file, &author.to_string())? {
        if Instant::now() >= until {
            return Err(LockError::Busy(holder(&mut file)));
        }
        if speaks_at.is_some_and(|at| at <= Instant::now()) {
            speaks_at = None;
            waits(holder(&mut file).as_deref().unwrap_or("another program"));
        }
        // Nobody tells when a lock becomes free.
        tokio::time::sleep(RETRY_PAUSE).await;
    }
    Ok(LockGuard { _file: file })
}

/// Whether anybody holds the lock at `path`, this process included. Who takes it meanwhile waits for
/// a moment longer.
#[must_use]
pub fn is_held(path: &Path) -> bool {
    open(path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Takes the lock at `path`, blocking this thread no longer than `within`.
///
/// # Errors
/// [`LockError`] when the time is over or the file cannot be used.
pub fn hold_blocking(path: &Path, within: Duration) -> Result<LockGuard, LockError> {
    let (mut file, until) = begin(path, within)?;
    let us = format!("authtui (process {})", std::process::id());
    while !try_once(&mut file, &us)? {
        if Instant::now() >= until {
            return Err(LockError::Busy(holder(&mut file)));
        }
        // Nobody tells when a lock becomes free.
        std::thread::sleep(SAVE_RETRY_PAUSE);
    }
    Ok(LockGuard { _file: file })
}

fn begin(path: &Path, within: Duration) -> Result<(File, Instant), LockError> {
    let file = open(path).map_err(LockError::Failed)?;
    let now = Instant::now();
    Ok((file, now.checked_add(within).unwrap_or(now)))
}

fn open(path: &Path) -> io::Result<File> {
    open_private(OpenOptions::new().read(true).write(true).create(true).truncate(false), path)
}

fn try_once(file: &mut File, us: &str) -> Result<bool, LockError> {
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(false),
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => return Ok(false),
        Err(TryLockError::Error(error)) => return Err(LockError::Failed(error)),
    }
    // Only for people: a full disk must not keep a lock from being held.
    let _ = sign(file, us);
    Ok(true)
}

/// Writes `us` where it does not stand yet: ext4 puts a file on disk at once when what was cut off is written
/// again, which takes as long as a save.
fn sign(file: &mut File, us: &str) -> io::Result<()> {
    let said = text_of(file).ok();
    if said.as_deref() == Some(us) {
        return Ok(());
    }
    if said.as_deref() != Some("") {
        file.set_len(0)?;
    }
    file.rewind()?;
    file.write_all(us.as_bytes())
}

/// The beginning of what it says.
fn text_of(file: &mut File) -> io::Result<String> {
    let mut said = String::new();
    file.rewind()?;
    file.take(80).read_to_string(&mut said)?;
    Ok(said)
}

fn holder(file: &mut File) -> Option<String> {
    let said = text_of(file).ok()?;
    Some(text::clean(said.trim(), 60)).filter(|said| !said.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(10);
    const SHORT: Duration = Duration::from_millis(30);

    #[test]
    fn a_second_holder_waits_and_learns_who_is_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.lock");
        let first = hold_blocking(&path, LONG).expect("free");
        let us = format!("authtui (process {})", std::process::id());
        match hold_blocking(&path, SHORT) {
            Err(LockError::Busy(holder)) => assert_eq!(holder, Some(us)),
            other => panic!("{other:?}"),
        }
        drop(first);
        assert!(hold_blocking(&path, Duration::ZERO).is_ok());
        assert!(path.exists(), "a lock file stays");
    }

    #[test]
    fn whoever_waits_for_long_is_told_for_whom() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.lock");
        let author = |process| Author { program: "authtui token".into(), process };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            assert!(!is_held(&path));
            let first = hold(&path, LONG, &author(7), |_| panic!("it is free")).await.expect("free");
            assert!(is_held(&path));
            let told = std::cell::RefCell::new(Some(first));
            let for_whom = |holder: &str| {
                assert_eq!(holder, "authtui token (process 7)");
                drop(told.take());
            };
            assert!(hold(&path, LONG, &author(8), for_whom).await.is_ok());
        });
        assert!(!is_held(&path), "looking takes nothing away");
    }

    #[test]
    fn a_lock_says_who_holds_it_whatever_it_said_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.lock");
        let us = format!("authtui (process {})", std::process::id());
        for before in [&b""[..], us.as_bytes(), b"authtui (process 12345678901)", b"\xff\xfe", &[b'x'; 200]] {
            std::fs::write(&path, before).expect("written");
            drop(hold_blocking(&path, LONG).expect("free"));
            assert_eq!(std::fs::read_to_string(&path).expect("text"), us);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_system_without_locks_is_named() {
        use rustix::io::Errno;
        for (error, is_without) in
            [(Errno::NOLCK, true), (Errno::OPNOTSUPP, true), (Errno::NOSYS, true), (Errno::IO, false)]
        {
            let said = LockError::Failed(error.into()).to_string();
            assert_eq!(said.contains("has no locks"), is_without, "{said}");
        }
    }

    #[test]
    fn waiting_ends_when_the_holder_lets_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.lock");
        let first = hold_blocking(&path, LONG).expect("free");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(async {
            let author = Author { program: "authtui".into(), process: 7 };
            assert!(matches!(hold(&path, SHORT, &author, |_| {}).await, Err(LockError::Busy(Some(_)))));
            let let_go = async {
                tokio::task::yield_now().await;
                drop(first);
            };
            let (second, ()) = tokio::join!(hold(&path, LONG, &author, |_| {}), let_go);
            assert!(second.is_ok());
        });
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_file_is_private_and_never_reached_by_a_link() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.lock");
        drop(hold_blocking(&path, LONG).expect("free"));
        assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
        let (link, victim) = (folder.path().join("b.lock"), folder.path().join("victim"));
        symlink(&victim, &link).expect("a link");
        assert!(matches!(hold_blocking(&link, SHORT), Err(LockError::Failed(_))));
        assert!(!victim.exists());
        assert!(matches!(hold_blocking(folder.path(), SHORT), Err(LockError::Failed(_))));
    }
}
