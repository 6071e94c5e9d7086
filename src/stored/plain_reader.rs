//! Quick reader of plain texts: twice as fast as `yaml_reader` at 1,000 profiles, seven times at 10,000.
//!
//! Plain is the shape that our own writer and its like produce, and the only one that `plain_editor`
//! amends in place, which is the greater gain (`benches/store.rs` measures both).
//!
//! Block maps and lists, `[]` and `{}`, one scalar a line, bare words or double quotes without
//! escapes, ASCII.
//! It gives up rather than guess; what it does read is what the strict parser reads, which a
//! test holds.

use std::iter::Peekable;

use serde_yaml::{Mapping, Value};

/// How deep it goes; deeper than any file of ours.
const DEPTH_LIMIT: usize = 12;

/// The longest key; YAML ends at 1024 characters.
const KEY_LIMIT: usize = 128;

/// The tree of `text`, if all of it has the plain shape.
#[must_use]
pub fn parse(text: &str) -> Option<Value> {
    whole_block(text, 0, 0)
}

/// The one item of the list that `text` is, whose dash stands at `indent`, and `depth` deep in the
/// whole text: what the whole has in place of its lines, since nothing of them ends before it or
/// goes on behind it.
#[must_use]
pub fn item(text: &str, indent: usize, depth: usize) -> Option<Value> {
    let Value::Sequence(mut items) = whole_block(text, indent, depth)? else { return None };
    let item = items.pop()?;
    items.is_empty().then_some(item)
}

/// The block that begins at `indent` and takes up all of `text`.
fn whole_block(text: &str, indent: usize, depth: usize) -> Option<Value> {
    if !text.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)) {
        return None;
    }
    let mut lines = text.split('\n').map(PlainLine::new).filter(|line| !line.content.is_empty()).peekable();
    let tree = block(&mut lines, indent, depth)?;
    lines.next().is_none().then_some(tree)
}

/// One line without its indentation; a comment has no content.
#[derive(Clone, Copy)]
pub(super) struct PlainLine<'a> {
    pub(super) indent: usize,
    pub(super) content: &'a str,
}

impl<'a> PlainLine<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        Self { indent, content: if content.starts_with('#') { "" } else { content } }
    }

    /// The line without its dash, as if it began where its item begins.
    pub(super) fn item(self) -> Option<Self> {
        let content = self.content.strip_prefix("- ")?;
        let plain = !content.starts_with([' ', '-', '#']);
        plain.then_some(Self { indent: self.indent + 2, content })
    }
}

/// A map or a list whose entries all begin at `indent`.
fn block<'a>(
    lines: &mut Peekable<impl Iterator<Item = PlainLine<'a>>>,
    indent: usize,
    depth: usize,
) -> Option<Value> {
    if depth > DEPTH_LIMIT {
        return None;
    }
    let first = lines.peek().filter(|line| line.indent == indent)?;
    if first.item().is_some() { list(lines, indent, depth) } else { map(lines, None, indent, depth) }
}

fn list<'a>(
    lines: &mut Peekable<impl Iterator<Item = PlainLine<'a>>>,
    indent: usize,
    depth: usize,
) -> Option<Value> {
    let mut items = Vec::new();
    while let Some(item) = lines.peek().filter(|line| line.indent == indent).and_then(|line| line.item()) {
        lines.next();
        let is_pair = pair(item.content).is_some();
        items.push(if is_pair {
            map(lines, Some(item), item.indent, depth + 1)?
        } else {
            scalar(item.content)?
        });
    }
    Some(Value::Sequence(items))
}

fn map<'a>(
    lines: &mut Peekable<impl Iterator<Item = PlainLine<'a>>>,
    mut begun: Option<PlainLine<'a>>,
    indent: usize,
    depth: usize,
) -> Option<Value> {
    let mut map = Mapping::new();
    loop {
        let line = match begun.take() {
            Some(line) => line,
            None => match lines.next_if(|line| line.indent == indent && line.item().is_none()) {
                Some(line) => line,
                None => return Some(Value::Mapping(map)),
            },
        };
        let (key, rest) = pair(line.content)?;
        let value = match (rest, lines.peek()) {
            (Some(rest), _) => scalar(rest)?,
            (None, Some(next)) if next.indent > indent => {
                let deeper = next.indent;
                block(lines, deeper, depth + 1)?
            }
            // A list may begin where its key begins.
            (None, Some(next)) if next.indent == indent && next.item().is_some() => {
                list(lines, indent, depth + 1)?
            }
            (None, Some(_) | None) => Value::Null,
        };
        if map.insert(Value::from(key), value).is_some() {
            return None;
        }
    }
}

/// A key, and what follows it on its line.
pub(super) fn pair(content: &str) -> Option<(&str, Option<&str>)> {
    let end = content.bytes().position(|byte| !is_word(byte))?;
    let (key, rest) = content.split_at_checked(end)?;
    word(key).filter(|word| word.is_string() && key.len() <= KEY_LIMIT)?;
    let rest = rest.strip_prefix(':')?;
    match rest.strip_prefix(' ') {
        None if rest.is_empty() => Some((key, None)),
        None => None,
        Some(rest) => Some((key, Some(rest))),
    }
}

fn scalar(text: &str) -> Option<Value> {
    match text {
        "[]" => return Some(Value::Sequence(Vec::new())),
        "{}" => return Some(Value::Mapping(Mapping::new())),
        _ => {}
    }
    if let Some(rest) = text.strip_prefix('"') {
        let inner = rest.strip_suffix('"')?;
        return (!inner.contains(['"', '\\'])).then(|| Value::from(inner));
    }
    // A colon inside a word is part of it; at its end it would make it a key.
    let fine = text.bytes().all(|byte| is_word(byte) || byte == b':') && !text.ends_with(':');
    fine.then(|| word(text)).flatten()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'@' | b'+' | b'=')
}

/// A bare word: a text if no reader could take it for anything else, a short whole number, or one of
/// `true` and `false`.
fn word(text: &str) -> Option<Value> {
    let first = text.bytes().next()?;
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits && text.len() < 18 && (first != b'0' || text.len() == 1) {
        return text.parse::<u64>().ok().map(Value::from);
    }
    let special = ["true", "false", "null", "nan", "inf"];
    match text {
        "true" => return Some(Value::from(true)),
        "false" => return Some(Value::from(false)),
        _ => {}
    }
    let named = first.is_ascii_alphabetic() && !special.iter().any(|word| text.eq_ignore_ascii_case(word));
    // No number has one of these letters, whatever its base, or two dashes.
    let gives_away =
        |byte: u8| byte.is_ascii_alphabetic() && !b"abcdefinox".contains(&byte.to_ascii_lowercase());
    let dashes = text.bytes().filter(|byte| *byte == b'-').count();
    let numberless = first.is_ascii_digit() && (dashes > 1 || text.bytes().any(gives_away));
    (named || numberless || first == b'_').then(|| Value::from(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLAIN: &str = "# ours\nversion: 1\nproviders:\n  demo:\n    oauth_credentials:\n      - id: \"ana b\"\n        \
        client_id: 9d1c250a-e61b-44d9-88ed\n        access_token: sk-ant_1/x=\n        expires_at: \
        \"2026-01-02T03:04:05Z\"\n        scopes:\n          - user:profile\n          # more\n          - \"x\"\n        \
        last_refresh:\n          at: \"now\"\n          times: 2\n        refresh_count: 17\n      - id: ben\n\n        \
        scopes:\n        - a\n    api_key: k\n    models:\n  other:\n    api_keys:\n    - a\n    - b\n";

    #[test]
    fn the_shape_of_our_own_writer_is_read() {
        assert_eq!(parse(PLAIN), serde_yaml::from_str(PLAIN).ok());
        assert!(parse(PLAIN).is_some());
    }

    #[test]
    fn it_gives_up_on_everything_that_has_a_second_reading() {
        for text in [
            "",
            "# x\n",
            "a: yes # comment\n",
            "a: 'x'\n",
            "a: \"x\\n\"\n",
            "a: 1.5\n",
            "a: 0x10\n",
            "a: 1e3\n",
            "a: 010\n",
            "a: null\n",
            "a: True\n",
            "a: ~\n",
            "a: &x y\n",
            "a: *x\n",
            "a: !t y\n",
            "a: [x]\n",
            "a: { }\n",
            "a: |\n  x\n",
            "a: x\n  y\n",
            "a: b: c\n",
            "a: x:\n",
            "a: é\n",
            "a: x\r\n",
            "a:\tx\n",
            "a: 1\na: 2\n",
            "<<: x\n",
            "- - x\n",
            "-\n",
            "true: x\n",
            "1: x\n",
            "---\na: x\n",
            "a: x\n...\n",
            "  a: x\n",
            "a: x \n",
            "? a\n",
            "a:\n  - x\n - y\n",
            "a:\n    b: x\n  c: y\n",
            "a: -\n",
            "a: .nan\n",
            "a: \"x\" y\n",
            "a: x y\n",
            "a\n",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    /// A text one cut, copy or character away from the plain shape, several times over.
    fn mutant() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            proptest::sample::select(&[
                " ", "  ", "\n", ":", ": ", "- ", "-", "#", " #", "\"", "'", "\\", "0", "1", "x", ".", "~",
                "<<: ", "&a ", "*a", "|", ">", "[", "{", "?", "!", "%", "@", "`", "=", "true", "null", "1e3",
                "0x1", "0o7", "1_000", "\t", "\r", "é", "---\n", "...\n", "+1", "-.inf", "y: z\n", "- q\n",
                "\n  ", "\n      ", "12:30",
            ])
            .prop_map(String::from),
            "[ -~]{0,3}",
        ];
        let change = (any::<proptest::sample::Index>(), 0_usize..12, piece);
        proptest::collection::vec(change, 1..4).prop_map(|changes| {
            let mut text = PLAIN.to_owned();
            for (at, length, piece) in changes {
                let bounds: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
                let from = at.index(bounds.len());
                let to = (from + length).min(bounds.len() - 1);
                text.replace_range(bounds[from]..bounds[to], &piece);
            }
            text
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_it_reads_the_strict_parser_reads_alike(text in mutant()) {
            if let Some(tree) = parse(&text) {
                prop_assert_eq!(serde_yaml::from_str::<Value>(&text).ok(), Some(tree));
            }
        }

        #[test]
        fn a_word_it_reads_is_what_the_strict_parser_reads(word in "[a-gxonituyA-FXG0-9_+.=@/:-]{1,8}") {
            let text = format!("k: {word}\n");
            if let Some(tree) = parse(&text) {
                prop_assert_eq!(serde_yaml::from_str::<Value>(&text).ok(), Some(tree));
            }
        }
    }
}
