//! Outputs of a login, performed. The panel and `authtui login` both hear of the result by `tell`.

pub mod browser;
pub mod callback;
pub mod port_holder;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use url::Url;

use crate::domain::change::{ChangeError, Snapshot};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::LoginId;
use crate::oauth::callback::CallbackCheck;
use crate::oauth::login::{BoundListener, Input, Output};
use crate::shell::login::callback::{Listener, ListenerEvent, OnEvent};
use crate::shell::store_files::ApplyError;
use crate::shell::{Services, broke, clock};

/// Takes what happened to where the login is.
pub type Tell = Arc<dyn Fn(Input) + Send + Sync>;

/// The listeners of the logins that are under way.
#[derive(Debug, Default)]
pub struct Listeners(Mutex<BTreeMap<LoginId, Listener>>);

/// Performs one ask in a task of its own. A store that was written is told to `stored`.
pub fn start(
    services: &Arc<Services>,
    login_id: LoginId,
    ask: Output,
    tell: Tell,
    stored: impl Fn(Snapshot) + Send + 'static,
) {
    // At once: whoever is told the address next may answer before a task has had its turn.
    if let Output::ExpectCallback(check) = ask {
        return arm(services, login_id, *check);
    }
    let (services, told) = (Arc::clone(services), Arc::clone(&tell));
    // A task that panics says so, instead of leaving the person to wait for ever.
    let instead = lost(&ask);
    tokio::spawn(async move {
        let task = AssertUnwindSafe(perform(&services, login_id, ask, tell, stored));
        if task.catch_unwind().await.is_err() {
            told(instead);
        }
    });
}

/// What is said when the task that performs `ask` ends by a fault.
fn lost(ask: &Output) -> Input {
    let trouble = broke("cannot continue");
    match ask {
        Output::Send(id, _) => Input::Replied(*id, Err(trouble)),
        Output::Save(..) => Input::Saved(Err(trouble)),
        Output::Open(_) => Input::Opened(Err(trouble)),
        Output::Entropy | Output::Listen(_) => Input::Bound(Err(trouble)),
        Output::ExpectCallback(_) | Output::CloseListener => {
            Input::ListenerDied("a bug in authtui".to_owned())
        }
    }
}

async fn perform(
    services: &Arc<Services>,
    login_id: LoginId,
    ask: Output,
    tell: Tell,
    stored: impl Fn(Snapshot) + Send,
) {
    match ask {
        Output::Entropy => match clock::entropy() {
            Ok(entropy) => tell(Input::Began(entropy)),
            Err(error) => {
                let next = FailureKind::NeedsFix("check the system's random device".to_owned());
                let trouble =
                    Trouble::untouched("cannot start the login", format!("no random bytes: {error}"), next);
                tell(Input::Bound(Err(trouble)));
            }
        },
        Output::Listen(ports) => tell(Input::Bound(listen(services, login_id, ports, &tell).await)),
        Output::ExpectCallback(check) => arm(services, login_id, *check),
        Output::CloseListener => close(services, login_id).await,
        Output::Open(url) => {
            let link = one_time_link(services, login_id, &url);
            tell(Input::Opened(browser::open(link.as_ref().unwrap_or(&url)).await));
        }
        Output::Send(id, request) => {
            let reply = services.http.send(&request, services.clock.now()).await;
            tell(Input::Replied(id, reply));
        }
        Output::Save(store, change) => {
            let what = format!("cannot save {}", change.name);
            let saved = match services.apply(store, *change).await {
                Ok(snapshot) => {
                    stored(snapshot);
                    Ok(())
                }
                Err(ApplyError::Moved(ChangeError::Taken)) => return tell(Input::Taken),
                Err(ApplyError::Moved(moved)) => {
                    Err(Trouble::untouched(what, moved.to_string(), FailureKind::Temporary(None)))
                }
                Err(ApplyError::Trouble(trouble)) => Err(trouble),
            };
            tell(Input::Saved(saved));
        }
    }
}

async fn listen(
    services: &Services,
    login_id: LoginId,
    ports: Vec<u16>,
    tell: &Tell,
) -> Result<BoundListener, Trouble> {
    let tell = Arc::clone(tell);
    let hear: OnEvent = Arc::new(move |came| {
        tell(match came {
            ListenerEvent::Answer(_, answer) => Input::Answered(answer),
            ListenerEvent::Ignored(_, ignored) => Input::Ignored(ignored),
            ListenerEvent::Died(why) => Input::ListenerDied(why),
        });
    });
    // Its runtime must not be dropped by a task when no port is free.
    let opening = tokio::task::spawn_blocking(move || Listener::open(login_id, &ports, hear)).await;
    let listener = opening.unwrap_or_else(|_| Err(broke("cannot start the callback listener")))?;
    let addresses: Vec<String> =
        listener.addresses().iter().map(|address| address.ip().to_string()).collect();
    let bound = BoundListener { port: listener.port(), addresses: addresses.join(" and ") };
    if let Ok(mut listeners) = services.listeners.0.lock() {
        listeners.insert(login_id, listener);
    }
    Ok(bound)
}

fn arm(services: &Services, login_id: LoginId, check: CallbackCheck) {
    if let Ok(listeners) = services.listeners.0.lock()
        && let Some(listener) = listeners.get(&login_id)
    {
        listener.arm(check);
    }
}

/// A link that leads to `page` once and says nothing of the login, because every user of the machine
/// can read a browser's arguments. None where the browser may be at the other end of SSH: it could not
/// open the link.
fn one_time_link(services: &Services, login_id: LoginId, page: &Url) -> Option<Url> {
    if browser::browser_may_be_remote() {
        return None;
    }
    services.listeners.0.lock().ok()?.get(&login_id)?.link_to(page)
}

/// Ends a login's listener. It waits for its thread, which may be sending its last page.
async fn close(services: &Services, login_id: LoginId) {
    let listener = services.listeners.0.lock().ok().and_then(|mut listeners| listeners.remove(&login_id));
    if let Some(listener) = listener {
        // A thread that has ended badly has nothing more to say.
        let _ = tokio::task::spawn_blocking(move || drop(listener)).await;
    }
}
