//! Events of a terminal for which nothing but its reader can wait: a thread reads it, and wakes the loop.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event};
/// Takes the keys as they are pressed.
pub use crossterm::terminal::enable_raw_mode as enter_raw_mode;

use crate::shell::inbox::Inbox;

/// How long the parser waits for a key: a pause wakes nobody.
const PARSER_TIMEOUT: Duration = Duration::from_millis(100);

/// How long the thread may take to stop reading.
const PAUSE_LIMIT: Duration = Duration::from_secs(1);

/// What the terminal has for us.
pub(super) struct TerminalEvents {
    events: Receiver<io::Result<Event>>,
    pauses: Sender<()>,
    paused: Receiver<()>,
    resumes: Sender<()>,
}

/// The thread's ends of what it is paused by.
struct Pauses {
    asked: Receiver<()>,
    confirm: Sender<()>,
    resumed: Receiver<()>,
}

impl TerminalEvents {
    /// Starts the thread. It ends with the program, or with the terminal.
    pub(super) fn start(inbox: &Inbox) -> io::Result<Self> {
        let ((sender, events), inbox) = (channel(), inbox.clone());
        let ((pauses, asked), (confirm, paused), (resumes, resumed)) = (channel(), channel(), channel());
        let send = move |event| {
            sender.send(event).ok()?;
            inbox.wake();
            Some(())
        };
        thread::Builder::new().name("keyboard".to_owned()).spawn(move || {
            // The loop has ended: nobody is left to be told.
            let _: Option<()> = read_events(send, &Pauses { asked, confirm, resumed });
        })?;
        Ok(Self { events, pauses, paused, resumes })
    }

    /// Waits until nothing is read any more.
    pub(super) fn pause(&self) {
        // A thread that has ended reads nothing either.
        if self.pauses.send(()).is_ok() {
            let _ = self.paused.recv_timeout(PAUSE_LIMIT);
        }
    }

    /// Reads again. What was read before the pause was confirmed was meant for the other program.
    pub(super) fn go_on(&self) {
        while self.events.try_recv().is_ok() {}
        let _ = self.resumes.send(());
    }

    /// The next event that is there, or an error when the terminal is gone.
    pub(super) fn try_next(&self) -> Option<io::Result<Event>> {
        self.events.try_recv().ok()
    }
}

impl Pauses {
    /// Says that nothing is read, until it may go on.
    fn wait_for_resume(&self) -> Option<()> {
        self.confirm.send(()).ok()?;
        self.resumed.recv().ok()
    }
}

/// Sends every event, and the terminal's end, until the loop has ended.
fn read_events(send: impl Fn(io::Result<Event>) -> Option<()>, pauses: &Pauses) -> Option<()> {
    loop {
        if pauses.asked.try_recv().is_ok() {
            pauses.wait_for_resume()?;
        }
        match event::poll(PARSER_TIMEOUT).and_then(|is_there| is_there.then(event::read).transpose()) {
            Ok(Some(event)) => send(Ok(event))?,
            Ok(None) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(gone) => return send(Err(gone)),
        }
    }
}
