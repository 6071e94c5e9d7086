//! Motion through rows, pages and choices.

/// A way to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// One back.
    Up,
    /// One on.
    Down,
    /// A screenful back.
    PageUp,
    /// A screenful on.
    PageDown,
    /// To the first.
    Top,
    /// To the last.
    Bottom,
}

impl Motion {
    /// Its name in `settings.yaml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::PageUp => "page_up",
            Self::PageDown => "page_down",
            Self::Top => "first",
            Self::Bottom => "last",
        }
    }

    /// The place among `count` that it leads to from `place`; a screenful is `page`.
    #[must_use]
    pub fn from(self, place: usize, count: usize, page: usize) -> usize {
        let last = count.saturating_sub(1);
        match self {
            Self::Up => place.saturating_sub(1),
            Self::Down => place.saturating_add(1).min(last),
            Self::PageUp => place.saturating_sub(page),
            Self::PageDown => place.saturating_add(page).min(last),
            Self::Top => 0,
            Self::Bottom => last,
        }
    }
}
