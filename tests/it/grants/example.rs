//! A profile whose provider is an example: nothing is sent for it.

use authtui::demo::authority::Authority;

use crate::harness::{App, due};
use crate::home::Home;
use crate::home::served::Served;
use authtui::domain::profile::Profile;

#[test]
fn nothing_is_sent_for_a_profile_of_an_example_and_what_to_do_is_said() {
    let (served, _) = Served::with_ana(-5);
    let file = authtui::demo::provider_file(served.serving.issuer());
    served.home.provider("demo", &format!("{file}example: true\n"));
    served.serving.with(Authority::keep_requests);
    let before = served.home.bytes();
    for arguments in
        [&["refresh", "demo/ana"][..], &["token", "demo/ana"], &["revoke", "demo/ana", "--remote", "--yes"]]
    {
        let ended = served.home.run(arguments);

        let said = &ended.err;
        assert!(ended.code != Some(0) && ended.out.is_empty(), "{ended:?}");
        assert!(said.contains("its provider is only an example"), "{said}");
        assert!(
            said.contains("take the line `example: true` out of") && said.contains("demo.yaml"),
            "{said}"
        );
        let sent = served.serving.with(|authority| authority.requests().count());
        assert_eq!((sent, served.home.bytes()), (0, before.clone()), "{arguments:?}");
    }
}

#[test]
fn a_profile_of_the_example_that_comes_with_authtui_is_told_to_copy_it() {
    let home = Home::new();
    let entry = "version: 1\nproviders:\n  oauth2:\n    oauth_credentials:\n      - id: ana\n        \
                 client_id: c\n        access_token: a1\n        refresh_token: r1\n        \
                 expires_at: 2001-01-01T00:00:00Z\n";
    home.store(entry);
    for arguments in [&["refresh", "oauth2/ana"][..], &["revoke", "oauth2/ana", "--remote", "--yes"]] {
        let ended = home.run(arguments);
        assert!(ended.err.contains("copy the example to a provider file of your own"), "{ended:?}");
        assert!(ended.err.contains("authtui providers show oauth2"), "{ended:?}");
        assert_eq!(home.bytes(), entry.as_bytes());
    }
}

#[test]
fn no_key_of_the_screen_sends_anything_for_a_profile_of_an_example() {
    let example = || Profile { id: crate::harness::id("oauth2/x"), ..due("x") };
    for (key, says) in [
        ("r", "oauth2/x: its provider is only an example. Next: take the line"),
        ("l", "oauth2 is only an example. Next: take the line `example: true` out of oauth2.yaml."),
        ("T", "oauth2/x cannot be tested: its provider is only an example."),
    ] {
        let mut app = App::of([example()]);
        assert_eq!(app.keys(key), [], "{key}");
        assert!(app.message().starts_with(says), "{key}: {}", app.message());
    }
    let mut app = App::of([example()]);
    assert_eq!(app.keys("X"), []);
    assert!(app.screen().contains("an example to copy"), "{}", app.screen());
}
