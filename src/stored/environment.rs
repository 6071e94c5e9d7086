//! Environment, read as a store: a row for each variable that a provider names and that is set.
//!
//! Nothing is ever written there: only the shell that started the program can change it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::change::{Row, Snapshot, Where};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::Provider;
use crate::domain::secret::Secret;
use crate::domain::tokens::{StoredTokens, Tokens};
use crate::domain::trouble::{FailureKind, Trouble};

/// What the store is called where others have a path.
const SHOWN_PLACE: &str = "the environment, read only";

/// The variables that are set, by name. One that is set to nothing is among them.
pub type Values = BTreeMap<String, Secret>;

/// What `values` hold for `providers`: a variable that two of them name is a row of each.
#[must_use]
pub fn snapshot<'a>(providers: impl IntoIterator<Item = &'a Provider>, values: &Values) -> Snapshot {
    let rows = providers.into_iter().flat_map(|provider| {
        let named = provider.environment.iter().map(|variable| variable.name.as_str());
        named.filter_map(|name| row(&provider.name, name, values.get(name)?))
    });
    Snapshot {
        place: SHOWN_PLACE.to_owned(),
        rows: rows.collect(),
        writable: Err(read_only()),
        ..Snapshot::empty(StoreId::Environment)
    }
}

/// Why nothing is written there.
#[must_use]
pub fn read_only() -> Trouble {
    let next = FailureKind::NeedsFix("set or unset the variable in your shell".to_owned());
    Trouble::untouched("cannot change the environment", "it belongs to the shell", next)
}

/// A value that is empty counts as not set; the name of a variable that is too long for a profile
/// is no row.
fn row(provider: &str, variable: &str, value: &Secret) -> Option<Row> {
    if value.is_empty() {
        return None;
    }
    let name = ProfileName::new(provider, variable).ok()?;
    if let Some(why) = value.blemish() {
        let at = Where::Variable { provider: provider.to_owned(), name: variable.to_owned() };
        return Some(Row::broken(name.exact(), at, why));
    }
    let id = ProfileId { store: StoreId::Environment, name };
    let held = StoredTokens::Present(Tokens { access: value.clone(), refresh: None });
    Some(Row::Profile(Arc::new(Profile { held, ..Profile::new(id, Kind::Environment) })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::provider::environment::Variable;
    use crate::stored::provider_file;

    #[test]
    fn each_provider_has_a_row_for_each_of_its_variables_that_holds_something() {
        let providers = [provider("a", &["A_KEY", "BOTH"]), provider("b", &["BOTH", "B_KEY", "C_KEY"])];
        let set = [("A_KEY", ""), ("B_KEY", "b\n"), ("C_KEY", "c d"), ("BOTH", "both"), ("OTHER", "x")];
        let snapshot = snapshot(&providers, &values(&set));
        assert_eq!(
            snapshot.rows.iter().map(told).collect::<Vec<_>>(),
            [
                "a/BOTH holds both",
                "b/BOTH holds both",
                "b/B_KEY (the variable B_KEY): there is white space around it",
                "b/C_KEY (the variable C_KEY): it has characters that no token may have",
            ]
        );
    }

    #[test]
    fn the_environment_says_that_it_is_never_written() {
        let snapshot = snapshot([], &Values::new());
        assert_eq!((snapshot.store, snapshot.writable), (StoreId::Environment, Err(read_only())));
    }

    fn told(row: &Row) -> String {
        match row {
            Row::Profile(profile) => {
                let held = profile.held.tokens().map_or("nothing", |tokens| tokens.access.expose());
                assert_eq!((profile.kind, profile.id.store), (Kind::Environment, StoreId::Environment));
                format!("{} holds {held}", profile.id.name)
            }
            Row::Broken(broken) => format!("{} ({}): {}", broken.name, broken.at, broken.why),
        }
    }

    fn provider(name: &str, variables: &[&str]) -> Provider {
        let variable =
            |name: &&str| Variable { name: (*name).to_owned(), header: None, prefixes: Vec::new() };
        let environment = variables.iter().map(variable).collect();
        let anthropic = provider_file::catalog([]).get("anthropic").expect("a preset").clone();
        Provider { name: name.to_owned(), environment, ..anthropic }
    }

    fn values(set: &[(&str, &str)]) -> Values {
        set.iter().map(|(name, value)| ((*name).to_owned(), Secret::new(*value))).collect()
    }
}
