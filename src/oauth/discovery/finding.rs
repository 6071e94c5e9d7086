//! Finding: one thing that a discovery has learned, in words for people.

/// A step of a discovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DiscoveryStep {
    /// The address is asked whether it wants a token.
    Address,
    /// It is asked what it says of itself, such as its login server.
    Resource,
    /// The authorization server is asked how one logs in.
    Server,
    /// A client is chosen, or registered.
    Client,
}

impl DiscoveryStep {
    pub const ALL: [Self; 4] = [Self::Address, Self::Resource, Self::Server, Self::Client];

    /// What it does, as people read it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "ask the address",
            Self::Resource => "find its login server",
            Self::Server => "read how to log in there",
            Self::Client => "register authtui",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub step: DiscoveryStep,
    /// A sentence without a full stop, made safe to show.
    pub words: String,
    /// Whether a person should look at it.
    pub is_warning: bool,
}
