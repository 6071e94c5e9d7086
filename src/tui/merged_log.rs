//! Merged log: events and messages as one list, kept so that a frame of ten thousand costs no more than
//! one of ten. It is made anew where either has changed, and while the log is on the screen alone.

/// Where a line of the log lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLine {
    /// Its place among the events.
    Event(usize),
    /// The number of the message among all that were told.
    Told(u64),
}

/// Of what the list was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogBasis {
    /// How often the event log was read, and how many events it had.
    pub events: (u64, usize),
    /// How often the messages have changed.
    pub told: u64,
}

/// The list, the newest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MergedLog {
    /// Absent: it was never made.
    pub basis: Option<LogBasis>,
    pub lines: Vec<LogLine>,
    /// Those that the filter shows.
    pub shown: Vec<LogLine>,
    /// The filter, as it was typed.
    pub filter: String,
    /// How often it was made.
    pub made: u64,
}
