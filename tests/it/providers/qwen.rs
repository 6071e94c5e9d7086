//! Qwen: a device code with PKCE.

use std::time::Duration;

use authtui::demo::authority::client::PUBLIC;
use authtui::demo::authority::fault::{Fault, FaultKind, FaultPlace};
use authtui::demo::authority::response::HttpResponse;
use url::Url;

use crate::home::Ended;
use crate::home::person;
use crate::home::shipped::{Sent, Shipped, challenge, headers, text};

const CHANGES: &str = "
endpoints: { device: '{issuer}/api/v1/oauth2/device/code', token: '{issuer}/api/v1/oauth2/token' }
client: { id: authtui-demo }
probe: { get: '{issuer}/v1/models' }
";
const DEVICE: &str = "/api/v1/oauth2/device/code";
const TOKEN: &str = "/api/v1/oauth2/token";
const SCOPE: &str = "openid+profile+email+model.completion";
const FORM: [&str; 2] = ["accept: application/json", "content-type: application/x-www-form-urlencoded"];

#[test]
fn qwen_device_code_carries_pkce_in_forms_and_lives_to_its_local_end() {
    let qwen = served();

    let (address, ended) = log_in(&qwen);

    let said = ended.said(0);
    assert!(said.contains("200: works"), "{said}");
    assert!(address.query().is_some_and(|query| query.starts_with("user_code=")), "{address}");
    let [device] = qwen.sent(DEVICE).try_into().expect("one request");
    let polls = qwen.sent(TOKEN);
    let last = polls.last().expect("a poll");
    let verifier = last.field("code_verifier");
    let challenged = challenge(&verifier);
    assert_eq!(
        device,
        sent(
            DEVICE,
            format!(
                "client_id={PUBLIC}&scope={SCOPE}&code_challenge={challenged}&code_challenge_method=S256"
            )
        )
    );
    let code = last.field("device_code");
    let poll = sent(
        TOKEN,
        format!(
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code={code}&\
             client_id={PUBLIC}&code_verifier={verifier}"
        ),
    );
    assert!(polls.iter().all(|sent| *sent == poll), "{polls:?}");

    let refresh = text(&qwen.entry(), "refresh_token").to_owned();
    let refreshed = qwen.live_on(TOKEN, None);
    let body = format!("grant_type=refresh_token&client_id={PUBLIC}&refresh_token={refresh}");
    assert_eq!(refreshed, sent(TOKEN, body));
}

#[test]
fn qwen_device_code_wants_its_notice_read_before_anybody_logs_in() {
    let qwen = served();
    let ended = qwen.run("login", &[]);
    let said = ended.said(2);
    assert!(
        said.contains("ended its free sign-in on 2026-04-15") && said.contains("accept it with --yes"),
        "{said}"
    );
    assert_eq!(qwen.count(), 0);
}

#[test]
fn qwen_device_code_is_asked_less_often_after_a_429_and_still_brings_tokens() {
    let qwen = served();
    let body = r#"{"error":"slow_down","interval":2}"#;
    let slow = FaultKind::Instead(HttpResponse::new(429, "application/json", body));
    qwen.serving
        .with(|authority| authority.faults.add(Fault { place: FaultPlace::Poll, times: 1, kind: slow }));
    let (_, ended) = log_in(&qwen);
    let said = ended.said(0);
    assert!(said.contains("The server wants fewer checks: every 2 s."), "{said}");
    assert!(qwen.sent(TOKEN).len() >= 2 && qwen.row()["state"] == "fresh");
}

#[test]
fn qwen_refresh_that_is_answered_401_ends_the_grant_and_is_not_asked_again() {
    let qwen = served();
    assert_eq!(log_in(&qwen).1.code, Some(0));
    let before = qwen.entry();
    for (status, body, code) in [
        (503, "", 4),
        (401, r#"{"status_code":401,"message":"expired"}"#, 3),
        (400, r#"{"error":"invalid_grant"}"#, 3),
    ] {
        let refused = FaultKind::Instead(HttpResponse::new(status, "application/json", body));
        qwen.serving.with(|authority| authority.faults.plan(TOKEN, 1, refused));
        let ended = qwen.run("refresh", &[]);
        assert_eq!(ended.code, Some(code), "{status}: {ended:?}");
        assert_eq!(ended.err.contains("Next: authtui login qwen/default"), code == 3, "{ended:?}");
        for token in ["access_token", "refresh_token"] {
            assert_eq!(qwen.entry()[token], before[token], "{status}");
        }
    }
    assert_eq!(qwen.row()["state"], "needs_login");
}

#[test]
fn qwen_device_code_that_was_denied_or_refused_saves_nothing() {
    let ended =
        FaultKind::Instead(HttpResponse::new(401, "application/json", r#"{"error":"invalid_client"}"#));
    let busy = FaultKind::Instead(HttpResponse::new(503, "text/plain", ""));
    let denied = FaultKind::Refused(authtui::demo::authority::response::ErrorCode::AccessDenied);
    for (place, kind, code, words) in [
        (FaultPlace::Device, ended, 3, "refused with invalid_client (status 401)"),
        (FaultPlace::Device, busy, 4, "is having trouble (503)"),
        (FaultPlace::Poll, denied, 1, "access was denied (access_denied"),
    ] {
        let qwen = served();
        qwen.serving.with(|authority| authority.faults.add(Fault { place, times: 1, kind }));
        let ended = qwen.begin(&["--yes"], "").end();
        assert!(ended.said(code).contains(words), "{ended:?}");
        assert!(!qwen.home.config().exists());
    }
}

fn served() -> Shipped {
    let qwen = Shipped::start("qwen", "qwen", CHANGES);
    qwen.serving.with(|authority| authority.settings.device.interval = Duration::from_secs(1));
    qwen
}

/// Logs in by the page with the code in it, and gives that page's address.
fn log_in(qwen: &Shipped) -> (Url, Ended) {
    let mut login = qwen.begin(&["--yes"], "");
    login.line("The same page with the code in it");
    let address: Url = login.line("    http").trim().parse().expect("an address");
    let code = crate::home::shipped::parameter(&address, "user_code");
    let mut page = address.clone();
    page.set_query(None);
    person::type_code(page.as_str(), &code, "allow");
    (address, login.end())
}

fn sent(path: &str, body: String) -> Sent {
    Sent { line: format!("POST {path}"), headers: headers(&FORM), body }
}
