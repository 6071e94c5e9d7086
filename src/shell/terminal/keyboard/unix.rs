//! Events of a terminal that is a file: whoever waits for it reads it itself.

use std::io;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event};
use crossterm::terminal;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionread;
use rustix::termios::{OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

use crate::shell::inbox::Inbox;

/// Timeout of the parser, which for less than a millisecond does not sleep but asks again and again.
const PARSER_TIMEOUT: Duration = Duration::from_micros(5);
/// The same where the terminal has something and the parser did not come to read it: reading the clock may take long.
const LONG_PARSER_TIMEOUT: Duration = Duration::from_millis(1);
/// How many times the parser is asked before it is believed that it has nothing: whoever asks may be held up meanwhile.
const TRIES: usize = 2;
/// When the parser is asked once more after an event.
const RECHECK_DELAY: Duration = Duration::from_millis(100);

/// Takes the keys as they are pressed. Reading them never waits: the parser reads until a sequence is complete, and
/// would keep the screen waiting.
///
/// # Errors
/// When standard input is no terminal.
pub fn enter_raw_mode() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    let terminal = io::stdin();
    let mut mode = tcgetattr(&terminal)?;
    mode.special_codes[SpecialCodeIndex::VMIN] = 0;
    mode.special_codes[SpecialCodeIndex::VTIME] = 0;
    Ok(tcsetattr(&terminal, OptionalActions::Now, &mode)?)
}

/// What the terminal has for us.
pub(super) struct TerminalEvents {
    /// Whether the parser may hold more events of what it has read.
    has_more: bool,
    recheck_at: Option<Instant>,
}

impl TerminalEvents {
    /// Prepares the parser, which would otherwise take its first timeout for that. No thread is needed.
    pub(super) fn start(_: &Inbox) -> io::Result<Self> {
        event::poll(Duration::ZERO)?;
        Ok(Self { has_more: false, recheck_at: None })
    }

    /// Nothing is read as long as nobody asks.
    pub(super) fn pause(&self) {}

    pub(super) fn go_on(&self) {}

    /// The next event that is there, or an error when the terminal is gone. The parser alone would neither report
    /// that nor sleep then.
    pub(super) fn try_next(&mut self) -> Option<io::Result<Event>> {
        if self.recheck_at.is_some_and(|at| at <= Instant::now()) {
            (self.has_more, self.recheck_at) = (true, None);
        }
        if !self.has_more {
            match is_readable() {
                Ok(true) => self.recheck_at = Some(Instant::now() + RECHECK_DELAY),
                Ok(false) => return None,
                Err(gone) => return Some(Err(gone)),
            }
        }
        // Most keys are one byte: nothing is behind them, and asking for it takes longer than reading them.
        let is_one_byte = !self.has_more && ioctl_fionread(io::stdin()).is_ok_and(|count| count == 1);
        let read = parsed().transpose();
        let is_event = matches!(read, Some(Ok(_)));
        if is_event {
            self.recheck_at = Some(Instant::now() + RECHECK_DELAY);
        }
        self.has_more = is_event && !is_one_byte;
        read
    }

    /// After how long the parser is asked once more.
    pub(super) fn recheck_after(&self) -> Option<Duration> {
        self.recheck_at.map(|at| at.saturating_duration_since(Instant::now()))
    }
}

/// The next event of what is there.
fn parsed() -> io::Result<Option<Event>> {
    for _ in 0..TRIES {
        if let Some(event) = parsed_within(PARSER_TIMEOUT)? {
            return Ok(Some(event));
        }
    }
    // The parser takes all that is there, unless it came to nothing.
    if is_readable()? { parsed_within(LONG_PARSER_TIMEOUT) } else { Ok(None) }
}

fn parsed_within(limit: Duration) -> io::Result<Option<Event>> {
    match event::poll(limit).and_then(|is_there| is_there.then(event::read).transpose()) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
        read => read,
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
