//! Clipboard as the screen hears of it.

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
