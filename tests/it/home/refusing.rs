//! An MCP server on loopback whose login server names its token endpoint at another port, and registers nobody.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// The server; it answers as long as the test runs.
pub(crate) struct RefusingServer {
    pub(crate) address: String,
}

impl RefusingServer {
    /// One that answers registrations with `status` and `body`.
    pub(crate) fn start(status: u16, body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let issuer = base.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &issuer, (status, body));
            }
        });
        Self { address: format!("{base}/mcp") }
    }
}

fn answer(mut stream: TcpStream, issuer: &str, registration: (u16, &str)) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let (mut path, mut length) = (String::new(), 0);
    for line in (&mut reader).lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
        if path.is_empty() {
            path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        }
        if let Some(written) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = written.trim().parse().unwrap_or(0);
        }
    }
    drop(reader.take(length).read_to_end(&mut Vec::new()));
    let (status, body) = match path.as_str() {
        "/mcp" => (401, String::new()),
        "/.well-known/oauth-protected-resource/mcp" => {
            (200, format!(r#"{{"resource":"{issuer}/mcp","authorization_servers":["{issuer}"]}}"#))
        }
        "/.well-known/oauth-authorization-server" => (
            200,
            format!(
                r#"{{"issuer":"{issuer}","authorization_endpoint":"{issuer}/a","token_endpoint":"http://127.0.0.1:9/t",
                "registration_endpoint":"{issuer}/register","code_challenge_methods_supported":["S256"]}}"#
            ),
        ),
        "/register" => (registration.0, registration.1.to_owned()),
        _ => (404, String::new()),
    };
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    drop(stream.write_all((head + &body).as_bytes()));
}
