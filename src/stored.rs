//! Texts of files and the environment, read to values and amended by changes. Pure.

pub mod amendment;
pub mod borrowed;
pub mod config_file;
pub mod connect_guide;
pub mod environment;
pub mod event_log;
mod field_value;
pub mod git_config;
pub mod hashed_file;
pub mod json_editor;
#[cfg(test)]
mod mutants;
pub mod plain_editor;
pub mod plain_reader;
pub mod positions;
pub mod provider_file;
pub mod rules_file;
pub mod settings_file;
pub mod status_file;
pub mod vault_references;
pub mod yaml_cost;
pub mod yaml_editor;
pub mod yaml_path;
pub mod yaml_reader;

use std::fmt;

use crate::domain::change::ChangeError;

/// Why a text is not understood as a whole, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YamlError {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// What is wrong, without a value of the file.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
}

impl YamlError {
    #[must_use]
    pub fn at(line: u32, column: u32, why: impl Into<String>, remedy: &str) -> Self {
        Self { line, column, why: why.into(), remedy: remedy.to_owned() }
    }

    /// An error of the text as a whole.
    #[must_use]
    pub fn whole(why: impl Into<String>, remedy: &str) -> Self {
        Self::at(1, 1, why, remedy)
    }
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.why)
    }
}

/// Why a change was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AmendError {
    /// The profile is no longer what the change was made for.
    Change(ChangeError),
    /// The text is not understood, so it is not written.
    Yaml(YamlError),
    /// The text is understood, and yet this change cannot be written into it.
    Impossible(String),
}
