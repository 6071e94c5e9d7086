//! Trouble: what people are told when something went wrong.

use std::fmt;

use crate::domain::clock::TimeDelta;
use crate::domain::countdown::countdown;

/// What failed, why, whether the stored tokens are safe, and what kind of failure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What could not be done, as a sentence without a full stop.
    pub what: String,
    /// Why, as a sentence without a full stop.
    pub why: String,
    /// What became of the stored tokens.
    pub stored: Stored,
    /// What kind of failure it is, which says what helps.
    pub kind: FailureKind,
}

/// What became of the stored tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// They are as they were.
    Untouched,
    /// There are none, and nothing is said of them.
    Absent,
    /// They are as they were. A request went out and its answer was lost: the server may have
    /// spent what it carried.
    PerhapsSpent,
    /// New ones are held in memory only; the stored ones are as they were.
    NewOnesInMemory,
    /// What was to be written is in the file, but may not outlive a power cut.
    Unsynced,
    /// New ones lie in another file, from which the next refresh takes them.
    Rescued,
    Erased,
    /// A new refresh token is stored; no new access token came that could be used.
    Rotated,
}

/// Kind of a failure. Exit codes, the results of a batch and what the screen does next are decided
/// by it; the advice for people is its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FailureKind {
    /// Only another login helps.
    NeedsLogin,
    /// The same may work later, after so long where that is known.
    Temporary(Option<TimeDelta>),
    /// Somebody must change something first; the text says what.
    NeedsFix(String),
    /// Nothing helps, or nothing is wrong.
    NothingToDo,
}

impl Trouble {
    /// A trouble that left the stored tokens as they were.
    #[must_use]
    pub fn untouched(what: impl Into<String>, why: impl Into<String>, kind: FailureKind) -> Self {
        Self { what: what.into(), why: why.into(), stored: Stored::Untouched, kind }
    }

    /// What failed, why, and whether the stored tokens are safe, without the next step.
    #[must_use]
    pub fn words_without_next(&self) -> String {
        format!("{}: {}.{}", self.what, self.why, self.stored.after())
    }

    /// The same of a profile that has no tokens.
    #[must_use]
    pub fn without_tokens(self) -> Self {
        match self.stored {
            Stored::Untouched | Stored::PerhapsSpent => Self { stored: Stored::Absent, ..self },
            Stored::Absent
            | Stored::NewOnesInMemory
            | Stored::Unsynced
            | Stored::Rescued
            | Stored::Rotated
            | Stored::Erased => self,
        }
    }

    /// The same of a save of new tokens, which are in memory unless they got further than that.
    #[must_use]
    pub fn of_new_tokens(self) -> Self {
        match self.stored {
            Stored::Untouched | Stored::PerhapsSpent | Stored::Absent => {
                Self { stored: Stored::NewOnesInMemory, ..self }
            }
            Stored::NewOnesInMemory
            | Stored::Unsynced
            | Stored::Rescued
            | Stored::Rotated
            | Stored::Erased => self,
        }
    }
}

impl Stored {
    /// The sentence with a blank before it, to follow another one; empty where nothing is said.
    #[must_use]
    pub fn after(self) -> String {
        match self.to_string() {
            nothing if nothing.is_empty() => nothing,
            sentence => format!(" {sentence}"),
        }
    }
}

impl fmt::Display for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Untouched | Self::PerhapsSpent => "Stored tokens are unchanged.",
            Self::Absent => "",
            Self::NewOnesInMemory => "The new tokens are only in memory; the stored ones are unchanged.",
            Self::Unsynced => "The file holds the change, but a power cut may undo it.",
            Self::Rescued => "The new tokens are kept outside the file; the next refresh puts them in.",
            Self::Erased => "The stored tokens are erased.",
            Self::Rotated => "The new refresh token is saved; the token is still the old one.",
        })
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words_without_next())?;
        match &self.kind {
            FailureKind::NothingToDo => Ok(()),
            kind @ (FailureKind::NeedsLogin | FailureKind::Temporary(_) | FailureKind::NeedsFix(_)) => {
                write!(f, " Next: {kind}.")
            }
        }
    }
}

/// The next step, for people.
impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsLogin => f.write_str("log in again"),
            Self::Temporary(None) => f.write_str("try again"),
            Self::Temporary(Some(pause)) => write!(f, "try again in {}", countdown(*pause).0),
            Self::NeedsFix(remedy) => f.write_str(remedy),
            Self::NothingToDo => f.write_str("nothing"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_reads_as_what_why_safety_and_next_step() {
        let trouble = Trouble::untouched(
            "cannot refresh demo/ana",
            "the server answered 503",
            FailureKind::Temporary(None),
        );
        assert_eq!(
            trouble.to_string(),
            "cannot refresh demo/ana: the server answered 503. Stored tokens are unchanged. Next: try \
             again."
        );
        assert_eq!(
            trouble.without_tokens().to_string(),
            "cannot refresh demo/ana: the server answered 503. Next: try again."
        );
    }
}
