//! How a login's answer may come back, and what is tried by itself.

use std::fmt;

use crate::domain::provider::{Flow, Provider};

/// How a login's answer may come back, and what is tried by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ways {
    /// The flows that are opened, together: the provider's, or fewer.
    pub flows: Vec<Flow>,
    /// The port that the listener must have; absent: as the provider's file says.
    pub port: Option<u16>,
    /// Where the person sits.
    pub seat: Seat,
    /// Whether the browser is opened.
    pub browser: Browser,
    /// How the person ends it.
    pub cancel: CancelKey,
}

impl Ways {
    /// All ways that `provider` has, for a person at `seat`.
    #[must_use]
    pub fn of(provider: &Provider, seat: Seat) -> Self {
        let browser = match seat {
            Seat::Here => Browser::Opened,
            Seat::OverSsh | Seat::NoDisplay => Browser::Left,
        };
        Self { flows: provider.flows.clone(), port: None, seat, browser, cancel: CancelKey::Esc }
    }

    /// Whether `flow` is opened.
    #[must_use]
    pub fn has(&self, flow: Flow) -> bool {
        self.flows.contains(&flow)
    }
}

/// Where the person sits, and with them their browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seat {
    /// At this machine.
    #[default]
    Here,
    /// At another one, over SSH: no address of this machine means anything there.
    OverSsh,
    /// At this machine, which shows no windows.
    NoDisplay,
}

impl Seat {
    /// Why no browser of this machine can bring the answer back, for people.
    #[must_use]
    pub fn obstacle(self) -> Option<&'static str> {
        match self {
            Self::Here => None,
            Self::OverSsh => Some("you are here over SSH, and your browser is not on this machine"),
            Self::NoDisplay => Some("this machine has no display for a browser"),
        }
    }
}

/// Whether the browser is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Browser {
    /// By itself.
    Opened,
    /// Only when the person says so.
    Left,
}

/// The key that ends a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelKey {
    /// On the screen.
    Esc,
    /// At a command.
    CtrlC,
}

impl fmt::Display for CancelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Esc => "Esc",
            Self::CtrlC => "Ctrl-C",
        })
    }
}
