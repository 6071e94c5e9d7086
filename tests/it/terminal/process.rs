//! The program in a poor process: signals that nobody expects, no room for files or threads, a display that does
//! not answer. The terminal comes back, and one sentence says why.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use portable_pty::CommandBuilder;

use crate::home::served::Served;
use crate::home::{Home, program};
use crate::terminal::pty::Pty;

const WIDE: (u16, u16) = (120, 30);
/// So large a stack no thread gets.
const NO_THREADS: (&str, &str) = ("RUST_MIN_STACK", "70368744177664");

#[test]
fn every_signal_that_can_be_caught_gives_the_terminal_back() {
    for (signal, code) in [
        ("QUIT", 131),
        ("ABRT", 134),
        ("USR1", 138),
        ("USR2", 140),
        ("ALRM", 142),
        #[cfg(target_os = "linux")]
        ("STKFLT", 1),
        ("XCPU", 152),
        ("VTALRM", 154),
        ("PROF", 155),
        ("POLL", 1),
        #[cfg(target_os = "linux")]
        ("PWR", 1),
    ] {
        let home = with_key();
        let pty = Pty::shell(&home, "\"$AUTHTUI\" 2>&1; echo \"ended with $?\"", WIDE);
        pty.wait("acme/key").send("-".to_owned() + signal);
        let left = pty.end();
        assert!(left.text.contains(&format!("ended with {code}")), "{signal}: {}", left.text);
    }
}

#[test]
fn a_program_that_is_stopped_from_outside_gives_the_terminal_back_and_draws_anew() {
    for (signal, gives_back) in [("-TSTP", true), ("-STOP", false)] {
        let home = with_key();
        let script = "was=$(stty -g); set -m; \"$AUTHTUI\"; stty \"$was\"; echo stopped; read -r _; fg >/dev/null; echo \"ended with $?\"";
        let pty = Pty::shell(&home, script, WIDE);
        // A program that is stopped amid a frame leaves half a sequence, which takes the shell's first letter.
        pty.wait("acme/key").wait("q quit").send(signal.to_owned());
        pty.wait("stopped");
        if gives_back {
            pty.until("the ordinary screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
        }
        pty.keys("\r").until("a whole screen", |screen| {
            let text = screen.contents();
            screen.alternate_screen() && text.contains("acme/key") && !text.contains("stopped")
        });
        // The keys come one by one, not by the line.
        pty.keys("?").wait("Keys and states").keys("?").wait("acme/key").keys("q");
        let left = pty.end();
        assert!(left.text.contains("ended with 0"), "{signal}: {}", left.text);
    }
}

#[test]
fn a_limit_of_the_size_of_files_is_an_error_in_words() {
    let home = Home::new();
    let long = format!("providers: {{acme: {{api_key: sk-1}}}}\n# {}\n", "x".repeat(4000));
    home.store(&long);
    let ended = limited(&home, "ulimit -f 1", &["revoke", "acme/key", "--yes"], &[]);
    assert!(ended.0 == Some(4) && ended.1.contains("File too large"), "{ended:?}");
    assert_eq!(home.bytes(), long.as_bytes());
}

#[test]
fn with_few_files_every_command_ends_in_order() {
    let (served, _) = Served::with_ana(3600);
    for files in 3..40 {
        for arguments in [
            &["list"][..],
            &["token", "demo/ana"],
            &["refresh", "demo/ana"],
            &["login", "demo/ben", "--paste"],
            &["resolve", "demo"],
        ] {
            let (code, said) = limited(&served.home, &format!("ulimit -n {files}"), arguments, &[]);
            assert!(
                code.is_some_and(|code| code < 6 || code == 127),
                "{files} {arguments:?}: {code:?} {said}"
            );
            assert!(
                !said.contains("bug in authtui") && !said.contains("panicked"),
                "{files} {arguments:?}: {said}"
            );
        }
    }
}

#[test]
fn the_screen_has_room_for_its_files_or_says_so_before_it_takes_the_terminal() {
    for files in (5..60).step_by(3) {
        let home = with_key();
        let pty = Pty::shell(&home, &format!("ulimit -n {files}; exec \"$AUTHTUI\""), WIDE);
        pty.until("a screen or a sentence", |screen| {
            screen.contents().contains("acme/key")
                || screen.contents().contains("Next: raise ulimit -n")
                || screen.contents().contains("Too many open files")
                || screen.contents().contains("shared libraries")
        });
        pty.keys("q");
        let left = pty.end();
        let raw = String::from_utf8_lossy(&left.raw);
        assert!(!raw.contains("bug in authtui") && !raw.contains("panicked"), "{files}: {raw}");
        assert_eq!(left.code == 0, raw.contains("\x1b[?1049h"), "{files}: {raw}");
    }
}

/// The reads after the first frame come one after the other, and one watcher watches all folders. A worker that has
/// just told what it read does not count as free yet, so the next reading may have another one.
#[cfg(target_os = "linux")]
#[test]
fn an_open_screen_has_few_workers_and_one_watcher() {
    let home = with_key();
    let pty = Pty::start(&home, &[], WIDE);
    pty.wait("acme/key");
    let threads = || {
        let tasks = fs::read_dir(format!("/proc/{}/task", pty.process())).expect("it runs");
        let name = |task: fs::DirEntry| fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        let (workers, mut others): (Vec<String>, Vec<String>) =
            tasks.flatten().map(name).partition(|name| name.starts_with("tokio"));
        others.sort();
        (others.concat(), workers.len())
    };
    let wanted = "authtui\nnotify-rs inoti\ntasks\n";
    pty.until(wanted, |_| threads().0 == wanted);
    home.store("providers: {acme: {keys: [{id: eve, api_key: sk-3}]}}\n");
    pty.wait("acme/eve");
    // A worker that was started once stays; nothing is asked of all of them at once.
    assert!(threads().1 <= 6, "{:?}", threads());
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
}

/// Alt-[ begins a sequence, and the parser of keys reads on for its end.
#[test]
fn a_sequence_without_an_end_keeps_nothing_waiting() {
    let home = with_key();
    let pty = Pty::start(&home, &[], WIDE);
    pty.wait("acme/key").keys("\x1b[");
    home.store("providers: {acme: {keys: [{id: eve, api_key: sk-3}]}}\n");
    // Down, and then a key of its own.
    pty.wait("acme/eve").keys("B").keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn where_no_thread_can_be_started_one_sentence_says_so() {
    let (served, _) = Served::with_ana(3600);
    for arguments in
        [&["refresh", "demo/ana"][..], &["login", "demo/ben", "--paste"], &["revoke", "demo/ana", "--yes"]]
    {
        let (code, said) = limited(&served.home, "true", arguments, &[NO_THREADS]);
        assert!(
            code == Some(1) && said.contains("cannot start: no thread can be started"),
            "{arguments:?}: {said}"
        );
        assert!(!said.contains("bug in authtui"), "{said}");
    }
    for arguments in [&[][..], &["demo"]] {
        let mut command = CommandBuilder::new(program());
        command.args(arguments);
        command.env(NO_THREADS.0, NO_THREADS.1);
        let left = Pty::run(&served.home, command, WIDE).end();
        let raw = String::from_utf8_lossy(&left.raw);
        assert!(left.code == 1 && !raw.contains("bug in authtui"), "{raw}");
        assert!(!raw.contains("\x1b[?1049h") && raw.contains("thread"), "nothing is drawn: {raw}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_display_that_never_answers_keeps_neither_the_screen_nor_the_end() {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener};
    let number = 4000 + std::process::id() % 50_000;
    let address = SocketAddr::from_abstract_name(format!("/tmp/.X11-unix/X{number}")).expect("a name");
    // It takes whoever comes, and says nothing.
    let display = UnixListener::bind_addr(&address).expect("a display");
    for signal in ["", "TERM"] {
        let home = with_key();
        let mut command = CommandBuilder::new(program());
        command.env("DISPLAY", format!(":{number}"));
        let pty = Pty::run(&home, command, WIDE);
        pty.wait("acme/key").keys("yt").wait("OSC 52");
        if signal.is_empty() {
            pty.keys("q");
        } else {
            pty.signal(signal);
        }
        pty.end();
    }
    drop(display);
}

#[test]
#[ignore = "needs Xvfb and xclip"]
fn a_display_that_stops_or_goes_after_a_copy_does_not_keep_the_end() {
    for (signal, end) in [("-STOP", ""), ("-KILL", ""), ("-STOP", "TERM"), ("-KILL", "TERM")] {
        let (mut server, display) = desktop();
        let home = with_key();
        let mut command = CommandBuilder::new(program());
        command.env("DISPLAY", &display);
        let pty = Pty::run(&home, command, WIDE);
        pty.wait("acme/key").keys("yt").wait("to the clipboard");
        assert_eq!(clipboard(&display), "sk-1");
        kill(signal, &server.id().to_string());
        if end.is_empty() {
            pty.keys("q");
        } else {
            pty.signal(end);
        }
        pty.end();
        kill("-KILL", &server.id().to_string());
        server.wait().expect("it ended");
    }
}

#[test]
#[ignore = "needs Xvfb and xclip"]
fn a_secret_is_taken_from_the_desktop_again_and_another_copy_stays() {
    for (other, at_end, held) in
        [(false, false, ""), (true, false, "mine"), (false, true, ""), (true, true, "mine")]
    {
        let (mut server, display) = desktop();
        let home = with_key();
        let after = if at_end { 3600 } else { 2 };
        let settings = home.path("config/authtui/settings.yaml");
        fs::write(settings, format!("clear_clipboard: {after}\n")).expect("settings");
        let mut command = CommandBuilder::new(program());
        command.env("DISPLAY", &display);
        let pty = Pty::run(&home, command, WIDE);
        pty.wait("acme/key").keys("yt").wait("Clipboard clears in");
        assert_eq!(clipboard(&display), "sk-1");
        if other {
            let script = "printf mine | xclip -i -selection clipboard >/dev/null 2>&1";
            let copied = Command::new("sh").args(["-c", script]).env("DISPLAY", &display).status();
            assert!(copied.expect("xclip is installed").success());
        }
        if !at_end {
            pty.until("the end of the countdown", |screen| {
                !screen.contents().contains("Clipboard clears in")
            });
        }
        pty.keys("q");
        pty.end();
        assert_eq!(clipboard(&display), held, "{other} {at_end}");
        kill("-KILL", &server.id().to_string());
        server.wait().expect("it ended");
    }
}

/// A desktop without a screen, and its name.
fn desktop() -> (std::process::Child, String) {
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-nolisten", "tcp"]);
    let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb is installed");
    let mut number = String::new();
    let mut said = server.stdout.take().expect("its output");
    let mut byte = [0];
    while said.read(&mut byte).expect("a number") == 1 && byte != *b"\n" {
        number.push(char::from(byte[0]));
    }
    (server, format!(":{number}"))
}

fn clipboard(display: &str) -> String {
    let held = Command::new("xclip").args(["-o", "-selection", "clipboard"]).env("DISPLAY", display).output();
    String::from_utf8_lossy(&held.expect("xclip is installed").stdout).into_owned()
}

fn with_key() -> Home {
    let home = Home::new();
    home.store("providers: {acme: {api_key: sk-1}}\n");
    home
}

/// Runs the program behind `limit`, and gives its code and all that it said.
fn limited(home: &Home, limit: &str, arguments: &[&str], more: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{limit}; exec \"$0\" \"$@\"")]).arg(program()).args(arguments);
    command.env_clear().envs(home.environment()).envs(more.iter().copied()).stdin(Stdio::null());
    let output = command.output().expect("a shell");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

fn kill(signal: &str, process: &str) {
    assert!(Command::new("kill").args([signal, process]).status().expect("kill runs").success(), "{signal}");
}

impl Pty {
    /// Sends `signal` to the one child of the shell.
    fn send(&self, signal: String) {
        let children = format!("/proc/{0}/task/{0}/children", self.process());
        kill(&signal, fs::read_to_string(children).expect("children").trim());
    }
}
