//! Faults: planned failures, each waiting for requests of its kind, and how a person writes them:
//! `token=503`.
//!
//! The same words stand behind `authtui demo --fault` and the buttons of the server's own page.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::demo::authority::dialect::Endpoint;
use crate::demo::authority::request::IncomingRequest;
use crate::demo::authority::response::{ErrorCode, HttpResponse};
use crate::demo::authority::{DEVICE_GRANT, ME, MODELS, REVOKE, USERINFO};

/// How many faults may be planned; the oldest give way to more.
const FAULT_LIMIT: usize = 256;

/// How late a slow response is.
const SLOW: Duration = Duration::from_secs(6);

/// What happens to a request in place of the ordinary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// This response comes instead; the request changes nothing.
    Instead(HttpResponse),
    /// The request is refused in the dialect of its server, and changes nothing.
    Refused(ErrorCode),
    /// The request does what it does, and its response comes late.
    Late(Duration),
    /// The request does what it does, and its response is compressed, which nobody asked for.
    Compressed,
    /// The request does what it does, and its response never comes.
    LostAnswer,
    /// The request changes nothing and is never answered.
    LostRequest,
}

impl FaultKind {
    /// Whether the request does nothing of what it asks for.
    pub(super) fn changes_nothing(&self) -> bool {
        match self {
            Self::Instead(_) | Self::Refused(_) | Self::LostRequest => true,
            Self::Late(_) | Self::Compressed | Self::LostAnswer => false,
        }
    }
}

/// The requests that a fault waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultPlace {
    Path(String),
    /// Every server's authorization endpoint.
    Authorize,
    /// Every device authorization endpoint.
    Device,
    /// The polls of a device.
    Poll,
    /// The token requests that are no polls.
    Token,
    Revoke,
    /// The list of scopes.
    Scopes,
    /// The resources behind access tokens.
    Api,
}

impl FaultPlace {
    fn meets(&self, request: &IncomingRequest<'_>) -> bool {
        let path = request.http.path;
        match self {
            Self::Path(own) => own == path,
            Self::Authorize => match request.endpoint {
                Some(Endpoint::Authorize) => request.http.method == "GET",
                endpoint => matches!(endpoint, Some(Endpoint::PlatformAuthorize(_))),
            },
            Self::Device => request.endpoint == Some(Endpoint::Device),
            Self::Poll => request.grant_type() == Some(DEVICE_GRANT),
            Self::Token => request.grant_type().is_some_and(|grant_type| grant_type != DEVICE_GRANT),
            Self::Revoke => path == REVOKE,
            Self::Scopes => request.endpoint == Some(Endpoint::ScopeList),
            Self::Api => [MODELS, USERINFO, ME].contains(&path),
        }
    }
}

/// A failure for the next requests of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub place: FaultPlace,
    /// How many more requests it meets.
    pub times: u32,
    pub kind: FaultKind,
}

/// The faults that are still to come, in the order they were planned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(VecDeque<Fault>);

impl Faults {
    /// Plans a fault for the next `times` requests to `path`, after what is planned already.
    pub fn plan(&mut self, path: &str, times: u32, kind: FaultKind) {
        self.add(Fault { place: FaultPlace::Path(path.to_owned()), times, kind });
    }

    /// Plans `fault`, after what is planned already.
    pub fn add(&mut self, fault: Fault) {
        if self.0.len() >= FAULT_LIMIT {
            self.0.pop_front();
        }
        self.0.push_back(fault);
    }

    /// Forgets everything planned.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How many requests will meet a fault.
    pub fn left(&self) -> u32 {
        self.0.iter().fold(0, |sum, fault| sum.saturating_add(fault.times))
    }

    /// The fault that `request` meets, which is one time less to come.
    pub(super) fn take(&mut self, request: &IncomingRequest<'_>) -> Option<FaultKind> {
        self.0.retain(|fault| fault.times > 0);
        let fault = self.0.iter_mut().find(|fault| fault.place.meets(request))?;
        fault.times -= 1;
        Some(fault.kind.clone())
    }
}

/// The places, and what they mean.
const PLACES: [(&str, FaultPlace, &str); 7] = [
    ("authorize", FaultPlace::Authorize, "the page or request that begins a login"),
    ("device", FaultPlace::Device, "the request for a device code"),
    ("poll", FaultPlace::Poll, "a poll with a device code"),
    ("token", FaultPlace::Token, "a code or a refresh token becoming tokens"),
    ("revoke", FaultPlace::Revoke, "a login being ended"),
    ("scopes", FaultPlace::Scopes, "the list of scopes"),
    ("api", FaultPlace::Api, "the test of a token or key"),
];

/// What can go wrong everywhere.
const ANYWHERE: [(&str, &str); 6] = [
    ("400 to 599", "answered with that status"),
    ("slow", "answered after six seconds"),
    ("gzip", "answered compressed, which nobody asked for"),
    ("html", "answered with a page that has nothing to do with it"),
    ("lost", "done, but the answer never comes"),
    ("cut", "not done, and the connection breaks"),
];

/// What can go wrong at one place only.
const SPECIAL: [(&str, &str, ErrorCode, &str); 7] = [
    ("authorize", "denied", ErrorCode::AccessDenied, "the person says no"),
    ("device", "expired", ErrorCode::ExpiredToken, "the code is too old at its next poll"),
    ("poll", "denied", ErrorCode::AccessDenied, "the person says no"),
    ("poll", "expired", ErrorCode::ExpiredToken, "the code has expired"),
    ("poll", "slow_down", ErrorCode::SlowDown, "polled too often"),
    ("token", "dead", ErrorCode::InvalidGrant, "the login has ended"),
    ("revoke", "unsupported", ErrorCode::UnsupportedTokenType, "tokens of this kind are not revoked"),
];

/// Reads `WHERE=WHAT` as a fault of the next such request.
///
/// # Errors
/// A [`FaultError`] that tells what can be written.
pub fn parse(written: &str) -> Result<Fault, FaultError> {
    let (at, what) = written.split_once('=').ok_or(FaultError::Shape)?;
    let (at, place, _) = PLACES.into_iter().find(|(word, ..)| *word == at).ok_or(FaultError::Place)?;
    let special = SPECIAL.into_iter().find(|(place, word, ..)| *place == at && *word == what);
    if let Some((_, _, error, _)) = special {
        // A code is too old when it is polled with, whatever its own answer says.
        let place = if place == FaultPlace::Device { FaultPlace::Poll } else { place };
        return Ok(Fault { place, times: 1, kind: FaultKind::Refused(error) });
    }
    let status = what.parse::<u16>().ok().filter(|status| (400..600).contains(status));
    let kind = match (what, status) {
        (_, Some(status)) => {
            FaultKind::Instead(HttpResponse::new(status, "text/plain", "planned in the demo"))
        }
        ("slow", None) => FaultKind::Late(SLOW),
        ("html", None) => {
            let page = "<!doctype html><title>Sign in</title><p>Sign in to this network first.</p>";
            FaultKind::Instead(HttpResponse::new(200, "text/html; charset=utf-8", page))
        }
        ("gzip", None) => FaultKind::Compressed,
        ("lost", None) => FaultKind::LostAnswer,
        ("cut", None) => FaultKind::LostRequest,
        (_, None) => return Err(FaultError::Kind { place: at }),
    };
    Ok(Fault { place, times: 1, kind })
}

/// Everything that can be written, as `--help` shows it.
pub fn help() -> String {
    let row = |word: &str, meaning: &str| format!("  {word:<18} {meaning}\n");
    let places: String = PLACES.iter().map(|(word, _, meaning)| row(word, meaning)).collect();
    let anywhere: String = ANYWHERE.iter().map(|(word, meaning)| row(word, meaning)).collect();
    let special = SPECIAL.iter().map(|(at, word, _, meaning)| row(&format!("{at}={word}"), meaning));
    let special: String = special.collect();
    format!(
        "Faults: --fault WHERE=WHAT meets the next such request; repeat it for more.\nWHERE:\n{places}WHAT, \
         everywhere:\n{anywhere}and at one place:\n{}",
        special.trim_end()
    )
}

/// A text that is no fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultError {
    /// It is not `WHERE=WHAT`.
    Shape,
    Place,
    /// Nothing of that name goes wrong at this place.
    Kind {
        place: &'static str,
    },
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such fault: ")?;
        match self {
            Self::Shape => f.write_str("write WHERE=WHAT, as in token=503"),
            Self::Place => {
                let words: Vec<&str> = PLACES.iter().map(|(word, ..)| *word).collect();
                write!(f, "WHERE is one of {}", words.join(", "))
            }
            Self::Kind { place: at } => {
                let special = SPECIAL.iter().filter(|(place, ..)| place == at).map(|(_, word, ..)| *word);
                let words: Vec<&str> = ANYWHERE.iter().map(|(word, _)| *word).chain(special).collect();
                write!(f, "WHAT at {at} is one of {}", words.join(", "))
            }
        }
    }
}

impl Error for FaultError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::request::{HttpRequest, TokenGenerator};
    use crate::demo::authority::response::Delivery;
    use crate::demo::authority::tests::{STATE, TestUser, json, now_at, parameter, refused, request, text};
    use crate::demo::authority::{AUTHORIZE, TOKEN, client};

    /// The fault that meets a request with that line and form.
    fn take(faults: &mut Faults, line: &str, body: &str) -> Option<FaultKind> {
        let (method, path) = line.split_once(' ').expect("a line");
        let headers = [("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        let http = HttpRequest { method, path, query: "", headers: &headers, body };
        let tokens = TokenGenerator { random: [7; 64], serial: 0 };
        faults.take(&IncomingRequest::new(&http, now_at(0), tokens))
    }

    #[test]
    fn a_fault_meets_its_path_as_often_as_planned() {
        let mut faults = Faults::default();
        faults.plan("/token", 2, FaultKind::LostAnswer);
        faults.plan("/token", 1, FaultKind::LostRequest);
        faults.plan("/never", 0, FaultKind::LostRequest);
        assert_eq!(faults.left(), 3);

        let mut take = |path: &str| take(&mut faults, &format!("POST {path}"), "");
        assert_eq!(take("/other"), None);
        assert_eq!(take("/never"), None);
        assert_eq!(take("/token"), Some(FaultKind::LostAnswer));
        assert_eq!(take("/token"), Some(FaultKind::LostAnswer));
        assert_eq!(take("/token"), Some(FaultKind::LostRequest));
        assert_eq!(take("/token"), None);
    }

    #[test]
    fn a_place_is_met_by_the_requests_of_every_server_and_by_no_other() {
        let poll = format!("grant_type={}", DEVICE_GRANT);
        let authorize = format!("GET {AUTHORIZE}");
        let decision = format!("POST {AUTHORIZE}");
        let token = format!("POST {TOKEN}");
        let qwen = "POST /api/v1/oauth2/token";
        let anthropic = "POST /v1/oauth/token";
        for (place, line, body, met) in [
            (FaultPlace::Authorize, authorize.as_str(), "", true),
            (FaultPlace::Authorize, decision.as_str(), "", false),
            (FaultPlace::Authorize, "POST /v2/oauth/x/authorize", "", true),
            (FaultPlace::Device, "POST /oauth2/device", "", true),
            (FaultPlace::Device, "GET /device", "", false),
            (FaultPlace::Poll, token.as_str(), poll.as_str(), true),
            (FaultPlace::Poll, qwen, poll.as_str(), true),
            (FaultPlace::Poll, token.as_str(), "grant_type=refresh_token", false),
            (FaultPlace::Token, token.as_str(), "grant_type=refresh_token", true),
            (FaultPlace::Token, anthropic, "", true),
            (FaultPlace::Token, "POST /v2/oauth/x/refresh", "", true),
            (FaultPlace::Token, token.as_str(), poll.as_str(), false),
            (FaultPlace::Revoke, "POST /oauth2/revoke", "", true),
            (FaultPlace::Revoke, token.as_str(), "", false),
            (FaultPlace::Token, "POST /oauth2/revoke", "", false),
            (FaultPlace::Scopes, "GET /v1/auth/scopes", "", true),
            (FaultPlace::Api, "GET /v2/me", "", true),
            (FaultPlace::Api, token.as_str(), "", false),
        ] {
            let mut faults = Faults::default();
            faults.add(Fault { place: place.clone(), times: 1, kind: FaultKind::LostAnswer });
            assert_eq!(take(&mut faults, line, body).is_some(), met, "{place:?} {line} {body}");
        }
    }

    #[test]
    fn every_word_of_the_help_is_a_fault() {
        for (at, ..) in PLACES {
            for what in ["400", "503", "599", "slow", "gzip", "html", "lost", "cut"] {
                assert!(parse(&format!("{at}={what}")).is_ok(), "{at}={what}");
            }
        }
        for (at, what, ..) in SPECIAL {
            assert!(parse(&format!("{at}={what}")).is_ok(), "{at}={what}");
        }
    }

    #[test]
    fn what_is_no_fault_is_refused_with_what_can_be_written() {
        for (written, words) in [
            ("token", "write WHERE=WHAT"),
            ("tokens=503", "WHERE is one of authorize, device, poll, token, revoke, scopes, api"),
            ("=503", "WHERE is one of"),
            ("token=200", "WHAT at token is one of 400 to 599, slow, gzip, html, lost, cut, dead"),
            ("token=slow_down", "WHAT at token is"),
            ("scopes=denied", "WHAT at scopes is"),
            ("token=", "WHAT at token is"),
            ("a\u{1b}=x", "no such fault: WHERE is one of"),
        ] {
            let error = parse(written).expect_err(written).to_string();
            assert!(error.contains(words), "{written}: {error}");
        }
    }

    #[test]
    fn a_fault_comes_instead_of_the_answer_and_only_a_lost_answer_changes_something() {
        let unavailable = HttpResponse::new(503, "text/plain", "").with("Retry-After", "7");
        for (kind, status, delivery, spent) in [
            (FaultKind::Instead(unavailable), 503, Delivery::AtOnce, false),
            (FaultKind::LostRequest, 500, Delivery::Never, false),
            (FaultKind::LostAnswer, 200, Delivery::Never, true),
            (FaultKind::Compressed, 200, Delivery::Compressed, true),
            (FaultKind::Late(Duration::from_secs(1)), 200, Delivery::After(Duration::from_secs(1)), true),
        ] {
            let mut user = TestUser::new();
            let tokens = user.tokens();
            let token = text(&tokens, "/refresh_token");
            user.authority.faults.plan(TOKEN, 1, kind.clone());
            let answer = user.refresh(token);
            assert_eq!((answer.status, answer.delivery), (status, delivery), "{kind:?}");
            assert_eq!(user.refresh(token).status == 400, spent, "{kind:?}");
            assert_eq!(user.authority.counters().ended("refresh_token", "fault") == 0, spent, "{kind:?}");
        }
    }

    #[test]
    fn a_planned_refusal_comes_in_the_dialect_of_its_place() {
        let mut user = TestUser::new();
        let plan = |user: &mut TestUser, written: &str| {
            user.authority.faults.add(parse(written).expect(written));
        };
        plan(&mut user, "authorize=denied");
        let back = user.authorize(&request());
        assert_eq!(
            (parameter(&back, "error"), parameter(&back, "state")),
            ("access_denied".into(), STATE.into())
        );
        assert_eq!(user.authorize(&request()).status, 200);

        let poll = vec![("grant_type", DEVICE_GRANT), ("client_id", client::PUBLIC), ("device_code", "x")];
        plan(&mut user, "poll=slow_down");
        assert_eq!(refused(&user.post("/api/v1/oauth2/token", &poll)), (429, "slow_down".into()));
        plan(&mut user, "device=expired");
        assert_eq!(refused(&user.post(TOKEN, &poll)), (400, "expired_token".into()));
        plan(&mut user, "token=dead");
        let platform = user.send("/v2/oauth/x/refresh", &[], &serde_json::json!({}));
        assert_eq!((platform.status, json(&platform)["status"].clone()), (400, "error".into()));
        assert_eq!(user.authority.counters().ended("refresh_token", "fault"), 1);
    }
}
