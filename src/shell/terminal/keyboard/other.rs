//! Events of a terminal for which nothing but its reader can wait: a thread reads it, and rings.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event};
/// Takes the keys as they are pressed.
pub use crossterm::terminal::enable_raw_mode as take;

use crate::shell::inbox::Inbox;

/// How long the parser waits for a key: a pause wakes nobody.
const LOOK: Duration = Duration::from_millis(100);

/// How long the thread may take to stop reading.
const PAUSE_LIMIT: Duration = Duration::from_secs(1);

/// What the terminal has for us.
pub(super) struct TerminalEvents {
    events: Receiver<io::Result<Event>>,
    pauses: Sender<()>,
    paused: Receiver<()>,
    goes_on: Sender<()>,
}

/// The thread's ends of what it is paused by.
struct Pauses {
    asked: Receiver<()>,
    paused: Sender<()>,
    goes_on: Receiver<()>,
}

impl TerminalEvents {
    /// Starts the thread. It ends with the program, or with the terminal.
    pub(super) fn start(inbox: &Inbox) -> io::Result<Self> {
        let ((sender, events), inbox) = (channel(), inbox.clone());
        let ((pauses, asked), (paused_by_it, paused), (goes_on, go_on)) = (channel(), channel(), channel());
        let tell = move |event| {
            sender.send(event).ok()?;
            inbox.ring();
            Some(())
        };
        thread::Builder::new().name("keyboard".to_owned()).spawn(move || {
            // The loop has ended: nobody is left to be told.
            let _: Option<()> = follow(tell, &Pauses { asked, paused: paused_by_it, goes_on: go_on });
        })?;
        Ok(Self { events, pauses, paused, goes_on })
    }

    /// Waits until nothing is read any more.
    pub(super) fn pause(&self) {
        // A thread that has ended reads nothing either.
        if self.pauses.send(()).is_ok() {
            let _ = self.paused.recv_timeout(PAUSE_LIMIT);
        }
    }

    /// Reads again.
    pub(super) fn go_on(&self) {
        let _ = self.goes_on.send(());
    }

    /// The next event that is there, or an error when the terminal is gone.
    pub(super) fn now(&self) -> Option<io::Result<Event>> {
        self.events.try_recv().ok()
    }
}

impl Pauses {
    /// Says that nothing is read, until it may go on.
    fn rest(&self) -> Option<()> {
        self.paused.send(()).ok()?;
        self.goes_on.recv().ok()
    }
}

/// Tells every event, and the terminal's end, until the loop has ended.
fn follow(tell: impl Fn(io::Result<Event>) -> Option<()>, pauses: &Pauses) -> Option<()> {
    loop {
        if pauses.asked.try_recv().is_ok() {
            pauses.rest()?;
        }
        match event::poll(LOOK).and_then(|is_there| is_there.then(event::read).transpose()) {
            Ok(Some(event)) => tell(Ok(event))?,
            Ok(None) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(gone) => return tell(Err(gone)),
        }
    }
}
