//! Clients of the server, and their authentication (RFC 6749 §2.3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::{Url, form_urlencoded};

use crate::demo::authority::request::{HttpRequest, IncomingRequest};
use crate::demo::authority::response::{ErrorCode, OAuthError};
use crate::domain::secret::Secret;

/// The client that has no secret.
pub const PUBLIC: &str = "authtui-demo";
/// The client that has one, sent in the body or by HTTP Basic.
pub const CONFIDENTIAL: &str = "authtui-demo-confidential";
/// The client whose secret is sent in the body and nowhere else.
pub const POST: &str = "authtui-demo-post";
/// The client whose secret is sent by HTTP Basic and nowhere else.
pub const BASIC: &str = "authtui-demo-basic";
/// The client whose secret is sent in the header [`SECRET_HEADER`].
pub const HEADER: &str = "authtui-demo-header";
/// The client of the platform API.
pub const PLATFORM: &str = "authtui-demo-platform";
/// The public client whose device codes lead to a page that does not exist, and are allowed by the
/// server itself.
pub const TELEVISION: &str = "authtui-demo-tv";
/// The public client that the preset for Anthropic names.
pub const ANTHROPIC: &str = "9d1c250a-e61b-44d9-88ed-5944d1962f5e";
/// The secret of every client that has one. It protects nothing but the demo.
pub const CONFIDENTIAL_SECRET: &str = "demo-client-secret/with+odd characters";
/// The header that carries the secret of [`HEADER`].
pub const SECRET_HEADER: &str = "x-client-secret";

/// A program that may ask for tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisteredClient {
    pub id: String,
    /// The name on the consent page.
    pub title: String,
    /// Absent for a public client.
    pub secret: Option<Secret>,
    /// The ways in which it may send its secret.
    pub transports: Vec<SecretTransport>,
    pub flows: Vec<ClientFlow>,
    pub rotation: RefreshTokenRotation,
    /// The redirect addresses that it registered; empty: every one that the server allows.
    pub redirects: Vec<Url>,
}

impl RegisteredClient {
    /// Whether answers may go to `redirect`: as registered, on any port of this machine
    /// (RFC 8252 §7.3).
    pub(super) fn may_redirect_to(&self, redirect: &Url) -> bool {
        let same = |registered: &Url| {
            registered.scheme() == redirect.scheme()
                && registered.host() == redirect.host()
                && registered.path() == redirect.path()
        };
        self.redirects.is_empty() || self.redirects.iter().any(same)
    }

    /// Refuses a flow that is not this client's.
    pub(super) fn check_flow(&self, flow: ClientFlow) -> Result<(), OAuthError> {
        if self.flows.contains(&flow) {
            return Ok(());
        }
        Err(OAuthError::new(ErrorCode::UnauthorizedClient, "this client may not use this flow"))
    }
}

/// How a client sends its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretTransport {
    /// In the body (RFC 6749 §2.3.1).
    Post,
    /// By HTTP Basic (RFC 6749 §2.3.1).
    Basic,
    /// As it is, in the header [`SECRET_HEADER`].
    Header,
}

impl SecretTransport {
    /// Its name on the index page.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Post => "body",
            Self::Basic => "Basic",
            Self::Header => SECRET_HEADER,
        }
    }
}

/// How a client comes to tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientFlow {
    Code,
    Device,
    Platform,
}

/// What becomes of a refresh token that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshTokenRotation {
    /// A new one replaces it; using it again ends the grant (RFC 9700 §4.14.2).
    SingleUse,
    /// It stays, and the reply repeats it.
    Reusable,
    /// It stays, and the reply does not speak of it (RFC 6749 §6).
    Silent,
}

/// The clients that are known from the start.
pub(super) fn registered() -> Vec<RegisteredClient> {
    let client =
        |id: &str, title: &str, transports: &[SecretTransport], flows: &[ClientFlow]| RegisteredClient {
            id: id.to_owned(),
            title: title.to_owned(),
            secret: None,
            transports: transports.to_vec(),
            flows: flows.to_vec(),
            rotation: RefreshTokenRotation::SingleUse,
            redirects: Vec::new(),
        };
    let secret = |client: RegisteredClient| RegisteredClient {
        secret: Some(Secret::new(CONFIDENTIAL_SECRET)),
        ..client
    };
    let login = [ClientFlow::Code, ClientFlow::Device];
    vec![
        client(PUBLIC, "authtui demo", &[], &login),
        secret(client(
            CONFIDENTIAL,
            "authtui demo, with a secret",
            &[SecretTransport::Post, SecretTransport::Basic],
            &login,
        )),
        secret(client(POST, "authtui demo, secret in the body", &[SecretTransport::Post], &login)),
        secret(client(BASIC, "authtui demo, secret by Basic", &[SecretTransport::Basic], &login)),
        secret(client(HEADER, "authtui demo, secret in a header", &[SecretTransport::Header], &login)),
        secret(client(PLATFORM, "authtui demo, platform", &[SecretTransport::Post], &[ClientFlow::Platform])),
        client(TELEVISION, "authtui demo, television", &[], &[ClientFlow::Device]),
        client(ANTHROPIC, "authtui demo, client of the Anthropic preset", &[], &login),
    ]
}

/// Finds out which client sends `request` (RFC 6749 §2.3.1).
///
/// A public client that sends a secret is refused: it gives away something it should not have.
pub(super) fn authenticate(
    clients: &[RegisteredClient],
    request: &IncomingRequest<'_>,
) -> Result<RegisteredClient, OAuthError> {
    let invalid = |why| OAuthError::new(ErrorCode::InvalidClient, why);
    let basic = basic(&request.http)?;
    let named = request.parameters.get("client_id");
    if let (Some((id, _)), Some(named)) = (&basic, named)
        && id != named
    {
        return Err(OAuthError::malformed("two client ids"));
    }
    let id = named.map(str::to_owned).or_else(|| basic.as_ref().map(|(id, _)| id.clone()));
    let id = id.ok_or(invalid("client_id is missing"))?;
    let posted =
        request.parameters.get("client_secret").map(|secret| (SecretTransport::Post, Secret::new(secret)));
    let basic = basic.map(|(_, secret)| (SecretTransport::Basic, secret));
    let header =
        request.http.header(SECRET_HEADER).map(|secret| (SecretTransport::Header, Secret::new(secret)));
    let sent: Vec<_> = [posted, basic, header].into_iter().flatten().collect();
    if sent.len() > 1 {
        return Err(OAuthError::malformed("the client authenticates twice"));
    }
    let client = clients.iter().find(|client| client.id == id).ok_or(invalid("unknown client"))?;
    match (sent.first(), &client.secret) {
        (None, None) => Ok(client.clone()),
        (Some((transport, sent)), Some(secret)) if sent == secret => {
            if client.transports.contains(transport) {
                Ok(client.clone())
            } else {
                Err(invalid("this client sends its secret in another way"))
            }
        }
        (Some(_) | None, Some(_)) | (Some(_), None) => Err(invalid("wrong or missing client secret")),
    }
}

/// The `client_id` of a request, in its parameters or by HTTP Basic.
pub(super) fn named(request: &IncomingRequest<'_>) -> Option<String> {
    let by_header = || basic(&request.http).ok().flatten().map(|(id, _)| id);
    request.parameters.get("client_id").map(str::to_owned).or_else(by_header)
}

fn basic(http: &HttpRequest<'_>) -> Result<Option<(String, Secret)>, OAuthError> {
    let Some(encoded) = http.header("Authorization").and_then(|value| value.strip_prefix("Basic ")) else {
        return Ok(None);
    };
    let decoded = STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = decoded.as_deref().and_then(|text| text.split_once(':'));
    let (id, secret) = pair.ok_or(OAuthError::new(ErrorCode::InvalidClient, "unreadable Basic header"))?;
    Ok(Some((form_decoded(id), Secret::new(form_decoded(secret)))))
}

/// Undoes the form encoding of one value, as in an HTTP Basic header (RFC 6749 §2.3.1).
fn form_decoded(text: &str) -> String {
    let name = format!("{}=", text.replace('=', "%3D").replace('&', "%26"));
    form_urlencoded::parse(name.as_bytes()).map(|(name, _)| name.into_owned()).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::TOKEN;
    use crate::demo::authority::tests::{TestUser, but, exchange, form, parameter, request};

    #[test]
    fn a_client_with_a_secret_sends_it_in_the_body_or_by_basic_and_not_twice() {
        let encoded = "demo-client-secret%2Fwith%2Bodd+characters";
        let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let id = CONFIDENTIAL;
        let right = basic(id, encoded);
        let wrong = basic(id, "wrong");
        let posted = CONFIDENTIAL_SECRET;
        for (header, id, secret, outcome) in [
            ("", id, posted, "ok"),
            (right.as_str(), "", "", "ok"),
            (right.as_str(), id, "", "ok"),
            (right.as_str(), id, posted, "invalid_request"),
            (right.as_str(), PUBLIC, "", "invalid_request"),
            (wrong.as_str(), "", "", "invalid_client"),
            ("Basic ???", "", "", "invalid_client"),
            ("", id, "wrong", "invalid_client"),
            ("", id, "", "invalid_client"),
        ] {
            let mut user = TestUser::new();
            let page = user.authorize(&but(request(), "client_id", CONFIDENTIAL));
            let code = parameter(&user.decide(&page, "allow"), "code");
            let pairs = but(but(exchange(&code), "client_id", id), "client_secret", secret);
            let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", header)];
            user.ask(&format!("POST {TOKEN}"), &headers, &form(&pairs));
            let ended = user.authority.counters().ended("authorization_code", outcome);
            assert_eq!(ended, 1, "{header} {id} {secret}");
        }
    }

    #[test]
    fn each_client_sends_its_secret_in_its_own_way_and_in_no_other() {
        let secret = CONFIDENTIAL_SECRET;
        for id in [POST, BASIC, HEADER] {
            let encoded = "demo-client-secret%2Fwith%2Bodd+characters";
            let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{encoded}")));
            for (way, header, posted) in [
                (POST, ("x-none", ""), secret),
                (BASIC, ("Authorization", basic.as_str()), ""),
                (HEADER, ("X-Client-Secret", secret), ""),
            ] {
                let mut user = TestUser::new();
                let page = user.authorize(&but(request(), "client_id", id));
                let code = parameter(&user.decide(&page, "allow"), "code");
                let pairs = but(but(exchange(&code), "client_id", id), "client_secret", posted);
                let headers = [("Content-Type", "application/x-www-form-urlencoded"), header];
                let answer = user.ask(&format!("POST {TOKEN}"), &headers, &form(&pairs));
                assert_eq!(answer.status == 200, way == id, "{id} by the way of {way}");
            }
        }
    }
}
