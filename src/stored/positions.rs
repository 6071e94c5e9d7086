//! Positions of the keys and items of a YAML text, found in one reading of it.
//!
//! Looked up only when something is wrong, so that a sound text is not read once more.

use std::collections::BTreeMap;
use std::str::FromStr;

use yaml_edit::{Mapping, YamlFile, YamlNode};

use crate::domain::text;
use crate::stored::yaml_path::PathStep;

/// A line and a column, each counted from 1.
pub type Position = (u32, u32);

/// Where the keys and items of one text begin.
#[derive(Debug)]
pub struct Positions {
    lines: LineStarts,
    offsets: BTreeMap<Vec<PathStep>, usize>,
}

impl Positions {
    /// Looks up every key and item of `text` that lies at most `depth` deep.
    #[must_use]
    pub fn from_text(text: &str, depth: usize) -> Self {
        let mut offsets = Offsets { found: BTreeMap::new(), path: Vec::new(), depth };
        let document = YamlFile::from_str(text).ok().and_then(|file| file.document());
        if let Some(root) = document.and_then(|document| document.as_mapping()) {
            offsets.visit_mapping(&root);
        }
        Self { lines: LineStarts::from_text(text), offsets: offsets.found }
    }

    /// The line where the value at `path` begins, or that of its key.
    #[must_use]
    pub fn line(&self, path: &[PathStep]) -> Option<u32> {
        self.offsets.get(path).map(|offset| self.lines.position(*offset).0)
    }

    /// The line of what is at `path`, or of the nearest thing around it.
    #[must_use]
    pub fn nearest_line(&self, path: &[PathStep]) -> Option<u32> {
        (1..=path.len()).rev().filter_map(|length| path.get(..length)).find_map(|path| self.line(path))
    }

    /// The path of what begins last in `line` or before it.
    #[must_use]
    pub fn path_at(&self, line: u32) -> Option<&[PathStep]> {
        let begun = self.offsets.iter().filter(|(_, offset)| self.lines.position(**offset).0 <= line);
        begun.max_by_key(|(path, offset)| (**offset, path.len())).map(|(path, _)| path.as_slice())
    }
}

/// Walks down a text and notes where everything begins.
struct Offsets {
    found: BTreeMap<Vec<PathStep>, usize>,
    path: Vec<PathStep>,
    depth: usize,
}

impl Offsets {
    fn visit(&mut self, node: &YamlNode) {
        if self.path.len() >= self.depth {
            return;
        }
        if let Some(map) = node.as_mapping() {
            self.visit_mapping(map);
        } else if let Some(list) = node.as_sequence() {
            for (index, item) in list.values().enumerate() {
                self.enter(PathStep::Nth(index), &item, Some(&item));
            }
        }
    }

    fn visit_mapping(&mut self, map: &Mapping) {
        for entry in map.entries() {
            let Some(key) = entry.key_node() else { continue };
            let Some(name) = key.as_scalar().map(yaml_edit::Scalar::as_string) else { continue };
            self.enter(PathStep::Key(name), &key, entry.value_node().as_ref());
        }
    }

    fn enter(&mut self, step: PathStep, begin: &YamlNode, value: Option<&YamlNode>) {
        self.path.push(step);
        self.found.insert(self.path.clone(), start(begin));
        if let Some(value) = value {
            self.visit(value);
        }
        self.path.pop();
    }
}

fn start(node: &YamlNode) -> usize {
    usize::try_from(node.byte_range().start).unwrap_or(0)
}

/// A key that stands twice in one map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoubledKey {
    /// The key in quotes, or a word for it when it is too long to be a name.
    pub key: String,
    /// Where it stands first.
    pub first: Position,
    /// Where it stands again.
    pub second: Position,
}

/// The first doubled key of `text`.
#[must_use]
pub fn doubled_key(text: &str) -> Option<DoubledKey> {
    let file = YamlFile::from_str(text).ok()?;
    let document = file.document()?;
    let root = document.as_mapping().map(YamlNode::Mapping);
    let root = root.or_else(|| document.as_sequence().map(YamlNode::Sequence))?;
    let (key, first, second) = doubled_below(&root)?;
    // A long key may be a token that lost its place.
    let key = if key.len() > 32 { "the key".to_owned() } else { format!("“{}”", text::clean(&key, 32)) };
    let lines = LineStarts::from_text(text);
    Some(DoubledKey { key, first: lines.position(first), second: lines.position(second) })
}

fn doubled_below(node: &YamlNode) -> Option<(String, usize, usize)> {
    if let Some(list) = node.as_sequence() {
        return list.values().find_map(|item| doubled_below(&item));
    }
    let mut seen = BTreeMap::new();
    for entry in node.as_mapping()?.entries() {
        let Some(key) = entry.key_node() else { continue };
        if let Some(name) = key.as_scalar().map(yaml_edit::Scalar::as_string)
            && let Some(first) = seen.insert(name.clone(), start(&key))
        {
            return Some((name, first, start(&key)));
        }
        if let Some(found) = entry.value_node().and_then(|value| doubled_below(&value)) {
            return Some(found);
        }
    }
    None
}

#[derive(Debug)]
struct LineStarts {
    text: String,
    starts: Vec<usize>,
}

impl LineStarts {
    fn from_text(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text: text.to_owned(), starts: std::iter::once(0).chain(ends).collect() }
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|index| self.starts.get(index)).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        let count = |number| u32::try_from(number).unwrap_or(u32::MAX);
        (count(line), count(column).saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a.0.b`, where a number is the place of an item.
    fn path(path: &str) -> Vec<PathStep> {
        let step = |step: &str| step.parse().map_or_else(|_| PathStep::key(step), PathStep::Nth);
        path.split('.').map(step).collect()
    }

    #[test]
    fn an_entry_begins_where_an_editor_shows_it() {
        let text = "# top\nproviders:\n  a:\n    list:\n      # first\n      - id: x\n      -\n        id: y\n      \
                    - \n      - {id: z}\n      - ~\n      - last\n    'quoted': 1\n";
        let positions = Positions::from_text(text, 6);
        for (entry, line) in [
            ("providers.a.list.0", Some(6)),
            ("providers.a.list.1", Some(8)),
            ("providers.a.list.3", Some(10)),
            ("providers.a.list.4", Some(11)),
            ("providers.a.list.5", Some(12)),
            ("providers.a.list", Some(4)),
            ("providers.a.quoted", Some(13)),
            ("nowhere", None),
        ] {
            assert_eq!(positions.line(&path(entry)), line, "{entry}");
        }
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
    \"403\": expected
environment:
- ONE
- name: TWO
  prefixes: [a,
    b]
";

    #[test]
    fn every_way_of_writing_a_field_has_its_line() {
        let positions = Positions::from_text(TEXT, 64);
        let numbered = [path("probe.reading"), vec![PathStep::key("403")]].concat();
        assert_eq!(positions.line(&numbered), Some(13));
        for (field, line) in [
            ("name", Some(2)),
            ("title", Some(3)),
            ("endpoints", Some(6)),
            ("endpoints.token", Some(7)),
            ("environment.0", Some(15)),
            ("environment.1.prefixes.1", Some(18)),
            ("environment.2", None),
            ("name.x", None),
            ("token", None),
        ] {
            assert_eq!(positions.line(&path(field)), line, "{field}");
        }
        assert_eq!(positions.nearest_line(&path("endpoints.device")), Some(6));
        assert_eq!(positions.nearest_line(&path("nowhere.at.all")), None);
        assert_eq!(Positions::from_text("[", 64).line(&path("a")), None);
    }

    #[test]
    fn the_field_of_a_line_is_the_last_that_begins_there_or_before() {
        let tree: serde_yaml::Value = serde_yaml::from_str(TEXT).expect("a tree");
        let text = serde_yaml::to_string(&tree).expect("a text");
        let positions = Positions::from_text(&text, 64);
        for (number, line) in (1..).zip(text.lines()) {
            let key = line.trim_start_matches([' ', '-']).split(':').next().expect("a key");
            let found = positions.path_at(number).and_then(<[_]>::last).expect("a field");
            let is_it = match found {
                PathStep::Key(found) => found == key.trim_matches(['\'', '"']),
                PathStep::Nth(_) => true,
            };
            assert!(is_it, "{line}: {found:?}");
        }
        assert_eq!(positions.path_at(1), Some(path("name").as_slice()));
    }
}
