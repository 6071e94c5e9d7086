//! Hint of the filter language, while a filter is typed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::theme::Theme;
use crate::tui::{frame, rows, text_layout};

/// What can be typed beside words, and what it shows; the most useful first.
const PARTS: [(&str, &str); 6] = [
    ("!", "needs you"),
    ("due<1h", "token expires"),
    ("state:due", ""),
    ("provider:acme", ""),
    ("login<30d", ""),
    ("store:env", ""),
];

/// Draws as much of it as fits, or what is wrong with what was typed.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) {
    let is_typed = matches!(model.screen, Screen::Filter(_)) && model.message.is_none();
    if !is_typed {
        return;
    }
    let row = frame::inset(frame::row(area, 0), 1);
    if let Some(complaint) = rows::filter(model).complaint() {
        let words = text_layout::cut(&text_layout::safe(complaint), row.width);
        return frame.render_widget(Line::styled(words, theme.warn), row);
    }
    let mut line = Line::default();
    for (part, words) in PARTS {
        let gap = if line.spans.is_empty() { "" } else { "   " };
        let words = if words.is_empty() { String::new() } else { format!(" {words}") };
        let width = text_layout::width(gap) + text_layout::width(part) + text_layout::width(&words);
        if line.width() + usize::from(width) > usize::from(row.width) {
            break;
        }
        line.extend([Span::raw(gap), Span::styled(part, theme.key), Span::styled(words, theme.muted)]);
    }
    frame.render_widget(line, row);
}
