//! List of the ids under which secrets were put into a vault and may still lie there.
//!
//! It is written before a secret is put, so that one that a crash left behind is known. It holds no secret.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::domain::trouble::Trouble;
use crate::shell::store_files::file::{self, Replaced};
use crate::stored::vault_references::Reference;

/// The longest list that is read.
const SIZE_LIMIT: usize = 4 * 1024 * 1024;

/// The list at one path. Whoever changes it holds the lock of the store.
#[derive(Debug)]
pub(super) struct IdList(PathBuf);

impl IdList {
    pub(super) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// What is on it; a line that is no reference is left out.
    pub(super) fn read(&self) -> Result<BTreeSet<Reference>, Trouble> {
        let bytes = file::read(&self.0, SIZE_LIMIT)?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&bytes).lines().filter_map(Reference::from_text).collect())
    }

    /// Writes it anew, and syncs it.
    pub(super) fn write(&self, references: &BTreeSet<Reference>) -> Result<(), Trouble> {
        let text: String = references.iter().map(|reference| reference.text() + "\n").collect();
        let path: &Path = &self.0;
        let before = file::read(path, SIZE_LIMIT)?;
        if before.as_deref().is_some_and(|before| before.as_slice() == text.as_bytes()) {
            return Ok(());
        }
        file::make_folder(path)?;
        let before = before.as_deref().map(Vec::as_slice);
        match file::replace(path, before, text.as_bytes(), None)? {
            Replaced::Done(_) => Ok(()),
            Replaced::Overtaken => {
                let (what, why) = ("cannot write the list of secrets", "another program wrote it meanwhile");
                Err(Trouble::untouched(what, why, crate::domain::trouble::FailureKind::Temporary(None)))
            }
        }
    }
}
