//! Other programs that write our file, noticed while the screen is open.
//!
//! The folder is watched, not the file: a rename puts another file in its place. What is noticed is
//! only a reason to read; whether anything changed, the bytes say.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep, timeout};

use crate::domain::name::StoreId;
use crate::shell::perform::Inbox;
use crate::shell::tasks::Tasks;
use crate::shell::{Hands, file};
use crate::tui::message::Msg;

/// An editor writes in several steps: it is read once nothing has happened for so long, ...
const QUIET: Duration = Duration::from_millis(100);
/// ... or once so much time has passed.
const LATEST: Duration = Duration::from_millis(500);
/// How often a folder that cannot be watched is looked for.
const AGAIN: Duration = Duration::from_secs(1);

/// Tells `inbox` whenever the file of our own store may have been written.
pub fn start(tasks: &Tasks, hands: &Arc<Hands>, inbox: &Inbox) {
    let (path, inbox) = (hands.paths.config.clone(), inbox.clone());
    tasks.spawn(async move {
        loop {
            let (told, mut touched) = unbounded_channel();
            let watched = path.clone();
            // A folder on a network may keep its caller waiting.
            let watching = tokio::task::spawn_blocking(move || {
                watch(&watched, move || {
                    // The task has ended: nobody is left to be told.
                    let _ = told.send(());
                })
            });
            match watching.await {
                Ok(Ok(_watcher)) => {
                    // What was written while nobody watched.
                    if inbox.send(Msg::Touched(StoreId::Own)).is_err() {
                        return;
                    }
                    while calm(&mut touched).await.is_some() {
                        if inbox.send(Msg::Touched(StoreId::Own)).is_err() {
                            return;
                        }
                    }
                }
                // There is no folder yet, or no more watches are to be had: the loop looks at each wake.
                Ok(Err(_)) | Err(_) => sleep(AGAIN).await,
            }
        }
    });
}

/// Waits for the next touch and until it is over.
async fn calm(touched: &mut UnboundedReceiver<()>) -> Option<()> {
    touched.recv().await?;
    let until = Instant::now() + LATEST;
    while Instant::now() < until {
        match timeout(QUIET, touched.recv()).await {
            Ok(Some(())) => {}
            Ok(None) => return None,
            Err(_) => break,
        }
    }
    Some(())
}

/// Calls `touched` whenever something with the name of the file at `path`, or of the file it leads
/// to, is written, made, removed or renamed.
fn watch(path: &Path, touched: impl Fn() + Send + 'static) -> notify::Result<RecommendedWatcher> {
    let target = file::target(path).unwrap_or_else(|_| path.to_owned());
    let names: Vec<_> =
        [path, &target].iter().filter_map(|path| path.file_name().map(ToOwned::to_owned)).collect();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let matters = match event {
            Ok(event) => {
                !matches!(event.kind, EventKind::Access(_))
                    && event
                        .paths
                        .iter()
                        .any(|path| path.file_name().is_some_and(|name| names.iter().any(|own| own == name)))
            }
            // Something was missed.
            Err(_) => true,
        };
        if matters {
            touched();
        }
    })?;
    let folders: Vec<PathBuf> =
        [path, &target].iter().filter_map(|path| path.parent().map(Path::to_owned)).collect();
    for (index, folder) in folders.iter().enumerate() {
        if folders.iter().take(index).all(|earlier| earlier != folder) {
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
    }
    Ok(watcher)
}
