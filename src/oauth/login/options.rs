//! Options of a login: how its answer may come back, and whether the browser is opened.

use crate::domain::provider::{LoginMethod, Provider};

/// How a login's answer may come back, and whether the browser is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginOptions {
    /// The flows that are opened, together: the provider's, or fewer.
    pub flows: Vec<LoginMethod>,
    /// The port that the listener must have; absent: as the provider's file says.
    pub port: Option<u16>,
    /// Where the person sits.
    pub locality: Locality,
    /// Whether the browser is opened.
    pub browser: BrowserOpening,
    /// The key that ends it, as people call it: `Esc`, or `Ctrl-C` at a command.
    pub cancel_key: &'static str,
}

impl LoginOptions {
    /// All methods that `provider` has, for a person at `locality`.
    #[must_use]
    pub fn of(provider: &Provider, locality: Locality) -> Self {
        let browser = match locality {
            Locality::Local => BrowserOpening::AtOnce,
            Locality::OverSsh | Locality::NoDisplay => BrowserOpening::OnRequest,
        };
        Self { flows: provider.flows.clone(), port: None, locality, browser, cancel_key: "Esc" }
    }

    /// Whether `flow` is opened.
    #[must_use]
    pub fn has(&self, flow: LoginMethod) -> bool {
        self.flows.contains(&flow)
    }
}

/// Where the person sits, and with them their browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locality {
    /// At this machine.
    #[default]
    Local,
    /// At another one, over SSH: no address of this machine means anything there.
    OverSsh,
    /// At this machine, which shows no windows.
    NoDisplay,
}

impl Locality {
    /// Why no browser of this machine can bring the answer back, for people.
    #[must_use]
    pub fn obstacle(self) -> Option<&'static str> {
        match self {
            Self::Local => None,
            Self::OverSsh => Some("you are connected over SSH, so your browser is on another machine"),
            Self::NoDisplay => Some("this machine has no display for a browser"),
        }
    }
}

/// Whether the browser is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrowserOpening {
    /// At the start.
    AtOnce,
    /// Only when the person says so.
    OnRequest,
}
