//! Text field of one line, masked where it takes a secret.
//!
//! What was typed is wiped when the field goes. A masked text never moves meanwhile, so that no
//! copy stays behind: its room is there from the start, and nothing of it can be cut and put back.
//! What nobody here can wipe are the single keys and pastes on their way through the terminal.

use std::{fmt, mem};

use crossterm::event::{Event, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use tui_input::backend::crossterm::to_input_request;
use tui_input::{Input, InputRequest};
use unicode_width::UnicodeWidthStr;
use zeroize::Zeroizing;

use crate::domain::secret::{Ends, Secret};
use crate::domain::text;
use crate::tui::text_layout;
use crate::tui::theme::Theme;

/// The most characters a field takes.
const FIELD_LIMIT: usize = 8192;

/// The most bytes a character takes.
const CHAR_BYTES: usize = 4;

/// A one-line text field.
pub struct Field {
    input: Input,
    sight: Sight,
    /// Of what was pasted.
    ends: Ends,
    /// Whether its text is a proposal, which the first thing typed replaces.
    is_proposal: bool,
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
        Self { input: line(text, sight), sight, ends: Ends::Clean, is_proposal: false }
    }

    /// A field that proposes `text`, drawn as selected: typing or deleting replaces it, a key that
    /// moves keeps it.
    #[must_use]
    pub fn proposing(text: &str) -> Self {
        let mut field = Self::new(text, Sight::Clear);
        field.is_proposal = !text.is_empty();
        field
    }

    /// Takes a key; keys that mean nothing to a text field are ignored.
    pub fn press(&mut self, key: KeyEvent) {
        let Some(request) = to_input_request(&Event::Key(key)) else { return };
        let was_proposal = mem::take(&mut self.is_proposal);
        if was_proposal && matches!(request, InputRequest::InsertChar(_)) {
            self.clear();
        }
        if was_proposal && matches!(request, InputRequest::DeletePrevChar | InputRequest::DeleteNextChar) {
            return self.clear();
        }
        match self.sight {
            Sight::Clear => drop(self.input.handle(request)),
            Sight::Masked => self.alter_unseen(request),
        }
    }

    fn clear(&mut self) {
        self.input.handle(InputRequest::DeleteLine);
    }

    /// Words cannot be seen here, and what is cut would be kept elsewhere: all on that side goes.
    fn alter_unseen(&mut self, request: InputRequest) {
        let count = self.input.value().chars().count();
        let before = self.input.cursor();
        let (request, times) = match request {
            InputRequest::InsertChar(_) if count >= FIELD_LIMIT => return,
            InputRequest::Yank => return,
            InputRequest::DeletePrevWord | InputRequest::DeleteFromStart => {
                (InputRequest::DeletePrevChar, before)
            }
            InputRequest::DeleteNextWord | InputRequest::DeleteTillEnd => {
                (InputRequest::DeleteNextChar, count.saturating_sub(before))
            }
            InputRequest::DeleteLine => {
                self.input.handle(InputRequest::GoToEnd);
                (InputRequest::DeletePrevChar, count)
            }
            InputRequest::InsertChar(_)
            | InputRequest::SetCursor(_)
            | InputRequest::GoToPrevChar
            | InputRequest::GoToNextChar
            | InputRequest::GoToPrevWord
            | InputRequest::GoToNextWord
            | InputRequest::GoToStart
            | InputRequest::GoToEnd
            | InputRequest::DeletePrevChar
            | InputRequest::DeleteNextChar => (request, 1),
        };
        for _ in 0..times {
            self.input.handle(request);
        }
    }

    /// Takes a pasted text, without line ends and anything else that is no character. In a masked
    /// field nobody would see that something is missing, so there a mark takes its place, which no
    /// secret may have.
    pub fn paste(&mut self, pasted: &Secret) {
        if !pasted.is_empty() && mem::take(&mut self.is_proposal) {
            self.clear();
        }
        let room = FIELD_LIMIT.saturating_sub(self.input.value().chars().count());
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

    /// The same with white space at its ends, which may belong to it.
    #[must_use]
    pub fn as_typed(&self) -> Secret {
        Secret::new(self.input.value())
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

    /// Draws the field behind `prompt` on the first row of `area`, and puts the cursor into it.
    pub fn render(&self, frame: &mut Frame<'_>, area: Rect, prompt: &str, theme: &Theme) {
        let indent = text_layout::width(prompt);
        if area.height == 0 || area.width <= indent {
            return;
        }
        let (seen, cursor) = self.seen(area.width - indent);
        let style = if self.is_proposal { theme.choice } else { Style::new() };
        let line = Line::from(vec![Span::styled(prompt, theme.accent), Span::styled(seen, style)]);
        frame.render_widget(line, Rect { height: 1, ..area });
        frame.set_cursor_position((area.x + indent + cursor.min(area.width - indent - 1), area.y));
    }

    /// What is seen in `width` columns, with a sign at each end where more is hidden, and the column of the
    /// cursor.
    #[must_use]
    pub fn seen(&self, width: u16) -> (String, u16) {
        let (value, cursor) = (self.input.value(), self.input.cursor());
        let (mut left, right) = match self.sight {
            Sight::Clear => {
                let at = value.char_indices().nth(cursor).map_or(value.len(), |(at, _)| at);
                let (before, after) = value.split_at_checked(at).unwrap_or((value, ""));
                (text::clean(before, FIELD_LIMIT), text::clean(after, FIELD_LIMIT))
            }
            Sight::Masked => {
                let after = value.chars().count().saturating_sub(cursor);
                ("•".repeat(cursor), "•".repeat(after))
            }
        };
        let room = usize::from(width.saturating_sub(1));
        if left.width() > room {
            while left.width() + 1 > room && !left.is_empty() {
                left.remove(0);
            }
            left.insert(0, '…');
        }
        let column = u16::try_from(left.width()).unwrap_or(width);
        let right = text_layout::cut(&right, width.saturating_sub(column));
        (left + &right, column)
    }
}

/// A line that holds `text`, with all the room that a masked one may need.
fn line(text: &str, sight: Sight) -> Input {
    let room = match sight {
        Sight::Clear => text.len(),
        Sight::Masked => FIELD_LIMIT * CHAR_BYTES,
    };
    let mut value = String::with_capacity(room.max(text.len()));
    value.push_str(text);
    Input::new(value)
}

impl Clone for Field {
    fn clone(&self) -> Self {
        let input = line(self.input.value(), self.sight).with_cursor(self.input.cursor());
        Self { input, sight: self.sight, ends: self.ends, is_proposal: self.is_proposal }
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        drop(Zeroizing::new(String::from(mem::take(&mut self.input))));
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
    use crossterm::event::{KeyCode, KeyModifiers};

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
    fn a_masked_text_stays_where_it_is_until_it_is_wiped() {
        let mut field = Field::new("", Sight::Masked).clone();
        let place = field.input.value().as_ptr();
        field.paste(&Secret::new("\u{1f511}".repeat(2 * FIELD_LIMIT)));
        field.press(KeyCode::Char('x').into());
        assert_eq!(field.input.value().chars().count(), FIELD_LIMIT, "no key makes it longer");
        assert_eq!(field.input.value().as_ptr(), place);
    }

    #[test]
    fn nothing_of_a_masked_text_can_be_cut_and_put_back() {
        for (key, left) in [
            (KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL), ""),
            (KeyEvent::new(KeyCode::Char('w'), KeyModifiers::CONTROL), "r2"),
            (KeyEvent::new(KeyCode::Char('k'), KeyModifiers::CONTROL), "hunte"),
            (KeyEvent::new(KeyCode::Delete, KeyModifiers::CONTROL), "hunte"),
            (KeyCode::Backspace.into(), "huntr2"),
        ] {
            let mut field = Field::new("hunter2", Sight::Masked);
            field.press(KeyCode::Left.into());
            field.press(KeyCode::Left.into());
            field.press(key);
            field.press(KeyEvent::new(KeyCode::Char('y'), KeyModifiers::CONTROL));
            assert_eq!(field.secret(), Secret::new(left), "{key:?}");
        }
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
    fn typing_replaces_a_proposal_and_moving_keeps_it() {
        for (keys, text) in [
            (&[KeyCode::Char('w')][..], "w"),
            (&[KeyCode::Backspace, KeyCode::Char('w')], "w"),
            (&[KeyCode::End, KeyCode::Char('2')], "default2"),
            (&[], "default"),
        ] {
            let mut field = Field::proposing("default");
            for key in keys {
                field.press((*key).into());
            }
            assert_eq!(field.text(), text, "{keys:?}");
        }
        let mut field = Field::proposing("default");
        field.paste(&Secret::new("home"));
        assert_eq!(field.text(), "home");
    }

    #[test]
    fn a_long_text_is_seen_around_the_cursor() {
        let mut field = Field::new("0123456789", Sight::Clear);
        assert_eq!(field.seen(5), ("…789".to_owned(), 4));
        for _ in 0..4 {
            field.press(KeyCode::Left.into());
        }
        assert_eq!(field.seen(5), ("…345…".to_owned(), 4));
        field.press(KeyCode::Home.into());
        assert_eq!(field.seen(5), ("0123…".to_owned(), 0));
        assert_eq!(field.seen(10), ("0123456789".to_owned(), 0));
    }
}
