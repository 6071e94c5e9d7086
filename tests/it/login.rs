//! Logins that succeed, with real values from the first random byte to the tested token.

use std::time::Duration;

use authtui::domain::change::{Change, Edit};
use authtui::domain::clock::TimeDelta;
use authtui::domain::known_login::LoginFacts;
use authtui::domain::name::StoreId;
use authtui::domain::profile::{Kind, Profile, TestResult};
use authtui::domain::provider::{IssuerInAnswers, Provider};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{Expiry, StoredTokens, Tokens};
use authtui::oauth::LoginId;
use authtui::oauth::callback::{
    AuthorizationResponse, CallbackCheck, CallbackVerdict, ExpectedAnswer, StateCheck,
};
use authtui::oauth::login::step::{LoginStep, StepState};
use authtui::oauth::login::{Input, Login, Outcome, Output, Stage};
use authtui::oauth::request::Request;
use serde_json::{Value, json};
use url::Url;

use crate::harness::{
    CHALLENGE, GO, ISSUER, Journey, PLACE, PORT, STATE, VERIFIER, at, bound, check, code, entropy, form, id,
    now, plan, reply, saved, sent, typed, visit,
};

const CLAUDE_CLIENT: &str = "9d1c250a-e61b-44d9-88ed-5944d1962f5e";
const CLAUDE_PASTE: &str = "https://platform.claude.com/oauth/code/callback";

#[test]
fn a_login_by_callback_asks_one_thing_after_another_and_ends_with_tested_tokens() {
    let (mut journey, asks) = Journey::begin(plan("work"));
    assert_eq!(asks, [Output::Entropy]);
    assert_eq!(journey.tell(Input::Began(entropy())), [Output::Listen(vec![PORT, 0])]);

    journey.advance(Duration::from_millis(20));
    let asks = journey.tell(Input::Bound(Ok(bound(PORT))));
    let authorize = authorize_url();
    let expected = CallbackCheck {
        login: LoginId(1),
        path: "/callback".to_owned(),
        expected: ExpectedAnswer {
            state: Secret::new(STATE),
            state_check: StateCheck::Required,
            issuer: None,
            issuer_in_answers: IssuerInAnswers::Optional,
        },
        go: Secret::new(GO),
        links: Vec::new(),
        authorize: Some(authorize.clone()),
    };
    assert_eq!(asks, [Output::ExpectCallback(Box::new(expected)), Output::Open(authorize)]);
    journey.check = Some(check(&asks));
    assert_eq!(journey.tell(Input::Opened(Ok(()))), []);

    journey.advance(Duration::from_secs(9));
    let answer = journey.decide("allow", Some("ana@demo.test"));
    let Input::Answered(AuthorizationResponse::Code { code, .. }) = &answer else { panic!("{answer:?}") };
    let code = code.expose().to_owned();
    let asks = journey.tell(answer);
    assert_eq!(asks.len(), 1, "{asks:?}");
    let (_, request) = sent(&asks);
    assert_eq!(request.url.as_str(), "http://127.0.0.1:4000/oauth2/token");
    assert_eq!(
        form(&request),
        pairs(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("client_id", "authtui-demo"),
            ("redirect_uri", "http://127.0.0.1:8765/callback"),
            ("code_verifier", VERIFIER),
        ])
    );

    journey.advance(Duration::from_millis(300));
    let reply = journey.reply(&asks);
    let asks = journey.tell(reply);
    let change = saved(&asks);
    assert_eq!(asks, [Output::Save(StoreId::Own, Box::new(change.clone())), Output::CloseListener]);
    let Edit::Add(profile) = &change.edit else { panic!("{change:?}") };
    assert_eq!(change, Change { name: id("work").name, expects: None, edit: Edit::Add(profile.clone()) });
    assert_eq!(profile.account.as_deref(), Some("ana@demo.test"));
    assert_eq!(*profile.scopes, ["profile", "inference"]);
    let end = journey.now.wall + TimeDelta::hours(1);
    assert_eq!((profile.life.obtained_at, profile.life.expires_at), (Some(journey.now.wall), Some(end)));

    let asks = journey.tell(Input::Saved(Ok(())));
    let (_, probe) = sent(&asks);
    assert_eq!(asks.len(), 1, "{asks:?}");
    assert_eq!(probe.url.as_str(), "http://127.0.0.1:4000/v1/models?limit=10");
    let reply = journey.reply(&asks);
    let change = saved(&journey.tell(reply));
    let Edit::RecordTest(last) = &change.edit else { panic!("{change:?}") };
    assert_eq!((last.result, change.expects), (TestResult::Works, profile.held.fingerprint()));
    let profile = Box::new(Profile { last_test: Some(Box::new(last.clone())), ..(**profile).clone() });
    assert_eq!(journey.tell(Input::Saved(Ok(()))), [Output::CloseListener]);

    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Done(profile.clone())));
    let millis = |millis| StepState::Done(Duration::from_millis(millis));
    let steps: Vec<_> = journey.login.steps().iter().collect();
    let listening = format!("http://127.0.0.1:{PORT}/callback (127.0.0.1 and ::1)");
    assert_eq!(
        steps,
        [
            (LoginStep::Listen, millis(20), listening.as_str()),
            (LoginStep::Build, millis(0), "PKCE S256, state, 2 scopes"),
            (LoginStep::Open, millis(0), ""),
            (LoginStep::Wait, millis(9000), "callback"),
            (LoginStep::Exchange, millis(300), "127.0.0.1 answered 200"),
            (LoginStep::Save, millis(0), PLACE),
            (LoginStep::Test, millis(0), "200: works"),
        ]
    );
    assert!(journey.login.notices().is_empty(), "{:?}", journey.login.notices());
    let counters = journey.server.authority.counters();
    assert_eq!((counters.asked("authorization_code"), counters.code_reuse_detected), (1, 0));
}

#[test]
fn the_steps_are_marked_as_the_login_goes_on() {
    let (mut journey, _) = Journey::begin(plan("work"));
    assert_eq!(going_on(&journey.login), [LoginStep::Listen]);
    journey.tell(Input::Began(entropy()));
    let asks = journey.tell(Input::Bound(Ok(bound(PORT))));
    journey.check = Some(check(&asks));
    assert_eq!(going_on(&journey.login), [LoginStep::Open, LoginStep::Wait]);
    journey.tell(Input::Opened(Ok(())));
    assert_eq!(going_on(&journey.login), [LoginStep::Wait]);
    let answer = journey.decide("allow", None);
    let asks = journey.tell(answer);
    assert_eq!(going_on(&journey.login), [LoginStep::Exchange]);
    let reply = journey.reply(&asks);
    journey.tell(reply);
    assert_eq!(going_on(&journey.login), [LoginStep::Save]);
    journey.tell(Input::Saved(Ok(())));
    assert_eq!(going_on(&journey.login), [LoginStep::Test]);
}

#[test]
fn the_short_link_leads_to_the_authorization_url() {
    let journey = Journey::waiting(plan("work"));
    let methods = journey.login.methods().expect("open methods");
    let short = methods.short.clone().expect("a short link");
    assert_eq!(short.as_str(), format!("http://127.0.0.1:{PORT}/go/{GO}"));
    let check = journey.check.as_ref().expect("a check");
    assert_eq!(visit(&short, check), CallbackVerdict::Redirect { to: authorize_url(), link: None });
    assert_eq!(methods.callback, Some(authorize_url()));
}

#[test]
fn a_code_and_state_from_the_providers_page_are_redeemed_with_the_paste_redirect() {
    let mut journey = Journey::waiting(plan("work"));
    let url = journey.login.methods().expect("open methods").paste.clone().expect("a paste method");
    let page = journey.server.browse(&url, "allow", None, journey.now);
    let value = |name| page.query_pairs().find(|(key, _)| key == name).expect(name).1.into_owned();
    let asks = journey.tell(typed(&format!(" {}#{} \n", value("code"), value("state"))));
    let (_, request) = sent(&asks);
    let redirect = format!("{ISSUER}/oauth2/code/callback");
    assert!(form(&request).contains(&("redirect_uri".to_owned(), redirect)), "{:?}", form(&request));
    let reply = journey.reply(&asks);
    journey.tell(reply);
    assert!(matches!(journey.login.stage(), Stage::Saving(_)), "{:?}", journey.login.stage());
    assert_eq!(journey.login.steps().note(LoginStep::Wait), "pasted");
    assert!(journey.login.notices().is_empty(), "{:?}", journey.login.notices());
}

#[test]
fn a_pasted_address_is_redeemed_with_the_redirect_it_begins_with() {
    for text in [
        format!("http://127.0.0.1:{PORT}/callback?code=c0de&state={STATE}"),
        format!("127.0.0.1:{PORT}/callback?code=c0de&state={STATE}"),
        format!("?code=c0de&state={STATE}"),
    ] {
        let mut journey = Journey::waiting(plan("work"));
        let (_, request) = sent(&journey.tell(typed(&text)));
        let redirect = ("redirect_uri".to_owned(), format!("http://127.0.0.1:{PORT}/callback"));
        assert!(form(&request).contains(&redirect), "{text}");
    }
}

#[test]
fn a_bare_code_is_taken_with_a_warning() {
    let mut journey = Journey::waiting(plan("work"));
    let (_, request) = sent(&journey.tell(typed("c0de")));
    assert!(form(&request).contains(&("code".to_owned(), "c0de".to_owned())));
    assert_eq!(journey.login.notices(), ["A bare code cannot be checked: it may belong to another login."]);
}

#[test]
fn the_anthropic_preset_asks_as_its_provider_wants() {
    let journey = Journey::waiting(plan("anthropic/work"));
    let methods = journey.login.methods().expect("open methods");
    let url = |redirect: &str| {
        format!(
            "https://claude.ai/oauth/authorize?code=true&client_id={CLAUDE_CLIENT}&response_type=code\
             &redirect_uri={redirect}&scope=org%3Acreate_api_key+user%3Aprofile+user%3Ainference\
             &code_challenge={CHALLENGE}&code_challenge_method=S256&state={STATE}"
        )
    };
    assert_eq!(methods.first().expect("a page").as_str(), url("http%3A%2F%2Flocalhost%3A8765%2Fcallback"));
    assert_eq!(methods.callback.as_ref(), methods.first());
    let paste = methods.paste.as_ref().expect("a paste method");
    assert_eq!(paste.as_str(), url("https%3A%2F%2Fplatform.claude.com%2Foauth%2Fcode%2Fcallback"));
}

#[test]
fn the_anthropic_preset_sends_a_json_body_with_the_state() {
    for (heard, redirect) in [
        (code("c0de"), "http://localhost:8765/callback"),
        (typed(&format!("c0de#{STATE}")), CLAUDE_PASTE),
        (typed(&format!("{CLAUDE_PASTE}?code=c0de&state={STATE}")), CLAUDE_PASTE),
        (
            typed(&format!("http://localhost:8765/callback?code=c0de&state={STATE}")),
            "http://localhost:8765/callback",
        ),
    ] {
        let mut journey = Journey::waiting(plan("anthropic/work"));
        let (_, request) = sent(&journey.tell(heard));
        assert_eq!(request.url.as_str(), "https://platform.claude.com/v1/oauth/token");
        assert_eq!(
            json_body(&request),
            json!({
                "grant_type": "authorization_code",
                "code": "c0de",
                "state": STATE,
                "client_id": CLAUDE_CLIENT,
                "redirect_uri": redirect,
                "code_verifier": VERIFIER,
            })
        );
    }
}

#[test]
fn the_anthropic_reply_becomes_a_profile_and_its_403_is_expected() {
    let mut journey = Journey::waiting(plan("anthropic/work"));
    let (request_id, _) = sent(&journey.tell(code("c0de")));
    let body = json!({
        "token_type": "Bearer",
        "access_token": "sk-ant-oat01-0123456789abcdefghij",
        "refresh_token": "sk-ant-ort01-0123456789abcdefghij",
        "expires_in": 28800,
        "scope": "user:inference user:profile",
        "organization": { "uuid": "0-1-2", "name": "Acme" },
        "account": { "uuid": "3-4-5", "email_address": "ana@acme.dev" },
    });
    let asks = journey.tell(Input::Replied(request_id, Ok(reply(200, &body.to_string(), journey.now))));
    let login = LoginFacts {
        asked_scopes: ["org:create_api_key", "user:profile", "user:inference"].map(String::from).to_vec(),
        subject: Some("3-4-5".to_owned()),
        origins: vec!["https://api.anthropic.com".to_owned(), "https://platform.claude.com".to_owned()],
        ..LoginFacts::default()
    };
    let expected = Profile {
        client_id: Some(CLAUDE_CLIENT.to_owned()),
        held: StoredTokens::Present(Tokens {
            access: Secret::new("sk-ant-oat01-0123456789abcdefghij"),
            refresh: Some(Secret::new("sk-ant-ort01-0123456789abcdefghij")),
        }),
        life: Expiry {
            obtained_at: Some(now().wall),
            expires_at: Some(now().wall + TimeDelta::hours(8)),
            grant_ends_at: None,
        },
        scopes: ["user:inference".to_owned(), "user:profile".to_owned()].into(),
        account: Some("ana@acme.dev".to_owned()),
        login: login.into(),
        ..Profile::new(id("anthropic/work"), Kind::OAuth)
    };
    assert_eq!(saved(&asks).edit, Edit::Add(Box::new(expected)));

    let (request_id, probe) = sent(&journey.tell(Input::Saved(Ok(()))));
    assert_eq!(probe.url.as_str(), "https://api.anthropic.com/v1/models?limit=10");
    let header = |name| {
        let found = probe.headers.iter().find(|(key, _)| key == name);
        found.expect(name).1.expose()
    };
    assert_eq!(header("authorization"), "Bearer sk-ant-oat01-0123456789abcdefghij");
    assert_eq!(header("anthropic-version"), "2023-06-01");
    assert_eq!(header("anthropic-beta"), "oauth-2025-04-20");
    journey.tell(Input::Replied(request_id, Ok(reply(403, "{}", journey.now))));
    journey.tell(Input::Saved(Ok(())));
    assert_eq!(
        journey.login.steps().note(LoginStep::Test),
        "403: expected: this token is limited to Claude Code"
    );
    assert!(matches!(journey.login.stage(), Stage::Over(Outcome::Done(_))), "{:?}", journey.login.stage());
}

#[test]
fn the_oauth2_preset_sends_a_form_body() {
    let mut journey = Journey::waiting(plan("oauth2/work"));
    let (_, request) = sent(&journey.tell(code("c+de/1")));
    assert_eq!(request.url.as_str(), "https://id.example.org/oauth2/token");
    let (kind, body) = request.body.as_ref().expect("a body");
    assert_eq!(*kind, "application/x-www-form-urlencoded");
    assert_eq!(
        body.expose(),
        format!(
            "grant_type=authorization_code&code=c%2Bde%2F1&client_id=your-client-id\
             &redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2Fcallback&code_verifier={VERIFIER}"
        )
    );
    assert_eq!(request.headers, [("accept".to_owned(), Secret::new("application/json"))]);
}

#[test]
fn a_provider_without_a_test_is_done_once_the_tokens_are_saved() {
    let mut journey = Journey::waiting(plan("oauth2/work"));
    let (request_id, _) = sent(&journey.tell(code("c0de")));
    let body = r#"{"access_token":"abc","token_type":"bearer","expires_in":60}"#;
    journey.tell(Input::Replied(request_id, Ok(reply(200, body, journey.now))));
    assert_eq!(journey.tell(Input::Saved(Ok(()))), []);
    let Stage::Naming(profile) = journey.login.stage() else { panic!("not done") };
    assert_eq!(*profile.scopes, ["openid", "profile"], "what the reply leaves out is as asked");
    assert_eq!(journey.login.steps().mark(LoginStep::Test), StepState::Skipped);
}

#[test]
fn ends_are_counted_from_the_moment_the_request_was_sent() {
    let mut journey = Journey::waiting(plan("oauth2/work"));
    let (request_id, _) = sent(&journey.tell(code("c0de")));
    let asked = journey.now;
    journey.advance(Duration::from_secs(20));
    let body = r#"{"access_token":"abc","expires_in":60}"#;
    let asks = journey.tell(Input::Replied(request_id, Ok(reply(200, body, asked))));
    let Edit::Add(profile) = saved(&asks).edit else { panic!("no profile") };
    assert_eq!(profile.life.expires_at, Some(asked.wall + TimeDelta::seconds(60)));
    assert_eq!(profile.life.obtained_at, Some(asked.wall));
}

#[test]
fn a_grant_ends_as_the_reply_says_or_else_as_long_after_the_login_as_the_file_says() {
    let year = TimeDelta::days(365);
    for (life, refresh, said, ends) in [
        (Some(year), r#","refresh_token":"r""#, "", Some(year)),
        (Some(year), r#","refresh_token":"r""#, r#","refresh_expires_in":60"#, Some(TimeDelta::minutes(1))),
        (Some(year), "", "", None),
        (None, r#","refresh_token":"r""#, "", None),
    ] {
        let change = |provider| Provider { grant_life: life, ..provider };
        let mut journey = Journey::waiting(at(plan("work"), change));
        let (request_id, _) = sent(&journey.tell(code("c0de")));
        let body = format!(r#"{{"access_token":"a"{refresh}{said}}}"#);
        let asks = journey.tell(Input::Replied(request_id, Ok(reply(200, &body, journey.now))));
        let Edit::Add(profile) = saved(&asks).edit else { panic!("no profile") };
        assert_eq!(profile.life.grant_ends_at, ends.map(|life| journey.now.wall + life), "{body}");
    }
}

fn authorize_url() -> Url {
    let url = format!(
        "{ISSUER}/oauth2/auth?client_id=authtui-demo&response_type=code\
         &redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2Fcallback&scope=profile+inference\
         &code_challenge={CHALLENGE}&code_challenge_method=S256&state={STATE}"
    );
    Url::parse(&url).expect("an address")
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn json_body(request: &Request) -> Value {
    let (kind, body) = request.body.as_ref().expect("a body");
    assert_eq!(*kind, "application/json");
    serde_json::from_str(body.expose()).expect("JSON")
}

/// The steps that are going on.
fn going_on(login: &Login) -> Vec<LoginStep> {
    login
        .steps()
        .iter()
        .filter(|(_, mark, _)| matches!(mark, StepState::Now(_)))
        .map(|(step, ..)| step)
        .collect()
}
