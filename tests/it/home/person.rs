//! The person at a browser: they open an address, decide, and are sent back.

use std::io::{Read, Write};
use std::net::TcpStream;

use url::Url;

use crate::home::PATIENCE;

/// A page as a browser gets it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: Option<Url>,
    pub(crate) body: String,
}

/// Opens `authorize`, presses `decision` and arrives at the page that says so.
pub(crate) fn answer(authorize: &str, decision: &str) {
    let page = open(&decide(authorize, decision));
    assert!(page.status == 200 && page.body.contains("Return to authtui"), "{page:?}");
}

/// Opens `authorize`, presses `decision` on the consent page, and says where that leads.
pub(crate) fn decide(authorize: &str, decision: &str) -> Url {
    leave(authorize, &[("decision", decision)])
}

/// Opens `authorize`, allows these scopes alone, and says where that leads.
pub(crate) fn choose(authorize: &str, scopes: &[&str]) -> Url {
    let ticked = scopes.iter().map(|scope| ("scope", *scope));
    let pairs: Vec<_> = [("decision", "allow"), ("chosen", "1")].into_iter().chain(ticked).collect();
    leave(authorize, &pairs)
}

fn leave(authorize: &str, pairs: &[(&str, &str)]) -> Url {
    let authorize = Url::parse(authorize).expect("an address");
    let page = open(&authorize);
    let answer = press(&authorize, &page, pairs);
    answer.location.unwrap_or_else(|| panic!("no way back: {} {}", answer.status, answer.body))
}

/// Types the device code at `page` and presses `decision`.
pub(crate) fn type_code(page: &str, code: &str, decision: &str) {
    let page = Url::parse(page).expect("an address");
    let asked = post(&page, &[("user_code", code.to_owned())]);
    let answer = press(&page, &asked, &[("decision", decision)]);
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// Sends the consent page that was got from `url`, with `pairs`.
fn press(url: &Url, page: &Page, pairs: &[(&str, &str)]) -> Page {
    assert_eq!(page.status, 200, "{page:?}");
    let field = |name: &str| between(&page.body, &format!("name=\"{name}\" value=\""), "\"").to_owned();
    let mut form = vec![("consent", field("consent")), ("login", field("login"))];
    form.extend(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let action = between(&page.body, "action=\"", "\"");
    post(&url.join(action).expect("an address"), &form)
}

fn post(url: &Url, form: &[(&str, String)]) -> Page {
    let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    send(url, "Content-Type: application/x-www-form-urlencoded\r\n", &form)
}

/// Posts `body` to `url` with these headers, each ending with its line break.
pub(crate) fn send(url: &Url, headers: &str, body: &str) -> Page {
    ask(url, &format!("POST {} HTTP/1.0\r\n{headers}", url.path()), body)
}

/// Opens `url`.
pub(crate) fn open(url: &Url) -> Page {
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    ask(url, &format!("GET {target} HTTP/1.0\r\n"), "")
}

/// Asks `url` with an access token, as a program does.
pub(crate) fn call(url: &Url, access: &str) -> Page {
    ask(url, &format!("GET {} HTTP/1.0\r\nAuthorization: Bearer {access}\r\n", url.path()), "")
}

/// Asks by HTTP/1.0, whose answers end with the connection and come in one piece.
fn ask(url: &Url, head: &str, body: &str) -> Page {
    let mut stream = connect(url);
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let length = body.len();
    let request = format!("{head}Host: {host}\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered and closed");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let location = head.lines().find_map(|line| line.strip_prefix("Location: "));
    Page {
        status: status.unwrap_or_else(|| panic!("no answer: {answer}")),
        location: location.map(|location| url.join(location).expect("an address")),
        body: body.to_owned(),
    }
}

/// A connection to the server that `url` names.
pub(crate) fn connect(url: &Url) -> TcpStream {
    let host = (url.host_str().expect("a host"), url.port().expect("a port"));
    let stream = TcpStream::connect(host).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    stream
}

/// What stands in `text` between `from` and `to`.
pub(crate) fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(from).unwrap_or_else(|| panic!("no {from} in {text}"));
    rest.split_once(to).unwrap_or_else(|| panic!("no {to} after {from} in {text}")).0
}
