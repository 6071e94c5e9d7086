//! Palette: one field that finds everything that can be done, and everything to go to.

use crate::tui::field::{Field, Sight};
use crate::tui::message::{Action, Motion};
use crate::tui::row_id::RowId;

/// How many entries are remembered as recently taken.
const RECENT_LIMIT: usize = 6;

/// What is typed, and what it finds.
#[derive(Debug, Clone, PartialEq)]
pub struct CommandPalette {
    pub field: Field,
    /// What is found, the best first.
    pub found: Vec<PaletteEntry>,
    /// The place of the marked one among them.
    pub marked: usize,
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
        Self { field: Field::new("", Sight::Clear), found, marked: 0 }
    }

    /// Shows what was found for what is typed.
    pub fn show(&mut self, found: Vec<PaletteEntry>) {
        self.found = found;
        self.marked = 0;
    }

    /// Marks another entry; `page` are those that are seen.
    pub fn step(&mut self, motion: Motion, page: usize) {
        self.marked = motion.from(self.marked, self.found.len(), page);
    }
}

/// Remembers that `entry` was taken, the last one first.
pub fn remember(recent: &mut Vec<PaletteEntry>, entry: PaletteEntry) {
    recent.retain(|each| *each != entry);
    recent.insert(0, entry);
    recent.truncate(RECENT_LIMIT);
}
