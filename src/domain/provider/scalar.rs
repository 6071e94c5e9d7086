//! One text of a provider's file, or a list of them, checked while it is read, so that a fault knows its line.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

/// Reads a text and checks it with `parse`.
pub(super) fn checked<'de, D, T, E>(deserializer: D, parse: fn(&str) -> Result<T, E>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
{
    deserializer.deserialize_str(Checked(parse))
}

struct Checked<T, E>(fn(&str) -> Result<T, E>);

impl<T, E: fmt::Display> Visitor<'_> for Checked<T, E> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<F: Error>(self, text: &str) -> Result<T, F> {
        (self.0)(text).map_err(F::custom)
    }
}

/// Reads a text and checks it with `parse`, or reads a list and takes it as `list` does.
/// `expecting` is what may stand there.
pub(super) fn checked_or_list<'de, D, T, E, I>(
    deserializer: D,
    expecting: &'static str,
    parse: fn(&str) -> Result<T, E>,
    list: fn(Vec<I>) -> T,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
    I: Deserialize<'de>,
{
    deserializer.deserialize_any(CheckedOrList { expecting, parse, list })
}

struct CheckedOrList<T, E, I> {
    expecting: &'static str,
    parse: fn(&str) -> Result<T, E>,
    list: fn(Vec<I>) -> T,
}

impl<'de, T, E: fmt::Display, I: Deserialize<'de>> Visitor<'de> for CheckedOrList<T, E, I> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<F: Error>(self, text: &str) -> Result<T, F> {
        (self.parse)(text).map_err(F::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<T, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok((self.list)(all))
    }
}
