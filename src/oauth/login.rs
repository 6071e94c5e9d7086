//! Login as a value, from the first random byte to tested tokens.
//!
//! [`Login::advance`] takes what happened and says what must be done; the login panel and
//! `authtui login` both drive it. Nothing here knows a clock, a socket or a file.
//!
//! A code is redeemed once. From then on the login cannot be cancelled any more: the tokens it
//! brings are asked about, and never dropped. The same holds for a question about a device code
//! that is on its way: a login that ends meanwhile waits in `Exchanging` for its answer.

mod authorization_request;
mod completion;
mod device;
mod events;
mod exchanging;
mod identifying;
mod methods;
mod opening;
mod options;
mod plan;
pub mod preflight;
mod stage;
pub mod step;
mod waiting;

use std::mem;
use std::time::Duration;

use crate::domain::clock::{Now, Steady};
use crate::domain::profile::Profile;
use crate::domain::secret::{Fingerprint, Secret};
use crate::oauth::callback::AuthorizationResponse;
pub use crate::oauth::login::events::{BoundListener, Input, Output, SaveDecision};
pub use crate::oauth::login::methods::{DeviceEnd, DeviceMethod, LoginMethods};
pub use crate::oauth::login::options::{BrowserOpening, Locality, LoginOptions};
pub use crate::oauth::login::plan::{LoginPlan, WantedAccount};
pub use crate::oauth::login::stage::{ConfirmReason, Exchange, Opening, Outcome, Stage};
use crate::oauth::login::step::LoginSteps;
use crate::oauth::transcript::Transcript;
use crate::oauth::{LoginId, RequestId};

/// How long a login waits for its answer; longer while a device code is good.
pub const PATIENCE: Duration = Duration::from_mins(5);

/// The most notices a login keeps; older ones go first.
const NOTICES: usize = 8;

/// One login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    id: LoginId,
    plan: LoginPlan,
    stage: Stage,
    steps: LoginSteps,
    notices: Vec<String>,
    noticed: usize,
    requests_made: u64,
    /// The codes that were sent: each is good for one request (RFC 6749 §4.1.2).
    spent: Vec<Fingerprint>,
    /// What proves that questions about the device code are ours (RFC 7636), where the provider
    /// wants it.
    device_verifier: Option<Secret>,
    transcript: Transcript,
}

/// What follows from what was heard.
struct Transition {
    stage: Stage,
    outputs: Vec<Output>,
}

impl Transition {
    fn to(stage: Stage) -> Self {
        Self { stage, outputs: Vec::new() }
    }

    fn with(mut self, outputs: impl IntoIterator<Item = Output>) -> Self {
        self.outputs.extend(outputs);
        self
    }

    fn over(outcome: Outcome) -> Self {
        Self::to(Stage::Over(outcome)).with([Output::CloseListener])
    }
}

impl Login {
    /// A login that begins, and what it wants first.
    #[must_use]
    pub fn begin(plan: LoginPlan, id: LoginId, now: Now) -> (Self, Vec<Output>) {
        let mut login = Self {
            id,
            stage: Stage::Opening(Opening::default()),
            steps: LoginSteps::of(plan.steps()),
            transcript: plan.walk.clone(),
            plan,
            notices: Vec::new(),
            noticed: 0,
            requests_made: 0,
            spent: Vec::new(),
            device_verifier: None,
        };
        login.begin_listening(now);
        (login, vec![Output::Entropy])
    }

    /// Takes what happened and says what must be done.
    pub fn advance(&mut self, heard: Input, now: Now) -> Vec<Output> {
        self.take_down_heard(&heard, now);
        let stage = mem::replace(&mut self.stage, Stage::Over(Outcome::Cancelled));
        let turn = match heard {
            Input::Began(entropy) => self.began(stage, entropy, now),
            Input::Bound(bound) => self.bound(stage, bound, now),
            Input::Opened(opened) => self.opened(stage, opened, now),
            Input::OpenAgain => self.open_again(stage, now),
            Input::Answered(answer) => self.answered(stage, answer, now),
            Input::Ignored(ignored) => self.ignored(stage, &ignored),
            Input::ListenerDied(why) => self.listener_died(stage, &why),
            Input::Typed(text) => self.typed(stage, &text, now),
            Input::Replied(request_id, reply) => self.replied(stage, request_id, reply, now),
            Input::Decided(choice) => self.decided(stage, choice, now),
            Input::Named(text) => self.named(stage, &text),
            Input::Saved(saved) => self.saved(stage, saved, now),
            Input::Taken => self.taken(stage, now),
            Input::Woke => self.woke(stage, now),
            Input::Cancelled => self.cancelled(stage, now),
        };
        self.stage = turn.stage;
        self.take_down_wanted(&turn.outputs, now);
        turn.outputs
    }

    fn take_down_heard(&mut self, heard: &Input, now: Now) {
        match heard {
            Input::Replied(id, reply) => self.transcript.answered(*id, reply, now),
            Input::Answered(AuthorizationResponse::Code { .. }) => {
                self.transcript.note("the browser came back with a code", now);
            }
            Input::Answered(AuthorizationResponse::Denied { error, .. }) => {
                self.transcript.note(&format!("the browser came back with error={error}"), now);
            }
            Input::Answered(AuthorizationResponse::Untrusted(_)) => {
                self.transcript
                    .note("the browser came back with an answer that is not from this server", now);
            }
            Input::Typed(_) => self.transcript.note("an answer was pasted", now),
            Input::Began(_)
            | Input::Bound(_)
            | Input::Opened(_)
            | Input::OpenAgain
            | Input::Ignored(_)
            | Input::ListenerDied(_)
            | Input::Decided(_)
            | Input::Named(_)
            | Input::Saved(_)
            | Input::Taken
            | Input::Woke
            | Input::Cancelled => {}
        }
    }

    fn take_down_wanted(&mut self, wanted: &[Output], now: Now) {
        for output in wanted {
            match output {
                Output::Send(id, request) => self.transcript.sent(*id, request, now),
                Output::Open(page) => self.transcript.opened(page, now),
                Output::Entropy
                | Output::Listen(_)
                | Output::ExpectCallback(_)
                | Output::CloseListener
                | Output::Save(..) => {}
            }
        }
    }

    /// The next moment at which time alone changes something.
    #[must_use]
    pub fn wakes_at(&self) -> Option<Steady> {
        let Stage::Waiting(methods) = &self.stage else { return None };
        Some(methods.wakes_at())
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
            | Stage::Identifying(_)
            | Stage::Testing(..)
            | Stage::Naming(_)
            | Stage::Over(_) => None,
        }
    }

    /// Whether a request was posted whose tokens are not stored yet.
    #[must_use]
    pub fn is_settling(&self) -> bool {
        match &self.stage {
            Stage::Exchanging(_) | Stage::Identifying(_) | Stage::Saving(_) => true,
            Stage::Waiting(methods) => methods.polling().is_some(),
            Stage::Opening(_)
            | Stage::Confirming(..)
            | Stage::Unsaved(..)
            | Stage::Testing(..)
            | Stage::Naming(_)
            | Stage::Over(_) => false,
        }
    }

    /// Which login it is.
    #[must_use]
    pub fn id(&self) -> LoginId {
        self.id
    }

    /// What it is for.
    #[must_use]
    pub fn plan(&self) -> &LoginPlan {
        &self.plan
    }

    /// Where it stands.
    #[must_use]
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// How it ended, once it has.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        if let Stage::Over(outcome) = &self.stage { Some(outcome) } else { None }
    }

    /// How far each step has come.
    #[must_use]
    pub fn steps(&self) -> &LoginSteps {
        &self.steps
    }

    /// Its requests and their answers, without a secret.
    #[must_use]
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
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
    pub fn methods(&self) -> Option<&LoginMethods> {
        match &self.stage {
            Stage::Waiting(methods) => Some(methods),
            Stage::Exchanging(exchange) => Some(&exchange.methods),
            Stage::Opening(_)
            | Stage::Identifying(_)
            | Stage::Confirming(..)
            | Stage::Saving(_)
            | Stage::Unsaved(..)
            | Stage::Testing(..)
            | Stage::Naming(_)
            | Stage::Over(_) => None,
        }
    }

    fn next_request_id(&mut self) -> RequestId {
        self.requests_made += 1;
        RequestId(self.requests_made)
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
