//! A success that brought a new refresh token and no access token of use.

use crate::domain::change::RefreshedTokens;
use crate::domain::event::GrantEvent;
use crate::domain::trouble::{Stored, Trouble};
use crate::oauth::refresh::Refreshed;
use crate::shell::refresh::Errand;
use crate::shell::refresh::trouble::failed;

impl Errand<'_> {
    /// The new refresh token is stored as new tokens are; that no access token came is said.
    pub(super) async fn rotate(&self, renewal: Box<RefreshedTokens>) -> Refreshed {
        let record = renewal.record.clone();
        match self.save(renewal).await {
            Refreshed::Done(snapshot) => {
                let trouble = failed(&record, &self.provider.title, self.what, record.at);
                let grant = record.grant.unwrap_or_else(|| self.grant.clone());
                self.tell(GrantEvent::RefreshFailed { grant, is_dead: false, why: trouble.why.clone() })
                    .await;
                Refreshed::Failed(Some(snapshot), Trouble { stored: Stored::Rotated, ..trouble })
            }
            saved @ (Refreshed::Enough(_) | Refreshed::Failed(..) | Refreshed::Unsaved(..)) => saved,
        }
    }
}
