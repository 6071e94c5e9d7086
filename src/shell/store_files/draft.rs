//! Draft of a save: what a file will say, on disk beside it while what it refers to is put elsewhere.
//!
//! A program that is killed meanwhile leaves it, and it is looked at as what any interrupted save left.

use crate::domain::change::Change;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::store_files::StoreFile;
use crate::shell::store_files::file::shown;
use crate::shell::store_files::file::temporary::TemporaryFile;

/// One on disk. It goes when it is dropped.
#[derive(Debug)]
pub(in crate::shell) struct SaveDraft {
    _file: TemporaryFile,
}

impl StoreFile {
    /// Writes down what `changes` will make of the file. The caller keeps every other save away until the draft
    /// is dropped.
    ///
    /// # Errors
    /// A [`Trouble`] when it cannot be written.
    pub(in crate::shell) fn draft(&self, changes: &[Change]) -> Result<SaveDraft, Trouble> {
        let (target, _lock) = self.hold(false)?;
        let amended = self.amend(&target, changes)?;
        let failed = |error: std::io::Error| {
            let what = format!("cannot write beside {}", shown(&target));
            Trouble::untouched(what, error.to_string(), FailureKind::Temporary(None))
        };
        let mut file = TemporaryFile::beside(&target).map_err(failed)?;
        file.fill(amended.after.as_bytes()).map_err(failed)?;
        Ok(SaveDraft { _file: file })
    }
}
