//! The requests of the standards, made of a file's short forms.

use url::Url;

use crate::domain::provider::call::{Body, Call, Method, Slot, Template, Tree};
use crate::domain::provider::file::written::{BodyForm, Written};
use crate::domain::provider::{Authentication, RefreshScope};

/// The header that says which answers are understood.
pub(super) const ACCEPT: &str = "accept";

/// The grant type of a device code (RFC 8628 §3.4).
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A name and what stands there.
type Field = (&'static str, Template);

/// JSON is asked for, since some servers answer as they did before there was a standard.
pub(super) fn accept() -> (String, Template) {
    (ACCEPT.to_owned(), Template::text("application/json"))
}

/// Redeems a code (RFC 6749 §4.1.3, RFC 7636 §4.5).
pub(super) fn exchange(written: &Written, token: &Url) -> Call {
    let state = written.state.in_token_request.then(|| hole("state", Slot::State));
    let rest = [hole("redirect_uri", Slot::Redirect), hole("code_verifier", Slot::Verifier)];
    let fields = [grant("authorization_code"), hole("code", Slot::Code)].into_iter();
    post(written, token, fields.chain(state).chain(client(written)).chain(rest))
}

/// Renews tokens (RFC 6749 §6).
pub(super) fn refresh(written: &Written, token: &Url) -> Call {
    let scope = match written.refresh.scope {
        Some(RefreshScope::Granted | RefreshScope::Default) => Some(hole("scope", Slot::Scope)),
        Some(RefreshScope::None) | None => None,
    };
    let rest = [hole("refresh_token", Slot::Refresh)].into_iter().chain(scope);
    post(written, token, [grant("refresh_token")].into_iter().chain(client(written)).chain(rest))
}

/// Asks for a device code (RFC 8628 §3.1).
pub(super) fn device(written: &Written, device: &Url) -> Call {
    let pkce = written.device_pkce().method().into_iter().flat_map(|method| {
        [hole("code_challenge", Slot::Challenge), ("code_challenge_method", Template::text(method))]
    });
    post(written, device, client(written).into_iter().chain([hole("scope", Slot::Scope)]).chain(pkce))
}

/// Asks whether the person has agreed (RFC 8628 §3.4).
pub(super) fn poll(written: &Written, token: &Url) -> Call {
    let pkce = written.device_pkce().is_on().then(|| hole("code_verifier", Slot::Verifier));
    let fields = [grant(DEVICE_CODE), hole("device_code", Slot::DeviceCode)].into_iter();
    post(written, token, fields.chain(client(written)).chain(pkce))
}

/// Ends a grant (RFC 7009 §2.1).
pub(super) fn revoke(written: &Written, revoke: &Url) -> Call {
    let fields = [hole("token", Slot::Token), hole("token_type_hint", Slot::TokenHint)].into_iter();
    post(written, revoke, fields.chain(client(written)))
}

fn hole(name: &'static str, slot: Slot) -> Field {
    (name, Template::hole(slot))
}

fn grant(kind: &str) -> Field {
    ("grant_type", Template::text(kind))
}

/// The fields by which the client proves itself (RFC 6749 §2.3.1).
fn client(written: &Written) -> Vec<Field> {
    let id = hole("client_id", Slot::ClientId);
    match &written.client.authentication {
        Authentication::None | Authentication::Header(_) => vec![id],
        Authentication::Post => vec![id, hole("client_secret", Slot::ClientSecret)],
        Authentication::Basic | Authentication::BasicRaw => Vec::new(),
    }
}

fn post(written: &Written, url: &Url, fields: impl Iterator<Item = Field>) -> Call {
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    let proof = match &written.client.authentication {
        Authentication::None | Authentication::Post => None,
        Authentication::Basic | Authentication::BasicRaw => {
            Some(("authorization".to_owned(), Template::prefixed("Basic ", Slot::Basic)))
        }
        Authentication::Header(name) => Some((name.clone(), Template::hole(Slot::ClientSecret))),
    };
    Call {
        method: Method::Post,
        url: Template::text(url.as_str()),
        headers: std::iter::once(accept()).chain(proof).collect(),
        body: match written.body {
            BodyForm::Form => Body::Form(fields.collect()),
            BodyForm::Json => {
                Body::Json(Tree::Object(fields.map(|(name, value)| (name, Tree::Text(value))).collect()))
            }
        },
    }
}
