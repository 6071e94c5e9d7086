//! Providers on a terminal: aligned columns below their heads.

use std::io;

use ratatui::text::{Line, Span};

use crate::domain::provider::catalog::{Catalog, CatalogEntry};
use crate::shell::terminal::console::StyledOutput;
use crate::tui::text_layout::{cut, fill, safe, width};
use crate::tui::wizard::provider_line;

/// Columns between two columns.
const GAP: u16 = 2;
/// The narrowest column of titles.
const TITLE: u16 = 12;

/// A line of the table.
struct ProviderRow<'a> {
    name: &'a str,
    title: String,
    /// How one logs in, with few words and with fewer.
    ways: [String; 2],
    file: String,
}

impl<'a> ProviderRow<'a> {
    fn new(entry: &'a CatalogEntry) -> Self {
        let provider = &entry.provider;
        let ways = match (&provider.address, provider.example) {
            (Some(_), _) => ["by its address", "address"].map(str::to_owned),
            (None, true) => ["an example to copy", "example"].map(str::to_owned),
            (None, false) => provider_line::marks(provider),
        };
        let file = entry.path.as_deref().unwrap_or("built in");
        Self { name: &provider.name, title: safe(&provider.title), ways, file: safe(file) }
    }
}

/// Prints the providers of `catalog`, by name.
///
/// # Errors
/// When standard output cannot be written to.
pub(super) fn print(catalog: &Catalog, output: &StyledOutput) -> io::Result<()> {
    let rows: Vec<ProviderRow<'_>> = catalog.entries().map(ProviderRow::new).collect();
    let widest = |text: &dyn Fn(&ProviderRow<'_>) -> u16, head: &str| {
        rows.iter().map(text).max().unwrap_or(0).max(width(head)) + GAP
    };
    let [name_head, title_head, ways_head, file_head] = ["PROVIDER", "TITLE", "LOGIN", "FILE"];
    let name = widest(&|row| width(row.name), name_head);
    let title = widest(&|row| width(&row.title), title_head);
    let ways = [0, 1].map(|few| widest(&|row| row.ways.get(few).map_or(0, |ways| width(ways)), ways_head));
    let file = widest(&|row| width(&row.file), file_head);
    let room = output.width.saturating_sub(name);
    // Files go first where room is short, then what is said of clients, then ends of titles.
    let [long, short] = ways;
    let (few, has_file) = match () {
        () if title + long + file <= room => (0, true),
        () if title + long <= room => (0, false),
        () => (1, title + short + file <= room),
    };
    let ways = if few == 0 { long } else { short };
    let title = title.min(room.saturating_sub(ways).max(TITLE));
    let line = |cells: [&str; 4]| {
        let [head, text, way, from] = cells;
        let from = if has_file { from } else { "" };
        let text = cut(text, title - GAP);
        [fill(head, name), fill(&text, title) + &fill(way, ways) + from]
    };
    let theme = &output.theme;
    let head = line([name_head, title_head, ways_head, file_head]).concat();
    let lines = rows.iter().map(|row| {
        let way = row.ways.get(few).map_or("", String::as_str);
        let [name, rest] = line([row.name, &row.title, way, &row.file]);
        Line::from(vec![Span::styled(name, theme.strong), Span::raw(rest)])
    });
    let lines: Vec<Line<'_>> = [Line::styled(head, theme.muted)].into_iter().chain(lines).collect();
    output.print(&lines)
}
