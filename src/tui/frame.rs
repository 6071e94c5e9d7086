//! Frames around the parts of the screen, and around boxes that lie above it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};

use crate::tui::text_layout;
use crate::tui::theme::Theme;

/// Rows and columns that a box above others takes beside its content.
pub const AROUND: u16 = 4;

/// Draws a box around `area` and gives what is inside.
pub fn draw(frame: &mut Frame<'_>, area: Rect, title: &str, theme: &Theme) -> Rect {
    outline(frame, area, block(area, title, theme).border_style(theme.muted))
}

/// Draws a box with room for `width` columns and `height` rows in the middle of `area`, above
/// what is there, which steps back; gives the room, which is smaller where `area` is.
pub fn above(frame: &mut Frame<'_>, area: Rect, size: (u16, u16), title: &str, theme: &Theme) -> Rect {
    let (place, roomy) = place(area, size);
    frame.buffer_mut().set_style(area, Style::reset().patch(theme.muted));
    // A column at each side keeps what is below from running into the frame.
    let x = place.x.saturating_sub(1).max(area.x);
    let right = place.right().saturating_add(1).min(area.right());
    frame.render_widget(Clear, Rect { x, width: right - x, ..place });
    let inner = outline(frame, place, block(place, title, theme).border_style(theme.accent));
    let inner = inset(inner, 1);
    if roomy { Rect { y: inner.y + 1, height: inner.height.saturating_sub(2), ..inner } } else { inner }
}

/// Where [`above`] draws its box, and whether it has a free row above and below the content.
#[must_use]
pub fn place(area: Rect, (width, height): (u16, u16)) -> (Rect, bool) {
    let roomy = height.saturating_add(AROUND) <= area.height;
    let width = width.saturating_add(AROUND).min(area.width);
    let height = height.saturating_add(if roomy { AROUND } else { 2 }).min(area.height);
    let x = area.x + (area.width - width) / 2;
    let y = area.y + (area.height - height) / 2;
    (Rect { x, y, width, height }, roomy)
}

/// Writes `text` into the lower right of the frame around `area`.
pub fn foot(frame: &mut Frame<'_>, area: Rect, text: &str, theme: &Theme) {
    let width = text_layout::width(text) + 2;
    if area.width > width + 3 && area.height > 1 {
        let place = Rect::new(area.right() - width - 2, area.bottom() - 1, width, 1);
        frame.render_widget(Span::styled(format!(" {text} "), theme.muted), place);
    }
}

/// `area` without `columns` at the left and at the right.
#[must_use]
pub fn inset(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width / 2);
    Rect { x: area.x + columns, width: area.width - 2 * columns, ..area }
}

/// `area` without its first `rows`.
#[must_use]
pub fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// The row of `area` that is `down` from its top; an empty one where it ends before.
#[must_use]
pub fn row(area: Rect, down: u16) -> Rect {
    let below = below(area, down);
    Rect { height: below.height.min(1), ..below }
}

fn block<'a>(area: Rect, title: &str, theme: &Theme) -> Block<'a> {
    let title = text_layout::cut(title, area.width.saturating_sub(4));
    let block = Block::bordered().border_set(theme.glyphs.border);
    // A title lies on the frame and would otherwise be as faint as it.
    let style = Style::reset().patch(theme.strong);
    if title.is_empty() { block } else { block.title(Line::styled(format!(" {title} "), style)) }
}

fn outline(frame: &mut Frame<'_>, area: Rect, block: Block<'_>) -> Rect {
    let inner = block.inner(area);
    frame.render_widget(block, area);
    inner
}
