//! What may be done to a store, and what a store says of itself.
//!
//! Only a store's file is true. A [`Snapshot`] is what it said when it was last read; a
//! [`Change`] is one edit of one profile, applied under the store's lock to the file as it is
//! then. Nothing ever writes a list of profiles back.

use crate::domain::clock::{DateTime, Utc};
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::profile::{LastRefresh, Profile};
use crate::domain::secret::Fingerprint;
use crate::domain::tokens::{Life, Tokens};
use crate::domain::trouble::Trouble;

/// One edit of one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which profile.
    pub name: ProfileName,
    /// The pair of tokens the edit was made for: with another pair in the file it is refused
    /// as [`Moved`]. Absent: whatever is there.
    pub expects: Option<Fingerprint>,
    /// What to do.
    pub edit: Edit,
}

/// What to do to a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Store the profile, new or in place of the old one; what we do not know of it stays.
    Keep(Box<Profile>),
    /// Store refreshed tokens; everything else of the profile stays.
    Refresh(Box<Renewal>),
    /// Write down how a refresh ended.
    Record(LastRefresh),
    /// Erase the tokens and keep the profile, `revoked here` since the given time.
    Forget(DateTime<Utc>),
    /// Remove the profile.
    Remove,
}

/// What a refresh brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// The new tokens; the refresh token is the old one where the reply had none.
    pub tokens: Tokens,
    /// Both clocks.
    pub life: Life,
    /// The scopes, where the reply named them.
    pub scopes: Option<Vec<String>>,
    /// When and how: always `Done`.
    pub record: LastRefresh,
}

/// What a store said when it was last read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Which store.
    pub store: StoreId,
    /// The path or address, as shown to people.
    pub place: String,
    /// The profiles, in the order of the file.
    pub rows: Vec<Row>,
    /// Whether it may be written, or why not.
    pub writable: Result<(), Trouble>,
    /// What a person should know about the file though nothing failed, e.g. that its
    /// permissions were tightened.
    pub notices: Vec<String>,
}

/// One entry of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A profile.
    Profile(Box<Profile>),
    /// An entry that cannot be understood; it is shown and never written.
    Broken {
        /// What it seems to be called: `provider/name`, made safe to show.
        name: String,
        /// Where it begins, counted from 1.
        line: u32,
        /// What is wrong with it.
        why: String,
    },
}

impl Snapshot {
    /// The profile of that name, if it is there and can be understood.
    #[must_use]
    pub fn profile(&self, name: &ProfileName) -> Option<&Profile> {
        self.profiles().find(|profile| profile.id.name == *name)
    }

    /// The profiles that can be understood.
    pub fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.rows.iter().filter_map(|row| match row {
            Row::Profile(profile) => Some(&**profile),
            Row::Broken { .. } => None,
        })
    }
}

/// Why a change was not applied though the file is fine: the profile is no longer what the
/// change was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It was removed.
    Gone,
    /// Its tokens were erased.
    Forgotten,
    /// It has other tokens.
    Replaced,
}

impl std::fmt::Display for Moved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Gone => "the profile was removed meanwhile",
            Self::Forgotten => "the tokens were erased meanwhile",
            Self::Replaced => "other tokens were stored meanwhile",
        })
    }
}
