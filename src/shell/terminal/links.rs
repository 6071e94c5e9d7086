//! Links of the terminal: addresses on the screen that can be opened where they stand (OSC 8).
//!
//! The cells of a link are written once more behind the frame, between the marks of the link, so that
//! widths and styles stay those of the frame. What is a link no longer is written again without them.

use std::env;
use std::io::{self, Write};

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use url::Url;

use crate::domain::provider::endpoint;
use crate::shell::terminal::frame_writer::FrameWriter;
use crate::shell::terminal::window;

/// What ends a link, and what begins one before its address.
const MARK: &str = "\x1b]8;;";
const END: &str = "\x1b\\";
const KEEP_CURSOR: &str = "\x1b7";
const RESTORE_CURSOR: &str = "\x1b8";

/// The links that are on the terminal.
#[derive(Default)]
pub(super) struct LinkWriter {
    written: Vec<Link>,
}

/// An address on one row of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    at: Position,
    cells: Vec<Cell>,
    /// Where it leads; absent once it is a link no longer.
    url: Option<String>,
}

impl LinkWriter {
    /// What is to be written behind a frame that shows `urls`.
    pub(super) fn changes(&mut self, buffer: &Buffer, urls: &[Url]) -> Vec<Link> {
        if !is_capable() {
            return Vec::new();
        }
        // Most frames show no address, and need not be searched for one.
        let starts = if urls.is_empty() { Vec::new() } else { starts(buffer) };
        let found: Vec<Link> = urls
            .iter()
            .filter(|url| endpoint::is_safe(url))
            .flat_map(|url| places(buffer, &starts, url))
            .collect();
        let gone = self.written.iter().filter(|old| !found.iter().any(|link| link.at == old.at));
        let gone =
            gone.map(|old| Link { cells: cells(buffer, old.at, old.cells.len()), url: None, at: old.at });
        let new = found.iter().filter(|link| !self.written.contains(link)).cloned();
        let changes = gone.chain(new).collect();
        self.written = found;
        changes
    }

    /// Writes all of them the next time: somebody else had the terminal.
    pub(super) fn forget(&mut self) {
        self.written.clear();
    }
}

/// Writes `links` behind a frame.
pub(super) fn write(writer: &mut FrameWriter, links: &[Link]) -> io::Result<()> {
    if links.is_empty() {
        return Ok(());
    }
    // A text field keeps its cursor.
    write!(writer, "{KEEP_CURSOR}")?;
    for link in links {
        let address = link.url.as_deref().unwrap_or_default();
        write!(writer, "{MARK}{address}{END}")?;
        writer.write_cells((link.at.x..).zip(&link.cells).map(|(x, cell)| (x, link.at.y, cell)))?;
        write!(writer, "{MARK}{END}")?;
    }
    write!(writer, "{RESTORE_CURSOR}")?;
    Ok(())
}

/// Where an address may start: each `ht`, since that of a page starts with `http`.
fn starts(buffer: &Buffer) -> Vec<(u16, u16)> {
    let is_start = |pair: &[Cell]| matches!(pair, [h, t] if h.symbol() == "h" && t.symbol() == "t");
    let pairs = buffer.content.windows(2).enumerate();
    pairs.filter(|(_, pair)| is_start(pair)).map(|(index, _)| buffer.pos_of(index)).collect()
}

/// Where the whole of `url` stands on one row, at one of the places where an address `starts`.
fn places(buffer: &Buffer, starts: &[(u16, u16)], url: &Url) -> Vec<Link> {
    let text = url.as_str();
    let length = text.len();
    let area = buffer.area;
    let symbol = |x: u16, y: u16| buffer.cell((x, y)).map_or(" ", Cell::symbol);
    let is_at = |x: u16, y: u16| {
        let letters = text.char_indices().zip(x..);
        letters
            .into_iter()
            .all(|((at, char), x)| symbol(x, y) == text.get(at..at + char.len_utf8()).unwrap_or_default())
    };
    // A piece of a longer address leads elsewhere than it says.
    let ends = |x: u16, y: u16| symbol(x, y).chars().all(|char| char == ' ' || ",.;:)│|".contains(char));
    let mut found = Vec::new();
    for (x, y) in starts.iter().copied() {
        let end = x.saturating_add(u16::try_from(length).unwrap_or(u16::MAX));
        if end <= area.right() && is_at(x, y) && ends(end, y) {
            let at = Position::new(x, y);
            found.push(Link { at, cells: cells(buffer, at, length), url: Some(text.to_owned()) });
        }
    }
    found
}

fn cells(buffer: &Buffer, at: Position, count: usize) -> Vec<Cell> {
    (at.x..).take(count).filter_map(|x| buffer.cell((x, at.y)).cloned()).collect()
}

/// Whether the terminal lets what it does not know pass. GNU screen prints the rest of a long sequence.
fn is_capable() -> bool {
    window::is_capable() && env::var_os("STY").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_an_address_that_stands_there_whole() {
        let url = Url::parse("https://a.test/go").expect("an address");
        for (row, column) in [
            ("see https://a.test/go", Some(4)),
            ("│ https://a.test/go. │", Some(2)),
            ("https://a.test/gone", None),
            ("https://a.test/go?x", None),
            ("https://a.test/g", None),
        ] {
            let buffer = Buffer::with_lines([row]);
            let found: Vec<u16> =
                places(&buffer, &starts(&buffer), &url).iter().map(|link| link.at.x).collect();
            assert_eq!(found, column.into_iter().collect::<Vec<u16>>(), "{row}");
        }
    }

    #[test]
    fn a_link_is_written_once_and_taken_back_when_it_is_gone() {
        let url = Url::parse("https://a.test/go").expect("an address");
        let mut writer = LinkWriter::default();
        let shown = Buffer::with_lines(["https://a.test/go"]);
        let count =
            |changes: &[Link]| (changes.len(), changes.iter().filter(|link| link.url.is_some()).count());
        assert_eq!(count(&writer.changes(&shown, std::slice::from_ref(&url))), (1, 1));
        assert_eq!(count(&writer.changes(&shown, std::slice::from_ref(&url))), (0, 0));
        assert_eq!(count(&writer.changes(&Buffer::with_lines(["https://a.test/xx"]), &[])), (1, 0));
        assert_eq!(count(&writer.changes(&Buffer::with_lines(["https://a.test/xx"]), &[])), (0, 0));
    }
}
