//! Why a device door is closed, and what may help.

use std::fmt;

use crate::domain::trouble::{Next, Trouble};
use crate::oauth::login::Outcome;

/// Why a device door is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shut {
    /// Nobody typed the code in time.
    TooOld,
    /// It brought tokens already.
    Used,
    /// The person said no, in the provider's words.
    Denied(String),
    /// It did not work.
    Failed {
        /// Why, for people.
        why: String,
        /// What may help.
        next: Next,
    },
}

impl Shut {
    /// How a login ends that has no other door.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::TooOld | Self::Used => Outcome::TimedOut,
            Self::Denied(words) => Outcome::Denied(words.clone()),
            Self::Failed { why, next } => {
                let what = "cannot log in with a device code";
                Outcome::Failed(Trouble::untouched(what, why.clone(), next.clone()))
            }
        }
    }
}

impl fmt::Display for Shut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooOld => f.write_str("the code is too old"),
            Self::Used => f.write_str("it brought tokens"),
            Self::Denied(words) => f.write_str(words),
            Self::Failed { why, next: Next::Fix(remedy) } => write!(f, "{why}; {remedy}"),
            Self::Failed { why, next: Next::LogIn | Next::Retry | Next::RetryIn(_) | Next::Nothing } => {
                f.write_str(why)
            }
        }
    }
}
