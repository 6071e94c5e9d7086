//! The event log as it is now, told to the screen once for all who want it told.
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
const PAUSE: Duration = Duration::from_millis(200);

/// Whether somebody is telling.
#[derive(Debug, Default)]
pub struct EventNotifier(Mutex<Stage>);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Nobody,
    /// Somebody reads and tells.
    Once,
    /// Somebody does, and is to do it again: what it read may be older than what another did.
    Again,
}

impl EventNotifier {
    /// Whether the caller is to tell; else somebody else does, after this.
    fn begins(&self) -> bool {
        let mut stage = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = *stage == Stage::Nobody;
        *stage = if is_free { Stage::Once } else { Stage::Again };
        is_free
    }

    /// Whether whoever tells is to do it once more; else nobody tells any more.
    fn goes_on(&self) -> bool {
        let mut stage = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_wanted = *stage == Stage::Again;
        *stage = if is_wanted { Stage::Once } else { Stage::Nobody };
        is_wanted
    }
}

/// Tells the event log as it is now, and for which grants of it somebody is asking.
pub(super) async fn tell(services: &Arc<Services>, inbox: &Inbox) {
    if !services.event_notifier.begins() {
        return;
    }
    loop {
        now(services, inbox).await;
        if !services.event_notifier.goes_on() {
            return;
        }
        // What changes meanwhile is told together.
        tokio::time::sleep(PAUSE).await;
    }
}

async fn now(services: &Arc<Services>, inbox: &Inbox) {
    let looking = Arc::clone(services);
    let reading = tokio::task::spawn_blocking(move || {
        let events = looking.event_log.read()?;
        Ok((grant_lock::in_flight(&looking, &events), events))
    });
    match reading.await.unwrap_or_else(|_| Err(std::io::Error::other("a fault of the program"))) {
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
        let telling = EventNotifier::default();
        assert!(telling.begins());
        assert!((0..1000).all(|_| !telling.begins()));
        assert!(telling.goes_on(), "what was read may be older");
        assert!(!telling.goes_on());
        assert!(telling.begins());
    }
}
