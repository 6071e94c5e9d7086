//! `authtui add`: a token or a key that somebody has already.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::commands::login::{fed, tested_provider_with};
use crate::home::Ended;
use crate::home::served::Served;
use crate::terminal::pty::Pty;

fn add(served: &Served, more: &[&str], input: &str) -> Ended {
    fed(&served.home, &[&["add", "--token-stdin"], more].concat(), input.as_bytes()).end()
}

fn jwt(end: i64) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.c2ln", part(r#"{"alg":"none"}"#), part(&format!(r#"{{"exp":{end}}}"#)))
}

#[test]
fn the_first_line_is_stored_under_its_name_and_nothing_is_replaced_unasked() {
    let served = Served::start();
    let stored = add(&served, &["demo/ci", "--yes"], "first\nsecond\n");
    assert!(stored.said(0).contains("Stored: demo/ci") && !stored.err.contains("first"), "{stored:?}");
    assert_eq!(served.home.run(&["token", "demo/ci"]).out, "first\n");

    let before = served.home.bytes();
    let again = add(&served, &["demo/ci", "--yes"], "other");
    assert!(again.said(2).contains("demo/ci is there already; add --replace"), "{again:?}");
    assert_eq!(served.home.bytes(), before);
    assert_eq!(served.home.run(&["note", "demo/ci", "kept"]).code, Some(0));
    assert_eq!(add(&served, &["demo/ci", "--yes", "--replace"], "other").code, Some(0));
    assert_eq!(served.home.run(&["token", "demo/ci"]).out, "other\n");
    assert_eq!(served.home.run(&["note", "demo/ci"]).out, "kept\n");
    assert!(add(&served, &["demo/x"], "").said(2).contains("there is no token on the first line"));
    assert!(add(&served, &["demo/x"], "a b").said(2).contains("visible ASCII"));
    let unknown = add(&served, &["nowhere/x"], "t");
    assert_eq!(unknown.code, Some(5), "{unknown:?}");
    assert!(served.home.run(&["add", "demo/x"]).said(2).contains("--token-stdin"));
}

#[test]
fn a_store_that_is_only_read_or_two_stores_at_once_are_refused() {
    let served = Served::start();
    for store in ["borrowed", "environment"] {
        let refused = add(&served, &[&format!("{store}:demo/ci"), "--yes"], "token");
        assert!(refused.said(2).contains(&format!("nothing is stored in {store}")), "{refused:?}");
    }
    let two = add(&served, &["hashed:demo/ci", "--store", "shared", "--yes"], "token");
    assert!(two.said(2).contains("--store says shared, and the name says hashed"), "{two:?}");
    let two = served.home.run(&["login", "hashed:demo/ci", "--store", "shared", "--no-browser"]);
    assert!(two.said(2).contains("--store says shared, and the name says hashed"), "{two:?}");
    assert!(!served.home.config().exists() && !served.home.path("home/.claude").exists());
    assert_eq!(add(&served, &["hashed:demo/ci", "--store", "hashed", "--yes"], "token").code, Some(0));
}

#[test]
fn a_refused_token_is_not_stored_without_a_yes() {
    let served = Served::start();
    let refused = add(&served, &["demo/ci"], "wrong");
    let said = refused.said(3);
    assert!(said.contains("the token is not saved") && said.contains("--yes"), "{said}");
    assert!(!served.home.config().exists());
}

#[test]
fn a_jwt_tells_its_end_unless_a_person_does() {
    let served = Served::start();
    assert_eq!(add(&served, &["demo/jwt", "--yes"], &jwt(32_472_144_000)).code, Some(0));
    assert!(served.home.run(&["list", "--json"]).out.contains(r#""expires_at":"2999-01-01T00:00:00Z""#));
    let named = add(&served, &["demo/other", "--yes", "--ends", "never"], &jwt(32_472_144_000));
    assert!(!named.said(0).contains("ends "), "{named:?}");
    let old = add(&served, &["demo/old", "--yes"], &jwt(1_000_000_000));
    assert!(old.said(2).contains("says of itself that it expired on 9 Sep 2001"), "{old:?}");
    let longer = served.home.run(&["login", "demo/jwt", "--ends", "2d"]);
    assert!(longer.said(0).contains("demo/jwt: ends on"), "{longer:?}");
}

#[test]
fn a_key_goes_where_keys_are_and_to_the_store_that_is_named() {
    let served = Served::start();
    tested_provider_with(&served, "[code, key]");
    assert!(
        add(&served, &["demo", "--key", "--yes", "--ends", "9d"], "k").said(0).contains("Stored: demo/key")
    );
    assert!(String::from_utf8(served.home.bytes()).expect("text").contains("api_key: \"k\""));
    assert_eq!(add(&served, &["demo/ci", "--yes", "--store", "hashed"], "t").code, Some(0));
    let list = served.home.run(&["list", "--json"]).out;
    assert!(list.contains(r#""kind":"api_key""#) && list.contains(r#""store":"hashed""#), "{list}");
    let kinds = add(&served, &["demo/ci", "--key", "--replace", "--store", "hashed"], "t");
    assert!(kinds.said(2).contains("is a login"), "{kinds:?}");
}

#[test]
fn on_a_terminal_the_token_is_asked_for_and_not_shown() {
    let served = Served::start();
    let pty = Pty::start(&served.home, &["add", "demo/ci", "--token-stdin", "--yes"], (100, 30));
    pty.wait("Token (not shown):").keys("hidden-token\r").wait("Stored: demo/ci");
    let shown = pty.end();
    assert_eq!(shown.code, 0);
    assert_eq!(served.home.run(&["token", "demo/ci"]).out, "hidden-token\n");
}
