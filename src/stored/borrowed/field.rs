//! Field of a description: what those of logins and of configurations have in common.

use serde::{Deserialize, Deserializer};

/// The path on this system.
pub(super) fn of_system<'a>(path: &'a str, windows: Option<&'a str>, macos: Option<&'a str>) -> &'a str {
    let here = if cfg!(windows) {
        windows
    } else if cfg!(target_os = "macos") {
        macos
    } else {
        None
    };
    here.unwrap_or(path)
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Json,
    /// JSON with comments and commas at the end.
    Jsonc,
    Toml,
    Yaml,
    /// Sections with keys, as Python's `configparser` reads them.
    Ini,
    /// The token itself.
    Text,
}

/// A text, or several.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OneOrMore(pub Vec<String>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            One(String),
            More(Vec<String>),
        }
        Ok(Self(match Written::deserialize(from)? {
            Written::One(one) => vec![one],
            Written::More(more) => more,
        }))
    }
}
