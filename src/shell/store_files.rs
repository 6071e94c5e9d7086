//! Store files: read as snapshots, changed one profile at a time.
//!
//! ```text
//! read:    target ─► parsed ─► snapshot
//! change:  lock ─► parsed ─► amended ─► replaced ─► snapshot
//!                    ▲          │          │
//!                    └──────────┴──────────┘  somebody else wrote the file meanwhile
//! ```
//!
//! A change is made under the store's lock to the file as it is then. A file that is not
//! understood is shown as such and never written.

mod amended_file;
pub(in crate::shell) mod disk_reservation;
mod draft;
pub mod file;
pub(in crate::shell) mod interrupted;
pub mod lock;
mod parsed_cache;
pub(super) mod shared_reading;
mod side_file;
mod store;
pub(in crate::shell) mod trouble;
pub(super) mod write_queue;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::domain::change::{Change, Edit, ErasedText, Snapshot, StoreNotice};
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::store_presence::StorePresence;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::shell::store_files::amended_file::AmendedFile;
use crate::shell::store_files::disk_reservation::SharedReservation;
use crate::shell::store_files::file::{FileStamp, Replaced, is_back, shown};
use crate::shell::store_files::lock::LockGuard;
use crate::shell::store_files::parsed_cache::{ParsedCache, ParsedText};
use crate::shell::store_files::side_file::SideFile;
use crate::shell::store_files::trouble::{
    decoded, failure, gone_notice, interrupted_notice, locked, missing, not_written, unreadable,
};
use crate::stored::config_file::{self, ConfigFile, Content, FileSchema};
use crate::stored::plain_reader::Extract;
use crate::stored::yaml_reader;

pub use crate::shell::store_files::disk_reservation::DiskReservation;
pub(in crate::shell) use crate::shell::store_files::store::EVERY_FILE;
pub use crate::shell::store_files::store::{Applied, Store};
pub use crate::shell::store_files::trouble::ApplyError;

/// How long a change waits for another program's change.
pub const LOCK_WAIT_LIMIT: Duration = Duration::from_secs(10);

/// How often a change begins anew because a program without our lock wrote the file, and how many
/// [`MOMENT`]s it waits for a file that is just being replaced to be there again.
const CHANGE_TRIES: usize = 20;

/// How many [`MOMENT`]s a reading waits for such a file.
const READ_TRIES: usize = 5;

/// A store that is one file.
#[derive(Debug)]
pub struct StoreFile {
    file: ConfigFile,
    path: PathBuf,
    /// What the schema of the file has no room for, where that is so and somebody said where it goes.
    side: Option<SideFile>,
    cache: ParsedCache,
    reservation: Arc<SharedReservation>,
    /// The last save may not outlive a power cut. The same again is then no needless save.
    is_unsynced: AtomicBool,
    /// The file was there at some look. Then one that is missing is no empty store: it is on its way
    /// back, or somebody must say what became of it.
    was_there: AtomicBool,
    /// How many snapshots were numbered.
    numbers: AtomicU64,
}

impl Store for StoreFile {
    fn id(&self) -> StoreId {
        self.file.store
    }

    fn path(&self) -> &Path {
        &self.path
    }

    fn watched(&self) -> Vec<PathBuf> {
        let side = self.side.iter().map(|side| side.path().to_owned());
        std::iter::once(self.path.clone()).chain(side).collect()
    }

    fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn read(&self) -> Snapshot {
        let number = self.number();
        let read = file::target(&self.path).and_then(|target| Ok((self.read_file(&target)?, target)));
        match read {
            Ok(((content, notices), target)) => {
                let snapshot = self.snapshot(content, notices);
                let writable = snapshot.writable.and_then(|()| file::may_replace(&target));
                Snapshot { writable, number, ..snapshot }
            }
            Err(trouble) => {
                let writable = Err(trouble);
                Snapshot { writable, number, ..self.snapshot(None, Vec::new()) }
            }
        }
    }

    fn read_one(&self, name: &ProfileName) -> Option<Arc<Profile>> {
        let target = file::target(&self.path).ok()?;
        let has_news = || interrupted::is_there(&target) || !file::reading_notices(&target).is_empty();
        if self.side.is_some() || has_news() {
            return None;
        }
        let mut extract = Extract::of_id(name.name());
        let read = |piece: &[u8]| extract.take(piece).is_some();
        file::read_in_pieces(&target, yaml_reader::SIZE_LIMIT, read).ok().filter(|is_plain| *is_plain)?;
        config_file::read_one(self.file, &extract.finish()?, name)
    }

    fn interrupted(&self) -> Vec<Arc<Profile>> {
        let parsed = file::target(&self.path).and_then(|target| Ok((self.parsed(&target)?, target)));
        parsed.map_or_else(
            |_| Vec::new(),
            |(parsed, target)| {
                interrupted::newer(self.file, &target, parsed.as_ref().map(|parsed| &parsed.content))
            },
        )
    }

    fn apply_each(&self, changes: &[Change]) -> Result<Applied, Trouble> {
        let (target, _lock) = self.hold(self.may_create(changes))?;
        for _ in 0..CHANGE_TRIES {
            if let Some(applied) = self.try_apply(&target, changes)? {
                return Ok(applied);
            }
        }
        if !self.may_create(changes) && FileStamp::of(&target).is_none() {
            return Err(missing(&self.path));
        }
        let what = format!("cannot save to {}", shown(&self.path));
        Err(Trouble::untouched(what, "another program keeps writing it", FailureKind::Temporary(None)))
    }

    fn reserve(&self) -> Result<DiskReservation, Trouble> {
        if let Some(reservation) = self.reservation.share() {
            return Ok(reservation);
        }
        let (target, _lock) = self.hold(false)?;
        let parsed = self.parsed(&target)?;
        interrupted::set_aside(self.file, &target, parsed.as_ref().map(|parsed| &parsed.content));
        self.reservation.keep(&target)
    }

    fn erased_text(&self, change: &Change) -> Option<ErasedText> {
        let parsed = self.parsed(&file::target(&self.path).ok()?).ok()??;
        Content::erased_text(self.file, &parsed.text, change)
    }

    fn make_private(&self) -> Result<(), Trouble> {
        file::make_private(&file::target(&self.path)?)
    }
}

impl StoreFile {
    /// The store `id`, with its file at `path`.
    #[must_use]
    pub fn new(id: StoreId, path: PathBuf) -> Self {
        let (is_unsynced, was_there) = (AtomicBool::new(false), AtomicBool::new(false));
        let (cache, reservation, numbers) = (ParsedCache::default(), Arc::default(), AtomicU64::new(0));
        let file = ConfigFile { store: id, schema: FileSchema::of_place(id, &path) };
        Self { file, path, side: None, cache, reservation, is_unsynced, was_there, numbers }
    }

    /// The same, with what others' schema has no room for kept in the folder `state`.
    #[must_use]
    pub fn with_state(self, state: &Path) -> Self {
        let side = match self.file.schema {
            FileSchema::Ours => None,
            FileSchema::Shared => Some(SideFile::new(side_file::place(state, &self.path))),
        };
        Self { side, ..self }
    }

    /// Our own store, or a file like it, at `path`.
    #[must_use]
    pub fn own(path: PathBuf) -> Self {
        Self::new(StoreId::Own, path)
    }

    /// What the file at `target` holds, and what a person should know of it.
    fn read_file(&self, target: &Path) -> Result<(Option<Content>, Vec<StoreNotice>), Trouble> {
        let path = &*self.path;
        let was_there = || self.was_there.load(Ordering::SeqCst);
        let was_saved = || lock::path_beside(target).exists();
        let mut parsed = self.parsed(target)?;
        if parsed.is_none() && (was_there() || was_saved()) && is_back(path, READ_TRIES) {
            parsed = self.parsed(target)?;
        }
        match parsed {
            Some(parsed) => {
                let newer = interrupted::newer(self.file, target, Some(&parsed.content));
                let notices = newer.iter().map(|newer| StoreNotice::Told(interrupted_notice(&newer.id.name)));
                let notices = file::reading_notices(target).into_iter().chain(notices);
                Ok((Some(parsed.content.clone()), notices.collect()))
            }
            None if was_there() => Err(missing(path)),
            None if was_saved() => Ok((None, vec![StoreNotice::Told(gone_notice(path))])),
            None => Ok((None, Vec::new())),
        }
    }

    /// Whether `changes` may make the file: it was never there, and none of them is about a profile that
    /// only a file can hold.
    fn may_create(&self, changes: &[Change]) -> bool {
        let mut made: Vec<&ProfileName> = Vec::new();
        let are_new = changes.iter().all(|change| {
            let is_new = change.expects.is_none() && matches!(change.edit, Edit::Put(_) | Edit::Add(_));
            made.extend(is_new.then_some(&change.name));
            is_new || made.contains(&&change.name)
        });
        are_new && !self.was_there.load(Ordering::SeqCst)
    }

    /// Removes the file where nothing is left in it. Its lock stays: one that is deleted can be
    /// held twice.
    ///
    /// # Errors
    /// A [`Trouble`] when it cannot be read or removed.
    pub fn remove_if_empty(&self) -> Result<(), Trouble> {
        let (target, _lock) = self.hold(false)?;
        let is_empty =
            |parsed: &ParsedText| parsed.content.rows.is_empty() && parsed.content.read_only.is_none();
        match self.parsed(&target)? {
            Some(parsed) if is_empty(&parsed) => file::remove(&target),
            Some(_) | None => Ok(()),
        }
    }

    /// Where the path leads, in a folder that is there, and the lock of that file. A file that may not be
    /// made is waited for, and then its folder is not made either: it would be in the way of one that comes
    /// back.
    fn hold(&self, may_create: bool) -> Result<(PathBuf, LockGuard), Trouble> {
        let path = &*self.path;
        if may_create {
            file::target(path).and_then(|target| file::make_folder(&target))?;
        } else {
            is_back(path, CHANGE_TRIES).then_some(()).ok_or_else(|| missing(path))?;
        }
        let target = file::target(path)?;
        let beside = lock::path_beside(&target);
        let lock =
            lock::hold_blocking(&beside, LOCK_WAIT_LIMIT).map_err(|why| locked(path, &beside, &why))?;
        Ok((target, lock))
    }

    /// The text of the file at `target` as it is now; parsed anew if need be.
    fn parsed(&self, target: &Path) -> Result<Option<Arc<ParsedText>>, Trouble> {
        let cached = || self.cache.find(|bytes| file::holds(target, bytes).unwrap_or(false));
        if let Some(parsed) = cached() {
            self.was_there.store(true, Ordering::SeqCst);
            return Ok(Some(parsed));
        }
        // Many look at once when another program has written it: one of them parses it for all.
        let _one = self.cache.lock_parsing();
        if let Some(parsed) = cached() {
            return Ok(Some(parsed));
        }
        let Some(bytes) = file::read(target, yaml_reader::SIZE_LIMIT)? else { return Ok(None) };
        self.was_there.store(true, Ordering::SeqCst);
        let text = decoded(bytes).map_err(|fault| unreadable(&self.path, &fault))?;
        let content =
            config_file::read_shared(self.file, &text).map_err(|fault| unreadable(&self.path, &fault))?;
        Ok(Some(self.cache.keep(text, content)))
    }

    /// One reading, amending and replacing; nothing when the file was written meanwhile.
    fn try_apply(&self, target: &Path, changes: &[Change]) -> Result<Option<Applied>, Trouble> {
        let Some(amendment) = self.amend_settled(target, changes)? else { return Ok(None) };
        let AmendedFile { before, after, content, refused } = amendment;
        let each = changes.iter().zip(refused);
        let failures: Vec<_> = each.map(|(change, why)| Some(failure(&self.path, change, why?))).collect();
        let is_there = before.as_ref().is_some_and(|before| before.text == after)
            && !self.is_unsynced.load(Ordering::SeqCst);
        let sided = self.side.as_ref().map(|side| {
            let rows = before.as_ref().map(|before| before.content.rows.clone());
            (side, rows.unwrap_or_default())
        });
        let (content, notices) = if is_there || failures.iter().all(Option::is_some) {
            // Nothing is to be written, so a file that was not there is still not there.
            (before.map(|_| content), file::reading_notices(target))
        } else {
            let refreshes = changes.iter().filter(|change| matches!(change.edit, Edit::Refresh(_))).count();
            // Known before it is there, so that nobody who looks at once has to parse it anew.
            let after = self.cache.keep(after, content.clone());
            match self.replace(target, before.as_deref(), &after, refreshes)? {
                Replaced::Done(notices) => (Some(content), notices),
                Replaced::Overtaken => return Ok(None),
            }
        };
        if let Some((side, rows)) = sided {
            let made = changes.iter().zip(&failures).filter(|(_, why)| why.is_none());
            side.save(&rows, made.map(|(change, _)| change));
        }
        let number = self.number();
        Ok(Some((Snapshot { number, ..self.snapshot(content, notices) }, failures)))
    }

    /// Puts `after` in the place of `before`. What was reserved for `refreshes` is not for other changes.
    fn replace(
        &self,
        target: &Path,
        before: Option<&ParsedText>,
        after: &ParsedText,
        refreshes: usize,
    ) -> Result<Replaced, Trouble> {
        interrupted::set_aside(self.file, target, before.map(|before| &before.content));
        let room = if refreshes > 0 { self.reservation.take() } else { None };
        let bytes = before.map(|before| before.text.as_bytes());
        let replaced = file::replace(target, bytes, after.text.as_bytes(), room);
        self.reservation.refill(target, refreshes);
        match &replaced {
            Ok(Replaced::Done(_)) => {
                self.was_there.store(true, Ordering::SeqCst);
                self.is_unsynced.store(false, Ordering::SeqCst);
                interrupted::set_aside(self.file, target, Some(&after.content));
            }
            Err(trouble) if trouble.stored == Stored::Unsynced => {
                self.is_unsynced.store(true, Ordering::SeqCst);
            }
            Ok(Replaced::Overtaken) | Err(_) => {}
        }
        replaced
    }

    fn snapshot(&self, content: Option<Content>, mut notices: Vec<StoreNotice>) -> Snapshot {
        let presence = if content.is_some() { StorePresence::There } else { StorePresence::Absent };
        notices.extend(content.iter().flat_map(Content::notices).map(StoreNotice::Told));
        let (mut rows, read_only) =
            content.map(|content| (content.rows, content.read_only)).unwrap_or_default();
        if let Some(side) = self.side.as_ref().filter(|_| !rows.is_empty()) {
            side.notes().complete(Arc::make_mut(&mut rows));
        }
        let writable = read_only.map_or(Ok(()), |fault| Err(not_written(&self.path, &fault)));
        let (store, place) = (self.file.store, shown(&self.path));
        Snapshot { place, presence, rows, writable, notices, ..Snapshot::empty(store) }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::domain::change::{ChangeError, RefreshedTokens};
    use crate::domain::clock::at_seconds;
    use crate::domain::fixtures::profile;

    use crate::domain::profile::{AutoRefresh, LastRefresh, RefreshResult};
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{Expiry, Tokens};

    fn stores() -> (tempfile::TempDir, StoreFile) {
        let folder = tempfile::tempdir().expect("a folder");
        let own = folder.path().join("authtui/config.yaml");
        (folder, StoreFile::own(own))
    }

    fn keep(name: &str) -> Change {
        let profile = profile(name);
        Change { name: profile.id.name.clone(), expects: None, edit: Edit::Put(Box::new(profile)) }
    }

    fn refresh(name: &str, access: &str) -> Change {
        let tokens = Tokens { access: Secret::new(access), refresh: None };
        let at = at_seconds(1_800_000_000).expect("in range");
        let record = LastRefresh::new(at, RefreshResult::Done, None);
        let refreshed =
            RefreshedTokens { tokens, life: Expiry::default(), scopes: None, record, origins: Vec::new() };
        let name = ProfileName::parse(name).expect("a name");
        Change { name, expects: None, edit: Edit::Refresh(Box::new(refreshed)) }
    }

    #[test]
    fn an_absent_file_is_an_empty_store_that_the_first_change_makes() {
        let (folder, stores) = stores();
        let empty = stores.read();
        assert_eq!((empty.rows.len(), &empty.writable), (0, &Ok(())));
        assert!(fs::read_dir(folder.path()).expect("a folder").next().is_none(), "reading makes nothing");

        let after = stores.apply(&keep("demo/ana")).expect("saved");

        assert_eq!(after.profiles().collect::<Vec<_>>(), [&profile("demo/ana")]);
        assert!(empty.number < after.number, "what was read before the change is older");
        let again = stores.read();
        assert!(after.number < again.number);
        assert_eq!(again, Snapshot { number: again.number, ..after });
    }

    #[test]
    fn a_file_that_went_wrong_is_never_written() {
        let (_folder, stores) = stores();
        fs::create_dir(stores.path.parent().expect("a folder")).expect("made");
        let huge = format!("# {}", "x".repeat(yaml_reader::SIZE_LIMIT));
        for (bytes, place, word) in [
            (&b""[..], "line 1, column 1", "empty"),
            (b" \n", "line 1, column 1", "empty"),
            (b"\0\0", "line 1, column 1", "U+0000"),
            (b"a: 1\nb: \xff\n", "line 2, column 4", "UTF-8"),
            (b"a: [\n", "line 2, column 1", "YAML"),
            (b"a: 1\na: 2\n", "line 2, column 1", "line 1"),
            (b"a: 1\n---\nb: 1\n", "line 2, column 1", "second"),
            (huge.as_bytes(), "line 1, column 1", "10 MiB"),
        ] {
            fs::write(&stores.path, bytes).expect("written");
            let snapshot = stores.read();
            let trouble = snapshot.writable.expect_err("unreadable");
            assert!(trouble.what.contains(place) && trouble.why.contains(word), "{trouble}");
            assert!(
                matches!(trouble.kind, FailureKind::NeedsFix(_)) && snapshot.rows.is_empty(),
                "{trouble}"
            );
            assert_eq!(stores.apply(&keep("demo/ana")), Err(ApplyError::Trouble(trouble)));
            assert!(fs::read(&stores.path).expect("there") == bytes);
        }
    }

    #[test]
    fn a_newer_file_is_shown_and_not_written() {
        let (_folder, stores) = stores();
        stores.apply(&keep("demo/ana")).expect("saved");
        let text = fs::read_to_string(&stores.path).expect("there").replace("version: 1", "version: 2");
        fs::write(&stores.path, &text).expect("written");
        let snapshot = stores.read();
        assert_eq!((snapshot.rows.len(), snapshot.writable.is_err()), (1, true));
        assert!(stores.apply(&keep("demo/ben")).is_err());
        assert_eq!(fs::read_to_string(&stores.path).expect("there"), text);
    }

    #[test]
    fn a_change_to_what_was_removed_meanwhile_brings_nothing_back() {
        let (_folder, stores) = stores();
        stores.apply(&keep("demo/ana")).expect("saved");
        fs::write(&stores.path, "providers: {}\n").expect("written");
        let late = stores.apply(&refresh("demo/ana", "new"));
        assert_eq!(late, Err(ApplyError::Moved(ChangeError::Gone)));
        assert_eq!(fs::read_to_string(&stores.path).expect("there"), "providers: {}\n");
    }

    #[test]
    fn a_file_that_has_gone_is_no_empty_store_and_is_not_made_anew() {
        let (folder, stores) = stores();
        let add = |name: &str| {
            let new = profile(name);
            Change { name: new.id.name.clone(), expects: None, edit: Edit::Add(Box::new(new)) }
        };
        stores.apply(&keep("demo/ana")).expect("saved");
        let aside = folder.path().join("aside");
        let all = stores.path.parent().expect("a folder").to_owned();
        for place in [stores.path.clone(), all] {
            fs::rename(&place, &aside).expect("renamed");

            let gone = stores.read();
            assert_eq!(gone.rows.len(), 0);
            assert!(gone.writable.expect_err("gone").why.contains("is gone"));
            for change in [keep("demo/ben"), add("demo/eve"), refresh("demo/ana", "new"), keep("demo/ana")] {
                let Err(ApplyError::Trouble(trouble)) = stores.apply(&change) else { panic!("{change:?}") };
                assert!(trouble.why.contains("is gone"), "{trouble}");
            }
            assert!(stores.reserve().is_err());

            assert!(!place.exists(), "nothing is in the way of what comes back");
            fs::rename(&aside, &place).expect("renamed");
        }
        let after = stores.apply(&add("demo/eve")).expect("saved");
        assert_eq!(after.profiles().count(), 2);
        fs::remove_file(&stores.path).expect("removed");
        let another = StoreFile::own(stores.path.clone());
        let empty = another.read();
        assert!(empty.writable.is_ok() && empty.notices[0].to_string().contains("is not there"), "{empty:?}");
        assert_eq!(another.apply(&keep("demo/ben")).expect("saved").profiles().count(), 1);
    }

    #[test]
    fn the_beginning_of_a_file_removes_no_profile_that_new_tokens_are_for() {
        let (_folder, stores) = stores();
        for name in ["demo/ana", "demo/ben"] {
            stores.apply(&keep(name)).expect("saved");
        }
        let whole = fs::read_to_string(&stores.path).expect("there");
        for end in
            ["      - id: \"ben\"", "        refresh_token: \"r\"\n      - id: \"ben\"", "    oauth_cred"]
        {
            let cut = &whole[..whole.find(end).expect("there")];
            assert_eq!(stores.read().profiles().count(), 2);
            fs::write(&stores.path, cut).expect("written");
            let expects = profile("demo/ben").held.fingerprint();
            let late = stores.apply(&Change { expects, ..refresh("demo/ben", "new") });
            let Err(ApplyError::Trouble(trouble)) = late else { panic!("{late:?}") };
            assert!(trouble.why.contains("only its beginning"), "{trouble}");
            assert_eq!(fs::read_to_string(&stores.path).expect("there"), cut);
            fs::write(&stores.path, &whole).expect("written");
        }
    }

    #[test]
    fn the_shared_file_keeps_to_its_schema_whoever_names_it_and_the_rest_lies_in_the_state_folder() {
        for id in [StoreId::Shared, StoreId::Own] {
            let folder = tempfile::tempdir().expect("a folder");
            let (state, path) =
                (folder.path().join("state"), folder.path().join(".mcp-code-api/config.yaml"));
            let shared = || StoreFile::new(id, path.clone()).with_state(&state);
            let off = |name: &str| Change {
                name: profile(name).id.name,
                expects: None,
                edit: Edit::AutoRefresh(AutoRefresh::Off),
            };
            shared().apply(&keep("demo/ana")).expect("saved");
            shared().apply(&refresh("demo/ana", "new")).expect("saved");
            let after = shared().apply(&off("demo/ana")).expect("saved");

            let text = fs::read_to_string(&path).expect("there");
            let lines: Vec<&str> = text.lines().map(str::trim).collect();
            let fields = ["access_token: \"new\"", "refresh_token: \"\""];
            assert_eq!(lines[..5], ["providers:", "custom:", "demo:", "oauth_credentials:", "- id: \"ana\""]);
            assert_eq!(lines[5..7], fields);
            assert!(lines.get(7).is_none_or(|line| line.starts_with("expires_at: ")), "{text}");
            assert!(lines.len() <= 8, "{text}");

            let known = shared().read();
            assert_eq!(known.rows, after.rows);
            let ana = known.profile(&profile("demo/ana").id.name).expect("there").clone();
            assert_eq!((ana.refresh_count, ana.auto_refresh), (1, AutoRefresh::Off));
            assert!(ana.last_refresh.is_some() && ana.id.store == id);

            let foreign = text.replace("access_token: \"new\"", "access_token: \"theirs\"");
            fs::write(&path, &foreign).expect("written");
            let anew = shared().read();
            let ana = anew.profile(&profile("demo/ana").id.name).expect("there");
            assert_eq!((ana.refresh_count, ana.auto_refresh), (0, AutoRefresh::On));
            fs::remove_dir_all(&state).expect("removed");
            fs::write(&path, &text).expect("written");
            let without = shared().read();
            assert_eq!(without.profiles().count(), 1, "only comfort is lost");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
                let folder = path.parent().expect("a folder");
                assert_eq!(mode(folder), 0o700);
                fs::remove_file(&path).expect("removed");
                StoreFile::new(id, path.clone()).apply(&keep("demo/ana")).expect("saved");
                assert_eq!(mode(&path), 0o600);
            }
        }
    }

    #[test]
    fn tokens_that_a_killed_save_left_beside_the_shared_file_are_kept_while_they_are_the_newer_ones() {
        let entry = |access: &str, refresh: &str, hour: u32| {
            format!(
                "providers: {{custom: {{demo: {{oauth_credentials: [{{id: ana, access_token: {access}, \
                 refresh_token: {refresh}, expires_at: \"2027-01-15T{hour:02}:00:00Z\"}}]}}}}}}\n"
            )
        };
        for (hour, is_kept) in [(9, true), (7, false)] {
            let folder = tempfile::tempdir().expect("a folder");
            let (state, path) =
                (folder.path().join("state"), folder.path().join(".mcp-code-api/config.yaml"));
            let shared = StoreFile::new(StoreId::Shared, path.clone()).with_state(&state);
            let left = path.with_file_name(".config.yaml.aB3dE6.tmp");
            shared.apply(&keep("demo/ben")).expect("saved");
            fs::write(&path, entry("old", "r1", 8)).expect("written");
            fs::write(&left, entry("new", "r2", hour)).expect("written");
            let told = format!("{:?}", shared.read().notices).contains("a save was interrupted");
            assert_eq!(told, is_kept, "{hour}");
            assert_eq!(shared.interrupted().len(), usize::from(is_kept), "{hour}");
            shared.apply(&keep("demo/ben")).expect("saved");
            let count = fs::read_dir(path.parent().expect("a folder")).expect("a folder").flatten();
            let count =
                count.filter(|file| file.file_name().to_string_lossy().starts_with(".config")).count();
            assert_eq!(count, usize::from(is_kept), "{hour}");
        }
    }

    #[test]
    fn references_to_a_keyring_are_no_tokens() {
        let (_folder, stores) = stores();
        let reference = format!("keyring:{}", "0f".repeat(16));
        let text = format!(
            "providers: {{demo: {{oauth_credentials: [{{id: ana, access_token: \"{reference}\"}}]}}}}\n"
        );
        fs::create_dir_all(stores.path.parent().expect("a folder")).expect("made");
        fs::write(&stores.path, &text).expect("written");
        let trouble = stores.read().writable.expect_err("no tokens").to_string();
        assert!(trouble.contains("references") && trouble.contains("--config"), "{trouble}");
        assert!(stores.read().rows.is_empty() && stores.apply(&keep("demo/ben")).is_err());
        assert_eq!(fs::read_to_string(&stores.path).expect("there"), text);
        let keyring = StoreFile::new(StoreId::Keyring, stores.path.clone());
        assert_eq!(keyring.read().profiles().count(), 1);
    }

    #[test]
    fn writers_at_the_same_time_lose_no_change() {
        let (_folder, stores) = stores();
        let names: Vec<_> = (0..4).map(|writer| format!("demo/w{writer}")).collect();
        std::thread::scope(|scope| {
            for name in &names {
                let stores = StoreFile::own(stores.path.clone());
                scope.spawn(move || {
                    stores.apply(&keep(name)).expect("saved");
                    for round in 0..10 {
                        stores.apply(&refresh(name, &format!("t{round}"))).expect("saved");
                    }
                });
            }
        });
        let snapshot = stores.read();
        let counts: Vec<_> = snapshot.profiles().map(|profile| profile.refresh_count).collect();
        assert_eq!(counts, [10; 4]);
    }

    #[cfg(unix)]
    #[test]
    fn a_linked_file_stays_a_link_and_its_lock_lies_beside_its_target() {
        let (folder, _) = stores();
        let link = folder.path().join("config.yaml");
        std::os::unix::fs::symlink("dotfiles/own.yaml", &link).expect("a link");
        let stores = StoreFile::own(link.clone());
        stores.apply(&keep("demo/ana")).expect("saved");
        assert!(link.is_symlink());
        assert!(folder.path().join("dotfiles/own.yaml").is_file());
        assert!(folder.path().join("dotfiles/own.yaml.lock").is_file());
    }
}
