//! The variables of this process that provider files name, and those of programs that call us by name.

use std::env;

use crate::domain::change::Snapshot;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::secret::Secret;
use crate::stored::environment::{self, Values};

/// What the environment holds for the providers that one can use.
#[must_use]
pub fn read(catalog: &Catalog) -> Snapshot {
    environment::snapshot(catalog.usable(), &catalog.usable().flat_map(values).collect())
}

/// The variables that `provider` names and that are set, by name.
///
/// Bytes that are no text become marks, which no token may have.
#[must_use]
pub fn values(provider: &Provider) -> Values {
    let named = provider.environment.iter().map(|variable| variable.name.as_str());
    let set = named.filter_map(|name| Some((name.to_owned(), env::var_os(name)?)));
    set.map(|(name, value)| (name, Secret::new(value.to_string_lossy()))).collect()
}

/// What a variable says that a program sets when it calls us; nothing where it is empty or no text.
#[must_use]
pub fn text(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.is_empty())
}
