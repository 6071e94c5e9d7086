//! Standard input: its bytes as they come, and its terminal while it is read byte by byte.

#[cfg(unix)]
pub(super) use unix::{RawMode, StandardInput};
#[cfg(not(unix))]
pub(super) use windows::{RawMode, StandardInput};

#[cfg(unix)]
mod unix {
    use std::io::{self, Stdin, Write};
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::{Errno, read};
    use rustix::termios::{LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios};
    use rustix::termios::{tcflush, tcgetattr, tcsetattr};
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;
    use tokio::time::sleep;
    use zeroize::Zeroizing;

    use crate::shell::terminal::console::line::{InputKind, LineEditor};

    /// How often input is looked for where the system does not report it, as for a file.
    const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

    /// Standard input.
    pub(in crate::shell::terminal::console) struct StandardInput {
        kind: InputKind,
        stdin: Stdin,
        told: Option<AsyncFd<Stdin>>,
    }

    impl StandardInput {
        pub(in crate::shell::terminal::console) fn new(kind: InputKind) -> Self {
            #[expect(deprecated, reason = "its successor is unsafe; standard input is never closed")]
            let told = AsyncFd::with_interest(io::stdin(), Interest::READABLE).ok();
            Self { kind, stdin: io::stdin(), told }
        }

        pub(in crate::shell::terminal::console) fn is_terminal(&self) -> bool {
            self.kind == InputKind::Terminal
        }

        /// Whether a read would return at once, also with the news that nothing more comes.
        pub(in crate::shell::terminal::console) fn is_ready(&self) -> bool {
            let mut watched = [PollFd::new(&self.stdin, PollFlags::IN)];
            let now = Timespec { tv_sec: 0, tv_nsec: 0 };
            poll(&mut watched, Some(&now)).is_ok_and(|count| count > 0)
        }

        /// Reads what there is into `line`, once there is something; 0 bytes are the end. Nothing
        /// is lost when the caller stops waiting.
        pub(in crate::shell::terminal::console) async fn read(
            &mut self,
            line: &mut LineEditor,
        ) -> io::Result<usize> {
            let mut bytes = Zeroizing::new([0; 4096]);
            loop {
                if self.is_ready() {
                    match read(&self.stdin, &mut bytes[..]) {
                        Ok(count) => {
                            line.push(bytes.get(..count).unwrap_or_default());
                            return Ok(count);
                        }
                        Err(Errno::INTR | Errno::AGAIN) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
                match &self.told {
                    Some(told) => {
                        let mut ready = told.readable().await?;
                        if !self.is_ready() {
                            ready.clear_ready();
                        }
                    }
                    // The system does not report a file.
                    None => sleep(BETWEEN_LOOKS).await,
                }
            }
        }
    }

    /// The terminal while it neither echoes nor keeps lines. Dropping it restores the terminal.
    pub(in crate::shell::terminal::console) struct RawMode(Termios);

    impl RawMode {
        /// Nothing where the terminal is gone.
        pub(in crate::shell::terminal::console) fn begin() -> Option<Self> {
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
            Some(Self(before))
        }

        /// Whether the terminal is still in this mode.
        pub(in crate::shell::terminal::console) fn holds(&self) -> bool {
            let kept = LocalModes::ICANON | LocalModes::ECHO;
            tcgetattr(io::stdin()).is_ok_and(|now| !now.local_modes.intersects(kept))
        }
    }

    impl Drop for RawMode {
        fn drop(&mut self) {
            brackets("\x1b[?2004l");
            // A terminal that is gone cannot be restored.
            let _ = tcflush(io::stdin(), QueueSelector::IFlush);
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
        }
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

    use crate::shell::terminal::console::line::{InputKind, LineEditor};

    /// Standard input, read by a thread: nothing else here waits for it.
    pub(in crate::shell::terminal::console) struct StandardInput {
        kind: InputKind,
        pieces: UnboundedReceiver<Zeroizing<Vec<u8>>>,
    }

    impl StandardInput {
        pub(in crate::shell::terminal::console) fn new(kind: InputKind) -> Self {
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
            Self { kind, pieces }
        }

        pub(in crate::shell::terminal::console) fn is_terminal(&self) -> bool {
            self.kind == InputKind::Terminal
        }

        /// A console keeps lines of any length.
        pub(in crate::shell::terminal::console) fn is_ready(&self) -> bool {
            false
        }

        pub(in crate::shell::terminal::console) async fn read(
            &mut self,
            line: &mut LineEditor,
        ) -> io::Result<usize> {
            let Some(piece) = self.pieces.recv().await else { return Ok(0) };
            line.push(&piece);
            Ok(piece.len())
        }
    }

    /// The console without echo. Dropping it restores the console.
    pub(in crate::shell::terminal::console) struct RawMode;

    impl RawMode {
        pub(in crate::shell::terminal::console) fn begin() -> Option<Self> {
            enable_raw_mode().ok().map(|()| Self)
        }

        pub(in crate::shell::terminal::console) fn holds(&self) -> bool {
            true
        }
    }

    impl Drop for RawMode {
        fn drop(&mut self) {
            // A console that is gone cannot be restored.
            let _ = disable_raw_mode();
        }
    }
}
