//! Which names a new profile may have.

use crate::domain::change::Snapshot;
use crate::domain::name::{PART_LIMIT, ProfileName};
use crate::domain::provider::Provider;
use crate::domain::text;
use crate::oauth::login::preflight::PreflightGoal;

/// The name of a new profile.
pub(super) fn new(
    provider: &Provider,
    text: &str,
    goal: PreflightGoal,
    snapshot: &Snapshot,
) -> Result<ProfileName, String> {
    let name = ProfileName::new(&provider.name, text).map_err(|bad| bad.to_string())?;
    if text::looks_like_another(name.name()) {
        let shown = text::distinct(name.name(), PART_LIMIT);
        return Err(format!("“{shown}” has letters that look like others; choose another name"));
    }
    let kept = |what: &str| Err(format!("“{}” is reserved for {what}; choose another name", name.name()));
    match goal {
        PreflightGoal::Login | PreflightGoal::Scopes if name.is_reserved() => return kept("API keys"),
        // The file counts the keys of its list itself.
        PreflightGoal::Key if name.is_reserved() && name.name() != "key" => return kept("a list of keys"),
        PreflightGoal::Login | PreflightGoal::Scopes | PreflightGoal::Key => {}
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
    goal: PreflightGoal,
    snapshot: &Snapshot,
) -> Option<ProfileName> {
    let beside = snapshot.free_name(name);
    let all = [Some(goal.usual_name()), beside.as_ref().map(ProfileName::name)];
    all.into_iter().flatten().find_map(|text| new(provider, text, goal, snapshot).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::name::StoreId;
    use crate::stored::provider_file;

    #[test]
    fn a_new_name_has_no_letter_that_looks_like_another_and_none_that_nobody_sees() {
        let text = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n\
                    client: { id: c }\n";
        let provider = provider_file::load("acme", text).expect("a provider");
        let snapshot = Snapshot {
            store: StoreId::Own,
            place: String::new(),
            rows: Vec::new(),
            writable: Ok(()),
            notices: Vec::new(),
            number: 0,
        };
        for goal in [PreflightGoal::Login, PreflightGoal::Scopes, PreflightGoal::Key] {
            let named = |text: &str| new(&provider, text, goal, &snapshot);
            for text in [
                "\u{430}na",
                "w\u{3bf}rk",
                "o\u{fb03}ce",
                "\u{ff41}na",
                "\u{1d41a}na",
                "Jose\u{301}",
                "an\u{a0}a",
                "an\u{200b}a",
                "an\u{ad}a",
                "an\u{2062}a",
                "an\u{e0061}a",
                "\u{202e}ana",
                "\u{430}\u{441}\u{435}",
            ] {
                let why = named(text).expect_err(text);
                assert!(why.chars().all(|char| char.is_ascii() || "“”�␣…".contains(char)), "{why}");
            }
            for text in ["ana", "ANA", "José", "Анна", "日本", "Ana Müller"] {
                assert_eq!(named(text).expect(text).name(), text);
            }
        }
    }
}
