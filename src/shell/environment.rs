//! The variables of this process that provider files name, and those of programs that call us by name.

use std::env;

use crate::domain::change::Snapshot;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::secret::Secret;
use crate::stored::environment::{self, Values};
use crate::stored::provider_file;

/// What the environment holds for the providers that one can use.
#[must_use]
pub fn read(catalog: &Catalog) -> Snapshot {
    let named = || catalog.usable_by_text(may_be_named_in);
    environment::snapshot(named(), &named().flat_map(values).collect())
}

/// Whether the provider that `text` describes may name a variable that is set.
#[must_use]
pub fn may_be_named_in(text: &str) -> bool {
    provider_file::may_name_variable(text, |name| env::var_os(name).is_some())
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
