//! Quick reader of provider files: by serde from nodes that borrow the text, in a twentieth of the time that the
//! strict parser takes (`benches/store.rs` measures both).
//!
//! It reads YAML as people write such files: block maps and lists, brackets on one line, bare and quoted words,
//! texts folded by `>-`, comments. What has a second reading, and whatever is wrong, it leaves to the strict
//! parser, which knows the line of an error; a test holds that both say the same.

mod reader;

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error, IntoDeserializer, Visitor};
use serde::{de::DeserializeOwned, forward_to_deserialize_any};

/// What `text` says.
///
/// # Errors
/// Those of the strict parser.
pub(super) fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, serde_yaml::Error> {
    match quickly(text) {
        Some(value) => Ok(value),
        None => serde_yaml::from_str(text),
    }
}

/// Whether the strict parser is not needed for `text`, whatever is expected of it.
pub(super) fn can_read(text: &str) -> bool {
    reader::nodes(text).is_some()
}

/// What `text` says, unless that is left to the strict parser.
fn quickly<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(Part(&reader::nodes(text)?)).ok()
}

/// A scalar, a list or a map; what is below it follows it, in a map each key before its value.
struct Node<'a> {
    kind: NodeKind,
    word: Cow<'a, str>,
    /// How many nodes it is with those below it.
    size: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NodeKind {
    /// A word that may be a number or the like; empty where nothing stands.
    Bare,
    /// A word that is a text.
    Text,
    List,
    Map,
}

/// A node with those below it.
#[derive(Clone, Copy)]
struct Part<'a>(&'a [Node<'a>]);

impl<'a> Part<'a> {
    fn kind(self) -> Option<NodeKind> {
        self.0.first().map(|node| node.kind)
    }

    /// The word of a scalar.
    fn word(self) -> Result<&'a str, GivenUp> {
        match self.0.first() {
            Some(Node { kind: NodeKind::Bare | NodeKind::Text, word, .. }) => Ok(word),
            Some(Node { kind: NodeKind::List | NodeKind::Map, .. }) | None => Err(GivenUp),
        }
    }

    /// Whether nothing stands there, or the word for it.
    fn is_null(self) -> bool {
        let is_null = |word| ["", "~", "null", "Null", "NULL"].contains(&word);
        self.kind() == Some(NodeKind::Bare) && self.word().is_ok_and(is_null)
    }

    /// The parts right below it.
    fn below(self) -> impl Iterator<Item = Self> {
        let mut rest = self.0.get(1..).unwrap_or_default();
        std::iter::from_fn(move || {
            let (part, others) = rest.split_at_checked(rest.first()?.size)?;
            rest = others;
            Some(Self(part))
        })
    }

    /// Keys and values.
    fn fields(self) -> impl Iterator<Item = (Self, Self)> {
        let mut below = self.below();
        std::iter::from_fn(move || Some((below.next()?, below.next()?)))
    }
}

impl<'de> Deserializer<'de> for Part<'de> {
    type Error = GivenUp;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GivenUp> {
        match self.kind().ok_or(GivenUp)? {
            NodeKind::Bare if self.is_null() => visitor.visit_unit(),
            NodeKind::Bare => match BareValue::of(self.word()?).ok_or(GivenUp)? {
                BareValue::Bool(value) => visitor.visit_bool(value),
                BareValue::Number(number) => visitor.visit_u64(number),
                BareValue::Text(text) => visitor.visit_str(text),
            },
            NodeKind::Text => visitor.visit_str(self.word()?),
            NodeKind::List => self.deserialize_seq(visitor),
            NodeKind::Map => self.deserialize_map(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GivenUp> {
        visitor.visit_str(self.word()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GivenUp> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GivenUp> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GivenUp> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, GivenUp> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, GivenUp> {
        visitor.visit_enum(StrDeserializer::new(self.word()?))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GivenUp> {
        match self.kind() {
            Some(NodeKind::List) => visitor.visit_seq(SeqDeserializer::new(self.below())),
            Some(NodeKind::Bare | NodeKind::Text | NodeKind::Map) | None => Err(GivenUp),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GivenUp> {
        match self.kind() {
            Some(NodeKind::Map) => visitor.visit_map(MapDeserializer::new(self.fields())),
            Some(NodeKind::Bare | NodeKind::Text | NodeKind::List) | None => Err(GivenUp),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, GivenUp> {
        self.deserialize_map(visitor)
    }

    /// Nothing of it is looked at.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GivenUp> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

impl<'de> IntoDeserializer<'de, GivenUp> for Part<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// What a bare word means that is not nothing.
enum BareValue<'a> {
    Bool(bool),
    Number(u64),
    Text(&'a str),
}

impl<'a> BareValue<'a> {
    /// Nothing where `word` may be taken for a number or the like that is written in another way than usual.
    fn of(word: &'a str) -> Option<Self> {
        const SPECIAL: [&str; 6] = ["true", "false", "null", "nan", "inf", "infinity"];
        let is_first_digit = word.starts_with(|char: char| char.is_ascii_digit());
        match word {
            "true" => Some(Self::Bool(true)),
            "false" => Some(Self::Bool(false)),
            _ if is_first_digit && may_be_number(word) => {
                let is_usual = word == "0" || !word.starts_with('0') && word.len() < 18;
                word.parse().ok().filter(|_| is_usual).map(Self::Number)
            }
            _ if SPECIAL.iter().any(|special| word.eq_ignore_ascii_case(special)) => None,
            _ => Some(Self::Text(word)),
        }
    }
}

/// Whether `word`, which begins with a digit, may be a number, of whatever base.
fn may_be_number(word: &str) -> bool {
    let has_base = ["0x", "0o", "0b"].iter().any(|base| word.starts_with(base));
    let is_decimal = || word.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    let is_once = |mark: u8| word.bytes().filter(|byte| *byte == mark).count() < 2;
    has_base || is_decimal() && is_once(b'.') && is_once(b'-')
}

/// Why nothing was read: that is left to the strict parser, which says what is wrong.
#[derive(Debug)]
struct GivenUp;

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("left to the strict parser")
    }
}

impl std::error::Error for GivenUp {}

impl Error for GivenUp {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_yaml::Value;

    use super::*;
    use crate::stored::mutants::{cases, mutant_of};
    use crate::stored::provider_file::PRESETS;
    use crate::stored::provider_file::conversion::provider;
    use crate::stored::provider_file::rules::broken_rule;
    use crate::stored::provider_file::schema::ProviderYaml;

    /// What people and `FileText` write, beside what the presets have.
    const WRITTEN: &str = "\
# ours
name: acme # here
extends: 'oauth2'
notice: >-
  Two lines (and  more),
  joined: by a space. # not a comment
title: \"Acme “Größe”, a # b: c\"
flows: [ code, 'paste', \"device\" ]
resource: [\"https://a.test/mcp\",\"https://a.test/b\"]
issuer: https://a.test
endpoints: { authorize: 'https://a.test/a', token: \"https://a.test/t\" }
redirect: { host: 127.0.0.1, port: 9000, port_rule: [ 1, 2 ], path: /c }
client:
    authentication: { header: x-secret }
    id:
scopes:
  default:
  - a
  - b
  offered:
    - { name: c, title: see c }
    -   name: d
        title: ~
    - e
calls:
  poll: { post: 'https://a.test/p', json: [{ code: '{device_code}', 1x: [1, true, null, x y] }, []] }
probe:
  get: https://a.test/x?a=1
  reading:
    200: works
    403: \"expected: no\"
refresh:
  grant_life: 90d
masks: [a-, 1//, x.y_z]
export: ~
";

    fn text() -> impl Strategy<Value = &'static str> {
        let presets = proptest::sample::select(&PRESETS).prop_map(|(_, text)| text);
        prop_oneof![presets, Just(WRITTEN)]
    }

    /// What is wrong with a file, or the provider that it describes.
    fn outcome(yaml: ProviderYaml) -> String {
        let name = yaml.name.clone();
        match broken_rule(&name, &yaml) {
            Some(error) => error.rule,
            None => format!("{:?}", provider(yaml)),
        }
    }

    #[test]
    fn every_preset_and_what_people_write_is_read_without_the_strict_parser() {
        for (name, text) in PRESETS.into_iter().chain([("acme", WRITTEN)]) {
            assert!(quickly::<ProviderYaml>(text).is_some(), "{name}");
            assert_eq!(quickly::<Value>(text), serde_yaml::from_str(text).ok(), "{name}");
        }
    }

    #[test]
    fn it_gives_up_on_everything_that_has_a_second_reading() {
        for text in [
            "",
            "# x\n",
            "a\n",
            "a: 0x10\n",
            "a: 1e3\n",
            "a: 010\n",
            "a: 1.5\n",
            "a: True\n",
            "a: Null x: y\n",
            "a: .inf\n",
            "a: -1\n",
            "a: &x y\n",
            "a: *x\n",
            "a: !t y\n",
            "a: |\n  x\n",
            "a: >\n  x\n",
            "a: >-\n  x\n\n  y\n",
            "a: >-\n  x\n   y\n",
            "a: >-\n  x\n  # y\nb: z\n",
            "a: >-\nb: z\n",
            "a: x\n  y\n",
            "a: b: c\n",
            "a: x:\n",
            "a: x\r\n",
            "a:\tx\n",
            "a: 1\na: 2\n",
            "<<: x\n",
            "-\n",
            "? a\n",
            "\"a\": b\n",
            "---\na: x\n",
            "a: x\n...\n",
            "  a: x\nb: y\n",
            "a:\n    b: x\n  c: y\n",
            "a:\n  - x\n - y\n",
            "a: 'it''s'\n",
            "a: \"x\\n\"\n",
            "a: \"x\" y\n",
            "a: \"x\"# y\n",
            "a: [x\n",
            "a: [x,\n  y]\n",
            "a: [x,, y]\n",
            "a: [x: y]\n",
            "a: {x:y}\n",
            "a: {\"x\":y}\n",
            "a: [x]]\n",
            "a: [x] # y\nb\n",
            "a: \u{2028}x\n",
            "a: \u{85}x\n",
        ] {
            assert_eq!(quickly::<Value>(text), None, "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn whatever_it_reads_the_strict_parser_reads_alike(text in mutant_of(text())) {
            if let Some(value) = quickly::<Value>(&text) {
                prop_assert_eq!(serde_yaml::from_str(&text).ok(), Some(value));
            }
            if let Some(yaml) = quickly::<ProviderYaml>(&text) {
                let strict = serde_yaml::from_str(&text).ok();
                prop_assert_eq!(strict.map(outcome), Some(outcome(yaml)));
            }
        }

        #[test]
        fn a_word_it_reads_is_what_the_strict_parser_reads(word in "[a-gxonituyA-FXG0-9_+.=@/:(é -]{1,8}") {
            for text in [format!("k: {word}\n"), format!("k: [{word}]\n"), format!("- {word}\n")] {
                if let Some(value) = quickly::<Value>(&text) {
                    prop_assert_eq!(serde_yaml::from_str(&text).ok(), Some(value));
                }
            }
        }
    }
}
