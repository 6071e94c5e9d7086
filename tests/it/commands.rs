//! The commands of the real program: data on one stream, words on the other, a number at the end.

mod add;
mod check;
mod circumstances;
mod completions;
mod connect;
mod doctor;
mod ends;
mod events;
mod exec;
mod git_credential;
mod header;
mod help;
mod kubectl_credential;
mod list;
pub(crate) mod login;
mod looks;
mod note;
mod profile_arg;
mod providers;
mod recipes;
mod relocation;
mod resolve;
mod rights;
mod rules;
mod sign_out;
mod status;
mod take;
mod tested;
mod token;
mod unreadable;

use std::fs::OpenOptions;

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;

use crate::home::Home;
use crate::home::served::{Served, store};

#[test]
fn every_exit_code_has_its_meaning() {
    let (served, _) = Served::with_ana(3600);
    let home = &served.home;
    for (arguments, code) in [
        (&["list"][..], 0),
        (&["token", "demo/ana"], 0),
        (&["resolve", "demo/ana"], 0),
        (&["refresh", "demo/ana"], 0),
        (&["providers"], 0),
        (&["--help"], 0),
        (&["--version"], 0),
        (&["--config", "/dev/null/x", "list"], 1),
        (&["nothing"], 2),
        (&["token"], 2),
        (&["token", "demo/../x"], 2),
        (&["login", "demo/key"], 2),
        (&["login", "oauth2"], 2),
        (&["revoke", "demo/ana"], 2),
        (&[], 2),
        (&["demo"], 2),
        (&["token", "demo/ben"], 5),
        (&["refresh", "acme"], 5),
        (&["revoke", "demo/ben", "--yes"], 5),
        (&["remove", "demo/ben", "--yes"], 5),
        (&["login", "acme"], 5),
        (&["providers", "show", "acme"], 5),
        (&["resolve"], 2),
        (&["resolve", "acme"], 5),
        (&["resolve", "demo/ana", "--order", "x"], 2),
    ] {
        let ended = home.run(arguments);
        assert_eq!(ended.code, Some(code), "{arguments:?}: {ended:?}");
        assert_eq!(ended.err.is_empty(), code == 0 && !["refresh", "providers"].contains(&arguments[0]));
        assert!(code == 0 || ended.out.is_empty(), "{arguments:?}: {ended:?}");
    }

    served.fault(1, FaultKind::Instead(HttpResponse::new(503, "text/plain", "")));
    assert_eq!(home.run(&["refresh", "demo/ana"]).code, Some(4));
    served.serving.with(|authority| authority.withdraw("ana@demo.test"));
    assert_eq!(home.run(&["refresh", "demo/ana"]).code, Some(3));
}

#[test]
fn a_screen_without_a_terminal_is_one_line_and_nothing_else() {
    let home = Home::new();
    for arguments in [&[][..], &["demo"]] {
        let ended = home.run(arguments);
        assert!(
            ended.said(2).starts_with("authtui: the screen needs a terminal."),
            "{arguments:?}: {ended:?}"
        );
        assert_eq!(ended.err.lines().count(), 1, "{arguments:?}: {ended:?}");
    }
}

#[test]
fn the_file_is_named_by_the_option_then_by_the_environment() {
    let served = Served::start();
    let home = &served.home;
    let write = |name: &str| {
        let path = home.path(&format!("{name}.yaml"));
        std::fs::write(&path, store(&[served.entry(name, 3600).0])).expect("written");
        path.to_str().expect("a path").to_owned()
    };
    let (option, variable) = (write("option"), write("variable"));
    home.store(store(&[served.entry("usual", 3600).0]));
    let names = |arguments: &[&str], variable: &str| {
        let ended =
            crate::home::running::Running::start(home.command(arguments).env("AUTHTUI_CONFIG", variable));
        let out = ended.end().out;
        ["option", "variable", "usual"]
            .into_iter()
            .filter(|name| out.contains(&format!("demo/{name} ")))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&["list"], ""), ["usual"]);
    assert_eq!(names(&["list"], &variable), ["variable"]);
    assert_eq!(names(&["list", "--config", &option], &variable), ["option"]);
    assert_eq!(names(&["--config", "option.yaml", "list"], &variable), ["option"]);
}

#[test]
fn a_reader_that_has_gone_away_is_no_failure() {
    let (served, _) = Served::with_ana(3600);
    for arguments in [
        &["list"][..],
        &["list", "--json"],
        &["token", "demo/ana"],
        &["providers", "show", "demo"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = served.home.command(arguments);
        let ended = crate::home::running::Running::start(command.stdout(writer)).end();
        assert_eq!(ended.quietly(), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn data_that_could_not_be_written_is_a_failure() {
    let (served, _) = Served::with_ana(3600);
    for arguments in [
        &["list"][..],
        &["list", "--json"],
        &["token", "demo/ana"],
        &["providers"],
        &["providers", "show", "oauth2"],
        &["--help"],
        &["--version"],
    ] {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("a full device");
        let mut command = served.home.command(arguments);
        let ended = crate::home::running::Running::start(command.stdout(full)).end();
        assert_eq!(ended.code, Some(1), "{arguments:?}: {ended:?}");
        assert!(ended.err.contains("No space left"), "{arguments:?}: {ended:?}");
    }
}
