//! Presence of a store: whether it is there, and what keeps it closed.

/// Whether a store is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StorePresence {
    /// There is no file or folder of it yet.
    #[default]
    Absent,
    There,
    /// Its secrets wait for somebody to unlock them.
    Locked,
    /// What keeps its secrets does not answer.
    Silent,
}

/// Whether a store may ask a person before it says whether it would take new tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompting {
    Never,
    Allowed,
}
