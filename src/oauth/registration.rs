//! Registration of authtui by a request, where a server takes one (RFC 7591): the request, what was given,
//! and what a refusal says.

use std::fmt;

use serde_json::{Value, json};
use url::Url;

use crate::domain::clock::{DateTime, Utc, at_seconds};
use crate::domain::provider::meaning::is_busy;
use crate::domain::provider::reply::Pointers;
use crate::domain::provider::request_template::Method;
use crate::domain::provider::{Authentication, Redirect};
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::oauth::reply;
use crate::oauth::request::{Reply, Request};

/// What authtui calls itself, everywhere: it never poses as another program.
const CLIENT_NAME: &str = "authtui";

/// The longest words of a server that are shown, in characters.
const WORDS_LIMIT: usize = 160;

/// What a server gave to a program that registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedClient {
    pub id: String,
    pub secret: Option<Secret>,
    pub authentication: Authentication,
    /// When the secret ends; absent: never.
    pub secret_ends: Option<DateTime<Utc>>,
}

/// The request that registers authtui at `endpoint` for answers to `redirect`, and for device codes where the
/// server has them.
#[must_use]
pub fn request(
    endpoint: &Url,
    redirect: &Redirect,
    authentication: &Authentication,
    has_device_codes: bool,
) -> Request {
    let ports = redirect.ports().into_iter().filter(|port| *port != 0);
    let redirects = ports.filter_map(|port| redirect.loopback(port));
    let redirects: Vec<String> = redirects.map(String::from).collect();
    let mut grants = vec!["authorization_code", "refresh_token"];
    if has_device_codes {
        grants.push("urn:ietf:params:oauth:grant-type:device_code");
    }
    let body = json!({
        "client_name": CLIENT_NAME,
        "application_type": "native",
        "redirect_uris": redirects,
        "grant_types": grants,
        "response_types": ["code"],
        "token_endpoint_auth_method": method(authentication),
    });
    Request {
        method: Method::Post,
        url: endpoint.clone(),
        headers: vec![("accept".to_owned(), Secret::new("application/json"))],
        body: Some(("application/json", Secret::new(body.to_string()))),
        secrets: Vec::new(),
        must_be_public: false,
    }
}

/// The client in `reply` to a [`request`] that asked for `authentication`.
///
/// # Errors
/// Why there is none.
pub fn read(reply: &Reply, authentication: &Authentication) -> Result<IssuedClient, RegistrationRefusal> {
    let tree = reply::json(reply).filter(Value::is_object);
    let text = |name: &str| tree.as_ref()?.get(name)?.as_str().filter(|text| !text.is_empty());
    let Some(id) = text("client_id").filter(|_| (200..300).contains(&reply.status)) else {
        return Err(RegistrationRefusal::of(reply, tree.as_ref()));
    };
    let secret = text("client_secret").map(Secret::new);
    let asked = method(authentication);
    let authentication = match (text("token_endpoint_auth_method"), &secret) {
        (Some("none"), _) | (_, None) => Authentication::None,
        (Some("client_secret_post"), Some(_)) => Authentication::Post,
        (Some("client_secret_basic"), Some(_)) => Authentication::Basic,
        (Some(_) | None, Some(_)) if asked == "client_secret_post" => Authentication::Post,
        // RFC 7591 §2.
        (Some(_) | None, Some(_)) => Authentication::Basic,
    };
    let secret = secret.filter(|_| authentication.has_secret());
    let ends = tree.as_ref().and_then(|tree| tree.get("client_secret_expires_at")?.as_i64());
    let secret_ends = ends.filter(|ends| *ends > 0 && secret.is_some()).and_then(at_seconds);
    Ok(IssuedClient { id: id.to_owned(), secret, authentication, secret_ends })
}

/// As RFC 7591 §2 names it.
fn method(authentication: &Authentication) -> &'static str {
    match authentication {
        Authentication::None => "none",
        Authentication::Post => "client_secret_post",
        Authentication::Basic | Authentication::BasicRaw | Authentication::Header(_) => "client_secret_basic",
    }
}

/// Why a server did not register authtui.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRefusal {
    status: u16,
    /// What the server said, made safe to show.
    words: Option<String>,
}

impl RegistrationRefusal {
    fn of(reply: &Reply, tree: Option<&Value>) -> Self {
        let said = |names: &[&str]| {
            let pointers = Pointers::new(names);
            tree.and_then(|tree| reply::words(&pointers, tree, str::to_owned))
        };
        let (code, why) = (said(&["/error", "/code"]), said(&["/error_description", "/message", "/detail"]));
        let words = match (code, why) {
            (Some(code), Some(why)) => Some(format!("{code}: {why}")),
            (Some(words), None) | (None, Some(words)) => Some(words),
            (None, None) if reply::is_page(reply) || tree.is_some() => None,
            (None, None) => {
                let words: Vec<&str> = reply.body.expose().split_whitespace().collect();
                Some(text::clean(&words.join(" "), WORDS_LIMIT))
            }
        };
        let words = words.filter(|words| !words.is_empty() && !(200..300).contains(&reply.status));
        Self { status: reply.status, words }
    }

    /// Whether the same request may do better later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        is_busy(self.status)
    }
}

impl fmt::Display for RegistrationRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status;
        match (&self.words, status) {
            (Some(words), _) => write!(f, "it refused with {status} and says “{words}”"),
            (None, 200..300) => write!(f, "it answered {status} without a client id"),
            (None, 404 | 405) => write!(f, "it answered {status}: nothing registers programs there"),
            (None, _) => write!(f, "it refused with {status}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::at_seconds;
    use crate::domain::provider::PortRule;
    use crate::oauth::fixtures::reply;

    #[test]
    fn the_request_says_who_asks_and_where_answers_go() {
        let redirect = Redirect { rule: PortRule::List(vec![8766]), ..Redirect::default() };
        let endpoint = Url::parse("https://id.test/register").expect("an address");
        let request = request(&endpoint, &redirect, &Authentication::None, false);
        let (kind, body) = request.body.expect("a body");
        let body: Value = serde_json::from_str(body.expose()).expect("JSON");
        assert_eq!((request.method, kind), (Method::Post, "application/json"));
        assert_eq!(
            (&body["client_name"], &body["application_type"], &body["token_endpoint_auth_method"]),
            (&json!("authtui"), &json!("native"), &json!("none"))
        );
        assert_eq!(
            body["redirect_uris"],
            json!(["http://127.0.0.1:8765/callback", "http://127.0.0.1:8766/callback"])
        );
        assert_eq!(body["grant_types"], json!(["authorization_code", "refresh_token"]));
    }

    #[test]
    fn what_was_given_says_how_the_client_proves_itself() {
        use Authentication::{Basic, None as Public, Post};
        for (asked, given, authentication, has_secret) in [
            (Public, json!({}), Public, false),
            (Public, json!({ "client_secret": "s", "token_endpoint_auth_method": "none" }), Public, false),
            (Public, json!({ "client_secret": "s" }), Basic, true),
            (Post, json!({ "client_secret": "s" }), Post, true),
            (
                Public,
                json!({ "client_secret": "s", "token_endpoint_auth_method": "client_secret_post" }),
                Post,
                true,
            ),
            (
                Post,
                json!({ "client_secret": "s", "token_endpoint_auth_method": "client_secret_basic" }),
                Basic,
                true,
            ),
            (Post, json!({ "token_endpoint_auth_method": "client_secret_post" }), Public, false),
        ] {
            let mut body = given.clone();
            body["client_id"] = json!("c1");
            let client = read(&reply(201, &body.to_string()), &asked).expect("a client");
            assert_eq!(
                (client.authentication, client.secret.is_some()),
                (authentication, has_secret),
                "{given}"
            );
        }
        for (ends, read_as) in [(0, None), (1_900_000_000, at_seconds(1_900_000_000))] {
            let body = json!({ "client_id": "c", "client_secret": "s", "client_secret_expires_at": ends });
            assert_eq!(read(&reply(201, &body.to_string()), &Post).expect("a client").secret_ends, read_as);
        }
    }

    #[test]
    fn a_refusal_says_in_the_servers_words_what_it_wants() {
        for (status, body, words) in [
            (403, "Forbidden", "it refused with 403 and says “Forbidden”"),
            (
                400,
                r#"{"error":"invalid_client_metadata","error_description":"client_name is not on the list"}"#,
                "it refused with 400 and says “invalid_client_metadata: client_name is not on the list”",
            ),
            (
                401,
                r#"{"message":"Register in the browser\u001b[2J"}"#,
                "it refused with 401 and says “Register in the browser\u{fffd}[2J”",
            ),
            (403, "<html><h1>no</h1>", "it refused with 403"),
            (404, "", "it answered 404: nothing registers programs there"),
            (201, r#"{"client_secret":"s3cret"}"#, "it answered 201 without a client id"),
            (200, "ok", "it answered 200 without a client id"),
        ] {
            let refusal = read(&reply(status, body), &Authentication::None).expect_err(body);
            assert_eq!(refusal.to_string(), words, "{status} {body}");
        }
        assert!(read(&reply(503, ""), &Authentication::None).expect_err("busy").is_passing());
    }
}
