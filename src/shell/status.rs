//! Status of all profiles, kept in a small file so that nobody has to read a store for one line.
//!
//! Whoever has read the stores writes it. What a keyring holds is known by those alone who may ask it.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::domain::change::{Row, Snapshot};
use crate::domain::clock::Now;
use crate::domain::name::StoreId;
use crate::domain::provider::catalog::Catalog;
use crate::domain::settings::Settings;
use crate::domain::text;
use crate::shell::paths::Paths;
use crate::shell::store_files::file::{self, FileStamp};
use crate::shell::{Services, settings};
use crate::stored::status_file::{Moments, StatusFile, StatusSummary, StoreStatus};
use crate::tui::model::Model;
use crate::tui::standing;

/// The longest file that is read, in bytes.
const SIZE_LIMIT: usize = 64 * 1024;
/// The program that writes it: another one may judge differently.
const PROGRAM: &str = concat!("authtui ", env!("CARGO_PKG_VERSION"));
/// How often the screen writes it at most.
const PAUSE: Duration = Duration::from_secs(30);
/// The longest name, in characters.
const NAME_LIMIT: usize = 140;

/// The small file, and the stamps of all that its content depends on, as they were when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusCache {
    path: PathBuf,
    /// Those of the settings and of the folder of provider files.
    settings: String,
    stores: Vec<(StoreId, String)>,
}

impl StatusCache {
    /// Opened before the stores are read: what is written to them meanwhile is noticed by its stamp.
    #[must_use]
    pub fn open(paths: &Paths) -> Self {
        let folder = paths.hashed.as_deref();
        let files = [(StoreId::Own, Some(&*paths.config)), (StoreId::Shared, paths.shared.as_deref())];
        let files = files.into_iter().filter_map(|(store, path)| Some((store, stamp(path?))));
        let stores = files.chain(folder.map(|folder| (StoreId::Hashed, folder_stamp(folder))));
        Self {
            path: status_path(paths),
            settings: format!("{} {}", stamp(&paths.settings), folder_stamp(&paths.providers)),
            stores: stores.collect(),
        }
    }

    /// What is to be said at this moment, where the file knows it.
    #[must_use]
    pub fn summary(&self) -> Option<StatusSummary> {
        let now = seconds();
        let file = self.file(now)?;
        let holds = |(store, stamp): &(StoreId, String)| {
            file.stores.iter().any(|known| known.store == store.word() && known.holds(stamp, now))
        };
        self.stores.iter().all(holds).then(|| file.summary(now))
    }

    fn file(&self, now: i64) -> Option<StatusFile> {
        let bytes = file::read(&self.path, SIZE_LIMIT).ok()??;
        StatusFile::read(&bytes, PROGRAM, &self.settings, now)
    }

    /// Writes the file anew where what it knows is not so any more; `stores` were read after this. What cannot
    /// be written is read again by the next who asks.
    pub fn keep(&self, stores: &[Snapshot], catalog: &Arc<Catalog>, settings: &Settings, now: Now) {
        if self.summary().is_none() {
            self.write(stores, catalog, settings, now);
        }
    }

    /// Writes the file, and gives what is to be said.
    pub fn write(
        &self,
        stores: &[Snapshot],
        catalog: &Arc<Catalog>,
        settings: &Settings,
        now: Now,
    ) -> StatusSummary {
        let at = now.wall.timestamp();
        let kept = self.file(at).map(|file| file.stores).unwrap_or_default();
        let model = standing::model(stores.to_vec(), catalog, settings.clone());
        let known = model.stores.values().filter_map(|snapshot| self.store(&model, snapshot, now));
        let mut known: Vec<StoreStatus> = known.collect();
        // What a keyring holds is known by those alone who may ask it.
        let is_keyring = |store: &StoreStatus| store.store == StoreId::Keyring.word();
        if !known.iter().any(is_keyring) {
            known.extend(kept.into_iter().filter(is_keyring));
        }
        let file = StatusFile::new(PROGRAM, self.settings.clone(), known, at);
        let is_there = stores.iter().any(|snapshot| snapshot.store.may_be_written() && snapshot.is_there());
        if let Some(text) = file.text().filter(|_| is_there) {
            // Without it the stores are read the next time too.
            let _ = replace(&self.path, text.as_bytes());
        }
        file.summary(at)
    }

    /// The status of a store that could be read.
    fn store(&self, model: &Model, snapshot: &Snapshot, now: Now) -> Option<StoreStatus> {
        let store = snapshot.store;
        let is_unread = snapshot.writable.is_err() && snapshot.rows.is_empty();
        if !store.may_be_written() || is_unread {
            return None;
        }
        let stamp = self.stores.iter().find(|(seen, _)| *seen == store).map(|(_, stamp)| stamp.clone());
        let profiles = snapshot.rows.iter().map(|row| moments(model, row, now)).collect();
        Some(StoreStatus::new(store.word(), stamp.unwrap_or_default(), profiles, now.wall.timestamp()))
    }
}

/// What a row needs, and from when on; in privacy its name says only its provider.
fn moments(model: &Model, row: &Row, now: Now) -> Moments {
    let needs_from = standing::needs_from(model, row, now).map(|at| at.timestamp());
    let Row::Profile(profile) = row else {
        return Moments { name: String::new(), needs_from, ends_at: None };
    };
    let ends_at = standing::ends_at(model, profile, now.wall).map(|at| at.timestamp());
    let name = match model.settings.privacy {
        true => profile.id.name.provider().to_owned(),
        false => text::clean(&profile.id.exact(), NAME_LIMIT),
    };
    Moments { name, needs_from, ends_at }
}

/// Where the status of the store at `paths` is kept.
fn status_path(paths: &Paths) -> PathBuf {
    paths.state.join(format!("status-{:016x}.json", hash(&paths.config)))
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

fn seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// What a file has that is another once it is written. One that is so young that it may be written again
/// unnoticed never has the same again.
fn stamp(path: &Path) -> String {
    match FileStamp::look(path) {
        Ok(stamp) if stamp.may_hide_a_change() => unique(),
        Ok(stamp) => format!("{:x}", hash(&format!("{stamp:?}"))),
        Err(error) => stamp_without_look(&error),
    }
}

/// The same of all files of a folder.
fn folder_stamp(folder: &Path) -> String {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return stamp_without_look(&error),
    };
    let files: BTreeMap<PathBuf, String> =
        entries.flatten().map(|entry| (entry.path(), stamp(&entry.path()))).collect();
    format!("{:x}", hash(&files))
}

/// The stamp of what cannot be looked at: only what is not there stays the same.
fn stamp_without_look(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::NotFound { "none".to_owned() } else { unique() }
}

/// A stamp that nothing has again.
fn unique() -> String {
    format!("unique {:?}", SystemTime::now())
}

/// Puts `bytes` in the place of the file at `path`, private to its owner. It is not synced: what a power cut
/// leaves of it is not understood, and then made anew.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    file::private_folder(folder)?;
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let written = file::open_private(OpenOptions::new().write(true).create(true).truncate(true), &beside)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&beside, path));
    written.inspect_err(|_| drop(fs::remove_file(&beside)))
}

/// Keeps the file for as long as the screen is open.
#[derive(Debug)]
pub struct StatusKeeper {
    looked: Instant,
    /// The stores that were told of then.
    numbers: Vec<u64>,
}

impl StatusKeeper {
    /// One that has nothing to write for a while.
    #[must_use]
    pub fn start() -> Self {
        Self { looked: Instant::now(), numbers: Vec::new() }
    }

    /// Whether stores were read or written since, and long enough ago.
    pub fn is_due(&mut self, model: &Model) -> bool {
        if self.looked.elapsed() < PAUSE {
            return false;
        }
        let numbers: Vec<u64> = model.stores.values().map(|snapshot| snapshot.number).collect();
        let is_due = numbers != self.numbers;
        (self.looked, self.numbers) = (Instant::now(), numbers);
        is_due
    }
}

/// Writes the file by what the stores hold now, and by what the screen knows of the `keyring`.
pub async fn write_in_background(services: Arc<Services>, keyring: Option<Snapshot>) {
    let writing = move || {
        let cache = StatusCache::open(&services.paths);
        if cache.summary().is_some() {
            return;
        }
        let stores = [StoreId::Own, StoreId::Shared, StoreId::Hashed].map(|store| services.read_now(store));
        let stores: Vec<Snapshot> = stores.into_iter().chain(keyring).collect();
        let settings = shown_settings(&services.paths);
        cache.keep(&stores, &services.catalog_now(), &settings, services.clock.now());
    };
    // A fault of it is no fault of the screen.
    drop(tokio::task::spawn_blocking(writing).await);
}

/// The settings; where they cannot be read nothing is told that privacy would hide.
#[must_use]
pub fn shown_settings(paths: &Paths) -> Settings {
    settings::read(&paths.settings).unwrap_or_else(|_| Settings { privacy: true, ..Settings::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::{Change, Edit};
    use crate::domain::fixtures::{empty_profile, profile, snapshot};
    use crate::domain::profile::Kind;

    #[test]
    fn the_screen_writes_what_the_stores_hold_and_keeps_what_it_knows_of_the_keyring() {
        let folder = tempfile::tempdir().expect("a folder");
        let services = Services::new(Paths::below(folder.path()), "authtui");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let over = empty_profile("demo/ana", Kind::OAuth);
        let put = Change {
            name: over.id.name.clone(),
            expects: None,
            edit: Edit::Put(Box::new(profile("demo/ana"))),
        };
        runtime.block_on(services.apply(StoreId::Own, put)).expect("saved");
        let keyring = Snapshot { store: StoreId::Keyring, ..snapshot(vec![Row::Profile(Arc::new(over))]) };

        runtime.block_on(write_in_background(Arc::clone(&services), Some(keyring)));

        let cache = StatusCache::open(&services.paths);
        let kept = |cache: &StatusCache| cache.file(seconds()).expect("a file").summary(seconds()).need_you;
        assert_eq!(kept(&cache), 1, "that of the keyring has no tokens");
        // Somebody who asks no keyring.
        let own = services.read_now(StoreId::Own);
        cache.write(&[own], &services.catalog_now(), &Settings::default(), services.clock.now());
        assert_eq!(kept(&cache), 1);
        assert!(!StatusKeeper::start().is_due(&Model::default()), "it rests first");
    }
}
