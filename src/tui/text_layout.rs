//! Text fitted into columns of a terminal, counted as a terminal counts them.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::text;

/// The longest text from outside that is ever laid out, in characters.
const TEXT_LIMIT: usize = 2000;

/// Stands for a space at which no line is broken; [`wrap`] turns it into one.
pub const FIXED_SPACE: char = '\u{a0}';

/// A text from outside made safe to show. What was safe already stays as it is.
#[must_use]
pub fn safe(outside: &str) -> String {
    text::clean(outside, TEXT_LIMIT)
}

/// A name from outside, told from names that look the same.
#[must_use]
pub fn named(outside: impl ToString) -> String {
    text::distinct(&outside.to_string(), TEXT_LIMIT)
}

/// `text` with a capital letter at its beginning, unless it begins with a name: of a profile, a host, a field.
#[must_use]
pub fn capital(text: &str) -> String {
    let word = text.split(' ').next().unwrap_or_default();
    if word == "authtui" || word.trim_end_matches(['.', ':', ',', ';']).contains(['.', '/', '_']) {
        return text.to_owned();
    }
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// The columns that `text` takes.
#[must_use]
pub fn width(text: &str) -> u16 {
    let columns = if is_plain(text) { text.chars().count() } else { text.width() };
    u16::try_from(columns).unwrap_or(u16::MAX)
}

/// Whether each letter of `text` is a cluster of its own that takes one column: nearly all that is on a
/// screen, and nothing has to be looked up for it.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || text.chars().all(is_plain_letter)
}

/// Letters of Western Europe, the punctuation of our sentences, lines, blocks and the signs of the states.
fn is_plain_letter(letter: char) -> bool {
    matches!(
        letter,
        ' '..='~' | 'À'..='ÿ' | '·' | '–' | '…' | '“' | '”' | '’' | '✓' | '✗' | '↻' | '\u{2500}'..='\u{25cf}' | '◐'
    )
}

/// So many lines as rows of a screen; sums of them stay in range.
#[must_use]
pub fn rows(lines: usize) -> u16 {
    u16::try_from(lines).unwrap_or(u16::MAX / 4)
}

/// `text` in at most `columns`; a cut is shown by `…`.
#[must_use]
pub fn cut(text: &str, columns: u16) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (head, _) = split(text, columns.saturating_sub(1));
    if columns == 0 { String::new() } else { format!("{}…", head.trim_end_matches([' ', '·', '…'])) }
}

/// The end of a path in at most `columns`, from a folder or the file on; its last part is whole.
#[must_use]
pub fn path(text: &str, columns: u16) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let folders = text.char_indices().filter(|(_, char)| matches!(char, '/' | '\\'));
    let ends: Vec<String> = folders.filter_map(|(at, _)| Some(format!("…{}", text.get(at..)?))).collect();
    let short = ends.iter().find(|end| width(end) <= columns).or(ends.last());
    short.map_or_else(|| text.to_owned(), Clone::clone)
}

/// `text` in exactly `columns`: cut, or filled with spaces.
#[must_use]
pub fn fill(text: &str, columns: u16) -> String {
    let text = cut(text, columns);
    let missing = columns.saturating_sub(width(&text));
    text + &" ".repeat(usize::from(missing))
}

/// A path broken into lines of at most `columns`, behind folders where that is possible.
#[must_use]
pub fn wrap_path(path: &str, columns: u16) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in path.split_inclusive(['/', '\\']) {
        match lines.last_mut() {
            Some(line) if width(line) + width(part) <= columns => line.push_str(part),
            Some(_) | None => lines.extend(wrap(part, columns)),
        }
    }
    lines
}

/// `text` broken into lines of at most `columns`, between words where that is possible.
#[must_use]
pub fn wrap(text: &str, columns: u16) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = vec![String::new()];
    let words = text.split(|char: char| char.is_whitespace() && char != FIXED_SPACE);
    // What no line can hold is broken at its fixed spaces.
    let words = words.flat_map(|word| {
        let is_long = width(word) > columns;
        word.split(move |char| is_long && char == FIXED_SPACE)
    });
    for word in words {
        let word = word.replace(FIXED_SPACE, " ");
        let mut rest = word.as_str();
        while !rest.is_empty() {
            let line = lines.last().map_or(0, |line| width(line));
            let gap = u16::from(line > 0);
            let room = columns.saturating_sub(line + gap);
            // A word goes to a line of its own before it is broken.
            let (head, tail) = if width(rest) <= room || line == 0 { split(rest, room) } else { ("", rest) };
            if head.is_empty() && line == 0 {
                break;
            }
            match lines.last_mut() {
                Some(last) if !head.is_empty() => {
                    last.push_str(if gap > 0 { " " } else { "" });
                    last.push_str(head);
                }
                Some(_) | None => lines.push(String::new()),
            }
            rest = tail;
        }
    }
    lines
}

/// The same in at most `rows` lines, and each line of `text` for itself; a cut is shown by `…`.
#[must_use]
pub fn wrap_into(text: &str, columns: u16, rows: usize) -> Vec<String> {
    let mut lines: Vec<String> = text.split('\n').flat_map(|line| wrap(line, columns)).collect();
    let surplus = lines.len() > rows;
    lines.truncate(rows);
    if let (true, Some(last)) = (surplus, lines.last_mut()) {
        *last = cut(&format!("{last} …"), columns);
    }
    lines
}

/// `text` in two, the first part as long as `columns` allow.
fn split(text: &str, columns: u16) -> (&str, &str) {
    if is_plain(text) {
        let end = text.char_indices().nth(usize::from(columns));
        return end.and_then(|(at, _)| text.split_at_checked(at)).unwrap_or((text, ""));
    }
    let mut taken = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        taken += width(grapheme);
        if taken > columns {
            return text.split_at(at);
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_begins_with_a_capital_letter_but_a_name_stays_as_it_is() {
        for (text, capital_text) in [
            ("the token expired", "The token expired"),
            ("answered: no", "Answered: no"),
            ("id.example.org answered 503", "id.example.org answered 503"),
            ("acme/work already exists", "acme/work already exists"),
            ("expires_at is too long", "expires_at is too long"),
            ("authtui cannot erase it", "authtui cannot erase it"),
            ("", ""),
        ] {
            assert_eq!(capital(text), capital_text);
        }
    }

    #[test]
    fn a_plain_letter_is_a_cluster_of_one_column_beside_any_other() {
        let plain: Vec<char> = ('\0'..='\u{10ffff}').filter(|letter| is_plain_letter(*letter)).collect();
        assert!(plain.len() > 300);
        for letter in &plain {
            for other in ['a', '─', '●', 'é', *letter] {
                let text: String = [*letter, other].iter().collect();
                let clusters: Vec<&str> = text.graphemes(true).collect();
                assert_eq!((clusters.len(), text.width()), (2, 2), "{text}");
            }
        }
    }

    #[test]
    fn a_path_keeps_its_end() {
        for (columns, end) in [
            (40, "/home/ana/.config/authtui/config.yaml"),
            (36, "…/ana/.config/authtui/config.yaml"),
            (20, "…/config.yaml"),
            (5, "…/config.yaml"),
        ] {
            assert_eq!(path("/home/ana/.config/authtui/config.yaml", columns), end);
        }
        assert_eq!(path("a store without a folder", 5), "a store without a folder");
    }

    #[test]
    fn a_cut_counts_columns_not_characters() {
        for (text, columns, cut_text) in [
            ("anthropic/work", 14, "anthropic/work"),
            ("anthropic/work", 10, "anthropic…"),
            ("日本語テスト", 12, "日本語テスト"),
            ("日本語テスト", 7, "日本語…"),
            ("日本語テスト", 6, "日本…"),
            ("👩🏽‍🚀👩🏽‍🚀", 3, "👩🏽‍🚀…"),
            ("Bearer …3fQA", 9, "Bearer…"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
        ] {
            assert_eq!(cut(text, columns), cut_text, "{text} {columns}");
        }
    }

    #[test]
    fn a_text_wraps_between_words_and_breaks_only_words_that_are_too_long() {
        for (text, columns, lines) in [
            ("Stored tokens are unchanged now.", 13, &["Stored tokens", "are unchanged", "now."][..]),
            ("see https://id.example.org/x", 8, &["see", "https://", "id.examp", "le.org/x"]),
            ("日本語", 1, &[""]),
            ("until 23\u{a0}Nov 14:02", 12, &["until 23 Nov", "14:02"]),
            ("until 23\u{a0}Nov 14:02", 11, &["until", "23 Nov", "14:02"]),
            ("until 23\u{a0}Nov\u{a0}2026", 8, &["until 23", "Nov 2026"]),
            ("", 5, &[""]),
        ] {
            assert_eq!(wrap(text, columns), lines, "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_into_the_rows_is_seen_to_be_cut() {
        assert_eq!(wrap_into("one two three four", 9, 2), ["one two", "three …"]);
        assert_eq!(wrap_into("one two three four", 5, 2), ["one", "two …"]);
        assert_eq!(wrap_into("abcde fghij klmno", 5, 2), ["abcde", "fghi…"]);
        assert_eq!(wrap_into("one", 5, 2), ["one"]);
    }
}
