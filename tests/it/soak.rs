//! Kills, faults and crowds, many times over.
//!
//! `cargo test` runs a few rounds of each. `AUTHTUI_SOAK=1` runs all of them, `AUTHTUI_SOAK=20` a
//! twentieth; `.ci/soak` does that, and also runs what needs strace.

mod absent;
mod changes;
mod crowd;
mod deaths;
mod disk;
mod faults;
mod kills;
mod odd_ends;
mod quitting;
mod races;
mod refusals;
mod rights;
mod saves;
mod spent;
mod sweep;
mod traced;
mod twins;

use std::process::Command;
use std::time::{Duration, Instant};

use authtui::demo::authority::Authority;
use authtui::domain::event::Event;
use authtui::shell::event_log::EventLog;

use crate::home::served::Served;
use crate::home::{Home, PATIENCE};

/// How long the whole of the work may take, on a machine that has much else to do.
const LONG: Duration = Duration::from_mins(10);

/// How many rounds a test takes: `quick` in `cargo test`, else its part of `whole`.
fn rounds(quick: usize, whole: usize) -> usize {
    divisor().map_or(quick, |divisor| whole.div_ceil(divisor).max(quick))
}

/// Which part of the whole is run: one in so many; nothing for a quick look.
fn divisor() -> Option<usize> {
    let said = std::env::var("AUTHTUI_SOAK").ok()?;
    Some(said.parse().ok().filter(|divisor| *divisor > 0).expect("AUTHTUI_SOAK is a number from 1 on"))
}

/// How late an answer is that a test lets go of when it may come.
const HELD: Duration = Duration::from_mins(10);

/// Leaves a test out that this machine cannot run; where a soak is asked for, that is a failure.
#[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
pub(crate) fn leave_out(why: &str) {
    assert_eq!(divisor(), None, "AUTHTUI_SOAK wants all of it: {why}");
    println!("left out: {why}");
}

/// Waits until `there`; false when `over` comes first.
fn until(what: &str, mut over: impl FnMut() -> bool, mut there: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while !there() {
        if over() {
            return there();
        }
        assert!(began.elapsed() < PATIENCE, "{what} never comes");
        // The condition lies in another process, which tells nobody.
        std::thread::sleep(Duration::from_micros(200));
    }
    true
}

/// This program of tests as a process of its own that runs nothing but the test `name`.
fn again(home: &Home, name: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a program"));
    command.args([name, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env_clear().envs(home.environment()).envs(variables.iter().copied());
    command.stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    command
}

/// The events of a home.
fn events(home: &Home) -> Vec<Event> {
    EventLog::in_folder(&home.path("state/authtui")).read().expect("a log")
}

/// The temporary files of the profiles' file.
fn temporary_files(home: &Home) -> Vec<String> {
    let folder = home.config().parent().expect("a folder").to_owned();
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".tmp")).collect()
}

/// What the server has counted since `before`: refreshes asked for, and those with a spent token.
fn since(served: &Served, before: (u64, u64)) -> (u64, u64) {
    let now = served.refreshes();
    (now.0 - before.0, now.1 - before.1)
}

/// Forgets what happened in a home, and what was kept of it beside the profiles' file. The salt stays.
fn forget(home: &Home) {
    for entry in std::fs::read_dir(home.path("state/authtui")).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(['e', 'r']) {
            std::fs::remove_file(entry.path()).expect("removed");
        }
    }
}

/// Forgets all mishaps that were planned and not met.
fn calm(served: &Served) {
    served.serving.with(|authority: &mut Authority| authority.faults.clear());
}
