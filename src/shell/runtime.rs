//! Runtime: one thread, and the check that this process has room for it.
//!
//! The libraries beneath panic where they can open no file or start no thread. So both are tried
//! before, and where there is no room the program ends with one sentence.

use std::fs::File;
use std::io;
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

/// How many files a runtime, the terminal and the watched folders open together, and some to spare.
const FILES: usize = 24;
/// From how many files on a limit leaves room enough without a trial.
#[cfg(unix)]
const AMPLE_FILES: u64 = 256;
/// How long the first worker is kept: as long as the program runs.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Starts a runtime. One worker for what blocks is there from the start, so that later work can wait for
/// it where no further thread can be started.
///
/// # Errors
/// When the process may open no more files or start no more threads.
pub fn start() -> io::Result<Runtime> {
    check_limits()?;
    let runtime = Builder::new_current_thread().enable_all().thread_keep_alive(FOR_EVER).build()?;
    drop(runtime.spawn_blocking(|| {}));
    Ok(runtime)
}

/// Opens files and starts a thread, to see whether the limits of this process allow it.
///
/// # Errors
/// A sentence that says what cannot be had.
pub fn check_limits() -> io::Result<()> {
    if has_few_files() {
        let files: io::Result<Vec<File>> = (0..FILES).map(|_| File::open("/dev/null")).collect();
        files.map_err(too_few_files)?;
    }
    // It ends at once: nobody waits for it before the first frame.
    let thread = thread::Builder::new().spawn(|| {});
    let next = "close other programs, or raise ulimit -u and ulimit -v";
    drop(thread.map_err(|error| lacks("no thread can be started", next, error))?);
    Ok(())
}

/// A sentence for the `error` of a file that could not be opened before anything was done.
#[must_use]
pub fn too_few_files(error: io::Error) -> io::Error {
    lacks("this process may open too few files", "raise ulimit -n", error)
}

fn lacks(what: &str, next: &str, error: io::Error) -> io::Error {
    let words = format!("cannot start: {what} ({error}). Stored tokens are safe. Next: {next}");
    io::Error::new(error.kind(), words)
}

#[cfg(unix)]
fn has_few_files() -> bool {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.is_some_and(|limit| limit < AMPLE_FILES)
}

#[cfg(not(unix))]
fn has_few_files() -> bool {
    false
}
