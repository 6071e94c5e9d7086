//! New tokens that could not be saved where they belong.
//!
//! The provider has spent the old ones, so these must outlive the program: they are written to a
//! private file in the state folder, and the event log says so. The next refresh finds them there
//! as it finds whatever another program renewed. They go as soon as anything of the profile is
//! saved.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use crate::domain::change::{Change, Edit, Renewal};
use crate::domain::name::StoreId;
use crate::domain::profile::Profile;
use crate::shell::paths::Paths;
use crate::shell::stores::{Failure, Stores};

/// Where what belongs to the store of `paths` is kept.
#[must_use]
pub fn place(paths: &Paths) -> PathBuf {
    let digest = Sha256::digest(paths.config.as_os_str().as_encoded_bytes());
    let name: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    paths.state.join(format!("rescued-{name}.yaml"))
}

/// Keeps what a refresh of `profile` brought, and says where.
///
/// # Errors
/// A [`Failure`] when it cannot be written there either.
pub fn keep(paths: &Paths, profile: &Profile, renewal: Renewal) -> Result<PathBuf, Failure> {
    let place = place(paths);
    let stores = Stores::new(place.clone());
    let name = profile.id.name.clone();
    // The tokens of an earlier rescue are not what this one expects.
    let kept = Change { name: name.clone(), expects: None, edit: Edit::Keep(Box::new(profile.clone())) };
    let renewed = Change { name, expects: None, edit: Edit::Refresh(Box::new(renewal)) };
    let (_, failures) = stores.apply_each(StoreId::Own, &[kept, renewed]).map_err(Failure::Trouble)?;
    failures.into_iter().flatten().next().map_or(Ok(place), Err)
}

/// Forgets what is kept of a profile whose tokens were replaced or erased by `change`.
pub fn forget(paths: &Paths, change: &Change) {
    match change.edit {
        Edit::Add(_) | Edit::Keep(_) | Edit::Refresh(_) | Edit::Forget(_) | Edit::Remove => {}
        Edit::Record(_) | Edit::Automatic(_) => return,
    }
    let place = place(paths);
    if std::fs::symlink_metadata(&place).is_err() {
        return;
    }
    let remove = Change { name: change.name.clone(), expects: None, edit: Edit::Remove };
    // What stays is found to be old by its grant.
    drop(Stores::new(place).apply(StoreId::Own, &remove));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::at_seconds;
    use crate::domain::name::{ProfileId, ProfileName};
    use crate::domain::profile::{Automatic, Kind, LastRefresh, RefreshResult};
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{Held, Life, Tokens};

    fn tokens(access: &str) -> Tokens {
        Tokens { access: Secret::new(access), refresh: Some(Secret::new(format!("{access}-refresh"))) }
    }

    #[test]
    fn what_is_kept_goes_when_the_tokens_of_its_profile_change() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::below(folder.path());
        let name = ProfileName::parse("demo/ana").expect("a name");
        let mut profile = Profile::new(ProfileId { store: StoreId::Own, name: name.clone() }, Kind::OAuth);
        profile.held = Held::Here(tokens("old"));
        let at = at_seconds(1_800_000_000).expect("in range");
        let record = LastRefresh { at, result: RefreshResult::Done, grant: None, clock_differs: None };
        let renewal = |access| Renewal {
            tokens: tokens(access),
            life: Life::default(),
            scopes: None,
            record: record.clone(),
        };
        for access in ["first", "second"] {
            let place = keep(&paths, &profile, renewal(access)).expect("kept");
            let snapshot = Stores::new(place).read(StoreId::Own);
            assert_eq!(snapshot.profile(&name).expect("kept").held, Held::Here(tokens(access)));
        }
        let rows = || Stores::new(place(&paths)).read(StoreId::Own).rows.len();
        let change = |edit| Change { name: name.clone(), expects: None, edit };
        forget(&paths, &change(Edit::Automatic(Automatic::Off)));
        assert_eq!(rows(), 1);
        forget(&paths, &change(Edit::Forget(at)));
        assert_eq!(rows(), 0);
    }
}
