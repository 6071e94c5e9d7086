//! A program under strace, which makes one of its system calls fail or kills it there.

use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::home::{Home, PATIENCE};

/// What a program under strace did.
#[derive(Debug)]
pub(crate) struct Traced {
    /// The exit code; absent when a signal ended it, or the test had to.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) struck: Struck,
    /// The lines of the trace in which it struck, for people.
    #[expect(dead_code, reason = "it is printed with the rest")]
    pub(crate) lines: Vec<String>,
}

/// What the fault met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Struck {
    /// Nothing: there were fewer calls.
    Never,
    /// A call that has to do with a file, as far as can be seen.
    AFile,
    /// Only what holds the program's threads together, which then cannot end by itself.
    Elsewhere,
}

/// Runs `command` with `inject` done to its calls of the kind `calls`.
pub(crate) fn run(home: &Home, command: Command, inject: &str, calls: &str) -> Traced {
    let log = home.path("trace");
    let _ = fs::remove_file(&log);
    let mut traced = Command::new("strace");
    traced.args(["-f", "-o"]).arg(&log).args(["-e", &format!("trace={calls}")]);
    traced.args(["-e", &format!("inject={inject}"), "-e", "signal=none", "--"]);
    traced.arg(command.get_program()).args(command.get_args()).env_clear();
    traced.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    // One group, so that the program ends with its strace.
    traced
        .process_group(0)
        .current_dir(home.path(""))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = traced.spawn().expect("strace is there");
    let out = reader(child.stdout.take().expect("standard output"));
    let err = reader(child.stderr.take().expect("standard error"));
    let began = Instant::now();
    let code = loop {
        if let Some(status) = child.try_wait().expect("a process") {
            break status.code();
        }
        if began.elapsed() > PATIENCE {
            end(child.id());
            panic!("{inject}: it goes on: {:?}", struck(&log));
        }
        // A runtime that cannot wake its own thread any more waits for ever.
        if began.elapsed() > Duration::from_secs(1) && struck(&log).iter().any(|line| is_elsewhere(line)) {
            end(child.id());
            child.wait().expect("it ends");
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let lines = struck(&log);
    let struck = match lines.as_slice() {
        // Whoever is killed in the middle of a call leaves it without an end.
        [] if code.is_none() => Struck::AFile,
        [] => Struck::Never,
        lines if lines.iter().all(|line| is_elsewhere(line)) => Struck::Elsewhere,
        _ => Struck::AFile,
    };
    let text = |reader: JoinHandle<String>| reader.join().expect("it was read");
    Traced { code, out: text(out), err: text(err), struck, lines }
}

/// Reads a stream to its end, so that nobody has to wait to write to it.
fn reader(mut stream: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        stream.read_to_string(&mut text).map(|_| text).unwrap_or_default()
    })
}

/// Kills a group of processes that this file began.
fn end(group: u32) {
    let killed = Command::new("kill").args(["-s", "KILL", "--", &format!("-{group}")]).status();
    assert!(killed.expect("kill runs").success());
}

fn struck(log: &std::path::Path) -> Vec<String> {
    let text = fs::read_to_string(log).unwrap_or_default();
    text.lines().filter(|line| line.contains("INJECTED")).map(str::to_owned).collect()
}

/// A write of one number wakes a thread.
fn is_elsewhere(line: &str) -> bool {
    line.contains("write(") && line.contains(r#""\1\0\0\0\0\0\0\0", 8)"#)
}
