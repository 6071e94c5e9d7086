//! The listener's loop: it accepts, and nothing but the end of the login ends it.

use std::collections::VecDeque;
use std::future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{self, JoinHandle};
use tokio::time;

use crate::shell::login::callback::connection;
use crate::shell::login::callback::desk::Desk;
use crate::shell::login::callback::port::Sockets;

/// How many connections are open at once. The oldest is dropped for a new one: a full house of
/// silent clients must not keep the real answer out.
const AT_ONCE: usize = 32;
/// How long nothing is accepted after an error, as when the process has no file left to open.
const BACK_OFF: Duration = Duration::from_millis(20);

/// Serves until `stopped` resolves.
pub(super) async fn serve(sockets: Sockets, desk: &Arc<Desk>, mut stopped: oneshot::Receiver<()>) {
    let mut open: VecDeque<JoinHandle<()>> = VecDeque::with_capacity(AT_ONCE);
    loop {
        let accepted = tokio::select! {
            _ = &mut stopped => return,
            accepted = accept(Some(&sockets.v4)) => accepted,
            accepted = accept(sockets.v6.as_ref()) => accepted,
        };
        open.retain(|connection| !connection.is_finished());
        if (accepted.is_err() || open.len() >= AT_ONCE)
            && let Some(oldest) = open.pop_front()
        {
            oldest.abort();
        }
        match accepted {
            Ok(stream) => {
                open.push_back(tokio::spawn(connection::serve(stream, Arc::clone(desk))));
                // A connection whose request is here already is read before others push it out.
                task::yield_now().await;
            }
            // The system says nothing when it has a file to spare again.
            Err(_) => time::sleep(BACK_OFF).await,
        }
    }
}

async fn accept(socket: Option<&TcpListener>) -> io::Result<TcpStream> {
    match socket {
        Some(socket) => socket.accept().await.map(|(stream, _)| stream),
        None => future::pending().await,
    }
}
