//! Side file in the state folder: what is noted of the profiles of a store file that has no fields for it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use crate::domain::change::{Change, Row};
use crate::shell::store_files::file;
use crate::stored::config_file::SideNotes;
use crate::stored::yaml_reader;

/// A side file, and what it said when it was last read. Its store's lock is its own as well.
#[derive(Debug)]
pub(super) struct SideFile {
    path: PathBuf,
    last: Mutex<(Vec<u8>, Arc<SideNotes>)>,
}

impl SideFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, last: Mutex::default() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What it says now; nothing where it is not there or cannot be read.
    pub(super) fn notes(&self) -> Arc<SideNotes> {
        let target = file::target(&self.path);
        let read = target.and_then(|target| file::read(&target, yaml_reader::SIZE_LIMIT));
        let Ok(Some(mut bytes)) = read else { return Arc::default() };
        let bytes = std::mem::take(&mut *bytes);
        let mut last = self.last();
        if last.0 != bytes {
            let notes = SideNotes::from_text(&String::from_utf8_lossy(&bytes));
            *last = (bytes, Arc::new(notes));
        }
        Arc::clone(&last.1)
    }

    /// Notes what `changes` made of a file that held `rows`. Where it cannot be written the tokens are
    /// saved all the same, and what is noted is lost.
    pub(super) fn save<'a>(&self, rows: &[Row], changes: impl Iterator<Item = &'a Change>) {
        let before = self.notes();
        let after = before.after(rows, changes);
        if after != *before {
            let _ = self.write(&after);
        }
    }

    fn write(&self, notes: &SideNotes) -> Option<()> {
        let target = file::target(&self.path).ok()?;
        file::make_folder(&target).ok()?;
        let before = file::read(&target, yaml_reader::SIZE_LIMIT).ok()?;
        let before = before.as_ref().map(|bytes| -> &[u8] { bytes });
        file::replace(&target, before, notes.to_text().as_bytes(), None).ok().map(|_| ())
    }

    fn last(&self) -> MutexGuard<'_, (Vec<u8>, Arc<SideNotes>)> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the side file of the store file at `path` lies in the folder `state`.
pub(super) fn place(state: &Path, path: &Path) -> PathBuf {
    let path = file::target(path).unwrap_or_else(|_| path.to_owned());
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    state.join(format!("notes-{short}.yaml"))
}
