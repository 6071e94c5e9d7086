//! What comes to the loop: messages of others, and what the person does at the terminal.

use std::time::{Duration, Instant};

#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::shell::inbox::Messages;
use crate::shell::terminal::keyboard::Keyboard;
use crate::tui::message::Msg;
use crate::tui::screen_map::ScreenMap;

/// All that the loop waits for. Where the system waits for a terminal and for messages alike, so does the loop: a key
/// that another thread had to hand over would be seen later.
pub struct Incoming {
    pub messages: Messages,
    pub keyboard: Keyboard,
}

impl Incoming {
    /// What is there already; `map` says what the mouse points at.
    pub fn now(&mut self, map: &ScreenMap) -> Option<Msg> {
        self.messages.now().or_else(|| self.keyboard.now(map))
    }

    /// The next that comes within `limit`.
    pub fn within(&mut self, limit: Duration, map: &ScreenMap) -> Option<Msg> {
        let began = Instant::now();
        loop {
            if let Some(msg) = self.now(map) {
                return Some(msg);
            }
            let left = limit.saturating_sub(began.elapsed());
            if left.is_zero() {
                return None;
            }
            self.wait(left);
        }
    }

    /// Waits for `limit`, or until something may be there.
    #[cfg(unix)]
    fn wait(&self, limit: Duration) {
        let limit = self.keyboard.looks_again_after().map_or(limit, |again| again.min(limit));
        let limit = Timespec::try_from(limit).ok();
        let terminal = std::io::stdin();
        let mut watched =
            [PollFd::new(&self.messages.bell, PollFlags::IN), PollFd::new(&terminal, PollFlags::IN)];
        // A terminal that is gone, or that an editor has, is left alone.
        let count = if self.keyboard.is_read() { 2 } else { 1 };
        // Whether a signal has ended it or one of them: whoever waits looks at both.
        let _ = poll(watched.get_mut(..count).unwrap_or_default(), limit.as_ref());
        self.messages.bell.hush();
    }

    /// Waits for `limit`, or until something may be there.
    #[cfg(not(unix))]
    fn wait(&self, limit: Duration) {
        self.messages.bell.wait(limit);
    }
}
