//! PKCE as a file writes it: a word, or a map of method and encoding.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::domain::provider::Pkce;

impl<'de> Deserialize<'de> for Pkce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordOrMap)
    }
}

struct WordOrMap;

impl<'de> Visitor<'de> for WordOrMap {
    type Value = Pkce;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("required, plain, off, or { method: METHOD, encoding: ENCODING }")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Pkce, E> {
        match word {
            "required" => Ok(Pkce::Required),
            "plain" => Ok(Pkce::Plain),
            "off" => Ok(Pkce::Off),
            _ => Err(E::unknown_variant(word, &["required", "plain", "off"])),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Pkce, A::Error> {
        let Spelled { method, encoding } = Spelled::deserialize(MapAccessDeserializer::new(map))?;
        match (method, encoding) {
            (Method::S256, None | Some(Encoding::Base64url)) => Ok(Pkce::Required),
            (Method::S256, Some(Encoding::Hex)) => Ok(Pkce::Hex),
            (Method::Plain, None) => Ok(Pkce::Plain),
            (Method::Plain, Some(_)) => Err(A::Error::custom("a plain challenge has no encoding")),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
struct Spelled {
    #[serde(default)]
    method: Method,
    encoding: Option<Encoding>,
}

#[derive(Default, Deserialize)]
enum Method {
    #[default]
    S256,
    #[serde(rename = "plain")]
    Plain,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Encoding {
    Base64url,
    Hex,
}
