//! Snapshot: what a store said when it was last read.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::domain::name::{ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::store_presence::StorePresence;
use crate::domain::trouble::Trouble;

/// What a store said when it was last read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub store: StoreId,
    /// The path or address, as shown to people.
    pub place: String,
    pub presence: StorePresence,
    /// The profiles, in the order of the file; shared with whoever else was told of them.
    pub rows: Arc<[Row]>,
    /// Whether it may be written, or why not.
    pub writable: Result<(), Trouble>,
    /// What a person should know about the rights of the file though nothing failed.
    pub notices: Vec<StoreNotice>,
    /// The passphrase without which it tells and takes no secrets, where it waits for one.
    pub passphrase: Option<PassphraseNeed>,
    /// Of two of one store in one program the one with the lesser number may be older, and the other
    /// is not; zero where nobody counts.
    pub number: u64,
}

/// What a store asks of a person before its secrets can be read or kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassphraseNeed {
    /// The passphrase that it was made with.
    Known,
    /// A new one, for what will be kept there.
    New,
}

/// What a person should know about the rights of a store's file; paths are as shown to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreNotice {
    /// Other users can read the file.
    Readable(String),
    /// Other users can write to its folder.
    SharedFolder(String),
    /// Other users could read the file until it was saved.
    WasReadable(String),
    /// Something else, in words.
    Told(String),
}

impl StoreNotice {
    /// Whether something is left to mend.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self {
            Self::Readable(_) | Self::SharedFolder(_) => true,
            Self::WasReadable(_) | Self::Told(_) => false,
        }
    }
}

impl fmt::Display for StoreNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Readable(path) => write!(f, "other users can read {path}"),
            Self::SharedFolder(path) => write!(f, "other users can write to the folder {path}"),
            Self::Told(words) => f.write_str(words),
            Self::WasReadable(path) => write!(f, "other users could read {path}; it is private now"),
        }
    }
}

/// One entry of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    Profile(Arc<Profile>),
    /// An entry that cannot be understood; it is shown and never written. Boxed, since it is rare.
    Broken(Box<BrokenRow>),
}

/// An entry that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenRow {
    /// What it seems to be called: `provider/name`, made safe to show.
    pub name: String,
    pub at: Where,
    /// What is wrong with it.
    pub why: String,
}

impl Row {
    /// The row of an entry that cannot be understood.
    #[must_use]
    pub fn broken(name: impl Into<String>, at: Where, why: impl Into<String>) -> Self {
        Self::Broken(Box::new(BrokenRow { name: name.into(), at, why: why.into() }))
    }
}

/// Where an entry stands that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where {
    /// It begins on that line of the file, counted from 1.
    Line(u32),
    /// It is the file of that name in the store's folder.
    File(String),
    /// It is the value of an environment variable that this provider's file names.
    Variable {
        /// The provider's name.
        provider: String,
        /// The variable's name.
        name: String,
    },
    /// It is the row of that name, from a file of another program.
    Borrowed {
        /// The program's title.
        program: String,
        /// The file, as shown to people.
        file: String,
        /// The name of the row.
        row: String,
    },
    /// Its secrets lie in a vault that does not tell them.
    Vault {
        /// The profile's name.
        name: String,
        /// What makes it tell them.
        unlock: Unlock,
    },
}

impl Where {
    /// What unlocks its vault, if it lies in one.
    #[must_use]
    pub fn unlock(&self) -> Option<Unlock> {
        match self {
            Self::Vault { unlock, .. } => Some(*unlock),
            Self::Line(_) | Self::File(_) | Self::Variable { .. } | Self::Borrowed { .. } => None,
        }
    }
}

/// What makes a vault tell its secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unlock {
    /// The passphrase of the encrypted file.
    Passphrase,
    /// Another look, at which the keyring may ask its person.
    Look,
}

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::File(name) => write!(f, "the file {name}"),
            Self::Variable { name, .. } => write!(f, "the variable {name}"),
            Self::Borrowed { file, .. } => f.write_str(file),
            Self::Vault { .. } => f.write_str("the keyring"),
        }
    }
}

impl Snapshot {
    /// A store that holds nothing, and nobody counts.
    #[must_use]
    pub fn empty(store: StoreId) -> Self {
        let (place, rows, notices) = (String::new(), Arc::default(), Vec::new());
        let presence = StorePresence::default();
        Self { store, place, presence, rows, writable: Ok(()), notices, passphrase: None, number: 0 }
    }

    /// Whether it has a file or folder, also one that cannot be read.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.presence != StorePresence::Absent || !self.rows.is_empty() || self.writable.is_err()
    }

    /// What is wrong with it, in a word or two; nothing where it may be written.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        match (self.presence, &self.writable) {
            (StorePresence::Locked, _) => Some("locked"),
            (StorePresence::Silent, _) => Some("does not answer"),
            (StorePresence::Absent | StorePresence::There, Ok(())) => None,
            (StorePresence::Absent | StorePresence::There, Err(_)) if self.rows.is_empty() => {
                Some("unreadable")
            }
            (StorePresence::Absent | StorePresence::There, Err(_)) => Some("read-only"),
        }
    }

    /// The profile of that name, if it is there and can be understood.
    #[must_use]
    pub fn profile(&self, name: &ProfileName) -> Option<&Profile> {
        self.profiles().find(|profile| profile.id.name == *name)
    }

    /// The profiles by their names, for whoever looks for many; of two of one name the first, as
    /// [`profile`](Self::profile) finds it.
    #[must_use]
    pub fn by_name(&self) -> BTreeMap<&ProfileName, &Profile> {
        self.profiles().rev().map(|profile| (&profile.id.name, profile)).collect()
    }

    /// Whether an entry bears that name, also one that cannot be understood: what is not
    /// understood is not written either.
    #[must_use]
    pub fn is_taken(&self, name: &ProfileName) -> bool {
        let text = name.exact();
        self.rows.iter().any(|row| match row {
            Row::Profile(profile) => profile.id.name == *name,
            Row::Broken(broken) => broken.name == text,
        })
    }

    /// A name beside `name` that nobody bears: `work-2`.
    #[must_use]
    pub fn free_name(&self, name: &ProfileName) -> Option<ProfileName> {
        let beside = |number| ProfileName::new(name.provider(), &format!("{}-{number}", name.name())).ok();
        (2..100).filter_map(beside).find(|name| !self.is_taken(name))
    }

    /// The other profiles that hold tokens of the grant of `profile`.
    pub fn twins<'a>(&'a self, profile: &'a Profile) -> impl Iterator<Item = &'a Profile> {
        self.profiles().filter(|twin| twin.id != profile.id && twin.shares_grant(profile))
    }

    /// The profiles that can be understood.
    pub fn profiles(&self) -> impl DoubleEndedIterator<Item = &Profile> {
        self.rows.iter().filter_map(|row| match row {
            Row::Profile(profile) => Some(&**profile),
            Row::Broken(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::empty_profile;
    use crate::domain::profile::Kind;

    #[test]
    fn a_name_is_taken_by_an_entry_that_cannot_be_understood_too() {
        let name = |text: &str| ProfileName::new("acme", text).expect("a name");
        let row = |text: &str| Row::Profile(Arc::new(empty_profile(&format!("acme/{text}"), Kind::OAuth)));
        let broken = Row::broken("acme/work-3", Where::Line(1), "");
        let there =
            Snapshot { rows: [row("work"), row("work-2"), broken].into(), ..Snapshot::empty(StoreId::Own) };
        assert_eq!(there.free_name(&name("work")), Some(name("work-4")));
        assert_eq!(there.free_name(&name("home")), Some(name("home-2")));
    }
}
