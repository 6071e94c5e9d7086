//! Temporary file that is renamed over its target.
//!
//! It is locked for as long as somebody means to use it, and it is made only by whoever holds the
//! lock of the target. So one that nobody holds was left by a program that was killed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::shell::store_files::file::rights::is_own;
use crate::shell::store_files::file::{content, folder, open_private};
use tempfile::NamedTempFile;

/// From what age on a temporary file is a leftover where the system knows no locks.
const LEFTOVER_AGE: Duration = Duration::from_secs(3600);
/// How many letters and digits make the name of a temporary file unlike any other.
const RANDOM_LENGTH: usize = 6;

/// A private file beside its target.
#[derive(Debug)]
pub struct TemporaryFile(NamedTempFile);

impl TemporaryFile {
    /// An empty one beside `target`. The caller holds the lock of the target.
    ///
    /// # Errors
    /// The system's own.
    pub fn beside(target: &Path) -> io::Result<Self> {
        let mut prefix = std::ffi::OsString::from(".");
        prefix.push(target.file_name().unwrap_or_default());
        prefix.push(".");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".tmp").rand_bytes(RANDOM_LENGTH);
        let temporary = builder.tempfile_in(folder(target))?;
        // Where the system knows no locks, its age tells.
        let _ = temporary.as_file().try_lock();
        Ok(Self(temporary))
    }

    /// One that has `room` bytes on disk, which [`fill`](Self::fill) then needs not ask for.
    ///
    /// # Errors
    /// The system's own, where there is no room.
    pub fn with_room(target: &Path, room: u64) -> io::Result<Self> {
        let mut temporary = Self::beside(target)?;
        io::copy(&mut io::Read::take(io::repeat(0), room), &mut temporary.0)?;
        temporary.0.flush()?;
        Ok(temporary)
    }

    /// Whether nobody has removed it.
    #[must_use]
    pub fn is_there(&self) -> bool {
        fs::symlink_metadata(self.0.path()).is_ok()
    }

    /// Gives it the rights of `target`, which is no file of ours.
    ///
    /// # Errors
    /// The system's own.
    pub fn take_rights(&self, target: &Path) -> io::Result<()> {
        self.0.as_file().set_permissions(fs::metadata(target)?.permissions())
    }

    /// Makes it hold `bytes` and nothing else, on disk.
    ///
    /// # Errors
    /// The system's own.
    pub fn fill(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.rewind()?;
        self.0.write_all(bytes)?;
        self.0.as_file().set_len(u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
        self.0.as_file().sync_all()
    }

    /// Puts it in the place of `target`.
    ///
    /// # Errors
    /// The system's own; `target` is then as it was.
    pub fn replace(self, target: &Path) -> io::Result<()> {
        self.0.persist(target).map(drop).map_err(|error| error.error)
    }

    /// Puts it in the place of `target` if that holds `before` in this very moment, and says whether
    /// it did. Where the system cannot swap two files, what was written in the last moment is replaced.
    ///
    /// # Errors
    /// The system's own; `target` is then as it was.
    pub fn replace_if(self, target: &Path, before: Option<&[u8]>) -> io::Result<bool> {
        match (self.swap(target, before.is_some())?, before) {
            (Some(true), Some(before)) => Ok(self.was(before) || !self.give_back(target)),
            (Some(true), None) => self.0.keep().map(|_| true).map_err(|error| error.error),
            (Some(false), _) => Ok(false),
            (None, _) => self.replace(target).map(|()| true),
        }
    }

    /// Swaps it with `target`, or puts it where nothing may be, and says whether `target` was there as it
    /// must be; nothing where the system cannot do that in one step.
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    fn swap(&self, target: &Path, must_be_there: bool) -> io::Result<Option<bool>> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        use rustix::io::Errno;
        let flags = if must_be_there { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
        match (renameat_with(CWD, self.0.path(), CWD, target, flags), must_be_there) {
            (Ok(()), _) => Ok(Some(true)),
            (Err(Errno::EXIST), false) | (Err(Errno::NOENT), true) => Ok(Some(false)),
            (Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP), _) => Ok(None),
            (Err(error), _) => Err(error.into()),
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    fn swap(&self, _target: &Path, _must_be_there: bool) -> io::Result<Option<bool>> {
        Ok(None)
    }

    /// Whether what was swapped out is `before`, as far as can be read.
    fn was(&self, before: &[u8]) -> bool {
        content::holds(self.0.path(), before).unwrap_or(true)
    }

    /// Gives `target` back what was swapped out, and says whether that could be done.
    fn give_back(self, target: &Path) -> bool {
        self.0.persist(target).is_ok()
    }
}

/// Removes the temporary files of `target` that nobody means to use any more, but for those that were set
/// aside. The caller holds the lock of the target.
pub fn remove_leftovers(target: &Path) {
    for path in leftovers(target).iter().filter(|path| path.extension().is_some_and(|end| end == "tmp")) {
        // Another program may have removed it already.
        let _ = fs::remove_file(path);
    }
}

/// The temporary files of `target` that nobody means to use any more, and those that were set aside.
#[must_use]
pub fn leftovers(target: &Path) -> Vec<PathBuf> {
    let Some(name) = target.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let folder = folder(target);
    let names = names(folder).unwrap_or_default();
    let ours = names.iter().filter(|found| is_ours(found, name)).map(|found| folder.join(found));
    ours.filter(|path| is_left(path)).collect()
}

/// Gives the leftover at `path` a name by which it is not removed.
///
/// # Errors
/// The system's own.
pub fn set_aside(path: &Path) -> io::Result<()> {
    fs::rename(path, path.with_extension("aside"))
}

/// The names in a folder. The standard library's reading panics where closing the folder fails, and the
/// thread that does this has new tokens to save.
#[cfg(unix)]
fn names(folder: &Path) -> io::Result<Vec<String>> {
    use rustix::fs::{Dir, Mode, OFlags, open};
    let opened = open(folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let entries = Dir::new(opened)?.flatten();
    let all = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    Ok(all.filter(|name| name != "." && name != "..").collect())
}

/// The names in a folder.
#[cfg(not(unix))]
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = fs::read_dir(folder)?.flatten();
    Ok(entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

fn is_ours(found: &str, target: &str) -> bool {
    let random = found.strip_prefix('.').and_then(|rest| rest.strip_prefix(target));
    let random = random.and_then(|rest| rest.strip_prefix('.'));
    let random = random.and_then(|rest| rest.strip_suffix(".tmp").or_else(|| rest.strip_suffix(".aside")));
    random.is_some_and(|random| {
        random.len() == RANDOM_LENGTH && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn is_left(path: &Path) -> bool {
    let Ok(file) = open_private(OpenOptions::new().read(true).write(true), path) else { return false };
    if !file.metadata().is_ok_and(|found| is_own(&found)) {
        return false;
    }
    match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => is_old(&file),
    }
}

fn is_old(file: &File) -> bool {
    let modified = file.metadata().and_then(|found| found.modified());
    let age = modified.ok().and_then(|at| SystemTime::now().duration_since(at).ok());
    age.is_some_and(|age| age > LEFTOVER_AGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(folder: &Path) -> Vec<String> {
        let mut names = names(folder).expect("a folder");
        names.sort();
        names
    }

    #[test]
    fn what_nobody_holds_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("config.yaml");
        for name in [
            ".config.yaml.aB3dE6.tmp",
            ".config.yaml.mine.tmp",
            ".config.yaml.aB3dE6.tmp.old",
            ".other.aB3dE6.tmp",
            "config.yaml.aB3dE6.tmp",
        ] {
            fs::write(folder.path().join(name), "x").expect("written");
        }
        let held = TemporaryFile::with_room(&target, 10).expect("room");
        let held_name = held.0.path().file_name().expect("a name").to_string_lossy().into_owned();
        remove_leftovers(&target);
        let mut left = vec![
            held_name,
            ".config.yaml.mine.tmp".into(),
            ".config.yaml.aB3dE6.tmp.old".into(),
            ".other.aB3dE6.tmp".into(),
            "config.yaml.aB3dE6.tmp".into(),
        ];
        left.sort();
        assert_eq!(sorted(folder.path()), left);
        drop(held);
        assert_eq!(sorted(folder.path()).len(), 4, "it goes with its holder");
    }

    #[test]
    fn what_somebody_wrote_in_the_last_moment_is_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("config.yaml");
        for (there, before, replaced) in [
            (None, None, true),
            (Some("other"), None, false),
            (None, Some("old"), false),
            (Some("other"), Some("old"), false),
            (Some("old"), Some("old"), true),
        ] {
            let _ = fs::remove_file(&target);
            if let Some(text) = there {
                fs::write(&target, text).expect("written");
            }
            let mut temporary = TemporaryFile::beside(&target).expect("made");
            temporary.fill(b"new").expect("filled");
            assert_eq!(temporary.replace_if(&target, before.map(str::as_bytes)).expect("tried"), replaced);
            let now = if replaced { Some("new") } else { there };
            assert_eq!(fs::read_to_string(&target).ok().as_deref(), now, "{there:?} {before:?}");
            assert_eq!(sorted(folder.path()).len(), usize::from(now.is_some()));
        }
    }

    #[test]
    fn one_that_could_not_be_locked_is_missed_when_it_was_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("config.yaml");
        let kept = TemporaryFile::with_room(&target, 10).expect("room");
        assert!(kept.is_there());
        kept.0.as_file().unlock().expect("unlocked");
        let replaced =
            crate::shell::store_files::file::replace(&target, None, b"new", Some(kept)).expect("replaced");
        assert!(matches!(replaced, crate::shell::store_files::file::Replaced::Done(_)));
        assert_eq!(fs::read(&target).expect("there"), b"new");
        assert_eq!(sorted(folder.path()), ["config.yaml"]);
    }

    #[test]
    fn room_that_was_kept_holds_what_is_filled_in_and_no_more() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("config.yaml");
        for (room, bytes) in [(0, &b"new"[..]), (100, b"new"), (2, b"longer than the room")] {
            let mut temporary = TemporaryFile::with_room(&target, room).expect("room");
            temporary.fill(bytes).expect("filled");
            temporary.replace(&target).expect("replaced");
            assert_eq!(fs::read(&target).expect("there"), bytes);
        }
        assert_eq!(sorted(folder.path()), ["config.yaml"]);
    }
}
