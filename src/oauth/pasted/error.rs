//! Errors of a paste, in one sentence each.

use std::fmt;

use crate::oauth::callback::{CallbackError, IssuerError};
use crate::oauth::query::QueryError;

/// Why a paste is no answer. The login keeps waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasteError {
    /// There is nothing in it.
    Empty,
    /// It is longer than any answer.
    TooLong,
    /// It is no text that an answer can be.
    Unreadable,
    /// It has a blank or a line end in it, or stands behind something that did not work, and nothing
    /// proves that it is whole.
    Broken,
    /// It is the link that starts the login.
    OwnLink,
    /// It is the address of a page that shows an error.
    ErrorPage {
        /// The page's host, made safe to show.
        host: String,
    },
    /// It is the address of another page.
    OtherPage {
        /// The page's host, made safe to show.
        host: String,
        /// What the right address begins with.
        expected: String,
    },
    /// It is an answer that must not be used.
    Unusable(CallbackError),
    /// The login has no redirect URI, so no code can belong to it.
    NoRedirect,
}

impl From<CallbackError> for PasteError {
    fn from(error: CallbackError) -> Self {
        Self::Unusable(error)
    }
}

impl From<QueryError> for PasteError {
    fn from(error: QueryError) -> Self {
        Self::Unusable(CallbackError::Query(error))
    }
}

impl fmt::Display for PasteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => {
                f.write_str("nothing was pasted: paste the address the browser ended at, or the code")
            }
            Self::TooLong => f.write_str("cannot use the paste: it is longer than 16 KiB"),
            Self::Unreadable => {
                f.write_str("cannot use the paste: it is neither an address nor a code; copy it again")
            }
            Self::Broken => f.write_str(
                "nothing was sent: it may be the rest of a broken address; paste the whole address, or the code alone on one line",
            ),
            Self::OwnLink => f.write_str(
                "that is the link that starts the login: open it in a browser and paste the address it ends at",
            ),
            Self::ErrorPage { host } => write!(
                f,
                "that is an error page of {host}: it carries no code; open the link again, or cancel the login"
            ),
            Self::OtherPage { host, expected } => {
                write!(f, "that is a page of {host}: paste the address that begins with {expected}")
            }
            Self::Unusable(error @ CallbackError::Issuer(IssuerError::Missing)) => write!(
                f,
                "cannot use the paste: {error}; paste the whole address that the browser ended at"
            ),
            Self::Unusable(error) => {
                write!(f, "cannot use the paste: {error}; paste the answer to the link of this login")
            }
            Self::NoRedirect => f.write_str("cannot use the paste: this login takes no pasted answer"),
        }
    }
}
