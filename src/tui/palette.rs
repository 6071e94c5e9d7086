//! Palette: one field that finds everything that can be done, and everything to go to.

use crate::tui::list_search::ListSearch;
use crate::tui::message::Action;
use crate::tui::row_id::RowId;

/// How many entries are remembered as recently taken.
const RECENT_LIMIT: usize = 6;

/// What is typed, and what it finds.
#[derive(Debug, Clone, PartialEq)]
pub struct CommandPalette {
    pub search: ListSearch,
    /// What is found, the best first.
    pub found: Vec<PaletteEntry>,
}

/// Something to do or to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaletteEntry {
    Do(Action),
    /// Select this row of the list.
    Select(RowId),
    /// Log in to a new profile of the provider of that name.
    LogInTo(String),
}

impl CommandPalette {
    /// A palette in which nothing is typed yet.
    #[must_use]
    pub fn new(found: Vec<PaletteEntry>) -> Self {
        Self { search: ListSearch::at(0), found }
    }
}

/// Remembers that `entry` was taken, the last one first.
pub fn remember(recent: &mut Vec<PaletteEntry>, entry: PaletteEntry) {
    recent.retain(|each| *each != entry);
    recent.insert(0, entry);
    recent.truncate(RECENT_LIMIT);
}
