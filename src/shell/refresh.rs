//! The one refresh. Screen, commands and everything to come call this and nothing else.
//!
//! Read, decide, lock by the grant, read again, decide again, ask, save, unlock. The new
//! refresh token is on disk before anything else happens; whatever fails, nothing stored is
//! deleted.

use std::sync::Arc;

use crate::domain::change::{Change, Edit, Renewal, Snapshot};
use crate::domain::name::ProfileId;
use crate::domain::profile::{LastRefresh, Profile, RefreshResult};
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::secret::Fingerprint;
use crate::domain::trouble::{Next, Stored, Trouble};
use crate::oauth::refresh::{Cannot, Decision, Verdict, Wish, decide, judge};
use crate::shell::Hands;
use crate::shell::grant_lock;
use crate::shell::stores::Failure;
use crate::tui::message::Refreshed;

/// Fulfils `wish` for a profile.
pub async fn refresh(hands: &Arc<Hands>, id: &ProfileId, wish: Wish) -> Refreshed {
    match attempt(hands, id, wish).await {
        Ok(refreshed) => refreshed,
        Err(trouble) => Refreshed::Failed(None, trouble),
    }
}

async fn attempt(hands: &Arc<Hands>, id: &ProfileId, wish: Wish) -> Result<Refreshed, Trouble> {
    let what = format!("cannot refresh {}", id.name);
    let catalog = hands.catalog().await;
    let provider = catalog.get(id.name.provider());
    let (snapshot, profile) = read(hands, id, &what).await?;
    match decide(&profile, provider, None, wish, hands.clock.now()) {
        Decision::Enough => return Ok(Refreshed::Enough(snapshot)),
        Decision::Cannot(Cannot::NoProvider) => return Err(no_provider(&what, &catalog, id)),
        Decision::Cannot(cannot) => return Err(cannot_trouble(&what, &cannot)),
        Decision::Ask(_) => {}
    }
    let seen = profile.held.fingerprint();
    // `decide` has asked, so there is a refresh token.
    let Some(refresh) = profile.refresh_token() else {
        return Err(cannot_trouble(&what, &Cannot::NoRefreshToken));
    };
    let _held = grant_lock::hold(&hands.paths.state, &what, refresh).await?;
    let (snapshot, profile) = read(hands, id, &what).await?;
    let request = match decide(&profile, provider, seen.as_ref(), wish, hands.clock.now()) {
        Decision::Enough => return Ok(Refreshed::Enough(snapshot)),
        Decision::Cannot(cannot) => return Err(cannot_trouble(&what, &cannot)),
        Decision::Ask(request) => request,
    };
    // A file that cannot be written would lose the tokens that the request is about to spend.
    snapshot.writable.clone()?;
    let Some(provider) = provider else { return Err(no_provider(&what, &catalog, id)) };
    if hands.is_ending() {
        return Err(Trouble::untouched(what, "the program is ending", Next::Nothing));
    }
    let reply = hands.http.send(&request, hands.clock.now()).await;
    let verdict = judge(&profile, provider, reply.as_ref(), hands.clock.now());
    Ok(match verdict {
        Verdict::Refreshed(renewal) => save(hands, id, seen, renewal, &what).await,
        Verdict::Failed(last) => write_down(hands, id, seen, last, provider, &what).await,
    })
}

async fn read(hands: &Arc<Hands>, id: &ProfileId, what: &str) -> Result<(Snapshot, Profile), Trouble> {
    let snapshot = hands.read(id.store).await;
    match snapshot.profile(&id.name).cloned() {
        Some(profile) => Ok((snapshot, profile)),
        None => {
            snapshot.writable?;
            Err(Trouble::untouched(what, "there is no such profile any more", Next::Nothing))
        }
    }
}

async fn save(
    hands: &Arc<Hands>,
    id: &ProfileId,
    expects: Option<Fingerprint>,
    renewal: Box<Renewal>,
    what: &str,
) -> Refreshed {
    let change = Change { name: id.name.clone(), expects, edit: Edit::Refresh(renewal.clone()) };
    match hands.apply(id.store, change).await {
        Ok(snapshot) => Refreshed::Done(snapshot),
        // What was erased, removed or replaced meanwhile does not come back.
        Err(Failure::Moved(moved)) => {
            let snapshot = hands.read(id.store).await;
            Refreshed::Failed(Some(snapshot), Trouble::untouched(what, moved.to_string(), Next::Nothing))
        }
        Err(Failure::Trouble(trouble)) => {
            let trouble = Trouble { stored: Stored::NewOnesInMemory, ..trouble };
            Refreshed::Unsaved(renewal, trouble)
        }
    }
}

/// Writes down how it failed. A dead grant is read once more before it is believed: somebody
/// else may have stored a newer one a moment ago.
async fn write_down(
    hands: &Arc<Hands>,
    id: &ProfileId,
    expects: Option<Fingerprint>,
    last: LastRefresh,
    provider: &Provider,
    what: &str,
) -> Refreshed {
    let trouble = trouble(&last, provider, what);
    let change = Change { name: id.name.clone(), expects, edit: Edit::Record(last) };
    match hands.apply(id.store, change).await {
        Ok(snapshot) => Refreshed::Failed(Some(snapshot), trouble),
        Err(Failure::Moved(_)) => {
            let snapshot = hands.read(id.store).await;
            let renewed =
                snapshot.profile(&id.name).is_some_and(|profile| profile.held.fingerprint().is_some());
            if renewed { Refreshed::Enough(snapshot) } else { Refreshed::Failed(Some(snapshot), trouble) }
        }
        // The failure itself is what the person must hear of; that it could not be written
        // down changes nothing about the tokens.
        Err(Failure::Trouble(_)) => Refreshed::Failed(None, trouble),
    }
}

fn trouble(last: &LastRefresh, provider: &Provider, what: &str) -> Trouble {
    match &last.result {
        RefreshResult::Dead { why } => {
            Trouble::untouched(what, format!("{} {why}", provider.title), Next::LogIn)
        }
        RefreshResult::Passing { why, retry_at, .. } => {
            let left = crate::domain::countdown::countdown(*retry_at - last.at).0;
            Trouble::untouched(what, format!("{why}; the next try makes sense in {left}"), Next::Retry)
        }
        RefreshResult::Done => Trouble::untouched(what, "it is done", Next::Nothing),
    }
}

/// There is no such provider, or its file is faulty.
fn no_provider(what: &str, catalog: &Catalog, id: &ProfileId) -> Trouble {
    match catalog.complaint(id.name.provider()) {
        Some(complaint) => Trouble::untouched(what, complaint.to_string(), corrected()),
        None => cannot_trouble(what, &Cannot::NoProvider),
    }
}

fn cannot_trouble(what: &str, cannot: &Cannot) -> Trouble {
    let next = match cannot {
        Cannot::IsKey | Cannot::NeverRenewed => Next::Nothing,
        Cannot::IsVariable => {
            Next::Fix("set a new value in the shell that starts authtui, or unset it there".to_owned())
        }
        Cannot::NoTokens | Cannot::NoRefreshToken | Cannot::GrantDead(_) => Next::LogIn,
        Cannot::NoProvider => {
            Next::Fix("add a provider file of that name; authtui providers shows where".to_owned())
        }
        Cannot::Unfilled => corrected(),
    };
    Trouble::untouched(what, cannot.to_string(), next)
}

fn corrected() -> Next {
    Next::Fix("correct the provider file".to_owned())
}
