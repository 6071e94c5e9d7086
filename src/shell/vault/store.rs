//! Store whose file holds references, and whose secrets lie in a vault.
//!
//! The file is a [`StoreFile`] like any other. Readings are filled in from the vault, changes are planned by
//! [`vault_references`] and then made to the file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::change::{
    Change, Edit, ErasedText, PassphraseNeed, Row, Snapshot, StoreNotice, Unlock, Where,
};
use crate::domain::name::StoreId;
use crate::domain::profile::{Kind, Profile};
use crate::domain::secret::Secret;
use crate::domain::store_presence::Prompting;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::clock;
use crate::shell::store_files::file::{self, shown, temporary};
use crate::shell::store_files::lock::{self, LockGuard};
use crate::shell::store_files::trouble::interrupted_notice;
use crate::shell::store_files::{Applied, DiskReservation, LOCK_WAIT_LIMIT, Store, StoreFile};
use crate::shell::vault::id_list::IdList;
use crate::shell::vault::{VaultError, Vaults};
use crate::stored::vault_references::{self, Plan, Reference, VaultKind};
use crate::stored::yaml_reader;

/// How often a reading begins anew because another program saved meanwhile.
const READ_TRIES: usize = 5;

/// A store with a vault.
#[derive(Debug)]
pub(in crate::shell) struct VaultStore {
    file: StoreFile,
    vaults: Vaults,
    ids: IdList,
    lock: PathBuf,
    known: Known,
}

/// What was read from the vault. What lies under an id never changes.
#[derive(Default)]
struct Known(Mutex<BTreeMap<Reference, Secret>>);

impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Known(…)")
    }
}

impl Known {
    fn secrets(&self) -> MutexGuard<'_, BTreeMap<Reference, Secret>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for VaultStore {
    fn id(&self) -> StoreId {
        self.file.id()
    }

    fn path(&self) -> &Path {
        self.file.path()
    }

    fn number(&self) -> u64 {
        self.file.number()
    }

    fn read(&self) -> Snapshot {
        let mut snapshot = self.file.read();
        if !snapshot.notices.is_empty() {
            self.without_lost_drafts(&mut snapshot);
        }
        for _ in 0..READ_TRIES {
            let (filled, is_whole) = self.filled(snapshot.clone());
            if is_whole {
                self.forget_others(&snapshot);
                return filled;
            }
            // A save meanwhile took what the older file refers to.
            let again = self.file.read();
            if again.rows == snapshot.rows {
                return filled;
            }
            snapshot = again;
        }
        self.filled(snapshot).0
    }

    fn interrupted(&self) -> Vec<Arc<Profile>> {
        let left = self.file.interrupted();
        let stored = if left.is_empty() { return left } else { self.file.read() };
        let full = |profile: &Arc<Profile>| self.recovered(profile, stored.profile(&profile.id.name));
        left.iter().filter_map(full).collect()
    }

    fn apply_each(&self, changes: &[Change]) -> Result<Applied, Trouble> {
        let _lock = self.hold()?;
        let plan = self.plan(changes)?;
        let mut listed = self.ids.read()?;
        if !plan.puts.is_empty() {
            listed.extend(plan.puts.iter().map(|put| put.reference.clone()));
            self.ids.write(&listed)?;
        }
        let is_refresh = changes.iter().any(|change| matches!(change.edit, Edit::Refresh(_)));
        // Where there is no room for it, tokens are saved without.
        let draft = (is_refresh && !plan.puts.is_empty()).then(|| self.file.draft(&plan.changes).ok());
        for put in &plan.puts {
            let vault = self.vaults.get(put.reference.vault);
            vault.put(&put.reference.id, &put.secret, &put.label).map_err(|why| self.not_saved(&why))?;
            self.known.secrets().insert(put.reference.clone(), put.secret.clone());
        }
        let (snapshot, failures) = self.file.apply_each(&plan.changes)?;
        drop(draft);
        self.sweep(listed);
        self.forget_others(&snapshot);
        Ok((self.filled(snapshot).0, failures))
    }

    fn reserve(&self) -> Result<DiskReservation, Trouble> {
        self.file.reserve()
    }

    fn make_private(&self) -> Result<(), Trouble> {
        self.file.make_private()
    }

    fn erased_text(&self, _change: &Change) -> Option<ErasedText> {
        None
    }

    fn passphrase(&self) -> Option<PassphraseNeed> {
        let file = self.vaults.file();
        match (file.is_there(), self.vaults.preferred()) {
            _ if !file.is_closed() => None,
            (true, _) => Some(PassphraseNeed::Known),
            (false, VaultKind::File) => Some(PassphraseNeed::New),
            (false, VaultKind::Keyring) => None,
        }
    }

    fn on_unlocked(&self, told: Box<dyn Fn() + Send + Sync>) {
        self.vaults.get(VaultKind::Keyring).on_late_answer(told);
    }

    fn open(&self, passphrase: &Secret) -> Result<(), Trouble> {
        self.vaults.file().open(passphrase)
    }

    fn probe(&self, prompting: Prompting) -> Result<(), Trouble> {
        let probed = self.vaults.get(self.vaults.preferred()).probe(prompting);
        probed.map_err(|why| self.not_saved(&why))
    }
}

impl VaultStore {
    /// The store `id` with its file at `path`, and what is only for this machine in the folder `state`.
    pub(in crate::shell) fn new(id: StoreId, path: PathBuf, state: &Path, vaults: Vaults) -> Self {
        let (ids, lock) = (IdList::at(state.join("keyring.ids")), state.join("keyring.ids.save.lock"));
        Self { file: StoreFile::new(id, path), vaults, ids, lock, known: Known::default() }
    }

    /// Keeps every other save away until it is done: it would take what this one has put and not yet
    /// written down for left over.
    fn hold(&self) -> Result<LockGuard, Trouble> {
        file::make_folder(&self.lock)?;
        lock::hold_blocking(&self.lock, LOCK_WAIT_LIMIT).map_err(|why| {
            let what = format!("cannot save to {}", shown(self.path()));
            Trouble::untouched(what, why.to_string(), FailureKind::Temporary(None))
        })
    }

    /// What `changes` come to, given the profiles that they name as they are now.
    fn plan(&self, changes: &[Change]) -> Result<Plan, Trouble> {
        let now = self.file.read();
        let named: BTreeSet<_> = changes.iter().map(|change| &change.name).collect();
        let mut there = Vec::new();
        for profile in now.profiles().filter(|profile| named.contains(&profile.id.name)) {
            for reference in vault_references::references(profile) {
                self.secret(&reference).map_err(|why| self.not_saved(&why))?;
            }
            let (full, _) = vault_references::filled(profile, |reference| self.known_secret(reference));
            there.push((profile, full));
        }
        let mut why = None;
        let new_id = || {
            clock::random_id().unwrap_or_else(|error| {
                why = Some(VaultError::Failed(error.to_string()));
                String::new()
            })
        };
        let there = there.iter().map(|(profile, full)| (*profile, full));
        let plan = vault_references::plan(changes, there, self.vaults.preferred(), new_id);
        why.map_or(Ok(plan), |why| Err(self.not_saved(&why)))
    }

    /// What an interrupted refresh left, as far as it came: at least its refresh token.
    fn recovered(&self, draft: &Profile, stored: Option<&Profile>) -> Option<Arc<Profile>> {
        let find = |reference: &Reference| self.secret(reference).ok().flatten();
        let whole = |profile: &Profile| {
            let (full, is_whole) = vault_references::filled(profile, find);
            is_whole.then(|| Arc::new(full))
        };
        whole(draft).or_else(|| whole(&vault_references::with_older_access(draft, stored?)?))
    }

    /// Takes back what the file says of interrupted saves whose tokens never came to the vault.
    fn without_lost_drafts(&self, file: &mut Snapshot) {
        for draft in self.file.interrupted() {
            let refresh = draft.refresh_token().and_then(Reference::from_secret);
            if refresh.is_some_and(|refresh| matches!(self.secret(&refresh), Ok(None))) {
                let notice = StoreNotice::Told(interrupted_notice(&draft.id.name));
                file.notices.retain(|each| *each != notice);
            }
        }
    }

    fn known_secret(&self, reference: &Reference) -> Option<Secret> {
        self.known.secrets().get(reference).cloned()
    }

    /// What lies under `reference`; the vault is asked once.
    fn secret(&self, reference: &Reference) -> Result<Option<Secret>, VaultError> {
        if let Some(known) = self.known_secret(reference) {
            return Ok(Some(known));
        }
        let found = self.vaults.get(reference.vault).get(&reference.id)?;
        if let Some(secret) = &found {
            self.known.secrets().insert(reference.clone(), secret.clone());
        }
        Ok(found)
    }

    /// `snapshot` with the secrets in it, and whether none was missing.
    fn filled(&self, snapshot: Snapshot) -> (Snapshot, bool) {
        let (mut is_whole, mut silent, mut notices) = (true, None, snapshot.notices.clone());
        let mut rows = Vec::with_capacity(snapshot.rows.len());
        for row in snapshot.rows.iter() {
            let Row::Profile(profile) = row else {
                rows.push(row.clone());
                continue;
            };
            let references = vault_references::references(profile);
            // One that does not answer is not asked again for each of its secrets.
            let asked = references.iter().map(|reference| match &silent {
                Some((vault, why)) if *vault == reference.vault && self.known_secret(reference).is_none() => {
                    Err((*vault, VaultError::clone(why)))
                }
                Some(_) | None => self.secret(reference).map(drop).map_err(|why| (reference.vault, why)),
            });
            if let Err(fault) = asked.collect::<Result<(), _>>() {
                rows.push(unread(profile, &fault.1));
                silent = Some(fault);
                continue;
            }
            let (full, has_all) = vault_references::filled(profile, |reference| self.known_secret(reference));
            if !has_all {
                is_whole = false;
                notices.push(StoreNotice::Told(missing(profile)));
            }
            rows.push(Row::Profile(Arc::new(full)));
        }
        let (presence, writable) = match silent {
            Some((_, why)) => {
                let trouble = why.trouble("cannot read the keyring".to_owned());
                (why.presence(), snapshot.writable.and(Err(trouble)))
            }
            None => (snapshot.presence, snapshot.writable),
        };
        let passphrase = self.passphrase();
        (Snapshot { presence, rows: rows.into(), writable, notices, passphrase, ..snapshot }, is_whole)
    }

    /// Removes from the vault what is `listed` and stands nowhere in the file or in what an interrupted save
    /// left beside it. What the vault keeps for now stays on the list.
    fn sweep(&self, listed: BTreeSet<Reference>) {
        // Where it is not known what the file says, nothing is removed.
        let Some(kept) = self.written() else { return };
        let is_gone = |reference: &&Reference| {
            !kept.contains(*reference) && self.vaults.get(reference.vault).delete(&reference.id).is_ok()
        };
        let gone: BTreeSet<Reference> = listed.iter().filter(is_gone).cloned().collect();
        if !gone.is_empty() {
            // A list that is too long is swept again.
            let _ = self.ids.write(&listed.difference(&gone).cloned().collect());
        }
    }

    /// Every reference in the file and beside it.
    fn written(&self) -> Option<BTreeSet<Reference>> {
        let target = file::target(self.path()).ok()?;
        let mut kept = BTreeSet::new();
        for path in temporary::leftovers(&target).into_iter().chain([target]) {
            let bytes = file::read(&path, yaml_reader::SIZE_LIMIT).ok()?.unwrap_or_default();
            kept.extend(Reference::all_in(&String::from_utf8_lossy(&bytes)));
        }
        Some(kept)
    }

    /// Forgets what was read from the vault and nothing in the file refers to any more.
    fn forget_others(&self, file: &Snapshot) {
        if file.writable.is_err() {
            return;
        }
        let kept: BTreeSet<Reference> = file.profiles().flat_map(vault_references::references).collect();
        self.known.secrets().retain(|reference, _| kept.contains(reference));
    }

    fn not_saved(&self, why: &VaultError) -> Trouble {
        why.trouble(format!("cannot save to {}", shown(self.path())))
    }
}

/// The row of a profile whose secrets the vault does not tell.
fn unread(profile: &Profile, why: &VaultError) -> Row {
    let name = profile.id.name.exact();
    let unlock = if *why == VaultError::NoPassphrase { Unlock::Passphrase } else { Unlock::Look };
    Row::broken(name.clone(), Where::Vault { name, unlock }, why.to_string())
}

fn missing(profile: &Profile) -> String {
    let name = &profile.id.name;
    match profile.kind {
        Kind::ApiKey => format!("{name}: its key is not in the keyring any more; enter it again"),
        Kind::OAuth | Kind::Environment => {
            format!("{name}: its tokens are not in the keyring any more; log in again")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::domain::change::RefreshedTokens;
    use crate::domain::clock::at_seconds;
    use crate::domain::fixtures::empty_profile;
    use crate::domain::name::ProfileName;
    use crate::domain::profile::{LastRefresh, RefreshResult};
    use crate::domain::tokens::{Expiry, RefreshTokenId, StoredTokens, Tokens};
    use crate::shell::store_files::ApplyError;
    use crate::shell::vault::{Preference, Vault};

    /// A vault in memory, which ends the program at one step, or answers nothing but `fault`.
    #[derive(Debug, Default)]
    struct Memory {
        secrets: Mutex<BTreeMap<String, Secret>>,
        steps: AtomicUsize,
        crashes_at: Option<usize>,
        /// What lies in the first folder is in the second as it was when the program was killed.
        folders: Option<(PathBuf, PathBuf)>,
        fault: Option<VaultError>,
    }

    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder").flatten() {
            let (path, there) = (entry.path(), to.join(entry.file_name()));
            if path.is_dir() {
                copy(&path, &there);
            } else {
                fs::copy(&path, &there).expect("copied");
            }
        }
    }

    impl Memory {
        fn step(&self) {
            let step = self.steps.fetch_add(1, Ordering::SeqCst);
            if self.crashes_at == Some(step) {
                let (from, to) = self.folders.as_ref().expect("folders");
                copy(from, to);
                panic!("the program was killed");
            }
        }

        fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Secret>> {
            self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl Vault for Memory {
        fn probe(&self, _prompting: Prompting) -> Result<(), VaultError> {
            self.fault.clone().map_or(Ok(()), Err)
        }

        fn get(&self, id: &str) -> Result<Option<Secret>, VaultError> {
            self.probe(Prompting::Allowed)?;
            Ok(self.kept().get(id).cloned())
        }

        fn put(&self, id: &str, secret: &Secret, label: &str) -> Result<(), VaultError> {
            self.probe(Prompting::Allowed)?;
            assert!(label.contains(" of demo/"), "{label}");
            self.step();
            self.kept().insert(id.to_owned(), secret.clone());
            self.step();
            Ok(())
        }

        fn delete(&self, id: &str) -> Result<(), VaultError> {
            self.probe(Prompting::Allowed)?;
            self.step();
            self.kept().remove(id);
            self.step();
            Ok(())
        }
    }

    /// A new run of the program, with what the last one left in the vault.
    fn run(folder: &Path, left: &Memory, vault: Memory) -> (VaultStore, Arc<Memory>) {
        let vault = Arc::new(Memory { secrets: Mutex::new(left.kept().clone()), ..vault });
        let path = folder.join("keyring.yaml");
        let vaults = Vaults::new(Arc::<Memory>::clone(&vault), &path, Preference::Usual);
        (VaultStore::new(StoreId::Keyring, path, &folder.join("state"), vaults), vault)
    }

    fn tokens(of: &str) -> Tokens {
        Tokens { access: Secret::new(of), refresh: Some(Secret::new(format!("{of}-refresh"))) }
    }

    fn change(expects: Option<&str>, edit: Edit) -> Change {
        let name = ProfileName::parse("demo/ana").expect("a name");
        Change { name, expects: expects.map(|of| tokens(of).fingerprint()), edit }
    }

    fn login(of: &str) -> Change {
        let held = StoredTokens::Present(tokens(of));
        let mut profile = Profile { held, ..empty_profile("demo/ana", Kind::OAuth) };
        profile.login.client_secret = Some(Secret::new("client-secret"));
        profile.id.store = StoreId::Keyring;
        change(None, Edit::Put(Box::new(profile)))
    }

    fn refresh(from: &str, to: &str) -> Change {
        let at = at_seconds(1_800_000_000).expect("in range");
        let grant = tokens(to).refresh.as_ref().map(RefreshTokenId::from_token);
        let record = LastRefresh::new(at, RefreshResult::Done, grant);
        let (life, origins) = (Expiry::default(), Vec::new());
        let refreshed = RefreshedTokens { tokens: tokens(to), life, scopes: None, record, origins };
        change(Some(from), Edit::Refresh(Box::new(refreshed)))
    }

    fn held(store: &VaultStore) -> Option<Tokens> {
        let snapshot = store.read();
        assert_eq!((&snapshot.writable, &snapshot.notices[..]), (&Ok(()), &[][..]));
        snapshot.profiles().next().and_then(|profile| profile.held.tokens().cloned())
    }

    /// Takes what an interrupted save left, as the next refresh does.
    fn adopt(store: &VaultStore) {
        for left in store.interrupted() {
            let refreshed = RefreshedTokens::from_profile(&left).expect("tokens");
            let stored = store.read();
            let expects = stored.profile(&left.id.name).and_then(|profile| profile.held.fingerprint());
            let change =
                Change { name: left.id.name.clone(), expects, edit: Edit::Refresh(Box::new(refreshed)) };
            store.apply(&change).expect("adopted");
        }
    }

    #[test]
    fn a_crash_at_any_step_loses_no_refresh_token_and_the_next_save_leaves_nothing_over() {
        let refresh_of = |tokens: Option<Tokens>| tokens.and_then(|tokens| tokens.refresh).expect("a token");
        for crashes_at in 0..100 {
            let folder = tempfile::tempdir().expect("a folder");
            let [before, killed] = ["before", "killed"].map(|name| folder.path().join(name));
            fs::create_dir(&before).expect("a folder");
            let (store, vault) = run(&before, &Memory::default(), Memory::default());
            store.apply(&login("old")).expect("saved");
            assert_eq!(vault.kept().len(), 3);
            let folders = Some((before.clone(), killed.clone()));
            let crashing = Memory { crashes_at: Some(crashes_at), folders, ..Memory::default() };
            let (store, vault) = run(&before, &vault, crashing);

            let ended = catch_unwind(AssertUnwindSafe(|| store.apply(&refresh("old", "new"))));

            let was_put = vault.kept().values().any(|secret| *secret == Secret::new("new-refresh"));
            let (store, vault) =
                run(if ended.is_ok() { &before } else { &killed }, &vault, Memory::default());
            let snapshot = store.read();
            assert_eq!(snapshot.writable, Ok(()));
            let held = snapshot.profiles().next().and_then(|profile| profile.held.tokens().cloned());
            assert!(held == Some(tokens("old")) || held == Some(tokens("new")), "step {crashes_at}");
            let is_told = !snapshot.notices.is_empty();
            assert_eq!(is_told, was_put && held == Some(tokens("old")), "step {crashes_at}");
            let text = fs::read_to_string(store.path()).expect("there");
            assert!(!["old", "new", "client-secret"].iter().any(|secret| text.contains(secret)), "{text}");

            adopt(&store);

            let expected = Secret::new(if was_put { "new-refresh" } else { "old-refresh" });
            let held = store.read().profiles().next().and_then(|profile| profile.held.tokens().cloned());
            assert_eq!(refresh_of(held), expected, "step {crashes_at}");
            store.apply(&change(None, Edit::RecordAccount("ana".to_owned()))).expect("saved");
            assert!(vault.kept().values().any(|secret| *secret == expected), "step {crashes_at}");
            store.apply(&login("again")).expect("saved");
            assert_eq!(self::held(&store), Some(tokens("again")), "step {crashes_at}");
            assert_eq!(vault.kept().len(), 3, "step {crashes_at}");
            store.apply(&change(None, Edit::Remove)).expect("saved");
            assert!(vault.kept().is_empty(), "step {crashes_at}");
            if ended.is_ok() {
                return;
            }
        }
        panic!("it never came to its end");
    }

    #[test]
    fn a_vault_that_does_not_answer_changes_neither_the_file_nor_what_is_in_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, vault) = run(folder.path(), &Memory::default(), Memory::default());
        store.apply(&login("old")).expect("saved");
        let before = fs::read_to_string(store.path()).expect("there");
        for fault in [
            VaultError::Absent("no bus".to_owned()),
            VaultError::Locked,
            VaultError::Unanswered,
            VaultError::Silent,
            VaultError::NoPassphrase,
            VaultError::Failed("it broke".to_owned()),
        ] {
            let (store, locked) =
                run(folder.path(), &vault, Memory { fault: Some(fault.clone()), ..Memory::default() });
            let snapshot = store.read();
            let why = fault.to_string();
            let unlock = if fault == VaultError::NoPassphrase { Unlock::Passphrase } else { Unlock::Look };
            let at = Where::Vault { name: "demo/ana".to_owned(), unlock };
            assert_eq!(*snapshot.rows, [Row::broken("demo/ana", at, &why)]);
            assert_eq!(snapshot.writable.expect_err("closed").why, why);
            assert_eq!(store.probe(Prompting::Allowed).expect_err("closed").why, why);
            for change in [refresh("old", "new"), login("new")] {
                let Err(ApplyError::Trouble(trouble)) = store.apply(&change) else { panic!("{fault:?}") };
                assert_eq!(trouble.why, why);
            }
            assert_eq!(fs::read_to_string(store.path()).expect("there"), before);
            assert_eq!(locked.kept().len(), 3);
        }
        let (store, _) = run(folder.path(), &vault, Memory::default());
        assert_eq!(held(&store), Some(tokens("old")));
    }

    #[test]
    fn what_was_deleted_in_the_vault_is_said_of_its_profile_and_comes_back_by_a_login() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, vault) = run(folder.path(), &Memory::default(), Memory::default());
        store.apply(&login("old")).expect("saved");
        vault.kept().clear();
        let (store, vault) = run(folder.path(), &vault, Memory::default());
        let snapshot = store.read();
        assert_eq!(
            snapshot.profiles().map(|profile| &profile.held).collect::<Vec<_>>(),
            [&StoredTokens::None]
        );
        let told = "demo/ana: its tokens are not in the keyring any more; log in again".to_owned();
        assert_eq!(snapshot.notices, [StoreNotice::Told(told)]);

        store.apply(&login("new")).expect("saved");

        assert_eq!((held(&store), vault.kept().len()), (Some(tokens("new")), 3));
    }

    #[test]
    fn two_programs_that_save_at_the_same_time_lose_no_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        let (first, vault) = run(folder.path(), &Memory::default(), Memory::default());
        let vaults = first.vaults.clone();
        let state = folder.path().join("state");
        let second = VaultStore::new(StoreId::Keyring, first.path().to_owned(), &state, vaults);
        std::thread::scope(|scope| {
            for (store, name) in [(&first, "demo/ana"), (&second, "demo/ben")] {
                scope.spawn(move || {
                    for round in 0..10 {
                        let mut change = login(&format!("{name}-{round}"));
                        change.name = ProfileName::parse(name).expect("a name");
                        if let Edit::Put(profile) = &mut change.edit {
                            profile.id.name = change.name.clone();
                        }
                        store.apply(&change).expect("saved");
                    }
                });
            }
        });
        for store in [first, second] {
            let snapshot = store.read();
            let mut held: Vec<_> = snapshot.profiles().filter_map(|profile| profile.held.tokens()).collect();
            held.sort_by_key(|tokens| tokens.fingerprint());
            let mut last = [tokens("demo/ana-9"), tokens("demo/ben-9")];
            last.sort_by_key(Tokens::fingerprint);
            assert_eq!(held, last.iter().collect::<Vec<_>>());
        }
        assert_eq!(vault.kept().len(), 6);
    }
}
