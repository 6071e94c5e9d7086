//! How the server says no.

use serde_json::{Value, json};

use crate::demo::authority::exchange::Answer;

/// An error code of OAuth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// Something is missing, there twice, or unreadable (RFC 6749 §5.2).
    InvalidRequest,
    /// The client is not who it says (RFC 6749 §5.2).
    InvalidClient,
    /// The code or refresh token is dead (RFC 6749 §5.2).
    InvalidGrant,
    /// Unknown scopes, or more than were granted (RFC 6749 §5.2).
    InvalidScope,
    /// This client may not ask so (RFC 6749 §5.2).
    UnauthorizedClient,
    /// A grant type that is not served (RFC 6749 §5.2).
    UnsupportedGrantType,
    /// A token of a kind that cannot be revoked (RFC 7009 §2.2.1).
    UnsupportedTokenType,
    /// A response type that is not `code` (RFC 6749 §4.1.2.1).
    UnsupportedResponseType,
    /// The person said no (RFC 6749 §4.1.2.1, RFC 8628 §3.5).
    AccessDenied,
    /// The person has not decided yet (RFC 8628 §3.5).
    AuthorizationPending,
    /// Ask less often (RFC 8628 §3.5).
    SlowDown,
    /// The device code is too old (RFC 8628 §3.5).
    ExpiredToken,
}

impl ErrorCode {
    /// The code as it is sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidScope => "invalid_scope",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedTokenType => "unsupported_token_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::AccessDenied => "access_denied",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
        }
    }
}

/// A no and its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of no.
    pub error: ErrorCode,
    /// Why, for people.
    pub why: &'static str,
    /// The seconds between two polls from here on, where the server tells them.
    pub interval: Option<u64>,
}

impl Refusal {
    /// A refusal.
    #[must_use]
    pub fn new(error: ErrorCode, why: &'static str) -> Self {
        Self { error, why, interval: None }
    }

    /// A code or refresh token is dead.
    pub(super) fn dead(why: &'static str) -> Self {
        Self::new(ErrorCode::InvalidGrant, why)
    }

    /// The refusal as the token endpoint answers it (RFC 6749 §5.2).
    #[must_use]
    pub fn into_answer(self) -> Answer {
        let mut body = json!({ "error": self.error.as_str(), "error_description": self.why });
        if let (Some(members), Some(interval)) = (body.as_object_mut(), self.interval) {
            members.insert("interval".to_owned(), Value::from(interval));
        }
        let answer = |status| Answer::new(status, "application/json", body.to_string());
        if self.error == ErrorCode::InvalidClient {
            return answer(401).with("WWW-Authenticate", "Basic realm=\"authtui demo\"");
        }
        answer(400)
    }
}
