//! `authtui refresh` of many: what it takes, what it says, and its number.

use authtui::demo::authority::REVOKE;
use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;
use serde_json::Value;

use crate::grants::words;
use crate::home::Home;
use crate::home::served::{Served, store};

#[test]
fn what_contradicts_itself_is_a_question_of_usage() {
    let home = Home::new();
    for arguments in [
        &["refresh"][..],
        &["refresh", "--all", "--due", "10m"],
        &["refresh", "demo/ana", "--all"],
        &["refresh", "demo/ana", "--due", "10m"],
        &["refresh", "--due", "soon"],
        &["refresh", "--due", "10"],
        &["refresh", "--all", "--jobs", "0"],
        &["refresh", "--all", "--jobs", "1000"],
        &["refresh", "--all", "--jobs", "-1"],
        &["refresh", "--all", "--jobs", "many"],
        &["token", "demo/ana", "--min-ttl", "long"],
    ] {
        let ended = home.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn the_worst_that_happened_is_the_number_and_each_is_named_in_json() {
    let busy = || FaultKind::Instead(HttpResponse::new(503, "text/plain", ""));
    let dead =
        || FaultKind::Instead(HttpResponse::new(400, "application/json", r#"{"error":"invalid_grant"}"#));
    for (mishaps, code, results) in [
        (vec![], 0, ["refreshed", "refreshed"]),
        (vec![busy()], 4, ["passing", "refreshed"]),
        (vec![dead(), busy()], 3, ["needs_login", "passing"]),
    ] {
        let served = Served::start();
        served.home.store(store(&["ana", "ben"].map(|name| served.entry(name, -5).0)));
        for mishap in mishaps {
            served.fault(1, mishap);
        }

        let ended = served.home.run(&["refresh", "--due", "0s", "--jobs", "1", "--json"]);

        assert_eq!(ended.code, Some(code), "{ended:?}");
        let json: Value = serde_json::from_str(&ended.out).expect("JSON");
        assert_eq!(json["version"], 1);
        let rows = json["profiles"].as_array().expect("profiles");
        let mut found: Vec<_> = rows.iter().map(|row| row["result"].as_str().expect("a result")).collect();
        // Who looks first is asked for first.
        found.sort_unstable();
        assert_eq!(found, results, "{ended:?}");
        for row in rows {
            let is_well = row["result"] == "refreshed";
            assert_eq!((row["why"].is_null(), row["expires_at"].is_null()), (is_well, false), "{row}");
            assert_eq!(row["retry_at"].is_string(), row["result"] == "passing", "{row}");
        }
    }
}

#[test]
fn what_is_not_due_or_cannot_be_refreshed_is_left_alone() {
    let served = Served::start();
    let (ana, ben) = (served.entry("ana", 3600).0, served.entry("ben", 300).0);
    served.home.store(format!("{}    api_key: sk-1\n", store(&[ana, ben])));
    let nothing = served.home.run(&["refresh", "--due", "1m", "--json"]);
    assert_eq!((nothing.code, nothing.out.as_str()), (Some(0), "{\"version\":1,\"profiles\":[]}\n"));
    assert_eq!((served.home.run(&["refresh", "--due", "10m"]).code, served.refreshes()), (Some(0), (1, 0)));
    assert_eq!((served.home.run(&["refresh", "--all"]).code, served.refreshes()), (Some(0), (3, 0)));
    assert_eq!((served.profile("ana").refresh_count, served.profile("ben").refresh_count), (1, 2));
}

#[test]
fn any_length_of_time_is_one() {
    let (served, _) = Served::with_ana(-5);
    assert_eq!(served.home.run(&["refresh", "--due", "4000000000d"]).code, Some(0));
    let token = served.home.run(&["token", "demo/ana", "--min-ttl", "4000000000d"]);
    assert_eq!(token.quietly().0, Some(0), "half of its life is always enough");
    assert_eq!(served.refreshes(), (1, 0));
}

#[test]
fn what_is_due_is_not_asked_for_before_the_provider_wants_it() {
    let (served, _) = Served::with_ana(-5);
    let busy = HttpResponse::new(503, "text/plain", "").with("Retry-After", "3600");
    served.fault(1, FaultKind::Instead(busy));
    for _ in 0..2 {
        let ended = served.home.run(&["refresh", "--due", "0s", "--json"]);
        assert_eq!(ended.code, Some(4), "{ended:?}");
        let json: Value = serde_json::from_str(&ended.out).expect("JSON");
        let row = &json["profiles"][0];
        assert!(row["result"] == "passing" && row["retry_at"].is_string(), "{row}");
        assert!(row["why"].as_str().is_some_and(|why| why.contains("503")), "{row}");
    }
    assert_eq!(words(&served.home), ["asked", "failed"]);
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0), "who names it is obeyed");
}

#[test]
fn a_grant_that_is_over_is_asked_for_again_by_its_name_alone() {
    let (served, _) = Served::with_ana(-5);
    served.serving.with(|authority| authority.withdraw("ana@demo.test"));
    for _ in 0..2 {
        let ended = served.home.run(&["refresh", "--all"]);
        assert!(ended.said(3).contains("invalid_grant"), "{ended:?}");
    }
    assert_eq!(words(&served.home), ["asked", "dead"]);
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(3));
    assert_eq!(words(&served.home), ["asked", "dead", "asked", "dead"]);
}

#[test]
fn a_refused_refresh_says_the_code_its_meaning_what_is_stored_and_what_to_do() {
    let (served, pair) = Served::with_ana(-5);
    served.serving.with(|authority| authority.withdraw("ana@demo.test"));
    for command in ["refresh", "token", "list"] {
        let ended = served.home.run(&[command, "demo/ana"][..if command == "list" { 1 } else { 2 }]);
        for words in [
            "invalid_grant",
            "has expired, was revoked, or was already used",
            "Stored tokens are unchanged.",
            "Next: authtui login demo/ana",
        ] {
            assert!(ended.err.contains(words), "{command}: no “{words}” in {}", ended.err);
        }
    }
    assert_eq!(served.stored("ana"), Some(pair));
}

#[test]
fn answers_that_are_compressed_cost_no_grant() {
    let served = Served::start();
    let names = ["ana", "ben"];
    served.home.store(store(&names.map(|name| served.entry(name, -5).0)));
    served.fault(6, FaultKind::Compressed);
    for round in 1..=3 {
        let ended = served.home.run(&["refresh", "--all"]);
        assert_eq!(ended.code, Some(0), "{round}: {ended:?}");
    }
    assert_eq!((served.refreshes(), names.map(|name| served.profile(name).refresh_count)), ((6, 0), [3; 2]));
    served.serving.with(|authority| authority.faults.plan(REVOKE, 1, FaultKind::Compressed));
    assert_eq!(served.home.run(&["revoke", "demo/ana", "--remote", "--yes"]).code, Some(0));
    assert_eq!(served.stored("ana"), None);
}
