//! What a login wants done.

use std::fmt;

use url::Url;

use crate::domain::change::Change;
use crate::domain::name::StoreId;
use crate::oauth::RequestId;
use crate::oauth::callback::CallbackCheck;
use crate::oauth::redirects::page;
use crate::oauth::request::Request;

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
