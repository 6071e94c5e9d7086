//! The temporary file that is renamed over its target.
//!
//! It is locked for as long as somebody means to use it, and it is made only by whoever holds the
//! lock of the target. So one that nobody holds was left by a program that was killed.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use super::folder;

/// From what age on a temporary file is a leftover where the system knows no locks.
const LEFTOVER: Duration = Duration::from_secs(3600);
/// How many letters and digits make the name of a temporary file unlike any other.
const RANDOM: usize = 6;

/// A private file beside its target.
#[derive(Debug)]
pub struct Temporary(NamedTempFile);

impl Temporary {
    /// An empty one beside `target`. The caller holds the lock of the target.
    ///
    /// # Errors
    /// The system's own.
    pub fn beside(target: &Path) -> io::Result<Self> {
        let mut prefix = std::ffi::OsString::from(".");
        prefix.push(target.file_name().unwrap_or_default());
        prefix.push(".");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".tmp").rand_bytes(RANDOM);
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
}

/// Removes the temporary files of `target` that nobody means to use any more. The caller holds the
/// lock of the target.
pub fn remove_leftovers(target: &Path) {
    let Some(name) = target.file_name().and_then(|name| name.to_str()) else { return };
    let Ok(entries) = fs::read_dir(folder(target)) else { return };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_str().is_some_and(|found| is_ours(found, name));
        if ours && is_left(&entry.path()) {
            // Another program may have removed it already.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_ours(found: &str, target: &str) -> bool {
    let random = found.strip_prefix('.').and_then(|rest| rest.strip_prefix(target));
    let random = random.and_then(|rest| rest.strip_prefix('.')?.strip_suffix(".tmp"));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn is_left(path: &Path) -> bool {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    let Ok(file) = options.open(path) else { return false };
    if !file.metadata().is_ok_and(|found| found.is_file()) {
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
    age.is_some_and(|age| age > LEFTOVER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder").flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
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
        let held = Temporary::with_room(&target, 10).expect("room");
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
        assert_eq!(names(folder.path()), left);
        drop(held);
        assert_eq!(names(folder.path()).len(), 4, "it goes with its holder");
    }

    #[test]
    fn one_that_could_not_be_locked_is_missed_when_it_was_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("config.yaml");
        let kept = Temporary::with_room(&target, 10).expect("room");
        assert!(kept.is_there());
        kept.0.as_file().unlock().expect("unlocked");
        let replaced = crate::shell::file::replace(&target, None, b"new", Some(kept)).expect("replaced");
        assert!(matches!(replaced, crate::shell::file::Replaced::Done(_)));
        assert_eq!(fs::read(&target).expect("there"), b"new");
        assert_eq!(names(folder.path()), ["config.yaml"]);
    }

    #[test]
    fn room_that_was_kept_holds_what_is_filled_in_and_no_more() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("config.yaml");
        for (room, bytes) in [(0, &b"new"[..]), (100, b"new"), (2, b"longer than the room")] {
            let mut temporary = Temporary::with_room(&target, room).expect("room");
            temporary.fill(bytes).expect("filled");
            temporary.replace(&target).expect("replaced");
            assert_eq!(fs::read(&target).expect("there"), bytes);
        }
        assert_eq!(names(folder.path()), ["config.yaml"]);
    }
}
