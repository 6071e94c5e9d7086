//! Cal.com: the platform API, and its OAuth 2.0.

use std::io::Write;

use authtui::demo::authority::client::{CONFIDENTIAL_SECRET, PLATFORM, POST, PUBLIC};
use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::grant::Lifetimes;
use authtui::demo::authority::platform::WebSession;
use authtui::demo::authority::response::HttpResponse;
use authtui::domain::clock::TimeDelta;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::commands::login::handed;
use crate::home::person;
use crate::home::running::Running;
use crate::home::shipped::{Sent, Shipped, challenge, encoded, headers, parameter, text};

const PLATFORM_CHANGES: &str = "
client: { id: authtui-demo-platform }
redirect: { port: {port} }
calls:
  authorize: { post: '{issuer}/v2/oauth/{client_id}/authorize' }
  exchange: { post: '{issuer}/v2/oauth/{client_id}/exchange' }
  refresh: { post: '{issuer}/v2/oauth/{client_id}/refresh' }
probe: { get: '{issuer}/v2/me' }
";
const CHANGES: &str = "
endpoints: { authorize: '{issuer}/auth/oauth2/authorize', token: '{issuer}/v2/auth/oauth2/token' }
client: { id: CLIENT, authentication: PROOF }
redirect: { port: {port} }
body: BODY
probe: { get: '{issuer}/v2/me' }
";
const BY_PIPE: &[&str] = &["--client-secret-stdin"];
const JSON: [&str; 2] = ["accept: application/json", "content-type: application/json"];

/// Prints the address in the headers of an answer, or its status.
const ADDRESS: &str = r#"tr -d '\r' | awk 'tolower($1) == "location:" { print $2; found = 1 } /^HTTP/ { status = $0 } END { if (!found) print status }'"#;

#[test]
fn the_platform_is_asked_as_its_documentation_shows_and_lives_to_its_local_end() {
    let cal = Shipped::start("calcom-platform", "calcom-platform", PLATFORM_CHANGES);

    let ended = cal.begin(BY_PIPE, CONFIDENTIAL_SECRET).end();

    let said = ended.said(0);
    assert!(said.contains("200: works"), "{said}");
    let [authorize] = cal.sent(&path("authorize")).try_into().expect("one request");
    let redirect = authorize.member("redirectUri");
    assert!(redirect.starts_with("http://localhost:") && redirect.ends_with("/callback"), "{redirect}");
    assert_eq!(authorize, sent("authorize", &[], format!(r#"{{"redirectUri":"{redirect}"}}"#)));
    let [exchange] = cal.sent(&path("exchange")).try_into().expect("one request");
    let bearer = exchange.headers.iter().find(|header| header.starts_with("authorization: Bearer dac_"));
    let bearer = bearer.expect("the code").clone();
    let body = format!(r#"{{"clientSecret":"{CONFIDENTIAL_SECRET}"}}"#);
    assert_eq!(exchange, sent("exchange", &[&bearer], body));
    // Both ends were rounded down by the server, and are kept so.
    let left = |name: &str| moment(&cal.entry(), name) - Utc::now();
    assert_eq!(moment(&cal.entry(), "expires_at").timestamp() % 60, 0);
    assert_eq!(moment(&cal.entry(), "grant_ends_at").timestamp() % 86_400, 0);
    assert!((58..=60).contains(&left("expires_at").num_minutes()), "{}", cal.file());
    assert!((363..=365).contains(&left("grant_ends_at").num_days()), "{}", cal.file());

    let refresh = text(&cal.entry(), "refresh_token").to_owned();
    let refreshed = cal.live_on(&path("refresh"), None);
    let secret = format!("x-cal-secret-key: {CONFIDENTIAL_SECRET}");
    assert_eq!(refreshed, sent("refresh", &[&secret], format!(r#"{{"refreshToken":"{refresh}"}}"#)));
}

#[test]
fn the_platform_reads_ends_as_milliseconds_and_keeps_them_to_the_second_and_never_later() {
    let cal = Shipped::start("calcom-platform", "calcom-platform", PLATFORM_CHANGES);
    let reply = r#"{"status":"success","data":{"accessToken":"at-1","refreshToken":"rt-1","accessTokenExpiresAt":1893456000999,"refreshTokenExpiresAt":1924992000456}}"#;
    let reply = FaultKind::Instead(HttpResponse::new(200, "application/json", reply));
    cal.serving.with(|authority| authority.faults.plan(&path("exchange"), 1, reply));
    assert_eq!(cal.begin(BY_PIPE, CONFIDENTIAL_SECRET).end().code, Some(0));
    let entry = cal.entry();
    assert_eq!(
        (entry["access_token"].as_str(), entry["refresh_token"].as_str()),
        (Some("at-1"), Some("rt-1"))
    );
    assert_eq!(moment(&entry, "expires_at").timestamp_millis(), 1_893_456_000_000);
    assert_eq!(moment(&entry, "grant_ends_at").timestamp_millis(), 1_924_992_000_000);
}

#[test]
fn the_platform_explains_why_a_second_login_is_a_400() {
    let cal = Shipped::start("calcom-platform", "calcom-platform", PLATFORM_CHANGES);
    assert_eq!(cal.begin(BY_PIPE, CONFIDENTIAL_SECRET).end().code, Some(0));
    let before = cal.file();

    let again = cal.begin(&[], "").end();

    let said = again.said(1);
    assert!(said.contains("answered 400") && said.contains("ALREADY AUTHORISED the client"), "{said}");
    assert!(said.contains("use the tokens of the first login"), "{said}");
    assert!(said.contains("Stored tokens are unchanged."), "{said}");
    assert_eq!((cal.file(), cal.sent(&path("exchange")).len()), (before, 1));
    assert_eq!(cal.run("refresh", &[]).code, Some(0), "the first login lives on");
}

#[test]
fn the_platform_that_wants_a_session_gives_a_command_whose_answer_is_pasted() {
    let cal = Shipped::start("calcom-platform", "calcom-platform", PLATFORM_CHANGES);
    cal.serving.with(|authority| authority.settings.session = WebSession::Required);
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let secret = cal.home.path("secret");
    std::fs::write(&secret, CONFIDENTIAL_SECRET).expect("written");
    // The secret by a descriptor leaves standard input free for the answer.
    let mut command = std::process::Command::new("sh");
    let script = format!("exec \"$0\" \"$@\" 7<'{}'", secret.display());
    command.args(["-c", &script]).arg(crate::home::program());
    command.args(["login", "calcom-platform", "--client-secret-fd", "7"]);
    command.env_clear().envs(cal.home.environment()).current_dir(cal.home.path(""));
    command.stdin(reader).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut login = Running::start(&mut command);
    drop(command);

    let curl = login.line("curl ");

    let [asked] = cal.sent(&path("authorize")).try_into().expect("one request");
    let redirect = asked.member("redirectUri");
    assert_eq!(
        curl,
        format!(
            "curl -gsS -o /dev/null -D - -b 'PUT-YOUR-SESSION-COOKIE-HERE' -H 'accept: \
             application/json' -H 'content-type: application/json' --data-raw '{{\"redirectUri\":\"{redirect}\"}}' \
             '{}{}' | {ADDRESS}",
            cal.serving.issuer(),
            path("authorize")
        )
    );
    let url = format!("{}{}", cal.serving.issuer(), path("authorize")).parse().expect("an address");
    let head = "Cookie: session=1\r\nContent-Type: application/json\r\n";
    let answered = person::send(&url, head, &asked.body);
    let end = answered.location.unwrap_or_else(|| panic!("no way back: {}", answered.body));
    writer.write_all(format!("{end}\n").as_bytes()).expect("it reads");
    drop(writer);

    let ended = login.end();

    let said = ended.said(0);
    assert!(said.contains("Cal.com wants your browser session") && said.contains("answered 401"), "{said}");
    assert!(!said.contains(CONFIDENTIAL_SECRET), "{said}");
    let [exchange] = cal.sent(&path("exchange")).try_into().expect("one request");
    assert!(exchange.headers.contains(&format!("authorization: Bearer {}", parameter(&end, "code"))));
    assert_eq!(cal.row()["state"], "fresh");
}

#[test]
fn the_platform_says_498_of_a_token_that_has_ended() {
    let cal = Shipped::start("calcom-platform", "calcom-platform", PLATFORM_CHANGES);
    let lives = Lifetimes { access: TimeDelta::zero(), grant: Some(TimeDelta::days(1)) };
    cal.serving.with(|authority| authority.settings.accounts.insert("ana@demo.test".to_owned(), lives));
    let ended = handed(
        &cal.home,
        &["login", "calcom-platform", "--client-secret-fd", "7"],
        CONFIDENTIAL_SECRET.as_bytes(),
    );
    let ended = ended.end();
    assert!(ended.said(0).contains("498: access token expired: refresh it"), "{ended:?}");
    assert_eq!(cal.row()["state"], "due");
}

#[test]
fn oauth_2_takes_json_and_forms_and_rotates() {
    for (client, proof, body) in
        [(PUBLIC, "none", "form"), (PUBLIC, "none", "json"), (POST, "post", "form"), (POST, "post", "json")]
    {
        let changes = CHANGES.replace("CLIENT", client).replace("PROOF", proof).replace("BODY", body);
        let cal = Shipped::start("calcom", "calcom", &changes);
        let (options, secret) = if proof == "post" { (BY_PIPE, CONFIDENTIAL_SECRET) } else { (&[][..], "") };

        let (authorize, end, ended) = cal.log_in(options, secret);

        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(parameter(&authorize, "scope"), "PROFILE_READ");
        let [exchange] = cal.sent("/v2/auth/oauth2/token").try_into().expect("one request");
        let verifier =
            if body == "form" { exchange.field("code_verifier") } else { exchange.member("code_verifier") };
        assert_eq!(challenge(&verifier), parameter(&authorize, "code_challenge"));
        let (code, redirect) = (parameter(&end, "code"), parameter(&authorize, "redirect_uri"));
        let proven = |pairs: &[(&str, &str)]| {
            let secret = (proof == "post").then_some(("client_secret", CONFIDENTIAL_SECRET));
            let (first, last) = pairs.split_at(pairs.len() - if pairs.len() > 3 { 2 } else { 1 });
            written(body, &[first, secret.as_slice(), last].concat())
        };
        let expected = proven(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("client_id", client),
            ("redirect_uri", &redirect),
            ("code_verifier", &verifier),
        ]);
        assert_eq!(exchange, expected, "{client} {body}");
        let left = moment(&cal.entry(), "expires_at") - Utc::now();
        assert!((29..=30).contains(&left.num_minutes()), "half an hour: {left}");

        let refresh = text(&cal.entry(), "refresh_token").to_owned();
        let refreshed = cal.live_on("/v2/auth/oauth2/token", None);
        let expected =
            proven(&[("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", &refresh)]);
        assert_eq!(refreshed, expected, "{client} {body}");
    }
}

/// A token request with these fields, as a form or as JSON.
fn written(body: &str, pairs: &[(&str, &str)]) -> Sent {
    let (kind, body) = match body {
        "form" => {
            let pairs: Vec<String> =
                pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
            ("content-type: application/x-www-form-urlencoded", pairs.join("&"))
        }
        _ => {
            let members = pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
            ("content-type: application/json", Value::Object(members.collect()).to_string())
        }
    };
    Sent {
        line: "POST /v2/auth/oauth2/token".to_owned(),
        headers: headers(&["accept: application/json", kind]),
        body,
    }
}

/// A request of the platform.
fn sent(step: &str, more: &[&str], body: String) -> Sent {
    let headers = headers(&[&JSON, more].concat());
    Sent { line: format!("POST {}", path(step)), headers, body }
}

fn path(step: &str) -> String {
    format!("/v2/oauth/{PLATFORM}/{step}")
}

fn moment(entry: &Value, field: &str) -> DateTime<Utc> {
    text(entry, field).parse().expect("RFC 3339")
}
