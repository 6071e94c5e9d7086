//! Successor program: a command that takes our place, with secrets in its environment alone.
//!
//! It keeps process, terminal, signals and open descriptors of ours, and gets back what we had changed for
//! ourselves: the limit of core dumps here; signals that we catch become usual again by themselves.

use std::ffi::OsString;
use std::io;
use std::process::Command;

use crate::domain::secret::Secret;
use crate::shell::terminal::crash;

/// Runs `command` with these variables. Where a process can be replaced, this returns only with an error; where
/// it cannot, it waits and gives the exit code.
///
/// # Errors
/// When the command cannot be run.
pub fn run(command: &[OsString], variables: &[(String, Secret)]) -> io::Result<i32> {
    let [program, arguments @ ..] = command else { return Err(io::ErrorKind::NotFound.into()) };
    let mut command = Command::new(program);
    command.args(arguments);
    command.envs(variables.iter().map(|(name, secret)| (name, secret.expose())));
    crash::restore_core_limit();
    replace(&mut command)
}

#[cfg(unix)]
fn replace(command: &mut Command) -> io::Result<i32> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn replace(command: &mut Command) -> io::Result<i32> {
    Ok(command.status()?.code().unwrap_or(1))
}
