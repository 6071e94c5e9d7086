//! Room on disk for new tokens, kept from before they are asked for until they are saved.
//!
//! A full disk is so noticed while the stored tokens are still good. One file is kept for a store,
//! however many refreshes are under way: they are saved one after the other, and each save frees
//! the room of the file that it replaces.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::trouble::Trouble;
use crate::shell::store_files::file::{self, temporary::Temporary};

/// How much longer than the file the next one may be, in bytes.
const MORE: u64 = 32 * 1024;

/// The room of one store.
#[derive(Debug, Default)]
pub(super) struct Room(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    needed: usize,
    file: Option<Temporary>,
    /// It is being filled; who saves it keeps a new one if somebody still needs one.
    is_used: bool,
}

/// The right to room for one save.
#[derive(Debug)]
pub struct Reserved(Arc<Room>);

impl Room {
    /// Takes part in the room that is there already, if any.
    pub(super) fn share(self: &Arc<Self>) -> Option<Reserved> {
        let mut kept = self.kept();
        let is_there = kept.file.is_some() || kept.is_used;
        is_there.then(|| {
            kept.needed += 1;
            Reserved(Arc::clone(self))
        })
    }

    /// Keeps room beside `target`, whose lock the caller holds.
    pub(super) fn keep(self: &Arc<Self>, target: &Path) -> Result<Reserved, Trouble> {
        let mut kept = self.kept();
        if kept.file.is_none() {
            kept.file = Some(file::keep_room(target, MORE)?);
        }
        kept.needed += 1;
        Ok(Reserved(Arc::clone(self)))
    }

    /// The room itself, for a save.
    pub(super) fn take(&self) -> Option<Temporary> {
        let mut kept = self.kept();
        let taken = kept.file.take();
        kept.is_used = taken.is_some();
        taken
    }

    /// After a save of `count` refreshes to `target`: keeps new room if others need it still.
    pub(super) fn renew(&self, target: &Path, count: usize) {
        let mut kept = self.kept();
        if std::mem::take(&mut kept.is_used) && kept.needed > count {
            // Without it the next save asks for room when it needs it.
            kept.file = file::keep_room(target, MORE).ok();
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let mut kept = self.0.kept();
        kept.needed = kept.needed.saturating_sub(1);
        if kept.needed == 0 {
            kept.file = None;
        }
    }
}
