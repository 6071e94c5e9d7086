//! A one-line text field, masked where it takes a secret.

use std::fmt;

use crossterm::event::{Event, KeyEvent};
use tui_input::backend::crossterm::EventHandler;
use tui_input::{Input, InputRequest};
use unicode_width::UnicodeWidthStr;

use crate::domain::secret::{Ends, Secret};
use crate::domain::text;

/// The most characters a field takes.
const LONGEST: usize = 8192;

/// A one-line text field.
#[derive(Clone)]
pub struct Field {
    input: Input,
    sight: Sight,
    /// Of what was pasted.
    ends: Ends,
}

/// Whether what is typed can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// It can.
    Clear,
    /// Each character shows as a dot.
    Masked,
}

impl Field {
    /// A field that begins with `text`.
    #[must_use]
    pub fn new(text: &str, sight: Sight) -> Self {
        Self { input: Input::new(text.to_owned()), sight, ends: Ends::Clean }
    }

    /// Takes a key; keys that mean nothing to a text field are ignored.
    pub fn press(&mut self, key: KeyEvent) {
        self.input.handle_event(&Event::Key(key));
    }

    /// Takes a pasted text, without line ends and anything else that is no character. In a masked
    /// field nobody would see that something is missing, so there a mark takes its place, which no
    /// secret may have.
    pub fn paste(&mut self, pasted: &Secret) {
        let room = LONGEST.saturating_sub(self.input.value().chars().count());
        let pasted = match self.sight {
            Sight::Clear => pasted.expose(),
            Sight::Masked => {
                let (whole, trimmed) = (pasted.expose(), pasted.expose().trim());
                if trimmed.len() < whole.len() {
                    self.ends = Ends::Trimmed;
                }
                trimmed
            }
        };
        let chars = pasted.chars().filter_map(|char| match (text::is_hostile(char), self.sight) {
            (false, _) => Some(char),
            (true, Sight::Clear) => None,
            (true, Sight::Masked) => Some(text::MARK),
        });
        for char in chars.take(room) {
            self.input.handle(InputRequest::InsertChar(char));
        }
    }

    /// Whether white space at the ends of what was typed or pasted is left out.
    #[must_use]
    pub fn is_trimmed(&self) -> bool {
        let value = self.input.value();
        !self.is_empty() && (self.ends == Ends::Trimmed || value.trim() != value)
    }

    /// What was typed, as a secret.
    #[must_use]
    pub fn secret(&self) -> Secret {
        Secret::new(self.input.value().trim())
    }

    /// What was typed, where it can be seen; nothing of a masked field.
    #[must_use]
    pub fn text(&self) -> &str {
        match self.sight {
            Sight::Clear => self.input.value().trim(),
            Sight::Masked => "",
        }
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.input.value().trim().is_empty()
    }

    /// What is seen in `width` columns, and the column of the cursor.
    #[must_use]
    pub fn seen(&self, width: u16) -> (String, u16) {
        let shown = |text: &str| match self.sight {
            Sight::Clear => text::clean(text, LONGEST),
            Sight::Masked => "•".repeat(text.chars().count()),
        };
        let before: String = self.input.value().chars().take(self.input.cursor()).collect();
        let after: String = self.input.value().chars().skip(self.input.cursor()).collect();
        let mut left = shown(&before);
        let room = usize::from(width.saturating_sub(1));
        while left.width() > room {
            left.remove(0);
        }
        let column = u16::try_from(left.width()).unwrap_or(width);
        (left + &shown(&after), column)
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.sight == other.sight
            && self.input.value() == other.input.value()
            && self.input.cursor() == other.input.cursor()
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Field(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_field_shows_dots_and_gives_its_text_only_as_a_secret() {
        let mut field = Field::new("", Sight::Masked);
        field.paste(&Secret::new("hunter2\n"));
        assert_eq!(field.seen(20), ("•••••••".to_owned(), 7));
        assert_eq!((field.text(), field.secret()), ("", Secret::new("hunter2")));
        assert_eq!(format!("{field:?}"), "Field(…)");
    }

    #[test]
    fn a_masked_field_says_what_it_left_out_and_keeps_what_cannot_be_right() {
        for (pasted, trimmed, secret) in [
            ("key", false, "key"),
            (" key\n", true, "key"),
            ("one\ntwo", false, "one\u{fffd}two"),
            ("\u{200b}key", false, "\u{fffd}key"),
        ] {
            let mut field = Field::new("", Sight::Masked);
            field.paste(&Secret::new(pasted));
            assert_eq!((field.is_trimmed(), field.secret()), (trimmed, Secret::new(secret)), "{pasted:?}");
        }
    }

    #[test]
    fn a_long_text_is_seen_around_the_cursor() {
        let field = Field::new("0123456789", Sight::Clear);
        assert_eq!(field.seen(5), ("6789".to_owned(), 4));
    }
}
