//! HTTP server of the demo, on a loopback port.
//!
//! It gives [`authority`](crate::demo::authority) the clock and random bytes, and delivers each
//! response as it wants: at once, late, or never. It is `tiny_http`'s server with a few threads
//! around it, and that server trusts its clients: no time-outs, no limit on heads, and a
//! body of more than 1 KiB that never ends holds its thread. Only the person's own programs reach
//! it, while the demo or a test runs; the callback listener does not use it.
//!
//! Answers go out as HTTP/1.0, so that clients close their connections and nothing lives longer
//! than [`Serving`].

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{Offset, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use rand::TryRng;
use rand::rngs::SysRng;
use tiny_http::{HTTPVersion, Header, Method, Request, Response, Server, StatusCode};

use crate::demo::authority::Authority;
use crate::demo::authority::request::HttpRequest;
use crate::demo::authority::response::{Delivery, HttpResponse};
use crate::domain::clock::{Now, Steady};
use crate::domain::secret::Secret;

/// More than authtui may send at one time, so that a surplus would be seen; one late answer holds
/// one of them.
const THREADS: usize = 8;
/// The longest body that is read.
const BODY_LIMIT: u64 = 64 * 1024;
/// The longest body that `tiny_http` may throw away; it does so by allocating all of it.
const DISCARD_LIMIT: usize = 16 * 1024 * 1024;
/// How long an end may take before it goes on without a thread that hangs.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// An authorization server that answers on a port until it is dropped.
pub struct Serving {
    state: Arc<ServerState>,
    address: SocketAddr,
    issuer: String,
    threads: usize,
    server: Option<Arc<Server>>,
    ended: Receiver<()>,
}

impl Serving {
    /// Puts `authority` on `port` of 127.0.0.1; 0 takes a free one. It becomes its own issuer.
    ///
    /// # Errors
    /// The port is taken, or the system gives no thread.
    pub fn start(authority: Authority, port: u16) -> io::Result<Self> {
        Self::with_threads(authority, port, THREADS)
    }

    /// The same with so many threads: it answers no more requests at a time.
    ///
    /// # Errors
    /// The port is taken, or the system gives no thread.
    pub fn with_threads(mut authority: Authority, port: u16, threads: usize) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let issuer = format!("http://{address}");
        authority.move_to(&issuer);
        let server = Arc::new(Server::from_listener(listener, None).map_err(io::Error::other)?);
        let state = Arc::new(ServerState {
            authority: Mutex::new(authority),
            shutdown: Mutex::new(Shutdown::default()),
            changed: Condvar::new(),
            opened: Instant::now(),
        });
        let (alive, ended) = mpsc::channel();
        let serving = Self { state, address, issuer, threads, server: Some(Arc::clone(&server)), ended };
        for number in 1..=threads {
            let (state, server, alive) = (Arc::clone(&serving.state), Arc::clone(&server), alive.clone());
            thread::Builder::new().name(format!("demo authority {number}")).spawn(move || {
                state.work(&server);
                drop(server);
                drop(alive);
            })?;
        }
        Ok(serving)
    }

    /// Its address without a slash at the end, as in `{issuer}/oauth2/token`.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Lets `look` see and change the server between two requests.
    pub fn with<T>(&self, look: impl FnOnce(&mut Authority) -> T) -> T {
        look(&mut self.state.authority())
    }

    /// Sends the answers that are late, and makes no other one late.
    pub fn let_go(&self) {
        self.state.end(|shutdown| shutdown.nothing_late = true);
    }

    /// The moment by the server's own clock, for giving grants.
    pub fn now(&self) -> Now {
        self.state.now()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let Some(server) = self.server.take() else { return };
        self.state.end(|shutdown| shutdown.closing = true);
        for _ in 0..self.threads {
            server.unblock();
        }
        // Nobody ever sends: the channel breaks when the last thread has let go of the server.
        let threads_ended = self.ended.recv_timeout(SHUTDOWN_TIMEOUT) != Err(mpsc::RecvTimeoutError::Timeout);
        drop(server);
        // Dropping the server only tells its accept thread to let go of the port.
        let began = Instant::now();
        while threads_ended && TcpListener::bind(self.address).is_err() && began.elapsed() < SHUTDOWN_TIMEOUT
        {
            thread::yield_now();
        }
    }
}

/// State that the threads share.
struct ServerState {
    authority: Mutex<Authority>,
    shutdown: Mutex<Shutdown>,
    changed: Condvar,
    opened: Instant,
}

/// Reasons to end a wait before its time.
#[derive(Default)]
struct Shutdown {
    /// The server closes.
    closing: bool,
    /// No answer is late any more.
    nothing_late: bool,
}

impl ServerState {
    fn work(&self, server: &Server) {
        while !locked(&self.shutdown).closing {
            // An error is the call to end, or the end of accepting; in both there is nothing to do.
            if let Ok(request) = server.recv() {
                self.receive(request);
            }
        }
    }

    fn receive(&self, mut request: Request) {
        if request.body_length().is_some_and(|length| length > DISCARD_LIMIT) {
            // Dropping it would allocate that much, and 10^12 bytes abort the program.
            std::mem::forget(request);
            return;
        }
        self.authority().arrived();
        let answer = match body(&mut request) {
            Ok(body) => self.respond(&request, &body),
            Err(status) => HttpResponse::new(status, "text/plain", ""),
        };
        match answer.delivery {
            Delivery::AtOnce => send(request, &answer, Coding::Identity),
            Delivery::After(wait) => {
                self.wait(wait);
                send(request, &answer, Coding::Identity);
            }
            Delivery::Compressed => send(request, &answer, Coding::Gzip),
            Delivery::Never => break_off(request),
        }
        self.authority().left();
    }

    fn respond(&self, request: &Request, body: &str) -> HttpResponse {
        let Ok(random) = random_bytes() else { return HttpResponse::new(500, "text/plain", "") };
        let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
        let pair = |header: &Header| (header.field.to_string(), header.value.to_string());
        let headers: Vec<(String, String)> = request.headers().iter().map(pair).collect();
        let http = HttpRequest { method: request.method().as_str(), path, query, headers: &headers, body };
        let mut authority = self.authority();
        authority.respond(&http, self.now(), random)
    }

    fn wait(&self, wait: Duration) {
        let shutdown = locked(&self.shutdown);
        let goes_on = |shutdown: &mut Shutdown| !shutdown.closing && !shutdown.nothing_late;
        drop(self.changed.wait_timeout_while(shutdown, wait, goes_on));
    }

    fn end(&self, how: impl FnOnce(&mut Shutdown)) {
        how(&mut locked(&self.shutdown));
        self.changed.notify_all();
    }

    fn now(&self) -> Now {
        Now { wall: Utc::now(), steady: Steady(self.opened.elapsed()), offset: Utc.fix() }
    }

    fn authority(&self) -> MutexGuard<'_, Authority> {
        locked(&self.authority)
    }
}

/// Reads the body, or says with which status it is refused.
fn body(request: &mut Request) -> Result<String, u16> {
    let declared = request.body_length().and_then(|length| u64::try_from(length).ok());
    if declared.is_some_and(|length| length > BODY_LIMIT) {
        return Err(413);
    }
    let mut bytes = Vec::new();
    let read = request.as_reader().take(BODY_LIMIT + 1).read_to_end(&mut bytes);
    match read {
        Ok(length) if u64::try_from(length).is_ok_and(|length| length > BODY_LIMIT) => Err(413),
        Ok(_) => String::from_utf8(bytes).map_err(|_| 400),
        Err(_) => Err(400),
    }
}

/// How a body is coded (RFC 9110 §8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Identity,
    Gzip,
}

fn send(request: Request, answer: &HttpResponse, coding: Coding) {
    let head_only = *request.method() == Method::Head;
    let header = |(name, value): &(String, Secret)| {
        Header::from_bytes(name.as_bytes(), value.expose().as_bytes()).ok()
    };
    let mut headers: Vec<Header> = answer.headers.iter().filter_map(header).collect();
    let mut body = answer.body.expose().as_bytes().to_vec();
    if coding == Coding::Gzip {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        let Ok(coded) = encoder.write_all(&body).and_then(|()| encoder.finish()) else { return };
        body = coded;
        headers.extend(Header::from_bytes("Content-Encoding", "gzip"));
    }
    let length = body.len();
    let response = Response::new(StatusCode(answer.status), headers, body.as_slice(), Some(length), None);
    let mut writer = request.into_writer();
    let sent = response.raw_print(&mut writer, HTTPVersion(1, 0), &[], head_only, None);
    // A client that has gone needs no answer.
    drop(sent.and_then(|()| writer.flush()));
}

/// Ends a request without an answer.
///
/// `tiny_http` keeps a connection open until its client closes it. One byte that begins no HTTP
/// answer makes the client do so at once; a client that wanted the connection closed sees it
/// closed.
fn break_off(request: Request) {
    let closes = |header: &Header| header.field.equiv("Connection") && header.value.as_str() == "close";
    let closing = request.headers().iter().any(closes);
    let mut writer = request.into_writer();
    if !closing {
        drop(writer.write_all(&[0]).and_then(|()| writer.flush()));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Random bytes for one request, from the system.
///
/// # Errors
/// The system's own, where it has no source of randomness.
pub fn random_bytes() -> Result<[u8; 64], rand::rngs::SysError> {
    let mut random_bytes = [0; 64];
    SysRng.try_fill_bytes(&mut random_bytes)?;
    Ok(random_bytes)
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;
    use crate::demo::authority::fault::FaultKind;
    use crate::demo::authority::grant::NewGrant;
    use crate::demo::authority::{AuthoritySettings, TOKEN, client};

    fn start() -> Serving {
        let authority = Authority::new("http://127.0.0.1", AuthoritySettings::default());
        Serving::start(authority, 0).expect("a free port")
    }

    /// Sends `head` and `body` and reads until the server closes.
    fn ask(serving: &Serving, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(serving.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time-out");
        let length = body.len();
        write!(stream, "{head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
            .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("closed by the server");
        answer
    }

    fn refresh(serving: &Serving, token: &str) -> String {
        let head = "POST /oauth2/token HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
        let body = format!("grant_type=refresh_token&client_id={}&refresh_token={token}", client::PUBLIC);
        ask(serving, head, &body)
    }

    fn refresh_token(serving: &Serving) -> String {
        let now = serving.now();
        let new = NewGrant { client: client::PUBLIC, account: "ana@demo.test", scopes: &["profile"] };
        let granted = serving.with(|authority| authority.grant(new, None, now, [7; 64]));
        granted.tokens.refresh.expect("a refresh token").expose().to_owned()
    }

    #[test]
    fn a_refresh_over_the_wire_is_answered_and_remembered() {
        let serving = start();
        let answer = refresh(&serving, &refresh_token(&serving));

        assert!(answer.starts_with("HTTP/1.0 200 "), "{answer}");
        assert!(answer.contains("Cache-Control: no-store\r\n"), "{answer}");
        assert!(answer.contains("\"access_token\":\"dat_"), "{answer}");
        serving.with(|authority| {
            assert_eq!(authority.counters().refreshed, 1);
            let seen = authority.seen_requests().next_back().expect("a visit");
            assert_eq!(seen.parameters, ["grant_type", "client_id", "refresh_token"]);
            assert!(authority.issuer().ends_with(&serving.address.port().to_string()));
        });
    }

    #[test]
    fn a_late_answer_keeps_nobody_else_waiting() {
        let serving = start();
        let token = refresh_token(&serving);
        let late = FaultKind::Late(Duration::from_secs(600));
        serving.with(|authority| authority.faults.plan(TOKEN, 1, late));
        let mut waiting = TcpStream::connect(serving.address).expect("it listens");
        let body = format!("grant_type=refresh_token&client_id={}&refresh_token={token}", client::PUBLIC);
        let form = "Content-Type: application/x-www-form-urlencoded";
        let length = body.len();
        write!(waiting, "POST {TOKEN} HTTP/1.0\r\n{form}\r\nContent-Length: {length}\r\n\r\n{body}")
            .expect("sent");
        while serving.with(|authority| authority.counters().in_flight) == 0 {
            thread::yield_now();
        }

        assert!(ask(&serving, "GET / HTTP/1.1", "").starts_with("HTTP/1.0 200 "));
        assert_eq!(serving.with(|authority| authority.counters().most_in_flight), 2);

        serving.let_go();
        let mut answer = String::new();
        waiting.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.0 200 "), "{answer}");
    }

    #[test]
    fn a_request_that_is_never_answered_ends_without_a_byte() {
        let serving = start();
        let token = refresh_token(&serving);
        serving.with(|authority| authority.faults.plan(TOKEN, 1, FaultKind::LostAnswer));

        assert_eq!(refresh(&serving, &token), "");
        assert!(refresh(&serving, &token).contains("invalid_grant"), "the lost answer had replaced it");
    }

    #[test]
    fn a_body_that_is_too_long_is_refused() {
        let serving = start();
        assert!(refresh(&serving, &"x".repeat(70_000)).starts_with("HTTP/1.0 413 "));
    }

    #[test]
    fn the_port_is_free_when_the_server_is_gone() {
        let serving = start();
        let address = serving.address;
        assert!(ask(&serving, "GET / HTTP/1.1", "").starts_with("HTTP/1.0 200 "));
        drop(serving);
        TcpListener::bind(address).expect("the port is free");
    }
}
