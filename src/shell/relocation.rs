//! Relocation of a profile: another name in its store, or another store.
//!
//! ```text
//! rename:  lock of the grant ─► one save
//! move:    lock of the grant ─► written there ─► read there ─► erased here
//! ```
//!
//! A kill on the way of a move leaves the login twice and never not at all; the same move again ends it.

use std::sync::Arc;

use crate::domain::change::{Change, Edit, Row, Snapshot, Where};
use crate::domain::event::GrantEvent;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::secret::Fingerprint;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::Services;
use crate::shell::refresh::{grant_lock, rescue};
use crate::shell::store_files::ApplyError;
use crate::shell::store_files::lock::LockGuard;

/// What both stores of a move hold after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub from: Snapshot,
    pub to: Snapshot,
}

/// Gives the profile `from` the name, or the store, of `to`, and says what each store holds that was changed.
///
/// # Errors
/// Those of [`rename`] and [`move_to`].
pub async fn relocate(
    services: &Arc<Services>,
    from: &ProfileId,
    to: &ProfileId,
) -> Result<Vec<Snapshot>, Trouble> {
    if from.store == to.store {
        return Ok(vec![rename(services, from, to.name.clone()).await?]);
    }
    let moved = move_to(services, from, to.store).await?;
    Ok(vec![moved.to, moved.from])
}

/// Gives the profile `id` another name, with one save.
///
/// # Errors
/// A [`Trouble`]; the store is then as it was.
pub async fn rename(services: &Arc<Services>, id: &ProfileId, to: ProfileName) -> Result<Snapshot, Trouble> {
    let what = format!("cannot rename {}", id.name);
    let held = hold(services, id, &what).await?;
    let expects = held.profile.held.fingerprint();
    let change = Change { name: id.name.clone(), expects, edit: Edit::Rename(to) };
    services.apply(id.store, change).await.map_err(|error| trouble(&what, error))
}

/// Moves the profile `id` to the store `to`.
///
/// # Errors
/// A [`Trouble`]; the login is then where it was, or in both stores, which it says.
pub async fn move_to(services: &Arc<Services>, id: &ProfileId, to: StoreId) -> Result<Moved, Trouble> {
    let what = format!("cannot move {} to {to}", id.name);
    if id.store == to {
        return Err(Trouble::untouched(what, "it is there already", FailureKind::NothingToDo));
    }
    let held = hold(services, id, &what).await?;
    let there = ProfileId { store: to, name: id.name.clone() };
    let profile = Profile { id: there.clone(), ..held.profile };
    let (name, pair) = (id.name.clone(), profile.held.fingerprint());
    let add = Change { name: name.clone(), expects: None, edit: Edit::Add(Box::new(profile)) };
    services.apply_and_tell(there, add, None).await.map_err(|error| trouble(&what, error))?;
    let read = services.read(to).await;
    if read.profile(&name).is_none_or(|profile| profile.held.fingerprint() != pair) {
        let why = format!("{} does not say what was written to it", read.place);
        return Err(Trouble::untouched(what, why, FailureKind::Temporary(None)));
    }
    let told = GrantEvent::MovedTo { place: services.place(to).to_string_lossy().into_owned() };
    let remove = Change { name: name.clone(), expects: pair, edit: Edit::Remove };
    let removed = services.apply_and_tell(id.clone(), remove, Some(told)).await;
    let from = removed.map_err(|error| twice(id, to, &error))?;
    Ok(Moved { from, to: read })
}

/// Keeps a profile in the store `to` with `newer` tokens that its own store does not take, and takes it from
/// there, where it holds the pair `older`.
///
/// # Errors
/// A [`Trouble`] when the store `to` does not take them either.
pub async fn keep_in(
    services: &Arc<Services>,
    to: StoreId,
    newer: Profile,
    older: Fingerprint,
) -> Result<Vec<Snapshot>, Trouble> {
    let what = format!("cannot save {} to {to}", newer.id.name);
    let from = newer.id.clone();
    let there = ProfileId { store: to, name: from.name.clone() };
    let add = Edit::Add(Box::new(Profile { id: there.clone(), ..newer }));
    let add = Change { name: from.name.clone(), expects: None, edit: add };
    let new = services.apply_and_tell(there, add, None).await;
    let new = new.map_err(|error| trouble(&what, error).of_new_tokens())?;
    let told = GrantEvent::MovedTo { place: services.place(to).to_string_lossy().into_owned() };
    let remove = Change { name: from.name.clone(), expects: Some(older), edit: Edit::Remove };
    match services.apply_and_tell(from.clone(), remove, Some(told)).await {
        Ok(old) => Ok(vec![new, old]),
        // The newer tokens are safe; those that are left are spent.
        Err(_) => Ok(vec![new]),
    }
}

/// A profile that nobody refreshes for as long as this is held.
struct HeldProfile {
    profile: Profile,
    _lock: Option<LockGuard>,
}

/// Takes the lock of the grant of `id`, unless a refresh of it is under way.
async fn hold(services: &Arc<Services>, id: &ProfileId, what: &str) -> Result<HeldProfile, Trouble> {
    let before = read(services, id, what).await?;
    let lock = match before.refresh_token() {
        Some(refresh) => Some(grant_lock::hold_if_free(services, what, refresh).await?.ok_or_else(|| {
            let why = "a refresh of it is under way";
            Trouble::untouched(what, why, FailureKind::Temporary(None))
        })?),
        None => None,
    };
    let profile = read(services, id, what).await?;
    if profile.refresh_token() != before.refresh_token() {
        let why = "it has just been refreshed";
        return Err(Trouble::untouched(what, why, FailureKind::Temporary(None)));
    }
    let rescued = rescue::place(&services.paths.state, services.place(id.store));
    if rescue::keeps(&rescued, &id.name) {
        let next = FailureKind::NeedsFix("refresh it first".to_owned());
        return Err(Trouble::untouched(what, "newer tokens are kept for it elsewhere", next));
    }
    Ok(HeldProfile { profile, _lock: lock })
}

async fn read(services: &Arc<Services>, id: &ProfileId, what: &str) -> Result<Profile, Trouble> {
    let snapshot = services.read(id.store).await;
    snapshot.writable.clone()?;
    let name = id.name.exact();
    let is_twin = |row: &Row| match row {
        Row::Broken(broken) => broken.name == name && matches!(broken.at, Where::Line(_)),
        Row::Profile(_) => false,
    };
    if snapshot.rows.iter().any(is_twin) {
        // The file would not let go of a name that this entry may mean too.
        let next = FailureKind::NeedsFix(format!("edit {}", snapshot.place));
        return Err(Trouble::untouched(what, "an entry of that name cannot be understood", next));
    }
    snapshot.profile(&id.name).cloned().ok_or_else(|| {
        Trouble::untouched(what, "the profile was deleted meanwhile", FailureKind::NothingToDo)
    })
}

fn trouble(what: &str, error: ApplyError) -> Trouble {
    match error {
        ApplyError::Trouble(trouble) => trouble,
        ApplyError::Moved(moved) => {
            let next = FailureKind::NeedsFix("choose another name, or rename the other one".to_owned());
            Trouble::untouched(what, moved.to_string(), next)
        }
    }
}

/// The login lies in both stores.
fn twice(id: &ProfileId, to: StoreId, error: &ApplyError) -> Trouble {
    let what = format!("cannot erase {} in {}", id.name, id.store);
    let why = format!("it is in {to} too now: {}", error.why());
    let again = format!("authtui move {}:{} {to}", id.store, id.name.exact());
    let next = match error {
        ApplyError::Trouble(Trouble { kind: FailureKind::NeedsFix(first), .. }) => {
            format!("{first}, then {again}")
        }
        ApplyError::Trouble(_) | ApplyError::Moved(_) => again,
    };
    Trouble::untouched(what, why, FailureKind::NeedsFix(next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::profile;
    use crate::shell::paths::Paths;

    fn services() -> (tempfile::TempDir, Arc<Services>) {
        let folder = tempfile::tempdir().expect("a folder");
        let below = |name: &str| Some(folder.path().join(name));
        let paths =
            Paths { shared: below("shared.yaml"), hashed: below("hashed"), ..Paths::below(folder.path()) };
        let services = Services::new(paths, "authtui");
        (folder, services)
    }

    fn id(store: StoreId, name: &str) -> ProfileId {
        ProfileId { store, name: ProfileName::parse(name).expect("a name") }
    }

    async fn put(services: &Arc<Services>, store: StoreId, name: &str) {
        let profile = Profile { id: id(store, name), ..profile(name) };
        let edit = Edit::Put(Box::new(profile));
        let name = ProfileName::parse(name).expect("a name");
        services.apply(store, Change { name, expects: None, edit }).await.expect("saved");
    }

    async fn holders(services: &Arc<Services>) -> Vec<String> {
        let mut holders = Vec::new();
        for store in [StoreId::Own, StoreId::Shared, StoreId::Hashed] {
            let snapshot = services.read(store).await;
            holders.extend(snapshot.profiles().map(|profile| format!("{store}:{}", profile.id.name)));
        }
        holders
    }

    #[tokio::test]
    async fn a_move_goes_to_every_written_store_and_back() {
        let (_folder, services) = services();
        put(&services, StoreId::Own, "demo/ana").await;
        let before = services.read(StoreId::Own).await.profiles().next().expect("there").held.clone();
        let mut from = StoreId::Own;
        for to in [StoreId::Hashed, StoreId::Shared, StoreId::Own] {
            let moved = move_to(&services, &id(from, "demo/ana"), to).await.expect("moved");
            assert_eq!(moved.to.profiles().next().expect("there").held, before);
            assert_eq!(holders(&services).await, [format!("{to}:demo/ana")]);
            from = to;
        }
        let again = move_to(&services, &id(from, "demo/ana"), from).await.expect_err("there");
        assert!(again.why.contains("already"), "{again}");
        let events = services.event_log.read().expect("a log");
        assert!(events.iter().any(|event| matches!(event.what, GrantEvent::MovedTo { .. })));
    }

    #[tokio::test]
    async fn new_tokens_that_a_store_does_not_take_are_kept_in_another() {
        let (_folder, services) = services();
        put(&services, StoreId::Hashed, "demo/ana").await;
        let stored = services.read(StoreId::Hashed).await;
        let older = stored.profiles().next().expect("there").clone();
        let pair = older.held.fingerprint().expect("tokens");
        let held = crate::domain::tokens::StoredTokens::Present(crate::domain::fixtures::tokens("new", None));
        let newer = Profile { held: held.clone(), ..older };
        // Whether or not the store that did not take them gives up the older pair.
        let kept = keep_in(&services, StoreId::Own, newer.clone(), pair).await.expect("kept");
        assert_eq!(kept.first().and_then(|own| own.profiles().next()).map(|own| &own.held), Some(&held));
        assert_eq!(holders(&services).await, ["own:demo/ana"]);
        assert!(keep_in(&services, StoreId::Own, newer, pair).await.is_ok(), "it is there already");
        put(&services, StoreId::Hashed, "demo/ana").await;
        let other = services.read(StoreId::Hashed).await.profiles().next().expect("there").clone();
        let taken = keep_in(&services, StoreId::Own, other, pair).await.expect_err("taken");
        assert!(taken.why.contains("already a profile"), "{taken}");
        assert_eq!(holders(&services).await.len(), 2);
    }

    #[tokio::test]
    async fn a_move_that_was_killed_half_way_is_ended_by_the_same_move() {
        let (_folder, services) = services();
        put(&services, StoreId::Own, "demo/ana").await;
        put(&services, StoreId::Hashed, "demo/ana").await;
        assert_eq!(holders(&services).await.len(), 2);
        move_to(&services, &id(StoreId::Own, "demo/ana"), StoreId::Hashed).await.expect("moved");
        assert_eq!(holders(&services).await, ["hashed:demo/ana"]);
    }

    #[tokio::test]
    async fn another_login_of_that_name_is_never_replaced() {
        let (_folder, services) = services();
        put(&services, StoreId::Own, "demo/ana").await;
        let other = Profile {
            id: id(StoreId::Hashed, "demo/ana"),
            held: crate::domain::tokens::StoredTokens::Present(crate::domain::fixtures::tokens(
                "other", None,
            )),
            ..profile("demo/ana")
        };
        let add = Change { name: other.id.name.clone(), expects: None, edit: Edit::Add(Box::new(other)) };
        services.apply(StoreId::Hashed, add).await.expect("saved");
        let before = holders(&services).await;
        let refused = move_to(&services, &id(StoreId::Own, "demo/ana"), StoreId::Hashed).await;
        assert!(refused.expect_err("taken").why.contains("already a profile"));
        assert_eq!(holders(&services).await, before);
    }

    #[tokio::test]
    async fn beside_an_unreadable_entry_of_the_same_name_nothing_is_moved_or_renamed() {
        let (folder, services) = services();
        put(&services, StoreId::Own, "demo/ana").await;
        let path = services.place(StoreId::Own).to_owned();
        let text = std::fs::read_to_string(&path).expect("there");
        let text = text.replace("- id: \"ana\"", "- id: \"ana\"\n        scopes: 7\n      - id: \"ana\"");
        std::fs::write(&path, &text).expect("written");
        let ana = id(StoreId::Own, "demo/ana");
        let moved = move_to(&services, &ana, StoreId::Hashed).await.map(drop);
        let renamed = rename(&services, &ana, id(StoreId::Own, "demo/ben").name).await.map(drop);
        for refused in [moved, renamed] {
            let said = refused.expect_err("such an entry").to_string();
            let end = format!(
                ": an entry of that name cannot be understood. Stored tokens are unchanged. Next: edit {}.",
                path.display()
            );
            assert!(said.ends_with(&end), "{said}");
        }
        assert_eq!(holders(&services).await, ["own:demo/ana"]);
        assert_eq!(std::fs::read_to_string(&path).expect("there"), text);
        assert!(!folder.path().join("hashed").exists());
    }

    #[test]
    fn a_login_that_is_in_both_stores_is_told_of_in_one_sentence_and_with_one_next_step() {
        let next = FailureKind::NeedsFix("make room on the disk".to_owned());
        let full = Trouble::untouched("cannot write config.yaml", "the disk is full", next);
        let said = twice(&id(StoreId::Own, "demo/ana"), StoreId::Hashed, &ApplyError::Trouble(full));
        assert_eq!(
            said.to_string(),
            "cannot erase demo/ana in own: it is in hashed too now: the disk is full. Stored tokens are \
             unchanged. Next: make room on the disk, then authtui move own:demo/ana hashed."
        );
    }

    #[tokio::test]
    async fn a_profile_gets_another_name_but_not_while_it_is_refreshed() {
        let (_folder, services) = services();
        put(&services, StoreId::Own, "demo/ana").await;
        let (ana, ben) = (id(StoreId::Own, "demo/ana"), id(StoreId::Own, "demo/ben"));
        let refresh = profile("demo/ana").refresh_token().cloned().expect("a refresh token");
        let lock = grant_lock::hold_if_free(&services, "x", &refresh).await.expect("usable").expect("free");
        let busy = rename(&services, &ana, ben.name.clone()).await.expect_err("busy");
        assert!(busy.why.contains("under way"), "{busy}");
        drop(lock);
        rename(&services, &ana, ben.name.clone()).await.expect("renamed");
        assert_eq!(holders(&services).await, ["own:demo/ben"]);
    }
}
