//! How a command ends, as a number.

use std::process::ExitCode;

use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::terminal::console;

/// The numbers, as the help shows them.
pub(super) const TABLE: &str = "\
Exit codes: 0 done, 1 failure, 2 usage, 3 needs a login, 4 passing failure, 5 not found.
Standard output carries data only; everything else goes to standard error.";

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// What was asked for is done.
    Done,
    /// It failed, and somebody must look at what was said; a no of the person's is one too.
    Failure,
    /// The command line asks for what cannot be.
    Usage,
    /// The grant is over, or the code of a login was refused: only another login helps.
    NeedsLogin,
    /// The same command may do better after a while: the server could not be asked, was busy or
    /// broken (a 5xx, also in answer to the code of a login), or nobody answered in time.
    Passing,
    /// There is no such profile or provider.
    NotFound,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::NeedsLogin => 3,
            Exit::Passing => 4,
            Exit::NotFound => 5,
        })
    }
}

impl From<&FailureKind> for Exit {
    fn from(kind: &FailureKind) -> Self {
        match kind {
            FailureKind::NeedsLogin => Self::NeedsLogin,
            FailureKind::Temporary(_) => Self::Passing,
            FailureKind::NeedsFix(_) | FailureKind::NothingToDo => Self::Failure,
        }
    }
}

/// Says a trouble about the profile `name` and gives its number.
pub(super) fn trouble(trouble: &Trouble, name: &str) -> Exit {
    let exit = Exit::from(&trouble.kind);
    if exit == Exit::NeedsLogin {
        let Trouble { what, why, stored, .. } = trouble;
        console::say(&format!("authtui: {what}: {why}. {stored} Next: authtui login {name}"));
    } else {
        console::say(&format!("authtui: {trouble}"));
    }
    exit
}
