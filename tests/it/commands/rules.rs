//! Which profile is meant where a command names none: by the variable, by a rule, and never guessed.

use std::fs;

use serde_json::Value;

use crate::home::running::Running;
use crate::home::{Ended, Home};

const STORE: &str = "providers:\n  \
    acme: {oauth_credentials: [{id: default, access_token: t-default}, {id: work, access_token: t-work}, \
    {id: lab, access_token: t-lab}]}\n  \
    beta: {oauth_credentials: [{id: one, access_token: t-one}]}\n";

/// A home with a repository of `git.test/corp` at `code/app`, and rules.
fn home(rules: &str) -> Home {
    let home = Home::new();
    home.store(STORE);
    fs::create_dir_all(home.path("home/code/app/.git")).expect("a folder");
    fs::create_dir_all(home.path("home/code/app/lab")).expect("a folder");
    let config = "[remote \"origin\"]\n\turl = git@git.test:corp/app.git\n";
    fs::write(home.path("home/code/app/.git/config"), config).expect("a file");
    fs::write(home.path("config/authtui/rules.yaml"), rules).expect("a file");
    home
}

const RULES: &str = "folders:\n  ~/code: [acme/work, beta/one]\n  ~/code/app/lab: acme/lab\n\
    remotes:\n  git.test/corp: beta/one\naddresses:\n  https://mcp.test/team: acme/lab\n";

fn run(home: &Home, folder: &str, variable: &str, arguments: &[&str]) -> Ended {
    let mut command = home.command(arguments);
    Running::start(command.current_dir(home.path(folder)).env("AUTHTUI_PROFILE", variable)).end()
}

#[test]
fn the_name_counts_over_the_variable_that_over_the_rules_and_those_over_the_default() {
    let home = home(RULES);
    for (folder, variable, arguments, token) in [
        // Nothing is named.
        ("home/code/app", "", &["token"][..], "t-one"),
        ("home/code/app/lab", "", &["token"], "t-lab"),
        ("home/code/app/lab", "acme/default", &["token"], "t-default"),
        ("home", "beta/one", &["token"], "t-one"),
        ("home", "one", &["token"], "t-one"),
        // A provider alone.
        ("home/code", "", &["token", "acme"], "t-work"),
        ("home/code/app", "", &["token", "acme"], "t-work"),
        ("home/code/app/lab", "", &["token", "acme"], "t-lab"),
        ("home", "", &["token", "acme"], "t-default"),
        ("home", "acme/lab", &["token", "acme"], "t-lab"),
        ("home/code", "beta/one", &["token", "acme"], "t-work"),
        // A whole name, or one without a provider.
        ("home/code/app/lab", "beta/one", &["token", "acme/default"], "t-default"),
        ("home/code/app/lab", "beta/one", &["token", "work"], "t-work"),
        // An address.
        ("home", "", &["token", "https://mcp.test/team/mcp"], "t-lab"),
    ] {
        let ended = run(&home, folder, variable, arguments);
        assert_eq!(
            ended.quietly(),
            (Some(0), format!("{token}\n").as_str()),
            "{folder} {variable} {arguments:?}"
        );
    }
}

#[test]
fn what_is_not_told_is_not_guessed() {
    let home = home(RULES);
    let nothing = run(&home, "home", "", &["token"]);
    assert!(nothing.said(2).contains("name a profile, or set AUTHTUI_PROFILE"), "{nothing:?}");
    for command in ["refresh", "resolve"] {
        assert_eq!(run(&home, "home", "", &[command]).code, Some(2), "{command}");
    }
    let two = run(&home, "home/code", "", &["token"]);
    assert!(two.said(5).contains("rules.yaml fits here: acme/work (line 2), beta/one (line 2)."), "{two:?}");
    let gone = run(&home, "home", "acme/gone", &["token"]);
    assert!(gone.said(5).contains("acme/gone was chosen by AUTHTUI_PROFILE."), "{gone:?}");
    let secret = "sk-ant-hunter2-hunter2-hunter2";
    for arguments in [&["token"][..], &["refresh"], &["resolve"], &["header", "acme"], &["events", secret]] {
        for variable in [secret.to_owned(), format!("acme/{secret}")] {
            let ended = run(&home, "home", &variable, arguments);
            assert!(!ended.err.contains("hunter2-hunter2"), "{arguments:?} {variable}: {ended:?}");
        }
    }
    // These want it said, and no rule is an answer to that.
    for arguments in [&["logout", "--yes"][..], &["delete", "--yes"]] {
        assert_eq!(run(&home, "home/code/app/lab", "acme/lab", arguments).code, Some(2), "{arguments:?}");
    }
    assert_eq!(home.bytes(), STORE.as_bytes());
    assert_eq!(run(&home, "home/code/app/lab", "acme/lab", &["delete", "acme", "--yes"]).code, Some(0));
    let left = String::from_utf8(home.bytes()).expect("text");
    assert!(left.contains("t-lab") && !left.contains("t-default"), "the default is meant: {left}");
}

#[test]
fn rules_that_are_not_understood_stop_what_needs_them_and_nothing_else() {
    let home = home("folders:\n  ~/code: acme/work\n  lab: acme/lab\n");
    for arguments in [&["token"][..], &["token", "acme"], &["refresh"], &["resolve", "acme"]] {
        let ended = run(&home, "home/code", "", arguments);
        assert!(ended.said(1).contains("rules.yaml: line 3: a folder begins with / or ~/."), "{ended:?}");
    }
    assert_eq!(run(&home, "home/code", "", &["token", "acme/work"]).quietly().0, Some(0));
    assert_eq!(run(&home, "home/code", "acme/lab", &["token"]).quietly().0, Some(0));
}

#[test]
fn resolve_says_which_rule_it_was_and_where_it_stands() {
    let home = home(RULES);
    let provider = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n";
    home.provider("acme", provider);
    let shown = run(&home, "home/code/app/lab", "", &["resolve", "acme"]).out;
    assert!(shown.contains("acme/lab was chosen by the rule for ~/code/app/lab in line 3 of "), "{shown}");
    assert!(shown.contains("rules.yaml.") && shown.contains("login acme/lab"), "{shown}");
    let json = |folder, variable| -> Value {
        serde_json::from_str(&run(&home, folder, variable, &["resolve", "acme", "--json"]).out).expect("JSON")
    };
    let found = json("home/code", "");
    assert_eq!((&found["used"]["name"], &found["chosen_by"]["line"]), (&"work".into(), &2.into()), "{found}");
    assert_eq!(json("home/code", "acme/lab")["chosen_by"]["by"], "variable");
    let unchosen = json("home", "");
    assert_eq!((&unchosen["used"]["name"], &unchosen["chosen_by"]), (&"default".into(), &Value::Null));
}
