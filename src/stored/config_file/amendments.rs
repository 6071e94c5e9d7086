//! Amendments by which an entry comes to say what a profile is.

use serde_yaml::{Mapping, Value};

use crate::domain::clock::is_writable;
use crate::domain::name::ProfileName;
use crate::domain::profile::{Kind, Profile};
use crate::stored::amendment::{YamlAmendment, amend_tree};
use crate::stored::config_file::entries::{BESIDE_KEYS, Entry, KEY_FACTS, LAST_TESTS};
use crate::stored::config_file::entry_place::EntryKind;
use crate::stored::config_file::fields::{KnownField, key_fields, key_text, last_test_value};
use crate::stored::config_file::schema_fields::{login_fields, time_like};
use crate::stored::config_file::{FileSchema, flat, key_facts};
use crate::stored::yaml_path::{PathStep, find, joined};

/// Rewrites the fields of `entry` that differ; what we do not know of it stays.
pub(super) fn rewrite(
    schema: FileSchema,
    tree: &Value,
    entry: &Entry,
    after: &Profile,
) -> Result<Vec<YamlAmendment>, String> {
    let before = entry.profile.as_ref().map_err(|broken| broken.why.clone())?;
    if before.kind != after.kind {
        return Err(format!("{} is of another kind: remove it first", entry.name()));
    }
    // What cannot be read goes with the tokens that it was said of.
    let is_odd_kept = before.held == after.held;
    match entry.place.kind {
        EntryKind::Key | EntryKind::NthKey | EntryKind::FlatLogin if before.id.name != after.id.name => {
            Err(format!("{} is named for its place in the file and cannot be renamed", entry.name()))
        }
        EntryKind::FlatLogin if !flat::holds(tree, &entry.place.path(), after) => {
            add(schema, tree, &after.id.name, after)
        }
        EntryKind::Login | EntryKind::FlatLogin | EntryKind::NamedKey => {
            let fields = |profile| match entry.place.kind {
                EntryKind::FlatLogin => flat::known_fields(profile),
                EntryKind::Login => login_fields(schema, profile),
                EntryKind::NamedKey | EntryKind::Key | EntryKind::NthKey => key_fields(profile),
            };
            let mut all = differences(tree, &entry.place.path(), fields(before), fields(after), is_odd_kept);
            if schema == FileSchema::Shared {
                all.retain(|amendment| flat::is_wanted(tree, amendment));
                keep_form_of_time(tree, after, &mut all);
            }
            if before.id.name != after.id.name {
                let path = joined(&entry.place.path(), PathStep::key("id"));
                all.push(YamlAmendment::Set(path, new_id(&after.id.name)?));
            }
            Ok(all)
        }
        EntryKind::Key | EntryKind::NthKey => {
            let key = key_text(after).ok_or_else(|| format!("{} has no key to store", entry.name()))?;
            let beside = match schema {
                FileSchema::Shared => Vec::new(),
                FileSchema::Ours => beside_key(tree, entry, before, after),
            };
            Ok([YamlAmendment::Set(entry.place.path(), key)].into_iter().chain(beside).collect())
        }
    }
}

/// The id of an entry that gets another name.
fn new_id(name: &ProfileName) -> Result<Value, String> {
    if name.is_reserved() {
        return Err(format!("{name} is reserved for API keys: choose another name"));
    }
    Ok(Value::from(name.name()))
}

/// What is to be written beside a key that is a text.
fn beside_key(tree: &Value, entry: &Entry, before: &Profile, after: &Profile) -> Vec<YamlAmendment> {
    let tested = match &after.last_test {
        Some(last) => {
            Some(YamlAmendment::Set(entry.place.beside(LAST_TESTS, &after.id.name), last_test_value(last)))
        }
        None => forgotten(tree, entry, LAST_TESTS),
    };
    let facts = if key_facts::written(after).iter().all(|(_, value)| value.is_none()) {
        forgotten(tree, entry, KEY_FACTS).into_iter().collect()
    } else {
        let path = entry.place.beside(KEY_FACTS, &after.id.name);
        differences(tree, &path, key_facts::written(before).into(), key_facts::written(after).into(), true)
    };
    tested.into_iter().chain(facts).collect()
}

/// The removal of `field`, which stands beside a key that is a text.
fn forgotten(tree: &Value, entry: &Entry, field: &str) -> Option<YamlAmendment> {
    let path = match entry.place.kind {
        EntryKind::Login | EntryKind::FlatLogin | EntryKind::NamedKey => return None,
        EntryKind::Key | EntryKind::NthKey => {
            entry.place.beside(field, &entry.profile.as_ref().ok()?.id.name)
        }
    };
    find(tree, &path).is_some().then(|| removal(tree, &path))
}

fn differences(
    tree: &Value,
    path: &[PathStep],
    before: Vec<KnownField>,
    after: Vec<KnownField>,
    is_odd_kept: bool,
) -> Vec<YamlAmendment> {
    let amendment = |(before, after): (KnownField, KnownField)| {
        let (key, value) = after;
        let path = joined(path, PathStep::key(key));
        let blank = |value: &Value| value.is_null() || value.as_str() == Some("");
        match value {
            // A time may be written in another way; what means the same is left alone.
            Some(value) => (before.1.as_ref() != Some(&value)).then_some(YamlAmendment::Set(path, value)),
            // Asked of the tree: a refresh token without an access token is erased as well.
            None if before.1.is_none() && is_odd_kept && !key.ends_with("_token") => None,
            None => {
                find(tree, &path).is_some_and(|value| !blank(value)).then_some(YamlAmendment::Remove(path))
            }
        }
    };
    before.into_iter().zip(after).filter_map(amendment).collect()
}

/// Adds an entry for `profile`.
pub(super) fn add(
    schema: FileSchema,
    tree: &Value,
    name: &ProfileName,
    profile: &Profile,
) -> Result<Vec<YamlAmendment>, String> {
    let provider = provider(schema, tree, name);
    let has_our_fields = schema == FileSchema::Ours;
    match profile.kind {
        Kind::OAuth if name.is_reserved() => Err(format!(
            "{name} is reserved for API keys: choose \
            another name"
        )),
        Kind::OAuth => {
            let item = item(name, login_fields(schema, profile));
            Ok(vec![YamlAmendment::Append(joined(&provider, PathStep::key("oauth_credentials")), item)])
        }
        Kind::ApiKey if name.is_reserved() => {
            let key = key_text(profile).ok_or_else(|| format!("{name} has no key to store"))?;
            let beside = if has_our_fields { new_beside_key(&provider, name, profile) } else { Vec::new() };
            let with_beside = |key: YamlAmendment| [key].into_iter().chain(beside).collect();
            let Some(index) = name.name().strip_prefix("key-") else {
                return Ok(with_beside(YamlAmendment::Set(joined(&provider, PathStep::key("api_key")), key)));
            };
            let list = joined(&provider, PathStep::key("api_keys"));
            let places = find(tree, &list).and_then(Value::as_sequence).map_or(0, Vec::len);
            match index.parse::<usize>() {
                Ok(index) if index < places => {
                    Ok(with_beside(YamlAmendment::Set(joined(&list, PathStep::Nth(index)), key)))
                }
                Ok(index) if index == places => Ok(with_beside(YamlAmendment::Append(list, key))),
                Ok(_) | Err(_) => Err(format!("{name} would leave a gap: the next is key-{places}")),
            }
        }
        Kind::ApiKey if !has_our_fields => {
            Err(format!("{name} is no name for a key there: the names are key, key-0, key-1 and so on"))
        }
        Kind::ApiKey => {
            let item = item(name, key_fields(profile));
            Ok(vec![YamlAmendment::Append(joined(&provider, PathStep::key("keys")), item)])
        }
        Kind::Environment => Err(format!("{name} is an environment variable, which no file holds")),
    }
}

/// What stands beside a new key that is a text.
fn new_beside_key(provider: &[PathStep], name: &ProfileName, profile: &Profile) -> Vec<YamlAmendment> {
    let place = |field| joined(&joined(provider, PathStep::key(field)), PathStep::key(name.name()));
    let tested = profile.last_test.as_deref().map(last_test_value);
    let facts =
        key_facts::written(profile).into_iter().filter_map(|(key, value)| Some((Value::from(key), value?)));
    let facts = Mapping::from_iter(facts);
    let facts = (!facts.is_empty()).then_some(Value::Mapping(facts));
    let beside = [(LAST_TESTS, tested), (KEY_FACTS, facts)];
    beside.into_iter().filter_map(|(field, value)| Some(YamlAmendment::Set(place(field), value?))).collect()
}

/// Lets the end of the token be written as it is written there already.
fn keep_form_of_time(tree: &Value, after: &Profile, amendments: &mut [YamlAmendment]) {
    let Some(end) = after.life.expires_at.filter(|end| is_writable(*end)) else { return };
    let is_end = |path: &[PathStep]| {
        ["expires_at", "token_expiry"].iter().any(|key| path.last() == Some(&PathStep::key(*key)))
    };
    for amendment in amendments {
        if let YamlAmendment::Set(path, value) = amendment
            && is_end(path)
        {
            *value = time_like(find(tree, path), end);
        }
    }
}

/// Where the provider is, or where it would be.
fn provider(schema: FileSchema, tree: &Value, name: &ProfileName) -> Vec<PathStep> {
    let path = |steps: &[&str]| -> Vec<PathStep> { steps.iter().map(|step| PathStep::key(*step)).collect() };
    let (own, custom) =
        (path(&["providers", name.provider()]), path(&["providers", "custom", name.provider()]));
    let is_there = |path| find(tree, path).is_some_and(Value::is_mapping);
    let is_custom = is_there(&custom) || schema.is_custom(name.provider());
    if !is_there(&own) && is_custom { custom } else { own }
}

fn item(name: &ProfileName, fields: Vec<KnownField>) -> Value {
    let known = fields.into_iter().filter_map(|(key, value)| Some((Value::from(key), value?)));
    Value::Mapping(Mapping::from_iter(
        [(Value::from("id"), Value::from(name.name()))].into_iter().chain(known),
    ))
}

/// Takes `entry` away, and with it the list and the provider that would be left empty.
///
/// The place of a key in the middle of `api_keys` stays as an empty text: the others are named
/// for their places, and none of them may become another by this.
pub(super) fn remove(tree: &Value, entry: &Entry) -> Vec<YamlAmendment> {
    if entry.place.kind == EntryKind::FlatLogin
        && let Some(removed) = flat::removed(tree, &entry.place.path())
    {
        return removed;
    }
    let (mut rest, mut beside) = (tree.clone(), Vec::new());
    for field in BESIDE_KEYS {
        let Some(amendment) = forgotten(&rest, entry, field) else { continue };
        if amend_tree(&mut rest, amendment.clone()).is_none() {
            return taken_away(tree, entry);
        }
        beside.push(amendment);
    }
    beside.into_iter().chain(taken_away(&rest, entry)).collect()
}

fn taken_away(tree: &Value, entry: &Entry) -> Vec<YamlAmendment> {
    let path = entry.place.path();
    let Some((last, around)) = path.split_last() else { return Vec::new() };
    let list = find(tree, around).and_then(Value::as_sequence);
    if let (EntryKind::NthKey, PathStep::Nth(index), Some(list)) = (entry.place.kind, last, list) {
        let used = |value: &Value| value.as_str().is_none_or(|key| !key.is_empty()) && !value.is_null();
        if list.iter().skip(index + 1).any(used) {
            return vec![YamlAmendment::Set(path, Value::from(""))];
        }
        let keep = list.iter().take(*index).rposition(used).map_or(0, |at| at + 1);
        let from_the_end =
            (keep..list.len()).rev().map(|index| YamlAmendment::Remove(joined(around, PathStep::Nth(index))));
        return if keep == 0 { vec![removal(tree, around)] } else { from_the_end.collect() };
    }
    vec![removal(tree, &path)]
}

/// The removal of `path`, or of what around it would be left empty, up to the provider.
fn removal(tree: &Value, path: &[PathStep]) -> YamlAmendment {
    const PROVIDER: usize = 2;
    let mut path = path.to_vec();
    while let Some((_, around)) = path.split_last() {
        let size = match find(tree, around) {
            Some(Value::Sequence(list)) => list.len(),
            Some(Value::Mapping(map)) => map.len(),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Tagged(_))
            | None => break,
        };
        if size != 1 || around.len() < PROVIDER {
            break;
        }
        path.pop();
    }
    YamlAmendment::Remove(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::domain::change::{Change, ChangeError, Edit, RefreshedTokens};
    use crate::domain::claims::{Claims, FactSource};
    use crate::domain::clock::{DateTime, TimeDelta, Utc, is_writable, rfc3339};
    use crate::domain::expiry::{RawTime, moment};
    use crate::domain::known_login::LoginFacts;
    use crate::domain::name::StoreId;

    use crate::domain::profile::{AutoRefresh, ClockDiffers, EndBy, LastRefresh, RefreshResult};
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{Expiry, RefreshTokenId, StoredTokens, Tokens};
    use crate::stored::AmendError;
    use crate::stored::config_file::{Amended, amend, read};

    use super::*;
    use crate::domain::fixtures::{self, at};

    const TEXT: &str = "\
# my accounts
providers:
  demo: # the demo
    oauth_credentials:
      # the first
      - id: 'ana'
        access_token: old # mine
        refresh_token: \"r\"
        remark: &n keep me
        expires_at: 2026-01-02T03:04:05+01:00
      # the second
      - {id: ben, access_token: b, also: *n}
    api_keys: [zero, one]
    keys:
    - id: ci
      api_key: k
";

    fn name(text: &str) -> ProfileName {
        ProfileName::parse(text).expect("a name")
    }

    fn tokens(access: &str, refresh: &str) -> Tokens {
        fixtures::tokens(access, Some(refresh))
    }

    fn profile(called: &str, kind: Kind, access: &str) -> Profile {
        let held = fixtures::tokens(access, (kind == Kind::OAuth).then_some("r"));
        Profile { held: StoredTokens::Present(held), ..fixtures::empty_profile(called, kind) }
    }

    fn change(called: &str, edit: Edit) -> Change {
        Change { name: name(called), expects: None, edit }
    }

    fn keep(profile: &Profile) -> Change {
        Change { name: profile.id.name.clone(), expects: None, edit: Edit::Put(Box::new(profile.clone())) }
    }

    fn refresh(called: &str) -> Change {
        let record = LastRefresh::new(at(0), RefreshResult::Done, Some("1234abcd".into()));
        let life = Expiry { obtained_at: Some(at(0)), expires_at: Some(at(3600)), grant_ends_at: None };
        let refreshed =
            RefreshedTokens { tokens: tokens("new", "r2"), life, scopes: None, record, origins: Vec::new() };
        change(called, Edit::Refresh(Box::new(refreshed)))
    }

    fn amended(text: &str, change: &Change) -> String {
        amend(StoreId::Own, Some(text), change)
            .map(|amended| amended.text)
            .unwrap_or_else(|refused| panic!("{refused:?}"))
    }

    fn found(text: &str, called: &str) -> Option<Profile> {
        let content = read(StoreId::Own, text).expect("readable");
        content.rows.iter().find_map(|row| match row {
            crate::domain::change::Row::Profile(profile) if profile.id.name == name(called) => {
                Some((**profile).clone())
            }
            crate::domain::change::Row::Profile(_) | crate::domain::change::Row::Broken(_) => None,
        })
    }

    /// What the edit took from the text and what it put there, line by line.
    fn difference(before: &str, after: &str) -> Vec<String> {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let (before, after) = (lines(before), lines(after));
        let gone = before.iter().filter(|line| !after.contains(line)).map(|line| format!("-{line}"));
        let new = after.iter().filter(|line| !before.contains(line)).map(|line| format!("+{line}"));
        gone.chain(new).collect()
    }

    #[test]
    fn the_shared_file_gets_no_field_that_its_other_readers_do_not_know() {
        let text = "# kept\nproviders:\n  demo:\n    oauth_credentials:\n    - id: ana\n      access_token: old\n      \
                    refresh_token: r\nmetrics:\n  enabled: true\n";
        let shared = |text: Option<&str>, change: &Change| {
            amend(StoreId::Shared, text, change).map(|amended| amended.text)
        };
        let refreshed = shared(Some(text), &refresh("demo/ana")).expect("amended");
        let erase = Change { expects: None, edit: Edit::EraseTokens(at(0)), ..refresh("demo/ana") };
        let erased = shared(Some(text), &erase).expect("amended");
        let begun = shared(None, &keep(&fixtures::profile("demo/ana"))).expect("amended");
        let keys = |text: &str| -> Vec<String> {
            let words = text.lines().filter_map(|line| line.split_once(':'));
            words.map(|(key, _)| key.trim_start_matches([' ', '-']).to_owned()).collect()
        };
        let known = [
            "providers",
            "custom",
            "demo",
            "id",
            "metrics",
            "enabled",
            "oauth_credentials",
            "client_id",
            "client_secret",
            "access_token",
            "refresh_token",
            "expires_at",
            "scopes",
            "# kept",
        ];
        for text in [&refreshed, &erased, &begun] {
            assert!(keys(text).iter().all(|key| known.contains(&key.as_str())), "{text}");
        }
        assert!(
            erased.contains("access_token: \"\"\n") && erased.contains("refresh_token: \"\"\n"),
            "{erased}"
        );
    }

    #[test]
    fn a_refresh_changes_its_own_lines_only() {
        let after = amended(TEXT, &refresh("demo/ana"));
        assert_eq!(
            difference(TEXT, &after),
            [
                "-        access_token: old # mine",
                "-        refresh_token: \"r\"",
                "-        expires_at: 2026-01-02T03:04:05+01:00",
                "+        access_token: \"new\" # mine",
                "+        refresh_token: \"r2\"",
                "+        expires_at: \"2027-01-15T09:00:00Z\"",
                "+        obtained_at: \"2027-01-15T08:00:00Z\"",
                "+        last_refresh:",
                "+          at: \"2027-01-15T08:00:00Z\"",
                "+          result: \"done\"",
                "+          grant: \"1234abcd\"",
                "+        refresh_count: 1",
            ]
        );
        assert_eq!(
            amended(&after, &refresh("demo/ana")),
            after,
            "what is there already is not written again"
        );
    }

    #[test]
    fn a_clock_that_differs_is_written_and_goes_with_the_next_refresh() {
        let differs = ClockDiffers { ahead: TimeDelta::minutes(-7), end_by: EndBy::Theirs };
        let Edit::Refresh(mut refreshed) = refresh("demo/ana").edit else { panic!("a refresh") };
        refreshed.record.clock_differs = Some(differs);
        let after = amended(TEXT, &change("demo/ana", Edit::Refresh(refreshed.clone())));
        for line in ["          clock_differs: -420\n", "          end_by_their_clock: true\n"] {
            assert!(after.contains(line), "{after}");
        }
        let last = |text| found(text, "demo/ana").and_then(|profile| profile.last_refresh).expect("a record");
        assert_eq!(last(&after).clock_differs, Some(differs));
        refreshed.record.clock_differs = None;
        refreshed.tokens = tokens("newer", "r3");
        let healed = amended(&after, &change("demo/ana", Edit::Refresh(refreshed)));
        assert_eq!(last(&healed).clock_differs, None);
        assert!(!healed.contains("clock"), "{healed}");
    }

    #[test]
    fn forgetting_erases_both_tokens_and_keeps_the_rest() {
        let after = amended(TEXT, &change("demo/ana", Edit::EraseTokens(at(0))));
        assert_eq!(
            difference(TEXT, &after),
            [
                "-        access_token: old # mine",
                "-        refresh_token: \"r\"",
                "-        expires_at: 2026-01-02T03:04:05+01:00",
                "+        revoked_at: \"2027-01-15T08:00:00Z\"",
            ]
        );
        let stub = TEXT.replace("access_token: old", "access_token: ''");
        assert!(!amended(&stub, &change("demo/ana", Edit::EraseTokens(at(0)))).contains("\"r\""));
    }

    #[test]
    fn keeping_again_replaces_what_we_know_and_nothing_else() {
        let mut ana = profile("demo/ana", Kind::OAuth, "new");
        ana.account = Some("ana@acme.dev".into());
        let erased =
            amended(&amended(TEXT, &refresh("demo/ana")), &change("demo/ana", Edit::EraseTokens(at(0))));
        let after = amended(&erased, &keep(&ana));
        assert_eq!(found(&after, "demo/ana"), Some(ana));
        assert!(after.contains("remark: &n keep me") && !after.contains("revoked_at"), "{after}");
    }

    #[test]
    fn the_first_profile_makes_a_tidy_file() {
        let mut ana = profile("demo/ana", Kind::OAuth, "a");
        ana.scopes = ["x".into(), "y".into()].into();
        let tidy = "version: 1\nproviders:\n  demo:\n    oauth_credentials:\n      - id: \"ana\"\n        access_token: \
                    \"a\"\n        refresh_token: \"r\"\n        scopes:\n          - \"x\"\n          - \"y\"\n";
        assert_eq!(amend(StoreId::Own, None, &keep(&ana)).map(|amended| amended.text), Ok(tidy.to_owned()));
        for (before, after) in [
            ("# mine", format!("# mine\n{tidy}")),
            ("# mine\r\n", format!("# mine\n{tidy}").replace('\n', "\r\n")),
            ("---\n# mine\n", format!("---\n# mine\n{tidy}")),
            ("version: 1\nproviders: {}\n", tidy.to_owned()),
            ("version: 1\nproviders:\n", tidy.to_owned()),
            ("version: 1\nproviders:\n  demo: {}\n", tidy.to_owned()),
            ("version: 1\nproviders:\n  demo:\n    oauth_credentials: []\n", tidy.to_owned()),
        ] {
            assert_eq!(amended(before, &keep(&ana)), after, "{before:?}");
        }
    }

    #[test]
    fn a_new_profile_goes_to_the_end_of_its_list() {
        for (called, kind, lines) in [
            (
                "demo/cy",
                Kind::OAuth,
                "      - id: \"cy\"\n        access_token: \"n\"\n        refresh_token: \"r\"\n",
            ),
            ("demo/key-2", Kind::ApiKey, "    api_keys: [zero, one, \"n\"]\n"),
            ("demo/key", Kind::ApiKey, "    api_key: \"n\"\n"),
            ("demo/cd", Kind::ApiKey, "    - id: \"cd\"\n      api_key: \"n\"\n"),
            ("new/x", Kind::ApiKey, "  new:\n    keys:\n      - id: \"x\"\n        api_key: \"n\"\n"),
        ] {
            let after = amended(TEXT, &keep(&profile(called, kind, "n")));
            assert!(after.contains(lines), "{called}: {after}");
        }
        let custom = "providers:\n  custom:\n    groq: {api_key: g}\n";
        let after = amended(custom, &keep(&profile("groq/x", Kind::OAuth, "n")));
        assert!(found(&after, "groq/x").is_some() && !after.contains("\n  groq"), "{after}");
    }

    #[test]
    fn removing_takes_what_would_be_left_empty_and_renames_no_key() {
        let remove = |text: &str, called| amended(text, &change(called, Edit::Remove));
        let without_ana = remove(TEXT, "demo/ana");
        assert!(!without_ana.contains("keep me\n"), "{without_ana}");
        assert!(without_ana.contains("- {id: ben, access_token: b, also: &n keep me}"), "{without_ana}");
        let mut text = TEXT.to_owned();
        for (called, part) in [
            ("demo/key-0", "api_keys: [\"\", one]"),
            ("demo/key-1", "# my accounts"),
            ("demo/ci", "access_token: b"),
            ("demo/ben", "# the first"),
            ("demo/ana", "providers: {}"),
        ] {
            text = remove(&text, called);
            assert!(text.contains(part) && found(&text, called).is_none(), "{called}: {text}");
        }
        assert!(!text.contains("api_keys") && !text.contains("demo:"), "{text}");
        let three = "providers:\n  a:\n    api_keys:\n      - x\n      - y\n      - z\n";
        let one = remove(&remove(three, "a/key-1"), "a/key-2");
        assert_eq!(one, "providers:\n  a:\n    api_keys:\n      - x\n");
    }

    #[test]
    fn what_cannot_be_written_safely_is_refused_with_a_reason() {
        let anchored = "x: &t old\nproviders:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: \
                        &a tok\n      - id: ben\n        access_token: *a\n";
        let merged = "providers:\n  demo:\n    oauth_credentials:\n      - &m\n        id: ana\n        access_token: \
                      tok\n      - <<: *m\n        id: ben\n";
        let shared = "p: &p\n  oauth_credentials:\n    - id: old\nproviders:\n  demo:\n    <<: *p\n";
        let twice = "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: 1\n";
        let ana = || profile("demo/ana", Kind::OAuth, "n");
        for (text, change, part) in [
            (anchored, keep(&ana()), "an anchor"),
            (merged, keep(&ana()), "an anchor"),
            (merged, change("demo/ben", Edit::EraseTokens(at(0))), "shares fields"),
            (shared, keep(&ana()), "shares fields"),
            (twice, keep(&ana()), "cannot be understood: access_token must be quoted text"),
            (TEXT, keep(&profile("demo/key", Kind::OAuth, "n")), "reserved for API keys"),
            (TEXT, keep(&profile("demo/ana", Kind::ApiKey, "n")), "another kind"),
            (TEXT, keep(&profile("demo/key-7", Kind::ApiKey, "n")), "the next is key-2"),
            ("providers:\n  demo: yes\n", keep(&ana()), "providers.demo is no map"),
        ] {
            match amend(StoreId::Own, Some(text), &change) {
                Err(AmendError::Impossible(why)) => assert!(why.contains(part), "{why}"),
                Err(other) => panic!("{part}: {other:?}"),
                Ok(amended) => panic!("{part}: {}", amended.text),
            }
        }
        for text in ["", " \n", "version: 2\n", "a: [\n", "a: 1\na: 2\n", "- x\n"] {
            assert!(
                matches!(amend(StoreId::Own, Some(text), &keep(&ana())), Err(AmendError::Yaml(_))),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_change_that_would_make_the_file_too_large_names_the_limit() {
        let room = crate::stored::yaml_reader::SIZE_LIMIT - TEXT.len() - 4;
        let full = format!("# {}\n{TEXT}", "x".repeat(room));
        let refused =
            amend(StoreId::Own, Some(&full), &refresh("demo/ana")).map(|amended| amended.text.len());
        let Err(AmendError::Impossible(why)) = refused else { panic!("{refused:?}") };
        assert!(why.contains("larger than 10 MiB; take out"), "{why}");
    }

    #[test]
    fn a_change_that_came_too_late_is_refused() {
        let late = Change { expects: Some(tokens("other", "r").fingerprint()), ..refresh("demo/ana") };
        assert_eq!(
            amend(StoreId::Own, Some(TEXT), &late).err(),
            Some(AmendError::Change(ChangeError::Replaced))
        );
        assert_eq!(
            amend(StoreId::Own, Some(TEXT), &refresh("demo/dan")).err(),
            Some(AmendError::Change(ChangeError::Gone))
        );
        let fitting = Change { expects: Some(tokens("old", "r").fingerprint()), ..refresh("demo/ana") };
        assert!(amend(StoreId::Own, Some(TEXT), &fitting).is_ok());
    }

    #[test]
    fn line_endings_and_a_missing_last_one_survive() {
        let windows = TEXT.replace('\n', "\r\n");
        let after = amended(&windows, &refresh("demo/ana"));
        assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
        let bare = TEXT.trim_end();
        assert!(found(&amended(bare, &keep(&profile("demo/cd", Kind::ApiKey, "n"))), "demo/cd").is_some());
    }

    /// Texts that YAML bends when they are not quoted.
    const NASTY: &[&str] = &[
        "no",
        "~",
        "null",
        "1e3",
        "0x10",
        "08080",
        "- x",
        "a: b",
        "#c",
        " #c",
        "&a",
        "*a",
        "!t",
        "<<",
        "=",
        "%x",
        "@x",
        "`x",
        " x",
        "x ",
        "\r",
        "a\rb",
        "\n",
        "a\n b\n",
        "\t",
        "\u{2028}",
        "a\u{85}b",
        "\u{feff}x",
        "😀",
        "\u{7f}",
        "\u{1b}[2J",
        "\0",
        "\"",
        "'",
        "\\",
        "\\n",
        "{}",
        "[",
        "]]",
        "|",
        ">-",
        "---",
        "...",
        "? x",
        ": x",
        "x:",
        "2026-01-02T03:04:05Z",
        "é",
        "\u{a0}",
        "\u{d7ff}",
        "\u{e000}",
        "\u{fffd}",
        "\u{ffff}",
        "\u{10ffff}",
        "a\u{2028}\u{2029}b",
        "a\u{0}\u{1}\u{8}\u{b}\u{c}\u{1f}\u{9f}b",
        "  a  ",
        "\ta\t",
        "\n\n",
        "\r\n",
        "[,,,,,,]",
    ];

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            proptest::sample::select(NASTY).prop_map(String::from),
            (proptest::sample::select(NASTY), proptest::sample::select(NASTY))
                .prop_map(|(a, b)| format!("{a}{b}")),
            any::<String>(),
            "[ -~]{1,40}",
            (proptest::sample::select(NASTY), 1_usize..200).prop_map(|(text, times)| text.repeat(times)),
        ]
        .prop_filter("empty is absent, and a placeholder is none", |text| {
            !text.is_empty() && !text.contains("${")
        })
    }

    /// Any point in time that the program can hold, also one that no file can.
    fn any_time() -> impl Strategy<Value = DateTime<Utc>> {
        let ends = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::UNIX_EPOCH];
        let odd =
            [253_402_300_799, 253_402_300_800, 1_904_000_000_000, -62_135_596_800, -1, 0, 86_400, 86_401];
        let odd = odd.map(at).into_iter().chain(ends).collect::<Vec<_>>();
        prop_oneof![
            2 => (1_i64..4_000_000_000).prop_map(at),
            1 => proptest::sample::select(odd),
            1 => any::<i32>().prop_map(|part| at(i64::from(part) * 3000)),
        ]
    }

    /// Boxed, as the parts of it are: unboxed they are larger than the stack of a test.
    fn any_last_refresh() -> BoxedStrategy<LastRefresh> {
        let result = prop_oneof![
            Just(RefreshResult::Done).boxed(),
            text().prop_map(|why| RefreshResult::Dead { why }).boxed(),
            (text(), any::<u32>(), any_time())
                .prop_map(|(why, times, retry_at)| RefreshResult::Passing { why, times, retry_at })
                .boxed(),
            (text(), text(), any::<u32>(), proptest::option::of(any_time()))
                .prop_map(|(why, next, times, retry_at)| RefreshResult::Refused {
                    why,
                    next,
                    times,
                    retry_at
                })
                .boxed(),
        ];
        let differs = (any::<i64>(), any::<bool>()).prop_map(|(ahead, ours)| ClockDiffers {
            ahead: TimeDelta::try_seconds(ahead).unwrap_or(TimeDelta::MAX),
            end_by: if ours { EndBy::Ours } else { EndBy::Theirs },
        });
        let (grant, odd) = (proptest::option::of(text()), proptest::option::of(text()));
        let (differs, lost_at) = (proptest::option::of(differs), proptest::option::of(any_time()));
        (any_time(), result, grant, differs, odd, lost_at)
            .prop_map(|(at, result, grant, clock_differs, odd, lost_at)| LastRefresh {
                at,
                result,
                grant: grant.map(RefreshTokenId::from),
                clock_differs,
                odd,
                lost_at,
            })
            .boxed()
    }

    fn any_life() -> impl Strategy<Value = Expiry> {
        let time = || proptest::option::of(any_time());
        (time(), time(), time()).prop_map(|(obtained_at, expires_at, grant_ends_at)| Expiry {
            obtained_at,
            expires_at,
            grant_ends_at,
        })
    }

    fn any_profile() -> BoxedStrategy<Profile> {
        let option = || proptest::option::of(text());
        let tokens = (text(), option()).prop_map(|(access, refresh)| {
            let refresh = refresh.map(Secret::new);
            StoredTokens::Present(Tokens { access: Secret::new(access), refresh })
        });
        let held = prop_oneof![4 => tokens, 1 => Just(StoredTokens::None)];
        let texts = (option(), option(), option(), option(), option());
        let scopes = proptest::collection::vec(text(), 0..4);
        let history =
            (proptest::option::of(any_last_refresh()), any::<u64>(), proptest::option::of(any_time()));
        (held.boxed(), texts.boxed(), any_life().boxed(), scopes.boxed(), history.boxed(), any::<bool>())
            .prop_map(|(held, texts, life, scopes, (last_refresh, refresh_count, revoked_at), is_off)| {
                let (client_id, client_secret, issuer, subject, account) = texts;
                let account_text = account.clone();
                let claims = Claims {
                    name: subject.clone(),
                    organization: issuer.clone(),
                    audience: scopes.clone(),
                    auth_time: revoked_at,
                    ..Claims::default()
                };
                let login = LoginFacts {
                    client_secret: client_secret.map(Secret::new),
                    asked_scopes: scopes.iter().rev().skip(1).cloned().collect(),
                    issuer,
                    subject_from: subject.as_ref().map(|_| FactSource::IdToken),
                    subject,
                    id_token: Some(Box::new(claims)),
                    origins: Vec::new(),
                };
                Profile {
                    held,
                    client_id,
                    life,
                    scopes: scopes.into(),
                    account_from: account.as_ref().map(|_| FactSource::Person),
                    account,
                    login: login.into(),
                    last_refresh: last_refresh.map(Box::new),
                    refresh_count,
                    revoked_at,
                    note: account_text,
                    auto_refresh: if is_off { AutoRefresh::Off } else { AutoRefresh::On },
                    ..profile("demo/ana", Kind::OAuth, "unused")
                }
            })
            .boxed()
    }

    /// `profile` as a file can say it: to the second, and no time that cannot be written or means none.
    fn as_written(mut profile: Profile) -> Profile {
        let readable = |at: DateTime<Utc>| {
            let said = rfc3339(at);
            moment(RawTime::Text(&said)).ok().flatten().map(|moment| moment.at)
        };
        let told = |at: Option<DateTime<Utc>>| at.filter(|at| is_writable(*at)).and_then(readable);
        let Expiry { obtained_at, expires_at, grant_ends_at } = profile.life;
        profile.life = Expiry {
            obtained_at: told(obtained_at),
            expires_at: told(expires_at),
            grant_ends_at: told(grant_ends_at),
        };
        profile.revoked_at = told(profile.revoked_at);
        if let Some(claims) = &mut profile.login.id_token {
            claims.auth_time = told(claims.auth_time);
        }
        if let Some(last) = &mut profile.last_refresh {
            let retry = match &last.result {
                RefreshResult::Passing { retry_at, .. } => readable(*retry_at),
                RefreshResult::Refused { retry_at, .. } => retry_at.and_then(readable),
                RefreshResult::Done | RefreshResult::Dead { .. } => None,
            };
            last.at = readable(last.at).or(retry).or(profile.life.obtained_at).unwrap_or_default();
            match &mut last.result {
                RefreshResult::Passing { retry_at, .. } => *retry_at = retry.unwrap_or(last.at),
                RefreshResult::Refused { retry_at, .. } => *retry_at = retry,
                RefreshResult::Done | RefreshResult::Dead { .. } => {}
            }
            last.lost_at = last.lost_at.and_then(readable);
            if let Some(differs) = &mut last.clock_differs {
                differs.ahead = TimeDelta::seconds(differs.ahead.num_seconds());
            }
        }
        profile
    }

    fn saved(before: Option<&str>, change: &Change) -> Result<Amended, TestCaseError> {
        amend(StoreId::Own, before, change).map_err(|refused| TestCaseError::fail(format!("{refused:?}")))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_saved_is_read_back(first in any_profile(), second in any_profile()) {
            let Amended { text, content } = saved(None, &keep(&first))?;
            prop_assert_eq!(found(&text, "demo/ana"), Some(as_written(first)));
            prop_assert_eq!(read(StoreId::Own, &text), Ok(content));
            for before in [TEXT, &text] {
                let Amended { text, .. } = saved(Some(before), &keep(&second))?;
                prop_assert_eq!(found(&text, "demo/ana"), Some(as_written(second.clone())));
            }
            let kept = saved(Some(TEXT), &keep(&second))?.text;
            prop_assert!(kept.contains("# the first") && kept.contains("remark: &n keep me"));
        }

        #[test]
        fn refreshed_tokens_are_read_back_whatever_comes_with_them(
            new in any_profile(),
            record in any_last_refresh(),
            noted in any_last_refresh(),
            scopes in proptest::option::of(proptest::collection::vec(text(), 0..3)),
        ) {
            let Some(tokens) = new.held.tokens().cloned() else { return Ok(()) };
            let refreshed = RefreshedTokens { tokens: tokens.clone(), life: new.life, scopes, record, origins: new.login.origins.clone() };
            for before in [TEXT.to_owned(), saved(None, &keep(&profile("demo/ana", Kind::OAuth, "old")))?.text] {
                let refresh = change("demo/ana", Edit::Refresh(Box::new(refreshed.clone())));
                let expected = refresh.outcome(found(&before, "demo/ana").as_ref()).ok().flatten();
                let Amended { text, content } = saved(Some(&before), &refresh)?;
                prop_assert_eq!(read(StoreId::Own, &text), Ok(content));
                prop_assert_eq!(found(&text, "demo/ana"), expected.map(as_written));
                let text = saved(Some(&text), &change("demo/ana", Edit::RecordRefresh(noted.clone())))?.text;
                let profile = found(&text, "demo/ana").expect("a profile");
                prop_assert_eq!(profile.held, StoredTokens::Present(tokens.clone()));
            }
        }
    }

    #[test]
    fn a_time_that_cannot_be_read_stays_until_its_tokens_go() {
        let odd = TEXT.replace("2026-01-02T03:04:05+01:00", "next week");
        let noted = LastRefresh::new(at(0), RefreshResult::Done, None);
        for edit in [Edit::RecordRefresh(noted), Edit::AutoRefresh(AutoRefresh::Off)] {
            assert!(amended(&odd, &change("demo/ana", edit)).contains("expires_at: next week\n"));
        }
        assert!(!amended(&odd, &refresh("demo/ana")).contains("next week"));
        assert!(!amended(&odd, &change("demo/ana", Edit::EraseTokens(at(0)))).contains("next week"));
    }

    #[test]
    fn a_new_profile_is_added_beside_the_others_and_never_in_the_place_of_one() {
        let add =
            |profile: &Profile| change(&profile.id.name.to_string(), Edit::Add(Box::new(profile.clone())));
        let key = profile("demo/laptop", Kind::ApiKey, "sk-1");
        let after = amended(TEXT, &add(&key));
        assert_eq!(difference(TEXT, &after), ["+    - id: \"laptop\"", "+      api_key: \"sk-1\""]);
        assert_eq!(amended(&after, &add(&key)), after, "a save that is repeated");
        for taken in [
            profile("demo/ci", Kind::ApiKey, "sk-1"),
            profile("demo/ana", Kind::ApiKey, "sk-1"),
            profile("demo/ben", Kind::OAuth, "new"),
        ] {
            let refused = amend(StoreId::Own, Some(TEXT), &add(&taken)).map(|amended| amended.text);
            assert_eq!(refused, Err(AmendError::Change(ChangeError::Taken)), "{}", taken.id.name);
        }
    }
}
