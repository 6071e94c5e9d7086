//! One exchange over HTTP, as values: what was asked, and what goes back.

use std::time::Duration;

use crate::domain::secret::Secret;

/// One request, already cut into its parts. It holds secrets and cannot be printed.
pub struct Asked<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// The query, without the question mark; empty when there is none.
    pub query: &'a str,
    /// The headers, as they came.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a str,
}

impl Asked<'_> {
    /// The first header of that name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// What goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers; a `Location` may carry a code.
    pub headers: Vec<(String, Secret)>,
    /// The body.
    pub body: Secret,
    /// How it goes back, if it does.
    pub delivery: Delivery,
}

/// How an answer goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// At once.
    AtOnce,
    /// After a wait.
    After(Duration),
    /// At once, compressed with gzip.
    Compressed,
    /// Never: the connection breaks instead.
    Never,
}

impl Answer {
    /// An answer of that media type, never cached (RFC 6749 §5.1).
    #[must_use]
    pub fn new(status: u16, media_type: &str, body: impl Into<String>) -> Self {
        let answer =
            Self { status, headers: Vec::new(), body: Secret::new(body), delivery: Delivery::AtOnce };
        answer.with("Content-Type", media_type).with("Cache-Control", "no-store")
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), Secret::new(value)));
        self
    }

    /// The first header of that name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&Secret> {
        self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}
