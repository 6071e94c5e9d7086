//! Theme: styles by role, and the glyphs.
//!
//! A role says what a thing means, never where it stands. Text keeps the terminal's own colour;
//! [`palette`] has the colours of the roles. Nothing that says a fact is faint.

pub mod own;
pub mod palette;
pub mod terminal;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Style};
use ratatui::symbols::border;

use crate::domain::text;
use crate::tui::text_layout;

/// Styles by role, and the glyphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// It is well.
    pub good: Style,
    /// It will need somebody soon.
    pub warn: Style,
    /// It needs somebody.
    pub bad: Style,
    /// It matters less than what stands beside it, and is read all the same.
    pub muted: Style,
    /// It is going on, or is where the eye should be.
    pub accent: Style,
    /// It is a key to press.
    pub key: Style,
    /// It is the row that keys act on. A tint where there are colours, which keeps those of the
    /// text: put it over the row without a reset.
    pub selected: Style,
    /// It is the one of some buttons that Enter takes.
    pub choice: Style,
    /// It is the name of what follows.
    pub strong: Style,
    /// It is the name of a group of rows.
    pub section: Style,
    /// It frames or divides; nothing is read there.
    pub border: Style,
    /// It frames what keys act on.
    pub border_focused: Style,
    /// It is the empty part of a bar.
    pub track: Style,
    /// It is a row that has just changed.
    pub flash: Style,
    /// It is text without a role, and what lies behind all text; empty where those of the terminal fit.
    pub ground: Style,
    /// Style of a QR code: dark on light in every theme, as cameras need it.
    pub paper: Style,
    pub glyphs: Glyphs,
}

/// The glyphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    pub shape: Shape,
    /// Which characters may reach the terminal.
    pub letters: Letters,
    /// One for each state.
    pub states: States,
    /// One for each mark of a login's step.
    pub steps: Marks,
    /// The signs of the timeline.
    pub timeline: TimelineGlyphs,
    /// The frame of a box.
    pub border: border::Set<'static>,
    pub gauge: GaugeGlyphs,
    /// Stands before a row that needs somebody.
    pub edge: &'static str,
    /// Stands before a marked row.
    pub mark: &'static str,
    /// Stands before the selected row, and before what must be done.
    pub selection: &'static str,
}

/// A column of a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GaugeGlyphs {
    pub full: &'static str,
    /// The one half of it, at the end.
    pub half: &'static str,
    pub track: &'static str,
}

/// What is drawn beside words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Boxes, bars and pictures.
    Drawn,
    /// Nothing: a screen reader reads whatever stands in a cell.
    Words,
}

/// Which characters may reach the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// All.
    Unicode,
    /// Seven bits.
    Ascii,
}

/// One glyph for each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct States {
    pub no_clock: &'static str,
    pub fresh: &'static str,
    pub aging: &'static str,
    pub due: &'static str,
    pub failed: &'static str,
    pub needs_login: &'static str,
    pub revoked_here: &'static str,
    pub refreshing: &'static str,
    pub unreadable: &'static str,
}

/// The signs of the timeline that stand for no state and no step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimelineGlyphs {
    pub now: &'static str,
    pub grid: &'static str,
    pub token: &'static str,
    /// The last column of a token's life, half of which is over.
    pub token_half: &'static str,
    /// The part of a token's life that is over.
    pub spent: &'static str,
    pub login: &'static str,
    pub login_ends: &'static str,
    pub logged_in: &'static str,
    pub signed_out: &'static str,
    pub beyond: &'static str,
}

/// One glyph for each mark of a login's step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    pub todo: &'static str,
    pub now: &'static str,
    pub done: &'static str,
    pub skipped: &'static str,
    pub failed: &'static str,
}

impl Glyphs {
    /// The glyphs for a terminal that shows Unicode.
    #[must_use]
    pub const fn unicode() -> Self {
        Self {
            shape: Shape::Drawn,
            letters: Letters::Unicode,
            states: States {
                no_clock: "–",
                fresh: "●",
                aging: "◐",
                due: "○",
                failed: "▲",
                needs_login: "✗",
                revoked_here: "·",
                refreshing: "↻",
                unreadable: "?",
            },
            steps: Marks { todo: "·", now: "▸", done: "✓", skipped: "–", failed: "✗" },
            timeline: TimelineGlyphs {
                now: "┃",
                grid: "┊",
                token: "━",
                token_half: "╸",
                spent: "─",
                login: "╌",
                login_ends: "◆",
                logged_in: "◇",
                signed_out: "·",
                beyond: "▸",
            },
            border: border::ROUNDED,
            gauge: GaugeGlyphs { full: "━", half: "╸", track: "╌" },
            edge: "▎",
            mark: "■",
            selection: "▌",
        }
    }

    /// The glyphs for a screen reader: none where words say the same.
    #[must_use]
    pub const fn words() -> Self {
        let border = border::Set {
            top_left: " ",
            top_right: " ",
            bottom_left: " ",
            bottom_right: " ",
            vertical_left: " ",
            vertical_right: " ",
            horizontal_top: " ",
            horizontal_bottom: " ",
        };
        let gauge = GaugeGlyphs { full: " ", half: " ", track: " " };
        Self { shape: Shape::Words, border, gauge, ..Self::ascii() }
    }

    /// The glyphs for a terminal that shows seven bits.
    #[must_use]
    pub const fn ascii() -> Self {
        Self {
            shape: Shape::Drawn,
            letters: Letters::Ascii,
            states: States {
                no_clock: "-",
                fresh: "*",
                aging: "+",
                due: "o",
                failed: "^",
                needs_login: "x",
                revoked_here: ".",
                refreshing: "~",
                unreadable: "?",
            },
            steps: Marks { todo: " ", now: ">", done: "v", skipped: "/", failed: "x" },
            timeline: TimelineGlyphs {
                now: "|",
                grid: ":",
                token: "=",
                token_half: "=",
                spent: "-",
                login: "_",
                login_ends: "L",
                logged_in: "l",
                signed_out: ".",
                beyond: ">",
            },
            border: border::Set {
                top_left: "+",
                top_right: "+",
                bottom_left: "+",
                bottom_right: "+",
                vertical_left: "|",
                vertical_right: "|",
                horizontal_top: "-",
                horizontal_bottom: "-",
            },
            gauge: GaugeGlyphs { full: "=", half: "-", track: "." },
            edge: "!",
            mark: "#",
            selection: ">",
        }
    }
}

/// The punctuation of our own sentences in seven bits.
const FOLDS: [(&str, &str); 20] = [
    ("‹", "<"),
    ("›", ">"),
    ("\u{fffd}", "?"),
    ("\u{a0}", " "),
    ("␣", "_"),
    ("§", "S"),
    ("≤", "<"),
    ("…", "~"),
    ("·", "-"),
    ("–", "-"),
    ("—", "-"),
    ("“", "\""),
    ("”", "\""),
    ("’", "'"),
    ("×", "x"),
    ("•", "*"),
    ("↑", "^"),
    ("↓", "v"),
    ("←", "<"),
    ("→", ">"),
];

/// Brings whatever was drawn down to seven bits, one column for one column: a terminal that
/// does not know a character might show two for it, and tear the screen.
pub fn fold(buffer: &mut Buffer) {
    for cell in buffer.content.iter_mut().filter(|cell| !cell.symbol().is_ascii()) {
        let folded = FOLDS.iter().find(|(symbol, _)| *symbol == cell.symbol());
        cell.set_symbol(folded.map_or("?", |(_, ascii)| ascii));
    }
}

/// Gives every cell that still has the terminal's own colours those of `ground`, as far as it has any.
pub fn lay_ground(buffer: &mut Buffer, ground: Style) {
    if ground == Style::new() {
        return;
    }
    for cell in &mut buffer.content {
        if let (Color::Reset, Some(text)) = (cell.fg, ground.fg) {
            cell.fg = text;
        }
        if let (Color::Reset, Some(behind)) = (cell.bg, ground.bg) {
            cell.bg = behind;
        }
    }
}

/// Makes every cell what the terminal draws there, so that nothing of it stays behind when another
/// text comes. What terminals draw in different widths becomes a mark; a cluster that they draw in
/// several columns, as in Thai and Hindi, is shared out to its cells. Every column keeps its place.
pub fn settle_clusters(buffer: &mut Buffer) {
    let mut cells = buffer.content.iter_mut();
    while let Some(cell) = cells.next() {
        // A letter of ASCII alone, as in most cells.
        if cell.symbol().len() == 1 || text_layout::is_plain(cell.symbol()) {
            continue;
        }
        if text::is_doubtful(cell.symbol()) {
            cell.set_char(text::MARK);
            continue;
        }
        if cell.symbol().chars().nth(1).is_none() {
            continue;
        }
        let cluster = cell.symbol().to_owned();
        let mut columns = text::columns(&cluster);
        if let Some(first) = columns.next() {
            cell.set_symbol(first);
        }
        for column in columns {
            if let Some(next) = cells.next() {
                next.set_symbol(column).set_style(cell.style());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;

    #[test]
    fn folding_leaves_seven_bits_and_every_column_in_its_place() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 16, 1));
        buffer.set_string(0, 0, "a…b “日本” 3·4 é", Style::new());
        fold(&mut buffer);
        let text: String = buffer.content.iter().map(|cell| cell.symbol()).collect();
        assert_eq!(text, "a~b \"? ? \" 3-4 ?");
    }

    #[test]
    fn a_cluster_of_several_columns_leaves_nothing_in_one_cell() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 5, 1));
        buffer.set_string(0, 0, "\u{e01}\u{e33}日x", Style::new());
        settle_clusters(&mut buffer);
        let cells: Vec<_> = buffer.content.iter().map(|cell| cell.symbol()).collect();
        assert_eq!(cells, ["\u{e01}", "\u{e33}", "日", " ", "x"]);
    }

    #[test]
    fn the_ground_lies_behind_everything_that_has_no_colour_of_its_own() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 3, 1));
        buffer.set_string(0, 0, "a", Style::new().fg(Color::Red));
        buffer.set_string(1, 0, "b", Style::new().bg(Color::Blue));
        lay_ground(&mut buffer, Style::new().fg(Color::Black).bg(Color::White));
        let colors: Vec<_> = buffer.content.iter().map(|cell| (cell.fg, cell.bg)).collect();
        let (text, behind) = (Color::Black, Color::White);
        assert_eq!(colors, [(Color::Red, behind), (text, Color::Blue), (text, behind)]);
        let before = buffer.clone();
        lay_ground(&mut buffer, Style::new());
        assert_eq!(buffer, before);
    }

    #[test]
    fn a_glyph_has_one_meaning_on_a_row_and_the_same_one_in_seven_bits() {
        for glyphs in [Glyphs::unicode(), Glyphs::ascii()] {
            let Glyphs { states, steps, timeline, edge, mark, selection, .. } = glyphs;
            let States { no_clock, fresh, aging, due, failed, .. } = states;
            let States { needs_login, revoked_here, refreshing, unreadable, .. } = states;
            let states =
                [no_clock, fresh, aging, due, failed, needs_login, revoked_here, refreshing, unreadable];
            let milestones = [timeline.login_ends, timeline.logged_in, steps.done];
            let mut all = [states.as_slice(), &milestones, &[edge, mark, selection]].concat();
            all.sort_unstable();
            assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "{all:?}");
            assert_eq!((steps.failed, timeline.signed_out), (needs_login, revoked_here));
        }
    }
}
