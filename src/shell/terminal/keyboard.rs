//! Keyboard thread, which reads the terminal: keys, pastes, sizes, and that it is gone.

use std::io;
use std::thread;
#[cfg(unix)]
use std::time::Duration;

use crossterm::event::{self, Event};
#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::domain::secret::Secret;
use crate::shell::inbox::Inbox;
use crate::tui::message::Msg;

/// How long the parser may look for what is there already.
#[cfg(unix)]
const LOOK: Duration = Duration::from_millis(20);
/// When the parser is asked once more after a key: an answer that the system delays may say that there is
/// nothing, although the parser has read a key.
#[cfg(unix)]
const SECOND_LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

/// Starts the thread. It ends with the program, or with the terminal.
///
/// # Errors
/// When the system has no more threads.
pub fn start(inbox: &Inbox) -> io::Result<()> {
    let told = inbox.clone();
    let reader = thread::Builder::new().name("keyboard".to_owned());
    reader.spawn(move || {
        // The loop has ended: nobody is left to be told.
        let _: Option<()> = follow(&told);
    })?;
    Ok(())
}

/// Sends every event, and the terminal's end, until the loop has ended. The parser alone would neither
/// report that the terminal is gone nor sleep then.
#[cfg(unix)]
fn follow(inbox: &Inbox) -> Option<()> {
    let terminal = io::stdin();
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    let mut is_quiet = true;
    loop {
        let mut watched = [PollFd::new(&terminal, PollFlags::IN)];
        match poll(&mut watched, (!is_quiet).then_some(&SECOND_LOOK)) {
            Err(rustix::io::Errno::INTR) => continue,
            Ok(_) if !watched.iter().any(|fd| fd.revents().intersects(gone)) => {}
            Ok(_) | Err(_) => return inbox.send(Msg::HungUp).ok(),
        }
        is_quiet = true;
        loop {
            match event::poll(LOOK).and_then(|there| there.then(event::read).transpose()) {
                Ok(Some(event)) => {
                    is_quiet = false;
                    tell(inbox, event)?;
                }
                Ok(None) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return inbox.send(Msg::HungUp).ok(),
            }
        }
    }
}

/// Sends every event until the loop has ended.
#[cfg(not(unix))]
fn follow(inbox: &Inbox) -> Option<()> {
    loop {
        match event::read() {
            Ok(event) => tell(inbox, event)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return inbox.send(Msg::HungUp).ok(),
        }
    }
}

fn tell(inbox: &Inbox, event: Event) -> Option<()> {
    message(event).map_or(Some(()), |msg| inbox.send(msg).ok())
}

fn message(event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) => Some(Msg::Key(key)),
        Event::Paste(text) => Some(Msg::Pasted(Secret::new(text))),
        Event::Resize(columns, rows) => Some(Msg::Resized(columns, rows)),
        Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}
