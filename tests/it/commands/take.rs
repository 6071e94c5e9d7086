//! `authtui take`: a login that another program keeps is moved here, and its file stays as it is.

use std::fs;

use authtui::demo::authority::client::PUBLIC;
use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::{ErrorCode, HttpResponse};

use crate::home::served::{Pair, Served};
use crate::terminal::pty::Pty;

const FILE: &str = "config/glab-cli/config.yml";

/// A home in which glab keeps a login of the demo's server, and what its file says.
fn with_glab() -> (Served, Pair, String) {
    let served = Served::start();
    let (_, pair) = served.entry("ana", 1800);
    let text = format!(
        "hosts:\n    demo:\n        is_oauth2: \"true\"\n        token: {}\n        oauth2_refresh_token: {}\n        \
         oauth2_expiry_date: 01 Jan 30 00:00 GMT\n        client_id: {PUBLIC}\n        user: ana\n",
        pair.access, pair.refresh
    );
    fs::create_dir_all(served.home.path("config/glab-cli")).expect("a folder");
    fs::write(served.home.path(FILE), &text).expect("written");
    (served, pair, text)
}

fn is_untouched(served: &Served, text: &str) -> bool {
    let names = fs::read_dir(served.home.path("config/glab-cli")).expect("a folder").count();
    names == 1 && fs::read_to_string(served.home.path(FILE)).expect("there") == text
}

#[test]
fn a_login_is_taken_over_with_tokens_that_are_new_at_once() {
    let (served, old, text) = with_glab();

    let ended = served.home.run(&["take", "demo/glab", "--as", "work", "--yes"]);

    assert!(ended.said(0).contains("demo/glab: taken over as demo/work ("), "{ended:?}");
    assert!(ended.err.contains("Log in to glab again when it asks."), "{ended:?}");
    let new = served.stored("work").expect("tokens");
    assert!(new.access != old.access && new.refresh != old.refresh);
    assert_eq!(served.refreshes(), (1, 0));
    assert!(is_untouched(&served, &text));
    assert!(served.home.run(&["events"]).out.contains("taken over from glab"));
    assert_eq!(served.home.run(&["refresh", "demo/work"]).code, Some(0), "ours are the live ones");
}

#[test]
fn nobody_is_logged_out_before_somebody_agrees() {
    let (served, _, text) = with_glab();
    let ended = served.home.run(&["take", "demo/glab"]);
    assert!(ended.said(2).contains("A refresh token works once, so glab is logged out"), "{ended:?}");
    assert!(ended.err.contains("add --yes"), "{ended:?}");
    assert_eq!(served.refreshes(), (0, 0));
    assert!(is_untouched(&served, &text) && !served.home.config().exists());
}

#[test]
fn a_take_over_that_is_refused_leaves_nothing_here() {
    for fault in [
        FaultKind::Refused(ErrorCode::InvalidGrant),
        FaultKind::Instead(HttpResponse::new(503, "text/plain", "")),
    ] {
        let (served, old, text) = with_glab();
        served.fault(1, fault);

        let ended = served.home.run(&["take", "demo/glab", "--yes"]);

        assert!(ended.code != Some(0) && ended.err.contains("cannot take over demo/glab"), "{ended:?}");
        let stored = String::from_utf8(served.home.bytes()).expect("text");
        assert!(!stored.contains(&old.access) && !stored.contains(&old.refresh), "{stored}");
        assert!(is_untouched(&served, &text));
        let again = served.home.run(&["take", "demo/glab", "--yes"]);
        assert_eq!(again.code, Some(0), "{again:?}");
    }
}

#[test]
fn what_was_taken_over_is_not_taken_over_twice() {
    let (served, old, text) = with_glab();
    served.fault(1, FaultKind::LostAnswer);
    let lost = served.home.run(&["take", "demo/glab", "--yes"]);
    assert!(lost.err.contains(": authtui refresh demo/glab\n"), "{lost:?}");
    // The copy holds the same token, as after a kill between the save and the request.
    let again = served.home.run(&["take", "demo/glab", "--yes"]);
    assert!(again.said(1).contains("cannot be taken over: demo/glab in own is the same login"), "{again:?}");
    assert!(again.err.ends_with("To use that one: authtui refresh demo/glab\n"), "{again:?}");
    assert_eq!(served.stored("glab"), Some(old));
    assert_eq!(served.refreshes(), (1, 0));
    assert!(is_untouched(&served, &text));

    let (served, _, _) = with_glab();
    assert_eq!(served.home.run(&["take", "demo/glab", "--as", "work", "--yes"]).code, Some(0));
    // By now it holds other tokens, of which the event log tells.
    let again = served.home.run(&["take", "demo/glab", "--yes"]);
    assert!(again.said(1).contains("demo/work in own is the same login"), "{again:?}");
    assert_eq!(served.home.run(&["move", "demo/work", "hashed", "--yes"]).code, Some(0));
    let again = served.home.run(&["take", "demo/glab", "--yes"]);
    assert!(again.said(1).contains("demo/work in hashed is the same login"), "{again:?}");
    assert_eq!(served.refreshes(), (1, 0));
}

#[test]
fn of_a_borrowed_login_whose_token_is_spent_no_refresh_here_is_advised() {
    let (served, _, _) = with_glab();
    assert_eq!(served.home.run(&["take", "demo/glab", "--yes"]).code, Some(0));
    let listed = served.home.run(&["list"]);
    assert!(listed.err.contains("these are older tokens"), "{listed:?}");
    assert!(listed.err.contains("glab may ask for a login when it runs."), "{listed:?}");
    assert!(!listed.err.contains("authtui refresh"), "{listed:?}");
}

#[test]
fn a_lost_answer_keeps_what_is_known_and_says_so() {
    let (served, old, text) = with_glab();
    served.fault(1, FaultKind::LostAnswer);

    let ended = served.home.run(&["take", "demo/glab", "--yes"]);

    assert!(ended.err.contains("demo/glab is kept here, but its refresh failed"), "{ended:?}");
    assert!(ended.err.contains("may already be used up"), "{ended:?}");
    assert_eq!(served.stored("glab"), Some(old));
    assert!(is_untouched(&served, &text));
}

#[test]
fn on_a_terminal_a_login_under_a_borrowed_name_asks_which_way() {
    let (served, old, text) = with_glab();
    let pty = Pty::start(&served.home, &["login", "demo/glab"], (120, 32));
    pty.wait("glab keeps demo/glab").wait("[L/t]").keys("t\r");
    pty.wait("Take over demo/glab from glab?").keys("y\r");
    assert_eq!(pty.end().code, 0);
    assert_ne!(served.stored("glab").expect("tokens").refresh, old.refresh);
    assert!(is_untouched(&served, &text));
}

#[test]
fn the_screen_takes_a_login_over_by_two_keys() {
    let (served, old, text) = with_glab();
    let pty = Pty::start(&served.home, &[], (120, 32));
    pty.wait("Found 1 login of glab").keys("l").wait("Log in separately").wait("Take over").keys("t");
    pty.wait("demo/glab is in your own file now.").wait("Log in to glab again").keys("q");
    assert_eq!(pty.end().code, 0);
    assert_ne!(served.stored("glab").expect("tokens").refresh, old.refresh);
    assert_eq!(served.refreshes(), (1, 0));
    assert!(is_untouched(&served, &text));
}

#[test]
fn what_cannot_be_taken_over_says_why_and_how_to_log_in_beside_it() {
    let (served, _, text) = with_glab();
    let without = text.replace(&format!("        client_id: {PUBLIC}\n"), "");
    fs::write(served.home.path(FILE), without).expect("written");
    let ended = served.home.run(&["take", "demo/glab", "--yes"]);
    assert!(ended.said(1).contains("does not say which client"), "{ended:?}");
    assert!(ended.err.contains("authtui login demo"), "{ended:?}");
    assert!(served.home.run(&["take", "demo/other"]).said(5).contains("demo has demo/glab"));
}

#[test]
fn a_login_under_a_borrowed_name_is_a_separate_one_and_names_the_other_way() {
    let (served, _, text) = with_glab();
    let mut login = served.home.start(&["login", "demo/glab", "--no-browser", "--paste"]);
    login.line("glab keeps demo/glab. A separate login logs nobody out.");
    login.line("To take it over instead: authtui take demo/glab");
    drop(login.end());
    assert_eq!(served.refreshes(), (0, 0));
    assert!(is_untouched(&served, &text));
}
