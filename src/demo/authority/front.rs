//! The server's own page: what it is, and buttons for what goes wrong next.

use crate::demo::authority::exchange::{Answer, Asked};
use crate::demo::authority::page::{self, Told};
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::{Authority, script};

/// Where the buttons plan faults.
pub const FAULTS: &str = "/demo/faults";

impl Authority {
    /// The front page, with what came of a button.
    pub(super) fn front(&self, status: u16, outcome: Option<String>) -> Answer {
        let (issuer, clients) = (&self.issuer, &self.clients);
        page::index(status, &Told { issuer, clients, planned: self.faults.left(), outcome })
    }

    /// Plans the fault of a button, for the front page alone.
    pub(super) fn plan(&mut self, asked: &Asked<'_>, parameters: &Parameters) -> Answer {
        if asked.header("Origin").is_some_and(|origin| origin != self.issuer) {
            return page::trouble(403, "Another page asked for this.");
        }
        if parameters.get("forget").is_some() {
            self.faults.clear();
            return self.front(200, Some("Nothing goes wrong by plan.".to_owned()));
        }
        if let Some(account) = parameters.get("withdraw") {
            self.withdraw(account);
            return self.front(200, Some(format!("Every grant of {account} has ended.")));
        }
        let written = parameters.get("fault").unwrap_or_default();
        match script::parse(written) {
            Ok(fault) => {
                self.faults.add(fault);
                self.front(200, Some(format!("Planned: {written}")))
            }
            Err(bad) => self.front(400, Some(bad.to_string())),
        }
    }
}
