//! Log page: which lines of the log are shown, which is selected, and what is read whole.

use crate::domain::clock::{DateTime, Utc};
use crate::tui::field::Field;

/// Where somebody is in the log.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogPage {
    /// The selected line, which stays so while new ones come; absent: the newest, whichever that is.
    pub mark: Option<LogMark>,
    /// The first line that is seen.
    pub first: usize,
    /// How far the selected line is scrolled where it is read whole.
    pub reading: Option<usize>,
    /// The words that a line must have to be shown.
    pub filter: String,
    /// The field while they are typed.
    pub typing: Option<Field>,
}

/// A line of the log: the so manieth of those of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogMark {
    pub at: DateTime<Utc>,
    pub nth: usize,
}
