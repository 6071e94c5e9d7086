//! Help: every state and every key, in the order of the page, or found by what is typed.

use crate::domain::health::Health;
use crate::tui::custom_keys::CustomKeys;
use crate::tui::fuzzy::Fuzzy;
use crate::tui::keymap::{self, Binding, KeyContext};
use crate::tui::state;

/// Where keys mean something, in the order of the page: first what can be done with profiles.
const CONTEXTS: [KeyContext; 12] = [
    KeyContext::Profiles,
    KeyContext::Everywhere,
    KeyContext::Scopes,
    KeyContext::Timeline,
    KeyContext::Copy,
    KeyContext::Login,
    KeyContext::Server,
    KeyContext::Exchanges,
    KeyContext::Settings,
    KeyContext::Log,
    KeyContext::Choices,
    KeyContext::Lists,
];

/// A line of the help that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HelpEntry {
    /// A state and what it means.
    State(Health, &'static str),
    /// A key, and where it means that.
    Key(KeyContext, &'static Binding),
}

/// What fits what is typed, the best first; all in the order of the page where nothing is.
#[must_use]
pub fn found(keys: &CustomKeys, typed: &str) -> Vec<HelpEntry> {
    let states = state::MEANINGS.into_iter().map(|(health, meaning)| HelpEntry::State(health, meaning));
    let bindings = CONTEXTS
        .into_iter()
        .flat_map(|context| keymap::bindings(context).map(move |binding| HelpEntry::Key(context, binding)));
    Fuzzy::new(typed).sorted(states.chain(bindings), |entry| entry.searched(keys))
}

impl HelpEntry {
    /// What it says.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::State(_, meaning) => meaning.to_owned(),
            Self::Key(_, binding) => binding.text(),
        }
    }

    /// Its state, or its keys.
    #[must_use]
    pub fn label(self, keys: &CustomKeys) -> String {
        match self {
            Self::State(health, _) => health.word().to_owned(),
            Self::Key(context, binding) => {
                let words: Vec<String> = keys.of(context, binding).iter().map(|key| key.word()).collect();
                words.join(" ")
            }
        }
    }

    fn searched(self, keys: &CustomKeys) -> String {
        format!("{} {}", self.text(), self.label(keys))
    }
}
