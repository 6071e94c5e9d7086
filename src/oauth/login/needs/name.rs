//! Which names a new profile may have.

use crate::domain::change::{Row, Snapshot};
use crate::domain::name::ProfileName;
use crate::oauth::login::needs::Goal;

/// The name of a new profile.
pub(super) fn new(
    provider: &str,
    text: &str,
    goal: Goal,
    snapshot: &Snapshot,
) -> Result<ProfileName, String> {
    let name = ProfileName::new(provider, text).map_err(|bad| bad.to_string())?;
    match goal {
        Goal::Login if name.is_reserved() => {
            return Err(format!("“{}” is kept for API keys; choose another name", name.name()));
        }
        // The file counts the keys of its list itself.
        Goal::Key if name.is_reserved() && name.name() != "key" => {
            return Err(format!("“{}” is kept for a list of keys; choose another name", name.name()));
        }
        Goal::Login | Goal::Key => {}
    }
    if is_taken(snapshot, &name) {
        return Err(format!("{name} is there already; choose another name"));
    }
    Ok(name)
}

/// Whether an entry of the store bears that name, also one that cannot be understood: what is
/// not understood is not written either.
#[must_use]
pub fn is_taken(snapshot: &Snapshot, name: &ProfileName) -> bool {
    let text = name.to_string();
    snapshot.rows.iter().any(|row| match row {
        Row::Profile(profile) => profile.id.name == *name,
        Row::Broken { name, .. } => *name == text,
    })
}

/// A name beside `name` that nobody bears: `work-2`.
#[must_use]
pub fn free_name(snapshot: &Snapshot, name: &ProfileName) -> Option<ProfileName> {
    let beside = |number| ProfileName::new(name.provider(), &format!("{}-{number}", name.name())).ok();
    (2..100).filter_map(beside).find(|name| !is_taken(snapshot, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::name::{ProfileId, StoreId};
    use crate::domain::profile::{Kind, Profile};

    #[test]
    fn a_free_name_is_one_that_no_profile_bears() {
        let name = |text: &str| ProfileName::new("acme", text).expect("a name");
        let row = |text: &str| {
            let id = ProfileId { store: StoreId::Own, name: name(text) };
            Row::Profile(Box::new(Profile::new(id, Kind::OAuth)))
        };
        let rows = vec![row("work"), row("work-2")];
        let there = Snapshot {
            store: StoreId::Own,
            place: String::new(),
            rows,
            writable: Ok(()),
            notices: Vec::new(),
        };
        assert_eq!(free_name(&there, &name("work")), Some(name("work-3")));
        assert_eq!(free_name(&there, &name("home")), Some(name("home-2")));
    }
}
