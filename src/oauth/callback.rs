//! Requests that reach the callback listener, and what becomes of them.
//!
//! Anybody on the machine, and any page in the browser, can send one. Only a `GET` of the exact
//! path, with a `Host` of this machine and our own `state` (RFC 6749 §10.12), says anything about
//! the login; everything else is rejected and changes nothing. The state is compared before
//! anything else of an answer is looked at, so that nobody but the provider can refuse a login.

mod head;
mod ignored;
pub mod peer;

use std::fmt;

use tiny_http::Method;
use url::Url;

use crate::domain::provider::IssuerInAnswers;
use crate::domain::secret::Secret;
use crate::oauth::LoginId;
use crate::oauth::callback::head::RequestHead;
pub use crate::oauth::callback::ignored::Ignored;
use crate::oauth::callback::peer::Peer;
use crate::oauth::query::{Query, QueryError};

/// The longest `error` that is kept, in characters.
const ERROR: usize = 100;
/// The longest `error_description` that is kept, in characters.
const DESCRIPTION: usize = 600;
/// The longest `iss` that is kept, in characters.
const ISSUER: usize = 2048;
/// What a TLS greeting begins with.
const TLS: [u8; 2] = [0x16, 0x03];

/// What the answer of one login must look like.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackCheck {
    /// The login.
    pub login: LoginId,
    /// The path of the redirect URI.
    pub path: String,
    /// What proves an answer.
    pub expected: ExpectedAnswer,
    /// The 16 random characters of the short link `/go/…`, which is shown to the person alone.
    pub go: Secret,
    /// Links like it for the browser, whose arguments every user of the machine can read. Each
    /// works once.
    pub links: Vec<BrowserLink>,
    /// Where the links lead; absent where there is no page to open.
    pub authorize: Option<Url>,
}

/// A link for a browser, which works once.
#[derive(Clone, PartialEq, Eq)]
pub struct BrowserLink {
    /// Its random characters.
    pub name: Secret,
    /// Whether it was opened.
    pub used: bool,
}

/// What proves that an answer is one to our request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedAnswer {
    /// The state that was sent; with an empty one nothing is proven.
    pub state: Secret,
    /// Whether answers carry it.
    pub state_check: StateCheck,
    /// The authorization server that was asked, where it is known (RFC 9207).
    pub issuer: Option<String>,
    pub issuer_in_answers: IssuerInAnswers,
}

/// Whether answers carry the state that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateCheck {
    /// They do (RFC 6749 §4.1.2): without it there is no proof.
    Required,
    /// The provider is known not to return it: an answer without one is taken at its word.
    Waived,
}

impl ExpectedAnswer {
    /// Compares the issuer that an answer names, as plain text (RFC 9207 §2.4).
    ///
    /// # Errors
    /// [`IssuerError`] where the answer must not be used, nor anything of it shown.
    pub fn check_issuer(&self, theirs: Option<&Secret>) -> Result<(), IssuerError> {
        match (theirs, &self.issuer, self.issuer_in_answers) {
            (Some(theirs), Some(ours), _) if *theirs != Secret::new(ours.as_str()) => Err(IssuerError::Other),
            (None, _, IssuerInAnswers::Promised) => Err(IssuerError::Missing),
            (Some(_), ..) | (None, _, IssuerInAnswers::Optional) => Ok(()),
        }
    }
}

impl fmt::Debug for CallbackCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { login, path, expected, .. } = self;
        let mut check = f.debug_struct("CallbackCheck");
        check.field("login", login).field("path", path).field("expected", expected).finish_non_exhaustive()
    }
}

impl CallbackCheck {
    /// What becomes of a request for a link `/go/…` of this login; nothing where it is for something else.
    fn follow_link(&self, head: &RequestHead<'_>, answered: bool) -> Option<CallbackVerdict> {
        let to = self.authorize.as_ref()?;
        let name =
            head.path.strip_prefix("/go/").filter(|name| !name.is_empty() && head.path != self.path)?;
        let name = Secret::new(name);
        let is_shown = name == self.go;
        let link = self.links.iter().find(|link| link.name == name && !is_shown);
        if link.is_none() && !is_shown {
            return None;
        }
        if head.method != Method::Get {
            return Some(CallbackVerdict::Rejected { status: 405, ignored: None });
        }
        Some(match link {
            _ if answered => CallbackVerdict::Finished,
            Some(BrowserLink { used: true, .. }) => {
                CallbackVerdict::Rejected { status: 410, ignored: Some(Ignored::UsedLink) }
            }
            Some(BrowserLink { used: false, .. }) => {
                CallbackVerdict::Redirect { to: to.clone(), link: Some(name) }
            }
            None => CallbackVerdict::Redirect { to: to.clone(), link: None },
        })
    }
}

/// What the provider said, proven to be meant for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorizationResponse {
    /// The person agreed.
    Code {
        /// The code, as the provider wrote it.
        code: Secret,
        /// The authorization server that says it sent it, made safe to show.
        issuer: Option<String>,
    },
    /// The person, or the provider on their behalf, said no.
    Denied {
        /// The provider's word for it, made safe to show.
        error: String,
        /// The provider's sentence about it, made safe to show.
        description: Option<String>,
    },
    /// It has our state and is not from the server that was asked, so that nothing else of it is kept.
    Untrusted(IssuerError),
}

/// Why an answer is not from the server that was asked (RFC 9207 §2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerError {
    /// It names another one.
    Other,
    /// It names none, though every answer of that server does.
    Missing,
}

impl fmt::Display for IssuerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Other => "it comes from another server than the one that was asked",
            Self::Missing => "it does not name the server it comes from, as answers of this one must",
        })
    }
}

/// What becomes of one request.
#[derive(Clone, PartialEq, Eq)]
pub enum CallbackVerdict {
    /// It is the answer.
    Answer(AuthorizationResponse),
    /// It opened a link: send it on.
    Redirect {
        /// Where to.
        to: Url,
        /// The link, where it works once.
        link: Option<Secret>,
    },
    /// It is not ours.
    Rejected {
        /// The status it is answered with.
        status: u16,
        /// What the person should know, where it looked like an answer and was ignored.
        ignored: Option<Ignored>,
    },
    /// It is ours, but the answer came before.
    Finished,
}

impl fmt::Debug for CallbackVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(answer) => f.debug_tuple("Answer").field(answer).finish(),
            Self::Redirect { .. } => f.write_str("Redirect(…)"),
            Self::Rejected { status, ignored: None } => write!(f, "Rejected({status})"),
            Self::Rejected { status, ignored: Some(ignored) } => write!(f, "Rejected({status}, {ignored:?})"),
            Self::Finished => f.write_str("Finished"),
        }
    }
}

/// Why an answer was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallbackError {
    /// It cannot be read.
    Query(QueryError),
    /// It has no state.
    NoState,
    /// Its state is not ours: another program, another tab, or an attack.
    ForeignState,
    /// It is not from the server that was asked.
    Issuer(IssuerError),
    /// It agrees and refuses at once.
    CodeAndError,
    /// Our state, no error, and yet no code.
    NoCode,
}

impl From<QueryError> for CallbackError {
    fn from(error: QueryError) -> Self {
        Self::Query(error)
    }
}

impl fmt::Display for CallbackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query(QueryError::Damaged) => f.write_str("it is damaged"),
            Self::Query(QueryError::Doubled(name)) => write!(f, "it says “{name}” twice"),
            Self::NoState => f.write_str("it carries no state, so nobody can tell whose answer it is"),
            Self::ForeignState => f.write_str("it answers another login: its state is not ours"),
            Self::Issuer(error) => error.fmt(f),
            Self::CodeAndError => f.write_str("it carries a code and an error at once"),
            Self::NoCode => f.write_str("it carries no code"),
        }
    }
}

impl CallbackVerdict {
    /// This judgement of what `peer` sent, where `is_ours` says which users may answer.
    ///
    /// Whoever it is may be told that nothing is here, or that a login is finished. A caller of
    /// whom nothing is known is believed: the state proves an answer.
    #[must_use]
    pub fn from_peer(self, peer: impl FnOnce() -> Peer, is_ours: impl FnOnce(u32) -> bool) -> Self {
        if !matches!(self, Self::Answer(_) | Self::Redirect { .. }) {
            return self;
        }
        let ignored = match peer() {
            Peer::Of(uid) if !is_ours(uid) => Ignored::OtherUser(uid),
            Peer::HungUp => Ignored::HungUp,
            Peer::Of(_) | Peer::Unknown => return self,
        };
        Self::Rejected { status: 403, ignored: Some(ignored) }
    }
}

/// Judges the head of one request that reached our listener on `port`.
///
/// Nothing is expected without a `check`; `answered` tells that its answer came before.
#[must_use]
pub fn receive(head: &[u8], check: Option<&CallbackCheck>, answered: bool, port: u16) -> CallbackVerdict {
    // Once the answer is there nobody needs to know what else comes.
    let rejected = |status, ignored: Option<Ignored>| CallbackVerdict::Rejected {
        status,
        ignored: ignored.filter(|_| check.is_some() && !answered),
    };
    if head.starts_with(&TLS) {
        return rejected(400, Some(Ignored::Encrypted));
    }
    let Some(head) = RequestHead::read(head) else {
        return rejected(400, None);
    };
    let Some(check) = check else {
        return rejected(404, None);
    };
    let is_callback = head.path == check.path;
    let is_get = head.method == Method::Get;
    let query = Query::read(head.query);
    let is_proven = || query.as_ref().is_ok_and(|query| has_our_state(query, &check.expected));
    if !head.is_for(port) {
        let why = if is_proven() { Ignored::OtherHost } else { Ignored::NotOurs };
        return rejected(400, Some(why).filter(|_| is_callback && is_get));
    }
    if let Some(verdict) = check.follow_link(&head, answered) {
        return verdict;
    }
    if !is_callback {
        // A browser also asks for /favicon.ico; only the redirect path may carry an answer.
        return rejected(404, Some(Ignored::OtherPath).filter(|_| is_get && is_proven()));
    }
    if !is_get {
        return rejected(405, Some(Ignored::Posted).filter(|_| head.method == Method::Post));
    }
    match query
        .as_ref()
        .map_err(|error| CallbackError::from(*error))
        .and_then(|query| prove(query, &check.expected))
    {
        Ok(_) if answered => CallbackVerdict::Finished,
        Ok(answer) => CallbackVerdict::Answer(answer),
        // Whoever knows the state has seen the answer to this login, and there is no other.
        Err(CallbackError::Issuer(_)) if is_proven() && answered => CallbackVerdict::Finished,
        Err(CallbackError::Issuer(error)) if is_proven() => {
            CallbackVerdict::Answer(AuthorizationResponse::Untrusted(error))
        }
        Err(error) => rejected(400, Some(query.map_or(Ignored::NotOurs, |query| ignored(&query, error)))),
    }
}

/// What the person should know of a callback that is not used because it is `error`.
fn ignored(query: &Query, error: CallbackError) -> Ignored {
    let is_refusal = query.has_value("error") && !query.has_value("code");
    match error {
        CallbackError::CodeAndError | CallbackError::NoCode if query.has_value("state") => Ignored::NoCode,
        CallbackError::NoState | CallbackError::NoCode if query.is_empty() => Ignored::NoQuery,
        CallbackError::NoState | CallbackError::ForeignState if is_refusal => {
            Ignored::refusal(&query.shown("error", ERROR).ok().flatten().unwrap_or_default())
        }
        CallbackError::Query(_)
        | CallbackError::NoState
        | CallbackError::ForeignState
        | CallbackError::Issuer(_)
        | CallbackError::CodeAndError
        | CallbackError::NoCode => Ignored::NotOurs,
    }
}

/// Whether `query` carries the state that was sent.
fn has_our_state(query: &Query, expected: &ExpectedAnswer) -> bool {
    let theirs = query.exact("state").ok().flatten();
    theirs.is_some_and(|theirs| !theirs.is_empty() && *theirs == expected.state)
}

/// The answer in `query`, if it is the one that is expected.
///
/// The callback and a pasted address are believed by this one rule. A refusal needs the state
/// also where an answer is taken at its word: any page in the browser could end the login.
///
/// # Errors
/// [`CallbackError`] when it must not be used.
pub fn prove(query: &Query, expected: &ExpectedAnswer) -> Result<AuthorizationResponse, CallbackError> {
    match read(query, expected)? {
        AuthorizationResponse::Denied { .. } if !query.has_value("state") => Err(CallbackError::NoState),
        answer @ (AuthorizationResponse::Denied { .. }
        | AuthorizationResponse::Code { .. }
        | AuthorizationResponse::Untrusted(_)) => Ok(answer),
    }
}

/// The answer in `query`, where it is certain that the provider sent it: it came in the reply to
/// a request of our own.
///
/// # Errors
/// [`CallbackError`] when it must not be used.
pub fn read(query: &Query, expected: &ExpectedAnswer) -> Result<AuthorizationResponse, CallbackError> {
    match (query.exact("state")?.filter(|theirs| !theirs.is_empty()), expected.state_check) {
        (None, StateCheck::Required) => return Err(CallbackError::NoState),
        (Some(theirs), _) if *theirs != expected.state => return Err(CallbackError::ForeignState),
        (None, StateCheck::Waived) | (Some(_), _) => {}
    }
    // A parameter without a value counts as omitted (RFC 6749 §3.1).
    let issuer = query.exact("iss")?.filter(|theirs| !theirs.is_empty());
    expected.check_issuer(issuer).map_err(CallbackError::Issuer)?;
    let code = query.exact("code")?.filter(|code| !code.is_empty());
    match (code, query.shown("error", ERROR)?) {
        (Some(_), Some(_)) => Err(CallbackError::CodeAndError),
        (None, None) => Err(CallbackError::NoCode),
        (Some(code), None) => {
            Ok(AuthorizationResponse::Code { code: code.clone(), issuer: query.shown("iss", ISSUER)? })
        }
        (None, Some(error)) => Ok(AuthorizationResponse::Denied {
            error,
            description: query.shown("error_description", DESCRIPTION)?,
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str = "/callback?code=c0de&state=5tate";

    #[test]
    fn only_a_get_of_the_exact_path_with_our_state_is_an_answer() {
        let code = |code: &str, issuer: Option<&str>| {
            CallbackVerdict::Answer(AuthorizationResponse::Code {
                code: Secret::new(code),
                issuer: issuer.map(String::from),
            })
        };
        let denied = |description: Option<&str>| {
            let description = description.map(String::from);
            CallbackVerdict::Answer(AuthorizationResponse::Denied {
                error: "access_denied".to_owned(),
                description,
            })
        };
        for (target, verdict) in [
            (GOOD, code("c0de", None)),
            ("/callback?state=%35tate&scope=a+b&scope=c&code=a%2Bb%2F%3D~", code("a+b/=~", None)),
            ("/callback?code=c0de&state=5tate&error=", code("c0de", None)),
            ("/callback?code=c&state=5tate&iss=https://as.test", code("c", Some("https://as.test"))),
            ("/callback?error=access_denied&state=5tate", denied(None)),
            (
                "/callback?error=access_denied&state=5tate&error_description=no%0A%1b[2J",
                denied(Some("no��[2J")),
            ),
            ("/go/sixteen-letters-", go(None)),
            ("/go/once", go(Some("once"))),
            ("/go/spent", CallbackVerdict::Rejected { status: 410, ignored: Some(Ignored::UsedLink) }),
            ("/callback", told(400, Ignored::NoQuery)),
            ("/callback?", told(400, Ignored::NoQuery)),
            ("/callback?code=c0de", ignored(400)),
            ("/callback?error=access_denied", refusal(Some("access_denied"))),
            ("/callback?error=access_denied&state=other", refusal(Some("access_denied"))),
            ("/callback?error=no%1b[2J&error_description=call+0900", refusal(None)),
            ("/callback?error=Call%20me", refusal(None)),
            ("/callback?error=", ignored(400)),
            ("/callback?error=access_denied&code=c", ignored(400)),
            ("/callback?code=c0de&state=", ignored(400)),
            ("/callback?code=c0de&state=5TATE", ignored(400)),
            ("/callback?code=c0de&state=5tate+", ignored(400)),
            ("/callback?code=c0de&state=5tat", ignored(400)),
            ("/callback?code=c0de&state=5tate&state=5tate", ignored(400)),
            ("/callback?code=c0de&state=5tate&state=other", ignored(400)),
            ("/callback?code=a&code=b&state=5tate", ignored(400)),
            ("/callback?code=a&error=access_denied&state=5tate", told(400, Ignored::NoCode)),
            ("/callback?state=5tate", told(400, Ignored::NoCode)),
            ("/callback?code=&state=5tate", told(400, Ignored::NoCode)),
            ("/callback?code=%00&state=5tate", ignored(400)),
            ("/callback?code=a%0D%0Ab&state=5tate", ignored(400)),
            ("/callback?code=a%2&state=5tate", ignored(400)),
            ("/callback?code=c&state=other&iss=https://evil.test", ignored(400)),
            ("/callback?code=c&iss=https://evil.test", ignored(400)),
            ("/callback?code=c&state=5tate&iss=https://as.test&iss=https://as.test", ignored(400)),
            ("/callback/?code=c0de&state=5tate", told(404, Ignored::OtherPath)),
            ("/Callback?code=c0de&state=5tate", told(404, Ignored::OtherPath)),
            ("//callback?code=c0de&state=5tate", told(404, Ignored::OtherPath)),
            ("/%63allback?code=c0de&state=5tate", told(404, Ignored::OtherPath)),
            ("/?code=c0de&state=other", noise(404)),
            ("/favicon.ico", noise(404)),
            ("/", noise(404)),
            ("/go/", noise(404)),
            ("/go/sixteen-letters_", noise(404)),
            ("/go/sixteen-letters-/", noise(404)),
        ] {
            assert_eq!(judge(&get(target)), verdict, "{target}");
        }
    }

    #[test]
    fn every_other_method_is_refused_even_with_the_right_state() {
        for method in ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "get", "CONNECT", "PROPFIND"] {
            let good = if method == "POST" { told(405, Ignored::Posted) } else { noise(405) };
            for (target, verdict) in [
                (GOOD, good),
                ("/go/sixteen-letters-", noise(405)),
                ("/go/once", noise(405)),
                ("/favicon.ico", noise(404)),
            ] {
                let head = get(target).replacen("GET", method, 1);
                assert_eq!(judge(&head), verdict, "{method} {target}");
            }
        }
    }

    #[test]
    fn the_host_must_be_this_machine_and_this_port_and_occur_once() {
        for (lines, fine) in [
            ("Host: 127.0.0.1:8765", true),
            ("host:localhost:8765", true),
            ("HOST:\t[::1]:8765 ", true),
            ("Host: LOCALHOST:8765\r\nCookie: other=\u{fc}", true),
            ("Host: evil.test:8765", false),
            ("Host: 127.0.0.1.evil.test:8765", false),
            ("Host: localhost.:8765", false),
            ("Host: localhost", false),
            ("Host: localhost:80", false),
            ("Host: localhost:08765", false),
            ("Host: user@localhost:8765", false),
            ("Host:", false),
            ("Accept: */*", false),
        ] {
            let verdict = judge(&format!("GET {GOOD} HTTP/1.1\r\n{lines}\r\n\r\n"));
            assert_eq!(matches!(verdict, CallbackVerdict::Answer(_)), fine, "{lines}");
            assert!(fine || verdict == told(400, Ignored::OtherHost), "{lines}");
        }
        let implied = format!("GET {GOOD} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert!(matches!(receive(implied.as_bytes(), Some(&check()), false, 80), CallbackVerdict::Answer(_)));
    }

    #[test]
    fn what_is_no_request_is_noise() {
        let host = "Host: localhost:8765";
        for head in [
            String::new(),
            "\r\n\r\n".to_owned(),
            format!("GET {GOOD} HTTP/1.1\r\n{host}\r\n"),
            format!("GET {GOOD} HTTP/1.1\n{host}\n\n"),
            format!("GET {GOOD} HTTP/1.1\r\n{host}\r\n{host}\r\n\r\n"),
            format!("GET {GOOD} HTTP/1.1\r\n{host}\r\n folded: x\r\n\r\n"),
            format!("GET {GOOD} HTTP/1.1\r\nHost : localhost:8765\r\n\r\n"),
            format!("GET {GOOD} HTTP/1.1\r\n{host}\r\nno colon\r\n\r\n"),
            format!("GET {GOOD} HTTP/1.1\r\n{host}\r\nX: \0\r\n\r\n"),
            format!("GET {GOOD} HTTP/1.1\r\n{host}\r\nX: a\rb\r\n\r\n"),
            format!("GET {GOOD}\0 HTTP/1.1\r\n{host}\r\n\r\n"),
            format!("GET {GOOD}\u{fc} HTTP/1.1\r\n{host}\r\n\r\n"),
            format!("GET {GOOD}#x HTTP/1.1\r\n{host}\r\n\r\n"),
            format!("GET  {GOOD} HTTP/1.1\r\n{host}\r\n\r\n"),
            format!("GET {GOOD} HTTP/1.1 x\r\n{host}\r\n\r\n"),
            format!("GET {GOOD} HTTP/2.0\r\n{host}\r\n\r\n"),
            format!("GET {GOOD}\r\n{host}\r\n\r\n"),
            format!(" {GOOD} HTTP/1.1\r\n{host}\r\n\r\n"),
            format!("GET http://localhost:8765{GOOD} HTTP/1.1\r\n{host}\r\n\r\n"),
            format!("GET http://evil.test{GOOD} HTTP/1.1\r\n{host}\r\n\r\n"),
            format!("OPTIONS * HTTP/1.1\r\n{host}\r\n\r\n"),
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        ] {
            assert_eq!(judge(&head), noise(400), "{head:?}");
        }
    }

    #[test]
    fn a_second_answer_is_told_that_the_login_is_finished() {
        let check = check();
        for (target, verdict) in [
            (GOOD, CallbackVerdict::Finished),
            ("/callback?error=access_denied&state=5tate", CallbackVerdict::Finished),
            ("/go/sixteen-letters-", CallbackVerdict::Finished),
            ("/go/once", CallbackVerdict::Finished),
            ("/go/spent", CallbackVerdict::Finished),
            ("/callback?error=access_denied", noise(400)),
            ("/callback/?code=c0de&state=5tate", noise(404)),
            ("/callback?code=c0de&state=other", noise(400)),
            ("/favicon.ico", noise(404)),
        ] {
            assert_eq!(receive(get(target).as_bytes(), Some(&check), true, 8765), verdict, "{target}");
        }
    }

    #[test]
    fn nothing_is_an_answer_while_no_state_is_expected() {
        assert_eq!(receive(get(GOOD).as_bytes(), None, false, 8765), noise(404));
        let expected = ExpectedAnswer { state: Secret::default(), ..expected() };
        let open = CallbackCheck { expected, go: Secret::default(), ..check() };
        for (target, status) in [("/callback?code=c&state=", 400), (GOOD, 400)] {
            assert_eq!(
                receive(get(target).as_bytes(), Some(&open), false, 8765),
                ignored(status),
                "{target}"
            );
        }
        assert_eq!(receive(get("/go/").as_bytes(), Some(&open), false, 8765), noise(404));
    }

    #[test]
    fn an_answer_without_state_is_believed_once_and_only_where_the_provider_returns_none() {
        let waived = ExpectedAnswer { state_check: StateCheck::Waived, ..expected() };
        let check = CallbackCheck { expected: waived, authorize: None, ..check() };
        let code =
            CallbackVerdict::Answer(AuthorizationResponse::Code { code: Secret::new("c0de"), issuer: None });
        let denied = CallbackVerdict::Answer(AuthorizationResponse::Denied {
            error: "access_denied".to_owned(),
            description: None,
        });
        let finished = || CallbackVerdict::Finished;
        for (target, first, again) in [
            ("/callback?code=c0de", code.clone(), finished()),
            ("/callback?code=c0de&state=", code.clone(), finished()),
            (GOOD, code.clone(), finished()),
            ("/callback?code=c0de&state=other", ignored(400), noise(400)),
            ("/callback?code=c0de&state=5tate&state=5tate", ignored(400), noise(400)),
            ("/callback?code=c0de&iss=https://evil.test", ignored(400), noise(400)),
            ("/callback?error=access_denied", refusal(Some("access_denied")), noise(400)),
            ("/callback?error=access_denied&state=", refusal(Some("access_denied")), noise(400)),
            ("/callback?error=access_denied&state=5tate", denied, finished()),
            ("/callback", told(400, Ignored::NoQuery), noise(400)),
            ("/callback/?code=c0de", noise(404), noise(404)),
            ("/?code=c0de", noise(404), noise(404)),
            ("/go/sixteen-letters-", noise(404), noise(404)),
        ] {
            let judge = |answered| receive(get(target).as_bytes(), Some(&check), answered, 8765);
            assert_eq!((judge(false), judge(true)), (first, again), "{target}");
        }
        let foreign = "GET /callback?code=c0de HTTP/1.1\r\nHost: evil.test:8765\r\n\r\n";
        assert_eq!(receive(foreign.as_bytes(), Some(&check), false, 8765), ignored(400));
    }

    #[test]
    fn a_greeting_of_tls_is_told_while_somebody_waits() {
        let greeting = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
        for (check, answered, verdict) in [
            (Some(check()), false, told(400, Ignored::Encrypted)),
            (Some(check()), true, noise(400)),
            (None, false, noise(400)),
        ] {
            assert_eq!(receive(greeting, check.as_ref(), answered, 8765), verdict);
        }
    }

    #[test]
    fn what_another_user_sends_is_no_answer_and_opens_no_link() {
        let other = |status| told(status, Ignored::OtherUser(7));
        for (target, peer, verdict) in [
            (GOOD, Peer::Of(7), other(403)),
            ("/callback?error=access_denied&state=5tate", Peer::Of(7), other(403)),
            ("/go/sixteen-letters-", Peer::Of(7), other(403)),
            ("/go/once", Peer::Of(7), other(403)),
            ("/favicon.ico", Peer::Of(7), noise(404)),
            (GOOD, Peer::HungUp, told(403, Ignored::HungUp)),
            ("/go/once", Peer::Of(0), go(Some("once"))),
            ("/go/once", Peer::Unknown, go(Some("once"))),
        ] {
            assert_eq!(judge(&get(target)).from_peer(|| peer, |uid| uid == 0), verdict, "{target} {peer:?}");
        }
    }

    #[test]
    fn an_answer_of_another_server_than_was_asked_ends_the_login_and_nothing_of_it_is_kept() {
        let other = CallbackVerdict::Answer(AuthorizationResponse::Untrusted(IssuerError::Other));
        let missing = CallbackVerdict::Answer(AuthorizationResponse::Untrusted(IssuerError::Missing));
        for (promise, iss, refused) in [
            (IssuerInAnswers::Optional, "", None),
            (IssuerInAnswers::Optional, "&iss=", None),
            (IssuerInAnswers::Optional, "&iss=https://as.test", None),
            (IssuerInAnswers::Optional, "&iss=https://evil.test", Some(&other)),
            (IssuerInAnswers::Optional, "&iss=https://as.test/", Some(&other)),
            (IssuerInAnswers::Optional, "&iss=https://AS.test", Some(&other)),
            (IssuerInAnswers::Optional, "&iss=https://as.test:443", Some(&other)),
            (IssuerInAnswers::Promised, "&iss=https://as.test", None),
            (IssuerInAnswers::Promised, "&iss=https://evil.test", Some(&other)),
            (IssuerInAnswers::Promised, "", Some(&missing)),
            (IssuerInAnswers::Promised, "&iss=", Some(&missing)),
        ] {
            let check = CallbackCheck {
                expected: ExpectedAnswer { issuer_in_answers: promise, ..expected() },
                ..check()
            };
            for answer in ["code=c0de", "error=access_denied&error_description=call+0900"] {
                let head = get(&format!("/callback?{answer}&state=5tate{iss}"));
                let judge = |answered| receive(head.as_bytes(), Some(&check), answered, 8765);
                let verdict = judge(false);
                let is_used = matches!(
                    &verdict,
                    CallbackVerdict::Answer(
                        AuthorizationResponse::Code { .. } | AuthorizationResponse::Denied { .. }
                    )
                );
                assert_eq!(is_used, refused.is_none(), "{promise:?} {iss} {answer}");
                assert!(refused.is_none_or(|refused| *refused == verdict), "{promise:?} {iss}: {verdict:?}");
                assert_eq!(judge(true), CallbackVerdict::Finished, "{promise:?} {iss} {answer}");
            }
        }
    }

    #[test]
    fn an_issuer_is_passed_on_where_nobody_knows_the_right_one() {
        let check = CallbackCheck { expected: ExpectedAnswer { issuer: None, ..expected() }, ..check() };
        let head = get("/callback?code=c&state=5tate&iss=https://any.test");
        let verdict = receive(head.as_bytes(), Some(&check), false, 8765);
        let issuer = Some("https://any.test".to_owned());
        assert_eq!(
            verdict,
            CallbackVerdict::Answer(AuthorizationResponse::Code { code: Secret::new("c"), issuer })
        );
    }

    #[test]
    fn no_secret_is_in_a_debug_print() {
        let shown =
            format!("{:?} {:?} {:?}", check(), judge(&get(GOOD)), judge(&get("/go/sixteen-letters-")));
        for secret in ["5tate", "c0de", "sixteen", "once", "https://as.test/authorize"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn random_bytes_are_never_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let verdict = receive(&bytes, Some(&check()), false, 8765);
            prop_assert!(is_stray(&verdict), "{:?}", verdict);
        }

        #[test]
        fn a_request_with_random_parts_is_never_an_answer(
            target in "/(callback|go/)?[?&=#a-z%0-9+/ \\PC]{0,60}",
            lines in "((Host|X|): ?(localhost:8765|\\PC{0,9})\r?\n){0,3}",
        ) {
            let head = format!("GET {target} HTTP/1.1\r\n{lines}\r\n");
            let verdict = judge(&head);
            prop_assert!(is_stray(&verdict), "{:?}", verdict);
        }

        #[test]
        fn without_our_state_no_query_is_an_answer(query in "((code|state|error|iss)=[a-z%0-46-9]{0,8}&){0,6}") {
            let verdict = judge(&get(&format!("/callback?{query}")));
            prop_assert!(matches!(verdict, CallbackVerdict::Rejected { status: 400, ignored: Some(_) }), "{:?}", verdict);
        }
    }

    fn judge(head: &str) -> CallbackVerdict {
        receive(head.as_bytes(), Some(&check()), false, 8765)
    }

    fn get(target: &str) -> String {
        format!("GET {target} HTTP/1.1\r\nHost: localhost:8765\r\nAccept: */*\r\n\r\n")
    }

    fn is_stray(verdict: &CallbackVerdict) -> bool {
        matches!(verdict, CallbackVerdict::Rejected { .. })
    }

    fn ignored(status: u16) -> CallbackVerdict {
        told(status, Ignored::NotOurs)
    }

    fn refusal(error: Option<&str>) -> CallbackVerdict {
        told(400, Ignored::Refusal(error.map(String::from)))
    }

    fn told(status: u16, ignored: Ignored) -> CallbackVerdict {
        CallbackVerdict::Rejected { status, ignored: Some(ignored) }
    }

    fn noise(status: u16) -> CallbackVerdict {
        CallbackVerdict::Rejected { status, ignored: None }
    }

    fn go(link: Option<&str>) -> CallbackVerdict {
        CallbackVerdict::Redirect { to: page(), link: link.map(Secret::new) }
    }

    fn check() -> CallbackCheck {
        CallbackCheck {
            login: LoginId(1),
            path: "/callback".to_owned(),
            expected: expected(),
            go: Secret::new("sixteen-letters-"),
            links: [("spent", true), ("once", false)]
                .map(|(name, used)| BrowserLink { name: Secret::new(name), used })
                .to_vec(),
            authorize: Some(page()),
        }
    }

    fn expected() -> ExpectedAnswer {
        let issuer = Some("https://as.test".to_owned());
        ExpectedAnswer {
            state: Secret::new("5tate"),
            state_check: StateCheck::Required,
            issuer,
            issuer_in_answers: IssuerInAnswers::Optional,
        }
    }

    fn page() -> Url {
        Url::parse("https://as.test/authorize?state=5tate").expect("a URL")
    }
}
