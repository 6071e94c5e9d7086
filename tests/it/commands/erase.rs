//! `authtui revoke` and `authtui remove`: erased here, and the provider is not told.

use crate::home::served::{Served, store};

#[test]
fn nothing_is_erased_unless_somebody_says_yes() {
    let (served, _) = Served::with_ana(3600);
    let before = served.home.bytes();
    for command in ["revoke", "remove"] {
        let ended = served.home.run(&[command, "demo/ana"]);
        assert!(ended.said(2).contains("add --yes"), "{ended:?}");
    }
    assert_eq!(served.home.bytes(), before);
}

#[test]
fn revoking_erases_the_tokens_and_keeps_the_profile() {
    let (served, pair) = Served::with_ana(3600);

    let ended = served.home.run(&["revoke", "demo/ana", "--yes"]);

    let said = ended.said(0);
    assert!(said.contains("The provider is not told: the access token works until "), "{ended:?}");
    assert!(said.contains("; the grant works until "), "{ended:?}");
    let text = String::from_utf8(served.home.bytes()).expect("text");
    assert!(!text.contains(&pair.access) && !text.contains(&pair.refresh), "{text}");
    assert_eq!(served.stored("ana"), None);
    assert!(served.home.run(&["list"]).out.contains("revoked here"));
    assert_eq!(served.home.run(&["token", "demo/ana"]).code, Some(3));
    assert_eq!(served.serving.with(|authority| authority.visits().count()), 0, "the provider was told");
}

#[test]
fn removing_takes_the_profile_and_nothing_else() {
    let served = Served::start();
    let (ana, ben) = (served.entry("ana", 3600).0, served.entry("ben", 3600).0);
    let others = "# mine\nmetrics: {port: 1}\n";
    served.home.store(store(&[ana, ben.clone()]) + others);

    assert!(served.home.run(&["remove", "demo/ana", "-y"]).said(0).contains("demo/ana: removed"));

    let text = String::from_utf8(served.home.bytes()).expect("text");
    assert!(!text.contains("ana") && text.contains(&ben) && text.ends_with(others), "{text}");
    assert_eq!(served.home.run(&["token", "demo/ana"]).code, Some(5));
}

#[test]
fn a_key_is_erased_from_the_file() {
    let served = Served::start();
    served.home.store("providers:\n  acme:\n    api_key: sk-1 # work\n    model: m\n");
    assert!(served.home.run(&["revoke", "acme/key", "--yes"]).said(0).contains("The key is removed"));
    assert_eq!(String::from_utf8(served.home.bytes()).expect("text"), "providers:\n  acme:\n    model: m\n");
}
