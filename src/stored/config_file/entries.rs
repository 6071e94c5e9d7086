//! Entries of the config file: where each lies, what it is called, and the profile it is.

use std::cell::OnceCell;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use serde_yaml::{Mapping, Value};

use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::text;
use crate::stored::YamlError;
use crate::stored::config_file::entry_place::{EntryKind, EntryPlace, ProviderPath};
use crate::stored::config_file::shared_scopes::SharedScopes;
use crate::stored::config_file::{ConfigFile, FileSchema, fields, flat, key_facts, texts};
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
    pub(super) profile: Result<Arc<Profile>, Box<BrokenEntry>>,
    /// What is odd in it though it is understood, without a value of the file.
    pub(super) notes: Box<[String]>,
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
        let broken = |why| Box::new(BrokenEntry { name: shown_name(of.provider, name), why });
        Self { place, profile: profile.map(Arc::new).map_err(broken), notes: notes.into() }
    }

    fn broken(place: EntryPlace, provider: &str, why: impl Into<String>) -> Self {
        let broken = BrokenEntry { name: shown_name(provider, "?"), why: why.into() };
        Self { place, profile: Err(Box::new(broken)), notes: Box::default() }
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

/// A provider in a store.
#[derive(Debug)]
pub(super) struct ProviderOf<'a> {
    store: StoreId,
    provider: &'a str,
    path: ProviderPath,
    /// The name of one of its profiles, whose provider the others share.
    first: OnceCell<ProfileName>,
    scopes: SharedScopes,
}

impl<'a> ProviderOf<'a> {
    fn new(store: StoreId, provider: &'a str, path: ProviderPath) -> Self {
        Self { store, provider, path, first: OnceCell::new(), scopes: SharedScopes::default() }
    }

    /// The id of its profile of that name.
    fn id(&self, name: &str) -> Result<ProfileId, String> {
        let name = match self.first.get() {
            Some(first) => first.beside(name),
            None => ProfileName::new(self.provider, name).map(|name| self.first.get_or_init(|| name).clone()),
        };
        Ok(ProfileId { store: self.store, name: name.map_err(|bad| bad.to_string())? })
    }

    fn place(&self, kind: EntryKind, nth: Option<usize>) -> EntryPlace {
        let nth = nth.and_then(|nth| u32::try_from(nth).ok());
        EntryPlace { provider: Arc::clone(&self.path), kind, nth }
    }
}

/// The field of the file that holds its providers, by name.
pub(super) const PROVIDERS: &str = "providers";

/// The field among them that holds further ones.
pub(super) const CUSTOM: &str = "custom";

/// Every entry of `tree`, the text of `file`, in its order; `text` is asked for lines only when one is at fault.
pub(super) fn entries(file: ConfigFile, text: &str, tree: &FieldValue<'_>) -> Result<Vec<Entry>, YamlError> {
    with_rest(file, text, tree, None)
}

/// The same where all providers were `read` before and are no longer in the tree, but for what is in [`CUSTOM`].
pub(super) fn with_rest(
    file: ConfigFile,
    text: &str,
    tree: &FieldValue<'_>,
    read: Option<Vec<Entry>>,
) -> Result<Vec<Entry>, YamlError> {
    let wrong = |path: &[PathStep], what| {
        let line = Positions::from_text(text, DEPTH).nearest_line(path).unwrap_or(1);
        YamlError::at(line, 1, format!("{what} is no map of names"), "correct the file in an editor")
    };
    let is_read = read.is_some();
    let mut entries = read.unwrap_or_default();
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
    match root.get(PROVIDERS) {
        None | Some(FieldValue::Null) => {}
        Some(FieldValue::Map(providers)) => {
            let each = providers.iter().filter(|_| !is_read);
            each.for_each(|(name, fields)| of_provider(file, name, &fields, &mut entries));
            if let Some(FieldValue::Map(custom)) = providers.get(CUSTOM) {
                let below = [PathStep::key(PROVIDERS), PathStep::key(CUSTOM)];
                custom
                    .iter()
                    .for_each(|(name, fields)| below_path(file, &below, (name, &fields), &mut entries));
            }
        }
        Some(_) => return Err(wrong(&[PathStep::key(PROVIDERS)], PROVIDERS)),
    }
    refuse_doubles(text, &mut entries);
    Ok(entries)
}

/// The profile `name` of a plain `tree`, where its entry is understood and nothing in it is odd; no other
/// entry is looked at more closely than its name.
pub(super) fn only(file: ConfigFile, tree: &FieldValue<'_>, name: &ProfileName) -> Option<Arc<Profile>> {
    let providers = tree.as_map()?.get(PROVIDERS)?.as_map()?;
    let custom = providers.get(CUSTOM).and_then(|custom| custom.as_map());
    let mut entries = Vec::new();
    for providers in [Some(providers), custom].into_iter().flatten() {
        let fields = providers.get(name.provider()).and_then(|fields| fields.as_map());
        let of = ProviderOf::new(file.store, name.provider(), Arc::default());
        fields.into_iter().for_each(|fields| each_entry(&of, fields, Some(name.name()), &mut entries));
    }
    let first = entries.into_iter().next().filter(|entry| entry.notes.is_empty())?;
    first.profile.ok()
}

/// Adds the entries of a provider right among [`PROVIDERS`].
pub(super) fn of_provider(
    file: ConfigFile,
    name: Option<&str>,
    fields: &FieldValue<'_>,
    entries: &mut Vec<Entry>,
) {
    below_path(file, &[PathStep::key(PROVIDERS)], (name, fields), entries);
}

fn below_path(
    file: ConfigFile,
    around: &[PathStep],
    (key, value): (Option<&str>, &FieldValue<'_>),
    entries: &mut Vec<Entry>,
) {
    let FieldValue::Map(fields) = value else { return };
    let path = joined(around, PathStep::key(key.unwrap_or("?"))).into();
    let of = ProviderOf::new(file.store, key.unwrap_or("?"), path);
    let place = of.place(EntryKind::FlatLogin, None);
    let merged = match (key, merged(*fields)) {
        (Some(_), Ok(merged)) => merged,
        (Some(provider), Err(why)) => return entries.push(Entry::broken(place, provider, why)),
        (None, _) => {
            return entries.push(Entry::broken(place, "?", "the provider's name must be quoted text"));
        }
    };
    let fields = merged.as_ref().map_or(*fields, FieldMap::from);
    let first = entries.len();
    each_entry(&of, fields, None, entries);
    if file.schema == FileSchema::Shared {
        let listed = entries.get(first..).unwrap_or_default();
        let is_listed = listed.iter().any(|entry| entry.is_named(flat::NAME));
        if flat::is_login(fields, is_listed) {
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
        profile.last_test = beside(LAST_TESTS).and_then(|test| fields::last_test(&test)).map(Box::new);
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
    let name = match fields.get("id").map_or(Ok(None), |id| texts::text("id", &id)) {
        Ok(Some(name)) => name,
        Ok(None) => return Entry::broken(place, provider, "the entry has no id"),
        Err(why) => return Entry::broken(place, provider, why),
    };
    let mut notes = Vec::new();
    let profile = match of.id(name) {
        Ok(id) if id.name.is_reserved() => {
            Err(format!("the id {name} is reserved for API keys: choose another"))
        }
        Ok(id) if place.kind == EntryKind::Login => fields::login(id, fields, &of.scopes, &mut notes),
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
        entry.profile = Err(Box::new(BrokenEntry { name: entry.name(), why }));
    }
}

fn shown_name(provider: &str, name: &str) -> String {
    format!("{}/{}", text::clean(provider, 64), text::clean(name, 64))
}
