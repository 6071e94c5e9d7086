//! Cal.com's platform, as seed 002 calls it: no page, no `state`, no PKCE.
//!
//! The authorization is a request that redirects at once, because the person is logged in on the
//! web; the code travels in a header, the ends of tokens as epoch milliseconds. Both ends are
//! rounded down, so that fresh tokens never have their full life.

use serde_json::json;

use crate::demo::authority::client::{Client, May};
use crate::demo::authority::code::{self, Code, Used};
use crate::demo::authority::consent::DEFAULT_LOGIN;
use crate::demo::authority::dialect::Dialect;
use crate::demo::authority::exchange::{Answer, Asked};
use crate::demo::authority::grant::{self, Granted};
use crate::demo::authority::mint::Mint;
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::redirect;
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::demo::authority::{Authority, push};
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc, at_seconds};
use crate::domain::secret::{Fingerprint, Secret};

/// Who am I, with a status of its own for a token that has ended.
pub const ME: &str = "/v2/me";
/// The header that carries the client secret in a refresh.
pub const SECRET_HEADER: &str = "x-cal-secret-key";
/// The life of a grant before rounding.
pub(super) const GRANT_LIFE: TimeDelta = TimeDelta::days(365);

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// Whether the authorization needs the person's session at the web page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Session {
    /// It does not: everybody counts as logged in.
    #[default]
    Assumed,
    /// It does: a request without a cookie is answered 401.
    Wanted,
}

/// One request of the platform, below `/v2/oauth/{clientId}/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Authorize(&'a str),
    Exchange(&'a str),
    Refresh(&'a str),
}

impl<'a> Step<'a> {
    /// The request that this path means.
    pub(super) fn of(path: &'a str) -> Option<Self> {
        let (client, step) = path.strip_prefix("/v2/oauth/")?.split_once('/')?;
        match step {
            "authorize" => Some(Self::Authorize(client)),
            "exchange" => Some(Self::Exchange(client)),
            "refresh" => Some(Self::Refresh(client)),
            _ => None,
        }
    }

    /// The name under which the token requests among them are counted.
    pub(super) fn grant_type(self) -> Option<&'static str> {
        match self {
            Self::Authorize(_) => None,
            Self::Exchange(_) => Some("authorization_code"),
            Self::Refresh(_) => Some("refresh_token"),
        }
    }
}

impl Authority {
    /// Answers one request of the platform.
    pub(super) fn platform(
        &mut self,
        step: Step<'_>,
        asked: &Asked<'_>,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Answer {
        let sound = parameters.sound().and_then(|()| Dialect::Platform.readable(asked));
        let granted = match step {
            Step::Authorize(_) if self.settings.session == Session::Wanted && !has_cookie(asked) => {
                return trouble(401, "UnauthorizedException", "Log in at the web page first.");
            }
            Step::Authorize(id) => {
                return match sound.and_then(|()| self.give_code(id, parameters, now, mint)) {
                    Ok(location) => Answer::new(302, "text/plain", "").with("Location", location),
                    Err(refusal) => Dialect::Platform.refuse(refusal),
                };
            }
            Step::Exchange(id) => sound.and_then(|()| self.exchange(id, asked, parameters, now, mint)),
            Step::Refresh(id) => sound.and_then(|()| self.renew(id, asked, parameters, now, mint)),
        };
        let granted = granted.map(|granted| self.rounded(granted, now.wall));
        self.conclude(Dialect::Platform, step.grant_type(), granted, now)
    }

    /// Says whom the token speaks for.
    pub(super) fn me(&self, asked: &Asked<'_>, now: Now) -> Answer {
        let token = asked.header("Authorization").and_then(|value| value.strip_prefix("Bearer "));
        let token = Secret::new(token.unwrap_or_default());
        if let Some(bearer) = self.grants.bearer(&token, now.wall) {
            let data = json!({ "id": grant::subject(bearer.account), "email": bearer.account });
            let body = json!({ "status": "success", "data": data });
            return Answer::new(200, "application/json", body.to_string());
        }
        if self.grants.has_expired(&token, now.wall) {
            return trouble(498, "TokenExpiredException", "ACCESS_TOKEN_IS_EXPIRED");
        }
        trouble(401, "UnauthorizedException", "Invalid Access Token.")
    }

    fn give_code(
        &mut self,
        id: &str,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Result<String, Refusal> {
        let client = self.platform_client(id)?;
        let redirect = parameters.need("redirectUri", "redirectUri is missing")?;
        let url = redirect::allowed(redirect, &self.issuer);
        let mut url = url.ok_or(Refusal::new(ErrorCode::InvalidRequest, "Invalid redirect URI."))?;
        let waits = |code: &Code| code.used == Used::Not && code.ends_at > now.wall;
        let asked = self.codes.iter().any(|code| code.client == client.id && waits(code));
        if asked || self.grants.is_authorized(&client.id, DEFAULT_LOGIN, now.wall) {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "User already authorized this client."));
        }
        let given = mint.draw("dac_");
        url.query_pairs_mut().append_pair("code", given.expose());
        let code = Code {
            print: Fingerprint::of([Some(&given)]),
            ends_at: now.wall + code::LIFE,
            client: client.id,
            challenge: None,
            scopes: Vec::new(),
            account: DEFAULT_LOGIN.to_owned(),
            redirect: redirect.to_owned(),
            state: Secret::default(),
            used: Used::Not,
        };
        push(&mut self.codes, code);
        Ok(url.into())
    }

    fn exchange(
        &mut self,
        id: &str,
        asked: &Asked<'_>,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Result<Granted, Refusal> {
        let client = self.platform_client(id)?;
        let secret = parameters.need("clientSecret", "clientSecret is missing")?;
        proven(&client, secret)?;
        let code = asked.header("Authorization").and_then(|value| value.strip_prefix("Bearer "));
        let missing = Refusal::new(ErrorCode::InvalidRequest, "Missing 'Bearer' Authorization header.");
        let print = Fingerprint::of([Some(&Secret::new(code.ok_or(missing)?))]);
        self.spend(print, &client, Dialect::Platform, now, mint, |_| Ok(()))
    }

    fn renew(
        &mut self,
        id: &str,
        asked: &Asked<'_>,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Result<Granted, Refusal> {
        let client = self.platform_client(id)?;
        proven(&client, asked.header(SECRET_HEADER).unwrap_or_default())?;
        let token = parameters.need("refreshToken", "refreshToken is missing")?;
        self.refresh(&Secret::new(token), &client, None, now, mint)
    }

    fn platform_client(&self, id: &str) -> Result<Client, Refusal> {
        let client = self.clients.iter().find(|client| client.id == id);
        let client = client.filter(|client| client.must(May::Platform).is_ok());
        client.cloned().ok_or(Refusal::new(ErrorCode::InvalidClient, "OAuth client not found."))
    }

    /// Rounds both ends down and starts the year anew, unless the account has lives of its own.
    fn rounded(&mut self, granted: Granted, now: DateTime<Utc>) -> Granted {
        if self.settings.accounts.contains_key(&granted.account) {
            return granted;
        }
        let down = |end: DateTime<Utc>, to: i64| at_seconds(end.timestamp().div_euclid(to) * to);
        let access = granted.life.expires_at.and_then(|end| down(end, MINUTE));
        let grant = now.checked_add_signed(GRANT_LIFE).and_then(|end| down(end, DAY));
        self.grants.end(granted, access, grant)
    }
}

fn has_cookie(asked: &Asked<'_>) -> bool {
    asked.header("Cookie").is_some()
}

fn proven(client: &Client, secret: &str) -> Result<(), Refusal> {
    if client.secret.as_ref() == Some(&Secret::new(secret)) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidClient, "Invalid client credentials."))
}

/// A refusal in the platform's own shape.
pub(super) fn trouble(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({ "status": "error", "error": { "code": code, "message": message } });
    Answer::new(status, "application/json", body.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::demo::authority::client::{CONFIDENTIAL_SECRET, PLATFORM, PUBLIC};
    use crate::demo::authority::grant::Lives;
    use crate::demo::authority::tests::{Desk, REDIRECT, json as read, parameter, text};

    fn path(client: &str, step: &str) -> String {
        format!("/v2/oauth/{client}/{step}")
    }

    fn authorize(desk: &mut Desk) -> Answer {
        desk.send(&path(PLATFORM, "authorize"), &[], &json!({ "redirectUri": REDIRECT }))
    }

    fn exchange(desk: &mut Desk, code: &str) -> Answer {
        let bearer = format!("Bearer {code}");
        let body = json!({ "clientSecret": CONFIDENTIAL_SECRET });
        desk.send(&path(PLATFORM, "exchange"), &[("Authorization", &bearer)], &body)
    }

    fn refresh(desk: &mut Desk, secret: &str, token: &str) -> Answer {
        let headers = [(SECRET_HEADER, secret)];
        desk.send(&path(PLATFORM, "refresh"), &headers, &json!({ "refreshToken": token }))
    }

    fn tokens(desk: &mut Desk) -> Value {
        let back = authorize(desk);
        read(&exchange(desk, &parameter(&back, "code")))
    }

    /// The status and the message of a refusal.
    fn said(answer: &Answer) -> (u16, String) {
        let body = read(answer);
        assert_eq!(body["status"], "error");
        (answer.status, text(&body, "/error/message").to_owned())
    }

    #[test]
    fn seed_002_logs_in_without_a_state_and_gets_ends_rounded_down() {
        let mut desk = Desk::new();
        desk.seconds = 90;
        let back = authorize(&mut desk);
        assert_eq!(back.status, 302);
        let location = back.header("Location").expect("a way back").expose().to_owned();
        let (redirect, query) = location.split_once('?').expect("a query");
        assert_eq!(redirect, REDIRECT);
        assert!(query.starts_with("code=") && !query.contains('&'), "a code and nothing else");

        let reply = read(&exchange(&mut desk, &parameter(&back, "code")));
        assert_eq!(reply["status"], "success");
        // 08:01:30 and an hour is 09:01:00; a year after 15 January 2027 is the day's first moment.
        assert_eq!(reply["data"]["accessTokenExpiresAt"], 1_800_003_660_000_i64);
        assert_eq!(reply["data"]["refreshTokenExpiresAt"], 1_831_507_200_000_i64);
        let me = read(&desk.get(ME, text(&reply, "/data/accessToken")));
        assert_eq!((&me["status"], &me["data"]["email"]), (&"success".into(), &DEFAULT_LOGIN.into()));
    }

    #[test]
    fn a_refresh_rotates_and_names_the_secret_in_its_header() {
        let mut desk = Desk::new();
        let first = tokens(&mut desk);
        let old = text(&first, "/data/refreshToken");
        assert_eq!(said(&refresh(&mut desk, "wrong", old)), (400, "Invalid client credentials.".into()));
        assert_eq!(said(&refresh(&mut desk, "", old)), (400, "Invalid client credentials.".into()));
        let second = read(&refresh(&mut desk, CONFIDENTIAL_SECRET, old));
        assert_ne!(second["data"]["refreshToken"], first["data"]["refreshToken"]);
        assert_eq!(refresh(&mut desk, CONFIDENTIAL_SECRET, old).status, 400);
        assert_eq!(desk.authority.counters().reuse_detected, 1);
    }

    #[test]
    fn an_ended_token_is_answered_498_and_an_unknown_one_401() {
        let mut desk = Desk::new();
        let reply = tokens(&mut desk);
        let access = text(&reply, "/data/accessToken");
        desk.seconds = 3600;
        assert_eq!(said(&desk.get(ME, access)), (498, "ACCESS_TOKEN_IS_EXPIRED".into()));
        assert_eq!(said(&desk.get(ME, "another")), (401, "Invalid Access Token.".into()));
        assert_eq!(said(&desk.ask(&format!("GET {ME}"), &[], "")).0, 401);
    }

    #[test]
    fn an_authorization_is_refused_for_each_of_its_reasons() {
        let mut desk = Desk::new();
        for (client, body, why) in [
            ("somebody", json!({ "redirectUri": REDIRECT }), "OAuth client not found."),
            (PUBLIC, json!({ "redirectUri": REDIRECT }), "OAuth client not found."),
            (PLATFORM, json!({ "redirectUri": "https://evil.test/callback" }), "Invalid redirect URI."),
            (PLATFORM, json!({}), "redirectUri is missing"),
        ] {
            let answer = desk.send(&path(client, "authorize"), &[], &body);
            assert_eq!(said(&answer), (400, why.to_owned()), "{client} {body}");
        }
        let form = desk.post(&path(PLATFORM, "authorize"), &vec![("redirectUri", REDIRECT)]);
        assert_eq!(said(&form), (400, "the body must be JSON".to_owned()));
    }

    #[test]
    fn who_has_authorized_the_client_gets_no_second_code_until_they_withdraw() {
        let again = (400, "User already authorized this client.".to_owned());
        let mut desk = Desk::new();
        let back = authorize(&mut desk);
        assert_eq!(said(&authorize(&mut desk)), again);
        exchange(&mut desk, &parameter(&back, "code"));
        assert_eq!(said(&authorize(&mut desk)), again);
        desk.authority.withdraw(DEFAULT_LOGIN);
        assert_eq!(authorize(&mut desk).status, 302);
        desk.seconds = 60;
        assert_eq!(authorize(&mut desk).status, 302, "the code was never used");
    }

    #[test]
    fn a_server_may_want_the_session_of_the_web_page() {
        let mut desk = Desk::new();
        desk.authority.settings.session = Session::Wanted;
        assert_eq!(said(&authorize(&mut desk)).0, 401);
        let cookie = [("Cookie", "session=1")];
        let body = json!({ "redirectUri": REDIRECT });
        assert_eq!(desk.send(&path(PLATFORM, "authorize"), &cookie, &body).status, 302);
    }

    #[test]
    fn an_exchange_wants_the_code_in_its_header_and_the_secret_in_its_body() {
        for (header, secret, why) in [
            ("", CONFIDENTIAL_SECRET, "Missing 'Bearer' Authorization header."),
            ("Bearer dac_another", CONFIDENTIAL_SECRET, "unknown code"),
            ("Bearer dac_another", "wrong", "Invalid client credentials."),
            ("Bearer dac_another", "", "clientSecret is missing"),
        ] {
            let body = json!({ "clientSecret": secret });
            let answer = Desk::new().send(&path(PLATFORM, "exchange"), &[("Authorization", header)], &body);
            assert_eq!(said(&answer), (400, why.to_owned()), "{header} {secret}");
        }
    }

    #[test]
    fn an_account_with_lives_of_its_own_keeps_them_to_the_second() {
        let mut desk = Desk::new();
        let lives = Lives { access: TimeDelta::seconds(5), grant: None };
        desk.authority.settings.accounts.insert(DEFAULT_LOGIN.to_owned(), lives);
        let reply = tokens(&mut desk);
        assert_eq!(reply["data"]["accessTokenExpiresAt"], 1_800_000_005_000_i64);
        assert_eq!(reply["data"].get("refreshTokenExpiresAt"), None);
    }
}
