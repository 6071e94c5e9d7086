//! Parts of the timeline: how its page is divided, how wide its axis is, and which rows are seen.

use ratatui::layout::Rect;

use crate::tui::model::Model;
use crate::tui::time_axis::{Scale, Zoom};
use crate::tui::{frame, layout, rows};

/// Columns beside name and axis: mark, glyph and gaps.
const BESIDE: u16 = 6;
/// The fewest and the most rows of what is said of the selected row, with the line above it.
const WORDS: (u16, u16) = (4, 20);
/// From this many rows on there is room for [`WORDS`], and for what the clock says at the named moments.
const TALL: u16 = 14;

/// Where the parts of the timeline lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimelineParts {
    /// What the clock says at the named moments.
    pub clock: Rect,
    pub rows: Rect,
    /// What is said of the selected row.
    pub words: Rect,
}

impl TimelineParts {
    /// Divides what is inside the frame of the timeline and one column at each of its sides.
    #[must_use]
    pub fn of(model: &Model, inner: Rect) -> Self {
        let (axis, words) = if inner.height >= TALL {
            // What the rows leave free belongs to the selected one; a filter moves nothing.
            let rows = u16::try_from(model.order.total).unwrap_or(u16::MAX);
            (1, inner.height.saturating_sub(1).saturating_sub(rows).clamp(WORDS.0, WORDS.1))
        } else {
            (0, 1)
        };
        let below = frame::below(inner, axis);
        let height = below.height.saturating_sub(words);
        Self {
            clock: Rect { height: axis.min(inner.height), ..inner },
            rows: Rect { height, ..below },
            words: frame::below(below, height),
        }
    }
}

/// Columns of a name in a timeline whose rows are `width` wide.
#[must_use]
pub fn name_columns(model: &Model, width: u16) -> u16 {
    let most = match width {
        0..50 => 10,
        50..70 => 12,
        70..100 => 16,
        100.. => 24,
    };
    model.order.widths.name.clamp(8, most)
}

/// The axis of such a timeline.
#[must_use]
pub fn scale(model: &Model, width: u16, zoom: Zoom) -> Scale {
    Scale::new(width.saturating_sub(name_columns(model, width) + BESIDE), zoom)
}

/// How many rows the timeline shows.
#[must_use]
pub fn row_count(model: &Model) -> usize {
    let Some(parts) = layout::parts(model, model.size) else { return 0 };
    let inner = Rect { height: parts.body.height.saturating_sub(2), ..parts.body };
    usize::from(TimelineParts::of(model, inner).rows.height)
}

/// Scrolls so far that the row at `place` is seen.
pub fn follow(model: &mut Model, place: usize) {
    let (count, height) = (rows::count(model), row_count(model).max(1));
    if let Some(timeline) = &mut model.timeline {
        let last = count.saturating_sub(height);
        timeline.first = timeline.first.clamp((place + 1).saturating_sub(height), place).min(last);
    }
}
