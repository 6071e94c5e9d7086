//! Entries of the config file: where each lies, what it is called, and the profile it is.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_yaml::{Mapping, Value};

use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::text;
use crate::stored::YamlError;
use crate::stored::config_file::{ConfigFile, FileSchema, fields, flat, key_facts};
use crate::stored::positions::Positions;
use crate::stored::yaml_path::{PathStep, find, joined};

/// How deep entries lie: `providers.custom.NAME.oauth_credentials[n].field`.
pub(super) const DEPTH: usize = 6;

/// The field of a provider that holds the last tests of keys that are written as texts, by name.
pub(super) const LAST_TESTS: &str = "last_tests";

/// The field of a provider that holds what is written down about such keys, by name: their ends, and notes.
pub(super) const KEY_FACTS: &str = "key_facts";

/// Both of them.
pub(super) const BESIDE_KEYS: [&str; 2] = [LAST_TESTS, KEY_FACTS];

/// One entry, where it is, and the profile it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: Vec<PathStep>,
    pub(super) kind: EntryKind,
    /// `provider/name` as far as it can be told, made safe to show.
    pub(super) name: String,
    pub(super) profile: Result<Arc<Profile>, String>,
    /// What is odd in it though it is understood, without a value of the file.
    pub(super) notes: Vec<String>,
}

impl Entry {
    /// Whether it is the entry of that name of its provider, or seems to be.
    fn is_named(&self, name: &str) -> bool {
        self.name.rsplit_once('/').is_some_and(|(_, own)| own == name)
    }
}

/// How an entry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    /// `oauth_credentials[n]`, a map.
    Login,
    /// Fields of a login among those of its provider.
    FlatLogin,
    /// `keys[n]`, a map.
    NamedKey,
    /// `api_key`, a text.
    Key,
    /// `api_keys[n]`, a text.
    NthKey,
}

/// A provider in a store.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProviderOf<'a> {
    store: StoreId,
    provider: &'a str,
}

impl ProviderOf<'_> {
    /// The id of its profile of that name.
    fn id(self, name: &str) -> Result<ProfileId, String> {
        let name = ProfileName::new(self.provider, name).map_err(|bad| bad.to_string())?;
        Ok(ProfileId { store: self.store, name })
    }
}

/// Every entry of `tree`, the text of `file`, in its order; `text` is asked for lines only when one is at fault.
pub(super) fn entries(file: ConfigFile, text: &str, tree: &Value) -> Result<Vec<Entry>, YamlError> {
    let wrong = |path: &[PathStep], what| {
        let line = Positions::from_text(text, DEPTH).nearest_line(path).unwrap_or(1);
        YamlError::at(line, 1, format!("{what} is no map of names"), "correct the file in an editor")
    };
    let mut entries = Vec::new();
    match (tree, tree.get("providers")) {
        (Value::Null, _) | (Value::Mapping(_), None | Some(Value::Null)) => {}
        (Value::Mapping(_), Some(Value::Mapping(providers))) => {
            let root = [PathStep::key("providers")];
            each_provider(file, &root, providers, &mut entries);
            if let Some(Value::Mapping(custom)) = providers.get("custom") {
                let below = [PathStep::key("providers"), PathStep::key("custom")];
                each_provider(file, &below, custom, &mut entries);
            }
        }
        (Value::Mapping(_), Some(_)) => return Err(wrong(&[PathStep::key("providers")], "providers")),
        (_, _) => return Err(wrong(&[], "the file")),
    }
    refuse_doubles(text, &mut entries);
    Ok(entries)
}

fn each_provider(file: ConfigFile, around: &[PathStep], providers: &Mapping, entries: &mut Vec<Entry>) {
    for (key, value) in providers {
        let Value::Mapping(fields) = value else { continue };
        let (path, provider) = (joined(around, PathStep::key(key.as_str().unwrap_or("?"))), key.as_str());
        match (provider, merged(fields)) {
            (Some(provider), Ok(fields)) => {
                let of = ProviderOf { store: file.store, provider };
                let first = entries.len();
                each_entry(&path, of, &fields, entries);
                let listed = entries.get(first..).unwrap_or_default();
                let is_listed = listed.iter().any(|entry| entry.is_named(flat::NAME));
                if file.schema == FileSchema::Shared && flat::is_login(&fields, is_listed) {
                    entries.push(flat_login(path, of, &fields));
                }
            }
            (Some(provider), Err(why)) => entries.push(broken(path, provider, "?", why)),
            (None, _) => {
                let why = "the provider's name must be quoted text".to_owned();
                entries.push(broken(path, "?", "?", why));
            }
        }
    }
}

/// `fields` with what their merge keys bring.
fn merged(fields: &Mapping) -> Result<Cow<'_, Mapping>, String> {
    if !fields.contains_key("<<") {
        return Ok(Cow::Borrowed(fields));
    }
    let mut value = Value::Mapping(fields.clone());
    let merged = value.apply_merge().ok().and_then(|()| value.as_mapping().cloned());
    merged.map(Cow::Owned).ok_or_else(|| "its merge key (<<) brings no map".to_owned())
}

fn each_entry(path: &[PathStep], provider: ProviderOf<'_>, fields: &Mapping, entries: &mut Vec<Entry>) {
    for (field, value) in fields {
        let Some(field) = field.as_str() else { continue };
        let path = joined(path, PathStep::key(field));
        let (kind, list) = match (field, value) {
            (_, Value::Null) => continue,
            ("api_key", value) => {
                entries.extend(key(path, EntryKind::Key, (provider, fields), "key", value));
                continue;
            }
            ("oauth_credentials", Value::Sequence(list)) => (EntryKind::Login, list),
            ("keys", Value::Sequence(list)) => (EntryKind::NamedKey, list),
            ("api_keys", Value::Sequence(list)) => (EntryKind::NthKey, list),
            ("oauth_credentials" | "keys" | "api_keys", _) => {
                entries.push(broken(path, provider.provider, "?", format!("{field} is no list")));
                continue;
            }
            (_, _) => continue,
        };
        for (index, item) in list.iter().enumerate() {
            let path = joined(&path, PathStep::Nth(index));
            match kind {
                EntryKind::Login | EntryKind::NamedKey => entries.push(named(path, kind, provider, item)),
                EntryKind::Key | EntryKind::NthKey | EntryKind::FlatLogin => {
                    entries.extend(key(path, kind, (provider, fields), &format!("key-{index}"), item));
                }
            }
        }
    }
}

/// A provider, and the map of its fields.
type NamedFields<'a> = (ProviderOf<'a>, &'a Mapping);

/// A key written as a text; an empty one is a free place and no entry. What its last test said and what is
/// written down about it stand beside it among the fields of its provider, since a text has no room for it.
fn key(
    path: Vec<PathStep>,
    kind: EntryKind,
    (provider, fields): NamedFields<'_>,
    name: &str,
    value: &Value,
) -> Option<Entry> {
    if value.is_null() || value.as_str() == Some("") {
        return None;
    }
    let mut profile = fields::plain_key(provider.id(name), name, value);
    let mut notes = Vec::new();
    if let Ok(profile) = &mut profile {
        if let Some(facts) = fields.get(KEY_FACTS).and_then(|facts| facts.get(name)?.as_mapping()) {
            key_facts::take(profile, facts, &mut notes);
        }
        profile.last_test = fields::last_test(fields.get(LAST_TESTS).and_then(|tests| tests.get(name)));
    }
    let name = shown_name(provider.provider, name);
    Some(Entry { path, kind, name, profile: profile.map(Arc::new), notes })
}

/// A map that says its own name.
fn named(path: Vec<PathStep>, kind: EntryKind, of: ProviderOf<'_>, item: &Value) -> Entry {
    let provider = of.provider;
    let Value::Mapping(fields) = item else {
        return broken(path, provider, "?", "the entry is no map".to_owned());
    };
    let fields = match merged(fields) {
        Ok(fields) => fields,
        Err(why) => return broken(path, provider, "?", why),
    };
    let name = match fields::text(&fields, "id") {
        Ok(Some(name)) => name,
        Ok(None) => return broken(path, provider, "?", "the entry has no id".to_owned()),
        Err(why) => return broken(path, provider, "?", why),
    };
    let mut notes = Vec::new();
    let profile = match of.id(name) {
        Ok(id) if id.name.is_reserved() => Err(format!(
            "the id {name} is reserved for API keys: choose \
            another"
        )),
        Ok(id) if kind == EntryKind::Login => fields::login(id, &fields, &mut notes),
        Ok(id) => fields::named_key(id, &fields, &mut notes),
        Err(why) => Err(why),
    };
    Entry { path, kind, name: shown_name(provider, name), profile: profile.map(Arc::new), notes }
}

fn flat_login(path: Vec<PathStep>, of: ProviderOf<'_>, fields: &Mapping) -> Entry {
    let mut notes = Vec::new();
    let profile = of.id(flat::NAME).and_then(|id| flat::read(id, fields, &mut notes));
    let name = shown_name(of.provider, flat::NAME);
    Entry { path, kind: EntryKind::FlatLogin, name, profile: profile.map(Arc::new), notes }
}

/// `entry` as `tree` says it, where nothing but its own fields has changed.
pub(super) fn again(entry: &Entry, tree: &Value) -> Option<Entry> {
    let value = find(tree, &entry.path)?;
    let ProfileId { store, name } = entry.profile.as_ref().ok()?.id.clone();
    let provider = ProviderOf { store, provider: name.provider() };
    match entry.kind {
        EntryKind::Login | EntryKind::NamedKey => {
            Some(named(entry.path.clone(), entry.kind, provider, value))
        }
        EntryKind::FlatLogin => Some(flat_login(entry.path.clone(), provider, value.as_mapping()?)),
        EntryKind::Key | EntryKind::NthKey => {
            let fields = find(tree, provider_of(entry)).and_then(Value::as_mapping)?;
            key(entry.path.clone(), entry.kind, (provider, fields), name.name(), value)
        }
    }
}

/// The path of the provider of a key.
fn provider_of(entry: &Entry) -> &[PathStep] {
    let below = match entry.kind {
        EntryKind::Login | EntryKind::NamedKey | EntryKind::NthKey => 2,
        EntryKind::Key => 1,
        EntryKind::FlatLogin => 0,
    };
    entry.path.get(..entry.path.len().saturating_sub(below)).unwrap_or_default()
}

/// The path of `field`, one of [`BESIDE_KEYS`], of a key that is written as a text.
pub(super) fn beside_path(entry: &Entry, field: &str, name: &ProfileName) -> Vec<PathStep> {
    joined(&joined(provider_of(entry), PathStep::key(field)), PathStep::key(name.name()))
}

/// Two entries of one name: the first counts, the second is refused with both places.
fn refuse_doubles(text: &str, entries: &mut [Entry]) {
    let mut first: BTreeMap<ProfileName, Vec<PathStep>> = BTreeMap::new();
    let mut positions = None;
    for entry in entries {
        let Ok(profile) = &entry.profile else { continue };
        if let Some(path) = first.get(&profile.id.name) {
            let positions = positions.get_or_insert_with(|| Positions::from_text(text, DEPTH));
            let line = positions.nearest_line(path).unwrap_or(1);
            entry.profile = Err(format!("the entry in line {line} has the same name"));
        } else {
            first.insert(profile.id.name.clone(), entry.path.clone());
        }
    }
}

fn broken(path: Vec<PathStep>, provider: &str, name: &str, why: String) -> Entry {
    let name = shown_name(provider, name);
    Entry { path, kind: EntryKind::Login, name, profile: Err(why), notes: Vec::new() }
}

fn shown_name(provider: &str, name: &str) -> String {
    format!("{}/{}", text::clean(provider, 64), text::clean(name, 64))
}
