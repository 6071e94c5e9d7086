//! Text from outside made safe for screen, standard output and logs.
//!
//! Anything a server, a file or a person's paste said may hold control sequences, characters
//! that turn the writing direction, or characters that nobody sees. All of them become a
//! visible mark here, once, so that no place of output has to think about it.

/// What stands where a character was that must not reach a terminal.
pub const MARK: char = '\u{fffd}';

/// `text` without anything that could steer a terminal, on one line, at most `limit`
/// characters long; a cut is shown by `…`.
#[must_use]
pub fn clean(text: &str, limit: usize) -> String {
    let mut safe: String =
        text.chars().take(limit).map(|char| if is_hostile(char) { MARK } else { char }).collect();
    if text.chars().nth(limit).is_some() {
        safe.pop();
        safe.push('…');
    }
    safe
}

/// Whether `char` steers a terminal, turns text around, or is invisible.
#[must_use]
pub fn is_hostile(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_survives() {
        for (text, safe) in [
            ("plain – ana@acme.dev 日本", "plain – ana@acme.dev 日本"),
            ("a\x1b[2Jb", "a�[2Jb"),
            ("a\u{9b}31mb", "a�31mb"),
            ("one\r\ntwo\tthree", "one��two�three"),
            ("\u{202e}gpj.exe", "�gpj.exe"),
            ("zero\u{200b}width", "zero�width"),
        ] {
            assert_eq!(clean(text, 80), safe);
        }
    }

    #[test]
    fn a_cut_is_shown() {
        assert_eq!(clean("abcdef", 6), "abcdef");
        assert_eq!(clean("abcdefg", 6), "abcde…");
    }
}
