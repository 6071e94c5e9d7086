//! Where the entries of a text begin.
//!
//! Asked only when something is wrong, because it reads the whole text once more.

use std::collections::BTreeMap;
use std::str::FromStr;

use yaml_edit::{Mapping, YamlFile, YamlNode};

use crate::domain::text;
use crate::stored::yaml::Step;

/// How far down places are looked up: `providers.custom.NAME.oauth_credentials[n].field`.
const DEEPEST: usize = 6;

/// A line and a column, each counted from 1.
pub type Place = (u32, u32);

/// Where the entries of one text begin.
#[derive(Debug)]
pub struct Places {
    lines: Lines,
    offsets: BTreeMap<Vec<Step>, usize>,
}

impl Places {
    /// Looks up every entry of `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut offsets = BTreeMap::new();
        let document = YamlFile::from_str(text).ok().and_then(|file| file.document());
        if let Some(root) = document.and_then(|document| document.as_mapping()) {
            walk_mapping(&root, &mut Vec::new(), &mut offsets);
        }
        Self { lines: Lines::of(text), offsets }
    }

    /// The line where the entry at `path`, or the nearest entry around it, begins.
    #[must_use]
    pub fn line(&self, path: &[Step]) -> u32 {
        let around = (0..=path.len()).rev().filter_map(|length| path.get(..length));
        let offset = around.filter_map(|path| self.offsets.get(path)).next().copied();
        self.lines.place(offset.unwrap_or(0)).0
    }
}

fn walk(node: &YamlNode, path: &mut Vec<Step>, offsets: &mut BTreeMap<Vec<Step>, usize>) {
    if path.len() >= DEEPEST {
        return;
    }
    if let Some(map) = node.as_mapping() {
        walk_mapping(map, path, offsets);
    } else if let Some(list) = node.as_sequence() {
        for (index, item) in list.values().enumerate() {
            path.push(Step::Nth(index));
            offsets.insert(path.clone(), start(&item));
            walk(&item, path, offsets);
            path.pop();
        }
    }
}

fn walk_mapping(map: &Mapping, path: &mut Vec<Step>, offsets: &mut BTreeMap<Vec<Step>, usize>) {
    for entry in map.entries() {
        let Some(key) = entry.key_node() else { continue };
        let Some(name) = key.as_scalar().map(yaml_edit::Scalar::as_string) else { continue };
        path.push(Step::Key(name));
        offsets.insert(path.clone(), start(&key));
        if let Some(value) = entry.value_node() {
            walk(&value, path, offsets);
        }
        path.pop();
    }
}

fn start(node: &YamlNode) -> usize {
    usize::try_from(node.byte_range().start).unwrap_or(0)
}

/// A key that stands twice in one map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubled {
    /// The key in quotes, or a word for it when it is too long to be a name.
    pub key: String,
    /// Where it stands first.
    pub first: Place,
    /// Where it stands again.
    pub second: Place,
}

/// The first doubled key of `text`.
#[must_use]
pub fn doubled(text: &str) -> Option<Doubled> {
    let file = YamlFile::from_str(text).ok()?;
    let document = file.document()?;
    let root = document.as_mapping().map(YamlNode::Mapping);
    let root = root.or_else(|| document.as_sequence().map(YamlNode::Sequence))?;
    let (key, first, second) = twice(&root)?;
    // A long key may be a token that lost its place.
    let key = if key.len() > 32 { "the key".to_owned() } else { format!("“{}”", text::clean(&key, 32)) };
    let lines = Lines::of(text);
    Some(Doubled { key, first: lines.place(first), second: lines.place(second) })
}

fn twice(node: &YamlNode) -> Option<(String, usize, usize)> {
    if let Some(list) = node.as_sequence() {
        return list.values().find_map(|item| twice(&item));
    }
    let mut seen = BTreeMap::new();
    for entry in node.as_mapping()?.entries() {
        let Some(key) = entry.key_node() else { continue };
        if let Some(name) = key.as_scalar().map(yaml_edit::Scalar::as_string)
            && let Some(first) = seen.insert(name.clone(), start(&key))
        {
            return Some((name, first, start(&key)));
        }
        if let Some(found) = entry.value_node().and_then(|value| twice(&value)) {
            return Some(found);
        }
    }
    None
}

/// The beginnings of the lines of a text.
#[derive(Debug)]
struct Lines {
    text: String,
    starts: Vec<usize>,
}

impl Lines {
    fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text: text.to_owned(), starts: std::iter::once(0).chain(ends).collect() }
    }

    fn place(&self, offset: usize) -> Place {
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

    #[test]
    fn an_entry_begins_where_an_editor_shows_it() {
        let text = "# top\nproviders:\n  a:\n    list:\n      # first\n      - id: x\n      -\n        id: y\n      \
                    - \n      - {id: z}\n      - ~\n      - last\n    'quoted': 1\n";
        let places = Places::of(text);
        let path = |rest: &[Step]| {
            let mut path = vec![Step::key("providers"), Step::key("a"), Step::key("list")];
            path.extend_from_slice(rest);
            path
        };
        for (index, line) in [(0, 6), (1, 8), (3, 10), (4, 11), (5, 12)] {
            assert_eq!(places.line(&path(&[Step::Nth(index)])), line, "{index}");
        }
        assert_eq!(places.line(&path(&[])), 4);
        assert_eq!(places.line(&[Step::key("providers"), Step::key("a"), Step::key("quoted")]), 13);
        assert_eq!(places.line(&[Step::key("nowhere")]), 1);
    }
}
