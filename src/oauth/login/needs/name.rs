//! Which names a new profile may have.

use crate::domain::change::Snapshot;
use crate::domain::name::{LONGEST, ProfileName};
use crate::domain::provider::Provider;
use crate::domain::text;
use crate::oauth::login::needs::Goal;

/// The name of a new profile.
pub(super) fn new(
    provider: &Provider,
    text: &str,
    goal: Goal,
    snapshot: &Snapshot,
) -> Result<ProfileName, String> {
    let name = ProfileName::new(&provider.name, text).map_err(|bad| bad.to_string())?;
    if text::looks_like_another(name.name()) {
        let shown = text::distinct(name.name(), LONGEST);
        return Err(format!("“{shown}” looks like another name; choose one without such letters"));
    }
    let kept = |what: &str| Err(format!("“{}” is kept for {what}; choose another name", name.name()));
    match goal {
        Goal::Login | Goal::Scopes if name.is_reserved() => return kept("API keys"),
        // The file counts the keys of its list itself.
        Goal::Key if name.is_reserved() && name.name() != "key" => return kept("a list of keys"),
        Goal::Login | Goal::Scopes | Goal::Key => {}
    }
    // A profile of that name would stand before the variable's own row.
    if provider.environment.iter().any(|variable| variable.name == name.name()) {
        return kept("the environment variable");
    }
    if snapshot.is_taken(&name) {
        return Err(format!("{name} is there already; choose another name"));
    }
    Ok(name)
}

/// A name that a new profile may have where it cannot have `name`.
pub(super) fn instead_of(
    name: &ProfileName,
    provider: &Provider,
    goal: Goal,
    snapshot: &Snapshot,
) -> Option<ProfileName> {
    let beside = snapshot.free_name(name);
    let all = [Some(goal.usual_name()), beside.as_ref().map(ProfileName::name)];
    all.into_iter().flatten().find_map(|text| new(provider, text, goal, snapshot).ok())
}
