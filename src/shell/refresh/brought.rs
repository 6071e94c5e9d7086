//! Where the tokens go that a refresh brought: in the place of those they were asked for, and to the
//! other profiles of the store that hold the same grant.

use std::sync::Arc;

use crate::domain::change::{Change, ChangeError, Edit, RefreshedTokens, Snapshot};
use crate::domain::event::GrantEvent;
use crate::domain::name::ProfileId;
use crate::domain::profile::Profile;
use crate::domain::secret::Fingerprint;
use crate::oauth::refresh::Refreshed;
use crate::shell::Services;
use crate::shell::refresh::trouble::dropped;
use crate::shell::refresh::{Errand, successor};
use crate::shell::store_files::Failure;

/// Tries once more to store what a refresh brought for the pair `expects`, which the profile `id` held,
/// and gives it to its twins.
///
/// # Errors
/// [`Failure`] when the profile has moved on or the file cannot be written.
pub async fn save_again(
    services: &Arc<Services>,
    id: &ProfileId,
    expects: Fingerprint,
    renewal: Box<RefreshedTokens>,
) -> Result<Snapshot, Failure> {
    let before = services.read(id.store).await;
    let older = before.profile(&id.name).filter(|profile| profile.held.fingerprint() == Some(expects));
    let older = older.cloned();
    drop(before);
    let change =
        Change { name: id.name.clone(), expects: Some(expects), edit: Edit::Refresh(renewal.clone()) };
    let saved = services.apply(id.store, change).await?;
    let Some(older) = older else { return Ok(saved) };
    let saved = pass_on(services, &older, saved, &renewal).await;
    // The log may still name the place where they were rescued.
    if let (Some(grant), Some(next)) = (older.grant(), saved.profile(&id.name).and_then(Profile::grant))
        && grant != next
    {
        services.tell(id, GrantEvent::Adopted { grant, next }).await;
    }
    Ok(saved)
}

impl Errand<'_> {
    /// Stores the new tokens.
    pub(super) async fn save(&self, renewal: Box<RefreshedTokens>) -> Refreshed {
        let grant = self.grant.clone();
        let next = renewal.record.grant.clone().unwrap_or_else(|| grant.clone());
        match self.put(&renewal).await {
            Ok(snapshot) => {
                let snapshot = pass_on(self.services, self.profile, snapshot, &renewal).await;
                let generation = snapshot.profile(&self.id.name).map_or(0, |profile| profile.refresh_count);
                self.tell(GrantEvent::Refreshed { grant, next, generation }).await;
                Refreshed::Done(snapshot)
            }
            Err(Failure::Moved(moved)) => self.moved(moved, &renewal, next).await,
            Err(Failure::Trouble(trouble)) => {
                let trouble = self.unsaved(&renewal, next, trouble).await;
                Refreshed::Unsaved(renewal, self.expects, trouble)
            }
        }
    }

    /// What was erased, removed or replaced meanwhile does not come back; its twins get the tokens all the
    /// same, and whoever else holds the old one learns that it is spent.
    async fn moved(&self, moved: ChangeError, renewal: &RefreshedTokens, next: String) -> Refreshed {
        let before = self.services.read(self.id.store).await;
        let snapshot = pass_on(self.services, self.profile, before, renewal).await;
        let old = self.profile.refresh_token();
        let others = || snapshot.profiles().filter(|twin| is_beside(twin, self.id));
        let without = others().find(|twin| twin.refresh_token() == old);
        let grant = self.grant.clone();
        self.tell(GrantEvent::NotSaved { grant: grant.clone(), why: moved.to_string() }).await;
        let generation = self.profile.refresh_count.saturating_add(1);
        let renewed = GrantEvent::Refreshed { grant: grant.clone(), next: next.clone(), generation };
        let rescued = match without {
            Some(twin) => self.rescue(twin, renewal).await,
            None => None,
        };
        match rescued {
            Some(place) => drop(self.note_in(&place, renewed).await),
            None => self.tell(renewed).await,
        }
        let heirs = others().filter(|twin| next != grant && twin.grant().as_ref() == Some(&next));
        let heirs: Vec<String> = heirs.map(|twin| twin.id.name.to_string()).collect();
        let trouble = dropped(self.what, moved, &heirs.join(", "));
        Refreshed::Failed(Some(snapshot), trouble)
    }

    /// Puts the new tokens in the place of those they were asked for, or of an older pair of the same
    /// grant that an editor has put there meanwhile.
    async fn put(&self, renewal: &RefreshedTokens) -> Result<Snapshot, Failure> {
        let mut change = self.change(Edit::Refresh(Box::new(renewal.clone())));
        loop {
            let put = self.services.apply(self.id.store, change.clone()).await;
            let Err(Failure::Moved(ChangeError::Replaced)) = put else { return put };
            let snapshot = self.services.read(self.id.store).await;
            let Some(now) = snapshot.profile(&self.id.name) else { return put };
            let pair = now.held.fingerprint();
            if pair == change.expects || !successor::leads_to(self.services, now, &self.grant).await {
                return put;
            }
            change.expects = pair;
        }
    }
}

/// Whether `twin` is another profile of the same provider.
fn is_beside(twin: &Profile, id: &ProfileId) -> bool {
    twin.id != *id && twin.id.name.provider() == id.name.provider()
}

/// Gives the new tokens to the other profiles of the store of `older` that hold the same grant.
async fn pass_on(
    services: &Services,
    older: &Profile,
    mut snapshot: Snapshot,
    renewal: &RefreshedTokens,
) -> Snapshot {
    let (id, old) = (&older.id, older.refresh_token());
    let twins: Vec<Change> = snapshot
        .profiles()
        .filter(|twin| is_beside(twin, id) && twin.refresh_token() == old)
        .map(|twin| Change {
            name: twin.id.name.clone(),
            expects: twin.held.fingerprint(),
            edit: Edit::Refresh(Box::new(renewal.clone())),
        })
        .collect();
    for change in twins {
        // One that has moved on, or cannot be written, finds its heir by the log.
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
    use crate::domain::name::{ProfileName, StoreId};
    use crate::domain::profile::{Kind, LastRefresh, RefreshResult};
    use crate::domain::provider::Rotation;
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{Expiry, StoredTokens, Tokens};
    use crate::shell::paths::Paths;
    use crate::shell::refresh::rescue;
    use crate::shell::refresh::successor::Found;

    fn tokens(of: &str) -> Tokens {
        Tokens { access: Secret::new(of), refresh: Some(Secret::new(format!("{of}-refresh"))) }
    }

    fn holder(name: &str) -> Profile {
        let name = ProfileName::parse(name).expect("a name");
        let held = StoredTokens::Present(tokens("old"));
        Profile { held, ..Profile::new(ProfileId { store: StoreId::Own, name }, Kind::OAuth) }
    }

    #[tokio::test]
    async fn what_was_rescued_and_then_saved_by_hand_is_found_by_all_who_hold_the_grant() {
        let folder = tempfile::tempdir().expect("a folder");
        let services = Services::new(Paths::below(folder.path()), "authtui");
        let (ana, ben) = (holder("demo/ana"), holder("demo/ben"));
        for profile in [&ana, &ben] {
            let edit = Edit::Keep(Box::new(profile.clone()));
            let keep = Change { name: profile.id.name.clone(), expects: None, edit };
            services.apply(StoreId::Own, keep).await.expect("saved");
        }
        let at = at_seconds(1_800_000_000).expect("in range");
        let record = LastRefresh::new(at, RefreshResult::Done, None);
        let renewal = RefreshedTokens {
            tokens: tokens("new"),
            life: Expiry::default(),
            scopes: None,
            record,
            origins: Vec::new(),
        };
        let place = rescue::keep(&services.paths, &ana, renewal.clone()).expect("kept");
        let next =
            Profile { held: StoredTokens::Present(tokens("new")), ..ana.clone() }.grant().expect("a grant");
        let grant = ana.grant().expect("a grant");
        let renewed = GrantEvent::Refreshed { grant: grant.clone(), next: next.clone(), generation: 1 };
        services.note_in(&place, &ana.id, renewed).await.expect("noted");

        let pair = ana.held.fingerprint().expect("a pair");
        let saved = save_again(&services, &ana.id, pair, Box::new(renewal)).await.expect("saved");

        assert!(saved.profiles().all(|profile| profile.held == StoredTokens::Present(tokens("new"))));
        let events = services.journal.about(&grant).expect("a log");
        let GrantHistory::Spent { event, next: told } = event::grant_history(&events, &grant) else {
            panic!("{events:?}")
        };
        assert_eq!(
            (event.store.as_str(), told),
            (services.paths.config.to_str().expect("text"), next.as_str())
        );
        let elsewhere = holder("demo/elsewhere");
        assert!(
            matches!(successor::find(&services, &elsewhere, Rotation::SingleUse).await, Found::Heir(heir) if heir.tokens == tokens("new"))
        );
    }
}
