//! Disk reservation: room for new tokens, kept from before they are asked for until they are saved.
//!
//! A full disk is so noticed while the stored tokens are still good. One file is kept for a store,
//! however many refreshes are under way: they are saved one after the other, and each save frees
//! the room of the file that it replaces.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::trouble::Trouble;
use crate::shell::store_files::file::{self, temporary::TemporaryFile};

/// How much longer than the file the next one may be, in bytes.
const GROWTH_LIMIT: u64 = 32 * 1024;

/// The room of one store, which all its refreshes share.
#[derive(Debug, Default)]
pub(in crate::shell) struct SharedReservation(Mutex<ReservedFile>);

#[derive(Debug, Default)]
struct ReservedFile {
    needed: usize,
    file: Option<TemporaryFile>,
    /// It is being filled; who saves it keeps a new one if somebody still needs one.
    is_used: bool,
}

/// The right to room for one save.
#[derive(Debug)]
pub struct DiskReservation(Arc<SharedReservation>);

impl SharedReservation {
    /// Takes part in the room that is there already, if any.
    pub(in crate::shell) fn share(self: &Arc<Self>) -> Option<DiskReservation> {
        let mut reserved = self.reserved();
        let is_there = reserved.file.is_some() || reserved.is_used;
        is_there.then(|| {
            reserved.needed += 1;
            DiskReservation(Arc::clone(self))
        })
    }

    /// Keeps room beside `target`, whose lock the caller holds.
    pub(in crate::shell) fn keep(self: &Arc<Self>, target: &Path) -> Result<DiskReservation, Trouble> {
        let mut reserved = self.reserved();
        if reserved.file.is_none() {
            reserved.file = Some(file::keep_room(target, GROWTH_LIMIT)?);
        }
        reserved.needed += 1;
        Ok(DiskReservation(Arc::clone(self)))
    }

    /// The room itself, for a save.
    pub(in crate::shell) fn take(&self) -> Option<TemporaryFile> {
        let mut reserved = self.reserved();
        let taken = reserved.file.take();
        reserved.is_used = taken.is_some();
        taken
    }

    /// After a save of `count` refreshes to `target`: keeps new room if others need it still.
    pub(in crate::shell) fn refill(&self, target: &Path, count: usize) {
        let mut reserved = self.reserved();
        if std::mem::take(&mut reserved.is_used) && reserved.needed > count {
            // Without it the next save asks for room when it needs it.
            reserved.file = file::keep_room(target, GROWTH_LIMIT).ok();
        }
    }

    fn reserved(&self) -> MutexGuard<'_, ReservedFile> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for DiskReservation {
    fn drop(&mut self) {
        let mut reserved = self.0.reserved();
        reserved.needed = reserved.needed.saturating_sub(1);
        if reserved.needed == 0 {
            reserved.file = None;
        }
    }
}
