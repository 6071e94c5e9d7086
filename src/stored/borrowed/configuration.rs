//! Configuration of another program: the addresses of the MCP servers that it uses, and nothing else of it. What
//! stands beside an address (headers, variables) may be secret and is not looked at.

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use crate::domain::provider::endpoint;
use crate::stored::borrowed::field::{Format, OneOrMore, of_system};
use crate::stored::borrowed::{document, pointer};

/// A file in which a program names MCP servers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationRule {
    /// Where it lies: a [path pattern](super::path_pattern) without `*`.
    path: String,
    /// Where it lies on Windows, if elsewhere.
    windows: Option<String>,
    /// Where it lies on macOS, if elsewhere.
    macos: Option<String>,
    format: Format,
    servers: Vec<ServerRule>,
}

/// Servers that are written in one way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServerRule {
    /// The entries: a pointer, with `*` for every key.
    at: String,
    /// What an entry must not say.
    #[serde(default)]
    unless: BTreeMap<String, OneOrMore>,
    /// Where its address stands.
    address: OneOrMore,
}

impl ConfigurationRule {
    /// Where it lies on this system.
    #[must_use]
    pub fn path(&self) -> &str {
        of_system(&self.path, self.windows.as_deref(), self.macos.as_deref())
    }

    /// The addresses in `text`, in the order of the file; none where it is not understood. One that is no whole
    /// `https` address (or `http` on this machine) is left out, and so is one with a query or a placeholder:
    /// both may hold or stand for a secret.
    #[must_use]
    pub fn addresses(&self, text: &str) -> Vec<Url> {
        let Ok(root) = document::read(text, self.format) else { return Vec::new() };
        let of_rule = |rule: &ServerRule| -> Vec<Url> {
            let entries = pointer::entries(&root, &rule.at).into_iter();
            let used =
                entries.filter(|entry| !rule.unless.iter().any(|words| pointer::says(entry.value, words)));
            used.filter_map(|entry| address(pointer::first(entry.value, &rule.address)?.as_str()?)).collect()
        };
        self.servers.iter().flat_map(of_rule).collect()
    }
}

fn address(written: &str) -> Option<Url> {
    let is_plain = !written.contains(['$', '{', '}', '<', '>']);
    endpoint::whole(written.trim()).ok().filter(|url| is_plain && url.query().is_none())
}
