//! Rescue of new tokens that could not be saved where they belong.
//!
//! The provider has spent the old ones, so these must outlive the program: they are written to a
//! private file in the state folder, and the event log says so. The next refresh finds them there
//! as it finds whatever another program refreshed. They go as soon as anything of the profile is
//! saved.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::domain::change::{Change, Edit, RefreshedTokens};
use crate::domain::name::ProfileName;
use crate::domain::profile::Profile;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::shell::store_files::file::shown;
use crate::shell::store_files::{ApplyError, Store, StoreFile};

/// Where what belongs to the store at `store` is kept, in the `state` folder.
#[must_use]
pub fn place(state: &Path, store: &Path) -> PathBuf {
    let digest = Sha256::digest(store.as_os_str().as_encoded_bytes());
    let name: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    state.join(format!("rescued-{name}.yaml"))
}

/// Keeps the new tokens of `profile` at `place`.
///
/// # Errors
/// A [`ApplyError`] when it cannot be written there either.
pub fn keep(place: &Path, profile: &Profile, refreshed: RefreshedTokens) -> Result<(), ApplyError> {
    let failures = keep_each(place, [(profile.clone(), refreshed)]).map_err(ApplyError::Trouble)?;
    failures.into_iter().flatten().next().map_or(Ok(()), Err)
}

/// Keeps the new tokens of these profiles at `place`, with one writing, and says for each why it is not kept,
/// if it is not.
///
/// # Errors
/// A [`Trouble`] when none is.
pub fn keep_each(
    place: &Path,
    each: impl IntoIterator<Item = (Profile, RefreshedTokens)>,
) -> Result<Vec<Option<ApplyError>>, Trouble> {
    // The tokens of an earlier rescue are not what this one expects.
    let change = |name: &ProfileName, edit| Change { name: name.clone(), expects: None, edit };
    let changes: Vec<Change> = each
        .into_iter()
        .flat_map(|(profile, refreshed)| {
            let name = profile.id.name.clone();
            // Nobody looks for it there, and it may belong in the keyring.
            let profile = profile.with_login(|login| login.client_secret = None);
            let refreshed = change(&name, Edit::Refresh(Box::new(refreshed)));
            [change(&name, Edit::Put(Box::new(profile))), refreshed]
        })
        .collect();
    let (_, failures) = StoreFile::own(place.to_owned()).apply_each(&changes)?;
    Ok(failures.chunks(2).map(|pair| pair.iter().flatten().next().cloned()).collect())
}

/// Forgets what is kept at `place` of a profile whose tokens were replaced or erased by `change`. With the last of it
/// the file goes.
///
/// # Errors
/// A [`Trouble`] when the tokens were to be erased and may still be there.
pub fn forget(place: &Path, change: &Change) -> Result<(), Trouble> {
    let is_erased = match change.edit {
        Edit::EraseTokens(_) | Edit::Remove => true,
        Edit::Add(_) | Edit::Put(_) | Edit::Refresh(_) | Edit::Restore(..) => false,
        Edit::RecordRefresh(_)
        | Edit::RecordTest(_)
        | Edit::RecordAccount(_)
        | Edit::RecordEnd(_)
        | Edit::RecordNote(_)
        | Edit::AutoRefresh(_)
        | Edit::Rename(_) => {
            return Ok(());
        }
    };
    if !is_there(place) {
        return Ok(());
    }
    match removed(&StoreFile::own(place.to_owned()), &change.name) {
        // Somebody else may have removed it meanwhile.
        Err(trouble) if is_erased && is_there(place) => {
            let what = format!("cannot erase all tokens of {}", change.name);
            let why = format!("newer ones may still be in {}: {}", shown(place), trouble.why);
            let next = FailureKind::NeedsFix(format!("remove {}", shown(place)));
            Err(Trouble { stored: Stored::Erased, ..Trouble::untouched(what, why, next) })
        }
        // What stays is found to be old by its grant.
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Whether anything is kept at `place`.
#[must_use]
pub fn is_there(place: &Path) -> bool {
    std::fs::symlink_metadata(place).is_ok()
}

/// Whether newer tokens of the profile are kept at `place`.
#[must_use]
pub fn keeps(place: &Path, name: &ProfileName) -> bool {
    is_there(place) && StoreFile::own(place.to_owned()).read().profile(name).is_some()
}

fn removed(store: &StoreFile, name: &ProfileName) -> Result<(), Trouble> {
    let remove = Change { name: name.clone(), expects: None, edit: Edit::Remove };
    match store.apply(&remove) {
        Ok(_) | Err(ApplyError::Moved(_)) => store.remove_if_empty(),
        Err(ApplyError::Trouble(trouble)) => Err(trouble),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::at_seconds;
    use crate::domain::event::GrantEvent;
    use crate::domain::fixtures::empty_profile;

    use crate::domain::name::StoreId;
    use crate::domain::profile::{AutoRefresh, Kind, LastRefresh, RefreshResult};
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{Expiry, StoredTokens, Tokens};
    use crate::shell::Services;
    use crate::shell::paths::Paths;

    fn tokens(access: &str) -> Tokens {
        Tokens { access: Secret::new(access), refresh: Some(Secret::new(format!("{access}-refresh"))) }
    }

    #[test]
    fn what_is_kept_goes_when_the_tokens_of_its_profile_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("rescued.yaml");
        let mut profile = empty_profile("demo/ana", Kind::OAuth);
        let name = profile.id.name.clone();
        profile.held = StoredTokens::Present(tokens("old"));
        let at = at_seconds(1_800_000_000).expect("in range");
        let record = LastRefresh::new(at, RefreshResult::Done, None);
        let refreshed = |access| RefreshedTokens {
            tokens: tokens(access),
            life: Expiry::default(),
            scopes: None,
            record: record.clone(),
            origins: Vec::new(),
        };
        for access in ["first", "second"] {
            keep(&place, &profile, refreshed(access)).expect("kept");
            let snapshot = StoreFile::own(place.clone()).read();
            assert_eq!(snapshot.profile(&name).expect("kept").held, StoredTokens::Present(tokens(access)));
        }
        let rows = || StoreFile::own(place.clone()).read().rows.len();
        let change = |edit| Change { name: name.clone(), expects: None, edit };
        assert_eq!(forget(&place, &change(Edit::AutoRefresh(AutoRefresh::Off))), Ok(()));
        assert_eq!(rows(), 1);
        let other = Change { name: ProfileName::parse("demo/ben").expect("a name"), ..change(Edit::Remove) };
        assert_eq!((forget(&place, &other), rows()), (Ok(()), 1));
        assert_eq!(forget(&place, &change(Edit::EraseTokens(at))), Ok(()));
        assert!(!place.exists());
    }

    #[tokio::test]
    async fn what_is_erased_and_may_still_be_kept_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let services = Services::new(Paths::below(folder.path()), "authtui");
        let mut profile = empty_profile("demo/ana", Kind::OAuth);
        let name = profile.id.name.clone();
        profile.held = StoredTokens::Present(tokens("old"));
        std::fs::create_dir_all(&services.paths.state).expect("a folder");
        std::fs::write(place(&services.paths.state, &services.paths.config), "providers: [\n")
            .expect("written");
        let at = at_seconds(1_800_000_000).expect("in range");
        let change = |edit| Change { name: name.clone(), expects: None, edit };
        services.apply(StoreId::Own, change(Edit::Put(Box::new(profile)))).await.expect("saved");

        let erased = services.apply(StoreId::Own, change(Edit::EraseTokens(at))).await;

        let Err(ApplyError::Trouble(trouble)) = erased else { panic!("{erased:?}") };
        let said = trouble.to_string();
        for words in ["cannot erase all tokens of demo/ana", "rescued-", "The stored tokens are erased."] {
            assert!(said.contains(words), "{said}");
        }
        let stored = services.read(StoreId::Own).await;
        assert_eq!(stored.profile(&name).expect("a profile").held, StoredTokens::None);
        assert!(
            services.event_log.read().expect("a log").iter().any(|event| event.what == GrantEvent::Erased)
        );
    }
}
