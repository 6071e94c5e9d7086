//! Changes within known entries of a plain text.
//!
//! A save of many refreshes need not read the whole text by the whole grammar twice. Where the text
//! is plain, an entry is what its own lines say and nothing else: the lines of the changed entries
//! are amended, read again, and must say what the change says; all other bytes, and so all other
//! entries, are those that were read before. Whatever does not fit is left to the long way.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_yaml::{Mapping, Value};

use crate::domain::change::{Change, Row};
use crate::stored::amendment::{YamlAmendment, amend_tree, settled};
use crate::stored::config_file::entries::{Entry, again};
use crate::stored::config_file::{
    Amended, ConfigFile, Content, FileSchema, amend_each, planned, put_back, tokens,
};
use crate::stored::plain_editor::{self, ItemSearch};
use crate::stored::yaml_path::{PathStep, find};
use crate::stored::{AmendError, plain_reader, yaml_reader};

impl Content {
    /// `text`, which says this, with those of `changes` made to it that can be made; and for each why
    /// it was not, if it was not.
    ///
    /// # Errors
    /// [`AmendError::Yaml`], and then nothing must be written.
    pub fn amend_each(
        &self,
        file: impl Into<ConfigFile>,
        text: &str,
        changes: &[Change],
    ) -> Result<(Amended, Vec<Option<AmendError>>), AmendError> {
        let (mut amended, refused) = self.amend_unmarked(file.into(), text, changes)?;
        let mark = text.get(..text.len() - yaml_reader::unmarked(text).len()).unwrap_or_default();
        if !amended.text.starts_with(mark) {
            amended.text.insert_str(0, mark);
        }
        Ok((amended, refused))
    }

    fn amend_unmarked(
        &self,
        file: ConfigFile,
        text: &str,
        changes: &[Change],
    ) -> Result<(Amended, Vec<Option<AmendError>>), AmendError> {
        if changes.iter().any(put_back::has_text) {
            return put_back::amend_each(file, text, changes);
        }
        let within = self.amend_within(file.schema, text, changes);
        within.map_or_else(|| amend_each(file, Some(text), changes), Ok)
    }

    fn amend_within(
        &self,
        schema: FileSchema,
        text: &str,
        changes: &[Change],
    ) -> Option<(Amended, Vec<Option<AmendError>>)> {
        // What is not understood has a line, which moves; what must not be written is refused elsewhere.
        let is_sound = self.read_only.is_none() && self.entries.iter().all(|entry| entry.profile.is_ok());
        (self.is_plain && is_sound).then_some(())?;
        let mut items = ItemSearch::new(text);
        let (mut refused, mut changed) = (Vec::new(), BTreeMap::new());
        for change in changes {
            // Whether a name is free, all the others say.
            (change.name_after() == &change.name).then_some(())?;
            let at = self.rows.iter().position(|row| is_of(row, change))?;
            match written(schema, (text, &mut items), self.entries.get(at..=at)?, change)? {
                Ok(written) => {
                    // A second change of one profile is made to what the first one leaves.
                    changed.insert(at, written).is_none().then_some(())?;
                    refused.push(None);
                }
                Err(why) => refused.push(Some(why)),
            }
        }
        let (mut entries, mut rows) = (Arc::clone(&self.entries), Arc::clone(&self.rows));
        let (entries_after, rows_after) = (Arc::make_mut(&mut entries), Arc::make_mut(&mut rows));
        let mut pieces = Vec::new();
        for (at, (entry, start, end, by)) in changed {
            *rows_after.get_mut(at)? = Row::Profile(Arc::clone(entry.profile.as_ref().ok()?));
            *entries_after.get_mut(at)? = entry;
            pieces.push((start, end, by));
        }
        pieces.sort();
        let more: usize = pieces.iter().map(|(_, _, by)| by.len()).sum();
        let (mut amended, mut done) = (String::with_capacity(text.len() + more), 0);
        for (start, end, by) in pieces {
            amended.push_str(text.get(done..start)?);
            amended.push_str(&by);
            done = end;
        }
        amended.push_str(text.get(done..)?);
        let content = Self { rows, read_only: None, is_plain: true, entries };
        yaml_reader::fits(&amended).then_some((Amended { text: amended, content }, refused))
    }
}

/// An entry after a change, and the bytes that say so in the place of others.
type ChangedEntry = (Entry, usize, usize, String);

/// What `change` makes of the one entry it is about.
fn written(
    schema: FileSchema,
    (text, items): (&str, &mut ItemSearch<'_>),
    entry: &[Entry],
    change: &Change,
) -> Option<Result<ChangedEntry, AmendError>> {
    let path = &*entry.first()?.place.path();
    let item = items.item(path)?;
    let before = text.get(item.range.clone())?;
    let mut tree = planted(path, plain_reader::item(before, item.indent, path.len())?.root().to_value());
    // What is amended must be what was read.
    (*again(entry.first()?, &tree)?.profile.as_ref().ok()? == *entry.first()?.profile.as_ref().ok()?)
        .then_some(())?;
    let (outcome, amendments) = match planned(schema, &tree, entry, change) {
        Ok((outcome, amendments)) => (outcome?, amendments),
        Err(why @ AmendError::Change(_)) => return Some(Err(why)),
        Err(AmendError::Yaml(_) | AmendError::Impossible(_)) => return None,
    };
    let mut own = Vec::new();
    for amendment in amendments {
        let Some(settled) = settled(&tree, amendment).ok()? else { continue };
        own.push(below(path, &settled)?);
        amend_tree(&mut tree, settled)?;
    }
    let after = plain_editor::amend(before, item.indent, &own)?;
    let is_same =
        plain_reader::item(&after, item.indent, path.len()).map(|tree| tree.root().to_value()).as_ref()
            == find(&tree, path);
    let written = again(entry.first()?, &tree)?;
    let profile = written.profile.as_ref().ok()?;
    let is_it = profile.id == outcome.id && tokens(profile) == tokens(&outcome);
    (is_same && is_it).then_some(Ok((written, item.range.start, item.range.end, after)))
}

fn is_of(row: &Row, change: &Change) -> bool {
    match row {
        Row::Profile(profile) => profile.id.name == change.name,
        Row::Broken(_) => false,
    }
}

/// `amendment` with a path that begins at `path`, if it is about something within.
fn below(path: &[PathStep], amendment: &YamlAmendment) -> Option<YamlAmendment> {
    let rest =
        |at: &[PathStep]| at.strip_prefix(path).filter(|rest| !rest.is_empty()).map(<[PathStep]>::to_vec);
    Some(match amendment {
        YamlAmendment::Set(at, value) => YamlAmendment::Set(rest(at)?, value.clone()),
        YamlAmendment::Append(at, item) => YamlAmendment::Append(rest(at)?, item.clone()),
        YamlAmendment::Remove(at) => YamlAmendment::Remove(rest(at)?),
    })
}

/// A tree that has nothing but `value`, at `path`.
fn planted(path: &[PathStep], value: Value) -> Value {
    path.iter().rfold(value, |value, step| match step {
        PathStep::Key(key) => Value::Mapping(Mapping::from_iter([(Value::from(key.as_str()), value)])),
        PathStep::Nth(index) => {
            let mut items = vec![Value::Null; *index];
            items.push(value);
            Value::Sequence(items)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::{ChangeError, Edit, RefreshedTokens};
    use crate::domain::clock::at_seconds;
    use crate::domain::name::{ProfileName, StoreId};
    use crate::domain::profile::{AutoRefresh, LastRefresh, RefreshResult};
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{Expiry, Tokens};
    use crate::stored::config_file::read;

    const TEXT: &str = "# ours\nversion: 1\nproviders:\n  demo:\n    oauth_credentials:\n      # the first\n      \
        - id: ana\n        access_token: old\n        refresh_token: r\n        note: mine\n        scopes:\n          \
        - a\n          - b\n      - id: \"ben\"\n        access_token: b\n\n      # the last\n      - access_token: c\n        \
        refresh_token: c\n        id: cleo\n        last_refresh:\n          at: \"2027-01-15T08:00:00Z\"\n          \
        result: done\n        refresh_count: 3\n    models:\n    - x\n  other:\n    oauth_credentials:\n    - id: dan\n      \
        access_token: d\n      scopes:\n      - a\n    keys:\n    - id: ci\n      api_key: k\n    api_key: z\n  custom:\n    \
        own:\n      oauth_credentials:\n        - id: eve\n          access_token: e\nmetrics:\n  port: 1\n";

    fn change(name: &str, edit: Edit) -> Change {
        Change { name: ProfileName::parse(name).expect("a name"), expects: None, edit }
    }

    fn last(result: RefreshResult) -> LastRefresh {
        let at = at_seconds(1_800_000_000).expect("in range");
        LastRefresh::new(at, result, Some("1234abcd".into()))
    }

    fn refresh(access: &str) -> Edit {
        let tokens = Tokens { access: Secret::new(access), refresh: Some(Secret::new("r2")) };
        let life = Expiry { expires_at: at_seconds(1_800_003_600), ..Expiry::default() };
        let scopes = Some(vec!["b".into(), "c:d".into(), "e".into()]);
        Edit::Refresh(Box::new(RefreshedTokens {
            tokens,
            life,
            scopes,
            record: last(RefreshResult::Done),
            origins: vec!["https://a.test".into()],
        }))
    }

    fn dead() -> Edit {
        Edit::RecordRefresh(last(RefreshResult::Dead { why: "answered 400: gone".into() }))
    }

    fn forget() -> Edit {
        Edit::EraseTokens(at_seconds(1_800_000_000).expect("in range"))
    }

    /// Every change that stays within one entry.
    fn all() -> Vec<Change> {
        let names = ["demo/ana", "demo/ben", "demo/cleo", "other/dan", "own/eve"];
        let edits = || [refresh("new"), dead(), Edit::AutoRefresh(AutoRefresh::Off), forget()];
        let all = names.iter().flat_map(|name| edits().map(|edit| change(name, edit)));
        // Its access token stands beside the dash, which cannot go.
        all.filter(|each| *each != change("demo/cleo", forget())).collect()
    }

    #[test]
    fn the_short_way_says_what_the_long_way_says() {
        let known = read(StoreId::Own, TEXT).expect("readable");
        for change in all() {
            let changes = std::slice::from_ref(&change);
            let (short, refused) =
                known.amend_within(FileSchema::Ours, TEXT, changes).unwrap_or_else(|| panic!("{change:?}"));
            let (long, as_refused) = amend_each(StoreId::Own, Some(TEXT), changes).expect("amended");
            assert_eq!(refused, as_refused, "{change:?}");
            assert_eq!(short.text, long.text, "{change:?}");
            assert_eq!(short.content, long.content, "{change:?}");
            assert_eq!(short.content, read(StoreId::Own, &short.text).expect("readable"), "{change:?}");
        }
    }

    #[test]
    fn keys_of_the_same_names_elsewhere_are_not_meant() {
        let other = "  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: old\n        refresh_token: r\n";
        let beside = TEXT.replace(
            "  demo:",
            "  demos:\n    oauth_credentials:\n      - id: zoe\n        access_token: z\n  demo:",
        );
        for text in [format!("backup:\n{other}{TEXT}"), format!("{TEXT}backup:\n{other}"), beside] {
            let known = read(StoreId::Own, &text).expect("readable");
            for change in all() {
                let changes = std::slice::from_ref(&change);
                let (short, _) = known
                    .amend_within(FileSchema::Ours, &text, changes)
                    .unwrap_or_else(|| panic!("{change:?}"));
                let (long, _) = amend_each(StoreId::Own, Some(&text), changes).expect("amended");
                assert_eq!(short.text, long.text, "{change:?}");
            }
        }
    }

    #[test]
    fn many_changes_one_after_another_and_together_leave_the_same() {
        let (mut text, mut known) = (TEXT.to_owned(), read(StoreId::Own, TEXT).expect("readable"));
        for change in all() {
            let (amended, _) =
                known.amend_within(FileSchema::Ours, &text, std::slice::from_ref(&change)).expect("short");
            (text, known) = (amended.text, amended.content);
            assert_eq!(
                yaml_reader::parse_strictly(&text).ok(),
                plain_reader::parse(&text).map(|tree| tree.root().to_value()),
                "{text}"
            );
            assert_eq!(known, read(StoreId::Own, &text).expect("readable"), "{text}");
        }
        let known = read(StoreId::Own, TEXT).expect("readable");
        let names = ["own/eve", "demo/ana", "other/dan", "demo/ben"];
        let changes = names.map(|name| change(name, refresh("new")));
        let together = known.amend_within(FileSchema::Ours, TEXT, &changes).expect("short").0;
        let (mut text, mut known) = (TEXT.to_owned(), known);
        for change in changes {
            let (amended, _) = known.amend_within(FileSchema::Ours, &text, &[change]).expect("short");
            (text, known) = (amended.text, amended.content);
        }
        assert_eq!((together.text, together.content), (text, known));
    }

    #[test]
    fn one_that_came_too_late_takes_none_of_the_others_with_it() {
        let known = read(StoreId::Own, TEXT).expect("readable");
        let other = Tokens { access: Secret::new("other"), refresh: None };
        let late = Change { expects: Some(other.fingerprint()), ..change("demo/ben", forget()) };
        let changes = [change("demo/ana", forget()), late, change("own/eve", forget())];
        let (amended, refused) = known.amend_within(FileSchema::Ours, TEXT, &changes).expect("short");
        assert_eq!(refused, [None, Some(AmendError::Change(ChangeError::Replaced)), None]);
        assert_eq!(amended.content, read(StoreId::Own, &amended.text).expect("readable"));
    }

    #[test]
    fn what_does_not_fit_is_left_to_the_long_way() {
        let quoted = Edit::RecordRefresh(last(RefreshResult::Dead { why: "said \"no\"".into() }));
        for (text, changes) in [
            (TEXT.replace("old", "old # mine"), vec![change("demo/ana", forget())]),
            (
                TEXT.replace("- a\n          -", "- a\n          # more\n          -"),
                vec![change("demo/ana", refresh("x"))],
            ),
            (TEXT.replace("id: dan", "id: 7"), vec![change("demo/ana", forget())]),
            (TEXT.replace("version: 1", "version: 2"), vec![change("demo/ana", forget())]),
            (TEXT.to_owned(), vec![change("demo/ana", quoted)]),
            (TEXT.to_owned(), vec![change("demo/cleo", forget())]),
            (TEXT.to_owned(), vec![change("demo/ana", Edit::Remove)]),
            (TEXT.to_owned(), vec![change("other/key", forget())]),
            (TEXT.to_owned(), vec![change("demo/new", forget())]),
            (TEXT.to_owned(), vec![change("demo/ana", dead()), change("demo/ana", refresh("x"))]),
        ] {
            let known = read(StoreId::Own, &text).expect("readable");
            assert!(known.amend_within(FileSchema::Ours, &text, &changes).is_none(), "{changes:?}");
            assert_eq!(
                known
                    .amend_each(StoreId::Own, &text, &changes)
                    .map(|(amended, refused)| (amended.content, refused)),
                amend_each(StoreId::Own, Some(&text), &changes)
                    .map(|(amended, refused)| (amended.content, refused))
            );
        }
    }
}
