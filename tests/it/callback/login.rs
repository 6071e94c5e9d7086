//! A listener that waits for one made-up login, and the clients that come to it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use authtui::domain::provider::IssuerInAnswers;
use authtui::domain::secret::Secret;
use authtui::oauth::LoginId;
use authtui::oauth::callback::{AuthorizationResponse, CallbackCheck, ExpectedAnswer, StateCheck};
use authtui::shell::login::callback::{Listener, ListenerEvent, OnEvent};
use url::Url;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// What the browser asks for in the end.
pub(crate) const CALLBACK: &str = "/callback?code=c0de%2B1&state=5tate";

/// A listener that waits, and what it says.
pub(crate) struct Login {
    pub(crate) listener: Listener,
    pub(crate) came: Receiver<ListenerEvent>,
}

impl Login {
    pub(crate) fn start() -> Self {
        let (hear, came) = ear();
        let listener = Listener::open(LoginId(7), &[0], hear).expect("a free port");
        listener.arm(check());
        Self { listener, came }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.listener.port()).into()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        connect(self.address())
    }

    pub(crate) fn ask(&self, target: &str) -> String {
        ask(self.address(), &self.request(target))
    }

    pub(crate) fn request(&self, target: &str) -> String {
        format!("GET {target} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", self.listener.port())
    }

    /// What it says next, but for strays that come before an answer.
    pub(crate) fn answer(&self) -> ListenerEvent {
        let first = self.came.recv_timeout(PATIENCE).expect("something");
        match (&first, self.came.try_recv()) {
            (ListenerEvent::Ignored(..), Ok(answer)) => answer,
            _ => first,
        }
    }

    /// Nothing more is said: what a request causes is said before its connection closes.
    pub(crate) fn assert_quiet(&self) {
        self.ask("/");
        assert_eq!(self.came.recv_timeout(Duration::ZERO), Err(RecvTimeoutError::Timeout));
    }
}

pub(crate) fn ear() -> (OnEvent, Receiver<ListenerEvent>) {
    let (told, came) = mpsc::channel();
    let told = Mutex::new(told);
    let hear = move |came| drop(told.lock().expect("one speaker").send(came));
    (Arc::new(hear), came)
}

pub(crate) fn check() -> CallbackCheck {
    CallbackCheck {
        login: LoginId(7),
        path: "/callback".to_owned(),
        expected: expected("5tate"),
        go: Secret::new("0123456789abcdef"),
        links: Vec::new(),
        authorize: Url::parse("https://as.test/authorize?state=5tate").ok(),
    }
}

pub(crate) fn expected(state: &str) -> ExpectedAnswer {
    let issuer = Some("https://as.test".to_owned());
    ExpectedAnswer {
        state: Secret::new(state),
        state_check: StateCheck::Required,
        issuer,
        issuer_in_answers: IssuerInAnswers::Optional,
    }
}

pub(crate) fn code() -> ListenerEvent {
    ListenerEvent::Answer(
        LoginId(7),
        AuthorizationResponse::Code { code: Secret::new("c0de+1"), issuer: None },
    )
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(address).expect("a listener");
    client.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    client
}

pub(crate) fn ask(address: SocketAddr, request: &str) -> String {
    let mut client = connect(address);
    let _ = client.write_all(request.as_bytes());
    rest(&mut client)
}

/// Everything until the listener closes; a reset counts as closed, a silence does not.
pub(crate) fn rest(client: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    if let Err(error) = client.read_to_end(&mut bytes) {
        assert_ne!(error.kind(), std::io::ErrorKind::WouldBlock, "the connection was left open");
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
