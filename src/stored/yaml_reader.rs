//! Reader of YAML texts: first their limits, then their grammar.
//!
//! The limits come first because the parser builds all that it meets, however deep it lies and
//! however often it stands for something else ([`yaml_cost`] counts both). A text with doubled keys is
//! refused as a whole, since one of the two would win silently (YAML 1.2 §3.2.1.1).

use memchr::memchr_iter;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_yaml::Value;

use crate::domain::text;
use crate::stored::plain_reader::{self, PlainTree, TakePart};
use crate::stored::yaml_cost::{self, Tags, Uncounted};
use crate::stored::{YamlError, positions};

/// The longest text that is read, in bytes.
pub const SIZE_LIMIT: usize = 10 * 1024 * 1024;

/// How deep lists and maps may lie in each other.
pub const DEPTH_LIMIT: usize = 64;

/// How many lines, and entries of lists written in brackets, a text may have.
pub const LINE_LIMIT: usize = plain_reader::LINE_LIMIT;

/// How much a text may stand for, aliases and all, in bytes. Without aliases none stands for so much.
const EXPANDED_LIMIT: usize = 16 * 1024 * 1024;

const RESTORE: &str = "restore the file from a backup, or move it away to start with an empty list";
const CORRECT: &str = "correct the file in an editor";
const SMALLER: &str = "make the file smaller, or restore it from a backup";

/// Reads `text`; what holds nothing but comments is null.
///
/// # Errors
/// [`YamlError`] with the place of the fault.
pub fn parse(text: &str) -> Result<Value, YamlError> {
    match plain(text)? {
        Some(tree) => Ok(tree.root().to_value()),
        None => parse_unplain(text),
    }
}

/// Reads `text` where all of it has the plain shape.
///
/// # Errors
/// [`YamlError`] where it is too long, or empty.
pub fn plain(text: &str) -> Result<Option<PlainTree<'_>>, YamlError> {
    within_limit(text, plain_reader::parse)
}

fn within_limit<'a>(
    text: &'a str,
    read: impl FnOnce(&'a str) -> Option<PlainTree<'a>>,
) -> Result<Option<PlainTree<'a>>, YamlError> {
    // The plain shape has no brackets to count, and is never deep.
    if text.len() <= SIZE_LIMIT
        && let Some(tree) = read(text)
    {
        return Ok(Some(tree));
    }
    within_size(text).map(|()| None)
}

/// The same; each field of the map `name` is given to `take`, which says whether the tree keeps it.
///
/// # Errors
/// [`YamlError`] where it is too long, or empty.
pub fn plain_in_parts<'a>(
    text: &'a str,
    name: &str,
    take: &mut TakePart<'_>,
) -> Result<Option<PlainTree<'a>>, YamlError> {
    within_limit(text, |text| plain_reader::parse_in_parts(text, name, take))
}

/// The same, with nothing kept of items that say another `id`.
#[must_use]
pub fn plain_only<'a>(text: &'a str, id: &str) -> Option<PlainTree<'a>> {
    if text.len() <= SIZE_LIMIT { plain_reader::parse_only(text, id) } else { None }
}

/// Reads `text`, which is no longer than what is read and has another shape than the plain one.
///
/// # Errors
/// [`YamlError`] with the place of the fault.
pub fn parse_unplain(text: &str) -> Result<Value, YamlError> {
    within_limits(text).and_then(|()| by_grammar(text))
}

/// Whether `text` is no longer than what is read.
#[must_use]
pub fn fits(text: &str) -> bool {
    within_size(text).is_ok()
}

/// Reads `text` by the whole grammar even where a quicker reader would do: for what is about to
/// be written.
///
/// # Errors
/// [`YamlError`] with the place of the fault.
pub fn parse_strictly(text: &str) -> Result<Value, YamlError> {
    within_size(text)?;
    within_limits(text)?;
    by_grammar(text)
}

/// `text` without the mark some editors begin a file with: the grammar would count it as a column.
pub(super) fn unmarked(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn by_grammar(text: &str) -> Result<Value, YamlError> {
    // An alias has an asterisk, and what has none stands for itself.
    let text = unmarked(text);
    if text.contains('*') {
        let words = "with all that its aliases stand for, the file is larger than 16 MiB";
        yaml_cost::expanded(text, EXPANDED_LIMIT, words, Tags::Counted).map_err(
            |uncounted| match uncounted {
                Uncounted { error, is_too_large: true } => {
                    let line = error.location().map_or(0, |at| at.line().saturating_sub(1));
                    YamlError::at(number(line), 1, words, SMALLER)
                }
                Uncounted { error, is_too_large: false } => fault(text, &error),
            },
        )?;
    }
    let tree: Value = serde_yaml::from_str(text).map_err(|error| fault(text, &error))?;
    if depth(&tree) > DEPTH_LIMIT {
        let line =
            text.lines().enumerate().max_by_key(|(_, line)| indent(line)).map_or(0, |(index, _)| index);
        return Err(too_deep(number(line), 1));
    }
    if tree.is_null() && !is_bare(text) {
        return Err(YamlError::whole("the file holds nothing but “null”", RESTORE));
    }
    Ok(tree)
}

fn within_size(text: &str) -> Result<(), YamlError> {
    if text.len() > SIZE_LIMIT {
        return Err(YamlError::whole("the file is larger than 10 MiB", SMALLER));
    }
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        let why = "the file is empty, so something went wrong with it";
        return Err(YamlError::whole(why, RESTORE));
    }
    let is_long = memchr_iter(b'\n', text.as_bytes()).count() >= LINE_LIMIT;
    if is_long { Err(too_many(number(LINE_LIMIT))) } else { Ok(()) }
}

fn too_many(line: u32) -> YamlError {
    let why = format!("the file has more than {LINE_LIMIT} lines and entries");
    YamlError::at(line, 1, why, SMALLER)
}

fn within_limits(text: &str) -> Result<(), YamlError> {
    for (index, line) in text.split('\n').enumerate() {
        let odd = |char: char| char.is_control() && !matches!(char, '\t' | '\r' | '\u{85}');
        if let Some((at, char)) = line.char_indices().find(|(_, char)| odd(*char)) {
            let why = format!("the file holds a character that no text has: U+{:04X}", u32::from(char));
            let column = line.get(..at).map_or(0, |before| before.chars().count());
            return Err(YamlError::at(number(index), number(column), why, RESTORE));
        }
    }
    let commas = yaml_cost::nesting(text, DEPTH_LIMIT).map_err(|at| too_deep(at.line, at.column))?;
    let lines = text.split('\n').count();
    if lines + commas > LINE_LIMIT { Err(too_many(number(lines - 1))) } else { Ok(()) }
}

fn too_deep(line: u32, column: u32) -> YamlError {
    let why = format!("lists and maps lie more than {DEPTH_LIMIT} deep in each other");
    YamlError::at(line, column, why, CORRECT)
}

fn fault(text: &str, error: &serde_yaml::Error) -> YamlError {
    // Grammar alone: doubled keys are no fault of the grammar, so they are looked for after it.
    let mut documents = serde_yaml::Deserializer::from_str(unmarked(text));
    let grammar = documents.next().and_then(|first| IgnoredAny::deserialize(first).err());
    if grammar.is_none() && documents.next().is_some() {
        let why = "a second document begins; only one is read";
        return YamlError::at(number(second_document(text)), 1, why, CORRECT);
    }
    // Doubled keys are looked for in sound texts alone: of others that costs far more than it tells.
    if grammar.is_none()
        && let Some(doubled) = positions::doubled_key(text)
    {
        let why = format!("{} stands here and in line {}", doubled.key, doubled.first.0);
        let (line, column) = doubled.second;
        return YamlError::at(line, column, why, CORRECT);
    }
    let error = grammar.as_ref().unwrap_or(error);
    let said = error.to_string();
    // What stands in such marks is a value, which may be a token of digits.
    let why = if said.contains('`') {
        "this value cannot be read; write it in quotes".to_owned()
    } else {
        format!("this is no valid YAML: {}", text::clean(&said, 160))
    };
    let (line, column) = error.location().map_or((1, 1), |at| (at.line(), at.column()));
    YamlError::at(number(line.saturating_sub(1)), number(column.saturating_sub(1)), why, CORRECT)
}

/// The line of the first mark of a document with something before it, counted from 0.
fn second_document(text: &str) -> usize {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let first = lines.find(|(_, line)| !is_bare(line));
    let mark = lines.find(|(_, line)| line.starts_with("---") || line.starts_with("..."));
    mark.or(first).map_or(0, |(index, _)| index)
}

fn depth(tree: &Value) -> usize {
    match tree {
        Value::Sequence(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Mapping(map) => {
            1 + map.iter().map(|(key, value)| depth(key).max(depth(value))).max().unwrap_or(0)
        }
        Value::Tagged(tagged) => depth(&tagged.value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Whether nothing but comments and marks of a document stand in `text`.
fn is_bare(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').lines().all(|line| {
        let line = line.trim();
        line.is_empty() || line.starts_with(['#', '%']) || matches!(line, "---" | "...")
    })
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '-']).len()
}

/// A count from 1 of something counted from 0.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Option<(u32, u32)> {
        parse(text).err().map(|fault| (fault.line, fault.column))
    }

    #[test]
    fn a_text_that_went_wrong_is_refused_where_it_went_wrong() {
        for (text, place_of_fault, word) in [
            ("", (1, 1), "empty"),
            (" \n\t\n", (1, 1), "empty"),
            ("\u{feff}", (1, 1), "empty"),
            ("\0\0\0", (1, 1), "U+0000"),
            ("a: 1\nb: x\0y\n", (2, 5), "U+0000"),
            ("null\n", (1, 1), "null"),
            ("providers:\n  a: \"abc\n", (3, 1), "no valid YAML"),
            ("providers:\n  a: [x,\n    b\n", (4, 1), "no valid YAML"),
            ("a: 1\n---\nb: 1\n", (2, 1), "second document"),
            ("---\na: 1\n---\nb: 1\n", (3, 1), "second document"),
            ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", (5, 3), "“c” stands here and in line 3"),
            ("a: 1\na: 2\n", (2, 1), "in line 1"),
            ("- {a: 1, b: 2, a: 3}\n", (1, 16), "in line 1"),
            ("a: &a [*a]\n", (1, 4), "no valid YAML"),
            ("a: 1\nb: 1234567890123456789012\n", (2, 4), "write it in quotes"),
            ("\u{feff}a: 1\n---\nb: 1\n", (2, 1), "second document"),
        ] {
            let fault = parse(text).expect_err(text);
            assert_eq!((fault.line, fault.column), place_of_fault, "{text:?} {fault:?}");
            assert!(fault.why.contains(word), "{text:?} {fault:?}");
        }
    }

    #[test]
    fn comments_alone_are_an_empty_list() {
        for text in ["# mine\n", "---\n", "%YAML 1.2\n---\n# x\n...\n", "\u{feff}# x"] {
            assert_eq!(parse(text), Ok(Value::Null), "{text:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_moves_nothing() {
        for text in ["a: 1\nb: 2\n", "---\na: 1\r\nb: 2\r\n", "\"a\": 1\nb: [2]\n", "- 1\n- 2\n"] {
            assert_eq!(parse(&format!("\u{feff}{text}")), parse(text), "{text:?}");
        }
    }

    #[test]
    fn bombs_are_refused_before_they_cost_anything() {
        let mut aliases = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let line = vec![format!("*a{}", level - 1); 9].join(", ");
            aliases.push_str(&format!("a{level}: &a{level} [{line}]\n"));
        }
        for (text, word) in [
            ("[".repeat(SIZE_LIMIT), "64 deep"),
            ("{a: ".repeat(100_000), "64 deep"),
            ("- ".repeat(100), "64 deep"),
            ("- ".repeat(1_000_000), "64 deep"),
            ("? ".repeat(1_000_000), "64 deep"),
            ((0..2000).map(|level| format!("{}a:\n", " ".repeat(level))).collect(), "64 deep"),
            (format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), vec!["*a"; 3000].join(", ")), "16 MiB"),
            (format!("a: &a {{b: {}}}\nc:\n{}", "x".repeat(1_000_000), "- <<: *a\n".repeat(3000)), "16 MiB"),
            (format!("a: &a !t {}\nb:\n{}", "x".repeat(1_000_000), "  - *a\n".repeat(3000)), "16 MiB"),
            ("- a\n".repeat(LINE_LIMIT), "more than 250000"),
            (format!("[{}]", "a, ".repeat(LINE_LIMIT)), "more than 250000"),
            ("x".repeat(SIZE_LIMIT + 1), "10 MiB"),
            (aliases, "no valid YAML"),
            (format!("a: {}", "!t ".repeat(1_000_000)), "no valid YAML"),
        ] {
            let fault = parse(&text).expect_err("a bomb");
            assert!(fault.why.contains(word), "{text:.40} {fault:?}");
        }
    }

    #[test]
    fn brackets_in_quotes_and_comments_are_no_nesting() {
        let many = "[".repeat(100);
        assert_eq!(place(&format!("a: \"\\\"{many}\" # fine\n  # {many}\n")), None);
        assert_eq!(place(&format!("a: {many}")), Some((1, 68)));
    }

    #[test]
    fn a_fault_never_shows_a_value() {
        for text in ["a: 1234567890123456789012\n", "a: [-1234567890123456789012]\n"] {
            let fault = parse(text).expect_err(text);
            assert!(!fault.why.contains("1234567890"), "{fault:?}");
        }
        for text in
            ["a: \"s3cret\n", "a: s3cret\nb: &s3cret x\na: s3cret\n", "x: [s3cret\n", "s3cret: : s3cret"]
        {
            let fault = parse(text).expect_err(text);
            assert!(!fault.why.contains("s3cret"), "{fault:?}");
        }
    }
}
