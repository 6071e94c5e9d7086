//! A profile that becomes another while the answer to its refresh is awaited.

use std::time::Duration;

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;

use crate::grants::{until, words};
use crate::home::served::{Served, store};

#[test]
fn what_was_erased_removed_or_replaced_meanwhile_does_not_come_back_and_the_loss_is_said() {
    let served = Served::start();
    let (login, _) = served.entry("ana", 3600);
    let emptied = "providers: {demo: {oauth_credentials: [{id: ana, revoked_at: 2026-01-01T00:00:00Z}]}}\n";
    for (text, why) in [
        (emptied.to_owned(), "the tokens were erased meanwhile"),
        ("providers: {}\n".to_owned(), "the profile was deleted meanwhile"),
        (store(&[login]), "other tokens were stored meanwhile"),
    ] {
        let (entry, _) = served.entry("ana", -5);
        served.home.store(store(&[entry]));
        served.fault(1, FaultKind::Late(Duration::from_millis(300)));
        let run = served.home.start(&["refresh", "demo/ana"]);
        until("a request", || served.counters().in_flight == 1);
        served.home.store(&text);

        let ended = run.end();

        let said = ended.said(1);
        assert!(said.contains(why) && said.contains("the new tokens were discarded"), "{ended:?}");
        assert_eq!(served.home.bytes(), text.as_bytes(), "{why}");
        assert_eq!(
            words(&served.home).split_off(words(&served.home).len() - 3),
            ["asked", "unsaved", "refreshed"]
        );
    }
}

#[test]
fn the_twin_of_what_was_erased_meanwhile_gets_the_tokens_all_the_same() {
    let served = Served::start();
    let (ana, first) = served.entry("ana", -5);
    let ben = ana.replace("id: ana", "id: ben");
    served.home.store(store(&[ana, ben.clone()]));
    served.fault(1, FaultKind::Late(Duration::from_millis(300)));
    let run = served.home.start(&["refresh", "demo/ana"]);
    until("a request", || served.counters().in_flight == 1);
    served.home.store(store(&["      - {id: ana, revoked_at: 2026-01-01T00:00:00Z}\n".to_owned(), ben]));

    let ended = run.end();

    assert!(ended.said(1).contains("so only demo/ben got the new tokens"), "{ended:?}");
    assert_eq!(served.stored("ana"), None, "what was erased stays so");
    assert_ne!(served.stored("ben"), Some(first));
    assert_eq!(served.home.run(&["refresh", "demo/ben"]).code, Some(0));
    assert_eq!(served.refreshes(), (2, 0));
}

#[test]
fn nobody_asks_with_the_token_of_what_was_removed_meanwhile() {
    let served = Served::start();
    let (ana, _) = served.entry("ana", -5);
    served.home.store(store(&[ana]));
    let other = served.home.path("config/authtui/other.yaml");
    std::fs::copy(served.home.config(), &other).expect("copied");
    served.fault(1, FaultKind::Late(Duration::from_millis(300)));
    let run = served.home.start(&["refresh", "demo/ana"]);
    until("a request", || served.counters().in_flight == 1);
    served.home.store("providers: {}\n");
    assert_eq!(run.end().code, Some(1));

    let ended = served.home.run(&["--config", other.to_str().expect("text"), "refresh", "demo/ana"]);

    assert!(ended.said(3).contains("this refresh token was already used on"), "{ended:?}");
    assert_eq!(served.refreshes(), (1, 0));
}

#[test]
fn an_older_copy_that_an_editor_saves_meanwhile_costs_no_tokens() {
    let (served, first) = Served::with_ana(-5);
    let older = served.home.bytes();
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    served.fault(1, FaultKind::Late(Duration::from_millis(300)));
    let run = served.home.start(&["refresh", "demo/ana"]);
    until("a request", || served.counters().in_flight == 1);
    served.home.store(&older);

    let ended = run.end();

    assert!(ended.said(0).contains("the new tokens are saved"), "{ended:?}");
    assert_ne!(served.stored("ana"), Some(first));
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    assert_eq!(served.refreshes(), (3, 0));
}

#[test]
fn an_older_copy_that_an_editor_saves_later_is_not_asked_with() {
    let (served, first) = Served::with_ana(-5);
    let older = served.home.bytes();
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    served.home.store(&older);
    let listed = served.home.run(&["list"]);
    assert!(listed.err.contains("demo/ana: these are older tokens: they were refreshed on"), "{listed:?}");

    let ended = served.home.run(&["refresh", "demo/ana"]);

    assert!(ended.said(3).contains("this refresh token was already used on"), "{ended:?}");
    assert_eq!((served.stored("ana"), served.refreshes()), (Some(first), (1, 0)));
}

#[test]
fn a_path_that_could_steer_a_terminal_is_escaped_in_the_events() {
    let (served, _) = Served::with_ana(-5);
    let odd = served.home.path("config/authtui/\u{9b}31m\u{202e}.yaml");
    std::fs::rename(served.home.config(), &odd).expect("renamed");
    let odd = odd.to_str().expect("text");
    assert_eq!(served.home.run(&["--config", odd, "refresh", "demo/ana"]).code, Some(0));
    let printed = served.home.run(&["events", "--json"]);
    let (_, out) = printed.quietly();
    assert!(out.trim_end().chars().all(|char| char.is_ascii_graphic() || char == ' '), "{out:?}");
    let json: serde_json::Value = serde_json::from_str(out).expect("JSON");
    assert_eq!(json["events"][0]["store"], odd);
}

#[test]
fn a_login_and_what_erases_are_in_the_log() {
    let served = Served::start();
    let home = &served.home;
    let mut login = home.start(&["login", "demo/ana"]);
    crate::home::person::answer(&login.line("http"), "allow");
    assert_eq!(login.end().code, Some(0));
    assert_eq!(home.run(&["revoke", "demo/ana", "--yes"]).code, Some(0));
    assert_eq!(home.run(&["remove", "demo/ana", "--yes"]).code, Some(0));
    assert_eq!(words(home), ["logged_in", "erased", "erased"]);
    let listed = home.run(&["events", "demo/ana"]);
    assert_eq!(listed.code, Some(0));
    for words in ["logged in  (authtui login, process", "erased here  (authtui logout, process"] {
        assert!(listed.out.contains(words), "{}", listed.out);
    }
}

#[test]
fn a_refresh_token_that_comes_without_an_access_token_of_use_is_saved() {
    let (served, pair) = Served::with_ana(-5);
    let half = r#"{"refresh_token":"the-next-one","expires_in":3600}"#;
    served.fault(1, FaultKind::Instead(HttpResponse::new(200, "application/json", half)));

    let ended = served.home.run(&["refresh", "demo/ana"]);

    let said = ended.said(1);
    assert!(said.contains("with no token in it") && said.contains("The new refresh token"), "{said}");
    let stored = served.stored("ana").expect("tokens");
    assert_eq!((stored.access, stored.refresh), (pair.access, "the-next-one".to_owned()));
    assert_eq!(words(&served.home), ["asked", "refreshed", "failed"]);
}
