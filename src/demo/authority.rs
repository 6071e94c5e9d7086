//! An authorization server as a value: a request goes in, an answer comes out.
//!
//! [`Authority::hear`] gets the time and 64 random bytes with every request, so that the same
//! requests always give the same answers. It serves the paths of every seed, each in the manner
//! of its server ([`Dialect`]), checks what a strict provider checks (PKCE, exact redirects,
//! single use of codes and refresh tokens) and counts what it saw, so that a test can ask it what
//! a client really did.

use std::collections::{BTreeMap, VecDeque};

use crate::demo::authority::client::Client;
use crate::demo::authority::code::Code;
use crate::demo::authority::consent::Consent;
use crate::demo::authority::device::Devices;
use crate::demo::authority::dialect::Dialect;
use crate::demo::authority::exchange::{Answer, Asked, Delivery};
use crate::demo::authority::fault::{Faults, Mishap};
use crate::demo::authority::grant::{Granted, Grants, Lives, NewGrant};
use crate::demo::authority::mint::Mint;
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::platform::{Session, Step};
use crate::demo::authority::record::{Counters, Kept, Record, Visit};
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::domain::clock::Now;
use crate::domain::secret::Secret;

pub mod anthropic;
pub mod cal;
mod challenge;
pub mod client;
pub mod code;
pub mod consent;
pub mod device;
pub mod dialect;
pub mod exchange;
pub mod fault;
pub mod front;
pub mod grant;
mod mint;
pub mod page;
pub mod parameter;
pub mod platform;
pub mod qonic;
pub mod qwen;
pub mod record;
mod redirect;
pub mod refusal;
mod reply;
pub mod resource;
mod revocation;
pub mod scope;
pub mod script;
pub mod token;
mod user_code;

/// Where a login begins, and where the consent page posts the person's decision.
pub const AUTHORIZE: &str = "/oauth2/auth";
/// Where the code is shown for pasting.
pub const PASTE: &str = "/oauth2/code/callback";
/// Where codes and refresh tokens become tokens.
pub const TOKEN: &str = "/oauth2/token";
/// Where a token ends its grant (RFC 7009).
pub const REVOKE: &str = "/oauth2/revoke";
/// Who a token speaks for.
pub const USERINFO: &str = "/oauth2/userinfo";
/// The harmless request that tests a token.
pub const MODELS: &str = "/v1/models";

/// How many requests, codes and device codes wait at one time.
const MOST_WAITING: usize = 64;

/// How long things live here, and how it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The lives of every grant that is not named below.
    pub lives: Lives,
    /// The lives of the grants of one account.
    pub accounts: BTreeMap<String, Lives>,
    /// How device codes are given.
    pub device: device::Manner,
    /// Whether the platform wants the person's session.
    pub session: Session,
    /// The API keys that work.
    pub keys: Vec<Secret>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lives: Lives::default(),
            accounts: BTreeMap::new(),
            device: device::Manner::default(),
            session: Session::default(),
            keys: vec![Secret::new(resource::KEY)],
        }
    }
}

impl Settings {
    /// The lives of the grants of `account`.
    #[must_use]
    pub fn lives_of(&self, account: &str) -> Lives {
        self.accounts.get(account).copied().unwrap_or(self.lives)
    }
}

/// The authorization server. It holds no token and no code, only their fingerprints.
pub struct Authority {
    /// How long things live.
    pub settings: Settings,
    /// Who may ask.
    pub clients: Vec<Client>,
    /// What goes wrong next.
    pub faults: Faults,
    issuer: String,
    serial: u64,
    consents: VecDeque<Consent>,
    codes: VecDeque<Code>,
    devices: Devices,
    grants: Grants,
    record: Record,
}

impl Authority {
    /// An authorization server at `issuer`, an address without a slash at its end.
    #[must_use]
    pub fn new(issuer: &str, settings: Settings) -> Self {
        Self {
            settings,
            clients: client::known(),
            faults: Faults::default(),
            issuer: issuer.to_owned(),
            serial: 0,
            consents: VecDeque::new(),
            codes: VecDeque::new(),
            devices: Devices::default(),
            grants: Grants::default(),
            record: Record::default(),
        }
    }

    /// Its address: the `iss` of its answers (RFC 9207).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Tells it the address it was put at.
    pub fn move_to(&mut self, issuer: &str) {
        issuer.clone_into(&mut self.issuer);
    }

    /// What it counted.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.record.counters
    }

    /// The last requests, oldest first.
    pub fn visits(&self) -> impl DoubleEndedIterator<Item = &Visit> {
        self.record.visits.iter()
    }

    /// Keeps the last requests as they come, from here on.
    pub fn keep_requests(&mut self) {
        self.record.kept.get_or_insert_default();
    }

    /// The last requests as they came, oldest first; none unless they are
    /// [kept](Self::keep_requests).
    pub fn requests(&self) -> impl DoubleEndedIterator<Item = &Kept> {
        self.record.kept.iter().flatten()
    }

    /// Counts a request that is now being worked on, until [`left`](Self::left) is called.
    pub fn arrived(&mut self) {
        self.record.counters.arrived();
    }

    /// Counts a request that has been answered.
    pub fn left(&mut self) {
        self.record.counters.left();
    }

    /// Gives a grant to `client` without asking anybody. `lives` overrides the settings.
    pub fn grant(&mut self, new: NewGrant<'_>, lives: Option<Lives>, now: Now, dice: [u8; 64]) -> Granted {
        let lives = lives.unwrap_or_else(|| self.settings.lives_of(new.account));
        let mint = self.mint(dice);
        self.grants.begin(new, lives, now.wall, &mint).1
    }

    /// Ends every grant of `account`, as when the person withdraws their consent.
    pub fn withdraw(&mut self, account: &str) {
        self.grants.withdraw(account);
    }

    /// Answers one request.
    pub fn hear(&mut self, asked: &Asked<'_>, now: Now, dice: [u8; 64]) -> Answer {
        let parameters = Parameters::of(asked);
        let mint = self.mint(dice);
        self.record.keep(asked);
        let answer = match self.faults.strike(asked, &parameters) {
            None => self.route(asked, &parameters, now, &mint),
            Some(Mishap::Late(wait)) => {
                Answer { delivery: Delivery::After(wait), ..self.route(asked, &parameters, now, &mint) }
            }
            Some(Mishap::Compressed) => {
                Answer { delivery: Delivery::Compressed, ..self.route(asked, &parameters, now, &mint) }
            }
            Some(Mishap::LostAnswer) => {
                Answer { delivery: Delivery::Never, ..self.route(asked, &parameters, now, &mint) }
            }
            Some(Mishap::LostRequest) => {
                self.count_fault(asked, &parameters);
                Answer { delivery: Delivery::Never, ..Answer::new(500, "text/plain", "") }
            }
            Some(Mishap::Instead(answer)) => {
                self.count_fault(asked, &parameters);
                answer
            }
            Some(Mishap::Refused(error)) => {
                self.count_fault(asked, &parameters);
                self.refused(error, asked, &parameters)
            }
        };
        self.record.remember(Visit::of(asked, &parameters, &answer));
        answer
    }

    fn route(&mut self, asked: &Asked<'_>, parameters: &Parameters, now: Now, mint: &Mint) -> Answer {
        if let Some(step) = Step::of(asked.path).filter(|_| asked.method == "POST") {
            return self.platform(step, asked, parameters, now, mint);
        }
        let [authorize, device, token] =
            [Dialect::of_authorize, Dialect::of_device, Dialect::of_token].map(|of| of(asked.path));
        match (asked.method, asked.path) {
            ("GET" | "HEAD", path) if authorize.is_some() => {
                self.authorize(Dialect::of(path), parameters, now, mint)
            }
            ("POST", AUTHORIZE | qonic::CONSENT) => self.decide(parameters, now, mint),
            ("POST", path) if device.is_some() => {
                self.device(Dialect::of(path), asked, parameters, now, mint)
            }
            ("POST", path) if token.is_some() => self.token(Dialect::of(path), asked, parameters, now, mint),
            ("POST", REVOKE) => self.revocation(asked, parameters),
            ("GET" | "HEAD", PASTE | anthropic::PASTE) => page::paste(parameters),
            ("GET" | "HEAD", device::PAGE) => {
                page::device(200, parameters.get("user_code").unwrap_or_default(), None)
            }
            ("POST", device::PAGE) => self.type_in(parameters, now, mint),
            ("GET" | "HEAD", USERINFO) => self.userinfo(asked, now),
            ("GET" | "HEAD", MODELS) => self.models(asked, parameters, now),
            ("GET" | "HEAD", platform::ME) => self.me(asked, now),
            ("GET" | "HEAD", qonic::SCOPES) => qonic::scopes(),
            ("GET" | "HEAD", "/") => self.front(200, None),
            ("POST", front::FAULTS) => self.plan(asked, parameters),
            _ => page::trouble(404, "There is nothing here."),
        }
    }

    /// A refusal that was planned: the browser is sent back with it where one is there.
    fn refused(&self, error: ErrorCode, asked: &Asked<'_>, parameters: &Parameters) -> Answer {
        let refusal = Refusal::new(error, "planned in the demo");
        let dialect = Dialect::of(asked.path);
        if asked.method == "GET"
            && let Ok((_, way_back)) = self.origin(dialect, parameters)
        {
            return way_back.refuse(&self.issuer, refusal);
        }
        dialect.refuse(refusal)
    }

    fn count_fault(&mut self, asked: &Asked<'_>, parameters: &Parameters) {
        let step = Step::of(asked.path).and_then(Step::grant_type);
        if step.is_some() || Dialect::of_token(asked.path).is_some() {
            let grant_type = step.or(parameters.get("grant_type"));
            self.record.counters.token_request(grant_type, "fault");
        }
    }

    fn mint(&mut self, dice: [u8; 64]) -> Mint {
        self.serial += 1;
        Mint { dice, serial: self.serial }
    }
}

/// Appends `new`, and drops the oldest where there are too many.
fn push<T>(queue: &mut VecDeque<T>, new: T) {
    if queue.len() >= MOST_WAITING {
        queue.pop_front();
    }
    queue.push_back(new);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use base64::Engine;

    use super::*;
    use crate::demo::authority::client::Rotation;
    use crate::domain::clock::{Steady, TimeDelta, at_seconds};

    pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    pub(super) const STATE: &str = "a-state-of-22-letters.";
    pub(super) const REDIRECT: &str = "http://127.0.0.1:8765/callback";

    pub(super) type Pairs<'a> = Vec<(&'a str, &'a str)>;

    /// A client, a browser and a clock around one authority.
    pub(super) struct Desk {
        pub(super) authority: Authority,
        pub(super) seconds: i64,
    }

    impl Desk {
        pub(super) fn new() -> Self {
            Self { authority: Authority::new("http://127.0.0.1:4000", Settings::default()), seconds: 0 }
        }

        pub(super) fn now(&self) -> Now {
            let wall = at_seconds(1_800_000_000 + self.seconds).expect("in range");
            let steady = Steady(Duration::from_secs(self.seconds.unsigned_abs()));
            Now { wall, steady, offset: chrono::Offset::fix(&chrono::Utc) }
        }

        pub(super) fn ask(&mut self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
            let (method, target) = line.split_once(' ').expect("method and target");
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            let headers: Vec<_> =
                headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let asked = Asked { method, path, query, headers: &headers, body };
            let now = self.now();
            self.authority.hear(&asked, now, [7; 64])
        }

        pub(super) fn authorize(&mut self, pairs: &Pairs<'_>) -> Answer {
            self.ask(&format!("GET {AUTHORIZE}?{}", form(pairs)), &[], "")
        }

        pub(super) fn post(&mut self, path: &str, pairs: &Pairs<'_>) -> Answer {
            let form_type = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
            self.ask(&format!("POST {path}"), &form_type, &form(pairs))
        }

        pub(super) fn decide(&mut self, page: &Answer, decision: &str) -> Answer {
            let consent = between(page.body.expose(), "name=\"consent\" value=\"", "\"").to_owned();
            self.post(
                AUTHORIZE,
                &vec![("consent", &consent), ("login", "bo@demo.test"), ("decision", decision)],
            )
        }

        pub(super) fn code(&mut self) -> String {
            let page = self.authorize(&request());
            parameter(&self.decide(&page, "allow"), "code")
        }

        pub(super) fn tokens(&mut self) -> serde_json::Value {
            let code = self.code();
            json(&self.post(TOKEN, &exchange(&code)))
        }

        pub(super) fn refresh(&mut self, token: &str) -> Answer {
            self.post(TOKEN, &refreshing(token))
        }

        pub(super) fn send(
            &mut self,
            path: &str,
            headers: &[(&str, &str)],
            body: &serde_json::Value,
        ) -> Answer {
            let json_type = [("Content-Type", "application/json")];
            let headers: Vec<_> = json_type.into_iter().chain(headers.iter().copied()).collect();
            self.ask(&format!("POST {path}"), &headers, &body.to_string())
        }

        pub(super) fn get(&mut self, target: &str, access: &str) -> Answer {
            self.ask(&format!("GET {target}"), &[("Authorization", &format!("Bearer {access}"))], "")
        }
    }

    pub(super) fn request() -> Pairs<'static> {
        vec![
            ("client_id", client::PUBLIC),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", "profile inference"),
            ("state", STATE),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]
    }

    pub(super) fn exchange(code: &str) -> Pairs<'_> {
        vec![
            ("grant_type", "authorization_code"),
            ("client_id", client::PUBLIC),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ]
    }

    pub(super) fn refreshing(token: &str) -> Pairs<'_> {
        vec![("grant_type", "refresh_token"), ("client_id", client::PUBLIC), ("refresh_token", token)]
    }

    /// `pairs` with `name` set to `value`, or left out for an empty one.
    pub(super) fn but<'a>(mut pairs: Pairs<'a>, name: &'a str, value: &'a str) -> Pairs<'a> {
        pairs.retain(|(pair, _)| *pair != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
        pairs
    }

    pub(super) fn form(pairs: &Pairs<'_>) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    pub(super) fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
        let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}"));
        rest.split_once(to).expect("an end").0
    }

    pub(super) fn json(answer: &Answer) -> serde_json::Value {
        serde_json::from_str(answer.body.expose()).expect("JSON")
    }

    pub(super) fn text<'a>(value: &'a serde_json::Value, pointer: &str) -> &'a str {
        value.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_default()
    }

    pub(super) fn parameter(answer: &Answer, name: &str) -> String {
        let location = answer.header("Location").map(Secret::expose).expect("a redirect");
        let url = url::Url::parse(location).expect("a URL");
        url.query_pairs().find(|(pair, _)| pair == name).map(|(_, value)| value.into()).unwrap_or_default()
    }

    pub(super) fn refused(answer: &Answer) -> (u16, String) {
        (answer.status, text(&json(answer), "/error").to_owned())
    }

    #[test]
    fn a_login_ends_in_tokens_that_work() {
        let mut desk = Desk::new();
        let page = desk.authorize(&request());
        assert_eq!(page.status, 200);
        let back = desk.decide(&page, "allow");
        assert_eq!(back.status, 303);
        assert!(back.header("Location").is_some_and(|url| url.expose().starts_with(REDIRECT)));
        assert_eq!(parameter(&back, "state"), STATE);
        assert_eq!(parameter(&back, "iss"), desk.authority.issuer());

        let reply = desk.post(TOKEN, &exchange(&parameter(&back, "code")));
        let tokens = json(&reply);

        assert_eq!(reply.header("cache-control").map(Secret::expose), Some("no-store"));
        assert_eq!(tokens["token_type"], "bearer");
        assert_eq!(tokens["expires_in"], 3600);
        assert_eq!(tokens["refresh_expires_in"], 30 * 24 * 3600);
        assert_eq!(tokens["scope"], "profile inference");
        assert_eq!(tokens["account"]["email_address"], "bo@demo.test");
        let access = text(&tokens, "/access_token");
        assert!(access.starts_with("dat_") && text(&tokens, "/refresh_token").starts_with("drt_"));
        let me = json(&desk.get(USERINFO, access));
        assert_eq!(me["sub"], tokens["account"]["uuid"]);
        assert_eq!(me["email"], "bo@demo.test");
        assert_eq!(desk.get("/v1/models?limit=2", access).status, 200);
        desk.seconds = 3600;
        assert_eq!(desk.get(USERINFO, access).status, 401);
    }

    #[test]
    fn a_request_of_uncertain_origin_is_a_page_and_never_a_redirect() {
        for (name, value) in [
            ("client_id", ""),
            ("client_id", "somebody"),
            ("redirect_uri", ""),
            ("redirect_uri", "https://127.0.0.1:8765/callback"),
            ("redirect_uri", "http://127.0.0.1.evil.test/callback"),
            ("redirect_uri", "http://evil.test/callback"),
            ("redirect_uri", "http://127.0.0.1:8765/callback/"),
            ("redirect_uri", "http://127.0.0.1:8765/callback?x=1"),
            ("redirect_uri", "http://127.0.0.1:8765/callback#x"),
            ("redirect_uri", "http://a:b@127.0.0.1:8765/callback"),
            ("redirect_uri", "http://127.0.0.1:4000/oauth2/code/callback/"),
            ("state", ""),
            ("state", "a-state-of-21-letters"),
        ] {
            let answer = Desk::new().authorize(&but(request(), name, value));
            assert_eq!((answer.status, answer.header("Location")), (400, None), "{name}={value}");
        }
        let mut twice = request();
        twice.push(("redirect_uri", REDIRECT));
        assert_eq!(Desk::new().authorize(&twice).status, 400);
    }

    #[test]
    fn a_wrong_request_of_certain_origin_goes_back_with_its_error() {
        for (name, value, error) in [
            ("response_type", "token", "unsupported_response_type"),
            ("response_type", "", "invalid_request"),
            ("code_challenge", "", "invalid_request"),
            ("code_challenge", "short", "invalid_request"),
            ("code_challenge_method", "", "invalid_request"),
            ("code_challenge_method", "S512", "invalid_request"),
            ("scope", "", "invalid_scope"),
            ("scope", "profile everything", "invalid_scope"),
        ] {
            let answer = Desk::new().authorize(&but(request(), name, value));
            assert_eq!(answer.status, 303, "{name}={value}");
            assert_eq!(parameter(&answer, "error"), error, "{name}={value}");
            assert_eq!(parameter(&answer, "state"), STATE, "{name}={value}");
            assert_eq!(parameter(&answer, "iss"), "http://127.0.0.1:4000", "{name}={value}");
        }
    }

    #[test]
    fn any_loopback_host_and_port_may_be_redirected_to() {
        for redirect in [
            "http://localhost:1/callback",
            "http://[::1]:65535/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.1:4000/oauth2/code/callback",
        ] {
            let answer = Desk::new().authorize(&but(request(), "redirect_uri", redirect));
            assert_eq!(answer.status, 200, "{redirect}");
        }
    }

    #[test]
    fn a_person_who_says_no_sends_back_a_denial_and_no_code() {
        let mut desk = Desk::new();
        let page = desk.authorize(&request());
        let back = desk.decide(&page, "deny");
        assert_eq!(back.status, 303);
        assert_eq!(parameter(&back, "error"), "access_denied");
        assert_eq!(parameter(&back, "state"), STATE);
        assert_eq!(parameter(&back, "code"), "");
    }

    #[test]
    fn a_decision_counts_once_and_for_ten_minutes() {
        let mut desk = Desk::new();
        let page = desk.authorize(&request());
        assert_eq!(desk.decide(&page, "allow").status, 303);
        assert_eq!(desk.decide(&page, "allow").status, 400);
        let page = desk.authorize(&request());
        desk.seconds = 600;
        assert_eq!(desk.decide(&page, "allow").status, 400);
    }

    #[test]
    fn only_the_latest_requests_wait_for_a_decision() {
        let mut desk = Desk::new();
        let first = desk.authorize(&request());
        let pages: Vec<Answer> = (0..64).map(|_| desk.authorize(&request())).collect();
        assert_eq!(desk.decide(&first, "allow").status, 400);
        assert_eq!(desk.decide(&pages[0], "allow").status, 303);
    }

    #[test]
    fn the_paste_page_shows_code_and_state_as_text() {
        let mut desk = Desk::new();
        let page = desk.ask(&format!("GET {PASTE}?code=a%3Cb%3E&state=s%26t"), &[], "");
        assert_eq!(between(page.body.expose(), "<pre class=\"copy\">", "<"), "a&lt;b&gt;#s&amp;t");
        let page = desk.ask(&format!("GET {PASTE}?error=access_denied&state=s"), &[], "");
        assert!(page.body.expose().contains("access_denied"));
    }

    #[test]
    fn a_token_request_that_does_not_fit_its_code_is_refused() {
        for (name, value, error) in [
            ("code", "", (400, "invalid_request")),
            ("code", "dac_another", (400, "invalid_grant")),
            ("redirect_uri", "", (400, "invalid_request")),
            ("redirect_uri", "http://localhost:8765/callback", (400, "invalid_grant")),
            ("code_verifier", "", (400, "invalid_request")),
            ("code_verifier", CHALLENGE, (400, "invalid_grant")),
            ("client_id", "", (401, "invalid_client")),
            ("client_id", "somebody", (401, "invalid_client")),
            ("client_id", client::CONFIDENTIAL, (401, "invalid_client")),
            ("client_secret", "surplus", (401, "invalid_client")),
            ("grant_type", "", (400, "invalid_request")),
            ("grant_type", "password", (400, "unsupported_grant_type")),
        ] {
            let mut desk = Desk::new();
            let code = desk.code();
            let answer = desk.post(TOKEN, &but(exchange(&code), name, value));
            assert_eq!(refused(&answer), (error.0, error.1.to_owned()), "{name}={value}");
        }
    }

    #[test]
    fn a_body_that_is_no_form_and_no_json_or_repeats_itself_is_refused() {
        for (content_type, body) in [
            ("text/plain", "grant_type=refresh_token"),
            ("application/json", "grant_type=refresh_token"),
            ("application/json", "[]"),
            ("application/x-www-form-urlencoded", "client_id=a&client_id=a"),
        ] {
            let answer = Desk::new().ask(&format!("POST {TOKEN}"), &[("Content-Type", content_type)], body);
            assert_eq!(refused(&answer), (400, "invalid_request".to_owned()), "{content_type} {body}");
        }
    }

    #[test]
    fn a_code_ends_after_a_minute_and_after_a_wrong_verifier() {
        let mut desk = Desk::new();
        let code = desk.code();
        desk.seconds = 60;
        assert_eq!(refused(&desk.post(TOKEN, &exchange(&code))).1, "invalid_grant");
        let code = desk.code();
        desk.post(TOKEN, &but(exchange(&code), "code_verifier", CHALLENGE));
        assert_eq!(refused(&desk.post(TOKEN, &exchange(&code))).1, "invalid_grant");
        assert_eq!(desk.authority.counters().code_reuse_detected, 0);
    }

    #[test]
    fn a_code_used_twice_ends_the_grant_it_gave() {
        let mut desk = Desk::new();
        let code = desk.code();
        let tokens = json(&desk.post(TOKEN, &exchange(&code)));
        assert_eq!(refused(&desk.post(TOKEN, &exchange(&code))).1, "invalid_grant");
        assert_eq!(desk.authority.counters().code_reuse_detected, 1);
        assert_eq!(desk.get(USERINFO, text(&tokens, "/access_token")).status, 401);
        assert_eq!(refused(&desk.refresh(text(&tokens, "/refresh_token"))).1, "invalid_grant");
    }

    #[test]
    fn a_refresh_token_is_replaced_and_its_second_use_ends_the_grant() {
        let mut desk = Desk::new();
        let first = desk.tokens();
        let second = json(&desk.refresh(text(&first, "/refresh_token")));
        assert_ne!(second["refresh_token"], first["refresh_token"]);
        assert_ne!(second["access_token"], first["access_token"]);
        assert_eq!(desk.get(USERINFO, text(&second, "/access_token")).status, 200);

        assert_eq!(refused(&desk.refresh(text(&first, "/refresh_token"))).1, "invalid_grant");
        assert_eq!(refused(&desk.refresh(text(&second, "/refresh_token"))).1, "invalid_grant");
        assert_eq!(desk.get(USERINFO, text(&second, "/access_token")).status, 401);
        let counters = desk.authority.counters();
        assert_eq!((counters.refreshed, counters.reuse_detected), (1, 1));
        assert_eq!(counters.ended("refresh_token", "invalid_grant"), 2);
        assert_eq!(counters.asked("refresh_token"), 3);
    }

    #[test]
    fn a_client_may_keep_its_refresh_token_and_may_not_be_told_of_it() {
        for (rotation, told) in [(Rotation::Reusable, true), (Rotation::Silent, false)] {
            let mut desk = Desk::new();
            desk.authority.clients[0].rotation = rotation;
            let first = desk.tokens();
            for _ in 0..2 {
                let next = json(&desk.refresh(text(&first, "/refresh_token")));
                assert!(next["access_token"].is_string(), "{rotation:?}");
                assert_eq!(next.get("refresh_token"), first.get("refresh_token").filter(|_| told));
            }
        }
    }

    #[test]
    fn a_refresh_may_ask_for_less_and_never_for_more() {
        let mut desk = Desk::new();
        let tokens = desk.tokens();
        let token = text(&tokens, "/refresh_token");
        let more = desk.post(TOKEN, &but(refreshing(token), "scope", "profile files"));
        assert_eq!(refused(&more).1, "invalid_scope");
        let less = json(&desk.post(TOKEN, &but(refreshing(token), "scope", "profile")));
        assert_eq!(less["scope"], "profile");
        assert_eq!(desk.get(MODELS, text(&less, "/access_token")).status, 403);
    }

    #[test]
    fn a_grant_ends_with_its_life_or_with_the_consent() {
        let mut desk = Desk::new();
        let lives = Lives { access: TimeDelta::seconds(5), grant: Some(TimeDelta::seconds(60)) };
        desk.authority.settings.accounts.insert("bo@demo.test".to_owned(), lives);
        let first = desk.tokens();
        assert_eq!((&first["expires_in"], &first["refresh_expires_in"]), (&5.into(), &60.into()));
        desk.seconds = 59;
        let second = json(&desk.refresh(text(&first, "/refresh_token")));
        assert_eq!(second["refresh_expires_in"], 1);
        desk.seconds = 60;
        assert_eq!(refused(&desk.refresh(text(&second, "/refresh_token"))).1, "invalid_grant");

        let third = desk.tokens();
        desk.authority.withdraw("bo@demo.test");
        assert_eq!(refused(&desk.refresh(text(&third, "/refresh_token"))).1, "invalid_grant");
    }

    #[test]
    fn a_grant_given_without_asking_works_like_any_other() {
        let mut desk = Desk::new();
        let now = desk.now();
        let new = NewGrant { client: client::PUBLIC, account: "cy@demo.test", scopes: &["profile"] };
        let lives = Lives { access: TimeDelta::seconds(9), grant: None };
        let granted = desk.authority.grant(new, Some(lives), now, [7; 64]);
        assert_eq!(granted.life.expires_at, Some(now.wall + TimeDelta::seconds(9)));
        assert_eq!(granted.life.grant_ends_at, None);
        let token = granted.tokens.refresh.expect("a refresh token");
        let reply = json(&desk.refresh(token.expose()));
        assert_eq!(reply["account"]["uuid"], granted.subject.as_str());
        assert_eq!(reply.get("refresh_expires_in"), None);
    }

    #[test]
    fn form_and_json_are_the_same_request() {
        let mut desk = Desk::new();
        let code = desk.code();
        let pairs = exchange(&code).into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        let body = serde_json::Value::Object(pairs.collect()).to_string();
        let line = format!("POST {TOKEN}");
        let answer = desk.ask(&line, &[("Content-Type", "application/json")], &body);
        assert_eq!(answer.status, 200);
        let visit = desk.authority.visits().next_back().expect("a visit");
        assert_eq!(visit.body.expose(), body);
        assert_eq!(visit.grant_type.as_deref(), Some("authorization_code"));
        assert!(!format!("{visit:?}").contains(VERIFIER));
    }

    #[test]
    fn a_client_with_a_secret_sends_it_in_the_body_or_by_basic_and_not_twice() {
        use base64::engine::general_purpose::STANDARD;
        let encoded = "demo-client-secret%2Fwith%2Bodd+characters";
        let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let id = client::CONFIDENTIAL;
        let right = basic(id, encoded);
        let wrong = basic(id, "wrong");
        let posted = client::CONFIDENTIAL_SECRET;
        for (header, id, secret, outcome) in [
            ("", id, posted, "ok"),
            (right.as_str(), "", "", "ok"),
            (right.as_str(), id, "", "ok"),
            (right.as_str(), id, posted, "invalid_request"),
            (right.as_str(), client::PUBLIC, "", "invalid_request"),
            (wrong.as_str(), "", "", "invalid_client"),
            ("Basic ???", "", "", "invalid_client"),
            ("", id, "wrong", "invalid_client"),
            ("", id, "", "invalid_client"),
        ] {
            let mut desk = Desk::new();
            let page = desk.authorize(&but(request(), "client_id", client::CONFIDENTIAL));
            let code = parameter(&desk.decide(&page, "allow"), "code");
            let pairs = but(but(exchange(&code), "client_id", id), "client_secret", secret);
            let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", header)];
            desk.ask(&format!("POST {TOKEN}"), &headers, &form(&pairs));
            let ended = desk.authority.counters().ended("authorization_code", outcome);
            assert_eq!(ended, 1, "{header} {id} {secret}");
        }
    }

    #[test]
    fn a_fault_comes_instead_of_the_answer_and_only_a_lost_answer_changes_something() {
        let unavailable = Answer::new(503, "text/plain", "").with("Retry-After", "7");
        for (mishap, status, delivery, spent) in [
            (Mishap::Instead(unavailable), 503, Delivery::AtOnce, false),
            (Mishap::LostRequest, 500, Delivery::Never, false),
            (Mishap::LostAnswer, 200, Delivery::Never, true),
            (Mishap::Compressed, 200, Delivery::Compressed, true),
            (Mishap::Late(Duration::from_secs(1)), 200, Delivery::After(Duration::from_secs(1)), true),
        ] {
            let mut desk = Desk::new();
            let tokens = desk.tokens();
            let token = text(&tokens, "/refresh_token");
            desk.authority.faults.plan(TOKEN, 1, mishap.clone());
            let answer = desk.refresh(token);
            assert_eq!((answer.status, answer.delivery), (status, delivery), "{mishap:?}");
            assert_eq!(desk.refresh(token).status == 400, spent, "{mishap:?}");
            assert_eq!(desk.authority.counters().ended("refresh_token", "fault") == 0, spent, "{mishap:?}");
        }
    }

    #[test]
    fn unknown_paths_and_methods_are_not_found() {
        for line in ["GET /nothing", "GET /oauth2/token", "DELETE /oauth2/auth"] {
            assert_eq!(Desk::new().ask(line, &[], "").status, 404, "{line}");
        }
        assert_eq!(Desk::new().ask("GET /", &[], "").status, 200);
    }
    #[test]
    fn each_client_sends_its_secret_in_its_own_way_and_in_no_other() {
        use base64::engine::general_purpose::STANDARD;
        let secret = client::CONFIDENTIAL_SECRET;
        for id in [client::POST, client::BASIC, client::HEADER] {
            let encoded = "demo-client-secret%2Fwith%2Bodd+characters";
            let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{encoded}")));
            for (way, header, posted) in [
                (client::POST, ("x-none", ""), secret),
                (client::BASIC, ("Authorization", basic.as_str()), ""),
                (client::HEADER, ("X-Client-Secret", secret), ""),
            ] {
                let mut desk = Desk::new();
                let page = desk.authorize(&but(request(), "client_id", id));
                let code = parameter(&desk.decide(&page, "allow"), "code");
                let pairs = but(but(exchange(&code), "client_id", id), "client_secret", posted);
                let headers = [("Content-Type", "application/x-www-form-urlencoded"), header];
                let answer = desk.ask(&format!("POST {TOKEN}"), &headers, &form(&pairs));
                assert_eq!(answer.status == 200, way == id, "{id} by the way of {way}");
            }
        }
    }

    #[test]
    fn a_planned_refusal_comes_in_the_manner_of_its_place() {
        use crate::demo::authority::script::parse;
        let mut desk = Desk::new();
        let plan = |desk: &mut Desk, written: &str| {
            desk.authority.faults.add(parse(written).expect(written));
        };
        plan(&mut desk, "authorize=denied");
        let back = desk.authorize(&request());
        assert_eq!(
            (parameter(&back, "error"), parameter(&back, "state")),
            ("access_denied".into(), STATE.into())
        );
        assert_eq!(desk.authorize(&request()).status, 200);

        let poll = vec![("grant_type", device::GRANT), ("client_id", client::PUBLIC), ("device_code", "x")];
        plan(&mut desk, "poll=slow_down");
        assert_eq!(refused(&desk.post(qwen::TOKEN, &poll)), (429, "slow_down".into()));
        plan(&mut desk, "device=expired");
        assert_eq!(refused(&desk.post(TOKEN, &poll)), (400, "expired_token".into()));
        plan(&mut desk, "token=dead");
        let platform = desk.send("/v2/oauth/x/refresh", &[], &serde_json::json!({}));
        assert_eq!((platform.status, json(&platform)["status"].clone()), (400, "error".into()));
        assert_eq!(desk.authority.counters().ended("refresh_token", "fault"), 1);
    }

    #[test]
    fn the_front_page_tells_the_secret_and_plans_faults_for_itself_alone() {
        let mut desk = Desk::new();
        let page = desk.ask("GET /", &[], "");
        for needle in [client::CONFIDENTIAL_SECRET, client::PLATFORM, resource::KEY, "value=\"token=lost\""] {
            assert!(page.body.expose().contains(needle), "{needle}");
        }
        let press = |desk: &mut Desk, origin: &str, body: &str| {
            let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", origin)];
            desk.ask(&format!("POST {}", front::FAULTS), &headers, body).status
        };
        let ours = "http://127.0.0.1:4000";
        assert_eq!(press(&mut desk, "https://evil.test", "fault=token%3D503"), 403);
        assert_eq!(press(&mut desk, ours, "fault=token%3D1"), 400);
        assert_eq!(desk.authority.faults.left(), 0);
        assert_eq!(press(&mut desk, ours, "fault=token%3D503"), 200);
        assert_eq!(desk.refresh("any").status, 503);
        press(&mut desk, ours, "fault=token%3Dlost");
        press(&mut desk, ours, "forget=all");
        assert_eq!(desk.authority.faults.left(), 0);
        let tokens = desk.tokens();
        press(&mut desk, ours, "withdraw=bo%40demo.test");
        assert_eq!(desk.get(USERINFO, text(&tokens, "/access_token")).status, 401);
    }

    #[test]
    fn requests_are_kept_as_they_came_when_somebody_wants_them_and_never_printed() {
        let mut desk = Desk::new();
        desk.get(USERINFO, "before");
        assert_eq!(desk.authority.requests().count(), 0);
        desk.authority.keep_requests();
        let headers = [("X-One", "hunter2"), ("x-one", "second")];
        desk.ask("GET /callback?code=hunter2", &headers, "hunter2");
        let kept: Vec<&Kept> = desk.authority.requests().collect();
        let [kept] = kept.as_slice() else { panic!("{kept:?}") };
        assert_eq!((kept.method.as_str(), kept.target.expose()), ("GET", "/callback?code=hunter2"));
        assert_eq!(kept.header("x-ONE").map(Secret::expose), Some("hunter2"));
        assert_eq!((kept.headers.len(), kept.body.expose()), (2, "hunter2"));
        assert!(!format!("{kept:?}").contains("hunter2"));
        for _ in 0..300 {
            desk.ask("GET /", &[], "");
        }
        assert_eq!(desk.authority.requests().count(), 256);
    }
}
