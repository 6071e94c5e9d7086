//! Readers of the maps, lists and JSON values of a provider file, which keep the order of the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::domain::provider::request_template::{JsonTemplate, Template};
use crate::domain::text;
use crate::stored::provider_file::values::{text_or_list, word_or_map};

/// How many entries a map may have.
const ENTRY_LIMIT: usize = 256;

/// A map in the order of the file; a doubled key is refused.
pub(super) struct MapYaml<T>(pub(super) Vec<(String, T)>);

impl<T> Default for MapYaml<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for MapYaml<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

struct InOrder<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
    type Value = MapYaml<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        in_order(map).map(MapYaml)
    }
}

/// The entries of `map`; a doubled key is refused.
fn in_order<'de, T: Deserialize<'de>, A: MapAccess<'de>>(mut map: A) -> Result<Vec<(String, T)>, A::Error> {
    let mut pairs: Vec<(String, T)> = Vec::new();
    let mut seen = BTreeSet::new();
    while let Some((key, value)) = map.next_entry::<String, T>()? {
        if pairs.len() == ENTRY_LIMIT {
            return Err(A::Error::custom(format!("a map has at most {ENTRY_LIMIT} entries")));
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
pub(super) struct ParametersYaml(pub(super) Vec<(String, Template)>);

impl<'de> Deserialize<'de> for ParametersYaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let MapYaml(written) = MapYaml::<TemplatesYaml>::deserialize(deserializer)?;
        let each = |(name, TemplatesYaml(values)): (String, TemplatesYaml)| {
            values.into_iter().map(move |value| (name.clone(), value))
        };
        let all: Vec<_> = written.into_iter().flat_map(each).collect();
        if all.len() > ENTRY_LIMIT {
            return Err(D::Error::custom(format!("a map has at most {ENTRY_LIMIT} entries")));
        }
        Ok(Self(all))
    }
}

/// A template, or a list of templates.
struct TemplatesYaml(Vec<Template>);

impl<'de> Deserialize<'de> for TemplatesYaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let one = |text: &str| match Template::parse(text) {
            Ok(value) => Ok(Self(vec![value])),
            Err(error) => Err(error.to_string()),
        };
        text_or_list(deserializer, "a text or a list of texts", one, Self)
    }
}

/// A text, or a list of texts.
#[derive(Default)]
pub(super) struct TextsYaml(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for TextsYaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let one = |text: &str| Ok(Self(vec![text.to_owned()]));
        text_or_list(deserializer, "a text or a list of texts", one, Self)
    }
}

/// What each status means: a map from status to words.
#[derive(Default)]
pub(super) struct ReadingYaml(pub(super) BTreeMap<u16, String>);

impl<'de> Deserialize<'de> for ReadingYaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ByStatus)
    }
}

struct ByStatus;

impl<'de> Visitor<'de> for ByStatus {
    type Value = ReadingYaml;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from status to what it means")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ReadingYaml, A::Error> {
        let mut reading = BTreeMap::new();
        while let Some((status, words)) = map.next_entry::<u16, String>()? {
            if !(100..=599).contains(&status) {
                return Err(A::Error::custom(format!("{status} is no status; they go from 100 to 599")));
            }
            if reading.insert(status, words).is_some() {
                return Err(A::Error::custom(format!("“{status}” stands there twice")));
            }
        }
        Ok(ReadingYaml(reading))
    }
}

/// A name alone, or a map that says more.
pub(super) struct NameOrMap<T>(pub(super) T);

impl<'de, T: Deserialize<'de> + From<String>> Deserialize<'de> for NameOrMap<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = |name: &str| Ok(Self(T::from(name.to_owned())));
        word_or_map(deserializer, "a name, or a map with a name", name, |map| Ok(Self(map)))
    }
}

impl<'de> Deserialize<'de> for JsonTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonValue)
    }
}

struct JsonValue;

impl<'de> Visitor<'de> for JsonValue {
    type Value = JsonTemplate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<JsonTemplate, E> {
        Template::parse(text).map(JsonTemplate::Text).map_err(E::custom)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<JsonTemplate, E> {
        Ok(JsonTemplate::Fixed(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<JsonTemplate, E> {
        Ok(JsonTemplate::Fixed(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<JsonTemplate, E> {
        Ok(JsonTemplate::Fixed(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<JsonTemplate, E> {
        let number = serde_json::Number::from_f64(value);
        number
            .map(|number| JsonTemplate::Fixed(number.into()))
            .ok_or_else(|| E::custom("JSON has no such number"))
    }

    fn visit_unit<E: Error>(self) -> Result<JsonTemplate, E> {
        Ok(JsonTemplate::Fixed(serde_json::Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<JsonTemplate, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(JsonTemplate::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<JsonTemplate, A::Error> {
        in_order(map).map(JsonTemplate::Object)
    }
}
