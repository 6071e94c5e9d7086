//! What is written: texts of stores, read to rows and amended by changes. Pure.

pub mod environment;
pub mod log;
pub mod own;
pub mod path;
pub mod plain;
pub mod positions;
pub mod provider_file;
pub mod tree;
pub mod yaml;
pub mod yaml_cost;

use std::fmt;

use crate::domain::change::ChangeError;

/// Why a text is not understood as a whole, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// What is wrong, without a value of the file.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
}

impl Unreadable {
    /// A fault at a place.
    #[must_use]
    pub fn at(line: u32, column: u32, why: impl Into<String>, remedy: &str) -> Self {
        Self { line, column, why: why.into(), remedy: remedy.to_owned() }
    }

    /// A fault of the text as a whole.
    #[must_use]
    pub fn whole(why: impl Into<String>, remedy: &str) -> Self {
        Self::at(1, 1, why, remedy)
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.why)
    }
}

/// Why a change was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The profile is no longer what the change was made for.
    Moved(ChangeError),
    /// The text is not understood, so it is not written.
    Unreadable(Unreadable),
    /// The text is understood, and yet this change cannot be written into it.
    Impossible(String),
}
