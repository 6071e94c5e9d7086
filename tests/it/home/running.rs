//! The program while it runs, and what it says.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::home::{Ended, PATIENCE};

/// A running program; dropping it ends it.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    said: String,
    out: Option<JoinHandle<String>>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("the program starts");
        let (tell, lines) = mpsc::channel();
        let err = child.stderr.take().expect("standard error");
        thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                // Nobody listens to a program that a test has given up.
                let _ = tell.send(line);
            }
        });
        let out = child.stdout.take().map(|mut out| {
            thread::spawn(move || {
                let mut text = String::new();
                out.read_to_string(&mut text).map(|_| text).unwrap_or_else(|why| format!("unreadable: {why}"))
            })
        });
        Self { child, lines, said: String::new(), out }
    }

    /// The next line on standard error that begins with `start`.
    pub(crate) fn line(&mut self, start: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let line = self.next(until);
            let line = line.unwrap_or_else(|| panic!("it ended without “{start}”: {}", self.said));
            if line.starts_with(start) {
                return line;
            }
        }
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it the signal of that name.
    pub(crate) fn signal(&self, name: &str) {
        let sent =
            Command::new("kill").args(["-s", name, &self.id().to_string()]).status().expect("kill runs");
        assert!(sent.success(), "{name}");
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a process").is_some()
    }

    /// Kills it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Waits for its end.
    pub(crate) fn end(self) -> Ended {
        self.end_within(PATIENCE)
    }

    /// Waits for its end, for as long as much work may take.
    pub(crate) fn end_within(mut self, patience: Duration) -> Ended {
        let until = Instant::now() + patience;
        while self.next(until).is_some() {}
        let status = self.child.wait().expect("it ends");
        let out = self.out.take().map(|reader| reader.join().expect("it was read")).unwrap_or_default();
        Ended { code: status.code(), out, err: std::mem::take(&mut self.said) }
    }

    fn next(&mut self, until: Instant) -> Option<String> {
        match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                self.said.push_str(&line);
                self.said.push('\n');
                Some(line)
            }
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("it goes on after all that time: {}", self.said),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has usually ended by now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
