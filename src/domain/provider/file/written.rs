//! A provider's file as it is written, field by field.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use url::Url;

use crate::domain::provider::call::Template;
use crate::domain::provider::reply::ReplyMap;
use crate::domain::provider::{Authentication, Flow, Pkce, PortRule, Rotation, endpoint, scalar};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Written {
    pub(super) name: String,
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) example: bool,
    pub(super) notice: Option<String>,
    pub(super) homepage: Option<Address>,
    pub(super) issuer: Option<String>,
    pub(super) flows: Option<Vec<Flow>>,
    pub(super) endpoints: Endpoints,
    #[serde(default)]
    pub(super) client: Client,
    #[serde(default)]
    pub(super) body: BodyForm,
    #[serde(default)]
    pub(super) scopes: Scopes,
    #[serde(default)]
    pub(super) redirect: Redirect,
    #[serde(default = "required")]
    pub(super) pkce: Pkce,
    #[serde(default)]
    pub(super) state: State,
    #[serde(default)]
    pub(super) authorize_parameters: Pairs<Template>,
    #[serde(default)]
    pub(super) refresh: Refresh,
    #[serde(default)]
    pub(super) reply: ReplyMap,
    pub(super) probe: Option<Probe>,
    pub(super) key_header: Option<String>,
    #[serde(default)]
    pub(super) masks: Vec<String>,
    pub(super) export: Option<String>,
}

impl Written {
    /// The ways a login can go: as written, else what the redirects allow.
    pub(super) fn flows(&self) -> Vec<Flow> {
        let paste = self.redirect.paste.is_some().then_some(Flow::Paste);
        self.flows.clone().unwrap_or_else(|| [Flow::Code].into_iter().chain(paste).collect())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Endpoints {
    pub(super) authorize: Address,
    pub(super) token: Address,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Client {
    pub(super) id: Option<String>,
    pub(super) authentication: Authentication,
}

impl Default for Client {
    fn default() -> Self {
        Self { id: None, authentication: Authentication::None }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Scopes {
    pub(super) default: Vec<String>,
    pub(super) separator: String,
}

impl Default for Scopes {
    fn default() -> Self {
        Self { default: Vec::new(), separator: " ".to_owned() }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Redirect {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) port_rule: PortRule,
    pub(super) path: String,
    pub(super) paste: Option<Address>,
}

impl Default for Redirect {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 8765,
            port_rule: PortRule::Any,
            path: "/callback".to_owned(),
            paste: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct State {
    pub(super) bytes: usize,
    pub(super) in_token_request: bool,
}

impl Default for State {
    fn default() -> Self {
        Self { bytes: 32, in_token_request: false }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Refresh {
    pub(super) rotation: Rotation,
}

impl Default for Refresh {
    fn default() -> Self {
        Self { rotation: Rotation::SingleUse }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Probe {
    pub(super) get: Template,
    #[serde(default)]
    pub(super) headers: Pairs<Template>,
    #[serde(default)]
    pub(super) reading: BTreeMap<u16, String>,
}

/// How the fields of a token request travel.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum BodyForm {
    #[default]
    Form,
    Json,
}

fn required() -> Pkce {
    Pkce::Required
}

/// An address that secrets may go to.
pub(super) struct Address(pub(super) Url);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::checked(deserializer, endpoint::parse).map(Self)
    }
}

/// A map in the order of the file; a doubled key is refused.
pub(super) struct Pairs<T>(pub(super) Vec<(String, T)>);

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

struct InOrder<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
    type Value = Pairs<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs: Vec<(String, T)> = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, T>()? {
            if pairs.iter().any(|(earlier, _)| *earlier == key) {
                return Err(Error::custom(format!("“{key}” stands there twice")));
            }
            pairs.push((key, value));
        }
        Ok(Pairs(pairs))
    }
}
