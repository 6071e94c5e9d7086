//! Cal.com's OAuth 2.0, the newer of its two ways: JSON or form, tokens of half an hour.

/// Where a login begins.
pub const AUTHORIZE: &str = "/auth/oauth2/authorize";
/// Where codes and refresh tokens become tokens.
pub const TOKEN: &str = "/v2/auth/oauth2/token";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::demo::authority::client;
    use crate::demo::authority::tests::{Desk, REDIRECT, STATE, form, json as read, parameter};

    #[test]
    fn scopes_may_come_with_commas_and_bodies_as_json_or_form() {
        for as_json in [true, false] {
            let mut desk = Desk::new();
            let query = vec![
                ("client_id", client::POST),
                ("response_type", "code"),
                ("redirect_uri", REDIRECT),
                ("scope", "PROFILE_READ,BOOKING_READ BOOKING_READ"),
                ("state", STATE),
            ];
            let page = desk.ask(&format!("GET {AUTHORIZE}?{}", form(&query)), &[], "");
            let code = parameter(&desk.decide(&page, "allow"), "code");
            let body = vec![
                ("grant_type", "authorization_code"),
                ("client_id", client::POST),
                ("client_secret", client::CONFIDENTIAL_SECRET),
                ("code", code.as_str()),
                ("redirect_uri", REDIRECT),
            ];
            let members = body.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            let answer = if as_json {
                desk.send(TOKEN, &[], &serde_json::Value::Object(members))
            } else {
                desk.post(TOKEN, &body)
            };
            let tokens = read(&answer);
            assert_eq!(tokens["expires_in"], 1800, "{tokens}");
            assert_eq!(tokens["scope"], "PROFILE_READ BOOKING_READ");
            assert_eq!(tokens.get("account"), None);
        }
    }
}
