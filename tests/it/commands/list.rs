//! `authtui list`: every state, for people and for scripts.

use std::collections::BTreeSet;

use authtui::domain::clock::{TimeDelta, rfc3339};

use portable_pty::CommandBuilder;
use serde_json::Value;

use crate::home::served::Served;
use crate::home::{Home, program};
use crate::terminal::pty::{Left, Pty};

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
        let refresh = match (name, kind) {
            ("revoked", _) => r#""refreshable":false,"not_refreshable":"no_tokens""#,
            ("odd", _) => r#""refreshable":null,"not_refreshable":null"#,
            ("dead", _) => r#""refreshable":false,"not_refreshable":"login_over""#,
            ("ended" | "clockless", _) => r#""refreshable":false,"not_refreshable":"no_refresh_token""#,
            (_, r#""api_key""#) => r#""refreshable":false,"not_refreshable":"api_key""#,
            _ => r#""refreshable":true,"not_refreshable":null"#,
        };
        let last = match name {
            "failed" => last_of("passing", Some(at(3))),
            "refused" => last_of("refused", None),
            "dead" => last_of("dead", None),
            _ => "null".to_owned(),
        };
        format!(
            r#"{{"profile":"demo/{name}","provider":"demo","name":"{name}","kind":{kind},"state":"{state}","expires_at":{expires},{rest},"store":"own","last_refresh":{last},"last_test":null,"owner":null,"note":null,"subject":null,"issuer":null,"client_id":null,"seconds_left":LEFT,{refresh},"refreshes_at":AT}}"#
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
    let place = served.home.path("config/authtui/config.yaml");
    let stores = format!(r#"[{{"store":"own","place":"{}","fault":null,"why":null}}]"#, place.display());
    let expected = format!("{{\"version\":1,\"profiles\":[{}],\"stores\":{stores}}}\n", rows.join(","));
    // When exactly is for another test.
    let (code, out) = ended.quietly();
    assert_eq!((code, moving(out).as_str()), (Some(0), expected.as_str()));
}

/// `json` without the two values that move while a test runs.
fn moving(json: &str) -> String {
    let mut text = json.to_owned();
    for (field, end, place) in [("\"seconds_left\":", ",", "LEFT"), ("\"refreshes_at\":", "}", "AT")] {
        let mut parts = text.split(field);
        let first = parts.next().expect("a beginning").to_owned();
        let rest = parts.map(|part| {
            let (_, rest) = part.split_once(end).expect("an end");
            format!("{field}{place}{end}{rest}")
        });
        text = first + &rest.collect::<String>();
    }
    text
}

#[test]
fn a_login_says_how_long_its_token_lives_whose_it_is_and_when_it_is_refreshed() {
    let (served, _) = Served::with_ana(3600);
    let row = || -> Value {
        let list: Value = serde_json::from_str(&served.home.run(&["list", "--json"]).out).expect("JSON");
        list["profiles"][0].clone()
    };
    let ana = row();
    let left = ana["seconds_left"].as_i64().expect("a number");
    assert!((3500..=3600).contains(&left), "{ana}");
    assert_eq!(ana["profile"], "demo/ana");
    assert!(ana["subject"].is_string() && ana["client_id"] == "authtui-demo", "{ana}");
    assert_eq!((&ana["refreshable"], &ana["not_refreshable"]), (&true.into(), &Value::Null));
    assert!(ana["refreshes_at"].as_str() < ana["expires_at"].as_str(), "{ana}");

    std::fs::write(served.home.path("config/authtui/settings.yaml"), "automatic_refresh: false\n")
        .expect("written");
    assert_eq!(row()["refreshes_at"], Value::Null, "nothing refreshes it unasked");
}

/// The fields that a part of `docs/json.md` names in its table.
fn documented(heading: &str) -> BTreeSet<String> {
    let page = include_str!("../../../docs/json.md");
    let part = page.split("\n## ").find(|part| part.starts_with(heading)).expect("the part");
    let cells = part.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split('|').nth(1));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

#[test]
fn the_page_names_every_field_that_is_printed_and_no_other() {
    let served = mixed();
    let printed = |arguments: &[&str]| -> Value {
        serde_json::from_str(&served.home.run(arguments).out).expect("JSON")
    };
    for (heading, value) in [
        ("`authtui list --json`", &printed(&["list", "--json"])["profiles"][0]),
        ("`authtui check --json`", &printed(&["check", "--json"])["profiles"][0]),
        ("`authtui status --json`", &printed(&["status", "--json"])),
        ("`authtui resolve --json`", &printed(&["resolve", "demo", "--json"])),
        ("`authtui doctor --json`", &printed(&["doctor", "--json"])["checks"][0]),
    ] {
        assert_eq!(documented(heading), keys(value), "{heading}");
    }
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
    assert_eq!(
        home.run(&["list", "--json"]).quietly(),
        (Some(0), "{\"version\":1,\"profiles\":[],\"stores\":[]}\n")
    );
    assert!(!home.path("config/authtui").exists(), "reading makes nothing");
}

/// Four profiles in the order of the file: well, over for good, signed out, and one that is not valid.
fn mixed() -> Served {
    let served = Served::start();
    let at = |minutes: i64| rfc3339(served.serving.now().wall + TimeDelta::minutes(minutes));
    served.home.store(format!(
        "providers:\n  demo:\n    oauth_credentials:\n\
         \x20     - {{id: ana, access_token: a, refresh_token: r, obtained_at: {}, expires_at: {}, account: ana@demo.test}}\n\
         \x20     - {{id: emil, access_token: b, expires_at: {}, account: emil-with-a-long-name@mail.demo.test}}\n\
         \x20     - {{id: fay, revoked_at: {}}}\n\
         \x20     - {{id: ivy, access_token: 12345}}\n",
        at(-1),
        at(60),
        at(-1),
        at(-5)
    ));
    served
}

/// What `arguments` write to a terminal of so many columns.
fn on_terminal(home: &Home, arguments: &[&str], columns: u16, variables: &[(&str, &str)]) -> Left {
    let mut command = CommandBuilder::new(program());
    command.args(arguments);
    for (name, value) in variables {
        command.env(name, value);
    }
    Pty::run(home, command, (columns, 40)).end()
}

#[test]
fn on_a_terminal_what_needs_a_person_comes_first_and_the_last_line_is_the_command_that_helps() {
    let served = mixed();
    let left = on_terminal(&served.home, &["list"], 100, &[]);
    assert_eq!(left.code, 0);
    let lines: Vec<&str> = left.text.lines().collect();
    let line = |words: &str| lines.iter().position(|line| line.contains(words)).expect(words);
    let order =
        ["  NEEDS YOU 2 ", "▎ ✗ demo/emil", "▎ ? demo/ivy", "  FINE 2 ", "  ● demo/ana", "  · demo/fay"];
    assert!(order.map(line).is_sorted(), "{}", left.text);
    assert!(lines[line("● demo/ana")].contains("━━━"), "{}", left.text);
    let last = lines.iter().rfind(|line| !line.trim().is_empty()).expect("a line");
    assert_eq!(last.trim(), "✗ 2 need you: authtui login demo/emil");
    assert!(
        left.text.contains("demo/ivy: access_token must be quoted text. Next: correct line"),
        "{}",
        left.text
    );
    assert!(String::from_utf8_lossy(&left.raw).contains("\x1b["), "it has colours");
}

#[test]
fn the_list_fits_a_terminal_of_any_width_and_keeps_names_and_states() {
    let served = mixed();
    for columns in [200, 120, 80, 60, 40] {
        let text = on_terminal(&served.home, &["list"], columns, &[]).text;
        let lines = text.lines().take_while(|line| !line.trim().is_empty());
        // A line that is too long would go on in the next one.
        assert_eq!(lines.count(), 7, "{columns}: {text}");
        assert!(text.contains("demo/emil") && text.contains("needs login"), "{columns}: {text}");
    }
}

#[test]
fn without_colours_and_in_seven_bits_signs_and_words_say_the_same() {
    let served = mixed();
    let raw = |variables: &[(&str, &str)]| {
        String::from_utf8_lossy(&on_terminal(&served.home, &["list"], 80, variables).raw).into_owned()
    };
    let colour = raw(&[("NO_COLOR", "1")]);
    assert!(!colour.contains("\x1b[3") && !colour.contains("\x1b[38"), "{colour:?}");
    assert!(colour.contains('✗') && colour.contains("needs login"), "{colour:?}");
    let dumb = raw(&[("TERM", "dumb"), ("LANG", "C")]);
    assert!(dumb.bytes().all(|byte| byte.is_ascii_graphic() || b" \r\n".contains(&byte)), "{dumb:?}");
    assert!(dumb.contains("! x demo/emil") && dumb.contains("needs login"), "{dumb:?}");
}
