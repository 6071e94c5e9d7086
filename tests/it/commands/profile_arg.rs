//! The profile or the file that a short or a wrong word means.

use crate::home::Home;

fn home() -> Home {
    let home = Home::new();
    let login = |name: &str| format!("{{id: {name}, access_token: t-{name}}}");
    home.store(format!(
        "providers:\n  acme: {{oauth_credentials: [{}]}}\n  beta: {{oauth_credentials: [{}, {}]}}\n",
        login("work"),
        login("one"),
        login("two"),
    ));
    home
}

#[test]
fn a_word_alone_means_the_only_profile_there_or_the_only_one_of_that_name() {
    let home = home();
    for (word, token) in
        [("acme", "t-work\n"), ("work", "t-work\n"), ("two", "t-two\n"), ("own:two", "t-two\n")]
    {
        assert_eq!(home.run(&["token", word]).quietly(), (Some(0), token), "{word}");
    }
    let several = home.run(&["token", "beta"]);
    assert!(several.said(5).contains("beta may mean beta/one, beta/two."), "{several:?}");
    for word in ["nobody", "acme/home", "gamma"] {
        let ended = home.run(&["token", word]);
        assert!(
            ended.said(5).contains("there is no profile ") && !ended.err.contains("default"),
            "{ended:?}"
        );
    }
}

#[test]
fn nothing_is_erased_of_a_profile_that_was_found_by_less_than_its_name_unless_somebody_says_so() {
    let home = home();
    let before = home.bytes();
    for line in [["revoke", "acme", "--yes"], ["remove", "work", "-y"]] {
        let ended = home.run(&line);
        assert!(ended.said(2).contains("write the whole name"), "{ended:?}");
        assert!(ended.err.contains("acme/work: This will "), "{ended:?}");
    }
    assert_eq!(home.bytes(), before);
    assert_eq!(home.run(&["remove", "acme/work", "-y"]).code, Some(0));
}

#[test]
fn a_named_file_that_is_not_there_is_said_to_be_missing_and_only_a_login_makes_it() {
    let home = home();
    let path = home.path("nowhere.yaml").display().to_string();
    for line in [
        &["list"][..],
        &["list", "--json"],
        &["token", "acme"],
        &["refresh", "--all"],
        &["events"],
        &["resolve", "acme"],
        &["revoke", "acme", "-y"],
        &["remove", "acme", "-y"],
    ] {
        let ended = home.run(&[&["--config", &path], line].concat());
        assert!(ended.said(5).contains("nowhere.yaml does not exist."), "{line:?}: {ended:?}");
    }
    assert_eq!(home.run(&["--config", &path, "providers"]).code, Some(0));
    assert!(!home.path("nowhere.yaml").exists());
}

#[test]
fn the_beginning_of_a_provider_is_enough_where_one_fits_and_a_whole_name_never_means_another() {
    let home = home();
    for (word, token) in [("ac", "t-work\n"), ("ac/work", "t-work\n"), ("b/two", "t-two\n")] {
        assert_eq!(home.run(&["token", word]).quietly(), (Some(0), token), "{word}");
    }
    let several = home.run(&["token", "be"]);
    assert!(several.said(5).contains("be may mean beta/one, beta/two."), "{several:?}");
    // A provider of that name is there, with a profile or with a file alone.
    let login = "{oauth_credentials: [{id: ana, access_token: t-other}]}";
    home.store(format!("providers:\n  github-copy: {login}\n  acme: {login}\n  acme-eu: {{oauth_credentials: [{{id: ben, access_token: t}}]}}\n"));
    for word in ["github/ana", "acme/ben"] {
        assert!(home.run(&["token", word]).said(5).contains("there is no profile "), "{word}");
    }
    let erased = home.run(&["delete", "github-c/ana", "--yes"]);
    assert!(erased.said(2).contains("write the whole name"), "{erased:?}");
}
