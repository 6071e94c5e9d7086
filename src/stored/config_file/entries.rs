//! Entries of the config file: where each lies, what it is called, and the profile it is.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use serde_yaml::{Mapping, Value};

use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::text;
use crate::stored::YamlError;
use crate::stored::config_file::{ConfigFile, FileSchema, fields, flat, key_facts};
use crate::stored::field_value::{FieldMap, FieldValue};
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
    pub(super) place: EntryPlace,
    pub(super) profile: Result<Arc<Profile>, BrokenEntry>,
    /// What is odd in it though it is understood, without a value of the file.
    pub(super) notes: Vec<String>,
}

/// An entry that is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BrokenEntry {
    /// `provider/name` as far as it can be told, made safe to show.
    pub(super) name: String,
    pub(super) why: String,
}

impl Entry {
    fn new(
        place: EntryPlace,
        (of, name): (&ProviderOf<'_>, &str),
        profile: Result<Profile, String>,
        notes: Vec<String>,
    ) -> Self {
        let broken = |why| BrokenEntry { name: shown_name(of.provider, name), why };
        Self { place, profile: profile.map(Arc::new).map_err(broken), notes }
    }

    fn broken(place: EntryPlace, provider: &str, why: impl Into<String>) -> Self {
        let broken = BrokenEntry { name: shown_name(provider, "?"), why: why.into() };
        Self { place, profile: Err(broken), notes: Vec::new() }
    }

    /// `provider/name` as far as it can be told, made safe to show.
    pub(super) fn name(&self) -> String {
        match &self.profile {
            Ok(profile) => profile.id.name.exact(),
            Err(broken) => broken.name.clone(),
        }
    }

    /// Whether it is the entry of that name of its provider, or seems to be.
    fn is_named(&self, name: &str) -> bool {
        match &self.profile {
            Ok(profile) => profile.id.name.name() == name,
            Err(broken) => broken.name.rsplit_once('/').is_some_and(|(_, own)| own == name),
        }
    }
}

/// Where an entry is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EntryPlace {
    /// The path of its provider.
    provider: Arc<[PathStep]>,
    pub(super) kind: EntryKind,
    /// Its place in the list of its kind, counted from 0; absent: it is no item of a list.
    nth: Option<usize>,
}

impl EntryPlace {
    pub(super) fn path(&self) -> Vec<PathStep> {
        let field = self.kind.field().map(PathStep::key);
        self.provider.iter().cloned().chain(field).chain(self.nth.map(PathStep::Nth)).collect()
    }

    /// The path of `field`, one of [`BESIDE_KEYS`], of a key that is written as a text.
    pub(super) fn beside(&self, field: &str, name: &ProfileName) -> Vec<PathStep> {
        joined(&joined(&self.provider, PathStep::key(field)), PathStep::key(name.name()))
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

impl EntryKind {
    /// The field of its provider that holds it.
    fn field(self) -> Option<&'static str> {
        match self {
            Self::Login => Some("oauth_credentials"),
            Self::FlatLogin => None,
            Self::NamedKey => Some("keys"),
            Self::Key => Some("api_key"),
            Self::NthKey => Some("api_keys"),
        }
    }

    fn of_field(field: &str) -> Option<Self> {
        [Self::Login, Self::NamedKey, Self::Key, Self::NthKey]
            .into_iter()
            .find(|kind| kind.field() == Some(field))
    }
}

/// A provider in a store.
#[derive(Debug)]
pub(super) struct ProviderOf<'a> {
    store: StoreId,
    provider: &'a str,
    path: Arc<[PathStep]>,
    /// The name of one of its profiles, whose provider the others share.
    first: OnceCell<ProfileName>,
}

impl<'a> ProviderOf<'a> {
    fn new(store: StoreId, provider: &'a str, path: Arc<[PathStep]>) -> Self {
        Self { store, provider, path, first: OnceCell::new() }
    }

    /// The id of its profile of that name.
    fn id(&self, name: &str) -> Result<ProfileId, String> {
        let name = match self.first.get() {
            Some(first) => first.beside(name),
            None => ProfileName::new(self.provider, name),
        };
        let name = name.map_err(|bad| bad.to_string())?;
        let _ = self.first.set(name.clone());
        Ok(ProfileId { store: self.store, name })
    }

    fn place(&self, kind: EntryKind, nth: Option<usize>) -> EntryPlace {
        EntryPlace { provider: Arc::clone(&self.path), kind, nth }
    }
}

/// Every entry of `tree`, the text of `file`, in its order; `text` is asked for lines only when one is at fault.
pub(super) fn entries(file: ConfigFile, text: &str, tree: &FieldValue<'_>) -> Result<Vec<Entry>, YamlError> {
    let wrong = |path: &[PathStep], what| {
        let line = Positions::from_text(text, DEPTH).nearest_line(path).unwrap_or(1);
        YamlError::at(line, 1, format!("{what} is no map of names"), "correct the file in an editor")
    };
    let mut entries = Vec::new();
    let root = match tree {
        FieldValue::Null => return Ok(entries),
        FieldValue::Map(root) => root,
        FieldValue::Bool(_)
        | FieldValue::Number(_)
        | FieldValue::Text(_)
        | FieldValue::List(_)
        | FieldValue::Tagged(_) => {
            return Err(wrong(&[], "the file"));
        }
    };
    match root.get("providers") {
        None | Some(FieldValue::Null) => {}
        Some(FieldValue::Map(providers)) => {
            let root = [PathStep::key("providers")];
            each_provider(file, &root, providers, &mut entries);
            if let Some(FieldValue::Map(custom)) = providers.get("custom") {
                let below = [PathStep::key("providers"), PathStep::key("custom")];
                each_provider(file, &below, custom, &mut entries);
            }
        }
        Some(_) => return Err(wrong(&[PathStep::key("providers")], "providers")),
    }
    refuse_doubles(text, &mut entries);
    Ok(entries)
}

/// The profile `name` of a plain `tree`, where its entry is understood and nothing in it is odd; no other
/// entry is looked at more closely than its name.
pub(super) fn only(file: ConfigFile, tree: &FieldValue<'_>, name: &ProfileName) -> Option<Arc<Profile>> {
    let providers = tree.as_map()?.get("providers")?.as_map()?;
    let custom = providers.get("custom").and_then(|custom| custom.as_map());
    let mut entries = Vec::new();
    for providers in [Some(providers), custom].into_iter().flatten() {
        let fields = providers.get(name.provider()).and_then(|fields| fields.as_map());
        let of = ProviderOf::new(file.store, name.provider(), Arc::new([]));
        fields.into_iter().for_each(|fields| each_entry(&of, fields, Some(name.name()), &mut entries));
    }
    let first = entries.into_iter().next().filter(|entry| entry.notes.is_empty())?;
    first.profile.ok()
}

fn each_provider(file: ConfigFile, around: &[PathStep], providers: FieldMap<'_>, entries: &mut Vec<Entry>) {
    for (key, value) in providers.iter() {
        let FieldValue::Map(fields) = value else { continue };
        let path = joined(around, PathStep::key(key.unwrap_or("?"))).into();
        let of = ProviderOf::new(file.store, key.unwrap_or("?"), path);
        let place = of.place(EntryKind::FlatLogin, None);
        let merged = match (key, merged(fields)) {
            (Some(_), Ok(merged)) => merged,
            (Some(provider), Err(why)) => {
                entries.push(Entry::broken(place, provider, why));
                continue;
            }
            (None, _) => {
                entries.push(Entry::broken(place, "?", "the provider's name must be quoted text"));
                continue;
            }
        };
        let fields = merged.as_ref().map_or(fields, FieldMap::from);
        let first = entries.len();
        each_entry(&of, fields, None, entries);
        let listed = entries.get(first..).unwrap_or_default();
        let is_listed = listed.iter().any(|entry| entry.is_named(flat::NAME));
        if file.schema == FileSchema::Shared && flat::is_login(fields, is_listed) {
            entries.push(flat_login(place, &of, fields));
        }
    }
}

/// `fields` with what their merge keys bring, where they have some.
fn merged(fields: FieldMap<'_>) -> Result<Option<Mapping>, String> {
    let FieldMap::Tree(map) = fields else { return Ok(None) };
    if !map.contains_key("<<") {
        return Ok(None);
    }
    let mut value = Value::Mapping(map.clone());
    let merged = value.apply_merge().ok().and_then(|()| value.as_mapping().cloned());
    merged.map(Some).ok_or_else(|| "its merge key (<<) brings no map".to_owned())
}

/// The entries among the `fields` of a provider, or `only` those of one name.
fn each_entry(provider: &ProviderOf<'_>, fields: FieldMap<'_>, only: Option<&str>, entries: &mut Vec<Entry>) {
    let is_wanted = |name: &str| only.is_none_or(|only| only == name);
    for (name, value) in fields.iter() {
        let Some((field, kind)) = name.and_then(|name| Some((name, EntryKind::of_field(name)?))) else {
            continue;
        };
        match (kind, value) {
            (_, FieldValue::Null) => {}
            (EntryKind::Key, value) if is_wanted("key") => {
                entries.extend(key(provider.place(kind, None), (provider, fields), "key", &value));
            }
            (EntryKind::Key, _) => {}
            (_, FieldValue::List(list)) => {
                for (index, item) in list.iter().enumerate() {
                    let place = provider.place(kind, Some(index));
                    if kind == EntryKind::NthKey {
                        let name = format!("key-{index}");
                        let key = || key(place, (provider, fields), &name, &item);
                        entries.extend(is_wanted(&name).then(key).flatten());
                    } else if only.is_none() || id(&item).is_some_and(is_wanted) {
                        entries.push(named(place, provider, &item));
                    }
                }
            }
            (_, _) => {
                let place = provider.place(kind, None);
                entries.push(Entry::broken(place, provider.provider, format!("{field} is no list")));
            }
        }
    }
}

/// The name that an item says for itself.
fn id<'a>(item: &FieldValue<'a>) -> Option<&'a str> {
    item.as_map()?.get("id")?.as_text()
}

/// A provider, and the map of its fields.
type NamedFields<'a> = (&'a ProviderOf<'a>, FieldMap<'a>);

/// A key written as a text; an empty one is a free place and no entry. What its last test said and what is
/// written down about it stand beside it among the fields of its provider, since a text has no room for it.
fn key(
    place: EntryPlace,
    (provider, fields): NamedFields<'_>,
    name: &str,
    value: &FieldValue<'_>,
) -> Option<Entry> {
    if value.is_null() || value.as_text() == Some("") {
        return None;
    }
    let mut profile = fields::plain_key(provider.id(name), name, value);
    let mut notes = Vec::new();
    if let Ok(profile) = &mut profile {
        let beside = |field| fields.get(field)?.as_map()?.get(name);
        if let Some(facts) = beside(KEY_FACTS).and_then(|facts| facts.as_map()) {
            key_facts::take(profile, facts, &mut notes);
        }
        profile.last_test = fields::last_test(beside(LAST_TESTS)).map(Box::new);
    }
    Some(Entry::new(place, (provider, name), profile, notes))
}

/// A map that says its own name.
fn named(place: EntryPlace, of: &ProviderOf<'_>, item: &FieldValue<'_>) -> Entry {
    let provider = of.provider;
    let FieldValue::Map(fields) = item else {
        return Entry::broken(place, provider, "the entry is no map");
    };
    let merged = match merged(*fields) {
        Ok(merged) => merged,
        Err(why) => return Entry::broken(place, provider, why),
    };
    let fields = merged.as_ref().map_or(*fields, FieldMap::from);
    let name = match fields::text(fields, "id") {
        Ok(Some(name)) => name,
        Ok(None) => return Entry::broken(place, provider, "the entry has no id"),
        Err(why) => return Entry::broken(place, provider, why),
    };
    let mut notes = Vec::new();
    let profile = match of.id(name) {
        Ok(id) if id.name.is_reserved() => {
            Err(format!("the id {name} is reserved for API keys: choose another"))
        }
        Ok(id) if place.kind == EntryKind::Login => fields::login(id, fields, &mut notes),
        Ok(id) => fields::named_key(id, fields, &mut notes),
        Err(why) => Err(why),
    };
    Entry::new(place, (of, name), profile, notes)
}

fn flat_login(place: EntryPlace, of: &ProviderOf<'_>, fields: FieldMap<'_>) -> Entry {
    let mut notes = Vec::new();
    let profile = of.id(flat::NAME).and_then(|id| flat::read(id, fields, &mut notes));
    Entry::new(place, (of, flat::NAME), profile, notes)
}

/// `entry` as `tree` says it, where nothing but its own fields has changed.
pub(super) fn again(entry: &Entry, tree: &Value) -> Option<Entry> {
    let place = entry.place.clone();
    let value = find(tree, &place.path()).map(FieldValue::from)?;
    let ProfileId { store, name } = &entry.profile.as_ref().ok()?.id;
    let path = Arc::clone(&place.provider);
    let provider = ProviderOf::new(*store, name.provider(), path);
    match place.kind {
        EntryKind::Login | EntryKind::NamedKey => Some(named(place, &provider, &value)),
        EntryKind::FlatLogin => Some(flat_login(place, &provider, value.as_map()?)),
        EntryKind::Key | EntryKind::NthKey => {
            let fields = find(tree, &place.provider).and_then(Value::as_mapping)?;
            key(place, (&provider, fields.into()), name.name(), &value)
        }
    }
}

/// Two entries of one name: the first counts, the second is refused with both places.
fn refuse_doubles(text: &str, entries: &mut [Entry]) {
    let mut first = HashMap::with_capacity(entries.len());
    let named = entries
        .iter()
        .enumerate()
        .filter_map(|(at, entry)| Some((at, &entry.profile.as_ref().ok()?.id.name)));
    let doubles: Vec<_> = named
        .filter_map(|(at, name)| {
            let before = *first.entry(name).or_insert(at);
            (before != at).then_some((before, at))
        })
        .collect();
    if doubles.is_empty() {
        return;
    }
    let positions = Positions::from_text(text, DEPTH);
    for (before, at) in doubles {
        let path = entries.get(before).map(|entry| entry.place.path()).unwrap_or_default();
        let line = positions.nearest_line(&path).unwrap_or(1);
        let Some(entry) = entries.get_mut(at) else { continue };
        let why = format!("the entry in line {line} has the same name");
        entry.profile = Err(BrokenEntry { name: entry.name(), why });
    }
}

fn shown_name(provider: &str, name: &str) -> String {
    format!("{}/{}", text::clean(provider, 64), text::clean(name, 64))
}
