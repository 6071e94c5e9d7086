//! Clipboard as the screen hears of it.

use crate::domain::name::ProfileId;
use crate::oauth::form::Form;

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopySource {
    /// Something of a profile.
    Profile(ProfileId, Form),
    /// Something else, in words.
    Text(&'static str),
}

impl CopySource {
    /// What was copied, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Profile(id, form) => format!("the {} of {}", form.word(), id.name),
            Self::Text(words) => (*words).to_owned(),
        }
    }
}

/// How something reached the clipboard. The shell's clipboard makes it; a message holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copied {
    /// By the desktop's clipboard.
    Native,
    /// By the desktop's clipboard, from which the secret can be taken again.
    NativeSecret,
    /// By the terminal, which does not say whether it obeyed (OSC 52).
    Terminal,
}

/// What became of a clipboard that was to be cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClipboardCleared {
    Done,
    /// Somebody has copied something else.
    HoldsAnother,
    /// Nobody knows what it holds.
    Unreadable,
}
