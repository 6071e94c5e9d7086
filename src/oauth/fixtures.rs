//! Fixtures of unit tests: replies of a provider.
#![cfg(test)]

use crate::domain::fixtures::now;
use crate::domain::secret::Secret;
use crate::oauth::request::Reply;

/// A reply to a request that was sent [`now`].
pub(crate) fn reply(status: u16, body: &str) -> Reply {
    Reply { status, headers: Vec::new(), body: Secret::new(body), sent: now(), secrets: Vec::new() }
}
