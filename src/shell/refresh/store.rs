//! Storing of new tokens after a refresh: in the place of the tokens it was sent for, and in the other
//! profiles of the store that hold the same grant. What cannot be stored there is rescued.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::change::{Change, ChangeError, Edit, RefreshedTokens, Snapshot};
use crate::domain::event::GrantEvent;
use crate::domain::name::ProfileId;
use crate::domain::profile::{LastRefresh, Profile, RefreshResult};
use crate::domain::secret::Fingerprint;
use crate::domain::tokens::RefreshTokenId;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::oauth::refresh::Refreshed;
use crate::shell::Services;
use crate::shell::refresh::trouble::{dropped, failed};
use crate::shell::refresh::{LockedGrant, RefreshJob, rescue, successor};
use crate::shell::store_files::ApplyError;

/// Tries once more to store the new tokens for the pair `expects`, which the profile `id` held,
/// and gives it to its twins.
///
/// # Errors
/// [`ApplyError`] when the profile has moved on or the file cannot be written.
pub async fn save_again(
    services: &Arc<Services>,
    id: &ProfileId,
    expects: Fingerprint,
    refreshed: Box<RefreshedTokens>,
) -> Result<Snapshot, ApplyError> {
    let before = services.read(id.store).await;
    let older = before.profile(&id.name).filter(|profile| profile.held.fingerprint() == Some(expects));
    let older = older.cloned();
    drop(before);
    let change =
        Change { name: id.name.clone(), expects: Some(expects), edit: Edit::Refresh(refreshed.clone()) };
    let saved = services.apply(id.store, change).await?;
    let Some(older) = older else { return Ok(saved) };
    let saved = give_to_twins(services, &older, saved, &refreshed).await;
    // The log may still name the place where they were rescued.
    if let (Some(grant), Some(next)) =
        (older.refresh_token_id(), saved.profile(&id.name).and_then(Profile::refresh_token_id))
        && grant != next
    {
        services.tell(id, GrantEvent::Adopted { grant, next }).await;
    }
    Ok(saved)
}

impl LockedGrant<'_> {
    /// Stores the new tokens.
    pub(super) async fn save(&self, refreshed: Box<RefreshedTokens>) -> Refreshed {
        let next = self.token_id_after(&refreshed);
        match self.put(&refreshed).await {
            Ok(snapshot) => {
                let snapshot = give_to_twins(self.job.services, &self.profile, snapshot, &refreshed).await;
                let stored = snapshot.profile(&self.job.id.name);
                let generation = stored.map_or(0, |profile| profile.refresh_count);
                self.tell(GrantEvent::Refreshed { grant: self.token_id.clone(), next, generation }).await;
                Refreshed::Done(snapshot)
            }
            Err(ApplyError::Moved(moved)) => self.give_to_others(moved, &refreshed).await,
            Err(ApplyError::Trouble(trouble)) => {
                let trouble = self.save_elsewhere(&refreshed, trouble).await;
                Refreshed::Unsaved(refreshed, self.expects, trouble)
            }
        }
    }

    /// Stores a new refresh token that came without an access token of use, and says so.
    pub(super) async fn save_without_access_token(&self, refreshed: Box<RefreshedTokens>) -> Refreshed {
        let (record, grant) = (refreshed.record.clone(), self.token_id_after(&refreshed));
        match self.save(refreshed).await {
            Refreshed::Done(snapshot) => {
                let trouble = self.failed(&record);
                self.tell(GrantEvent::RefreshFailed { grant, is_dead: false, why: trouble.why.clone() })
                    .await;
                Refreshed::Failed(Some(snapshot), Trouble { stored: Stored::Rotated, ..trouble })
            }
            saved @ (Refreshed::Enough(_) | Refreshed::Failed(..) | Refreshed::Unsaved(..)) => saved,
        }
    }

    /// Stores how it failed. A dead grant is read once more before it is believed: somebody else may
    /// have stored a newer one a moment ago.
    pub(super) async fn save_failure(&self, last: LastRefresh) -> Refreshed {
        let trouble = self.failed(&last);
        let is_dead = matches!(last.result, RefreshResult::Dead { .. });
        self.tell(GrantEvent::RefreshFailed {
            grant: self.token_id.clone(),
            is_dead,
            why: trouble.why.clone(),
        })
        .await;
        match self.apply(Edit::RecordRefresh(last)).await {
            Ok(snapshot) => Refreshed::Failed(Some(snapshot), trouble),
            Err(ApplyError::Moved(_)) => {
                let (snapshot, now) = self.read_again().await;
                if now.is_some_and(|now| now.held.fingerprint().is_some()) {
                    Refreshed::Enough(snapshot)
                } else {
                    Refreshed::Failed(Some(snapshot), trouble)
                }
            }
            // The failure itself is what the person must hear of; that it could not be written
            // down changes nothing about the tokens.
            Err(ApplyError::Trouble(_)) => Refreshed::Failed(None, trouble),
        }
    }

    /// Stores the tokens that somebody else got for this grant.
    pub(super) async fn adopt(&self, refreshed: Box<RefreshedTokens>) -> Refreshed {
        let next = self.token_id_after(&refreshed);
        match self.apply(Edit::Refresh(refreshed)).await {
            Ok(snapshot) => {
                self.tell(GrantEvent::Adopted { grant: self.token_id.clone(), next }).await;
                Refreshed::Enough(snapshot)
            }
            Err(ApplyError::Moved(moved)) => {
                let (snapshot, _) = self.read_again().await;
                let trouble = Trouble::untouched(self.job.what, moved.to_string(), FailureKind::NothingToDo);
                Refreshed::Failed(Some(snapshot), trouble)
            }
            Err(ApplyError::Trouble(trouble)) => Refreshed::Failed(None, trouble),
        }
    }

    /// Puts the new tokens in the place of those they were sent for, or of an older pair of the same
    /// grant that an editor has put there meanwhile.
    async fn put(&self, refreshed: &RefreshedTokens) -> Result<Snapshot, ApplyError> {
        let mut change = self.change(Edit::Refresh(Box::new(refreshed.clone())));
        loop {
            let put = self.job.services.apply(self.job.id.store, change.clone()).await;
            let Err(ApplyError::Moved(ChangeError::Replaced)) = put else { return put };
            let (_, now) = self.read_again().await;
            let Some(now) = now else { return put };
            let pair = now.held.fingerprint();
            if pair == change.expects || !successor::leads_to(self.job.services, &now, &self.token_id).await {
                return put;
            }
            change.expects = pair;
        }
    }

    /// What was erased, removed or replaced meanwhile does not come back. Its twins get the tokens all the
    /// same, and whoever else holds the old one learns that it is spent.
    async fn give_to_others(&self, moved: ChangeError, refreshed: &RefreshedTokens) -> Refreshed {
        let Self { job, profile: older, token_id: grant, .. } = self;
        let next = self.token_id_after(refreshed);
        let (before, _) = self.read_again().await;
        let snapshot = give_to_twins(job.services, older, before, refreshed).await;
        let others = || snapshot.profiles().filter(|twin| is_beside(twin, job.id));
        let without = others().find(|twin| twin.refresh_token() == older.refresh_token());
        let rescued = match without {
            Some(twin) => self.rescue(twin, refreshed).await,
            None => None,
        };
        let store = rescued.as_deref().unwrap_or_else(|| job.services.place(job.id.store));
        // Whoever looks for them without this line asks with the old token, and is refused.
        drop(self.note_unsaved(&moved.to_string(), store, refreshed).await);
        let holders =
            others().filter(|twin| next != *grant && twin.refresh_token_id().as_ref() == Some(&next));
        let holders: Vec<String> = holders.map(|twin| twin.id.name.to_string()).collect();
        Refreshed::Failed(Some(snapshot), dropped(job.what, moved, &holders.join(", ")))
    }

    /// Writes down that the new tokens are not saved, and where they are instead. The old one must
    /// not be sent again if it is spent.
    async fn save_elsewhere(&self, refreshed: &RefreshedTokens, trouble: Trouble) -> Trouble {
        let store = self.job.services.place(self.job.id.store);
        if trouble.stored == Stored::Unsynced {
            drop(self.note_refreshed(store, refreshed).await);
            return trouble;
        }
        let rescued = self.rescue(&self.profile, refreshed).await;
        let store = rescued.as_deref().unwrap_or(store);
        let is_noted = self.note_unsaved(&trouble.why, store, refreshed).await.is_ok()
            || self.note_unsaved(&trouble.why, store, refreshed).await.is_ok();
        let is_rotated = self.token_id_after(refreshed) != self.token_id;
        match rescued {
            Some(_) if is_noted && is_rotated => Trouble { stored: Stored::Rescued, ..trouble },
            Some(_) | None => trouble.of_new_tokens(),
        }
    }

    /// Keeps what came for `profile` in a file of its own, and says where.
    async fn rescue(&self, profile: &Profile, refreshed: &RefreshedTokens) -> Option<PathBuf> {
        let services = self.job.services;
        let place = rescue::place(&services.paths.state, services.place(self.job.id.store));
        let (at, profile, refreshed) = (place.clone(), profile.clone(), refreshed.clone());
        let keeping = move || rescue::keep(&at, &profile, refreshed);
        tokio::task::spawn_blocking(keeping).await.is_ok_and(|kept| kept.is_ok()).then_some(place)
    }

    /// Writes into the event log why the new tokens are not saved, and that they lie in the file at `store`.
    /// Both go in one write: if it fails, the log has a refresh without an end, and the next one looks for the
    /// tokens among the rescued ones.
    async fn note_unsaved(
        &self,
        why: &str,
        store: &Path,
        refreshed: &RefreshedTokens,
    ) -> std::io::Result<()> {
        let RefreshJob { services, id, .. } = self.job;
        let not_saved = GrantEvent::NotSaved { grant: self.token_id.clone(), why: why.to_owned() };
        let not_saved = (services.place(id.store), id, not_saved);
        // A server that gave no new refresh token spent none: nobody has to find what it gave.
        let is_rotated = self.token_id_after(refreshed) != self.token_id;
        let refreshed = is_rotated.then(|| (store, id, self.refreshed_event(refreshed)));
        services.note_each(std::iter::once(not_saved).chain(refreshed)).await
    }

    /// Writes into the event log that the new tokens lie in the file at `store`.
    async fn note_refreshed(&self, store: &Path, refreshed: &RefreshedTokens) -> std::io::Result<()> {
        self.job.services.note_in(store, self.job.id, self.refreshed_event(refreshed)).await
    }

    fn refreshed_event(&self, refreshed: &RefreshedTokens) -> GrantEvent {
        let (grant, next) = (self.token_id.clone(), self.token_id_after(refreshed));
        GrantEvent::Refreshed { grant, next, generation: self.profile.refresh_count.saturating_add(1) }
    }

    /// What the event log calls the grant once `refreshed` is stored.
    fn token_id_after(&self, refreshed: &RefreshedTokens) -> RefreshTokenId {
        refreshed.record.grant.clone().unwrap_or_else(|| self.token_id.clone())
    }

    fn failed(&self, last: &LastRefresh) -> Trouble {
        failed(last, &self.provider.title, self.job.what, last.at)
    }

    fn change(&self, edit: Edit) -> Change {
        Change { name: self.job.id.name.clone(), expects: Some(self.expects), edit }
    }

    async fn apply(&self, edit: Edit) -> Result<Snapshot, ApplyError> {
        self.job.services.apply(self.job.id.store, self.change(edit)).await
    }

    /// The store as it is now, and what it holds of the profile.
    async fn read_again(&self) -> (Snapshot, Option<Profile>) {
        let snapshot = self.job.services.read(self.job.id.store).await;
        let profile = snapshot.profile(&self.job.id.name).cloned();
        (snapshot, profile)
    }
}

/// Whether `twin` is another profile of the same provider.
fn is_beside(twin: &Profile, id: &ProfileId) -> bool {
    twin.id != *id && twin.id.name.provider() == id.name.provider()
}

/// Gives the new tokens to the other profiles of the store of `older` that hold the same grant.
async fn give_to_twins(
    services: &Services,
    older: &Profile,
    mut snapshot: Snapshot,
    refreshed: &RefreshedTokens,
) -> Snapshot {
    let (id, old) = (&older.id, older.refresh_token());
    let twins: Vec<Change> = snapshot
        .profiles()
        .filter(|twin| is_beside(twin, id) && twin.refresh_token() == old)
        .map(|twin| Change {
            name: twin.id.name.clone(),
            expects: twin.held.fingerprint(),
            edit: Edit::Refresh(Box::new(refreshed.clone())),
        })
        .collect();
    for change in twins {
        // One that has moved on, or cannot be written, finds its successor by the log.
        if let Ok(after) = services.apply(id.store, change).await {
            snapshot = after;
        }
    }
    snapshot
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::at_seconds;
    use crate::domain::event::{self, GrantHistory};
    use crate::domain::fixtures::empty_profile;
    use crate::domain::name::StoreId;
    use crate::domain::profile::{Kind, LastRefresh, RefreshResult};
    use crate::domain::provider::Rotation;
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{Expiry, StoredTokens, Tokens};
    use crate::shell::paths::Paths;
    use crate::shell::refresh::rescue;
    use crate::shell::refresh::successor::Succession;

    fn tokens(of: &str) -> Tokens {
        Tokens { access: Secret::new(of), refresh: Some(Secret::new(format!("{of}-refresh"))) }
    }

    fn holder(name: &str) -> Profile {
        let held = StoredTokens::Present(tokens("old"));
        Profile { held, ..empty_profile(name, Kind::OAuth) }
    }

    #[tokio::test]
    async fn what_was_rescued_and_then_saved_by_hand_is_found_by_all_who_hold_the_grant() {
        let folder = tempfile::tempdir().expect("a folder");
        let services = Services::new(Paths::below(folder.path()), "authtui");
        let (ana, ben) = (holder("demo/ana"), holder("demo/ben"));
        for profile in [&ana, &ben] {
            let edit = Edit::Put(Box::new(profile.clone()));
            let keep = Change { name: profile.id.name.clone(), expects: None, edit };
            services.apply(StoreId::Own, keep).await.expect("saved");
        }
        let at = at_seconds(1_800_000_000).expect("in range");
        let record = LastRefresh::new(at, RefreshResult::Done, None);
        let refreshed = RefreshedTokens {
            tokens: tokens("new"),
            life: Expiry::default(),
            scopes: None,
            record,
            origins: Vec::new(),
        };
        let place = rescue::place(&services.paths.state, &services.paths.config);
        rescue::keep(&place, &ana, refreshed.clone()).expect("kept");
        let next = Profile { held: StoredTokens::Present(tokens("new")), ..ana.clone() }
            .refresh_token_id()
            .expect("a grant");
        let grant = ana.refresh_token_id().expect("a grant");
        let event = GrantEvent::Refreshed { grant: grant.clone(), next: next.clone(), generation: 1 };
        services.note_in(&place, &ana.id, event).await.expect("noted");

        let pair = ana.held.fingerprint().expect("a pair");
        let saved = save_again(&services, &ana.id, pair, Box::new(refreshed)).await.expect("saved");

        assert!(saved.profiles().all(|profile| profile.held == StoredTokens::Present(tokens("new"))));
        let events = services.event_log.about(&grant).expect("a log");
        let GrantHistory::Spent { event, next: told } = event::grant_history(&events, &grant) else {
            panic!("{events:?}")
        };
        assert_eq!((event.store.as_str(), told), (services.paths.config.to_str().expect("text"), &next));
        let elsewhere = holder("demo/elsewhere");
        assert!(
            matches!(successor::find(&services, &elsewhere, Rotation::SingleUse).await, Succession::Successor(found) if found.tokens == tokens("new"))
        );
    }
}
