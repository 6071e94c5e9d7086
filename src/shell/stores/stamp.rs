//! What tells at a glance that a file was written.

use std::path::Path;

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
