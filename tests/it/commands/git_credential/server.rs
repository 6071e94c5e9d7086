//! A server of git repositories on loopback, which wants a password (git-http-backend(1)).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The server; its thread ends with the test's process.
pub(super) struct GitServer {
    host: String,
    refused: Arc<AtomicUsize>,
}

struct Asked {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl GitServer {
    /// Serves the bare repositories in `folder` to whoever says what `login` says: `user:password`.
    pub(super) fn start(folder: &Path, login: impl Fn() -> String + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let host = listener.local_addr().expect("an address").to_string();
        let (refused, folder) = (Arc::new(AtomicUsize::new(0)), folder.to_owned());
        let count = Arc::clone(&refused);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                answer(stream, &folder, &login(), &count);
            }
        });
        Self { host, refused }
    }

    pub(super) fn host(&self) -> String {
        self.host.clone()
    }

    /// How many requests had no password, or another one.
    pub(super) fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, folder: &PathBuf, login: &str, refused: &AtomicUsize) {
    // Git opens connections that it does not use.
    let Some(asked) = read(&stream) else { return };
    let expected = format!("Basic {}", STANDARD.encode(login));
    let answer = if asked.header("authorization") == Some(&expected) {
        serve(&asked, folder)
    } else {
        refused.fetch_add(1, Ordering::SeqCst);
        b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"\r\nContent-Length: 0\r\n\
          Connection: close\r\n\r\n"
            .to_vec()
    };
    stream.write_all(&answer).expect("git listens");
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let (path, query) = (path.to_owned(), query.to_owned());
    let mut asked = Asked { method, path, query, headers, body: Vec::new() };
    let length = asked.header("content-length").map_or(0, |length| length.parse().expect("a number"));
    asked.body = vec![0; length];
    reader.read_exact(&mut asked.body).ok()?;
    Some(asked)
}

impl Asked {
    fn header(&self, name: &str) -> Option<&String> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

/// Runs git's own program, and makes its answer one of HTTP.
fn serve(asked: &Asked, folder: &PathBuf) -> Vec<u8> {
    let mut backend = Command::new("git");
    backend.arg("http-backend").env("GIT_PROJECT_ROOT", folder).env("GIT_HTTP_EXPORT_ALL", "1");
    backend.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    backend.env("REQUEST_METHOD", &asked.method).env("PATH_INFO", &asked.path);
    backend.env("QUERY_STRING", &asked.query).env("REMOTE_USER", "ana").env("REMOTE_ADDR", "127.0.0.1");
    for (header, variable) in [
        ("content-type", "CONTENT_TYPE"),
        ("content-length", "CONTENT_LENGTH"),
        ("content-encoding", "HTTP_CONTENT_ENCODING"),
        ("git-protocol", "GIT_PROTOCOL"),
    ] {
        backend.envs(asked.header(header).map(|value| (variable, value)));
    }
    let mut child = backend.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git runs");
    child.stdin.take().expect("a pipe").write_all(&asked.body).expect("git reads");
    let out = child.wait_with_output().expect("git ends").stdout;
    let end = out.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let (head, body) = out.split_at(end + 4);
    let head = String::from_utf8_lossy(head);
    let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK");
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{head}");
    [head.as_bytes(), body].concat()
}
