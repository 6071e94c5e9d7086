//! Resources behind access tokens and API keys: who am I, and a list of models (RFC 6750).

use serde_json::{Value, json};

use crate::demo::authority::Authority;
use crate::demo::authority::dialect::Scope;
use crate::demo::authority::grant::{self, Bearer};
use crate::demo::authority::request::IncomingRequest;
use crate::demo::authority::response::{HttpResponse, platform_error};
use crate::domain::secret::Secret;

/// The API key that works from the start. It opens nothing but the demo.
pub const KEY: &str = "demo-key-0000000000000000Zz01";

const MODELS: [&str; 3] = ["demo-small", "demo-medium", "demo-large"];

/// The scopes that let a token run models.
const INFERENCE_SCOPES: [&str; 3] = ["inference", "user:inference", "model.completion"];

impl Authority {
    /// Tells whom the token speaks for.
    pub(super) fn userinfo(&self, request: &IncomingRequest<'_>) -> HttpResponse {
        let Some(bearer) = self.bearer(request) else {
            return invalid_token();
        };
        let body = json!({ "sub": grant::subject(bearer.account), "email": bearer.account });
        HttpResponse::json(200, &body)
    }

    /// Tells whom the token speaks for, as Cal.com does: 498 is a token that has ended.
    pub(super) fn me(&self, request: &IncomingRequest<'_>) -> HttpResponse {
        if let Some(bearer) = self.bearer(request) {
            let data = json!({ "id": grant::subject(bearer.account), "email": bearer.account });
            return HttpResponse::json(200, &json!({ "status": "success", "data": data }));
        }
        let token = Secret::new(request.http.bearer().unwrap_or_default());
        if self.grants.has_expired(&token, request.now.wall) {
            return platform_error(498, "TokenExpiredException", "ACCESS_TOKEN_IS_EXPIRED");
        }
        platform_error(401, "UnauthorizedException", "Invalid Access Token.")
    }

    /// Lists models, for API keys and for tokens that may run models.
    pub(super) fn models(&self, request: &IncomingRequest<'_>) -> HttpResponse {
        if !self.has_key(request) {
            let Some(bearer) = self.bearer(request) else {
                return invalid_token();
            };
            if !bearer.scopes.iter().any(|scope| INFERENCE_SCOPES.contains(&scope.as_str())) {
                let challenge = "Bearer error=\"insufficient_scope\", scope=\"inference\"";
                return HttpResponse::json(403, &json!({ "error": "insufficient_scope" }))
                    .with("WWW-Authenticate", challenge);
            }
        }
        let limit =
            request.parameters.get("limit").and_then(|text| text.parse().ok()).unwrap_or(MODELS.len());
        let models: Vec<Value> = MODELS.iter().take(limit).map(|id| json!({ "id": id })).collect();
        HttpResponse::json(200, &json!({ "data": models }))
    }

    /// Whether the request carries an API key, in `x-api-key` or as a bearer token.
    fn has_key(&self, request: &IncomingRequest<'_>) -> bool {
        let key = request.http.header("x-api-key").or(request.http.bearer()).map(Secret::new);
        key.is_some_and(|key| self.settings.keys.contains(&key))
    }

    pub(super) fn bearer(&self, request: &IncomingRequest<'_>) -> Option<Bearer<'_>> {
        self.grants.bearer(&Secret::new(request.http.bearer()?), request.now.wall)
    }
}

/// The public list of scopes.
pub(super) fn scope_list(request: &IncomingRequest<'_>) -> HttpResponse {
    let scope = |(name, description): &Scope| json!({ "name": name, "description": description });
    let scopes: Vec<Value> = request.dialect.scopes.iter().map(scope).collect();
    HttpResponse::json(200, &json!({ "scopes": scopes }))
}

fn invalid_token() -> HttpResponse {
    HttpResponse::json(401, &json!({ "error": "invalid_token" }))
        .with("WWW-Authenticate", "Bearer error=\"invalid_token\"")
}
