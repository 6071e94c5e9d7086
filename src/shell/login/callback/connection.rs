//! One connection: at most one bounded head in, one page out.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time;
use zeroize::Zeroizing;

use crate::oauth::callback::Judged;
use crate::shell::login::callback::desk::Desk;
use crate::shell::login::callback::page;
use crate::shell::login::callback::peers;

/// The longest head that is read, in bytes. Cookies of other programs on `localhost` come along.
const LONGEST: usize = 16 * 1024;
/// How long a client may take to send its head.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a client may take to fetch the page.
const FAREWELL: Duration = Duration::from_secs(1);
/// How much of what follows a head is read and thrown away.
const LEFTOVERS: usize = 64 * 1024;

/// What a client sent.
enum Read {
    Head(Zeroizing<Vec<u8>>),
    TooLong,
    Nothing,
}

/// Serves one request and closes. A body is never read.
pub(super) async fn serve(mut stream: TcpStream, desk: Arc<Desk>) {
    let read = time::timeout(PATIENCE, read(&mut stream)).await.unwrap_or(Read::Nothing);
    let (page, came) = match read {
        Read::Head(head) => desk.receive(&head, || peers::of(&stream)),
        Read::TooLong => {
            (page::render(&Judged::Stray { status: 431, ignored: None }, page::Body::Sent), None)
        }
        Read::Nothing => return,
    };
    if let Some(came) = came {
        desk.tell(came); // A client that fetches no page must not hold its answer back.
    }
    let _ = time::timeout(FAREWELL, finish(&mut stream, &page)).await;
}

async fn read(stream: &mut TcpStream) -> Read {
    // With room from the start the bytes are never moved, so all of them are wiped.
    let mut head = Zeroizing::new(Vec::with_capacity(LONGEST));
    while head.len() < LONGEST {
        let seen = head.len();
        let room = u64::try_from(LONGEST - seen).unwrap_or(0);
        match (&mut *stream).take(room).read_buf(&mut *head).await {
            Ok(0) | Err(_) => return Read::Nothing,
            Ok(_) if is_enough(&head, seen) => return Read::Head(head),
            Ok(_) => {}
        }
    }
    Read::TooLong
}

/// Whether nothing that may follow changes the judgement: the head is complete, or no request
/// begins like this (a TLS greeting, for one). The first `seen` bytes were looked at before.
fn is_enough(head: &[u8], seen: usize) -> bool {
    let news = head.get(seen.saturating_sub(3)..).unwrap_or_default();
    let ends = |end: &[u8]| news.windows(end.len()).any(|window| window == end);
    !head.first().is_some_and(u8::is_ascii_uppercase) || ends(b"\r\n\r\n") || ends(b"\n\n")
}

/// Sends the page and waits until the client has it all. Closing while something unread is left
/// would reset the connection, and the browser would show an error instead of the page.
async fn finish(stream: &mut TcpStream, page: &[u8]) -> io::Result<()> {
    stream.write_all(page).await?;
    stream.shutdown().await?;
    let mut scrap = [0; 2048];
    let mut thrown_away = 0;
    while thrown_away < LEFTOVERS {
        match stream.read(&mut scrap).await? {
            0 => break,
            more => thrown_away += more,
        }
    }
    Ok(())
}
