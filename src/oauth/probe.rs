//! A harmless request with a token, and what the provider's own reading says of the status.

use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::call::{Slot, Template};
use crate::domain::provider::{Probe, Provider};
use crate::domain::secret::Secret;
use crate::oauth::request::{Filling, Request};

/// The request that tests `access`, a token or a key, where the provider names one.
#[must_use]
pub fn request(provider: &Provider, kind: Kind, access: &Secret) -> Option<Request> {
    let header = provider.key_header.as_deref().filter(|_| kind == Kind::ApiKey);
    carried(provider, header, access)
}

/// The request that tests what `profile` holds, in the header that carries it.
#[must_use]
pub fn of_profile(provider: &Provider, profile: &Profile) -> Option<Request> {
    carried(provider, profile.header(provider), &profile.held.tokens()?.access)
}

fn carried(provider: &Provider, header: Option<&str>, access: &Secret) -> Option<Request> {
    let mut call = provider.probe.as_ref().filter(|_| !provider.example)?.call.clone();
    if let Some(name) = header {
        call.headers.retain(|(_, value)| value.slots().all(|slot| slot != Slot::Access));
        call.headers.push((name.to_ascii_lowercase(), Template::hole(Slot::Access)));
    }
    Filling::default().with(Slot::Access, access.clone()).fill(&call).ok()
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
        let request = request(anthropic, Kind::OAuth, &Secret::new("a")).expect("a probe");
        assert_eq!(request.url.as_str(), "https://api.anthropic.com/v1/models?limit=10");
        assert_eq!(request.headers.last(), Some(&("authorization".to_owned(), Secret::new("Bearer a"))));
        let probe = anthropic.probe.as_ref();
        assert_eq!(reading(probe, 403), "403: expected: this token is limited to Claude Code");
        assert_eq!(reading(probe, 204), "204: works");
    }

    #[test]
    fn an_api_key_is_tested_in_its_own_header_alone() {
        let catalog = Catalog::read([]);
        let anthropic = catalog.get("anthropic").expect("a preset");
        let request = request(anthropic, Kind::ApiKey, &Secret::new("k")).expect("a probe");
        assert_eq!(request.headers.last(), Some(&("x-api-key".to_owned(), Secret::new("k"))));
        assert!(request.headers.iter().all(|(name, _)| name != "authorization"));
    }
}
