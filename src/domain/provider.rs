//! A service one logs in to, as its file describes it.
//!
//! Providers are data: a quirk is a field, and no code compares a provider's name. A file is
//! read by [`file::load`] into a [`Provider`], whose requests are [`Call`]s with holes; the
//! short forms of the file (`endpoints`, `client`, `body`) become such calls there, so that
//! there is one interpreter.

pub mod call;
pub mod catalog;
pub mod endpoint;
pub mod file;
pub mod reply;
mod scalar;

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use crate::domain::provider::call::{Call, Template};
use crate::domain::provider::reply::ReplyMap;

/// A service one logs in to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The part of a profile's name before the slash.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Whether the file is only an example to copy: nobody can log in with it.
    pub example: bool,
    /// What a person must know and confirm before a login starts.
    pub notice: Option<String>,
    /// Where to read more.
    pub homepage: Option<Url>,
    /// The ways a login can go.
    pub flows: Vec<Flow>,
    /// The authorization request.
    pub authorize: Authorize,
    /// Who asks.
    pub client: Client,
    /// What is asked for.
    pub scopes: Scopes,
    /// Where the answer comes back.
    pub redirect: Redirect,
    /// Whether the code is bound to this program (RFC 7636).
    pub pkce: Pkce,
    /// How many random bytes the `state` has.
    pub state_bytes: usize,
    /// The request that turns a code into tokens.
    pub exchange: Call,
    /// The request that renews tokens; absent where the provider has none.
    pub refresh: Option<Call>,
    /// What a refresh does to the refresh token.
    pub rotation: Rotation,
    /// Where an answer keeps what.
    pub reply: ReplyMap,
    /// A harmless request that tells whether a token works.
    pub probe: Option<Probe>,
    /// The issuer that the callback may name (RFC 9207).
    pub issuer: Option<String>,
    /// The header that carries an API key as it is; absent: `Authorization: Bearer …`.
    pub key_header: Option<String>,
    /// Prefixes of tokens that are public and worth showing.
    pub masks: Vec<String>,
    /// The environment variable that other programs read the token from.
    pub export: Option<String>,
}

/// One way a login can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// Authorization code with a callback to this machine (RFC 6749 §4.1, RFC 8252 §7.3).
    Code,
    /// Authorization code that a page of the provider shows and the person pastes.
    Paste,
}

/// The authorization request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorize {
    /// The authorization endpoint; its own query is kept.
    pub url: Url,
    /// What this provider wants in the query beyond the standard; one with an empty hole is
    /// left out.
    pub parameters: Vec<(String, Template)>,
}

/// Who asks: the client as registered at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The client id; absent: the person is asked.
    pub id: Option<String>,
    /// How the client proves itself at the token endpoint.
    pub authentication: Authentication,
}

/// How a client proves itself at the token endpoint (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authentication {
    /// Public: by its id alone.
    None,
    /// The secret in the body.
    Post,
    /// Id and secret in an `Authorization: Basic` header.
    Basic,
}

/// What is asked for, and how it is joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes {
    /// Asked for unless the person says otherwise.
    pub default: Vec<String>,
    /// What stands between two scopes in a request.
    pub separator: String,
}

/// Where the answer comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// `localhost`, `127.0.0.1` or `[::1]`, exactly as the provider knows it.
    pub host: String,
    /// The port that is tried first.
    pub port: u16,
    /// Which other ports the provider accepts.
    pub rule: PortRule,
    /// The path, beginning with a slash.
    pub path: String,
    /// The provider's own page that shows the code; absent where [`Flow::Paste`] is no way to go.
    pub paste: Option<Url>,
}

impl Redirect {
    /// The ports to try, in order; 0 stands for any free one.
    #[must_use]
    pub fn ports(&self) -> Vec<u16> {
        let first = std::iter::once(self.port);
        match &self.rule {
            PortRule::Fixed => first.collect(),
            PortRule::List(more) => first.chain(more.iter().copied()).collect(),
            PortRule::Any => first.chain([0]).collect(),
        }
    }

    /// The redirect URI for the port that is bound.
    #[must_use]
    pub fn loopback(&self, port: u16) -> Option<Url> {
        Url::parse(&format!("http://{}:{port}{}", self.host, self.path)).ok()
    }
}

/// Which ports beside the first one the provider accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PortRule {
    /// None: the redirect is registered with its port.
    Fixed,
    /// These too.
    List(Vec<u16>),
    /// Any (RFC 8252 §7.3).
    Any,
}

/// Whether the code is bound to this program (RFC 7636). Only `S256` is ever sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// Challenge and verifier are sent.
    Required,
    /// The server refuses them.
    Off,
}

/// What a refresh does to the refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// Each refresh gives a new one and spends the old one.
    SingleUse,
    /// It stays good.
    Reusable,
    /// There are no refresh tokens.
    None,
}

impl Rotation {
    /// The property as people read it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SingleUse => "single use",
            Self::Reusable => "reusable",
            Self::None => "not renewed",
        }
    }
}

/// A harmless request that tells whether a token works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The request.
    pub call: Call,
    /// What each status means at this provider.
    pub reading: BTreeMap<u16, String>,
}

impl<'de> Deserialize<'de> for PortRule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "fixed, any, or a list of ports")]
        enum Written {
            Word(Word),
            List(Vec<u16>),
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Word {
            Fixed,
            Any,
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Word(Word::Fixed) => Self::Fixed,
            Written::Word(Word::Any) => Self::Any,
            Written::List(ports) => Self::List(ports),
        })
    }
}
