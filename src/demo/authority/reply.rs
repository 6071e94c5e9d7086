//! Replies with tokens, in the shape of each server.

use serde_json::{Map, Value, json};

use crate::demo::authority::dialect::Dialect;
use crate::demo::authority::exchange::Answer;
use crate::demo::authority::grant::{self, Granted};
use crate::domain::clock::{DateTime, Utc};

/// The reply that gives `granted` (RFC 6749 §5.1).
pub(super) fn of(dialect: Dialect, granted: &Granted, now: DateTime<Utc>) -> Answer {
    let left = |end: Option<DateTime<Utc>>| end.map(|end| Value::from((end - now).num_seconds()));
    let millis = |end: Option<DateTime<Utc>>| end.map(|end| Value::from(end.timestamp_millis()));
    let access = Some(Value::from(granted.tokens.access.expose()));
    let refresh = granted.tokens.refresh.as_ref().map(|token| Value::from(token.expose()));
    let scope = Some(Value::from(granted.scopes.join(" ")));
    let account = Some(json!({ "uuid": granted.subject, "email_address": granted.account }));
    let life = left(granted.life.expires_at);
    let bearer = |word: &str| Some(Value::from(word));
    let members = match dialect {
        Dialect::Standard => vec![
            ("access_token", access),
            ("token_type", bearer("bearer")),
            ("expires_in", life),
            ("refresh_token", refresh),
            ("refresh_expires_in", left(granted.life.grant_ends_at)),
            ("scope", scope),
            ("account", account),
        ],
        Dialect::Anthropic => vec![
            ("token_type", bearer("Bearer")),
            ("access_token", access),
            ("expires_in", life),
            ("refresh_token", refresh),
            ("scope", scope),
            ("organization", Some(organization(&granted.account))),
            ("account", account),
        ],
        Dialect::Cal | Dialect::Qwen => vec![
            ("access_token", access),
            ("token_type", bearer("bearer")),
            ("refresh_token", refresh),
            ("expires_in", life),
            ("scope", scope),
        ],
        Dialect::Qonic => vec![("access_token", access), ("token_type", bearer("Bearer")), ("scope", scope)],
        Dialect::Platform => {
            let data = object(vec![
                ("accessToken", access),
                ("refreshToken", refresh),
                ("accessTokenExpiresAt", millis(granted.life.expires_at)),
                ("refreshTokenExpiresAt", millis(granted.life.grant_ends_at)),
            ]);
            vec![("status", Some(Value::from("success"))), ("data", Some(data))]
        }
    };
    Answer::new(200, "application/json", object(members).to_string()).with("Pragma", "no-cache")
}

fn organization(account: &str) -> Value {
    let domain = account.rsplit('@').next().unwrap_or_default();
    json!({ "uuid": grant::subject(domain), "name": domain })
}

/// An object of the members that are there.
fn object(members: Vec<(&str, Option<Value>)>) -> Value {
    let present = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect::<Map<String, Value>>())
}
