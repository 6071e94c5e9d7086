//! Write queue of a store.
//!
//! A store is written by one thread at a time. What is asked for while it writes waits and is then
//! written in one go: many refreshes that end together cost a few writes, and none of them is
//! called saved before it is on disk.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot::{self, Sender};

use crate::domain::change::{Change, Snapshot};
use crate::domain::trouble::Trouble;
use crate::shell::store_files::{ApplyError, Store};

/// The most changes that are made in one go.
const BATCH_LIMIT: usize = 64;
/// The longest pause after a save, in which changes gather for the next one.
const PAUSE_LIMIT: Duration = Duration::from_millis(50);

/// The changes that wait, and whether somebody is writing.
#[derive(Debug, Default)]
pub(in crate::shell) struct WriteQueue(Mutex<QueueState>);

/// A change that waits, with whoever hears what became of it.
type QueuedChange = (Change, Sender<Result<Snapshot, ApplyError>>);

#[derive(Debug, Default)]
struct QueueState {
    changes: Vec<QueuedChange>,
    is_writing: bool,
    /// From when on the next save may begin: after one that took a while, as long again.
    not_before: Option<Instant>,
}

impl WriteQueue {
    /// Makes `change` as soon as its turn comes; `fault` is said when the thread ends by a fault.
    pub(in crate::shell) async fn save(
        self: &Arc<Self>,
        store: &Arc<dyn Store>,
        change: Change,
        fault: Trouble,
    ) -> Result<Snapshot, ApplyError> {
        let (sender, receiver) = oneshot::channel();
        let is_first = {
            let mut state = self.state();
            state.changes.push((change, sender));
            !std::mem::replace(&mut state.is_writing, true)
        };
        if is_first {
            let (queue, store) = (Arc::clone(self), Arc::clone(store));
            tokio::task::spawn_blocking(move || QueueWriter(&queue).write_all(&*store));
        }
        receiver.await.unwrap_or(Err(ApplyError::Trouble(fault)))
    }

    fn state(&self) -> MutexGuard<'_, QueueState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next save, and takes the changes that it makes; none where nothing waits any more.
    fn next(&self) -> Vec<QueuedChange> {
        let not_before = self.state().not_before;
        // Changes that come one by one would otherwise each cost a whole file.
        std::thread::sleep(
            not_before.map_or(Duration::ZERO, |from| from.saturating_duration_since(Instant::now())),
        );
        let mut state = self.state();
        let count = state.changes.len().min(BATCH_LIMIT);
        // In the same breath as the look, so that nobody waits for a writer that has gone.
        state.is_writing = count > 0;
        state.changes.drain(..count).collect()
    }
}

/// The right to write, until nothing waits any more.
struct QueueWriter<'a>(&'a WriteQueue);

impl QueueWriter<'_> {
    fn write_all(self, store: &dyn Store) {
        loop {
            let batch = self.0.next();
            if batch.is_empty() {
                return;
            }
            let (changes, senders): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            let began = Instant::now();
            let applied = store.apply_each(&changes);
            let now = Instant::now();
            self.0.state().not_before = now.checked_add((now - began).min(PAUSE_LIMIT));
            let outcomes: Vec<_> = match applied {
                Ok((snapshot, failures)) => failures
                    .into_iter()
                    .map(|failure| failure.map_or_else(|| Ok(snapshot.clone()), Err))
                    .collect(),
                Err(trouble) => vec![Err(ApplyError::Trouble(trouble)); senders.len()],
            };
            for (sender, outcome) in senders.into_iter().zip(outcomes) {
                // Nobody waits for a change that its task has given up.
                drop(sender.send(outcome));
            }
        }
    }
}

impl Drop for QueueWriter<'_> {
    /// After a fault too: who waits is told by its sender's end, and the next one writes again.
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut state = self.0.state();
            state.is_writing = false;
            state.changes.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Edit;
    use crate::domain::fixtures::profile;
    use crate::domain::name::ProfileName;

    use crate::domain::trouble::FailureKind;
    use crate::shell::store_files::StoreFile;

    fn keep(name: &str) -> Change {
        let profile = profile(&format!("acme/{name}"));
        Change { name: profile.id.name.clone(), expects: None, edit: Edit::Put(Box::new(profile)) }
    }

    #[test]
    fn what_waits_is_written_together_and_each_is_told_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let store: Arc<dyn Store> = Arc::new(StoreFile::own(folder.path().join("config.yaml")));
        let queue = Arc::new(WriteQueue::default());
        let gone = Change {
            name: ProfileName::parse("acme/nobody").expect("a name"),
            expects: None,
            edit: Edit::Remove,
        };
        let broke = Trouble::untouched("x", "y", FailureKind::NothingToDo);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let mut saved = runtime.block_on(async {
            let changes = (0..100).map(|number| keep(&format!("p{number}"))).chain([gone]);
            let all = changes.map(|change| queue.save(&store, change, broke.clone()));
            futures_util::future::join_all(all).await
        });
        assert!(matches!(saved.pop(), Some(Err(ApplyError::Moved(_)))));
        assert!(saved.iter().all(Result::is_ok));
        assert_eq!(store.read().rows.len(), 100);
    }
}
