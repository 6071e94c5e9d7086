//! What was last said to the person, above the keys.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use crate::tui::model::{Model, Tone};
use crate::tui::theme::Theme;
use crate::tui::{pane, prose};

/// The most rows of a message.
const ROWS: usize = 4;

/// Draws the message over the lower end of `area`.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) {
    let Some(message) = &model.message else { return };
    let style = match message.tone {
        Tone::Good => theme.good,
        Tone::Plain => theme.accent,
        Tone::Bad => theme.bad,
    };
    let lines = prose::wrap_into(&prose::safe(&message.text), area.width.saturating_sub(4), ROWS);
    let height = u16::try_from(lines.len()).unwrap_or(1).min(area.height);
    let place = Rect { y: area.bottom() - height, height, ..area };
    frame.render_widget(Clear, place);
    for (down, line) in (0..height).zip(lines) {
        let mark = Span::styled(format!("{} ", theme.glyphs.selection), style);
        let line = Line::from(vec![mark, Span::styled(line, style)]);
        frame.render_widget(line, pane::inset(pane::row(place, down), 1));
    }
}
