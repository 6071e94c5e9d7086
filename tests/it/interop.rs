//! The real program with a provider that this project did not write: the npm package
//! `oidc-provider`, and a scripted browser that signs in at it. See `tests/interop/README.md`.

mod address;
mod chromium;
mod device;
mod provider;
mod revoke;

use std::os::unix::fs::PermissionsExt;

use portable_pty::CommandBuilder;

use crate::home::program;
use crate::home::running::Running;
use crate::interop::provider::{Client, Provider, browser};
use crate::terminal::pty::Pty;

#[test]
#[ignore = "needs Node"]
fn a_public_client_logs_in_prints_and_renews_its_token() {
    let provider = Provider::start(Client::Public);
    let home = &provider.home;

    let ended = provider.login(&[]).end();

    assert_eq!(ended.code, Some(0), "{ended:?}");
    let mode = std::fs::metadata(home.config()).expect("saved").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let list = home.run(&["list", "--json"]);
    let list: serde_json::Value = serde_json::from_str(list.quietly().1).expect("JSON");
    let row = &list["profiles"][0];
    assert_eq!((row["provider"].as_str(), row["name"].as_str()), (Some("op"), Some("work")));
    assert_eq!((row["kind"].as_str(), row["state"].as_str()), (Some("oauth"), Some("fresh")));
    assert!(row["expires_at"].is_string() && row["scopes"].to_string().contains("offline_access"), "{row}");

    let first = provider.token();
    for _ in 0..3 {
        assert_eq!(home.run(&["refresh", "op/work"]).code, Some(0));
    }
    assert_ne!(provider.token(), first);
    assert_eq!((provider.count("/refresh/rotated"), provider.count("/refresh/reuse_detected")), (3, 0));
    assert_eq!(provider.count("/code_reuse_detected"), 0);
}

#[test]
#[ignore = "needs Node"]
fn four_processes_renew_one_grant_without_reuse() {
    let provider = Provider::start(Client::Public);
    assert_eq!(provider.login(&[]).end().code, Some(0));
    let all: Vec<Running> = (0..4).map(|_| provider.home.start(&["refresh", "op/work"])).collect();
    assert!(all.into_iter().all(|process| process.end().code == Some(0)));
    assert_eq!(provider.count("/refresh/reuse_detected"), 0);
    assert_eq!(provider.home.run(&["refresh", "op/work"]).code, Some(0));
}

#[test]
#[ignore = "needs Node"]
fn a_client_with_a_secret_is_asked_for_it_once_and_authenticates_as_the_file_says() {
    for client in [Client::Post, Client::Basic] {
        let provider = Provider::start(client);
        let mut command = CommandBuilder::new(program());
        command.args(["login", "op/work"]);
        command.env("BROWSER", browser());
        let pty = Pty::run(&provider.home, command, (100, 40));
        pty.wait("Client secret (not shown):").keys(client.secret()).keys("\r").wait("Logged in: op/work");
        let left = pty.end();
        assert_eq!(left.code, 0, "{}", left.text);
        let raw = String::from_utf8_lossy(&left.raw);
        assert!(!raw.contains(client.secret()), "{raw}");

        let ended = provider.home.run(&["refresh", "op/work"]);

        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!((provider.count("/refresh/rotated"), provider.count("/refresh/reuse_detected")), (1, 0));
    }
}

#[test]
#[ignore = "needs Node"]
fn a_person_who_refuses_is_understood_and_nothing_is_saved() {
    let provider = Provider::start(Client::Public);
    let ended = provider.login(&[("INTEROP_DENY", "1")]).end();
    assert!(ended.said(1).contains("access was denied (access_denied"), "{ended:?}");
    assert!(!provider.home.config().exists());
    assert_eq!(provider.count("/token/authorization_code/ok"), 0);
}

#[test]
#[ignore = "needs Node"]
fn a_callback_that_was_tampered_with_is_ignored_and_the_genuine_one_completes() {
    for part in ["state", "drop-state"] {
        let provider = Provider::start(Client::Public);
        let mut login = provider.login(&[("INTEROP_TAMPER", part)]);
        let authorize = login.line("http");
        login.line("  A reply that was not ours was ignored.");
        assert_eq!(provider.count("/token/authorization_code/ok"), 0, "{part}");

        provider.sign_in(&authorize);

        let ended = login.end();
        assert_eq!(ended.code, Some(0), "{part}: {ended:?}");
        assert_eq!(provider.count("/token/authorization_code/ok"), 1, "{part}");
    }
}

#[test]
#[ignore = "needs Node"]
fn an_answer_that_names_another_issuer_ends_the_login_and_sends_no_code() {
    let provider = Provider::start(Client::Public);
    let mut login = provider.login(&[("INTEROP_TAMPER", "iss")]);
    login.line("http");
    let ended = login.end();
    assert!(ended.said(1).contains("it comes from another server than the one that was asked"), "{ended:?}");
    assert_eq!(provider.count("/token/authorization_code/ok"), 0);
}

#[test]
#[ignore = "needs Node"]
fn a_code_that_was_tampered_with_brings_nothing() {
    let provider = Provider::start(Client::Public);
    let ended = provider.login(&[("INTEROP_TAMPER", "code")]).end();
    assert!(ended.said(3).contains("invalid_grant"), "{ended:?}");
    assert!(!provider.home.config().exists());
}
