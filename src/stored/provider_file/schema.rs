//! Fields of a provider file as they are written: each `…Yaml` is one map of the file.

mod registration;

use serde::Deserialize;

use crate::domain::provider::device::{DeviceReplyMap, UserCodeMode};
use crate::domain::provider::git::USUAL_USER;
use crate::domain::provider::meaning::Meaning;
use crate::domain::provider::reply::{Pointers, ReplyMap};
use crate::domain::provider::request_template::{JsonTemplate, RequestTemplate, Template};
use crate::domain::provider::{
    Authentication, IssuerInAnswers, LoginMethod, Pkce, PortRule, Redirect, RefreshScope, ResponseType,
    Rotation,
};
use crate::stored::provider_file::collections::{MapYaml, NameOrMap, ParametersYaml, ReadingYaml, TextsYaml};
pub(super) use crate::stored::provider_file::schema::registration::{DiscoveredYaml, RegistrationYaml};
use crate::stored::provider_file::values::{DurationYaml, EndpointYaml, MomentYaml, PastePageYaml};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct ProviderYaml {
    pub(super) name: String,
    /// Merged before this is read.
    #[serde(rename = "extends")]
    _extends: Option<String>,
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) example: bool,
    pub(super) address: Option<String>,
    pub(super) notice: Option<String>,
    pub(super) homepage: Option<EndpointYaml>,
    pub(super) discovered: Option<DiscoveredYaml>,
    pub(super) issuer: Option<String>,
    #[serde(default)]
    pub(super) issuer_in_answers: IssuerInAnswers,
    #[serde(default)]
    pub(super) resource: TextsYaml,
    pub(super) flows: Option<Vec<LoginMethod>>,
    #[serde(default)]
    pub(super) response_type: ResponseType,
    #[serde(default)]
    pub(super) endpoints: EndpointsYaml,
    #[serde(default)]
    pub(super) client: ClientYaml,
    pub(super) registration: Option<RegistrationYaml>,
    #[serde(default)]
    pub(super) body: BodyYaml,
    #[serde(default)]
    pub(super) scopes: ScopesYaml,
    #[serde(default)]
    pub(super) redirect: RedirectYaml,
    #[serde(default = "required")]
    pub(super) pkce: Pkce,
    #[serde(default)]
    pub(super) state: StateYaml,
    #[serde(default)]
    pub(super) authorize_parameters: ParametersYaml,
    #[serde(default)]
    pub(super) prompts: TextsYaml,
    pub(super) device: Option<DeviceYaml>,
    #[serde(default)]
    pub(super) refresh: RefreshYaml,
    #[serde(default)]
    pub(super) revoke: RevokeYaml,
    #[serde(default)]
    pub(super) calls: CallsYaml,
    #[serde(default)]
    pub(super) reply: ReplyMap,
    #[serde(default)]
    pub(super) meaning: Vec<MeaningYaml>,
    pub(super) probe: Option<ProbeYaml>,
    #[serde(default)]
    pub(super) key: KeyYaml,
    #[serde(default)]
    pub(super) environment: Vec<NameOrMap<VariableYaml>>,
    #[serde(default)]
    pub(super) orders: Vec<OrderYaml>,
    #[serde(default)]
    pub(super) masks: Vec<String>,
    pub(super) export: Option<String>,
    pub(super) git: Option<GitYaml>,
}

impl ProviderYaml {
    /// The flows as written, else those that the addresses allow.
    pub(super) fn flows(&self) -> Vec<LoginMethod> {
        let code = self.has_authorization().then_some(LoginMethod::Code);
        let paste = self.redirect.paste.is_some().then_some(LoginMethod::Paste);
        let device = self.has_device().then_some(LoginMethod::Device);
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

fn required() -> Pkce {
    Pkce::Required
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct EndpointsYaml {
    pub(super) authorize: Option<EndpointYaml>,
    pub(super) token: Option<EndpointYaml>,
    pub(super) device: Option<EndpointYaml>,
    pub(super) revoke: Option<EndpointYaml>,
    pub(super) registration: Option<EndpointYaml>,
    pub(super) userinfo: Option<EndpointYaml>,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct ClientYaml {
    pub(super) id: Option<String>,
    pub(super) authentication: Authentication,
    pub(super) registered: Option<MomentYaml>,
    pub(super) secret_ends: Option<MomentYaml>,
}

impl Default for ClientYaml {
    fn default() -> Self {
        Self { id: None, authentication: Authentication::None, registered: None, secret_ends: None }
    }
}

/// Where git may send tokens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct GitYaml {
    pub(super) hosts: TextsYaml,
    #[serde(default = "usual_user")]
    pub(super) username: String,
}

fn usual_user() -> String {
    USUAL_USER.to_owned()
}

/// How the fields of a request travel.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum BodyYaml {
    #[default]
    Form,
    Json,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct ScopesYaml {
    pub(super) default: Vec<String>,
    pub(super) parameter: String,
    pub(super) separator: String,
    pub(super) offered: Vec<NameOrMap<OfferedScopeYaml>>,
    pub(super) list: Option<ScopeListYaml>,
}

impl Default for ScopesYaml {
    fn default() -> Self {
        Self {
            default: Vec::new(),
            parameter: "scope".to_owned(),
            separator: " ".to_owned(),
            offered: Vec::new(),
            list: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct OfferedScopeYaml {
    pub(super) name: String,
    pub(super) title: Option<String>,
}

impl From<String> for OfferedScopeYaml {
    fn from(name: String) -> Self {
        Self { name, title: None }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct ScopeListYaml {
    pub(super) get: EndpointYaml,
    #[serde(default = "whole_answer")]
    pub(super) at: Pointers,
    #[serde(default = "scope_names")]
    pub(super) name: Pointers,
    #[serde(default = "scope_titles")]
    pub(super) title: Pointers,
}

/// RFC 6901 §5.
fn whole_answer() -> Pointers {
    Pointers::new(&[""])
}

fn scope_names() -> Pointers {
    Pointers::new(&["/name", "/id"])
}

fn scope_titles() -> Pointers {
    Pointers::new(&["/title", "/description"])
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct RedirectYaml {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) port_rule: PortRule,
    pub(super) path: String,
    pub(super) paste: Option<PastePageYaml>,
}

impl Default for RedirectYaml {
    fn default() -> Self {
        let Redirect { host, port, rule, path, paste: _ } = Redirect::default();
        Self { host, port, port_rule: rule, path, paste: None }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct StateYaml {
    pub(super) bytes: usize,
    pub(super) echoed: bool,
    pub(super) in_token_request: bool,
}

impl Default for StateYaml {
    fn default() -> Self {
        Self { bytes: 32, echoed: true, in_token_request: false }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct DeviceYaml {
    pub(super) pkce: Pkce,
    pub(super) user_code: UserCodeMode,
    pub(super) reply: DeviceReplyMap,
}

impl Default for DeviceYaml {
    fn default() -> Self {
        Self { pkce: Pkce::Off, user_code: UserCodeMode::Typed, reply: DeviceReplyMap::default() }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct RefreshYaml {
    pub(super) rotation: Rotation,
    pub(super) scope: Option<RefreshScope>,
    pub(super) grant_life: Option<DurationYaml>,
}

impl Default for RefreshYaml {
    fn default() -> Self {
        Self { rotation: Rotation::SingleUse, scope: None, grant_life: None }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct RevokeYaml {
    pub(super) page: Option<EndpointYaml>,
}

/// The file's own requests, which replace those of the standards.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct CallsYaml {
    pub(super) authorize: Option<SentAuthorizationYaml>,
    pub(super) exchange: Option<RequestYaml>,
    pub(super) refresh: Option<RequestYaml>,
    pub(super) device: Option<RequestYaml>,
    pub(super) poll: Option<RequestYaml>,
    pub(super) revoke: Option<RequestYaml>,
}

#[derive(Deserialize)]
#[serde(try_from = "CallYaml")]
pub(super) struct RequestYaml(pub(super) RequestTemplate);

/// An authorization request that is sent from here.
#[derive(Deserialize)]
#[serde(try_from = "AuthorizeCallYaml")]
pub(super) struct SentAuthorizationYaml {
    pub(super) request: RequestTemplate,
    pub(super) reading: ReadingYaml,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct CallYaml {
    pub(super) get: Option<Template>,
    pub(super) post: Option<Template>,
    pub(super) delete: Option<Template>,
    #[serde(default)]
    pub(super) headers: MapYaml<Template>,
    pub(super) form: Option<ParametersYaml>,
    pub(super) json: Option<JsonTemplate>,
}

/// The fields of a call, and one more: serde cannot refuse unknown fields of flattened maps.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct AuthorizeCallYaml {
    pub(super) get: Option<Template>,
    pub(super) post: Option<Template>,
    pub(super) delete: Option<Template>,
    #[serde(default)]
    pub(super) headers: MapYaml<Template>,
    pub(super) form: Option<ParametersYaml>,
    pub(super) json: Option<JsonTemplate>,
    #[serde(default)]
    pub(super) reading: ReadingYaml,
}

/// What a refusal with this status or this error code means.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct MeaningYaml {
    pub(super) status: Option<u16>,
    pub(super) error: Option<String>,
    pub(super) is: Meaning,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct ProbeYaml {
    pub(super) get: Template,
    #[serde(default)]
    pub(super) headers: MapYaml<Template>,
    #[serde(default)]
    pub(super) reading: ReadingYaml,
    pub(super) ends: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct KeyYaml {
    pub(super) header: Option<String>,
    pub(super) page: Option<EndpointYaml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct VariableYaml {
    pub(super) name: String,
    pub(super) header: Option<String>,
    #[serde(default)]
    pub(super) prefixes: Vec<String>,
}

impl From<String> for VariableYaml {
    fn from(name: String) -> Self {
        Self { name, header: None, prefixes: Vec::new() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(super) struct OrderYaml {
    pub(super) name: String,
    pub(super) program: String,
    pub(super) sources: Vec<String>,
}
