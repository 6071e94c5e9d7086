//! Several who hold the same grant.

use std::time::Duration;

use authtui::demo::authority::TOKEN;
use authtui::demo::authority::fault::FaultKind;
use authtui::domain::clock::rfc3339;
use authtui::domain::name::ProfileName;
use authtui::domain::profile::Profile;
use authtui::shell::store_files::{Store, StoreFile};

use crate::grants::{events, until, words};
use crate::home::Ended;
use crate::home::held::Held;
use crate::home::served::{Served, store};

#[test]
fn the_same_grant_under_another_name_in_another_file_is_taken_over() {
    let (served, other) = twins("demo", "ben");
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    let ended = at(&served, &other, "demo/ben");
    assert!(ended.said(0).contains("refreshed by another program"), "{ended:?}");
    assert_eq!(served.refreshes(), (1, 0));
    assert_eq!(stored(&other, "demo/ben").held, served.profile("ana").held);
    assert_eq!(words(&served.home), ["asked", "refreshed", "adopted"]);
}

#[test]
fn the_tokens_of_another_provider_are_never_taken_over() {
    let (served, other) = twins("other", "ana");
    let file = authtui::demo::provider_file(served.serving.issuer()).replace("name: demo", "name: other");
    served.home.provider("other", &file);
    let before = stored(&other, "other/ana");
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));

    let ended = at(&served, &other, "other/ana");

    // Its own provider was asked, which knows the token as spent.
    assert!(ended.said(3).contains("invalid_grant"), "{ended:?}");
    assert_eq!(served.refreshes(), (2, 1));
    assert!(!words(&served.home).contains(&"adopted"));
    assert_eq!(stored(&other, "other/ana").held, before.held);
}

#[test]
fn an_entry_that_was_logged_out_is_never_taken_over() {
    let (served, other) = twins("demo", "ana");
    let before = stored(&other, "demo/ana");
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    assert_eq!(served.home.run(&["revoke", "demo/ana", "--yes"]).code, Some(0));

    let ended = at(&served, &other, "demo/ana");

    let said = ended.said(3);
    assert!(
        said.contains("was already used on") && said.contains("Stored tokens are unchanged."),
        "{ended:?}"
    );
    assert_eq!(stored(&other, "demo/ana").held, before.held);
    assert_eq!(served.refreshes(), (1, 0), "a spent token is not asked with");
}

#[test]
fn whoever_waits_says_for_whom() {
    let (served, _) = Served::with_ana(-5);
    served.fault(1, FaultKind::Late(Duration::from_secs(3)));
    let first = served.home.start(&["token", "demo/ana"]);
    until("a request", || served.counters().in_flight == 1);
    let mut second = served.home.start(&["refresh", "demo/ana"]);
    let line = second.line("authtui: demo/ana: waiting");
    let holder = format!(
        "authtui: demo/ana: waiting for authtui token (process {}), which is using this login",
        first.id()
    );
    assert!(line.starts_with(&holder), "{line}");
    assert_eq!((first.end().code, second.end().code, served.refreshes()), (Some(0), Some(0), (1, 0)));
}

#[test]
fn who_waited_is_told_what_the_first_one_was_told_and_asks_nothing() {
    let (served, before) = Served::with_ana(-5);
    let held = Held::instead(&served, TOKEN);
    let first = served.home.start(&["token", "demo/ana"]);
    let asked = held.request();
    let waits = |command: &str| {
        let mut waiting = served.home.start(&[command, "demo/ana"]);
        waiting.line("authtui: demo/ana: waiting");
        waiting
    };
    let others = ["token", "refresh", "resolve"].map(waits);

    asked.answer("503 Service Unavailable", "Retry-After: 3600\r\n", "");

    assert_eq!(first.end().code, Some(4));
    for other in others {
        let ended = other.end();
        assert_eq!(ended.code, Some(4), "{ended:?}");
        assert!(ended.err.contains("503") && ended.err.contains("59m"), "{ended:?}");
    }
    assert!(held.waits().is_none(), "somebody asked again");
    assert_eq!(words(&served.home), ["asked", "failed"]);
    assert_eq!(served.stored("ana"), Some(before));
}

#[test]
fn who_is_told_to_end_while_it_waits_for_another_asks_nothing_and_ends() {
    let (served, _) = Served::with_ana(-5);
    let held = Held::instead(&served, TOKEN);
    let mut first = served.home.start(&["token", "demo/ana"]);
    let _asked = held.request();
    for arguments in [&["refresh", "demo/ana"][..], &["refresh", "--all"]] {
        let mut waiting = served.home.start(arguments);
        waiting.line("authtui: demo/ana: waiting");
        waiting.signal("INT");
        let ended = waiting.end();
        assert!(ended.said(1).contains("the program is ending"), "{ended:?}");
    }
    assert!(!first.has_ended() && held.waits().is_none());
    assert_eq!(words(&served.home), ["asked"]);
}

#[test]
fn many_end_at_the_second_signal_whatever_was_asked() {
    let (served, _) = Served::with_ana(-5);
    let held = Held::instead(&served, TOKEN);
    let mut all = served.home.start(&["refresh", "--all"]);
    let _asked = held.request();
    all.signal("TERM");
    all.line("authtui: finishing what was sent");
    all.signal("TERM");
    assert!(all.end().said(1).contains("may need a new login"));
}

#[test]
fn a_token_that_must_last_longer_is_refreshed_like_any_other() {
    let (served, before) = Served::with_ana(300);
    let ended = served.home.run(&["token", "demo/ana", "--min-ttl", "10m"]);
    let now = served.stored("ana").expect("tokens");
    assert_eq!(ended.quietly(), (Some(0), format!("{}\n", now.access).as_str()));
    assert_ne!(now, before);
    let log = events(&served.home);
    assert!(log.iter().all(|event| event.by.program == "authtui token"), "{log:?}");
    assert_eq!(words(&served.home), ["asked", "refreshed"]);
}

#[test]
fn tokens_that_are_taken_over_and_have_ended_are_refreshed_at_once() {
    for command in ["token", "refresh"] {
        let (served, other) = twins("demo", "ben");
        assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
        let text = String::from_utf8(served.home.bytes()).expect("text");
        let end = served.profile("ana").life.expires_at.expect("an end");
        let begin = served.profile("ana").life.obtained_at.expect("a begin");
        let ended = text.replace(&rfc3339(end), "2026-01-01T00:00:00Z");
        let ended = ended
            .replace(&format!("obtained_at: \"{}", rfc3339(begin)), "obtained_at: \"2025-12-31T23:00:00Z");
        assert!(ended.contains("2025-12-31") && ended.contains("2026-01-01"), "{ended}");
        served.home.store(ended);

        let other_path = other.to_str().expect("text");
        let ended = served.home.run(&["--config", other_path, command, "demo/ben"]);

        assert_eq!((ended.code, served.refreshes()), (Some(0), (2, 0)), "{command}: {ended:?}");
        assert!(stored(&other, "demo/ben").life.expires_at >= Some(end), "{command}");
        assert_eq!(words(&served.home), ["asked", "refreshed", "adopted", "asked", "refreshed"], "{command}");
    }
}

/// `demo/ana` in our store, and the same grant as `PROVIDER/NAME` in another file, which is returned.
fn twins(provider: &str, name: &str) -> (Served, std::path::PathBuf) {
    let served = Served::start();
    let (entry, _) = served.entry("ana", -5);
    let text = store(&[entry]);
    served.home.store(&text);
    let other = served.home.path("config/authtui/other.yaml");
    let twin =
        text.replace("  demo:\n", &format!("  {provider}:\n")).replace("- id: ana", &format!("- id: {name}"));
    std::fs::write(&other, twin).expect("written");
    (served, other)
}

fn at(served: &Served, other: &std::path::Path, name: &str) -> Ended {
    served.home.run(&["--config", other.to_str().expect("text"), "refresh", name])
}

fn stored(file: &std::path::Path, name: &str) -> Profile {
    let name = ProfileName::parse(name).expect("a name");
    StoreFile::own(file.to_owned()).read().profile(&name).expect("a profile").clone()
}
