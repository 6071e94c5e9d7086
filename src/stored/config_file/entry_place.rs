//! Place of an entry in the config file, and how it is written there.

use std::sync::Arc;

use crate::domain::name::ProfileName;
use crate::stored::yaml_path::{PathStep, joined};

/// Where an entry is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EntryPlace {
    /// The path of its provider.
    pub(super) provider: ProviderPath,
    pub(super) kind: EntryKind,
    /// Its place in the list of its kind, counted from 0; absent: it is no item of a list.
    pub(super) nth: Option<u32>,
}

/// The path of a provider, which all of its entries share.
pub(super) type ProviderPath = Arc<Vec<PathStep>>;

impl EntryPlace {
    pub(super) fn path(&self) -> Vec<PathStep> {
        let field = self.kind.field().map(PathStep::key);
        let nth = self.nth.and_then(|nth| usize::try_from(nth).ok()).map(PathStep::Nth);
        self.provider.iter().cloned().chain(field).chain(nth).collect()
    }

    /// The path of `field`, which stands beside a key that is written as a text.
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
    pub(super) fn field(self) -> Option<&'static str> {
        match self {
            Self::Login => Some("oauth_credentials"),
            Self::FlatLogin => None,
            Self::NamedKey => Some("keys"),
            Self::Key => Some("api_key"),
            Self::NthKey => Some("api_keys"),
        }
    }

    pub(super) fn of_field(field: &str) -> Option<Self> {
        [Self::Login, Self::NamedKey, Self::Key, Self::NthKey]
            .into_iter()
            .find(|kind| kind.field() == Some(field))
    }
}
