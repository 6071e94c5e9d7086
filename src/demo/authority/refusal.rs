//! How the server says no.

use serde_json::json;

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
    /// A grant type that is not served (RFC 6749 §5.2).
    UnsupportedGrantType,
    /// A response type that is not `code` (RFC 6749 §4.1.2.1).
    UnsupportedResponseType,
    /// The person said no (RFC 6749 §4.1.2.1).
    AccessDenied,
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
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::AccessDenied => "access_denied",
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
}

impl Refusal {
    /// A refusal.
    #[must_use]
    pub fn new(error: ErrorCode, why: &'static str) -> Self {
        Self { error, why }
    }

    /// The refusal as the token endpoint answers it (RFC 6749 §5.2).
    #[must_use]
    pub fn into_answer(self) -> Answer {
        let body = json!({ "error": self.error.as_str(), "error_description": self.why });
        let answer = |status| Answer::new(status, "application/json", body.to_string());
        match self.error {
            ErrorCode::InvalidClient => answer(401).with("WWW-Authenticate", "Basic realm=\"authtui demo\""),
            ErrorCode::InvalidRequest
            | ErrorCode::InvalidGrant
            | ErrorCode::InvalidScope
            | ErrorCode::UnsupportedGrantType
            | ErrorCode::UnsupportedResponseType
            | ErrorCode::AccessDenied => answer(400),
        }
    }
}
