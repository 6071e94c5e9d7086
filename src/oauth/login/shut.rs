//! Why a device method is closed, and what may help.

use std::fmt;

use crate::domain::trouble::FailureKind;

/// Why a device method is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceEnd {
    /// Nobody typed the code in time.
    Expired,
    /// It brought tokens already.
    Used,
    /// The person said no, in the provider's words.
    Denied(String),
    /// It did not work.
    Failed {
        /// Why, for people.
        why: String,
        /// What kind of failure it is.
        kind: FailureKind,
    },
}

impl fmt::Display for DeviceEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str("the code has expired"),
            Self::Used => f.write_str("it brought tokens"),
            Self::Denied(words) => f.write_str(words),
            Self::Failed { why, kind: FailureKind::NeedsFix(remedy) } => write!(f, "{why}; {remedy}"),
            Self::Failed {
                why,
                kind: FailureKind::NeedsLogin | FailureKind::Temporary(_) | FailureKind::NothingToDo,
            } => f.write_str(why),
        }
    }
}
