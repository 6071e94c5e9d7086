//! Tokens of a grant, and when they expire.

use crate::domain::clock::{DateTime, Utc};
use crate::domain::secret::{Fingerprint, Secret};

/// The secrets of one grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    pub access: Secret,
    /// What gets the next access token; absent where the provider gives none.
    pub refresh: Option<Secret>,
}

impl Tokens {
    /// Tells this pair from any other: a change that was asked for one pair is not applied
    /// to another.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_pair(&self.access, self.refresh.as_ref())
    }
}

/// Tells a refresh token from all others without giving it away: its short fingerprint. Events
/// and histories go by it, and it is another after each refresh that brings a new refresh token.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefreshTokenId(String);

impl RefreshTokenId {
    #[must_use]
    pub fn from_token(token: &Secret) -> Self {
        Self(token.short().to_owned())
    }

    /// As files write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for RefreshTokenId {
    fn from(written: String) -> Self {
        Self(written)
    }
}

impl From<&str> for RefreshTokenId {
    fn from(written: &str) -> Self {
        Self(written.to_owned())
    }
}

/// What a profile holds of its grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredTokens {
    /// No tokens: erased here, or logged out by another program.
    None,
    /// Tokens in the store's file.
    Present(Tokens),
}

impl StoredTokens {
    /// The tokens, if there are any.
    #[must_use]
    pub fn tokens(&self) -> Option<&Tokens> {
        match self {
            Self::Present(tokens) => Some(tokens),
            Self::None => None,
        }
    }

    /// The fingerprint of the pair, if there is one.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.tokens().map(Tokens::fingerprint)
    }
}

/// Both clocks of a profile. An absent end is not known, never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expiry {
    /// When the access token was given.
    pub obtained_at: Option<DateTime<Utc>>,
    /// When the access token ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When the grant ends, that is, the refresh token.
    pub grant_ends_at: Option<DateTime<Utc>>,
}
