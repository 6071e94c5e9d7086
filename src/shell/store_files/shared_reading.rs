//! Shared reading of a store.
//!
//! Many may want to know at once what a store says. Whoever asks while it is read waits for the next
//! reading, which begins after all who wait for it have asked: one tells them all, and nobody is told
//! what was read before.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::domain::change::Snapshot;

/// Who reads a store, and who waits for the next reading of it.
#[derive(Debug, Default)]
pub(in crate::shell) struct SharedReading {
    state: Mutex<ReadingState>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct ReadingState {
    is_reading: bool,
    /// How many readings have begun.
    begun: u64,
    waiting: usize,
    /// Which reading ended last, and what it said, for as long as somebody waits.
    last: Option<(u64, Snapshot)>,
}

impl ReadingState {
    /// What a reading said that was the one numbered `first`, or a later one.
    fn told(&self, first: u64) -> Option<&Snapshot> {
        self.last.as_ref().filter(|(number, _)| *number >= first).map(|(_, snapshot)| snapshot)
    }
}

impl SharedReading {
    /// What the store says by a reading that begins after this was called: that of somebody else, or `read`.
    pub(in crate::shell) fn read(&self, read: impl FnOnce() -> Snapshot) -> Snapshot {
        let mut state = self.state();
        let first = state.begun + 1;
        state.waiting += 1;
        let waits = |state: &mut ReadingState| state.is_reading && state.told(first).is_none();
        let mut state = self.ended.wait_while(state, waits).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        if let Some(told) = state.told(first).cloned() {
            if state.waiting == 0 {
                state.last = None;
            }
            return told;
        }
        state.begun += 1;
        state.is_reading = true;
        let number = state.begun;
        drop(state);
        let _reading = Reading(self);
        let snapshot = read();
        let mut state = self.state();
        state.last = (state.waiting > 0).then(|| (number, snapshot.clone()));
        snapshot
    }

    fn state(&self) -> MutexGuard<'_, ReadingState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reading that goes on; after a fault too the others are woken, and one of them reads.
struct Reading<'a>(&'a SharedReading);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.state().is_reading = false;
        self.0.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::mpsc;

    use super::*;
    use crate::domain::name::StoreId;

    #[test]
    fn many_who_ask_at_once_are_told_by_two_readings_and_by_none_that_began_before() {
        let (reading, count) = (SharedReading::default(), AtomicU64::new(0));
        let (go_on, goes_on) = mpsc::channel::<()>();
        let (has_begun, begun) = mpsc::channel();
        let read = || {
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            Snapshot { number, ..Snapshot::empty(StoreId::Own) }
        };
        std::thread::scope(|scope| {
            let slow = scope.spawn(|| {
                reading.read(move || {
                    let snapshot = read();
                    has_begun.send(()).expect("somebody waits");
                    goes_on.recv().expect("somebody lets it go on");
                    snapshot
                })
            });
            begun.recv().expect("it begins");
            let others: Vec<_> = (0..20).map(|_| scope.spawn(|| reading.read(read))).collect();
            while reading.state().waiting < others.len() {
                std::thread::yield_now();
            }
            go_on.send(()).expect("it waits");
            assert_eq!(slow.join().expect("read").number, 1);
            assert!(others.into_iter().all(|other| other.join().expect("read").number == 2));
        });
        assert_eq!(count.load(Ordering::SeqCst), 2);
        assert!(reading.state().last.is_none(), "nothing of it is kept");
        assert_eq!(reading.read(read).number, 3);
    }

    #[test]
    fn a_reading_that_ends_by_a_fault_keeps_nobody_waiting() {
        let reading = SharedReading::default();
        std::thread::scope(|scope| {
            let faulty = scope.spawn(|| reading.read(|| panic!("a fault")));
            assert!(faulty.join().is_err());
        });
        assert_eq!(reading.read(|| Snapshot::empty(StoreId::Own)).store, StoreId::Own);
    }
}
