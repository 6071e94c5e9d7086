//! Orders of Claude Code and its like: which of a key, a token and a login a request carries.

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::resource::KEY;
use authtui::demo::authority::response::HttpResponse;
use serde_json::Value;

use crate::commands::login::fed;
use crate::home::Ended;
use crate::home::running::Running;
use crate::home::shipped::{Shipped, headers, text};

const CHANGES: &str = "
endpoints: { authorize: '{issuer}/oauth/authorize', token: '{issuer}/v1/oauth/token' }
redirect: { paste: '{issuer}/oauth/code/callback' }
probe: { get: '{issuer}/v1/models?limit=10' }
";
const TOKEN: &str = "/v1/oauth/token";
const API_KEY: (&str, &str) = ("ANTHROPIC_API_KEY", "sk-ant-api03-0123456789abcdefZz01");
const AUTH_TOKEN: (&str, &str) = ("ANTHROPIC_AUTH_TOKEN", "sk-ant-oat01-0123456789abcdefZz02");
const SETUP_TOKEN: (&str, &str) = ("CLAUDE_CODE_OAUTH_TOKEN", "sk-ant-oat01-0123456789abcdefZz03");

#[test]
fn claw_code_takes_the_key_then_the_token_then_the_login_and_claude_code_the_token_first() {
    let anthropic = logged_in();
    let login = anthropic.printed();
    let key = format!("x-api-key: {}\n", API_KEY.1);
    let token = |value: &str| format!("Authorization: Bearer {value}\n");
    for (order, set, header) in [
        (&[][..], &[API_KEY, AUTH_TOKEN, SETUP_TOKEN][..], key.clone()),
        (&[], &[AUTH_TOKEN, SETUP_TOKEN], token(AUTH_TOKEN.1)),
        (&[], &[SETUP_TOKEN], token(&login)),
        (&[], &[], token(&login)),
        (&["--order", "claude-code"], &[API_KEY, AUTH_TOKEN, SETUP_TOKEN], token(AUTH_TOKEN.1)),
        (&["--order", "claude-code"], &[API_KEY, SETUP_TOKEN], key),
        (&["--order", "claude-code"], &[SETUP_TOKEN], token(SETUP_TOKEN.1)),
        (&["--order", "claude-code"], &[], token(&login)),
    ] {
        let ended = resolve(&anthropic, &[order, &["--header"]].concat(), set);
        assert_eq!(ended.quietly(), (Some(0), header.as_str()), "{order:?} {set:?}");
    }
    assert_eq!(anthropic.sent(TOKEN).len(), 1, "the exchange, and no refresh");
}

#[test]
fn claw_code_refreshes_a_login_that_has_ended_and_uses_its_new_token() {
    let anthropic = logged_in();
    let before = anthropic.entry();
    anthropic.let_end();

    let ended = resolve(&anthropic, &[], &[]);

    assert!(ended.quietly().1.contains("refreshed just now"), "{ended:?}");
    let [_, refresh] = anthropic.sent(TOKEN).try_into().expect("an exchange and a refresh");
    assert_eq!(refresh.member("refresh_token"), before["refresh_token"]);
    let now = text(&anthropic.entry(), "access_token").to_owned();
    assert_ne!(before["access_token"], now);
    let header = resolve(&anthropic, &["--header"], &[]);
    assert_eq!(header.quietly(), (Some(0), format!("Authorization: Bearer {now}\n").as_str()));
}

#[test]
fn it_tells_nothing_found_from_a_login_that_has_ended_for_good() {
    let anthropic = logged_in();
    anthropic.let_end();
    let dead = FaultKind::Instead(HttpResponse::new(400, "application/json", r#"{"error":"invalid_grant"}"#));
    anthropic.serving.with(|authority| authority.faults.plan(TOKEN, 1, dead));
    let over = resolve(&anthropic, &["--header"], &[]);
    assert_eq!(
        over.said(3),
        "authtui: the login of anthropic/default has ended: authtui login anthropic/default\n"
    );

    anthropic.home.store("providers: {}\n");
    let missing = resolve(&anthropic, &["--header"], &[("ANTHROPIC_API_KEY", "")]);
    assert_eq!(
        missing.said(5),
        "authtui: no API key, token or login for anthropic: set ANTHROPIC_API_KEY, or log in: authtui login anthropic\n"
    );
    let json = resolve(&anthropic, &["--json"], &[]);
    let json: Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(json["error"]["kind"], "missing");
}

#[test]
fn claw_code_points_out_a_key_in_the_variable_of_a_token() {
    let anthropic = Shipped::start("anthropic", "anthropic", CHANGES);
    let ended = resolve(&anthropic, &[], &[("ANTHROPIC_AUTH_TOKEN", API_KEY.1)]);
    assert!(ended.out.contains("which belongs in ANTHROPIC_API_KEY."), "{ended:?}");
    assert!(!ended.out.contains("0123456789"), "{ended:?}");
}

#[test]
fn claw_code_keeps_an_api_key_where_other_programs_read_it_until_it_is_erased() {
    let anthropic = Shipped::start("anthropic", "anthropic", CHANGES);

    let ended = fed(&anthropic.home, &["login", "anthropic", "--key", "--key-stdin"], KEY.as_bytes()).end();

    let said = ended.said(0);
    assert!(said.contains("Stored: anthropic/key") && !said.contains("0000"), "{said}");
    assert!(
        anthropic.file().contains(&format!("  anthropic:\n    api_key: \"{KEY}\"\n")),
        "{}",
        anthropic.file()
    );
    let tests = anthropic.sent("/v1/models");
    let key = format!("x-api-key: {KEY}");
    let expected =
        headers(&["accept: */*", "anthropic-beta: oauth-2025-04-20", "anthropic-version: 2023-06-01", &key]);
    assert!(tests.iter().all(|sent| sent.headers == expected), "{tests:?}");
    let row = anthropic.row();
    assert_eq!((row["name"].as_str(), row["kind"].as_str()), (Some("key"), Some("api_key")));
    assert_eq!(
        anthropic.home.run(&["token", "anthropic/key"]).quietly(),
        (Some(0), format!("{KEY}\n").as_str())
    );
    let refresh = anthropic.home.run(&["refresh", "anthropic/key"]);
    assert!(refresh.said(1).contains("API keys cannot be refreshed"), "{refresh:?}");

    let revoked = anthropic.home.run(&["revoke", "anthropic/key", "--yes"]);

    assert!(revoked.said(0).contains("key deleted"), "{revoked:?}");
    assert!(!anthropic.file().contains(KEY));
    assert_eq!(anthropic.home.run(&["token", "anthropic/key"]).code, Some(5));
}

/// A home where somebody has logged in.
fn logged_in() -> Shipped {
    let anthropic = Shipped::start("anthropic", "anthropic", CHANGES);
    assert_eq!(anthropic.log_in(&["--yes"], "").2.code, Some(0));
    anthropic
}

/// Runs `authtui resolve` with these variables in its environment alone.
fn resolve(anthropic: &Shipped, options: &[&str], set: &[(&str, &str)]) -> Ended {
    let arguments = [&["resolve", "anthropic"], options].concat();
    Running::start(anthropic.home.command(&arguments).envs(set.iter().copied())).end()
}
