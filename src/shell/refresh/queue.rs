//! Whose turn it is to ask.
//!
//! A few refreshes ask at once, and as many are ready to follow them: each has its grant's lock and
//! has read what it needs, so that an answer is followed by the next request without delay. Whoever
//! is ready for long gives its grant back, and whoever waits for a grant has no turn.

use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::domain::profile::LastRefresh;
use crate::domain::schedule::AT_ONCE;
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::trouble::Trouble;
use crate::oauth::refresh::{Decision, Refreshed, Wish, decide};
use crate::shell::refresh::grant_lock;
use crate::shell::refresh::trouble::ending;
use crate::shell::store_files::lock::Hold;
use crate::shell::{Services, broke};

/// How many look at once whether there is anything to do: each look is a thread.
const LOOKING: usize = 8;
/// How long a grant may be kept from others before it is asked for.
const READY: Duration = Duration::from_secs(2);

/// How often one refresh may take over tokens that have ended.
const ADOPTIONS: usize = 8;

/// The turns of a program.
#[derive(Debug)]
pub(in crate::shell) struct Turns {
    looking: Semaphore,
    asking: Semaphore,
    ready: Semaphore,
}

/// In which order a refresh gets its turn and its grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The grant first, for a moment.
    Ahead,
    /// The turn first.
    Patient,
}

/// What was there when somebody began to wish.
#[derive(Default)]
pub(super) struct Began {
    /// The pair of tokens.
    pub(super) seen: Option<Fingerprint>,
    /// How the last refresh had ended, once that was read.
    pub(super) last: Option<Option<LastRefresh>>,
    /// How often tokens were taken over that did not do.
    pub(super) adopted: usize,
}

impl Began {
    /// Whether `adopted`, which tells what became of taking over tokens, fulfils `wish` for the profile
    /// `id`. If not, it begins anew with them: they have ended since somebody else got them.
    pub(super) fn accepts(&mut self, adopted: &Refreshed, id: &ProfileId, wish: Wish, now: Now) -> bool {
        let Refreshed::Enough(snapshot) = adopted else { return true };
        let Some(profile) = snapshot.profile(&id.name) else { return true };
        let lasting = match wish {
            Wish::Valid { .. } | Wish::Due { .. } => wish,
            Wish::New | Wish::NewUnlessDead => Wish::Valid { for_at_least: Duration::ZERO },
        };
        if decide(profile, None, None, lasting, now) == Decision::Enough || self.adopted == ADOPTIONS {
            return true;
        }
        *self = Self { seen: None, last: None, adopted: self.adopted + 1 };
        false
    }
}

/// How an attempt ended.
pub(super) enum Attempt {
    /// For good.
    Ended(Box<Refreshed>),
    /// The grant was given back before anything was asked.
    Again(Way),
}

/// A grant that is held, and the turn to ask for it or a place among those who are ready.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    held: Hold,
    asking: Option<SemaphorePermit<'a>>,
    _ready: Option<SemaphorePermit<'a>>,
}

impl Default for Turns {
    fn default() -> Self {
        let [asking, ready] = [AT_ONCE; 2].map(Semaphore::new);
        Self { looking: Semaphore::new(LOOKING), asking, ready }
    }
}

impl Turns {
    /// Lets `count` ask at once.
    pub(in crate::shell) fn allow(&self, count: usize) {
        for each in [&self.asking, &self.ready] {
            match count.checked_sub(AT_ONCE) {
                Some(more) => each.add_permits(more),
                None => drop(each.forget_permits(AT_ONCE.saturating_sub(count))),
            }
        }
    }

    /// Waits until one more may look whether there is anything to do.
    pub(super) async fn look(&self, what: &str) -> Result<SemaphorePermit<'_>, Trouble> {
        permit(&self.looking, what).await
    }

    /// Takes the grant of `refresh` for a profile; nothing where somebody else had it, who is waited for
    /// unless the program is ending.
    pub(super) async fn begin<'a>(
        &'a self,
        services: &Services,
        way: Way,
        (id, what): (&ProfileId, &str),
        refresh: &Secret,
    ) -> Result<Option<Turn<'a>>, Trouble> {
        let (asking, ready) = match way {
            Way::Ahead => (None, Some(permit(&self.ready, what).await?)),
            Way::Patient => (Some(permit(&self.asking, what).await?), None),
        };
        if let Some(held) = grant_lock::hold_if_free(services, what, refresh).await? {
            return Ok(Some(Turn { held, asking, _ready: ready }));
        }
        drop((asking, ready));
        tokio::select! {
            held = grant_lock::hold(services, id, what, refresh) => drop(held?),
            () = services.ended() => return Err(ending(what)),
        }
        Ok(None)
    }
}

impl<'a> Turn<'a> {
    /// Waits until it may ask; nothing, and the grant is given back, where that takes long.
    pub(super) async fn come(self, services: &'a Services, what: &str) -> Result<Option<Self>, Trouble> {
        if self.asking.is_some() {
            return Ok(Some(self));
        }
        match tokio::time::timeout(READY, permit(&services.turns.asking, what)).await {
            Ok(asking) => Ok(Some(Self { held: self.held, asking: Some(asking?), _ready: None })),
            Err(_) => Ok(None),
        }
    }

    /// Lets the next one ask, and keeps the grant.
    pub(super) fn end(self) -> Hold {
        self.held
    }
}

async fn permit<'a>(semaphore: &'a Semaphore, what: &str) -> Result<SemaphorePermit<'a>, Trouble> {
    semaphore.acquire().await.map_err(|_| broke(what))
}
