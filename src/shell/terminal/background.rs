//! Background of the terminal, asked by OSC 11 and answered among the keys.
//!
//! Nobody waits for the answer, which over a slow line may take its time and on some terminals
//! never comes. crossterm reads `ESC ] 11 ; rgb:1e1e/1e1e/1e1e BEL` as the keys Alt-], 1, 1, …,
//! Ctrl-G; they are held back for as long as they can be the answer, and given out where they are
//! not, so nothing typed is lost and no part of an answer is taken for a key.

use std::io::{self, Write, stdout};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::theme::palette::{Background, ColorDepth};
use crate::tui::theme::terminal::TerminalTraits;

/// Whether the terminal can be asked: one without colours has none to tell, and the Linux console and
/// Windows' own take the question for text.
#[must_use]
pub fn may_be_asked(terminal: TerminalTraits) -> bool {
    let is_console = std::env::var("TERM").is_ok_and(|term| term == "linux") || cfg!(windows);
    terminal.depth != ColorDepth::None && !is_console
}

/// Asks. A terminal that does not know the question passes over it.
///
/// # Errors
/// When the terminal cannot be written to.
pub fn ask() -> io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(b"\x1b]11;?\x07")?;
    out.flush()
}

/// How an answer begins, after its Alt-].
const BEGIN: &str = "11;rgb:";
/// The longest that it goes on, with three parts of four digits.
const ANSWER_LENGTH: usize = BEGIN.len() + 14;

/// Finds the answer among the keys.
#[derive(Debug, Default)]
pub struct BackgroundAnswer {
    held: Vec<KeyEvent>,
}

/// What a key turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum ReadKey {
    /// The person has pressed these.
    Keys(Vec<KeyEvent>),
    /// It may be a part of the answer.
    Nothing,
    /// It was the end of the answer.
    Background(Background),
}

impl BackgroundAnswer {
    /// Takes the next key.
    pub fn read(&mut self, key: KeyEvent) -> ReadKey {
        let begins = key.code == KeyCode::Char(']') && key.modifiers == KeyModifiers::ALT;
        if self.held.is_empty() && !begins {
            return ReadKey::Keys(vec![key]);
        }
        let answer: String = self.held.iter().skip(1).filter_map(|key| key.code.as_char()).collect();
        self.held.push(key);
        if begins && self.held.len() == 1 {
            return ReadKey::Nothing;
        }
        match (key.code, key.modifiers) {
            (KeyCode::Char('g'), KeyModifiers::CONTROL) | (KeyCode::Char('\\'), KeyModifiers::ALT) => {
                let background = background(&answer);
                let held = std::mem::take(&mut self.held);
                background.map_or(ReadKey::Keys(held), ReadKey::Background)
            }
            (KeyCode::Char(letter), KeyModifiers::NONE | KeyModifiers::SHIFT)
                if may_go_on(&answer, letter) =>
            {
                ReadKey::Nothing
            }
            _ => ReadKey::Keys(std::mem::take(&mut self.held)),
        }
    }
}

fn may_go_on(answer: &str, letter: char) -> bool {
    match BEGIN.chars().nth(answer.len()) {
        Some(expected) => letter == expected,
        None => answer.len() < ANSWER_LENGTH && (letter.is_ascii_hexdigit() || letter == '/'),
    }
}

fn background(answer: &str) -> Option<Background> {
    let mut parts = answer.strip_prefix(BEGIN)?.split('/').map(eight_bits);
    let (red, green, blue) = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then(|| Background::of_color(red, green, blue))
}

/// A part of one to four digits, of which the first two count.
fn eight_bits(digits: &str) -> Option<u8> {
    match digits.len() {
        1 => u8::from_str_radix(digits, 16).ok().map(|digit| digit * 17),
        2..=4 => u8::from_str_radix(digits.get(..2)?, 16).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As crossterm reads it, from a terminal that ends it by `BEL` or by `ESC \`.
    fn keys(answer: &str, end: KeyEvent) -> Vec<KeyEvent> {
        let letters = answer.chars().map(|letter| KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE));
        [alt(']')].into_iter().chain(letters).chain([end]).collect()
    }

    fn alt(letter: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(letter), KeyModifiers::ALT)
    }

    fn bell() -> KeyEvent {
        KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL)
    }

    fn hear(keys: impl IntoIterator<Item = KeyEvent>) -> (Vec<KeyEvent>, Vec<Background>) {
        let (mut answer, mut typed, mut found) = (BackgroundAnswer::default(), Vec::new(), Vec::new());
        for key in keys {
            match answer.read(key) {
                ReadKey::Keys(keys) => typed.extend(keys),
                ReadKey::Nothing => {}
                ReadKey::Background(background) => found.push(background),
            }
        }
        (typed, found)
    }

    #[test]
    fn an_answer_is_no_key_and_what_is_typed_around_it_stays() {
        for (text, end, background) in [
            ("11;rgb:1e1e/1e1e/2e2e", bell(), Background::Dark),
            ("11;rgb:ffff/ffff/ffff", alt('\\'), Background::Light),
            ("11;rgb:ff/F0/e0", alt('\\'), Background::Light),
        ] {
            let typed = [KeyCode::Char('j'), KeyCode::Esc].map(KeyEvent::from);
            let all = [vec![typed[0]], keys(text, end), vec![typed[1]]].concat();
            assert_eq!(hear(all), (typed.to_vec(), vec![background]), "{text}");
        }
    }

    #[test]
    fn what_is_no_answer_after_all_is_given_out_in_its_order() {
        for text in ["11;rgb:zz", "12;rgb:00/00/00", "11;rgb:00/00", "11;rgb:0/0/0/0", "j", ""] {
            let all = keys(text, bell());
            assert_eq!(hear(all.clone()), (all, vec![]), "{text}");
        }
        let endless = keys(&format!("11;rgb:{}", "f".repeat(40)), bell());
        assert_eq!(hear(endless.clone()), (endless, vec![]));
    }
}
