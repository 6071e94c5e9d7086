//! `authtui logout --remote`: the provider ends the grant first, and only then it is erased here.

use std::thread;
use std::time::{Duration, Instant};

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;
use authtui::demo::authority::{REVOKE, USERINFO};
use authtui::domain::event::GrantEvent;
use authtui::shell::event_log::EventLog;
use portable_pty::CommandBuilder;

use crate::home::held::Held;
use crate::home::running::Running;
use crate::home::served::{Pair, Served, store};
use crate::home::{PATIENCE, person, program};
use crate::terminal::pty::Pty;

const REMOTE: [&str; 4] = ["logout", "demo/ana", "--remote", "--yes"];

#[test]
fn the_provider_ends_the_grant_and_then_its_tokens_are_erased() {
    let (served, pair) = Served::with_ana(3600);

    let ended = served.home.run(&REMOTE);

    let said = ended.said(0);
    assert!(said.contains("Demo (a server inside authtui) is asked to end this login."), "{said}");
    assert!(said.contains("demo/ana: signed out here and at its provider."), "{said}");
    assert_eq!((served.stored("ana"), served.counters().revoked), (None, 1));
    assert_eq!(
        asked(&served),
        [format!("token={}&token_type_hint=refresh_token&client_id=authtui-demo", pair.refresh)]
    );
    assert!(!lives(&served, &pair), "the provider still takes its tokens");
    let list = served.home.run(&["list"]).out;
    assert!(list.contains("signed out"), "{list}");
    let happened = |what| ("demo/ana".to_owned(), what);
    assert_eq!(events(&served), [happened(GrantEvent::Revoked), happened(GrantEvent::Erased)]);
    let events = served.home.run(&["events"]).out;
    assert!(events.contains("signed out at the provider") && events.contains("authtui logout"), "{events}");
    for token in [&pair.access, &pair.refresh] {
        assert!(!said.contains(&token[8..]) && !events.contains(&token[8..]));
    }
}

#[test]
fn removing_takes_the_profile_once_its_grant_is_over() {
    let (served, pair) = Served::with_ana(3600);
    let removed = served.home.run(&["delete", "demo/ana", "--remote", "-y"]);
    assert!(removed.said(0).contains("demo/ana: signed out at its provider and deleted."), "{removed:?}");
    assert!(!lives(&served, &pair));
    let happened = |what| ("demo/ana".to_owned(), what);
    assert_eq!(events(&served), [happened(GrantEvent::Revoked), happened(GrantEvent::Erased)]);
    assert_eq!(served.home.run(&["token", "demo/ana"]).code, Some(5));
}

#[test]
fn a_login_that_comes_while_the_provider_is_asked_is_not_removed() {
    let (served, _) = Served::with_ana(3600);
    let held = Held::instead(&served, REVOKE);
    let removing = served.home.start(&["delete", "demo/ana", "--remote", "--yes"]);
    let asked = held.request();
    let (entry, other) = served.entry("ana", 3600);
    served.home.store(store(&[entry]));

    asked.answer("200 OK", "", "");

    let ended = removing.end();
    assert!(ended.said(1).contains("another login, so it is not deleted"), "{ended:?}");
    assert_eq!(served.stored("ana"), Some(other));
}

#[test]
fn whatever_goes_wrong_keeps_the_tokens_and_says_whether_it_is_worth_another_try() {
    let busy = HttpResponse::new(503, "text/plain", "").with("Retry-After", "120");
    let json = |status, body: &str| FaultKind::Instead(HttpResponse::new(status, "application/json", body));
    let page = HttpResponse::new(200, "text/html", "<title>Sign in</title>Sign in to this network first.");
    let elsewhere = HttpResponse::new(307, "text/plain", "").with("Location", "http://127.0.0.1:9/revoke");
    for (fault, mishap, code, words) in [
        ("busy", FaultKind::Instead(busy), 4, "is having trouble (503); it asks to wait 2m00s"),
        ("a page", FaultKind::Instead(page), 4, "answered 200 with a web page instead of an answer"),
        (
            "redirected",
            FaultKind::Instead(elsewhere),
            1,
            "redirect to 127.0.0.1, which authtui never \
            follows",
        ),
        ("gone", json(404, ""), 1, "answered 404"),
        ("cut off", FaultKind::LostRequest, 4, "the login may or may not have ended"),
        (
            "unsupported",
            json(400, r#"{"error":"unsupported_token_type"}"#),
            1,
            "it does not revoke tokens of this kind",
        ),
        ("the client", json(401, r#"{"error":"invalid_client"}"#), 1, "refused with invalid_client"),
        (
            "an error in a success",
            json(200, r#"{"error":"invalid_request"}"#),
            1,
            "refused with invalid_request",
        ),
    ] {
        let (served, pair) = Served::with_ana(3600);
        let before = served.home.bytes();
        plan(&served, mishap);

        let ended = served.home.run(&REMOTE);

        let said = ended.said(code);
        assert!(said.contains("cannot sign out of demo/ana at its provider: Demo"), "{fault}: {said}");
        assert!(
            said.contains(words) && said.contains("Stored tokens are unchanged. Next: "),
            "{fault}: {said}"
        );
        let by_hand = format!("revoke it at {}/.", served.serving.issuer());
        if fault == "gone" {
            assert!(said.contains("Next: check endpoints.revoke in the provider file"), "{said}");
        }
        assert_eq!(said.contains(&by_hand), code == 1, "{fault}: {said}");
        assert_eq!(served.home.bytes(), before, "{fault}");
        assert!(lives(&served, &pair), "{fault}");
        let [(_, GrantEvent::NotRevoked { why })] = &events(&served)[..] else {
            panic!("{:?}", events(&served))
        };
        assert!(why.contains(words), "{fault}: {why}");

        assert_eq!(served.home.run(&REMOTE).code, Some(0), "{fault}");
        assert_eq!((served.stored("ana"), lives(&served, &pair)), (None, false), "{fault}");
    }
}

#[test]
fn an_answer_that_was_lost_keeps_the_tokens_and_asking_again_erases_them() {
    let (served, pair) = Served::with_ana(3600);
    plan(&served, FaultKind::LostAnswer);
    let lost = served.home.run(&REMOTE);
    assert!(lost.said(4).contains("trying again does no harm"), "{lost:?}");
    assert_eq!((served.stored("ana"), served.counters().revoked), (Some(pair.clone()), 1));

    assert_eq!(served.home.run(&REMOTE).code, Some(0));

    assert_eq!((served.stored("ana"), served.counters().revoked, lives(&served, &pair)), (None, 1, false));
}

#[test]
fn a_server_that_is_not_there_ends_nothing() {
    let (served, pair) = Served::with_ana(3600);
    let file = authtui::demo::provider_file(served.serving.issuer());
    let port = crate::home::shipped::free_port();
    served.home.provider(
        "demo",
        &file.replace(&format!("{}{REVOKE}", served.serving.issuer()), &format!("http://127.0.0.1:{port}/r")),
    );
    let ended = served.home.run(&REMOTE);
    assert!(ended.said(4).contains("the server could not be reached"), "{ended:?}");
    assert!(!ended.err.contains("nobody knows"), "nothing went out: {ended:?}");
    assert_eq!((served.stored("ana"), lives(&served, &pair)), (Some(pair.clone()), true));
}

#[test]
fn who_cannot_be_asked_is_said_before_anything_is_erased_or_asked() {
    let served = Served::start();
    let file = authtui::demo::provider_file(served.serving.issuer());
    let revoke = format!(", revoke: \"{}{REVOKE}\"", served.serving.issuer());
    assert!(file.contains(&revoke), "{file}");
    served.home.provider("mute", &file.replace(&revoke, "").replace("name: demo", "name: mute"));
    served.home.provider("broken", "name: broken\nendpoints: 7\n");
    let login = "{oauth_credentials: [{id: ana, access_token: t, refresh_token: r}, {id: out}]}";
    served.home.store(format!(
        "providers:\n  mute: {login}\n  acme: {login}\n  broken: {login}\n  demo: {{api_key: k, oauth_credentials: [{{id: out}}]}}\n"
    ));
    let before = served.home.bytes();
    let page = format!(
        "Next: revoke it at {}/; without --remote authtui signs out here only.",
        served.serving.issuer()
    );
    for (name, why, next) in [
        ("mute/ana", "its provider file names no revocation address", page.as_str()),
        ("acme/ana", "there is no provider file for it", "revoke it on the provider's web pages"),
        ("broken/ana", "endpoints", "revoke it on the provider's web pages"),
        ("demo/key", "API keys cannot be revoked from here", "delete the key on the web pages of Demo"),
        ("demo/out", "it has no tokens", ""),
    ] {
        for more in [&["--yes"][..], &[]] {
            let ended = served.home.run(&[&["logout", name, "--remote"], more].concat());
            let said = ended.said(1);
            assert!(said.contains(&format!("cannot sign out of {name} at its provider: ")), "{name}: {said}");
            assert!(said.contains(why) && said.contains(next), "{name}: {said}");
        }
    }
    assert_eq!((served.home.bytes(), visits(&served)), (before, 0));
}

#[test]
fn nobody_is_asked_without_a_yes() {
    let (served, pair) = Served::with_ana(3600);
    let ended = served.home.run(&["logout", "demo/ana", "--remote"]);
    assert!(ended.said(2).contains("add --yes"), "{ended:?}");

    for (answer, code, revoked) in [("n\r", 1, 0), ("y\r", 0, 1)] {
        let mut command = CommandBuilder::new(program());
        command.args(["logout", "demo/ana", "--remote"]);
        let pty = Pty::run(&served.home, command, (100, 20));
        pty.wait("Sign out of demo/ana here and at its provider?").keys(answer);
        let left = pty.end();
        assert_eq!((left.code, served.counters().revoked), (code, revoked), "{}", left.text);
        assert_eq!(served.stored("ana").is_some(), revoked == 0, "{}", left.text);
    }
    assert!(!lives(&served, &pair));
}

#[test]
fn every_profile_that_holds_the_grant_is_erased_with_it_and_no_other() {
    let served = Served::start();
    let (ana, pair) = served.entry("ana", 3600);
    let (other, others) = served.entry("other", 3600);
    let twin = ana.replace("id: ana", "id: twin");
    served.home.store(store(&[ana, twin, other]));

    let ended = served.home.run(&REMOTE);

    assert!(ended.said(0).contains("and those of demo/twin, which share this login"), "{ended:?}");
    assert_eq!(
        (served.stored("ana"), served.stored("twin"), served.stored("other")),
        (None, None, Some(others.clone()))
    );
    assert!(!lives(&served, &pair) && lives(&served, &others));
    assert_eq!(asked(&served).len(), 1);
    let both = |name: &str| [GrantEvent::Revoked, GrantEvent::Erased].map(|what| (name.to_owned(), what));
    assert_eq!(events(&served), [both("demo/ana"), both("demo/twin")].concat());
    let list = served.home.run(&["list"]).out;
    assert_eq!(list.matches("signed out").count(), 2, "{list}");
}

#[test]
fn a_client_with_a_secret_proves_itself() {
    for way in ["post", "basic"] {
        let served = Served::start();
        served.with_secret(way, "odd + secret");
        let login = ["login", "demo/ana", "--client-secret-stdin"];
        let mut login = crate::commands::login::fed(&served.home, &login, b"odd + secret");
        person::answer(&login.line("http"), "allow");
        assert_eq!(login.end().code, Some(0));

        let ended = served.home.run(&REMOTE);

        assert_eq!((ended.code, served.counters().revoked), (Some(0), 1), "{way}: {ended:?}");
        assert_eq!(asked(&served)[0].contains("client_secret"), way == "post");
    }
}

#[test]
fn a_refresh_that_is_under_way_ends_first_and_what_it_brought_is_revoked() {
    let (served, first) = Served::with_ana(-5);
    served.fault(1, FaultKind::Late(Duration::from_millis(400)));
    let refresh = served.home.start(&["refresh", "demo/ana"]);
    until(|| served.counters().in_flight > 0);

    let revoked = served.home.run(&REMOTE);

    assert_eq!((refresh.end().code, revoked.code), (Some(0), Some(0)), "{revoked:?}");
    assert_eq!((served.stored("ana"), served.refreshes(), served.counters().revoked), (None, (1, 0), 1));
    let [asked] = &asked(&served)[..] else { panic!("{:?}", asked(&served)) };
    assert!(!asked.contains(&first.refresh), "the spent token was shown");
}

#[test]
fn a_refresh_that_waits_for_the_end_of_a_revocation_brings_nothing_back() {
    let (served, _) = Served::with_ana(-5);
    plan(&served, FaultKind::Late(Duration::from_millis(400)));
    let revoke = served.home.start(&REMOTE);
    until(|| served.counters().in_flight > 0);
    let waiting: Vec<_> =
        ["refresh", "token"].map(|command| served.home.start(&[command, "demo/ana"])).into();

    assert_eq!(revoke.end().code, Some(0));

    for ended in waiting.into_iter().map(Running::end) {
        assert!(ended.said(3).contains("erased here"), "{ended:?}");
    }
    assert_eq!((served.stored("ana"), served.refreshes()), (None, (0, 0)));
}

#[test]
fn a_grant_that_another_file_has_refreshed_is_taken_over_and_then_revoked() {
    let (served, first) = Served::with_ana(3600);
    let other = served.home.path("config/authtui/other.yaml");
    std::fs::copy(served.home.config(), &other).expect("copied");
    let other = other.to_str().expect("text");
    assert_eq!(served.home.run(&["--config", other, "refresh", "demo/ana"]).code, Some(0));

    let ended = served.home.run(&REMOTE);

    assert_eq!(
        (ended.code, served.stored("ana"), served.counters().revoked),
        (Some(0), None, 1),
        "{ended:?}"
    );
    let [asked] = &asked(&served)[..] else { panic!("{:?}", asked(&served)) };
    assert!(!asked.contains(&first.refresh), "the spent token was shown");
    assert_eq!(served.home.run(&["--config", other, "refresh", "demo/ana"]).code, Some(3));
}

/// Plans what happens to the next revocation.
fn plan(served: &Served, mishap: FaultKind) {
    served.serving.with(|authority| authority.faults.plan(REVOKE, 1, mishap));
}

/// The bodies of the revocations that were asked for.
fn asked(served: &Served) -> Vec<String> {
    served.serving.with(|authority| {
        let asked = authority.seen_requests().filter(|visit| visit.path == REVOKE);
        asked.map(|visit| visit.body.expose().to_owned()).collect()
    })
}

fn visits(served: &Served) -> usize {
    served.serving.with(|authority| authority.seen_requests().count())
}

/// Whether the provider still takes the access token.
fn lives(served: &Served, pair: &Pair) -> bool {
    let url = format!("{}{USERINFO}", served.serving.issuer()).parse().expect("an address");
    person::call(&url, &pair.access).status == 200
}

/// Who and what, of the event log.
fn events(served: &Served) -> Vec<(String, GrantEvent)> {
    let events = EventLog::in_folder(&served.home.path("state/authtui")).read().expect("a log");
    events.into_iter().map(|event| (event.profile.to_string(), event.what)).collect()
}

fn until(there: impl Fn() -> bool) {
    let began = Instant::now();
    while !there() {
        assert!(began.elapsed() < PATIENCE, "it never comes");
        thread::yield_now();
    }
}
