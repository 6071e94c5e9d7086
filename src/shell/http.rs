//! HTTP client: one way to send a request, one policy.
//!
//! No redirect is followed: a token request that is posted again elsewhere gives the tokens
//! away. Every call ends within 30 seconds, its look-up included, and reads at most a mebibyte,
//! counted after a compression that nobody asked for is undone. Errors never name the
//! address with its query. Loopback is asked directly, without proxy and without certificates;
//! the system's certificates are loaded when the first `https` request needs them.
//!
//! A refresh whose answer cannot be read has lost its token, so heads are read as leniently as the
//! library can, and an object that came whole counts even where the connection broke after it.

mod cause;
mod coding;
mod connection;
mod proxy;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use reqwest::{Client, ClientBuilder, RequestBuilder, Response};
use tokio::sync::watch;

use crate::domain::clock::Now;
use crate::domain::provider::endpoint;
use crate::domain::provider::request_template::Method;
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::oauth::request::{Reply, Request};
use crate::shell::http::coding::{CodingError, SecretBytes};
use crate::shell::http::connection::{GiveUpLayer, PublicNames, SystemResolver};

/// The longest a call may take, from connecting to the last byte.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The most bytes of a body that are read.
const BODY_LIMIT: usize = 1 << 20;
/// The most header lines of an answer that are read.
const HEADER_LIMIT: usize = 1000;
/// How long a host may be silent before the listener is told.
const SLOW_AFTER: Duration = Duration::from_millis(1500);

/// Sends requests.
#[derive(Default)]
pub struct Http {
    plain: OnceLock<Client>,
    direct: OnceLock<Client>,
    system: OnceLock<Client>,
    given_up: watch::Sender<bool>,
    slow: OnceLock<SlowListener>,
    slow_told: Mutex<BTreeSet<String>>,
    public_names: PublicNames,
}

type SlowListener = Box<dyn Fn(&str) + Send + Sync>;

impl Http {
    /// From here on no connection is made any more and none is waited for; what was posted goes on.
    pub fn give_up(&self) {
        self.given_up.send_replace(true);
    }

    /// From here on `hosts`, whose names are public, are not connected to where they lead to a private network.
    pub fn must_be_public(&self, hosts: impl IntoIterator<Item = String>) {
        self.public_names.add(hosts);
    }

    /// From here on names may lead anywhere: the person agrees.
    pub fn let_names_be_private(&self) {
        self.public_names.forget();
    }

    /// Calls `listener` once for each host that lets somebody wait. Only the first listener counts.
    pub fn on_slow(&self, listener: impl Fn(&str) + Send + Sync + 'static) {
        drop(self.slow.set(Box::new(listener)));
    }

    /// Sends `request`; `now` is when.
    ///
    /// # Errors
    /// A [`Trouble`] when nothing came back, or not in time, or too much.
    pub async fn send(&self, request: &Request, now: Now) -> Result<Reply, Trouble> {
        let sending = self.exchange(request, now);
        tokio::pin!(sending);
        tokio::select! {
            biased;
            reply = &mut sending => return reply,
            // A host that is silent for so long is worth a word, and is waited for all the same.
            () = tokio::time::sleep(SLOW_AFTER) => self.tell_slow(&host(request)),
        }
        sending.await
    }

    fn tell_slow(&self, host: &str) {
        let Some(listener) = self.slow.get() else { return };
        if self.slow_told.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned()) {
            listener(host);
        }
    }

    async fn exchange(&self, request: &Request, now: Now) -> Result<Reply, Trouble> {
        let host = host(request);
        let failed =
            |why: String, kind: FailureKind| Trouble::untouched(format!("cannot ask {host}"), why, kind);
        let of_error = |error: &reqwest::Error| failed(cause::words(error), cause::kind(error));
        check(request).map_err(|why| failed(why, cause::lasting()))?;
        if request.must_be_public {
            self.must_be_public(request.url.domain().map(str::to_owned));
        }
        let client = self.client(&request.url).map_err(|error| of_error(&error))?;
        // Once it has gone out, the server may have acted on it.
        let lost = |trouble: Trouble| Trouble { stored: Stored::PerhapsSpent, ..trouble };
        let mut response = prepared(client, request).send().await.map_err(|error| {
            let unsent = error.is_connect() || error.is_builder();
            if unsent { of_error(&error) } else { lost(of_error(&error)) }
        })?;
        let (status, headers) = (response.status().as_u16(), headers(&response));
        let (body, broke) = decoded_body(&mut response).await;
        let is_refusal = status >= 400;
        // The status of a refusal says that nothing was granted, whatever became of its body.
        if let Some((why, kind)) = broke.filter(|_| !is_refusal) {
            return Err(lost(failed(why, kind)));
        }
        let (body, secrets) = (Secret::new(String::from_utf8_lossy(&body)), request.secrets.clone());
        Ok(Reply { status, headers, body, sent: now, secrets })
    }

    fn client(&self, url: &url::Url) -> Result<&Client, reqwest::Error> {
        let (cell, amend): (_, fn(ClientBuilder) -> ClientBuilder) =
            match (url.scheme(), endpoint::is_loopback(url)) {
                ("http", _) => (&self.plain, |policy| policy.no_proxy().tls_certs_only([])),
                (_, true) => (&self.direct, ClientBuilder::no_proxy),
                (_, false) => (&self.system, |policy| policy),
            };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        // A second installation fails because the first one stands.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = amend(self.policy()).build()?;
        Ok(cell.get_or_init(|| client))
    }

    fn policy(&self) -> ClientBuilder {
        Client::builder()
            .user_agent(concat!("authtui/", env!("CARGO_PKG_VERSION")))
            .default_headers(HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .timeout(REQUEST_TIMEOUT)
            .connect_timeout(Duration::from_secs(10))
            .dns_resolver(SystemResolver(self.public_names.clone()))
            .connector_layer(GiveUpLayer(self.given_up.subscribe()))
            .http1_max_headers(HEADER_LIMIT)
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http(…)")
    }
}

fn host(request: &Request) -> String {
    text::clean(request.url.host_str().unwrap_or_default(), 80)
}

/// Whether the request may go out at all, or why not.
fn check(request: &Request) -> Result<(), String> {
    if !endpoint::is_safe(&request.url) {
        return Err("secrets go only to https, or to this machine; check the address".to_owned());
    }
    match proxy::unusable().filter(|_| !endpoint::is_loopback(&request.url)) {
        Some(variable) => Err(format!(
            "{variable} names a proxy that cannot be understood; write http://host:port or socks5h://host:port"
        )),
        None => Ok(()),
    }
}

fn prepared(client: &Client, request: &Request) -> RequestBuilder {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Delete => reqwest::Method::DELETE,
    };
    let mut prepared = client.request(method, request.url.clone());
    for (name, value) in &request.headers {
        prepared = prepared.header(name, value.expose());
    }
    match &request.body {
        Some((kind, body)) => prepared.header("content-type", *kind).body(body.expose().to_owned()),
        None => prepared,
    }
}

fn headers(response: &Response) -> Vec<(String, Secret)> {
    let headers = response.headers().iter();
    let texts = headers.map(|(name, value)| {
        (name.as_str().to_owned(), Secret::new(String::from_utf8_lossy(value.as_bytes())))
    });
    texts.collect()
}

/// What came of the body, its coding undone, and why not all of it.
async fn decoded_body(response: &mut Response) -> (SecretBytes, Option<(String, FailureKind)>) {
    let (came, broke) = body(response).await;
    match coding::decode(&codings(response.headers()), came.clone(), BODY_LIMIT) {
        Ok(body) if broke.is_some() && coding::is_object(&body) => (body, None),
        Ok(body) => (body, broke),
        Err(error) => (came, broke.or(Some((error.to_string(), error.kind())))),
    }
}

/// What came of the body, and why not all of it.
async fn body(response: &mut Response) -> (SecretBytes, Option<(String, FailureKind)>) {
    let mut body = SecretBytes::default();
    loop {
        match response.chunk().await {
            Ok(None) => return (body, None),
            Ok(Some(chunk)) if body.len() + chunk.len() > BODY_LIMIT => {
                return (body, Some((CodingError::TooLong.to_string(), cause::lasting())));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Err(error) => return (body, Some((cause::words(&error), cause::kind(&error)))),
        }
    }
}

/// The codings that lie over a body, the last one laid on last; how it was framed is undone already.
fn codings(headers: &HeaderMap) -> Vec<String> {
    let lines = [CONTENT_ENCODING, TRANSFER_ENCODING].map(|name| headers.get_all(name).into_iter());
    let words = lines.into_iter().flatten().filter_map(|line| line.to_str().ok());
    let words = words.flat_map(|line| line.split(',')).map(|word| word.trim().to_ascii_lowercase());
    words.filter(|word| !["", "identity", "chunked"].contains(&word.as_str())).collect()
}
