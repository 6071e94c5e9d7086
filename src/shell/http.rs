//! One way to send a request, one policy.
//!
//! No redirect is followed: a token request that is posted again elsewhere gives the tokens
//! away. Every call ends within 30 seconds and reads at most a mebibyte. Errors never name the
//! address with its query. Loopback is asked directly, without proxy and without certificates;
//! the system's certificates are loaded when the first `https` request needs them.

use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Client, ClientBuilder};

use crate::domain::clock::Now;
use crate::domain::provider::call::Method;
use crate::domain::provider::endpoint;
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::domain::trouble::{Next, Stored, Trouble};
use crate::oauth::request::{Reply, Request};

/// The longest a call may take, from connecting to the last byte.
pub const WITHIN: Duration = Duration::from_secs(30);
/// The most bytes of a body that are read.
const LARGEST: usize = 1 << 20;

/// Sends requests.
#[derive(Debug, Default)]
pub struct Http {
    plain: OnceLock<Client>,
    direct: OnceLock<Client>,
    system: OnceLock<Client>,
}

impl Http {
    /// Sends `request`; `now` is when.
    ///
    /// # Errors
    /// A [`Trouble`] when nothing came back, or not in time, or too much.
    pub async fn send(&self, request: &Request, now: Now) -> Result<Reply, Trouble> {
        let host = text::clean(request.url.host_str().unwrap_or_default(), 80);
        let failed = |why: String| Trouble::untouched(format!("cannot ask {host}"), why, Next::Retry);
        if !endpoint::is_safe(&request.url) {
            return Err(failed("secrets go only to https, or to this machine".to_owned()));
        }
        let client = self.client(&request.url).map_err(|error| failed(words(&error)))?;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut sending = client.request(method, request.url.clone());
        for (name, value) in &request.headers {
            sending = sending.header(name, value.expose());
        }
        if let Some((kind, body)) = &request.body {
            sending = sending.header("content-type", *kind).body(body.expose().to_owned());
        }
        // Once it has gone out, the server may have acted on it.
        let lost = |why: String| Trouble { stored: Stored::PerhapsSpent, ..failed(why) };
        let mut response = sending.send().await.map_err(|error| {
            let unsent = error.is_connect() || error.is_builder();
            if unsent { failed(words(&error)) } else { lost(words(&error)) }
        })?;
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| {
                (name.as_str().to_owned(), Secret::new(String::from_utf8_lossy(value.as_bytes())))
            })
            .collect();
        let status = response.status().as_u16();
        let mut body = zeroize::Zeroizing::new(Vec::new());
        while let Some(chunk) = response.chunk().await.map_err(|error| lost(words(&error)))? {
            if body.len() + chunk.len() > LARGEST {
                return Err(lost("the answer is longer than 1 MiB".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        let (body, secrets) = (Secret::new(String::from_utf8_lossy(&body)), request.secrets.clone());
        Ok(Reply { status, headers, body, sent: now, secrets })
    }

    fn client(&self, url: &url::Url) -> Result<&Client, reqwest::Error> {
        let (cell, builder): (_, fn() -> ClientBuilder) = match (url.scheme(), endpoint::is_loopback(url)) {
            ("http", _) => (&self.plain, || policy().no_proxy().tls_certs_only([])),
            (_, true) => (&self.direct, || policy().no_proxy()),
            (_, false) => (&self.system, policy),
        };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        // A second installation fails because the first one stands.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = builder().build()?;
        Ok(cell.get_or_init(|| client))
    }
}

fn policy() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("authtui/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .timeout(WITHIN)
        .connect_timeout(Duration::from_secs(10))
}

/// What went wrong, without the address: the last cause says it best.
fn words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return if error.is_connect() {
            "it could not be reached in time".to_owned()
        } else {
            format!("it did not answer within {} s", WITHIN.as_secs())
        };
    }
    // What the library says of a broken connection speaks of its own insides.
    let is_cut = error.is_request() || error.is_body() || error.is_decode();
    if is_cut && !error.is_connect() {
        return "the connection broke before a whole answer came".to_owned();
    }
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let what = if error.is_connect() { "it could not be reached: " } else { "" };
    match cause.downcast_ref::<reqwest::Error>() {
        Some(_) => format!("{what}the request could not be made"),
        None => text::clean(&format!("{what}{cause}"), 160),
    }
}
