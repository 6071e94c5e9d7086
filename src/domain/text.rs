//! Text from outside made safe for screen, standard output and logs.
//!
//! Anything a server, a file or a person's paste said may hold control sequences, characters
//! that turn the writing direction, characters that nobody sees, or clusters that terminals draw in
//! different widths. All of them become a visible mark here, once, so that no place of output has to
//! think about it. Names are also told from others that look the same.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::MixedScript;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands where a character was that must not reach a terminal.
pub const MARK: char = '\u{fffd}';
/// What stands where a blank was that is no ordinary space.
const BLANK: char = '␣';
/// The longest value that [`without_value`] leaves, in characters.
const WORD_LIMIT: usize = 32;
/// What a parser says before a value.
const STUMBLED: [&str; 5] =
    ["invalid type: ", "invalid value: ", "unknown field ", "unknown variant ", "duplicate entry with key "];
/// The most characters that are drawn in one place.
const STACKED: usize = 8;
/// The characters that look like ASCII, by Unicode's table of those that look alike (UTS 39), sorted.
///
/// The whole table, that of `unicode_security`, would add half as many relocations again to each start of the
/// program. A test compares both.
static ASCII_TWINS: LazyLock<Vec<RangeInclusive<u32>>> = LazyLock::new(|| {
    let number = |digits| u32::from_str_radix(digits, 16).ok();
    let ranges = include_str!("../../assets/ascii_twins.txt").split_ascii_whitespace();
    let ends = ranges.map(|range| range.split_once("..").unwrap_or((range, range)));
    ends.filter_map(|(first, last)| Some(number(first)?..=number(last)?)).collect()
});

/// `text` without anything that could steer a terminal, on one line, at most `limit`
/// characters long; a cut is shown by `…`.
#[must_use]
pub fn clean(text: &str, limit: usize) -> String {
    // As most names are: each letter is one of its own, and is shown as it is.
    if text.len() <= limit && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut safe = String::new();
    let mut taken = 0;
    for cluster in text.graphemes(true) {
        if taken >= limit {
            safe.pop();
            safe.push('…');
            break;
        }
        if is_doubtful(cluster) {
            safe.push(MARK);
            taken += 1;
            continue;
        }
        for char in cluster.chars().take(limit - taken) {
            safe.push(shown(char));
            taken += 1;
        }
    }
    safe
}

/// A name as it is shown beside others: letters that look like others are written out, as in
/// `<U+0430>`.
#[must_use]
pub fn distinct(name: &str, limit: usize) -> String {
    if !looks_like_another(name) {
        return clean(name, limit);
    }
    clean(&words(name).map(written_out).collect::<String>(), limit)
}

/// A word, with its letters that look like others written out.
fn written_out(word: &str) -> String {
    if !is_doubled(word) {
        return word.to_owned();
    }
    let is_composed = is_composed(word);
    let written = |char: char| match is_twin(char, is_composed) {
        true => format!("<U+{:04X}>", u32::from(char)),
        false => char.into(),
    };
    word.chars().map(written).collect()
}

/// The words of a text, each with what parts it from the next. Each may have a script of its own, as
/// in `github/Анна` and `Анна@mail.test`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive([' ', '/', '@'])
}

/// Whether another text looks like this one and is more usual: letters of another script, ligatures,
/// letters and accents in pieces, blanks that are no spaces.
#[must_use]
pub fn looks_like_another(text: &str) -> bool {
    !text.is_ascii() && words(text).any(is_doubled)
}

fn is_doubled(word: &str) -> bool {
    if word.is_ascii() {
        return false;
    }
    let is_composed = is_composed(word);
    let is_mixed = !word.is_single_script() || looks_like_ascii(word);
    (is_mixed || !is_composed || word.chars().any(is_blank))
        && word.chars().any(|char| is_twin(char, is_composed))
}

/// Whether no letter is written in pieces that could be one.
fn is_composed(text: &str) -> bool {
    text.nfc().eq(text.chars())
}

/// Whether `char` is a blank, stands for ASCII that looks the same, or is a piece of a letter.
fn is_twin(char: char, is_composed: bool) -> bool {
    let is_piece = !is_composed && is_combining_mark(char);
    let looks_like_ascii = || looks_like_ascii(char.encode_utf8(&mut [0; 4]));
    !char.is_ascii() && (is_piece || is_blank(char) || looks_like_ascii())
}

/// Whether `text` looks like ASCII. Invisible characters count as nothing.
fn looks_like_ascii(text: &str) -> bool {
    text.nfd().all(|char| match char {
        // It looks like º/₀.
        '%' => false,
        '\0'..='\u{7f}' => true,
        char => is_hostile(char) || is_variation(char) || is_ascii_twin(char),
    })
}

fn is_ascii_twin(char: char) -> bool {
    let char = u32::from(char);
    let after = ASCII_TWINS.partition_point(|range| *range.end() < char);
    ASCII_TWINS.get(after).is_some_and(|range| range.contains(&char))
}

/// Whether terminals draw `cluster` in different widths, so that half of it might stay behind, or over
/// what stands around it.
#[must_use]
pub fn is_doubtful(cluster: &str) -> bool {
    let mut chars = cluster.chars();
    let Some(first) = chars.next() else { return false };
    let hangs = || first.width() == Some(0) && !is_hostile(first);
    let is_flag = matches!(first, '\u{1f1e6}'..='\u{1f1ff}');
    if chars.as_str().is_empty() {
        // Most of what is on a screen.
        return !first.is_ascii() && (is_flag || hangs());
    }
    let joins =
        |char| is_variation(char) || matches!(char, '\u{200d}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}');
    let sum: usize = cluster.chars().filter_map(UnicodeWidthChar::width).sum();
    is_flag
        || hangs()
        || !cluster.contains(char::is_control)
            && (chars.any(joins) || cluster.chars().count() > STACKED || sum != cluster.width())
}

/// What terminals draw of `cluster` in columns of their own: a character that has a width, with the
/// marks on it.
pub fn columns(cluster: &str) -> impl Iterator<Item = &str> {
    let starts = |(at, char): (usize, char)| (at > 0 && char.width() > Some(0)).then_some(at);
    let ends = cluster.char_indices().filter_map(starts).chain([cluster.len()]);
    ends.scan(0, |start, end| {
        let column = cluster.get(*start..end);
        *start = end;
        column
    })
}

fn shown(char: char) -> char {
    match char {
        char if is_hostile(char) => MARK,
        char if is_blank(char) => BLANK,
        char => char,
    }
}

/// Whether `char` is a variation selector, which picks a form of the letter before it.
fn is_variation(char: char) -> bool {
    matches!(char, '\u{fe00}'..='\u{fe0f}')
}

/// Whether `char` is a blank that is no ordinary space.
fn is_blank(char: char) -> bool {
    (char.is_whitespace() && char != ' ') || char == '\u{2800}'
}

/// Whether `char` steers a terminal, turns text around, or is invisible.
#[must_use]
pub fn is_hostile(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What a YAML parser says of a text, without the value that it stumbled over: the text may be any file, and
/// the value a secret. A short word, as of a field that nobody knows, stays.
#[must_use]
pub fn without_value(said: &str) -> String {
    let starts = STUMBLED.iter().filter_map(|start| said.find(start).map(|at| at + start.len()));
    let Some((head, tail)) = starts.min().and_then(|at| said.split_at_checked(at)) else {
        return said.to_owned();
    };
    let expected = tail.find(", expected ").unwrap_or(tail.len());
    let Some(open) = tail.find(['"', '`']).filter(|open| *open < expected) else { return said.to_owned() };
    let (kind, quoted) = tail.split_at(open);
    let mark = if quoted.starts_with('"') { '"' } else { '`' };
    let inside = quoted.strip_prefix(mark).unwrap_or(quoted);
    let mut is_escaped = false;
    let close = inside.find(|char: char| {
        let closes = char == mark && !is_escaped;
        is_escaped = char == '\\' && !is_escaped;
        closes
    });
    let (value, rest) = close.and_then(|close| inside.split_at_checked(close)).unwrap_or((inside, ""));
    let is_word = mark == '`'
        && value.len() <= WORD_LIMIT
        && value.starts_with(|first: char| first.is_ascii_alphabetic())
        && value.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '.'));
    match is_word {
        true => said.to_owned(),
        false => format!("{head}{kind}…{}", rest.strip_prefix(mark).unwrap_or(rest)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_parser_says_has_no_value_of_the_text_in_it() {
        for (said, shown) in [
            (
                r#"invalid type: string "root:x:0 \"q\" bin", expected a map of fields"#,
                "invalid type: string …, expected a map of fields",
            ),
            (
                r#"pkce: invalid value: string "x, expected y", expected "a" or "b""#,
                r#"pkce: invalid value: string …, expected "a" or "b""#,
            ),
            ("invalid type: integer `123456`, expected a text", "invalid type: integer …, expected a text"),
            (
                "invalid type: sequence, expected a word such as `a`",
                "invalid type: sequence, expected a word such as `a`",
            ),
            ("unknown field `them`, expected `theme`", "unknown field `them`, expected `theme`"),
            ("unknown field `a b:c`, expected `theme`", "unknown field …, expected `theme`"),
            (r#"invalid type: string "cut"#, "invalid type: string …"),
            (r#"write "a", not 'b'"#, r#"write "a", not 'b'"#),
        ] {
            assert_eq!(without_value(said), shown);
        }
    }

    #[test]
    fn nothing_that_steers_a_terminal_survives() {
        for (text, safe) in [
            ("plain – ana@acme.dev 日本", "plain – ana@acme.dev 日本"),
            ("a\x1b[2Jb", "a�[2Jb"),
            ("a\u{9b}31mb", "a�31mb"),
            ("one\ntwo\tthree", "one�two�three"),
            ("\u{202e}gpj.exe", "�gpj.exe"),
            ("\u{2066}a\u{2069}", "�a�"),
            ("zero\u{200b}width", "zero�width"),
            ("a\u{ad}b\u{34f}c", "a�b�c"),
            ("a\u{e0041}b\u{e01ef}c", "a�b�c"),
            ("a\u{3164}b\u{ffa0}c\u{115f}d", "a�b�c�d"),
            ("a\u{2062}b\u{180e}c\u{feff}d", "a�b�c�d"),
        ] {
            assert_eq!(clean(text, 80), safe);
        }
    }

    #[test]
    fn a_blank_that_is_no_space_is_seen() {
        for blank in
            ['\u{a0}', '\u{2007}', '\u{2003}', '\u{202f}', '\u{205f}', '\u{3000}', '\u{1680}', '\u{2800}']
        {
            assert_eq!(clean(&format!("a{blank}b c"), 80), "a␣b c", "{blank:?}");
        }
    }

    #[test]
    fn a_cluster_that_terminals_draw_in_different_widths_is_one_mark() {
        for (text, safe) in [
            ("a 🇪🇸 b", "a � b"),
            ("🇪x", "�x"),
            ("👩‍👩‍👧 family", "� family"),
            ("❤️!", "�!"),
            ("☎︎", "�"),
            ("1️⃣", "�"),
            ("👍🏽", "�"),
            ("🏴\u{e0067}\u{e007f}", "🏴��"),
            ("a\u{fe0f}", "�"),
            ("\u{301}ana", "�ana"),
            ("z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}o", "�o"),
            ("Ana 👩 日本 é e\u{301} 한", "Ana 👩 日本 é e\u{301} 한"),
            ("Nguyễn", "Nguyễn"),
        ] {
            assert_eq!(clean(text, 80), safe, "{text:?}");
        }
    }

    #[test]
    fn a_cluster_is_shared_out_to_the_columns_that_terminals_draw_it_in() {
        for (cluster, shared) in [
            ("é", &["é"][..]),
            ("e\u{301}", &["e\u{301}"]),
            ("\u{e01}\u{e33}", &["\u{e01}", "\u{e33}"]),
            ("\u{928}\u{94d}\u{926}\u{940}", &["\u{928}\u{94d}", "\u{926}", "\u{940}"]),
            ("\u{1112}\u{1161}\u{11ab}", &["\u{1112}\u{1161}\u{11ab}"]),
        ] {
            assert_eq!(columns(cluster).collect::<Vec<_>>(), shared, "{cluster:?}");
        }
    }

    #[test]
    fn a_cut_is_shown() {
        assert_eq!(clean("abcdef", 6), "abcdef");
        assert_eq!(clean("abcdefg", 6), "abcde…");
        assert_eq!(clean("", 0), "");
    }

    #[test]
    fn a_name_that_looks_like_another_is_written_out() {
        for (name, shown) in [
            ("ana", "ana"),
            ("Ana Müller", "Ana Müller"),
            ("\u{430}na", "<U+0430>na"),
            ("\u{430}\u{441}\u{430}", "<U+0430><U+0441><U+0430>"),
            ("w\u{3bf}rk", "w<U+03BF>rk"),
            ("o\u{fb03}ce", "o<U+FB03>ce"),
            ("\u{ff41}na", "<U+FF41>na"),
            ("Jose\u{301}", "Jose<U+0301>"),
            ("an\u{a0}a", "an<U+00A0>a"),
            ("José", "José"),
            ("Анна", "Анна"),
            ("github/Анна", "github/Анна"),
            ("Анна@mail.test", "Анна@mail.test"),
            ("\u{430}na@mail.test", "<U+0430>na@mail.test"),
            ("Logged in as Анна", "Logged in as Анна"),
            ("日本", "日本"),
            ("acc हिन्दी", "acc हिन्दी"),
            ("Işık", "Işık"),
        ] {
            assert_eq!(distinct(name, 80), shown, "{name:?}");
            assert_eq!(looks_like_another(name), name != shown, "{name:?}");
        }
    }

    #[test]
    fn what_looks_like_ascii_is_what_unicode_says() {
        // Beyond these planes nothing is assigned.
        for char in ('\0'..='\u{3ffff}').chain('\u{e0000}'..='\u{e0fff}') {
            let text = char.to_string();
            let by_unicode = unicode_security::skeleton(&text).all(|char| char.is_ascii());
            assert_eq!(looks_like_ascii(&text), by_unicode || is_hostile(char), "{char:?}");
        }
    }
}
