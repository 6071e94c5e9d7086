//! Requests that the presets make, field by field.

mod own_app;

use authtui::domain::provider::environment::CredentialSource;
use authtui::domain::provider::meaning::Meaning;
use authtui::domain::provider::request_template::{Method, Placeholder, RequestTemplate};
use authtui::domain::provider::{Authentication, Authorize, LoginMethod, Pkce, Provider, Rotation};
use authtui::domain::secret::Secret;
use authtui::oauth::authorization::{Authorization, AuthorizationParameters};
use authtui::oauth::redirects::Redirects;
use authtui::oauth::request::{Bindings, Request};
use authtui::stored::provider_file::{self, PRESETS};
use serde_json::{Value, json};

use crate::harness::entropy;

#[test]
fn every_preset_is_named_after_its_file_and_borrows_no_client() {
    for (name, _) in PRESETS {
        let provider = preset(name);
        // Anthropic's is public and shipped as other programs have it; the example's is none.
        let ships_an_id = ["anthropic", "oauth2"].contains(&name);
        assert_eq!(provider.client.id.is_some(), ships_an_id, "{name}");
        let is_example = name == "oauth2" || provider.address.is_some();
        assert_eq!(provider.example, is_example, "{name}");
    }
}

#[test]
fn oauth2_token_requests_are_forms_with_an_optional_secret_and_optional_pkce() {
    let provider = preset("oauth2");
    assert_eq!(
        query(&provider),
        "client_id=cid&response_type=code&redirect_uri=REDIRECT&scope=openid+profile&\
         code_challenge=CHALLENGE&code_challenge_method=S256&state=STATE"
    );
    let exchange = sent(provider.exchange.as_ref());
    assert_eq!(
        (text(&exchange), media(&exchange)),
        (
            "grant_type=authorization_code&code=c0de&client_id=cid&redirect_uri=there&code_verifier=ver"
                .into(),
            Some("application/x-www-form-urlencoded")
        )
    );
    assert_eq!(
        text(&sent(provider.refresh.as_ref())),
        "grant_type=refresh_token&client_id=cid&refresh_token=rt"
    );
    let (_, example) = PRESETS.into_iter().find(|(name, _)| *name == "oauth2").expect("the example");
    let changed = example
        .replace("authentication: none", "authentication: post")
        .replace("pkce: required", "pkce: off");
    let provider = provider_file::load("oauth2", &changed).expect("a provider");
    assert_eq!((provider.pkce, query(&provider).contains("challenge")), (Pkce::Off, false));
    assert_eq!(
        text(&filled(provider.exchange.as_ref(), &[Placeholder::Code, Placeholder::Redirect])),
        "grant_type=authorization_code&code=c0de&client_id=cid&client_secret=s3cret&redirect_uri=there"
    );
}

#[test]
fn anthropic_token_requests_are_json_and_the_exchange_holds_the_state() {
    let provider = preset("anthropic");
    assert_eq!(provider.flows, [LoginMethod::Code, LoginMethod::Paste, LoginMethod::Key]);
    assert_eq!(
        body(&sent(provider.exchange.as_ref())),
        json!({
            "grant_type": "authorization_code", "code": "c0de", "state": "st", "client_id": "cid",
            "redirect_uri": "there", "code_verifier": "ver",
        })
    );
    assert_eq!(
        body(&sent(provider.refresh.as_ref())),
        json!({ "grant_type": "refresh_token", "client_id": "cid", "refresh_token": "rt" })
    );
}

#[test]
fn qwen_device_code_carries_pkce_in_forms() {
    let provider = preset("qwen");
    assert_eq!((&provider.authorize, &provider.exchange), (&None, &None));
    let device = provider.device.as_ref().expect("a device authorization");
    let asked = sent(Some(&device.authorize));
    assert_eq!(asked.url.as_str(), "https://chat.qwen.ai/api/v1/oauth2/device/code");
    assert_eq!(text(&asked), "client_id=cid&scope=a+b&code_challenge=cha&code_challenge_method=S256");
    let polled = sent(Some(&device.poll));
    assert_eq!(polled.url.as_str(), "https://chat.qwen.ai/api/v1/oauth2/token");
    assert_eq!(
        text(&polled),
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=dc&client_id=cid&\
         code_verifier=ver"
    );
    assert_eq!(
        text(&sent(provider.refresh.as_ref())),
        "grant_type=refresh_token&client_id=cid&refresh_token=rt"
    );
    assert_eq!(provider.meanings.meaning_of(429, None), Some(Meaning::SlowDown));
    assert_eq!(provider.meanings.meaning_of(401, None), Some(Meaning::GrantDead));
    assert_eq!(provider.meanings.meaning_of(400, Some("authorization_pending")), Some(Meaning::Pending));
}

#[test]
fn calcom_platform_authorize_is_a_post_with_the_redirect_alone() {
    let provider = preset("calcom-platform");
    let Some(Authorize::Sent { call, reading }) = &provider.authorize else {
        panic!("not sent from here: {:?}", provider.authorize)
    };
    let request = sent(Some(call));
    assert_eq!(request.method, Method::Post);
    assert_eq!(request.url.as_str(), "https://api.cal.com/v2/oauth/cid/authorize");
    assert_eq!(body(&request), json!({ "redirectUri": "there" }));
    assert!(reading[&400].contains("ALREADY AUTHORISED"), "{reading:?}");
    assert_eq!((provider.state.echoed, provider.pkce), (false, Pkce::Off));
}

#[test]
fn calcom_platform_exchange_carries_the_code_in_the_authorization_header() {
    let provider = preset("calcom-platform");
    let request = sent(provider.exchange.as_ref());
    assert_eq!(request.url.as_str(), "https://api.cal.com/v2/oauth/cid/exchange");
    assert_eq!(headers(&request), [("accept", "application/json"), ("authorization", "Bearer c0de")]);
    assert_eq!(body(&request), json!({ "clientSecret": "s3cret" }));
    assert!(provider.client.authentication.has_secret());
}

#[test]
fn calcom_platform_refresh_carries_the_secret_in_a_header_and_the_token_in_camel_case() {
    let provider = preset("calcom-platform");
    let request = sent(provider.refresh.as_ref());
    assert_eq!(request.url.as_str(), "https://api.cal.com/v2/oauth/cid/refresh");
    assert_eq!(headers(&request), [("accept", "application/json"), ("x-cal-secret-key", "s3cret")]);
    assert_eq!(body(&request), json!({ "refreshToken": "rt" }));
}

#[test]
fn calcom_platform_answers_are_read_below_data_and_498_is_explained() {
    let provider = preset("calcom-platform");
    let answer = json!({ "status": "success", "data": {
        "accessToken": "at", "refreshToken": "rt",
        "accessTokenExpiresAt": 1_800_000_000_000_i64, "refreshTokenExpiresAt": 1_830_000_000_000_i64,
    } });
    let found = |pointers: &authtui::domain::provider::reply::Pointers| pointers.find(&answer).cloned();
    let reply = &provider.reply;
    assert_eq!((found(&reply.access), found(&reply.refresh)), (Some("at".into()), Some("rt".into())));
    assert_eq!(found(&reply.expires_at), Some(json!(1_800_000_000_000_i64)));
    assert_eq!(found(&reply.grant_ends_at), Some(json!(1_830_000_000_000_i64)));
    assert!(provider.probe.expect("a probe").reading[&498].contains("expired"));
}

#[test]
fn the_newer_protocol_of_cal_com_is_the_standard_with_an_exact_redirect() {
    let provider = preset("calcom");
    let query = query(&provider);
    assert!(query.contains("scope=PROFILE_READ&code_challenge=CHALLENGE"), "{query}");
    assert_eq!(provider.redirect.ports(), [8765]);
    let exchange = sent(provider.exchange.as_ref());
    assert_eq!(exchange.url.as_str(), "https://api.cal.com/v2/auth/oauth2/token");
    assert!(text(&exchange).contains("code_verifier=ver"));
    assert_eq!(provider.rotation, Rotation::SingleUse);
}

#[test]
fn anthropic_looks_for_a_key_then_a_token_then_a_login_and_claude_code_the_other_way_round() {
    let provider = preset("anthropic");
    let orders: Vec<(&str, Vec<&str>)> = provider
        .orders
        .iter()
        .map(|order| (order.name.as_str(), order.sources.iter().map(word).collect()))
        .collect();
    assert_eq!(
        orders,
        [
            ("claw-code", vec!["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "login"]),
            (
                "claude-code",
                vec!["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "login"]
            ),
        ]
    );
    let headers: Vec<_> = provider.environment.iter().map(|variable| variable.header.as_deref()).collect();
    assert_eq!(headers, [Some("x-api-key"), None, None]);
    assert_eq!(provider.key_header.as_deref(), Some("x-api-key"));
    assert_eq!(provider.key_page.expect("a page").host_str(), Some("console.anthropic.com"));
}

#[test]
fn qonic_asks_without_a_response_type_and_sends_the_secret_in_a_form() {
    let provider = preset("qonic");
    assert_eq!(
        query(&provider),
        "client_id=cid&redirect_uri=REDIRECT&scope=projects%3Aread+models%3Aread&\
         code_challenge=CHALLENGE&code_challenge_method=S256&state=STATE"
    );
    let redirect = provider.redirect.loopback(provider.redirect.port).expect("an address");
    assert_eq!(redirect.as_str(), "http://localhost:8765/callback");
    assert_eq!(provider.redirect.ports(), [8765]);
    assert_eq!(
        text(&sent(provider.exchange.as_ref())),
        "grant_type=authorization_code&code=c0de&client_id=cid&client_secret=s3cret&redirect_uri=there&\
         code_verifier=ver"
    );
    assert_eq!((provider.refresh, provider.rotation), (None, Rotation::None));
}

#[test]
fn qonic_lists_its_scopes_without_a_secret_and_names_its_errors() {
    let provider = preset("qonic");
    let list = provider.scopes.list.expect("a list");
    let request = Bindings::default().fill(&list.call).expect("nothing to fill");
    assert_eq!(
        (request.method, request.url.as_str(), headers(&request)),
        (Method::Get, "https://api.qonic.com/v1/auth/scopes", vec![("accept", "application/json")])
    );
    let answer = json!({ "scopes": [{ "name": "projects:read", "description": "See projects" }] });
    let scope = &list.at.find(&answer).expect("a list")[0];
    assert_eq!(list.name.find(scope), Some(&json!("projects:read")));
    assert_eq!(list.title.find(scope), Some(&json!("See projects")));
    let refusal = json!({ "errorDetails": "bad code" });
    assert_eq!(provider.reply.error.find(&refusal), Some(&json!("bad code")));
}

fn preset(name: &str) -> Provider {
    provider_file::catalog([]).get(name).expect("a preset").clone()
}

fn word(source: &CredentialSource) -> &str {
    match source {
        CredentialSource::Variable(name) => name,
        CredentialSource::Login => "login",
        CredentialSource::Key => "key",
    }
}

/// The query of the authorization address, its random and long parts replaced by words.
fn query(provider: &Provider) -> String {
    let scopes = provider.scopes.default.clone();
    let asking =
        AuthorizationParameters { client_id: "cid".into(), scopes, account: None, chooses_account: false };
    let loopback = provider.redirect.loopback(provider.redirect.port);
    let redirects = Redirects { loopback, paste: None };
    let authorization = Authorization::new(provider, asking, &entropy(), redirects);
    let redirect = authorization.loopback().expect("a redirect").clone();
    let url = authorization.url(provider, &redirect).expect("a page");
    let replaced = url.query_pairs().into_owned().map(|(name, value)| match name.as_str() {
        "redirect_uri" => (name, "REDIRECT".to_owned()),
        "code_challenge" => (name, "CHALLENGE".to_owned()),
        "state" => (name, "STATE".to_owned()),
        _ => (name, value),
    });
    let mut shown = url.clone();
    shown.query_pairs_mut().clear().extend_pairs(replaced);
    shown.query().expect("a query").to_owned()
}

/// The request that `call` becomes with everything there is to fill it.
fn sent(call: Option<&RequestTemplate>) -> Request {
    filled(call, &Placeholder::ALL)
}

/// The request that `call` becomes with a client and `placeholders`.
fn filled(call: Option<&RequestTemplate>, placeholders: &[Placeholder]) -> Request {
    let values = [
        (Placeholder::Code, "c0de"),
        (Placeholder::State, "st"),
        (Placeholder::Redirect, "there"),
        (Placeholder::Challenge, "cha"),
        (Placeholder::Verifier, "ver"),
        (Placeholder::Refresh, "rt"),
        (Placeholder::DeviceCode, "dc"),
        (Placeholder::Scope, "a b"),
    ];
    let client = Bindings::from_client(&Authentication::Basic, "cid", Some(&Secret::new("s3cret")));
    let known = values.into_iter().filter(|(placeholder, _)| placeholders.contains(placeholder));
    let bindings =
        known.fold(client, |bindings, (placeholder, value)| bindings.with(placeholder, Secret::new(value)));
    bindings.fill(call.expect("a call")).expect("a request")
}

fn headers(request: &Request) -> Vec<(&str, &str)> {
    request.headers.iter().map(|(name, value)| (name.as_str(), value.expose())).collect()
}

fn media(request: &Request) -> Option<&'static str> {
    request.body.as_ref().map(|(media, _)| *media)
}

fn text(request: &Request) -> String {
    request.body.as_ref().expect("a body").1.expose().to_owned()
}

fn body(request: &Request) -> Value {
    assert_eq!(media(request), Some("application/json"));
    serde_json::from_str(&text(request)).expect("JSON")
}
