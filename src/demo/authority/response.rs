//! HTTP responses as values, and the errors among them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::demo::authority::dialect::{Dialect, Quirk, ReplyFormat};
use crate::domain::secret::Secret;

/// A response, with how it is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpResponse {
    pub status: u16,
    /// A `Location` among them may carry a code.
    pub headers: Vec<(String, Secret)>,
    pub body: Secret,
    pub delivery: Delivery,
}

/// How a response reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    AtOnce,
    After(Duration),
    /// At once, compressed with gzip.
    Compressed,
    /// Never: the connection breaks instead.
    Never,
}

impl HttpResponse {
    /// A response of that media type, never cached (RFC 6749 §5.1).
    pub fn new(status: u16, media_type: &str, body: impl Into<String>) -> Self {
        let response =
            Self { status, headers: Vec::new(), body: Secret::new(body), delivery: Delivery::AtOnce };
        response.with("Content-Type", media_type).with("Cache-Control", "no-store")
    }

    /// A JSON document.
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// The same response with one more header.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), Secret::new(value)));
        self
    }

    /// The same response, delivered in another way.
    pub(super) fn delivered(self, delivery: Delivery) -> Self {
        Self { delivery, ..self }
    }

    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&Secret> {
        self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// An error code of OAuth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// Something is missing, there twice, or unreadable (RFC 6749 §5.2).
    InvalidRequest,
    /// The client is not who it claims to be (RFC 6749 §5.2).
    InvalidClient,
    /// The code or refresh token is dead (RFC 6749 §5.2).
    InvalidGrant,
    /// Unknown scopes, or more than were granted (RFC 6749 §5.2).
    InvalidScope,
    /// This client may not use this grant (RFC 6749 §5.2).
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
    /// Tokens for a resource that is not served (RFC 8707 §2).
    InvalidTarget,
    /// What a client wrote about itself cannot be registered (RFC 7591 §3.2.2).
    InvalidClientMetadata,
    /// A redirect address that cannot be registered (RFC 7591 §3.2.2).
    InvalidRedirectUri,
}

impl ErrorCode {
    /// The code as it is sent.
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
            Self::InvalidTarget => "invalid_target",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
        }
    }
}

/// A request that is refused, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OAuthError {
    pub(super) code: ErrorCode,
    pub(super) why: &'static str,
    /// The seconds between two polls from here on, where the server tells them.
    pub(super) interval: Option<u64>,
}

impl OAuthError {
    pub(super) fn new(code: ErrorCode, why: &'static str) -> Self {
        Self { code, why, interval: None }
    }

    /// A request with something missing or malformed.
    pub(super) fn malformed(why: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, why)
    }

    /// A dead code or refresh token.
    pub(super) fn dead(why: &'static str) -> Self {
        Self::new(ErrorCode::InvalidGrant, why)
    }

    /// The error as a server of that dialect answers it (RFC 6749 §5.2).
    pub(super) fn into_response(self, dialect: &Dialect) -> HttpResponse {
        match dialect.format {
            ReplyFormat::ErrorDetails => HttpResponse::json(400, &json!({ "errorDetails": self.why })),
            ReplyFormat::Platform => platform_error(400, "BadRequestException", self.why),
            ReplyFormat::OAuth => {
                let mut body = json!({ "error": self.code.as_str(), "error_description": self.why });
                if let (Some(members), Some(interval)) = (body.as_object_mut(), self.interval) {
                    members.insert("interval".to_owned(), Value::from(interval));
                }
                if self.code == ErrorCode::InvalidClient {
                    let challenge = "Basic realm=\"authtui demo\"";
                    return HttpResponse::json(401, &body).with("WWW-Authenticate", challenge);
                }
                let too_often = self.code == ErrorCode::SlowDown && dialect.has(Quirk::SlowDownIs429);
                HttpResponse::json(if too_often { 429 } else { 400 }, &body)
            }
        }
    }
}

/// An error in the shape of Cal.com's platform API.
pub(super) fn platform_error(status: u16, code: &str, message: &str) -> HttpResponse {
    let error = json!({ "code": code, "message": message });
    HttpResponse::json(status, &json!({ "status": "error", "error": error }))
}
