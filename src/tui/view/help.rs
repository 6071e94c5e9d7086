//! The help, from the line on to which it is scrolled.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Paragraph;

use crate::tui::theme::Theme;
use crate::tui::{help, pane};

/// Draws the help over `area`, from the line `scrolled` on.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, scrolled: usize, theme: &Theme) {
    let inner = pane::inset(pane::draw(frame, area, "Keys and states", theme), 1);
    let sides = help::sides(inner.width, theme);
    let lines = help::count(&sides);
    let height = usize::from(inner.height);
    let from = scrolled.min(lines.saturating_sub(height));
    if lines > height {
        pane::foot(frame, area, &format!("{}–{} of {lines}", from + 1, from + height), theme);
    }
    let width = inner.width / u16::try_from(sides.len().max(1)).unwrap_or(1);
    let mut place = Rect { width, ..inner };
    for side in sides {
        let seen: Vec<_> = side.into_iter().skip(from).take(height).collect();
        frame.render_widget(Paragraph::new(seen), place);
        place.x = place.right();
    }
}
