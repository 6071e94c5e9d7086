//! What the server saw: counters and the last requests, both fit to be printed.

use std::collections::{BTreeMap, VecDeque};

use crate::demo::authority::exchange::{Answer, Asked};
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::{client, device};
use crate::domain::secret::Secret;

/// How many requests are remembered.
const REMEMBERED: usize = 256;

/// What the server counted since it began.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counters {
    /// Token requests by grant type (`other` for what is not served) and outcome: `ok`, an error
    /// code, or `fault`.
    pub token_requests: BTreeMap<(String, String), u64>,
    /// Grants that were given new tokens for a refresh token.
    pub refreshed: u64,
    /// Refresh tokens that came after they had been replaced.
    pub reuse_detected: u64,
    /// Codes that came after they had given a grant.
    pub code_reuse_detected: u64,
    /// Grants that were ended at the revocation endpoint.
    pub revoked: u64,
    /// Device codes that were given.
    pub device_codes: u64,
    /// Requests being worked on.
    pub in_flight: u64,
    /// The most requests that were being worked on at one time.
    pub most_in_flight: u64,
}

impl Counters {
    /// How many token requests of that grant type came, with any outcome.
    #[must_use]
    pub fn asked(&self, grant_type: &str) -> u64 {
        let of_type = self.token_requests.iter().filter(|((name, _), _)| name == grant_type);
        of_type.map(|(_, count)| count).sum()
    }

    /// How many token requests of that grant type ended so.
    #[must_use]
    pub fn ended(&self, grant_type: &str, outcome: &str) -> u64 {
        let key = (grant_type.to_owned(), outcome.to_owned());
        self.token_requests.get(&key).copied().unwrap_or_default()
    }

    pub(super) fn token_request(&mut self, grant_type: Option<&str>, outcome: &str) {
        let grant_type = match grant_type {
            Some(known @ ("authorization_code" | "refresh_token" | device::GRANT)) => known,
            Some(_) | None => "other",
        };
        *self.token_requests.entry((grant_type.to_owned(), outcome.to_owned())).or_default() += 1;
    }

    pub(super) fn arrived(&mut self) {
        self.in_flight += 1;
        self.most_in_flight = self.most_in_flight.max(self.in_flight);
    }

    pub(super) fn left(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }
}

/// One request as it may be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The content type of the request, where it had one.
    pub content_type: Option<String>,
    /// The client it named.
    pub client_id: Option<String>,
    /// The grant type it named.
    pub grant_type: Option<String>,
    /// The names of its parameters, in the order they came.
    pub parameters: Vec<String>,
    /// The status of its answer, even where that was never sent.
    pub status: u16,
    /// Its body, for tests of exact bodies.
    pub body: Secret,
}

impl Visit {
    pub(super) fn of(asked: &Asked<'_>, parameters: &Parameters, answer: &Answer) -> Self {
        Self {
            method: asked.method.to_owned(),
            path: asked.path.to_owned(),
            content_type: asked.header("Content-Type").map(str::to_owned),
            client_id: client::named(asked, parameters),
            grant_type: parameters.get("grant_type").map(str::to_owned),
            parameters: parameters.names().map(str::to_owned).collect(),
            status: answer.status,
            body: Secret::new(asked.body),
        }
    }
}

/// One request as it came, for tests of exact requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The method.
    pub method: String,
    /// The path with its query, which may carry a code.
    pub target: Secret,
    /// The headers, in the order they came.
    pub headers: Vec<(String, Secret)>,
    /// The body.
    pub body: Secret,
}

impl Kept {
    fn of(asked: &Asked<'_>) -> Self {
        let mark = if asked.query.is_empty() { "" } else { "?" };
        let secret = |(name, value): &(String, String)| (name.clone(), Secret::new(value.as_str()));
        Self {
            method: asked.method.to_owned(),
            target: Secret::new(format!("{}{mark}{}", asked.path, asked.query)),
            headers: asked.headers.iter().map(secret).collect(),
            body: Secret::new(asked.body),
        }
    }

    /// The first header of that name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&Secret> {
        self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

#[derive(Default)]
pub(super) struct Record {
    pub(super) counters: Counters,
    pub(super) visits: VecDeque<Visit>,
    /// The last requests as they came; absent until somebody wants them.
    pub(super) kept: Option<VecDeque<Kept>>,
}

impl Record {
    pub(super) fn keep(&mut self, asked: &Asked<'_>) {
        if let Some(kept) = &mut self.kept {
            append(kept, Kept::of(asked));
        }
    }

    pub(super) fn remember(&mut self, visit: Visit) {
        append(&mut self.visits, visit);
    }
}

fn append<T>(queue: &mut VecDeque<T>, new: T) {
    if queue.len() >= REMEMBERED {
        queue.pop_front();
    }
    queue.push_back(new);
}
