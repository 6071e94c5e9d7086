//! Every way a refresh can end, and what is stored then.

use std::net::TcpListener;
use std::time::Duration;

use authtui::demo::authority::client::RefreshTokenRotation;
use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;
use authtui::domain::clock::TimeDelta;
use authtui::domain::profile::RefreshResult;

use crate::home::served::{Served, store};

#[test]
fn each_refresh_spends_the_token_that_the_last_one_brought() {
    let (served, first) = Served::with_ana(-5);
    let mut seen = vec![first];
    for _ in 0..3 {
        assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
        let now = served.stored("ana").expect("tokens");
        assert!(!seen.contains(&now));
        seen.push(now);
    }
    assert_eq!((served.refreshes(), served.profile("ana").refresh_count), ((3, 0), 3));
}

#[test]
fn a_reply_without_a_refresh_token_keeps_the_old_one() {
    let (served, before) = Served::with_ana(-5);
    served.serving.with(|authority| {
        authority.clients.iter_mut().for_each(|client| client.rotation = RefreshTokenRotation::Silent);
    });
    for _ in 0..2 {
        assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    }
    let after = served.stored("ana").expect("tokens");
    assert!(after.refresh == before.refresh && after.access != before.access);
    assert!(served.profile("ana").life.grant_ends_at.is_some());
}

#[test]
fn a_dead_grant_needs_a_login_and_its_tokens_are_kept() {
    let (served, pair) = Served::with_ana(-5);
    served.serving.with(|authority| authority.withdraw("ana@demo.test"));

    let ended = served.home.run(&["refresh", "demo/ana"]);

    assert!(ended.said(3).contains("invalid_grant"), "{ended:?}");
    assert!(ended.err.contains("Stored tokens are unchanged. Next: authtui login demo/ana"), "{ended:?}");
    assert!(served.home.run(&["list"]).out.contains("needs login"));
    assert_eq!(served.stored("ana"), Some(pair));
}

#[test]
fn a_failure_that_passes_is_retried_later_and_its_tokens_are_kept() {
    let answer = |status, body: &str| FaultKind::Instead(HttpResponse::new(status, "application/json", body));
    let busy = HttpResponse::new(503, "text/plain", "").with("Retry-After", "120");
    for (fault, mishap, pause) in [
        ("busy", FaultKind::Instead(busy), 120),
        ("busy, no pause", answer(503, ""), 30),
        ("too many", answer(429, r#"{"error":"rate_limited"}"#), 30),
        ("a page", answer(200, "<html>Sign in to the network</html>"), 30),
        ("a pause by another name", answer(403, r#"{"error":"rate_limit_exceeded"}"#), 30),
        ("a pause in a success", answer(200, r#"{"ok":false,"error":"ratelimited"}"#), 30),
        ("cut off", FaultKind::LostRequest, 30),
    ] {
        let (served, pair) = Served::with_ana(-5);
        served.fault(1, mishap);

        let ended = served.home.run(&["refresh", "demo/ana"]);

        assert!(ended.said(4).contains("Next: run the same command again in "), "{fault}: {ended:?}");
        assert!(served.home.run(&["list"]).out.contains("retrying"), "{fault}");
        assert_eq!(served.stored("ana").as_ref(), Some(&pair), "{fault}");
        let last = served.profile("ana").last_refresh.expect("a record");
        let RefreshResult::Passing { times: 1, retry_at, .. } = last.result else {
            panic!("{fault}: {last:?}")
        };
        assert_eq!(retry_at - last.at, TimeDelta::seconds(pause), "{fault}");
        assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0), "{fault}");
        assert_eq!(served.refreshes(), (2, 0), "{fault}");
    }
}

#[test]
fn a_refusal_that_does_not_end_the_grant_says_what_to_check_and_costs_no_login() {
    let thief = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let elsewhere = format!("http://{}/token", thief.local_addr().expect("an address"));
    let answer = |status, body: &str| HttpResponse::new(status, "application/json", body);
    let redirect = answer(307, "").with("Location", elsewhere);
    for (answer, words, is_retried) in [
        (answer(400, r#"{"error":17}"#), "refused with 17", true),
        (answer(400, r#"{"error":"invalid_request"}"#), "check the request in", false),
        (answer(401, r#"{"error":"invalid_client"}"#), "check client.id in", false),
        (answer(400, r#"{"error":"unsupported_grant_type"}"#), "check the request in", false),
        (answer(401, ""), "check client.id in", true),
        (answer(404, ""), "check endpoints.token in", true),
        (redirect, "which authtui never follows", true),
        (answer(200, "{}"), "check reply in", true),
        (
            answer(400, r#"{"status":"BAD_REFRESH_TOKEN","message":"missing or invalid"}"#),
            "refused with BAD_REFRESH_TOKEN: missing or invalid",
            true,
        ),
    ] {
        for command in [["refresh", "demo/ana"], ["token", "demo/ana"]] {
            let (served, pair) = Served::with_ana(-5);
            served.fault(1, FaultKind::Instead(answer.clone()));

            let ended = served.home.run(&command);

            assert!(ended.said(1).contains(words), "{ended:?}");
            assert!(ended.err.contains("Stored tokens are unchanged. Next: "), "{ended:?}");
            assert_eq!(served.stored("ana").as_ref(), Some(&pair), "{words}");
            let listed = served.home.run(&["list"]);
            let state = if is_retried { "retrying" } else { "failed" };
            assert!(listed.out.contains(state) && listed.err.contains(words), "{listed:?}");
            let last = served.profile("ana").last_refresh.expect("a record");
            let RefreshResult::Refused { retry_at, .. } = last.result else { panic!("{words}: {last:?}") };
            assert_eq!(retry_at.is_some(), is_retried, "{words}");
            // Nobody in particular asks again; whoever wants a token does, and the server is well.
            let due = served.home.run(&["refresh", "--due", "10m"]);
            assert_eq!((due.code, served.refreshes()), (Some(1), (1, 0)), "{due:?}");
            assert_eq!(served.home.run(&command).code, Some(0), "{words}");
            assert_eq!(served.refreshes(), (2, 0), "{words}");
        }
    }
    thief.set_nonblocking(true).expect("a listener");
    assert!(thief.accept().is_err(), "the refresh token went elsewhere");
}

#[test]
fn a_slow_answer_is_waited_for() {
    let (served, pair) = Served::with_ana(-5);
    served.fault(1, FaultKind::Late(Duration::from_millis(1500)));
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    assert_ne!(served.stored("ana"), Some(pair));
}

#[test]
fn an_answer_that_was_lost_has_spent_the_token_and_a_login_is_said_to_help() {
    let (served, pair) = Served::with_ana(-5);
    served.fault(1, FaultKind::LostAnswer);
    let lost = served.home.run(&["refresh", "demo/ana"]);
    assert!(lost.said(4).contains("refresh token may already be used up"), "{lost:?}");
    let refused = served.home.run(&["refresh", "demo/ana"]);
    assert!(refused.said(3).contains("was lost, so the refresh token may already be used up"), "{refused:?}");
    assert_eq!(served.stored("ana"), Some(pair));
}

#[test]
fn what_cannot_be_refreshed_is_not_asked_for() {
    let served = Served::start();
    served.home.store(
        "providers:\n  acme: {oauth_credentials: [{id: ana, access_token: t, refresh_token: r}]}\n  \
         demo: {api_key: k, oauth_credentials: [{id: ana, access_token: t}, {id: ben}]}\n",
    );
    for (name, code, word) in [
        ("acme/ana", 1, "no provider file"),
        ("demo/key", 1, "API key"),
        ("demo/ana", 3, "no refresh token"),
        ("demo/ben", 3, "authtui login demo/ben"),
    ] {
        let ended = served.home.run(&["refresh", name]);
        assert!(ended.said(code).contains(word), "{name}: {ended:?}");
    }
    assert_eq!(served.refreshes(), (0, 0));
}

#[test]
fn what_stands_around_a_profile_survives_its_refresh() {
    let served = Served::start();
    let (ana, ben) = (served.entry("ana", -5).0, served.entry("ben", -5).0);
    let mine = "        note: mine # kept\n";
    let text = format!("# top\n{}    model: m\nmetrics: {{port: 1}}\n", store(&[ana + mine, ben.clone()]));
    served.home.store(&text);

    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));

    let after = String::from_utf8(served.home.bytes()).expect("text");
    for part in ["# top\n", mine, ben.as_str(), "    model: m\nmetrics: {port: 1}\n"] {
        assert!(after.contains(part), "{part} is gone: {after}");
    }
}
