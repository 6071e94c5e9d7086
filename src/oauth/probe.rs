//! A harmless request with a token, and what the provider's own reading says of the status.

use crate::domain::provider::call::Slot;
use crate::domain::provider::{Probe, Provider};
use crate::domain::secret::Secret;
use crate::oauth::request::{Filling, Request};

/// The request that tests `access`, where the provider names one.
#[must_use]
pub fn request(provider: &Provider, access: &Secret) -> Option<Request> {
    let probe = provider.probe.as_ref()?;
    Filling::default().with(Slot::Access, access.clone()).fill(&probe.call).ok()
}

/// What `status` means at this provider: `403: expected: …`, `200: works`.
#[must_use]
pub fn reading(probe: Option<&Probe>, status: u16) -> String {
    let said = probe.and_then(|probe| probe.reading.get(&status)).map(String::as_str);
    let usual = match status {
        200..300 => "works",
        401 => "token refused: log in again",
        429 => "busy, not tested",
        500.. => "the server has trouble, not tested",
        _ => "not expected; the token is stored all the same",
    };
    format!("{status}: {}", said.unwrap_or(usual))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::provider::catalog::Catalog;

    #[test]
    fn seed_001_expects_403_from_the_test_of_its_token() {
        let catalog = Catalog::read([]);
        let anthropic = catalog.get("anthropic").expect("a preset");
        let request = request(anthropic, &Secret::new("a")).expect("a probe");
        assert_eq!(request.url.as_str(), "https://api.anthropic.com/v1/models?limit=10");
        assert_eq!(request.headers.last(), Some(&("authorization".to_owned(), Secret::new("Bearer a"))));
        let probe = anthropic.probe.as_ref();
        assert_eq!(reading(probe, 403), "403: expected: this token is limited to Claude Code");
        assert_eq!(reading(probe, 204), "204: works");
    }
}
