//! Refresh of one profile, for screen and commands alike.
//!
//! ```text
//! prepare ─► lock ─► recheck ─► record ─► send ─► store
//!    ▲        │         │                   │
//!    └────────┴─────────┴───────────────────┘  others were first: again from the start
//! ```
//!
//! The new refresh token is on disk before anything else happens. Whatever fails, nothing that is
//! stored is deleted.

pub mod grant_lock;
pub(super) mod queue;
pub mod rescue;
mod store;
pub(super) mod successor;
mod trouble;

pub use crate::shell::refresh::store::save_again;
pub use crate::shell::refresh::successor::keep;

use std::sync::Arc;

use crate::domain::change::Snapshot;
use crate::domain::event::{Event, GrantEvent};
use crate::domain::name::ProfileId;
use crate::domain::profile::{LastRefresh, Profile};
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::refreshability::NotRefreshable;
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::tokens::RefreshTokenId;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::oauth::refresh::{Decision, RefreshVerdict, Refreshed, Wish, decide, judge};
use crate::oauth::request::{Reply, Request};
use crate::shell::Services;
use crate::shell::refresh::queue::{Baseline, LockOrder, QueueSlot};
use crate::shell::refresh::successor::Succession;
use crate::shell::refresh::trouble::{ending, explained, failed, hindered, lost, no_provider, unwritten};
use crate::shell::store_files::DiskReservation;
use crate::shell::store_files::lock::LockGuard;

/// Fulfils `wish` for a profile.
pub async fn refresh(services: &Arc<Services>, id: &ProfileId, wish: Wish) -> Refreshed {
    since(services, id, wish, None).await
}

/// Fulfils `wish` for a profile that held the pair `seen` when the wish was made. Another pair fulfils
/// it too, because whoever stored it has just refreshed the profile.
pub async fn since(
    services: &Arc<Services>,
    id: &ProfileId,
    wish: Wish,
    seen: Option<Fingerprint>,
) -> Refreshed {
    let what = format!("cannot refresh {}", id.name);
    let (mut baseline, mut order) = (Baseline::since(seen), LockOrder::GrantFirst);
    loop {
        let catalog = services.catalog().await;
        let job = RefreshJob { services, id, wish, what: &what, catalog: &catalog };
        match attempt(job, &mut baseline, order).await {
            Ok(refreshed) => return refreshed,
            Err(Stop::Ended(refreshed)) => return *refreshed,
            Err(Stop::Again(other)) => order = other,
        }
    }
}

/// The phases, one after the other.
async fn attempt(job: RefreshJob<'_>, baseline: &mut Baseline, order: LockOrder) -> Result<Refreshed, Stop> {
    let token = prepare(job, baseline).await?;
    let slot = lock(job, order, &token).await?;
    let checked = recheck(job, slot, baseline).await?;
    let recorded = record(checked).await?;
    let answered = send(recorded).await?;
    Ok(store(answered).await)
}

/// Whom all phases work for.
#[derive(Clone, Copy)]
struct RefreshJob<'a> {
    services: &'a Arc<Services>,
    id: &'a ProfileId,
    wish: Wish,
    /// What a failure is called.
    what: &'a str,
    catalog: &'a Catalog,
}

/// Why a phase is not followed by the next one.
enum Stop {
    /// The refresh is over.
    Ended(Box<Refreshed>),
    /// The grant was given back before anything was sent.
    Again(LockOrder),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::from(Refreshed::Failed(None, trouble))
    }
}

impl From<Refreshed> for Stop {
    fn from(refreshed: Refreshed) -> Self {
        Self::Ended(Box::new(refreshed))
    }
}

/// Reads the profile and finds out whether it must and can be refreshed; the answer is its refresh token.
async fn prepare(job: RefreshJob<'_>, baseline: &mut Baseline) -> Result<Secret, Stop> {
    // Where very many are here, none keeps all the rows of the store.
    let _looks = job.services.refresh_queue.look(job.what).await?;
    let (snapshot, profile) = job.read().await?;
    job.request(&snapshot, &profile, baseline)?;
    if job.services.is_ending() {
        return Err(ending(job.what).into());
    }
    baseline.keep(&profile);
    let token = profile.refresh_token().cloned();
    token.ok_or_else(|| hindered(job.what, &NotRefreshable::NoRefreshToken).into())
}

/// Takes the lock of the grant, with a slot of the queue or a place among those who are ready.
async fn lock<'a>(job: RefreshJob<'a>, order: LockOrder, token: &Secret) -> Result<QueueSlot<'a>, Stop> {
    let slot = job.services.refresh_queue.begin(job.services, order, (job.id, job.what), token).await?;
    // Somebody else had the grant, and may have refreshed it.
    slot.ok_or(Stop::Again(LockOrder::GrantFirst))
}

/// A refresh that must be sent, as the profile is under the lock.
struct Checked<'a> {
    grant: LockedGrant<'a>,
    request: Box<Request>,
    /// An earlier refresh of the grant of which nobody knows how it ended.
    interrupted: Option<Event>,
    slot: QueueSlot<'a>,
}

/// Reads the profile again, under the lock: others may have refreshed it, here or in another file.
async fn recheck<'a>(
    job: RefreshJob<'a>,
    slot: QueueSlot<'a>,
    baseline: &mut Baseline,
) -> Result<Checked<'a>, Stop> {
    let (snapshot, profile) = job.read().await?;
    let request = job.request(&snapshot, &profile, baseline)?;
    // Whoever was waited for has just been told what would be told again.
    if let Some(last) = baseline.told_since(&profile, job.services.clock.now().wall) {
        return Err(job.known(snapshot, last).into());
    }
    // A file that cannot be written would lose the tokens that the request is about to spend.
    snapshot.writable.clone()?;
    drop(snapshot);
    let grant = LockedGrant::new(job, profile)?;
    let interrupted = match successor::find(job.services, &grant.profile, grant.provider.rotation).await {
        Succession::None => None,
        Succession::Interrupted(event) => Some(event),
        Succession::Lost(event) => {
            return Err(lost(job.what, &event, job.services.clock.now().offset).into());
        }
        Succession::Successor(tokens) => {
            let adopted = grant.adopt(tokens).await;
            let is_over = baseline.accepts(&adopted, job.id, job.wish, job.services.clock.now());
            return Err(if is_over { adopted.into() } else { Stop::Again(LockOrder::GrantFirst) });
        }
    };
    Ok(Checked { grant, request, interrupted, slot })
}

/// A refresh that the event log knows of, with room on disk for what comes.
struct Recorded<'a> {
    checked: Checked<'a>,
    reservation: DiskReservation,
}

/// Makes sure of what must not be missing once the refresh token is spent: room for the new one, and a
/// line by which an interrupted refresh is known later.
async fn record(checked: Checked<'_>) -> Result<Recorded<'_>, Stop> {
    let Checked { grant, .. } = &checked;
    let RefreshJob { services, id, what, .. } = grant.job;
    let reservation = services.reserve(id.store).await?;
    let noted = grant.note(GrantEvent::RefreshStarted { grant: grant.token_id.clone() }).await;
    noted.map_err(|error| unwritten(what, services.event_log.path(), &error))?;
    Ok(Recorded { checked, reservation })
}

/// A refresh that was sent, with what came for it.
struct Answered<'a> {
    grant: LockedGrant<'a>,
    interrupted: Option<Event>,
    reply: Result<Reply, Trouble>,
    _reservation: DiskReservation,
    _lock: LockGuard,
}

/// Waits for a slot, looks a last time whether the tokens are still those that were read, and sends.
async fn send(recorded: Recorded<'_>) -> Result<Answered<'_>, Stop> {
    let Recorded { checked: Checked { grant, request, interrupted, slot }, reservation } = recorded;
    let RefreshJob { services, what, .. } = grant.job;
    let Some(slot) = slot.may_send(services, what).await? else {
        grant.unsent("others were asked for first").await;
        return Err(Stop::Again(LockOrder::SlotFirst));
    };
    // Whoever knows nothing of the lock may have stored or erased tokens while the slot was waited for.
    let now = grant.job.read().await;
    if now.map(|(_, now)| now.held.fingerprint()) != Ok(Some(grant.expects)) {
        grant.unsent("other tokens were stored meanwhile").await;
        return Err(Stop::Again(LockOrder::GrantFirst));
    }
    if services.is_ending() {
        return Err(grant.ended().await);
    }
    let reply = services.http.send(&request, services.clock.now()).await;
    let lock = slot.release();
    // No connection stood when the end was asked for, so that nothing was posted.
    if services.is_ending() && reply.as_ref().is_err_and(|trouble| trouble.stored == Stored::Untouched) {
        return Err(grant.ended().await);
    }
    Ok(Answered { grant, interrupted, reply, _reservation: reservation, _lock: lock })
}

/// Stores what came, or writes down that nothing came.
async fn store(answered: Answered<'_>) -> Refreshed {
    let Answered { grant, interrupted, reply, .. } = &answered;
    let now = grant.job.services.clock.now();
    match judge(&grant.profile, grant.provider, reply.as_ref(), now) {
        RefreshVerdict::Refreshed(tokens) => grant.save(tokens).await,
        RefreshVerdict::Rotated(tokens) => grant.save_without_access_token(tokens).await,
        RefreshVerdict::Failed(last) => {
            grant.save_failure(explained(last, interrupted.as_ref(), now.offset)).await
        }
    }
}

impl<'a> RefreshJob<'a> {
    async fn read(&self) -> Result<(Snapshot, Profile), Trouble> {
        let snapshot = self.services.read(self.id.store).await;
        match snapshot.profile(&self.id.name).cloned() {
            Some(profile) => Ok((snapshot, profile)),
            None => {
                snapshot.writable?;
                Err(Trouble::untouched(
                    self.what,
                    "there is no such profile any more",
                    FailureKind::NothingToDo,
                ))
            }
        }
    }

    /// The request that fulfils the wish; a [`Stop`] where nothing is to be sent.
    fn request(
        &self,
        snapshot: &Snapshot,
        profile: &Profile,
        baseline: &Baseline,
    ) -> Result<Box<Request>, Stop> {
        let now = self.services.clock.now();
        match decide(profile, self.provider(), baseline.seen.as_ref(), self.wish, now) {
            Decision::Ask(request) => Ok(request),
            Decision::Enough => Err(Refreshed::Enough(snapshot.clone()).into()),
            Decision::Known(last) => Err(self.known(snapshot.clone(), &last).into()),
            Decision::Cannot(NotRefreshable::NoProviderFile | NotRefreshable::Example) => {
                Err(self.no_provider().into())
            }
            Decision::Cannot(cannot) => Err(hindered(self.what, &cannot).into()),
        }
    }

    /// What the last refresh was told still stands.
    fn known(&self, snapshot: Snapshot, last: &LastRefresh) -> Refreshed {
        let title = self.provider().map_or(self.id.name.provider(), |provider| &provider.title);
        Refreshed::Failed(Some(snapshot), failed(last, title, self.what, self.services.clock.now().wall))
    }

    fn provider(&self) -> Option<&'a Provider> {
        self.catalog.get(self.id.name.provider())
    }

    fn no_provider(&self) -> Trouble {
        no_provider(self.what, self.catalog, self.id.name.provider())
    }
}

/// A grant that is to be refreshed, while its lock is held.
struct LockedGrant<'a> {
    job: RefreshJob<'a>,
    provider: &'a Provider,
    /// The profile as it is stored, under the lock.
    profile: Profile,
    /// What the event log calls the grant.
    token_id: RefreshTokenId,
    /// The pair of tokens that new ones take the place of.
    expects: Fingerprint,
}

impl<'a> LockedGrant<'a> {
    fn new(job: RefreshJob<'a>, profile: Profile) -> Result<Self, Trouble> {
        let provider = job.provider().ok_or_else(|| job.no_provider())?;
        let token_id =
            profile.refresh_token_id().ok_or_else(|| hindered(job.what, &NotRefreshable::NoRefreshToken))?;
        let expects =
            profile.held.fingerprint().ok_or_else(|| hindered(job.what, &NotRefreshable::NoTokens))?;
        Ok(Self { job, provider, profile, token_id, expects })
    }

    /// Writes down that nothing was sent, since the program is ending.
    async fn ended(&self) -> Stop {
        self.unsent("the program is ending").await;
        ending(self.job.what).into()
    }

    /// Writes down that nothing was sent after all.
    async fn unsent(&self, why: &str) {
        self.tell(GrantEvent::RefreshFailed {
            grant: self.token_id.clone(),
            is_dead: false,
            why: why.to_owned(),
        })
        .await;
    }

    async fn tell(&self, what: GrantEvent) {
        self.job.services.tell(self.job.id, what).await;
    }

    async fn note(&self, what: GrantEvent) -> std::io::Result<()> {
        self.job.services.note(self.job.id, what).await
    }
}
