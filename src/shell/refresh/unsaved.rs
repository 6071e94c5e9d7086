//! New tokens that could not be saved.

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::change::RefreshedTokens;
use crate::domain::event::GrantEvent;
use crate::domain::profile::Profile;
use crate::domain::trouble::{Stored, Trouble};
use crate::shell::refresh::Errand;
use crate::shell::refresh::rescue;

impl Errand<'_> {
    /// Writes down that the new tokens are not saved, and where they are instead. The old one must
    /// not be asked with again if it is spent.
    pub(super) async fn unsaved(&self, renewal: &RefreshedTokens, next: String, trouble: Trouble) -> Trouble {
        let (grant, generation) = (self.grant.clone(), self.profile.refresh_count.saturating_add(1));
        let renewed = GrantEvent::Refreshed { grant: grant.clone(), next: next.clone(), generation };
        if trouble.stored == Stored::Unsynced {
            self.tell(renewed).await;
            return trouble;
        }
        self.tell(GrantEvent::NotSaved { grant: grant.clone(), why: trouble.why.clone() }).await;
        let rescued = self.rescue(self.profile, renewal).await;
        let store = rescued.clone().unwrap_or_else(|| self.services.paths.config.clone());
        // The next refresh finds them by this line alone.
        let is_noted = next != grant
            && (self.note_in(&store, renewed.clone()).await.is_ok()
                || self.note_in(&store, renewed).await.is_ok());
        match rescued {
            Some(_) if is_noted => Trouble { stored: Stored::Rescued, ..trouble },
            Some(_) | None => trouble.of_new_tokens(),
        }
    }
    /// Keeps what came for `profile` in a file of its own, and says where.
    pub(super) async fn rescue(&self, profile: &Profile, renewal: &RefreshedTokens) -> Option<PathBuf> {
        let (services, profile, renewal) = (Arc::clone(self.services), profile.clone(), renewal.clone());
        let keeping = move || rescue::keep(&services.paths, &profile, renewal);
        tokio::task::spawn_blocking(keeping).await.ok().and_then(Result::ok)
    }
}
