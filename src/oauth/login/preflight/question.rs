//! What can be asked before a login, and in which order.

/// What is to be had in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreflightGoal {
    /// Tokens, by a login that asks for what is usual, or was granted before.
    Login,
    /// Tokens, by a login whose scopes the person chooses.
    Scopes,
    /// A stored API key.
    Key,
}

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreflightQuestion {
    /// What the profile is called.
    Name,
    /// The id the provider gave to the client.
    ClientId,
    /// The secret that belongs to it.
    ClientSecret,
    /// What the login asks for.
    Scopes,
    /// Whether to go on in spite of the provider's notice.
    Notice,
    /// Whether the stored key may be replaced.
    Replace,
    /// The API key.
    Key,
}

/// The questions of a login, in their order.
const LOGIN: [PreflightQuestion; 5] = [
    PreflightQuestion::Name,
    PreflightQuestion::ClientId,
    PreflightQuestion::ClientSecret,
    PreflightQuestion::Scopes,
    PreflightQuestion::Notice,
];
/// The questions of a key, in their order.
const KEY: [PreflightQuestion; 3] =
    [PreflightQuestion::Name, PreflightQuestion::Replace, PreflightQuestion::Key];

impl PreflightGoal {
    /// The questions on the way to it, in their order.
    #[must_use]
    pub fn questions(self) -> &'static [PreflightQuestion] {
        match self {
            Self::Login | Self::Scopes => &LOGIN,
            Self::Key => &KEY,
        }
    }
    /// What a new profile is called unless the person says otherwise.
    pub(super) fn usual_name(self) -> &'static str {
        match self {
            Self::Login | Self::Scopes => "default",
            Self::Key => "key",
        }
    }
}
