//! CallbackSession of the listener: the answer it waits for, and what it has reported already.

use std::mem::{self, Discriminant, discriminant};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use url::Url;

use crate::domain::secret::Secret;
use crate::oauth::callback::peer::Peer;
use crate::oauth::callback::{BrowserLink, CallbackCheck, CallbackVerdict, Ignored, receive};
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
    check: Option<CallbackCheck>,
    answered: bool,
    /// Of what was ignored, the kinds that were reported.
    told: Vec<Discriminant<Ignored>>,
    death_told: bool,
}

impl CallbackSession {
    pub(super) fn new(port: u16, hear: OnEvent) -> Self {
        Self { port, hear, state: Mutex::default() }
    }

    /// Waits for the answer that `check` describes, and for no other.
    pub(super) fn arm(&self, check: CallbackCheck) {
        let mut state = self.state();
        *state = SessionState { check: Some(check), death_told: state.death_told, ..SessionState::default() };
    }

    /// A new link that leads to `page` once, where that is the page whose answer is awaited.
    pub(super) fn link_to(&self, page: &Url) -> Option<Url> {
        let name = clock::random_name().ok()?;
        let link = Url::parse(&format!("http://127.0.0.1:{}/go/{name}", self.port)).ok()?;
        let mut state = self.state();
        let check = state.check.as_mut().filter(|check| check.authorize.as_ref() == Some(page))?;
        check.links.push(BrowserLink { name: Secret::new(name), used: false });
        Some(link)
    }

    /// The page for a request that `peer` sent, and what is to be told of it.
    pub(super) fn receive(
        &self,
        head: &[u8],
        peer: impl FnOnce() -> Peer,
    ) -> (Vec<u8>, Option<ListenerEvent>) {
        let body = if head.starts_with(b"HEAD ") { page::PageBody::LeftOut } else { page::PageBody::Sent };
        let Some((verdict, came)) = self.guard(|| self.state().judge(head, self.port, peer)) else {
            return (Vec::new(), None);
        };
        (self.guard(|| page::render(&verdict, body)).unwrap_or_default(), came)
    }

    /// Says what came.
    pub(super) fn tell(&self, came: ListenerEvent) {
        self.guard(|| (self.hear)(came));
    }

    /// Says that something here failed. The panic's own text is kept back, for it may quote the request.
    pub(super) fn died(&self) {
        if !mem::replace(&mut self.state().death_told, true) {
            let why = "the callback listener failed; this is a bug in authtui".to_owned();
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
    ) -> (CallbackVerdict, Option<ListenerEvent>) {
        let verdict =
            receive(head, self.check.as_ref(), self.answered, port).from_peer(peer, peers::may_answer);
        if let (CallbackVerdict::Redirect { link: Some(name), .. }, Some(check)) = (&verdict, &mut self.check)
        {
            check.links.iter_mut().filter(|link| link.name == *name).for_each(|link| link.used = true);
        }
        let login_id = self.check.as_ref().map(|check| check.login);
        let came = match (&verdict, login_id) {
            (CallbackVerdict::Answer(answer), Some(login_id)) => {
                self.answered = true;
                Some(ListenerEvent::Answer(login_id, answer.clone()))
            }
            (CallbackVerdict::Rejected { ignored: Some(ignored), .. }, Some(login_id)) => {
                let kind = discriminant(ignored);
                let first = !self.told.contains(&kind);
                self.told.extend(first.then_some(kind));
                first.then(|| ListenerEvent::Ignored(login_id, ignored.clone()))
            }
            (
                CallbackVerdict::Answer(_)
                | CallbackVerdict::Rejected { .. }
                | CallbackVerdict::Redirect { .. }
                | CallbackVerdict::Finished,
                _,
            ) => None,
        };
        (verdict, came)
    }
}
