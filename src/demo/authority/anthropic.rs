//! The paths that seed 001 logs in at, as current servers behave.
//!
//! JSON only at the token endpoint, `code=true` and a `state` of 43 characters in the
//! authorization request, and the `state` once more in the token request.

/// Where a login begins.
pub const AUTHORIZE: &str = "/oauth/authorize";
/// Where the code is shown for pasting.
pub const PASTE: &str = "/oauth/code/callback";
/// Where codes and refresh tokens become tokens.
pub const TOKEN: &str = "/v1/oauth/token";

/// The length of a `state`: 32 bytes in base64url. Any other is refused.
pub(super) const STATE: usize = 43;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::demo::authority::client::SEED;
    use crate::demo::authority::resource::KEY;
    use crate::demo::authority::tests::{
        CHALLENGE, Desk, Pairs, VERIFIER, but, form, json as read, parameter, refused, text,
    };
    use crate::demo::authority::{Answer, MODELS};

    const LONG: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    const SEED_REDIRECT: &str = "http://localhost:8765/callback";

    /// The authorization request of seed 001, with the `code=true` that servers want.
    fn asking() -> Pairs<'static> {
        vec![
            ("code", "true"),
            ("client_id", SEED),
            ("response_type", "code"),
            ("redirect_uri", SEED_REDIRECT),
            ("scope", "org:create_api_key user:profile user:inference"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("state", LONG),
        ]
    }

    fn ask(desk: &mut Desk, pairs: &Pairs<'_>) -> Answer {
        desk.ask(&format!("GET {AUTHORIZE}?{}", form(pairs)), &[], "")
    }

    fn code(desk: &mut Desk) -> String {
        let page = ask(desk, &asking());
        parameter(&desk.decide(&page, "allow"), "code")
    }

    /// The token request of seed 001.
    fn body(code: &str) -> Value {
        json!({
            "grant_type": "authorization_code", "code": code, "state": LONG, "client_id": SEED,
            "redirect_uri": SEED_REDIRECT, "code_verifier": VERIFIER,
        })
    }

    #[test]
    fn seed_001_logs_in_tests_its_token_and_renews_it() {
        let mut desk = Desk::new();
        let given = code(&mut desk);
        let tokens = read(&desk.send(TOKEN, &[], &body(&given)));
        assert_eq!(tokens["expires_in"], 3600);
        assert_eq!(tokens["account"]["email_address"], "bo@demo.test");
        assert_eq!(tokens["organization"]["name"], "demo.test");
        assert_eq!(tokens["scope"], "org:create_api_key user:profile user:inference");
        assert_eq!(desk.get("/v1/models?limit=10", text(&tokens, "/access_token")).status, 200);

        let refresh = json!({
            "grant_type": "refresh_token", "client_id": SEED, "refresh_token": tokens["refresh_token"],
        });
        let renewed = read(&desk.send(TOKEN, &[], &refresh));
        assert_ne!(renewed["refresh_token"], tokens["refresh_token"]);
        let visit = desk.authority.visits().rev().nth(2).expect("the exchange").clone();
        assert_eq!(
            visit.parameters,
            ["grant_type", "code", "state", "client_id", "redirect_uri", "code_verifier"]
        );
    }

    #[test]
    fn a_request_that_real_servers_do_not_know_is_a_page() {
        for (name, value) in [("code", ""), ("code", "1"), ("state", "a-state-of-22-letters."), ("state", "")]
        {
            let answer = ask(&mut Desk::new(), &but(asking(), name, value));
            assert_eq!((answer.status, answer.header("Location")), (400, None), "{name}={value}");
            assert!(answer.body.expose().contains("Invalid request format"), "{name}={value}");
        }
    }

    #[test]
    fn the_token_request_must_be_json_and_carry_the_state_again() {
        for (key, value, error) in [
            ("state", Value::Null, "invalid_request"),
            ("state", json!("AAEC"), "invalid_grant"),
            ("redirect_uri", json!("http://localhost:8766/callback"), "invalid_grant"),
        ] {
            let mut desk = Desk::new();
            let mut body = body(&code(&mut desk));
            body[key] = value;
            assert_eq!(refused(&desk.send(TOKEN, &[], &body)), (400, error.to_owned()), "{key}");
        }
        let mut desk = Desk::new();
        let refused = refused(&desk.post(TOKEN, &vec![("grant_type", "refresh_token"), ("client_id", SEED)]));
        assert_eq!(refused, (400, "invalid_request".to_owned()));
    }

    #[test]
    fn models_want_the_inference_scope_or_a_key() {
        let mut desk = Desk::new();
        let page = ask(&mut desk, &but(asking(), "scope", "user:profile"));
        let given = parameter(&desk.decide(&page, "allow"), "code");
        let tokens = read(&desk.send(TOKEN, &[], &body(&given)));
        assert_eq!(desk.get(MODELS, text(&tokens, "/access_token")).status, 403);
        let line = format!("GET {MODELS}?limit=10");
        for (header, value, status) in [
            ("x-api-key", KEY, 200),
            ("X-Api-Key", "another", 401),
            ("Authorization", &format!("Bearer {KEY}"), 200),
            ("Authorization", "Bearer another", 401),
        ] {
            assert_eq!(desk.ask(&line, &[(header, value)], "").status, status, "{header}: {value}");
        }
    }
}
