//! Signals that ask the program to end.

/// What a signal says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Somebody wants the program to end.
    Asked,
    /// The terminal is gone.
    HungUp,
}

/// Waits for SIGTERM, SIGHUP or SIGINT. From this call on, and not only once it is awaited, none
/// of them ends the program by itself.
#[cfg(unix)]
pub fn ending() -> impl Future<Output = Ending> + Send + use<> {
    use tokio::signal::unix::{SignalKind, signal};
    let of = |kind| {
        let caught = signal(kind);
        async move {
            match caught {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                // Without a handler the signal ends the program by itself.
                Err(_) => std::future::pending().await,
            }
        }
    };
    let (terminate, hangup, interrupt) =
        (of(SignalKind::terminate()), of(SignalKind::hangup()), of(SignalKind::interrupt()));
    async {
        tokio::select! {
            () = terminate => Ending::Asked,
            () = hangup => Ending::HungUp,
            () = interrupt => Ending::Asked,
        }
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub async fn ending() -> Ending {
    // Without a handler Ctrl-C ends the program by itself.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    Ending::Asked
}
