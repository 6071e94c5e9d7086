//! An endpoint of a provider that answers when the test says so, and with what it says.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Instant;

use crate::home::PATIENCE;
use crate::home::served::Served;

/// The endpoint.
pub(crate) struct Held(TcpListener);

/// A request that waits for its answer.
pub(crate) struct Asked(TcpStream);

impl Held {
    /// Takes the place of the endpoint at `path` of the provider `demo`.
    pub(crate) fn instead(served: &Served, path: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let here = format!("http://{}{path}", listener.local_addr().expect("an address"));
        listener.set_nonblocking(true).expect("a listener");
        let (file, there) = (
            authtui::demo::provider_file(served.serving.issuer()),
            format!("{}{path}", served.serving.issuer()),
        );
        assert!(file.contains(&there), "{file}");
        served.home.provider("demo", &file.replace(&there, &here));
        Self(listener)
    }

    /// The next request, as soon as it is there.
    pub(crate) fn request(&self) -> Asked {
        let began = Instant::now();
        loop {
            if let Some(asked) = self.waits() {
                return asked;
            }
            assert!(began.elapsed() < PATIENCE, "nobody asks");
            std::thread::yield_now();
        }
    }

    /// The next request, if there is one.
    pub(crate) fn waits(&self) -> Option<Asked> {
        match self.0.accept() {
            Ok((stream, _)) => Some(Asked(stream)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => None,
            Err(error) => panic!("no visitor: {error}"),
        }
    }
}

impl Asked {
    /// Answers with `status`, `headers` with their ends of lines, and `body`.
    pub(crate) fn answer(self, status: &str, headers: &str, body: &str) {
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\
             {headers}\r\n{body}"
        );
        self.send(answer.as_bytes());
    }

    /// Sends these bytes for an answer and closes. What was asked is returned.
    pub(crate) fn send(mut self, answer: &[u8]) -> String {
        self.0.set_nonblocking(false).expect("a stream");
        self.0.set_read_timeout(Some(PATIENCE)).expect("a stream");
        let mut request = Vec::new();
        while !is_whole(&request) {
            let mut some = [0; 4096];
            let count = self.0.read(&mut some).expect("a request");
            assert!(count > 0, "the request ends before its end");
            request.extend_from_slice(some.get(..count).expect("no more than there is room"));
        }
        self.0.write_all(answer).expect("somebody listens");
        String::from_utf8(request).expect("text")
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    length.is_none_or(|length| body.len() >= length.trim().parse().expect("a number"))
}
