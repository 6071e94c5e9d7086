//! Message row above the keys: what was last said to the person.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::model::Model;
use crate::tui::status::Tone;
use crate::tui::theme::Theme;
use crate::tui::{layout, pane, prose};

/// Draws the message; one that has no room ends with `…`.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) {
    let Some(message) = &model.message else { return };
    let (glyph, style) = match message.tone {
        Tone::Good => (theme.glyphs.steps.done, theme.good),
        Tone::Plain => (theme.glyphs.selection, theme.accent),
        Tone::Warn => (theme.glyphs.states.failed, theme.warn),
        Tone::Bad => (theme.glyphs.steps.failed, theme.bad),
    };
    let lines = layout::message_lines(model, area.width);
    let rest = lines.len() > usize::from(area.height);
    for (down, line) in (0..area.height).zip(lines) {
        let row = pane::inset(pane::row(area, down), 1);
        let cut = rest && down + 1 == area.height;
        let line = if cut { prose::cut(&format!("{line} …"), row.width.saturating_sub(2)) } else { line };
        let glyph = Span::styled(format!("{} ", if down == 0 { glyph } else { " " }), style);
        frame.render_widget(Line::from(vec![glyph, Span::styled(line, style)]), row);
    }
}
