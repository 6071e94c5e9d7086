//! Plain scalars: what a word of a plain text means, by one look at each of its bytes.

use crate::stored::plain_reader::PlainValue;

/// The longest key; YAML ends at 1024 characters.
const KEY_LIMIT: usize = 128;

/// May stand in a bare word.
const WORD: u8 = 1;
/// May stand in a bare value: a colon inside it is part of it; at its end it would make it a key.
const VALUE: u8 = 1 << 1;
const DIGIT: u8 = 1 << 2;
const LETTER: u8 = 1 << 3;
/// A letter that no number has, whatever its base.
const TELLING: u8 = 1 << 4;
/// May stand in a comment.
const TEXT: u8 = 1 << 5;

/// How long the longest of [`SPECIAL`] is.
const SPECIAL_LENGTH: usize = 5;

/// Words that are no texts, however they are written.
const SPECIAL: [&str; 5] = ["true", "false", "null", "nan", "inf"];

/// What each byte may be.
static CLASSES: [u8; 256] = classes();

#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a byte is below 256, and no function of a trait is const"
)]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        let mut class = 0;
        if is_of_value(byte) {
            class |= VALUE;
            if byte != b':' {
                class |= WORD;
            }
        }
        if byte.is_ascii_digit() {
            class |= DIGIT;
        }
        if byte.is_ascii_alphabetic() {
            class |= LETTER;
            let lower = byte.to_ascii_lowercase();
            if !matches!(lower, b'a'..=b'f' | b'i' | b'n' | b'o' | b'x') {
                class |= TELLING;
            }
        }
        if matches!(byte, b' '..=b'~') {
            class |= TEXT;
        }
        classes[byte as usize] = class;
        if byte == u8::MAX {
            return classes;
        }
        byte += 1;
    }
}

/// Whether `byte` may stand in a bare value; without a branch, so that many are compared at once.
const fn is_of_value(byte: u8) -> bool {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    // `-./0123456789:`
    let is_between = byte.wrapping_sub(b'-') <= b':' - b'-';
    is_letter | is_between | (byte == b'_') | (byte == b'@') | (byte == b'+') | (byte == b'=')
}

/// Whether `byte` may stand between double quotes; without a branch, as above.
fn is_quotable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') & (byte != b'"') & (byte != b'\\')
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

/// What every byte of a text may be, and what any of them may be.
#[derive(Clone, Copy)]
struct Classes {
    all: u8,
    any: u8,
}

impl Classes {
    const NONE: Self = Self { all: u8::MAX, any: 0 };

    fn of(text: &str) -> Self {
        text.bytes().fold(Self::NONE, |classes, byte| classes.and(class(byte)))
    }

    fn and(self, class: u8) -> Self {
        Self { all: self.all & class, any: self.any | class }
    }
}

/// Whether a comment has nothing but printable ASCII.
pub(super) fn is_printable(text: &str) -> bool {
    Classes::of(text).all & TEXT != 0
}

/// A key, and what follows it on its line.
pub(in crate::stored) fn pair(content: &str) -> Option<(&str, Option<&str>)> {
    let end = content.bytes().position(|byte| class(byte) & WORD == 0)?;
    let (key, rest) = (content.get(..end)?, content.get(end..)?.strip_prefix(':')?);
    let inline = match rest.as_bytes().first() {
        None => None,
        Some(b' ') => Some(rest.get(1..)?),
        Some(_) => return None,
    };
    (key.len() <= KEY_LIMIT && is_key(key)).then_some((key, inline))
}

/// Whether `key`, a bare word, is a text.
fn is_key(key: &str) -> bool {
    let is_long = key.len() > SPECIAL_LENGTH && key.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    is_long || matches!(word(key, Classes::of(key)), Some(PlainValue::Text(_)))
}

/// What stands behind a key or a dash.
pub(super) fn scalar(text: &str) -> Option<PlainValue<'_>> {
    if is_plainly_text(text) {
        return Some(PlainValue::Text(text));
    }
    if text.as_bytes().first() == Some(&b'"') {
        let inner = text.get(1..)?.strip_suffix('"')?;
        return all_bytes(inner.as_bytes(), is_quotable).then_some(PlainValue::Text(inner));
    }
    let classes = Classes::of(text);
    if classes.all & VALUE == 0 {
        return match text {
            "[]" => Some(PlainValue::List),
            "{}" => Some(PlainValue::Map),
            _ => None,
        };
    }
    if text.ends_with(':') { None } else { word(text, classes) }
}

/// Whether it is a bare value that begins with a letter and is longer than all words that are no texts, as
/// tokens are.
fn is_plainly_text(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.len() > SPECIAL_LENGTH;
    begins && bytes.last() != Some(&b':') && all_bytes(bytes, is_of_value)
}

/// How many bytes are compared at once.
const BLOCK: usize = 16;

/// Whether `accepts` holds for each of `bytes`. It must have no branch, so that many are compared at once.
fn all_bytes(bytes: &[u8], accepts: impl Fn(u8) -> bool) -> bool {
    let is_all = |bytes: &[u8]| bytes.iter().fold(true, |all, byte| all & accepts(*byte));
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    // The last block begins so early that it is whole: what lies in two blocks is looked at twice.
    match bytes.last_chunk::<BLOCK>() {
        Some(last) => blocks.iter().all(|block| is_all(block)) && is_all(last),
        None => is_all(rest),
    }
}

/// A bare word of these classes: a text if no reader could take it for anything else, a short whole number,
/// or one of `true` and `false`.
fn word(text: &str, classes: Classes) -> Option<PlainValue<'_>> {
    let first = text.bytes().next()?;
    if classes.all & DIGIT != 0 && text.len() < 18 && (first != b'0' || text.len() == 1) {
        return text.parse::<u64>().ok().map(PlainValue::Number);
    }
    let dashes = || text.bytes().filter(|byte| *byte == b'-').count();
    let is_text = if class(first) & LETTER != 0 {
        match text.len() {
            0..=SPECIAL_LENGTH if text == "true" => return Some(PlainValue::Bool(true)),
            0..=SPECIAL_LENGTH if text == "false" => return Some(PlainValue::Bool(false)),
            0..=SPECIAL_LENGTH => !SPECIAL.iter().any(|word| text.eq_ignore_ascii_case(word)),
            _ => true,
        }
    } else if class(first) & DIGIT != 0 {
        // No number has one of these letters, or two dashes.
        classes.any & TELLING != 0 || dashes() > 1
    } else {
        first == b'_'
    };
    is_text.then_some(PlainValue::Text(text))
}
