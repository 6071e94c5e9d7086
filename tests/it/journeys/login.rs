//! Whatever goes wrong in a login, the profile that was there keeps its tokens.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;

use crate::home::person;
use crate::home::running::Running;
use crate::home::served::Served;

#[test]
fn a_login_that_was_denied_changes_nothing_and_says_so() {
    let (served, pair) = Served::with_ana(3600);
    let before = served.home.bytes();
    let mut login = served.home.start(&["login", "demo/ana"]);
    person::answer(&login.line("http"), "deny");

    let ended = login.end();

    assert!(ended.said(1).contains("access was denied (access_denied"), "{ended:?}");
    assert_eq!((served.home.bytes(), served.stored("ana")), (before, Some(pair)));
    assert_eq!(served.counters().asked("authorization_code"), 0);
}

#[test]
fn a_code_that_brings_no_tokens_leaves_the_file_as_it_was() {
    let answer = |status, body: &str| HttpResponse::new(status, "application/json", body);
    let thief = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let elsewhere = format!("http://{}/", thief.local_addr().expect("an address"));
    for (fault, mishap, code, word) in [
        ("refused", FaultKind::Instead(answer(400, r#"{"error":"invalid_grant"}"#)), 3, "invalid_grant"),
        ("busy", FaultKind::Instead(answer(503, "")), 4, "503"),
        ("too many", FaultKind::Instead(answer(429, "").with("Retry-After", "90")), 4, "again in 1m30s"),
        ("client", FaultKind::Instead(answer(401, r#"{"error":"invalid_client"}"#)), 1, "check client.id"),
        ("scopes", FaultKind::Instead(answer(400, r#"{"error":"invalid_scope"}"#)), 1, "check scopes"),
        (
            "redirected",
            FaultKind::Instead(answer(307, "").with("Location", elsewhere)),
            1,
            "authtui never follows",
        ),
        ("a page", FaultKind::Instead(answer(200, "<html>Sign in</html>")), 4, "200"),
        ("no token", FaultKind::Instead(answer(200, "{}")), 1, "check reply in the provider file"),
        ("moved away", FaultKind::Instead(answer(404, "")), 1, "check endpoints.token"),
        ("cut off", FaultKind::LostRequest, 4, "cannot ask 127.0.0.1"),
        ("lost", FaultKind::LostAnswer, 4, "cannot ask 127.0.0.1"),
    ] {
        let (served, pair) = Served::with_ana(3600);
        let before = served.home.bytes();
        served.fault(1, mishap);
        let mut login = served.home.start(&["login", "demo/ana"]);
        person::answer(&login.line("http"), "allow");

        let ended = login.end();

        assert!(ended.said(code).contains(word), "{fault}: {ended:?}");
        assert!(ended.err.contains("Stored tokens are unchanged."), "{fault}: {ended:?}");
        assert_eq!((served.home.bytes(), served.stored("ana")), (before, Some(pair)), "{fault}");
        assert_eq!(served.counters().asked("authorization_code"), 1, "{fault}");
    }
    thief.set_nonblocking(true).expect("a listener");
    assert!(thief.accept().is_err(), "the code went elsewhere");
}

#[test]
fn a_file_that_cannot_be_written_any_more_keeps_the_old_tokens() {
    let (served, pair) = Served::with_ana(3600);
    let before = served.home.bytes();
    let mut login = served.home.start(&["login", "demo/ana"]);
    let authorize = login.line("http");
    fs::set_permissions(served.home.config(), Permissions::from_mode(0o400)).expect("protected");
    person::answer(&authorize, "allow");

    let ended = login.end();

    assert!(ended.said(1).contains("protected against writing"), "{ended:?}");
    assert!(ended.err.contains("discarded. Stored tokens are unchanged."), "{ended:?}");
    assert_eq!((served.home.bytes(), served.stored("ana")), (before, Some(pair)));
}

#[test]
fn a_file_that_cannot_be_written_is_said_before_anybody_logs_in() {
    let (served, _) = Served::with_ana(3600);
    fs::set_permissions(served.home.config(), Permissions::from_mode(0o400)).expect("protected");
    let ended = served.home.run(&["login", "demo/ana"]);
    assert!(ended.said(1).contains("protected against writing"), "{ended:?}");
}

#[test]
fn another_account_does_not_replace_the_stored_one_when_nobody_can_be_asked() {
    let (served, pair) = Served::with_ana(3600);
    let before = served.home.bytes();
    let mut login = served.home.start(&["login", "demo/ana"]);
    let authorize = login.line("http").replace("ana%40demo.test", "ben%40demo.test");
    person::answer(&authorize, "allow");

    let ended = login.end();

    assert!(ended.said(1).contains("ben@demo.test logged in, but ana@demo.test is stored"), "{ended:?}");
    assert_eq!((served.home.bytes(), served.stored("ana")), (before, Some(pair)));
}

#[test]
fn a_login_without_a_way_back_ends_before_anything_is_opened() {
    let (served, _) = Served::with_ana(3600);
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port();
    let file = authtui::demo::provider_file(served.serving.issuer());
    let file = file
        .replace("[code, paste]", "[code]")
        .replace("port: 8765, port_rule: any", &format!("port: {port}, port_rule: fixed"));
    let paste = person::between(&file, ", paste: ", " }").to_owned();
    served.home.provider("demo", &file.replace(&format!(", paste: {paste}"), ""));
    let before = served.home.bytes();

    let ended = served.home.run(&["login", "demo/ana"]);

    assert!(ended.said(1).contains(&format!("cannot listen for the answer on port {port}")), "{ended:?}");
    assert_eq!(served.home.bytes(), before);
    assert_eq!(served.serving.with(|authority| authority.seen_requests().count()), 0);
}

#[test]
fn a_signal_cancels_a_login_and_changes_nothing() {
    for signal in ["-TERM", "-HUP", "-INT"] {
        let (served, _) = Served::with_ana(3600);
        let before = served.home.bytes();
        let mut login = served.home.start(&["login", "demo/ana"]);
        login.line("Waiting 5 minutes");
        let process = login.id().to_string();
        let sent = std::process::Command::new("kill").args([signal, &process]).status().expect("kill runs");
        assert!(sent.success());

        let ended = login.end();

        assert!(
            ended.said(1).contains("cancelled; nothing was changed. Stored tokens are unchanged."),
            "{signal}: {ended:?}"
        );
        assert_eq!(served.home.bytes(), before, "{signal}");
    }
}

#[test]
fn a_browser_that_cannot_be_started_leaves_the_address_to_the_person() {
    let served = Served::start();
    let mut command = served.home.command(&["login", "demo/ana"]);
    let mut login = Running::start(command.env("BROWSER", "no-such-browser"));
    person::answer(&login.line("http"), "allow");
    let ended = login.end();
    assert!(ended.said(0).contains("Could not open a browser: "), "{ended:?}");
    assert!(served.stored("ana").is_some());
}

#[test]
fn a_saved_token_that_fails_its_test_is_saved_all_the_same() {
    let served = Served::start();
    let refused = FaultKind::Instead(HttpResponse::new(401, "application/json", "{}"));
    served.serving.with(|authority| authority.faults.plan("/v1/models", 1, refused));
    let mut login = served.home.start(&["login", "demo/ana"]);
    person::answer(&login.line("http"), "allow");
    let ended = login.end();
    assert!(ended.said(0).contains("401: token refused: log in again"), "{ended:?}");
    assert!(served.stored("ana").is_some());
}
