//! Answers that are compressed, oddly framed or cut: what can be read is read.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::home::Ended;
use crate::home::held::Held;
use crate::home::served::{Pair, Served};

/// New tokens, as a server answers a refresh.
const TOKENS: &str = r#"{"access_token":"new_access","refresh_token":"new_refresh","expires_in":3600}"#;

#[test]
fn a_refresh_asks_for_no_compression_and_reads_it_all_the_same() {
    let whole = gzip(TOKENS);
    let chunked = [format!("{:x}\r\n", whole.len()).as_bytes(), &whole, b"\r\n0\r\n\r\n"].concat();
    for (headers, body) in [
        ("Content-Encoding: gzip\r\n", whole.clone()),
        ("content-encoding: GZIP\r\n", whole.clone()),
        ("Content-Encoding: x-gzip\r\n", whole.clone()),
        ("Content-Encoding: gzip, gzip\r\n", twice(&whole)),
        ("Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n", twice(&whole)),
        ("Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunked.clone()),
        ("Transfer-Encoding: gzip, chunked\r\n", chunked),
        // A proxy that undid it and left the line.
        ("Content-Encoding: gzip\r\n", TOKENS.into()),
        ("Content-Encoding: UTF-8\r\n", TOKENS.into()),
    ] {
        let (request, ended, after) =
            refreshed(&[b"HTTP/1.1 200 OK\r\n", headers.as_bytes(), b"\r\n", &body].concat());
        assert!(request.to_ascii_lowercase().contains("\r\naccept-encoding: identity\r\n"), "{request}");
        is_new(headers, &ended, after);
    }
}

#[test]
fn an_answer_that_is_nearly_http_is_read() {
    let many: String = (0..120).map(|number| format!("X-{number}: a\r\n")).collect();
    let length = TOKENS.len();
    for head in [
        "HTTP/1.1 200 OK\r\nX Powered By: a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Powered-By : a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon at all\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Folded: a\r\n  b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Latin: \u{e9}\r\n\r\n",
        "HTTP/1.1 200 OK\nX-Bare: a\n\n",
        "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        // The connection ends where the answer should go on, and yet nothing of it is missing.
        "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n",
        &format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n"),
        &format!("HTTP/1.1 200 OK\r\n{many}\r\n"),
    ] {
        let (_, ended, after) = refreshed(format!("{head}{TOKENS}").as_bytes());
        is_new(head, &ended, after);
    }
}

#[test]
fn an_answer_that_cannot_be_read_is_a_lost_one_and_says_what_it_was() {
    let whole = gzip(TOKENS);
    let bomb = gzip(&" ".repeat(3 << 20));
    for (head, body, words) in [
        ("200 OK\r\nContent-Encoding: gzip", &whole[..whole.len() - 9], "the end of the answer is missing"),
        ("200 OK\r\nContent-Encoding: br", &whole[..], "should be compressed with br"),
        ("200 OK\r\nContent-Encoding: zstd", &whole, "compressed as “zstd”, which authtui cannot read"),
        ("200 OK\r\nContent-Encoding: gzip,gzip,gzip,gzip,gzip", &whole, "compressed 5 times over"),
        ("200 OK\r\nContent-Encoding: gzip", &bomb, "longer than 1 MiB"),
        ("200 OK\r\nContent-Length: 99", b"{\"access_token\":\"a", "the connection broke"),
        ("200 OK\r\nContent-Length: a", b"", "is not HTTP"),
    ] {
        let (_, ended, after) = refreshed(&[b"HTTP/1.1 ", head.as_bytes(), b"\r\n\r\n", body].concat());
        let said = ended.said(4);
        assert!(said.contains(words) && said.contains("may already be used up"), "{head}: {said}");
        assert_eq!(after, None, "{head}");
    }
    for answer in [&b"SSH-2.0-x\r\n"[..], b"\x15\x03\x01\x00\x02\x02\x46", b"HTTP/9.9 200 OK\r\n\r\n"] {
        let (_, ended, after) = refreshed(answer);
        assert!(ended.said(4).contains("the server's answer is not HTTP"), "{answer:?}: {ended:?}");
        assert_eq!(after, None);
    }
}

#[test]
fn the_status_of_a_refusal_counts_whatever_became_of_its_body() {
    for headers in ["Content-Encoding: zstd\r\n", "Content-Encoding: gzip\r\n", "Content-Length: 4000\r\n"] {
        let (_, ended, _) = refreshed(format!("HTTP/1.1 503 Busy\r\n{headers}\r\n???").as_bytes());
        assert!(ended.said(4).contains("is having trouble (503)"), "{headers}: {ended:?}");
        assert!(!ended.err.contains("may already be used up"), "{headers}: {ended:?}");
    }
}

/// Refreshes a profile that the server answers so: what was asked, how it ended, and the new tokens.
fn refreshed(answer: &[u8]) -> (String, Ended, Option<Pair>) {
    let (served, before) = Served::with_ana(-5);
    let held = Held::instead(&served, authtui::demo::authority::TOKEN);
    let running = served.home.start(&["refresh", "demo/ana"]);
    let request = held.request().send(answer);
    let ended = running.end();
    (request, ended, served.stored("ana").filter(|after| *after != before))
}

fn is_new(what: &str, ended: &Ended, after: Option<Pair>) {
    assert_eq!(ended.code, Some(0), "{what}: {ended:?}");
    let new = Pair { access: "new_access".to_owned(), refresh: "new_refresh".to_owned() };
    assert_eq!(after, Some(new), "{what}");
}

fn gzip(text: &str) -> Vec<u8> {
    twice(text.as_bytes())
}

/// The same, compressed once more.
fn twice(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}
