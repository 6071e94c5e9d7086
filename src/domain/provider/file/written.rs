//! A provider's file as it is written, field by field.

pub(super) mod calls;
pub(super) mod client;
pub(super) mod environment;
pub(super) mod pairs;
mod pkce;
pub(super) mod scopes;
mod short;
mod span;

use serde::Deserialize;
use serde::de::Deserializer;
use url::Url;

use crate::domain::provider::call::Template;
use crate::domain::provider::device::{DeviceMap, UserCode};
use crate::domain::provider::file::written::calls::Calls;
use crate::domain::provider::file::written::client::Client;
use crate::domain::provider::file::written::environment::{Order, Variable};
use crate::domain::provider::file::written::pairs::{Pairs, Parameters, Readings};
use crate::domain::provider::file::written::scopes::Scopes;
use crate::domain::provider::file::written::short::Short;
use crate::domain::provider::file::written::span::Span;
use crate::domain::provider::meaning::Meaning;
use crate::domain::provider::reply::ReplyMap;
use crate::domain::provider::{Flow, Pkce, PortRule, RefreshScope, ResponseType, Rotation, endpoint, scalar};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Written {
    pub(super) name: String,
    /// Merged before this is read.
    #[serde(rename = "extends")]
    _extends: Option<String>,
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) example: bool,
    pub(super) notice: Option<String>,
    pub(super) homepage: Option<Address>,
    pub(super) issuer: Option<String>,
    pub(super) flows: Option<Vec<Flow>>,
    #[serde(default)]
    pub(super) response_type: ResponseType,
    #[serde(default)]
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
    pub(super) authorize_parameters: Parameters,
    pub(super) device: Option<Device>,
    #[serde(default)]
    pub(super) refresh: Refresh,
    #[serde(default)]
    pub(super) revoke: Revoke,
    #[serde(default)]
    pub(super) calls: Calls,
    #[serde(default)]
    pub(super) reply: ReplyMap,
    #[serde(default)]
    pub(super) meaning: Vec<Told>,
    pub(super) probe: Option<Probe>,
    #[serde(default)]
    pub(super) key: Key,
    #[serde(default)]
    pub(super) environment: Vec<Short<Variable>>,
    #[serde(default)]
    pub(super) orders: Vec<Order>,
    #[serde(default)]
    pub(super) masks: Vec<String>,
    pub(super) export: Option<String>,
}

impl Written {
    /// The ways a login can go: as written, else what the addresses allow.
    pub(super) fn flows(&self) -> Vec<Flow> {
        let code = self.has_authorization().then_some(Flow::Code);
        let paste = self.redirect.paste.is_some().then_some(Flow::Paste);
        let device = self.has_device().then_some(Flow::Device);
        let found = || code.into_iter().chain(paste).chain(device).collect();
        self.flows.clone().unwrap_or_else(found)
    }

    pub(super) fn has_authorization(&self) -> bool {
        self.endpoints.authorize.is_some() || self.calls.authorize.is_some()
    }

    pub(super) fn has_device(&self) -> bool {
        self.endpoints.device.is_some() || self.calls.device.is_some()
    }

    /// Whether challenge and verifier travel in the device authorization.
    pub(super) fn device_pkce(&self) -> Pkce {
        self.device.as_ref().map_or(Pkce::Off, |device| device.pkce)
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Endpoints {
    pub(super) authorize: Option<Address>,
    pub(super) token: Option<Address>,
    pub(super) device: Option<Address>,
    pub(super) revoke: Option<Address>,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Redirect {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) port_rule: PortRule,
    pub(super) path: String,
    pub(super) paste: Option<PasteAddress>,
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
    pub(super) echoed: bool,
    pub(super) in_token_request: bool,
}

impl Default for State {
    fn default() -> Self {
        Self { bytes: 32, echoed: true, in_token_request: false }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Device {
    pub(super) pkce: Pkce,
    pub(super) user_code: UserCode,
    pub(super) reply: DeviceMap,
}

impl Default for Device {
    fn default() -> Self {
        Self { pkce: Pkce::Off, user_code: UserCode::Typed, reply: DeviceMap::default() }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Refresh {
    pub(super) rotation: Rotation,
    pub(super) scope: Option<RefreshScope>,
    pub(super) grant_life: Option<Span>,
}

impl Default for Refresh {
    fn default() -> Self {
        Self { rotation: Rotation::SingleUse, scope: None, grant_life: None }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Revoke {
    pub(super) page: Option<Address>,
}

/// What a refusal with this status or this error code means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Told {
    pub(super) status: Option<u16>,
    pub(super) error: Option<String>,
    pub(super) is: Meaning,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Probe {
    pub(super) get: Template,
    #[serde(default)]
    pub(super) headers: Pairs<Template>,
    #[serde(default)]
    pub(super) reading: Readings,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct Key {
    pub(super) header: Option<String>,
    pub(super) page: Option<Address>,
}

/// How the fields of a request travel.
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

/// The address of a page that shows a code to paste.
pub(super) struct PasteAddress(pub(super) Url);

impl<'de> Deserialize<'de> for PasteAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::checked(deserializer, |written| {
            if written.contains(['{', '}']) {
                return Err("this address takes no {holes}; the addresses in calls do".to_owned());
            }
            endpoint::paste(written).map(Self).map_err(|bad| bad.to_string())
        })
    }
}

/// An address that secrets may go to.
pub(super) struct Address(pub(super) Url);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::checked(deserializer, |written| {
            // No address may hold a brace (RFC 3986 §2): it would be a hole that nothing fills.
            if written.contains(['{', '}']) {
                return Err("this address takes no {holes}; the addresses in calls do".to_owned());
            }
            endpoint::parse(written).map(Self).map_err(|bad| bad.to_string())
        })
    }
}
