//! A screen written down: its text, its cursor, and its styles in runs.

use std::fmt::Write;

use authtui::tui::model::Model;
use authtui::tui::theme::{Glyphs, Theme};
use authtui::tui::update::arrangement::arrange;
use authtui::tui::view::view;
use ratatui::Terminal;
use ratatui::backend::{Backend, TestBackend};
use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::cast;

/// The theme of most screens.
pub(super) fn colored() -> Theme {
    Theme::colored(Glyphs::unicode())
}

/// The screen's text alone.
pub(super) fn text(model: &Model, size: (u16, u16)) -> String {
    lines(&backend(model, size, colored()))
}

/// The screen's cells, row by row.
pub(super) fn cells(model: &Model, size: (u16, u16)) -> Vec<Vec<Cell>> {
    rows(&backend(model, size, colored())).map(<[Cell]>::to_vec).collect()
}

/// The screen with its styles.
pub(super) fn drawn(model: &Model, size: (u16, u16)) -> String {
    with(model, size, colored())
}

/// The screen with its styles by another theme.
pub(super) fn with(model: &Model, size: (u16, u16), theme: Theme) -> String {
    let mut backend = backend(model, size, theme);
    let mut written = lines(&backend);
    if backend.cursor_visible() {
        let at = backend.get_cursor_position().expect("a test's terminal has one");
        writeln!(written, "cursor {:02}:{:02}", at.y, at.x).expect("written");
    }
    written + &runs(&backend)
}

/// The text of the cells that are drawn in reverse.
pub(super) fn reversed(model: &Model, size: (u16, u16)) -> String {
    let backend = backend(model, size, colored());
    let cells = backend.buffer().content.iter();
    cells.filter(|cell| cell.modifier.contains(Modifier::REVERSED)).map(Cell::symbol).collect()
}

/// The text of the cells that are underlined.
pub(super) fn underlined(model: &Model, size: (u16, u16)) -> String {
    let backend = backend(model, size, colored());
    let cells = backend.buffer().content.iter();
    cells.filter(|cell| cell.modifier.contains(Modifier::UNDERLINED)).map(Cell::symbol).collect()
}

/// Whether the cells in reverse lie in blocks that look alike all over, blanks too.
pub(super) fn has_whole_marks(model: &Model, size: (u16, u16), theme: Theme) -> bool {
    let backend = backend(model, size, theme);
    rows(&backend).all(|row| {
        let mut marks = row.chunk_by(|one, other| is_marked(one) == is_marked(other));
        marks.all(|mark| {
            let first = mark.first().map(look);
            !mark.first().is_some_and(is_marked) || mark.iter().all(|cell| Some(look(cell)) == first)
        })
    })
}

fn is_marked(cell: &Cell) -> bool {
    cell.modifier.contains(Modifier::REVERSED)
}

/// The signs of the program that have no form of seven bits: what is drawn in seven bits is, and a
/// question mark stands there alone where one stands in Unicode too, or for a letter of a name.
pub(super) fn without_ascii(model: &Model, size: (u16, u16), theme: fn(Glyphs) -> Theme) -> Vec<String> {
    let unicode = backend(model, size, theme(Glyphs::unicode()));
    let ascii = backend(model, size, theme(Glyphs::ascii()));
    let words = |backend: &TestBackend| -> Vec<String> {
        lines(backend).split_whitespace().map(ToOwned::to_owned).collect()
    };
    let known = words(&unicode);
    let pairs = ascii.buffer().content.iter().zip(&unicode.buffer().content);
    let is_fine = |(ascii, unicode): &(&Cell, &Cell)| {
        let (ascii, unicode) = (ascii.symbol(), unicode.symbol());
        ascii.is_ascii() && (ascii != "?" || unicode == "?" || unicode.chars().any(is_theirs))
    };
    // Where a QR code makes way the words move: then each of them is looked up.
    let faults: Vec<_> = pairs.filter(|pair| !is_fine(pair)).collect();
    let is_known = |word: &String| !word.contains('?') || known.contains(word);
    if faults.is_empty() || lines(&ascii).is_ascii() && words(&ascii).iter().all(is_known) {
        return Vec::new();
    }
    faults.iter().map(|(ascii, unicode)| format!("{} for {}", ascii.symbol(), unicode.symbol())).collect()
}

/// Whether the character is of a name, or stands for one that must not be shown.
fn is_theirs(char: char) -> bool {
    char.is_alphabetic() || char == authtui::domain::text::MARK
}

fn backend(model: &Model, (width, height): (u16, u16), theme: Theme) -> TestBackend {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    let mut model = model.clone();
    arrange(&mut model, cast::now(23));
    terminal.draw(|frame| view(frame, &model, &theme, cast::now(23))).expect("drawn");
    terminal.backend().clone()
}

fn rows(backend: &TestBackend) -> impl Iterator<Item = &[Cell]> {
    let buffer = backend.buffer();
    buffer.content.chunks(usize::from(buffer.area.width).max(1))
}

fn lines(backend: &TestBackend) -> String {
    let mut written = String::new();
    for row in rows(backend) {
        let mut line = String::new();
        let mut hidden = 0;
        for cell in row {
            // The second column of a wide character holds nothing of its own.
            if hidden == 0 {
                line.push_str(cell.symbol());
                hidden = cell.symbol().width().saturating_sub(1);
            } else {
                hidden -= 1;
            }
        }
        written += line.trim_end();
        written.push('\n');
    }
    written
}

/// One line for each run of columns that look alike: `05:02-20 bold warn`.
fn runs(backend: &TestBackend) -> String {
    let mut written = String::new();
    for (y, row) in rows(backend).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, other| look(one) == look(other)) {
            let words = run.first().map(look).unwrap_or_default().join(" ");
            if !words.is_empty() {
                writeln!(written, "{y:02}:{x:02}-{:02} {words}", x + run.len() - 1).expect("written");
            }
            x += run.len();
        }
    }
    written
}

/// How a cell looks, by role.
fn look(cell: &Cell) -> Vec<&'static str> {
    let theme = colored();
    if (cell.fg, cell.bg) == (Color::Black, Color::White) {
        return vec!["paper"];
    }
    let texts = [
        (theme.good, "good"),
        (theme.warn, "warn"),
        (theme.bad, "bad"),
        (theme.accent, "accent"),
        (theme.muted, "muted"),
        (theme.border, "border"),
        (theme.track, "track"),
    ];
    let tints = [(theme.selected, "selected"), (theme.flash, "flash")];
    let text = texts.iter().find(|(style, _)| style.fg == Some(cell.fg)).map(|(_, word)| *word);
    let tint = tints.iter().find(|(style, _)| style.bg == Some(cell.bg)).map(|(_, word)| *word);
    assert!(text.is_some() || cell.fg == Color::Reset, "{:?} has no role", cell.fg);
    assert!(tint.is_some() || cell.bg == Color::Reset, "{:?} has no role", cell.bg);
    let modifiers = [(Modifier::BOLD, "strong"), (Modifier::DIM, "faint"), (Modifier::REVERSED, "reversed")];
    let modifiers = modifiers.into_iter().filter(|(modifier, _)| cell.modifier.contains(*modifier));
    modifiers.map(|(_, word)| word).chain(tint).chain(text).collect()
}
