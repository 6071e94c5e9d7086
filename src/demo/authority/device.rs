//! Device authorization: a code here, a person there, and polls between (RFC 8628).

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use crate::demo::authority::client::{self, ClientFlow, RegisteredClient, TELEVISION};
use crate::demo::authority::code::PkceChallenge;
use crate::demo::authority::consent::{ConsentPurpose, ConsentRequest};
use crate::demo::authority::dialect::{Dialect, Quirk};
use crate::demo::authority::grant::{IssuedTokens, NewGrant};
use crate::demo::authority::page;
use crate::demo::authority::request::{IncomingRequest, TokenGenerator};
use crate::demo::authority::response::{ErrorCode, HttpResponse, OAuthError};
use crate::demo::authority::{Authority, DEFAULT_LOGIN, DEVICE_PAGE, push};
use crate::domain::clock::{DateTime, Now, Steady, TimeDelta, Utc};
use crate::domain::secret::{Fingerprint, Secret};

/// How much longer the pause between polls becomes (RFC 8628 §3.5).
const SLOW_DOWN_STEP: Duration = Duration::from_secs(5);
/// How many wrong user codes may be typed in [`MISS_WINDOW`] (RFC 8628 §5.1).
const MISS_LIMIT: usize = 20;
const MISS_WINDOW: Duration = Duration::from_secs(60);
/// The page of [`TELEVISION`]'s codes. The name is reserved (RFC 6761): it belongs to nobody.
const PUBLIC_PAGE: &str = "https://device.demo.test/activate";
/// When the server allows such a code itself, and for whom.
const ALLOWED_AFTER: Duration = Duration::from_secs(14);
const ALLOWED_FOR: &str = "lea@demo.test";

/// How device codes are given here; the defaults are the standard's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceSettings {
    /// The pause between two polls.
    pub interval: Duration,
    pub lifetime: TimeDelta,
    /// Whether the response has an address with the user code in it.
    pub complete_uri: bool,
    /// Whether addresses are called `verification_url`, as some servers do.
    pub url_names: bool,
    pub interval_format: IntervalFormat,
    /// Whether `slow_down` comes with the new pause, as some servers do.
    pub slow_down_interval: bool,
}

/// How a response writes the pause between polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntervalFormat {
    Number,
    Text,
    /// Not at all: it is five seconds then (RFC 8628 §3.2).
    Absent,
}

impl Default for DeviceSettings {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(5),
            lifetime: TimeDelta::minutes(10),
            complete_uri: true,
            url_names: false,
            interval_format: IntervalFormat::Number,
            slow_down_interval: false,
        }
    }
}

/// One device code, kept after its end so that polls learn of it.
pub(super) struct IssuedDeviceCode {
    print: Fingerprint,
    user_code: DeviceUserCode,
    dialect: &'static Dialect,
    client: RegisteredClient,
    challenge: Option<PkceChallenge>,
    scopes: Vec<String>,
    ends_at: DateTime<Utc>,
    interval: Duration,
    polled_at: Option<Steady>,
    /// When nobody needs to decide any more.
    allowed_at: Option<Steady>,
    state: DeviceCodeState,
}

/// `Undecided --deny--> Denied`, `Undecided --allow--> Allowed --poll--> Spent`
enum DeviceCodeState {
    Undecided,
    Denied,
    Allowed { account: String, scopes: Vec<String> },
    Spent,
}

impl IssuedDeviceCode {
    /// Whether the person can decide about it.
    fn is_open(&self, now: Now) -> bool {
        self.ends_at > now.wall && matches!(self.state, DeviceCodeState::Undecided)
    }
}

/// All device codes, and the attempts to guess one.
#[derive(Default)]
pub(super) struct DeviceCodes {
    issued: VecDeque<IssuedDeviceCode>,
    misses: VecDeque<Steady>,
}

impl Authority {
    /// Gives a device code (RFC 8628 §3.1).
    pub(super) fn device(&mut self, request: &IncomingRequest<'_>) -> HttpResponse {
        self.issue_device_code(request).unwrap_or_else(|error| error.into_response(request.dialect))
    }

    fn issue_device_code(&mut self, request: &IncomingRequest<'_>) -> Result<HttpResponse, OAuthError> {
        request.check_body()?;
        let client = client::authenticate(&self.clients, request)?;
        client.check_flow(ClientFlow::Device)?;
        let challenge = PkceChallenge::read(&request.parameters)?;
        if challenge.is_none() && request.dialect.has(Quirk::DevicePkce) {
            return Err(OAuthError::malformed("code_challenge is missing"));
        }
        let scopes = request.scopes()?;
        let settings = self.settings.device;
        let (code, user_code) = (request.tokens.token("ddc_"), DeviceUserCode::generate(&request.tokens));
        let is_public = client.id == TELEVISION;
        let page = if is_public { PUBLIC_PAGE.to_owned() } else { format!("{}{DEVICE_PAGE}", self.issuer) };
        let response = settings.response(&page, &code, &user_code);
        let issued = IssuedDeviceCode {
            print: Fingerprint::of([Some(&code)]),
            user_code,
            dialect: request.dialect,
            client,
            challenge,
            scopes,
            ends_at: request.now.wall + settings.lifetime,
            interval: settings.interval,
            polled_at: None,
            allowed_at: is_public.then(|| request.now.steady.after(ALLOWED_AFTER)),
            state: DeviceCodeState::Undecided,
        };
        push(&mut self.devices.issued, issued);
        self.record.counters.device_codes += 1;
        Ok(response)
    }

    /// Takes the user code that a person typed and asks them.
    pub(super) fn enter_user_code(&mut self, request: &IncomingRequest<'_>) -> HttpResponse {
        let (typed, now) = (request.parameters.get("user_code").unwrap_or_default(), request.now);
        let devices = &mut self.devices;
        devices.misses.retain(|miss| miss.until(now.steady) < MISS_WINDOW);
        if devices.misses.len() >= MISS_LIMIT {
            return page::device(429, typed, Some("Too many wrong codes. Wait a minute and try again."));
        }
        let code = DeviceUserCode::typed(typed);
        let open = |device: &&IssuedDeviceCode| device.user_code == code && device.is_open(now);
        let Some(device) = devices.issued.iter().rev().find(open) else {
            devices.misses.push_back(now.steady);
            let why = "This code is not known, was answered already, or is too old.";
            return page::device(400, typed, Some(why));
        };
        let consent = ConsentRequest {
            dialect: device.dialect,
            client: device.client.clone(),
            scopes: device.scopes.clone(),
            login: DEFAULT_LOGIN.to_owned(),
            purpose: ConsentPurpose::Device(device.print),
        };
        self.ask_person(consent, request)
    }

    /// Notes what the person decided: no scope at all is a no.
    pub(super) fn decide_device(
        &mut self,
        print: Fingerprint,
        account: String,
        scopes: Vec<String>,
        now: Now,
    ) -> HttpResponse {
        let device = self.devices.issued.iter_mut().find(|device| device.print == print);
        let Some(device) = device.filter(|device| device.is_open(now)) else {
            return page::error(400, "The code was answered already, or is too old.");
        };
        let allowed = !scopes.is_empty();
        device.state =
            if allowed { DeviceCodeState::Allowed { account, scopes } } else { DeviceCodeState::Denied };
        page::decided(allowed)
    }

    /// Answers one poll (RFC 8628 §3.4, §3.5).
    pub(super) fn poll(
        &mut self,
        request: &IncomingRequest<'_>,
        client: &RegisteredClient,
        code: &Secret,
    ) -> Result<IssuedTokens, OAuthError> {
        let (print, now) = (Fingerprint::of([Some(code)]), request.now);
        let of_client =
            |device: &&mut IssuedDeviceCode| device.print == print && device.client.id == client.id;
        let device = self.devices.issued.iter_mut().find(of_client);
        let device = device.ok_or(OAuthError::dead("unknown device code"))?;
        if matches!(device.state, DeviceCodeState::Spent) {
            return Err(OAuthError::dead("the device code was used before"));
        }
        if device.ends_at <= now.wall {
            return Err(OAuthError::new(ErrorCode::ExpiredToken, "the device code is too old"));
        }
        let paused = device.polled_at.replace(now.steady).map(|last| last.until(now.steady));
        if paused.is_some_and(|paused| paused < device.interval) {
            device.interval += SLOW_DOWN_STEP;
            let interval = self.settings.device.slow_down_interval.then_some(device.interval.as_secs());
            let error = OAuthError::new(ErrorCode::SlowDown, "polled before the interval was over");
            return Err(OAuthError { interval, ..error });
        }
        if let Some(Err(error)) = device.challenge.as_ref().map(|own| own.check(&request.parameters)) {
            device.state = DeviceCodeState::Spent;
            return Err(error);
        }
        if device.is_open(now) && device.allowed_at.is_some_and(|at| at <= now.steady) {
            let (account, scopes) = (ALLOWED_FOR.to_owned(), device.scopes.clone());
            device.state = DeviceCodeState::Allowed { account, scopes };
        }
        let (account, scopes) = device.decision()?;
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let lifetimes = self.settings.lifetimes_of(account, request.dialect);
        let new = NewGrant { client: &client.id, account, scopes: &scopes };
        let (_, issued) = self.grants.begin(new, lifetimes, now.wall, &request.tokens);
        device.state = DeviceCodeState::Spent;
        Ok(issued)
    }
}

impl IssuedDeviceCode {
    /// The account and the scopes that the person allowed.
    fn decision(&self) -> Result<(&str, &[String]), OAuthError> {
        match &self.state {
            DeviceCodeState::Allowed { account, scopes } => Ok((account, scopes)),
            DeviceCodeState::Undecided => {
                Err(OAuthError::new(ErrorCode::AuthorizationPending, "the person has not decided yet"))
            }
            DeviceCodeState::Denied => Err(OAuthError::new(ErrorCode::AccessDenied, "the person said no")),
            DeviceCodeState::Spent => Err(OAuthError::dead("the device code was used before")),
        }
    }
}

impl DeviceSettings {
    /// The device authorization response (RFC 8628 §3.2).
    fn response(&self, page: &str, code: &Secret, user_code: &DeviceUserCode) -> HttpResponse {
        let uri = if self.url_names { "verification_url" } else { "verification_uri" };
        let shown = user_code.shown();
        let mut body = json!({ "device_code": code.expose(), "user_code": shown });
        let seconds = self.interval.as_secs();
        let interval = match self.interval_format {
            IntervalFormat::Number => Some(Value::from(seconds)),
            IntervalFormat::Text => Some(Value::from(seconds.to_string())),
            IntervalFormat::Absent => None,
        };
        let complete = self.complete_uri.then(|| Value::from(format!("{page}?user_code={shown}")));
        let members = [
            (uri.to_owned(), Some(Value::from(page))),
            (format!("{uri}_complete"), complete),
            ("expires_in".to_owned(), Some(Value::from(self.lifetime.num_seconds()))),
            ("interval".to_owned(), interval),
        ];
        if let Some(object) = body.as_object_mut() {
            object.extend(members.into_iter().filter_map(|(name, value)| Some((name, value?))));
        }
        HttpResponse::json(200, &body)
    }
}

/// Consonants that are not mistaken for another letter or digit: no word comes of them.
const LETTERS: [char; 20] =
    ['B', 'C', 'D', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Z'];

/// A code that a person reads on one device and types on another, without its dash (RFC 8628 §6.1).
#[derive(Debug, PartialEq, Eq)]
struct DeviceUserCode(String);

impl DeviceUserCode {
    fn generate(random: &TokenGenerator) -> Self {
        let letter = |byte: u8| LETTERS.get(usize::from(byte) % LETTERS.len());
        Self(random.bytes("user code").into_iter().filter_map(letter).take(8).collect())
    }

    /// What somebody typed: case, spaces and dashes do not count.
    fn typed(text: &str) -> Self {
        let letters = text.chars().filter(|char| char.is_alphanumeric());
        Self(letters.take(64).flat_map(char::to_uppercase).collect())
    }

    /// The code as it is shown: `BCDF-GHJK`.
    fn shown(&self) -> String {
        let (first, rest) = self.0.split_at_checked(4).unwrap_or((&self.0, ""));
        format!("{first}-{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::tests::{
        CHALLENGE, Pairs, TestUser, VERIFIER, between, but, json as read, refused, text,
    };
    use crate::demo::authority::{DEVICE_GRANT, TOKEN, USERINFO};

    const DEVICE: &str = "/oauth2/device";
    const QWEN_DEVICE: &str = "/api/v1/oauth2/device/code";
    const QWEN_TOKEN: &str = "/api/v1/oauth2/token";

    fn asking() -> Pairs<'static> {
        vec![("client_id", client::PUBLIC), ("scope", "profile inference")]
    }

    fn polling(code: &str) -> Pairs<'_> {
        vec![("grant_type", DEVICE_GRANT), ("client_id", client::PUBLIC), ("device_code", code)]
    }

    /// A user with one device code, and that code's response.
    fn asked() -> (TestUser, Value) {
        let mut user = TestUser::new();
        let given = read(&user.post(DEVICE, &asking()));
        (user, given)
    }

    /// Types the user code and decides.
    fn decide(user: &mut TestUser, typed: &str, decision: &str) -> HttpResponse {
        let page = user.post(DEVICE_PAGE, &vec![("user_code", typed)]);
        assert_eq!(page.status, 200, "{}", page.body.expose());
        user.decide(&page, decision)
    }

    #[test]
    fn a_code_with_a_public_page_is_allowed_by_the_server_itself() {
        let mut user = TestUser::new();
        let given = read(&user.post(DEVICE, &vec![("client_id", TELEVISION), ("scope", "profile")]));
        assert_eq!(given["verification_uri"], PUBLIC_PAGE);
        let code = text(&given, "/device_code").to_owned();
        let poll = [("grant_type", DEVICE_GRANT), ("client_id", TELEVISION), ("device_code", &code)];
        assert_eq!(refused(&user.post(TOKEN, &poll.to_vec())), (400, "authorization_pending".into()));
        user.seconds += 15;
        let tokens = read(&user.post(TOKEN, &poll.to_vec()));
        assert_eq!(text(&tokens, "/account/email_address"), ALLOWED_FOR);
    }

    #[test]
    fn a_device_gets_its_tokens_once_the_person_has_agreed() {
        let (mut user, given) = asked();
        assert_eq!(given["verification_uri"], "http://127.0.0.1:4000/device");
        assert_eq!((&given["expires_in"], &given["interval"]), (&600.into(), &5.into()));
        let complete = text(&given, "/verification_uri_complete");
        let typed = complete.split_once("/device?user_code=").expect("the page with the code").1;
        assert_eq!(typed, text(&given, "/user_code"));
        let page = user.ask(&format!("GET /device?user_code={typed}"), &[], "");
        assert_eq!(between(page.body.expose(), "name=\"user_code\" value=\"", "\""), typed);

        let poll = polling(text(&given, "/device_code"));
        assert_eq!(refused(&user.post(TOKEN, &poll)), (400, "authorization_pending".into()));
        assert_eq!(decide(&mut user, &typed.to_lowercase().replace('-', " "), "allow").status, 200);
        user.seconds = 5;
        let tokens = read(&user.post(TOKEN, &poll));
        assert_eq!(tokens["account"]["email_address"], "bo@demo.test");
        assert_eq!(user.get(USERINFO, text(&tokens, "/access_token")).status, 200);
        assert_eq!(user.refresh(text(&tokens, "/refresh_token")).status, 200);

        user.seconds = 10;
        assert_eq!(refused(&user.post(TOKEN, &poll)).1, "invalid_grant", "a device code counts once");
        let counters = user.authority.counters();
        assert_eq!(
            (counters.device_codes, counters.asked(DEVICE_GRANT), counters.ended(DEVICE_GRANT, "ok")),
            (1, 3, 1)
        );
    }

    #[test]
    fn a_poll_before_its_time_makes_the_pause_five_seconds_longer() {
        let (mut user, given) = asked();
        let poll = polling(text(&given, "/device_code"));
        for (seconds, error) in [
            (0, "authorization_pending"),
            (4, "slow_down"),
            (13, "slow_down"),
            (28, "authorization_pending"),
            (43, "authorization_pending"),
            (57, "slow_down"),
        ] {
            user.seconds = seconds;
            assert_eq!(refused(&user.post(TOKEN, &poll)).1, error, "{seconds}");
        }
        user.authority.settings.device.slow_down_interval = true;
        assert_eq!(read(&user.post(TOKEN, &poll))["interval"], 25);
    }

    #[test]
    fn a_denied_and_an_old_device_code_say_so() {
        let (mut user, given) = asked();
        decide(&mut user, text(&given, "/user_code"), "deny");
        let poll = polling(text(&given, "/device_code"));
        assert_eq!(refused(&user.post(TOKEN, &poll)).1, "access_denied");

        let (mut user, given) = asked();
        let typed = text(&given, "/user_code");
        let page = user.post(DEVICE_PAGE, &vec![("user_code", typed)]);
        user.seconds = 600;
        assert_eq!(user.decide(&page, "allow").status, 400);
        let poll = polling(text(&given, "/device_code"));
        assert_eq!(refused(&user.post(TOKEN, &poll)).1, "expired_token");
        assert_eq!(user.post(DEVICE_PAGE, &vec![("user_code", typed)]).status, 400);
    }

    #[test]
    fn a_device_code_belongs_to_its_client_and_its_verifier() {
        let (mut user, given) = asked();
        decide(&mut user, text(&given, "/user_code"), "allow");
        let code = text(&given, "/device_code");
        for (name, value, error) in [
            ("client_id", client::ANTHROPIC, "invalid_grant"),
            ("client_id", "", "invalid_client"),
            ("device_code", "ddc_another", "invalid_grant"),
            ("device_code", "", "invalid_request"),
        ] {
            assert_eq!(
                refused(&user.post(TOKEN, &but(polling(code), name, value))).1,
                error,
                "{name}={value}"
            );
        }
        assert_eq!(user.post(TOKEN, &polling(code)).status, 200);

        for (verifier, error) in [("", "invalid_request"), (CHALLENGE, "invalid_grant"), (VERIFIER, "")] {
            let mut user = TestUser::new();
            let pairs = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
            let given = read(&user.post(DEVICE, &asking().into_iter().chain(pairs).collect()));
            decide(&mut user, text(&given, "/user_code"), "allow");
            let poll = polling(text(&given, "/device_code"));
            assert_eq!(
                refused(&user.post(TOKEN, &but(poll, "code_verifier", verifier))).1,
                error,
                "{verifier}"
            );
        }
    }

    #[test]
    fn a_request_for_a_device_code_is_checked_like_any_other() {
        for (name, value, error) in [
            ("client_id", "somebody", "invalid_client"),
            ("client_id", client::POST, "invalid_client"),
            ("scope", "everything", "invalid_scope"),
            ("scope", "", "invalid_scope"),
            ("code_challenge", "short", "invalid_request"),
            ("code_challenge_method", "S256", "invalid_request"),
        ] {
            let answer = TestUser::new().post(DEVICE, &but(asking(), name, value));
            assert_eq!(refused(&answer).1, error, "{name}={value}");
        }
    }

    #[test]
    fn a_server_may_name_leave_out_and_spell_what_it_likes() {
        let mut user = TestUser::new();
        user.authority.settings.device = DeviceSettings {
            interval: Duration::from_secs(2),
            lifetime: TimeDelta::seconds(90),
            complete_uri: false,
            url_names: true,
            interval_format: IntervalFormat::Text,
            slow_down_interval: true,
        };
        let given = read(&user.post(DEVICE, &asking()));
        let names: Vec<&String> = given.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["device_code", "user_code", "verification_url", "expires_in", "interval"]);
        assert_eq!((&given["expires_in"], &given["interval"]), (&90.into(), &"2".into()));
        user.authority.settings.device.interval_format = IntervalFormat::Absent;
        assert_eq!(read(&user.post(DEVICE, &asking())).get("interval"), None);
    }

    #[test]
    fn user_codes_cannot_be_guessed_by_trying() {
        let (mut user, given) = asked();
        for _ in 0..MISS_LIMIT {
            assert_eq!(user.post(DEVICE_PAGE, &vec![("user_code", "BBBB-BBBB")]).status, 400);
        }
        let right = vec![("user_code", text(&given, "/user_code"))];
        assert_eq!(user.post(DEVICE_PAGE, &right).status, 429);
        user.seconds = 60;
        assert_eq!(user.post(DEVICE_PAGE, &right).status, 200);
    }

    #[test]
    fn only_the_latest_device_codes_are_known() {
        let (mut user, first) = asked();
        for _ in 0..64 {
            user.post(DEVICE, &asking());
        }
        assert_eq!(user.post(DEVICE_PAGE, &vec![("user_code", text(&first, "/user_code"))]).status, 400);
        assert_eq!(refused(&user.post(TOKEN, &polling(text(&first, "/device_code")))).1, "invalid_grant");
    }

    #[test]
    fn qwen_demands_pkce_and_says_slow_down_with_429() {
        let mut user = TestUser::new();
        let plain = but(asking(), "scope", "openid profile email model.completion");
        assert_eq!(refused(&user.post(QWEN_DEVICE, &plain)).1, "invalid_request");
        let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
        let given = read(&user.post(QWEN_DEVICE, &plain.into_iter().chain(pkce).collect()));
        let poll = but(polling(text(&given, "/device_code")), "code_verifier", VERIFIER);
        assert_eq!(refused(&user.post(QWEN_TOKEN, &poll)), (400, "authorization_pending".into()));
        assert_eq!(refused(&user.post(QWEN_TOKEN, &poll)), (429, "slow_down".into()));
        decide(&mut user, text(&given, "/user_code"), "allow");
        user.seconds = 10;
        let tokens = read(&user.post(QWEN_TOKEN, &poll));
        assert_eq!(tokens["scope"], "openid profile email model.completion");
        assert_eq!(user.get("/v1/models", text(&tokens, "/access_token")).status, 200);
    }

    #[test]
    fn a_user_code_is_found_however_it_is_typed() {
        let code = DeviceUserCode("BCDFGHJK".to_owned());
        assert_eq!(code.shown(), "BCDF-GHJK");
        for typed in ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "b-c-d-f-g-h-j-k", "BCDF\u{2013}GHJK"] {
            assert_eq!(DeviceUserCode::typed(typed), code, "{typed}");
        }
        for typed in ["", "BCDF", "BCDF-GHJ", "BCDF-GHJKL", "BCDF-GHJZ"] {
            assert_ne!(DeviceUserCode::typed(typed), code, "{typed}");
        }
    }

    #[test]
    fn a_user_code_has_eight_letters_and_no_vowel() {
        for serial in 0..100 {
            let shown = DeviceUserCode::generate(&TokenGenerator { random: [7; 64], serial }).shown();
            let (first, rest) = shown.split_once('-').expect("a dash");
            assert_eq!((first.len(), rest.len()), (4, 4), "{shown}");
            assert!(shown.chars().all(|char| char == '-' || LETTERS.contains(&char)), "{shown}");
        }
    }
}
