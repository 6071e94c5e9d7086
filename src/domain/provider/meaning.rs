//! Meanings of refusals: the standard's error codes, the spellings in use, and what a provider's
//! file adds.

use serde::Deserialize;

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// The person has not decided yet (RFC 8628 §3.5).
    Pending,
    /// Ask less often (RFC 8628 §3.5).
    SlowDown,
    /// The person said no.
    Denied,
    /// The device code is too old (RFC 8628 §3.5).
    Expired,
    /// The grant is over; only a login helps.
    GrantDead,
    /// It may work after a while.
    Passing,
}

/// What a provider's file adds to the meanings that are known: body first, then status.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Meanings {
    pub errors: Vec<(String, Meaning)>,
    pub statuses: Vec<(u16, Meaning)>,
}

/// The codes that mean the same at every provider.
const KNOWN: [(&str, Meaning); 10] = [
    ("authorization_pending", Meaning::Pending),
    ("slow_down", Meaning::SlowDown),
    ("access_denied", Meaning::Denied),
    ("authorization_declined", Meaning::Denied),
    ("expired_token", Meaning::Expired),
    ("token_expired", Meaning::Expired),
    ("bad_verification_code", Meaning::Expired),
    ("invalid_grant", Meaning::GrantDead),
    ("temporarily_unavailable", Meaning::Passing),
    ("server_error", Meaning::Passing),
];

/// Parts of the codes by which servers ask for a pause, in small letters and digits alone.
const PAUSES: [&str; 19] = [
    "ratelimit",
    "requestlimit",
    "toomanyrequests",
    "toomanyattempts",
    "throttl",
    "quotaexceeded",
    "resourceexhausted",
    "slowdown",
    "tryagain",
    "overload",
    "capacity",
    "maintenance",
    "temporarilyunavailable",
    "serviceunavailable",
    "servererror",
    "internalerror",
    "apierror",
    "requesttimeout",
    "gatewaytimeout",
];

/// Whether a server that says `code` asks for a pause, in whatever spelling.
fn is_pause(code: &str) -> bool {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    let plain: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    let status = plain.parse().is_ok_and(is_busy);
    status || PAUSES.iter().any(|part| plain.contains(part))
}

/// Whether a server that answers with `status` is only busy, or has trouble of its own.
#[must_use]
pub fn is_busy(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

impl Meanings {
    /// The meaning of a refusal with this status and, where its body names one, this error code.
    ///
    /// What the provider's file says of the code counts most, then what the code means
    /// everywhere, then what the file says of the status, then that the status is one of a pause.
    #[must_use]
    pub fn meaning_of(&self, status: u16, error: Option<&str>) -> Option<Meaning> {
        let written = || self.errors.iter().find(|(code, _)| Some(code.as_str()) == error);
        let known = || KNOWN.iter().find(|(code, _)| Some(*code) == error);
        let by_status = || self.statuses.iter().find(|(each, _)| *each == status);
        let pause = |is_one: bool| is_one.then_some(Meaning::Passing);
        (written().map(|(_, meaning)| *meaning))
            .or_else(|| known().map(|(_, meaning)| *meaning))
            .or_else(|| pause(error.is_some_and(is_pause)))
            .or_else(|| by_status().map(|(_, meaning)| *meaning))
            .or_else(|| pause(is_busy(status)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_word_for_a_code_counts_more_than_the_standards_and_a_status_least() {
        let meanings = Meanings {
            errors: vec![("access_denied".into(), Meaning::Pending)],
            statuses: vec![(429, Meaning::SlowDown)],
        };
        for (status, error, meaning) in [
            (400, Some("authorization_pending"), Some(Meaning::Pending)),
            (200, Some("authorization_declined"), Some(Meaning::Denied)),
            (403, Some("access_denied"), Some(Meaning::Pending)),
            (429, Some("token_expired"), Some(Meaning::Expired)),
            (429, Some("rate"), Some(Meaning::SlowDown)),
            (429, None, Some(Meaning::SlowDown)),
            (200, Some("bad_verification_code"), Some(Meaning::Expired)),
            (400, Some("bad_code"), None),
            (403, Some("rate_limit_exceeded"), Some(Meaning::Passing)),
            (400, Some("too_many_requests"), Some(Meaning::Passing)),
            (200, Some("ratelimited"), Some(Meaning::Passing)),
            (400, Some("Rate Limit Exceeded"), Some(Meaning::Passing)),
            (400, Some("ThrottlingException"), Some(Meaning::Passing)),
            (400, Some("RESOURCE_EXHAUSTED"), Some(Meaning::Passing)),
            (400, Some("api_error"), Some(Meaning::Passing)),
            (400, Some("503"), Some(Meaning::Passing)),
            (400, Some("17"), None),
            (400, Some("invalid_request"), None),
            (401, Some("invalid_client"), None),
            (503, Some("invalid_grant"), Some(Meaning::GrantDead)),
            (503, Some("oops"), Some(Meaning::Passing)),
            (408, None, Some(Meaning::Passing)),
            (404, None, None),
            (400, None, None),
        ] {
            assert_eq!(meanings.meaning_of(status, error), meaning, "{status} {error:?}");
        }
    }
}
