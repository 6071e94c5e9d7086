//! Reply map: where a provider's answer keeps what.

use serde::Deserialize;

/// JSON pointers (RFC 6901) into an answer, tried in order; the first that leads to a value wins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pointers(pub Vec<String>);

impl Pointers {
    #[must_use]
    pub fn new(pointers: &[&str]) -> Self {
        Self(pointers.iter().map(|pointer| (*pointer).to_owned()).collect())
    }

    /// The first value that is there and not null.
    #[must_use]
    pub fn find<'a>(&self, tree: &'a serde_json::Value) -> Option<&'a serde_json::Value> {
        self.0.iter().filter_map(|pointer| tree.pointer(pointer)).find(|value| !value.is_null())
    }
}

/// Where an answer keeps what. The defaults are those of RFC 6749 §5.1 and §5.2.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReplyMap {
    pub access: Pointers,
    pub refresh: Pointers,
    /// How long the access token lives, in seconds.
    pub life: Pointers,
    /// When the access token ends: any form of [`crate::domain::expiry::moment`].
    pub expires_at: Pointers,
    /// How long the grant lives, in seconds.
    pub grant_life: Pointers,
    /// When the grant ends.
    pub grant_ends_at: Pointers,
    /// The scopes: a text or a list.
    pub scope: Pointers,
    /// The token's type; only `Bearer` is understood.
    pub token_type: Pointers,
    /// The account's name as shown to people.
    pub account: Pointers,
    /// The account's stable id.
    pub subject: Pointers,
    /// The code of a refusal.
    pub error: Pointers,
    /// The words of a refusal.
    pub description: Pointers,
}

impl Default for ReplyMap {
    fn default() -> Self {
        Self {
            access: Pointers::new(&["/access_token"]),
            refresh: Pointers::new(&["/refresh_token"]),
            life: Pointers::new(&["/expires_in"]),
            expires_at: Pointers::new(&["/expires_at"]),
            grant_life: Pointers::new(&["/refresh_token_expires_in", "/refresh_expires_in"]),
            grant_ends_at: Pointers::default(),
            scope: Pointers::new(&["/scope"]),
            token_type: Pointers::new(&["/token_type"]),
            account: Pointers::default(),
            subject: Pointers::default(),
            error: Pointers::new(&["/error/type", "/error/code", "/error"]),
            description: Pointers::new(&[
                "/error_description",
                "/error/message",
                "/errorDetails",
                "/message",
            ]),
        }
    }
}
