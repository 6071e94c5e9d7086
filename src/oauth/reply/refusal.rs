//! A reply without what was asked for: what it says, and what that means.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::domain::clock::{TimeDelta, from_http_date};
use crate::domain::provider::meaning::{Meaning, Meanings};
use crate::domain::provider::reply::ReplyMap;
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::oauth::reply::{self, date};
use crate::oauth::request::Reply;

/// The longest pause a server can ask for; more is cut.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// A reply without what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// What was said.
    pub said: Said,
    /// What that means, as far as the standard or the provider's file says.
    pub meaning: Option<Meaning>,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// What a refusal said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// An error code, and words for people (RFC 6749 §5.2).
    Error {
        /// The code, cleaned.
        code: String,
        /// The words, cleaned.
        description: Option<String>,
    },
    /// Another address to ask. It is never followed.
    Elsewhere {
        /// The other host.
        host: String,
    },
    /// Nothing that is understood; the text says what is wrong, without quoting the body.
    Odd(String),
}

impl Refusal {
    /// What a reply says that lacks what was asked for; `odd` names what is missing.
    #[must_use]
    pub fn of(map: &ReplyMap, meanings: &Meanings, reply: &Reply, odd: &str) -> Self {
        let said = match reply::tree(reply) {
            None => elsewhere(reply).unwrap_or_else(|| Said::Odd(unreadable(reply))),
            Some(tree) => said_error(map, &tree, reply)
                .or_else(|| elsewhere(reply))
                .unwrap_or_else(|| Said::Odd(odd.to_owned())),
        };
        Self::said(meanings, reply, said)
    }

    /// What was asked for is there and cannot be used: it is `what`.
    pub(super) fn odd(meanings: &Meanings, reply: &Reply, what: String) -> Self {
        Self::said(meanings, reply, Said::Odd(what))
    }

    fn said(meanings: &Meanings, reply: &Reply, said: Said) -> Self {
        let meaning = meanings.of(reply.status, said.code());
        Self { status: reply.status, said, meaning, retry_after: retry_after(reply) }
    }

    /// Whether nobody who knows of tokens seems to live at that address: the provider may have
    /// moved, and the grant may be well.
    #[must_use]
    pub fn is_misplaced(&self) -> bool {
        matches!(self.status, 404 | 405 | 410)
    }

    /// Whether the server refuses the client itself, or what it always asks for (RFC 6749 §5.2):
    /// the same again is refused again.
    #[must_use]
    pub fn is_about_client(&self) -> bool {
        let lasting = ["invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"];
        self.meaning.is_none() && self.said.code().is_some_and(|code| lasting.contains(&code))
    }

    /// Whether the server is only busy, or has trouble of its own.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self.status, 408 | 425 | 429 | 500..)
    }

    /// Whether it is a success without what makes one: what was asked with may be spent.
    #[must_use]
    pub fn is_odd_success(&self) -> bool {
        (200..300).contains(&self.status) && matches!(self.said, Said::Odd(_))
    }

    /// Whether the server may answer otherwise after a while, without anybody doing anything.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self.meaning {
            Some(Meaning::GrantDead) => return false,
            Some(Meaning::Passing | Meaning::SlowDown) => return true,
            Some(Meaning::Pending | Meaning::Denied | Meaning::Expired) | None => {}
        }
        match &self.said {
            Said::Error { .. } => self.is_busy() || self.is_misplaced(),
            Said::Odd(_) => self.status != 401,
            Said::Elsewhere { .. } => true,
        }
    }
}

impl Said {
    /// The code, where one was said.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Error { code, .. } => Some(code),
            Self::Elsewhere { .. } | Self::Odd(_) => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.said {
            Said::Error { code, description: Some(words) } => write!(f, "refused with {code}: {words}"),
            Said::Error { code, description: None } => {
                write!(f, "refused with {code} (status {})", self.status)
            }
            Said::Elsewhere { host } => {
                write!(f, "answered {} and pointed to {host}, which is never followed", self.status)
            }
            Said::Odd(why) => write!(f, "answered {} with {why}", self.status),
        }
    }
}

fn said_error(map: &ReplyMap, tree: &Value, reply: &Reply) -> Option<Said> {
    let words = |pointers| reply::words(pointers, tree, |text| reply.unquoted(text));
    Some(Said::Error { code: words(&map.error)?, description: words(&map.description) })
}

fn elsewhere(reply: &Reply) -> Option<Said> {
    let host = reply.redirect()?.ok()?.host_str()?.to_owned();
    Some(Said::Elsewhere { host: text::clean(&reply.unquoted(&host), 80) })
}

fn unreadable(reply: &Reply) -> String {
    let body = reply.body.expose().trim();
    if body.is_empty() {
        return "an empty body".to_owned();
    }
    if body.starts_with('<') {
        return "a web page instead of an answer (a proxy or a sign-in page of the network?)".to_owned();
    }
    let kind = reply.header("content-type").map_or("no content type", Secret::expose);
    format!(
        "something that is no JSON object ({}, {} bytes)",
        text::clean(&reply.unquoted(kind), 60),
        body.len()
    )
}

/// `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), at most an hour. The date is the
/// server's, so it is counted from the server's own clock where the reply says what that showed.
fn retry_after(reply: &Reply) -> Option<Duration> {
    let value = reply.header("retry-after")?.expose().trim();
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    // A number beyond all bounds is a long time too.
    let seconds = is_number.then(|| value.parse().map_or(Duration::MAX, Duration::from_secs));
    let from = date::date(reply).unwrap_or(reply.sent.wall);
    let date = || from_http_date(value).map(|at| (at - from).max(TimeDelta::zero()));
    seconds.or_else(|| date()?.to_std().ok()).map(|pause| pause.min(LONGEST_PAUSE))
}
