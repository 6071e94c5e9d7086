//! Server whose address was typed: how one logs in to it is being found out.

use url::Url;

use crate::domain::configured_server::ConfiguredServer;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::discovered::DiscoveredServer;
use crate::domain::provider::endpoint::{self, EndpointError};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::LoginId;
use crate::oauth::discovery::{Discovered, Discovery, DiscoveryStage};
use crate::tui::fuzzy::Fuzzy;
use crate::tui::text_layout;
use crate::tui::wizard::provider_line;

/// A discovery that is under way, or has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerDiscovery {
    /// So that a late reply finds its own.
    pub id: LoginId,
    pub discovery: Discovery,
    /// Its requests and their answers are shown, scrolled down by so many lines.
    pub exchanges: Option<usize>,
    /// Which of the ways on is marked, after it failed.
    pub marked: usize,
}

/// A way on where a discovery has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOn {
    TryAgain,
    FillIn,
}

impl WayOn {
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::TryAgain => "Try again",
            Self::FillIn => "Fill in the rest by hand",
        }
    }
}

impl ServerDiscovery {
    /// Its host, as people read it.
    #[must_use]
    pub fn host(&self) -> String {
        text_layout::safe(self.discovery.address().host_str().unwrap_or_default())
    }

    /// Scrolls its requests, where they are shown.
    pub fn scroll(&mut self, to: impl FnOnce(usize) -> usize) {
        self.exchanges = self.exchanges.map(to);
    }

    /// The ways on after it failed, the better one first.
    #[must_use]
    pub fn ways(&self) -> &'static [WayOn] {
        match self.discovery.stage() {
            DiscoveryStage::Over(Err(Trouble { kind: FailureKind::Temporary(_), .. })) => {
                &[WayOn::TryAgain, WayOn::FillIn]
            }
            DiscoveryStage::Over(Err(_)) => &[WayOn::FillIn, WayOn::TryAgain],
            DiscoveryStage::Asking(_) | DiscoveryStage::Confirming(_) | DiscoveryStage::Over(Ok(_)) => &[],
        }
    }

    /// The one that is marked.
    #[must_use]
    pub fn way(&self) -> Option<WayOn> {
        self.ways().get(self.marked).copied()
    }

    /// The server whose provider file is to be written.
    #[must_use]
    pub fn found(&self) -> Option<&DiscoveredServer> {
        match self.discovery.stage() {
            DiscoveryStage::Over(Ok(Discovered::New(found, _))) => Some(found),
            DiscoveryStage::Asking(_) | DiscoveryStage::Confirming(_) | DiscoveryStage::Over(_) => None,
        }
    }

    /// What Enter does; nothing while a reply is awaited.
    #[must_use]
    pub fn enter(&self) -> Option<&'static str> {
        match self.discovery.stage() {
            DiscoveryStage::Asking(_) | DiscoveryStage::Over(Ok(_)) => None,
            DiscoveryStage::Confirming(_) => Some("continue"),
            DiscoveryStage::Over(Err(_)) => self.way().map(|way| match way {
                WayOn::TryAgain => "try again",
                WayOn::FillIn => "fill in",
            }),
        }
    }
}

/// What can be chosen first.
#[derive(Debug, Clone, PartialEq)]
pub enum Offer<'a> {
    /// The server at the address that is typed.
    Address(Url),
    Provider(&'a Provider),
    /// A server that another program uses.
    Server(&'a ConfiguredServer),
}

/// How a server that another program uses is offered, and searched: its host, and where it is named. Of two at
/// one host it is the whole address.
#[must_use]
pub fn server_text(server: &ConfiguredServer, servers: &[ConfiguredServer]) -> String {
    let host = server.address.host_str();
    let is_alone = servers.iter().filter(|other| other.address.host_str() == host).count() == 1;
    let place = if is_alone { host.unwrap_or_default() } else { server.address.as_str() };
    text_layout::safe(&format!("{place} · {}", server.place()))
}

/// What can be chosen first: the servers that other programs use, the providers that fit what is typed, the
/// best first, the server at the address that is typed, and then the templates of others. Where something is
/// typed, only the servers whose host begins like it come before the providers.
#[must_use]
pub fn offers<'a>(catalog: &'a Catalog, servers: &'a [ConfiguredServer], typed: &str) -> Vec<Offer<'a>> {
    let examples = || catalog.entries().map(|entry| &entry.provider).filter(|provider| provider.example);
    let (by_address, templates) = (
        examples().filter(|provider| provider.address.is_some()),
        examples().filter(|provider| provider.address.is_none()),
    );
    let named = catalog.usable().chain(by_address);
    let found = Fuzzy::new(typed).sorted(named, |provider| provider_line::text(provider));
    let address = endpoint::typed(typed).and_then(Result::ok).filter(|_| address_error(typed).is_none());
    let address = address.map(Offer::Address);
    let used = Fuzzy::new(typed).sorted(servers, |server| server_text(server, servers));
    let begins = |server: &&ConfiguredServer| {
        server.address.host_str().is_some_and(|host| host.starts_with(&typed.trim().to_lowercase()))
    };
    let (first, later): (Vec<_>, Vec<_>) = used.into_iter().partition(begins);
    let first = first.into_iter().map(Offer::Server);
    let later = later.into_iter().map(Offer::Server);
    let providers = found.into_iter().map(Offer::Provider);
    first.chain(providers).chain(later).chain(address).chain(templates.map(Offer::Provider)).collect()
}

/// Why nothing can be asked at an address that somebody has typed with its scheme.
#[must_use]
pub fn address_error(typed: &str) -> Option<EndpointError> {
    let typed = typed.trim();
    let (_, rest) = typed.split_once("://")?;
    endpoint::whole(typed).err().filter(|_| !rest.is_empty())
}
