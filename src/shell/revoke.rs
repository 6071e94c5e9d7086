//! Revocation of a grant at its provider, and then here.
//!
//! One effect under the grant's lock: a refresh that is under way ends first, and its new
//! tokens are what is revoked; one that waits finds nothing left to refresh. Only after the provider's yes are the
//! tokens erased, those of every profile that holds the same grant.

use std::sync::Arc;

use crate::domain::change::{Change, Edit, Extent};
use crate::domain::event::GrantEvent;
use crate::domain::name::ProfileId;
use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::request::Request;
use crate::oauth::revocation::Revoked;
use crate::oauth::revocation::{by_hand, judge, request};
use crate::shell::Services;
use crate::shell::refresh::grant_lock;
use crate::shell::refresh::successor::{self, Succession};
use crate::shell::store_files::ApplyError;

/// How often somebody else may refresh the grant while its lock is waited for.
const RETRY_LIMIT: usize = 8;

/// Asks the provider to end the grant of a profile, and erases so much of it here once it has.
pub async fn revoke(services: &Arc<Services>, id: &ProfileId, extent: Extent) -> Revoked {
    let what = format!("cannot sign out of {} at its provider", id.name);
    attempt(services, id, extent, &what).await.unwrap_or_else(Revoked::NotEnded)
}

async fn attempt(
    services: &Arc<Services>,
    id: &ProfileId,
    extent: Extent,
    what: &str,
) -> Result<Revoked, Trouble> {
    let catalog = services.catalog().await;
    let provider = catalog.get(id.name.provider());
    let mut profile = read(services, id, what).await?;
    for _ in 0..RETRY_LIMIT {
        let (provider, _) = revocation(what, &profile, provider)?;
        let _held = match profile.refresh_token() {
            Some(refresh) => Some(grant_lock::hold(services, id, what, refresh).await?),
            None => None,
        };
        let locked = std::mem::replace(&mut profile, read(services, id, what).await?);
        // Refreshed while its lock was waited for: what it is called now has another lock.
        if profile.refresh_token() != locked.refresh_token()
            || has_successor(services, &profile, provider, what).await?
        {
            profile = read(services, id, what).await?;
            continue;
        }
        let (_, request) = revocation(what, &profile, Some(provider))?;
        let reply = services.http.send(&request, services.clock.now()).await;
        if let Err(trouble) = judge(&profile, provider, reply.as_ref()) {
            services.tell(id, GrantEvent::NotRevoked { why: trouble.why.clone() }).await;
            return Err(trouble);
        }
        return Ok(erase(services, &profile, provider, extent).await);
    }
    Err(Trouble::untouched(what, "other programs keep refreshing it", FailureKind::Temporary(None)))
}

/// The profile as it is stored, in a store that can be written: whoever could not erase would not ask.
async fn read(services: &Arc<Services>, id: &ProfileId, what: &str) -> Result<Profile, Trouble> {
    let snapshot = services.read(id.store).await;
    snapshot.writable.clone()?;
    let gone = || Trouble::untouched(what, "there is no such profile any more", FailureKind::NothingToDo);
    snapshot.profile(&id.name).cloned().ok_or_else(gone)
}

/// Whom to ask, and what.
fn revocation<'a>(
    what: &str,
    profile: &Profile,
    provider: Option<&'a Provider>,
) -> Result<(&'a Provider, Request), Trouble> {
    let impossible =
        |why: String| Trouble::untouched(what, why, FailureKind::NeedsFix(by_hand(profile, provider)));
    let request = request(profile, provider).map_err(|why| impossible(why.to_string()))?;
    provider
        .map(|provider| (provider, request))
        .ok_or_else(|| impossible("its provider file is gone".to_owned()))
}

/// Whether somebody else has refreshed the grant, so that its token here is spent and ends nothing; what
/// they got is taken over.
async fn has_successor(
    services: &Arc<Services>,
    profile: &Profile,
    provider: &Provider,
    what: &str,
) -> Result<bool, Trouble> {
    match successor::find(services, profile, provider.rotation).await {
        Succession::None | Succession::Interrupted(_) => Ok(false),
        Succession::Successor(refreshed) => {
            let expects = profile.held.fingerprint();
            let change = Change { name: profile.id.name.clone(), expects, edit: Edit::Refresh(refreshed) };
            match services.apply(profile.id.store, change).await {
                Ok(_) | Err(ApplyError::Moved(_)) => Ok(true),
                Err(ApplyError::Trouble(trouble)) => Err(trouble),
            }
        }
        Succession::Lost(event) => {
            let why =
                format!("{} has refreshed this login since, and its new tokens are no longer here", event.by);
            Err(Trouble::untouched(what, why, FailureKind::NeedsFix(by_hand(profile, Some(provider)))))
        }
    }
}

/// Erases the tokens of a grant that is over, wherever this store holds them, and so much of `profile`.
async fn erase(services: &Arc<Services>, profile: &Profile, provider: &Provider, extent: Extent) -> Revoked {
    let store = profile.id.store;
    let mut snapshot = services.read(store).await;
    let mut kept = Vec::new();
    let twins: Vec<Profile> = snapshot.twins(profile).cloned().collect();
    for twin in std::iter::once(profile.clone()).chain(twins) {
        services.tell(&twin.id, GrantEvent::Revoked).await;
        let extent = if twin.id == profile.id { extent } else { Extent::Tokens };
        let edit = extent.edit(services.clock.now().wall);
        let change = Change { name: twin.id.name.clone(), expects: twin.held.fingerprint(), edit };
        match services.apply(store, change).await {
            Ok(after) => snapshot = after,
            // Erased, removed, or logged in again meanwhile: what ended is not there any more.
            Err(ApplyError::Moved(_)) => snapshot = services.read(store).await,
            Err(ApplyError::Trouble(trouble)) => kept.push((twin.id.name, trouble)),
        }
    }
    let Some((_, Trouble { why, stored, .. })) = kept.first() else { return Revoked::Done(snapshot) };
    let names: Vec<String> = kept.iter().map(|(name, _)| name.to_string()).collect();
    let names = names.join(", ");
    let why = format!("{} ended the login, but then {why}", provider.title);
    let next = FailureKind::NeedsFix(format!("once that is repaired, erase the rest of {names} here"));
    let trouble = Trouble::untouched(format!("cannot erase {names}"), why, next);
    Revoked::NotErased(Trouble { stored: *stored, ..trouble })
}
