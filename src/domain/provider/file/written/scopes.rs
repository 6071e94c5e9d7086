//! The scopes as a file writes them.

use serde::Deserialize;

use crate::domain::provider::file::written::Address;
use crate::domain::provider::file::written::short::Short;
use crate::domain::provider::reply::Pointers;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(crate) struct Scopes {
    pub(crate) default: Vec<String>,
    pub(crate) separator: String,
    pub(crate) offered: Vec<Short<Offered>>,
    pub(crate) list: Option<List>,
}

impl Default for Scopes {
    fn default() -> Self {
        Self { default: Vec::new(), separator: " ".to_owned(), offered: Vec::new(), list: None }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(crate) struct Offered {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
}

impl From<String> for Offered {
    fn from(name: String) -> Self {
        Self { name, title: None }
    }
}

/// Where the provider lists its scopes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(crate) struct List {
    pub(crate) get: Address,
    #[serde(default = "all")]
    pub(crate) at: Pointers,
    #[serde(default = "names")]
    pub(crate) name: Pointers,
    #[serde(default = "titles")]
    pub(crate) title: Pointers,
}

/// The whole answer (RFC 6901 §5).
fn all() -> Pointers {
    Pointers::of(&[""])
}

fn names() -> Pointers {
    Pointers::of(&["/name", "/id"])
}

fn titles() -> Pointers {
    Pointers::of(&["/title", "/description"])
}
