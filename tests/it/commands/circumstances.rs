//! Commands that hand tokens to other programs, where something is not as it usually is.

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::home::Ended;
use crate::home::running::Running;
use crate::home::served::Served;

/// A command that hands out the token of `NAME`, and what it prints besides.
const COMMANDS: [&[&str]; 5] = [
    &["token", "NAME"],
    &["header", "NAME"],
    &["header", "NAME", "--mcp"],
    &["kubectl-credential", "NAME"],
    &["exec", "NAME", "--", "sh", "-c", "echo \"$DEMO_TOKEN\""],
];

fn of(command: &'static [&'static str], name: &'static str) -> Vec<&'static str> {
    command.iter().map(|word| if *word == "NAME" { name } else { *word }).collect()
}

fn each(look: impl FnMut(&'static [&'static str])) {
    COMMANDS.into_iter().for_each(look);
}

#[test]
fn a_bad_name_is_told_by_its_number_and_never_prints_a_token() {
    let (served, pair) = Served::with_ana(3600);
    for (name, code) in [
        ("demo/ben", 5),
        ("nobody", 5),
        ("demo/../x", 2),
        ("", 2),
        ("demo/", 2),
        ("https://evil.test/mcp", 5),
    ] {
        each(|command| {
            let ended = served.home.run(&of(command, name));
            assert!(!ended.said(code).contains(&pair.access), "{command:?} {name}");
        });
    }
    each(|command| {
        let ended = served.home.run(&of(command, "sk-ant-api03-0123456789abcdefZz01"));
        assert!(!ended.said(5).contains("0123456789"), "{ended:?}");
    });
}

#[test]
fn without_a_store_there_is_no_profile_and_nothing_is_made() {
    let served = Served::start();
    each(|command| {
        served.home.run(&of(command, "demo/ana")).said(5);
        let missing = [&["--config", "/nowhere/config.yaml"], of(command, "demo/ana").as_slice()].concat();
        assert!(served.home.run(&missing).said(5).contains("does not exist"), "{command:?}");
    });
    assert!(!served.home.config().exists());
}

#[test]
fn a_store_that_cannot_be_understood_is_left_alone() {
    let served = Served::start();
    served.home.store("providers: [\n");
    let before = served.home.bytes();
    each(|command| {
        assert_eq!(served.home.run(&of(command, "demo/ana")).code, Some(1), "{command:?}");
    });
    assert_eq!(served.home.bytes(), before);
}

#[test]
fn a_store_that_cannot_be_written_serves_what_lives_and_refreshes_nothing() {
    // Root may write anywhere, unless it is in a namespace where it is nobody.
    let can = Command::new("unshare").args(["--user", "true"]).status().is_ok_and(|status| status.success());
    if !can {
        println!("left out: no user namespaces here");
        return;
    }
    for (left, code) in [(3600, 0), (-5, 1)] {
        let (served, pair) = Served::with_ana(left);
        let folder = served.home.path("config/authtui");
        fs::set_permissions(&folder, Permissions::from_mode(0o500)).expect("a folder");
        each(|command| {
            let inner = served.home.command(&of(command, "demo/ana"));
            let mut outer = Command::new("unshare");
            outer.arg("--user").arg(inner.get_program()).args(inner.get_args());
            let ended = run(outer.env_clear().envs(served.home.environment()));
            assert_eq!(ended.code, Some(code), "{command:?}: {ended:?}");
            assert_eq!(ended.out.contains(&pair.access), code == 0, "{command:?}: {ended:?}");
        });
        fs::set_permissions(&folder, Permissions::from_mode(0o700)).expect("a folder");
        assert_eq!(served.refreshes(), (0, 0));
    }
}

#[test]
fn a_reader_that_has_gone_is_no_failure_and_a_full_disk_is_one() {
    let (served, _) = Served::with_ana(3600);
    each(|command| {
        if command[0] == "exec" {
            return; // Standard output is the command's own.
        }
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut closed = served.home.command(&of(command, "demo/ana"));
        assert_eq!(Running::start(closed.stdout(writer)).end().quietly(), (Some(0), ""), "{command:?}");

        let full = OpenOptions::new().write(true).open("/dev/full").expect("a full device");
        let mut full_disk = served.home.command(&of(command, "demo/ana"));
        let ended = Running::start(full_disk.stdout(full)).end();
        assert!(ended.code == Some(1) && ended.err.contains("No space left"), "{command:?}: {ended:?}");
    });
}

#[test]
fn a_home_that_is_not_there_matters_only_where_it_is_looked_at() {
    let (served, pair) = Served::with_ana(3600);
    each(|command| {
        for home in ["", "/dev/null/home"] {
            let ended = run(served.home.command(&of(command, "demo/ana")).env("HOME", home));
            assert_eq!(ended.code, Some(0), "{command:?} {home}: {ended:?}");
            assert!(ended.out.contains(&pair.access), "{command:?} {home}: {ended:?}");
        }
    });
}

fn run(command: &mut Command) -> Ended {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Running::start(command).end()
}
