//! Ending a grant at its provider, and then here.
//!
//! One effect under the grant's lock: a refresh that is under way ends first, and what it brought is
//! what is revoked. Only after the provider's yes are the tokens erased.

use std::sync::Arc;

use crate::domain::change::{Change, Edit, Snapshot};
use crate::domain::event::Happened;
use crate::domain::name::ProfileId;
use crate::domain::trouble::{Next, Stored, Trouble};
use crate::oauth::revocation::{judge, request};
use crate::shell::{Hands, grant_lock};

/// Asks the provider to end the grant of a profile, and erases its tokens here once it has.
///
/// # Errors
/// A [`Trouble`]; unless it says otherwise the tokens are as they were.
pub async fn revoke(hands: &Arc<Hands>, id: &ProfileId) -> Result<Snapshot, Trouble> {
    let what = format!("cannot revoke {} at its provider", id.name);
    let mute = |why: String| Trouble::untouched(what.clone(), why, Next::Nothing);
    let gone = || mute("there is no such profile any more".to_owned());
    let catalog = hands.catalog().await;
    let provider = catalog.get(id.name.provider());
    let before = hands.read(id.store).await.profile(&id.name).cloned().ok_or_else(gone)?;
    request(&before, provider).map_err(|why| mute(why.to_string()))?;
    let _held = match before.refresh_token() {
        Some(refresh) => Some(grant_lock::hold(hands, id, &what, refresh).await?),
        None => None,
    };
    let profile = hands.read(id.store).await.profile(&id.name).cloned().ok_or_else(gone)?;
    let request = request(&profile, provider).map_err(|why| mute(why.to_string()))?;
    let Some(provider) = provider else { return Err(gone()) };
    let answered = hands.http.send(&request, hands.clock.now()).await;
    if let Err(trouble) = answered.and_then(|reply| judge(&profile, provider, &reply)) {
        hands.tell(id, Happened::NotRevoked { why: trouble.why.clone() }).await;
        return Err(Trouble { what, ..trouble });
    }
    hands.tell(id, Happened::Revoked).await;
    let edit = Edit::Forget(hands.clock.now().wall);
    let change = Change { name: id.name.clone(), expects: profile.held.fingerprint(), edit };
    hands.apply(id.store, change).await.map_err(|failure| {
        let why =
            format!("the provider has ended the grant, but its tokens are still stored here: {failure}");
        Trouble {
            what: format!("cannot erase {}", id.name),
            why,
            stored: Stored::Untouched,
            next: Next::Retry,
        }
    })
}
