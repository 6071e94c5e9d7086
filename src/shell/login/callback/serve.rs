//! Server of the callback: connections, each with at most one bounded head in and one page out.
//!
//! Nothing but the end of the login ends it.

use std::collections::VecDeque;
use std::future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{self, JoinHandle};
use tokio::time;
use zeroize::Zeroizing;

use crate::oauth::callback::CallbackVerdict;
use crate::shell::login::callback::port::Sockets;
use crate::shell::login::callback::session::CallbackSession;
use crate::shell::login::callback::{page, peers};

/// How many connections are open at once. The oldest is dropped for a new one: a full house of
/// silent clients must not keep the real answer out.
const CONNECTION_LIMIT: usize = 32;
/// How long nothing is accepted after an error, as when the process has no file left to open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);
/// The longest head that is read, in bytes. Cookies of other programs on `localhost` come along.
const HEAD_LIMIT: usize = 16 * 1024;
/// How long a client may take to send its head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the system may take to take the page.
const SEND_TIMEOUT: Duration = Duration::from_millis(100);
/// How long a client may take to fetch the page.
const PAGE_TIMEOUT: Duration = Duration::from_secs(1);
/// How much of what follows a head is read and thrown away.
const DISCARD_LIMIT: usize = 64 * 1024;

/// Serves until `stopped` resolves.
pub(super) async fn serve(
    sockets: Sockets,
    session: &Arc<CallbackSession>,
    mut stopped: oneshot::Receiver<()>,
) {
    let mut open: VecDeque<JoinHandle<()>> = VecDeque::with_capacity(CONNECTION_LIMIT);
    loop {
        let accepted = tokio::select! {
            _ = &mut stopped => return,
            accepted = accept(Some(&sockets.v4)) => accepted,
            accepted = accept(sockets.v6.as_ref()) => accepted,
        };
        open.retain(|connection| !connection.is_finished());
        if (accepted.is_err() || open.len() >= CONNECTION_LIMIT)
            && let Some(oldest) = open.pop_front()
        {
            oldest.abort();
        }
        match accepted {
            Ok(stream) => {
                open.push_back(tokio::spawn(answer(stream, Arc::clone(session))));
                // A connection whose request is here already is read before others push it out.
                task::yield_now().await;
            }
            // The system says nothing when it has a file to spare again.
            Err(_) => time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn accept(socket: Option<&TcpListener>) -> io::Result<TcpStream> {
    match socket {
        Some(socket) => socket.accept().await.map(|(stream, _)| stream),
        None => future::pending().await,
    }
}

/// What a client sent.
enum ClientInput {
    Head(Zeroizing<Vec<u8>>),
    TooLong,
    Nothing,
}

/// Serves one request and closes. A body is never read.
async fn answer(mut stream: TcpStream, session: Arc<CallbackSession>) {
    let read = time::timeout(HEAD_TIMEOUT, read(&mut stream)).await.unwrap_or(ClientInput::Nothing);
    let (page, came) = match read {
        ClientInput::Head(head) => session.receive(&head, || peers::of(&stream)),
        ClientInput::TooLong => (
            page::render(&CallbackVerdict::Rejected { status: 431, ignored: None }, page::PageBody::Sent),
            None,
        ),
        ClientInput::Nothing => return,
    };
    // Before the answer is told, since whoever hears it may end the program. The system takes all of the page at once,
    // so a client that fetches none holds its answer back only for a moment.
    let is_sent = matches!(time::timeout(SEND_TIMEOUT, stream.write_all(&page)).await, Ok(Ok(())));
    if let Some(came) = came {
        session.tell(came);
    }
    if is_sent {
        let _ = time::timeout(PAGE_TIMEOUT, finish(&mut stream)).await;
    }
}

async fn read(stream: &mut TcpStream) -> ClientInput {
    // With room from the start the bytes are never moved, so all of them are wiped.
    let mut head = Zeroizing::new(Vec::with_capacity(HEAD_LIMIT));
    while head.len() < HEAD_LIMIT {
        let seen = head.len();
        let room = u64::try_from(HEAD_LIMIT - seen).unwrap_or(0);
        match (&mut *stream).take(room).read_buf(&mut *head).await {
            Ok(0) | Err(_) => return ClientInput::Nothing,
            Ok(_) if is_enough(&head, seen) => return ClientInput::Head(head),
            Ok(_) => {}
        }
    }
    ClientInput::TooLong
}

/// Whether nothing that may follow changes the judgement: the head is complete, or no request
/// begins like this (a TLS greeting, for one). The first `seen` bytes were looked at before.
fn is_enough(head: &[u8], seen: usize) -> bool {
    let news = head.get(seen.saturating_sub(3)..).unwrap_or_default();
    let ends = |end: &[u8]| news.windows(end.len()).any(|window| window == end);
    !head.first().is_some_and(u8::is_ascii_uppercase) || ends(b"\r\n\r\n") || ends(b"\n\n")
}

/// Waits until the client has all of the page. Closing while something unread is left would reset the
/// connection, and the browser would show an error instead of the page.
async fn finish(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut scrap = [0; 2048];
    let mut thrown_away = 0;
    while thrown_away < DISCARD_LIMIT {
        match stream.read(&mut scrap).await? {
            0 => break,
            more => thrown_away += more,
        }
    }
    Ok(())
}
