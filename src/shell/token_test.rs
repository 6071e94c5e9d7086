//! Test of a token: one harmless request to its provider, and what the answer says written down.

use std::sync::Arc;

use crate::domain::change::{Change, Edit, Snapshot};
use crate::domain::name::ProfileId;
use crate::domain::profile::Profile;
use crate::domain::refreshability::NotRefreshable;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::probe;
use crate::oauth::probe::TestVerdict;
use crate::shell::Services;

/// Tests what a profile holds; what the provider says of it is written down for every profile that holds
/// the same, and `tell` hears of each change.
///
/// # Errors
/// A [`Trouble`] when the provider could not be asked.
pub async fn test(
    services: &Arc<Services>,
    id: &ProfileId,
    tell: impl Fn(Snapshot),
) -> Result<TestVerdict, Trouble> {
    let snapshot = services.read(id.store).await;
    let Some(profile) = snapshot.profile(&id.name).filter(|profile| profile.held.tokens().is_some()) else {
        let what = format!("cannot test {}", id.name);
        return Err(Trouble::untouched(what, "it has no token", FailureKind::NeedsLogin).without_tokens());
    };
    let verdict = probed(services, profile).await?;
    let Some(last) = verdict.last.as_ref().filter(|_| id.store.may_be_written()) else { return Ok(verdict) };
    for profile in snapshot.profiles().filter(|profile| profile.holds(&last.token)) {
        let tested = Change::of_test(profile, last.clone());
        let end = verdict.end.filter(|end| profile.life.expires_at != Some(*end));
        let ends = end.map(|end| Change { edit: Edit::RecordEnd(Some(end)), ..tested.clone() });
        for change in std::iter::once(tested).chain(ends) {
            // One that holds another token by now is not blamed; a file that cannot be written says so itself.
            if let Ok(snapshot) = services.apply(id.store, change).await {
                tell(snapshot);
            }
        }
    }
    Ok(verdict)
}

/// Asks the provider about what `profile` holds, whether it is stored or not.
///
/// # Errors
/// A [`Trouble`] when it could not be asked.
pub async fn probed(services: &Arc<Services>, profile: &Profile) -> Result<TestVerdict, Trouble> {
    let name = &profile.id.name;
    let catalog = services.catalog().await;
    let what = format!("cannot test {name}");
    if let Some(remedy) = catalog.example_remedy(name.provider()) {
        return Err(Trouble::untouched(
            what,
            NotRefreshable::Example.to_string(),
            FailureKind::NeedsFix(remedy),
        ));
    }
    let asked = catalog.get(name.provider()).map(|provider| (provider, probe::of_profile(provider, profile)));
    let (provider, request) = match asked {
        Some((provider, Ok(Some(request)))) => (provider, request),
        Some((_, Err(other))) => {
            return Err(Trouble::untouched(what, other.to_string(), FailureKind::NeedsLogin));
        }
        Some((_, Ok(None))) | None => {
            let next =
                FailureKind::NeedsFix(format!("add a probe to the provider file of {}", name.provider()));
            return Err(Trouble::untouched(what, "its provider file has no test", next));
        }
    };
    let reply = services.http.send(&request, services.clock.now()).await?;
    Ok(TestVerdict::of_reply(provider, profile, &reply, services.clock.now().wall))
}
