//! Store folder: one private file a credential, each named for whose it is.
//!
//! Changes are made under one lock for the folder: read, amend, write beside, sync, rename. A credential that
//! gets another name is written under it first and removed under the old one then, so that a kill between the
//! two leaves it twice and never not at all. A file that is not understood is a row of its own and stays as
//! it is.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::domain::change::{Change, ChangeError, Edit, ErasedText, Row, Snapshot, StoreNotice, Where};
use crate::domain::name::StoreId;
use crate::domain::profile::Profile;
use crate::domain::provider::catalog::Catalog;
use crate::domain::secret::Secret;
use crate::domain::store_presence::StorePresence;
use crate::domain::text;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::store_files::disk_reservation::SharedReservation;
use crate::shell::store_files::file::{self, Replaced, private_folder, shown, temporary};
use crate::shell::store_files::lock::{self, LockGuard};
use crate::shell::store_files::trouble::{failure, interrupted_notice, locked};
use crate::shell::store_files::{
    Applied, ApplyError, DiskReservation, EVERY_FILE, LOCK_WAIT_LIMIT, Store, interrupted,
};
use crate::stored::AmendError;
use crate::stored::hashed_file::{self, FileIdentity, HashedFile, SIZE_LIMIT};

/// The lock of the folder, and what room is kept beside; a file whose name begins with a dot is no credential.
const LOCK: &str = ".authtui.lock";
const ROOM: &str = "authtui";
/// The most files that are looked at.
const FILE_LIMIT: usize = 20_000;

/// The providers once they were read: a file is named for the addresses of its provider.
pub(in crate::shell) type KnownCatalog = Arc<Mutex<Option<Arc<Catalog>>>>;

/// A store that is a folder.
#[derive(Debug)]
pub struct StoreFolder {
    path: PathBuf,
    catalog: KnownCatalog,
    reservation: Arc<SharedReservation>,
    /// How many snapshots were numbered.
    numbers: AtomicU64,
}

/// A credential with the file that it was read from.
struct FoundFile {
    path: PathBuf,
    bytes: Zeroizing<Vec<u8>>,
    file: HashedFile,
}

/// What a folder holds: credentials by their names, and files that are not understood by theirs.
#[derive(Default)]
struct Contents {
    files: Vec<FoundFile>,
    odd: Vec<(String, String)>,
    /// The names of files that something was left beside, as after a save that was killed.
    littered: BTreeSet<String>,
}

impl Contents {
    /// What an interrupted save left of a later refresh beside `found`.
    fn later(&self, found: &FoundFile) -> Vec<Arc<Profile>> {
        let name = found.path.file_name().unwrap_or_default().to_string_lossy();
        if self.littered.contains(&*name) { later(found) } else { Vec::new() }
    }

    fn find(&self, change: &Change) -> Option<usize> {
        self.files.iter().position(|found| found.file.profile.id.name == change.name)
    }

    /// Files that are understood by name; of two of one profile the later one counts.
    fn sort(&mut self) {
        let order = |found: &FoundFile| {
            let profile = &found.file.profile;
            (profile.id.name.clone(), std::cmp::Reverse((profile.refresh_count, profile.life.obtained_at)))
        };
        self.files.sort_by_key(order);
        let mut seen = BTreeSet::new();
        let (files, doubles) = std::mem::take(&mut self.files)
            .into_iter()
            .partition::<Vec<_>, _>(|found| seen.insert(found.file.profile.id.name.clone()));
        self.files = files;
        let why = |double: FoundFile| {
            let name = double.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, format!("another file holds {} too; delete one of them", double.file.profile.id.name))
        };
        self.odd.extend(doubles.into_iter().map(why));
        self.odd.sort();
    }
}

impl Store for StoreFolder {
    fn id(&self) -> StoreId {
        StoreId::Hashed
    }

    fn path(&self) -> &Path {
        &self.path
    }

    /// The folder, and every file in it.
    fn watched(&self) -> Vec<PathBuf> {
        vec![self.path.clone(), self.path.join(EVERY_FILE)]
    }

    fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn read(&self) -> Snapshot {
        let number = self.number();
        match self.contents() {
            Ok(contents) => {
                let writable = if self.path.exists() { file::may_replace(&self.lock_path()) } else { Ok(()) };
                Snapshot { writable, number, ..self.snapshot(&contents) }
            }
            Err(trouble) => {
                Snapshot { writable: Err(trouble), number, ..self.snapshot(&Contents::default()) }
            }
        }
    }

    fn interrupted(&self) -> Vec<Arc<Profile>> {
        let later =
            |contents: Contents| contents.files.iter().flat_map(|found| contents.later(found)).collect();
        self.contents().map(later).unwrap_or_default()
    }

    fn apply_each(&self, changes: &[Change]) -> Result<Applied, Trouble> {
        let _lock = self.hold()?;
        let mut contents = self.contents()?;
        let mut failures = Vec::new();
        for change in changes {
            failures.push(self.make(&mut contents, change).err());
        }
        contents.sort();
        let number = self.number();
        Ok((Snapshot { number, ..self.snapshot(&contents) }, failures))
    }

    fn reserve(&self) -> Result<DiskReservation, Trouble> {
        if let Some(reservation) = self.reservation.share() {
            return Ok(reservation);
        }
        let _lock = self.hold()?;
        self.reservation.keep(&self.path.join(ROOM))
    }

    /// The whole file, where it goes as a whole.
    fn erased_text(&self, change: &Change) -> Option<ErasedText> {
        let contents = self.contents().ok()?;
        let found = contents.files.get(contents.find(change)?)?;
        let is_removed = matches!(change.outcome(Some(&*found.file.profile)), Ok(None));
        let text = std::str::from_utf8(&found.bytes).ok().filter(|_| is_removed)?;
        let nothing = || Secret::new("");
        Some(ErasedText { at: 0, was: Secret::new(text), is: nothing(), around: (nothing(), nothing()) })
    }

    fn make_private(&self) -> Result<(), Trouble> {
        self.contents()?.files.iter().try_for_each(|found| file::make_private(&found.path))
    }
}

impl StoreFolder {
    /// The folder at `path`, whose files are named by what `catalog` says.
    #[must_use]
    pub(in crate::shell) fn new(path: PathBuf, catalog: KnownCatalog) -> Self {
        Self { path, catalog, reservation: Arc::default(), numbers: AtomicU64::new(0) }
    }

    fn lock_path(&self) -> PathBuf {
        self.path.join(LOCK)
    }

    /// The lock of the folder, which is made where it is missing.
    fn hold(&self) -> Result<LockGuard, Trouble> {
        let failed = |error: io::Error| cannot("make", &self.path, &error);
        private_folder(&self.path).map_err(failed)?;
        let beside = self.lock_path();
        lock::hold_blocking(&beside, LOCK_WAIT_LIMIT).map_err(|why| locked(&self.path, &beside, &why))
    }

    /// What the folder holds now; one that is not there holds nothing.
    fn contents(&self) -> Result<Contents, Trouble> {
        let entries = match fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Contents::default()),
            Err(error) => return Err(cannot("read", &self.path, &error)),
        };
        let mut contents = Contents::default();
        for entry in entries.flatten().take(FILE_LIMIT) {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(hidden) = name.strip_prefix('.') {
                contents.littered.extend(hidden.split_once('.').map(|(beside, _)| beside.to_owned()));
                continue;
            }
            match found(&path, &name) {
                Ok(Some(found)) => contents.files.push(found),
                // It was removed in this moment.
                Ok(None) => {}
                Err(why) => contents.odd.push((name, why)),
            }
        }
        contents.sort();
        Ok(contents)
    }

    fn snapshot(&self, contents: &Contents) -> Snapshot {
        let mut notices: Vec<StoreNotice> = Vec::new();
        for found in &contents.files {
            notices.extend(file::reading_notices(&found.path));
            let notes = &found.file.notes;
            let name = &found.file.profile.id.name;
            notices.extend(
                (!notes.is_empty()).then(|| StoreNotice::Told(format!("{name}: {}", notes.join("; ")))),
            );
            let later = contents.later(found);
            notices.extend(later.iter().map(|later| StoreNotice::Told(interrupted_notice(&later.id.name))));
        }
        let notices = each_once(notices, &self.path);
        let profile = |found: &FoundFile| Row::Profile(Arc::clone(&found.file.profile));
        let odd = |(name, why): &(String, String)| {
            let at = Where::File(text::clean(name, 80));
            Row::broken(text::clean(name, 80), at, why)
        };
        let rows = contents.files.iter().map(profile).chain(contents.odd.iter().map(odd)).collect();
        let place = shown(&self.path);
        let presence = if self.path.exists() { StorePresence::There } else { StorePresence::Absent };
        Snapshot { place, presence, rows, notices, ..Snapshot::empty(StoreId::Hashed) }
    }

    /// Makes `change` to its file, and to `contents`.
    fn make(&self, contents: &mut Contents, change: &Change) -> Result<(), ApplyError> {
        let failed = |why: AmendError| failure(&self.path, change, why);
        let at = contents.find(change);
        let now = at.and_then(|at| contents.files.get(at));
        let is_taken = change.name_after() != &change.name
            && contents.files.iter().any(|found| found.file.profile.id.name == *change.name_after());
        if is_taken {
            return Err(failed(AmendError::Change(ChangeError::Taken)));
        }
        let outcome = change.outcome(now.map(|found| &*found.file.profile));
        let outcome = outcome.map_err(AmendError::Change).map_err(failed)?;
        let Some(after) = outcome else {
            let Some(now) = now else { return Ok(()) };
            self.remove(&now.path).map_err(ApplyError::Trouble)?;
            contents.files.retain(|found| found.file.profile.id.name != change.name);
            return Ok(());
        };
        let erased = if let (Edit::Restore(_, erased), None) = (&change.edit, now) {
            erased.text.as_ref().and_then(hashed_file::erased)
        } else {
            None
        };
        let before = now.map(|found| &found.file).or(erased.as_ref());
        let identity = match &erased {
            Some(erased) => erased.identity.clone(),
            None => self.identity(now, &after),
        };
        let text = hashed_file::write(before, &identity, &after);
        let text = text.map_err(AmendError::Impossible).map_err(failed)?;
        let file_name = identity.file_name();
        let file = hashed_file::read(&file_name, &text).map_err(AmendError::Impossible).map_err(failed)?;
        if file.profile.held != after.held {
            let why = format!("{} would not say what was to be saved", change.name);
            return Err(failed(AmendError::Impossible(why)));
        }
        let target = self.path.join(&file_name);
        let written = FoundFile { path: target, bytes: Zeroizing::new(text.as_bytes().to_vec()), file };
        let before = now.filter(|now| now.path == written.path);
        if before.is_none_or(|before| before.bytes != written.bytes) {
            let is_refresh = matches!(change.edit, Edit::Refresh(_));
            self.replace(before, &written, is_refresh).map_err(ApplyError::Trouble)?;
        }
        if let Some(old) = now.filter(|now| now.path != written.path) {
            self.remove(&old.path).map_err(ApplyError::Trouble)?;
        }
        if let Some(at) = at {
            contents.files.remove(at);
        }
        contents.files.push(written);
        Ok(())
    }

    /// Whose the file of `after` is: where neither its name nor its client changed, its name stays, whatever
    /// the provider's file says of addresses by now.
    fn identity(&self, now: Option<&FoundFile>, after: &Profile) -> FileIdentity {
        let client = after.client_id.as_deref().unwrap_or_default();
        if let Some(now) = now.map(|now| &now.file.identity)
            && now.client_id == client
        {
            return FileIdentity { name: after.id.name.clone(), ..now.clone() };
        }
        let catalog = self.catalog.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let provider = catalog.as_ref().and_then(|catalog| catalog.get(after.id.name.provider()));
        FileIdentity::new(after, provider)
    }

    fn replace(
        &self,
        before: Option<&FoundFile>,
        written: &FoundFile,
        is_refresh: bool,
    ) -> Result<(), Trouble> {
        let target = &written.path;
        if let Some(before) = before {
            set_aside(before);
        }
        let room = if is_refresh { self.reservation.take() } else { None };
        let before = before.map(|before| before.bytes.as_slice());
        let replaced = file::replace(target, before, &written.bytes, room);
        self.reservation.refill(&self.path.join(ROOM), usize::from(is_refresh));
        match replaced? {
            Replaced::Done(_) => Ok(()),
            Replaced::Overtaken => {
                let what = format!("cannot save to {}", shown(target));
                let why = "another program has just written it";
                Err(Trouble::untouched(what, why, FailureKind::Temporary(None)))
            }
        }
    }

    /// Removes a file, and what was left beside it.
    fn remove(&self, path: &Path) -> Result<(), Trouble> {
        for left in temporary::leftovers(path) {
            // Another program may have removed it already.
            let _ = fs::remove_file(left);
        }
        file::remove(path)
    }
}

/// The credential at `path`; nothing where no file is there.
fn found(path: &Path, name: &str) -> Result<Option<FoundFile>, String> {
    let is_there = fs::symlink_metadata(path).is_ok();
    let bytes = match file::read(path, SIZE_LIMIT) {
        Ok(Some(bytes)) => bytes,
        Ok(None) if is_there => return Err("it is a link to a file that is not there".to_owned()),
        Ok(None) => return Ok(None),
        Err(trouble) => return Err(trouble.why),
    };
    if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        return Err("it is a link; authtui reads only files here".to_owned());
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
    let file = hashed_file::read(name, text)?;
    Ok(Some(FoundFile { path: path.to_owned(), bytes, file }))
}

/// The same, each said once, and of several files that others can read only their number.
fn each_once(notices: Vec<StoreNotice>, folder: &Path) -> Vec<StoreNotice> {
    let is_readable = |notice: &StoreNotice| matches!(notice, StoreNotice::Readable(_));
    let (mut readable, others) = notices.into_iter().partition::<Vec<_>, _>(is_readable);
    if readable.len() > 1 {
        readable = vec![StoreNotice::Readable(format!("{} files in {}", readable.len(), shown(folder)))];
    }
    let mut told = BTreeSet::new();
    readable.into_iter().chain(others).filter(|notice| told.insert(notice.to_string())).collect()
}

/// What an interrupted save left of a later refresh beside `found`.
fn later(found: &FoundFile) -> Vec<Arc<Profile>> {
    let left = temporary::leftovers(&found.path).into_iter();
    left.filter_map(|path| left_over(found, &path)).collect()
}

fn left_over(found: &FoundFile, path: &Path) -> Option<Arc<Profile>> {
    let bytes = file::read(path, SIZE_LIMIT).ok()??;
    let file = hashed_file::read(&found.file.identity.file_name(), std::str::from_utf8(&bytes).ok()?).ok()?;
    interrupted::is_later_refresh(&file.profile, &found.file.profile).then_some(file.profile)
}

/// Keeps what an interrupted save left of a later refresh from being removed.
fn set_aside(found: &FoundFile) {
    for path in temporary::leftovers(&found.path) {
        if left_over(found, &path).is_some() {
            // Where it cannot be renamed, the tokens are lost with it, as they were before.
            let _ = temporary::set_aside(&path);
        }
    }
}

fn cannot(verb: &str, path: &Path, error: &io::Error) -> Trouble {
    let remedy = FailureKind::NeedsFix(format!("check the rights of {}", shown(path)));
    Trouble::untouched(format!("cannot {verb} {}", shown(path)), error.to_string(), remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::{ErasedProfile, Extent, RefreshedTokens};
    use crate::domain::clock::at_seconds;
    use crate::domain::fixtures::{profile, tokens};
    use crate::domain::name::{ProfileId, ProfileName};
    use crate::domain::profile::{LastRefresh, RefreshResult};
    use crate::domain::tokens::{Expiry, StoredTokens};

    fn store() -> (tempfile::TempDir, StoreFolder) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = StoreFolder::new(folder.path().join("claude/credentials"), KnownCatalog::default());
        (folder, store)
    }

    fn name(text: &str) -> ProfileName {
        ProfileName::parse(text).expect("a name")
    }

    fn add(text: &str) -> Change {
        let profile = profile(text);
        let id = ProfileId { store: StoreId::Hashed, ..profile.id.clone() };
        let edit = Edit::Add(Box::new(Profile { id, ..profile }));
        Change { name: name(text), expects: None, edit }
    }

    fn change(text: &str, edit: Edit) -> Change {
        Change { name: name(text), expects: None, edit }
    }

    fn refresh(access: &str) -> Edit {
        let at = at_seconds(1_800_000_000).expect("in range");
        Edit::Refresh(Box::new(RefreshedTokens {
            tokens: tokens(access, Some("next")),
            life: Expiry::default(),
            scopes: None,
            record: LastRefresh::new(at, RefreshResult::Done, None),
            origins: Vec::new(),
        }))
    }

    fn names(snapshot: &Snapshot) -> Vec<String> {
        snapshot.profiles().map(|profile| profile.id.name.to_string()).collect()
    }

    fn files(store: &StoreFolder) -> Vec<String> {
        let entries = fs::read_dir(&store.path).expect("a folder").flatten();
        let all = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut all: Vec<String> = all.filter(|name| !name.starts_with('.')).collect();
        all.sort();
        all
    }

    #[cfg(unix)]
    #[test]
    fn of_many_files_that_others_can_read_one_sentence_is_said() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, store) = store();
        let open = |name: &str| {
            let path = store.path.join(name);
            fs::set_permissions(path, fs::Permissions::from_mode(0o644)).expect("opened");
        };
        for name in ["demo/ana", "demo/ben", "demo/cleo"] {
            store.apply(&add(name)).expect("saved");
        }
        open(&files(&store)[0]);
        let said = |snapshot: Snapshot| -> Vec<String> {
            snapshot.notices.iter().map(ToString::to_string).collect()
        };
        assert_eq!(said(store.read()).len(), 1);
        files(&store).iter().for_each(|name| open(name));
        let told = said(store.read());
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("other users can read 3 files in "), "{told:?}");
    }

    #[test]
    fn a_folder_that_is_not_there_is_empty_and_the_first_change_makes_it() {
        let (_folder, store) = store();
        let empty = store.read();
        assert_eq!((empty.rows.len(), &empty.writable, store.path.exists()), (0, &Ok(()), false));
        let after = store.apply(&add("demo/ana")).expect("saved");
        assert_eq!(names(&after), ["demo/ana"]);
        assert_eq!(store.read(), Snapshot { number: store.read().number - 1, ..after });
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
            assert_eq!((mode(&store.path), mode(&store.path.join(&files(&store)[0]))), (0o700, 0o600));
        }
    }

    #[test]
    fn a_refresh_a_sign_out_and_a_removal_change_one_file_and_no_other() {
        let (_folder, store) = store();
        for text in ["demo/ana", "demo/ben"] {
            store.apply(&add(text)).expect("saved");
        }
        let _room = store.reserve().expect("room");
        let after = store.apply(&change("demo/ana", refresh("new"))).expect("saved");
        let ana = after.profile(&name("demo/ana")).expect("there");
        assert_eq!(ana.held, StoredTokens::Present(tokens("new", Some("next"))));
        let at = at_seconds(1_800_000_000).expect("in range");
        let after = store.apply(&change("demo/ana", Edit::EraseTokens(at))).expect("saved");
        assert_eq!(after.profile(&name("demo/ana")).expect("there").held, StoredTokens::None);
        assert_eq!(names(&store.apply(&change("demo/ana", Edit::Remove)).expect("saved")), ["demo/ben"]);
        assert_eq!(files(&store).len(), 1);
    }

    #[test]
    fn what_is_put_back_has_its_unknown_fields_and_its_file_again() {
        let (_folder, store) = store();
        store.apply(&add("demo/ana")).expect("saved");
        let file = store.path.join(&files(&store)[0]);
        let text = fs::read_to_string(&file).expect("there").replacen('{', "{\n  \"mine\": [1],", 1);
        fs::write(&file, &text).expect("written");
        let profile = store.read().profile(&name("demo/ana")).expect("there").clone();
        let remove = change("demo/ana", Edit::Remove);
        let erased = ErasedProfile { profile, text: store.erased_text(&remove) };
        assert!(erased.text.is_some() && store.erased_text(&change("demo/ana", refresh("x"))).is_none());
        store.apply(&remove).expect("removed");
        assert_eq!(files(&store), Vec::<String>::new());
        store.apply(&change("demo/ana", Edit::Restore(Extent::Profile, Box::new(erased)))).expect("back");
        assert!(fs::read_to_string(&file).expect("in its place").contains("\"mine\""));
    }

    #[test]
    fn a_new_name_is_a_new_file_and_takes_nobodys_place() {
        let (_folder, store) = store();
        for text in ["demo/ana", "demo/ben"] {
            store.apply(&add(text)).expect("saved");
        }
        let taken = store.apply(&change("demo/ana", Edit::Rename(name("demo/ben"))));
        assert_eq!(taken, Err(ApplyError::Moved(ChangeError::Taken)));
        let after = store.apply(&change("demo/ana", Edit::Rename(name("demo/cleo")))).expect("saved");
        assert_eq!((names(&after), files(&store).len()), (vec!["demo/ben".into(), "demo/cleo".into()], 2));
        assert_eq!(names(&store.read()), names(&after));
    }

    #[test]
    fn an_odd_file_is_a_row_and_is_never_written() {
        let (_folder, store) = store();
        store.apply(&add("demo/ana")).expect("saved");
        let good = files(&store).remove(0);
        let put = |name: &str, text: &str| fs::write(store.path.join(name), text).expect("written");
        put("notes.txt", "mine");
        put(&"a".repeat(64), "{");
        put(&"b".repeat(64), "");
        put(&"c".repeat(64), &" ".repeat(SIZE_LIMIT + 1));
        fs::create_dir(store.path.join("d".repeat(64))).expect("made");
        #[cfg(unix)]
        std::os::unix::fs::symlink("nowhere", store.path.join("e".repeat(64))).expect("a link");
        let before: Vec<_> = files(&store);

        let odd = |snapshot: &Snapshot| snapshot.rows.len() - snapshot.profiles().count();
        let count = if cfg!(unix) { 6 } else { 5 };
        assert_eq!(odd(&store.read()), count);
        let after = store.apply(&change("demo/ana", refresh("new"))).expect("saved");

        assert_eq!((odd(&after), files(&store)), (count, before));
        assert!(fs::read_to_string(store.path.join("notes.txt")).expect("there") == "mine");
        assert!(fs::read_to_string(store.path.join(good)).expect("there").contains("\"new\""));
    }

    #[test]
    fn a_kill_between_any_two_steps_of_a_save_leaves_what_can_be_read() {
        let (_folder, store) = store();
        store.apply(&add("demo/ana")).expect("saved");
        let old = store.path.join(&files(&store)[0]);
        let before = fs::read(&old).expect("there");
        store.apply(&change("demo/ana", refresh("new"))).expect("saved");
        let after = fs::read(&old).expect("there");
        // Half of the temporary file is written; all of it is, and the rename is missing.
        for left in [&after[..after.len() / 2], &after] {
            fs::write(&old, &before).expect("written");
            let beside = store
                .path
                .join(format!(".{}.abc123.tmp", old.file_name().expect("a name").to_string_lossy()));
            fs::write(&beside, left).expect("written");
            assert_eq!((names(&store.read()), store.read().rows.len()), (vec!["demo/ana".to_owned()], 1));
            store.apply(&change("demo/ana", refresh("newer"))).expect("saved");
        }
        // The new name is written, and the old file is still there.
        store.apply(&change("demo/ana", Edit::Rename(name("demo/cleo")))).expect("saved");
        fs::write(&old, &before).expect("written");
        assert_eq!(names(&store.read()), ["demo/ana", "demo/cleo"]);
    }

    #[test]
    fn writers_at_the_same_time_lose_no_change() {
        let (_folder, store) = store();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let store = StoreFolder::new(store.path.clone(), KnownCatalog::default());
                scope.spawn(move || {
                    let name = format!("demo/w{writer}");
                    store.apply(&add(&name)).expect("saved");
                    for round in 0..5 {
                        store.apply(&change(&name, refresh(&format!("t{round}")))).expect("saved");
                    }
                });
            }
        });
        let counts: Vec<_> = store.read().profiles().map(|profile| profile.refresh_count).collect();
        assert_eq!(counts, [5; 4]);
    }
}
