//! `authtui logout` and `authtui delete`: erased here, and the provider is not told.

mod remote;

use authtui::domain::clock::rfc3339;

use crate::home::served::{Served, store};

#[test]
fn nothing_is_erased_unless_somebody_says_yes() {
    let (served, _) = Served::with_ana(3600);
    let before = served.home.bytes();
    for command in ["revoke", "remove"] {
        let ended = served.home.run(&[command, "demo/ana"]);
        let said = ended.said(2);
        assert!(said.contains("add --yes") && said.contains(": This will "), "{ended:?}");
    }
    assert_eq!(served.home.bytes(), before);
}

#[test]
fn revoking_erases_the_tokens_and_keeps_the_profile() {
    let (served, pair) = Served::with_ana(3600);

    let ended = served.home.run(&["logout", "demo/ana", "--yes"]);

    let said = ended.said(0);
    assert!(said.contains("demo is not notified: the token stays valid until "), "{ended:?}");
    assert!(said.contains(", the login until "), "{ended:?}");
    let text = String::from_utf8(served.home.bytes()).expect("text");
    assert!(!text.contains(&pair.access) && !text.contains(&pair.refresh), "{text}");
    assert_eq!(served.stored("ana"), None);
    assert!(served.home.run(&["list"]).out.contains("signed out"));
    assert_eq!(served.home.run(&["token", "demo/ana"]).code, Some(3));
    assert_eq!(
        served.serving.with(|authority| authority.seen_requests().count()),
        0,
        "the provider was told"
    );
}

#[test]
fn a_login_that_the_provider_ended_is_not_said_to_work() {
    let served = Served::start();
    let (entry, _) = served.entry("ana", 3600);
    let at = rfc3339(served.serving.now().wall);
    let last = format!("        last_refresh: {{at: {at}, result: dead, why: gone}}\n");
    served.home.store(store(&[entry + &last]));
    let before = served.home.bytes();
    for (command, done) in [("logout", "signed out"), ("delete", "deleted")] {
        served.home.store(&before);
        for ended in [served.home.run(&[command, "demo/ana"]), served.home.run(&[command, "demo/ana", "-y"])]
        {
            assert!(ended.err.contains("; the provider has already ended this login."), "{ended:?}");
            assert_eq!(ended.err.contains(done), ended.code == Some(0), "{ended:?}");
        }
    }
    served.home.store(&before);
    assert!(served.home.run(&["list", "--json"]).out.contains("\"grant_ends_at\":null"));
}

#[test]
fn nothing_is_said_to_be_erased_when_it_could_not_be() {
    let served = Served::start();
    let ana = "      - &ana\n        id: ana\n        access_token: t\n        refresh_token: r\n";
    let ben = "      - <<: *ana\n        id: ben\n";
    served.home.store(store(&[ana.to_owned(), ben.to_owned()]));
    let before = served.home.bytes();

    let ended = served.home.run(&["logout", "demo/ana", "--yes"]);

    assert!(!ended.said(1).contains("erase"), "{ended:?}");
    assert_eq!(served.home.bytes(), before);
}

#[test]
fn deleting_takes_the_profile_and_nothing_else() {
    let served = Served::start();
    let (ana, ben) = (served.entry("ana", 3600).0, served.entry("ben", 3600).0);
    let others = "# mine\nmetrics: {port: 1}\n";
    served.home.store(store(&[ana, ben.clone()]) + others);

    assert!(served.home.run(&["delete", "demo/ana", "-y"]).said(0).contains("demo/ana: deleted"));

    let text = String::from_utf8(served.home.bytes()).expect("text");
    assert!(!text.contains("ana") && text.contains(&ben) && text.ends_with(others), "{text}");
    assert_eq!(served.home.run(&["token", "demo/ana"]).code, Some(5));
}

#[test]
fn a_key_is_erased_from_the_file() {
    let served = Served::start();
    served.home.store("providers:\n  acme:\n    api_key: sk-1 # work\n    model: m\n");
    assert!(served.home.run(&["logout", "acme/key", "--yes"]).said(0).contains("acme/key: key deleted"));
    assert_eq!(String::from_utf8(served.home.bytes()).expect("text"), "providers:\n  acme:\n    model: m\n");
}
