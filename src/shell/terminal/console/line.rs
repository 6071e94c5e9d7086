//! Line editor: from the bytes of a terminal or of a pipe to one line.
//!
//! A terminal is read byte by byte, since its own lines are cut (4,095 bytes on Linux, 1,023 on
//! macOS). What is pasted between the brackets of a bracketed paste is taken as it is, line ends
//! too; a line end behind it ends the line.

use zeroize::Zeroizing;

/// The most bytes of a line.
const LINE_LIMIT: usize = 64 * 1024;
/// The longest line that a terminal keeps on its own; what goes beyond it is lost.
const TERMINAL_LINE_LIMIT: usize = if cfg!(target_os = "macos") { 1023 } else { 4095 };
const PASTE_BEGINS: &[u8] = b"200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// What the bytes come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InputKind {
    Terminal,
    Pipe,
}

/// What the bytes came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    Line(Zeroizing<String>),
    /// A line that cannot be used, and why.
    Unusable(&'static str),
    /// Esc or Ctrl-C.
    Refused,
    /// Ctrl-D.
    Closed,
    /// Ctrl-Z.
    Stopped,
}

/// What is awaited next.
#[derive(Debug, PartialEq, Eq)]
enum Awaited {
    Text,
    Escape,
    Sequence(Vec<u8>),
    Paste,
}

/// A line while it is typed, and what was typed behind it.
pub(super) struct LineEditor {
    kind: InputKind,
    state: Awaited,
    text: Zeroizing<Vec<u8>>,
    behind: Zeroizing<Vec<u8>>,
    is_too_long: bool,
    /// Whether the terminal itself kept what comes first.
    was_kept: bool,
}

impl LineEditor {
    pub(super) fn new(kind: InputKind) -> Self {
        Self {
            kind,
            state: Awaited::Text,
            text: Zeroizing::default(),
            behind: Zeroizing::default(),
            is_too_long: false,
            was_kept: false,
        }
    }

    /// Says that the first line was typed before the terminal was read byte by byte.
    pub(super) fn was_kept(&mut self) {
        self.was_kept = true;
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.behind.extend_from_slice(bytes);
    }

    /// The text that was typed so far, to be shown.
    pub(super) fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(String::from_utf8_lossy(&self.text).into_owned())
    }

    /// What the bytes that were pushed come to; nothing while more are wanted.
    pub(super) fn typed(&mut self) -> Option<Typed> {
        let bytes = std::mem::take(&mut self.behind);
        let mut left = bytes.iter();
        while let Some(byte) = left.next() {
            if let Some(typed) = self.take(*byte) {
                self.behind.extend_from_slice(left.as_slice());
                return Some(typed);
            }
        }
        if self.state == Awaited::Escape {
            // Keys that send a sequence send it at once.
            self.state = Awaited::Text;
            return Some(self.ended(Typed::Refused));
        }
        None
    }

    /// The line that the end of a pipe ends.
    pub(super) fn last(&mut self) -> Option<Typed> {
        (self.kind == InputKind::Pipe && !self.text.is_empty()).then(|| self.line())
    }

    fn take(&mut self, byte: u8) -> Option<Typed> {
        match (&mut self.state, self.kind) {
            (Awaited::Text, InputKind::Pipe) if byte == b'\n' => return Some(self.line()),
            (Awaited::Text, InputKind::Pipe) => self.keep(byte),
            (Awaited::Text, InputKind::Terminal) => return self.press(byte),
            (Awaited::Escape, _) => match byte {
                b'[' | b'O' => self.state = Awaited::Sequence(Vec::new()),
                b'\x1b' => {}
                _ => self.state = Awaited::Text,
            },
            (Awaited::Sequence(sequence), _) => {
                sequence.push(byte);
                if (0x40..=0x7e).contains(&byte) {
                    let pastes = sequence == PASTE_BEGINS;
                    self.state = if pastes { Awaited::Paste } else { Awaited::Text };
                }
            }
            (Awaited::Paste, _) => {
                self.keep(byte);
                if self.text.ends_with(PASTE_ENDS) {
                    self.state = Awaited::Text;
                    let length = self.text.len() - PASTE_ENDS.len();
                    self.text.truncate(length);
                    if matches!(self.text.last(), Some(b'\n' | b'\r')) {
                        self.text.pop();
                        return Some(self.line());
                    }
                }
            }
        }
        None
    }

    fn press(&mut self, byte: u8) -> Option<Typed> {
        match byte {
            b'\n' | b'\r' => return Some(self.line()),
            b'\x1b' => self.state = Awaited::Escape,
            // Ctrl-C, where it is no signal.
            0x03 => return Some(self.ended(Typed::Refused)),
            // Ctrl-D.
            0x04 => return Some(self.ended(Typed::Closed)),
            // Ctrl-Z.
            0x1a => return Some(Typed::Stopped),
            // Backspace, and Ctrl-H.
            0x7f | 0x08 => while self.text.pop().is_some_and(|byte| (0x80..0xc0).contains(&byte)) {},
            // Ctrl-U.
            0x15 => self.text.clear(),
            // Ctrl-W.
            0x17 => {
                let word = self.text.trim_ascii_end();
                let start = word.iter().rposition(|byte| *byte == b' ').map_or(0, |space| space + 1);
                self.text.truncate(start);
            }
            // Characters that a caller cannot use are for the caller to refuse.
            b'\t' | b' '.. => self.keep(byte),
            _ => {}
        }
        None
    }

    fn keep(&mut self, byte: u8) {
        self.text.push(byte);
        if self.text.len() > 2 * LINE_LIMIT {
            // The end of a paste must still be seen.
            self.text.drain(..LINE_LIMIT);
            self.is_too_long = true;
        }
    }

    fn line(&mut self) -> Typed {
        let bytes = std::mem::take(&mut self.text);
        let was_kept = std::mem::take(&mut self.was_kept);
        let is_too_long = std::mem::take(&mut self.is_too_long);
        if is_too_long || bytes.len() > LINE_LIMIT {
            return Typed::Unusable("it is longer than 64 KiB");
        }
        if was_kept && bytes.len() >= TERMINAL_LINE_LIMIT {
            return Typed::Unusable("the terminal cut it; paste it again");
        }
        match str::from_utf8(&bytes) {
            Ok(text) => Typed::Line(Zeroizing::new(text.to_owned())),
            Err(_) => Typed::Unusable("it is not UTF-8 text"),
        }
    }

    /// Forgets the line.
    fn ended(&mut self, typed: Typed) -> Typed {
        self.text = Zeroizing::default();
        self.is_too_long = false;
        typed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_ends_with_enter_and_can_be_corrected() {
        let line = |text: &str| Some(Typed::Line(Zeroizing::new(text.to_owned())));
        let long = "x".repeat(5000);
        for (keys, typed) in [
            ("a b\r", line("a b")),
            ("a\n", line("a")),
            ("xy\x15a\n", line("a")),
            ("ab\x7f\r", line("a")),
            ("aé\x08\r", line("a")),
            ("\x7fa\r", line("a")),
            ("one two \x17\r", line("one ")),
            ("one\x17a\r", line("a")),
            ("\t\x1b[D\x1bOA\x1b[1;5Cb\r", line("\tb")),
            ("\x01a\r", line("a")),
            ("a\x03b\r", Some(Typed::Refused)),
            ("a\x04", Some(Typed::Closed)),
            ("a\x1a", Some(Typed::Stopped)),
            ("a\x1b", Some(Typed::Refused)),
            ("a", None),
            // Pastes.
            ("\x1b[200~a\x1b[201~b\r", line("ab")),
            ("\x1b[200~a\nb\n\x1b[201~", line("a\nb")),
            ("\x1b[200~a\x15\x03\x1b[31m\x1b[201~\r", line("a\x15\x03\x1b[31m")),
            ("\x1b[200~a\n", None),
            (&format!("{long}\r"), line(&long)),
            (
                &format!("\x1b[200~{}\n\x1b[201~", long.repeat(40)),
                Some(Typed::Unusable("it is longer than 64 KiB")),
            ),
            (&format!("{}\r", long.repeat(14)), Some(Typed::Unusable("it is longer than 64 KiB"))),
        ] {
            let mut whole = LineEditor::new(InputKind::Terminal);
            whole.push(keys.as_bytes());
            assert_eq!(whole.typed(), typed, "{keys:.80?}");
            // However the bytes are cut, but for an Esc, which would be one on its own.
            let mut each = LineEditor::new(InputKind::Terminal);
            let found = keys.split_inclusive(|char| char != '\x1b').find_map(|piece| {
                each.push(piece.as_bytes());
                each.typed()
            });
            assert_eq!(found, typed, "{keys:.80?}");
        }
    }

    #[test]
    fn lines_that_come_together_are_given_one_by_one() {
        let line = |text: &str| Some(Typed::Line(Zeroizing::new(text.to_owned())));
        for kind in [InputKind::Terminal, InputKind::Pipe] {
            let mut lines = LineEditor::new(kind);
            lines.push(b"one\ntwo\nthr");
            assert_eq!((lines.typed(), lines.typed(), lines.typed()), (line("one"), line("two"), None));
            lines.push(b"ee\n");
            assert_eq!((lines.typed(), lines.typed(), lines.last()), (line("three"), None, None));
        }
    }

    #[test]
    fn a_pipe_is_taken_as_it_is_to_its_end() {
        let mut lines = LineEditor::new(InputKind::Pipe);
        lines.push(b"a\x1b[D\x03\x7f\r");
        assert_eq!(lines.typed(), None);
        assert_eq!(lines.last(), Some(Typed::Line(Zeroizing::new("a\x1b[D\x03\x7f\r".to_owned()))));
        lines.push(b"\xff\n");
        assert_eq!(lines.typed(), Some(Typed::Unusable("it is not UTF-8 text")));
        assert_eq!(lines.last(), None);
    }

    #[test]
    fn what_the_terminal_itself_cut_is_no_line() {
        for (length, cut) in [(TERMINAL_LINE_LIMIT - 1, false), (TERMINAL_LINE_LIMIT, true)] {
            let mut line = LineEditor::new(InputKind::Terminal);
            line.was_kept();
            line.push(format!("{0}\n{0}\n", "x".repeat(length)).as_bytes());
            assert_eq!(line.typed() == Some(Typed::Unusable("the terminal cut it; paste it again")), cut);
            assert!(matches!(line.typed(), Some(Typed::Line(_))), "only the first was");
        }
    }
}
