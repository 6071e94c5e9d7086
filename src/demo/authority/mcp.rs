//! MCP server: a resource that names its login server (RFC 9728), behind the tokens of this server.

use serde_json::{Value, json};

use crate::demo::authority::Authority;
use crate::demo::authority::request::IncomingRequest;
use crate::demo::authority::response::{ErrorCode, HttpResponse, OAuthError};

/// Its path.
pub const PATH: &str = "/mcp";
/// Where its metadata are, with its path put in (RFC 9728 §3.1).
pub(super) const METADATA: &str = "/.well-known/oauth-protected-resource/mcp";
/// The same at the root.
pub(super) const METADATA_AT_ROOT: &str = "/.well-known/oauth-protected-resource";
/// What people call it.
pub(super) const TITLE: &str = "Demo notes";
/// The scope that a token needs here.
pub(super) const SCOPE: &str = "files";
/// The revision of the protocol that it speaks.
const REVISION: &str = "2025-11-25";

impl Authority {
    /// The address that tokens for it name (RFC 8707).
    pub(super) fn resource(&self) -> String {
        format!("{}{PATH}", self.issuer)
    }

    /// Refuses a request for tokens of a resource that is not here (RFC 8707 §2).
    pub(super) fn check_resource(&self, request: &IncomingRequest<'_>) -> Result<(), OAuthError> {
        match request.parameters.get("resource") {
            Some(other) if other != self.resource() => {
                Err(OAuthError::new(ErrorCode::InvalidTarget, "this resource is not known here"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Tells who protects the MCP server.
    pub(super) fn resource_metadata(&self) -> HttpResponse {
        HttpResponse::json(
            200,
            &json!({
                "resource": self.resource(),
                "resource_name": TITLE,
                "authorization_servers": [self.issuer],
                "scopes_supported": [SCOPE],
                "bearer_methods_supported": ["header"],
            }),
        )
    }

    /// Answers a call where the token allows it, or tells where to get one.
    pub(super) fn mcp(&self, request: &IncomingRequest<'_>) -> HttpResponse {
        let metadata = format!("resource_metadata=\"{}{METADATA}\"", self.issuer);
        let refused = |status, error: Option<&str>| {
            let error = error.map(|error| format!("error=\"{error}\", ")).unwrap_or_default();
            HttpResponse::json(status, &json!({ "error": "a token is needed" }))
                .with("WWW-Authenticate", format!("Bearer {error}{metadata}, scope=\"{SCOPE}\""))
        };
        if request.http.bearer().is_none() {
            return refused(401, None);
        }
        let Some(bearer) = self.bearer(request) else {
            return refused(401, Some("invalid_token"));
        };
        if !bearer.scopes.iter().any(|scope| scope == SCOPE) {
            return refused(403, Some("insufficient_scope"));
        }
        answer(request.http.body)
    }
}

/// What a JSON-RPC call gets.
fn answer(body: &str) -> HttpResponse {
    let call: Value = serde_json::from_str(body).unwrap_or_default();
    let result = match call.get("method").and_then(Value::as_str) {
        Some("initialize") => json!({
            "protocolVersion": REVISION,
            "capabilities": { "tools": {} },
            "serverInfo": { "name": TITLE, "version": env!("CARGO_PKG_VERSION") },
        }),
        Some("tools/list") => {
            let schema = json!({ "type": "object" });
            json!({ "tools": [{ "name": "notes", "description": "Lists your notes", "inputSchema": schema }] })
        }
        Some(note) if note.starts_with("notifications/") => return HttpResponse::new(202, "text/plain", ""),
        Some(_) | None => {
            let error = json!({ "code": -32601, "message": "there is no such method" });
            return HttpResponse::json(
                200,
                &json!({ "jsonrpc": "2.0", "id": call.get("id"), "error": error }),
            );
        }
    };
    HttpResponse::json(200, &json!({ "jsonrpc": "2.0", "id": call.get("id"), "result": result }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::client;
    use crate::demo::authority::grant::NewGrant;
    use crate::demo::authority::tests::{TestUser, but, json, parameter, request};
    use crate::domain::secret::Secret;

    fn call(user: &mut TestUser, access: Option<&str>, method: &str) -> HttpResponse {
        let bearer = access.map(|access| format!("Bearer {access}"));
        let header = bearer.as_deref().map(|bearer| ("Authorization", bearer));
        let body = json!({ "jsonrpc": "2.0", "id": 7, "method": method });
        user.send(PATH, header.as_slice(), &body)
    }

    #[test]
    fn a_call_without_a_token_is_told_who_protects_the_server() {
        let mut user = TestUser::new();
        for (access, status) in [(None, 401), (Some("dat_unknown"), 401)] {
            let refused = call(&mut user, access, "initialize");
            let challenge = refused.header("WWW-Authenticate").map(Secret::expose).unwrap_or_default();
            let metadata = format!("resource_metadata=\"{}{METADATA}\"", user.authority.issuer());
            assert_eq!(refused.status, status);
            assert!(challenge.contains(&metadata) && challenge.contains("scope=\"files\""), "{challenge}");
        }
    }

    #[test]
    fn its_metadata_name_it_and_this_server() {
        let mut user = TestUser::new();
        for path in [METADATA, METADATA_AT_ROOT] {
            let resource = json(&user.ask(&format!("GET {path}"), &[], ""));
            assert_eq!(resource["resource"], user.authority.resource());
            assert_eq!(resource["authorization_servers"][0], user.authority.issuer());
        }
    }

    #[test]
    fn a_token_with_the_scope_lists_the_tools_and_one_without_is_told_the_scope() {
        let mut user = TestUser::new();
        for (scopes, status) in [(["profile"], 403), (["files"], 200)] {
            let new = NewGrant { client: client::PUBLIC, account: "ana@demo.test", scopes: &scopes };
            let now = user.now();
            let issued = user.authority.grant(new, None, now, [7; 64]);
            let answer = call(&mut user, Some(issued.tokens.access.expose()), "tools/list");
            assert_eq!(answer.status, status);
            if status == 200 {
                assert_eq!(json(&answer)["result"]["tools"][0]["name"], "notes");
            }
        }
    }

    #[test]
    fn a_login_for_another_resource_is_refused() {
        let mut user = TestUser::new();
        let ours = user.authority.resource();
        for (resource, error) in [(ours.as_str(), None), ("https://other.test/mcp", Some("invalid_target"))] {
            let answer = user.authorize(&but(request(), "resource", resource));
            let said = error.map(|_| parameter(&answer, "error"));
            assert_eq!(said.as_deref(), error);
        }
    }
}
