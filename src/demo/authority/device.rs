//! Device authorization: a code here, a person there, and polls between (RFC 8628).

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::{Value, json};

use crate::demo::authority::challenge::Challenge;
use crate::demo::authority::client::{self, Client, May};
use crate::demo::authority::consent::{Asking, DEFAULT_LOGIN, Goal};
use crate::demo::authority::dialect::Dialect;
use crate::demo::authority::exchange::{Answer, Asked};
use crate::demo::authority::grant::{Granted, NewGrant};
use crate::demo::authority::mint::Mint;
use crate::demo::authority::page;
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::demo::authority::user_code::UserCode;
use crate::demo::authority::{Authority, push};
use crate::domain::clock::{DateTime, Now, Steady, TimeDelta, Utc};
use crate::domain::secret::{Fingerprint, Secret};

/// Where device codes are asked for.
pub const AUTHORIZE: &str = "/oauth2/device";
/// Where the person types the user code.
pub const PAGE: &str = "/device";
/// The grant type of a poll (RFC 8628 §3.4).
pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// How much longer the pause between polls becomes (RFC 8628 §3.5).
const SLOWER: Duration = Duration::from_secs(5);
/// How many wrong user codes may be typed in a minute (RFC 8628 §5.1).
const MOST_MISSES: usize = 20;
const MISSES_COUNT_FOR: Duration = Duration::from_secs(60);

/// How device codes are given here; the defaults are the standard's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// The pause between two polls.
    pub interval: Duration,
    /// How long codes live.
    pub life: TimeDelta,
    /// Whether the answer has an address with the user code in it.
    pub with_code: bool,
    /// Whether addresses are called `verification_url`, as some servers do.
    pub url_names: bool,
    /// How the answer says the pause.
    pub said: Said,
    /// Whether `slow_down` says the new pause, as some servers do.
    pub slow_down_tells: bool,
}

/// How an answer says the pause between polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// As a number.
    Number,
    /// As a text.
    Text,
    /// Not at all: it is five seconds then (RFC 8628 §3.2).
    NotAtAll,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(5),
            life: TimeDelta::minutes(10),
            with_code: true,
            url_names: false,
            said: Said::Number,
            slow_down_tells: false,
        }
    }
}

/// One device code, kept after its end so that polls learn of it.
pub(super) struct Device {
    print: Fingerprint,
    user_code: UserCode,
    dialect: Dialect,
    client: Client,
    challenge: Option<Challenge>,
    scopes: Vec<String>,
    ends_at: DateTime<Utc>,
    interval: Duration,
    polled_at: Option<Steady>,
    stand: Stand,
}

/// Where a device code stands.
enum Stand {
    Undecided,
    Denied,
    Allowed { account: String, scopes: Vec<String> },
    Spent,
}

/// What the device pages remember.
#[derive(Default)]
pub(super) struct Devices {
    pub(super) given: VecDeque<Device>,
    misses: VecDeque<Steady>,
}

impl Authority {
    /// Gives a device code (RFC 8628 §3.1).
    pub(super) fn device(
        &mut self,
        dialect: Dialect,
        asked: &Asked<'_>,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Answer {
        match self.device_code(dialect, asked, parameters, now, mint) {
            Ok(answer) => answer,
            Err(refusal) => dialect.refuse(refusal),
        }
    }

    fn device_code(
        &mut self,
        dialect: Dialect,
        asked: &Asked<'_>,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Result<Answer, Refusal> {
        parameters.sound()?;
        dialect.readable(asked)?;
        let client = client::authenticate(&self.clients, asked, parameters)?;
        client.must(May::Device)?;
        let challenge = Challenge::of(parameters)?;
        if challenge.is_none() && dialect.wants_pkce_for_devices() {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "code_challenge is missing"));
        }
        let scopes = dialect.wish(parameters)?;
        let manner = self.settings.device;
        let (code, user_code) = (mint.draw("ddc_"), UserCode::drawn(mint));
        let device = Device {
            print: Fingerprint::of([Some(&code)]),
            user_code: user_code.clone(),
            dialect,
            client,
            challenge,
            scopes,
            ends_at: now.wall + manner.life,
            interval: manner.interval,
            polled_at: None,
            stand: Stand::Undecided,
        };
        push(&mut self.devices.given, device);
        self.record.counters.device_codes += 1;
        Ok(given(&self.issuer, manner, &code, &user_code))
    }

    /// Takes the user code that a person typed and asks them.
    pub(super) fn type_in(&mut self, parameters: &Parameters, now: Now, mint: &Mint) -> Answer {
        let typed = parameters.get("user_code").unwrap_or_default();
        let devices = &mut self.devices;
        devices.misses.retain(|miss| miss.until(now.steady) < MISSES_COUNT_FOR);
        if devices.misses.len() >= MOST_MISSES {
            return page::device(429, typed, Some("Too many wrong codes. Wait a minute and try again."));
        }
        let code = UserCode::typed(typed);
        let open = |device: &&Device| {
            device.user_code == code && device.ends_at > now.wall && matches!(device.stand, Stand::Undecided)
        };
        let Some(device) = devices.given.iter().rev().find(open) else {
            devices.misses.push_back(now.steady);
            let why = "This code is not known, was answered already, or is too old.";
            return page::device(400, typed, Some(why));
        };
        let asking = Asking {
            dialect: device.dialect,
            client: device.client.clone(),
            scopes: device.scopes.clone(),
            login: DEFAULT_LOGIN.to_owned(),
            goal: Goal::Device(device.print),
        };
        self.present(asking, now, mint)
    }

    /// Notes what the person decided: no scope at all is a no.
    pub(super) fn decide_device(
        &mut self,
        print: Fingerprint,
        account: String,
        scopes: Vec<String>,
        now: Now,
    ) -> Answer {
        let device = self.devices.given.iter_mut().find(|device| device.print == print);
        let open =
            |device: &&mut Device| device.ends_at > now.wall && matches!(device.stand, Stand::Undecided);
        let Some(device) = device.filter(open) else {
            return page::trouble(400, "The code was answered already, or is too old.");
        };
        let allowed = !scopes.is_empty();
        device.stand = if allowed { Stand::Allowed { account, scopes } } else { Stand::Denied };
        page::decided(allowed)
    }

    /// Answers one poll (RFC 8628 §3.4, §3.5).
    pub(super) fn poll(
        &mut self,
        dialect: Dialect,
        client: &Client,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Result<Granted, Refusal> {
        client.must(May::Device)?;
        let code = Secret::new(parameters.need("device_code", "device_code is missing")?);
        let print = Fingerprint::of([Some(&code)]);
        let of_client = |device: &&mut Device| device.print == print && device.client.id == client.id;
        let device = self.devices.given.iter_mut().find(of_client);
        let device = device.ok_or(Refusal::dead("unknown device code"))?;
        if matches!(device.stand, Stand::Spent) {
            return Err(Refusal::dead("the device code was used before"));
        }
        if device.ends_at <= now.wall {
            return Err(Refusal::new(ErrorCode::ExpiredToken, "the device code is too old"));
        }
        let paused = device.polled_at.replace(now.steady).map(|last| last.until(now.steady));
        if paused.is_some_and(|paused| paused < device.interval) {
            device.interval += SLOWER;
            let interval = self.settings.device.slow_down_tells.then_some(device.interval.as_secs());
            let refusal = Refusal::new(ErrorCode::SlowDown, "polled before the interval was over");
            return Err(Refusal { interval, ..refusal });
        }
        if let Some(challenge) = &device.challenge
            && let Err(refusal) = challenge.met(parameters)
        {
            device.stand = Stand::Spent;
            return Err(refusal);
        }
        let (account, scopes) = match &device.stand {
            Stand::Allowed { account, scopes } => (account, scopes),
            Stand::Undecided => {
                return Err(Refusal::new(ErrorCode::AuthorizationPending, "the person has not decided yet"));
            }
            Stand::Denied => return Err(Refusal::new(ErrorCode::AccessDenied, "the person said no")),
            Stand::Spent => return Err(Refusal::dead("the device code was used before")),
        };
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let lives = dialect.lives(&self.settings, account);
        let new = NewGrant { client: &client.id, account, scopes: &scopes };
        let (_, granted) = self.grants.begin(new, lives, now.wall, mint);
        device.stand = Stand::Spent;
        Ok(granted)
    }
}

/// The device authorization response (RFC 8628 §3.2).
fn given(issuer: &str, manner: Manner, code: &Secret, user_code: &UserCode) -> Answer {
    let page = format!("{issuer}{PAGE}");
    let uri = if manner.url_names { "verification_url" } else { "verification_uri" };
    let shown = user_code.shown();
    let mut body = json!({ "device_code": code.expose(), "user_code": shown });
    let seconds = manner.interval.as_secs();
    let interval = match manner.said {
        Said::Number => Some(Value::from(seconds)),
        Said::Text => Some(Value::from(seconds.to_string())),
        Said::NotAtAll => None,
    };
    let with_code = manner.with_code.then(|| Value::from(format!("{page}?user_code={shown}")));
    let members = [
        (uri.to_owned(), Some(Value::from(page))),
        (format!("{uri}_complete"), with_code),
        ("expires_in".to_owned(), Some(Value::from(manner.life.num_seconds()))),
        ("interval".to_owned(), interval),
    ];
    if let Some(object) = body.as_object_mut() {
        object.extend(members.into_iter().filter_map(|(name, value)| Some((name, value?))));
    }
    Answer::new(200, "application/json", body.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::tests::{
        CHALLENGE, Desk, Pairs, VERIFIER, between, but, json as read, refused, text,
    };
    use crate::demo::authority::{TOKEN, USERINFO, qwen};

    fn asking() -> Pairs<'static> {
        vec![("client_id", client::PUBLIC), ("scope", "profile inference")]
    }

    fn polling(code: &str) -> Pairs<'_> {
        vec![("grant_type", GRANT), ("client_id", client::PUBLIC), ("device_code", code)]
    }

    /// A desk with one device code, and that code's response.
    fn asked() -> (Desk, Value) {
        let mut desk = Desk::new();
        let given = read(&desk.post(AUTHORIZE, &asking()));
        (desk, given)
    }

    /// Types the user code and decides.
    fn decide(desk: &mut Desk, typed: &str, decision: &str) -> Answer {
        let page = desk.post(PAGE, &vec![("user_code", typed)]);
        assert_eq!(page.status, 200, "{}", page.body.expose());
        desk.decide(&page, decision)
    }

    #[test]
    fn a_device_gets_its_tokens_once_the_person_has_agreed() {
        let (mut desk, given) = asked();
        assert_eq!(given["verification_uri"], "http://127.0.0.1:4000/device");
        assert_eq!((&given["expires_in"], &given["interval"]), (&600.into(), &5.into()));
        let complete = text(&given, "/verification_uri_complete");
        let typed = complete.split_once("/device?user_code=").expect("the page with the code").1;
        assert_eq!(typed, text(&given, "/user_code"));
        let page = desk.ask(&format!("GET /device?user_code={typed}"), &[], "");
        assert_eq!(between(page.body.expose(), "name=\"user_code\" value=\"", "\""), typed);

        let poll = polling(text(&given, "/device_code"));
        assert_eq!(refused(&desk.post(TOKEN, &poll)), (400, "authorization_pending".into()));
        assert_eq!(decide(&mut desk, &typed.to_lowercase().replace('-', " "), "allow").status, 200);
        desk.seconds = 5;
        let tokens = read(&desk.post(TOKEN, &poll));
        assert_eq!(tokens["account"]["email_address"], "bo@demo.test");
        assert_eq!(desk.get(USERINFO, text(&tokens, "/access_token")).status, 200);
        assert_eq!(desk.refresh(text(&tokens, "/refresh_token")).status, 200);

        desk.seconds = 10;
        assert_eq!(refused(&desk.post(TOKEN, &poll)).1, "invalid_grant", "a device code counts once");
        let counters = desk.authority.counters();
        assert_eq!((counters.device_codes, counters.asked(GRANT), counters.ended(GRANT, "ok")), (1, 3, 1));
    }

    #[test]
    fn a_poll_before_its_time_makes_the_pause_five_seconds_longer() {
        let (mut desk, given) = asked();
        let poll = polling(text(&given, "/device_code"));
        for (seconds, error) in [
            (0, "authorization_pending"),
            (4, "slow_down"),
            (13, "slow_down"),
            (28, "authorization_pending"),
            (43, "authorization_pending"),
            (57, "slow_down"),
        ] {
            desk.seconds = seconds;
            assert_eq!(refused(&desk.post(TOKEN, &poll)).1, error, "{seconds}");
        }
        desk.authority.settings.device.slow_down_tells = true;
        assert_eq!(read(&desk.post(TOKEN, &poll))["interval"], 25);
    }

    #[test]
    fn a_denied_and_an_old_device_code_say_so() {
        let (mut desk, given) = asked();
        decide(&mut desk, text(&given, "/user_code"), "deny");
        let poll = polling(text(&given, "/device_code"));
        assert_eq!(refused(&desk.post(TOKEN, &poll)).1, "access_denied");

        let (mut desk, given) = asked();
        let typed = text(&given, "/user_code");
        let page = desk.post(PAGE, &vec![("user_code", typed)]);
        desk.seconds = 600;
        assert_eq!(desk.decide(&page, "allow").status, 400);
        let poll = polling(text(&given, "/device_code"));
        assert_eq!(refused(&desk.post(TOKEN, &poll)).1, "expired_token");
        assert_eq!(desk.post(PAGE, &vec![("user_code", typed)]).status, 400);
    }

    #[test]
    fn a_device_code_belongs_to_its_client_and_its_verifier() {
        let (mut desk, given) = asked();
        decide(&mut desk, text(&given, "/user_code"), "allow");
        let code = text(&given, "/device_code");
        for (name, value, error) in [
            ("client_id", client::SEED, "invalid_grant"),
            ("client_id", "", "invalid_client"),
            ("device_code", "ddc_another", "invalid_grant"),
            ("device_code", "", "invalid_request"),
        ] {
            assert_eq!(
                refused(&desk.post(TOKEN, &but(polling(code), name, value))).1,
                error,
                "{name}={value}"
            );
        }
        assert_eq!(desk.post(TOKEN, &polling(code)).status, 200);

        for (verifier, error) in [("", "invalid_request"), (CHALLENGE, "invalid_grant"), (VERIFIER, "")] {
            let mut desk = Desk::new();
            let pairs = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
            let given = read(&desk.post(AUTHORIZE, &asking().into_iter().chain(pairs).collect()));
            decide(&mut desk, text(&given, "/user_code"), "allow");
            let poll = polling(text(&given, "/device_code"));
            assert_eq!(
                refused(&desk.post(TOKEN, &but(poll, "code_verifier", verifier))).1,
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
            let answer = Desk::new().post(AUTHORIZE, &but(asking(), name, value));
            assert_eq!(refused(&answer).1, error, "{name}={value}");
        }
    }

    #[test]
    fn a_server_may_name_leave_out_and_spell_what_it_likes() {
        let mut desk = Desk::new();
        desk.authority.settings.device = Manner {
            interval: Duration::from_secs(2),
            life: TimeDelta::seconds(90),
            with_code: false,
            url_names: true,
            said: Said::Text,
            slow_down_tells: true,
        };
        let given = read(&desk.post(AUTHORIZE, &asking()));
        let names: Vec<&String> = given.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["device_code", "user_code", "verification_url", "expires_in", "interval"]);
        assert_eq!((&given["expires_in"], &given["interval"]), (&90.into(), &"2".into()));
        desk.authority.settings.device.said = Said::NotAtAll;
        assert_eq!(read(&desk.post(AUTHORIZE, &asking())).get("interval"), None);
    }

    #[test]
    fn user_codes_cannot_be_guessed_by_trying() {
        let (mut desk, given) = asked();
        for _ in 0..MOST_MISSES {
            assert_eq!(desk.post(PAGE, &vec![("user_code", "BBBB-BBBB")]).status, 400);
        }
        let right = vec![("user_code", text(&given, "/user_code"))];
        assert_eq!(desk.post(PAGE, &right).status, 429);
        desk.seconds = 60;
        assert_eq!(desk.post(PAGE, &right).status, 200);
    }

    #[test]
    fn only_the_latest_device_codes_are_known() {
        let (mut desk, first) = asked();
        for _ in 0..64 {
            desk.post(AUTHORIZE, &asking());
        }
        assert_eq!(desk.post(PAGE, &vec![("user_code", text(&first, "/user_code"))]).status, 400);
        assert_eq!(refused(&desk.post(TOKEN, &polling(text(&first, "/device_code")))).1, "invalid_grant");
    }

    /// Seed 001's other example: Qwen's device codes.
    #[test]
    fn qwen_demands_pkce_and_says_slow_down_with_429() {
        let mut desk = Desk::new();
        let plain = but(asking(), "scope", "openid profile email model.completion");
        assert_eq!(refused(&desk.post(qwen::DEVICE, &plain)).1, "invalid_request");
        let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
        let given = read(&desk.post(qwen::DEVICE, &plain.into_iter().chain(pkce).collect()));
        let poll = but(polling(text(&given, "/device_code")), "code_verifier", VERIFIER);
        assert_eq!(refused(&desk.post(qwen::TOKEN, &poll)), (400, "authorization_pending".into()));
        assert_eq!(refused(&desk.post(qwen::TOKEN, &poll)), (429, "slow_down".into()));
        decide(&mut desk, text(&given, "/user_code"), "allow");
        desk.seconds = 10;
        let tokens = read(&desk.post(qwen::TOKEN, &poll));
        assert_eq!(tokens["scope"], "openid profile email model.completion");
        assert_eq!(desk.get("/v1/models", text(&tokens, "/access_token")).status, 200);
    }
}
