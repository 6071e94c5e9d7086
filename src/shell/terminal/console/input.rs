//! Standard input: its bytes as they come, and its terminal while it is read byte by byte.

use std::io;

use crate::shell::terminal::console::line::{InputKind, LineEditor};

#[cfg(unix)]
use unix as system;
#[cfg(not(unix))]
use windows as system;

/// Standard input.
pub(super) struct StandardInput {
    kind: InputKind,
    source: system::Source,
}

impl StandardInput {
    pub(super) fn new(kind: InputKind) -> Self {
        Self { kind, source: system::source() }
    }

    pub(super) fn is_terminal(&self) -> bool {
        self.kind == InputKind::Terminal
    }

    /// Whether a read would return at once, also with the news that nothing more comes.
    pub(super) fn is_ready(&self) -> bool {
        system::is_ready(&self.source)
    }

    /// Reads what there is into `line`, once there is something; 0 bytes are the end. Nothing
    /// is lost when the caller stops waiting.
    pub(super) async fn read(&mut self, line: &mut LineEditor) -> io::Result<usize> {
        system::read(&mut self.source, line).await
    }
}

/// The terminal while it neither echoes nor keeps lines. Dropping it restores the terminal.
pub(super) struct RawMode(system::Before);

impl RawMode {
    /// Nothing where the terminal is gone.
    pub(super) fn begin() -> Option<Self> {
        system::begin().map(Self)
    }

    /// Whether the terminal is still in this mode.
    pub(super) fn holds(&self) -> bool {
        system::holds(&self.0)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        system::end(&self.0);
    }
}

#[cfg(unix)]
mod unix {
    use std::io::{self, Stdin, Write};
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::termios::{LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios};
    use rustix::termios::{tcflush, tcgetattr, tcsetattr};
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;
    use tokio::time::sleep;
    use zeroize::Zeroizing;

    use crate::shell::terminal::console::line::LineEditor;

    /// How often input is looked for where the system does not report it, as for a file.
    const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

    /// What tells of input, where the system reports it.
    pub(super) type Source = Option<AsyncFd<Stdin>>;
    /// How the terminal was before.
    pub(super) type Before = Termios;

    pub(super) fn source() -> Source {
        #[expect(deprecated, reason = "its successor is unsafe; standard input is never closed")]
        AsyncFd::with_interest(io::stdin(), Interest::READABLE).ok()
    }

    pub(super) fn is_ready(_: &Source) -> bool {
        has_input()
    }

    fn has_input() -> bool {
        let input = io::stdin();
        let mut watched = [PollFd::new(&input, PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut watched, Some(&now)).is_ok_and(|count| count > 0)
    }

    pub(super) async fn read(source: &mut Source, line: &mut LineEditor) -> io::Result<usize> {
        let mut bytes = Zeroizing::new([0; 4096]);
        loop {
            if has_input() {
                match rustix::io::read(io::stdin(), &mut bytes[..]) {
                    Ok(count) => {
                        line.push(bytes.get(..count).unwrap_or_default());
                        return Ok(count);
                    }
                    Err(Errno::INTR | Errno::AGAIN) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            match source {
                Some(told) => {
                    let mut ready = told.readable().await?;
                    if !has_input() {
                        ready.clear_ready();
                    }
                }
                // The system does not report a file.
                None => sleep(BETWEEN_LOOKS).await,
            }
        }
    }

    pub(super) fn begin() -> Option<Before> {
        let before = tcgetattr(io::stdin()).ok()?;
        let mut now = before.clone();
        now.local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ECHONL | LocalModes::IEXTEN);
        now.special_codes[SpecialCodeIndex::VMIN] = 1;
        now.special_codes[SpecialCodeIndex::VTIME] = 0;
        // Ctrl-Z comes as a key: a program that is stopped by it cannot restore the terminal.
        now.special_codes[SpecialCodeIndex::VSUSP] = 0;
        tcsetattr(io::stdin(), OptionalActions::Now, &now).ok()?;
        brackets("\x1b[?2004h");
        Some(before)
    }

    pub(super) fn holds(_: &Before) -> bool {
        let kept = LocalModes::ICANON | LocalModes::ECHO;
        tcgetattr(io::stdin()).is_ok_and(|now| !now.local_modes.intersects(kept))
    }

    pub(super) fn end(before: &Before) {
        brackets("\x1b[?2004l");
        // A terminal that is gone cannot be restored.
        let _ = tcflush(io::stdin(), QueueSelector::IFlush);
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
    }

    /// Asks the terminal to bracket pastes, or to stop it.
    fn brackets(sequence: &str) {
        if std::env::var_os("TERM").is_some_and(|terminal| !terminal.is_empty() && terminal != "dumb") {
            let mut terminal = io::stderr().lock();
            // A terminal that is gone brackets nothing.
            let _ = terminal.write_all(sequence.as_bytes()).and_then(|()| terminal.flush());
        }
    }
}

#[cfg(not(unix))]
mod windows {
    use std::io::{self, Read};
    use std::thread;

    use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
    use zeroize::Zeroizing;

    use crate::shell::terminal::console::line::LineEditor;

    /// What a thread has read: nothing else here waits for input.
    pub(super) type Source = UnboundedReceiver<Zeroizing<Vec<u8>>>;
    /// The console itself knows how it was before.
    pub(super) type Before = ();

    pub(super) fn source() -> Source {
        let (sender, pieces) = unbounded_channel();
        let reader = thread::Builder::new().name("input".to_owned());
        let reading = reader.spawn(move || {
            let mut bytes = Zeroizing::new([0; 4096]);
            while let Ok(count @ 1..) = io::stdin().lock().read(&mut bytes[..]) {
                let piece = Zeroizing::new(bytes.get(..count).unwrap_or_default().to_vec());
                if sender.send(piece).is_err() {
                    return;
                }
            }
        });
        // Without the thread the input has ended.
        drop(reading);
        pieces
    }

    /// A console keeps lines of any length.
    pub(super) fn is_ready(_: &Source) -> bool {
        false
    }

    pub(super) async fn read(pieces: &mut Source, line: &mut LineEditor) -> io::Result<usize> {
        let Some(piece) = pieces.recv().await else { return Ok(0) };
        line.push(&piece);
        Ok(piece.len())
    }

    pub(super) fn begin() -> Option<Before> {
        enable_raw_mode().ok()
    }

    pub(super) fn holds((): &Before) -> bool {
        true
    }

    pub(super) fn end((): &Before) {
        // A console that is gone cannot be restored.
        let _ = disable_raw_mode();
    }
}
