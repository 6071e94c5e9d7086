//! Token endpoint: codes, device codes and refresh tokens become tokens (RFC 6749 §4.1.3, §6,
//! RFC 8628 §3.4), and end at the revocation endpoint (RFC 7009).
//!
//! The requests of OAuth and of the platform API differ in where things stand; both become the
//! same [`TokenRequest`].

use serde_json::{Map, Value, json};

use crate::demo::authority::client::{self, ClientFlow, RegisteredClient};
use crate::demo::authority::dialect::{Endpoint, Quirk, ReplyFormat, ReplyValue};
use crate::demo::authority::grant::{self, IssuedTokens, RefreshError, RefreshRequest, Revocation};
use crate::demo::authority::request::IncomingRequest;
use crate::demo::authority::response::{ErrorCode, HttpResponse, OAuthError};
use crate::demo::authority::{Authority, DEVICE_GRANT};
use crate::domain::clock::{DateTime, Utc};
use crate::domain::secret::Secret;

/// What a client wants tokens for.
pub(super) enum TokenRequest {
    Code(Secret),
    DeviceCode(Secret),
    Refresh(RefreshRequest),
}

impl Authority {
    /// Answers one token request and counts how it ended.
    pub(super) fn token(&mut self, request: &IncomingRequest<'_>) -> HttpResponse {
        let issued = self.read_token_request(request);
        let issued = issued.and_then(|(client, wanted)| self.issue(request, &client, wanted));
        let outcome = issued.as_ref().map_or_else(|error| error.code.as_str(), |_| "ok");
        self.record.counters.token_request(request.grant_type(), outcome);
        match issued {
            Ok(issued) => reply(request, &issued),
            Err(error) => error.into_response(request.dialect),
        }
    }

    fn read_token_request(
        &self,
        request: &IncomingRequest<'_>,
    ) -> Result<(RegisteredClient, TokenRequest), OAuthError> {
        request.check_body()?;
        match request.endpoint {
            Some(Endpoint::PlatformExchange(id)) => return self.read_platform_exchange(request, id),
            Some(Endpoint::PlatformRefresh(id)) => return self.read_platform_refresh(request, id),
            Some(_) | None => {}
        }
        let parameters = &request.parameters;
        if request.dialect.has(Quirk::SecretInBody) {
            parameters.need("client_secret", "client_secret is required")?;
        }
        let client = client::authenticate(&self.clients, request)?;
        let wanted = match parameters.need("grant_type", "grant_type is missing")? {
            "authorization_code" => {
                client.check_flow(ClientFlow::Code)?;
                TokenRequest::Code(Secret::new(parameters.need("code", "code is missing")?))
            }
            "refresh_token" if !request.dialect.has(Quirk::NoRefresh) => {
                let token = parameters.need("refresh_token", "refresh_token is missing")?;
                let scopes = parameters.get("scope").map(|scope| request.split_scopes(scope));
                TokenRequest::Refresh(RefreshRequest { token: Secret::new(token), scopes })
            }
            DEVICE_GRANT if request.dialect.serves_devices() => {
                client.check_flow(ClientFlow::Device)?;
                let code = parameters.need("device_code", "device_code is missing")?;
                TokenRequest::DeviceCode(Secret::new(code))
            }
            _ => {
                let why = "this grant type is not served here";
                return Err(OAuthError::new(ErrorCode::UnsupportedGrantType, why));
            }
        };
        Ok((client, wanted))
    }

    fn issue(
        &mut self,
        request: &IncomingRequest<'_>,
        client: &RegisteredClient,
        wanted: TokenRequest,
    ) -> Result<IssuedTokens, OAuthError> {
        let mut issued = match wanted {
            TokenRequest::Code(code) => self.redeem(request, client, &code)?,
            TokenRequest::DeviceCode(code) => self.poll(request, client, &code)?,
            TokenRequest::Refresh(refresh) => self.refresh(request, client, refresh)?,
        };
        if request.dialect.has(Quirk::RoundedDown) {
            self.round_ends(&mut issued, request);
        }
        Ok(issued)
    }

    fn refresh(
        &mut self,
        request: &IncomingRequest<'_>,
        client: &RegisteredClient,
        refresh: RefreshRequest,
    ) -> Result<IssuedTokens, OAuthError> {
        match self.grants.refresh(client, refresh, request.now.wall, &request.tokens) {
            Ok(issued) => {
                self.record.counters.refreshed += 1;
                Ok(issued)
            }
            Err(RefreshError::Reused) => {
                self.record.counters.reuse_detected += 1;
                Err(OAuthError::dead("the refresh token was used before; its grant has been ended"))
            }
            Err(RefreshError::Refused(error)) => Err(error),
        }
    }

    /// Answers one request to end a grant: 200 with an empty body, also for a token that is not known
    /// (RFC 7009 §2.2).
    pub(super) fn revocation(&mut self, request: &IncomingRequest<'_>) -> HttpResponse {
        match self.revoke(request) {
            Ok(()) => HttpResponse::new(200, "text/plain", ""),
            Err(error) => error.into_response(request.dialect),
        }
    }

    fn revoke(&mut self, request: &IncomingRequest<'_>) -> Result<(), OAuthError> {
        request.check_body()?;
        let client = client::authenticate(&self.clients, request)?;
        let token = Secret::new(request.parameters.need("token", "token is missing")?);
        match self.grants.revoke_by_token(&token, &client) {
            Revocation::Done => self.record.counters.revoked += 1,
            Revocation::DoneBefore | Revocation::UnknownToken => {}
            Revocation::OtherClient => {
                let why = "this token was given to another client";
                return Err(OAuthError::new(ErrorCode::UnauthorizedClient, why));
            }
        }
        Ok(())
    }
}

/// The reply that carries `issued`, in the shape of its server (RFC 6749 §5.1).
fn reply(request: &IncomingRequest<'_>, issued: &IssuedTokens) -> HttpResponse {
    let member = |(name, value): &(&str, ReplyValue)| {
        Some(((*name).to_owned(), reply_value(*value, issued, request.now.wall)?))
    };
    let members = Value::Object(request.dialect.reply.iter().filter_map(member).collect::<Map<_, _>>());
    let body = match request.dialect.format {
        ReplyFormat::OAuth | ReplyFormat::ErrorDetails => members,
        ReplyFormat::Platform => json!({ "status": "success", "data": members }),
    };
    HttpResponse::json(200, &body).with("Pragma", "no-cache")
}

/// The value of one member; nothing where there is none to tell.
fn reply_value(value: ReplyValue, issued: &IssuedTokens, now: DateTime<Utc>) -> Option<Value> {
    let left = |end: DateTime<Utc>| Value::from((end - now).num_seconds());
    let millis = |end: DateTime<Utc>| Value::from(end.timestamp_millis());
    Some(match value {
        ReplyValue::AccessToken => Value::from(issued.tokens.access.expose()),
        ReplyValue::RefreshToken => Value::from(issued.tokens.refresh.as_ref()?.expose()),
        ReplyValue::TokenType(word) => Value::from(word),
        ReplyValue::ExpiresIn => left(issued.life.expires_at?),
        ReplyValue::ExpiresAtMillis => millis(issued.life.expires_at?),
        ReplyValue::GrantExpiresIn => left(issued.life.grant_ends_at?),
        ReplyValue::GrantExpiresAtMillis => millis(issued.life.grant_ends_at?),
        ReplyValue::Scope => Value::from(issued.scopes.join(" ")),
        ReplyValue::Account => json!({ "uuid": issued.subject, "email_address": issued.account }),
        ReplyValue::Organization => {
            let domain = issued.account.rsplit('@').next().unwrap_or_default();
            json!({ "uuid": grant::subject(domain), "name": domain })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::client::RefreshTokenRotation;
    use crate::demo::authority::tests::{
        CHALLENGE, TestUser, VERIFIER, but, exchange, json, refreshing, refused, text,
    };
    use crate::demo::authority::{MODELS, REVOKE, TOKEN, USERINFO};

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
            let mut user = TestUser::new();
            let code = user.code();
            let answer = user.post(TOKEN, &but(exchange(&code), name, value));
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
            let answer =
                TestUser::new().ask(&format!("POST {TOKEN}"), &[("Content-Type", content_type)], body);
            assert_eq!(refused(&answer), (400, "invalid_request".to_owned()), "{content_type} {body}");
        }
    }

    #[test]
    fn a_refresh_token_is_replaced_and_its_second_use_ends_the_grant() {
        let mut user = TestUser::new();
        let first = user.tokens();
        let second = json(&user.refresh(text(&first, "/refresh_token")));
        assert_ne!(second["refresh_token"], first["refresh_token"]);
        assert_ne!(second["access_token"], first["access_token"]);
        assert_eq!(user.get(USERINFO, text(&second, "/access_token")).status, 200);

        assert_eq!(refused(&user.refresh(text(&first, "/refresh_token"))).1, "invalid_grant");
        assert_eq!(refused(&user.refresh(text(&second, "/refresh_token"))).1, "invalid_grant");
        assert_eq!(user.get(USERINFO, text(&second, "/access_token")).status, 401);
        let counters = user.authority.counters();
        assert_eq!((counters.refreshed, counters.reuse_detected), (1, 1));
        assert_eq!(counters.ended("refresh_token", "invalid_grant"), 2);
        assert_eq!(counters.asked("refresh_token"), 3);
    }

    #[test]
    fn a_client_may_keep_its_refresh_token_and_may_not_be_told_of_it() {
        for (rotation, told) in
            [(RefreshTokenRotation::Reusable, true), (RefreshTokenRotation::Silent, false)]
        {
            let mut user = TestUser::new();
            user.authority.clients[0].rotation = rotation;
            let first = user.tokens();
            for _ in 0..2 {
                let next = json(&user.refresh(text(&first, "/refresh_token")));
                assert!(next["access_token"].is_string(), "{rotation:?}");
                assert_eq!(next.get("refresh_token"), first.get("refresh_token").filter(|_| told));
            }
        }
    }

    #[test]
    fn a_refresh_may_ask_for_less_and_never_for_more() {
        let mut user = TestUser::new();
        let tokens = user.tokens();
        let token = text(&tokens, "/refresh_token");
        let more = user.post(TOKEN, &but(refreshing(token), "scope", "profile files"));
        assert_eq!(refused(&more).1, "invalid_scope");
        let less = json(&user.post(TOKEN, &but(refreshing(token), "scope", "profile")));
        assert_eq!(less["scope"], "profile");
        assert_eq!(user.get(MODELS, text(&less, "/access_token")).status, 403);
    }

    #[test]
    fn form_and_json_are_the_same_request() {
        let mut user = TestUser::new();
        let code = user.code();
        let pairs = exchange(&code).into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        let body = Value::Object(pairs.collect()).to_string();
        let line = format!("POST {TOKEN}");
        let answer = user.ask(&line, &[("Content-Type", "application/json")], &body);
        assert_eq!(answer.status, 200);
        let seen = user.authority.seen_requests().next_back().expect("a request");
        assert_eq!(seen.body.expose(), body);
        assert_eq!(seen.grant_type.as_deref(), Some("authorization_code"));
        assert!(!format!("{seen:?}").contains(VERIFIER));
    }

    fn revoke(user: &mut TestUser, client: &str, token: &str) -> HttpResponse {
        let pairs = vec![("token", token), ("token_type_hint", "refresh_token"), ("client_id", client)];
        user.post(REVOKE, &but(pairs, "token", token))
    }

    #[test]
    fn either_token_ends_the_grant_with_all_its_tokens() {
        for shown in ["/refresh_token", "/access_token"] {
            let mut user = TestUser::new();
            let tokens = user.tokens();
            let (access, refresh) = (text(&tokens, "/access_token"), text(&tokens, "/refresh_token"));
            assert_eq!(user.get(USERINFO, access).status, 200);

            let answer = revoke(&mut user, client::PUBLIC, text(&tokens, shown));

            assert_eq!((answer.status, answer.body.expose()), (200, ""), "{shown}");
            assert_eq!(user.get(USERINFO, access).status, 401, "{shown}");
            assert!(user.refresh(refresh).body.expose().contains("invalid_grant"), "{shown}");
            assert_eq!(user.authority.counters().revoked, 1, "{shown}");
        }
    }

    #[test]
    fn a_spent_refresh_token_ends_its_grant_too() {
        let mut user = TestUser::new();
        let tokens = user.tokens();
        let first = text(&tokens, "/refresh_token");
        assert_eq!(user.refresh(first).status, 200);
        assert_eq!(revoke(&mut user, client::PUBLIC, first).status, 200);
        assert_eq!(user.authority.counters().revoked, 1);
    }

    #[test]
    fn what_is_not_known_or_over_already_is_no_error() {
        let mut user = TestUser::new();
        assert_eq!(revoke(&mut user, client::PUBLIC, "never-given").status, 200);
        let tokens = user.tokens();
        for _ in 0..2 {
            assert_eq!(revoke(&mut user, client::PUBLIC, text(&tokens, "/refresh_token")).status, 200);
        }
        assert_eq!(user.authority.counters().revoked, 1);
    }

    #[test]
    fn who_may_not_end_a_grant_is_refused_and_it_lives() {
        let mut user = TestUser::new();
        let tokens = user.tokens();
        let refresh = text(&tokens, "/refresh_token");
        for (client, token, status, error) in [
            (client::ANTHROPIC, refresh, 400, "unauthorized_client"),
            (client::CONFIDENTIAL, refresh, 401, "invalid_client"),
            ("nobody", refresh, 401, "invalid_client"),
            (client::PUBLIC, "", 400, "invalid_request"),
        ] {
            let answer = revoke(&mut user, client, token);
            assert_eq!(answer.status, status, "{client}");
            assert!(answer.body.expose().contains(error), "{client}");
        }
        assert_eq!(user.refresh(refresh).status, 200);
    }
}
