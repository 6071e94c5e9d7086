//! The thread that reads the terminal: keys, pastes, sizes. And the one that sees it go.

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
    let told = inbox.clone();
    let reader = thread::Builder::new().name("keyboard".to_owned());
    reader.spawn(move || {
        loop {
            let msg = match event::read() {
                Ok(event) => message(event),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => None,
                Err(_) => Some(Msg::HungUp),
            };
            let last = msg == Some(Msg::HungUp);
            if msg.is_some_and(|msg| told.send(msg).is_err()) || last {
                return;
            }
        }
    })?;
    #[cfg(unix)]
    watch(inbox.clone())?;
    Ok(())
}

/// Starts a thread that sleeps until the terminal is gone: its reader does not say so.
#[cfg(unix)]
fn watch(inbox: Inbox) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    let watcher = thread::Builder::new().name("terminal".to_owned());
    watcher.spawn(move || {
        let terminal = io::stdin();
        // No event is asked for; that the terminal hung up is told all the same.
        let mut watched = [PollFd::new(&terminal, PollFlags::empty())];
        while matches!(poll(&mut watched, None), Err(rustix::io::Errno::INTR)) {}
        // The loop has ended: nobody is left to be told.
        let _ = inbox.send(Msg::HungUp);
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
