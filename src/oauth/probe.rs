//! Probe of a token: a harmless request, and what its answer says.

use serde_json::Value;

use crate::domain::clock::{DateTime, Utc};
use crate::domain::expiry::{RawTime, moment};
use crate::domain::origins::OtherOrigin;
use crate::domain::profile::{Kind, LastTest, Profile, TestResult};
use crate::domain::provider::meaning::is_busy;
use crate::domain::provider::request_template::{Placeholder, Template};
use crate::domain::provider::{EndSource, Probe, Provider};
use crate::domain::secret::Secret;
use crate::oauth::reply::json;
use crate::oauth::request::{Bindings, Reply, Request};

/// The request that tests `access`, a token or a key, where the provider names one.
#[must_use]
pub fn request(provider: &Provider, kind: Kind, access: &Secret) -> Option<Request> {
    let header = provider.key_header.as_deref().filter(|_| kind == Kind::ApiKey);
    carried(provider, header, access)
}

/// The request that tests what `profile` holds, in the header that carries it; nothing where the
/// provider names no test.
///
/// # Errors
/// [`OtherOrigin`] when it would go to a server that the login did not agree to.
pub fn of_profile(provider: &Provider, profile: &Profile) -> Result<Option<Request>, OtherOrigin> {
    let probe = provider.probe.as_ref().filter(|_| !provider.example);
    let Some((probe, tokens)) = probe.zip(profile.held.tokens()) else { return Ok(None) };
    profile.agrees_to(&probe.call)?;
    Ok(carried(provider, profile.header(provider), &tokens.access))
}

fn carried(provider: &Provider, header: Option<&str>, access: &Secret) -> Option<Request> {
    let mut call = provider.probe.as_ref().filter(|_| !provider.example)?.call.clone();
    if let Some(name) = header {
        call.headers
            .retain(|(_, value)| value.placeholders().all(|placeholder| placeholder != Placeholder::Access));
        call.headers.push((name.to_ascii_lowercase(), Template::placeholder(Placeholder::Access)));
    }
    Bindings::default().with(Placeholder::Access, access.clone()).fill(&call).ok()
}

/// What the answer to a test of the token of `profile` means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestVerdict {
    /// The status and what it means, for people: `200: works`.
    pub words: String,
    /// What is to be remembered of the token; nothing where the answer says nothing about it.
    pub last: Option<LastTest>,
    /// When the token or key ends, where the answer says so and nothing renews it.
    pub end: Option<DateTime<Utc>>,
}

impl TestVerdict {
    /// What the whole answer says of it; `at` is now.
    #[must_use]
    pub fn of_reply(provider: &Provider, profile: &Profile, reply: &Reply, at: DateTime<Utc>) -> Self {
        let verdict = Self::of(provider, profile, reply.status, at);
        let works = verdict.last.as_ref().is_some_and(|last| last.result == TestResult::Works);
        let source = provider.probe.as_ref().and_then(|probe| probe.ends.as_ref());
        let source = source.filter(|_| works && profile.refresh_token().is_none());
        let end = source.and_then(|source| end_in(reply, source)).filter(|end| *end > at);
        Self { end, ..verdict }
    }

    /// What `status` says of the token or key that `profile` holds.
    #[must_use]
    pub fn of(provider: &Provider, profile: &Profile, status: u16, at: DateTime<Utc>) -> Self {
        let probe = provider.probe.as_ref();
        let result = result(probe, profile.kind, status);
        let words = match (result, profile.kind) {
            (Some(TestResult::Refused), Kind::ApiKey) => format!("{status}: the provider refuses this key"),
            (Some(TestResult::Refused), Kind::Environment) => {
                format!("{status}: the provider refuses this value")
            }
            (Some(TestResult::Works | TestResult::Refused) | None, _) => reading(probe, status),
        };
        let tested = result.zip(profile.token_fingerprint());
        let last = tested.map(|(result, token)| LastTest { at, result, status, token });
        Self { words, last, end: None }
    }

    /// Whether the provider refused what was tested.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.last.as_ref().is_some_and(|last| last.result == TestResult::Refused)
    }
}

/// What `status` says of a token; nothing where the server was in trouble or answered something else.
///
/// A provider file may describe a status: words that begin with `works` or `expected` say that the
/// token is taken, those of any other 4xx that it is refused.
fn result(probe: Option<&Probe>, kind: Kind, status: u16) -> Option<TestResult> {
    let described = probe.and_then(|probe| probe.reading.get(&status));
    let is_fine = described.is_some_and(|words| words.starts_with("works") || words.starts_with("expected"));
    match status {
        200..300 => Some(TestResult::Works),
        status if is_busy(status) => None,
        _ if is_fine => Some(TestResult::Works),
        401 => Some(TestResult::Refused),
        // A login may lack the scope that the test needs (RFC 6750 §3.1); a key has none.
        403 if kind != Kind::OAuth => Some(TestResult::Refused),
        400..500 if described.is_some() => Some(TestResult::Refused),
        _ => None,
    }
}

/// The end that an answer says at its place, in any form of [`moment`].
fn end_in(reply: &Reply, source: &EndSource) -> Option<DateTime<Utc>> {
    let read = match source {
        EndSource::Header(name) => moment(RawTime::Text(reply.header(name)?.expose())),
        EndSource::Body(pointer) => match json(reply)?.pointer(pointer)? {
            Value::String(text) => moment(RawTime::Text(text)),
            Value::Number(number) => moment(RawTime::Number(number.as_f64()?)),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
        },
    };
    read.ok().flatten().map(|end| end.at)
}

/// What `status` means at this provider: `403: expected: …`, `200: works`.
fn reading(probe: Option<&Probe>, status: u16) -> String {
    let said = probe.and_then(|probe| probe.reading.get(&status)).map(String::as_str);
    let usual = match status {
        200..300 => "works",
        401 => "token refused: log in again",
        429 => "the server is busy; not tested",
        500.. => "the server is having trouble; not tested",
        _ => "unexpected answer; the token is stored",
    };
    format!("{status}: {}", said.unwrap_or(usual))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::at_seconds;
    use crate::domain::fixtures::{at, empty_profile, now, tokens};

    use crate::domain::tokens::StoredTokens;
    use crate::stored::provider_file;

    #[test]
    fn the_test_of_a_token_of_anthropic_may_be_answered_403() {
        let catalog = provider_file::catalog([]);
        let anthropic = catalog.get("anthropic").expect("a preset");
        let request = request(anthropic, Kind::OAuth, &Secret::new("a")).expect("a probe");
        assert_eq!(request.url.as_str(), "https://api.anthropic.com/v1/models?limit=10");
        assert_eq!(request.headers.last(), Some(&("authorization".to_owned(), Secret::new("Bearer a"))));
        let probe = anthropic.probe.as_ref();
        assert_eq!(reading(probe, 403), "403: expected: this token is limited to Claude Code");
        assert_eq!(reading(probe, 204), "204: works");
    }

    #[test]
    fn a_refusal_is_remembered_and_trouble_of_the_server_is_not() {
        use TestResult::{Refused, Works};
        let catalog = provider_file::catalog([]);
        let anthropic = catalog.get("anthropic").expect("a preset").clone();
        let mut silent = anthropic.clone();
        let reading = &mut silent.probe.as_mut().expect("a probe").reading;
        reading.clear();
        reading.insert(498, "expired: refresh it".to_owned());
        for (provider, kind, status, result) in [
            (&anthropic, Kind::OAuth, 200, Some(Works)),
            (&anthropic, Kind::OAuth, 204, Some(Works)),
            (&anthropic, Kind::OAuth, 401, Some(Refused)),
            (&anthropic, Kind::OAuth, 403, Some(Works)),
            (&silent, Kind::OAuth, 403, None),
            (&silent, Kind::ApiKey, 403, Some(Refused)),
            (&silent, Kind::Environment, 401, Some(Refused)),
            (&silent, Kind::OAuth, 498, Some(Refused)),
            (&silent, Kind::ApiKey, 302, None),
            (&silent, Kind::ApiKey, 404, None),
            (&silent, Kind::ApiKey, 408, None),
            (&silent, Kind::ApiKey, 429, None),
            (&silent, Kind::ApiKey, 503, None),
        ] {
            let mut profile = empty_profile("anthropic/x", kind);
            profile.held = StoredTokens::Present(tokens("t", None));
            let verdict = TestVerdict::of(provider, &profile, status, at_seconds(0).expect("a time"));
            assert_eq!(verdict.last.as_ref().map(|last| last.result), result, "{kind:?} {status}");
            assert_eq!(verdict.is_refusal(), result == Some(Refused));
            assert!(!verdict.words.contains("log in") || kind == Kind::OAuth, "{}", verdict.words);
            profile.last_test = verdict.last.map(Box::new);
            assert_eq!(profile.is_refused(), result == Some(Refused), "it is of the token that is held");
        }
    }

    #[test]
    fn an_answer_tells_the_end_of_what_nothing_renews() {
        let text = "name: acme\nflows: [key]\nprobe: { get: 'https://a.test/me', ends: ENDS }\n";
        let day = at(86_400);
        for (ends, header, body, told) in [
            ("X-Ends", "2027-01-16 08:00:00 UTC", "", Some(day)),
            ("x-ends", "2027-01-16 09:00:00 +0100", "", Some(day)),
            ("x-ends", "soon", "", None),
            ("x-other", "2027-01-16 08:00:00 UTC", "", None),
            ("/data/expires_at", "", r#"{"data":{"expires_at":"2027-01-16T08:00:00Z"}}"#, Some(day)),
            ("/end", "", r#"{"end":1800086400}"#, Some(day)),
            ("/end", "", r#"{"end":1800086400000}"#, Some(day)),
            ("/end", "", r#"{"end":null}"#, None),
            ("/end", "", r#"{"end":1700000000}"#, None),
            ("/end", "", "no JSON", None),
        ] {
            let provider = provider_file::load("acme", &text.replace("ENDS", ends)).expect("a provider");
            let headers = vec![("x-ends".to_owned(), Secret::new(header))];
            let (body, secrets) = (Secret::new(body), Vec::new());
            let mut reply = Reply { status: 200, headers, body, sent: now(), secrets };
            let mut profile = empty_profile("acme/x", Kind::ApiKey);
            profile.held = StoredTokens::Present(tokens("t", None));
            let end = |profile: &Profile, reply: &Reply| {
                TestVerdict::of_reply(&provider, profile, reply, at(0)).end
            };
            assert_eq!(end(&profile, &reply), told, "{ends} {header}");
            let renewed = Profile { held: StoredTokens::Present(tokens("t", Some("r"))), ..profile.clone() };
            assert_eq!(end(&renewed, &reply), None, "a refresh token gets another");
            reply.status = 401;
            assert_eq!(end(&profile, &reply), None, "a refused one has no end to wait for");
        }
    }

    #[test]
    fn an_api_key_is_tested_in_its_own_header_alone() {
        let catalog = provider_file::catalog([]);
        let anthropic = catalog.get("anthropic").expect("a preset");
        let request = request(anthropic, Kind::ApiKey, &Secret::new("k")).expect("a probe");
        assert_eq!(request.headers.last(), Some(&("x-api-key".to_owned(), Secret::new("k"))));
        assert!(request.headers.iter().all(|(name, _)| name != "authorization"));
    }
}
