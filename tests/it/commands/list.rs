//! `authtui list`: every state, for people and for scripts.

use authtui::domain::clock::{TimeDelta, rfc3339};

use crate::home::Home;
use crate::home::served::Served;

#[test]
fn the_json_names_every_field_and_null_is_what_is_not_known() {
    let served = Served::start();
    let now = served.serving.now().wall;
    let at = |minutes: i64| rfc3339(now + TimeDelta::minutes(minutes));
    let entry = |id: &str, fields: &str| format!("      - id: {id}\n        access_token: t-{id}\n{fields}");
    let field = |name: &str, value: &str| format!("        {name}: {value}\n");
    let refreshable = field("refresh_token", "r");
    let life = |from: i64, to: i64| field("obtained_at", &at(from)) + &field("expires_at", &at(to));
    let last = |result: &str, more: &str| {
        field("last_refresh", &format!("{{at: {}, result: {result}, why: w{more}}}", at(-1)))
    };
    let told = field("account", "Ana <ana@acme.dev>")
        + &field("scopes", "[a, b]")
        + &field("grant_ends_at", &at(9000));
    let entries = [
        entry("fresh", &(refreshable.clone() + &life(-1, 60) + &told)),
        entry("aging", &(refreshable.clone() + &life(-60, 2))),
        entry("due", &(refreshable.clone() + &life(-60, -1))),
        entry(
            "failed",
            &(refreshable.clone()
                + &life(-60, -1)
                + &last("passing", &format!(", times: 2, retry_at: {}", at(3)))),
        ),
        entry(
            "refused",
            &(refreshable.clone() + &life(-60, -1) + &last("passing", ", times: 2, next: check")),
        ),
        entry("dead", &(refreshable + &life(-60, -1) + &last("dead", ""))),
        entry("ended", &life(-60, -1)),
        entry("clockless", ""),
        format!("      - id: revoked\n{}", field("revoked_at", &at(-5))),
        "      - id: odd\n        access_token: 12345\n".to_owned(),
    ];
    served.home.store(format!(
        "providers:\n  demo:\n    oauth_credentials:\n{}    api_key: sk-1\n    api_keys: [sk-2]\n",
        entries.concat()
    ));

    let ended = served.home.run(&["list", "--json"]);

    let last_of = |result: &str, retry_at: Option<String>| {
        let retry_at = retry_at.map_or("null".to_owned(), |at| format!("\"{at}\""));
        format!(
            r#"{{"at":"{}","result":"{result}","why":"w","retry_at":{retry_at},"clock_ahead_seconds":null}}"#,
            at(-1)
        )
    };
    let row = |name: &str, kind: &str, state: &str, expires: Option<i64>, rest: &str| {
        let expires = expires.map_or("null".to_owned(), |minutes| format!("\"{}\"", at(minutes)));
        let rest = if rest.is_empty() { r#""grant_ends_at":null,"account":null,"scopes":[]"# } else { rest };
        let last = match name {
            "failed" => last_of("passing", Some(at(3))),
            "refused" => last_of("refused", None),
            "dead" => last_of("dead", None),
            _ => "null".to_owned(),
        };
        format!(
            r#"{{"provider":"demo","name":"{name}","kind":{kind},"state":"{state}","expires_at":{expires},{rest},"store":"own","last_refresh":{last},"last_test":null}}"#
        )
    };
    let told = format!(r#""grant_ends_at":"{}","account":"Ana <ana@acme.dev>","scopes":["a","b"]"#, at(9000));
    let (login, key) = (r#""oauth""#, r#""api_key""#);
    let rows = [
        row("fresh", login, "fresh", Some(60), &told),
        row("aging", login, "expiring", Some(2), ""),
        row("due", login, "due", Some(-1), ""),
        row("failed", login, "retrying", Some(-1), ""),
        row("refused", login, "failed", Some(-1), ""),
        row("dead", login, "needs_login", Some(-1), ""),
        row("ended", login, "needs_login", Some(-1), ""),
        row("clockless", login, "no_expiry", None, ""),
        row("revoked", login, "signed_out", None, ""),
        row("odd", "null", "unreadable", None, ""),
        row("key", key, "no_expiry", None, ""),
        row("key-0", key, "no_expiry", None, ""),
    ];
    let expected = format!("{{\"version\":1,\"profiles\":[{}]}}\n", rows.join(","));
    assert_eq!(ended.quietly(), (Some(0), expected.as_str()));
}

#[test]
fn the_table_shows_state_and_both_clocks_and_no_token() {
    let (served, pair) = Served::with_ana(1800);
    let ended = served.home.run(&["list"]);
    assert_eq!(ended.code, Some(0));
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(
        lines[0].split_whitespace().collect::<Vec<_>>(),
        ["PROFILE", "STATE", "TOKEN", "LOGIN", "ACCOUNT"]
    );
    let cells: Vec<&str> = lines[1].split_whitespace().collect();
    assert_eq!((cells[0], cells[1], cells[4], lines.len()), ("demo/ana", "fresh", "ana@demo.test", 2));
    assert!(cells[2].starts_with("29m") && cells[3] == "29d", "{cells:?}");
    assert!(!ended.out.contains(&pair.access[8..]) && !ended.out.contains(&pair.refresh[8..]));
}

#[test]
fn an_empty_list_is_no_data_and_says_how_to_begin() {
    let home = Home::new();
    let ended = home.run(&["list"]);
    assert!(ended.said(0).contains("authtui login PROVIDER"), "{ended:?}");
    assert_eq!(home.run(&["list", "--json"]).quietly(), (Some(0), "{\"version\":1,\"profiles\":[]}\n"));
    assert!(!home.path("config/authtui").exists(), "reading makes nothing");
}
