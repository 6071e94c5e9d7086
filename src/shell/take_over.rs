//! Take-over of a login that another program keeps.
//!
//! ```text
//! its file is read ─► its tokens are added to our store ─► they are refreshed under the lock of the grant
//!                                      ▲                            │ a refusal, or nothing was sent
//!                                      └──── taken out again ◄──────┘
//! ```
//!
//! The file of the other program is only read. Once the server may have spent the refresh token, what is
//! stored stays, and says what happened.

use std::sync::Arc;

use crate::domain::change::{Change, Edit, Snapshot};
use crate::domain::event::GrantEvent;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::secret::Fingerprint;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::refresh::{Refreshed, Wish};
use crate::oauth::take_over::{NotTakeable, held_here, taken_over};
use crate::shell::Services;
use crate::shell::refresh::refresh;
use crate::shell::store_files::ApplyError;

/// How a take-over ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenOver {
    /// The profile in our store, where it is or was to be.
    pub id: ProfileId,
    pub refreshed: Refreshed,
}

/// Moves the borrowed login `name` to our own store, under the name `as_name` or a free one.
///
/// # Errors
/// A [`Trouble`] where nothing was begun: neither our store nor the grant has changed.
pub async fn take_over(
    services: &Arc<Services>,
    name: &ProfileName,
    as_name: Option<ProfileName>,
) -> Result<TakenOver, Trouble> {
    let profile = prepare(services, name, as_name).await?;
    let (id, pair) = (profile.id.clone(), profile.held.fingerprint());
    let what = format!("cannot take over {name}");
    let from = services.read(StoreId::Borrowed).await;
    let from = from.profile(name).and_then(|profile| profile.owner.clone());
    let told = GrantEvent::TakenOver { from: from.map(|owner| owner.title.clone()).unwrap_or_default() };
    let add = Change { name: id.name.clone(), expects: None, edit: Edit::Add(Box::new(profile)) };
    services.apply_and_tell(id.clone(), add, Some(told)).await.map_err(|error| not_added(&what, error))?;
    let refreshed = match refresh(services, &id, Wish::New).await {
        Refreshed::Failed(snapshot, trouble) => {
            let snapshot = snapshot.unwrap_or(services.read(id.store).await);
            let stored = snapshot.profile(&id.name).filter(|stored| stored.held.fingerprint() == pair);
            match stored.is_some_and(|stored| !may_be_spent(stored)) {
                true => taken_out(services, &id, pair, (snapshot, Trouble { what, ..trouble })).await,
                false => {
                    let what = format!("{} is kept here, but its refresh failed", id.name);
                    Refreshed::Failed(Some(snapshot), Trouble { what, ..trouble })
                }
            }
        }
        ended @ (Refreshed::Done(_) | Refreshed::Enough(_) | Refreshed::Unsaved(..)) => ended,
    };
    Ok(TakenOver { id, refreshed })
}

/// What `borrowed` becomes in our own store. Blocks; the keyring is not asked whether it is there already.
///
/// # Errors
/// Why it cannot be taken over.
pub fn planned(services: &Services, borrowed: &Profile) -> Result<Profile, NotTakeable> {
    let own = services.read_now(StoreId::Own);
    let others = [StoreId::Shared, StoreId::Hashed].map(|store| services.read_now(store));
    // A log that cannot be read proves nothing.
    let events = services.event_log.read().unwrap_or_default();
    match held_here(borrowed, others.iter().chain([&own]), &events) {
        Some(id) => Err(NotTakeable::HeldHere(id)),
        None => taken_over(borrowed, &services.catalog_now(), &own, services.clock.now().wall),
    }
}

/// Reads all that a take-over needs: what the profile becomes.
async fn prepare(
    services: &Arc<Services>,
    name: &ProfileName,
    as_name: Option<ProfileName>,
) -> Result<Profile, Trouble> {
    let what = format!("cannot take over {name}");
    let refused =
        |why: String| Trouble::untouched(what.clone(), why, FailureKind::NothingToDo).without_tokens();
    let (borrowed, own) = (services.read(StoreId::Borrowed).await, services.read(StoreId::Own).await);
    own.writable.clone()?;
    let borrowed = borrowed.profile(name).cloned();
    let borrowed = borrowed.ok_or_else(|| refused("it is not there any more".to_owned()))?;
    let planning = Arc::clone(services);
    let planned = tokio::task::spawn_blocking(move || planned(&planning, &borrowed)).await;
    let planned = planned.map_err(|_| refused("its files could not be read".to_owned()))?;
    let profile = planned.map_err(|why| refused(why.to_string()))?;
    let Some(wanted) = as_name else { return Ok(profile) };
    if wanted.provider() != profile.id.name.provider() {
        return Err(refused(format!("its name must begin with {}/", profile.id.name.provider())));
    }
    if own.is_taken(&wanted) {
        return Err(refused(format!("there is already a profile {wanted}")));
    }
    Ok(Profile { id: ProfileId { name: wanted, ..profile.id.clone() }, ..profile })
}

/// Whether a request with the refresh token was sent whose answer was lost.
fn may_be_spent(stored: &Profile) -> bool {
    stored.last_refresh_of_this_grant().is_some_and(|last| last.lost_at.is_some())
}

/// Takes the copy out of our store again: it is the other program's login still.
async fn taken_out(
    services: &Services,
    id: &ProfileId,
    pair: Option<Fingerprint>,
    (snapshot, trouble): (Snapshot, Trouble),
) -> Refreshed {
    let remove = Change { name: id.name.clone(), expects: pair, edit: Edit::Remove };
    match services.apply(id.store, remove).await {
        Ok(after) => Refreshed::Failed(Some(after), trouble.without_tokens()),
        Err(_) => Refreshed::Failed(Some(snapshot), trouble),
    }
}

fn not_added(what: &str, error: ApplyError) -> Trouble {
    match error {
        ApplyError::Trouble(trouble) => trouble,
        ApplyError::Moved(moved) => Trouble::untouched(what, moved.to_string(), FailureKind::NothingToDo),
    }
}
