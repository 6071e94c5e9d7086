//! Requests of the standards, made of a file's short forms (`endpoints`, `client`, `body`).

use url::Url;

use crate::domain::provider::request_template::{
    JsonTemplate, Method, Placeholder, RequestBody, RequestTemplate, Template,
};
use crate::domain::provider::{Authentication, RefreshScope};
use crate::stored::provider_file::schema::{BodyYaml, ProviderYaml};

/// The grant type of a device code (RFC 8628 §3.4).
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

type RequestParameter = (String, Template);

/// The header `accept`: JSON is asked for, since some servers answer as they did before there was a
/// standard.
pub(super) fn accept() -> (String, Template) {
    ("accept".to_owned(), Template::text("application/json"))
}

/// Redeems a code (RFC 6749 §4.1.3, RFC 7636 §4.5).
pub(super) fn exchange(yaml: &ProviderYaml, token: &Url) -> RequestTemplate {
    let state = yaml.state.in_token_request.then(|| field("state", Placeholder::State));
    let rest = [field("redirect_uri", Placeholder::Redirect), field("code_verifier", Placeholder::Verifier)];
    let rest = rest.into_iter().chain(resources(yaml));
    let fields = [grant_type("authorization_code"), field("code", Placeholder::Code)].into_iter();
    post(yaml, token, fields.chain(state).chain(client(yaml)).chain(rest))
}

/// Refreshes tokens (RFC 6749 §6).
pub(super) fn refresh(yaml: &ProviderYaml, token: &Url) -> RequestTemplate {
    let scope = match yaml.refresh.scope {
        Some(RefreshScope::Granted | RefreshScope::Default) => Some(field("scope", Placeholder::Scope)),
        Some(RefreshScope::None) | None => None,
    };
    let rest = [field("refresh_token", Placeholder::Refresh)].into_iter().chain(scope).chain(resources(yaml));
    post(yaml, token, [grant_type("refresh_token")].into_iter().chain(client(yaml)).chain(rest))
}

/// Asks for a device code (RFC 8628 §3.1).
pub(super) fn device(yaml: &ProviderYaml, device: &Url) -> RequestTemplate {
    let pkce = yaml.device_pkce().method().into_iter().flat_map(|method| {
        [
            field("code_challenge", Placeholder::Challenge),
            ("code_challenge_method".to_owned(), Template::text(method)),
        ]
    });
    let scope = [field("scope", Placeholder::Scope)];
    post(yaml, device, client(yaml).into_iter().chain(scope).chain(pkce).chain(resources(yaml)))
}

/// Asks whether the person has agreed (RFC 8628 §3.4).
pub(super) fn poll(yaml: &ProviderYaml, token: &Url) -> RequestTemplate {
    let pkce = yaml.device_pkce().is_on().then(|| field("code_verifier", Placeholder::Verifier));
    let fields = [grant_type(DEVICE_CODE), field("device_code", Placeholder::DeviceCode)].into_iter();
    post(yaml, token, fields.chain(client(yaml)).chain(pkce).chain(resources(yaml)))
}

/// Asks whose a token is (OpenID Connect Core §5.3.1).
pub(super) fn userinfo(url: &Url) -> RequestTemplate {
    RequestTemplate {
        method: Method::Get,
        url: Template::text(url.as_str()),
        headers: vec![accept(), bearer()],
        body: RequestBody::Empty,
    }
}

/// The header that carries an access token (RFC 6750 §2.1).
pub(super) fn bearer() -> (String, Template) {
    ("authorization".to_owned(), Template::prefixed("Bearer ", Placeholder::Access))
}

/// Ends a grant (RFC 7009 §2.1).
pub(super) fn revoke(yaml: &ProviderYaml, revoke: &Url) -> RequestTemplate {
    let token = [field("token", Placeholder::Token), field("token_type_hint", Placeholder::TokenHint)];
    post(yaml, revoke, token.into_iter().chain(client(yaml)))
}

fn field(name: &'static str, placeholder: Placeholder) -> RequestParameter {
    (name.to_owned(), Template::placeholder(placeholder))
}

fn grant_type(value: &str) -> RequestParameter {
    ("grant_type".to_owned(), Template::text(value))
}

/// The account that is expected to log in, for a server that is known by its issuer (OpenID Connect Core
/// §3.1.2.1), unless the file says it.
pub(super) fn login_hint(yaml: &ProviderYaml, parameters: &[(String, Template)]) -> Option<RequestParameter> {
    let hint = field("login_hint", Placeholder::Account);
    let is_said = parameters.iter().any(|(name, _)| *name == hint.0);
    (yaml.issuer.is_some() && !is_said).then_some(hint)
}

/// What tokens are asked for (RFC 8707 §2).
pub(super) fn resources(yaml: &ProviderYaml) -> impl Iterator<Item = RequestParameter> {
    yaml.resource.0.iter().map(|resource| ("resource".to_owned(), Template::text(resource)))
}

/// The fields by which the client proves itself (RFC 6749 §2.3.1).
fn client(yaml: &ProviderYaml) -> Vec<RequestParameter> {
    let id = field("client_id", Placeholder::ClientId);
    match &yaml.client.authentication {
        Authentication::None | Authentication::Header(_) => vec![id],
        Authentication::Post => vec![id, field("client_secret", Placeholder::ClientSecret)],
        Authentication::Basic | Authentication::BasicRaw => Vec::new(),
    }
}

fn post(yaml: &ProviderYaml, url: &Url, fields: impl Iterator<Item = RequestParameter>) -> RequestTemplate {
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
            BodyYaml::Json => RequestBody::Json(JsonTemplate::Object(json(fields))),
        },
    }
}

/// The fields of a JSON body; what stands there several times becomes a list.
fn json(fields: impl Iterator<Item = RequestParameter>) -> Vec<(String, JsonTemplate)> {
    let mut object: Vec<(String, JsonTemplate)> = Vec::new();
    for (name, value) in fields {
        let value = JsonTemplate::Text(value);
        match object.iter_mut().find(|(earlier, _)| *earlier == name) {
            Some((_, JsonTemplate::List(values))) => values.push(value),
            Some((_, one)) => *one = JsonTemplate::List(vec![one.clone(), value]),
            None => object.push((name, value)),
        }
    }
    object
}
