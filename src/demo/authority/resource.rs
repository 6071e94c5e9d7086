//! What access tokens and API keys are good for: who am I, and a list of models (RFC 6750).

use serde_json::{Value, json};

use crate::demo::authority::Authority;
use crate::demo::authority::exchange::{Answer, Asked};
use crate::demo::authority::grant::{self, Bearer};
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::scope::INFERENCE;
use crate::domain::clock::Now;
use crate::domain::secret::Secret;

/// The API key that works from the start. It opens nothing but the demo.
pub const KEY: &str = "demo-key-0000000000000000Zz01";

const MODELS: [&str; 3] = ["demo-small", "demo-medium", "demo-large"];

impl Authority {
    /// Says whom the token speaks for.
    pub(super) fn userinfo(&self, asked: &Asked<'_>, now: Now) -> Answer {
        let Some(bearer) = self.bearer(asked, now) else {
            return dead();
        };
        json_answer(200, &json!({ "sub": grant::subject(bearer.account), "email": bearer.account }))
    }

    /// Lists models, for API keys and for tokens that may run models.
    pub(super) fn models(&self, asked: &Asked<'_>, parameters: &Parameters, now: Now) -> Answer {
        if !self.has_key(asked) {
            let Some(bearer) = self.bearer(asked, now) else {
                return dead();
            };
            if !bearer.scopes.iter().any(|scope| INFERENCE.contains(&scope.as_str())) {
                let challenge = "Bearer error=\"insufficient_scope\", scope=\"inference\"";
                return json_answer(403, &json!({ "error": "insufficient_scope" }))
                    .with("WWW-Authenticate", challenge);
            }
        }
        let limit = parameters.get("limit").and_then(|text| text.parse().ok()).unwrap_or(MODELS.len());
        let models: Vec<Value> = MODELS.iter().take(limit).map(|id| json!({ "id": id })).collect();
        json_answer(200, &json!({ "data": models }))
    }

    /// Whether the request carries an API key, in `x-api-key` or as a bearer token.
    fn has_key(&self, asked: &Asked<'_>) -> bool {
        let bearer = asked.header("Authorization").and_then(|value| value.strip_prefix("Bearer "));
        let shown = asked.header("x-api-key").or(bearer).map(Secret::new);
        shown.is_some_and(|shown| self.settings.keys.contains(&shown))
    }

    fn bearer(&self, asked: &Asked<'_>, now: Now) -> Option<Bearer<'_>> {
        let token = asked.header("Authorization")?.strip_prefix("Bearer ")?;
        self.grants.bearer(&Secret::new(token), now.wall)
    }
}

fn dead() -> Answer {
    json_answer(401, &json!({ "error": "invalid_token" }))
        .with("WWW-Authenticate", "Bearer error=\"invalid_token\"")
}

fn json_answer(status: u16, body: &Value) -> Answer {
    Answer::new(status, "application/json", body.to_string())
}
