//! Wakes of the loop: what ends its wait for the terminal when a message has come.

#[cfg(not(unix))]
pub use other::{WakeReceiver, WakeSender, pair};
#[cfg(unix)]
pub use unix::{WakeReceiver, WakeSender, pair};

/// Where one call waits for a terminal and a socket.
#[cfg(unix)]
mod unix {
    use std::io::{self, Read, Write};
    use std::os::fd::{AsFd, BorrowedFd};
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;

    /// The end that wakes.
    #[derive(Debug, Clone)]
    pub struct WakeSender(Arc<UnixStream>);

    /// The end that the loop waits at.
    #[derive(Debug)]
    pub struct WakeReceiver(UnixStream);

    /// Both ends.
    ///
    /// # Errors
    /// When this process may open no more files.
    pub fn pair() -> io::Result<(WakeSender, WakeReceiver)> {
        let (sender, receiver) = UnixStream::pair()?;
        sender.set_nonblocking(true)?;
        receiver.set_nonblocking(true)?;
        Ok((WakeSender(Arc::new(sender)), WakeReceiver(receiver)))
    }

    impl WakeSender {
        /// Ends the wait of the loop, or its next one.
        pub fn wake(&self) {
            // Where nothing more fits in, a wake is there already; where the loop has ended, nobody waits.
            let _ = (&*self.0).write(&[0]);
        }
    }

    impl WakeReceiver {
        /// Forgets the wakes that have come.
        pub fn drain(&self) {
            while matches!((&self.0).read(&mut [0; 64]), Ok(1..)) {}
        }
    }

    impl AsFd for WakeReceiver {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }
    }
}

/// Where no call waits for a terminal and a channel: the thread that reads the terminal wakes the loop too.
#[cfg(not(unix))]
mod other {
    use std::io;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;

    /// The end that wakes.
    #[derive(Debug, Clone)]
    pub struct WakeSender(Sender<()>);

    /// The end that the loop waits at.
    #[derive(Debug)]
    pub struct WakeReceiver(Receiver<()>);

    /// Both ends.
    ///
    /// # Errors
    /// None here.
    pub fn pair() -> io::Result<(WakeSender, WakeReceiver)> {
        let (sender, receiver) = channel();
        Ok((WakeSender(sender), WakeReceiver(receiver)))
    }

    impl WakeSender {
        /// Ends the wait of the loop, or its next one.
        pub fn wake(&self) {
            // Where the loop has ended, nobody waits.
            let _ = self.0.send(());
        }
    }

    impl WakeReceiver {
        /// Waits for a wake, but not longer than `limit`, and forgets those that have come.
        pub fn wait(&self, limit: Duration) {
            // The caller looks at the clock anyway.
            let _ = self.0.recv_timeout(limit);
            while self.0.try_recv().is_ok() {}
        }
    }
}
