//! A text field as it is drawn.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::field::Field;
use crate::tui::prose;
use crate::tui::theme::Theme;

/// Draws `field` behind `prompt` on the first row of `area`, and puts the cursor into it.
pub fn draw(frame: &mut Frame<'_>, area: Rect, prompt: &str, field: &Field, theme: &Theme) {
    let indent = prose::width(prompt);
    if area.height == 0 || area.width <= indent {
        return;
    }
    let (seen, cursor) = field.seen(area.width - indent);
    let line = Line::from(vec![Span::styled(prompt, theme.accent), Span::raw(seen)]);
    frame.render_widget(line, Rect { height: 1, ..area });
    frame.set_cursor_position((area.x + indent + cursor.min(area.width - indent - 1), area.y));
}
