//! Cal.com's platform API: no page, no `state`, no PKCE.
//!
//! The authorization is a request that redirects at once, because the person is logged in on the
//! web; the code travels in a header, the ends of tokens as epoch milliseconds. Both ends are
//! rounded down, so that fresh tokens never have their full life.

use crate::demo::authority::client::{ClientFlow, RegisteredClient};
use crate::demo::authority::code::allowed_redirect;
use crate::demo::authority::grant::{IssuedTokens, NewGrant, RefreshRequest};
use crate::demo::authority::request::IncomingRequest;
use crate::demo::authority::response::{ErrorCode, HttpResponse, OAuthError, platform_error};
use crate::demo::authority::token::TokenRequest;
use crate::demo::authority::{Authority, DEFAULT_LOGIN};
use crate::domain::clock::{DateTime, Utc, at_seconds};
use crate::domain::secret::Secret;

/// The header that carries the client secret in a refresh.
const SECRET_HEADER: &str = "x-cal-secret-key";

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// Whether the authorization needs the person's session at the web page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WebSession {
    /// Everybody counts as logged in.
    #[default]
    Assumed,
    /// A request without a cookie is answered 401.
    Required,
}

impl Authority {
    /// Redirects at once with a code, or says why not.
    pub(super) fn platform_authorize(&mut self, request: &IncomingRequest<'_>, client: &str) -> HttpResponse {
        if self.settings.session == WebSession::Required && request.http.header("Cookie").is_none() {
            return platform_error(401, "UnauthorizedException", "Log in at the web page first.");
        }
        match self.platform_code(request, client) {
            Ok(location) => HttpResponse::new(302, "text/plain", "").with("Location", location),
            Err(error) => error.into_response(request.dialect),
        }
    }

    fn platform_code(&mut self, request: &IncomingRequest<'_>, client: &str) -> Result<String, OAuthError> {
        request.check_body()?;
        let client = self.platform_client(client)?;
        let redirect = request.parameters.need("redirectUri", "redirectUri is missing")?;
        let url = allowed_redirect(redirect, &self.issuer);
        let mut url = url.ok_or(OAuthError::malformed("Invalid redirect URI."))?;
        let now = request.now.wall;
        if self.has_unused_code(&client, now) || self.grants.is_authorized(&client.id, DEFAULT_LOGIN, now) {
            return Err(OAuthError::malformed("User already authorized this client."));
        }
        let grant = NewGrant { client: &client.id, account: DEFAULT_LOGIN, scopes: &[] };
        let code = self.issue_code(request, grant, None);
        url.query_pairs_mut().append_pair("code", code.expose());
        Ok(url.into())
    }

    pub(super) fn read_platform_exchange(
        &self,
        request: &IncomingRequest<'_>,
        client: &str,
    ) -> Result<(RegisteredClient, TokenRequest), OAuthError> {
        let client = self.platform_client(client)?;
        check_secret(&client, request.parameters.need("clientSecret", "clientSecret is missing")?)?;
        let missing = OAuthError::malformed("Missing 'Bearer' Authorization header.");
        let code = Secret::new(request.http.bearer().ok_or(missing)?);
        Ok((client, TokenRequest::Code(code)))
    }

    pub(super) fn read_platform_refresh(
        &self,
        request: &IncomingRequest<'_>,
        client: &str,
    ) -> Result<(RegisteredClient, TokenRequest), OAuthError> {
        let client = self.platform_client(client)?;
        check_secret(&client, request.http.header(SECRET_HEADER).unwrap_or_default())?;
        let token = Secret::new(request.parameters.need("refreshToken", "refreshToken is missing")?);
        Ok((client, TokenRequest::Refresh(RefreshRequest { token, scopes: None })))
    }

    fn platform_client(&self, id: &str) -> Result<RegisteredClient, OAuthError> {
        let client = self.clients.iter().find(|client| client.id == id);
        let client = client.filter(|client| client.check_flow(ClientFlow::Platform).is_ok());
        client.cloned().ok_or(OAuthError::new(ErrorCode::InvalidClient, "OAuth client not found."))
    }

    /// Rounds both ends down and starts the year anew, unless the account has lifetimes of its own.
    pub(super) fn round_ends(&mut self, issued: &mut IssuedTokens, request: &IncomingRequest<'_>) {
        if self.settings.accounts.contains_key(&issued.account) {
            return;
        }
        let down = |end: DateTime<Utc>, to: i64| at_seconds(end.timestamp().div_euclid(to) * to);
        let access = issued.life.expires_at.and_then(|end| down(end, MINUTE));
        let lifetime = request.dialect.grant_lifetime;
        let grant = lifetime.and_then(|life| request.now.wall.checked_add_signed(life));
        let grant = grant.and_then(|end| down(end, DAY));
        self.grants.set_ends(issued, access, grant);
    }
}

fn check_secret(client: &RegisteredClient, secret: &str) -> Result<(), OAuthError> {
    if client.secret.as_ref() == Some(&Secret::new(secret)) {
        return Ok(());
    }
    Err(OAuthError::new(ErrorCode::InvalidClient, "Invalid client credentials."))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::demo::authority::ME;
    use crate::demo::authority::client::{CONFIDENTIAL_SECRET, PLATFORM, PUBLIC};
    use crate::demo::authority::grant::Lifetimes;
    use crate::demo::authority::tests::{REDIRECT, TestUser, json as read, parameter, text};
    use crate::domain::clock::TimeDelta;

    fn path(client: &str, step: &str) -> String {
        format!("/v2/oauth/{client}/{step}")
    }

    fn authorize(user: &mut TestUser) -> HttpResponse {
        user.send(&path(PLATFORM, "authorize"), &[], &json!({ "redirectUri": REDIRECT }))
    }

    fn exchange(user: &mut TestUser, code: &str) -> HttpResponse {
        let bearer = format!("Bearer {code}");
        let body = json!({ "clientSecret": CONFIDENTIAL_SECRET });
        user.send(&path(PLATFORM, "exchange"), &[("Authorization", &bearer)], &body)
    }

    fn refresh(user: &mut TestUser, secret: &str, token: &str) -> HttpResponse {
        let headers = [(SECRET_HEADER, secret)];
        user.send(&path(PLATFORM, "refresh"), &headers, &json!({ "refreshToken": token }))
    }

    fn tokens(user: &mut TestUser) -> Value {
        let back = authorize(user);
        read(&exchange(user, &parameter(&back, "code")))
    }

    /// The status and the message of a refusal.
    fn refusal(answer: &HttpResponse) -> (u16, String) {
        let body = read(answer);
        assert_eq!(body["status"], "error");
        (answer.status, text(&body, "/error/message").to_owned())
    }

    #[test]
    fn the_platform_logs_in_without_a_state_and_gets_ends_rounded_down() {
        let mut user = TestUser::new();
        user.seconds = 90;
        let back = authorize(&mut user);
        assert_eq!(back.status, 302);
        let location = back.header("Location").expect("a way back").expose().to_owned();
        let (redirect, query) = location.split_once('?').expect("a query");
        assert_eq!(redirect, REDIRECT);
        assert!(query.starts_with("code=") && !query.contains('&'), "a code and nothing else");

        let reply = read(&exchange(&mut user, &parameter(&back, "code")));
        assert_eq!(reply["status"], "success");
        // 08:01:30 and an hour is 09:01:00; a year after 15 January 2027 is the day's first moment.
        assert_eq!(reply["data"]["accessTokenExpiresAt"], 1_800_003_660_000_i64);
        assert_eq!(reply["data"]["refreshTokenExpiresAt"], 1_831_507_200_000_i64);
        let me = read(&user.get(ME, text(&reply, "/data/accessToken")));
        assert_eq!((&me["status"], &me["data"]["email"]), (&"success".into(), &DEFAULT_LOGIN.into()));
    }

    #[test]
    fn a_refresh_rotates_and_names_the_secret_in_its_header() {
        let mut user = TestUser::new();
        let first = tokens(&mut user);
        let old = text(&first, "/data/refreshToken");
        assert_eq!(refusal(&refresh(&mut user, "wrong", old)), (400, "Invalid client credentials.".into()));
        assert_eq!(refusal(&refresh(&mut user, "", old)), (400, "Invalid client credentials.".into()));
        let second = read(&refresh(&mut user, CONFIDENTIAL_SECRET, old));
        assert_ne!(second["data"]["refreshToken"], first["data"]["refreshToken"]);
        assert_eq!(refresh(&mut user, CONFIDENTIAL_SECRET, old).status, 400);
        assert_eq!(user.authority.counters().reuse_detected, 1);
    }

    #[test]
    fn an_ended_token_is_answered_498_and_an_unknown_one_401() {
        let mut user = TestUser::new();
        let reply = tokens(&mut user);
        let access = text(&reply, "/data/accessToken");
        user.seconds = 3600;
        assert_eq!(refusal(&user.get(ME, access)), (498, "ACCESS_TOKEN_IS_EXPIRED".into()));
        assert_eq!(refusal(&user.get(ME, "another")), (401, "Invalid Access Token.".into()));
        assert_eq!(refusal(&user.ask(&format!("GET {ME}"), &[], "")).0, 401);
    }

    #[test]
    fn an_authorization_is_refused_for_each_of_its_reasons() {
        let mut user = TestUser::new();
        for (client, body, why) in [
            ("somebody", json!({ "redirectUri": REDIRECT }), "OAuth client not found."),
            (PUBLIC, json!({ "redirectUri": REDIRECT }), "OAuth client not found."),
            (PLATFORM, json!({ "redirectUri": "https://evil.test/callback" }), "Invalid redirect URI."),
            (PLATFORM, json!({}), "redirectUri is missing"),
        ] {
            let answer = user.send(&path(client, "authorize"), &[], &body);
            assert_eq!(refusal(&answer), (400, why.to_owned()), "{client} {body}");
        }
        let form = user.post(&path(PLATFORM, "authorize"), &vec![("redirectUri", REDIRECT)]);
        assert_eq!(refusal(&form), (400, "the body must be JSON".to_owned()));
    }

    #[test]
    fn who_has_authorized_the_client_gets_no_second_code_until_they_withdraw() {
        let again = (400, "User already authorized this client.".to_owned());
        let mut user = TestUser::new();
        let back = authorize(&mut user);
        assert_eq!(refusal(&authorize(&mut user)), again);
        exchange(&mut user, &parameter(&back, "code"));
        assert_eq!(refusal(&authorize(&mut user)), again);
        user.authority.withdraw(DEFAULT_LOGIN);
        assert_eq!(authorize(&mut user).status, 302);
        user.seconds = 60;
        assert_eq!(authorize(&mut user).status, 302, "the code was never used");
    }

    #[test]
    fn a_server_may_want_the_session_of_the_web_page() {
        let mut user = TestUser::new();
        user.authority.settings.session = WebSession::Required;
        assert_eq!(refusal(&authorize(&mut user)).0, 401);
        let cookie = [("Cookie", "session=1")];
        let body = json!({ "redirectUri": REDIRECT });
        assert_eq!(user.send(&path(PLATFORM, "authorize"), &cookie, &body).status, 302);
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
            let answer =
                TestUser::new().send(&path(PLATFORM, "exchange"), &[("Authorization", header)], &body);
            assert_eq!(refusal(&answer), (400, why.to_owned()), "{header} {secret}");
        }
    }

    #[test]
    fn an_account_with_lives_of_its_own_keeps_them_to_the_second() {
        let mut user = TestUser::new();
        let lives = Lifetimes { access: TimeDelta::seconds(5), grant: None };
        user.authority.settings.accounts.insert(DEFAULT_LOGIN.to_owned(), lives);
        let reply = tokens(&mut user);
        assert_eq!(reply["data"]["accessTokenExpiresAt"], 1_800_000_005_000_i64);
        assert_eq!(reply["data"].get("refreshTokenExpiresAt"), None);
    }
}
