//! A program under strace, which makes one of its system calls fail or kills it there.

pub(crate) mod call;

use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::home::{Home, PATIENCE};
use crate::soak::traced::call::Call;

/// How often a program that goes on is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// What a program under strace did.
#[derive(Debug)]
pub(crate) struct Traced {
    /// The exit code; absent when a signal ended it, or the test had to.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    /// The calls that the fault met, and the file of the home each had to do with, if any.
    pub(crate) struck: Vec<(String, Option<String>)>,
}

impl Traced {
    /// The files of the home that the fault met.
    pub(crate) fn files(&self) -> Vec<&str> {
        self.struck.iter().filter_map(|(_, file)| file.as_deref()).collect()
    }

    /// Whether the fault met `call`, as far as its name and its file tell.
    pub(crate) fn met(&self, call: &Call) -> bool {
        self.struck.iter().any(|(name, file)| (name, file.as_ref()) == (&call.name, Some(&call.file)))
    }
}

/// The calls of `command` that have to do with files of its home.
pub(crate) fn calls(home: &Home, command: &Command) -> Vec<Call> {
    let traced = run_traced(home, command, &["-e", "trace=%file,%desc"]);
    assert!(traced.code.is_some(), "{traced:?}");
    call::all(&trace(home), &root(home))
}

/// Runs `command` with `fault` done to `call`: `error=EIO`, `signal=KILL`.
pub(crate) fn run(home: &Home, command: &Command, call: &Call, fault: &str) -> Traced {
    let Call { name, file, nth } = call;
    let (only, inject) = (format!("trace={name}"), format!("inject={name}:{fault}:when={nth}"));
    let path = root(home).join(file);
    let of_it = ["-P", path.to_str().expect("text")];
    let of_it = if file.contains('*') { &[][..] } else { &of_it };
    run_traced(home, command, &[&["-e", &only, "-e", &inject], of_it].concat())
}

fn run_traced(home: &Home, command: &Command, options: &[&str]) -> Traced {
    let log = home.path("trace");
    let _ = fs::remove_file(&log);
    let mut traced = Command::new("strace");
    traced.args(["-f", "-y", "-o"]).arg(&log).args(options).args(["-e", "signal=none", "--"]);
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
    let (group, (tell, ended)) = (child.id(), mpsc::channel());
    std::thread::spawn(move || tell.send(child.wait()));
    let mut waited = Duration::ZERO;
    let code = loop {
        match ended.recv_timeout(LOOK) {
            Ok(status) => break status.expect("a process").code(),
            Err(_) => waited += LOOK,
        }
        // A runtime that cannot wake its own thread any more waits for ever.
        if trace(home).lines().any(is_a_lost_waking) {
            end(group);
            ended.recv().expect("it is waited for").expect("it ends");
            break None;
        }
        if waited > PATIENCE {
            end(group);
            panic!("{command:?} {options:?}: it goes on: {}", trace(home));
        }
    };
    let text = |reader: JoinHandle<String>| reader.join().expect("it was read");
    Traced { code, out: text(out), err: text(err), struck: call::struck(&trace(home), &root(home)) }
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

fn trace(home: &Home) -> String {
    let bytes = fs::read(home.path("trace")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn root(home: &Home) -> std::path::PathBuf {
    fs::canonicalize(home.path("")).expect("a home")
}

/// A write of one number wakes a thread.
fn is_a_lost_waking(line: &str) -> bool {
    line.contains("(INJECTED)") && line.contains("write(") && line.contains(r#""\1\0\0\0\0\0\0\0", 8)"#)
}
