//! A provider file that names another server than the one a login was made with.

use authtui::demo::authority::{Authority, AuthoritySettings};
use authtui::demo::serve::Serving;
use authtui::domain::profile::{LastRefresh, Profile, RefreshResult};

use crate::harness::{App, due, now, profile};
use crate::home::served::{Served, store};

/// A server that nobody agreed to.
fn other() -> Serving {
    let other = Serving::start(Authority::new("", AuthoritySettings::default()), 0).expect("a free port");
    other.with(Authority::keep_requests);
    other
}

fn requests(serving: &Serving) -> usize {
    serving.with(|authority| authority.requests().count())
}

#[test]
fn no_stored_secret_goes_to_a_server_that_the_login_was_not_made_with() {
    let (served, _) = Served::with_ana(-5);
    let ours = served.serving.issuer().to_owned();
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    assert_eq!(served.profile("ana").login.origins, [ours.as_str()], "learned at a refresh");

    let other = other();
    let theirs = other.issuer();
    let whole = authtui::demo::provider_file(&ours);
    let before = served.home.bytes();
    let token = format!("token: \"{ours}");
    assert!(whole.contains(&token), "{whole}");
    for (changed, what, code) in [
        (whole.replace(&ours, theirs), "refresh", 3),
        (whole.replace(&token, &format!("token: \"{theirs}")), "refresh", 3),
        (whole.replace("127.0.0.1", "localhost"), "refresh", 3),
        (whole.replace(&ours, theirs), "revoke", 1),
    ] {
        served.home.provider("demo", &changed);
        let arguments = match what {
            "revoke" => vec!["revoke", "demo/ana", "--remote", "--yes"],
            _ => vec![what, "demo/ana"],
        };

        let ended = served.home.run(&arguments);

        let said = ended.said(code);
        assert!(said.contains(&format!("the login was made with {ours}")), "{said}");
        assert!(said.contains("authtui login demo/ana"), "{said}");
        let named = if changed.contains(theirs) { theirs } else { "http://localhost:" };
        assert!(said.contains(&format!("the provider file now names {named}")), "{said}");
        assert_eq!((requests(&other), served.home.bytes()), (0, before.clone()), "{what}");
    }
    served.home.provider("demo", &whole);
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0), "the file is as it was");
}

#[test]
fn the_list_says_that_only_a_login_helps_and_why() {
    for (left, state) in [(-5, "needs_login"), (3600, "fresh")] {
        let (served, _) = Served::with_ana(left);
        let ours = served.serving.issuer().to_owned();
        let due = |served: &Served| served.home.run(&["list", "--json"]).out;
        let usual = if left < 0 { "due" } else { "fresh" };
        assert!(due(&served).contains(&format!("\"state\":\"{usual}\"")), "{}", due(&served));
        let entry = String::from_utf8(served.home.bytes()).expect("text");
        served.home.store(format!("{entry}        hosts: ['{ours}']\n"));
        assert!(due(&served).contains(&format!("\"state\":\"{usual}\"")), "its own server is no other");
        let other = other();
        served.home.provider("demo", &authtui::demo::provider_file(other.issuer()));

        let ended = served.home.run(&["list"]);

        assert!(due(&served).contains(&format!("\"state\":\"{state}\"")), "{}", due(&served));
        assert!(ended.out.contains(&state.replace('_', " ")), "{ended:?}");
        let why = format!(
            "demo/ana: the provider file now names {}, but the login was made with {ours}, so it is not refreshed",
            other.issuer()
        );
        assert!(ended.err.contains(&why) && ended.err.contains("Next: authtui login demo/ana"), "{ended:?}");
        assert_eq!(requests(&other), 0);
    }
}

#[test]
fn the_screen_says_that_only_a_login_helps_and_why() {
    let before = || vec!["https://before.test".to_owned()];
    let moved = |profile: Profile| profile.with_login(|login| login.origins = before());
    let retrying = || {
        let result = RefreshResult::Passing { why: "busy".to_owned(), times: 1, retry_at: now().wall };
        Profile { last_refresh: Some(Box::new(LastRefresh::new(now().wall, result, None))), ..due("work") }
    };
    for profile in [due("work"), retrying()] {
        let mut app = App::of([moved(profile)]);
        let screen = app.screen();
        assert!(screen.contains("The provider file now names"), "{screen}");
        assert!(!screen.contains("authtui refreshes it in") && !screen.contains("r  refresh it"), "{screen}");
        assert_eq!(app.keys("R"), []);
    }
    let mut app = App::of([moved(profile("work"))]);
    let screen = app.screen();
    assert!(
        screen.contains("made with https://before.test") && !screen.contains("authtui refreshes it in"),
        "{screen}"
    );
    assert_eq!(app.keys("r"), []);
    assert!(app.message().contains("Press l to log in"), "{}", app.message());
}

#[test]
fn what_a_child_file_says_of_its_parents_server_counts_as_well() {
    let (served, _) = Served::with_ana(-5);
    let ours = served.serving.issuer().to_owned();
    served.home.provider("base", &authtui::demo::provider_file(&ours).replace("name: demo", "name: base"));
    served.home.provider("demo", "name: demo\nextends: base\n");
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    let other = other();
    let moved = authtui::demo::provider_file(other.issuer()).replace("name: demo", "name: base");
    served.home.provider("base", &moved);

    let ended = served.home.run(&["refresh", "demo/ana"]);

    assert!(ended.said(3).contains(other.issuer()), "{ended:?}");
    assert_eq!(requests(&other), 0);
}

#[test]
fn a_stored_client_secret_is_asked_for_again_before_another_server_gets_one() {
    let served = Served::start();
    let (entry, _) = served.entry("ana", 3600);
    let ours = served.serving.issuer().to_owned();
    let bound = format!("{entry}        client_secret: s3cret\n        hosts: ['{ours}']\n");
    served.home.store(store(&[bound]));
    let other = other();
    let file =
        authtui::demo::provider_file(other.issuer()).replace("authentication: none", "authentication: post");
    served.home.provider("demo", &file);

    let ended = served.home.run(&["login", "demo/ana", "--no-browser"]);

    assert_ne!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("client-secret"), "{ended:?}");
    assert_eq!(requests(&other), 0);
}
