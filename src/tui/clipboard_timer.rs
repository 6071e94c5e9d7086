//! Clipboard timer: when a copied secret is taken from the clipboard again.

use crate::domain::clock::Steady;
use crate::tui::seconds;

/// A secret that lies in the desktop's clipboard for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClipboardTimer {
    /// What was copied, in words.
    pub what: String,
    /// What is wrong with it, as sentences; empty where nothing is.
    pub fault: String,
    pub until: Steady,
}

impl ClipboardTimer {
    /// What is said of it at `now`.
    #[must_use]
    pub fn words(&self, now: Steady) -> String {
        let left = seconds::left(self.until, now);
        let fault = if self.fault.is_empty() { String::new() } else { format!(" {}", self.fault) };
        format!("Copied {}.{fault} Clipboard clears in {left}s.", self.what)
    }
}
