//! One login, from the first random byte to tested tokens, as a value.
//!
//! [`Login::hear`] takes what happened and says what must be done; the login panel and
//! `authtui login` both drive it. Nothing here knows a clock, a socket or a file.
//!
//! ```text
//! Opening ─▶ Waiting ─▶ Exchanging ─▶ Saving ─▶ Testing ─▶ Over
//!               ▲            │  └▶ Confirming ─▶┘ └▶ Unsaved
//!               └ bad paste ─┘
//! ```
//!
//! A code is redeemed once. From then on the login cannot be cancelled any more: the tokens it
//! brings are asked about, and never dropped. The same holds for a question about a device code
//! that is on its way: a login that ends meanwhile waits in `Exchanging` for its answer.

mod ask;
mod device;
mod doors;
mod exchanging;
mod heard;
pub mod needs;
mod opening;
mod plan;
mod sent;
mod settling;
mod shut;
mod stage;
pub mod step;
mod waiting;
mod ways;

use std::mem;
use std::time::Duration;

use crate::domain::clock::{Now, Steady};
use crate::domain::profile::Profile;
use crate::domain::secret::{Fingerprint, Secret};
pub use crate::oauth::login::ask::Ask;
pub use crate::oauth::login::doors::{DeviceDoor, Doors};
pub use crate::oauth::login::heard::{Bound, Choice, Heard};
pub use crate::oauth::login::plan::Plan;
pub use crate::oauth::login::shut::Shut;
pub use crate::oauth::login::stage::{Door, Doubt, Exchange, Opening, Outcome, Stage};
use crate::oauth::login::step::Steps;
pub use crate::oauth::login::ways::{Browser, CancelKey, Seat, Ways};
use crate::oauth::{Attempt, Errand};

/// How long a login waits for its answer; longer while a device code is good.
pub const PATIENCE: Duration = Duration::from_mins(5);

/// The most notices a login keeps; older ones go first.
const NOTICES: usize = 8;

/// One login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    attempt: Attempt,
    plan: Plan,
    stage: Stage,
    steps: Steps,
    notices: Vec<String>,
    noticed: usize,
    errands: u64,
    /// The codes that were sent: each is good for one request (RFC 6749 §4.1.2).
    spent: Vec<Fingerprint>,
    /// What proves that questions about the device code are ours (RFC 7636), where the provider
    /// wants it.
    device_verifier: Option<Secret>,
}

/// What follows from what was heard.
struct Turn {
    stage: Stage,
    asks: Vec<Ask>,
}

impl Turn {
    fn to(stage: Stage) -> Self {
        Self { stage, asks: Vec::new() }
    }

    fn asking(mut self, asks: impl IntoIterator<Item = Ask>) -> Self {
        self.asks.extend(asks);
        self
    }

    fn over(outcome: Outcome) -> Self {
        Self::to(Stage::Over(outcome)).asking([Ask::CloseListener])
    }
}

impl Login {
    /// A login that begins, and what it wants first.
    #[must_use]
    pub fn begin(plan: Plan, attempt: Attempt, now: Now) -> (Self, Vec<Ask>) {
        let mut login = Self {
            attempt,
            stage: Stage::Opening(Opening::default()),
            steps: Steps::of(plan.steps()),
            plan,
            notices: Vec::new(),
            noticed: 0,
            errands: 0,
            spent: Vec::new(),
            device_verifier: None,
        };
        login.begin_listening(now);
        (login, vec![Ask::Entropy])
    }

    /// Takes what happened and says what must be done.
    pub fn hear(&mut self, heard: Heard, now: Now) -> Vec<Ask> {
        let stage = mem::replace(&mut self.stage, Stage::Over(Outcome::Cancelled));
        let turn = match heard {
            Heard::Began(entropy) => self.began(stage, entropy, now),
            Heard::Bound(bound) => self.bound(stage, bound, now),
            Heard::Opened(opened) => self.opened(stage, opened, now),
            Heard::OpenAgain => self.open_again(stage, now),
            Heard::Answered(answer) => self.answered(stage, answer, now),
            Heard::Ignored(ignored) => self.ignored(stage, &ignored),
            Heard::ListenerDied(why) => self.listener_died(stage, &why),
            Heard::Typed(text) => self.typed(stage, &text, now),
            Heard::Replied(errand, reply) => self.replied(stage, errand, reply, now),
            Heard::Decided(choice) => self.decided(stage, choice, now),
            Heard::Saved(saved) => self.saved(stage, saved, now),
            Heard::Taken => self.taken(stage, now),
            Heard::Woke => self.woke(stage, now),
            Heard::Cancelled => self.cancelled(stage, now),
        };
        self.stage = turn.stage;
        turn.asks
    }

    /// The next moment at which time alone changes something.
    #[must_use]
    pub fn wakes_at(&self) -> Option<Steady> {
        match &self.stage {
            Stage::Waiting(doors) => Some(doors.wakes_at()),
            Stage::Opening(_)
            | Stage::Exchanging(_)
            | Stage::Confirming(..)
            | Stage::Saving(_)
            | Stage::Unsaved(..)
            | Stage::Testing(..)
            | Stage::Over(_) => None,
        }
    }

    /// Tokens that are nowhere but here: quitting asks while there are some.
    #[must_use]
    pub fn unsaved(&self) -> Option<&Profile> {
        match &self.stage {
            Stage::Confirming(profile, _) | Stage::Saving(profile) | Stage::Unsaved(profile, _) => {
                Some(profile)
            }
            Stage::Opening(_)
            | Stage::Waiting(_)
            | Stage::Exchanging(_)
            | Stage::Testing(..)
            | Stage::Over(_) => None,
        }
    }

    /// Whether a request was posted whose tokens are not stored yet.
    #[must_use]
    pub fn is_settling(&self) -> bool {
        match &self.stage {
            Stage::Exchanging(_) | Stage::Saving(_) => true,
            Stage::Waiting(doors) => doors.polling().is_some(),
            Stage::Opening(_)
            | Stage::Confirming(..)
            | Stage::Unsaved(..)
            | Stage::Testing(..)
            | Stage::Over(_) => false,
        }
    }

    /// Which login it is.
    #[must_use]
    pub fn attempt(&self) -> Attempt {
        self.attempt
    }

    /// What it is for.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Where it stands.
    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// How far each step has come.
    #[must_use]
    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    /// What the person should know, oldest first.
    #[must_use]
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// How many notices there were, also those that have gone.
    #[must_use]
    pub fn noticed(&self) -> usize {
        self.noticed
    }

    /// The addresses to open while it waits.
    #[must_use]
    pub fn doors(&self) -> Option<&Doors> {
        match &self.stage {
            Stage::Waiting(doors) => Some(doors),
            Stage::Exchanging(exchange) => Some(&exchange.doors),
            Stage::Opening(_)
            | Stage::Confirming(..)
            | Stage::Saving(_)
            | Stage::Unsaved(..)
            | Stage::Testing(..)
            | Stage::Over(_) => None,
        }
    }

    fn next_errand(&mut self) -> Errand {
        self.errands += 1;
        Errand(self.errands)
    }

    fn notice(&mut self, text: impl Into<String>) {
        let text = text.into();
        if self.notices.last() == Some(&text) {
            return;
        }
        self.noticed += 1;
        self.notices.push(text);
        if self.notices.len() > NOTICES {
            self.notices.remove(0);
        }
    }
}
