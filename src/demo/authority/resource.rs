//! What access tokens are good for: who am I, and a list of models (RFC 6750).

use serde_json::{Value, json};

use crate::demo::authority::Authority;
use crate::demo::authority::exchange::{Answer, Asked};
use crate::demo::authority::grant::{self, Bearer};
use crate::demo::authority::parameter::Parameters;
use crate::domain::clock::Now;
use crate::domain::secret::Secret;

const MODELS: [&str; 3] = ["demo-small", "demo-medium", "demo-large"];

impl Authority {
    /// Says whom the token speaks for.
    pub(super) fn userinfo(&self, asked: &Asked<'_>, now: Now) -> Answer {
        let Some(bearer) = self.bearer(asked, now) else {
            return dead();
        };
        json_answer(200, &json!({ "sub": grant::subject(bearer.account), "email": bearer.account }))
    }

    /// Lists models, for tokens of the `inference` scope.
    pub(super) fn models(&self, asked: &Asked<'_>, parameters: &Parameters, now: Now) -> Answer {
        let Some(bearer) = self.bearer(asked, now) else {
            return dead();
        };
        if !bearer.scopes.iter().any(|scope| scope == "inference") {
            let challenge = "Bearer error=\"insufficient_scope\", scope=\"inference\"";
            return json_answer(403, &json!({ "error": "insufficient_scope" }))
                .with("WWW-Authenticate", challenge);
        }
        let limit = parameters.get("limit").and_then(|text| text.parse().ok()).unwrap_or(MODELS.len());
        let models: Vec<Value> = MODELS.iter().take(limit).map(|id| json!({ "id": id })).collect();
        json_answer(200, &json!({ "data": models }))
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
