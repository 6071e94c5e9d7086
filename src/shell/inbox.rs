//! Inbox of the screen: where everything but what the person does at the terminal is sent to its loop.

pub mod wake;

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use crate::shell::inbox::wake::{WakeReceiver, WakeSender};
use crate::tui::message::Msg;

/// Where messages for the model go. Each of them also wakes the loop.
#[derive(Debug, Clone)]
pub struct Inbox {
    sender: Sender<Msg>,
    waker: WakeSender,
}

/// What has come into the inbox.
#[derive(Debug)]
pub struct Messages {
    receiver: Receiver<Msg>,
    pub wakes: WakeReceiver,
}

/// An inbox, and what comes into it.
///
/// # Errors
/// When this process may open no more files.
pub fn pair() -> io::Result<(Inbox, Messages)> {
    let ((waker, wakes), (sender, receiver)) = (wake::pair()?, channel());
    Ok((Inbox { sender, waker }, Messages { receiver, wakes }))
}

/// Sends a message to the screen.
pub fn say(inbox: &Inbox, msg: Msg) {
    // The loop has ended: nobody is left to read it.
    if inbox.sender.send(msg).is_ok() {
        inbox.waker.wake();
    }
}

impl Inbox {
    /// Wakes the loop: something has come another way.
    #[cfg(not(unix))]
    pub fn wake(&self) {
        self.waker.wake();
    }
}

impl Messages {
    /// The next that is there already.
    #[must_use]
    pub fn try_next(&self) -> Option<Msg> {
        self.receiver.try_recv().ok()
    }

    /// The next that comes within `limit`.
    #[must_use]
    pub fn next_within(&self, limit: Duration) -> Option<Msg> {
        self.receiver.recv_timeout(limit).ok()
    }
}
