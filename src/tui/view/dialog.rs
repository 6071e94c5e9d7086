//! Dialog: one question, what can be answered, and what would follow.

mod words;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::tui::dialog::{Dialog, DialogChoice, around_letter};
use crate::tui::screen_map::MouseTarget;
use crate::tui::text_layout::rows;
use crate::tui::theme::{Letters, Theme};
use crate::tui::view::ViewContext;
use crate::tui::view::dialog::words::{ChoiceNote, DialogText};
use crate::tui::{frame, layout, text_layout};

/// The most lines of a choice.
const CHOICE_ROWS: usize = 2;
/// Columns before the words of a choice.
const INDENT: u16 = 1;
/// Columns before what would follow from it.
const NOTE_INDENT: u16 = 3;

/// What is written in a dialog's box.
struct DialogContent<'a> {
    text: DialogText,
    choices: Vec<(DialogChoice, Option<ChoiceNote>)>,
    marked: usize,
    theme: &'a Theme,
}

/// A dialog's content in lines of one width.
struct DialogLines {
    width: u16,
    text: Vec<String>,
    /// How many lines of the text are seen at once.
    text_rows: u16,
    /// Empty lines below it.
    gap: u16,
    /// The choices with what follows from them, each line with the place of its choice.
    choices: Vec<(Line<'static>, Option<usize>)>,
    /// The last line of the marked choice's words.
    marked: usize,
}

/// Whether choices are set apart by empty lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spacing {
    Wide,
    Dense,
}

/// Draws the question in the middle of `area`, in a box as large as its words. The marked choice is
/// always seen; where room is short only its consequence is said, in fewer words, and the text scrolls.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, dialog: &Dialog, view: ViewContext<'_>) {
    let theme = view.theme;
    let content = DialogContent::new(dialog, view);
    let lines = content.fitted(layout::question_columns(area.width), area.height.saturating_sub(2));
    let size = (lines.width, lines.height());
    let inner = frame::above(frame, area, size, &content.text.title, theme);
    let seen = lines.text_rows.min(inner.height.saturating_sub(1));
    let hidden = lines.text.len().saturating_sub(usize::from(seen));
    let first = dialog.scrolled.min(hidden);
    if hidden > 0 {
        let more = if first < hidden { "PgDn: more" } else { "PgUp: back" };
        frame::foot(frame, frame::place(area, size).area, more, theme);
    }
    for (down, line) in (0..seen).zip(lines.text.iter().skip(first)) {
        frame.render_widget(Line::raw(line.as_str()), frame::row(inner, down));
    }
    let place = frame::below(inner, seen + lines.gap);
    let first = (lines.marked + 1).saturating_sub(usize::from(place.height));
    for (down, (line, index)) in (0..place.height).zip(lines.choices.into_iter().skip(first)) {
        let row = frame::row(place, down);
        if let Some(index) = index {
            view.map.put(row, MouseTarget::Answer(index));
        }
        if usize::from(down) + first == lines.marked {
            view.map.put_cursor(row);
        }
        frame.render_widget(line, row);
    }
}

impl DialogLines {
    fn height(&self) -> u16 {
        self.text_rows + self.gap + rows(self.choices.len())
    }
}

impl<'a> DialogContent<'a> {
    fn new(dialog: &Dialog, view: ViewContext<'a>) -> Self {
        let ViewContext { model, theme, now, .. } = view;
        let note = |choice: &DialogChoice| words::note(&dialog.question, &choice.answer, model, now);
        let choices = dialog.choices().into_iter().map(|choice| {
            let note = note(&choice);
            (choice, note)
        });
        let text = words::text(&dialog.question, model, now);
        Self { text, choices: choices.collect(), marked: dialog.marked, theme }
    }

    /// The content in at most so many columns and rows: all of it where there is room.
    fn fitted(&self, columns: u16, room: u16) -> DialogLines {
        for spacing in [Spacing::Wide, Spacing::Dense] {
            let height = self.lines(columns, spacing).height();
            if height + 2 <= room {
                let widths = self.least_width().min(columns)..columns;
                let as_high = |width: &u16| self.lines(*width, spacing).height() == height;
                return self.lines(widths.into_iter().find(as_high).unwrap_or(columns), spacing);
            }
        }
        self.compact(columns, room)
    }

    /// Columns in which no choice and no title is broken.
    fn least_width(&self) -> u16 {
        let keys = if self.names_keys() { 4 } else { 0 };
        let choices = self.choices.iter().map(|(choice, _)| text_layout::width(&choice.words) + keys);
        let title = text_layout::width(&self.text.title);
        choices.chain([title]).max().unwrap_or(1) + 2 * INDENT
    }

    /// Every line, with what would follow below each choice.
    fn lines(&self, width: u16, spacing: Spacing) -> DialogLines {
        let text: Vec<String> =
            self.text.parts.iter().flat_map(|part| text_layout::wrap(part, width)).collect();
        let (mut choices, mut marked) = (Vec::new(), 0);
        for (index, (choice, note)) in self.choices.iter().enumerate() {
            let is_apart = self.choices.get(index.wrapping_sub(1)).is_some_and(|(_, above)| above.is_some());
            if spacing == Spacing::Wide && (is_apart || index > 0 && note.is_some()) {
                choices.push((Line::default(), None));
            }
            choices.extend(self.choice(index, choice, width));
            if index == self.marked {
                marked = choices.len().saturating_sub(1);
            }
            let note = note
                .iter()
                .flat_map(|note| text_layout::wrap(&note.words, width.saturating_sub(NOTE_INDENT)));
            choices.extend(note.map(|line| (indented(&line), Some(index))));
        }
        let text_rows = rows(text.len());
        DialogLines { width, text, text_rows, gap: u16::from(text_rows > 0), choices, marked }
    }

    /// The choices alone, and above them in few words what would follow from the marked one.
    fn compact(&self, width: u16, room: u16) -> DialogLines {
        let (mut choices, mut marked) = (Vec::new(), 0);
        for (index, (choice, _)) in self.choices.iter().enumerate() {
            choices.extend(self.choice(index, choice, width));
            if index == self.marked {
                marked = choices.len().saturating_sub(1);
            }
        }
        let text = |note: &Option<ChoiceNote>| {
            let note = note.as_ref().map(|note| note.short.as_str());
            let text: Vec<&str> = note.into_iter().chain([self.text.short.as_str()]).collect();
            text_layout::wrap(text.join(" ").trim(), width)
        };
        // The choices do not move when another one is marked.
        let most = self.choices.iter().map(|(_, note)| text(note).len()).max().unwrap_or(0);
        let text = self.choices.get(self.marked).map(|(_, note)| text(note)).unwrap_or_default();
        // The text keeps one row, however many the choices want.
        let text_rows = room.saturating_sub(rows(choices.len())).max(1).min(rows(most));
        DialogLines { width, text, text_rows, gap: 0, choices, marked }
    }

    /// The lines of a choice, with its letter made plain.
    fn choice(&self, index: usize, choice: &DialogChoice, width: u16) -> Vec<(Line<'static>, Option<usize>)> {
        let is_marked = index == self.marked;
        let style = if is_marked { self.theme.choice } else { Style::new() };
        let has_letters = self.choices.iter().any(|(choice, _)| choice.letter.is_some());
        let key = match choice.letter {
            _ if !(self.names_keys() && has_letters) => String::new(),
            Some(letter) => format!("[{letter}] "),
            None => "    ".to_owned(),
        };
        let indent = INDENT + text_layout::width(&key);
        let room = width.saturating_sub(indent + INDENT);
        let lines = text_layout::wrap_into(&choice.words, room, CHOICE_ROWS).into_iter().enumerate();
        let line = |(row, line): (usize, String)| {
            let key = if row == 0 { key.clone() } else { " ".repeat(key.len()) };
            let margin = " ".repeat(usize::from(INDENT));
            let rest = width.saturating_sub(indent + text_layout::width(&line));
            let mut spans = vec![Span::raw(margin + &key)];
            match choice.letter.and_then(|letter| around_letter(&line, letter)) {
                Some((before, letter, after)) if row == 0 && !self.names_keys() => {
                    let plain = if is_marked { Style::new() } else { self.theme.key };
                    let letter = Span::styled(letter.to_owned(), plain.add_modifier(Modifier::UNDERLINED));
                    spans.extend([Span::raw(before.to_owned()), letter, Span::raw(after.to_owned())]);
                }
                Some(_) | None => spans.push(Span::raw(line)),
            }
            spans.push(Span::raw(" ".repeat(usize::from(rest))));
            (Line::from(spans).style(style), Some(index))
        };
        lines.map(line).collect()
    }

    /// Whether a key stands before its words, since nothing else could make it plain.
    fn names_keys(&self) -> bool {
        self.theme.glyphs.letters == Letters::Ascii || self.theme.accent.fg.is_none()
    }
}

fn indented(line: &str) -> Line<'static> {
    Line::raw(format!("{}{line}", " ".repeat(usize::from(NOTE_INDENT))))
}
