//! Commands that only look, where something is not as it usually is.

use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::PermissionsExt;

use authtui::shell::store_files::lock;

use crate::home::running::Running;
use crate::home::served::Served;
use crate::home::{Home, PATIENCE};

const LOOKS: [&[&str]; 6] =
    [&["list"], &["list", "--json"], &["check"], &["check", "--json"], &["status"], &["status", "--json"]];

/// What is well is no line of `check`.
fn is_data(look: &[&str]) -> bool {
    look != ["check"]
}

#[test]
fn a_bad_name_and_an_unknown_option_are_told_by_their_numbers() {
    let (served, _) = Served::with_ana(3600);
    for (arguments, code) in [
        (&["check", "demo/ben"][..], 5),
        (&["check", "nobody"], 5),
        (&["check", "demo/../x"], 2),
        (&["check", ""], 2),
        (&["check", "demo/ana", "demo/ben"], 5),
        (&["check", "--within", "soon"], 2),
        (&["check", "--jobs", "2"], 2),
        (&["list", "--store", "cellar"], 2),
        (&["list", "demo/ana"], 2),
        (&["status", "demo/ana"], 2),
        (&["status", "--json", "--json"], 2),
    ] {
        let said = served.home.run(arguments).said(code).to_owned();
        assert!(!said.is_empty(), "{arguments:?}");
    }
}

#[test]
fn without_a_store_nothing_needs_anybody_and_nothing_is_made() {
    let home = Home::new();
    for look in LOOKS {
        let ended = home.run(look);
        assert_eq!(ended.code, Some(0), "{look:?}: {ended:?}");
        assert!(!home.path("state/authtui").exists() && !home.path("config/authtui").exists(), "{look:?}");
        let missing = home.run(&[&["--config", "/nowhere/config.yaml"], look].concat());
        assert!(missing.said(5).contains("does not exist"), "{look:?}");
    }
    assert_eq!(home.run(&["status"]).quietly(), (Some(0), "ok\n"));
}

#[test]
fn a_store_that_is_locked_or_cannot_be_written_is_read_all_the_same() {
    let (served, _) = Served::with_ana(3600);
    let beside = served.home.path("config/authtui/config.yaml.lock");
    let _held = lock::hold_blocking(&beside, PATIENCE).expect("it is free");
    for look in LOOKS {
        let ended = served.home.run(look);
        assert_eq!((ended.code, ended.out.is_empty()), (Some(0), !is_data(look)), "{look:?}: {ended:?}");
    }
}

#[test]
fn a_store_that_cannot_be_understood_is_a_failure_and_stays_as_it_is() {
    let home = Home::new();
    home.store("providers: [\n");
    let before = home.bytes();
    for look in LOOKS {
        let ended = home.run(look);
        assert_eq!(ended.code, Some(1), "{look:?}: {ended:?}");
        assert!(ended.err.contains("config.yaml"), "{look:?}: {ended:?}");
    }
    assert_eq!(home.bytes(), before);
}

#[test]
fn a_store_and_a_state_folder_that_cannot_be_written_are_looked_at() {
    let (served, _) = Served::with_ana(3600);
    let folders = ["config/authtui", "state"].map(|folder| served.home.path(folder));
    let rights = |mode| {
        folders
            .iter()
            .for_each(|folder| fs::set_permissions(folder, Permissions::from_mode(mode)).expect("a folder"))
    };
    rights(0o500);
    for look in LOOKS {
        let Some(mut command) = served.home.command_of_nobody(look) else {
            println!("left out: no user namespaces here");
            break;
        };
        let ended = Running::start(&mut command).end();
        // No new token could be saved, which a status bar need not know.
        let code = i32::from(look[0] != "status");
        assert_eq!((ended.code, ended.out.is_empty()), (Some(code), !is_data(look)), "{look:?}: {ended:?}");
    }
    rights(0o700);
}

#[test]
fn a_reader_that_has_gone_is_no_failure_and_a_full_disk_is_one() {
    let (served, _) = Served::with_ana(3600);
    for look in LOOKS {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut closed = served.home.command(look);
        assert_eq!(Running::start(closed.stdout(writer)).end().quietly(), (Some(0), ""), "{look:?}");
        let full = OpenOptions::new().write(true).open("/dev/full").expect("a full device");
        let mut full_disk = served.home.command(look);
        let ended = Running::start(full_disk.stdout(full)).end();
        assert_eq!(ended.code, Some(i32::from(is_data(look))), "{look:?}: {ended:?}");
    }
}

#[test]
fn without_a_home_what_the_other_folders_hold_is_shown() {
    let (served, _) = Served::with_ana(3600);
    for look in LOOKS {
        let ended = served.home.start_with(look, &[("HOME", "")]).end();
        assert_eq!((ended.code, ended.out.is_empty()), (Some(0), !is_data(look)), "{look:?}: {ended:?}");
        // What cannot be looked for is not taken for absent.
        let ended = served.home.start_with(look, &[("HOME", "/dev/null/home")]).end();
        assert_eq!(ended.code, Some(1), "{look:?}: {ended:?}");
        assert!(ended.err.contains("/dev/null/home"), "{look:?}: {ended:?}");
    }
}
