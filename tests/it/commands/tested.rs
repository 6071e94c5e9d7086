//! What a test of a token said is remembered, and agreed upon by all who speak of the token.

use authtui::demo::authority::MODELS;
use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;
use authtui::domain::clock::rfc3339;
use authtui::domain::secret::Secret;
use serde_json::Value;

use crate::commands::login::tested_provider_with;
use crate::home::person;
use crate::home::served::{Served, store};
use crate::home::shipped::text;
use crate::terminal::pty::Pty;

/// `last_test` of the token in the place of `entry`.
fn tested(served: &Served, token: &str, result: &str, status: u16) -> String {
    let (at, token) = (rfc3339(served.serving.now().wall), Secret::new(token).short().to_owned());
    format!("{{at: {at}, result: {result}, status: {status}, token: {token}}}")
}

fn row(served: &Served, name: &str) -> Value {
    let list: Value = serde_json::from_str(&served.home.run(&["list", "--json"]).out).expect("JSON");
    let rows = list.get("profiles").and_then(Value::as_array).expect("rows").clone();
    rows.into_iter().find(|row| text(row, "name") == name).expect("the row")
}

#[test]
fn a_refused_token_is_refused_in_list_and_json_and_still_printed() {
    let served = Served::start();
    let (entry, pair) = served.entry("ana", 3600);
    let field = |token: &str| format!("        last_test: {}\n", tested(&served, token, "refused", 401));
    served.home.store(store(&[entry.clone() + &field(&pair.access)]));

    let list = served.home.run(&["list"]);

    assert!(list.out.contains("refused") && !list.out.contains("fresh"), "{list:?}");
    assert!(list.err.contains("(401). Next: authtui refresh demo/ana"), "{list:?}");
    let found = row(&served, "ana");
    assert_eq!(text(&found, "state"), "refused");
    let last = found.get("last_test").expect("a test");
    assert_eq!((text(last, "result"), last.get("status")), ("refused", Some(&401.into())));
    let printed = served.home.run(&["token", "demo/ana"]);
    assert_eq!((printed.code, printed.out.trim()), (Some(0), pair.access.as_str()));
    assert!(printed.err.contains("the provider refused this token when it was last tested (401)"));

    // Another token is not blamed for it.
    served.home.store(store(&[entry + &field("another")]));
    let found = row(&served, "ana");
    assert_eq!((text(&found, "state"), found.get("last_test")), ("fresh", Some(&Value::Null)));
}

#[test]
fn a_refresh_ends_what_was_said_of_the_token_before() {
    let served = Served::start();
    let (entry, pair) = served.entry("ana", 3600);
    let field = format!("        last_test: {}\n", tested(&served, &pair.access, "refused", 401));
    served.home.store(store(&[entry + &field]));

    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));

    assert_eq!(text(&row(&served, "ana"), "state"), "fresh");
    let written = String::from_utf8(served.home.bytes()).expect("text");
    assert!(!written.contains("last_test"), "{written}");
}

#[test]
fn a_login_whose_test_is_refused_is_stored_and_said_to_be_refused() {
    let served = Served::start();
    let refusal = FaultKind::Instead(HttpResponse::new(401, "application/json", "{}"));
    served.serving.with(|authority| authority.faults.plan(MODELS, 1, refusal));
    let mut login = served.home.start(&["login", "demo/ana"]);
    person::answer(&login.line("http"), "allow");

    let ended = login.end();

    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(text(&row(&served, "ana"), "state"), "refused");
}

#[test]
fn a_test_on_the_screen_is_known_to_the_next_start_and_a_test_that_cannot_be_made_changes_nothing() {
    let served = Served::start();
    let (entry, _) = served.entry("ana", 3600);
    tested_provider_with(&served, "[code, key]\nenvironment: [DEMO_KEY]");
    let other = "    api_key: wrong\n";
    served.home.store(store(&[entry]) + other);
    let pty = Pty::start(&served.home, &[], (120, 30));
    pty.wait("demo/key")
        .keys("j")
        .wait("No end of this key")
        .wait("next: demo/ana refreshes in")
        .keys("T")
        .wait("401: the provider refuses this key")
        .wait("refused");
    pty.keys("q");
    assert_eq!(pty.end().code, 0);

    let found = row(&served, "key");
    assert_eq!(text(&found, "state"), "refused");
    let pty = Pty::start(&served.home, &[], (120, 30));
    // It needs somebody, so it is the first row.
    pty.wait("demo/key").wait("Tested").wait("refused (401)").wait("next: demo/ana refreshes in");
    let Served { home, serving } = served;
    drop(serving);
    pty.keys("T").wait("could not be reached").wait("refused (401)");
    pty.keys("q");
    assert_eq!(pty.end().code, 0);

    let erased = home.run(&["remove", "demo/key", "--yes"]);
    assert!(erased.said(0).contains("it refused the key in the last test"), "{erased:?}");
    let written = String::from_utf8(home.bytes()).expect("text");
    assert!(!written.contains("last_test") && !written.contains("wrong"), "{written}");
}
