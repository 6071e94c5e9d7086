//! Watcher of our files: what other programs write is noticed while the screen is open.
//!
//! Folders are watched, not files: a rename puts another file in its place. A folder that is not
//! there yet is awaited in the nearest one that is. What is noticed is only a reason to read; whether
//! anything changed, the bytes say.

use std::ffi::OsString;
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;
use std::time::Duration;

use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};

use crate::domain::name::StoreId;
use crate::shell::inbox::Inbox;
use crate::shell::store_files::EVERY_FILE;
use crate::shell::store_files::file::FileStamp;
use crate::shell::store_files::file::LINK_LIMIT;
use crate::shell::tasks::Tasks;
use crate::shell::{Services, borrowed, settings};
use crate::tui::message::Msg;

/// An editor writes in several steps: it is read once nothing has happened for so long, ...
const QUIET: Duration = Duration::from_millis(100);
/// ... or once so much time has passed.
const QUIET_LIMIT: Duration = Duration::from_millis(500);
/// How often files are looked at that cannot be watched.
const LOOK: Duration = Duration::from_secs(1);
/// How many looks pass before watching is tried again.
const LOOKS_UNWATCHED: usize = 30;
/// How often files are looked at that are watched: not every change is told, as on a network.
const SLOW_LOOK: Duration = Duration::from_mins(1);

/// The same of files of other programs: most of them are not there, and nothing of ours hangs on them.
const RARE_LOOK: Duration = Duration::from_mins(60);

/// A name in a folder that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spot {
    folder: PathBuf,
    name: OsString,
}

/// What an event touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Touch {
    File,
    /// A folder that is watched has gone; another one may bear its name.
    Folder,
}

/// Tells `inbox` whenever a store or the event log may have been written, and whenever the settings may
/// have been.
pub fn start(tasks: &Tasks, services: &Arc<Services>, inbox: &Inbox) {
    for each in services.stores.all() {
        let store = each.store.id();
        let log = (store == StoreId::Own).then(|| services.event_log.path().to_owned());
        let files = each.store.watched().into_iter().chain(log);
        let files: Vec<PathBuf> = files.map(|path| absolute(&path).unwrap_or(path)).collect();
        let told = inbox.clone();
        tasks.spawn(async move {
            let tell = || told.send(Msg::Touched(store)).ok();
            // It ends with the loop: nobody is left to be told.
            let _: Option<()> = follow(move || files.clone(), tell, SLOW_LOOK).await;
        });
    }
    if let Some(home) = services.paths.borrowed.clone() {
        let told = inbox.clone();
        tasks.spawn(async move {
            let tell = || told.send(Msg::Touched(StoreId::Borrowed)).ok();
            let _: Option<()> = follow(move || borrowed::watched(&home), tell, RARE_LOOK).await;
        });
    }
    let settings = absolute(&services.paths.settings).unwrap_or(services.paths.settings.clone());
    let told = inbox.clone();
    tasks.spawn(async move {
        // The theme file may become another one.
        let files = move || [settings.clone()].into_iter().chain(settings::theme_file(&settings)).collect();
        let tell = || told.send(Msg::SettingsTouched).ok();
        let _: Option<()> = follow(files, tell, SLOW_LOOK).await;
    });
}

/// Follows the `files` for as long as somebody is there to `tell`, and looks at them as often as `anyway` says
/// though nothing is noticed.
async fn follow(
    files: impl Fn() -> Vec<PathBuf> + Clone + Send + 'static,
    tell: impl Fn() -> Option<()>,
    anyway: Duration,
) -> Option<()> {
    let mut seen = stamps(files.clone()).await;
    loop {
        let (told, mut touched) = unbounded_channel();
        let watching = files.clone();
        // A folder on a network may keep its caller waiting.
        let watched = spawn_blocking(move || watch(&watching(), &told)).await;
        // What was written while nobody watched.
        tell()?;
        let Ok(Ok((_watcher, spots))) = watched else {
            // No more watches are to be had, or a folder cannot be read.
            for _ in 0..LOOKS_UNWATCHED {
                // Nothing tells of a change here, so there is no condition to wait for.
                sleep(LOOK).await;
                let found = stamps(files.clone()).await;
                if found != seen {
                    seen = found;
                    tell()?;
                }
            }
            continue;
        };
        loop {
            let again = files.clone();
            // A folder that was made, a link that leads elsewhere, or another file that is named.
            let now = spawn_blocking(move || self::spots(&again())).await;
            if now.is_ok_and(|now| now != spots) {
                break;
            }
            let noticed = match timeout(anyway, touched.recv()).await {
                Ok(Some(first)) => Some(calm(first, &mut touched).await),
                Ok(None) => break,
                Err(_) => None,
            };
            // Before it is told: what is written from then on differs.
            let found = stamps(files.clone()).await;
            if noticed.is_some() || found != seen {
                seen = found;
                tell()?;
            }
            if noticed == Some(Touch::Folder) {
                break;
            }
        }
    }
}

async fn stamps(files: impl Fn() -> Vec<PathBuf> + Send + 'static) -> Vec<Option<FileStamp>> {
    let looking = spawn_blocking(move || files().iter().map(|path| FileStamp::of(path)).collect());
    looking.await.unwrap_or_default()
}

/// Waits until what began with `first` is over.
async fn calm(first: Touch, touched: &mut UnboundedReceiver<Touch>) -> Touch {
    let mut worst = first;
    let until = Instant::now() + QUIET_LIMIT;
    while Instant::now() < until {
        match timeout(QUIET, touched.recv()).await {
            Ok(Some(Touch::Folder)) => worst = Touch::Folder,
            Ok(Some(Touch::File)) => {}
            Ok(None) | Err(_) => break,
        }
    }
    worst
}

/// Tells `told` whenever one of the `files`, or what it leads to, is written, made, removed, renamed
/// or gets other rights.
fn watch(
    files: &[PathBuf],
    told: &UnboundedSender<Touch>,
) -> notify::Result<(RecommendedWatcher, Vec<Spot>)> {
    let spots = spots(files);
    let (known, told) = (spots.clone(), told.clone());
    let mut watcher = notify::recommended_watcher(move |event| {
        if let Some(touch) = touch(&event, &known) {
            // The task has ended: nobody is left to be told.
            let _ = told.send(touch);
        }
    })?;
    for (index, spot) in spots.iter().enumerate() {
        if spots.iter().take(index).all(|earlier| earlier.folder != spot.folder) {
            watcher.watch(&spot.folder, RecursiveMode::NonRecursive)?;
        }
    }
    Ok((watcher, spots))
}

fn touch(event: &notify::Result<notify::Event>, spots: &[Spot]) -> Option<Touch> {
    // Something was missed.
    let Ok(event) = event else { return Some(Touch::File) };
    if event.need_rescan() {
        return Some(Touch::File);
    }
    if matches!(event.kind, EventKind::Access(_)) {
        return None;
    }
    let is_folder = |path: &PathBuf| spots.iter().any(|spot| spot.folder == *path);
    let is_named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        spots.iter().any(|spot| {
            let is_any = spot.name == EVERY_FILE && !is_hidden && path.parent() == Some(&spot.folder);
            is_any || name == spot.name
        })
    };
    let moves = matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
    if event.paths.iter().any(is_folder) {
        return Some(if moves { Touch::Folder } else { Touch::File });
    }
    event.paths.iter().any(is_named).then_some(Touch::File)
}

/// Where the `files` lie and what they lead to, each in the nearest folder that is there.
fn spots(files: &[PathBuf]) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    for file in files {
        let mut path = file.clone();
        for _ in 0..LINK_LIMIT {
            spots.extend(spot(&path).filter(|spot| !spots.contains(spot)));
            let Ok(next) = std::fs::read_link(&path) else { break };
            path = path.parent().unwrap_or(&path).join(next);
        }
    }
    spots
}

fn spot(path: &Path) -> Option<Spot> {
    let above = path.ancestors().zip(path.ancestors().skip(1));
    let (child, folder) = above.into_iter().find(|(_, folder)| folder.is_dir())?;
    Some(Spot { folder: folder.to_owned(), name: child.file_name()?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::Event;
    use notify::event::{
        AccessKind, AccessMode, CreateKind, DataChange, Flag, MetadataKind, RemoveKind, RenameMode,
    };

    fn known() -> Vec<Spot> {
        vec![Spot { folder: "/home/ana/authtui".into(), name: "config.yaml".into() }]
    }

    #[test]
    fn only_what_may_have_changed_the_file_is_a_reason_to_read() {
        let name = EventKind::Modify(ModifyKind::Name(RenameMode::To));
        let rights = EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any));
        for (kind, path, expected) in [
            (EventKind::Modify(ModifyKind::Data(DataChange::Any)), "/config.yaml", Some(Touch::File)),
            (EventKind::Create(CreateKind::File), "/config.yaml", Some(Touch::File)),
            (EventKind::Remove(RemoveKind::File), "/config.yaml", Some(Touch::File)),
            (name, "/config.yaml", Some(Touch::File)),
            (rights, "/config.yaml", Some(Touch::File)),
            (rights, "", Some(Touch::File)),
            (EventKind::Remove(RemoveKind::Folder), "", Some(Touch::Folder)),
            (EventKind::Modify(ModifyKind::Name(RenameMode::From)), "", Some(Touch::Folder)),
            (EventKind::Access(AccessKind::Open(AccessMode::Any)), "/config.yaml", None),
            (EventKind::Create(CreateKind::File), "/config.yaml.lock", None),
        ] {
            let event = Event::new(kind).add_path(format!("/home/ana/authtui{path}").into());
            assert_eq!(touch(&Ok(event), &known()), expected, "{kind:?} {path}");
        }
    }

    #[test]
    fn every_file_of_a_folder_of_credentials_is_a_reason_to_read_but_our_own() {
        let known = vec![Spot { folder: "/home/ana/credentials".into(), name: EVERY_FILE.into() }];
        for (name, expected) in [("0a1b", Some(Touch::File)), (".0a1b.x1y2z3.tmp", None), ("d/0a1b", None)] {
            let event = Event::new(EventKind::Create(CreateKind::File));
            let event = event.add_path(format!("/home/ana/credentials/{name}").into());
            assert_eq!(touch(&Ok(event), &known), expected, "{name}");
        }
    }

    #[test]
    fn what_was_missed_is_a_reason_to_read() {
        let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(touch(&Ok(overflow), &known()), Some(Touch::File));
        assert_eq!(touch(&Err(notify::Error::generic("full")), &known()), Some(Touch::File));
    }

    #[test]
    fn a_folder_that_is_not_there_is_awaited_in_the_nearest_one_that_is() {
        let root = tempfile::tempdir().expect("a folder");
        let file = root.path().join("a/b/config.yaml");
        let at =
            |folder: &str, name: &str| vec![Spot { folder: root.path().join(folder), name: name.into() }];
        assert_eq!(spots(std::slice::from_ref(&file)), at("", "a"));
        std::fs::create_dir(root.path().join("a")).expect("made");
        assert_eq!(spots(std::slice::from_ref(&file)), at("a", "b"));
        std::fs::create_dir(root.path().join("a/b")).expect("made");
        assert_eq!(spots(&[file]), at("a/b", "config.yaml"));
    }

    #[cfg(unix)]
    #[test]
    fn every_link_on_the_way_and_its_end_are_watched() {
        let root = tempfile::tempdir().expect("a folder");
        let at = |folder: &str, name: &str| Spot { folder: root.path().join(folder), name: name.into() };
        std::fs::create_dir(root.path().join("dotfiles")).expect("made");
        let file = root.path().join("config.yaml");
        std::os::unix::fs::symlink("dotfiles/own.yaml", &file).expect("a link");
        std::os::unix::fs::symlink("../gone/end.yaml", root.path().join("dotfiles/own.yaml"))
            .expect("a link");
        let found = spots(&[file]);
        assert_eq!(found[..2], [at("", "config.yaml"), at("dotfiles", "own.yaml")]);
        assert_eq!((found.len(), &found[2].name), (3, &OsString::from("gone")));
    }

    /// Nobody is told of what is written by a name in another folder.
    #[cfg(unix)]
    #[test]
    fn a_change_that_is_not_told_is_found_all_the_same() {
        let root = tempfile::tempdir().expect("a folder");
        let [watched, other] = ["watched", "other"].map(|name| root.path().join(name));
        for folder in [&watched, &other] {
            std::fs::create_dir(folder).expect("made");
        }
        let (file, alias) = (watched.join("config.yaml"), other.join("alias.yaml"));
        std::fs::write(&file, "one").expect("written");
        std::fs::hard_link(&file, &alias).expect("a second name");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (inbox, told) = std::sync::mpsc::channel();
        runtime.block_on(async {
            let following = tokio::spawn(async move {
                let tell = || inbox.send(Msg::Touched(StoreId::Own)).ok();
                follow(move || vec![file.clone()], tell, QUIET).await
            });
            let told = spawn_blocking(move || {
                let next = || told.recv_timeout(Duration::from_secs(20)).ok();
                let begun = next();
                std::fs::write(&alias, "another").expect("written");
                (begun, next())
            });
            let touched = || Some(Msg::Touched(StoreId::Own));
            assert_eq!(told.await.expect("no panic"), (touched(), touched()));
            following.abort();
        });
    }

    #[cfg(unix)]
    #[test]
    fn a_stamp_is_another_after_other_bytes_of_the_same_size_and_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.yaml");
        std::fs::write(&path, "one").expect("written");
        let before = FileStamp::of(&path);
        let modified = std::fs::metadata(&path).and_then(|found| found.modified()).expect("a time");
        // The clock of the file system may stand still for a few milliseconds.
        loop {
            std::fs::write(&path, "two").expect("written");
            let file = std::fs::File::options().write(true).open(&path).expect("there");
            file.set_modified(modified).expect("set");
            if FileStamp::of(&path) != before {
                break;
            }
        }
        assert_eq!(std::fs::metadata(&path).and_then(|found| found.modified()).expect("a time"), modified);
    }
}
