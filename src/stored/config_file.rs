//! Config file (`config.yaml`): its text is read to rows, and changes are made to the same text.
//!
//! The structure is the one of ai-provider-kit's `config.yaml`, so that either program reads the
//! other's file: `providers.P.oauth_credentials[{id, …}]` is `P/id`, `api_key` is `P/key`,
//! `api_keys[n]` is `P/key-n`. Ours are `keys[{id, api_key, label}]`, some fields of an entry, and
//! `version`. Providers may also lie under `providers.custom`.

mod amendments;
mod entries;
mod entry_place;
pub(in crate::stored) mod fields;
mod flat;
mod key_facts;
mod plain_changes;
mod put_back;
#[cfg(test)]
mod readings;
mod schema;
mod schema_fields;
#[cfg(test)]
mod shapes;
pub(in crate::stored) mod shared_scopes;
mod side_notes;
pub(in crate::stored) mod texts;
mod times;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_yaml::{Number, Value};

use crate::domain::change::{Change, ChangeError, Row, Where};
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::secret::{Secret, SecretText};
use crate::stored::amendment::YamlAmendment;
use crate::stored::config_file::entries::{DEPTH, Entry, entries};
use crate::stored::field_value::FieldValue;
use crate::stored::plain_reader::PlainPart;
use crate::stored::positions::Positions;
use crate::stored::vault_references;
use crate::stored::yaml_editor::YamlEditor;
use crate::stored::yaml_path::PathStep;
use crate::stored::{AmendError, YamlError, plain_reader, yaml_reader};

pub use crate::stored::config_file::schema::{ConfigFile, FileSchema};
pub use crate::stored::config_file::side_notes::SideNotes;

/// The version of the structure that is written.
const VERSION: u64 = 1;

/// How many odd entries are told of one by one.
const NOTICE_LIMIT: usize = 5;

/// What a text holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Its entries, in their order.
    pub rows: Arc<[Row]>,
    /// Why it must not be written, although it can be read.
    pub read_only: Option<YamlError>,
    /// Whether all of the text has the plain shape.
    is_plain: bool,
    entries: Arc<Vec<Entry>>,
}

impl Content {
    /// What a person should know of entries that are understood and odd all the same.
    #[must_use]
    pub fn notices(&self) -> Vec<String> {
        let each = || self.entries.iter().filter(|entry| !entry.notes.is_empty());
        let told =
            each().take(NOTICE_LIMIT).map(|entry| format!("{}: {}", entry.name(), entry.notes.join("; ")));
        let more = each().count().saturating_sub(NOTICE_LIMIT);
        let more = (more > 0).then(|| format!("{more} more entries have such faults"));
        told.chain(more).collect()
    }
}

/// A text with a change made to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Amended {
    /// The text; it holds secrets, so there is no `Debug`.
    pub text: String,
    /// What it holds.
    pub content: Content,
}

/// Reads the profiles of `text`, which is `file`. An entry that is not understood spoils one row only.
///
/// # Errors
/// [`YamlError`] when the text is not understood as a whole.
pub fn read(file: impl Into<ConfigFile>, text: &str) -> Result<Content, YamlError> {
    if let Some(tree) = yaml_reader::plain(text)? {
        return Ok(Content { is_plain: true, ..read_tree(file.into(), text, &tree.root().into())? });
    }
    read_tree(file.into(), text, &(&yaml_reader::parse_unplain(text)?).into())
}

/// The same; the secrets of a plain text are shared with it.
///
/// # Errors
/// [`YamlError`] when the text is not understood as a whole.
pub fn read_shared(file: ConfigFile, text: &SecretText) -> Result<Content, YamlError> {
    // One provider at a time, so that the tree of a large file is never in memory as a whole.
    let mut read_before = Vec::new();
    let mut take = |name: &str, fields: PlainPart<'_>| {
        entries::of_provider(file, Some(name), &fields.within(text).into(), &mut read_before);
        name == entries::CUSTOM
    };
    let Some(rest) = yaml_reader::plain_in_parts(text, entries::PROVIDERS, &mut take)? else {
        return read(file, text);
    };
    let rest = rest.root_in(text).into();
    let entries = entries::with_rest(file, text, &rest, Some(read_before))?;
    Ok(Content { is_plain: true, ..checked(file, text, entries, newer(text, &rest))? })
}

/// The profile `name` of `text`, where that is plain and the entry leaves no question; for all else there is
/// [`read_shared`].
#[must_use]
pub fn read_one(file: ConfigFile, text: &SecretText, name: &ProfileName) -> Option<Arc<Profile>> {
    let tree = yaml_reader::plain_only(text, name.name())?;
    entries::only(file, &tree.root_in(text).into(), name)
        .filter(|profile| vault_references::references(profile).is_empty())
}

fn read_tree(file: ConfigFile, text: &str, tree: &FieldValue<'_>) -> Result<Content, YamlError> {
    checked(file, text, entries(file, text, tree)?, newer(text, tree))
}

/// What `text` says by its `entries`, unless it belongs to another store.
fn checked(
    file: ConfigFile,
    text: &str,
    entries: Vec<Entry>,
    read_only: Option<YamlError>,
) -> Result<Content, YamlError> {
    let refers = |profile: &Arc<Profile>| !vault_references::references(profile).is_empty();
    if file.store != StoreId::Keyring && entries.iter().flat_map(|entry| &entry.profile).any(refers) {
        let remedy = "leave it to the store keyring: name another file with --config";
        return Err(YamlError::whole("it holds references to secrets in a keyring, and no tokens", remedy));
    }
    Ok(content(text, entries, read_only))
}

/// What `text` says by its `entries`; whoever has not read it plainly does not know whether it is plain.
fn content(text: &str, entries: Vec<Entry>, read_only: Option<YamlError>) -> Content {
    let is_broken = entries.iter().any(|entry| entry.profile.is_err());
    let positions = is_broken.then(|| Positions::from_text(text, DEPTH));
    let row = |entry: &Entry| match &entry.profile {
        Ok(profile) => Row::Profile(Arc::clone(profile)),
        Err(broken) => {
            let line = positions
                .as_ref()
                .and_then(|positions| positions.nearest_line(&entry.place.path()))
                .unwrap_or(1);
            Row::broken(&broken.name, Where::Line(line), &broken.why)
        }
    };
    Content {
        rows: entries.iter().map(row).collect(),
        read_only,
        is_plain: false,
        entries: Arc::new(entries),
    }
}

/// `text` of `file` with `change` made to it; `None` is a file that is not there yet.
///
/// # Errors
/// [`AmendError`], and then nothing must be written.
pub fn amend(
    file: impl Into<ConfigFile>,
    text: Option<&str>,
    change: &Change,
) -> Result<Amended, AmendError> {
    let file = file.into();
    let (text, tree) = begun(file.schema, text).map_err(AmendError::Yaml)?;
    let (amended, refused) = amend_together(file, &text, tree, std::slice::from_ref(change))?;
    refused.into_iter().next().flatten().map_or(Ok(amended), Err)
}

/// `text` of `file` with those of `changes` made to it, one after another, that can be made; and for each why
/// it was not, if it was not.
///
/// # Errors
/// [`AmendError::Yaml`], and then nothing must be written.
pub fn amend_each(
    file: impl Into<ConfigFile>,
    text: Option<&str>,
    changes: &[Change],
) -> Result<(Amended, Vec<Option<AmendError>>), AmendError> {
    let file = file.into();
    let (mut text, tree) = begun(file.schema, text).map_err(AmendError::Yaml)?;
    match amend_together(file, &text, tree.clone(), changes) {
        Ok(amended) => return Ok(amended),
        Err(refused @ (AmendError::Yaml(_) | AmendError::Change(_))) => return Err(refused),
        // One of them cannot be written, and takes none of the others with it.
        Err(AmendError::Impossible(_)) => {}
    }
    let mut content = content(&text, entries(file, &text, &(&tree).into()).map_err(AmendError::Yaml)?, None);
    let mut refused = Vec::new();
    for change in changes {
        match amend(file, Some(&text), change) {
            Ok(amended) => {
                (text, content) = (amended.text, amended.content);
                refused.push(None);
            }
            Err(why) => refused.push(Some(why)),
        }
    }
    Ok((Amended { text, content }, refused))
}

/// All of `changes` in one pass over the text.
fn amend_together(
    file: ConfigFile,
    text: &str,
    tree: Value,
    changes: &[Change],
) -> Result<(Amended, Vec<Option<AmendError>>), AmendError> {
    if let Some(newer) = newer(text, &(&tree).into()) {
        return Err(AmendError::Yaml(newer));
    }
    let mut before = entries(file, text, &(&tree).into()).map_err(AmendError::Yaml)?;
    let first = kept(&before, changes);
    let mut amending = YamlEditor::begin(text, tree).map_err(AmendError::Impossible)?;
    let (mut refused, mut outcomes) = (Vec::new(), BTreeMap::new());
    let mut is_moved = false;
    for change in changes {
        // A change within one entry leaves all that is planned for the others as it is.
        if is_moved || outcomes.contains_key(&change.name) {
            before = entries(file, text, &amending.tree().into()).map_err(AmendError::Yaml)?;
            is_moved = false;
        }
        match planned(file.schema, amending.tree(), &before, change) {
            Ok((outcome, amendments)) => {
                amending.make(amendments).map_err(AmendError::Impossible)?;
                is_moved |= outcome.is_none()
                    || writable(&before, &change.name)?.is_none()
                    || change.name_after() != &change.name;
                outcomes.insert(&change.name, None);
                outcomes.insert(change.name_after(), outcome);
                refused.push(None);
            }
            Err(why) => refused.push(Some(why)),
        }
    }
    let (text, tree) = amending.finish().map_err(AmendError::Impossible)?;
    let written = entries(file, &text, &(&tree).into()).map_err(AmendError::Yaml)?;
    for (name, outcome) in outcomes {
        let profile = writable(&written, name)?.and_then(|entry| entry.profile.as_deref().ok());
        if profile.map(tokens) != outcome.as_ref().map(tokens) {
            return Err(shares(name));
        }
    }
    if let Some(change) = changes.first().filter(|_| kept(&written, changes) != first) {
        return Err(shares(&change.name));
    }
    let is_plain = plain_reader::parse(&text).is_some();
    let content = Content { is_plain, ..content(&text, written, None) };
    Ok((Amended { text, content }, refused))
}

/// What `change` makes of its profile, and the amendments that write it.
fn planned(
    schema: FileSchema,
    tree: &Value,
    entries: &[Entry],
    change: &Change,
) -> Result<(Option<Profile>, Vec<YamlAmendment>), AmendError> {
    let found = writable(entries, &change.name)?;
    let (old, new) = (change.name.exact(), change.name_after().exact());
    if old != new && entries.iter().any(|entry| entry.name() == new) {
        return Err(AmendError::Change(ChangeError::Taken));
    }
    let now = found.and_then(|entry| entry.profile.as_deref().ok());
    let outcome = change.outcome(now).map_err(AmendError::Change)?;
    let amendments = match (&outcome, found) {
        (Some(after), Some(entry)) => amendments::rewrite(schema, tree, entry, after),
        (Some(after), None) => amendments::add(schema, tree, &change.name, after),
        (None, Some(entry)) => Ok(amendments::remove(tree, entry)),
        (None, None) => Ok(Vec::new()),
    };
    Ok((outcome, amendments.map_err(AmendError::Impossible)?))
}

fn shares(name: &ProfileName) -> AmendError {
    AmendError::Impossible(format!("{name} shares fields with another entry; change it in an editor"))
}

/// The pair of tokens; an empty refresh token is none.
fn tokens(profile: &Profile) -> Option<(&Secret, Option<&Secret>)> {
    let refresh = profile.refresh_token().filter(|refresh| !refresh.is_empty());
    profile.held.tokens().map(|tokens| (&tokens.access, refresh))
}

/// What `changes` must leave as it is: the profiles they do not name, and the number of entries that
/// are not understood.
fn kept(entries: &[Entry], changes: &[Change]) -> (Vec<Arc<Profile>>, usize) {
    let profiles: Vec<_> = entries.iter().filter_map(|entry| entry.profile.as_ref().ok()).collect();
    let broken = entries.len() - profiles.len();
    let named: BTreeSet<_> = changes.iter().flat_map(|change| [&change.name, change.name_after()]).collect();
    let others = profiles.into_iter().filter(|profile| !named.contains(&profile.id.name));
    (others.cloned().collect(), broken)
}

/// The text and its tree; one with nothing but comments, or none at all, as a file begins.
fn begun(schema: FileSchema, text: Option<&str>) -> Result<(String, Value), YamlError> {
    let before = match text.map(yaml_reader::unmarked).map(|text| (text, yaml_reader::parse(text))) {
        None => "",
        Some((text, Ok(Value::Null))) => text,
        Some((text, tree)) => return Ok((text.to_owned(), tree?)),
    };
    let end = if before.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { end };
    let version = match schema {
        FileSchema::Ours => format!("version: {VERSION}{end}"),
        FileSchema::Shared => String::new(),
    };
    let text = format!("{before}{gap}{version}providers: {{}}{end}");
    let tree = yaml_reader::parse(&text)?;
    Ok((text, tree))
}

fn newer(text: &str, tree: &FieldValue<'_>) -> Option<YamlError> {
    let version = tree.as_map()?.get("version")?;
    let number = version.as_number().and_then(Number::as_u64);
    if version.is_null() || number.is_some_and(|version| version <= VERSION) {
        return None;
    }
    let (why, next) = match number {
        Some(version) => (
            format!("the file has version {version}; this authtui writes version {VERSION}"),
            "use the authtui that wrote the file, or a newer one".to_owned(),
        ),
        None => {
            ("the version of the file is no whole number".to_owned(), format!("write version: {VERSION}"))
        }
    };
    let line = Positions::from_text(text, DEPTH).line(&[PathStep::key("version")]).unwrap_or(1);
    Some(YamlError::at(line, 1, why, &next))
}

fn writable<'a>(entries: &'a [Entry], name: &ProfileName) -> Result<Option<&'a Entry>, AmendError> {
    let is_it = |entry: &&Entry| entry.profile.as_ref().is_ok_and(|profile| profile.id.name == *name);
    if let Some(entry) = entries.iter().find(is_it) {
        return Ok(Some(entry));
    }
    let exact = name.exact();
    match entries.iter().find(|entry| entry.name() == exact) {
        Some(Entry { profile: Err(broken), .. }) => {
            Err(AmendError::Impossible(format!("the entry {name} cannot be understood: {}", broken.why)))
        }
        Some(_) | None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Edit;
    use crate::domain::clock::at_seconds;
    use crate::domain::name::StoreId;
    use crate::domain::profile::{Kind, LastRefresh, RefreshResult};
    use crate::domain::tokens::{Expiry, StoredTokens, Tokens};

    /// The structure in the documentation of ai-provider-kit.
    const AI_PROVIDER_KIT: &str = "providers:\n  anthropic:\n    oauth_credentials:\n      - id: default\n        client_id: \
        9d1c250a-e61b-44d9-88ed-5944d1962f5e\n        access_token: your_access_token_here\n        refresh_token: \
        your_refresh_token_here\n        expires_at: \"2025-11-18T09:30:00-07:00\"\n        scopes:\n          - \
        org:create_api_key\n          - user:profile\n          - user:inference\n";

    fn id(name: &str) -> crate::domain::name::ProfileId {
        crate::domain::fixtures::profile(name).id
    }

    fn rows(text: &str) -> Vec<Row> {
        read(StoreId::Own, text).expect("readable").rows.to_vec()
    }

    /// Every row as `name`, or `name:line why` for one that is not understood.
    fn told(text: &str) -> Vec<String> {
        let told = |row: &Row| match row {
            Row::Profile(profile) => profile.id.name.to_string(),
            Row::Broken(broken) => {
                let line = broken.at.to_string();
                format!("{}:{} {}", broken.name, line.trim_start_matches("line "), broken.why)
            }
        };
        rows(text).iter().map(told).collect()
    }

    #[test]
    fn the_file_of_ai_provider_kit_is_read() {
        let mut expected = Profile::new(id("anthropic/default"), Kind::OAuth);
        expected.client_id = Some("9d1c250a-e61b-44d9-88ed-5944d1962f5e".into());
        let refresh = Some(Secret::new("your_refresh_token_here"));
        expected.held =
            StoredTokens::Present(Tokens { access: Secret::new("your_access_token_here"), refresh });
        expected.life = Expiry { expires_at: at_seconds(1_763_483_400), ..Expiry::default() };
        expected.scopes = ["org:create_api_key", "user:profile", "user:inference"].map(String::from).into();
        assert_eq!(rows(AI_PROVIDER_KIT), [Row::Profile(Arc::new(expected))]);
    }

    #[test]
    fn our_own_fields_are_read() {
        let text = "providers:\n  a:\n    oauth_credentials:\n      - id: x\n        access_token: t\n        \
                    obtained_at: 1800000000\n        grant_ends_at: 2027-01-15T08:00:01Z\n        issuer: i\n        \
                    subject: s\n        account: me\n        client_secret: c\n        refresh_count: 7\n        \
                    revoked_at: ''\n        last_refresh: {at: '2027-01-15T08:00:00Z', result: passing, why: '503', \
                    times: 2, retry_at: 1800000030, grant: g}\n";
        let mut expected = Profile::new(id("a/x"), Kind::OAuth);
        let at = |seconds: i64| at_seconds(1_800_000_000 + seconds);
        expected.held = StoredTokens::Present(Tokens { access: Secret::new("t"), refresh: None });
        expected.life = Expiry { obtained_at: at(0), expires_at: None, grant_ends_at: at(1) };
        let own = |text: &str| Some(text.to_owned());
        (expected.login.issuer, expected.login.subject, expected.account) = (own("i"), own("s"), own("me"));
        expected.login.client_secret = Some(Secret::new("c"));
        expected.refresh_count = 7;
        let retry_at = at(30).expect("in range");
        let result = RefreshResult::Passing { why: "503".into(), times: 2, retry_at };
        expected.last_refresh =
            Some(Box::new(LastRefresh::new(at(0).expect("in range"), result, Some("g".into()))));
        assert_eq!(rows(text), [Row::Profile(Arc::new(expected))]);
    }

    #[test]
    fn rows_come_in_the_order_of_the_file_and_keys_have_their_names() {
        let text = "metrics: {enabled: true}\nproviders:\n  enabled: [a]\n  preferred_order: [b]\n  active: a\n  b:\n    \
                    api_keys: [one, '', two]\n    api_key: zero\n    models: {x: 1}\n  a:\n    keys:\n      - {id: ci, \
                    api_key: k, label: Build}\n    oauth_credentials: [{id: x}]\n  custom:\n    groq: {api_key: g}\n    \
                    b:\n      oauth_credentials:\n      - id: z\n";
        assert_eq!(told(text), ["b/key-0", "b/key-2", "b/key", "a/ci", "a/x", "groq/key", "b/z"]);
        let Row::Profile(key) = &rows(text)[3] else { panic!("a profile") };
        assert_eq!((key.kind, key.account.as_deref()), (Kind::ApiKey, Some("Build")));
    }

    #[test]
    fn a_list_without_profiles_is_empty_and_not_refused() {
        for text in
            ["# none yet\n", "providers: {}\n", "providers:\n", "version: 1\n", "metrics: {port: 1}\n"]
        {
            assert_eq!(told(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn an_entry_that_is_not_understood_is_one_row_with_its_line() {
        let text = "providers:\n  a:\n    oauth_credentials:\n      - id: one\n        access_token: 12345\n      - id: \
                    two\n        access_token: ok\n      - id: three\n        access_token: true\n      - just text\n      \
                    - access_token: x\n      - id: six\n        expires_at: soon\n      - id: two\n      - id: \
                    ../etc/x\n      - id: key\n      - id: nine\n        scopes: [a, 1]\n      - id: ten\n        \
                    access_token: !t x\n      - id: eleven\n        <<: 3\n    api_key: 7\n    keys: 5\n  b c:\n    \
                    api_key: x\n  d:\n    oauth_credentials:\n      - {id: \"e\\e[2J\"}\n";
        let broken: Vec<_> = told(text).into_iter().filter(|told| told.contains(':')).collect();
        let rule = "use no slash, no control or invisible characters, and no space at either end";
        assert_eq!(
            broken,
            [
                "a/one:4 access_token must be quoted text".to_owned(),
                "a/three:8 access_token must be quoted text".to_owned(),
                "a/?:10 the entry is no map".to_owned(),
                "a/?:11 the entry has no id".to_owned(),
                "a/two:14 the entry in line 6 has the same name".to_owned(),
                format!("a/../etc/x:15 cannot use “../etc/x” as a name: {rule}"),
                "a/key:16 the id key is reserved for API keys: choose another".to_owned(),
                "a/nine:17 each of scopes must be quoted text".to_owned(),
                "a/ten:19 access_token must be quoted text".to_owned(),
                "a/?:21 its merge key (<<) brings no map".to_owned(),
                "a/key:23 key must be quoted text".to_owned(),
                "a/?:24 keys is no list".to_owned(),
                "b c/key:26 cannot use “b c” as a provider: use only letters, digits, - _ and . (not \
                 first)"
                    .to_owned(),
                format!("d/e\u{fffd}[2J:29 cannot use “e\u{fffd}[2J” as a name: {rule}"),
            ]
        );
        assert_eq!(told(text).len(), broken.len() + 2);
    }

    #[test]
    fn of_several_faults_of_an_entry_the_gravest_is_told_whatever_the_order_of_its_fields() {
        let soon = "demo/ana: expires_at is not a time that can be read";
        let mut fields =
            vec!["access_token: ${DEMO}", "client_id: 7", "account: 8", "expires_at: soon", "scopes: 9"];
        for why in
            ["access_token is the placeholder", "client_id must be", "account must be", "scopes must be"]
        {
            for _ in 0..fields.len() {
                fields.rotate_left(1);
                for fields in [fields.clone(), fields.iter().rev().copied().collect()] {
                    let fields = fields.join("\n        ");
                    let text = format!(
                        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        {fields}\n"
                    );
                    let content = read(StoreId::Own, &text).expect("readable");
                    let Some(Row::Broken(broken)) = content.rows.first() else { panic!("{text}") };
                    assert!(broken.why.starts_with(why), "{text}{}", broken.why);
                    assert!(content.notices().iter().any(|note| note.starts_with(soon)), "{text}");
                }
            }
            fields.retain(|field| field.split(':').next() != why.split(' ').next());
        }
    }

    #[test]
    fn a_placeholder_is_never_taken_for_what_it_stands_for_and_stays_as_it_is() {
        let text = "providers:\n  a:\n    api_key: ${ACME_KEY}\n    api_keys: [\"${ACME_KEY_1}\", k]\n    keys:\n      \
                    - {id: ci, api_key: 'x${ACME}y'}\n    oauth_credentials:\n      - {id: one, access_token: \"${A}\"}\n      \
                    - {id: two, access_token: a, client_secret: \"${A B}\"}\n      - {id: three, client_id: \"${}\"}\n      \
                    - {id: four, access_token: a, refresh_token: \"${R}\"}\n      - {id: five, access_token: 'a$b{c}'}\n";
        let told = told(text);
        let (broken, fine): (Vec<_>, Vec<_>) =
            told.iter().partition(|told| told.contains("is the placeholder ${"));
        assert_eq!((broken.len(), fine), (7, vec![&"a/key-1".to_owned(), &"a/five".to_owned()]), "{told:?}");
        assert!(told[0].starts_with("a/key:3 key is the placeholder ${ACME_KEY}, "), "{told:?}");
        assert!(!told.iter().any(|told| told.contains("A B")), "what is no name is not shown: {told:?}");
        let name = ProfileName::parse("a/five").expect("a name");
        let forget = Edit::EraseTokens(at_seconds(1_800_000_000).expect("in range"));
        let after = amend(StoreId::Own, Some(text), &Change { name, expects: None, edit: forget })
            .expect("amended")
            .text;
        for placeholder in ["${ACME_KEY}\n", "[\"${ACME_KEY_1}\", k]", "'x${ACME}y'", "\"${A}\"", "\"${R}\""]
        {
            assert!(after.contains(placeholder), "{after}");
        }
    }

    #[test]
    fn an_odd_time_or_history_costs_a_note_and_never_the_tokens() {
        let odd = [
            ("expires_at: 2027-01-15T08:00:00", "expires_at has no time zone"),
            ("expires_at: soon", "expires_at is not a time"),
            ("expires_at: 1904000000000000", "expires_at is not a time"),
            ("expires_at: .inf", "expires_at is not a time"),
            ("expires_at: [1]", "expires_at is not a time"),
            ("obtained_at: yesterday", "obtained_at is not a time"),
            ("grant_ends_at: true", "grant_ends_at is not a time"),
            ("revoked_at: +275760-09-13T00:00:00Z", "revoked_at is not a time"),
            ("last_refresh: {at: never, result: done}", "at is not a time"),
            ("last_refresh: {result: passing, retry_at: !t x}", "retry_at is not a time"),
            ("last_refresh: {at: 1800000000, result: odd}", "the result of last_refresh"),
            ("last_refresh: soon", "last_refresh is not a map"),
            ("refresh_count: many", "refresh_count is not a count"),
        ];
        for (field, note) in odd {
            let text = format!(
                "providers:\n  a:\n    oauth_credentials:\n      - id: x\n        access_token: t\n        {field}\n"
            );
            let content = read(StoreId::Own, &text).expect("readable");
            let [Row::Profile(profile)] = &*content.rows else { panic!("{field}: {content:?}") };
            assert_eq!(
                profile.held.tokens().map(|tokens| &tokens.access),
                Some(&Secret::new("t")),
                "{field}"
            );
            let notices = content.notices();
            assert!(
                notices.len() == 1 && notices[0].starts_with(&format!("a/x: {note}")),
                "{field}: {notices:?}"
            );
        }
        for zero in ["0", "-1", "''", "null", "'0'", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"] {
            let text = format!(
                "providers:\n  a:\n    oauth_credentials:\n      - {{id: x, access_token: t, expires_at: {zero}}}\n"
            );
            let content = read(StoreId::Own, &text).expect("readable");
            let [Row::Profile(profile)] = &*content.rows else { panic!("{zero}: {content:?}") };
            assert_eq!((profile.life, content.notices()), (Expiry::default(), Vec::new()), "{zero}");
        }
        let many: String = (0..100).map(|number| format!("{{id: x{number}, expires_at: soon}}, ")).collect();
        let content = read(StoreId::Own, &format!("providers: {{a: {{oauth_credentials: [{many}]}}}}\n"))
            .expect("readable");
        assert_eq!(content.notices().len(), NOTICE_LIMIT + 1);
    }

    #[test]
    fn a_merge_key_brings_fields_of_an_anchor() {
        let text = "base: &b {client_id: c, scopes: [s]}\nproviders:\n  a:\n    oauth_credentials:\n      - <<: *b\n        \
                    id: x\n        client_id: own\n";
        let Row::Profile(profile) = &rows(text)[0] else { panic!("a profile") };
        assert_eq!((profile.client_id.as_deref(), profile.scopes.len()), (Some("own"), 1));
    }

    #[test]
    fn a_version_that_is_no_number_says_what_to_write() {
        for version in ["'1'", "1.0", "one"] {
            let content =
                read(StoreId::Own, &format!("version: {version}\n{AI_PROVIDER_KIT}")).expect("readable");
            assert_eq!(content.read_only.expect("read only").remedy, "write version: 1", "{version}");
        }
    }

    #[test]
    fn a_file_with_a_byte_order_mark_is_changed_like_any_other() {
        let text = format!("version: 1\n{AI_PROVIDER_KIT}");
        let name = ProfileName::parse("anthropic/default").expect("a name");
        let change = Change { name, expects: None, edit: Edit::Remove };
        let marked = amend(StoreId::Own, Some(&format!("\u{feff}{text}")), &change).expect("amended");
        assert_eq!(marked.text, amend(StoreId::Own, Some(&text), &change).expect("amended").text);
    }

    #[test]
    fn a_newer_version_is_shown_and_not_written() {
        let content =
            read(StoreId::Own, &format!("# ours\nversion: 2\n{AI_PROVIDER_KIT}")).expect("readable");
        assert_eq!(content.rows.len(), 1);
        assert_eq!(content.read_only.expect("read only").line, 2);
        assert_eq!(
            read(StoreId::Own, &format!("version: 1\n{AI_PROVIDER_KIT}")).expect("readable").read_only,
            None
        );
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        for (text, line) in
            [("- a\n", 1), ("just text\n", 1), ("a: 1\nproviders: [x]\n", 2), ("providers: no\n", 1)]
        {
            assert_eq!(read(StoreId::Own, text).map_err(|fault| fault.line), Err(line), "{text}");
        }
    }
}
