//! Maps in the order of the file, in which nothing stands twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::domain::provider::call::Template;
use crate::domain::provider::scalar;
use crate::domain::text;

/// How many entries a map may have.
const MOST: usize = 256;

/// A map in the order of the file; a doubled key is refused.
pub(crate) struct Pairs<T>(pub(crate) Vec<(String, T)>);

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

struct InOrder<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
    type Value = Pairs<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        in_order(map).map(Pairs)
    }
}

/// The entries of `map`; a doubled key is refused.
pub(super) fn in_order<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    mut map: A,
) -> Result<Vec<(String, T)>, A::Error> {
    let mut pairs: Vec<(String, T)> = Vec::new();
    let mut seen = BTreeSet::new();
    while let Some((key, value)) = map.next_entry::<String, T>()? {
        if pairs.len() == MOST {
            return Err(A::Error::custom(format!("a map has at most {MOST} entries")));
        }
        if !seen.insert(key.clone()) {
            return Err(A::Error::custom(format!("“{}” stands there twice", text::clean(&key, 64))));
        }
        pairs.push((key, value));
    }
    Ok(pairs)
}

/// Names and templates in the order of the file; where a list stands, the name is repeated.
#[derive(Default)]
pub(crate) struct Parameters(pub(crate) Vec<(String, Template)>);

impl<'de> Deserialize<'de> for Parameters {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Pairs(written) = Pairs::<OneOrMore>::deserialize(deserializer)?;
        let each = |(name, OneOrMore(values)): (String, OneOrMore)| {
            values.into_iter().map(move |value| (name.clone(), value))
        };
        let all: Vec<_> = written.into_iter().flat_map(each).collect();
        if all.len() > MOST {
            return Err(D::Error::custom(format!("a map has at most {MOST} entries")));
        }
        Ok(Self(all))
    }
}

/// A template, or a list of them.
struct OneOrMore(Vec<Template>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let one = |text: &str| Template::parse(text).map(|value| Self(vec![value]));
        scalar::checked_or_list(deserializer, "a text or a list of texts", one, Self)
    }
}

/// What each status means: a map from status to words.
#[derive(Default)]
pub(crate) struct Readings(pub(crate) BTreeMap<u16, String>);

impl<'de> Deserialize<'de> for Readings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ByStatus)
    }
}

struct ByStatus;

impl<'de> Visitor<'de> for ByStatus {
    type Value = Readings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from status to what it means")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Readings, A::Error> {
        let mut readings = BTreeMap::new();
        while let Some((status, words)) = map.next_entry::<u16, String>()? {
            if !(100..=599).contains(&status) {
                return Err(A::Error::custom(format!("{status} is no status; they go from 100 to 599")));
            }
            if readings.insert(status, words).is_some() {
                return Err(A::Error::custom(format!("“{status}” stands there twice")));
            }
        }
        Ok(Readings(readings))
    }
}
