//! Clipboard timer: when a copied secret is taken from the clipboard again.

use crate::domain::clock::Steady;
use crate::tui::seconds;

/// A secret that lies in the desktop's clipboard for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClipboardTimer {
    /// What was copied, in words.
    pub what: String,
    pub until: Steady,
}

impl ClipboardTimer {
    /// What is said of it at `now`.
    #[must_use]
    pub fn words(&self, now: Steady) -> String {
        let left = seconds::left(self.until, now);
        format!("Copied {}. Clipboard clears in {left} s.", self.what)
    }
}
