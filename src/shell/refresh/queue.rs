//! Refresh queue.
//!
//! A few refreshes are sent at once, and as many are ready to follow them: each has its grant's lock
//! and has read what it needs, so that an answer is followed by the next request without delay.
//! Whoever is ready for long gives its grant back, and whoever waits for a grant has no slot.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::name::ProfileId;
use crate::domain::profile::{LastRefresh, Profile};
use crate::domain::schedule::CONCURRENT_REFRESHES;
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::trouble::Trouble;
use crate::oauth::refresh::Refreshed;
use crate::oauth::refresh::{Decision, Wish, decide, stands};
use crate::shell::refresh::grant_lock;
use crate::shell::refresh::trouble::ending;
use crate::shell::store_files::lock::LockGuard;
use crate::shell::{Services, broke};

/// How many look at once whether there is anything to do: each look is a thread.
const LOOKS_AT_ONCE: usize = 8;
/// How long a grant may be kept from others before its refresh is sent.
const READY_LIMIT: Duration = Duration::from_secs(2);

/// How often one refresh may take over tokens that have expired.
const ADOPTION_LIMIT: usize = 8;

/// The refresh queue of a program.
#[derive(Debug)]
pub(in crate::shell) struct RefreshQueue {
    looking: Semaphore,
    sending: Semaphore,
    ready: Semaphore,
}

/// In which order a refresh gets its slot and its grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LockOrder {
    /// The grant first, for a moment.
    GrantFirst,
    /// The slot first, however long that takes.
    SlotFirst,
}

/// What was stored when the wish was made.
#[derive(Default)]
pub(super) struct Baseline {
    /// The pair of tokens.
    pub(super) seen: Option<Fingerprint>,
    /// How the last refresh had ended, once that was read.
    last: Option<Option<Box<LastRefresh>>>,
    /// How often tokens were taken over that did not do.
    adoptions: usize,
}

impl Baseline {
    /// The baseline of a wish that was made when the profile held the pair `seen`.
    pub(super) fn since(seen: Option<Fingerprint>) -> Self {
        Self { seen, ..Self::default() }
    }

    /// Keeps what `profile` holds, unless something is kept already.
    pub(super) fn keep(&mut self, profile: &Profile) {
        self.seen = self.seen.or_else(|| profile.held.fingerprint());
        self.last.get_or_insert_with(|| profile.last_refresh.clone());
    }

    /// What a refresh of the same grant was told since, if that still stands.
    pub(super) fn told_since<'p>(&self, profile: &'p Profile, now: DateTime<Utc>) -> Option<&'p LastRefresh> {
        let is_new = self.last.as_ref() != Some(&profile.last_refresh);
        profile.last_refresh_of_this_grant().filter(|last| is_new && stands(last, now))
    }

    /// Whether `adopted`, which tells what became of taking over tokens, fulfils `wish` for the profile
    /// `id`. If not, the refresh begins anew with them: they have expired since somebody else got them.
    pub(super) fn accepts(&mut self, adopted: &Refreshed, id: &ProfileId, wish: Wish, now: Now) -> bool {
        let Refreshed::Enough(snapshot) = adopted else { return true };
        let Some(profile) = snapshot.profile(&id.name) else { return true };
        let lasting = match wish {
            Wish::Valid { .. } | Wish::Due { .. } => wish,
            Wish::New | Wish::NewUnlessDead => Wish::Valid { for_at_least: Duration::ZERO },
        };
        let is_enough = decide(profile, None, None, lasting, now) == Decision::Enough;
        if is_enough || self.adoptions == ADOPTION_LIMIT {
            return true;
        }
        *self = Self { adoptions: self.adoptions + 1, ..Self::default() };
        false
    }
}

/// A grant whose lock is held, and a slot to send its refresh or a place among those who are ready.
#[derive(Debug)]
pub(super) struct QueueSlot<'a> {
    lock: LockGuard,
    sending: Option<SemaphorePermit<'a>>,
    _ready: Option<SemaphorePermit<'a>>,
}

impl Default for RefreshQueue {
    fn default() -> Self {
        let [sending, ready] = [CONCURRENT_REFRESHES; 2].map(Semaphore::new);
        Self { looking: Semaphore::new(LOOKS_AT_ONCE), sending, ready }
    }
}

impl RefreshQueue {
    /// Lets `count` refreshes be sent at once.
    pub(in crate::shell) fn allow(&self, count: usize) {
        for each in [&self.sending, &self.ready] {
            match count.checked_sub(CONCURRENT_REFRESHES) {
                Some(more) => each.add_permits(more),
                None => drop(each.forget_permits(CONCURRENT_REFRESHES.saturating_sub(count))),
            }
        }
    }

    /// Waits until one more may look whether there is anything to do.
    pub(super) async fn look(&self, what: &str) -> Result<SemaphorePermit<'_>, Trouble> {
        permit(&self.looking, what).await
    }

    /// Takes the lock of the grant of `refresh`; nothing where somebody else had it, who is waited for
    /// unless the program is ending.
    pub(super) async fn begin<'a>(
        &'a self,
        services: &Services,
        order: LockOrder,
        (id, what): (&ProfileId, &str),
        refresh: &Secret,
    ) -> Result<Option<QueueSlot<'a>>, Trouble> {
        let (sending, ready) = match order {
            LockOrder::GrantFirst => (None, Some(permit(&self.ready, what).await?)),
            LockOrder::SlotFirst => (Some(permit(&self.sending, what).await?), None),
        };
        if let Some(lock) = grant_lock::hold_if_free(services, what, refresh).await? {
            return Ok(Some(QueueSlot { lock, sending, _ready: ready }));
        }
        drop((sending, ready));
        tokio::select! {
            lock = grant_lock::hold(services, id, what, refresh) => drop(lock?),
            () = services.ended() => return Err(ending(what)),
        }
        Ok(None)
    }
}

impl<'a> QueueSlot<'a> {
    /// Waits until its refresh may be sent; nothing, and the grant is given back, where that takes long.
    pub(super) async fn may_send(self, services: &'a Services, what: &str) -> Result<Option<Self>, Trouble> {
        if self.sending.is_some() {
            return Ok(Some(self));
        }
        match tokio::time::timeout(READY_LIMIT, permit(&services.refresh_queue.sending, what)).await {
            Ok(sending) => Ok(Some(Self { lock: self.lock, sending: Some(sending?), _ready: None })),
            Err(_) => Ok(None),
        }
    }

    /// Lets the next refresh be sent, and keeps the lock of the grant.
    pub(super) fn release(self) -> LockGuard {
        self.lock
    }
}

async fn permit<'a>(semaphore: &'a Semaphore, what: &str) -> Result<SemaphorePermit<'a>, Trouble> {
    semaphore.acquire().await.map_err(|_| broke(what))
}
