//! Differences between two readings of a store, which another program made.

use std::fmt;

use crate::domain::change::{Row, Snapshot};
use crate::domain::name::ProfileName;
use crate::domain::profile::{Profile, RefreshResult};

/// What became of one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileDiff {
    pub name: ProfileName,
    /// What became of it.
    pub how: DiffKind,
}

/// What became of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffKind {
    Added,
    Removed,
    /// It is there, and cannot be understood any more.
    Broken,
    /// Its tokens have gone.
    Erased,
    /// It has other tokens.
    NewTokens,
    /// It was to be refreshed, which failed.
    NotRefreshed,
    /// Something else of it is different.
    Changed,
}

/// The profiles that are not in `after` as they were in `before`, in the order of the file; those
/// that have gone come last.
#[must_use]
pub fn between(before: &Snapshot, after: &Snapshot) -> Vec<ProfileDiff> {
    let (were, are) = (before.by_name(), after.by_name());
    let differs = |profile: &Profile| match were.get(&profile.id.name).copied() {
        None => Some(DiffKind::Added),
        Some(old) if old == profile || differs_by_test_alone(old, profile) => None,
        Some(old) => Some(how(old, profile)),
    };
    let there = after.profiles().filter_map(|profile| {
        let how = differs(profile)?;
        Some(ProfileDiff { name: profile.id.name.clone(), how })
    });
    let gone = before.profiles().filter(|old| !are.contains_key(&old.id.name)).map(|old| {
        let text = old.id.name.exact();
        let is_there = after.rows.iter().any(|row| matches!(row, Row::Broken(broken) if broken.name == text));
        let how = if is_there { DiffKind::Broken } else { DiffKind::Removed };
        ProfileDiff { name: old.id.name.clone(), how }
    });
    there.chain(gone).collect()
}

/// Whether a test of the token is all that is new: that says nothing of the profile itself.
fn differs_by_test_alone(old: &Profile, new: &Profile) -> bool {
    let untested = |profile: &Profile| Profile { last_test: None, ..profile.clone() };
    old.last_test != new.last_test && untested(old) == untested(new)
}

fn how(old: &Profile, new: &Profile) -> DiffKind {
    let failed = |profile: &Profile| {
        let last = profile.last_refresh.as_deref();
        last.is_some_and(|last| last.result != RefreshResult::Done)
    };
    match (old.held.tokens(), new.held.tokens()) {
        (Some(_), None) => DiffKind::Erased,
        (before, Some(now)) if before != Some(now) => DiffKind::NewTokens,
        (None, None) | (_, Some(_)) if old.last_refresh != new.last_refresh && failed(new) => {
            DiffKind::NotRefreshed
        }
        (None, None) | (_, Some(_)) => DiffKind::Changed,
    }
}

impl fmt::Display for ProfileDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match self.how {
            DiffKind::Added => write!(f, "another program added {name}"),
            DiffKind::Removed => write!(f, "another program deleted {name}"),
            DiffKind::Broken => {
                write!(f, "another program made the entry of {name} unreadable")
            }
            DiffKind::Erased => write!(f, "another program erased the tokens of {name}"),
            DiffKind::NewTokens => write!(f, "another program stored new tokens for {name}"),
            DiffKind::NotRefreshed => write!(f, "another program could not refresh {name}"),
            DiffKind::Changed => write!(f, "another program changed {name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Where;
    use crate::domain::clock::at_seconds;
    use crate::domain::fixtures::{self, snapshot};

    use crate::domain::profile::LastRefresh;
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{StoredTokens, Tokens};

    fn profile(name: &str) -> Profile {
        fixtures::profile(&format!("demo/{name}"))
    }

    fn of(profile: &Profile) -> Row {
        Row::Profile(std::sync::Arc::new(profile.clone()))
    }

    #[test]
    fn each_kind_of_difference_is_told_from_the_others() {
        let old = profile("ana");
        let last = |result| {
            let at = at_seconds(1_800_000_000).expect("a time");
            Some(Box::new(LastRefresh::new(at, result, None)))
        };
        let dead = RefreshResult::Dead { why: "no".into() };
        let other =
            StoredTokens::Present(Tokens { access: Secret::new("b"), refresh: Some(Secret::new("r")) });
        let broken = Row::broken("demo/ana", Where::Line(3), "");
        for (after, how) in [
            (vec![of(&old)], None),
            (vec![], Some(DiffKind::Removed)),
            (vec![broken], Some(DiffKind::Broken)),
            (vec![of(&Profile { held: StoredTokens::None, ..old.clone() })], Some(DiffKind::Erased)),
            (vec![of(&Profile { held: other, ..old.clone() })], Some(DiffKind::NewTokens)),
            (vec![of(&Profile { last_refresh: last(dead), ..old.clone() })], Some(DiffKind::NotRefreshed)),
            (
                vec![of(&Profile { last_refresh: last(RefreshResult::Done), ..old.clone() })],
                Some(DiffKind::Changed),
            ),
            (vec![of(&Profile { account: Some("Ana".into()), ..old.clone() })], Some(DiffKind::Changed)),
        ] {
            let found = between(&snapshot(vec![of(&old)]), &snapshot(after));
            let expected: Vec<_> =
                how.map(|how| ProfileDiff { name: old.id.name.clone(), how }).into_iter().collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn rows_that_only_stand_elsewhere_are_no_difference() {
        let (ana, ben, eve) = (profile("ana"), profile("ben"), profile("eve"));
        let found =
            between(&snapshot(vec![of(&ana), of(&ben)]), &snapshot(vec![of(&eve), of(&ben), of(&ana)]));
        assert_eq!(found, [ProfileDiff { name: eve.id.name, how: DiffKind::Added }]);
    }
}
