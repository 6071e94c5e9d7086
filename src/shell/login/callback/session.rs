//! CallbackSession of the listener: the answer it waits for, and what it has reported already.

use std::mem::{self, Discriminant, discriminant};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use url::Url;

use crate::domain::secret::Secret;
use crate::oauth::callback::peer::Peer;
use crate::oauth::callback::{BrowserLink, Gate, Ignored, Judged, receive};
use crate::shell::clock;
use crate::shell::login::callback::{ListenerEvent, OnEvent, page, peers};

/// Checks what comes, and reports each thing once.
pub(super) struct CallbackSession {
    port: u16,
    hear: OnEvent,
    state: Mutex<SessionState>,
}

#[derive(Default)]
struct SessionState {
    gate: Option<Gate>,
    answered: bool,
    /// Of what was ignored, the kinds that were reported.
    told: Vec<Discriminant<Ignored>>,
    death_told: bool,
}

impl CallbackSession {
    pub(super) fn new(port: u16, hear: OnEvent) -> Self {
        Self { port, hear, state: Mutex::default() }
    }

    /// Waits for the answer that `gate` describes, and for no other.
    pub(super) fn arm(&self, gate: Gate) {
        let mut state = self.state();
        *state = SessionState { gate: Some(gate), death_told: state.death_told, ..SessionState::default() };
    }

    /// A new link that leads to `page` once, where that is the page whose answer is awaited.
    pub(super) fn link_to(&self, page: &Url) -> Option<Url> {
        let name = clock::random_name().ok()?;
        let link = Url::parse(&format!("http://127.0.0.1:{}/go/{name}", self.port)).ok()?;
        let mut state = self.state();
        let gate = state.gate.as_mut().filter(|gate| gate.authorize.as_ref() == Some(page))?;
        gate.links.push(BrowserLink { name: Secret::new(name), used: false });
        Some(link)
    }

    /// The page for a request that `peer` sent, and what is to be told of it.
    pub(super) fn receive(
        &self,
        head: &[u8],
        peer: impl FnOnce() -> Peer,
    ) -> (Vec<u8>, Option<ListenerEvent>) {
        let body = if head.starts_with(b"HEAD ") { page::PageBody::LeftOut } else { page::PageBody::Sent };
        let Some((judged, came)) = self.guard(|| self.state().judge(head, self.port, peer)) else {
            return (Vec::new(), None);
        };
        (self.guard(|| page::render(&judged, body)).unwrap_or_default(), came)
    }

    /// Says what came.
    pub(super) fn tell(&self, came: ListenerEvent) {
        self.guard(|| (self.hear)(came));
    }

    /// Says that something here failed. The panic's own text is kept back, for it may quote the request.
    pub(super) fn died(&self) {
        if !mem::replace(&mut self.state().death_told, true) {
            let why = "the callback listener failed; this is a fault of authtui".to_owned();
            let _ = catch_unwind(AssertUnwindSafe(|| (self.hear)(ListenerEvent::Died(why))));
        }
    }

    /// Runs `part`; a panic costs the request, never the listener.
    fn guard<T>(&self, part: impl FnOnce() -> T) -> Option<T> {
        let done = catch_unwind(AssertUnwindSafe(part));
        if done.is_err() {
            self.died();
        }
        done.ok()
    }

    fn state(&self) -> MutexGuard<'_, SessionState> {
        // A panic while judging changes nothing here, so what it left behind is as good as before.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionState {
    fn judge(
        &mut self,
        head: &[u8],
        port: u16,
        peer: impl FnOnce() -> Peer,
    ) -> (Judged, Option<ListenerEvent>) {
        let judged =
            receive(head, self.gate.as_ref(), self.answered, port).from_peer(peer, peers::may_answer);
        if let (Judged::Go { link: Some(name), .. }, Some(gate)) = (&judged, &mut self.gate) {
            gate.links.iter_mut().filter(|link| link.name == *name).for_each(|link| link.used = true);
        }
        let attempt = self.gate.as_ref().map(|gate| gate.attempt);
        let came = match (&judged, attempt) {
            (Judged::Answer(answer), Some(attempt)) => {
                self.answered = true;
                Some(ListenerEvent::Answer(attempt, answer.clone()))
            }
            (Judged::Stray { ignored: Some(ignored), .. }, Some(attempt)) => {
                let kind = discriminant(ignored);
                let first = !self.told.contains(&kind);
                self.told.extend(first.then_some(kind));
                first.then(|| ListenerEvent::Ignored(attempt, ignored.clone()))
            }
            (Judged::Answer(_) | Judged::Stray { .. } | Judged::Go { .. } | Judged::Finished, _) => None,
        };
        (judged, came)
    }
}
