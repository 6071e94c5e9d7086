//! Metadata document of the server: its issuer and its endpoints (RFC 8414).

use serde_json::json;

use crate::demo::authority::dialect::STANDARD;
use crate::demo::authority::response::HttpResponse;
use crate::demo::authority::{AUTHORIZE, Authority, DEVICE_GRANT, REGISTER, REVOKE, TOKEN, USERINFO};

/// The authorization server's own document (RFC 8414 §3.1).
pub(super) const SERVER: &str = "/.well-known/oauth-authorization-server";

impl Authority {
    /// Tells where the endpoints are.
    pub(super) fn server_metadata(&self) -> HttpResponse {
        let at = |path: &str| format!("{}{path}", self.issuer);
        let device = STANDARD.device_path().map(at);
        HttpResponse::json(
            200,
            &json!({
                "issuer": self.issuer,
                "authorization_endpoint": at(AUTHORIZE),
                "token_endpoint": at(TOKEN),
                "device_authorization_endpoint": device,
                "registration_endpoint": at(REGISTER),
                "revocation_endpoint": at(REVOKE),
                "userinfo_endpoint": at(USERINFO),
                "scopes_supported": STANDARD.scopes.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token", DEVICE_GRANT],
                "token_endpoint_auth_methods_supported": ["none", "client_secret_post", "client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": true,
            }),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::tests::{TestUser, json, text};

    #[test]
    fn every_endpoint_of_the_document_answers() {
        let mut user = TestUser::new();
        let server = json(&user.ask(&format!("GET {SERVER}"), &[], ""));
        assert_eq!(server["issuer"], user.authority.issuer());
        for (method, endpoint) in [
            ("GET", "authorization"),
            ("POST", "token"),
            ("POST", "device_authorization"),
            ("POST", "registration"),
            ("POST", "revocation"),
            ("GET", "userinfo"),
        ] {
            let address = text(&server, &format!("/{endpoint}_endpoint"));
            let path = address.strip_prefix(user.authority.issuer()).expect("an address of its own");
            assert_ne!(user.ask(&format!("{method} {path}"), &[], "").status, 404, "{endpoint}");
        }
    }
}
