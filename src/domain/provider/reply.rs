//! Where a provider's answer keeps what.

use serde::Deserialize;

use crate::domain::provider::scalar;
use crate::domain::text;

/// JSON pointers (RFC 6901) into an answer, tried in order; the first that leads to a value wins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pointers(pub Vec<String>);

impl Pointers {
    pub(super) fn of(pointers: &[&str]) -> Self {
        Self(pointers.iter().map(|pointer| (*pointer).to_owned()).collect())
    }

    /// The first value that is there and not null.
    #[must_use]
    pub fn find<'a>(&self, tree: &'a serde_json::Value) -> Option<&'a serde_json::Value> {
        self.0.iter().filter_map(|pointer| tree.pointer(pointer)).find(|value| !value.is_null())
    }
}

/// One of them.
struct Pointer(String);

impl<'de> Deserialize<'de> for Pointer {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::checked(deserializer, pointer).map(Self)
    }
}

impl<'de> Deserialize<'de> for Pointers {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let one = |written: &str| pointer(written).map(|pointer| Self(vec![pointer]));
        let many = |pointers: Vec<Pointer>| Self(pointers.into_iter().map(|Pointer(text)| text).collect());
        scalar::checked_or_list(deserializer, "a pointer such as /data/token, or a list of them", one, many)
    }
}

fn pointer(written: &str) -> Result<String, String> {
    if written.starts_with('/') {
        return Ok(written.to_owned());
    }
    Err(format!("a pointer begins with a slash, unlike “{}”", text::clean(written, 64)))
}

/// Where an answer keeps what. The defaults are those of RFC 6749 §5.1 and §5.2.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReplyMap {
    /// The access token.
    pub access: Pointers,
    /// The refresh token.
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
            access: Pointers::of(&["/access_token"]),
            refresh: Pointers::of(&["/refresh_token"]),
            life: Pointers::of(&["/expires_in"]),
            expires_at: Pointers::of(&["/expires_at"]),
            grant_life: Pointers::of(&["/refresh_token_expires_in", "/refresh_expires_in"]),
            grant_ends_at: Pointers::default(),
            scope: Pointers::of(&["/scope"]),
            token_type: Pointers::of(&["/token_type"]),
            account: Pointers::default(),
            subject: Pointers::default(),
            error: Pointers::of(&["/error/type", "/error/code", "/error"]),
            description: Pointers::of(&["/error_description", "/error/message", "/errorDetails", "/message"]),
        }
    }
}
