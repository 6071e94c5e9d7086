//! What the server saw: counters and the last requests, both fit to be printed.

use std::collections::{BTreeMap, VecDeque};

use crate::demo::authority::client;
use crate::demo::authority::exchange::{Answer, Asked};
use crate::demo::authority::parameter::Parameters;
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
            Some(known @ ("authorization_code" | "refresh_token")) => known,
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

#[derive(Default)]
pub(super) struct Record {
    pub(super) counters: Counters,
    pub(super) visits: VecDeque<Visit>,
}

impl Record {
    pub(super) fn remember(&mut self, visit: Visit) {
        if self.visits.len() >= REMEMBERED {
            self.visits.pop_front();
        }
        self.visits.push_back(visit);
    }
}
