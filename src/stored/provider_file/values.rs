//! Readers of single values of a provider file: a text that is checked, a word or a map, one or a list.
//!
//! They fail where the value stands, so that the parser's error knows the line.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use url::Url;

use crate::domain::clock::{self, DateTime, TimeDelta, Utc, from_rfc3339};
use crate::domain::duration;
use crate::domain::provider::reply::Pointers;
use crate::domain::provider::request_template::Template;
use crate::domain::provider::{Authentication, Pkce, PortRule, endpoint};
use crate::domain::text;

/// What a value may look like, and what it becomes.
struct Shapes<T, M, L> {
    expecting: &'static str,
    text: fn(&str) -> Result<T, String>,
    map: Option<fn(M) -> Result<T, String>>,
    list: Option<fn(Vec<L>) -> T>,
}

impl<'de, T, M: Deserialize<'de>, L: Deserialize<'de>> Visitor<'de> for Shapes<T, M, L> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.text)(text).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let convert = self.map.ok_or_else(|| A::Error::invalid_type(Unexpected::Map, &self.expecting))?;
        convert(M::deserialize(MapAccessDeserializer::new(map))?).map_err(A::Error::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
        let convert = self.list.ok_or_else(|| A::Error::invalid_type(Unexpected::Seq, &self.expecting))?;
        Ok(convert(Vec::deserialize(SeqAccessDeserializer::new(items))?))
    }
}

/// Reads a text, also one that looks like a number.
fn text_only<'de, D, T>(deserializer: D, text: fn(&str) -> Result<T, String>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
{
    let shapes: Shapes<T, IgnoredAny, IgnoredAny> =
        Shapes { expecting: "a text", text, map: None, list: None };
    deserializer.deserialize_str(shapes)
}

/// Reads a word, or a map that says more.
pub(super) fn word_or_map<'de, D, T, M>(
    deserializer: D,
    expecting: &'static str,
    text: fn(&str) -> Result<T, String>,
    map: fn(M) -> Result<T, String>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    M: Deserialize<'de>,
{
    let shapes: Shapes<T, M, IgnoredAny> = Shapes { expecting, text, map: Some(map), list: None };
    deserializer.deserialize_any(shapes)
}

/// Reads a text, or a list.
pub(super) fn text_or_list<'de, D, T, L>(
    deserializer: D,
    expecting: &'static str,
    text: fn(&str) -> Result<T, String>,
    list: fn(Vec<L>) -> T,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    L: Deserialize<'de>,
{
    let shapes: Shapes<T, IgnoredAny, L> = Shapes { expecting, text, map: None, list: Some(list) };
    deserializer.deserialize_any(shapes)
}

/// The words of serde for a word that is none of `known`.
fn unknown_word<T>(word: &str, known: &'static [&'static str]) -> Result<T, String> {
    Err(serde::de::value::Error::unknown_variant(word, known).to_string())
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_only(deserializer, |written| Self::parse(written).map_err(|error| error.to_string()))
    }
}

impl<'de> Deserialize<'de> for PortRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const EXPECTING: &str = "fixed, any, or a list of ports";
        let word = |word: &str| match word {
            "fixed" => Ok(Self::Fixed),
            "any" => Ok(Self::Any),
            _ => Err(EXPECTING.to_owned()),
        };
        text_or_list(deserializer, EXPECTING, word, Self::List)
    }
}

impl<'de> Deserialize<'de> for Pointers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let one = |written: &str| pointer(written).map(|pointer| Self(vec![pointer]));
        let many = |pointers: Vec<Pointer>| Self(pointers.into_iter().map(|Pointer(text)| text).collect());
        text_or_list(deserializer, "a pointer such as /data/token, or a list of them", one, many)
    }
}

struct Pointer(String);

impl<'de> Deserialize<'de> for Pointer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_only(deserializer, |written| pointer(written).map(Self))
    }
}

fn pointer(written: &str) -> Result<String, String> {
    if written.starts_with('/') {
        return Ok(written.to_owned());
    }
    Err(format!("a pointer begins with a slash, unlike “{}”", text::clean(written, 64)))
}

impl<'de> Deserialize<'de> for Authentication {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct HeaderYaml {
            header: String,
        }
        let word = |word: &str| match word {
            "none" => Ok(Self::None),
            "post" => Ok(Self::Post),
            "basic" => Ok(Self::Basic),
            "basic_raw" => Ok(Self::BasicRaw),
            _ => unknown_word(word, &["none", "post", "basic", "basic_raw", "{ header: NAME }"]),
        };
        let expecting = "none, post, basic, basic_raw, or { header: NAME }";
        word_or_map(deserializer, expecting, word, |map: HeaderYaml| Ok(Self::Header(map.header)))
    }
}

impl<'de> Deserialize<'de> for Pkce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = |word: &str| match word {
            "required" => Ok(Self::Required),
            "plain" => Ok(Self::Plain),
            "off" => Ok(Self::Off),
            _ => unknown_word(word, &["required", "plain", "off"]),
        };
        let map = |PkceYaml { method, encoding }: PkceYaml| match (method, encoding) {
            (PkceMethodYaml::S256, None | Some(EncodingYaml::Base64url)) => Ok(Self::Required),
            (PkceMethodYaml::S256, Some(EncodingYaml::Hex)) => Ok(Self::Hex),
            (PkceMethodYaml::Plain, None) => Ok(Self::Plain),
            (PkceMethodYaml::Plain, Some(_)) => Err("a plain challenge has no encoding".to_owned()),
        };
        let expecting = "required, plain, off, or { method: METHOD, encoding: ENCODING }";
        word_or_map(deserializer, expecting, word, map)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
struct PkceYaml {
    #[serde(default)]
    method: PkceMethodYaml,
    encoding: Option<EncodingYaml>,
}

#[derive(Default, serde::Deserialize)]
enum PkceMethodYaml {
    #[default]
    S256,
    #[serde(rename = "plain")]
    Plain,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum EncodingYaml {
    Base64url,
    Hex,
}

/// An address that secrets may go to.
pub(super) struct EndpointYaml(pub(super) Url);

impl<'de> Deserialize<'de> for EndpointYaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_only(deserializer, |written| fixed_address(written, endpoint::parse).map(Self))
    }
}

/// The address of a page that shows a code to paste.
pub(super) struct PastePageYaml(pub(super) Url);

impl<'de> Deserialize<'de> for PastePageYaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_only(deserializer, |written| fixed_address(written, endpoint::paste).map(Self))
    }
}

/// No address may hold a brace (RFC 3986 §2): it would be a placeholder that nothing fills.
fn fixed_address(
    written: &str,
    parse: fn(&str) -> Result<Url, endpoint::EndpointError>,
) -> Result<Url, String> {
    if written.contains(['{', '}']) {
        return Err("this address takes no {placeholders}; the addresses in calls do".to_owned());
    }
    parse(written).map_err(|error| error.to_string())
}

/// A span of time as people write it: `365d`.
pub(super) struct DurationYaml(pub(super) TimeDelta);

impl<'de> Deserialize<'de> for DurationYaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const RULE: &str = "a time is written like 365d, 12h, 1h30m or 45s, and at most 36500d";
        text_only(deserializer, |written| span(written).map(Self).ok_or_else(|| RULE.to_owned()))
    }
}

/// A point in time.
pub(super) struct MomentYaml(pub(super) DateTime<Utc>);

impl<'de> Deserialize<'de> for MomentYaml {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const RULE: &str = "a point in time looks like 2027-01-15T08:00:00Z";
        text_only(deserializer, |written| from_rfc3339(written).map(Self).ok_or_else(|| RULE.to_owned()))
    }
}

/// The longest span, in seconds: a hundred years of 365 days.
const MAX_SECONDS: i64 = 100 * 365 * 86_400;

fn span(written: &str) -> Option<TimeDelta> {
    let span = clock::span(duration::parse(written)?);
    (1..=MAX_SECONDS).contains(&span.num_seconds()).then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_of_time_is_numbers_with_units() {
        for (written, seconds) in [
            ("365d", Some(31_536_000)),
            ("12h", Some(43_200)),
            ("1h30m", Some(5400)),
            ("45s", Some(45)),
            ("36500d", Some(MAX_SECONDS)),
            ("36501d", None),
            ("0d", None),
            ("-1d", None),
            ("+1d", None),
            ("1.5h", None),
            ("3600", None),
            ("d", None),
            ("1 d", None),
            ("99999999999999999999d", None),
            ("9223372036854775807d", None),
            ("", None),
        ] {
            assert_eq!(span(written).map(|span| span.num_seconds()), seconds, "{written}");
        }
    }
}
