//! Frame writer: what differs between two frames goes to the terminal in one piece, and nothing at all
//! where nothing differs.
//!
//! ratatui compares frames too, but checks each cell for more than ours can hold, and sets colours that are
//! set already.

use std::io::{self, Write, stdout};
use std::iter;

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute, SetBackgroundColor, SetForegroundColor, SetUnderlineColor};
use crossterm::terminal::{self, Clear};
use ratatui::backend::{Backend, ClearType, IntoCrossterm, WindowSize};
use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

use crate::tui::text_layout;

/// The backend that collects a frame.
#[derive(Default)]
pub(super) struct FrameWriter {
    bytes: Vec<u8>,
    cursor: Cursor,
    /// The cursor of the last frame that was sent.
    sent: Cursor,
}

/// Where the cursor is, and whether it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Cursor {
    position: Option<Position>,
    is_shown: bool,
}

/// How letters are drawn from here on.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    underline: Color,
    modifier: Modifier,
}

impl Pen {
    const PLAIN: Self =
        Self { fg: Color::Reset, bg: Color::Reset, underline: Color::Reset, modifier: Modifier::empty() };

    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, underline: cell.underline_color, modifier: cell.modifier }
    }

    /// Writes what changes the pen `before` into this one.
    fn write(self, before: Self, out: &mut Vec<u8>) -> io::Result<()> {
        let mut before = before;
        // Attributes are taken away with all the rest.
        if before != Self::PLAIN && (self == Self::PLAIN || !self.modifier.contains(before.modifier)) {
            queue!(out, SetAttribute(Attribute::Reset))?;
            before = Self::PLAIN;
        }
        let added = self.modifier.difference(before.modifier);
        for (_, attribute) in ATTRIBUTES.into_iter().filter(|(modifier, _)| added.contains(*modifier)) {
            queue!(out, SetAttribute(attribute))?;
        }
        if self.fg != before.fg {
            queue!(out, SetForegroundColor(self.fg.into_crossterm()))?;
        }
        if self.bg != before.bg {
            queue!(out, SetBackgroundColor(self.bg.into_crossterm()))?;
        }
        if self.underline != before.underline {
            queue!(out, SetUnderlineColor(self.underline.into_crossterm()))?;
        }
        Ok(())
    }
}

const ATTRIBUTES: [(Modifier, Attribute); 9] = [
    (Modifier::BOLD, Attribute::Bold),
    (Modifier::DIM, Attribute::Dim),
    (Modifier::ITALIC, Attribute::Italic),
    (Modifier::UNDERLINED, Attribute::Underlined),
    (Modifier::SLOW_BLINK, Attribute::SlowBlink),
    (Modifier::RAPID_BLINK, Attribute::RapidBlink),
    (Modifier::REVERSED, Attribute::Reverse),
    (Modifier::HIDDEN, Attribute::Hidden),
    (Modifier::CROSSED_OUT, Attribute::CrossedOut),
];

impl FrameWriter {
    /// Collects what turns a terminal that shows `shown`, where it is not blank, into one that shows `next`.
    pub(super) fn change(&mut self, shown: Option<&Buffer>, next: &Buffer) -> io::Result<()> {
        let mut cells = CellWriter::new(&mut self.bytes);
        match shown {
            Some(shown) => changes(&shown.content, next, |x, y, cell| cells.write(x, y, cell))?,
            None => changes(iter::repeat(&Cell::EMPTY), next, |x, y, cell| cells.write(x, y, cell))?,
        }
        cells.end()
    }

    /// Collects cells with their columns and rows.
    pub(super) fn write_cells<'a>(
        &mut self,
        cells: impl IntoIterator<Item = (u16, u16, &'a Cell)>,
    ) -> io::Result<()> {
        let mut writer = CellWriter::new(&mut self.bytes);
        cells.into_iter().try_for_each(|(x, y, cell)| writer.write(x, y, cell))?;
        writer.end()
    }

    /// Collects that everything is erased, and the cursor hidden: whoever had the terminal left it somewhere.
    pub(super) fn erase(&mut self) -> io::Result<()> {
        (self.cursor, self.sent) = (Cursor::default(), Cursor::default());
        queue!(self.bytes, Hide, Clear(terminal::ClearType::All))
    }

    /// Sends what was collected, if it changes anything, and forgets it.
    pub(super) fn send(&mut self) -> io::Result<()> {
        let bytes = &mut self.bytes;
        if bytes.is_empty() && self.cursor == self.sent {
            return Ok(());
        }
        match (self.sent.is_shown, self.cursor.is_shown) {
            (false, true) => queue!(bytes, Show)?,
            (true, false) => queue!(bytes, Hide)?,
            (true, true) | (false, false) => {}
        }
        // Cells that were written have moved it.
        if let Some(Position { x, y }) = self.cursor.position {
            queue!(bytes, MoveTo(x, y))?;
        }
        self.sent = self.cursor;
        let mut out = stdout().lock();
        let sent = out.write_all(bytes).and_then(|()| out.flush());
        bytes.clear();
        sent
    }
}

/// Where cells are written one after another.
struct CellWriter<'a> {
    out: &'a mut Vec<u8>,
    pen: Pen,
    /// The place behind the last cell, where the terminal is sure to be there.
    here: Option<(u16, u16)>,
}

impl<'a> CellWriter<'a> {
    fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, pen: Pen::PLAIN, here: None }
    }

    fn write(&mut self, x: u16, y: u16, cell: &Cell) -> io::Result<()> {
        if self.here != Some((x, y)) {
            // A move within the row would be shorter, but a VT100 has none.
            queue!(self.out, MoveTo(x, y))?;
        }
        let pen = Pen::of(cell);
        if pen != self.pen {
            pen.write(self.pen, self.out)?;
            self.pen = pen;
        }
        let letter = cell.symbol();
        self.out.extend_from_slice(letter.as_bytes());
        // Terminals do not agree on how far the others go.
        let is_narrow = letter.len() == 1 || text_layout::is_plain(letter);
        self.here = is_narrow.then_some((x + 1, y));
        Ok(())
    }

    fn end(self) -> io::Result<()> {
        if self.pen != Pen::PLAIN { Pen::PLAIN.write(self.pen, self.out) } else { Ok(()) }
    }
}

/// Gives `write` the cells of `next` that have to be written where `shown` is on the terminal, with their columns
/// and rows.
fn changes<'a>(
    shown: impl IntoIterator<Item = &'a Cell>,
    next: &Buffer,
    mut write: impl FnMut(u16, u16, &Cell) -> io::Result<()>,
) -> io::Result<()> {
    let mut shown = shown.into_iter();
    let columns = usize::from(next.area.width).max(1);
    for (y, row) in (0..).zip(next.content.chunks(columns)) {
        // Where the last letter ends, and where the old letters end that were cut by what was written.
        let (mut covered, mut cut) = (0, 0);
        let mut is_written = false;
        for (x, (new, old)) in (0..).zip(row.iter().zip(&mut shown)) {
            if x >= covered {
                let (is_same, is_narrow) = compare(old, new);
                if is_same && is_narrow && x >= cut {
                    is_written = false;
                    continue;
                }
                is_written = x < cut || !is_same;
                covered = x + if is_narrow { 1 } else { width(new) };
                if is_written {
                    write(x, y, new)?;
                }
            }
            if is_written {
                cut = cut.max(x + width(old));
            }
        }
    }
    Ok(())
}

/// Whether two cells look the same, and whether the second one holds a letter of ASCII.
fn compare(old: &Cell, new: &Cell) -> (bool, bool) {
    let is_drawn_alike = Pen::of(old) == Pen::of(new);
    match (old.symbol().as_bytes(), new.symbol().as_bytes()) {
        ([old], [new]) => (is_drawn_alike && old == new, true),
        (old, new) => (is_drawn_alike && old == new, new.len() == 1),
    }
}

/// The columns of a cell's letter.
fn width(cell: &Cell) -> u16 {
    if text_layout::is_plain(cell.symbol()) { 1 } else { cell.cell_width().max(1) }
}

/// Sequences that a frame has beside its cells.
impl Write for FrameWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Backend for FrameWriter {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        self.write_cells(content)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.cursor.is_shown = false;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.cursor.is_shown = true;
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor.position.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.cursor.position = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.erase()
    }

    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        self.erase()
    }

    fn size(&self) -> io::Result<Size> {
        let (width, height) = terminal::size()?;
        Ok(Size { width, height })
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;
    use ratatui::text::{Line, Span};

    use super::*;

    /// Some letters in one style.
    fn span() -> impl Strategy<Value = Span<'static>> {
        let words = proptest::sample::select(&["a", "bc", " ", "   ", "日", "本語", "é", "│", "e\u{301}"]);
        let color =
            proptest::sample::select(&[Color::Reset, Color::Red, Color::Indexed(7), Color::Rgb(1, 2, 3)]);
        let modifier =
            proptest::sample::select(vec![Modifier::empty(), Modifier::BOLD, Modifier::UNDERLINED]);
        (words, color.clone(), color, modifier).prop_map(|(words, fg, bg, modifier)| {
            Span::styled(words, Style::new().fg(fg).bg(bg).add_modifier(modifier))
        })
    }

    /// Two rows of sixteen columns, and perhaps the side of a box over them, which may cut a wide letter.
    fn frame() -> impl Strategy<Value = Buffer> {
        let line = || proptest::collection::vec(span(), 0..10).prop_map(Line::from);
        (line(), line(), proptest::option::of(0..16_u16)).prop_map(|(first, second, side)| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 16, 2));
            buffer.set_line(0, 0, &first, 16);
            buffer.set_line(0, 1, &second, 16);
            for at in side.into_iter().flat_map(|column| [(column, 0), (column, 1)]) {
                buffer.cell_mut(at).expect("a cell").set_symbol("│").set_style(Style::reset());
            }
            buffer
        })
    }

    fn blank_terminal() -> vt100::Parser {
        let [rows, columns] = [2, 16].map(|count| NonZero::new(count).expect("more than none"));
        vt100::Parser::new(rows, columns, 0)
    }

    /// The letter at a place, with its colours, and whether it is bold and underlined.
    fn look(terminal: &vt100::Parser, x: u16, y: u16) -> (String, [vt100::Color; 2], [bool; 2]) {
        let cell = terminal.screen().cell(y, x).expect("on the screen");
        // A cell that was never written is blank too.
        let letter = if cell.has_contents() || cell.is_wide_continuation() { cell.contents() } else { " " };
        (letter.to_owned(), [cell.fgcolor(), cell.bgcolor()], [cell.bold(), cell.underline()])
    }

    proptest! {
        #[test]
        fn a_terminal_shows_each_frame_as_if_it_were_the_first(frames in proptest::collection::vec(frame(), 1..5)) {
            let empty = Buffer::empty(Rect::new(0, 0, 16, 2));
            let mut terminal = blank_terminal();
            let mut shown = None;
            for next in &frames {
                let mut writer = FrameWriter::default();
                writer.change(shown, next).expect("collected");
                terminal.process(&writer.bytes);
                let mut first = FrameWriter::default();
                first.change(Some(&empty), next).expect("collected");
                let mut fresh = blank_terminal();
                fresh.process(&first.bytes);
                for (x, y) in (0..16).flat_map(|x| [(x, 0), (x, 1)]) {
                    prop_assert_eq!(look(&terminal, x, y), look(&fresh, x, y), "{} {}", x, y);
                }
                let rows: Vec<String> = fresh.screen().rows(0, 16).collect();
                for (row, cells) in rows.iter().zip(next.content.chunks(16)) {
                    let mut covered = 0;
                    let letters = cells.iter().enumerate().filter(|(x, cell)| {
                        let is_seen = *x >= covered;
                        covered = covered.max(x + usize::from(width(cell)));
                        is_seen
                    });
                    let letters: String = letters.map(|(_, cell)| cell.symbol()).collect();
                    prop_assert_eq!(row.trim_end(), letters.trim_end());
                }
                shown = Some(next);
            }
        }
    }

    /// Places and symbols of what is written to show `after` in place of `before`.
    fn written(before: &str, after: &str) -> Vec<(u16, String)> {
        let [before, after] = [before, after].map(|line| Buffer::with_lines([line]));
        let mut written = Vec::new();
        let write = |x, _, cell: &Cell| {
            written.push((x, cell.symbol().to_owned()));
            Ok(())
        };
        changes(&before.content, &after, write).expect("collected");
        written
    }

    #[test]
    fn what_is_the_same_is_not_written_and_what_a_wide_letter_leaves_behind_is() {
        for (before, after, cells) in [
            ("abc", "abc", &[][..]),
            ("abc", "axc", &[(1, "x")]),
            ("日本", "日本", &[]),
            ("日本", "日x ", &[(2, "x"), (3, " ")]),
            ("日 ", "a  ", &[(0, "a"), (1, " ")]),
            ("a日 ", "日  ", &[(0, "日"), (2, " ")]),
            ("ab本", "日本", &[(0, "日")]),
        ] {
            let cells: Vec<(u16, String)> = cells.iter().map(|(x, text)| (*x, (*text).to_owned())).collect();
            assert_eq!(written(before, after), cells, "{before} {after}");
        }
    }

    #[test]
    fn a_style_is_written_once_and_taken_away_at_the_end() {
        let mut line = Buffer::with_lines(["plain red bold plain"]);
        line.set_style(Rect::new(6, 0, 3, 1), Style::new().fg(Color::Indexed(1)));
        line.set_style(Rect::new(10, 0, 4, 1), Style::new().fg(Color::Indexed(1)).bold());
        let mut writer = FrameWriter::default();
        writer.change(None, &line).expect("collected");
        let text = String::from_utf8(writer.bytes).expect("text");
        let red = "\u{1b}[38;5;1m";
        let wanted =
            format!("\u{1b}[1;1Hplain\u{1b}[1;7H{red}red\u{1b}[1;11H\u{1b}[1mbold\u{1b}[1;16H\u{1b}[0mplain");
        assert_eq!(text, wanted);
    }

    #[test]
    fn a_frame_counts_where_it_changes_a_cell_or_the_cursor() {
        let mut writer = FrameWriter::default();
        let mut counts = |change: &dyn Fn(&mut FrameWriter)| {
            change(&mut writer);
            let counts = !writer.bytes.is_empty() || writer.cursor != writer.sent;
            writer.bytes.clear();
            writer.sent = writer.cursor;
            counts
        };
        let cell = Cell::new("x");
        assert!(counts(&|writer| writer.write_cells([(0, 0, &cell)]).expect("collected")));
        assert!(!counts(&|writer| writer.write_cells([]).expect("collected")));
        assert!(counts(&|writer| writer.set_cursor_position((3, 4)).expect("collected")));
        assert!(!counts(&|writer| writer.set_cursor_position((3, 4)).expect("collected")));
        assert!(counts(&|writer| writer.show_cursor().expect("collected")));
        assert!(counts(&|writer| writer.erase().expect("collected")));
    }
}
