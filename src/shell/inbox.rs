//! Inbox of the screen: where everything that happens is sent to its loop.

use std::sync::mpsc::Sender;

use crate::tui::message::Msg;

/// Where messages for the model go.
pub type Inbox = Sender<Msg>;

/// Sends a message to the screen.
pub fn say(inbox: &Inbox, msg: Msg) {
    // The loop has ended: nobody is left to read it.
    let _ = inbox.send(msg);
}
