//! The thread that reads the terminal: keys, pastes, sizes.

use std::io;
use std::thread;

use crossterm::event::{self, Event};

use crate::domain::secret::Secret;
use crate::shell::perform::Inbox;
use crate::tui::message::Msg;

/// Starts the thread. It ends with the program, or with the terminal.
///
/// # Errors
/// When the system has no more threads.
pub fn start(inbox: &Inbox) -> io::Result<()> {
    let inbox = inbox.clone();
    let reader = thread::Builder::new().name("keyboard".to_owned());
    reader.spawn(move || {
        loop {
            let msg = match event::read() {
                Ok(event) => message(event),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => None,
                Err(_) => Some(Msg::Terminated),
            };
            let last = msg == Some(Msg::Terminated);
            if msg.is_some_and(|msg| inbox.send(msg).is_err()) || last {
                return;
            }
        }
    })?;
    Ok(())
}

fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) => Some(Msg::Key(key)),
        Event::Paste(text) => Some(Msg::Pasted(Secret::new(text))),
        Event::Resize(columns, rows) => Some(Msg::Resized(columns, rows)),
        Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}
