//! Record of what the server saw: counters and the last requests, both fit to be printed.

use std::collections::{BTreeMap, VecDeque};

use crate::demo::authority::request::{HttpRequest, IncomingRequest};
use crate::demo::authority::response::HttpResponse;
use crate::demo::authority::{DEVICE_GRANT, client};
use crate::domain::secret::Secret;

/// How many requests are kept.
const RECORD_LIMIT: usize = 256;

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
    pub fn asked(&self, grant_type: &str) -> u64 {
        let of_type = self.token_requests.iter().filter(|((name, _), _)| name == grant_type);
        of_type.map(|(_, count)| count).sum()
    }

    /// How many token requests of that grant type ended so.
    pub fn ended(&self, grant_type: &str, outcome: &str) -> u64 {
        let key = (grant_type.to_owned(), outcome.to_owned());
        self.token_requests.get(&key).copied().unwrap_or_default()
    }

    pub(super) fn token_request(&mut self, grant_type: Option<&str>, outcome: &str) {
        let grant_type = match grant_type {
            Some(known @ ("authorization_code" | "refresh_token" | DEVICE_GRANT)) => known,
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
pub struct SeenRequest {
    pub method: String,
    /// Without the query.
    pub path: String,
    pub content_type: Option<String>,
    pub client_id: Option<String>,
    pub grant_type: Option<String>,
    /// The names of its parameters, in the order they came.
    pub parameters: Vec<String>,
    /// The status of its response, even where that was never sent.
    pub status: u16,
    pub body: Secret,
}

impl SeenRequest {
    pub(super) fn new(request: &IncomingRequest<'_>, response: &HttpResponse) -> Self {
        let (http, parameters) = (&request.http, &request.parameters);
        Self {
            method: http.method.to_owned(),
            path: http.path.to_owned(),
            content_type: http.header("Content-Type").map(str::to_owned),
            client_id: client::named(request),
            grant_type: parameters.get("grant_type").map(str::to_owned),
            parameters: parameters.names().map(str::to_owned).collect(),
            status: response.status,
            body: Secret::new(http.body),
        }
    }
}

/// One request as it came, for tests of exact requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRequest {
    pub method: String,
    /// The path with its query, which may carry a code.
    pub target: Secret,
    /// In the order they came.
    pub headers: Vec<(String, Secret)>,
    pub body: Secret,
}

impl RawRequest {
    fn new(http: &HttpRequest<'_>) -> Self {
        let mark = if http.query.is_empty() { "" } else { "?" };
        let secret = |(name, value): &(String, String)| (name.clone(), Secret::new(value.as_str()));
        Self {
            method: http.method.to_owned(),
            target: Secret::new(format!("{}{mark}{}", http.path, http.query)),
            headers: http.headers.iter().map(secret).collect(),
            body: Secret::new(http.body),
        }
    }

    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&Secret> {
        self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

#[derive(Default)]
pub(super) struct Record {
    pub(super) counters: Counters,
    pub(super) requests: VecDeque<SeenRequest>,
    /// The last requests as they came; absent until somebody wants them.
    pub(super) raw: Option<VecDeque<RawRequest>>,
}

impl Record {
    pub(super) fn add(&mut self, request: SeenRequest) {
        append(&mut self.requests, request);
    }

    pub(super) fn add_raw(&mut self, http: &HttpRequest<'_>) {
        if let Some(raw) = &mut self.raw {
            append(raw, RawRequest::new(http));
        }
    }
}

fn append<T>(queue: &mut VecDeque<T>, new: T) {
    if queue.len() >= RECORD_LIMIT {
        queue.pop_front();
    }
    queue.push_back(new);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::USERINFO;
    use crate::demo::authority::tests::TestUser;

    #[test]
    fn requests_are_kept_as_they_came_when_somebody_wants_them_and_never_printed() {
        let mut user = TestUser::new();
        user.get(USERINFO, "before");
        assert_eq!(user.authority.requests().count(), 0);
        user.authority.keep_requests();
        let headers = [("X-One", "hunter2"), ("x-one", "second")];
        user.ask("GET /callback?code=hunter2", &headers, "hunter2");
        let kept: Vec<&RawRequest> = user.authority.requests().collect();
        let [kept] = kept.as_slice() else { panic!("{kept:?}") };
        assert_eq!((kept.method.as_str(), kept.target.expose()), ("GET", "/callback?code=hunter2"));
        assert_eq!(kept.header("x-ONE").map(Secret::expose), Some("hunter2"));
        assert_eq!((kept.headers.len(), kept.body.expose()), (2, "hunter2"));
        assert!(!format!("{kept:?}").contains("hunter2"));
        for _ in 0..300 {
            user.ask("GET /", &[], "");
        }
        assert_eq!(user.authority.requests().count(), 256);
    }
}
