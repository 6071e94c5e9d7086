//! Cost of a YAML text, known before it is parsed.
//!
//! The parser keeps every level of nesting, and its time grows with the square of the depth of brackets;
//! so the levels are counted first, by what opens one: an indentation, a dash, a question mark, a bracket.
//! An alias stands for all that its anchor holds, so that what a text stands for is counted by the parser,
//! which stops at the limit, before anything is built of it.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// What a value costs beside its own bytes; a text without aliases never reaches a limit of twice its length
/// and four times its lines.
const VALUE: usize = 4;

/// What ends a line.
const ENDS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// Where a text nests too deep, each counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooDeep {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// How many entries `text` has in brackets, where nothing nests deeper than `deepest`.
///
/// # Errors
/// [`TooDeep`], at the first level that is too deep.
pub fn nesting(text: &str, deepest: usize) -> Result<usize, TooDeep> {
    let mut scan = Scan { deepest, ..Scan::default() };
    for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').split('\n')) {
        let mut before = 0;
        for part in line.split(ENDS) {
            scan.line(part.as_bytes()).map_err(|at| {
                let column = before + part.get(..at).map_or(0, |before| before.chars().count()) + 1;
                TooDeep { line: number, column: u32::try_from(column).unwrap_or(u32::MAX) }
            })?;
            before += part.chars().count() + 1;
        }
    }
    Ok(scan.commas)
}

/// What is open at some place of a text.
#[derive(Debug, Default)]
struct Scan {
    deepest: usize,
    /// The columns at which blocks begin, the innermost last.
    blocks: Vec<usize>,
    /// How many brackets are open.
    brackets: usize,
    commas: usize,
    /// The mark that ends the quotation.
    quote: Option<u8>,
    /// A scalar may begin here.
    may_begin: bool,
    /// A bare text goes on, also in deeper lines.
    is_bare: bool,
    /// A text of whole lines goes on, in lines that are deeper than this column.
    literal: Option<usize>,
}

impl Scan {
    /// Reads one line; the error is the place, in bytes, of a level that is too deep.
    fn line(&mut self, line: &[u8]) -> Result<(), usize> {
        let indent = line.iter().take_while(|byte| **byte == b' ').count();
        let is_text = self.literal.is_some_and(|around| indent > around);
        if is_text || line.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
            return Ok(());
        }
        self.literal = None;
        let mut from = indent;
        if self.quote.is_none() && self.brackets == 0 {
            let goes_on = self.is_bare && self.blocks.last().is_some_and(|column| indent > *column);
            if line.starts_with(b"---") && is_blank(line.get(3)) {
                (from, self.is_bare, self.may_begin) = (3, false, true);
            } else if line.get(indent) == Some(&b'#') {
                self.is_bare = false;
                return Ok(());
            } else if !goes_on {
                from = self.begin(line, indent)?;
                (self.is_bare, self.may_begin) = (false, true);
            }
        }
        self.rest(line, from)
    }

    /// The dashes and question marks that a line begins with, each of which opens a block; where they end.
    fn begin(&mut self, line: &[u8], indent: usize) -> Result<usize, usize> {
        let mut at = indent;
        while at < line.len() {
            while self.blocks.last().is_some_and(|column| *column >= at) {
                self.blocks.pop();
            }
            self.blocks.push(at);
            if self.blocks.len() > self.deepest {
                return Err(at);
            }
            if !matches!(line.get(at), Some(b'-' | b'?' | b':')) || !is_blank(line.get(at + 1)) {
                break;
            }
            at += 1;
            while matches!(line.get(at), Some(b' ' | b'\t')) {
                at += 1;
            }
        }
        Ok(at)
    }

    /// What stands behind that.
    fn rest(&mut self, line: &[u8], from: usize) -> Result<(), usize> {
        let mut at = from;
        let mut is_after_quote = false;
        while let Some(byte) = line.get(at).copied() {
            let next = line.get(at + 1);
            let was_after_quote = std::mem::take(&mut is_after_quote);
            match (self.quote, byte) {
                (Some(b'"'), b'\\') => at += 1,
                (Some(b'\''), b'\'') if next == Some(&b'\'') => at += 1,
                (Some(end), byte) if end == byte => {
                    (self.quote, self.may_begin, is_after_quote) = (None, false, true);
                }
                (Some(_), _) => {}
                (None, b' ' | b'\t') => is_after_quote = was_after_quote,
                (None, b'#') if at.checked_sub(1).is_none_or(|before| is_blank(line.get(before))) => {
                    self.is_bare = false;
                    return Ok(());
                }
                (None, b'"' | b'\'') if self.may_begin => self.quote = Some(byte),
                (None, b'[' | b'{') if self.brackets > 0 || self.may_begin => {
                    self.brackets += 1;
                    self.may_begin = true;
                    if self.brackets > self.deepest {
                        return Err(at);
                    }
                }
                (None, b']' | b'}') if self.brackets > 0 => {
                    self.brackets -= 1;
                    (self.may_begin, is_after_quote) = (false, true);
                }
                (None, b',') if self.brackets > 0 => {
                    self.commas += 1;
                    self.may_begin = true;
                }
                (None, b':') if is_blank(next) || self.brackets > 0 && was_after_quote => {
                    (self.may_begin, self.is_bare) = (true, false);
                }
                (None, b'?') if self.may_begin && is_blank(next) => {}
                (None, b'&' | b'!') if self.may_begin => at += self.word(line, at + 1),
                (None, b'|' | b'>') if self.may_begin && self.brackets == 0 && is_header(line, at + 1) => {
                    self.literal = self.blocks.last().copied();
                    (self.may_begin, self.is_bare) = (false, false);
                    return Ok(());
                }
                (None, _) => (self.may_begin, self.is_bare) = (false, self.brackets == 0),
            }
            at += 1;
        }
        Ok(())
    }

    /// How long the name of an anchor or a tag is.
    fn word(&self, line: &[u8], from: usize) -> usize {
        let ends = |byte: u8| match byte {
            b' ' | b'\t' => true,
            b',' | b'[' | b']' | b'{' | b'}' => self.brackets > 0,
            _ => false,
        };
        line.iter().skip(from).take_while(|byte| !ends(**byte)).count()
    }
}

fn is_blank(byte: Option<&u8>) -> bool {
    byte.is_none_or(|byte| matches!(byte, b' ' | b'\t'))
}

/// Whether a text of whole lines is announced: nothing but a number, a sign and a comment follows.
fn is_header(line: &[u8], from: usize) -> bool {
    let is_sized = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-');
    let mut rest = line.iter().skip(from).skip_while(is_sized);
    let is_spaced = is_blank(rest.clone().next());
    is_spaced && rest.find(|byte| !matches!(byte, b' ' | b'\t')).is_none_or(|byte| *byte == b'#')
}

/// Why it is not known what a text stands for.
#[derive(Debug)]
pub struct Uncounted {
    /// What the parser says, with its place.
    pub error: serde_yaml::Error,
    /// Whether it is too much.
    pub is_too_large: bool,
}

/// Makes sure that `text` stands for at most `largest` bytes with all its aliases; `words` say that it
/// does not.
///
/// # Errors
/// [`Uncounted`].
pub fn expanded(text: &str, largest: usize, words: &'static str, tags: Tags) -> Result<(), Uncounted> {
    let (left, is_too_large) = (Cell::new(largest), Cell::new(false));
    let count = Count { left: &left, is_too_large: &is_too_large, words, tags };
    let counted = count.deserialize(serde_yaml::Deserializer::from_str(text));
    counted.map_err(|error| Uncounted { error, is_too_large: is_too_large.get() })
}

/// Whether a text may have tags, such as `!word`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tags {
    /// They are counted like any value.
    Counted,
    /// They have no place in it.
    Refused,
}

/// Counts what a text stands for, and fails where nothing is left.
#[derive(Clone, Copy)]
struct Count<'a> {
    left: &'a Cell<usize>,
    is_too_large: &'a Cell<bool>,
    words: &'static str,
    tags: Tags,
}

impl Count<'_> {
    fn take<E: Error>(self, bytes: usize) -> Result<(), E> {
        match self.left.get().checked_sub(bytes + VALUE) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.is_too_large.set(true);
                Err(E::custom(self.words))
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Count<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Count<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.take(0)
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.take(0)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.take(0)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<(), E> {
        self.take(0)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<(), E> {
        self.take(0)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.take(text.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.take(0)?;
        while list.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.take(0)?;
        while map.next_key_seed(self)?.is_some() {
            map.next_value_seed(self)?;
        }
        Ok(())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<(), A::Error> {
        match self.tags {
            Tags::Refused => Err(A::Error::custom("a tag, such as !word, has no place in a provider file")),
            Tags::Counted => {
                let ((), content) = access.variant_seed(self)?;
                content.newtype_variant_seed(self)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nests_too_deep_is_found_in_each_way_of_nesting_and_in_its_line() {
        let indented = |mark: &str| -> String {
            (0..100).map(|level| format!("{}{mark}\n", " ".repeat(level))).collect()
        };
        for (text, line) in [
            ("- ".repeat(100), 1),
            (format!("a: 1\nb:\n  {}", "- ".repeat(100)), 3),
            ("? ".repeat(100), 1),
            ("- ? ".repeat(50), 1),
            (indented("a:"), 65),
            (indented("-"), 65),
            (indented("? "), 65),
            (indented("a: !t"), 65),
            (indented("a: &x"), 65),
            ("[".repeat(100), 1),
            ("{a: ".repeat(100), 1),
            ("[\n".repeat(100), 65),
            (format!("a: 1\nb: !t {}", "[".repeat(100)), 2),
            (format!("--- {}", "[".repeat(100)), 1),
            (format!("\u{feff}{}", "[".repeat(100)), 1),
            // Quotation marks that are text, brackets that are, and those that are not behind them.
            (format!("x: ['\"', {}", "[".repeat(100)), 1),
            (format!("x: [\"'\", {}", "[".repeat(100)), 1),
            (format!("x: [a\"b, {}", "[".repeat(100)), 1),
            (format!("x: [a \"b, {}", "[".repeat(100)), 1),
            (format!("x: [a - \"b, {}", "[".repeat(100)), 1),
            (format!("a: b\n  \"c\nd: {}", "[".repeat(100)), 3),
            (format!("a: b 'c\nd: {}", "[".repeat(100)), 2),
            (format!("a: | # x\n  \"\n  '\nb: {}", "[".repeat(100)), 4),
            (format!("x: {}", "[']', ".repeat(100)), 1),
            (format!("x: {}", "[\"]\", ".repeat(100)), 1),
            (format!("x: {}", "[ # ]\n".repeat(100)), 65),
            (format!("x: {}", "[\"a\n ]\", ".repeat(100)), 65),
        ] {
            let found = nesting(&text, 64).expect_err(&text);
            assert_eq!(found.line, line, "{text:.60?} {found:?}");
        }
    }

    #[test]
    fn what_only_looks_like_nesting_is_none() {
        let many = "[".repeat(200);
        for text in [
            format!("a: \"\\\"{many}\" # {many}\n  # {many}\n"),
            format!("a: '{many}''{many}'\n"),
            format!("a: x {many}\nb: |\n  {many}\n  {}\nc: >-\n  \"\n", "- ".repeat(100)),
            format!("a: b\n  {many}\n  {}\n", "- ".repeat(100)),
            format!("\"{many}\": x\n"),
            format!("a: \"x\n  {many}\n  y\"\n"),
            "a: [x]\n".repeat(1000),
            "- - - x\n".repeat(1000),
            "a:\n- b:\n  - c: [{d: e}]\n".repeat(1000),
        ] {
            assert!(nesting(&text, 64).is_ok(), "{text:.60?}: {:?}", nesting(&text, 64));
        }
        assert_eq!(nesting("a: [b, c, \"d,e\", {f: g, h: i}] # j, k\nl: m, n\n", 64), Ok(4));
    }
}
