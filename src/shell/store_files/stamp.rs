//! What tells at a glance that a file was written.

use std::path::Path;
use std::time::Duration;

/// How long a file that is not understood may be one that is just being written.
pub(super) const MOMENT: Duration = Duration::from_millis(20);

/// What changes when a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    modified: std::time::SystemTime,
    size: u64,
    number: u64,
    /// When anything of it was changed; no program can set it back.
    changed: (i64, i64),
}

impl Stamp {
    /// What the file at `path` has now; nothing where it cannot be found.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path).ok()?;
        #[cfg(unix)]
        let (number, changed) = {
            use std::os::unix::fs::MetadataExt;
            (found.ino(), (found.ctime(), found.ctime_nsec()))
        };
        #[cfg(not(unix))]
        let (number, changed) = (0, (0, 0));
        Some(Self { modified: found.modified().ok()?, size: found.len(), number, changed })
    }
}

/// Whether the file at `path` is there, or is so within so many [`MOMENT`]s; one that cannot be looked for
/// is not waited for.
pub(super) fn is_back(path: &Path, looks: usize) -> bool {
    let is_absent = || {
        let found = std::fs::metadata(path);
        found.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    };
    let waits = |_: &usize| {
        let waits = is_absent();
        if waits {
            std::thread::sleep(MOMENT);
        }
        waits
    };
    (0..looks).take_while(waits).count() < looks || !is_absent()
}
