//! Pointer into a file of another program.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::jwt;
use crate::stored::borrowed::field::OneOrMore;

/// How many entries of one file are read.
const ENTRY_LIMIT: usize = 100;

/// An entry of a file, and what stands for each `*` of its pointer.
#[derive(Debug, Clone)]
pub(super) struct PointedValue<'a> {
    pub(super) value: &'a Value,
    pub(super) stars: Vec<String>,
}

/// The entries that `at` names, in the order of the file.
pub(super) fn entries<'a>(root: &'a Value, at: &str) -> Vec<PointedValue<'a>> {
    let mut found = vec![PointedValue { value: root, stars: Vec::new() }];
    for step in at.split('/').skip(1) {
        let next = |entry: PointedValue<'a>| -> Vec<PointedValue<'a>> {
            let below = |(key, value): (String, &'a Value)| PointedValue {
                value,
                stars: entry.stars.iter().cloned().chain([key]).collect(),
            };
            match (step, entry.value) {
                ("*", Value::Object(map)) => {
                    map.iter().map(|(key, value)| below((key.clone(), value))).collect()
                }
                ("*", Value::Array(list)) => {
                    list.iter().enumerate().map(|(index, value)| below((index.to_string(), value))).collect()
                }
                (key, value) => {
                    let value = value.pointer(&format!("/{key}"));
                    value
                        .map(|value| PointedValue { value, stars: entry.stars.clone() })
                        .into_iter()
                        .collect()
                }
            }
        };
        found = found.into_iter().flat_map(next).take(ENTRY_LIMIT).collect();
    }
    // A key without anything below it is an entry that says nothing.
    found.retain(|entry| at.ends_with('*') || !entry.value.is_null());
    found
}

/// What `pointer` finds in `value`. Behind a `|` it goes on in the payload of the JWT found so far.
pub(super) fn find(value: &Value, pointer: &str) -> Option<Value> {
    let mut parts = pointer.split('|');
    let mut found = value.pointer(parts.next()?)?.clone();
    for part in parts {
        found = jwt::payload(found.as_str()?)?.pointer(part)?.clone();
    }
    Some(found)
}

/// The first of `pointers` that finds something which is not empty.
pub(super) fn first(value: &Value, pointers: &OneOrMore) -> Option<Value> {
    let is_there =
        |found: &Value| !found.is_null() && found.as_str().is_none_or(|text| !text.trim().is_empty());
    pointers.0.iter().filter_map(|pointer| find(value, pointer)).find(is_there)
}

/// A value in one word, as it is written.
pub(super) fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether `value` says one of the words that are written for each pointer; for `any` of them, or for all.
pub(super) fn says(value: &Value, words: (&String, &OneOrMore)) -> bool {
    let (pointer, words) = words;
    find(value, pointer).and_then(|found| word(&found)).is_some_and(|found| words.0.contains(&found))
}

/// Whether `entry` is one of those that are meant.
pub(super) fn fits(
    entry: &Value,
    when: &BTreeMap<String, OneOrMore>,
    unless: &BTreeMap<String, OneOrMore>,
    absent: &OneOrMore,
) -> bool {
    when.iter().all(|words| says(entry, words))
        && !unless.iter().any(|words| says(entry, words))
        && absent.0.iter().all(|pointer| find(entry, pointer).is_none_or(|found| found.is_null()))
}
