//! Refusal of a provider: what it says, what that means, and what helps.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::domain::clock::{TimeDelta, from_http_date, span};
use crate::domain::countdown::countdown;
use crate::domain::provider::Provider;
use crate::domain::provider::meaning::{Meaning, Meanings};
use crate::domain::provider::reply::{Pointers, ReplyMap};
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::domain::trouble::FailureKind;
use crate::oauth::reply;
use crate::oauth::request::Reply;

/// The longest pause a server can ask for; more is cut.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// A reply without what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// What was said.
    pub body: RefusalBody,
    /// What that means, as far as the standard or the provider's file says.
    pub meaning: Option<Meaning>,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// What a refusal said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefusalBody {
    /// An error code, and words for people (RFC 6749 §5.2).
    Error {
        /// The code, cleaned.
        code: String,
        /// The words, cleaned.
        description: Option<String>,
    },
    /// Words for people without a code.
    Words(String),
    /// A web page, as something on the way may send.
    Page,
    /// Another address to ask. It is never followed.
    Elsewhere {
        /// The other host.
        host: String,
    },
    /// Nothing that is understood; the text says what is wrong, without quoting the body.
    Odd(String),
}

/// What helps after a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Asking again after a while: the server is busy or in trouble.
    Wait,
    /// A login: the grant is over, as `invalid_grant` (RFC 6749 §5.2) or the provider's file says.
    LogIn,
    /// A change of this; the same again is refused again.
    Change(Cause),
}

/// What must be changed so that the server does what it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The client, or its secret.
    Client,
    /// The scopes.
    Scopes,
    /// What the request says, or how.
    Request,
    /// The address that it is sent to.
    Address,
    /// Where tokens and errors are looked for in its answer.
    Reading,
    /// The answer does not say what.
    Unknown,
}

impl Cause {
    /// What to look at, for people: `check client.id in the provider file: …`; nothing where nobody
    /// knows. `endpoint` is the field of the address that was asked.
    #[must_use]
    pub fn check(self, provider: &Provider, endpoint: &str) -> Option<String> {
        let what = match self {
            Self::Client => "client.id",
            Self::Scopes => "scopes",
            Self::Request => "the request",
            Self::Address => endpoint,
            Self::Reading => "reply",
            Self::Unknown => return None,
        };
        if let Some(command) = provider.new_client_command().filter(|_| self == Self::Client) {
            return Some(format!("register authtui there anew: {command}"));
        }
        let has_secret = self == Self::Client && provider.client.authentication.has_secret();
        let secret = if has_secret { "; a new login asks for the client secret" } else { "" };
        Some(format!("check {what} in the provider file: authtui providers show {}{secret}", provider.name))
    }
}

impl Refusal {
    /// What a reply says that lacks what was asked for; `odd` names what is missing.
    #[must_use]
    pub fn of(map: &ReplyMap, meanings: &Meanings, reply: &Reply, odd: &str) -> Self {
        let body = match reply::tree(reply) {
            None => elsewhere(reply).unwrap_or_else(|| unreadable(reply)),
            Some(tree) => said_error(map, &tree, reply)
                .or_else(|| elsewhere(reply))
                .or_else(|| words(map, &tree, reply).map(RefusalBody::Words))
                .unwrap_or_else(|| RefusalBody::Odd(odd.to_owned())),
        };
        Self::from_body(meanings, reply, body)
    }

    /// What was asked for is there and cannot be used: it is `what`.
    pub(super) fn odd(meanings: &Meanings, reply: &Reply, what: String) -> Self {
        Self::from_body(meanings, reply, RefusalBody::Odd(what))
    }

    fn from_body(meanings: &Meanings, reply: &Reply, body: RefusalBody) -> Self {
        let meaning = meanings.meaning_of(reply.status, body.code());
        Self { status: reply.status, body, meaning, retry_after: retry_after(reply) }
    }

    /// What helps, by what its code, its meaning and its status say.
    #[must_use]
    pub fn remedy(&self) -> Remedy {
        match self.meaning {
            Some(Meaning::GrantDead) => return Remedy::LogIn,
            Some(Meaning::Passing | Meaning::SlowDown | Meaning::Pending) => return Remedy::Wait,
            Some(Meaning::Denied | Meaning::Expired) | None => {}
        }
        let is_success = (200..300).contains(&self.status);
        if self.retry_after.is_some() || (is_success && self.body == RefusalBody::Page) {
            return Remedy::Wait;
        }
        Remedy::Change(match (self.body.code(), self.status) {
            (Some("invalid_client" | "unauthorized_client"), _) => Cause::Client,
            (Some("invalid_scope"), _) => Cause::Scopes,
            (Some("invalid_request" | "unsupported_grant_type"), _) => Cause::Request,
            (_, 300..=399 | 404 | 405 | 410) => Cause::Address,
            (None, 401) => Cause::Client,
            (None, 200..=299) => Cause::Reading,
            (Some(_) | None, _) => Cause::Unknown,
        })
    }

    /// Whether it names its cause by a code of RFC 6749 §5.2, so that asking again unchanged is no use.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        let is_named = self.body.code().is_some();
        match self.remedy() {
            Remedy::Change(Cause::Client | Cause::Scopes | Cause::Request) => is_named,
            Remedy::Change(Cause::Address | Cause::Reading | Cause::Unknown)
            | Remedy::Wait
            | Remedy::LogIn => false,
        }
    }

    /// The same where nobody is named before it.
    #[must_use]
    pub fn words_alone(&self) -> String {
        if self.trouble().is_some() { format!("the server {self}") } else { self.to_string() }
    }

    /// What is wrong with a server that answers nothing of use; nothing where it says more, or something
    /// must be changed here.
    fn trouble(&self) -> Option<&'static str> {
        match (&self.body, self.status) {
            (RefusalBody::Odd(_) | RefusalBody::Page, 429) => Some("is busy"),
            (RefusalBody::Odd(_) | RefusalBody::Page, 500..) => Some("is having trouble"),
            (RefusalBody::Odd(_) | RefusalBody::Page, _) => None,
            (RefusalBody::Error { .. } | RefusalBody::Words(_) | RefusalBody::Elsewhere { .. }, _) => None,
        }
    }

    /// What the provider called `title` said, with the pause that it asks for.
    #[must_use]
    pub fn words_by(&self, title: &str) -> String {
        format!("{title} {self}{}", self.pause_words())
    }

    /// A temporary failure, for as long as the server asks for.
    #[must_use]
    pub fn temporary(&self) -> FailureKind {
        FailureKind::Temporary(self.retry_after.map(span))
    }

    /// The pause that the server asks for, in words; empty where it asks for none.
    #[must_use]
    pub fn pause_words(&self) -> String {
        let pause = self.retry_after.filter(|pause| !pause.is_zero());
        pause.map_or_else(String::new, |pause| format!("; it asks to wait {}", countdown(span(pause)).0))
    }

    /// Whether it is a success without what makes one: what was asked with may be spent.
    #[must_use]
    pub fn is_odd_success(&self) -> bool {
        let is_odd = match self.body {
            RefusalBody::Odd(_) | RefusalBody::Page => true,
            RefusalBody::Error { .. } | RefusalBody::Words(_) | RefusalBody::Elsewhere { .. } => false,
        };
        is_odd && (200..300).contains(&self.status)
    }
}

impl RefusalBody {
    /// The code, where one was said.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Error { code, .. } => Some(code),
            Self::Words(_) | Self::Page | Self::Elsewhere { .. } | Self::Odd(_) => None,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(trouble) = self.trouble() {
            return write!(f, "{trouble} ({})", self.status);
        }
        match &self.body {
            RefusalBody::Error { code, description: Some(words) } => {
                write!(f, "refused with {code}: {words}")
            }
            RefusalBody::Error { code, description: None } => {
                write!(f, "refused with {code} (status {})", self.status)
            }
            RefusalBody::Elsewhere { host } => {
                write!(f, "answered {} with a redirect to {host}, which authtui never follows", self.status)
            }
            RefusalBody::Words(words) => write!(f, "answered {}: {words}", self.status),
            RefusalBody::Page => write!(
                f,
                "answered {} with a web page instead of an answer (a proxy or a sign-in page of the network?)",
                self.status
            ),
            RefusalBody::Odd(why) => write!(f, "answered {} with {why}", self.status),
        }
    }
}

/// Where servers say the code of a refusal that is none by RFC 6749; read where the status says that
/// it is one, because in a success the same fields may hold anything.
const OTHER_CODES: [&str; 7] =
    ["/errorCode", "/error_code", "/errors/0/code", "/errors/0", "/code", "/status", "/title"];
/// Where they say its words.
const OTHER_WORDS: [&str; 10] = [
    "/error/detail",
    "/error_message",
    "/errorMessage",
    "/errorSummary",
    "/errors/0/message",
    "/errors/0/detail",
    "/detail",
    "/reason",
    "/msg",
    "/Message",
];

fn said_error(map: &ReplyMap, tree: &Value, reply: &Reply) -> Option<RefusalBody> {
    let is_refused = reply.status >= 400;
    let other = || OTHER_CODES.iter().find_map(|at| code(&Pointers(vec![(*at).to_owned()]), tree, reply));
    let code = code(&map.error, tree, reply).or_else(|| is_refused.then(other).flatten())?;
    let description = words(map, tree, reply).filter(|words| *words != code);
    Some(RefusalBody::Error { code, description })
}

/// A code that names an error: no number of success, and not the status over again.
fn code(pointers: &Pointers, tree: &Value, reply: &Reply) -> Option<String> {
    let code = reply::words(pointers, tree, |text| reply.unquoted(text))?;
    (code != "0" && code != reply.status.to_string()).then_some(code)
}

/// The words for people.
fn words(map: &ReplyMap, tree: &Value, reply: &Reply) -> Option<String> {
    let at = |pointers: &Pointers| reply::words(pointers, tree, |text| reply.unquoted(text));
    at(&map.description).or_else(|| OTHER_WORDS.iter().find_map(|one| at(&Pointers(vec![(*one).to_owned()]))))
}

/// What an answer with tokens says besides that contradicts them.
pub(super) fn beside_tokens(map: &ReplyMap, tree: &Value, reply: &Reply) -> Vec<String> {
    let error = code(&map.error, tree, reply).map(|code| match words(map, tree, reply) {
        Some(words) => format!("it names the error {code}: {words}"),
        None => format!("it names the error {code}"),
    });
    let is_success = (200..300).contains(&reply.status);
    let status = (!is_success).then(|| format!("it came with status {}", reply.status));
    error.or(status).into_iter().collect()
}

fn elsewhere(reply: &Reply) -> Option<RefusalBody> {
    let host = reply.redirect()?.ok()?.host_str()?.to_owned();
    Some(RefusalBody::Elsewhere { host: text::clean(&reply.unquoted(&host), 80) })
}

fn unreadable(reply: &Reply) -> RefusalBody {
    let body = reply.body.expose().trim();
    if body.is_empty() {
        return RefusalBody::Odd("an empty body".to_owned());
    }
    if reply::is_page(reply) {
        return RefusalBody::Page;
    }
    let kind = reply.header("content-type").map_or("no content type", Secret::expose);
    RefusalBody::Odd(format!(
        "text that is not JSON ({}, {} bytes)",
        text::clean(&reply.unquoted(kind), 60),
        body.len()
    ))
}

/// `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), at most an hour. The date is the
/// server's, so it is counted from the server's own clock where the reply says what that showed.
fn retry_after(reply: &Reply) -> Option<Duration> {
    let value = reply.header("retry-after")?.expose().trim();
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    // A number beyond all bounds is a long time too.
    let seconds = is_number.then(|| value.parse().map_or(Duration::MAX, Duration::from_secs));
    let from = reply.date().unwrap_or(reply.sent.wall);
    let date = || from_http_date(value).map(|at| (at - from).max(TimeDelta::zero()));
    seconds.or_else(|| date()?.to_std().ok()).map(|pause| pause.min(LONGEST_PAUSE))
}
