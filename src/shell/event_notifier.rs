//! Event notifier: tells the screen what the event log says, once for all who ask for it.
//!
//! ```text
//! idle ─ask─► reading ─ask─► asked again
//!   ▲           │ ▲              │
//!   └───────────┘ └──── pause ───┘
//! ```
//!
//! After each refresh the screen wants to know what the log says. Where many end together it is read
//! a few times a second, and once more after the last.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::shell::Services;
use crate::shell::inbox::{Inbox, say};
use crate::shell::refresh::grant_lock;
use crate::tui::message::Msg;

/// The least time between two readings.
const READING_PAUSE: Duration = Duration::from_millis(200);

/// Whether somebody reads the log and tells what it says.
#[derive(Debug, Default)]
pub struct EventNotifier(Mutex<NotifierState>);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum NotifierState {
    #[default]
    Idle,
    Telling,
    /// What is being read may be older than what was asked for since.
    AskedAgain,
}

impl EventNotifier {
    /// Whether the caller is to tell; else somebody else does, after this.
    fn begins(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_idle = *state == NotifierState::Idle;
        *state = if is_idle { NotifierState::Telling } else { NotifierState::AskedAgain };
        is_idle
    }

    /// Whether whoever tells is to do it once more; else nobody tells any more.
    fn goes_on(&self) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_asked = *state == NotifierState::AskedAgain;
        *state = if is_asked { NotifierState::Telling } else { NotifierState::Idle };
        is_asked
    }
}

/// Tells the event log as it is now, and for which grants of it a refresh is under way.
pub(super) async fn tell(services: &Arc<Services>, inbox: &Inbox) {
    if !services.event_notifier.begins() {
        return;
    }
    loop {
        read_and_tell(services, inbox).await;
        if !services.event_notifier.goes_on() {
            return;
        }
        // What changes meanwhile is told together.
        tokio::time::sleep(READING_PAUSE).await;
    }
}

async fn read_and_tell(services: &Arc<Services>, inbox: &Inbox) {
    let reader = Arc::clone(services);
    let reading = tokio::task::spawn_blocking(move || {
        let events = reader.event_log.read()?;
        Ok((grant_lock::in_flight(&reader, &events), events))
    });
    match reading.await.unwrap_or_else(|_| Err(std::io::Error::other("a bug in authtui"))) {
        Ok((asking, events)) => {
            say(inbox, Msg::Asking(asking));
            say(inbox, Msg::Events(Ok(events)));
        }
        Err(error) => say(inbox, Msg::Events(Err(error.to_string()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_who_want_it_at_once_cost_two_readings_and_none_is_forgotten() {
        let notifier = EventNotifier::default();
        assert!(notifier.begins());
        assert!((0..1000).all(|_| !notifier.begins()));
        assert!(notifier.goes_on(), "what was read may be older");
        assert!(!notifier.goes_on());
        assert!(notifier.begins());
    }
}
