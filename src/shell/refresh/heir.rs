//! The tokens that somebody else got for a grant that is still stored here.
//!
//! The same grant may lie in two files. Whoever renews it first spends the refresh token of both; the
//! event log says who that was and where the new tokens are.

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::change::Renewal;
use crate::domain::event::{self, Event, Happened, Past};
use crate::domain::name::StoreId;
use crate::domain::profile::{LastRefresh, Profile, RefreshResult};
use crate::domain::provider::Rotation;
use crate::shell::stores::Stores;
use crate::shell::{Hands, rescue};

/// How often a grant may have been renewed since.
const GENERATIONS: usize = 64;

/// What the log knows of the grant of `profile`, and what of it matters.
pub(in crate::shell) enum Found {
    /// Nothing that matters.
    Nothing,
    /// A refresh without an end: nobody knows whether the token is spent.
    Interrupted(Event),
    /// It was renewed elsewhere; the tokens are still there.
    Heir(Box<Renewal>),
    /// It was renewed elsewhere; the tokens have gone.
    Orphan(Event),
}

/// Looks for the tokens that were given for the grant of `profile`. A token that stays good is not spent
/// by asking: nothing matters then.
pub(in crate::shell) async fn find(hands: &Arc<Hands>, profile: &Profile, rotation: Rotation) -> Found {
    if rotation == Rotation::Reusable {
        return Found::Nothing;
    }
    let Some(grant) = profile.grant() else { return Found::Nothing };
    let (hands, provider) = (Arc::clone(hands), profile.id.name.provider().to_owned());
    let looking = tokio::task::spawn_blocking(move || look(&hands, &grant, &provider)).await;
    looking.unwrap_or(Found::Nothing)
}

/// Keeps the tokens of `newer` for the next refresh, where its store holds a pair again that they were
/// got for. The store itself is left as it is.
pub async fn keep(hands: &Arc<Hands>, newer: &Profile) {
    let snapshot = hands.read(newer.id.store).await;
    let Some(older) = snapshot.profile(&newer.id.name).cloned() else { return };
    let (Some(grant), Some(next)) = (older.grant(), newer.grant()) else { return };
    if grant == next || !leads_to(hands, &older, &next).await {
        return;
    }
    let Some(renewal) = renewal(newer) else { return };
    let paths = hands.paths.clone();
    let keeping = tokio::task::spawn_blocking(move || rescue::keep(&paths, &older, renewal)).await;
    if let Ok(Ok(place)) = keeping {
        // Without the line nobody finds them; nothing worse.
        drop(hands.note_in(&place, &newer.id, Happened::Kept { grant, next }).await);
    }
}

/// Whether what `profile` holds is the grant `later`, or became it by what the log knows of.
pub(super) async fn leads_to(hands: &Arc<Hands>, profile: &Profile, later: &str) -> bool {
    let Some(grant) = profile.grant() else { return false };
    let (journal, later) = (hands.journal.clone(), later.to_owned());
    let following = tokio::task::spawn_blocking(move || {
        let mut name = grant;
        for _ in 0..GENERATIONS {
            if name == later {
                return true;
            }
            let events = journal.about(&name).unwrap_or_default();
            let Past::Spent { next, .. } = event::past(&events, &name) else { return false };
            next.clone_into(&mut name);
        }
        false
    });
    following.await.unwrap_or(false)
}

fn look(hands: &Hands, grant: &str, provider: &str) -> Found {
    // A log that cannot be read says nothing; that it cannot be written is noticed before the request.
    let about = |grant: &str| hands.journal.about(grant).unwrap_or_default();
    let mut name = grant.to_owned();
    let mut last: Option<Event> = None;
    for _ in 0..GENERATIONS {
        let events = about(&name);
        match (event::past(&events, &name), &last) {
            (Past::Spent { event, next }, _) if event.profile.provider() == provider => {
                last = Some(event.clone());
                if let Some(renewal) = held(event, next, provider) {
                    return Found::Heir(Box::new(renewal));
                }
                next.clone_into(&mut name);
            }
            (Past::Interrupted(event), None) if event.profile.provider() == provider => {
                // Killed between the save and the line that would have said so.
                return match moved_on(event, grant) {
                    Some(renewal) => Found::Heir(Box::new(renewal)),
                    None => Found::Interrupted(event.clone()),
                };
            }
            (Past::Plain | Past::Spent { .. } | Past::Interrupted(_), _) => break,
        }
    }
    last.map_or(Found::Nothing, Found::Orphan)
}

/// The tokens of the grant `next`, if the store of `event` still holds them.
fn held(event: &Event, next: &str, provider: &str) -> Option<Renewal> {
    let snapshot = Stores::new(PathBuf::from(&event.store)).read(StoreId::Own);
    let mut profiles = snapshot.profiles().filter(|profile| profile.id.name.provider() == provider);
    profiles.find(|profile| profile.grant().as_deref() == Some(next)).and_then(renewal)
}

/// The tokens of the profile that `event` asked for, if they are others by now and renewed since.
fn moved_on(event: &Event, grant: &str) -> Option<Renewal> {
    let Happened::Asked { .. } = event.what else { return None };
    let snapshot = Stores::new(PathBuf::from(&event.store)).read(StoreId::Own);
    let profile = snapshot.profile(&event.profile)?;
    let last = profile.last_refresh_of_this_grant()?;
    let since = last.result == RefreshResult::Done && last.at.timestamp() >= event.at.timestamp();
    (since && profile.grant().as_deref() != Some(grant)).then(|| renewal(profile)).flatten()
}

fn renewal(profile: &Profile) -> Option<Renewal> {
    let record = profile.last_refresh_of_this_grant().cloned();
    let at = profile.life.obtained_at.unwrap_or_default();
    let done =
        || LastRefresh { at, result: RefreshResult::Done, grant: profile.grant(), clock_differs: None };
    Some(Renewal {
        tokens: profile.held.tokens()?.clone(),
        life: profile.life,
        scopes: Some(profile.scopes.clone()),
        record: record.unwrap_or_else(done),
    })
}
