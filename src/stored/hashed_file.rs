//! Hashed file: one credential as JSON, in a file that is named for whose it is.
//!
//! The name is the SHA-256, in hex, of the compact JSON array of provider, profile name, authorization URL,
//! token URL and client id. The file says these five too, so that its name can be checked, and has the fields
//! of `config.yaml` besides. A URL in it is never asked: where secrets go is decided by provider files.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::json;
use serde_yaml::{Mapping, Value};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::domain::change::ErasedText;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::{Authorize, Provider};
use crate::stored::config_file::fields::{self, KnownField};
use crate::stored::config_file::shared_scopes::SharedScopes;
use crate::stored::config_file::texts::text;
use crate::stored::field_value::FieldValue;

/// The version of the structure that is written.
const VERSION: u64 = 1;
/// The most bytes that a file may have.
pub const SIZE_LIMIT: usize = 256 * 1024;
/// The fields that the name of a file is made of, beside its profile's name.
const ADDRESSES: [&str; 2] = ["authorize_url", "token_url"];

/// What a file is named for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileIdentity {
    pub name: ProfileName,
    /// The page of a login; empty where its provider has none.
    pub authorize_url: String,
    /// Where tokens come from; empty where its provider has none.
    pub token_url: String,
    /// The client that the login was made for; empty for a key.
    pub client_id: String,
}

impl FileIdentity {
    /// Whose `profile` is, by the file of its provider.
    #[must_use]
    pub fn new(profile: &Profile, provider: Option<&Provider>) -> Self {
        let provider = provider.filter(|_| profile.kind == Kind::OAuth);
        let page = provider.and_then(|provider| match provider.authorize.as_ref()? {
            Authorize::Page { url, .. } => Some(url.to_string()),
            Authorize::Sent { call, .. } => Some(call.url.texts().collect()),
        });
        let token = provider.and_then(|provider| {
            let device = provider.device.as_ref().map(|device| &device.poll);
            Some(provider.exchange.as_ref().or(provider.refresh.as_ref()).or(device)?.url.texts().collect())
        });
        let client = profile.client_id.clone().or_else(|| provider?.client.id.clone());
        Self {
            name: profile.id.name.clone(),
            authorize_url: page.unwrap_or_default(),
            token_url: token.unwrap_or_default(),
            client_id: client.unwrap_or_default(),
        }
    }

    /// The name of its file.
    #[must_use]
    pub fn file_name(&self) -> String {
        let Self { name, authorize_url, token_url, client_id } = self;
        let array = json!([name.provider(), name.name(), authorize_url, token_url, client_id]).to_string();
        Sha256::digest(array.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
            // Writing to a text cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// Whether a file may be one of these: 64 digits of a hash.
#[must_use]
pub fn is_file_name(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What a file holds.
#[derive(Clone, PartialEq, Eq)]
pub struct HashedFile {
    pub profile: Arc<Profile>,
    pub identity: FileIdentity,
    /// What is odd in it though it is understood, without a value of the file.
    pub notes: Vec<String>,
    /// All its fields, secrets among them, so there is no `Debug`.
    fields: Mapping,
}

/// Reads `text`, the content of the file `file_name`.
///
/// # Errors
/// What is wrong with it, without a value of the file.
pub fn read(file_name: &str, text: &str) -> Result<HashedFile, String> {
    if !is_file_name(file_name) {
        return Err("its name is not the hash of a credential".to_owned());
    }
    if text.len() > SIZE_LIMIT {
        return Err("it is longer than 256 KiB".to_owned());
    }
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    let tree: Value = serde_json::from_str(text)
        .map_err(|error| format!("it is not JSON (line {}, column {})", error.line(), error.column()))?;
    let Value::Mapping(fields) = tree else { return Err("it is no JSON object".to_owned()) };
    if fields.get("version").is_some_and(|version| version.as_u64().is_none_or(|number| number > VERSION)) {
        return Err(format!("its version is not {VERSION}; use the authtui that wrote it, or a newer one"));
    }
    let identity = told_identity(&fields)?;
    if identity.file_name() != file_name {
        return Err("its name does not fit what it holds".to_owned());
    }
    let id = ProfileId { store: StoreId::Hashed, name: identity.name.clone() };
    let mut notes = Vec::new();
    let profile = if fields.contains_key("api_key") {
        fields::named_key(id, (&fields).into(), &mut notes)?
    } else if id.name.is_reserved() {
        return Err(format!("the id {} is reserved for API keys", id.name.name()));
    } else {
        fields::login(id, (&fields).into(), &SharedScopes::default(), &mut notes)?
    };
    Ok(HashedFile { profile: Arc::new(profile), identity, notes, fields })
}

/// Whose a file with these fields says that it is.
fn told_identity(fields: &Mapping) -> Result<FileIdentity, String> {
    let told = |key: &str| {
        let value = fields.get(key).map_or(FieldValue::Null, FieldValue::from);
        text(key, &value).map(|text| text.unwrap_or_default().to_owned())
    };
    let name = ProfileName::new(&told("provider")?, &told("id")?).map_err(|bad| bad.to_string())?;
    let (authorize_url, token_url) = (told("authorize_url")?, told("token_url")?);
    Ok(FileIdentity { name, authorize_url, token_url, client_id: told("client_id")? })
}

/// The file that was erased, as it was.
#[must_use]
pub fn erased(erased: &ErasedText) -> Option<HashedFile> {
    let text = erased.was.expose();
    let Ok(Value::Mapping(fields)) = serde_json::from_str(text) else { return None };
    read(&told_identity(&fields).ok()?.file_name(), text).ok()
}

/// The text of the file of `identity` that says what `after` is. What we do not know of `before` stays.
///
/// # Errors
/// What cannot be written.
pub fn write(
    before: Option<&HashedFile>,
    identity: &FileIdentity,
    after: &Profile,
) -> Result<Zeroizing<String>, String> {
    let known = match after.kind {
        Kind::OAuth if after.id.name.is_reserved() => {
            return Err(format!("{} is reserved for API keys: choose another name", after.id.name));
        }
        Kind::OAuth => fields::all_login_fields(after),
        Kind::ApiKey => fields::key_fields(after),
        Kind::Environment => {
            return Err(format!("{} is an environment variable, which no file holds", after.id.name));
        }
    };
    if before.is_some_and(|before| before.profile.kind != after.kind) {
        return Err(format!("{} is of another kind: remove it first", after.id.name));
    }
    let text = |text: &str| Some(Value::from(text)).filter(|_| !text.is_empty());
    let of_name: [KnownField; 6] = [
        ("version", Some(VERSION.into())),
        ("provider", text(identity.name.provider())),
        ("id", text(identity.name.name())),
        (ADDRESSES[0], text(&identity.authorize_url)),
        (ADDRESSES[1], text(&identity.token_url)),
        ("client_id", text(&identity.client_id)),
    ];
    let mut fields = before.map(|before| before.fields.clone()).unwrap_or_default();
    for (key, value) in of_name.into_iter().chain(known.into_iter().filter(|(key, _)| *key != "client_id")) {
        match value {
            Some(value) => drop(fields.insert(Value::from(key), value)),
            None => drop(fields.shift_remove(key)),
        }
    }
    let text = serde_json::to_string_pretty(&fields).map_err(|error| error.to_string())?;
    Ok(Zeroizing::new(text + "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{empty_profile, profile, tokens};
    use crate::domain::tokens::StoredTokens;
    use crate::stored::provider_file;

    fn identity() -> FileIdentity {
        FileIdentity {
            name: ProfileName::parse("acme/work").expect("a name"),
            authorize_url: "https://id.acme.test/authorize".to_owned(),
            token_url: "https://id.acme.test/token".to_owned(),
            client_id: "authtui".to_owned(),
        }
    }

    fn hashed(name: &str) -> Profile {
        let profile = profile(name);
        let id = ProfileId { store: StoreId::Hashed, ..profile.id.clone() };
        Profile { id, client_id: Some("authtui".to_owned()), ..profile }
    }

    #[test]
    fn the_name_of_a_file_is_the_one_in_the_documentation() {
        let hash = "883071f192b42e60b7681dc9bb01ce27bcf3099378488584394df6825564c29c";
        assert_eq!(identity().file_name(), hash);
        let documented = include_str!("../../docs/files.md");
        let array =
            r#"["acme","work","https://id.acme.test/authorize","https://id.acme.test/token","authtui"]"#;
        assert!(documented.contains(array) && documented.contains(hash));
    }

    #[test]
    fn the_addresses_come_from_the_provider_and_the_client_from_the_login() {
        let text = "name: acme\nclient: { id: other }\nendpoints: { authorize: 'https://id.acme.test/authorize', \
                    token: 'https://id.acme.test/token' }\n";
        let provider = provider_file::load("acme", text).expect("a provider");
        assert_eq!(FileIdentity::new(&hashed("acme/work"), Some(&provider)), identity());
        let without = Profile { client_id: None, ..hashed("acme/work") };
        assert_eq!(FileIdentity::new(&without, Some(&provider)).client_id, "other");
        let key = FileIdentity::new(&empty_profile("acme/ci", Kind::ApiKey), Some(&provider));
        assert_eq!((key.token_url.as_str(), key.client_id.as_str()), ("", ""));
    }

    #[test]
    fn what_is_written_is_read_back_and_what_is_not_known_stays() {
        let work = hashed("acme/work");
        let text = write(None, &identity(), &work).expect("written");
        let file = read(&identity().file_name(), &text).expect("readable");
        assert!(*file.profile == work && file.identity == identity());
        let more = text.replacen('{', "{\n  \"mine\": [1, {\"deep\": null}],", 1);
        let file = read(&identity().file_name(), &more).expect("readable");
        let held = StoredTokens::Present(tokens("new", Some("next")));
        let again = write(Some(&file), &identity(), &Profile { held, ..work.clone() }).expect("written");
        assert!(again.contains("\"deep\": null") && again.contains("\"next\""));
        let signed_out = write(Some(&file), &identity(), &Profile { held: StoredTokens::None, ..work });
        let signed_out = signed_out.expect("written");
        assert!(!signed_out.contains("_token\"") && signed_out.contains("\"deep\": null"));
    }

    #[test]
    fn a_key_is_written_and_read_too() {
        let held = StoredTokens::Present(tokens("k3y", None));
        let key = Profile { held, ..empty_profile("acme/key", Kind::ApiKey) };
        let key = Profile { id: ProfileId { store: StoreId::Hashed, ..key.id.clone() }, ..key };
        let identity = FileIdentity::new(&key, None);
        let text = write(None, &identity, &key).expect("written");
        assert!(*read(&identity.file_name(), &text).expect("readable").profile == key);
    }

    #[test]
    fn an_odd_file_is_told_without_a_value_of_it() {
        let name = identity().file_name();
        let written = write(None, &identity(), &hashed("acme/work")).expect("written");
        let text = written.as_str();
        for (file_name, text, why) in [
            ("notes.json", text, "not the hash"),
            (&*"0".repeat(64), text, "does not fit"),
            (&name, "", "empty"),
            (&name, " \n", "empty"),
            (&name, "{", "not JSON (line 1"),
            (&name, "version: 1", "not JSON"),
            (&name, "[]", "no JSON object"),
            (&name, "{\"version\": 2}", "version"),
            (&name, "{}", "enter a name"),
            (&name, &text.replace("work", "play"), "does not fit"),
            (&name, &text.replace("\"access_token\": \"", "\"access_token\": 7, \"x\": \""), "access_token"),
            (&name, &format!("{text}{}", " ".repeat(SIZE_LIMIT)), "256 KiB"),
        ] {
            let told = read(file_name, text).err().expect(why);
            assert!(told.contains(why), "{told}");
        }
    }
}
