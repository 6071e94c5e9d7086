//! The parameters of a request, from its query, its form or its JSON body.

use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::demo::authority::exchange::Asked;
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::domain::secret::Secret;

/// The parameters of a request, in the order they came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameters {
    pairs: Vec<(String, Secret)>,
    unreadable: bool,
}

impl Parameters {
    /// Reads the body of a POST by its content type, and the query of everything else.
    #[must_use]
    pub fn of(asked: &Asked<'_>) -> Self {
        if asked.method != "POST" {
            return Self::from_form(asked.query);
        }
        let content_type = asked.header("Content-Type").unwrap_or_default();
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/x-www-form-urlencoded" => Self::from_form(asked.body),
            "application/json" => Self::from_json(asked.body),
            _ => Self { pairs: Vec::new(), unreadable: true },
        }
    }

    /// The value of `name`. An empty one counts as left out (RFC 6749 §3.1).
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(pair, value)| pair == name && !value.is_empty());
        found.map(|(_, value)| value.expose())
    }

    /// Every value of `name`, in the order they came.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(pair, _)| pair == name).map(|(_, value)| value.expose())
    }

    /// The value of `name`, which may not be left out.
    pub(super) fn need(&self, name: &str, missing: &'static str) -> Result<&str, Refusal> {
        self.get(name).ok_or(Refusal::new(ErrorCode::InvalidRequest, missing))
    }

    /// The names, in the order they came.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }

    /// Refuses a body that cannot be read and a parameter that is there twice (RFC 6749 §3.1), but for
    /// `resource` (RFC 8707 §2).
    pub(super) fn sound(&self) -> Result<(), Refusal> {
        let twice =
            |name: &str| name != "resource" && self.names().filter(|other| *other == name).count() > 1;
        if self.unreadable {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "the body is neither a form nor JSON"));
        }
        if self.names().any(twice) {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "a parameter is there twice"));
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

/// Undoes the form encoding of one value, as in an HTTP Basic header (RFC 6749 §2.3.1).
pub(super) fn form_decoded(text: &str) -> String {
    let name = format!("{}=", text.replace('=', "%3D").replace('&', "%26"));
    form_urlencoded::parse(name.as_bytes()).map(|(name, _)| name.into_owned()).next().unwrap_or_default()
}
