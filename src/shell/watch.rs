//! Watcher of our files: what other programs write is noticed while the screen is open.
//!
//! Folders are watched, not files: a rename puts another file in its place. A folder that is not
//! there yet is awaited in the nearest one that is. What is noticed is only a reason to read; whether
//! anything changed, the bytes say.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;
use std::time::Duration;

use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};

use crate::domain::name::StoreId;
use crate::shell::inbox::{Inbox, say};
use crate::shell::store_files::EVERY_FILE;
use crate::shell::store_files::file::FileStamp;
use crate::shell::store_files::file::LINK_LIMIT;
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

/// What an event touched, the worse the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Touch {
    File,
    /// A folder that is watched has gone; another one may bear its name.
    Folder,
}

/// Files that are told of together.
struct Group {
    files: Box<dyn Fn() -> Vec<PathBuf> + Send + Sync>,
    /// What is told where one of them may have been written.
    told: Box<dyn Fn() -> Msg + Send + Sync>,
    /// How often they are looked at though nothing is noticed.
    look: Duration,
}

/// What files had when they were looked at.
type Stamps = BTreeMap<PathBuf, Option<FileStamp>>;

/// What is known of a group while it is followed.
#[derive(Default)]
struct Followed {
    seen: Stamps,
    spots: Vec<Spot>,
    /// Whether changes of its files are told by the system.
    is_watched: bool,
    /// When it was looked at last.
    looked: Option<Instant>,
}

/// All files that are followed, by one watcher and one task.
pub struct Watch {
    groups: Arc<[Group]>,
    /// What those had that are read before they are watched, with the place of their group.
    read_before: Vec<(usize, Stamps)>,
    inbox: Inbox,
}

impl Watch {
    /// The stores, the event log and the settings of `services`. They are read after this and before they are
    /// watched, so what they have now is kept; files of other programs are read when they are watched.
    #[must_use]
    pub fn new(services: &Arc<Services>, inbox: &Inbox) -> Self {
        let mut groups = vec![of_settings(services)];
        let mut read_before = vec![(0, stamps(ours(services)))];
        for each in services.stores.all() {
            let store = each.store.id();
            let log = (store == StoreId::Own).then(|| services.event_log.path().to_owned());
            let files = each.store.watched().into_iter().chain(log);
            let files: Vec<PathBuf> = files.map(|path| absolute(&path).unwrap_or(path)).collect();
            read_before.push((groups.len(), stamps(files.clone())));
            let files = Box::new(move || files.clone());
            groups.push(Group { files, told: Box::new(move || Msg::Touched(store)), look: SLOW_LOOK });
        }
        if services.paths.borrowed.is_some() {
            let paths = services.paths.clone();
            let files = Box::new(move || borrowed::watched(&paths));
            groups.push(Group { files, told: Box::new(|| Msg::Touched(StoreId::Borrowed)), look: RARE_LOOK });
        }
        Self { groups: groups.into(), read_before, inbox: inbox.clone() }
    }

    /// Begins to watch: what is written from here on is noticed. What was written since it was read is told.
    pub async fn begin(self) -> Watching {
        let Self { groups, read_before, inbox } = self;
        let mut watching = Watching { groups, followed: Vec::new(), inbox, watched: None };
        watching.followed.resize_with(watching.groups.len(), Followed::default);
        watching.watch_anew().await;
        for (group, before) in read_before {
            let found = watching.followed.get(group).map(|followed| &followed.seen);
            let is_same = |(path, stamp): (&PathBuf, &Option<FileStamp>)| {
                let now = found.and_then(|found| found.get(path));
                now == Some(stamp) && stamp.is_none_or(|stamp| !stamp.may_hide_a_change())
            };
            if !before.iter().all(is_same) {
                watching.tell(group);
            }
        }
        watching
    }
}

/// The settings and the rules, and the theme file that the settings name, which may become another one.
fn of_settings(services: &Services) -> Group {
    let [settings, rules] = ours(services);
    let files = move || {
        [settings.clone(), rules.clone()].into_iter().chain(settings::theme_file(&settings)).collect()
    };
    Group { files: Box::new(files), told: Box::new(|| Msg::SettingsTouched), look: SLOW_LOOK }
}

fn ours(services: &Services) -> [PathBuf; 2] {
    [&services.paths.settings, &services.paths.rules]
        .map(|path| absolute(path).unwrap_or_else(|_| path.clone()))
}

/// Files that are watched.
pub struct Watching {
    groups: Arc<[Group]>,
    followed: Vec<Followed>,
    inbox: Inbox,
    watched: Option<(RecommendedWatcher, UnboundedReceiver<(usize, Touch)>)>,
}

/// What a look at a group finds.
struct Found {
    stamps: Stamps,
    spots: Vec<Spot>,
}

impl Watching {
    /// Follows the files for as long as the loop hears of it.
    pub async fn follow(mut self) {
        let mut looks_unwatched = 0;
        loop {
            let touched = self.next_touches().await;
            let mut lost = touched.values().any(|touch| *touch == Touch::Folder);
            if self.followed.iter().any(|followed| !followed.is_watched) {
                looks_unwatched += 1;
                lost |= looks_unwatched > LOOKS_UNWATCHED;
            }
            // The settings say whether the files of other programs are read.
            let is_all = touched.contains_key(&0);
            let is_due = |at: &usize| is_all || touched.contains_key(at) || self.until_look(*at).is_zero();
            let due = (0..self.groups.len()).filter(is_due).collect();
            for (group, found) in self.look(due).await {
                let Some(followed) = self.followed.get_mut(group) else { continue };
                // A folder that was made, a link that leads elsewhere, or another file that is named.
                lost |= found.spots != followed.spots;
                let is_other = found.stamps != followed.seen;
                // Before it is told: what is written from then on differs.
                (followed.seen, followed.looked) = (found.stamps, Some(Instant::now()));
                if is_other || touched.contains_key(&group) {
                    self.tell(group);
                }
            }
            if lost {
                looks_unwatched = 0;
                self.rewatch().await;
            }
        }
    }

    /// Watches where the files lie now, and tells of those that were written while nobody watched.
    async fn rewatch(&mut self) {
        let before: Vec<Stamps> = self.followed.iter().map(|followed| followed.seen.clone()).collect();
        self.watch_anew().await;
        for (group, before) in before.iter().enumerate() {
            if self.followed.get(group).is_some_and(|followed| followed.seen != *before) {
                self.tell(group);
            }
        }
    }

    /// Tells of a group. That nobody is left to be told ends with the loop.
    fn tell(&self, group: usize) {
        if let Some(group) = self.groups.get(group) {
            say(&self.inbox, (group.told)());
        }
    }

    /// The groups of which something is noticed, each with the worst of it; none where it is time to look.
    async fn next_touches(&mut self) -> BTreeMap<usize, Touch> {
        let mut touched = BTreeMap::new();
        let wait = (0..self.groups.len()).map(|group| self.until_look(group)).min().unwrap_or(SLOW_LOOK);
        let Some((_, touches)) = &mut self.watched else {
            // Nothing tells of a change here, so there is no condition to wait for.
            sleep(wait).await;
            return touched;
        };
        match timeout(wait, touches.recv()).await {
            Ok(Some(first)) => add(&mut touched, first),
            // The watcher has ended by a fault.
            Ok(None) => {
                self.watched = None;
                self.followed.iter_mut().for_each(|followed| followed.is_watched = false);
                return touched;
            }
            Err(_) => return touched,
        }
        let until = Instant::now() + QUIET_LIMIT;
        while Instant::now() < until {
            let Ok(Some(next)) = timeout(QUIET, touches.recv()).await else { break };
            add(&mut touched, next);
        }
        touched
    }

    /// How long until a group is to be looked at, though nothing is noticed.
    fn until_look(&self, group: usize) -> Duration {
        let Some((followed, group)) = self.followed.get(group).zip(self.groups.get(group)) else {
            return SLOW_LOOK;
        };
        let look = if followed.is_watched { group.look } else { LOOK };
        let at = followed.looked.map(|looked| looked + look);
        at.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()))
    }

    /// What some groups have now. A folder on a network may keep its caller waiting.
    async fn look(&self, due: Vec<usize>) -> Vec<(usize, Found)> {
        let groups = Arc::clone(&self.groups);
        let looking = spawn_blocking(move || {
            let group = |at: usize| Some((at, Found::of(groups.get(at)?)));
            due.into_iter().filter_map(group).collect()
        });
        looking.await.unwrap_or_default()
    }

    async fn look_at_all(&self) -> Vec<Found> {
        let found = self.look((0..self.groups.len()).collect()).await;
        found.into_iter().map(|(_, found)| found).collect()
    }

    /// Watches every group by one watcher, and looks at it then. One that cannot be watched is looked at often.
    async fn watch_anew(&mut self) {
        // What is noticed before there is another one says nothing new: everything is looked at.
        self.watched = None;
        let groups = Arc::clone(&self.groups);
        let watching = spawn_blocking(move || {
            let all: Vec<Vec<Spot>> = groups.iter().map(|group| spots(&(group.files)())).collect();
            // No more watches are to be had, or a folder cannot be read.
            let watched = watch(&all).ok();
            (watched, groups.iter().map(Found::of).collect::<Vec<_>>())
        });
        // A watcher that cannot start its thread panics.
        let (watched, found) = watching.await.unwrap_or_default();
        let found = if found.is_empty() { self.look_at_all().await } else { found };
        let (watched, is_watched) = match watched {
            Some(Watched { watcher, touches, is_watched }) => (Some((watcher, touches)), is_watched),
            None => (None, vec![false; self.groups.len()]),
        };
        self.watched = watched;
        let looked = Some(Instant::now());
        let followed =
            |(Found { stamps, spots }, is_watched)| Followed { seen: stamps, spots, is_watched, looked };
        self.followed = found.into_iter().zip(is_watched).map(followed).collect();
    }
}

impl Found {
    fn of(group: &Group) -> Self {
        let files = (group.files)();
        Self { spots: spots(&files), stamps: stamps(files) }
    }
}

fn stamps(files: impl IntoIterator<Item = PathBuf>) -> Stamps {
    files.into_iter().map(|path| (path.clone(), FileStamp::of(&path))).collect()
}

/// Adds what is noticed of a group, of which the worst counts.
fn add(touched: &mut BTreeMap<usize, Touch>, (group, touch): (usize, Touch)) {
    let worst = touched.entry(group).or_insert(touch);
    *worst = touch.max(*worst);
}

/// A watcher of all groups, what it notices, and which of the groups it watches.
struct Watched {
    watcher: RecommendedWatcher,
    touches: UnboundedReceiver<(usize, Touch)>,
    is_watched: Vec<bool>,
}

/// Notices whenever something at one of the `spots` of a group is written, made, removed, renamed or gets other rights.
fn watch(spots: &[Vec<Spot>]) -> notify::Result<Watched> {
    let (told, touches) = unbounded_channel();
    let known = spots.to_vec();
    let mut watcher = notify::recommended_watcher(move |event| {
        for (group, spots) in known.iter().enumerate() {
            if let Some(touch) = touch(&event, spots) {
                // The task has ended: nobody is left to be told.
                let _ = told.send((group, touch));
            }
        }
    })?;
    let mut folders: BTreeMap<&Path, bool> = BTreeMap::new();
    let mut is_watched = Vec::new();
    for group in spots {
        let mut all = true;
        for Spot { folder, .. } in group {
            let watch = || watcher.watch(folder, RecursiveMode::NonRecursive).is_ok();
            all &= *folders.entry(folder).or_insert_with(watch);
        }
        is_watched.push(all);
    }
    Ok(Watched { watcher, touches, is_watched })
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
        let (inbox, told) = std::sync::mpsc::channel();
        runtime().block_on(async {
            let watch = Watch { groups: [group(file, QUIET)].into(), read_before: Vec::new(), inbox };
            let following = tokio::spawn(watch.begin().await.follow());
            std::fs::write(&alias, "another").expect("written");
            let told = spawn_blocking(move || told.recv_timeout(Duration::from_secs(20)).ok());
            assert_eq!(told.await.expect("no panic"), Some(Msg::Touched(StoreId::Own)));
            following.abort();
        });
    }

    #[test]
    fn what_was_written_since_it_was_read_is_told_as_soon_as_it_is_watched() {
        let root = tempfile::tempdir().expect("a folder");
        let [file, other] = ["config.yaml", "other.yaml"].map(|name| root.path().join(name));
        let groups = || [group(other.clone(), SLOW_LOOK), group(file.clone(), SLOW_LOOK)];
        let read_before = vec![(1, stamps([file.clone()]))];
        let told = |read_before: Vec<(usize, Stamps)>| {
            let (inbox, told) = std::sync::mpsc::channel();
            let watch = Watch { groups: groups().into(), read_before, inbox };
            drop(runtime().block_on(watch.begin()));
            told.iter().count()
        };
        assert_eq!(told(read_before.clone()), 0, "it is not there, and was not");
        std::fs::write(&file, "one").expect("written");
        assert_eq!(told(read_before), 1);
        assert_eq!(told(vec![(1, stamps([file.clone()]))]), 1, "it may have been written twice in one tick");
    }

    fn group(file: PathBuf, look: Duration) -> Group {
        let told = Box::new(|| Msg::Touched(StoreId::Own));
        Group { files: Box::new(move || vec![file.clone()]), told, look }
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
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
