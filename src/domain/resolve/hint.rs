//! Values that stand in the wrong variable, told by what they begin with.

use std::fmt;

use crate::domain::provider::Provider;
use crate::domain::resolve::Stock;

/// A variable whose value belongs in another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The variable.
    pub variable: String,
    /// What its value begins with.
    pub prefix: String,
    /// The variable that values of that beginning belong in.
    pub belongs: String,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { variable, prefix, belongs } = self;
        write!(f, "{variable} holds a value that begins with {prefix}, which belongs in {belongs}")
    }
}

/// Every variable whose value begins like one of another variable. The longest beginning decides;
/// a variable of its own that has it is in the right place.
pub(super) fn hints(provider: &Provider, stock: Stock<'_>) -> Vec<Hint> {
    let set = stock.environment().flat_map(|store| store.profiles());
    let set = set.filter(|profile| profile.id.name.provider() == provider.name);
    set.filter_map(|profile| {
        let (here, value) = (profile.id.name.name(), &profile.held.tokens()?.access);
        let all = provider.environment.iter().flat_map(|variable| {
            let begins = variable.prefixes.iter().filter(|prefix| value.begins_with(prefix));
            begins.map(move |prefix| (prefix, &variable.name))
        });
        let longest = all.clone().map(|(prefix, _)| prefix.len()).max()?;
        let mut places = all.filter(|(prefix, _)| prefix.len() == longest);
        if places.clone().any(|(_, name)| name == here) {
            return None;
        }
        let (prefix, belongs) = places.next()?;
        Some(Hint { variable: here.to_owned(), prefix: prefix.clone(), belongs: belongs.clone() })
    })
    .collect()
}
