//! How the screen is divided at each size.

use ratatui::layout::{Constraint, Layout, Rect};

/// From this width on list and detail lie side by side.
const WIDE: u16 = 110;
/// From this width on the detail lies below the list.
const MIDDLE: u16 = 70;
/// Below this width or height nothing but a sentence is shown.
pub const SMALLEST: (u16, u16) = (40, 10);
/// The fewest and the most columns of the detail pane beside the list.
const DETAIL_COLUMNS: (u16, u16) = (46, 64);
/// Rows of the detail pane below the list.
const DETAIL_ROWS: u16 = 11;

/// Where the parts of the main screen lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The counts and the clock.
    pub header: Rect,
    /// Everything between header and footer.
    pub body: Rect,
    /// The list, with its border.
    pub list: Rect,
    /// The detail pane, with its border, where it is shown beside the list.
    pub detail: Option<Rect>,
    /// The keys.
    pub footer: Rect,
}

/// Divides an area of `width` columns and `height` rows; nothing where it is too small.
#[must_use]
pub fn parts(width: u16, height: u16) -> Option<Parts> {
    if width < SMALLEST.0 || height < SMALLEST.1 {
        return None;
    }
    let rows = Layout::vertical([Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)]);
    let [header, body, footer] = rows.areas(Rect::new(0, 0, width, height));
    if width >= WIDE {
        let columns = (width / 5 * 2).clamp(DETAIL_COLUMNS.0, DETAIL_COLUMNS.1);
        let [list, detail] =
            Layout::horizontal([Constraint::Min(0), Constraint::Length(columns)]).areas(body);
        return Some(Parts { header, body, list, detail: Some(detail), footer });
    }
    if width >= MIDDLE && body.height >= DETAIL_ROWS + 6 {
        let [list, detail] =
            Layout::vertical([Constraint::Min(0), Constraint::Length(DETAIL_ROWS)]).areas(body);
        return Some(Parts { header, body, list, detail: Some(detail), footer });
    }
    Some(Parts { header, body, list: body, detail: None, footer })
}

/// How many profiles the list shows at that size: its height without border and column heads.
#[must_use]
pub fn list_rows(size: (u16, u16)) -> usize {
    parts(size.0, size.1).map_or(0, |parts| usize::from(parts.list.height.saturating_sub(3)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_size_has_its_shape() {
        for (size, detail, rows) in [
            ((120, 32), true, 27),
            ((110, 10), true, 5),
            ((80, 24), true, 8),
            ((80, 18), false, 13),
            ((69, 24), false, 19),
            ((40, 10), false, 5),
        ] {
            let parts = parts(size.0, size.1).expect("large enough");
            assert_eq!((parts.detail.is_some(), list_rows(size)), (detail, rows), "{size:?}");
        }
        assert_eq!((parts(39, 24), parts(80, 9), list_rows((1, 1))), (None, None, 0));
    }
}
