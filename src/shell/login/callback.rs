//! The callback listener: one thread that waits for the answer of one login.
//!
//! It has a small runtime of its own, so that no client can slow the screen, and it is dropped
//! when the login ends, which frees its port at once. It never knows how the login went: its
//! pages say "return to authtui". tiny_http's server is not used here, only its parts: that
//! server has no limits, and one header line can abort the process.

mod page;
mod peers;
mod port;
mod serve;
mod session;

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::runtime;
use tokio::sync::oneshot;
use url::Url;

use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::LoginId;
use crate::oauth::callback::{AuthorizationResponse, CallbackCheck, Ignored};
use crate::shell::login::callback::session::CallbackSession;

/// What happened at the listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenerEvent {
    /// The answer of a login, once for each [`CallbackCheck`].
    Answer(LoginId, AuthorizationResponse),
    /// A visit that may have been the answer was ignored; each kind of it is said once for each
    /// [`CallbackCheck`], however many come.
    Ignored(LoginId, Ignored),
    /// A fault of authtui itself, said once. The listener goes on if it can, yet whoever waits
    /// should be offered the paste.
    Died(String),
}

/// Where the listener reports to. It is called on the listener's thread and must not wait.
pub type OnEvent = Arc<dyn Fn(ListenerEvent) + Send + Sync>;

/// The running listener; dropping it ends its thread and frees its port.
pub struct Listener {
    addresses: Vec<SocketAddr>,
    port: u16,
    session: Arc<CallbackSession>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Listens on the first of `ports` that is free (0 is any free one), on 127.0.0.1 and, where
    /// the machine has it, on ::1. The port is held when this returns.
    ///
    /// Until [`arm`](Self::arm) nothing that comes is an answer.
    ///
    /// # Errors
    /// A [`Trouble`] that names the ports, who is in the way, and the ways out.
    pub fn open(login_id: LoginId, ports: &[u16], hear: OnEvent) -> Result<Self, Trouble> {
        let cannot_start = |error: std::io::Error| {
            let next = FailureKind::NeedsFix("paste the answer instead".to_owned());
            Trouble::untouched("cannot start the callback listener", error.to_string(), next)
        };
        let runtime =
            runtime::Builder::new_current_thread().enable_io().enable_time().build().map_err(cannot_start)?;
        let sockets = {
            let _inside = runtime.enter(); // Sockets belong to the runtime they are made in.
            port::hold(ports)?
        };
        let (port, addresses) = (sockets.port, sockets.addresses());
        let session = Arc::new(CallbackSession::new(port, hear));
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&session);
        let run = move || {
            let serve = || runtime.block_on(serve::serve(sockets, &serving, stopped));
            if catch_unwind(AssertUnwindSafe(serve)).is_err() {
                serving.died();
            }
        };
        let name = format!("callback-{}", login_id.0);
        let thread = thread::Builder::new().name(name).spawn(run).map_err(cannot_start)?;
        Ok(Self { addresses, port, session, stop: Some(stop), thread: Some(thread) })
    }

    /// The port that is held.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What it is bound to: 127.0.0.1, and ::1 where the machine has it.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Says what the answer must look like. From now on one request can be it; what an earlier
    /// check let through no longer counts.
    pub fn arm(&self, check: CallbackCheck) {
        self.session.arm(check);
    }

    /// A new link for the browser, which leads to `page` once. None where this login waits for
    /// no answer of that page, or the system gives no random bytes.
    #[must_use]
    pub fn link_to(&self, page: &Url) -> Option<Url> {
        self.session.link_to(page)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            // Whoever hears an answer may drop the listener there and then.
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}
