//! Seed 004: a public list of scopes, a consent of its own, and tokens without end or refresh.

use serde_json::{Value, json};

use crate::demo::authority::exchange::Answer;
use crate::demo::authority::scope;

/// What can be asked for, for everybody to read.
pub const SCOPES: &str = "/v1/auth/scopes";
/// Where a login begins.
pub const AUTHORIZE: &str = "/v1/auth/authorize";
/// Where the consent page posts the person's decision.
pub const CONSENT: &str = "/v1/auth/consent";
/// Where codes become tokens.
pub const TOKEN: &str = "/v1/auth/token";

/// The list of scopes.
pub(super) fn scopes() -> Answer {
    let scope = |(name, description): &scope::Scope| json!({ "name": name, "description": description });
    let scopes: Vec<Value> = scope::QONIC.iter().map(scope).collect();
    Answer::new(200, "application/json", json!({ "scopes": scopes }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::client;
    use crate::demo::authority::tests::{
        CHALLENGE, Desk, Pairs, STATE, VERIFIER, between, but, form, json as read, parameter, text,
    };
    use crate::demo::authority::{Answer, USERINFO};

    const SEED_REDIRECT: &str = "http://localhost:8765/callback";

    fn page(desk: &mut Desk) -> Answer {
        let query = vec![
            ("client_id", client::POST),
            ("redirect_uri", SEED_REDIRECT),
            ("scope", "projects:read models:read"),
            ("state", STATE),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        desk.ask(&format!("GET {AUTHORIZE}?{}", form(&query)), &[], "")
    }

    fn body(code: &str) -> Pairs<'_> {
        vec![
            ("grant_type", "authorization_code"),
            ("client_id", client::POST),
            ("client_secret", client::CONFIDENTIAL_SECRET),
            ("code", code),
            ("redirect_uri", SEED_REDIRECT),
            ("code_verifier", VERIFIER),
        ]
    }

    #[test]
    fn seed_004_lists_its_scopes_for_everybody_and_logs_in_without_a_response_type() {
        let mut desk = Desk::new();
        let list = read(&desk.ask(&format!("GET {SCOPES}"), &[], ""));
        assert_eq!(list["scopes"][0], json!({"name": "projects:read", "description": "See your projects"}));

        let page = page(&mut desk);
        assert_eq!(between(page.body.expose(), "action=\"", "\""), CONSENT);
        let consent = between(page.body.expose(), "name=\"consent\" value=\"", "\"").to_owned();
        let back = desk.post(CONSENT, &vec![("consent", consent.as_str()), ("decision", "allow")]);
        let tokens = read(&desk.post(TOKEN, &body(&parameter(&back, "code"))));

        let names: Vec<&String> = tokens.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["access_token", "token_type", "scope"]);
        assert_eq!(tokens["scope"], "projects:read models:read");
        desk.seconds = 400 * 24 * 3600;
        assert_eq!(desk.get(USERINFO, text(&tokens, "/access_token")).status, 200);
    }

    #[test]
    fn every_refusal_is_a_400_with_error_details() {
        for (name, value, why) in [
            ("client_secret", "", "client_secret is required"),
            ("client_secret", "wrong", "wrong or missing client secret"),
            ("code_verifier", "", "code_verifier is missing"),
            ("grant_type", "refresh_token", "this grant type is not served here"),
        ] {
            let mut desk = Desk::new();
            let page = page(&mut desk);
            let code = parameter(&desk.decide(&page, "allow"), "code");
            let answer = desk.post(TOKEN, &but(body(&code), name, value));
            assert_eq!(
                (answer.status, read(&answer)),
                (400, json!({ "errorDetails": why })),
                "{name}={value}"
            );
        }
        let answer = Desk::new().send(TOKEN, &[], &json!({}));
        assert_eq!(read(&answer), json!({ "errorDetails": "the body must be a form" }));
    }

    #[test]
    fn a_denied_consent_goes_back_with_its_error() {
        let mut desk = Desk::new();
        let page = page(&mut desk);
        let back = desk.decide(&page, "deny");
        assert_eq!(
            (parameter(&back, "error"), parameter(&back, "state")),
            ("access_denied".into(), STATE.into())
        );
    }
}
