//! Anthropic: a login by code, in JSON.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;

use url::Url;

use crate::home::person;
use crate::home::running::Running;
use crate::home::shipped::{Sent, Shipped, challenge, headers, parameter, parameters, text};

const CHANGES: &str = "
endpoints: { authorize: '{issuer}/oauth/authorize', token: '{issuer}/v1/oauth/token' }
redirect: { paste: '{issuer}/oauth/code/callback' }
probe: { get: '{issuer}/v1/models?limit=10' }
";
const TOKEN: &str = "/v1/oauth/token";
const CLIENT: &str = "9d1c250a-e61b-44d9-88ed-5944d1962f5e";
const JSON: [&str; 2] = ["accept: application/json", "content-type: application/json"];

#[test]
fn anthropic_logs_in_by_seven_steps_and_its_test_of_the_token_may_answer_403() {
    let anthropic = Shipped::start("anthropic", "anthropic", CHANGES);
    let restricted = FaultKind::Instead(HttpResponse::new(403, "application/json", "{}"));
    anthropic.serving.with(|authority| authority.faults.plan("/v1/models", 1, restricted));

    let mut login = anthropic.begin(&["--yes"], "");
    let authorize = login.line("http");
    person::answer(&authorize, "allow");
    let ended = login.end();

    let said = ended.said(0);
    assert!(said.contains("403: expected: this token is limited to Claude Code"), "{said}");
    assert!(said.contains("Waiting 5 minutes for the answer."), "{said}");
    for token in ["access_token", "refresh_token"] {
        let token = anthropic.entry()[token].as_str().expect("a token").to_owned();
        assert!(!said.contains(&token[8..]), "{said}");
    }
    let tests = anthropic.sent("/v1/models");
    let bearer = format!("authorization: Bearer {}", anthropic.printed());
    let expected =
        ["accept: */*", "anthropic-beta: oauth-2025-04-20", "anthropic-version: 2023-06-01", bearer.as_str()];
    let test =
        Sent { line: "GET /v1/models?limit=10".to_owned(), headers: headers(&expected), body: String::new() };
    assert_eq!(tests, [test]);
}

#[test]
fn anthropic_sends_json_with_the_state_and_lives_to_its_local_end() {
    let anthropic = Shipped::start("anthropic", "anthropic", CHANGES);

    let (authorize, end, ended) = anthropic.log_in(&["--yes"], "");

    assert_eq!(ended.code, Some(0), "{ended:?}");
    let asked = [
        "code",
        "client_id",
        "response_type",
        "redirect_uri",
        "scope",
        "code_challenge",
        "code_challenge_method",
        "state",
    ];
    assert_eq!(parameters(&authorize), asked);
    let of = |name| parameter(&authorize, name);
    assert_eq!(
        (of("code"), of("client_id"), of("response_type")),
        ("true".into(), CLIENT.into(), "code".into())
    );
    assert!(authorize.as_str().contains("scope=org%3Acreate_api_key+user%3Aprofile+user%3Ainference&"));
    let redirect = of("redirect_uri");
    let port = end.port().expect("a port");
    assert_eq!(redirect, format!("http://localhost:{port}/callback"));
    assert_eq!((of("state").len(), of("code_challenge").len()), (43, 43));

    let [exchange] = anthropic.sent(TOKEN).try_into().expect("one request");
    let verifier = exchange.member("code_verifier");
    assert_eq!((challenge(&verifier), verifier.len()), (of("code_challenge"), 43));
    let (code, state) = (parameter(&end, "code"), of("state"));
    let expected = Sent {
        line: format!("POST {TOKEN}"),
        headers: headers(&JSON),
        body: format!(
            r#"{{"grant_type":"authorization_code","code":"{code}","state":"{state}","client_id":"{CLIENT}","redirect_uri":"{redirect}","code_verifier":"{verifier}"}}"#
        ),
    };
    assert_eq!(exchange, expected);

    let refresh = text(&anthropic.entry(), "refresh_token").to_owned();
    let sent = anthropic.live_on(TOKEN, Some("ana@demo.test"));
    let body =
        format!(r#"{{"grant_type":"refresh_token","client_id":"{CLIENT}","refresh_token":"{refresh}"}}"#);
    assert_eq!(sent, Sent { body, ..expected });
}

#[test]
fn anthropic_is_saved_as_ai_provider_kit_does_for_its_owner_alone() {
    let anthropic = Shipped::start("anthropic", "anthropic", CHANGES);
    assert_eq!(anthropic.log_in(&["--yes"], "").2.code, Some(0));

    let entry = anthropic.entry();
    let of = |name: &str| entry[name].as_str().expect("a text").to_owned();
    let shown = format!(
        "providers:
  anthropic:
    oauth_credentials:
      - id: default
        client_id: {CLIENT}
        access_token: {}
        refresh_token: {}
        expires_at: \"{}\"
        scopes:
          - org:create_api_key
          - user:profile
          - user:inference
",
        of("access_token"),
        of("refresh_token"),
        of("expires_at"),
    );
    let file = anthropic.file();
    // Quotes that YAML does not need change nothing for a reader.
    let bare = |text: &str| text.replace('"', "");
    assert!(bare(&file).contains(&bare(&shown)), "{file}");
    assert!(file.contains(&format!("        expires_at: \"{}\"\n", of("expires_at"))), "{file}");
    assert!(chrono::DateTime::parse_from_rfc3339(&of("expires_at")).is_ok(), "{file}");
    let mode = fs::metadata(anthropic.home.config()).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn anthropic_wants_its_notice_read_before_anybody_logs_in() {
    let anthropic = Shipped::start("anthropic", "anthropic", CHANGES);
    let ended = anthropic.run("login", &[]);
    let said = ended.said(2);
    assert!(said.contains("made for Claude Code") && said.contains("accept it with --yes"), "{said}");
    assert_eq!(anthropic.count(), 0);
    assert!(!anthropic.home.config().exists());
}

#[test]
fn anthropic_takes_a_pasted_code_with_its_state_and_names_the_page_that_showed_it() {
    let anthropic = Shipped::start("anthropic", "anthropic", CHANGES);
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let arguments = ["login", "anthropic", "--paste", "--yes"];
    let mut login = Running::start(anthropic.home.command(&arguments).stdin(reader));
    let authorize: Url = login.line("http").parse().expect("an address");
    let page = person::open(&person::decide(authorize.as_str(), "allow"));
    let shown = person::between(&page.body, "<pre class=\"copy\">", "</pre>");
    let (code, state) = shown.split_once('#').expect("code#state");
    writer.write_all(format!("{code}#{}\n{shown}\n", "A".repeat(43)).as_bytes()).expect("it reads");
    drop(writer);

    let ended = login.end();

    assert_eq!(ended.code, Some(0), "{ended:?}");
    let [exchange] = anthropic.sent(TOKEN).try_into().expect("one request: a foreign state is never sent");
    let redirect = format!("{}/oauth/code/callback", anthropic.serving.issuer());
    assert_eq!(parameter(&authorize, "redirect_uri"), redirect);
    assert_eq!(parameter(&authorize, "state"), state);
    for (name, value) in [("code", code), ("state", state), ("redirect_uri", redirect.as_str())] {
        assert_eq!(exchange.member(name), value);
    }
}
