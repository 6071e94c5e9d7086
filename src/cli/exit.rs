//! How a command ends, as a number.

use std::process::ExitCode;

use crate::domain::trouble::{Next, Trouble};
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

/// Says a trouble about the profile `name` and gives its number.
pub(super) fn trouble(trouble: &Trouble, name: &str) -> Exit {
    match trouble.next {
        Next::LogIn => {
            let command = format!("authtui login {name}");
            console::say(&format!(
                "authtui: {}: {}. {} Next: {command}",
                trouble.what, trouble.why, trouble.stored
            ));
            Exit::NeedsLogin
        }
        Next::Retry | Next::RetryIn(_) => {
            console::say(&format!("authtui: {trouble}"));
            Exit::Passing
        }
        Next::Fix(_) | Next::Nothing => {
            console::say(&format!("authtui: {trouble}"));
            Exit::Failure
        }
    }
}
