//! `authtui token`: a token that is still valid, and nothing else.

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;

use crate::home::served::{Served, store};

#[test]
fn exactly_the_token_and_a_newline_are_printed() {
    let (served, pair) = Served::with_ana(3600);
    let before = served.home.bytes();
    assert_eq!(
        served.home.run(&["token", "demo/ana"]).quietly(),
        (Some(0), format!("{}\n", pair.access).as_str())
    );
    assert_eq!(served.home.bytes(), before);
    assert_eq!(served.refreshes(), (0, 0));
}

#[test]
fn a_name_without_a_slash_is_the_default_of_its_provider() {
    let served = Served::start();
    let (entry, pair) = served.entry("default", 3600);
    served.home.store(store(&[entry]));
    assert_eq!(
        served.home.run(&["token", "demo"]).quietly(),
        (Some(0), format!("{}\n", pair.access).as_str())
    );
}

#[test]
fn a_key_is_printed_as_it_is() {
    let served = Served::start();
    served
        .home
        .store("providers: {acme: {api_key: sk-1, api_keys: [sk-2], keys: [{id: ci, api_key: sk-3}]}}\n");
    for (name, key) in [("acme/key", "sk-1\n"), ("acme/key-0", "sk-2\n"), ("acme/ci", "sk-3\n")] {
        assert_eq!(served.home.run(&["token", name]).quietly(), (Some(0), key), "{name}");
    }
}

#[test]
fn a_token_with_less_than_a_minute_left_is_refreshed_first() {
    for (left, asked) in [(120, 0), (45, 1), (-5, 1)] {
        let (served, pair) = Served::with_ana(left);

        let ended = served.home.run(&["token", "demo/ana"]);

        assert_eq!(served.refreshes(), (asked, 0), "{left}");
        let now = served.stored("ana").expect("tokens");
        assert_eq!(ended.quietly(), (Some(0), format!("{}\n", now.access).as_str()), "{left}");
        assert_eq!(now != pair, asked == 1, "{left}");
    }
}

#[test]
fn a_token_that_had_expired_when_it_came_is_printed_with_a_warning_and_not_asked_for_again_and_again() {
    for life in ["0", "-5", r#""0""#] {
        let (served, _) = Served::with_ana(-5);
        let body = format!(r#"{{"access_token":"a2","refresh_token":"r2","expires_in":{life}}}"#);
        served.fault(9, FaultKind::Instead(HttpResponse::new(200, "application/json", body)));
        for _ in 0..3 {
            let ended = served.home.run(&["token", "demo/ana"]);
            assert_eq!((ended.code, ended.out.as_str()), (Some(0), "a2\n"), "{life}: {ended:?}");
            assert_eq!(ended.err.matches("has already expired").count(), 1, "{life}: {ended:?}");
        }
        assert_eq!(served.refreshes(), (1, 0), "{life}");
    }
}

#[test]
fn a_live_token_is_printed_though_its_grant_is_dead() {
    let (served, pair) = Served::with_ana(45);
    served.serving.with(|authority| authority.withdraw("ana@demo.test"));
    for _ in 0..2 {
        let ended = served.home.run(&["token", "demo/ana"]);
        assert_eq!((ended.code, ended.out), (Some(0), format!("{}\n", pair.access)), "{}", ended.err);
        assert!(ended.err.contains("The stored token is still good."), "{}", ended.err);
    }
    // What the provider said once is not asked again.
    assert_eq!(served.refreshes(), (1, 0));
}

#[test]
fn a_live_token_is_printed_though_its_server_is_down() {
    let (served, pair) = Served::with_ana(45);
    served.fault(1, FaultKind::Instead(HttpResponse::new(503, "text/plain", "")));
    let ended = served.home.run(&["token", "demo/ana"]);
    assert_eq!((ended.code, ended.out), (Some(0), format!("{}\n", pair.access)), "{}", ended.err);
}

#[test]
fn without_a_live_token_nothing_is_printed_and_the_number_says_why() {
    let (served, pair) = Served::with_ana(-5);
    served.fault(1, FaultKind::Instead(HttpResponse::new(503, "text/plain", "")));
    assert!(served.home.run(&["token", "demo/ana"]).said(4).contains("503"));
    served.serving.with(|authority| authority.withdraw("ana@demo.test"));
    let dead = served.home.run(&["token", "demo/ana"]);
    assert!(dead.said(3).contains("Next: authtui login demo/ana"), "{}", dead.err);
    assert_eq!(served.stored("ana"), Some(pair));

    served.home.store("providers: {demo: {oauth_credentials: [{id: ana, access_token: t, expires_at: 2020-01-01T00:00:00Z}]}}\n");
    assert_eq!(served.home.run(&["token", "demo/ana"]).code, Some(3), "no refresh token");
    served
        .home
        .store("providers: {demo: {oauth_credentials: [{id: ana, revoked_at: 2020-01-01T00:00:00Z}]}}\n");
    assert_eq!(served.home.run(&["token", "demo/ana"]).code, Some(3), "signed out");
}

#[test]
fn no_word_of_a_command_names_a_token() {
    let (served, pair) = Served::with_ana(-5);
    served.fault(
        1,
        FaultKind::Instead(HttpResponse::new(400, "application/json", "{\"error\":\"invalid_request\"}")),
    );
    for arguments in
        [&["refresh", "demo/ana"][..], &["refresh", "demo/ana"], &["list"], &["revoke", "demo/ana", "--yes"]]
    {
        let now = served.stored("ana").expect("tokens");
        let ended = served.home.run(arguments);
        for token in [&pair.access, &pair.refresh, &now.access, &now.refresh] {
            assert!(!format!("{ended:?}").contains(&token[8..]), "{arguments:?}: {ended:?}");
        }
    }
}
