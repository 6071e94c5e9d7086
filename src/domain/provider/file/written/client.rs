//! The client as a file writes it.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::domain::provider::Authentication;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(crate) struct Client {
    pub(crate) id: Option<String>,
    pub(crate) authentication: Authentication,
}

impl Default for Client {
    fn default() -> Self {
        Self { id: None, authentication: Authentication::None }
    }
}

impl<'de> Deserialize<'de> for Authentication {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordOrHeader)
    }
}

struct WordOrHeader;

impl<'de> Visitor<'de> for WordOrHeader {
    type Value = Authentication;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("none, post, basic, basic_raw, or { header: NAME }")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Authentication, E> {
        match word {
            "none" => Ok(Authentication::None),
            "post" => Ok(Authentication::Post),
            "basic" => Ok(Authentication::Basic),
            "basic_raw" => Ok(Authentication::BasicRaw),
            _ => Err(E::unknown_variant(word, &["none", "post", "basic", "basic_raw", "{ header: NAME }"])),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Authentication, A::Error> {
        let mut name = None;
        while let Some(key) = map.next_key::<String>()? {
            if key != "header" {
                return Err(A::Error::unknown_field(&key, &["header"]));
            }
            if name.replace(map.next_value()?).is_some() {
                return Err(A::Error::duplicate_field("header"));
            }
        }
        name.map(Authentication::Header).ok_or_else(|| A::Error::missing_field("header"))
    }
}
