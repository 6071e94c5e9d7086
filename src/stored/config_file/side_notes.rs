//! Side notes: what authtui knows of the profiles of a file whose schema has no fields for it.
//!
//! They lie in the state folder and hold no token. Each is of one profile and of one grant, told by a
//! short fingerprint: once another program has logged in again, what was noted of the old login is not
//! said of the new one. Losing them costs comfort, never tokens.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_yaml::{Mapping, Value};

use crate::domain::change::{Change, Row};
use crate::domain::name::ProfileName;
use crate::domain::profile::{Kind, Profile};
use crate::domain::tokens::Expiry;
use crate::stored::config_file::shared_scopes::SharedScopes;
use crate::stored::config_file::{fields, schema_fields};
use crate::stored::yaml_reader;

/// The field that says of which grant the others are.
const GRANT: &str = "grant_held";
/// What the file begins with.
const HEADING: &str = "# What authtui noted of profiles in a file that has no fields for it. No tokens.\n";

/// What is noted, by the exact names of profiles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SideNotes(BTreeMap<String, Mapping>);

impl SideNotes {
    /// Reads them. What cannot be read says nothing.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let tree = yaml_reader::parse(text).unwrap_or_default();
        let Some(profiles) = tree.get("profiles").and_then(Value::as_mapping) else { return Self::default() };
        let note =
            |(name, note): (&Value, &Value)| Some((name.as_str()?.to_owned(), note.as_mapping()?.clone()));
        Self(profiles.iter().filter_map(note).collect())
    }

    /// The text that says them.
    #[must_use]
    pub fn to_text(&self) -> String {
        let notes = self.0.iter().map(|(name, note)| (Value::from(name.as_str()), Value::from(note.clone())));
        let tree =
            Value::Mapping(Mapping::from_iter([(Value::from("profiles"), Value::Mapping(notes.collect()))]));
        format!("{HEADING}{}", serde_yaml::to_string(&tree).unwrap_or_default())
    }

    /// `profile` with what is noted of the grant that it holds; the person's note is of any.
    #[must_use]
    pub fn completed(&self, profile: &Profile) -> Option<Profile> {
        let note = self.0.get(&profile.id.name.exact())?;
        let noted =
            fields::login(profile.id.clone(), note.into(), &SharedScopes::default(), &mut Vec::new()).ok()?;
        if note.get(GRANT).and_then(Value::as_str) != Some(&*grant(profile)) {
            return noted.note.is_some().then(|| Profile { note: noted.note, ..profile.clone() });
        }
        let expires_at = match profile.kind {
            Kind::ApiKey => noted.life.expires_at,
            Kind::OAuth | Kind::Environment => profile.life.expires_at,
        };
        let scopes = if profile.scopes.is_empty() { noted.scopes } else { profile.scopes.clone() };
        Some(Profile {
            kind: profile.kind,
            client_id: profile.client_id.clone(),
            held: profile.held.clone(),
            life: Expiry { expires_at, ..noted.life },
            scopes,
            account: noted.account.or_else(|| profile.account.clone()),
            login: noted.login.with_secret_of(&profile.login),
            ..noted
        })
    }

    /// Completes each of `rows` of which something is noted, or whose token alone says when it ends.
    pub fn complete(&self, rows: &mut [Row]) {
        for row in rows {
            let Row::Profile(profile) = row else { continue };
            if let Some(completed) = self.completed(profile) {
                *profile = Arc::new(completed);
            }
            let is_unknown = profile.kind == Kind::OAuth && profile.life.expires_at.is_none();
            if let Some(end) = is_unknown.then(|| fields::end_in_token(profile)).flatten() {
                Arc::make_mut(profile).life.expires_at = Some(end);
            }
        }
    }

    /// The notes once `changes` were made to a file that held `rows` before.
    #[must_use]
    pub fn after<'a>(&self, rows: &[Row], changes: impl Iterator<Item = &'a Change>) -> Self {
        let profile = |row: &Row| match row {
            Row::Profile(profile) => Some((profile.id.name.clone(), Arc::clone(profile))),
            Row::Broken(_) => None,
        };
        let before: BTreeMap<ProfileName, Arc<Profile>> = rows.iter().filter_map(profile).collect();
        let mut after = self.clone();
        let mut changed: BTreeMap<&ProfileName, Option<Profile>> = BTreeMap::new();
        for change in changes {
            let now = match changed.remove(&change.name) {
                Some(now) => now,
                None => before
                    .get(&change.name)
                    .map(|profile| self.completed(profile).unwrap_or_else(|| (**profile).clone())),
            };
            // One that was made to the file can be made to what is noted of it as well.
            let outcome = change.outcome(now.as_ref()).unwrap_or(now);
            changed.insert(&change.name, None);
            changed.insert(change.name_after(), outcome);
        }
        for (name, profile) in changed {
            match profile {
                Some(profile) => after.0.insert(name.exact(), note(&profile)),
                None => after.0.remove(&name.exact()),
            };
        }
        after
    }
}

fn note(profile: &Profile) -> Mapping {
    let fields = schema_fields::beyond_schema(profile).into_iter();
    let known = fields.filter_map(|(key, value)| Some((Value::from(key), value?)));
    [(Value::from(GRANT), Value::from(grant(profile)))].into_iter().chain(known).collect()
}

/// The short fingerprint of what is held: of the refresh token, or of the only token there is.
fn grant(profile: &Profile) -> String {
    let refresh = profile.refresh_token_id().map(|id| id.as_str().to_owned());
    refresh.or_else(|| profile.token_fingerprint()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Edit;
    use crate::domain::clock::at_seconds;
    use crate::domain::fixtures;
    use crate::domain::name::StoreId;
    use crate::domain::profile::{AutoRefresh, LastRefresh, RefreshResult};
    use crate::stored::config_file;

    const TEXT: &str = "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: a\n        \
                        refresh_token: r\n        expires_at: \"2027-01-15T08:00:00Z\"\n    api_key: k\n";

    fn rows(text: &str) -> Vec<Row> {
        config_file::read(StoreId::Shared, text).expect("readable").rows.to_vec()
    }

    fn first(rows: &[Row]) -> &Profile {
        let Some(Row::Profile(profile)) = rows.first() else { panic!("{rows:?}") };
        profile
    }

    #[test]
    fn a_token_that_says_itself_when_it_ends_needs_no_field_for_it() {
        let token = "eyJhbGciOiJub25lIn0.eyJleHAiOjE4MDAwMDAwMDB9.x";
        let line = "        expires_at: \"2027-01-15T08:00:00Z\"\n";
        let text = TEXT.replace("access_token: a\n", &format!("access_token: {token}\n"));
        let earlier = text.replace("T08", "T07");
        for (text, end) in [
            (text.replace(line, ""), Some(1_800_000_000)),
            (earlier, Some(1_800_000_000 - 3600)),
            (TEXT.replace(line, ""), None),
        ] {
            let mut rows = rows(&text);
            SideNotes::default().complete(&mut rows);
            assert_eq!(first(&rows).life.expires_at, end.and_then(at_seconds), "{text}");
        }
    }

    #[test]
    fn what_the_schema_cannot_hold_is_noted_for_one_grant_only() {
        let mut full = first(&rows(TEXT)).clone();
        let at = |seconds: i64| at_seconds(1_800_000_000 + seconds).expect("in range");
        full.life.obtained_at = Some(at(0));
        full.life.grant_ends_at = Some(at(9));
        full.login.origins = vec!["https://id.test".to_owned()];
        full.account = Some("ana@id.test".to_owned());
        (full.login.issuer, full.login.subject) = (Some("i".to_owned()), Some("s".to_owned()));
        full.last_refresh =
            Some(Box::new(LastRefresh::new(at(0), RefreshResult::Done, full.refresh_token_id())));
        (full.refresh_count, full.auto_refresh) = (7, AutoRefresh::Off);
        full.note = Some("of the team".to_owned());
        let name = full.id.name.clone();
        let put = Change { name, expects: None, edit: Edit::Put(Box::new(full.clone())) };
        let notes = SideNotes::default().after(&rows(TEXT), std::iter::once(&put));
        let text = notes.to_text();
        let read = SideNotes::from_text(&text);
        assert_eq!(read, notes);
        let mut completed = rows(TEXT);
        read.complete(&mut completed);
        assert_eq!(*first(&completed), full);
        assert!(!text.contains("access_token") && !text.contains("refresh_token"), "{text}");

        let mut foreign = rows(&TEXT.replace("refresh_token: r", "refresh_token: another"));
        let noted = Profile { note: full.note.clone(), ..first(&foreign).clone() };
        read.complete(&mut foreign);
        assert_eq!(*first(&foreign), noted, "what a person wrote is of each login");
        assert_eq!(SideNotes::from_text("[odd"), SideNotes::default());
    }

    #[test]
    fn notes_follow_every_change_and_go_with_their_profile() {
        let name = fixtures::profile("demo/ana").id.name;
        let change = |edit| Change { name: name.clone(), expects: None, edit };
        let off = change(Edit::AutoRefresh(AutoRefresh::Off));
        let named = change(Edit::RecordAccount("Ana".to_owned()));
        let notes = SideNotes::default().after(&rows(TEXT), [&off, &named].into_iter());
        let completed = notes.completed(first(&rows(TEXT))).expect("noted");
        assert_eq!((completed.auto_refresh, completed.account.as_deref()), (AutoRefresh::Off, Some("Ana")));
        let gone = notes.after(&rows(TEXT), std::iter::once(&change(Edit::Remove)));
        assert_eq!(gone, SideNotes::default());
    }
}
