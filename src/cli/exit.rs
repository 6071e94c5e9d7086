//! Exit codes: how a command ends, as a number.

use std::fmt;
use std::process::ExitCode;

use crate::cli::output::say;
use crate::domain::countdown::countdown;
use crate::domain::trouble::{FailureKind, Trouble};

/// The numbers, as the help shows them.
pub(super) const TABLE: &str = "\
Exit codes: 0 done, 1 failure, 2 usage, 3 needs a login, 4 temporary failure (try again),
5 not found.
Standard output carries data only; everything else goes to standard error.";

/// How a command ended. As an error it ends a command whose reason was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// What was asked for is done.
    Done,
    /// It failed, and somebody must look at what was said; a no of the person's is one too.
    Failure,
    /// The command line asks for what cannot be.
    Usage,
    /// The login is over, or its code was refused: only another login helps.
    NeedsLogin,
    /// The same command may do better after a while: the server could not be asked, was busy or
    /// broken (a 5xx, also in answer to the code of a login), or nobody answered in time.
    Temporary,
    /// There is no such profile or provider.
    NotFound,
    /// As a shell says it of a command that was run, or could not be run.
    OfChild(u8),
}

impl Exit {
    fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::NeedsLogin => 3,
            Self::Temporary => 4,
            Self::NotFound => 5,
            Self::OfChild(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit code {}", self.code())
    }
}

impl std::error::Error for Exit {}

impl From<&FailureKind> for Exit {
    fn from(kind: &FailureKind) -> Self {
        match kind {
            FailureKind::NeedsLogin => Self::NeedsLogin,
            FailureKind::Temporary(_) => Self::Temporary,
            FailureKind::NeedsFix(_) | FailureKind::NothingToDo => Self::Failure,
        }
    }
}

/// Says a trouble about the profile `name` and gives its number. Nobody tries again when a command has ended.
pub(super) fn trouble(trouble: &Trouble, name: &str) -> Exit {
    told(trouble, name, None)
}

/// The same, where another command tries it again: `again`.
pub(super) fn trouble_tried_by(trouble: &Trouble, name: &str, again: &str) -> Exit {
    told(trouble, name, Some(again))
}

fn told(trouble: &Trouble, name: &str, again: Option<&str>) -> Exit {
    // A command is copied whole, so no full stop follows it.
    let next = match (&trouble.kind, again) {
        (FailureKind::NeedsLogin, _) => format!("authtui login {name}"),
        (FailureKind::Temporary(None), None) => "run the same command again.".to_owned(),
        (FailureKind::Temporary(Some(pause)), None) => {
            format!("run the same command again in {}.", countdown(*pause).0)
        }
        (FailureKind::Temporary(None), Some(again)) => again.to_owned(),
        (FailureKind::Temporary(Some(pause)), Some(again)) => {
            format!("in {}: {again}", countdown(*pause).0)
        }
        (FailureKind::NeedsFix(_) | FailureKind::NothingToDo, _) => {
            say(&trouble.to_string());
            return Exit::from(&trouble.kind);
        }
    };
    say(&format!("{} Next: {next}", trouble.words_without_next()));
    Exit::from(&trouble.kind)
}
