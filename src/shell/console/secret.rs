//! A secret that a person types unseen, or that a pipe hands over. It is never an argument.

#[cfg(unix)]
use std::fs::File;
use std::io::{self, Read, Write};
use std::time::Duration;

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use tokio::time::sleep;
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::shell::console::prompt;

/// The most bytes of a secret that are read.
const LARGEST: u64 = 64 * 1024;
/// How long a typed secret's keys may wait.
const BETWEEN_KEYS: Duration = Duration::from_millis(20);

/// Asks for a secret; what is typed is not shown, and comes as it was typed. Nothing when the
/// person presses Ctrl-C, Ctrl-D or Esc. The terminal is restored also when nobody waits for the
/// answer any more.
///
/// # Errors
/// When the terminal cannot be used.
pub async fn ask_secret(question: &str) -> io::Result<Option<Secret>> {
    // Before the question: who answers at once must not be echoed.
    let unseen = Unseen::begin()?;
    prompt(question);
    let mut typed = Typed::default();
    let answer = loop {
        // In a thread of its own a read could not be given up, and would take what comes after.
        while event::poll(Duration::ZERO)? {
            if let Event::Key(key) = event::read()? {
                typed.press(key);
            }
        }
        if let Some(answer) = typed.answer() {
            break answer;
        }
        sleep(BETWEEN_KEYS).await;
    };
    drop(unseen);
    Ok(answer)
}

/// The terminal without echo. Dropping it restores the terminal and ends the line.
struct Unseen;

impl Unseen {
    fn begin() -> io::Result<Self> {
        enable_raw_mode().map(|()| Self)
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        // A terminal that is gone cannot be restored, and nobody sees it.
        let _ = disable_raw_mode();
        let _ = writeln!(io::stderr().lock());
    }
}

/// What was typed of a secret.
#[derive(Default)]
struct Typed {
    text: Zeroizing<String>,
    end: Option<End>,
}

/// How the typing ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Given,
    Refused,
}

impl Typed {
    fn press(&mut self, key: KeyEvent) {
        if key.kind == KeyEventKind::Release || self.end.is_some() {
            return;
        }
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match (key.code, ctrl) {
            // What was typed before the echo stopped ends with the other line end, Ctrl-J.
            (KeyCode::Enter, _) | (KeyCode::Char('j'), true) => self.end = Some(End::Given),
            (KeyCode::Esc, _) | (KeyCode::Char('c' | 'd'), true) => self.end = Some(End::Refused),
            (KeyCode::Char('u'), true) => self.text.clear(),
            (KeyCode::Backspace, _) | (KeyCode::Char('h'), true) => drop(self.text.pop()),
            // It is for whoever takes the secret to refuse what no secret holds.
            (KeyCode::Tab, _) => self.text.push('\t'),
            (KeyCode::Char(char), false) => self.text.push(char),
            (_, _) => {}
        }
    }

    fn answer(&self) -> Option<Option<Secret>> {
        self.end.map(|end| (end == End::Given).then(|| Secret::new(self.text.as_str())))
    }
}

/// Reads a secret from standard input, to its end.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn secret_from_input() -> Result<Secret, String> {
    secret_of(io::stdin().lock(), "standard input")
}

/// Reads a secret from an open file descriptor, to its end.
///
/// # Errors
/// A sentence that says what is wrong.
#[cfg(unix)]
pub fn secret_from_descriptor(number: u32) -> Result<Secret, String> {
    let name = format!("file descriptor {number}");
    // Opened by its name: nobody here can take a number for a descriptor of ours.
    let file = File::open(format!("/dev/fd/{number}"));
    secret_of(file.map_err(|error| format!("cannot read {name}: {error}"))?, &name)
}

/// Says that there are no numbered descriptors here.
///
/// # Errors
/// Always.
#[cfg(not(unix))]
pub fn secret_from_descriptor(_number: u32) -> Result<Secret, String> {
    Err("this system has no numbered file descriptors; give the secret by standard input".to_owned())
}

/// All that `from` holds, without one line end behind it.
fn secret_of(from: impl Read, name: &str) -> Result<Secret, String> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = from.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot read {name}: {error}"))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST {
        return Err(format!("{name} holds more than 64 KiB, which is no secret"));
    }
    let text = str::from_utf8(&bytes).map_err(|_| format!("{name} holds no UTF-8 text"))?;
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(Secret::new(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_exactly_but_for_one_line_end() {
        for (bytes, secret) in [
            (&b"a+/&=% b"[..], Ok("a+/&=% b")),
            (b" a \n", Ok(" a ")),
            (b"a\r\n", Ok("a")),
            (b"a\n\n", Ok("a\n")),
            (b"a\r", Ok("a\r")),
            (b"", Ok("")),
            (b"\n", Ok("")),
            (b"\xff", Err("pipe holds no UTF-8 text")),
            (&[b'a'; 65_537], Err("pipe holds more than 64 KiB, which is no secret")),
        ] {
            assert_eq!(secret_of(bytes, "pipe"), secret.map(Secret::new).map_err(String::from));
        }
        assert!(secret_of(&[b'a'; 65_536][..], "pipe").is_ok());
    }

    #[test]
    fn what_is_typed_ends_with_enter_and_can_be_corrected() {
        let ctrl = |char| KeyEvent::new(KeyCode::Char(char), KeyModifiers::CONTROL);
        let key = |code| KeyEvent::new(code, KeyModifiers::NONE);
        let typed = |text: &str| text.chars().map(|char| key(KeyCode::Char(char))).collect::<Vec<_>>();
        let enter = vec![key(KeyCode::Enter)];
        for (keys, answer) in [
            ([typed("a b"), enter.clone()].concat(), Some(Some("a b"))),
            ([typed("xy"), vec![ctrl('u')], typed("a"), vec![ctrl('j')]].concat(), Some(Some("a"))),
            ([typed("ab"), vec![key(KeyCode::Backspace)], enter.clone()].concat(), Some(Some("a"))),
            ([vec![key(KeyCode::Tab), key(KeyCode::Left)], enter.clone()].concat(), Some(Some("\t"))),
            ([typed("a"), vec![ctrl('c')], typed("b"), enter].concat(), Some(None)),
            (vec![key(KeyCode::Esc)], Some(None)),
            (typed("a"), None),
        ] {
            let mut all = Typed::default();
            keys.into_iter().for_each(|key| all.press(key));
            assert_eq!(all.answer(), answer.map(|answer| answer.map(Secret::new)));
        }
    }
}
