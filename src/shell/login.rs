//! Outputs of a login, performed. The panel and `authtui login` both hear of the result by `tell`.

pub mod browser;
pub mod callback;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use url::Url;

use crate::domain::change::{ChangeError, Snapshot};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::Attempt;
use crate::oauth::callback::Gate;
use crate::oauth::login::{Ask, Bound, Heard};
use crate::shell::login::callback::{Listener, ListenerEvent, OnEvent};
use crate::shell::store_files::ApplyError;
use crate::shell::{Services, broke, clock};

/// Takes what happened to where the login is.
pub type Tell = Arc<dyn Fn(Heard) + Send + Sync>;

/// The listeners of the logins that are under way.
#[derive(Debug, Default)]
pub struct Listeners(Mutex<BTreeMap<Attempt, Listener>>);

/// Performs one ask in a task of its own. A store that was written is told to `stored`.
pub fn start(
    services: &Arc<Services>,
    attempt: Attempt,
    ask: Ask,
    tell: Tell,
    stored: impl Fn(Snapshot) + Send + 'static,
) {
    // At once: whoever is told the address next may answer before a task has had its turn.
    if let Ask::Arm(gate) = ask {
        return arm(services, attempt, *gate);
    }
    let (services, told) = (Arc::clone(services), Arc::clone(&tell));
    // A task that panics says so, instead of leaving the person to wait for ever.
    let instead = lost(&ask);
    tokio::spawn(async move {
        let task = AssertUnwindSafe(perform(&services, attempt, ask, tell, stored));
        if task.catch_unwind().await.is_err() {
            told(instead);
        }
    });
}

/// What is said when the task that performs `ask` ends by a fault.
fn lost(ask: &Ask) -> Heard {
    let trouble = broke("cannot go on");
    match ask {
        Ask::Send(errand, _) => Heard::Replied(*errand, Err(trouble)),
        Ask::Save(..) => Heard::Saved(Err(trouble)),
        Ask::Open(_) => Heard::Opened(Err(trouble)),
        Ask::Entropy | Ask::Listen(_) => Heard::Bound(Err(trouble)),
        Ask::Arm(_) | Ask::CloseListener => Heard::ListenerDied("a fault of the program".to_owned()),
    }
}

async fn perform(
    services: &Arc<Services>,
    attempt: Attempt,
    ask: Ask,
    tell: Tell,
    stored: impl Fn(Snapshot) + Send,
) {
    match ask {
        Ask::Entropy => match clock::entropy() {
            Ok(entropy) => tell(Heard::Began(entropy)),
            Err(error) => {
                let next = FailureKind::NeedsFix("check the system's random device".to_owned());
                let trouble =
                    Trouble::untouched("cannot begin the login", format!("no random bytes: {error}"), next);
                tell(Heard::Bound(Err(trouble)));
            }
        },
        Ask::Listen(ports) => tell(Heard::Bound(listen(services, attempt, ports, &tell).await)),
        Ask::Arm(gate) => arm(services, attempt, *gate),
        Ask::CloseListener => close(services, attempt).await,
        Ask::Open(url) => {
            let link = one_time_link(services, attempt, &url);
            tell(Heard::Opened(browser::open(link.as_ref().unwrap_or(&url)).await));
        }
        Ask::Send(errand, request) => {
            let reply = services.http.send(&request, services.clock.now()).await;
            tell(Heard::Replied(errand, reply));
        }
        Ask::Save(store, change) => {
            let what = format!("cannot save {}", change.name);
            let saved = match services.apply(store, *change).await {
                Ok(snapshot) => {
                    stored(snapshot);
                    Ok(())
                }
                Err(ApplyError::Moved(ChangeError::Taken)) => return tell(Heard::Taken),
                Err(ApplyError::Moved(moved)) => {
                    Err(Trouble::untouched(what, moved.to_string(), FailureKind::Temporary(None)))
                }
                Err(ApplyError::Trouble(trouble)) => Err(trouble),
            };
            tell(Heard::Saved(saved));
        }
    }
}

async fn listen(
    services: &Services,
    attempt: Attempt,
    ports: Vec<u16>,
    tell: &Tell,
) -> Result<Bound, Trouble> {
    let tell = Arc::clone(tell);
    let hear: OnEvent = Arc::new(move |came| {
        tell(match came {
            ListenerEvent::Answer(_, answer) => Heard::Answered(answer),
            ListenerEvent::Ignored(_, ignored) => Heard::Ignored(ignored),
            ListenerEvent::Died(why) => Heard::ListenerDied(why),
        });
    });
    // Its runtime must not be dropped by a task when no port is free.
    let opening = tokio::task::spawn_blocking(move || Listener::open(attempt, &ports, hear)).await;
    let listener = opening.unwrap_or_else(|_| Err(broke("cannot start the callback listener")))?;
    let addresses: Vec<String> =
        listener.addresses().iter().map(|address| address.ip().to_string()).collect();
    let bound = Bound { port: listener.port(), addresses: addresses.join(" and ") };
    if let Ok(mut listeners) = services.listeners.0.lock() {
        listeners.insert(attempt, listener);
    }
    Ok(bound)
}

fn arm(services: &Services, attempt: Attempt, gate: Gate) {
    if let Ok(listeners) = services.listeners.0.lock()
        && let Some(listener) = listeners.get(&attempt)
    {
        listener.arm(gate);
    }
}

/// A link that leads to `page` once and says nothing of the login, because every user of the machine
/// can read a browser's arguments. None where the browser may be at the other end of SSH: it could not
/// open the link.
fn one_time_link(services: &Services, attempt: Attempt, page: &Url) -> Option<Url> {
    if browser::browser_may_be_remote() {
        return None;
    }
    services.listeners.0.lock().ok()?.get(&attempt)?.link_to(page)
}

/// Ends a login's listener. It waits for its thread, which may be sending its last page.
async fn close(services: &Services, attempt: Attempt) {
    let listener = services.listeners.0.lock().ok().and_then(|mut listeners| listeners.remove(&attempt));
    if let Some(listener) = listener {
        // A thread that has ended badly has nothing more to say.
        let _ = tokio::task::spawn_blocking(move || drop(listener)).await;
    }
}
