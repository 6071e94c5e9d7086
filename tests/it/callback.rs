//! Nothing that arrives at the callback listener can end, hang or take over a login.

mod login;
mod port;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use authtui::oauth::LoginId;
use authtui::oauth::callback::{AuthorizationResponse, CallbackCheck, Ignored, IssuerError};
use authtui::shell::login::callback::{Listener, ListenerEvent, OnEvent};

use crate::callback::login::{CALLBACK, Login, PATIENCE, ask, check, code, ear, expected, rest};

#[test]
fn after_every_fault_the_genuine_answer_completes() {
    let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n").into_bytes();
    let post = |lines: &str| {
        format!("POST {CALLBACK} HTTP/1.1\r\nHost: localhost:PORT\r\n{lines}\r\n\r\n").into_bytes()
    };
    let host = |lines: &str| format!("GET {CALLBACK} HTTP/1.1\r\n{lines}\r\n\r\n").into_bytes();
    for (fault, bytes, status) in [
        ("refusal without state", get("/callback?error=access_denied"), "400"),
        ("refusal with a wrong state", get("/callback?error=access_denied&state=x"), "400"),
        ("wrong state", get("/callback?code=c&state=5tat"), "400"),
        ("no state", get("/callback?code=c"), "400"),
        ("no query", get("/callback"), "400"),
        ("no code", get("/callback?state=5tate"), "400"),
        ("empty code", get("/callback?code=&state=5tate"), "400"),
        ("code and error", get("/callback?code=c&error=e&state=5tate"), "400"),
        ("doubled state", get("/callback?code=c&state=5tate&state=5tate"), "400"),
        ("doubled code", get("/callback?code=c&code=c&state=5tate"), "400"),
        ("line end in the code", get("/callback?code=a%0D%0Ab&state=5tate"), "400"),
        ("NUL in the code", get("/callback?code=%00&state=5tate"), "400"),
        ("broken escape", get("/callback?code=%zz&state=5tate"), "400"),
        ("markup", get("/callback?error=%3Cscript%3E&error_description=<img%20onerror=x>&state=x"), "400"),
        ("favicon", get("/favicon.ico"), "404"),
        ("root", get("/"), "404"),
        ("longer path", get("/callback/x?code=c&state=5tate"), "404"),
        ("another short link", get("/go/0123456789abcdeg"), "404"),
        ("HEAD", format!("HEAD {CALLBACK} HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n").into_bytes(), "405"),
        (
            "OPTIONS",
            format!("OPTIONS {CALLBACK} HTTP/1.1\r\nHost: localhost:PORT\r\n\r\n").into_bytes(),
            "405",
        ),
        ("POST", post("Content-Length: 0"), "405"),
        ("huge Content-Length", post("Content-Length: 1000000000000"), "405"),
        ("negative Content-Length", post("Content-Length: -1"), "405"),
        ("huge chunk", post("Transfer-Encoding: chunked\r\n\r\nffffffffffffffff"), "405"),
        ("odd Expect", post("Expect: zz"), "405"),
        ("foreign Host", host("Host: evil.test:PORT"), "400"),
        ("Host with another port", host("Host: localhost:1"), "400"),
        ("no Host", host("Accept: */*"), "400"),
        ("two Hosts", host("Host: localhost:PORT\r\nHost: localhost:PORT"), "400"),
        ("absolute target", get(&format!("http://evil.test{CALLBACK}")), "400"),
        ("bare LF", format!("GET {CALLBACK} HTTP/1.1\nHost: localhost:PORT\n\n").into_bytes(), "400"),
        ("NUL in the head", get("/callback\0"), "400"),
        ("bytes beyond ASCII", get("/callback?code=ü&state=5tate"), "400"),
        ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), "400"),
        ("TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), "400"),
        ("NULs", vec![0; 4096], "400"),
        (
            "random bytes",
            (0..4096_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect(),
            "400",
        ),
        ("head of 20 KiB", get(&"/x".repeat(10 * 1024)), "431"),
        ("target of 1 MiB", get(&"/x".repeat(512 * 1024)), ""),
        ("nothing", Vec::new(), ""),
        ("half a head", b"GET /callb".to_vec(), ""),
    ] {
        let login = Login::start();
        let bytes = with_port(bytes, login.listener.port());

        let mut client = login.connect();
        let _ = client.write_all(&bytes);
        if !status.is_empty() {
            let page = rest(&mut client);
            assert!(page.starts_with(&format!("HTTP/1.0 {status} ")), "{fault}: {page}");
            assert!(!page.contains("onerror") && !page.contains("5tate"), "{fault}: {page}");
        }

        let page = login.ask(CALLBACK);
        assert!(page.starts_with("HTTP/1.0 200 ") && page.ends_with("</html>\n"), "{fault}: {page}");
        assert_eq!(login.answer(), code(), "{fault}");
    }
}

#[test]
fn an_answer_with_our_state_and_another_issuer_is_told_without_its_code() {
    let login = Login::start();
    let page = login.ask("/callback?code=c0de&state=5tate&iss=https://evil.test");
    assert!(page.starts_with("HTTP/1.0 400 ") && !page.contains("evil.test"), "{page}");
    let untrusted = AuthorizationResponse::Untrusted(IssuerError::Other);
    assert_eq!(login.answer(), ListenerEvent::Answer(LoginId(7), untrusted));
}

#[test]
fn a_head_that_never_ends_is_cut_off() {
    let login = Login::start();
    let mut client = login.connect();
    client.write_all(b"GET / HTTP/1.1\r\n").expect("a listener");
    let endless = (0..1_000_000).map(|_| client.write_all(b"X: y\r\n"));
    let refused = endless.into_iter().any(|sent| sent.is_err());
    assert!(refused, "6 MB were taken");
    login.ask(CALLBACK);
    assert_eq!(login.answer(), code());
}

#[test]
fn a_crowd_of_stalled_clients_does_not_keep_the_answer_out() {
    let login = Login::start();
    let stalled: Vec<TcpStream> = (0..300)
        .map(|_| {
            let mut client = login.connect();
            let _ = client.write_all(b"GET /callback?code=x HTTP/1.1\r\nHo");
            client
        })
        .collect();

    // Waited out one room after the other, the crowd would take longer than the patience of `ask`.
    let page = login.ask(CALLBACK);

    assert!(page.starts_with("HTTP/1.0 200 "), "{page}");
    assert_eq!(login.answer(), code());
    drop(stalled);
}

#[test]
fn an_answer_that_is_there_is_read_before_a_crowd_behind_it_pushes_it_out() {
    let (told, came) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let (told, wait) = (Mutex::new(told), Mutex::new(wait));
    let hear: OnEvent = Arc::new(move |came| {
        let stray = matches!(came, ListenerEvent::Ignored(..));
        let _ = told.lock().expect("one speaker").send(came);
        if stray {
            let _ = wait.lock().expect("one listener").recv();
        }
    });
    let login = Login { listener: Listener::open(LoginId(7), &[0], hear).expect("a free port"), came };
    login.listener.arm(check());
    let mut stray = login.connect();
    stray.write_all(login.request("/callback?state=other").as_bytes()).expect("a listener");
    assert_eq!(login.came.recv_timeout(PATIENCE), Ok(ListenerEvent::Ignored(LoginId(7), Ignored::NotOurs)));

    // The listener is held up, so all of these are there before it looks at any.
    let mut browser = login.connect();
    browser.write_all(login.request(CALLBACK).as_bytes()).expect("a listener");
    let crowd: Vec<TcpStream> = (0..200).map(|_| login.connect()).collect();
    drop(go_on);

    assert_eq!(login.answer(), code());
    assert!(rest(&mut browser).starts_with("HTTP/1.0 200 "));
    drop(crowd);
}

#[test]
fn clients_that_come_back_whenever_they_are_dropped_do_not_keep_the_answer_out() {
    let login = Login::start();
    let address = login.address();
    let (stop, stopped) = mpsc::channel::<()>();
    let crowd = thread::spawn(move || {
        let mut open = std::collections::VecDeque::new();
        while stopped.try_recv() == Err(mpsc::TryRecvError::Empty) {
            open.extend(TcpStream::connect(address));
            if open.len() > 100 {
                open.pop_front();
            }
        }
    });

    let page = (0..20).map(|_| login.ask(CALLBACK)).find(|page| page.starts_with("HTTP/1.0 200 "));

    drop(stop);
    crowd.join().expect("the crowd goes home");
    assert!(page.is_some(), "the browser was kept out 20 times");
    assert_eq!(login.answer(), code());
}

#[test]
fn the_oldest_connection_makes_room_for_a_new_one() {
    let login = Login::start();
    let mut oldest = login.connect();
    let others: Vec<TcpStream> = (0..32).map(|_| login.connect()).collect();
    let began = Instant::now();
    assert_eq!(rest(&mut oldest), "");
    assert!(began.elapsed() < Duration::from_secs(3), "it was left until its head was overdue");
    drop(others);
}

#[test]
fn a_client_that_sends_nothing_is_let_go() {
    let login = Login::start();
    let mut silent = login.connect();
    assert_eq!(rest(&mut silent), "");
    assert_eq!(login.came.try_recv(), Err(mpsc::TryRecvError::Empty));
}

#[test]
fn ten_replays_at_once_give_one_answer() {
    let login = Login::start();
    let (address, request) = (login.address(), login.request(CALLBACK));
    let pages: Vec<String> = thread::scope(|scope| {
        let clients: Vec<_> = (0..10).map(|_| scope.spawn(|| ask(address, &request))).collect();
        clients.into_iter().map(|client| client.join().expect("a page")).collect()
    });

    assert!(pages.iter().all(|page| page.starts_with("HTTP/1.0 200 ")), "{pages:?}");
    let finished = pages.iter().filter(|page| page.contains("This login is finished")).count();
    assert_eq!(finished, 9);
    assert!(login.ask(CALLBACK).contains("This login is finished"));
    assert_eq!(login.answer(), code());
    login.assert_quiet();
}

#[test]
fn a_refusal_with_our_state_ends_the_wait() {
    let login = Login::start();
    login.ask("/callback?error=access_denied&error_description=no%0Away&state=5tate");
    let denied = AuthorizationResponse::Denied {
        error: "access_denied".to_owned(),
        description: Some("no\u{fffd}way".to_owned()),
    };
    assert_eq!(login.answer(), ListenerEvent::Answer(LoginId(7), denied));
}

#[test]
fn foreign_replies_are_told_once_and_noise_is_not() {
    let login = Login::start();
    login.ask("/favicon.ico");
    for _ in 0..5 {
        login.ask("/callback?code=x&state=other");
    }
    assert_eq!(login.answer(), ListenerEvent::Ignored(LoginId(7), Ignored::NotOurs));
    login.assert_quiet();

    login.listener.arm(CallbackCheck { login: LoginId(8), ..check() });
    login.ask("/callback?code=x&state=other");
    assert_eq!(login.answer(), ListenerEvent::Ignored(LoginId(8), Ignored::NotOurs));
}

#[test]
fn the_short_link_leads_to_the_login_until_the_answer_came() {
    let login = Login::start();
    let page = login.ask("/go/0123456789abcdef");
    assert!(page.starts_with("HTTP/1.0 302 "), "{page}");
    assert!(page.contains("\r\nLocation: https://as.test/authorize?state=5tate\r\n"), "{page}");
    assert!(page.contains("\r\nReferrer-Policy: no-referrer\r\n"), "{page}");
    login.ask(CALLBACK);
    assert!(login.ask("/go/0123456789abcdef").contains("This login is finished"));
}

#[test]
fn a_browsers_link_works_once_and_its_second_use_is_told() {
    let login = Login::start();
    let page = check().authorize.expect("a page");
    let link = login.listener.link_to(&page).expect("a link");
    assert!(link.as_str().starts_with(&format!("http://127.0.0.1:{}/go/", login.listener.port())), "{link}");

    assert!(login.ask(link.path()).contains("\r\nLocation: https://as.test/authorize?state=5tate\r\n"));
    let again = login.ask(link.path());
    assert!(again.starts_with("HTTP/1.0 410 ") && !again.contains("as.test"), "{again}");
    assert_eq!(login.answer(), ListenerEvent::Ignored(LoginId(7), Ignored::UsedLink));

    let fresh = login.listener.link_to(&page).expect("a link");
    assert!(fresh != link && login.ask(fresh.path()).starts_with("HTTP/1.0 302 "));
    let other = url::Url::parse("https://as.test/other").expect("an address");
    assert_eq!(login.listener.link_to(&other), None, "the listener waits for no answer of this page");
    login.ask(CALLBACK);
    assert_eq!(login.answer(), code());
}

#[test]
fn each_kind_of_what_is_ignored_is_told_once() {
    let login = Login::start();
    for _ in 0..3 {
        login.ask("/callback?error=access_denied");
        login.ask("/callback?error=server_error&state=other");
        login.ask("/callback");
    }
    let refusal = Ignored::Refusal(Some("access_denied".to_owned()));
    for ignored in [refusal, Ignored::NoQuery] {
        assert_eq!(login.came.recv_timeout(PATIENCE), Ok(ListenerEvent::Ignored(LoginId(7), ignored)));
    }
    login.assert_quiet();
}

#[test]
fn before_it_is_armed_nothing_is_an_answer() {
    let (hear, came) = ear();
    let listener = Listener::open(LoginId(7), &[0], hear).expect("a free port");
    let login = Login { listener, came };
    assert!(login.ask(CALLBACK).starts_with("HTTP/1.0 404 "));
    login.assert_quiet();
    login.listener.arm(check());
    login.ask(CALLBACK);
    assert_eq!(login.answer(), code());
}

#[test]
fn each_of_two_logins_at_once_takes_only_its_own_answer() {
    let (one, other) = (Login::start(), Login::start());
    other.listener.arm(CallbackCheck { login: LoginId(8), expected: expected("0ther"), ..check() });

    assert!(other.ask(CALLBACK).starts_with("HTTP/1.0 400 "));
    assert_eq!(other.answer(), ListenerEvent::Ignored(LoginId(8), Ignored::NotOurs));
    drop(other);

    one.ask(CALLBACK);
    assert_eq!(one.answer(), code());
}

#[test]
fn a_fault_while_an_answer_is_heard_is_told_once_and_does_not_end_the_listener() {
    let (told, came) = mpsc::channel();
    let told = Mutex::new(told);
    let hear: OnEvent = Arc::new(move |came| {
        assert!(!matches!(came, ListenerEvent::Ignored(..)), "this panic is part of the test");
        let _ = told.lock().expect("one speaker").send(came);
    });
    let login = Login { listener: Listener::open(LoginId(7), &[0], hear).expect("a free port"), came };
    for _ in 0..2 {
        login.listener.arm(check());
        login.ask("/callback?code=x&state=other");
    }
    assert!(matches!(login.answer(), ListenerEvent::Died(_)));

    login.ask(CALLBACK);
    assert_eq!(login.answer(), code());
}

#[test]
fn a_client_with_a_body_has_its_page_instead_of_a_reset() {
    let login = Login::start();
    let body = "x".repeat(40 * 1024);
    let head = format!("POST {CALLBACK} HTTP/1.1\r\nHost: localhost:{}\r\n", login.listener.port());
    let mut client = login.connect();
    write!(client, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).expect("a listener");
    let mut page = String::new();
    client.read_to_string(&mut page).expect("no reset");
    assert!(page.starts_with("HTTP/1.0 405 ") && page.ends_with("</html>\n"), "{page}");
    assert!(page.contains("\r\nAllow: GET\r\n"), "{page}");
}

fn with_port(bytes: Vec<u8>, port: u16) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => text.replace("PORT", &port.to_string()).into_bytes(),
        Err(raw) => raw.into_bytes(),
    }
}
