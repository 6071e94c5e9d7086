//! How one family of paths differs from the next.
//!
//! Every server of the seeds speaks OAuth in its own way. A [`Dialect`] is that way: which paths
//! it has, what it demands of a request, and how it says no. The rules of the protocol itself
//! (codes, PKCE, rotation) are the same for all.

use serde_json::json;

use crate::demo::authority::exchange::{Answer, Asked};
use crate::demo::authority::grant::Lives;
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::demo::authority::scope::{self, Scope};
use crate::demo::authority::{AUTHORIZE, Settings, TOKEN, anthropic, cal, device, platform, qonic, qwen};
use crate::domain::clock::TimeDelta;

/// The shortest `state`: 128 bits in base64url, since less than that can be guessed.
const SHORTEST_STATE: usize = 22;

/// How a server speaks OAuth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// By the book, as seed 000 describes it.
    Standard,
    /// As seed 001 meets it: JSON, `code=true`, a long `state` that comes again.
    Anthropic,
    /// Cal.com's OAuth 2.0: JSON or form, scopes with spaces or commas.
    Cal,
    /// Cal.com's platform, seed 002: no page, no scopes, ends in epoch milliseconds.
    Platform,
    /// Seed 004: no `response_type`, no end and no refresh of tokens, errors of its own.
    Qonic,
    /// Qwen's device codes: PKCE demanded, `slow_down` with status 429.
    Qwen,
}

impl Dialect {
    /// The dialect of an authorization endpoint.
    #[must_use]
    pub fn of_authorize(path: &str) -> Option<Self> {
        match path {
            AUTHORIZE => Some(Self::Standard),
            anthropic::AUTHORIZE => Some(Self::Anthropic),
            cal::AUTHORIZE => Some(Self::Cal),
            qonic::AUTHORIZE => Some(Self::Qonic),
            _ => None,
        }
    }

    /// The dialect of a device authorization endpoint.
    #[must_use]
    pub fn of_device(path: &str) -> Option<Self> {
        match path {
            device::AUTHORIZE => Some(Self::Standard),
            qwen::DEVICE => Some(Self::Qwen),
            _ => None,
        }
    }

    /// The dialect of a token endpoint.
    #[must_use]
    pub fn of_token(path: &str) -> Option<Self> {
        match path {
            TOKEN => Some(Self::Standard),
            anthropic::TOKEN => Some(Self::Anthropic),
            cal::TOKEN => Some(Self::Cal),
            qonic::TOKEN => Some(Self::Qonic),
            qwen::TOKEN => Some(Self::Qwen),
            _ => None,
        }
    }

    /// The dialect of any path; those without one answer by the book.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let platform = platform::Step::of(path).map(|_| Self::Platform);
        (Self::of_authorize(path).or_else(|| Self::of_device(path)))
            .or_else(|| Self::of_token(path).or(platform))
            .unwrap_or(Self::Standard)
    }

    /// What can be asked for.
    #[must_use]
    pub fn scopes(self) -> &'static [Scope] {
        match self {
            Self::Standard => scope::STANDARD,
            Self::Anthropic => scope::ANTHROPIC,
            Self::Cal => scope::CAL,
            Self::Platform => &[],
            Self::Qonic => scope::QONIC,
            Self::Qwen => scope::QWEN,
        }
    }

    /// Where the consent page sends the person's decision.
    pub(super) fn decision(self) -> &'static str {
        match self {
            Self::Qonic => qonic::CONSENT,
            Self::Standard | Self::Anthropic | Self::Cal | Self::Platform | Self::Qwen => AUTHORIZE,
        }
    }

    /// Whether the authorization request must say `response_type=code`.
    pub(super) fn wants_response_type(self) -> bool {
        self != Self::Qonic
    }

    /// Whether there are device codes.
    pub(super) fn serves_devices(self) -> bool {
        matches!(self, Self::Standard | Self::Qwen)
    }

    /// Whether device codes are bound to the program that asks (RFC 7636).
    pub(super) fn wants_pkce_for_devices(self) -> bool {
        self == Self::Qwen
    }

    /// Whether the token request must carry the `state` of the authorization request again.
    pub(super) fn wants_state_again(self) -> bool {
        self == Self::Anthropic
    }

    /// Whether there are refresh tokens.
    pub(super) fn refreshes(self) -> bool {
        self != Self::Qonic
    }

    /// What makes the authorization request unsafe or unknown here, as a page says it.
    pub(super) fn objection(self, parameters: &Parameters) -> Option<&'static str> {
        let state = parameters.get("state").unwrap_or_default();
        match self {
            Self::Anthropic => {
                let known = parameters.get("code") == Some("true") && state.len() == anthropic::STATE;
                (!known).then_some("Invalid request format")
            }
            Self::Standard | Self::Cal | Self::Platform | Self::Qonic | Self::Qwen => {
                (state.len() < SHORTEST_STATE).then_some("The state of this request is too short to be safe.")
            }
        }
    }

    /// The scopes that a request wishes, all of them known.
    pub(super) fn wish(self, parameters: &Parameters) -> Result<Vec<String>, Refusal> {
        let scopes = self.split(parameters.get("scope").unwrap_or_default());
        let known = |scope: &String| self.scopes().iter().any(|(name, _)| name == scope);
        if scopes.is_empty() || !scopes.iter().all(known) {
            return Err(Refusal::new(ErrorCode::InvalidScope, "scope is missing or not known"));
        }
        Ok(scopes)
    }

    /// The scopes in a `scope` parameter.
    pub(super) fn split(self, text: &str) -> Vec<String> {
        match self {
            Self::Cal => scope::split(text, &[' ', ',']),
            Self::Standard | Self::Anthropic | Self::Platform | Self::Qonic | Self::Qwen => {
                scope::split(text, &[' '])
            }
        }
    }

    /// Refuses a body of the wrong kind.
    pub(super) fn readable(self, asked: &Asked<'_>) -> Result<(), Refusal> {
        let media_type = asked.header("Content-Type").unwrap_or_default();
        let json = media_type.trim_start().starts_with("application/json");
        match self {
            Self::Anthropic | Self::Platform if !json => {
                Err(Refusal::new(ErrorCode::InvalidRequest, "the body must be JSON"))
            }
            Self::Qonic | Self::Qwen if json => {
                Err(Refusal::new(ErrorCode::InvalidRequest, "the body must be a form"))
            }
            Self::Standard | Self::Anthropic | Self::Cal | Self::Platform | Self::Qonic | Self::Qwen => {
                Ok(())
            }
        }
    }

    /// How long a new grant of `account` lives: as set for the account, else as the server is known for.
    pub(super) fn lives(self, settings: &Settings, account: &str) -> Lives {
        if let Some(lives) = settings.accounts.get(account) {
            return *lives;
        }
        match self {
            Self::Cal => Lives { access: TimeDelta::minutes(30), ..settings.lives },
            Self::Platform => Lives { grant: Some(platform::GRANT_LIFE), ..settings.lives },
            Self::Qonic => Lives { access: TimeDelta::days(36_500), grant: None },
            Self::Standard | Self::Anthropic | Self::Qwen => settings.lives,
        }
    }

    /// The refusal as this server answers it.
    pub(super) fn refuse(self, refusal: Refusal) -> Answer {
        match self {
            Self::Qonic => {
                let body = json!({ "errorDetails": refusal.why });
                Answer::new(400, "application/json", body.to_string())
            }
            Self::Platform => platform::trouble(400, "BadRequestException", refusal.why),
            Self::Qwen if refusal.error == ErrorCode::SlowDown => {
                Answer { status: 429, ..refusal.into_answer() }
            }
            Self::Standard | Self::Anthropic | Self::Cal | Self::Qwen => refusal.into_answer(),
        }
    }
}
