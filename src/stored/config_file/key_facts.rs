//! Facts about a key that a person or a test tells: when it ends, since when it is stored, and a note.

use serde_yaml::Value;

use crate::domain::profile::Profile;
use crate::stored::config_file::times::{at, time};
use crate::stored::field_value::{FieldMap, FieldValue};

/// The person's note. What is no text is none: the tokens are good all the same.
pub(super) fn note(value: &FieldValue<'_>) -> Option<String> {
    value.as_text().filter(|note| !note.is_empty()).map(str::to_owned)
}

/// Takes what `fields` say about the key of `profile`.
pub(super) fn take(profile: &mut Profile, fields: FieldMap<'_>, notes: &mut Vec<String>) {
    let mut time = |name| fields.get(name).and_then(|value| time(name, &value, notes));
    profile.life.expires_at = time("expires_at");
    profile.life.obtained_at = time("obtained_at");
    profile.note = fields.get("note").and_then(|value| note(&value));
}

/// The fields that say it.
pub(super) fn written(profile: &Profile) -> [(&'static str, Option<Value>); 3] {
    [
        ("expires_at", at(profile.life.expires_at)),
        ("obtained_at", at(profile.life.obtained_at)),
        ("note", profile.note.as_deref().map(Value::from)),
    ]
}
