//! Helper answers: a token in the form in which another program takes it from its helper.

use zeroize::Zeroizing;

use crate::domain::clock::{DateTime, Utc, rfc3339};
use crate::domain::profile::Profile;
use crate::domain::secret::Secret;

/// What git reads (git-credential(1)); nothing where a field would hold the end of a line.
#[must_use]
pub fn git(profile: &Profile, username: &str, now: DateTime<Utc>) -> Option<Secret> {
    let token = &profile.held.tokens()?.access;
    if !token.is_bearer() || username.chars().any(char::is_control) {
        return None;
    }
    let expiry = end(profile, now)
        .map_or_else(String::new, |end| format!("\npassword_expiry_utc={}", end.timestamp()));
    let answer = Zeroizing::new(format!("username={username}\npassword={}{expiry}", token.expose()));
    Some(Secret::new(answer.as_str()))
}

/// What kubectl reads (client authentication, `ExecCredential`), of the version that it asked for.
#[must_use]
pub fn kubernetes(profile: &Profile, version: &str, now: DateTime<Utc>) -> Option<Secret> {
    let token = profile.held.tokens().map(|tokens| &tokens.access).filter(|token| token.is_bearer())?;
    let token = Zeroizing::new(serde_json::Value::from(token.expose()).to_string());
    let end = end(profile, now).map_or_else(String::new, |end| {
        format!("\"expirationTimestamp\":{},", serde_json::Value::from(rfc3339(end)))
    });
    let version = serde_json::Value::from(version);
    let answer = Zeroizing::new(format!(
        "{{\"kind\":\"ExecCredential\",\"apiVersion\":{version},\"status\":{{{end}\"token\":{}}}}}",
        *token
    ));
    Some(Secret::new(answer.as_str()))
}

/// The end of the token. One that has passed is not told: who reads it would throw away a token that may still
/// work, and ask again at once.
fn end(profile: &Profile, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    profile.life.expires_at.filter(|end| *end > now)
}
