//! Diagnosis: what `authtui doctor` says of one thing.

use serde::Serialize;

use crate::domain::trouble::{FailureKind, Trouble};

/// How a thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    Ok,
    /// It works, or is not needed, and somebody should look at it.
    Warning,
    /// Something cannot be done until somebody mends it.
    Failing,
}

impl Severity {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failing => "failing",
        }
    }
}

/// What was found out about one thing, and what mends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Diagnosis {
    /// What it is about: a store, the clock, the browser.
    pub(super) check: String,
    #[serde(rename = "result")]
    pub(super) severity: Severity,
    /// How it stands, as a sentence without a full stop.
    #[serde(rename = "text")]
    pub(super) words: String,
    /// The next step, where there is one.
    pub(super) next: Option<String>,
}

impl Diagnosis {
    pub(super) fn ok(check: &str, words: impl Into<String>) -> Self {
        Self { check: check.to_owned(), severity: Severity::Ok, words: words.into(), next: None }
    }

    pub(super) fn warning(check: &str, words: impl Into<String>, next: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, next: Some(next.into()), ..Self::ok(check, words) }
    }

    pub(super) fn failing(check: &str, words: impl Into<String>, next: impl Into<String>) -> Self {
        Self { severity: Severity::Failing, next: Some(next.into()), ..Self::ok(check, words) }
    }

    pub(super) fn of_trouble(check: &str, severity: Severity, trouble: &Trouble) -> Self {
        let next = match &trouble.kind {
            FailureKind::NeedsFix(next) => Some(next.clone()),
            FailureKind::NeedsLogin => Some("log in again".to_owned()),
            FailureKind::Temporary(_) => Some("try again later".to_owned()),
            FailureKind::NothingToDo => None,
        };
        let words = format!("{}: {}", trouble.what, trouble.why);
        Self { severity, next, ..Self::ok(check, words) }
    }
}
