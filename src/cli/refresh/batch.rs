//! Batch of refreshes: many profiles, a few at a time, and how each ended.

use std::sync::Arc;
use std::time::Duration;

use color_eyre::eyre::Result;
use futures_util::{StreamExt, stream};
use serde::Serialize;

use crate::cli::exit::{self, Exit};
use crate::cli::output::{JSON_VERSION, say};
use crate::cli::passphrase::{self, Wanted};
use crate::cli::refresh::refresh_and_save;
use crate::cli::runtime::finish_posted;
use crate::domain::change::Snapshot;
use crate::domain::clock::{Now, rfc3339, span};
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::profile::{Profile, RefreshResult};
use crate::domain::provider::catalog::Catalog;
use crate::domain::refreshability::{NotRefreshable, refreshability};
use crate::domain::secret::Fingerprint;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::refresh::{Refreshed, Wish};
use crate::shell::Services;

/// How many more than ask or are ready to may wait for a lock or be saved: what waits is saved together.
const WAITING_LIMIT: usize = 48;

/// Which profiles are refreshed.
#[derive(Debug)]
pub(super) enum Selection {
    Named(Vec<ProfileId>),
    /// Those whose access token ends so soon.
    Due(Duration),
    /// All that can be refreshed.
    All,
}

impl Selection {
    fn holds(&self, profile: &Profile, catalog: &Catalog, now: Now) -> bool {
        let provider = catalog.get(profile.id.name.provider());
        // What only a login helps is meant too, and said.
        let can = match refreshability(profile, provider, now.wall) {
            Ok(_) | Err(NotRefreshable::Example | NotRefreshable::OtherOrigin(_)) => true,
            Err(_) => false,
        };
        match self {
            Self::Named(ids) => ids.contains(&profile.id),
            Self::All => can,
            Self::Due(within) => {
                can && profile.life.expires_at.is_some_and(|end| end - now.wall <= span(*within))
            }
        }
    }

    fn words_for_none(&self) -> &'static str {
        match self {
            Self::Due(_) => "nothing is due.",
            Self::Named(_) | Self::All => "there is no login that can be refreshed.",
        }
    }

    fn wish(&self) -> Wish {
        match self {
            Self::Named(_) => Wish::New,
            Self::Due(within) => Wish::Due { within: *within },
            Self::All => Wish::NewUnlessDead,
        }
    }
}

/// Refreshes what is selected, `jobs` at a time, and says how each ended.
///
/// # Errors
/// When there is no runtime, or the profiles cannot be read.
pub(super) fn run(services: &Arc<Services>, selection: &Selection, jobs: usize) -> Result<BatchReport> {
    let written = StoreId::written();
    let snapshots: Vec<Snapshot> =
        written.map(|store| passphrase::read(services, store, Wanted::All)).collect();
    for snapshot in &snapshots {
        let Err(trouble) = &snapshot.writable else { continue };
        say(&trouble.to_string());
        // The others are refreshed all the same.
        if snapshot.store == StoreId::Own {
            return Err(Exit::Failure.into());
        }
    }
    let (catalog, now) = (services.catalog_now(), services.clock.now());
    // The pair each holds now: what another program refreshes from here on counts as refreshed.
    let all: Vec<(ProfileId, Option<Fingerprint>)> = snapshots
        .iter()
        .filter(|snapshot| snapshot.writable.is_ok())
        .flat_map(Snapshot::profiles)
        .filter(|profile| selection.holds(profile, &catalog, now))
        .map(|profile| (profile.id.clone(), profile.held.fingerprint()))
        .collect();
    let mut report = BatchReport { version: JSON_VERSION, profiles: Vec::new(), is_cut_short: false };
    if all.is_empty() {
        say(selection.words_for_none());
        return Ok(report);
    }
    services.ask_at_once(jobs);
    let wish = selection.wish();
    let each = stream::iter(all).map(|(id, seen)| async move {
        let refreshed = refresh_and_save(services, &id, wish, seen).await;
        (id, refreshed)
    });
    let mut each = std::pin::pin!(each.buffer_unordered(2 * jobs + WAITING_LIMIT));
    let finished = finish_posted(services, async {
        while let Some((id, refreshed)) = each.next().await {
            report.add(&id, refreshed);
        }
    })?;
    report.is_cut_short = finished.is_none();
    report.say_counts();
    // They end in any order.
    report.profiles.sort_by(|one, other| (&one.provider, &one.name).cmp(&(&other.provider, &other.name)));
    Ok(report)
}

/// How one refresh of a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum BatchResult {
    /// New tokens are stored.
    Refreshed,
    /// The stored token will do, or somebody else has just refreshed it.
    Adopted,
    /// Only a login helps.
    NeedsLogin,
    /// It may work later.
    Passing,
    /// Somebody must look at what was said.
    Failed,
}

/// What scripts read. What is not known is null.
#[derive(Debug, Serialize)]
pub(super) struct BatchReport {
    version: u32,
    profiles: Vec<BatchItem>,
    /// Nobody waited for the rest.
    #[serde(skip)]
    is_cut_short: bool,
}

#[derive(Debug, Serialize)]
struct BatchItem {
    provider: String,
    name: String,
    result: BatchResult,
    why: Option<String>,
    expires_at: Option<String>,
    retry_at: Option<String>,
}

impl BatchReport {
    /// Adds how the refresh of `id` ended, and says it where it failed.
    fn add(&mut self, id: &ProfileId, refreshed: Refreshed) {
        let (result, trouble, snapshot) = match refreshed {
            Refreshed::Done(snapshot) => (BatchResult::Refreshed, None, Some(snapshot)),
            Refreshed::Enough(snapshot) => (BatchResult::Adopted, None, Some(snapshot)),
            Refreshed::Unsaved(_, _, trouble) => (BatchResult::Failed, Some(trouble), None),
            Refreshed::Failed(snapshot, trouble) => {
                exit::trouble(&trouble, &id.exact());
                let result = match trouble.kind {
                    FailureKind::NeedsLogin => BatchResult::NeedsLogin,
                    FailureKind::Temporary(_) => BatchResult::Passing,
                    FailureKind::NeedsFix(_) | FailureKind::NothingToDo => BatchResult::Failed,
                };
                (result, Some(trouble), snapshot)
            }
        };
        self.profiles.push(BatchItem::new(id, result, trouble, snapshot.as_ref()));
    }

    fn count(&self, result: BatchResult) -> usize {
        self.profiles.iter().filter(|item| item.result == result).count()
    }

    fn say_counts(&self) {
        let needs_login =
            if self.count(BatchResult::NeedsLogin) == 1 { "needs a login" } else { "need a login" };
        let words = [
            (BatchResult::Refreshed, "refreshed"),
            (BatchResult::Adopted, "refreshed by another program or still good"),
            (BatchResult::NeedsLogin, needs_login),
            (BatchResult::Passing, "failed for now"),
            (BatchResult::Failed, "failed"),
        ];
        let counts = words.map(|(result, word)| (self.count(result), word));
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let words: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
        if !words.is_empty() {
            say(&format!("{}.", words.join(", ")));
        }
        if self.is_cut_short {
            say("ended before every answer came; some profiles may need a new login.");
        }
    }

    /// The number for the whole: what a person must do comes before what may pass.
    pub(super) fn exit(&self) -> Exit {
        if self.is_cut_short {
            return Exit::Failure;
        }
        let ends = [
            (BatchResult::NeedsLogin, Exit::NeedsLogin),
            (BatchResult::Passing, Exit::Temporary),
            (BatchResult::Failed, Exit::Failure),
        ];
        let worst = ends.into_iter().find(|(result, _)| self.count(*result) > 0);
        worst.map_or(Exit::Done, |(_, exit)| exit)
    }
}

impl BatchItem {
    fn new(
        id: &ProfileId,
        result: BatchResult,
        trouble: Option<Trouble>,
        snapshot: Option<&Snapshot>,
    ) -> Self {
        let profile = snapshot.and_then(|snapshot| snapshot.profile(&id.name));
        let last = profile.and_then(Profile::last_refresh_of_this_grant);
        let retry_at = last.and_then(|last| match &last.result {
            RefreshResult::Passing { retry_at, .. } => Some(*retry_at),
            RefreshResult::Refused { retry_at, .. } => *retry_at,
            RefreshResult::Done | RefreshResult::Dead { .. } => None,
        });
        Self {
            provider: id.name.provider().to_owned(),
            name: id.name.name().to_owned(),
            result,
            why: trouble.map(|trouble| trouble.why),
            expires_at: profile.and_then(|profile| profile.life.expires_at).map(rfc3339),
            retry_at: retry_at.map(rfc3339),
        }
    }
}
