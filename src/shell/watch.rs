//! Watcher of our files: what other programs write is noticed while the screen is open.
//!
//! Folders are watched, not files: a rename puts another file in its place. A folder that is not
//! there yet is awaited in the nearest one that is. What is noticed is only a reason to read; whether
//! anything changed, the bytes say.

mod folder_watcher;

use std::collections::BTreeMap;
use std::path::{PathBuf, absolute};
use std::sync::Arc;
use std::time::Duration;

use notify::RecommendedWatcher;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};

use crate::domain::name::StoreId;
use crate::shell::inbox::{Inbox, say};
use crate::shell::store_files::file::FileStamp;
use crate::shell::watch::folder_watcher::{Spot, Touch, Watched, spots, watch};
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
    /// The watcher, while there is one, and what it notices.
    watched: Option<(RecommendedWatcher, UnboundedReceiver<(usize, Touch)>)>,
}

/// What a look at a group finds.
struct GroupState {
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
    async fn look(&self, due: Vec<usize>) -> Vec<(usize, GroupState)> {
        let groups = Arc::clone(&self.groups);
        let looking = spawn_blocking(move || {
            let group = |at: usize| Some((at, GroupState::of(groups.get(at)?)));
            due.into_iter().filter_map(group).collect()
        });
        looking.await.unwrap_or_default()
    }

    async fn look_at_all(&self) -> Vec<GroupState> {
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
            (watched, groups.iter().map(GroupState::of).collect::<Vec<_>>())
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
            |(GroupState { stamps, spots }, is_watched)| Followed { seen: stamps, spots, is_watched, looked };
        self.followed = found.into_iter().zip(is_watched).map(followed).collect();
    }
}

impl GroupState {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::inbox;
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
        let (inbox, told) = inbox::pair().expect("files to open");
        runtime().block_on(async {
            let watch = Watch { groups: [group(file, QUIET)].into(), read_before: Vec::new(), inbox };
            let following = tokio::spawn(watch.begin().await.follow());
            std::fs::write(&alias, "another").expect("written");
            let told = spawn_blocking(move || told.next_within(Duration::from_secs(20)));
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
            let (inbox, told) = inbox::pair().expect("files to open");
            let watch = Watch { groups: groups().into(), read_before, inbox };
            drop(runtime().block_on(watch.begin()));
            std::iter::from_fn(|| told.try_next()).count()
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
