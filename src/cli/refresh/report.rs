//! How each of many refreshes ended, for scripts.

use color_eyre::eyre::Result;
use serde::Serialize;

use crate::cli::list;
use crate::domain::clock::rfc3339;
use crate::domain::name::ProfileId;
use crate::domain::profile::{Profile, RefreshResult};
use crate::domain::trouble::Trouble;

/// How one refresh ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ended {
    /// New tokens are stored.
    Renewed,
    /// The stored token will do, or somebody else has just renewed it.
    Adopted,
    /// Only a login helps.
    NeedsLogin,
    /// It may work later.
    Passing,
    /// Somebody must look at what was said.
    Failed,
}

/// What scripts read. What is not known is null.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    version: u32,
    profiles: Vec<Item>,
}

#[derive(Debug, Serialize)]
struct Item {
    provider: String,
    name: String,
    result: Ended,
    why: Option<String>,
    expires_at: Option<String>,
    retry_at: Option<String>,
}

impl Report {
    /// An empty one.
    pub(super) fn new() -> Self {
        Self { version: 1, profiles: Vec::new() }
    }

    /// Adds how the refresh of `id` ended; `profile` is what is stored since, where that is known.
    pub(super) fn add(
        &mut self,
        id: &ProfileId,
        result: Ended,
        trouble: Option<&Trouble>,
        profile: Option<&Profile>,
    ) {
        let retry_at =
            profile.and_then(Profile::last_refresh_of_this_grant).and_then(|last| match &last.result {
                RefreshResult::Passing { retry_at, .. } => Some(*retry_at),
                RefreshResult::Refused { retry_at, .. } => *retry_at,
                RefreshResult::Done | RefreshResult::Dead { .. } => None,
            });
        self.profiles.push(Item {
            provider: id.name.provider().to_owned(),
            name: id.name.name().to_owned(),
            result,
            why: trouble.map(|trouble| trouble.why.clone()),
            expires_at: profile.and_then(|profile| profile.life.expires_at).map(rfc3339),
            retry_at: retry_at.map(rfc3339),
        });
    }

    /// As one line of JSON, by name: they end in any order.
    pub(super) fn json(mut self) -> Result<String> {
        self.profiles.sort_by(|one, other| (&one.provider, &one.name).cmp(&(&other.provider, &other.name)));
        Ok(list::escaped(&serde_json::to_string(&self)?) + "\n")
    }
}
