//! `authtui --help`: what there is, in words that a newcomer knows.

use crate::home::Home;

#[test]
fn the_help_says_that_the_screen_opens_and_shows_examples_and_exit_codes() {
    let ended = Home::new().run(&["--help"]);
    let (code, help) = ended.quietly();
    assert_eq!(code, Some(0));
    for words in [
        "Without a command the screen opens.",
        "Examples:",
        "authtui login anthropic/work",
        "4 temporary failure (try again)",
        "[alias: ls]",
        "[alias: revoke]",
        "[aliases: rm, remove]",
    ] {
        assert!(help.contains(words), "{words}: {help}");
    }
}

#[test]
fn a_profile_has_one_name_in_every_usage_and_the_options_of_a_login_are_in_groups() {
    let home = Home::new();
    for command in ["token", "login", "refresh", "logout", "delete", "events"] {
        let help = home.run(&[command, "--help"]).out;
        let usage = help.lines().find(|line| line.starts_with("Usage:")).expect("a usage");
        assert!(usage.contains("PROFILE") && !usage.contains("NAME"), "{usage}");
    }
    let login = home.run(&["login", "--help"]).out;
    for heading in ["Options:", "How to log in:", "Client and scopes:", "API key:"] {
        assert!(login.lines().any(|line| line == heading), "{heading}: {login}");
    }
}

const STORE: &str = "providers: {acme: {oauth_credentials: [{id: work, access_token: t}]}}\n";

#[test]
fn an_alias_is_the_command_that_it_stands_for() {
    let home = Home::new();
    home.store(STORE);
    assert!(home.run(&["ls"]).out.contains("acme/work"));
    assert!(home.run(&["revoke", "acme/work", "--yes"]).said(0).contains("acme/work: signed out"));
    assert!(home.run(&["events"]).out.contains("(authtui logout, "));
    for alias in ["rm", "remove"] {
        home.store(STORE);
        assert!(home.run(&[alias, "acme/work", "--yes"]).said(0).contains("acme/work: deleted"));
    }
}

#[test]
fn an_unknown_command_is_answered_with_those_there_are_and_never_repeated() {
    let home = Home::new();
    for (word, near) in [("frobnicate", None), ("hunter2", None), ("lgoin", Some("login"))] {
        let ended = home.run(&[word]);
        let said = ended.said(2);
        assert!(said.contains("unknown command") && said.contains("Commands: demo, list, token,"), "{said}");
        assert!(!said.contains("(not shown)") && !said.contains(word), "{said}");
        assert_eq!(
            near.map(|near| said.contains(&format!("did you mean {near}?"))),
            near.map(|_| true),
            "{said}"
        );
    }
}
