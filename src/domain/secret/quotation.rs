//! Quotations of a secret, as servers write them into their answers.
//!
//! A server may repeat a part of what it was sent, backwards, in capitals, in base64, in hexadecimal,
//! percent-encoded or with the escapes of JSON. Eight characters of it in a row are struck, however they are
//! written; fewer stand within ordinary words. Both sides are put into the same plain spellings, and every
//! eight bytes of the secret's are looked up among those of the text, which is short.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use zeroize::Zeroizing;

/// How many characters in a row are a quotation.
const PIECE_LENGTH: usize = 8;
/// How many bytes of a text are looked through; what comes after them is left out.
const TEXT_LIMIT: usize = 4096;

/// A byte that was read, and the place in the text that it was read from.
#[derive(Clone)]
struct Byte {
    value: u8,
    at: Range<usize>,
}

/// `text` with `…` for every quotation of `secret`.
pub(super) fn strike(text: &str, secret: &str) -> String {
    let text = text.get(..text.floor_char_boundary(TEXT_LIMIT)).unwrap_or_default();
    if secret.len() < PIECE_LENGTH {
        return text.to_owned();
    }
    let views = views(text);
    let mut pieces: Vec<(u64, Range<usize>)> = views.iter().flat_map(|view| pieces_of(view)).collect();
    pieces.sort_unstable_by_key(|(piece, _)| *piece);
    let mut quoted: Vec<Range<usize>> = Vec::new();
    for spelling in spellings(secret) {
        for piece in spelling.windows(PIECE_LENGTH).map(number) {
            let from = pieces.partition_point(|(other, _)| *other < piece);
            let same = pieces.iter().skip(from).take_while(|(other, _)| *other == piece);
            quoted.extend(same.map(|(_, at)| at.clone()));
        }
    }
    without(text, quoted)
}

/// `text` with `…` for each of these ranges, of which some may overlap or touch.
fn without(text: &str, mut ranges: Vec<Range<usize>>) -> String {
    ranges.sort_unstable_by_key(|range| range.start);
    let (mut left, mut end) = (String::new(), 0);
    for range in ranges {
        if range.start > end || end == 0 {
            left.push_str(text.get(end..range.start).unwrap_or_default());
            left.push('…');
        }
        end = end.max(range.end);
    }
    left.push_str(text.get(end..).unwrap_or_default());
    left
}

/// The ways in which a text can be read: as it stands, without escapes (which may lie over each other), and
/// its letters and digits alone.
fn views(text: &str) -> [Vec<Byte>; 4] {
    let chars = text.char_indices().map(|(at, char)| (at..at + char.len_utf8(), char));
    let plain: Vec<Byte> = chars
        .flat_map(|(at, char)| {
            let bytes = char.encode_utf8(&mut [0; 4]).as_bytes().to_vec();
            bytes.into_iter().map(move |value| Byte { value, at: at.clone() })
        })
        .collect();
    let once = unescaped(&plain);
    let twice = unescaped(&once);
    let squeezed = twice.iter().filter(|byte| byte.value.is_ascii_alphanumeric()).cloned().collect();
    [plain, once, twice, squeezed]
}

/// `view` without percent-encoding and the escapes of JSON.
fn unescaped(view: &[Byte]) -> Vec<Byte> {
    let (mut read, mut rest) = (Vec::new(), view);
    while let Some(first) = rest.first() {
        let values: Vec<u8> = rest.iter().take(6).map(|byte| byte.value).collect();
        let hex = |digits: Option<&[u8]>| {
            let digits = std::str::from_utf8(digits?).ok()?;
            u8::from_str_radix(digits, 16).ok()
        };
        let (value, length) = match values.as_slice() {
            [b'%', ..] => (hex(values.get(1..3)), 3),
            [b'\\', b'x', ..] => (hex(values.get(2..4)), 4),
            [b'\\', b'u', b'0', b'0', ..] => (hex(values.get(4..6)), 6),
            [b'\\', escaped, ..] if !escaped.is_ascii_alphanumeric() => (Some(*escaped), 2),
            _ => (None, 1),
        };
        let length = if value.is_some() { length } else { 1 };
        let (taken, after) = rest.split_at(length);
        let end = taken.last().map_or(first.at.end, |last| last.at.end);
        read.push(Byte { value: value.unwrap_or(first.value), at: first.at.start..end });
        rest = after;
    }
    read
}

/// Each eight bytes in a row of `view`, and where they are written.
fn pieces_of(view: &[Byte]) -> impl Iterator<Item = (u64, Range<usize>)> {
    view.windows(PIECE_LENGTH).filter_map(|window| {
        let values: Vec<u8> = window.iter().map(|byte| folded(byte.value)).collect();
        Some((number(&values), window.first()?.at.start..window.last()?.at.end))
    })
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// Capitals are small letters, and both alphabets of base64 are one.
fn folded(byte: u8) -> u8 {
    match byte {
        b'-' => b'+',
        b'_' => b'/',
        _ => byte.to_ascii_lowercase(),
    }
}

/// The ways in which `secret` can be written: as it is, in hexadecimal and in base64 wherever it begins, each
/// of them backwards too, and the letters and digits of each alone.
fn spellings(secret: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let hex: Vec<u8> = secret.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect();
    let written =
        [secret.as_bytes().to_vec(), hex].into_iter().chain((0..3).map(|before| base64(secret, before)));
    written
        .flat_map(|mut written| {
            written.iter_mut().for_each(|byte| *byte = folded(*byte));
            let squeezed = written.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
            [written, squeezed]
        })
        .flat_map(|written: Vec<u8>| {
            let backwards = written.iter().rev().copied().collect();
            [written, backwards].map(Zeroizing::new)
        })
        .collect()
}

/// The characters of the base64 of `secret` that depend on nothing but the secret, where `before` bytes stand in
/// front of it.
fn base64(secret: &str, before: usize) -> Vec<u8> {
    let bytes = Zeroizing::new([vec![0; before].as_slice(), secret.as_bytes()].concat());
    let whole = bytes.len() * 8 / 6;
    let text = Zeroizing::new(STANDARD_NO_PAD.encode(&*bytes));
    text.bytes().take(whole).skip((before * 8).div_ceil(6)).collect()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE;
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "r3fr/sh=T0k3n+With-all_of.it~Zz9";

    #[test]
    fn a_quotation_is_struck_however_it_is_written() {
        for (text, left) in [
            ("the token r3fr/sh=T0k3n+With-all_of.it~Zz9 is spent", "the token … is spent"),
            ("begins with r3fr/sh=T", "begins with …"),
            ("ends in of.it~Zz9.", "ends in …."),
            ("“T0K3N+WITH” or “t0k3n+with”", "“…” or “…”"),
            ("backwards 9zZ~ti.fo_lla", "backwards …"),
            ("?t=r3fr%2Fsh%3DT0k3n%2bWith", "?t=…"),
            ("twice r3fr%252Fsh%253DT0k3n", "twice …"),
            (r"json r3fr\/sh=T0k\u0033n", "json …"),
            ("hex 54306b336e2b57697468", "hex …"),
            ("54:30:6B:33:6E:2B:57:69", "…"),
            ("r3fr /sh= T0k3 n+Wi", "…"),
            ("r3fr/sh", "r3fr/sh"),
            ("ordinary words, and a t0k3n", "ordinary words, and a t0k3n"),
        ] {
            assert_eq!(strike(text, SECRET), left, "{text}");
        }
        assert_eq!(strike("invalid_grant", "invalid"), "invalid_grant");
    }

    #[test]
    fn a_long_text_and_a_long_secret_end_soon() {
        let secret: String = (0..2_000).map(|number| format!("{number:x}.")).collect();
        let text = format!("{}é", secret.repeat(20));
        assert_eq!(strike(&text, &secret), "…");
        assert!(strike(&"é ".repeat(1 << 19), &secret).len() <= TEXT_LIMIT);
    }

    proptest! {
        #[test]
        fn no_eight_characters_of_a_secret_are_left_in_any_spelling(
            secret in "[!-~]{8,64}",
            from in 0usize..56,
            length in 8usize..64,
            before in "[à-ö]{0,9}",
        ) {
            let from = from.min(secret.len() - PIECE_LENGTH);
            let piece = &secret[from..(from + length).min(secret.len())];
            let written: [String; 9] = [
                piece.to_owned(),
                piece.chars().rev().collect(),
                piece.to_ascii_uppercase(),
                STANDARD_NO_PAD.encode(piece),
                URL_SAFE.encode(piece),
                STANDARD_NO_PAD.encode(format!("id:{piece};")),
                piece.bytes().map(|byte| format!("{byte:02X}")).collect(),
                piece.bytes().map(|byte| format!("%{byte:02x}")).collect(),
                piece.bytes().map(|byte| format!("\\u{byte:04x}")).collect(),
            ];
            for written in written {
                let left = strike(&format!("{before} {written} {before}"), &secret);
                let known = written.as_bytes().windows(PIECE_LENGTH + 5);
                let quoted = known.filter(|part| left.contains(&*String::from_utf8_lossy(part))).count();
                prop_assert_eq!(quoted, 0, "{} → {}", written, left);
                prop_assert!(left.contains('…') && left.starts_with(&before) && left.ends_with(&before));
            }
        }
    }
}
