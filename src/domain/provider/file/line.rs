//! In which line of a text a field stands.
//!
//! The parser itself answers: the text is read once more by a visitor that fails exactly at the
//! field, and the failure knows its place. So the answer is right for every way of writing that
//! YAML has. A path names keys, and entries of lists by their number from 0.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::Value;

/// The line, counted from 1, where the field at `path` stands.
pub(super) fn line_of(text: &str, path: &[String]) -> Option<usize> {
    let found = Cell::new(false);
    let seek = Seek { path, found: &found };
    let error = seek.deserialize(serde_yaml::Deserializer::from_str(text)).err()?;
    let location = error.location().filter(|_| found.get())?;
    Some(location.line())
}

/// The line of the field at `path`, or of the nearest one around it where it is left out.
pub(super) fn line_around(text: &str, path: &[String]) -> Option<usize> {
    let around = (1..=path.len()).rev().filter_map(|length| path.get(..length));
    around.into_iter().find_map(|path| line_of(text, path))
}

/// The field that stands in `line` or begins last before it. Only for texts that have at most
/// one field in a line, or fields one of which lies in the other.
pub(super) fn path_at(text: &str, line: usize) -> Vec<String> {
    let mut all = Vec::new();
    if let Ok(tree) = serde_yaml::from_str(text) {
        gather(&tree, &mut Vec::new(), &mut all);
    }
    let up_to = all.partition_point(|path| line_of(text, path).is_some_and(|at| at <= line));
    up_to.checked_sub(1).and_then(|last| all.get(last)).cloned().unwrap_or_default()
}

/// Every field of `tree` in the order of the text.
fn gather(tree: &Value, path: &mut Vec<String>, all: &mut Vec<Vec<String>>) {
    let mut below = |step: String, value: &Value| {
        path.push(step);
        all.push(path.clone());
        gather(value, path, all);
        path.pop();
    };
    match tree {
        Value::Mapping(map) => {
            for (key, value) in map {
                match key {
                    Value::String(name) => below(name.clone(), value),
                    Value::Number(number) => below(number.to_string(), value),
                    Value::Null | Value::Bool(_) | Value::Sequence(_) | Value::Mapping(_) => {}
                    Value::Tagged(_) => {}
                }
            }
        }
        Value::Sequence(items) => {
            for (index, value) in items.iter().enumerate() {
                below(index.to_string(), value);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Tagged(_) => {}
    }
}

/// Goes down to a field and fails there.
struct Seek<'a> {
    path: &'a [String],
    found: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // With nothing left to go down, whatever stands there is the wrong type, and so the end.
        self.found.set(self.path.is_empty());
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((key, rest)) = self.path.split_first() else { return Err(here()) };
        let last = rest.is_empty().then_some(self.found);
        while let Some(hit) = map.next_key_seed(Key { wanted: key, last })? {
            if hit {
                map.next_value_seed(Seek { path: rest, found: self.found })?;
                return Err(here());
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Some((index, rest)) = self.path.split_first() else { return Err(here()) };
        let index: usize = index.parse().map_err(A::Error::custom)?;
        for _ in 0..index {
            if list.next_element::<IgnoredAny>()?.is_none() {
                return Ok(());
            }
        }
        list.next_element_seed(Seek { path: rest, found: self.found })?;
        Err(here())
    }
}

/// Says whether a key is the wanted one; at the last one of a path it fails instead.
struct Key<'a> {
    wanted: &'a str,
    last: Option<&'a Cell<bool>>,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        match self.last {
            Some(found) if text == self.wanted => {
                found.set(true);
                Err(here())
            }
            Some(_) | None => Ok(text == self.wanted),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<bool, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<bool, E> {
        self.visit_str(&number.to_string())
    }
}

fn here<E: Error>() -> E {
    E::custom("here")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> Vec<String> {
        path.split('.').map(String::from).collect()
    }

    const TEXT: &str = "\
# endpoints: not here
name: acme
title: >-
  endpoints:
  token: none
endpoints: { authorize: 'https://a.test/a',
  token: 'https://a.test/t' }
'probe':
  get: x
  reading:
    200: works
    # 401: no
    403: expected
environment:
- ONE
- name: TWO
  prefixes: [a,
    b]
";

    #[test]
    fn a_field_stands_where_the_parser_finds_it() {
        for (field, line) in [
            ("name", Some(2)),
            ("title", Some(3)),
            ("endpoints", Some(6)),
            ("endpoints.token", Some(7)),
            ("probe.reading.403", Some(13)),
            ("probe.reading.401", None),
            ("environment.0", Some(15)),
            ("environment.1.prefixes.1", Some(18)),
            ("environment.2", None),
            ("name.x", None),
            ("token", None),
        ] {
            assert_eq!(line_of(TEXT, &path(field)), line, "{field}");
        }
        assert_eq!(line_around(TEXT, &path("endpoints.device")), Some(6));
        assert_eq!(line_around(TEXT, &path("nowhere.at.all")), None);
        assert_eq!(line_of("[", &path("a")), None);
    }

    #[test]
    fn the_field_of_a_line_is_the_last_that_begins_there_or_before() {
        let tree: Value = serde_yaml::from_str(TEXT).expect("a tree");
        let text = serde_yaml::to_string(&tree).expect("a text");
        for (number, line) in (1..).zip(text.lines()) {
            let key = line.trim_start_matches([' ', '-']).split(':').next().expect("a key");
            let found = path_at(&text, number);
            let last = found.last().expect("a field");
            assert!(last == key.trim_matches('\'') || last.parse::<usize>().is_ok(), "{line}: {found:?}");
        }
        assert_eq!(path_at(&text, 1), ["name"]);
    }
}
