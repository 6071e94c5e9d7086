//! Environment variables and orders as a file writes them.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) header: Option<String>,
    #[serde(default)]
    pub(crate) prefixes: Vec<String>,
}

impl From<String> for Variable {
    fn from(name: String) -> Self {
        Self { name, header: None, prefixes: Vec::new() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(crate) struct Order {
    pub(crate) name: String,
    pub(crate) program: String,
    pub(crate) sources: Vec<String>,
}
