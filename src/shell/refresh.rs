//! The one refresh. Screen, commands and everything to come call this and nothing else.
//!
//! Read, decide, lock by the grant, read again, decide again, write down what is about to happen,
//! ask, save, unlock. The new refresh token is on disk before anything else happens; whatever
//! fails, nothing stored is deleted.

mod brought;
pub mod grant_lock;
pub mod in_flight;
pub mod lock_wait;
pub(super) mod queue;
pub mod rescue;
mod rotated;
pub(super) mod successor;
mod trouble;
mod unsaved;

pub use crate::shell::refresh::brought::save_again;
pub use crate::shell::refresh::successor::keep;

use std::path::Path;
use std::sync::Arc;

use crate::domain::change::{Change, Edit, RefreshedTokens, Snapshot};
use crate::domain::event::GrantEvent;
use crate::domain::name::ProfileId;
use crate::domain::profile::{LastRefresh, Profile, RefreshResult};
use crate::domain::provider::Provider;
use crate::domain::secret::Fingerprint;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::oauth::refresh::{Cannot, Decision, Refreshed, Verdict, Wish, decide, judge, stands};
use crate::shell::Services;
use crate::shell::refresh::queue::{Attempt, Began, Way};
use crate::shell::refresh::successor::Found;
use crate::shell::refresh::trouble::{ending, explained, failed, hindered, no_provider, orphaned, unwritten};
use crate::shell::store_files::Failure;

/// Fulfils `wish` for a profile.
pub async fn refresh(services: &Arc<Services>, id: &ProfileId, wish: Wish) -> Refreshed {
    since(services, id, wish, None).await
}

/// Fulfils `wish` for a profile that held the pair `seen` when somebody began to wish: another pair
/// will do, because whoever stored it has just renewed the profile.
pub async fn since(
    services: &Arc<Services>,
    id: &ProfileId,
    wish: Wish,
    seen: Option<Fingerprint>,
) -> Refreshed {
    let (mut began, mut way) = (Began { seen, ..Began::default() }, Way::Ahead);
    loop {
        match attempt(services, id, wish, &mut began, way).await {
            Ok(Attempt::Ended(refreshed)) => return *refreshed,
            Ok(Attempt::Again(other)) => way = other,
            Err(trouble) => return Refreshed::Failed(None, trouble),
        }
    }
}

/// One refresh: for whom, of what, and what it is called when it fails.
struct Errand<'a> {
    services: &'a Arc<Services>,
    id: &'a ProfileId,
    what: &'a str,
    provider: &'a Provider,
    /// The profile as it is stored, under the lock.
    profile: &'a Profile,
    grant: String,
    /// The pair that it is asked for.
    expects: Fingerprint,
}

async fn attempt(
    services: &Arc<Services>,
    id: &ProfileId,
    wish: Wish,
    began: &mut Began,
    way: Way,
) -> Result<Attempt, Trouble> {
    let ended = |refreshed| Ok(Attempt::Ended(Box::new(refreshed)));
    let what = format!("cannot refresh {}", id.name);
    let catalog = services.catalog().await;
    let provider = catalog.get(id.name.provider());
    let known = |snapshot, last: &LastRefresh| {
        let title = provider.map_or(id.name.provider(), |provider| &provider.title);
        ended(Refreshed::Failed(Some(snapshot), failed(last, title, &what, services.clock.now().wall)))
    };
    let looks = services.turns.look(&what).await?;
    let (snapshot, profile) = read(services, id, &what).await?;
    match decide(&profile, provider, began.seen.as_ref(), wish, services.clock.now()) {
        Decision::Enough => return ended(Refreshed::Enough(snapshot)),
        Decision::Known(last) => return known(snapshot, &last),
        Decision::Cannot(Cannot::NoProvider | Cannot::Example) => {
            return Err(no_provider(&what, &catalog, id.name.provider()));
        }
        Decision::Cannot(cannot) => return Err(hindered(&what, &cannot)),
        Decision::Ask(_) if services.is_ending() => return Err(ending(&what)),
        Decision::Ask(_) => {}
    }
    // Where very many wait here, none keeps all the rows of the store.
    drop((snapshot, looks));
    began.seen = began.seen.or_else(|| profile.held.fingerprint());
    let seen = began.seen;
    let last_seen = began.last.get_or_insert_with(|| profile.last_refresh.clone());
    // `decide` has asked, so there is a refresh token.
    let Some(refresh) = profile.refresh_token() else {
        return Err(hindered(&what, &Cannot::NoRefreshToken));
    };
    let Some(turn) = services.turns.begin(services, way, (id, &what), refresh).await? else {
        return Ok(Attempt::Again(Way::Ahead));
    };
    let (snapshot, profile) = read(services, id, &what).await?;
    let request = match decide(&profile, provider, seen.as_ref(), wish, services.clock.now()) {
        Decision::Enough => return ended(Refreshed::Enough(snapshot)),
        Decision::Known(last) => return known(snapshot, &last),
        Decision::Cannot(cannot) => return Err(hindered(&what, &cannot)),
        Decision::Ask(request) => request,
    };
    // Whoever was waited for has just been told what would be told again.
    if profile.last_refresh != *last_seen
        && let Some(last) = profile.last_refresh_of_this_grant()
        && stands(last, services.clock.now().wall)
    {
        return known(snapshot, last);
    }
    // A file that cannot be written would lose the tokens that the request is about to spend.
    snapshot.writable.clone()?;
    drop(snapshot);
    let Some(provider) = provider else { return Err(no_provider(&what, &catalog, id.name.provider())) };
    let Some(grant) = profile.grant() else { return Err(hindered(&what, &Cannot::NoRefreshToken)) };
    let Some(expects) = profile.held.fingerprint() else { return Err(hindered(&what, &Cannot::NoTokens)) };
    let errand = Errand { services, id, what: &what, provider, profile: &profile, grant, expects };
    let offset = services.clock.now().offset;
    let interrupted = match successor::find(services, &profile, provider.rotation).await {
        Found::Nothing => None,
        Found::Interrupted(event) => Some(event),
        Found::Heir(renewal) => {
            let adopted = errand.adopt(renewal).await;
            return Ok(if began.accepts(&adopted, id, wish, services.clock.now()) {
                Attempt::Ended(Box::new(adopted))
            } else {
                Attempt::Again(Way::Ahead)
            });
        }
        Found::Orphan(event) => return Err(orphaned(&what, &event, offset)),
    };
    let _room = services.reserve(id.store).await?;
    let noted = errand.note(GrantEvent::RefreshStarted { grant: errand.grant.clone() }).await;
    noted.map_err(|error| unwritten(&what, services.journal.path(), &error))?;
    let Some(turn) = turn.come(services, &what).await? else {
        errand.unasked("others were asked for first").await;
        return Ok(Attempt::Again(Way::Patient));
    };
    // Whoever knows nothing of the lock may have renewed or erased it while the turn was waited for.
    let now = read(services, id, &what).await;
    if now.map(|(_, now)| now.held.fingerprint()) != Ok(profile.held.fingerprint()) {
        errand.unasked("other tokens were stored meanwhile").await;
        return Ok(Attempt::Again(Way::Ahead));
    }
    if services.is_ending() {
        errand.unasked("the program is ending").await;
        return Err(ending(&what));
    }
    let reply = services.http.send(&request, services.clock.now()).await;
    let _held = turn.end();
    // No connection stood when the end was asked for, so that nothing was posted.
    if services.is_ending() && reply.as_ref().is_err_and(|trouble| trouble.stored == Stored::Untouched) {
        errand.unasked("the program is ending").await;
        return Err(ending(&what));
    }
    ended(match judge(&profile, provider, reply.as_ref(), services.clock.now()) {
        Verdict::Refreshed(renewal) => errand.save(renewal).await,
        Verdict::Rotated(renewal) => errand.rotate(renewal).await,
        Verdict::Failed(last) => errand.write_down(explained(last, interrupted.as_ref(), offset)).await,
    })
}

async fn read(services: &Arc<Services>, id: &ProfileId, what: &str) -> Result<(Snapshot, Profile), Trouble> {
    let snapshot = services.read(id.store).await;
    match snapshot.profile(&id.name).cloned() {
        Some(profile) => Ok((snapshot, profile)),
        None => {
            snapshot.writable?;
            Err(Trouble::untouched(what, "there is no such profile any more", FailureKind::NothingToDo))
        }
    }
}

impl Errand<'_> {
    fn change(&self, edit: Edit) -> Change {
        Change { name: self.id.name.clone(), expects: Some(self.expects), edit }
    }

    /// Writes down that nothing was asked after all.
    async fn unasked(&self, why: &str) {
        let grant = self.grant.clone();
        self.tell(GrantEvent::RefreshFailed { grant, is_dead: false, why: why.to_owned() }).await;
    }

    /// Takes over what somebody else got for this grant.
    async fn adopt(&self, renewal: Box<RefreshedTokens>) -> Refreshed {
        let grant = self.grant.clone();
        let next = renewal.record.grant.clone().unwrap_or_else(|| grant.clone());
        match self.services.apply(self.id.store, self.change(Edit::Refresh(renewal))).await {
            Ok(snapshot) => {
                self.tell(GrantEvent::Adopted { grant, next }).await;
                Refreshed::Enough(snapshot)
            }
            Err(Failure::Moved(moved)) => {
                let snapshot = self.services.read(self.id.store).await;
                Refreshed::Failed(
                    Some(snapshot),
                    Trouble::untouched(self.what, moved.to_string(), FailureKind::NothingToDo),
                )
            }
            Err(Failure::Trouble(trouble)) => Refreshed::Failed(None, trouble),
        }
    }

    /// Writes down how it failed. A dead grant is read once more before it is believed: somebody
    /// else may have stored a newer one a moment ago.
    async fn write_down(&self, last: LastRefresh) -> Refreshed {
        let trouble = failed(&last, &self.provider.title, self.what, last.at);
        let is_dead = matches!(last.result, RefreshResult::Dead { .. });
        self.tell(GrantEvent::RefreshFailed { grant: self.grant.clone(), is_dead, why: trouble.why.clone() })
            .await;
        match self.services.apply(self.id.store, self.change(Edit::Record(last))).await {
            Ok(snapshot) => Refreshed::Failed(Some(snapshot), trouble),
            Err(Failure::Moved(_)) => {
                let snapshot = self.services.read(self.id.store).await;
                let now = snapshot.profile(&self.id.name);
                let is_renewed = now.is_some_and(|profile| profile.held.fingerprint().is_some());
                if is_renewed {
                    Refreshed::Enough(snapshot)
                } else {
                    Refreshed::Failed(Some(snapshot), trouble)
                }
            }
            // The failure itself is what the person must hear of; that it could not be written
            // down changes nothing about the tokens.
            Err(Failure::Trouble(_)) => Refreshed::Failed(None, trouble),
        }
    }

    async fn tell(&self, what: GrantEvent) {
        self.services.tell(self.id, what).await;
    }

    async fn note(&self, what: GrantEvent) -> std::io::Result<()> {
        self.note_in(&self.services.paths.config, what).await
    }

    async fn note_in(&self, store: &Path, what: GrantEvent) -> std::io::Result<()> {
        self.services.note_in(store, self.id, what).await
    }
}
