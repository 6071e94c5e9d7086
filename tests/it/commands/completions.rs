//! `authtui completions` and `authtui man`: what shells and packages are given.

use std::process::Command;

use crate::home::{Home, program};

const STORE: &str =
    "providers: {acme: {oauth_credentials: [{id: work, access_token: t}, {id: home, access_token: t}]}}\n";

/// What bash is told may follow `words`.
fn offered(home: &Home, words: &[&str]) -> Vec<String> {
    let index = (words.len() - 1).to_string();
    let line = ["--"].iter().chain(words).copied().collect::<Vec<_>>();
    let ended = home.start_with(
        &line,
        &[
            ("AUTHTUI_COMPLETE", "bash"),
            ("_CLAP_IFS", "\n"),
            ("_CLAP_COMPLETE_INDEX", &index),
            ("_CLAP_COMPLETE_COMP_TYPE", "9"),
        ],
    );
    let ended = ended.end();
    let (code, out) = ended.quietly();
    assert_eq!(code, Some(0));
    out.lines().map(str::to_owned).collect()
}

#[test]
fn commands_profiles_providers_and_stores_are_completed() {
    let home = Home::new();
    home.store(STORE);
    home.provider("mine", "name: mine\nextends: oauth2\nexample: false\n");
    assert_eq!(offered(&home, &["authtui", "tok"]), ["token"]);
    assert_eq!(offered(&home, &["authtui", "token", ""])[..2], ["acme/home", "acme/work"]);
    assert_eq!(offered(&home, &["authtui", "refresh", "acme/home", "acme/w"]), ["acme/work"]);
    assert!(offered(&home, &["authtui", "resolve", "git"]).contains(&"github".to_owned()));
    assert!(offered(&home, &["authtui", "login", "acme/"]).contains(&"acme/work".to_owned()));
    assert_eq!(offered(&home, &["authtui", "move", "acme/work", "ha"]), ["hashed"]);
    assert!(!home.path("state/authtui").exists(), "nothing is written");
}

#[test]
fn bash_puts_a_name_that_looks_like_code_into_the_line_as_a_name() {
    let home = Home::new();
    home.store("providers: {acme: {oauth_credentials: [{id: 'a;id $(x)', access_token: t}]}}\n");
    for typed in ["acme/", "acme/a\\;"] {
        let offered = offered(&home, &["authtui", "token", typed]);
        assert_eq!(offered.first().map(String::as_str), Some("acme/a\\;id\\ \\$\\(x\\)"), "{typed}");
    }
}

#[test]
fn bash_completes_by_the_lines_that_it_is_given() {
    let home = Home::new();
    home.store(STORE);
    let script = "eval \"$(authtui completions bash)\"\nCOMP_WORDS=(authtui token acme/w) COMP_CWORD=2 COMP_TYPE=9\n\
                  _clap_complete_authtui authtui acme/w token 2>/dev/null\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
    let folder = program().parent().expect("a folder").display().to_string();
    let path = format!("{folder}:{}", std::env::var("PATH").expect("a path"));
    let bash = Command::new("bash").args(["-c", script]).envs(home.environment()).env("PATH", path).output();
    let bash = bash.expect("bash runs");
    assert_eq!(String::from_utf8_lossy(&bash.stdout).trim_end(), "acme/work", "{bash:?}");
}

#[test]
fn each_shell_gets_lines_and_another_is_refused() {
    let home = Home::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = home.run(&["completions", shell]);
        let (code, lines) = ended.quietly();
        assert!(code == Some(0) && lines.contains("AUTHTUI_COMPLETE"), "{shell}: {lines}");
    }
    assert!(home.run(&["completions", "tcsh"]).said(2).contains("possible values: bash"));
}

#[test]
fn a_manual_page_is_printed_and_all_of_them_are_written() {
    let home = Home::new();
    let version = format!("\"authtui {}\"", env!("CARGO_PKG_VERSION"));
    for (arguments, title) in [(&["man"][..], ".TH authtui 1"), (&["man", "token"], ".TH authtui-token 1")] {
        let heading = format!("{title}  {version}");
        let ended = home.run(arguments);
        let (code, page) = ended.quietly();
        assert!(code == Some(0) && page.contains(&heading) && page.contains(".SH SYNOPSIS"), "{page}");
    }
    assert!(home.run(&["man", "hunter2"]).said(2).contains("unknown command. Commands: demo, list,"));

    let folder = home.path("tmp").display().to_string();
    assert_eq!(home.run(&["man", "--to", &folder]).quietly().0, Some(0));
    assert!(home.path("tmp/authtui.1").exists() && home.path("tmp/authtui-token.1").exists());
    assert!(!home.path("tmp/authtui-help.1").exists());
    let missing = home.path("tmp/share/man/man1").display().to_string();
    assert_eq!(home.run(&["man", "--to", &missing]).quietly().0, Some(0));
    assert!(home.path("tmp/share/man/man1/authtui.1").exists());
    assert!(
        home.run(&["man", "--to", "/dev/null/x"]).said(1).contains("cannot write the pages to /dev/null/x")
    );
}
