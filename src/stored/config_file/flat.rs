//! Flat form of mcp-code-api: one login whose fields stand among those of its provider.
//!
//! `providers.gemini: {access_token, refresh_token, token_expiry, display_name, …}` is `gemini/default`.
//! All other fields of the provider are settings of its owner and stay. A provider that has only the
//! fields of a client, as mcp-code-api writes it for some, holds no tokens in this form: they are stored
//! as `oauth_credentials`, which ai-provider-kit reads.

use serde_yaml::{Mapping, Value};

use crate::domain::name::ProfileId;
use crate::domain::profile::Profile;
use crate::stored::amendment::YamlAmendment;
use crate::stored::config_file::fields::{self, KnownField};
use crate::stored::config_file::schema_fields;
use crate::stored::config_file::shared_scopes::SharedScopes;
use crate::stored::field_value::{FieldMap, FieldValue};
use crate::stored::yaml_path::{PathStep, find, joined};

/// The name of the one profile that a provider can hold in this form.
pub(super) const NAME: &str = "default";

const CLIENT: [&str; 2] = ["client_id", "client_secret"];
const TOKENS: [&str; 2] = ["access_token", "refresh_token"];
/// The end of the access token.
const END: &str = "token_expiry";
/// Whose account it is, for people.
const ACCOUNT: &str = "display_name";

/// Names of this form, and what they are called in an entry of `oauth_credentials`.
const RENAMED: [(&str, &str); 2] = [(END, "expires_at"), (ACCOUNT, "account")];

/// Whether `fields` of a provider are a login in this form. Those of a client alone are none where the same
/// profile `is_listed` among its `oauth_credentials`.
pub(super) fn is_login(fields: FieldMap<'_>, is_listed: bool) -> bool {
    let is_filled = |key: &&str| fields.get(key).is_some_and(|value| !is_blank(&value));
    if TOKENS.iter().any(is_filled) {
        return true;
    }
    !is_listed && (has_place_for_tokens(fields) || CLIENT.iter().any(is_filled))
}

/// Whether its owner keeps tokens among `fields`.
fn has_place_for_tokens(fields: FieldMap<'_>) -> bool {
    TOKENS.iter().any(|key| fields.get(key).is_some())
}

fn is_blank(value: &FieldValue<'_>) -> bool {
    value.is_null() || value.as_text() == Some("")
}

/// Reads the login among `fields`.
pub(super) fn read(id: ProfileId, fields: FieldMap<'_>, notes: &mut Vec<String>) -> Result<Profile, String> {
    let same = CLIENT.iter().chain(&TOKENS).map(|key| (*key, *key));
    let known = same.chain(RENAMED);
    let found = known.filter_map(|(key, name)| Some((Value::from(name), fields.get(key)?.to_value())));
    let mut told = Vec::new();
    let found: Mapping = found.collect();
    let profile = fields::login(id, (&found).into(), &SharedScopes::default(), &mut told);
    notes.extend(told.into_iter().map(|note| note.replace("expires_at", END)));
    profile.map_err(|why| if why.starts_with("account ") { why.replacen("account", ACCOUNT, 1) } else { why })
}

/// The fields of `profile` in this form.
pub(super) fn known_fields(profile: &Profile) -> Vec<KnownField> {
    let renamed = |key: &'static str| RENAMED.iter().find(|(_, name)| *name == key).map(|(key, _)| *key);
    let of_form = |(key, value): KnownField| {
        let is_same = CLIENT.contains(&key) || TOKENS.contains(&key);
        let key = if is_same { Some(key) } else { renamed(key) };
        Some((key?, value))
    };
    schema_fields::shared_login_fields(profile, &["account"]).into_iter().filter_map(of_form).collect()
}

/// Whether `after` can be written in this form at `path`: its owner keeps tokens there, or there are none.
pub(super) fn holds(tree: &Value, path: &[PathStep], after: &Profile) -> bool {
    let has_place = find(tree, path).and_then(Value::as_mapping);
    let has_place = has_place.is_some_and(|fields| has_place_for_tokens(fields.into()));
    has_place || after.held.tokens().is_none()
}

/// Whether an amendment is to be made: what is only for people is written where it stands already.
pub(super) fn is_wanted(tree: &Value, amendment: &YamlAmendment) -> bool {
    match amendment {
        YamlAmendment::Set(path, _) => {
            path.last() != Some(&PathStep::key(ACCOUNT)) || find(tree, path).is_some()
        }
        YamlAmendment::Remove(_) | YamlAmendment::Append(..) => true,
    }
}

/// What takes the login at `path` away, and leaves the settings of its provider; nothing where there are none.
pub(super) fn removed(tree: &Value, path: &[PathStep]) -> Option<Vec<YamlAmendment>> {
    let fields = find(tree, path).and_then(Value::as_mapping)?;
    let is_ours = |key: &&str| CLIENT.contains(key) || TOKENS.contains(key) || [END, ACCOUNT].contains(key);
    let keys: Vec<&str> = fields.keys().filter_map(Value::as_str).filter(is_ours).collect();
    let removal = |key: &&str| YamlAmendment::Remove(joined(path, PathStep::key(*key)));
    (keys.len() < fields.len()).then(|| keys.iter().map(removal).collect())
}
