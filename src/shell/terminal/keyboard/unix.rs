//! Events of a terminal that is a file: whoever waits for it reads it itself.

use std::io;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event};
use crossterm::terminal::enable_raw_mode;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

use crate::shell::inbox::Inbox;

/// How long the parser may look for what is there already. For so short a time it does not wait, but asks again and
/// again.
const LOOK: Duration = Duration::from_micros(10);
/// When the parser is asked once more after a key: an answer that the system delays may say that there is
/// nothing, although the parser has read a key.
const SECOND_LOOK: Duration = Duration::from_millis(100);

/// Takes the keys as they are pressed. Reading them never waits: the parser reads on where a sequence lacks its end,
/// and whoever draws would wait with it.
///
/// # Errors
/// When standard input is no terminal.
pub fn take() -> io::Result<()> {
    enable_raw_mode()?;
    let terminal = io::stdin();
    let mut mode = tcgetattr(&terminal)?;
    mode.special_codes[SpecialCodeIndex::VMIN] = 0;
    mode.special_codes[SpecialCodeIndex::VTIME] = 0;
    Ok(tcsetattr(&terminal, OptionalActions::Now, &mode)?)
}

/// What the terminal has for us.
pub(super) struct TerminalEvents {
    /// Whether the parser may have more of what it has read.
    has_more: bool,
    looks_again: Option<Instant>,
}

impl TerminalEvents {
    /// Nothing is started: no thread is needed.
    pub(super) fn start(_: &Inbox) -> io::Result<Self> {
        Ok(Self { has_more: false, looks_again: None })
    }

    /// Nothing is to be told: who does not ask for what is there reads nothing.
    pub(super) fn pause(&self) {}

    pub(super) fn go_on(&self) {}

    /// The next event that is there, or an error when the terminal is gone. The parser alone would neither report
    /// that nor sleep then.
    pub(super) fn now(&mut self) -> Option<io::Result<Event>> {
        if self.looks_again.is_some_and(|at| at <= Instant::now()) {
            (self.has_more, self.looks_again) = (true, None);
        }
        let is_told = match is_readable() {
            Ok(is_readable) => is_readable,
            Err(gone) => return Some(Err(gone)),
        };
        if !is_told && !self.has_more {
            return None;
        }
        match event::poll(LOOK).and_then(|is_there| is_there.then(event::read).transpose()) {
            Ok(Some(event)) => {
                (self.has_more, self.looks_again) = (true, Some(Instant::now() + SECOND_LOOK));
                Some(Ok(event))
            }
            Ok(None) => {
                self.has_more = false;
                None
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => None,
            Err(gone) => Some(Err(gone)),
        }
    }

    /// After how long the parser is asked once more.
    pub(super) fn looks_again_after(&self) -> Option<Duration> {
        self.looks_again.map(|at| at.saturating_duration_since(Instant::now()))
    }
}

/// Whether the terminal has something to read; an error where it is gone.
fn is_readable() -> io::Result<bool> {
    let terminal = io::stdin();
    let mut watched = [PollFd::new(&terminal, PollFlags::IN)];
    match poll(&mut watched, Some(&Timespec::default())) {
        Err(rustix::io::Errno::INTR) => return Ok(false),
        found => found?,
    };
    let [terminal] = &watched;
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    match terminal.revents().intersects(gone) {
        true => Err(io::ErrorKind::UnexpectedEof.into()),
        false => Ok(terminal.revents().contains(PollFlags::IN)),
    }
}
