//! Signals that ask the program to end.

/// Waits for SIGTERM, SIGHUP or SIGINT.
#[cfg(unix)]
pub async fn ending() {
    use tokio::signal::unix::{SignalKind, signal};
    let of = |kind| async move {
        match signal(kind) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            // Without a handler the signal ends the program by itself.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = of(SignalKind::terminate()) => {}
        () = of(SignalKind::hangup()) => {}
        () = of(SignalKind::interrupt()) => {}
    }
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub async fn ending() {
    // Without a handler Ctrl-C ends the program by itself.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
