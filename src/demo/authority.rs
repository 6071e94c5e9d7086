//! Authorization server as a value: a request goes in, a response comes out.
//!
//! [`Authority::respond`] gets the time and 64 random bytes with every request, so that the same
//! requests always give the same responses. It serves the paths of every [`dialect`], checks what a
//! strict provider checks (PKCE, exact redirects, single use of codes and refresh tokens) and counts
//! what it saw, so that a test can ask it what a client really did.

use std::collections::{BTreeMap, VecDeque};

use crate::demo::authority::client::RegisteredClient;
use crate::demo::authority::code::IssuedCode;
use crate::demo::authority::consent::PendingConsent;
use crate::demo::authority::device::{DeviceCodes, DeviceSettings};
use crate::demo::authority::dialect::{DIALECTS, Dialect, Endpoint};
use crate::demo::authority::fault::{FaultKind, Faults};
use crate::demo::authority::grant::{Grants, IssuedTokens, Lifetimes, NewGrant};
use crate::demo::authority::platform::WebSession;
use crate::demo::authority::record::{Counters, RawRequest, Record, SeenRequest};
use crate::demo::authority::request::{HttpRequest, IncomingRequest, TokenGenerator};
use crate::demo::authority::response::{Delivery, ErrorCode, HttpResponse, OAuthError};
use crate::domain::clock::Now;
use crate::domain::secret::Secret;

pub mod client;
mod code;
mod consent;
pub mod device;
pub mod dialect;
pub mod fault;
pub mod grant;
mod index_page;
pub mod mcp;
mod metadata;
mod page;
pub mod platform;
pub mod record;
mod registration;
pub mod request;
pub mod resource;
pub mod response;
mod token;

/// Where a login begins, and where the consent page posts the person's decision.
pub const AUTHORIZE: &str = "/oauth2/auth";
/// Where the code is shown for pasting.
pub const PASTE: &str = "/oauth2/code/callback";
/// Where codes and refresh tokens become tokens.
pub const TOKEN: &str = "/oauth2/token";
/// Where a token ends its grant (RFC 7009).
pub const REVOKE: &str = "/oauth2/revoke";
/// Where a client registers itself (RFC 7591).
pub const REGISTER: &str = "/oauth2/register";
/// Whose token it is.
pub const USERINFO: &str = "/oauth2/userinfo";
/// The harmless request that tests a token.
pub const MODELS: &str = "/v1/models";
/// Whose token it is, as Cal.com tells it.
const ME: &str = "/v2/me";
/// Where the person types the user code of a device.
const DEVICE_PAGE: &str = "/device";

/// The grant type of a poll (RFC 8628 §3.4).
const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Who logs in when nobody is named.
const DEFAULT_LOGIN: &str = "ana@demo.test";

/// How many requests, codes and device codes wait at one time.
const QUEUE_LIMIT: usize = 64;

/// How long things live here, and what is asked of clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthoritySettings {
    /// The lifetimes of every grant that is not named below.
    pub lifetimes: Lifetimes,
    /// The lifetimes of the grants of one account.
    pub accounts: BTreeMap<String, Lifetimes>,
    pub device: DeviceSettings,
    pub session: WebSession,
    /// The API keys that work.
    pub keys: Vec<Secret>,
}

impl Default for AuthoritySettings {
    fn default() -> Self {
        Self {
            lifetimes: Lifetimes::default(),
            accounts: BTreeMap::new(),
            device: DeviceSettings::default(),
            session: WebSession::default(),
            keys: vec![Secret::new(resource::KEY)],
        }
    }
}

impl AuthoritySettings {
    /// The lifetimes of a new grant: as set for its account, else as the server is known for.
    fn lifetimes_of(&self, account: &str, dialect: &Dialect) -> Lifetimes {
        self.accounts.get(account).copied().unwrap_or(Lifetimes {
            access: dialect.access_lifetime.unwrap_or(self.lifetimes.access),
            grant: dialect.grant_lifetime.or(self.lifetimes.grant),
        })
    }
}

/// The authorization server. It holds no token and no code, only their fingerprints.
pub struct Authority {
    pub settings: AuthoritySettings,
    pub clients: Vec<RegisteredClient>,
    pub faults: Faults,
    issuer: String,
    serial: u64,
    consents: VecDeque<PendingConsent>,
    codes: VecDeque<IssuedCode>,
    devices: DeviceCodes,
    grants: Grants,
    record: Record,
}

impl Authority {
    /// An authorization server at `issuer`, an address without a slash at its end.
    pub fn new(issuer: &str, settings: AuthoritySettings) -> Self {
        Self {
            settings,
            clients: client::registered(),
            faults: Faults::default(),
            issuer: issuer.to_owned(),
            serial: 0,
            consents: VecDeque::new(),
            codes: VecDeque::new(),
            devices: DeviceCodes::default(),
            grants: Grants::default(),
            record: Record::default(),
        }
    }

    /// Its address: the `iss` of its answers (RFC 9207).
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Changes its address.
    pub fn move_to(&mut self, issuer: &str) {
        issuer.clone_into(&mut self.issuer);
    }

    pub fn counters(&self) -> &Counters {
        &self.record.counters
    }

    /// The last requests, oldest first.
    pub fn seen_requests(&self) -> impl DoubleEndedIterator<Item = &SeenRequest> {
        self.record.requests.iter()
    }

    /// Keeps the last requests as they come, from here on.
    pub fn keep_requests(&mut self) {
        self.record.raw.get_or_insert_default();
    }

    /// The last requests as they came, oldest first; none unless they are
    /// [kept](Self::keep_requests).
    pub fn requests(&self) -> impl DoubleEndedIterator<Item = &RawRequest> {
        self.record.raw.iter().flatten()
    }

    /// Counts a request that is now being worked on, until [`left`](Self::left) is called.
    pub fn arrived(&mut self) {
        self.record.counters.arrived();
    }

    /// Counts a request that has been answered.
    pub fn left(&mut self) {
        self.record.counters.left();
    }

    /// Gives a grant without asking anybody. `lifetimes` overrides the settings.
    pub fn grant(
        &mut self,
        new: NewGrant<'_>,
        lifetimes: Option<Lifetimes>,
        now: Now,
        random: [u8; 64],
    ) -> IssuedTokens {
        let own = || self.settings.lifetimes_of(new.account, &dialect::STANDARD);
        let lifetimes = lifetimes.unwrap_or_else(own);
        let tokens = self.token_generator(random);
        self.grants.begin(new, lifetimes, now.wall, &tokens).1
    }

    /// Ends every grant of `account`, as when the person withdraws their consent.
    pub fn withdraw(&mut self, account: &str) {
        self.grants.withdraw(account);
    }

    /// Answers one request.
    pub fn respond(&mut self, http: &HttpRequest<'_>, now: Now, random: [u8; 64]) -> HttpResponse {
        let request = IncomingRequest::new(http, now, self.token_generator(random));
        self.record.add_raw(http);
        let fault = self.faults.take(&request);
        if fault.as_ref().is_some_and(FaultKind::changes_nothing)
            && let Some(grant_type) = request.grant_type()
        {
            self.record.counters.token_request(Some(grant_type), "fault");
        }
        let response = match fault {
            None => self.route(&request),
            Some(FaultKind::Late(wait)) => self.route(&request).delivered(Delivery::After(wait)),
            Some(FaultKind::Compressed) => self.route(&request).delivered(Delivery::Compressed),
            Some(FaultKind::LostAnswer) => self.route(&request).delivered(Delivery::Never),
            Some(FaultKind::LostRequest) => {
                HttpResponse::new(500, "text/plain", "").delivered(Delivery::Never)
            }
            Some(FaultKind::Instead(response)) => response,
            Some(FaultKind::Refused(error)) => self.refuse(error, &request),
        };
        self.record.add(SeenRequest::new(&request, &response));
        response
    }

    fn route(&mut self, request: &IncomingRequest<'_>) -> HttpResponse {
        match request.http.method {
            "GET" | "HEAD" => self.get(request),
            "POST" => self.post(request),
            _ => page::error(404, "There is nothing here."),
        }
    }

    fn get(&mut self, request: &IncomingRequest<'_>) -> HttpResponse {
        match (request.endpoint, request.http.path) {
            (Some(Endpoint::Authorize), _) => self.authorize(request),
            (Some(Endpoint::Paste), _) => page::paste(&request.parameters),
            (Some(Endpoint::ScopeList), _) => resource::scope_list(request),
            (_, DEVICE_PAGE) => {
                page::device(200, request.parameters.get("user_code").unwrap_or_default(), None)
            }
            (_, USERINFO) => self.userinfo(request),
            (_, MODELS) => self.models(request),
            (_, ME) => self.me(request),
            (_, metadata::SERVER) => self.server_metadata(),
            (_, mcp::METADATA | mcp::METADATA_AT_ROOT) => self.resource_metadata(),
            (_, mcp::PATH) => self.mcp(request),
            (_, "/") => self.index(200, None),
            _ => page::error(404, "There is nothing here."),
        }
    }

    fn post(&mut self, request: &IncomingRequest<'_>) -> HttpResponse {
        match (request.endpoint, request.http.path) {
            (Some(Endpoint::Device), _) => self.device(request),
            (Some(Endpoint::Token | Endpoint::PlatformExchange(_) | Endpoint::PlatformRefresh(_)), _) => {
                self.token(request)
            }
            (Some(Endpoint::PlatformAuthorize(client)), _) => self.platform_authorize(request, client),
            (_, path) if DIALECTS.iter().any(|dialect| dialect.decision == path) => self.decide(request),
            (_, REVOKE) => self.revocation(request),
            (_, REGISTER) => self.register(request),
            (_, mcp::PATH) => self.mcp(request),
            (_, DEVICE_PAGE) => self.enter_user_code(request),
            (_, index_page::FAULTS_PATH) => self.press_button(request),
            _ => page::error(404, "There is nothing here."),
        }
    }

    /// A refusal that was planned: the browser is sent back with it where one is there.
    fn refuse(&self, error: ErrorCode, request: &IncomingRequest<'_>) -> HttpResponse {
        let error = OAuthError::new(error, "planned in the demo");
        if request.http.method == "GET"
            && let Ok((_, redirect)) = self.origin(request)
        {
            return redirect.with_error(&self.issuer, error);
        }
        error.into_response(request.dialect)
    }

    fn token_generator(&mut self, random: [u8; 64]) -> TokenGenerator {
        self.serial += 1;
        TokenGenerator { random, serial: self.serial }
    }
}

/// Appends `new`, and drops the oldest where there are too many.
fn push<T>(queue: &mut VecDeque<T>, new: T) {
    if queue.len() >= QUEUE_LIMIT {
        queue.pop_front();
    }
    queue.push_back(new);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::clock::{Steady, at_seconds};

    pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    pub(super) const STATE: &str = "a-state-of-22-letters.";
    pub(super) const REDIRECT: &str = "http://127.0.0.1:8765/callback";

    pub(super) type Pairs<'a> = Vec<(&'a str, &'a str)>;

    /// A client, a browser and a clock around one authority.
    pub(super) struct TestUser {
        pub(super) authority: Authority,
        pub(super) seconds: i64,
    }

    impl TestUser {
        pub(super) fn new() -> Self {
            Self {
                authority: Authority::new("http://127.0.0.1:4000", AuthoritySettings::default()),
                seconds: 0,
            }
        }

        pub(super) fn now(&self) -> Now {
            now_at(self.seconds)
        }

        pub(super) fn ask(&mut self, line: &str, headers: &[(&str, &str)], body: &str) -> HttpResponse {
            let (method, target) = line.split_once(' ').expect("method and target");
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            let headers: Vec<_> =
                headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let request = HttpRequest { method, path, query, headers: &headers, body };
            let now = self.now();
            self.authority.respond(&request, now, [7; 64])
        }

        pub(super) fn authorize(&mut self, pairs: &Pairs<'_>) -> HttpResponse {
            self.ask(&format!("GET {AUTHORIZE}?{}", form(pairs)), &[], "")
        }

        pub(super) fn post(&mut self, path: &str, pairs: &Pairs<'_>) -> HttpResponse {
            let form_type = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
            self.ask(&format!("POST {path}"), &form_type, &form(pairs))
        }

        pub(super) fn decide(&mut self, page: &HttpResponse, decision: &str) -> HttpResponse {
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

        pub(super) fn refresh(&mut self, token: &str) -> HttpResponse {
            self.post(TOKEN, &refreshing(token))
        }

        pub(super) fn send(
            &mut self,
            path: &str,
            headers: &[(&str, &str)],
            body: &serde_json::Value,
        ) -> HttpResponse {
            let json_type = [("Content-Type", "application/json")];
            let headers: Vec<_> = json_type.into_iter().chain(headers.iter().copied()).collect();
            self.ask(&format!("POST {path}"), &headers, &body.to_string())
        }

        pub(super) fn get(&mut self, target: &str, access: &str) -> HttpResponse {
            self.ask(&format!("GET {target}"), &[("Authorization", &format!("Bearer {access}"))], "")
        }
    }

    pub(super) fn now_at(seconds: i64) -> Now {
        let wall = at_seconds(1_800_000_000 + seconds).expect("in range");
        let steady = Steady(Duration::from_secs(seconds.unsigned_abs()));
        Now { wall, steady, offset: chrono::Offset::fix(&chrono::Utc) }
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

    pub(super) fn json(answer: &HttpResponse) -> serde_json::Value {
        serde_json::from_str(answer.body.expose()).expect("JSON")
    }

    pub(super) fn text<'a>(value: &'a serde_json::Value, pointer: &str) -> &'a str {
        value.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_default()
    }

    pub(super) fn parameter(answer: &HttpResponse, name: &str) -> String {
        let location = answer.header("Location").map(Secret::expose).expect("a redirect");
        let url = url::Url::parse(location).expect("a URL");
        url.query_pairs().find(|(pair, _)| pair == name).map(|(_, value)| value.into()).unwrap_or_default()
    }

    pub(super) fn refused(answer: &HttpResponse) -> (u16, String) {
        (answer.status, text(&json(answer), "/error").to_owned())
    }

    #[test]
    fn a_login_ends_in_tokens_that_work() {
        let mut user = TestUser::new();
        let page = user.authorize(&request());
        assert_eq!(page.status, 200);
        let back = user.decide(&page, "allow");
        assert_eq!(back.status, 303);
        assert!(back.header("Location").is_some_and(|url| url.expose().starts_with(REDIRECT)));
        assert_eq!(parameter(&back, "state"), STATE);
        assert_eq!(parameter(&back, "iss"), user.authority.issuer());

        let reply = user.post(TOKEN, &exchange(&parameter(&back, "code")));
        let tokens = json(&reply);

        assert_eq!(reply.header("cache-control").map(Secret::expose), Some("no-store"));
        assert_eq!(tokens["token_type"], "bearer");
        assert_eq!(tokens["expires_in"], 3600);
        assert_eq!(tokens["refresh_expires_in"], 30 * 24 * 3600);
        assert_eq!(tokens["scope"], "profile inference");
        assert_eq!(tokens["account"]["email_address"], "bo@demo.test");
        let access = text(&tokens, "/access_token");
        assert!(access.starts_with("dat_") && text(&tokens, "/refresh_token").starts_with("drt_"));
        let me = json(&user.get(USERINFO, access));
        assert_eq!(me["sub"], tokens["account"]["uuid"]);
        assert_eq!(me["email"], "bo@demo.test");
        assert_eq!(user.get("/v1/models?limit=2", access).status, 200);
        user.seconds = 3600;
        assert_eq!(user.get(USERINFO, access).status, 401);
    }

    #[test]
    fn unknown_paths_and_methods_are_not_found() {
        for line in ["GET /nothing", "GET /oauth2/token", "DELETE /oauth2/auth"] {
            assert_eq!(TestUser::new().ask(line, &[], "").status, 404, "{line}");
        }
        assert_eq!(TestUser::new().ask("GET /", &[], "").status, 200);
    }
}
