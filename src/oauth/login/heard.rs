//! What a login is told: everything that can happen to it.

use crate::domain::name::ProfileName;
use crate::domain::secret::Secret;
use crate::domain::trouble::Trouble;
use crate::oauth::RequestId;
use crate::oauth::callback::{AuthorizationResponse, Ignored};
use crate::oauth::request::{Entropy, Reply};

/// What a login is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The random bytes.
    Began(Entropy),
    /// The listener is bound, or cannot be.
    Bound(Result<BoundListener, Trouble>),
    /// The browser was started, or could not be.
    Opened(Result<(), Trouble>),
    /// The callback brought an answer that is proven to be ours.
    Answered(AuthorizationResponse),
    /// The callback was visited, and what came was ignored.
    Ignored(Ignored),
    /// The callback thread ended by itself; the other methods are still open.
    ListenerDied(String),
    /// The person pasted something.
    Typed(Secret),
    /// A request was answered, or could not be sent.
    Replied(RequestId, Result<Reply, Trouble>),
    /// The person decided.
    Decided(SaveDecision),
    /// The profile was saved, or could not be.
    Saved(Result<(), Trouble>),
    /// A profile of that name was stored meanwhile, so nothing was saved.
    Taken,
    /// Time has passed.
    Woke,
    /// The person wants the browser once more.
    OpenAgain,
    /// The person wants to end it.
    Cancelled,
}

/// The listener's socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundListener {
    /// The port.
    pub port: u16,
    /// The addresses, as shown to people: `127.0.0.1 and ::1`.
    pub addresses: String,
}

/// What a person can decide when a login asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveDecision {
    /// Save the tokens in the profile.
    Keep,
    /// Save them in another profile.
    KeepAs(ProfileName),
    /// Drop the tokens.
    Discard,
}
