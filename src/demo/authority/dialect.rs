//! Dialects of OAuth: in which way each family of servers differs from the next, as data.
//!
//! A [`Dialect`] has the paths of a server, what it demands of a request, and how it shapes its
//! replies. The rules of the protocol (codes, PKCE, rotation) are the same for all.

use crate::demo::authority::{AUTHORIZE, PASTE, TOKEN};
use crate::domain::clock::TimeDelta;

/// A scope and what it allows, as the consent page says it.
pub type Scope = (&'static str, &'static str);

/// One family of servers.
#[derive(Debug, PartialEq, Eq)]
pub struct Dialect {
    /// The page where a login begins.
    authorize: Option<&'static str>,
    /// Where the consent page posts the decision.
    pub(super) decision: &'static str,
    /// The page that shows the code for pasting.
    pub(super) paste: Option<&'static str>,
    device: Option<&'static str>,
    token: Option<&'static str>,
    /// The public list of scopes.
    scope_list: Option<&'static str>,
    pub(super) scopes: &'static [Scope],
    pub(super) scope_separators: &'static [char],
    /// The media types of bodies that are read.
    pub(super) body: BodyFormat,
    pub(super) format: ReplyFormat,
    pub(super) reply: &'static [(&'static str, ReplyValue)],
    /// The lifetime of access tokens, where it is not the demo's own.
    pub(super) access_lifetime: Option<TimeDelta>,
    /// The lifetime of grants, where it is not the demo's own.
    pub(super) grant_lifetime: Option<TimeDelta>,
    quirks: &'static [Quirk],
}

/// Which bodies a server reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyFormat {
    Form,
    Json,
    Either,
}

/// How a server shapes replies and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyFormat {
    /// Both as RFC 6749 has them.
    OAuth,
    /// An error is `errorDetails` and nothing else.
    ErrorDetails,
    /// `status` beside `data` or `error`.
    Platform,
}

/// What a member of a token reply holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyValue {
    AccessToken,
    RefreshToken,
    TokenType(&'static str),
    ExpiresIn,
    ExpiresAtMillis,
    GrantExpiresIn,
    GrantExpiresAtMillis,
    Scope,
    Account,
    Organization,
}

/// A rule that few servers have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quirk {
    /// `code=true` and a `state` of exactly 43 characters, or the page says "Invalid request format".
    CodeTrue,
    /// The token request carries the `state` of the authorization request again.
    StateAgain,
    /// The authorization request needs no `response_type`.
    NoResponseType,
    /// The client secret is asked for by name.
    SecretInBody,
    /// There are no refresh tokens.
    NoRefresh,
    /// Device codes are bound to the program that asks (RFC 7636).
    DevicePkce,
    /// `slow_down` comes with status 429.
    SlowDownIs429,
    /// Both ends of a grant are rounded down, so that fresh tokens never have their full life.
    RoundedDown,
}

/// What a path of a dialect is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endpoint<'a> {
    Authorize,
    Paste,
    Device,
    Token,
    ScopeList,
    /// `/v2/oauth/{client}/authorize`
    PlatformAuthorize(&'a str),
    /// `/v2/oauth/{client}/exchange`
    PlatformExchange(&'a str),
    /// `/v2/oauth/{client}/refresh`
    PlatformRefresh(&'a str),
}

impl Dialect {
    pub(super) fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    pub(super) fn serves_devices(&self) -> bool {
        self.device.is_some()
    }

    /// Where device codes are asked for.
    pub(super) fn device_path(&self) -> Option<&'static str> {
        self.device
    }

    fn endpoint(&self, path: &str) -> Option<Endpoint<'static>> {
        let endpoints = [
            (self.authorize, Endpoint::Authorize),
            (self.paste, Endpoint::Paste),
            (self.device, Endpoint::Device),
            (self.token, Endpoint::Token),
            (self.scope_list, Endpoint::ScopeList),
        ];
        endpoints.into_iter().find(|(own, _)| *own == Some(path)).map(|(_, endpoint)| endpoint)
    }
}

/// The endpoint at `path`, with the dialect it speaks.
pub(super) fn endpoint(path: &str) -> Option<(&'static Dialect, Endpoint<'_>)> {
    let own = |dialect: &'static Dialect| Some((dialect, dialect.endpoint(path)?));
    DIALECTS.into_iter().find_map(own).or_else(|| {
        let (client, step) = path.strip_prefix("/v2/oauth/")?.split_once('/')?;
        let endpoint = match step {
            "authorize" => Endpoint::PlatformAuthorize(client),
            "exchange" => Endpoint::PlatformExchange(client),
            "refresh" => Endpoint::PlatformRefresh(client),
            _ => return None,
        };
        Some((&CAL_PLATFORM, endpoint))
    })
}

/// All dialects; the first is that of the paths that have none.
pub(super) const DIALECTS: [&Dialect; 6] = [&STANDARD, &ANTHROPIC, &CAL, &CAL_PLATFORM, &QONIC, &QWEN];

/// OAuth 2.0 by the book.
pub(super) const STANDARD: Dialect = Dialect {
    authorize: Some(AUTHORIZE),
    decision: AUTHORIZE,
    paste: Some(PASTE),
    device: Some("/oauth2/device"),
    token: Some(TOKEN),
    scope_list: None,
    scopes: &[
        ("profile", "See your name and e-mail address"),
        ("inference", "Run models in your name"),
        ("files", "Read your files"),
    ],
    scope_separators: &[' '],
    body: BodyFormat::Either,
    format: ReplyFormat::OAuth,
    reply: &[
        ("access_token", ReplyValue::AccessToken),
        ("token_type", ReplyValue::TokenType("bearer")),
        ("expires_in", ReplyValue::ExpiresIn),
        ("refresh_token", ReplyValue::RefreshToken),
        ("refresh_expires_in", ReplyValue::GrantExpiresIn),
        ("scope", ReplyValue::Scope),
        ("account", ReplyValue::Account),
    ],
    access_lifetime: None,
    grant_lifetime: None,
    quirks: &[],
};

/// A dialect without paths and scopes, to which each other one adds its own.
const NOTHING: Dialect =
    Dialect { authorize: None, paste: None, device: None, token: None, scopes: &[], ..STANDARD };

/// Anthropic's servers, as its preset calls them.
pub(super) const ANTHROPIC: Dialect = Dialect {
    authorize: Some("/oauth/authorize"),
    paste: Some("/oauth/code/callback"),
    token: Some("/v1/oauth/token"),
    scopes: &[
        ("org:create_api_key", "Make API keys for your organization"),
        ("user:profile", "See your name and e-mail address"),
        ("user:inference", "Run models in your name"),
        ("user:sessions:claude_code", "See your coding sessions"),
        ("user:mcp_servers", "Use your MCP servers"),
        ("user:file_upload", "Upload files in your name"),
    ],
    body: BodyFormat::Json,
    reply: &[
        ("token_type", ReplyValue::TokenType("Bearer")),
        ("access_token", ReplyValue::AccessToken),
        ("expires_in", ReplyValue::ExpiresIn),
        ("refresh_token", ReplyValue::RefreshToken),
        ("scope", ReplyValue::Scope),
        ("organization", ReplyValue::Organization),
        ("account", ReplyValue::Account),
    ],
    quirks: &[Quirk::CodeTrue, Quirk::StateAgain],
    ..NOTHING
};

/// Cal.com's OAuth 2.0, the newer of its two ways.
pub(super) const CAL: Dialect = Dialect {
    authorize: Some("/auth/oauth2/authorize"),
    token: Some("/v2/auth/oauth2/token"),
    scopes: &[
        ("PROFILE_READ", "See your profile"),
        ("BOOKING_READ", "See your bookings"),
        ("BOOKING_WRITE", "Make, move and cancel bookings"),
        ("EVENT_TYPE_READ", "See your event types"),
    ],
    scope_separators: &[' ', ','],
    reply: PLAIN_REPLY,
    access_lifetime: Some(TimeDelta::minutes(30)),
    ..NOTHING
};

/// Cal.com's platform API: no page, no scopes, ends as epoch milliseconds.
pub(super) const CAL_PLATFORM: Dialect = Dialect {
    body: BodyFormat::Json,
    format: ReplyFormat::Platform,
    reply: &[
        ("accessToken", ReplyValue::AccessToken),
        ("refreshToken", ReplyValue::RefreshToken),
        ("accessTokenExpiresAt", ReplyValue::ExpiresAtMillis),
        ("refreshTokenExpiresAt", ReplyValue::GrantExpiresAtMillis),
    ],
    grant_lifetime: Some(TimeDelta::days(365)),
    quirks: &[Quirk::RoundedDown],
    ..NOTHING
};

/// Qonic's servers: a public list of scopes, a consent path of its own, tokens without end or refresh.
pub(super) const QONIC: Dialect = Dialect {
    authorize: Some("/v1/auth/authorize"),
    decision: "/v1/auth/consent",
    token: Some("/v1/auth/token"),
    scope_list: Some("/v1/auth/scopes"),
    scopes: &[
        ("projects:read", "See your projects"),
        ("projects:write", "Change your projects"),
        ("models:read", "See your models"),
        ("models:write", "Change your models"),
        ("issues:read", "See issues"),
        ("libraries:read", "See your libraries"),
        ("libraries:write", "Change your libraries"),
    ],
    body: BodyFormat::Form,
    format: ReplyFormat::ErrorDetails,
    reply: &[
        ("access_token", ReplyValue::AccessToken),
        ("token_type", ReplyValue::TokenType("Bearer")),
        ("scope", ReplyValue::Scope),
    ],
    access_lifetime: Some(TimeDelta::days(36_500)),
    grant_lifetime: Some(TimeDelta::days(36_500)),
    quirks: &[Quirk::NoResponseType, Quirk::SecretInBody, Quirk::NoRefresh],
    ..NOTHING
};

/// Qwen's device codes (RFC 8628).
pub(super) const QWEN: Dialect = Dialect {
    device: Some("/api/v1/oauth2/device/code"),
    token: Some("/api/v1/oauth2/token"),
    scopes: &[
        ("openid", "Know who you are"),
        ("profile", "See your name"),
        ("email", "See your e-mail address"),
        ("model.completion", "Run models in your name"),
    ],
    body: BodyFormat::Form,
    reply: PLAIN_REPLY,
    quirks: &[Quirk::DevicePkce, Quirk::SlowDownIs429],
    ..NOTHING
};

const PLAIN_REPLY: &[(&str, ReplyValue)] = &[
    ("access_token", ReplyValue::AccessToken),
    ("token_type", ReplyValue::TokenType("bearer")),
    ("refresh_token", ReplyValue::RefreshToken),
    ("expires_in", ReplyValue::ExpiresIn),
    ("scope", ReplyValue::Scope),
];

#[cfg(test)]
mod tests {
    mod anthropic {
        use serde_json::{Value, json};

        use crate::demo::authority::MODELS;
        use crate::demo::authority::client::ANTHROPIC;
        use crate::demo::authority::resource::KEY;
        use crate::demo::authority::response::HttpResponse;
        use crate::demo::authority::tests::{
            CHALLENGE, Pairs, TestUser, VERIFIER, but, form, json as read, parameter, refused, text,
        };

        const AUTHORIZE: &str = "/oauth/authorize";
        const TOKEN: &str = "/v1/oauth/token";

        const LONG: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        const REDIRECT: &str = "http://localhost:8765/callback";

        /// The authorization request of the preset for Anthropic, with the `code=true` that servers want.
        fn asking() -> Pairs<'static> {
            vec![
                ("code", "true"),
                ("client_id", ANTHROPIC),
                ("response_type", "code"),
                ("redirect_uri", REDIRECT),
                ("scope", "org:create_api_key user:profile user:inference"),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
                ("state", LONG),
            ]
        }

        fn ask(user: &mut TestUser, pairs: &Pairs<'_>) -> HttpResponse {
            user.ask(&format!("GET {AUTHORIZE}?{}", form(pairs)), &[], "")
        }

        fn code(user: &mut TestUser) -> String {
            let page = ask(user, &asking());
            parameter(&user.decide(&page, "allow"), "code")
        }

        /// The token request of the preset for Anthropic.
        fn body(code: &str) -> Value {
            json!({
                "grant_type": "authorization_code", "code": code, "state": LONG, "client_id": ANTHROPIC,
                "redirect_uri": REDIRECT, "code_verifier": VERIFIER,
            })
        }

        #[test]
        fn anthropic_logs_in_tests_its_token_and_refreshes_it() {
            let mut user = TestUser::new();
            let given = code(&mut user);
            let tokens = read(&user.send(TOKEN, &[], &body(&given)));
            assert_eq!(tokens["expires_in"], 3600);
            assert_eq!(tokens["account"]["email_address"], "bo@demo.test");
            assert_eq!(tokens["organization"]["name"], "demo.test");
            assert_eq!(tokens["scope"], "org:create_api_key user:profile user:inference");
            assert_eq!(user.get("/v1/models?limit=10", text(&tokens, "/access_token")).status, 200);

            let refresh = json!({
                "grant_type": "refresh_token", "client_id": ANTHROPIC, "refresh_token": tokens["refresh_token"],
            });
            let refreshed = read(&user.send(TOKEN, &[], &refresh));
            assert_ne!(refreshed["refresh_token"], tokens["refresh_token"]);
            let seen = user.authority.seen_requests().rev().nth(2).expect("the exchange").clone();
            assert_eq!(
                seen.parameters,
                ["grant_type", "code", "state", "client_id", "redirect_uri", "code_verifier"]
            );
        }

        #[test]
        fn a_request_that_real_servers_do_not_know_is_a_page() {
            for (name, value) in
                [("code", ""), ("code", "1"), ("state", "a-state-of-22-letters."), ("state", "")]
            {
                let answer = ask(&mut TestUser::new(), &but(asking(), name, value));
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
                let mut user = TestUser::new();
                let mut body = body(&code(&mut user));
                body[key] = value;
                assert_eq!(refused(&user.send(TOKEN, &[], &body)), (400, error.to_owned()), "{key}");
            }
            let mut user = TestUser::new();
            let refused =
                refused(&user.post(TOKEN, &vec![("grant_type", "refresh_token"), ("client_id", ANTHROPIC)]));
            assert_eq!(refused, (400, "invalid_request".to_owned()));
        }

        #[test]
        fn models_want_the_inference_scope_or_a_key() {
            let mut user = TestUser::new();
            let page = ask(&mut user, &but(asking(), "scope", "user:profile"));
            let given = parameter(&user.decide(&page, "allow"), "code");
            let tokens = read(&user.send(TOKEN, &[], &body(&given)));
            assert_eq!(user.get(MODELS, text(&tokens, "/access_token")).status, 403);
            let line = format!("GET {MODELS}?limit=10");
            for (header, value, status) in [
                ("x-api-key", KEY, 200),
                ("X-Api-Key", "another", 401),
                ("Authorization", &format!("Bearer {KEY}"), 200),
                ("Authorization", "Bearer another", 401),
            ] {
                assert_eq!(user.ask(&line, &[(header, value)], "").status, status, "{header}: {value}");
            }
        }
    }

    mod cal {
        use serde_json::json;

        use crate::demo::authority::client;
        use crate::demo::authority::tests::{REDIRECT, STATE, TestUser, form, json as read, parameter};

        const AUTHORIZE: &str = "/auth/oauth2/authorize";
        const TOKEN: &str = "/v2/auth/oauth2/token";

        #[test]
        fn scopes_may_come_with_commas_and_bodies_as_json_or_form() {
            for as_json in [true, false] {
                let mut user = TestUser::new();
                let query = vec![
                    ("client_id", client::POST),
                    ("response_type", "code"),
                    ("redirect_uri", REDIRECT),
                    ("scope", "PROFILE_READ,BOOKING_READ BOOKING_READ"),
                    ("state", STATE),
                ];
                let page = user.ask(&format!("GET {AUTHORIZE}?{}", form(&query)), &[], "");
                let code = parameter(&user.decide(&page, "allow"), "code");
                let body = vec![
                    ("grant_type", "authorization_code"),
                    ("client_id", client::POST),
                    ("client_secret", client::CONFIDENTIAL_SECRET),
                    ("code", code.as_str()),
                    ("redirect_uri", REDIRECT),
                ];
                let members = body.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
                let answer = if as_json {
                    user.send(TOKEN, &[], &serde_json::Value::Object(members))
                } else {
                    user.post(TOKEN, &body)
                };
                let tokens = read(&answer);
                assert_eq!(tokens["expires_in"], 1800, "{tokens}");
                assert_eq!(tokens["scope"], "PROFILE_READ BOOKING_READ");
                assert_eq!(tokens.get("account"), None);
            }
        }
    }

    mod qonic {
        use serde_json::json;

        use crate::demo::authority::USERINFO;
        use crate::demo::authority::client;
        use crate::demo::authority::response::HttpResponse;
        use crate::demo::authority::tests::{
            CHALLENGE, Pairs, STATE, TestUser, VERIFIER, between, but, form, json as read, parameter, text,
        };

        const AUTHORIZE: &str = "/v1/auth/authorize";
        const CONSENT: &str = "/v1/auth/consent";
        const SCOPES: &str = "/v1/auth/scopes";
        const TOKEN: &str = "/v1/auth/token";

        const REDIRECT: &str = "http://localhost:8765/callback";

        fn page(user: &mut TestUser) -> HttpResponse {
            let query = vec![
                ("client_id", client::POST),
                ("redirect_uri", REDIRECT),
                ("scope", "projects:read models:read"),
                ("state", STATE),
                ("code_challenge", CHALLENGE),
                ("code_challenge_method", "S256"),
            ];
            user.ask(&format!("GET {AUTHORIZE}?{}", form(&query)), &[], "")
        }

        fn body(code: &str) -> Pairs<'_> {
            vec![
                ("grant_type", "authorization_code"),
                ("client_id", client::POST),
                ("client_secret", client::CONFIDENTIAL_SECRET),
                ("code", code),
                ("redirect_uri", REDIRECT),
                ("code_verifier", VERIFIER),
            ]
        }

        #[test]
        fn qonic_lists_its_scopes_for_everybody_and_logs_in_without_a_response_type() {
            let mut user = TestUser::new();
            let list = read(&user.ask(&format!("GET {SCOPES}"), &[], ""));
            assert_eq!(
                list["scopes"][0],
                json!({"name": "projects:read", "description": "See your projects"})
            );

            let page = page(&mut user);
            assert_eq!(between(page.body.expose(), "action=\"", "\""), CONSENT);
            let consent = between(page.body.expose(), "name=\"consent\" value=\"", "\"").to_owned();
            let back = user.post(CONSENT, &vec![("consent", consent.as_str()), ("decision", "allow")]);
            let tokens = read(&user.post(TOKEN, &body(&parameter(&back, "code"))));

            let names: Vec<&String> = tokens.as_object().expect("an object").keys().collect();
            assert_eq!(names, ["access_token", "token_type", "scope"]);
            assert_eq!(tokens["scope"], "projects:read models:read");
            user.seconds = 400 * 24 * 3600;
            assert_eq!(user.get(USERINFO, text(&tokens, "/access_token")).status, 200);
        }

        #[test]
        fn every_refusal_is_a_400_with_error_details() {
            for (name, value, why) in [
                ("client_secret", "", "client_secret is required"),
                ("client_secret", "wrong", "wrong or missing client secret"),
                ("code_verifier", "", "code_verifier is missing"),
                ("grant_type", "refresh_token", "this grant type is not served here"),
            ] {
                let mut user = TestUser::new();
                let page = page(&mut user);
                let code = parameter(&user.decide(&page, "allow"), "code");
                let answer = user.post(TOKEN, &but(body(&code), name, value));
                assert_eq!(
                    (answer.status, read(&answer)),
                    (400, json!({ "errorDetails": why })),
                    "{name}={value}"
                );
            }
            let answer = TestUser::new().send(TOKEN, &[], &json!({}));
            assert_eq!(read(&answer), json!({ "errorDetails": "the body must be a form" }));
        }

        #[test]
        fn a_denied_consent_goes_back_with_its_error() {
            let mut user = TestUser::new();
            let page = page(&mut user);
            let back = user.decide(&page, "deny");
            assert_eq!(
                (parameter(&back, "error"), parameter(&back, "state")),
                ("access_denied".into(), STATE.into())
            );
        }
    }
}
