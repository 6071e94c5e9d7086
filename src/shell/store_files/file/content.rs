//! Content of a file, and the stamp that tells at a glance that it was written.

use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::store_files::file::{cannot, shown};

/// How many bytes are read at a time.
const PIECE_LENGTH: usize = 16 * 1024;

/// How long a file that is not understood may be one that is just being written.
pub(in crate::shell::store_files) const MOMENT: Duration = Duration::from_millis(20);

/// The longest tick of the clock of a file system.
const TICK: Duration = Duration::from_secs(2);

/// The bytes of the file at `path`, at most `limit` and one, or nothing when it is not there.
///
/// # Errors
/// A [`Trouble`] when it is there and cannot be read.
pub fn read(path: &Path, limit: usize) -> Result<Option<Zeroizing<Vec<u8>>>, Trouble> {
    let Some((file, length)) = open(path)? else { return Ok(None) };
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    // Room for all of it at once: a buffer that grows leaves copies of what it held.
    let room = usize::try_from(length.min(most)).unwrap_or(0).saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(most).read_to_end(&mut bytes).map_err(|error| cannot("read", path, &error))?;
    Ok(Some(bytes))
}

/// The text of the file at `path`, of at most `limit` bytes, or nothing when it is not there.
///
/// # Errors
/// Why it cannot be used, in words.
pub fn read_text(path: &Path, limit: usize) -> Result<Option<String>, String> {
    let Some(bytes) = read(path, limit).map_err(|trouble| trouble.why)? else { return Ok(None) };
    if bytes.len() > limit {
        return Err("it is too long".to_owned());
    }
    String::from_utf8(bytes.to_vec()).map(Some).map_err(|_| "it is not UTF-8 text".to_owned())
}

/// Whether the file at `path` holds `bytes` and nothing else; it is compared piece by piece.
///
/// # Errors
/// A [`Trouble`] when it is there and cannot be read.
pub fn holds(path: &Path, bytes: &[u8]) -> Result<bool, Trouble> {
    let mut left = bytes;
    let is_as_far = read_in_pieces(path, bytes.len(), |read| {
        left.strip_prefix(read).inspect(|rest| left = rest).is_some()
    })?;
    Ok(is_as_far && left.is_empty())
}

/// Gives `take` the bytes of the file at `path` piece by piece, as long as it wants more, and says whether it got
/// all of them; it gets none where the file is not there, or longer than `limit`.
///
/// # Errors
/// A [`Trouble`] when it is there and cannot be read.
pub fn read_in_pieces(
    path: &Path,
    limit: usize,
    mut take: impl FnMut(&[u8]) -> bool,
) -> Result<bool, Trouble> {
    let Some((mut file, length)) = open(path)? else { return Ok(false) };
    let Some(length) = usize::try_from(length).ok().filter(|length| *length <= limit) else {
        return Ok(false);
    };
    let mut piece = Zeroizing::new(vec![0; PIECE_LENGTH.min(length + 1)]);
    loop {
        let count = match file.read(&mut piece) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(cannot("read", path, &error)),
        };
        let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { return Ok(true) };
        if !take(read) {
            return Ok(false);
        }
    }
}

/// The file at `path` and its length, or nothing when it is not there.
pub(super) fn open(path: &Path) -> Result<Option<(fs::File, u64)>, Trouble> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A named pipe would otherwise wait for somebody to write.
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot("read", path, &error)),
    };
    let found = file.metadata().map_err(|error| cannot("read", path, &error))?;
    if !found.is_file() {
        // A device must stay where it is.
        let (why, remedy) = if found.is_dir() {
            ("it is a folder", "move it away, or name another file with --config")
        } else {
            ("it is no ordinary file", "name another file with --config")
        };
        let next = FailureKind::NeedsFix(remedy.to_owned());
        return Err(Trouble::untouched(format!("cannot read {}", shown(path)), why, next));
    }
    Ok(Some((file, found.len())))
}

/// What changes when a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    modified: std::time::SystemTime,
    size: u64,
    number: u64,
    /// When anything of it was changed; no program can set it back.
    changed: (i64, i64),
}

impl FileStamp {
    /// What the file at `path` has now; nothing where it cannot be looked at.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        Self::look(path).ok()
    }

    /// The same.
    ///
    /// # Errors
    /// The system's own, which tells what is not there from what cannot be looked at.
    pub fn look(path: &Path) -> io::Result<Self> {
        let found = fs::metadata(path)?;
        #[cfg(unix)]
        let (number, changed) = {
            use std::os::unix::fs::MetadataExt;
            (found.ino(), (found.ctime(), found.ctime_nsec()))
        };
        #[cfg(not(unix))]
        let (number, changed) = (0, (0, 0));
        Ok(Self { modified: found.modified()?, size: found.len(), number, changed })
    }

    /// Whether the last change is so young that another one may bear the same time.
    #[must_use]
    pub fn may_hide_a_change(&self) -> bool {
        #[cfg(unix)]
        let changed = std::time::UNIX_EPOCH + Duration::from_secs(self.changed.0.try_into().unwrap_or(0));
        #[cfg(not(unix))]
        let changed = self.modified;
        changed.elapsed().map_or(true, |ago| ago < TICK)
    }
}

/// Whether the file at `path` is there, or is so within so many [`MOMENT`]s; one that cannot be looked for
/// is not waited for.
pub(in crate::shell::store_files) fn is_back(path: &Path, looks: usize) -> bool {
    let is_absent = || {
        let found = fs::metadata(path);
        found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
    };
    let waits = |_: &usize| {
        let waits = is_absent();
        if waits {
            // A program that moves the file away and writes another tells nobody when it is back.
            std::thread::sleep(MOMENT);
        }
        waits
    };
    (0..looks).take_while(waits).count() < looks || !is_absent()
}
