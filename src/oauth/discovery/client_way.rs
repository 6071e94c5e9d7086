//! Way to become a client of a server, and the next one where its login page refuses that client.
//!
//! The refusal shows in the browser and never comes back, so only the person can tell of it.

use crate::domain::provider::discovered::DiscoveredClient;
use crate::domain::provider::{PortRule, Redirect};

/// The ways in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientWay {
    /// The client id is the address of a document about authtui, which the server reads.
    Document,
    /// The server registers authtui, with all redirect addresses that a login may use.
    Registration,
    /// The same with a single redirect address, for servers that know no other ports.
    OneAddress,
    /// The person registers a client.
    Own,
}

/// What a server takes, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClientOffer {
    /// It reads documents of clients, and there is one of authtui.
    pub(super) document: bool,
    pub(super) registration: bool,
}

impl ClientWay {
    /// The way that `client` came by.
    pub(super) fn of(client: &DiscoveredClient, redirect: &Redirect) -> Self {
        let is_document = client.id.as_ref().is_some_and(|id| id.starts_with("https://"));
        match (client.registered, &redirect.rule) {
            (None, _) if is_document => Self::Document,
            (None, _) => Self::Own,
            (Some(_), PortRule::Fixed) => Self::OneAddress,
            (Some(_), PortRule::Any | PortRule::List(_)) => Self::Registration,
        }
    }

    /// The first one at a server.
    pub(super) fn first(offer: ClientOffer) -> Self {
        match offer {
            ClientOffer { document: true, .. } => Self::Document,
            ClientOffer { registration: true, .. } => Self::Registration,
            ClientOffer { .. } => Self::Own,
        }
    }

    /// The next one, after a client of this way was refused. One that `has_worked` was forgotten by its
    /// server, so the same way leads on.
    pub(super) fn next(self, has_worked: bool, offer: ClientOffer) -> Self {
        match self {
            _ if !offer.registration => Self::Own,
            Self::Document | Self::Own => Self::Registration,
            Self::Registration if has_worked => Self::Registration,
            Self::OneAddress if has_worked => Self::OneAddress,
            Self::Registration => Self::OneAddress,
            Self::OneAddress => Self::Own,
        }
    }

    /// Where answers to a client of this way come, where `usual` is what a registration names.
    pub(super) fn redirect(self, usual: &Redirect) -> Redirect {
        match self {
            Self::OneAddress => {
                Redirect { host: "localhost".to_owned(), rule: PortRule::Fixed, ..usual.clone() }
            }
            Self::Document | Self::Registration | Self::Own => usual.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::now;
    use crate::domain::provider::Authentication;
    use ClientWay::{Document, OneAddress, Own, Registration};

    const ALL: ClientOffer = ClientOffer { document: true, registration: true };
    const DOCUMENT: ClientOffer = ClientOffer { document: true, registration: false };
    const REGISTRATION: ClientOffer = ClientOffer { document: false, registration: true };
    const NONE: ClientOffer = ClientOffer { document: false, registration: false };

    #[test]
    fn each_refused_client_is_followed_by_one_of_the_next_way() {
        for (offer, ways) in [
            (ALL, &[Document, Registration, OneAddress, Own][..]),
            (REGISTRATION, &[Registration, OneAddress, Own]),
            (DOCUMENT, &[Document, Own]),
            (NONE, &[Own]),
        ] {
            let mut walked = vec![ClientWay::first(offer)];
            while walked.last() != Some(&Own) {
                assert!(walked.len() < 5, "{walked:?}");
                walked.extend(walked.last().map(|way| way.next(false, offer)));
            }
            assert_eq!(walked, ways);
        }
        assert_eq!(Own.next(false, ALL), Registration, "the person wants another client than theirs");
    }

    #[test]
    fn a_client_that_has_worked_was_forgotten_and_is_registered_the_same_way() {
        for (way, next) in [(Document, Registration), (Registration, Registration), (OneAddress, OneAddress)]
        {
            assert_eq!(way.next(true, ALL), next);
            assert_eq!(way.next(true, DOCUMENT), Own);
        }
    }

    #[test]
    fn the_way_of_a_client_is_read_from_what_its_file_says() {
        let client = |id: Option<&str>, is_registered: bool| DiscoveredClient {
            id: id.map(str::to_owned),
            authentication: Authentication::None,
            registered: is_registered.then(|| now().wall),
            secret_ends: None,
        };
        let many = Redirect { rule: PortRule::List(vec![8766]), ..Redirect::default() };
        let one = OneAddress.redirect(&many);
        assert_eq!(one.loopback(8765).map(String::from).as_deref(), Some("http://localhost:8765/callback"));
        assert_eq!(one.ports(), [8765]);
        for (client, redirect, way) in [
            (client(Some("https://authtui.test/client.json"), false), &many, Document),
            (client(Some("c1"), true), &many, Registration),
            (client(Some("c1"), true), &one, OneAddress),
            (client(Some("mine"), false), &many, Own),
            (client(None, false), &many, Own),
        ] {
            assert_eq!(ClientWay::of(&client, redirect), way, "{client:?}");
        }
    }
}
