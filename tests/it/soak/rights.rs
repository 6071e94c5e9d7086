//! Folders that cannot be written, before a refresh or while its answer is awaited.
//!
//! The program runs in a user namespace without a user: even where the tests are root's, modes then
//! count.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use authtui::demo::authority::fault::FaultKind;
use portable_pty::CommandBuilder;

use crate::home::running::Running;
use crate::home::served::Served;
use crate::home::{Home, program};
use crate::soak::{HELD, leave_out, rounds, temporary_files, until};
use crate::terminal::pty::{Pty, shows};

/// A folder that is mounted so that nobody can write to it.
const READ_ONLY: &str = r#"
set -e
mount --bind "$XDG_CONFIG_HOME" "$XDG_CONFIG_HOME"
mount -o remount,ro,bind "$XDG_CONFIG_HOME"
exec "$AUTHTUI" refresh demo/ana
"#;

#[test]
fn a_folder_that_cannot_be_written_is_noticed_before_the_tokens_are_spent() {
    if !can(&["--user"]) {
        return leave_out("no user namespaces here");
    }
    let rounds = rounds(1, 20);
    for round in 0..rounds {
        for below in ["config/authtui", "state/authtui"] {
            let (served, before) = Served::with_ana(-5);
            make(&served.home);
            mode(&served.home, below, 0o500);
            let ended = start(&served.home, &["refresh", "demo/ana"]).end();
            mode(&served.home, below, 0o700);
            assert_eq!((ended.code, served.refreshes()), (Some(1), (0, 0)), "{below}, {round}: {ended:?}");
            assert!(ended.err.contains("Stored tokens are unchanged"), "{below}, {round}: {ended:?}");
            assert_eq!(served.stored("ana"), Some(before), "{below}, {round}");
        }
        if can(&["--user", "--map-root-user", "--mount"]) {
            let (served, before) = Served::with_ana(-5);
            let mut command = Command::new("unshare");
            command.args(["--user", "--map-root-user", "--mount", "sh", "-c", READ_ONLY]);
            let ended = Running::start(&mut at(&served.home, command)).end();
            assert_eq!((ended.code, served.refreshes()), (Some(1), (0, 0)), "{round}: {ended:?}");
            let words =
                ["ead-only file system", "make the file system writable", "Stored tokens are unchanged"];
            assert!(words.iter().all(|words| ended.err.contains(words)), "{round}: {ended:?}");
            assert_eq!(served.stored("ana"), Some(before), "{round}");
        } else {
            leave_out("no right to mount a folder here");
        }
    }
    println!("rights: {rounds} times each: folders and a file system that cannot be written, 0 requests");
}

#[test]
fn a_folder_whose_rights_go_while_the_answer_is_awaited_costs_no_tokens() {
    if !can(&["--user"]) {
        return leave_out("no user namespaces here");
    }
    let rounds = rounds(1, 20);
    for round in 0..rounds {
        // The state folder is still there to keep them.
        let (served, before) = Served::with_ana(-5);
        let ended = deprived(&served, &["refresh", "demo/ana"], &["config/authtui"]);
        assert_eq!((ended.code, served.stored("ana")), (Some(1), Some(before)), "{round}: {ended:?}");
        assert!(ended.err.contains("the next refresh puts them in"), "{round}: {ended:?}");
        let next = served.home.run(&["refresh", "demo/ana"]);
        assert_eq!((next.code, served.refreshes()), (Some(0), (1, 0)), "{round}: {next:?}");
        assert_eq!(temporary_files(&served.home), [""; 0], "{round}");

        // Neither of the two is.
        let (served, before) = Served::with_ana(-5);
        let ended = deprived(&served, &["token", "demo/ana"], &["config/authtui", "state/authtui"]);
        assert_eq!((ended.code, served.stored("ana")), (Some(1), Some(before.clone())), "{round}: {ended:?}");
        assert!(ended.out.len() > 20 && ended.out.trim_end() != before.access, "{round}: it is printed");
        let (served, before) = Served::with_ana(-5);
        let ended = deprived(&served, &["refresh", "demo/ana"], &["config/authtui", "state/authtui"]);
        assert_eq!((ended.code, served.stored("ana")), (Some(1), Some(before)), "{round}: {ended:?}");
        assert!(ended.err.contains("are lost with this command"), "{round}: {ended:?}");
        assert!(!ended.err.contains("are saved"), "{round}: {ended:?}");
    }
    println!("rights: {rounds} times each: rescued and taken from there, printed, or said to be lost");
}

#[test]
fn the_screen_keeps_new_tokens_in_memory_until_they_can_be_saved() {
    if !can(&["--user"]) {
        return leave_out("no user namespaces here");
    }
    let rounds = rounds(1, 20);
    for round in 0..rounds {
        let (served, before) = Served::with_ana(-60);
        make(&served.home);
        served.fault(1, FaultKind::Late(HELD));
        let mut command = CommandBuilder::new("unshare");
        command.args(["--user", "--"]);
        command.arg(program());
        let pty = Pty::run(&served.home, command, (120, 30));
        pty.wait("demo/ana").keys("r").wait("refreshing");
        assert!(until("a request", || false, || served.refreshes().0 == 1));
        for below in ["config/authtui", "state/authtui"] {
            mode(&served.home, below, 0o500);
        }
        served.serving.let_go();
        pty.wait("New tokens of demo/ana are not saved").wait("only in memory");
        assert_eq!(served.stored("ana"), Some(before.clone()), "{round}");
        // Trying is of no use yet, and costs nothing.
        let is_asked = |screen: &_| shows(screen, "Discard the new tokens");
        pty.keys("\r")
            .until("the reason", |screen| shows(screen, "Next: change the rights") && !is_asked(screen));
        for below in ["config/authtui", "state/authtui"] {
            mode(&served.home, below, 0o700);
        }
        let is_saved = || served.stored("ana") != Some(before.clone());
        pty.keys("r").until("the question again", is_asked).keys("\r");
        assert!(until("a save", || false, is_saved), "{round}");
        // The file has them before the screen is told.
        pty.until("the list", |screen| !shows(screen, "not saved")).keys("q");
        assert_eq!((pty.end().code, served.refreshes()), (0, (1, 0)), "{round}");
        assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0), "{round}: they are good");
        assert_eq!(served.refreshes(), (2, 0), "{round}");
    }
    println!("rights: {rounds} times in memory on the screen, then saved");
}

/// Runs the program and takes the rights of these folders away while it waits for its answer.
fn deprived(served: &Served, arguments: &[&str], folders: &[&str]) -> crate::home::Ended {
    make(&served.home);
    served.fault(1, FaultKind::Late(HELD));
    let mut run = start(&served.home, arguments);
    assert!(until("a request", || run.has_ended(), || served.refreshes().0 == 1));
    for below in folders {
        mode(&served.home, below, 0o500);
    }
    assert_eq!(served.counters().in_flight, 1, "the rights went too late");
    served.serving.let_go();
    let ended = run.end();
    for below in folders {
        mode(&served.home, below, 0o700);
    }
    ended
}

/// The program without a user.
fn start(home: &Home, arguments: &[&str]) -> Running {
    let mut command = Command::new("unshare");
    command.args(["--user", "--"]).arg(program()).args(arguments);
    Running::start(&mut at(home, command))
}

fn at(home: &Home, mut command: Command) -> Command {
    command.env_clear().envs(home.environment()).env("AUTHTUI", program()).current_dir(home.path(""));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The state of a home, as an earlier command leaves it.
fn make(home: &Home) {
    assert_eq!(home.run(&["events"]).code, Some(0));
    fs::create_dir_all(home.path("state/authtui/locks")).expect("a folder");
}

fn mode(home: &Home, below: &str, mode: u32) {
    fs::set_permissions(home.path(below), fs::Permissions::from_mode(mode)).expect("ours");
}

/// Whether such a namespace can be made here.
fn can(namespaces: &[&str]) -> bool {
    let mut command = Command::new("unshare");
    command.args(namespaces).arg("true");
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
