//! A variable that is asked for by its name, `PROVIDER/NAME`: it or nothing is the answer.

use crate::cli::exit::Exit;
use crate::cli::resolve::{Asked, End};
use crate::domain::clock::{DateTime, Utc};
use crate::domain::provider::environment::Source;
use crate::domain::resolve::{Chain, Link};

impl Asked<'_> {
    /// The variable that is meant, where it is one.
    pub(super) fn variable_meant(&self) -> Option<&str> {
        let name = self.wanted.as_ref()?.name();
        self.provider.variable(name).map(|variable| variable.name.as_str())
    }

    /// The end where a variable is meant and a request would not carry it: another credential is
    /// never the answer to its name.
    pub(super) fn passed_by(&self, chain: &Chain<'_>, now: DateTime<Utc>) -> Option<End> {
        let name = self.variable_meant()?;
        let source = Source::Variable(name.to_owned());
        let provider = &self.provider.name;
        let Some(link) = chain.links.iter().find(|link| link.source == source) else {
            let words =
                format!("this order does not look at {name}; authtui token {provider}/{name} prints it.");
            return Some(End::not("not_used", words, Exit::Failure));
        };
        if !link.found.ends_the_looking() {
            let words = format!("{name} is {}: set it in the shell that starts authtui.", link.words(now));
            return Some(End::not("missing", words, Exit::NotFound));
        }
        let first = chain.taken().filter(|taken| taken.source != source).map(Link::label)?;
        let words = format!(
            "{name} is set, but {first} comes first, and a request carries that; authtui token {provider}/{name} prints {name}."
        );
        Some(End::not("not_used", words, Exit::Failure))
    }
}
