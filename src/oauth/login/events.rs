//! Events of a login: what it is told, and what it wants done.

use std::fmt;

use url::Url;

use crate::domain::change::Change;
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::secret::Secret;
use crate::domain::trouble::Trouble;
use crate::oauth::RequestId;
use crate::oauth::callback::{AuthorizationResponse, CallbackCheck, Ignored};
use crate::oauth::redirects::page;
use crate::oauth::request::{Entropy, Reply, Request};

/// What a login is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The random bytes.
    Began(Entropy),
    /// The listener is bound, or cannot be.
    Bound(Result<BoundListener, Trouble>),
    /// The browser was started, or could not be.
    Opened(Result<(), Trouble>),
    /// An answer came to the callback that is proven to be ours.
    Answered(AuthorizationResponse),
    /// The callback was visited, and what came was ignored.
    Ignored(Ignored),
    /// The callback thread ended on its own; the other methods are still open.
    ListenerDied(String),
    /// The person pasted something.
    Typed(Secret),
    /// A request was answered, or could not be sent.
    Replied(RequestId, Result<Reply, Trouble>),
    /// The person decided.
    Decided(SaveDecision),
    /// The person said whose account it is; empty: they leave it open.
    Named(String),
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
    /// Save them in another store, which lies at that place.
    KeepIn(StoreId, String),
    /// Drop the tokens.
    Discard,
}

/// What a login wants done.
#[derive(Clone, PartialEq, Eq)]
pub enum Output {
    /// Random bytes.
    Entropy,
    /// A listener on the first of these ports that is free; 0 is any.
    Listen(Vec<u16>),
    /// The check that the listener judges by.
    ExpectCallback(Box<CallbackCheck>),
    /// The end of the listener.
    CloseListener,
    /// A browser.
    Open(Url),
    /// A request.
    Send(RequestId, Box<Request>),
    /// A change of the profile's store.
    Save(StoreId, Box<Change>),
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entropy => f.write_str("Entropy"),
            Self::Listen(ports) => f.debug_tuple("Listen").field(ports).finish(),
            Self::ExpectCallback(check) => f.debug_tuple("ExpectCallback").field(check).finish(),
            Self::CloseListener => f.write_str("CloseListener"),
            Self::Open(url) => f.debug_tuple("Open").field(&Unqueried(url)).finish(),
            Self::Send(request_id, request) => {
                f.debug_tuple("Send").field(request_id).field(request).finish()
            }
            Self::Save(store, change) => f.debug_tuple("Save").field(store).field(change).finish(),
        }
    }
}

/// An address in a debug print: its query may carry a secret.
pub(super) struct Unqueried<'a>(pub(super) &'a Url);

impl fmt::Debug for Unqueried<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = if self.0.query().is_some() || self.0.fragment().is_some() { "?…" } else { "" };
        write!(f, "{}{hidden}", page(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_debug_print_shows_no_query() {
        for (url, shown) in [
            ("https://as.test/authorize?state=5tate", "Open(https://as.test/authorize?…)"),
            ("https://as.test/authorize#5tate", "Open(https://as.test/authorize?…)"),
            ("https://as.test/device", "Open(https://as.test/device)"),
        ] {
            assert_eq!(format!("{:?}", Output::Open(Url::parse(url).expect("a URL"))), shown);
        }
    }
}
