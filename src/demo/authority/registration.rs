//! Registration that clients ask for (RFC 7591).

use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::demo::authority::client::{ClientFlow, RefreshTokenRotation, RegisteredClient, SecretTransport};
use crate::demo::authority::code::allowed_redirect;
use crate::demo::authority::request::IncomingRequest;
use crate::demo::authority::response::{ErrorCode, HttpResponse, OAuthError};
use crate::demo::authority::{Authority, QUEUE_LIMIT};
use crate::domain::secret::Secret;
use crate::domain::text;

/// The longest name of a client, in characters.
const NAME_LIMIT: usize = 80;

/// What a client writes about itself; what it leaves out has the standard's default (RFC 7591 §2).
#[derive(Deserialize)]
struct ClientMetadata {
    redirect_uris: Vec<String>,
    #[serde(default)]
    client_name: String,
    #[serde(default = "basic")]
    token_endpoint_auth_method: String,
}

fn basic() -> String {
    "client_secret_basic".to_owned()
}

impl Authority {
    /// Registers the client that asks, with a secret where it wants one.
    pub(super) fn register(&mut self, request: &IncomingRequest<'_>) -> HttpResponse {
        match self.registration(request) {
            Ok(response) => response,
            Err(error) => error.into_response(request.dialect),
        }
    }

    fn registration(&mut self, request: &IncomingRequest<'_>) -> Result<HttpResponse, OAuthError> {
        let metadata: ClientMetadata = serde_json::from_str(request.http.body)
            .map_err(|_| OAuthError::new(ErrorCode::InvalidClientMetadata, "this is no client metadata"))?;
        let redirects: Option<Vec<Url>> =
            metadata.redirect_uris.iter().map(|written| allowed_redirect(written, &self.issuer)).collect();
        let redirects = redirects.filter(|redirects| !redirects.is_empty()).ok_or(OAuthError::new(
            ErrorCode::InvalidRedirectUri,
            "only addresses on this machine can be registered",
        ))?;
        let transport = match metadata.token_endpoint_auth_method.as_str() {
            "none" => None,
            "client_secret_post" => Some(SecretTransport::Post),
            "client_secret_basic" => Some(SecretTransport::Basic),
            _ => {
                let why = "this way to authenticate is not served";
                return Err(OAuthError::new(ErrorCode::InvalidClientMetadata, why));
            }
        };
        if self.clients.len() >= QUEUE_LIMIT {
            return Err(OAuthError::new(ErrorCode::InvalidClientMetadata, "too many clients are registered"));
        }
        let id = request.tokens.token("client-").expose().to_owned();
        let secret = transport.map(|_| request.tokens.token("dcs_"));
        let title = match text::clean(metadata.client_name.trim(), NAME_LIMIT) {
            name if name.is_empty() => "a program without a name".to_owned(),
            name => name,
        };
        let response = response(&id, secret.as_ref(), &metadata, request);
        self.clients.push(RegisteredClient {
            id,
            title,
            secret,
            transports: transport.into_iter().collect(),
            flows: vec![ClientFlow::Code, ClientFlow::Device],
            rotation: RefreshTokenRotation::SingleUse,
            redirects,
        });
        Ok(response)
    }
}

/// What a registered client is told (RFC 7591 §3.2.1).
fn response(
    id: &str,
    secret: Option<&Secret>,
    metadata: &ClientMetadata,
    request: &IncomingRequest<'_>,
) -> HttpResponse {
    let mut told = json!({
        "client_id": id,
        "client_id_issued_at": request.now.wall.timestamp(),
        "client_name": metadata.client_name,
        "redirect_uris": metadata.redirect_uris,
        "token_endpoint_auth_method": metadata.token_endpoint_auth_method,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
    });
    if let (Some(members), Some(secret)) = (told.as_object_mut(), secret) {
        members.insert("client_secret".to_owned(), secret.expose().into());
        // It never ends.
        members.insert("client_secret_expires_at".to_owned(), 0.into());
    }
    HttpResponse::json(201, &told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::tests::{REDIRECT, TestUser, but, exchange, json, parameter, request, text};
    use crate::demo::authority::{REGISTER, TOKEN};

    #[test]
    fn a_registered_client_logs_in_with_its_secret_on_any_port_and_with_no_other_path() {
        let mut user = TestUser::new();
        let metadata = json!({ "redirect_uris": ["http://127.0.0.1/callback"],
            "token_endpoint_auth_method": "client_secret_post", "client_name": "authtui" });
        let told = user.send(REGISTER, &[], &metadata);
        assert_eq!(told.status, 201);
        let told = json(&told);
        let (id, secret) = (text(&told, "/client_id"), text(&told, "/client_secret"));

        let page = user.authorize(&but(request(), "client_id", id));
        let code = parameter(&user.decide(&page, "allow"), "code");
        let asked = but(but(exchange(&code), "client_id", id), "client_secret", secret);
        assert_eq!(user.post(TOKEN, &asked).status, 200);

        let elsewhere = REDIRECT.replace("callback", "other");
        let page = user.authorize(&but(but(request(), "client_id", id), "redirect_uri", &elsewhere));
        assert_eq!(page.status, 400);
    }

    #[test]
    fn what_cannot_be_registered_is_refused_with_its_code() {
        for (metadata, error) in [
            (json!({}), "invalid_client_metadata"),
            (json!({ "redirect_uris": [] }), "invalid_redirect_uri"),
            (json!({ "redirect_uris": ["https://evil.test/callback"] }), "invalid_redirect_uri"),
            (
                json!({ "redirect_uris": [REDIRECT], "token_endpoint_auth_method": "private_key_jwt" }),
                "invalid_client_metadata",
            ),
        ] {
            let answer = TestUser::new().send(REGISTER, &[], &metadata);
            assert_eq!((answer.status, text(&json(&answer), "/error")), (400, error), "{metadata}");
        }
    }
}
