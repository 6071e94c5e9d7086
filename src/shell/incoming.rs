//! What comes to the loop: messages of others, and what the person does at the terminal.

use std::time::{Duration, Instant};

#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::shell::inbox::Messages;
use crate::shell::terminal::keyboard::Keyboard;
use crate::tui::message::Msg;
use crate::tui::screen_map::ScreenMap;

/// All that the loop waits for. Where one call waits for a terminal and for messages, the loop reads the terminal
/// itself: another thread that hands over keys would add a wake-up to each.
pub struct Incoming {
    pub messages: Messages,
    pub keyboard: Keyboard,
}

impl Incoming {
    /// What is there already; `map` says what the mouse points at.
    pub fn try_next(&mut self, map: &ScreenMap) -> Option<Msg> {
        // A key was meant for what the person saw, before a message changed it.
        self.keyboard.try_next(map).or_else(|| self.messages.try_next())
    }

    /// The next that comes within `limit`.
    pub fn next_within(&mut self, limit: Duration, map: &ScreenMap) -> Option<Msg> {
        let began = Instant::now();
        loop {
            if let Some(msg) = self.try_next(map) {
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
        let limit = self.keyboard.recheck_after().map_or(limit, |recheck| recheck.min(limit));
        let limit = Timespec::try_from(limit).ok();
        let terminal = std::io::stdin();
        let mut watched =
            [PollFd::new(&self.messages.wakes, PollFlags::IN), PollFd::new(&terminal, PollFlags::IN)];
        // A terminal that is gone, or that an editor has, is left alone.
        let count = if self.keyboard.is_read() { 2 } else { 1 };
        // Timeout, signal or event: the caller looks at both anyway.
        let _ = poll(watched.get_mut(..count).unwrap_or_default(), limit.as_ref());
        let [wakes, _] = &watched;
        if wakes.revents().contains(PollFlags::IN) {
            self.messages.wakes.drain();
        }
    }

    /// Waits for `limit`, or until something may be there.
    #[cfg(not(unix))]
    fn wait(&self, limit: Duration) {
        self.messages.wakes.wait(limit);
    }
}
