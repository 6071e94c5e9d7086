//! Changes that are saved together.
//!
//! A store is written by one thread at a time. What is asked for while it writes waits and is then
//! written in one go: many refreshes that end together cost a few writes, and none of them is
//! called saved before it is on disk.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot::{self, Sender};

use crate::domain::change::{Change, Snapshot};
use crate::domain::name::StoreId;
use crate::domain::trouble::Trouble;
use crate::shell::store_files::{ApplyError, Stores};

/// The most changes that are made in one go.
const TOGETHER: usize = 64;
/// The longest pause after a save, in which changes gather for the next one.
const PAUSE: Duration = Duration::from_millis(50);

/// The changes of one store that wait, and whether somebody is writing.
#[derive(Debug, Default)]
pub(in crate::shell) struct WriteQueue(Mutex<Waiting>);

/// What became of a change.
type Saved = Result<Snapshot, ApplyError>;

#[derive(Debug, Default)]
struct Waiting {
    changes: Vec<(StoreId, Change, Sender<Saved>)>,
    is_written: bool,
    /// From when on the next save may begin: after one that took a while, as long again.
    from: Option<Instant>,
}

impl WriteQueue {
    /// Makes `change` as soon as its turn comes; `broke` is said when a thread ends by a fault.
    pub(in crate::shell) async fn save(
        self: &Arc<Self>,
        stores: &Arc<Stores>,
        store: StoreId,
        change: Change,
        broke: Trouble,
    ) -> Result<Snapshot, ApplyError> {
        let (told, tells) = oneshot::channel();
        let is_first = {
            let mut waiting = self.waiting();
            waiting.changes.push((store, change, told));
            !std::mem::replace(&mut waiting.is_written, true)
        };
        if is_first {
            let (saving, stores) = (Arc::clone(self), Arc::clone(stores));
            tokio::task::spawn_blocking(move || Writing(&saving).write(&stores));
        }
        tells.await.unwrap_or(Err(ApplyError::Trouble(broke)))
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to write, until nothing waits any more.
struct Writing<'a>(&'a WriteQueue);

impl Writing<'_> {
    fn write(self, stores: &Stores) {
        loop {
            let from = self.0.waiting().from;
            // Changes that come one by one would otherwise each cost a whole file.
            std::thread::sleep(
                from.map_or(Duration::ZERO, |from| from.saturating_duration_since(Instant::now())),
            );
            let began = Instant::now();
            let together: Vec<_> = {
                let mut waiting = self.0.waiting();
                let Some(store) = waiting.changes.first().map(|(store, ..)| *store) else {
                    // In the same breath as the look, so that nobody waits for a writer that has gone.
                    waiting.is_written = false;
                    return;
                };
                let all = std::mem::take(&mut waiting.changes);
                let (mine, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(each, ..)| *each == store);
                waiting.changes = others;
                let mut mine = mine.into_iter();
                let now = mine.by_ref().take(TOGETHER).collect();
                waiting.changes.extend(mine);
                now
            };
            let Some(store) = together.first().map(|(store, ..)| *store) else { continue };
            let (changes, told): (Vec<_>, Vec<_>) =
                together.into_iter().map(|(_, change, told)| (change, told)).unzip();
            let applied = stores.apply_each(store, &changes);
            let now = Instant::now();
            self.0.waiting().from = now.checked_add((now - began).min(PAUSE));
            match applied {
                Ok((snapshot, failures)) => {
                    for (told, failure) in told.into_iter().zip(failures) {
                        // Nobody waits for a change that its task has given up.
                        let _ = told.send(failure.map_or_else(|| Ok(snapshot.clone()), Err));
                    }
                }
                Err(trouble) => {
                    for told in told {
                        let _ = told.send(Err(ApplyError::Trouble(trouble.clone())));
                    }
                }
            }
        }
    }
}

impl Drop for Writing<'_> {
    /// After a fault too: who waits is told by its sender's end, and the next one writes again.
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        if std::thread::panicking() {
            waiting.is_written = false;
            waiting.changes.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Edit;
    use crate::domain::name::{ProfileId, ProfileName};
    use crate::domain::profile::{Kind, Profile};
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{StoredTokens, Tokens};
    use crate::domain::trouble::FailureKind;

    fn keep(name: &str) -> Change {
        let name = ProfileName::new("acme", name).expect("a name");
        let mut profile = Profile::new(ProfileId { store: StoreId::Own, name: name.clone() }, Kind::OAuth);
        profile.held = StoredTokens::Present(Tokens { access: Secret::new("a"), refresh: None });
        Change { name, expects: None, edit: Edit::Keep(Box::new(profile)) }
    }

    #[test]
    fn what_waits_is_written_together_and_each_is_told_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let stores = Arc::new(Stores::new(folder.path().join("config.yaml")));
        let saving = Arc::new(WriteQueue::default());
        let gone = Change {
            name: ProfileName::parse("acme/nobody").expect("a name"),
            expects: None,
            edit: Edit::Remove,
        };
        let broke = Trouble::untouched("x", "y", FailureKind::NothingToDo);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let mut saved = runtime.block_on(async {
            let changes = (0..100).map(|number| keep(&format!("p{number}"))).chain([gone]);
            let all = changes.map(|change| saving.save(&stores, StoreId::Own, change, broke.clone()));
            futures_util::future::join_all(all).await
        });
        assert!(matches!(saved.pop(), Some(Err(ApplyError::Moved(_)))));
        assert!(saved.iter().all(Result::is_ok));
        assert_eq!(stores.read(StoreId::Own).rows.len(), 100);
    }
}
