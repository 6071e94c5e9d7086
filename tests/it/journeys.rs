//! The real program and the demo's authority over loopback, from a login to the end of its tokens.

mod login;
mod refresh;
mod waiting;

use crate::home::person;
use crate::home::served::Served;

#[test]
fn a_login_is_listed_printed_refreshed_and_erased() {
    let served = Served::start();
    let home = &served.home;

    let mut login = home.start(&["login", "demo/ana"]);
    person::answer(&login.line("http"), "allow");
    let ended = login.end();
    let said = ended.said(0);
    for line in [
        "Logged in: demo/ana, as ana@demo.test",
        "  token lasts ",
        "  saved in ",
        "Try: authtui token demo/ana",
    ] {
        assert!(said.lines().any(|each| each.starts_with(line)), "no “{line}” in {said}");
    }

    let first = served.stored("ana").expect("tokens");
    assert!(
        !ended.err.contains(&first.access[8..]) && !ended.err.contains(&first.refresh[8..]),
        "{}",
        ended.err
    );
    let json = home.run(&["list", "--json"]);
    let json: serde_json::Value = serde_json::from_str(json.quietly().1).expect("JSON");
    let row = &json["profiles"][0];
    assert_eq!((row["provider"].as_str(), row["name"].as_str()), (Some("demo"), Some("ana")));
    assert_eq!((row["state"].as_str(), row["account"].as_str()), (Some("fresh"), Some("ana@demo.test")));
    assert_eq!(home.run(&["token", "demo/ana"]).quietly(), (Some(0), format!("{}\n", first.access).as_str()));

    assert!(home.run(&["refresh", "demo/ana"]).said(0).contains("refreshed"));
    let second = served.stored("ana").expect("tokens");
    assert!(second.access != first.access && second.refresh != first.refresh, "nothing was refreshed");
    assert_eq!((served.refreshes(), served.counters().code_reuse_detected), ((1, 0), 0));

    assert_eq!(home.run(&["revoke", "demo/ana", "--yes"]).code, Some(0));
    assert_eq!(served.stored("ana"), None);
    assert_eq!(home.run(&["token", "demo/ana"]).code, Some(3));
}
