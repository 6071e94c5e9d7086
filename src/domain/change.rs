//! Changes of a store, and the snapshot that a store gives of itself.
//!
//! Only a store's file is true. A [`Snapshot`] is what it said when it was last read; a
//! [`Change`] is one edit of one profile, applied under the store's lock to the file as it is
//! then. Nothing ever writes a list of profiles back.

mod snapshot;

use std::fmt;

use crate::domain::clock::{DateTime, Utc};
use crate::domain::name::ProfileName;
use crate::domain::profile::{AutoRefresh, Kind, LastRefresh, LastTest, Profile, RefreshResult};
use crate::domain::secret::Fingerprint;
use crate::domain::tokens::{Expiry, StoredTokens, Tokens};

pub use crate::domain::change::snapshot::{
    BrokenRow, PassphraseNeed, Row, Snapshot, StoreNotice, Unlock, Where,
};
pub use crate::domain::erased::{ErasedProfile, ErasedText};

/// One edit of one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub name: ProfileName,
    /// The pair of tokens the edit was made for: with another pair in the file it is refused
    /// as [`ChangeError`]. Absent: whatever is there.
    pub expects: Option<Fingerprint>,
    pub edit: Edit,
}

impl Change {
    /// The profile as the change leaves it, given the profile as it is now; `None` once it is
    /// removed. A key has nothing but itself, so erasing one removes it.
    ///
    /// # Errors
    /// [`ChangeError`] when the profile is no longer what the change was made for. Refreshed tokens
    /// never bring back what was erased or removed meanwhile.
    pub fn outcome(&self, now: Option<&Profile>) -> Result<Option<Profile>, ChangeError> {
        if let (Edit::Refresh(refreshed), Some(profile)) = (&self.edit, now)
            && profile.held.fingerprint() == Some(refreshed.tokens.fingerprint())
        {
            // It is there already: a save that reported a failure had succeeded after all.
            return Ok(Some(profile.clone()));
        }
        if let (Edit::Add(new), Some(profile)) = (&self.edit, now) {
            let same = profile.kind == new.kind && profile.held.fingerprint() == new.held.fingerprint();
            return if same { Ok(Some((**new).clone())) } else { Err(ChangeError::Taken) };
        }
        if let Edit::Restore(extent, erased) = &self.edit {
            return restored(*extent, &erased.profile, now).map(Some);
        }
        self.meets(now)?;
        let kept = |edit: &dyn Fn(&mut Profile)| {
            let mut profile = now.cloned().ok_or(ChangeError::Gone)?;
            edit(&mut profile);
            Ok(Some(profile))
        };
        match &self.edit {
            Edit::Put(profile) | Edit::Add(profile) => Ok(Some((**profile).clone())),
            Edit::Restore(_, erased) => Ok(Some(erased.profile.clone())),
            Edit::Refresh(refreshed) => kept(&|profile| refreshed.store_in(profile)),
            Edit::RecordRefresh(last) => kept(&|profile| profile.last_refresh = Some(Box::new(last.clone()))),
            Edit::RecordTest(last) => kept(&|profile| profile.last_test = Some(Box::new(last.clone()))),
            Edit::RecordAccount(account) => kept(&|profile| profile.pin_account(account.clone())),
            Edit::RecordEnd(end) => kept(&|profile| profile.life.expires_at = *end),
            Edit::RecordNote(note) => kept(&|profile| profile.note.clone_from(note)),
            Edit::AutoRefresh(automatic) => kept(&|profile| profile.auto_refresh = *automatic),
            Edit::Rename(name) => kept(&|profile| profile.id.name.clone_from(name)),
            Edit::EraseTokens(_) if now.is_some_and(|profile| profile.kind == Kind::ApiKey) => Ok(None),
            Edit::EraseTokens(at) => kept(&|profile| {
                profile.held = StoredTokens::None;
                profile.life = Expiry::default();
                profile.last_refresh = None;
                profile.last_test = None;
                profile.revoked_at = Some(*at);
            }),
            Edit::Remove => now.map(|_| None).ok_or(ChangeError::Gone),
        }
    }

    /// The profile that is to be stored as a whole, where that is the edit.
    #[must_use]
    pub fn profile(&self) -> Option<&Profile> {
        match &self.edit {
            Edit::Put(profile) | Edit::Add(profile) => Some(profile),
            Edit::Refresh(_)
            | Edit::RecordRefresh(_)
            | Edit::RecordTest(_)
            | Edit::RecordAccount(_)
            | Edit::RecordEnd(_)
            | Edit::RecordNote(_)
            | Edit::AutoRefresh(_)
            | Edit::Rename(_)
            | Edit::EraseTokens(_)
            | Edit::Remove
            | Edit::Restore(..) => None,
        }
    }

    /// What the profile is called once the change is made.
    #[must_use]
    pub fn name_after(&self) -> &ProfileName {
        match &self.edit {
            Edit::Rename(name) => name,
            Edit::Put(_)
            | Edit::Add(_)
            | Edit::Refresh(_)
            | Edit::RecordRefresh(_)
            | Edit::RecordTest(_)
            | Edit::RecordAccount(_)
            | Edit::RecordEnd(_)
            | Edit::RecordNote(_)
            | Edit::AutoRefresh(_)
            | Edit::EraseTokens(_)
            | Edit::Remove
            | Edit::Restore(..) => &self.name,
        }
    }

    /// The change that writes down what a test said of the token or key that `profile` holds.
    #[must_use]
    pub fn of_test(profile: &Profile, last: LastTest) -> Self {
        let (name, expects) = (profile.id.name.clone(), profile.held.fingerprint());
        Self { name, expects, edit: Edit::RecordTest(last) }
    }

    /// The same change with what a test said of the token or key that it stores.
    #[must_use]
    pub fn with_test(mut self, last: Option<LastTest>) -> Self {
        if let Edit::Put(profile) | Edit::Add(profile) = &mut self.edit {
            profile.last_test = last.map(Box::new);
        }
        self
    }

    /// The same change with the end of the token or key that it stores, where a test told one.
    #[must_use]
    pub fn with_end(mut self, end: Option<DateTime<Utc>>) -> Self {
        if let (Edit::Put(profile) | Edit::Add(profile), Some(end)) = (&mut self.edit, end) {
            profile.life.expires_at = Some(end);
        }
        self
    }

    fn meets(&self, now: Option<&Profile>) -> Result<(), ChangeError> {
        let held = now.and_then(|profile| profile.held.fingerprint());
        let needs_tokens = self.expects.is_some() || matches!(self.edit, Edit::Refresh(_));
        match (now, held, self.expects) {
            (None, _, _) if needs_tokens => Err(ChangeError::Gone),
            (Some(_), None, _) if needs_tokens => Err(ChangeError::Erased),
            (Some(_), Some(held), Some(expected)) if held != expected => Err(ChangeError::Replaced),
            (None | Some(_), _, _) => Ok(()),
        }
    }
}

/// What `erased` and the profile as it is `now` make: what was stored since stays, and so does all that was
/// not erased.
fn restored(extent: Extent, erased: &Profile, now: Option<&Profile>) -> Result<Profile, ChangeError> {
    match (now, extent) {
        (None, Extent::Profile) => Ok(erased.clone()),
        (None, Extent::Tokens) => Err(ChangeError::Gone),
        // It is there already: a save that reported a failure had succeeded after all.
        (Some(now), _) if now.held.fingerprint() == erased.held.fingerprint() => Ok(now.clone()),
        (Some(now), _) if now.held.tokens().is_some() => Err(ChangeError::Replaced),
        (Some(_), Extent::Profile) => Err(ChangeError::Taken),
        (Some(now), Extent::Tokens) => Ok(Profile {
            held: erased.held.clone(),
            life: erased.life,
            last_refresh: erased.last_refresh.clone(),
            last_test: erased.last_test.clone(),
            revoked_at: erased.revoked_at,
            ..now.clone()
        }),
    }
}

/// How much of a profile is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Its tokens; the profile stays.
    Tokens,
    /// All of it.
    Profile,
}

impl Extent {
    /// The edit that erases so much.
    #[must_use]
    pub fn edit(self, now: DateTime<Utc>) -> Edit {
        match self {
            Self::Tokens => Edit::EraseTokens(now),
            Self::Profile => Edit::Remove,
        }
    }
}

/// What to do to a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Store the profile, new or in place of the old one; what we do not know of it stays.
    Put(Box<Profile>),
    /// Store a new profile; one of that name that holds something else is left as it is.
    Add(Box<Profile>),
    /// Store the tokens of a refresh; everything else of the profile stays.
    Refresh(Box<RefreshedTokens>),
    /// Write down how a refresh ended.
    RecordRefresh(LastRefresh),
    /// Write down what a test said of the token or key.
    RecordTest(LastTest),
    /// Write down whose account it is, as a person said it.
    RecordAccount(String),
    /// Write down when the key or token ends; nothing: no end is known.
    RecordEnd(Option<DateTime<Utc>>),
    /// Write down what a person notes about the profile; nothing: the note goes.
    RecordNote(Option<String>),
    /// Turn the auto-refresh on or off.
    AutoRefresh(AutoRefresh),
    /// Give the profile another name, of the same provider, that no other entry of its store has.
    Rename(ProfileName),
    /// Erase the tokens and keep the profile, signed out since the given time.
    EraseTokens(DateTime<Utc>),
    Remove,
    /// Put back what was erased, of which so much was; tokens that were stored since are left as they are.
    Restore(Extent, Box<ErasedProfile>),
}

/// What signing out on this machine left, and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOut {
    pub snapshot: Snapshot,
    /// The profile as it was at that very moment, and how much of it is gone; absent where it cannot be put
    /// back.
    pub erased: Option<(Extent, Box<ErasedProfile>)>,
}

/// The tokens that came with a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshedTokens {
    /// The new tokens; the refresh token is the old one where the reply had none.
    pub tokens: Tokens,
    pub life: Expiry,
    /// The scopes, where the reply named them.
    pub scopes: Option<Vec<String>>,
    /// When and how: a refusal where a new refresh token came without an access token.
    pub record: LastRefresh,
    /// The servers that the provider file named, for a profile that knows of none.
    pub origins: Vec<String>,
}

impl RefreshedTokens {
    /// What `profile` holds, as if it came with a refresh; nothing where it holds no tokens.
    #[must_use]
    pub fn from_profile(profile: &Profile) -> Option<Self> {
        let record = profile.last_refresh_of_this_grant().cloned();
        let at = profile.life.obtained_at.unwrap_or_default();
        let done = || LastRefresh::new(at, RefreshResult::Done, profile.refresh_token_id());
        Some(Self {
            tokens: profile.held.tokens()?.clone(),
            life: profile.life,
            scopes: Some(profile.scopes.to_vec()),
            record: record.unwrap_or_else(done),
            origins: profile.login.origins.clone(),
        })
    }

    fn store_in(&self, profile: &mut Profile) {
        profile.held = StoredTokens::Present(self.tokens.clone());
        profile.life = self.life;
        profile.last_refresh = Some(Box::new(self.record.clone()));
        profile.last_test = None;
        profile.refresh_count = profile.refresh_count.saturating_add(1);
        if let Some(scopes) = &self.scopes {
            profile.scopes = scopes.as_slice().into();
        }
        if profile.login.origins.is_empty() {
            profile.login.origins.clone_from(&self.origins);
        }
    }
}

/// Why a change was not applied though the file is fine: the profile is no longer what the
/// change was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeError {
    Gone,
    /// Its tokens were erased.
    Erased,
    /// It has other tokens.
    Replaced,
    /// It was to be new, and one of that name is there.
    Taken,
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gone => "the profile was deleted meanwhile",
            Self::Erased => "the tokens were erased meanwhile",
            Self::Replaced => "other tokens were stored meanwhile",
            Self::Taken => "there is already a profile with that name",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::at_seconds;
    use crate::domain::fixtures::empty_profile;

    use crate::domain::profile::RefreshResult;
    use crate::domain::secret::Secret;

    fn tokens(access: &str) -> Tokens {
        Tokens { access: Secret::new(access), refresh: Some(Secret::new("refresh")) }
    }

    fn profile(access: Option<&str>) -> Profile {
        let mut profile = empty_profile("demo/ana", Kind::OAuth);
        profile.held = access.map_or(StoredTokens::None, |access| StoredTokens::Present(tokens(access)));
        profile.account = Some("ana@acme.dev".into());
        profile.refresh_count = 6;
        profile
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        at_seconds(seconds).expect("in range")
    }

    fn record() -> LastRefresh {
        LastRefresh::new(at(9), RefreshResult::Done, None)
    }

    fn refresh() -> Edit {
        let life = Expiry { expires_at: Some(at(99)), ..Expiry::default() };
        let scopes = Some(vec!["a".to_owned()]);
        Edit::Refresh(Box::new(RefreshedTokens {
            tokens: tokens("new"),
            life,
            scopes,
            record: record(),
            origins: Vec::new(),
        }))
    }

    fn change(expects: Option<&str>, edit: Edit) -> Change {
        let name = ProfileName::parse("demo/ana").expect("a name");
        Change { name, expects: expects.map(|access| tokens(access).fingerprint()), edit }
    }

    #[test]
    fn a_change_that_came_too_late_says_what_moved() {
        for (expects, edit, now, moved) in [
            (Some("old"), refresh(), Some(profile(Some("old"))), None),
            (Some("old"), refresh(), Some(profile(Some("other"))), Some(ChangeError::Replaced)),
            (Some("old"), refresh(), Some(profile(None)), Some(ChangeError::Erased)),
            (Some("old"), refresh(), None, Some(ChangeError::Gone)),
            (None, refresh(), Some(profile(None)), Some(ChangeError::Erased)),
            (None, refresh(), None, Some(ChangeError::Gone)),
            (None, Edit::Put(Box::new(profile(None))), None, None),
            (Some("old"), Edit::Put(Box::new(profile(None))), None, Some(ChangeError::Gone)),
            (
                Some("old"),
                Edit::RecordRefresh(record()),
                Some(profile(Some("new"))),
                Some(ChangeError::Replaced),
            ),
            (None, Edit::RecordRefresh(record()), None, Some(ChangeError::Gone)),
            (None, Edit::EraseTokens(at(1)), None, Some(ChangeError::Gone)),
            (None, Edit::Remove, None, Some(ChangeError::Gone)),
            (Some("old"), Edit::Remove, Some(profile(Some("new"))), Some(ChangeError::Replaced)),
            (None, Edit::Remove, Some(profile(None)), None),
        ] {
            let change = change(expects, edit);
            assert_eq!(change.outcome(now.as_ref()).err(), moved, "{change:?} {now:?}");
        }
    }

    #[test]
    fn a_refresh_counts_and_clears_nothing_else() {
        let before = profile(Some("old"));
        let after = change(Some("old"), refresh()).outcome(Some(&before));
        let expected = Profile {
            held: StoredTokens::Present(tokens("new")),
            life: Expiry { expires_at: Some(at(99)), ..Expiry::default() },
            scopes: ["a".into()].into(),
            last_refresh: Some(Box::new(record())),
            refresh_count: 7,
            ..before
        };
        assert_eq!(after, Ok(Some(expected)));
    }

    #[test]
    fn forgetting_keeps_the_profile_and_removes_a_key() {
        let mut before = profile(Some("old"));
        before.last_refresh = Some(Box::new(record()));
        let after = change(None, Edit::EraseTokens(at(5))).outcome(Some(&before));
        assert_eq!(after, Ok(Some(Profile { revoked_at: Some(at(5)), ..profile(None) })));
        before.kind = Kind::ApiKey;
        assert_eq!(change(None, Edit::EraseTokens(at(5))).outcome(Some(&before)), Ok(None));
    }

    #[test]
    fn what_was_erased_comes_back_only_where_nothing_else_was_stored() {
        let erased = Profile {
            life: Expiry { expires_at: Some(at(99)), ..Expiry::default() },
            last_refresh: Some(Box::new(record())),
            ..profile(Some("old"))
        };
        let signed_out = Profile { revoked_at: Some(at(5)), auto_refresh: AutoRefresh::Off, ..profile(None) };
        let back = Profile { auto_refresh: AutoRefresh::Off, ..erased.clone() };
        for (extent, now, outcome) in [
            (Extent::Tokens, Some(signed_out.clone()), Ok(Some(back))),
            (Extent::Tokens, Some(profile(Some("new"))), Err(ChangeError::Replaced)),
            (Extent::Tokens, Some(erased.clone()), Ok(Some(erased.clone()))),
            (Extent::Tokens, None, Err(ChangeError::Gone)),
            (Extent::Profile, None, Ok(Some(erased.clone()))),
            (Extent::Profile, Some(erased.clone()), Ok(Some(erased.clone()))),
            (Extent::Profile, Some(profile(Some("new"))), Err(ChangeError::Replaced)),
            (Extent::Profile, Some(signed_out), Err(ChangeError::Taken)),
        ] {
            let restore = change(None, Edit::Restore(extent, Box::new(erased.clone().into())));
            assert_eq!(restore.outcome(now.as_ref()), outcome, "{extent:?} {now:?}");
        }
    }

    #[test]
    fn a_new_profile_never_takes_the_place_of_another() {
        let new = Box::new(profile(Some("new")));
        let add = change(None, Edit::Add(new.clone()));
        for (there, outcome) in [
            (None, Ok(Some(*new.clone()))),
            (Some(profile(Some("new"))), Ok(Some(*new.clone()))),
            (Some(profile(Some("old"))), Err(ChangeError::Taken)),
            (Some(profile(None)), Err(ChangeError::Taken)),
            (Some(Profile { kind: Kind::ApiKey, ..profile(Some("new")) }), Err(ChangeError::Taken)),
        ] {
            assert_eq!(add.outcome(there.as_ref()), outcome, "{there:?}");
        }
    }
}
