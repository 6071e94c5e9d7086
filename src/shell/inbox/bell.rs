//! Bell that wakes the thread that draws while it waits for its terminal.

#[cfg(unix)]
pub use unix::{Ringer, Waiting, pair};

#[cfg(not(unix))]
pub use other::{Ringer, Waiting, pair};

/// Where the system waits for a file and a socket alike.
#[cfg(unix)]
mod unix {
    use std::io::{self, Read, Write};
    use std::os::fd::{AsFd, BorrowedFd};
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;

    /// Rings.
    #[derive(Debug, Clone)]
    pub struct Ringer(Arc<UnixStream>);

    /// Is rung.
    #[derive(Debug)]
    pub struct Waiting(UnixStream);

    /// Both ends of a bell.
    ///
    /// # Errors
    /// When this process may open no more files.
    pub fn pair() -> io::Result<(Ringer, Waiting)> {
        let (ringer, waiting) = UnixStream::pair()?;
        ringer.set_nonblocking(true)?;
        waiting.set_nonblocking(true)?;
        Ok((Ringer(Arc::new(ringer)), Waiting(waiting)))
    }

    impl Ringer {
        /// Wakes whoever waits, or the next who will.
        pub fn ring(&self) {
            // Where no more fits in, it has been rung; where nobody waits any more, there is nobody to wake.
            let _ = (&*self.0).write(&[0]);
        }
    }

    impl Waiting {
        /// Forgets how often it was rung.
        pub fn hush(&self) {
            while matches!((&self.0).read(&mut [0; 64]), Ok(1..)) {}
        }
    }

    impl AsFd for Waiting {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }
    }
}

/// Where nothing waits for a terminal and a channel alike: the thread that reads the terminal rings too.
#[cfg(not(unix))]
mod other {
    use std::io;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;

    /// Rings.
    #[derive(Debug, Clone)]
    pub struct Ringer(Sender<()>);

    /// Is rung.
    #[derive(Debug)]
    pub struct Waiting(Receiver<()>);

    /// Both ends of a bell.
    ///
    /// # Errors
    /// None here.
    pub fn pair() -> io::Result<(Ringer, Waiting)> {
        let (ringer, waiting) = channel();
        Ok((Ringer(ringer), Waiting(waiting)))
    }

    impl Ringer {
        /// Wakes whoever waits, or the next who will.
        pub fn ring(&self) {
            // Where nobody waits any more, there is nobody to wake.
            let _ = self.0.send(());
        }
    }

    impl Waiting {
        /// Waits until it is rung, but not longer than `limit`, and forgets how often it was.
        pub fn wait(&self, limit: Duration) {
            // The time that is over is no fault: whoever waits looks at the clock.
            let _ = self.0.recv_timeout(limit);
            while self.0.try_recv().is_ok() {}
        }
    }
}
