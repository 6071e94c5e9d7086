//! While a login waits, nothing but its genuine answer ends it.

use std::io::{Read, Write};
use std::net::TcpStream;

use url::Url;

use crate::home::person::{self, connect};
use crate::home::served::Served;

#[test]
fn whatever_comes_first_the_genuine_answer_completes_the_login() {
    let (served, _) = Served::with_ana(3600);
    let mut login = served.home.start(&["login", "demo/ana"]);
    let authorize = login.line("http");
    let parameters = Url::parse(&authorize).expect("an address");
    let parameter = |name: &str| {
        let found = parameters.query_pairs().find(|(pair, _)| pair == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_else(|| panic!("no {name} in {authorize}"))
    };
    let (callback, state) = (Url::parse(&parameter("redirect_uri")).expect("an address"), parameter("state"));
    let host = format!("127.0.0.1:{}", callback.port().expect("a port"));
    let get = |query: &str, host: &str| format!("GET /callback{query} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let ours = format!("?code=c&state={state}");
    let random: Vec<u8> = (0..4096_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();

    for (fault, bytes, status) in [
        ("wrong state", get("?code=c&state=wrong", &host).into_bytes(), 400),
        ("no state", get("?code=c", &host).into_bytes(), 400),
        ("refusal without state", get("?error=access_denied", &host).into_bytes(), 400),
        (
            "foreign issuer and no code",
            get(&format!("?state={state}&iss=https://evil.test"), &host).into_bytes(),
            400,
        ),
        ("foreign Host", get(&ours, "evil.test").into_bytes(), 400),
        (
            "POST",
            format!("POST /callback{ours} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n")
                .into_bytes(),
            405,
        ),
        (
            "endless body",
            format!("POST /callback{ours} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000000000000\r\n\r\n")
                .into_bytes(),
            405,
        ),
        ("favicon", format!("GET /favicon.ico HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes(), 404),
        ("random bytes", [random, b"\r\n\r\n".to_vec()].concat(), 400),
    ] {
        let mut client = connect(&callback);
        client.write_all(&bytes).expect("sent");
        let answer = rest(client);
        assert!(answer.starts_with(&format!("HTTP/1.0 {status} ")), "{fault}: {answer}");
    }
    let mut endless = connect(&callback);
    endless.write_all(b"GET /callback HTTP/1.1\r\n").expect("sent");
    assert!((0..1_000_000).any(|_| endless.write_all(b"X: y\r\n").is_err()), "6 MB of head were taken");
    let stalled: Vec<TcpStream> = (0..300)
        .map(|_| {
            let mut client = connect(&callback);
            // The oldest of a crowd is dropped.
            let _ = client.write_all(b"GET /callback HTTP/1.1\r\nHo");
            client
        })
        .collect();

    person::answer(&authorize, "allow");

    let ended = login.end();
    let notices = ended.said(0).matches("A reply that was not ours was ignored").count();
    assert_eq!(notices, 1, "{ended:?}");
    assert_eq!(served.counters().ended("authorization_code", "ok"), 1);
    assert_eq!(served.counters().asked("authorization_code"), 1, "a foreign code was redeemed");
    drop(stalled);
}

/// Everything until the listener closes.
fn rest(mut client: TcpStream) -> String {
    let mut bytes = Vec::new();
    // What was not read of the request resets the connection after the answer.
    let _ = client.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
