//! Identity: who logged in, as the provider tells it beside the tokens or in them.
//!
//! An ID token came from the token endpoint itself, over a connection that proves the server (OpenID
//! Connect Core §3.1.3.7), so its signature is not checked; its issuer, audience and end are. What fails
//! that is unverified: it is told, and never stored.

use std::fmt;

use serde_json::Value;

use crate::domain::claims::Claims;
use crate::domain::clock::{DateTime, TimeDelta, Utc, at_seconds};
use crate::domain::expiry::{RawTime, moment};
use crate::domain::jwt;
use crate::domain::provider::reply::{Pointers, ReplyMap};
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::oauth::reply::{json, words};
use crate::oauth::request::Reply;

/// By how much two clocks may differ.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// Who logged in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// The server that knows the account by this subject.
    pub issuer: Option<String>,
    /// The account's stable id at the issuer.
    pub subject: Option<String>,
    /// The account's name, as people see it.
    pub account: Option<String>,
}

/// What an ID token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdToken {
    /// It is one for this client, of this provider, and it has not ended.
    Named(Identity, Box<Claims>),
    /// It must not be believed; the name in it is only shown.
    Unverified { name: Option<String>, error: IdTokenError },
}

/// Why an ID token must not be believed (OpenID Connect Core §3.1.3.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdTokenError {
    /// It cannot be read.
    Unreadable,
    /// Another server issued it.
    Issuer,
    /// It is for another client.
    Audience,
    /// It has ended, or does not say when it ends.
    Expired,
}

impl fmt::Display for IdTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "it cannot be read",
            Self::Issuer => "another server issued it",
            Self::Audience => "it is for another client",
            Self::Expired => "it has expired",
        })
    }
}

/// What an ID token must say.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedIdToken<'a> {
    /// The issuer, where it is known.
    pub issuer: Option<&'a str>,
    pub client_id: &'a str,
    pub now: DateTime<Utc>,
}

impl ExpectedIdToken<'_> {
    /// Reads `token`.
    #[must_use]
    pub fn read(&self, token: &Secret) -> IdToken {
        let Some(claims) = payload(token) else {
            return IdToken::Unverified { name: None, error: IdTokenError::Unreadable };
        };
        let identity = Identity::of_claims(&claims);
        match self.check(&claims) {
            Ok(()) => IdToken::Named(identity, Box::new(claims_in(&claims))),
            Err(error) => IdToken::Unverified { name: identity.account.or(identity.subject), error },
        }
    }

    fn check(&self, claims: &Value) -> Result<(), IdTokenError> {
        let issuer = claims.get("iss").and_then(Value::as_str).ok_or(IdTokenError::Issuer)?;
        if self.issuer.is_some_and(|ours| ours != issuer) {
            return Err(IdTokenError::Issuer);
        }
        let is_ours = |value: &Value| value.as_str() == Some(self.client_id);
        match claims.get("aud") {
            Some(Value::Array(clients)) if clients.iter().any(is_ours) => {}
            Some(client) if is_ours(client) => {}
            Some(_) | None => return Err(IdTokenError::Audience),
        }
        let end = claims.get("exp").and_then(Value::as_i64).and_then(at_seconds);
        let end = end.and_then(|end| end.checked_add_signed(CLOCK_TOLERANCE));
        if end.is_some_and(|end| end > self.now) { Ok(()) } else { Err(IdTokenError::Expired) }
    }
}

impl Identity {
    /// What the answer of a userinfo endpoint says, by the provider's `map` or else by the standard.
    #[must_use]
    pub fn of_userinfo(map: &ReplyMap, reply: &Reply) -> Self {
        let Some(tree) = json(reply).filter(|_| (200..300).contains(&reply.status)) else {
            return Self::default();
        };
        let mapped = |at: &Pointers| words(at, &tree, |text| reply.unquoted(text));
        let standard = Self::of_claims(&tree);
        Self {
            issuer: None,
            subject: mapped(&map.subject).or(standard.subject),
            account: mapped(&map.account).or(standard.account),
        }
    }

    /// The standard claims (OpenID Connect Core §5.1).
    fn of_claims(claims: &Value) -> Self {
        let claim = |names: &[&str]| words(&Pointers::new(names), claims, str::to_owned);
        Self {
            issuer: issuer(claims),
            subject: claim(&["/sub"]),
            account: claim(&["/email", "/preferred_username", "/name"]),
        }
    }
}

/// The account that a person typed; nothing where they typed none.
#[must_use]
pub fn typed_account(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    Some(text::clean(&words.join(" "), ACCOUNT_LIMIT)).filter(|account| !account.is_empty())
}

/// The longest account that a person types, in characters.
const ACCOUNT_LIMIT: usize = 120;

/// The longest issuer that is kept, in characters.
const ISSUER_LIMIT: usize = 2048;

/// How many of those are kept that a token is for, and of how many characters each.
const AUDIENCE_LIMIT: (usize, usize) = (8, 200);

/// What a token is called by that names the account's organisation: by name, or else by id or domain.
const ORGANIZATION: [&str; 8] =
    ["/org_name", "/organization", "/tenant", "/hd", "/org_id", "/organization_id", "/tenant_id", "/tid"];

/// What `token` says, where it is a JWT. Nothing of it is checked.
#[must_use]
pub fn claims(token: &Secret) -> Option<Claims> {
    payload(token).map(|payload| claims_in(&payload)).filter(|claims| !claims.is_empty())
}

/// When `token` ends by what it says of itself, where it is a JWT. Nothing of it is checked.
#[must_use]
pub fn token_end(token: &Secret) -> Option<DateTime<Utc>> {
    let end = payload(token)?.get("exp")?.as_f64()?;
    moment(RawTime::Number(end)).ok().flatten().map(|end| end.at)
}

fn claims_in(payload: &Value) -> Claims {
    let claim = |names: &[&str]| words(&Pointers::new(names), payload, str::to_owned);
    let (count, length) = AUDIENCE_LIMIT;
    let audience = match payload.get("aud") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).take(count).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
    };
    Claims {
        name: claim(&["/name"]),
        email: claim(&["/email"]),
        subject: claim(&["/sub"]),
        issuer: issuer(payload),
        organization: claim(&ORGANIZATION),
        audience: audience.into_iter().map(|one| text::clean(one, length)).collect(),
        auth_time: payload.get("auth_time").and_then(Value::as_i64).and_then(at_seconds),
    }
}

fn issuer(payload: &Value) -> Option<String> {
    let issuer = payload.get("iss").and_then(Value::as_str).filter(|issuer| !issuer.is_empty());
    issuer.map(|issuer| text::clean(issuer, ISSUER_LIMIT))
}

fn payload(token: &Secret) -> Option<Value> {
    jwt::payload(token.expose())
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;
    use crate::oauth::fixtures::reply;

    const NOW: i64 = 1_800_000_000;

    fn expected() -> ExpectedIdToken<'static> {
        let now = at_seconds(NOW).expect("in range");
        ExpectedIdToken { issuer: Some("https://id.test"), client_id: "c1", now }
    }

    fn token(claims: &Value) -> Secret {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        Secret::new(format!("{}.{}.c2ln", part("{\"alg\":\"none\"}"), part(&claims.to_string())))
    }

    fn good() -> Value {
        json!({ "iss": "https://id.test", "sub": "1", "aud": "c1", "exp": NOW + 60, "email": "ana@id.test" })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = good();
        claims[name] = value;
        claims
    }

    #[test]
    fn an_id_token_names_issuer_subject_and_account() {
        let named = |claims: &Value| match expected().read(&token(claims)) {
            IdToken::Named(identity, _) => identity,
            IdToken::Unverified { error, .. } => panic!("{claims}: {error:?}"),
        };
        let own = |text: &str| Some(text.to_owned());
        let ana = Identity { issuer: own("https://id.test"), subject: own("1"), account: own("ana@id.test") };
        assert_eq!(named(&good()), ana);
        assert_eq!(named(&with("aud", json!(["x", "c1"]))), ana);
        assert_eq!(named(&with("exp", json!(NOW - 60))), ana, "clocks differ a little");
        for (claims, account) in [
            (json!({ "preferred_username": "ana", "name": "Ana" }), Some("ana")),
            (json!({ "name": "A\u{202e}na" }), Some("A\u{fffd}na")),
            (json!({ "email": 7 }), Some("7")),
            (json!({ "email": ["x"] }), None),
        ] {
            let mut all = good();
            all.as_object_mut().expect("claims").remove("email");
            all.as_object_mut().expect("claims").extend(claims.as_object().expect("claims").clone());
            assert_eq!(named(&all).account.as_deref(), account, "{all}");
        }
    }

    #[test]
    fn an_id_token_of_somebody_else_is_unverified() {
        for (claims, error) in [
            (with("iss", json!("https://evil.test")), IdTokenError::Issuer),
            (with("iss", json!("https://id.test/")), IdTokenError::Issuer),
            (with("iss", Value::Null), IdTokenError::Issuer),
            (with("aud", json!("c2")), IdTokenError::Audience),
            (with("aud", json!([])), IdTokenError::Audience),
            (with("aud", Value::Null), IdTokenError::Audience),
            (with("exp", json!(NOW - 301)), IdTokenError::Expired),
            (with("exp", Value::Null), IdTokenError::Expired),
        ] {
            let name = Some("ana@id.test".to_owned());
            assert_eq!(expected().read(&token(&claims)), IdToken::Unverified { name, error }, "{claims}");
        }
        for text in ["", "a.b", "a.b.c.d", "a.!.c", "a.e30x.c", "a.W10.c"] {
            let unread = IdToken::Unverified { name: None, error: IdTokenError::Unreadable };
            assert_eq!(expected().read(&Secret::new(text)), unread, "{text}");
        }
    }

    #[test]
    fn a_token_that_is_a_jwt_says_what_helps_a_person_and_any_other_says_nothing() {
        let own = |text: &str| Some(text.to_owned());
        let said = Claims {
            name: own("Ana"),
            email: own("ana@id.test"),
            subject: own("1"),
            issuer: own("https://id.test"),
            organization: own("Globex"),
            audience: vec!["c1".to_owned(), "c2".to_owned()],
            auth_time: at_seconds(NOW),
        };
        let all = json!({
            "iss": "https://id.test", "sub": 1, "aud": ["c1", "c2", 3], "name": "Ana",
            "email": "ana@id.test", "auth_time": NOW, "tid": "t1", "org_name": "Globex", "jti": "j",
        });
        assert_eq!(claims(&token(&all)), Some(said));
        let one = claims(&token(&json!({ "aud": "c1", "tid": "t1", "auth_time": "soon" })));
        let one = one.expect("claims");
        assert_eq!((one.audience, one.organization, one.auth_time), (vec!["c1".to_owned()], own("t1"), None));
        for opaque in ["sk-ant-oat01-x", "a.b.c", "", "a.e30.c"] {
            assert_eq!(claims(&Secret::new(opaque)), None, "{opaque}");
        }
    }

    #[test]
    fn userinfo_is_read_by_the_providers_map_or_by_the_standard() {
        let map = ReplyMap {
            account: Pointers::new(&["/login"]),
            subject: Pointers::new(&["/id"]),
            ..ReplyMap::default()
        };
        for (map, status, body, subject, account) in [
            (&ReplyMap::default(), 200, r#"{"sub":"1","email":"a@b"}"#, Some("1"), Some("a@b")),
            (&map, 200, r#"{"id":7,"login":"ana","email":null}"#, Some("7"), Some("ana")),
            (&map, 401, r#"{"id":7,"login":"ana"}"#, None, None),
            (&map, 302, r#"{"id":7,"login":"ana"}"#, None, None),
            (&map, 200, "<html>", None, None),
            (&map, 200, "[]", None, None),
        ] {
            let identity = Identity::of_userinfo(map, &reply(status, body));
            assert_eq!(
                (identity.subject.as_deref(), identity.account.as_deref()),
                (subject, account),
                "{body}"
            );
        }
    }
}
