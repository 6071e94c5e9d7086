//! Requests as they come in, with all that is needed to answer them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use crate::demo::authority::dialect::{self, BodyFormat, Dialect, Endpoint};
use crate::demo::authority::response::{ErrorCode, OAuthError};
use crate::domain::clock::Now;
use crate::domain::secret::Secret;

/// An HTTP request, cut into its parts. It holds secrets and cannot be printed.
#[derive(Clone, Copy)]
pub struct HttpRequest<'a> {
    /// In capitals.
    pub method: &'a str,
    /// Without the query.
    pub path: &'a str,
    /// Without the question mark; empty when there is none.
    pub query: &'a str,
    pub headers: &'a [(String, String)],
    pub body: &'a str,
}

impl<'a> HttpRequest<'a> {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let found = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The token of an `Authorization: Bearer` header (RFC 6750 §2.1).
    pub(super) fn bearer(&self) -> Option<&'a str> {
        self.header("Authorization")?.strip_prefix("Bearer ")
    }
}

/// A request together with the time and the random values it is answered with.
pub(super) struct IncomingRequest<'a> {
    pub(super) http: HttpRequest<'a>,
    pub(super) parameters: RequestParameters,
    pub(super) now: Now,
    pub(super) tokens: TokenGenerator,
    /// The dialect of the path; by the book where it has none.
    pub(super) dialect: &'static Dialect,
    pub(super) endpoint: Option<Endpoint<'a>>,
}

impl<'a> IncomingRequest<'a> {
    pub(super) fn new(http: &HttpRequest<'a>, now: Now, tokens: TokenGenerator) -> Self {
        let (dialect, endpoint) = match dialect::endpoint(http.path) {
            Some((dialect, endpoint)) => (dialect, Some(endpoint)),
            None => (&dialect::STANDARD, None),
        };
        Self { http: *http, parameters: RequestParameters::read(http), now, tokens, dialect, endpoint }
    }

    /// The grant type of a token request; nothing for other requests.
    pub(super) fn grant_type(&self) -> Option<&str> {
        match self.endpoint? {
            Endpoint::Token => Some(self.parameters.get("grant_type").unwrap_or_default()),
            Endpoint::PlatformExchange(_) => Some("authorization_code"),
            Endpoint::PlatformRefresh(_) => Some("refresh_token"),
            Endpoint::Authorize
            | Endpoint::Paste
            | Endpoint::Device
            | Endpoint::ScopeList
            | Endpoint::PlatformAuthorize(_) => None,
        }
    }

    /// Refuses a body that this server does not read.
    pub(super) fn check_body(&self) -> Result<(), OAuthError> {
        self.parameters.check()?;
        let media_type = self.http.header("Content-Type").unwrap_or_default();
        let json = media_type.trim_start().starts_with("application/json");
        match self.dialect.body {
            BodyFormat::Json if !json => Err(OAuthError::malformed("the body must be JSON")),
            BodyFormat::Form if json => Err(OAuthError::malformed("the body must be a form")),
            BodyFormat::Json | BodyFormat::Form | BodyFormat::Either => Ok(()),
        }
    }

    /// The scopes that are asked for, all of them known.
    pub(super) fn scopes(&self) -> Result<Vec<String>, OAuthError> {
        let scopes = self.split_scopes(self.parameters.get("scope").unwrap_or_default());
        let known = |scope: &String| self.dialect.scopes.iter().any(|(name, _)| name == scope);
        if scopes.is_empty() || !scopes.iter().all(known) {
            return Err(OAuthError::new(ErrorCode::InvalidScope, "scope is missing or not known"));
        }
        Ok(scopes)
    }

    /// The scopes in a `scope` parameter, each once (RFC 6749 §3.3).
    pub(super) fn split_scopes(&self, text: &str) -> Vec<String> {
        let mut scopes: Vec<String> = Vec::new();
        for scope in text.split(self.dialect.scope_separators).filter(|scope| !scope.is_empty()) {
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        scopes
    }
}

/// The parameters of a request, in the order they came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RequestParameters {
    pairs: Vec<(String, Secret)>,
    unreadable: bool,
}

impl RequestParameters {
    /// Reads the body of a POST by its content type, and the query of everything else.
    fn read(http: &HttpRequest<'_>) -> Self {
        if http.method != "POST" {
            return Self::from_form(http.query);
        }
        let content_type = http.header("Content-Type").unwrap_or_default();
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/x-www-form-urlencoded" => Self::from_form(http.body),
            "application/json" => Self::from_json(http.body),
            _ => Self { pairs: Vec::new(), unreadable: true },
        }
    }

    /// The value of `name`. An empty one counts as left out (RFC 6749 §3.1).
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(pair, value)| pair == name && !value.is_empty());
        found.map(|(_, value)| value.expose())
    }

    /// Every value of `name`, in the order they came.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(pair, _)| pair == name).map(|(_, value)| value.expose())
    }

    /// The value of `name`, which may not be left out.
    pub(super) fn need(&self, name: &str, missing: &'static str) -> Result<&str, OAuthError> {
        self.get(name).ok_or(OAuthError::malformed(missing))
    }

    /// The names, in the order they came.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }

    /// Refuses a body that cannot be read and a parameter that is there twice (RFC 6749 §3.1), but for
    /// `resource` (RFC 8707 §2) and `audience` (RFC 8693 §2.1).
    pub(super) fn check(&self) -> Result<(), OAuthError> {
        let once = |name: &str| !matches!(name, "resource" | "audience");
        let twice = |name: &str| once(name) && self.names().filter(|other| *other == name).count() > 1;
        if self.unreadable {
            return Err(OAuthError::malformed("the body is neither a form nor JSON"));
        }
        if self.names().any(twice) {
            return Err(OAuthError::malformed("a parameter is there twice"));
        }
        Ok(())
    }

    fn from_form(text: &str) -> Self {
        let pairs = form_urlencoded::parse(text.as_bytes());
        let pairs = pairs.map(|(name, value)| (name.into_owned(), Secret::new(value))).collect();
        Self { pairs, unreadable: false }
    }

    fn from_json(text: &str) -> Self {
        let Ok(members) = serde_json::from_str::<Map<String, Value>>(text) else {
            return Self { pairs: Vec::new(), unreadable: true };
        };
        let secret = |value| match value {
            Value::String(text) => Secret::new(text),
            Value::Null => Secret::default(),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                Secret::new(value.to_string())
            }
        };
        let pairs = members.into_iter().map(|(name, value)| (name, secret(value))).collect();
        Self { pairs, unreadable: false }
    }
}

/// Random values of one request.
///
/// The serial number keeps values apart even where a test gives the same bytes twice.
pub(super) struct TokenGenerator {
    pub(super) random: [u8; 64],
    pub(super) serial: u64,
}

impl TokenGenerator {
    /// A value of 256 bits behind `prefix`; another prefix gives another value.
    pub(super) fn token(&self, prefix: &str) -> Secret {
        Secret::new(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(self.bytes(prefix))))
    }

    /// 256 bits for `purpose`.
    pub(super) fn bytes(&self, purpose: &str) -> [u8; 32] {
        let hash = Sha256::new().chain_update(self.random).chain_update(self.serial.to_be_bytes());
        hash.chain_update(purpose).finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::tests::now_at;

    #[test]
    fn every_scope_counts_once_and_is_split_as_its_server_splits_it() {
        let split = |path, text| {
            let http = HttpRequest { method: "GET", path, query: "", headers: &[], body: "" };
            let tokens = TokenGenerator { random: [7; 64], serial: 0 };
            IncomingRequest::new(&http, now_at(0), tokens).split_scopes(text)
        };
        assert_eq!(split("/", " a  b a "), ["a", "b"]);
        assert_eq!(split("/auth/oauth2/authorize", "a,b c"), ["a", "b", "c"]);
        assert_eq!(split("/", "a,b"), ["a,b"]);
    }
}
