//! Inbox of the screen: where everything that happens is sent to its loop.

pub mod bell;

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use crate::shell::inbox::bell::{Ringer, Waiting};
use crate::tui::message::Msg;

/// Where messages for the model go. It rings, since the loop may wait for its terminal.
#[derive(Debug, Clone)]
pub struct Inbox {
    messages: Sender<Msg>,
    ringer: Ringer,
}

/// What has come into the inbox.
#[derive(Debug)]
pub struct Messages {
    messages: Receiver<Msg>,
    /// What is rung for each message.
    pub bell: Waiting,
}

/// An inbox, and what comes into it.
///
/// # Errors
/// When this process may open no more files.
pub fn pair() -> io::Result<(Inbox, Messages)> {
    let ((ringer, bell), (sender, receiver)) = (bell::pair()?, channel());
    Ok((Inbox { messages: sender, ringer }, Messages { messages: receiver, bell }))
}

/// Sends a message to the screen.
pub fn say(inbox: &Inbox, msg: Msg) {
    // The loop has ended: nobody is left to read it.
    if inbox.messages.send(msg).is_ok() {
        inbox.ringer.ring();
    }
}

impl Inbox {
    /// Wakes the loop: something has come another way.
    #[cfg(not(unix))]
    pub fn ring(&self) {
        self.ringer.ring();
    }
}

impl Messages {
    /// The next that is there already.
    #[must_use]
    pub fn now(&self) -> Option<Msg> {
        self.messages.try_recv().ok()
    }

    /// The next that comes within `limit`.
    #[must_use]
    pub fn within(&self, limit: Duration) -> Option<Msg> {
        self.messages.recv_timeout(limit).ok()
    }
}
