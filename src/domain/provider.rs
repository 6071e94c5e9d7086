//! Provider: a service one logs in to, as its file describes it.
//!
//! Providers are data: a quirk is a field, and no code compares a provider's name. A file is read by
//! `stored::provider_file` into a [`Provider`], whose requests are [`RequestTemplate`]s.

pub mod catalog;
pub mod device;
pub mod discovered;
pub mod draft;
pub mod endpoint;
pub mod environment;
mod file_text;
pub mod git;
pub mod meaning;
pub mod registration;
pub mod reply;
pub mod request_template;
pub mod resource;
pub mod scopes;

use std::collections::BTreeMap;

use serde::Deserialize;
use url::Url;

use crate::domain::clock::{DateTime, TimeDelta, Utc};
use crate::domain::provider::device::DeviceAuthorization;
use crate::domain::provider::discovered::DiscoverySource;
use crate::domain::provider::environment::{LookupOrder, Variable};
use crate::domain::provider::git::GitAccess;
use crate::domain::provider::meaning::Meanings;
use crate::domain::provider::registration::RegistrationRecipe;
use crate::domain::provider::reply::ReplyMap;
use crate::domain::provider::request_template::{RequestTemplate, Template};
use crate::domain::provider::scopes::Scopes;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The part of a profile's name before the slash.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Whether the file is only an example to copy: nobody can log in with it.
    pub example: bool,
    /// The form of the address by which a person's own server is found, in an example: `https://HOST/realms/REALM`.
    pub address: Option<String>,
    /// What a person must know and confirm before a login starts.
    pub notice: Option<String>,
    /// Where to read more.
    pub homepage: Option<Url>,
    /// The ways a login can go.
    pub flows: Vec<LoginMethod>,
    /// The authorization request; absent where no flow has one.
    pub authorize: Option<Authorize>,
    /// The device authorization (RFC 8628); absent where the provider has none.
    pub device: Option<DeviceAuthorization>,
    /// Who asks.
    pub client: Client,
    /// What is asked for.
    pub scopes: Scopes,
    /// Where the answer comes back.
    pub redirect: Redirect,
    /// Whether the code is bound to this program (RFC 7636).
    pub pkce: Pkce,
    /// The value that proves an answer is ours.
    pub state: StateParameter,
    /// The request that turns a code into tokens; absent where no flow has codes.
    pub exchange: Option<RequestTemplate>,
    /// The request that refreshes tokens; absent where the provider has none.
    pub refresh: Option<RequestTemplate>,
    /// The request that ends a grant (RFC 7009); absent where the provider has none.
    pub revoke: Option<RequestTemplate>,
    /// Where a person ends a grant by hand.
    pub revoke_page: Option<Url>,
    /// What a refresh does to the refresh token.
    pub rotation: Rotation,
    /// Which scopes a refresh names.
    pub refresh_scope: RefreshScope,
    /// How long a grant lives, where the provider documents it and its answers do not say it.
    pub grant_life: Option<TimeDelta>,
    /// Where an answer keeps what.
    pub reply: ReplyMap,
    /// What this provider's refusals mean beyond the standard.
    pub meanings: Meanings,
    /// A harmless request that tells whether a token works.
    pub probe: Option<Probe>,
    /// The issuer that answers may name (RFC 9207).
    pub issuer: Option<String>,
    pub issuer_in_answers: IssuerInAnswers,
    /// What tokens are asked for (RFC 8707); the standard requests name each of them.
    pub resource: Vec<String>,
    /// What its login page takes as `prompt` (OpenID Connect Core §3.1.2.1), as far as it is known.
    pub prompts: Vec<String>,
    /// Where clients are registered by a request (RFC 7591).
    pub registration_endpoint: Option<Url>,
    /// The request that tells whose a token is; absent where the provider has none.
    pub userinfo: Option<RequestTemplate>,
    /// Where and when the file was made by asking the server; absent for one that was written.
    pub discovered: Option<DiscoverySource>,
    /// How a person registers a client.
    pub registration: Option<RegistrationRecipe>,
    /// The header that carries an API key as it is; absent: `Authorization: Bearer …`.
    pub key_header: Option<String>,
    /// Where a person gets an API key.
    pub key_page: Option<Url>,
    /// The environment variables that programs read credentials of this provider from.
    pub environment: Vec<Variable>,
    /// The orders in which programs look for a credential; the first is the usual one.
    pub orders: Vec<LookupOrder>,
    /// Prefixes of tokens that are public and worth showing.
    pub masks: Vec<String>,
    /// The environment variable that other programs read the token from.
    pub export: Option<String>,
    /// Where git may send its tokens; absent: nowhere.
    pub git: Option<GitAccess>,
}

/// One way a login can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginMethod {
    /// Authorization code with a callback to this machine (RFC 6749 §4.1, RFC 8252 §7.3).
    Code,
    /// Authorization code that a page of the provider shows and the person pastes.
    Paste,
    /// A code that the person types at the provider's page on any machine (RFC 8628).
    Device,
    /// An API key that the person types; no login.
    Key,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorize {
    /// A page that the person opens (RFC 6749 §4.1.1).
    Page {
        /// The authorization endpoint; its own query is kept.
        url: Url,
        /// What this provider wants in the query beyond the standard; one with an empty placeholder is
        /// left out.
        parameters: Vec<(String, Template)>,
        /// Whether `response_type=code` is sent: the standard demands it, some servers do not
        /// know it.
        response_type: ResponseType,
    },
    /// A request that is sent from here; the redirect that answers it carries the code.
    Sent {
        call: RequestTemplate,
        /// What each status means at this provider.
        reading: BTreeMap<u16, String>,
    },
}

/// Whether `response_type=code` is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseType {
    /// It is sent (RFC 6749 §4.1.1).
    #[default]
    Code,
    /// It is left out.
    None,
}

/// The value that proves an answer is ours (RFC 6749 §10.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateParameter {
    /// How many random bytes it has.
    pub bytes: usize,
    /// Whether answers carry it. Where they do not, nothing proves an answer.
    pub echoed: bool,
}

/// Who asks: the client as registered at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The client id; absent: the person is asked.
    pub id: Option<String>,
    /// How the client proves itself at the token endpoint.
    pub authentication: Authentication,
    /// When the server registered it, where it was asked by a request (RFC 7591).
    pub registered: Option<DateTime<Utc>>,
    /// When its secret ends; absent: never, or nobody knows.
    pub secret_ends: Option<DateTime<Utc>>,
}

/// Whether every answer of the provider names its issuer (RFC 9207 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssuerInAnswers {
    /// It does: an answer without one is refused.
    Promised,
    /// It may.
    #[default]
    Optional,
}

/// How a client proves itself at the token endpoint (RFC 6749 §2.3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authentication {
    /// Public: by its id alone.
    None,
    /// The secret in the body.
    Post,
    /// Id and secret in an `Authorization: Basic` header, each form-encoded first.
    Basic,
    /// The same, but as they are: for servers that do not decode them.
    BasicRaw,
    /// The id in the body, the secret as it is in the header of that name.
    Header(String),
}

impl Authentication {
    /// Whether the client has a secret.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        *self != Self::None
    }
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
    /// The provider's own page that shows the code; absent where [`LoginMethod::Paste`] is no way to go.
    pub paste: Option<Url>,
}

impl Default for Redirect {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8765,
            rule: PortRule::Any,
            path: "/callback".to_owned(),
            paste: None,
        }
    }
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

/// Whether and how the code is bound to this program (RFC 7636).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pkce {
    /// `S256`: the challenge is the SHA-256 of the verifier in base64url (RFC 7636 §4.2).
    Required,
    /// `S256` with the SHA-256 in hexadecimal digits.
    Hex,
    /// `plain`: the challenge is the verifier itself, so that whoever sees the authorization
    /// address can redeem the code.
    Plain,
    /// The server refuses it.
    Off,
}

impl Pkce {
    /// What a person must know of a plain challenge.
    pub const PLAIN_WARNING: &str =
        "PKCE is plain: whoever sees the address of the login page can redeem its code.";

    /// The `code_challenge_method` that is sent; none where no challenge is.
    #[must_use]
    pub fn method(self) -> Option<&'static str> {
        match self {
            Self::Required | Self::Hex => Some("S256"),
            Self::Plain => Some("plain"),
            Self::Off => None,
        }
    }

    /// Whether challenge and verifier are sent.
    #[must_use]
    pub fn is_on(self) -> bool {
        self.method().is_some()
    }
}

/// Which scopes a refresh names (RFC 6749 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshScope {
    /// Those that were granted, or else those that the file asks for.
    Granted,
    /// Those that the file asks for.
    Default,
    /// None: the provider keeps to what it granted.
    None,
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
            Self::None => "not refreshed",
        }
    }
}

/// A harmless request that tells whether a token works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    pub call: RequestTemplate,
    /// What each status means at this provider.
    pub reading: BTreeMap<u16, String>,
    /// Where the answer says when the token or key ends, if it does.
    pub ends: Option<EndSource>,
}

/// Where an answer says when a token or key ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndSource {
    /// At this JSON pointer (RFC 6901) of its body.
    Body(String),
    /// In the header of this name, in small letters.
    Header(String),
}
