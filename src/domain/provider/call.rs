//! A request with holes, as a provider's file describes it.

use std::fmt;

use serde::Deserialize;

use crate::domain::provider::scalar;
use crate::domain::text;

/// A request with holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The address.
    pub url: Template,
    /// The headers; one with an empty hole is left out.
    pub headers: Vec<(String, Template)>,
    /// The body; a field with an empty hole is left out.
    pub body: Body,
}

impl Call {
    /// Every hole of it, wherever it stands.
    #[must_use]
    pub fn slots(&self) -> Vec<Slot> {
        let mut slots: Vec<Slot> = self.url.slots().collect();
        slots.extend(self.headers.iter().flat_map(|(_, value)| value.slots()));
        match &self.body {
            Body::Empty => {}
            Body::Form(fields) => slots.extend(fields.iter().flat_map(|(_, value)| value.slots())),
            Body::Json(tree) => tree.gather(&mut slots),
        }
        slots
    }
}

/// The methods a call can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Asks.
    Get,
    /// Sends a body.
    Post,
    /// Ends something; a body may say what.
    Delete,
}

/// The body of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// None.
    Empty,
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, Template)>),
    /// `application/json`.
    Json(Tree),
}

/// A JSON value with holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// A text.
    Text(Template),
    /// A number, a truth value or null, as it stands.
    Fixed(serde_json::Value),
    /// A list; an entry with an empty hole is left out.
    List(Vec<Self>),
    /// An object; a field with an empty hole is left out.
    Object(Vec<(String, Self)>),
}

impl Tree {
    fn gather(&self, slots: &mut Vec<Slot>) {
        match self {
            Self::Text(template) => slots.extend(template.slots()),
            Self::Fixed(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.gather(slots)),
            Self::Object(fields) => fields.iter().for_each(|(_, field)| field.gather(slots)),
        }
    }
}

/// A hole, filled when the request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// `{client_id}`
    ClientId,
    /// `{client_secret}`
    ClientSecret,
    /// `{basic}`: id and secret, each form-encoded, joined and base64-encoded (RFC 6749 §2.3.1).
    Basic,
    /// `{code}`
    Code,
    /// `{state}`
    State,
    /// `{redirect}`
    Redirect,
    /// `{challenge}`: the `S256` challenge of the verifier (RFC 7636 §4.2).
    Challenge,
    /// `{verifier}`
    Verifier,
    /// `{refresh}`
    Refresh,
    /// `{access}`
    Access,
    /// `{token}`: the refresh token, or the access token where there is no other.
    Token,
    /// `{token_hint}`: which of the two it is (RFC 7009 §2.1).
    TokenHint,
    /// `{device_code}`
    DeviceCode,
    /// `{scope}`: what is asked for, joined as the file says.
    Scope,
    /// `{account}`: the name of the account that is expected to log in.
    Account,
}

impl Slot {
    /// Every hole there is.
    pub const ALL: [Self; 15] = [
        Self::ClientId,
        Self::ClientSecret,
        Self::Basic,
        Self::Code,
        Self::State,
        Self::Redirect,
        Self::Challenge,
        Self::Verifier,
        Self::Refresh,
        Self::Access,
        Self::Token,
        Self::TokenHint,
        Self::DeviceCode,
        Self::Scope,
        Self::Account,
    ];

    /// The word between the braces.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ClientId => "client_id",
            Self::ClientSecret => "client_secret",
            Self::Basic => "basic",
            Self::Code => "code",
            Self::State => "state",
            Self::Redirect => "redirect",
            Self::Challenge => "challenge",
            Self::Verifier => "verifier",
            Self::Refresh => "refresh",
            Self::Access => "access",
            Self::Token => "token",
            Self::TokenHint => "token_hint",
            Self::DeviceCode => "device_code",
            Self::Scope => "scope",
            Self::Account => "account",
        }
    }

    /// Whether what fills it must not be seen, so that it may not stand in an address.
    #[must_use]
    pub fn is_secret(self) -> bool {
        match self {
            Self::ClientId
            | Self::Redirect
            | Self::Challenge
            | Self::TokenHint
            | Self::Scope
            | Self::Account => false,
            Self::ClientSecret
            | Self::Basic
            | Self::Code
            | Self::State
            | Self::Verifier
            | Self::Refresh
            | Self::Access
            | Self::Token
            | Self::DeviceCode => true,
        }
    }
}

/// A text with holes: `Bearer {access}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Stands as it is.
    Text(String),
    /// Is filled.
    Slot(Slot),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// A [`BadTemplate`] for a brace without its partner or an unknown word between braces.
    pub fn parse(written: &str) -> Result<Self, BadTemplate> {
        let mut pieces = Vec::new();
        let mut rest = written;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, tail) = after.split_once('}').ok_or_else(|| BadTemplate(text::clean(after, 40)))?;
            let slot = Slot::ALL.into_iter().find(|slot| slot.word() == word);
            pieces.extend((!before.is_empty()).then(|| Piece::Text(before.to_owned())));
            pieces.push(Piece::Slot(slot.ok_or_else(|| BadTemplate(text::clean(word, 40)))?));
            rest = tail;
        }
        pieces.extend((!rest.is_empty()).then(|| Piece::Text(rest.to_owned())));
        Ok(Self(pieces))
    }

    /// A template that is one hole.
    #[must_use]
    pub fn hole(slot: Slot) -> Self {
        Self(vec![Piece::Slot(slot)])
    }

    /// A template without holes.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self(vec![Piece::Text(text.to_owned())])
    }

    /// `text` and then one hole.
    #[must_use]
    pub fn prefixed(text: &str, slot: Slot) -> Self {
        Self(vec![Piece::Text(text.to_owned()), Piece::Slot(slot)])
    }

    /// The parts in their order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// What stands between the holes.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Slot(_) => None,
        })
    }

    /// The holes in their order.
    pub fn slots(&self) -> impl Iterator<Item = Slot> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Slot(slot) => Some(*slot),
        })
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::checked(deserializer, Self::parse)
    }
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadTemplate(String);

impl fmt::Display for BadTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = Slot::ALL.into_iter().map(Slot::word).collect();
        write!(f, "nothing is known to fill “{{{}}}”; known are {}", self.0, words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_text_and_holes() {
        let template = Template::parse("Bearer {access}").expect("a template");
        assert_eq!(template.pieces(), [Piece::Text("Bearer ".into()), Piece::Slot(Slot::Access)]);
        assert_eq!(Template::parse("plain").expect("a template").slots().count(), 0);
    }

    #[test]
    fn an_unknown_or_unclosed_hole_is_refused_with_the_known_words() {
        for written in ["{acces}", "{access", "{}", "a {b} c"] {
            let why = Template::parse(written).expect_err(written).to_string();
            assert!(why.contains("client_id, client_secret"), "{why}");
        }
    }
}
