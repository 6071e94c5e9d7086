//! Requests of the standards, made of a file's short forms (`endpoints`, `client`, `body`).

use url::Url;

use crate::domain::provider::request_template::{
    JsonTemplate, Method, Placeholder, RequestBody, RequestTemplate, Template,
};
use crate::domain::provider::{Authentication, RefreshScope};
use crate::stored::provider_file::schema::{BodyYaml, ProviderYaml};

/// The grant type of a device code (RFC 8628 §3.4).
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

type FormField = (&'static str, Template);

/// The header `accept`: JSON is asked for, since some servers answer as they did before there was a
/// standard.
pub(super) fn accept() -> (String, Template) {
    ("accept".to_owned(), Template::text("application/json"))
}

/// Redeems a code (RFC 6749 §4.1.3, RFC 7636 §4.5).
pub(super) fn exchange(yaml: &ProviderYaml, token: &Url) -> RequestTemplate {
    let state = yaml.state.in_token_request.then(|| field("state", Placeholder::State));
    let rest = [field("redirect_uri", Placeholder::Redirect), field("code_verifier", Placeholder::Verifier)];
    let fields = [grant_type("authorization_code"), field("code", Placeholder::Code)].into_iter();
    post(yaml, token, fields.chain(state).chain(client(yaml)).chain(rest))
}

/// Refreshes tokens (RFC 6749 §6).
pub(super) fn refresh(yaml: &ProviderYaml, token: &Url) -> RequestTemplate {
    let scope = match yaml.refresh.scope {
        Some(RefreshScope::Granted | RefreshScope::Default) => Some(field("scope", Placeholder::Scope)),
        Some(RefreshScope::None) | None => None,
    };
    let rest = [field("refresh_token", Placeholder::Refresh)].into_iter().chain(scope);
    post(yaml, token, [grant_type("refresh_token")].into_iter().chain(client(yaml)).chain(rest))
}

/// Asks for a device code (RFC 8628 §3.1).
pub(super) fn device(yaml: &ProviderYaml, device: &Url) -> RequestTemplate {
    let pkce = yaml.device_pkce().method().into_iter().flat_map(|method| {
        [field("code_challenge", Placeholder::Challenge), ("code_challenge_method", Template::text(method))]
    });
    let scope = [field("scope", Placeholder::Scope)];
    post(yaml, device, client(yaml).into_iter().chain(scope).chain(pkce))
}

/// Asks whether the person has agreed (RFC 8628 §3.4).
pub(super) fn poll(yaml: &ProviderYaml, token: &Url) -> RequestTemplate {
    let pkce = yaml.device_pkce().is_on().then(|| field("code_verifier", Placeholder::Verifier));
    let fields = [grant_type(DEVICE_CODE), field("device_code", Placeholder::DeviceCode)].into_iter();
    post(yaml, token, fields.chain(client(yaml)).chain(pkce))
}

/// Ends a grant (RFC 7009 §2.1).
pub(super) fn revoke(yaml: &ProviderYaml, revoke: &Url) -> RequestTemplate {
    let token = [field("token", Placeholder::Token), field("token_type_hint", Placeholder::TokenHint)];
    post(yaml, revoke, token.into_iter().chain(client(yaml)))
}

fn field(name: &'static str, placeholder: Placeholder) -> FormField {
    (name, Template::placeholder(placeholder))
}

fn grant_type(value: &str) -> FormField {
    ("grant_type", Template::text(value))
}

/// The fields by which the client proves itself (RFC 6749 §2.3.1).
fn client(yaml: &ProviderYaml) -> Vec<FormField> {
    let id = field("client_id", Placeholder::ClientId);
    match &yaml.client.authentication {
        Authentication::None | Authentication::Header(_) => vec![id],
        Authentication::Post => vec![id, field("client_secret", Placeholder::ClientSecret)],
        Authentication::Basic | Authentication::BasicRaw => Vec::new(),
    }
}

fn post(yaml: &ProviderYaml, url: &Url, fields: impl Iterator<Item = FormField>) -> RequestTemplate {
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    let proof = match &yaml.client.authentication {
        Authentication::None | Authentication::Post => None,
        Authentication::Basic | Authentication::BasicRaw => {
            Some(("authorization".to_owned(), Template::prefixed("Basic ", Placeholder::Basic)))
        }
        Authentication::Header(name) => {
            Some((name.clone(), Template::placeholder(Placeholder::ClientSecret)))
        }
    };
    RequestTemplate {
        method: Method::Post,
        url: Template::text(url.as_str()),
        headers: std::iter::once(accept()).chain(proof).collect(),
        body: match yaml.body {
            BodyYaml::Form => RequestBody::Form(fields.collect()),
            BodyYaml::Json => {
                let fields = fields.map(|(name, value)| (name, JsonTemplate::Text(value)));
                RequestBody::Json(JsonTemplate::Object(fields.collect()))
            }
        },
    }
}
