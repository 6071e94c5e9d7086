//! Early input: what the person pressed before the provider files were read.

use crate::tui::message::{Action, Msg};

/// An action that waits for the provider files, and everything that was typed after it.
///
/// The list is on the screen before they are read. What is pressed in between is done a moment
/// later, in its order, so that nothing has to be pressed twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlyInput {
    pub action: Action,
    pub typed: Vec<Msg>,
}

impl EarlyInput {
    #[must_use]
    pub fn new(action: Action) -> Self {
        Self { action, typed: Vec::new() }
    }
}
