//! Order of the rows: which are shown, in which order, and until when that holds.
//!
//! It is made in `update` and kept in the model, so that neither a key nor a frame costs more with
//! ten thousand profiles than with ten. It is made anew when rows, filter, sort or running work
//! have changed, and when a moment has come at which a row needs something else; then of what is
//! known of most rows already.

use std::collections::BTreeMap;

use crate::domain::change::{Row, Snapshot};
use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::name::{ProfileName, StoreId};
use crate::tui::need::{Need, Section};
use crate::tui::row_facts::{ContentWidths, KeptFacts};

/// By what rows are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    /// By what they need of a person.
    #[default]
    Urgency,
    /// By their own name.
    Name,
    /// By their provider, and in it by name.
    Provider,
    /// By the end of their token, the first one first.
    Expiry,
}

impl SortBy {
    /// The one that follows.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Urgency => Self::Name,
            Self::Name => Self::Provider,
            Self::Provider => Self::Expiry,
            Self::Expiry => Self::Urgency,
        }
    }

    /// The one for a click on the head of the names: name, provider, urgency.
    #[must_use]
    pub fn clicked_on_name(self) -> Self {
        match self {
            Self::Name => Self::Provider,
            Self::Provider => Self::Urgency,
            Self::Urgency | Self::Expiry => Self::Name,
        }
    }

    /// The one for a click on the head of the tokens' ends.
    #[must_use]
    pub fn clicked_on_expiry(self) -> Self {
        if self == Self::Expiry { Self::Urgency } else { Self::Expiry }
    }

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Urgency => "urgency",
            Self::Name => "name",
            Self::Provider => "provider",
            Self::Expiry => "expiry",
        }
    }
}

/// A row in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderedRow {
    pub store: StoreId,
    /// Its place among the rows of its store.
    pub index: usize,
    pub need: Need,
}

/// What happens next without anybody's doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextEvent {
    pub at: DateTime<Utc>,
    pub name: ProfileName,
    pub kind: NextEventKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextEventKind {
    /// It is refreshed.
    Refresh,
    /// Its token ends.
    TokenEnd,
    /// Its login ends.
    LoginEnd,
}

/// The rows in their order, and what is known of all of them together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowOrder {
    /// The rows that are shown.
    pub rows: Vec<OrderedRow>,
    pub sorted_by: SortBy,
    /// What it was made of.
    pub facts: KeptFacts,
    /// How many there are of each section among them; zero where they lie in another order.
    pub sections: [usize; 3],
    /// How many rows there are, shown or not.
    pub total: usize,
    /// How many of all rows need what; one that is being refreshed is not due.
    pub needs: BTreeMap<Need, usize>,
    /// The widest name and account there are.
    pub widths: ContentWidths,
    /// Where the profiles lie whose token has ended, or whose last refresh failed.
    pub overdue: Vec<(StoreId, usize)>,
    /// What happens next to any row.
    pub next_event: Option<NextEvent>,
    /// When the next refresh is planned, past moments too.
    pub refreshes_at: Option<DateTime<Utc>>,
    /// When time alone makes another order, or another state of a row.
    pub holds_until: Option<DateTime<Utc>>,
    /// When it was made.
    pub made_at: Option<Now>,
    /// Where the selected row lay when it was last looked for.
    pub place: Option<usize>,
}

impl RowOrder {
    /// The row of `stores` that is shown in that place.
    #[must_use]
    pub fn row_at<'a>(
        &self,
        stores: &'a BTreeMap<StoreId, Snapshot>,
        place: usize,
    ) -> Option<(StoreId, &'a Row)> {
        let ordered = self.rows.get(place)?;
        Some((ordered.store, stores.get(&ordered.store)?.rows.get(ordered.index)?))
    }

    /// The sections that have rows, with how many.
    pub fn filled_sections(&self) -> impl Iterator<Item = (Section, usize)> {
        Section::ALL.into_iter().zip(self.sections).filter(|(_, count)| *count > 0)
    }

    /// Whether rows of more than one section are shown.
    #[must_use]
    pub fn has_sections(&self) -> bool {
        self.filled_sections().nth(1).is_some()
    }
}
