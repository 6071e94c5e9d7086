//! `authtui doctor`: every check, what it says of a fault, and that it changes nothing.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::home::Home;
use crate::home::served::Served;

const STORE: &str = "providers: {acme: {oauth_credentials: [{id: work, access_token: hunter2}]}}\n";

/// The findings of `authtui doctor --json`: check, result, text, next.
fn checks(home: &Home, code: i32) -> Vec<[String; 4]> {
    let ended = home.run(&["doctor", "--json"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(code), ""), "{ended:?}");
    let json: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(json.get("version"), Some(&Value::from(1)));
    assert!(!ended.out.contains("hunter2"), "{}", ended.out);
    let text = |finding: &Value, field: &str| {
        finding.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let finding = |each: &Value| ["check", "result", "text", "next"].map(|field| text(each, field));
    json.get("checks").and_then(Value::as_array).expect("a list").iter().map(finding).collect()
}

/// The findings that are not ok.
fn faults(home: &Home, code: i32) -> Vec<[String; 4]> {
    checks(home, code).into_iter().filter(|[_, result, ..]| result != "ok").collect()
}

#[test]
fn a_home_in_order_has_no_fault_and_each_check_is_there() {
    let home = Home::new();
    home.store(STORE);
    let all = checks(&home, 0);
    let named: Vec<&str> = all.iter().map(|[check, ..]| &**check).collect();
    assert_eq!(
        named,
        [
            "own file",
            "settings",
            "provider files",
            "event log",
            "clock",
            "port 8765",
            "browser",
            "clipboard",
            "keyring"
        ]
    );
    assert!(all.iter().all(|[check, result, ..]| result == "ok" || check == "port 8765"), "{all:?}");
    assert!(all[0][2].starts_with("1 profile in "), "{all:?}");
    assert_eq!(all[6][2], "true", "the program of $BROWSER");

    let page = home.run(&["doctor"]).out;
    assert!(page.starts_with("ok       own file        1 profile in "), "{page}");
}

#[test]
fn a_fault_is_named_with_what_mends_it() {
    type Break = fn(&Home);
    let breaks: [(Break, i32, [&str; 4]); 8] = [
        (|home| home.store("providers: [\n"), 1, ["own file", "failing", "YAML", "orrect"]),
        (
            |home| home.store("providers: {acme: {oauth_credentials: [{id: work, access_token: [x]}]}}\n"),
            1,
            ["own file", "failing", "acme/work (line 1)", "press e"],
        ),
        (
            |home| fs::set_permissions(home.config(), Permissions::from_mode(0o644)).expect("opened"),
            0,
            ["own file", "warning", "other users can read", "chmod 600 "],
        ),
        (
            |home| fs::set_permissions(home.config(), Permissions::from_mode(0o400)).expect("closed"),
            1,
            ["own file", "failing", "protected against writing", "chmod u+w "],
        ),
        (
            |home| home.provider("bad", "name: bad\nendpoints: 7\n"),
            1,
            ["provider files", "failing", "bad.yaml", "authtui providers fields"],
        ),
        (
            |home| fs::write(home.path("config/authtui/settings.yaml"), "theme: [\n").expect("written"),
            1,
            ["settings", "failing", "settings.yaml is not used", "editor"],
        ),
        (
            |home| fs::write(home.path("state/authtui"), "").expect("written"),
            1,
            ["event log", "failing", "events.jsonl", ""],
        ),
        (
            |home| {
                let line = "{\"at\":\"2999-01-01T00:00:00Z\",\"by\":\"authtui\",\"process\":1,\
                            \"profile\":\"acme/work\",\"store\":\"/x\",\"event\":\"asked\",\"grant\":\"a\"}\n";
                fs::create_dir_all(home.path("state/authtui")).expect("a folder");
                fs::write(home.path("state/authtui/events.jsonl"), line).expect("written");
                fs::set_permissions(home.path("state/authtui/events.jsonl"), Permissions::from_mode(0o600))
                    .expect("private");
            },
            0,
            ["clock", "warning", "2999-01-01T00:00:00Z", "set the clock"],
        ),
    ];
    for (break_it, code, expected) in breaks {
        let home = Home::new();
        home.store(STORE);
        break_it(&home);
        let before = home.files();
        let faults: Vec<[String; 4]> =
            faults(&home, code).into_iter().filter(|[check, ..]| check != "port 8765").collect();
        let [fault] = &faults[..] else { panic!("{expected:?}: {faults:?}") };
        for (said, expected) in fault.iter().zip(expected) {
            assert!(said.contains(expected), "{expected}: {fault:?}");
        }
        assert_eq!(home.files(), before, "nothing is changed");
    }
}

#[test]
fn rules_are_named_where_there_are_any_and_their_faults_with_their_lines() {
    let home = Home::new();
    home.store(STORE);
    let rules = |text: &str, code| {
        fs::write(home.path("config/authtui/rules.yaml"), text).expect("written");
        checks(&home, code).into_iter().filter(|[check, ..]| check == "rules").collect::<Vec<_>>()
    };
    assert_eq!(rules("# none\n", 0).len(), 0);
    let [[_, result, text, _]] = &rules("folders:\n  ~/work: acme/work\n", 0)[..] else { panic!("one") };
    assert!(result == "ok" && text.starts_with("1 rule in "), "{result} {text}");
    let [[_, result, text, _]] = &rules("folders:\n  ~/a: acme/work\n  ~/b: acme/gone\n", 0)[..] else {
        panic!("one")
    };
    assert!(
        result == "warning" && text.contains("line 3 of ") && text.contains("acme/gone"),
        "{result} {text}"
    );
    let [[_, result, text, _]] = &rules("folders:\n  b: acme/work\n", 1)[..] else { panic!("one") };
    assert!(result == "failing" && text.contains("rules.yaml: line 2: "), "{result} {text}");
}

#[test]
fn a_port_that_another_program_has_is_named_with_that_program() {
    let served = Served::start();
    let held = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = held.local_addr().expect("an address").port();
    let file = authtui::demo::provider_file(served.serving.issuer());
    let file = file.replacen("port: 8765", &format!("port: {port}"), 1);
    let (entry, _) = served.entry("ana", 3600);
    served.home.store(crate::home::served::store(&[entry]));

    for (rule, result, text, next) in [
        ("any", "ok", "a login takes another port", ""),
        ("fixed", "warning", "a login waits there", "end that program before you log in"),
    ] {
        let file = file.replacen("port_rule: any", &format!("port_rule: {rule}"), 1);
        assert!(
            file.contains(&format!("port: {port}")) && file.contains(&format!("port_rule: {rule}")),
            "{file}"
        );
        served.home.provider("demo", &file);
        let all = checks(&served.home, 0);
        let name = format!("port {port}");
        let finding = all.iter().find(|[check, ..]| *check == name).expect("the port");
        assert_eq!(finding[1], result, "{finding:?}");
        assert!(finding[2].contains(text) && finding[3].contains(next), "{finding:?}");
        assert!(finding[2].contains(&format!("(process {})", std::process::id())), "{finding:?}");
    }
}
