//! `authtui check`: who needs somebody, as a number and in lines, and never a refresh.

use authtui::demo::authority::MODELS;
use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;
use authtui::domain::clock::{TimeDelta, rfc3339};
use serde_json::Value;

use crate::home::Home;
use crate::home::served::{Served, store};

/// A login whose last refresh ended in that way.
fn failed(served: &Served, name: &str, result: &str) -> String {
    let (entry, _) = served.entry(name, -60);
    let now = served.serving.now().wall;
    let later = rfc3339(now + TimeDelta::minutes(3));
    format!(
        "{entry}        last_refresh: {{at: {}, result: {result}, why: w, times: 1, retry_at: {later}}}\n",
        rfc3339(now)
    )
}

#[test]
fn what_is_well_or_can_be_refreshed_is_no_line_and_no_failure() {
    let served = Served::start();
    let entries = [("ana", 3600), ("ben", 30), ("cyd", -60)].map(|(name, left)| served.entry(name, left).0);
    served.home.store(store(&entries));
    for arguments in [&["check"][..], &["check", "--within", "7d"], &["check", "demo/ana", "demo/cyd"]] {
        assert_eq!(served.home.run(arguments).quietly(), (Some(0), ""), "{arguments:?}");
    }
    assert_eq!(Home::new().run(&["check"]).quietly(), (Some(0), ""), "nothing is stored");
}

#[test]
fn each_that_needs_somebody_is_a_line_with_what_helps_and_the_worst_is_the_number() {
    let served = Served::start();
    let home = &served.home;
    let needs_login = served.last_token("emil", (-60, -1));
    let ends = served.last_token("fay", (-60, 90));
    let passing = failed(&served, "gus", "passing");
    let odd = "      - {id: ivy, access_token: 12345}\n".to_owned();
    let check = |entries: &[&String], arguments: &[&str]| {
        home.store(store(&entries.iter().map(|entry| (*entry).clone()).collect::<Vec<_>>()));
        let ended = home.run(&[&["check"], arguments].concat());
        assert_eq!(ended.err, "", "{ended:?}");
        (ended.code, ended.out)
    };
    let (code, out) = check(&[&odd, &needs_login, &passing], &[]);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!((code, lines.len()), (Some(3), 3), "{out}");
    assert!(
        lines[0].starts_with("demo/ivy is unreadable: access_token must be quoted text. Next: correct line")
    );
    assert_eq!(lines[1], "demo/emil needs a login. Next: authtui login demo/emil");
    assert_eq!(
        lines[2],
        "demo/gus could not be refreshed (temporary failure). Next: authtui refresh demo/gus"
    );

    assert_eq!(check(&[&odd, &passing], &[]).0, Some(1));
    assert_eq!(check(&[&passing], &[]).0, Some(4));
    assert_eq!(check(&[&ends], &[]), (Some(0), String::new()), "more than a fifth of its life is left");
    let (code, out) = check(&[&ends], &["--within", "2h"]);
    assert_eq!(code, Some(3));
    assert!(out.starts_with("demo/fay has a token that expires in 1h"), "{out}");
    assert!(out.ends_with(" and cannot be refreshed. Next: authtui login demo/fay\n"), "{out}");
    assert_eq!(check(&[&ends], &["--within", "1h"]).0, Some(0));
    assert_eq!(check(&[&ends, &needs_login], &["demo/fay"]), (Some(0), String::new()), "only that one");

    let json: Value = serde_json::from_str(&check(&[&needs_login, &ends], &["--json"]).1).expect("JSON");
    assert_eq!((&json["checked"], json["profiles"].as_array().map(Vec::len)), (&2.into(), Some(1)));
    assert_eq!(
        (&json["profiles"][0]["need"], &json["profiles"][0]["profile"]),
        (&"login".into(), &"demo/emil".into())
    );
}

#[test]
fn asking_tells_a_refused_token_from_a_server_in_trouble() {
    let (served, _) = Served::with_ana(3600);
    let check = || served.home.run(&["check", "--ask"]);
    assert_eq!(check().quietly(), (Some(0), ""));
    let answer = |status| {
        let answer = FaultKind::Instead(HttpResponse::new(status, "application/json", "{}"));
        served.serving.with(|authority| authority.faults.plan(MODELS, 1, answer));
    };
    answer(503);
    let busy = check();
    assert_eq!(
        (busy.code, busy.out.starts_with("demo/ana could not be tested: ")),
        (Some(4), true),
        "{busy:?}"
    );
    answer(401);
    let refused = check();
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.out.ends_with("Next: authtui refresh demo/ana\n"), "{refused:?}");
    assert_eq!(served.home.run(&["check"]).code, Some(1), "it is written down");
    assert_eq!(check().quietly(), (Some(0), ""), "the provider takes it again");
}

#[test]
fn no_look_at_the_profiles_ever_spends_a_grant() {
    let served = Served::start();
    let entries = [("ana", 3600), ("ben", 30), ("cyd", -60)].map(|(name, left)| served.entry(name, left).0);
    let entries =
        [entries.as_slice(), &[failed(&served, "gus", "passing"), served.last_token("fay", (-60, 1))]]
            .concat();
    served.home.store(store(&entries));
    let before = served.home.bytes();
    for arguments in [
        &["check"][..],
        &["check", "--within", "30d", "--json"],
        &["list"],
        &["list", "--json"],
        &["status"],
        &["status", "--json"],
        &["events"],
    ] {
        served.home.run(arguments);
    }
    assert!(served.home.bytes() == before, "nothing is written");
    served.home.run(&["check", "--ask", "--jobs", "2"]);
    assert_eq!(served.refreshes(), (0, 0));
    assert!(served.profile("ana").last_test.is_some(), "it did ask");
}
