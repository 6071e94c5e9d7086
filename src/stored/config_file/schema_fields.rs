//! Fields of an entry that the readers of its file know, and those that they do not.

use serde_yaml::Value;

use crate::domain::clock::{DateTime, Utc, rfc3339};
use crate::domain::expiry::{RawTime, WrittenTime, in_form_of};
use crate::domain::profile::{Kind, Profile};
use crate::stored::config_file::FileSchema;
use crate::stored::config_file::fields::{KnownField, all_login_fields};

/// The fields that ai-provider-kit knows.
const SHARED_FIELDS: [&str; 6] =
    ["client_id", "client_secret", "access_token", "refresh_token", "expires_at", "scopes"];

/// The fields of `oauth_credentials[n]` without its id that its readers know, in the order they are
/// written.
pub(super) fn login_fields(schema: FileSchema, profile: &Profile) -> Vec<KnownField> {
    match schema {
        FileSchema::Ours => all_login_fields(profile),
        FileSchema::Shared => shared_login_fields(profile, &[]),
    }
}

/// Those of them that ai-provider-kit knows, and `more`. A token that was erased is an empty text.
pub(super) fn shared_login_fields(profile: &Profile, more: &[&str]) -> Vec<KnownField> {
    let mut fields = all_login_fields(profile);
    fields.retain(|(key, _)| SHARED_FIELDS.contains(key) || more.contains(key));
    let erased = |(key, value): KnownField| match value {
        None if key.ends_with("_token") => (key, Some(Value::from(""))),
        value => (key, value),
    };
    fields.into_iter().map(erased).collect()
}

/// The fields for which ai-provider-kit and mcp-code-api have no room. Not each of their forms has scopes,
/// and a key has no end there.
pub(super) fn beyond_schema(profile: &Profile) -> Vec<KnownField> {
    let is_key = profile.kind == Kind::ApiKey;
    let is_noted =
        |key: &str| !SHARED_FIELDS.contains(&key) || key == "scopes" || is_key && key == "expires_at";
    all_login_fields(profile).into_iter().filter(|(key, _)| is_noted(key)).collect()
}

/// `at` in the form in which the file says a time already: in seconds, in milliseconds, with an offset.
pub(super) fn time_like(before: Option<&Value>, at: DateTime<Utc>) -> Value {
    match before {
        Some(Value::Number(number)) => {
            match in_form_of(RawTime::Number(number.as_f64().unwrap_or(0.0)), at) {
                WrittenTime::Number(number) => number.into(),
                WrittenTime::Text(text) => text.into(),
            }
        }
        Some(Value::String(text)) => match in_form_of(RawTime::Text(text), at) {
            WrittenTime::Number(number) => number.to_string().into(),
            WrittenTime::Text(text) => text.into(),
        },
        Some(Value::Null | Value::Bool(_) | Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_))
        | None => rfc3339(at).into(),
    }
}
