//! A profiles' file that is not understood is shown as such and never written.

use std::os::unix::fs::PermissionsExt;

use crate::home::served::{Served, store};

#[test]
fn a_file_that_went_wrong_is_read_only_and_says_where_and_what_to_do() {
    let served = Served::start();
    let home = &served.home;
    let good = store(&[served.entry("ana", -5).0]);
    let huge = format!("{good}# {}\n", "x".repeat(11 * 1024 * 1024));
    for (name, bytes, place, remedy) in [
        ("empty", String::new(), "line 1, column 1", "restore"),
        ("white space", " \n\n".to_owned(), "line 1, column 1", "restore"),
        ("broken", good.replace("providers:", "providers: ["), "line 4, column 22", "correct"),
        ("newer", good.replace("version: 1", "version: 7"), "line 1, column 1", "newer"),
        ("a key twice", good.clone() + "version: 1\n", "line 15, column 1", "correct"),
        ("huge", huge, "line 1, column 1", ""),
    ] {
        home.store(&bytes);
        let shown = name == "newer";
        for arguments in [
            &["list"][..],
            &["list", "--json"],
            &["refresh", "demo/ana"],
            &["revoke", "demo/ana", "--yes"],
            &["remove", "demo/ana", "--yes"],
            &["login", "demo/ana"],
        ] {
            let ended = home.run(arguments);
            let code = if shown && arguments[0] == "list" { 0 } else { 1 };
            assert_eq!(ended.code, Some(code), "{name}: {arguments:?}: {ended:?}");
            for word in ["/config/authtui/config.yaml", place, "Next: ", remedy] {
                assert!(ended.err.contains(word), "{name}: {arguments:?}: no “{word}” in {}", ended.err);
            }
            assert!(home.bytes() == bytes.as_bytes(), "{name}: {arguments:?} wrote the file");
        }
        assert_eq!(home.run(&["list"]).out.contains("demo/ana"), shown, "{name}");
    }
    assert_eq!(served.refreshes(), (0, 0), "a refresh would have lost its tokens");
}

#[test]
fn a_file_that_is_protected_is_not_refreshed_into() {
    let (served, pair) = Served::with_ana(-5);
    let before = served.home.bytes();
    let read_only = std::fs::Permissions::from_mode(0o400);
    std::fs::set_permissions(served.home.config(), read_only).expect("protected");

    let ended = served.home.run(&["refresh", "demo/ana"]);

    assert!(ended.said(1).contains("protected against writing"), "{ended:?}");
    assert_eq!((served.home.bytes(), served.stored("ana")), (before, Some(pair)));
    assert_eq!(served.refreshes(), (0, 0), "the request would have spent the stored token");
}
