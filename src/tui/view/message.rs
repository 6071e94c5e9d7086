//! Message row: what was last said, and how much of the log nobody has seen.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::{frame, layout, paint, text_layout};

/// Draws the message; one that has no room says where it can be read.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) {
    let row = frame::inset(frame::row(area, 0), 1);
    if let Some((key, rest)) = layout::news(model, area.width) {
        let line = Line::from(vec![Span::styled(key, theme.accent), Span::raw(rest)]);
        frame.render_widget(line.right_aligned(), row);
    }
    let Some(message) = &model.message else { return };
    let Span { content: glyph, style } = message.report.tone.sign(theme);
    let (room, lines) = layout::message_lines(model, area.width);
    let is_cut = lines.len() > usize::from(area.height);
    for (down, line) in (0..area.height).zip(lines) {
        let line = if is_cut && down + 1 == area.height {
            cut(&line, room, &model.keys.key(Action::Log))
        } else {
            line
        };
        let glyph = Span::styled(format!("{} ", if down == 0 { &glyph } else { " " }), style);
        let row = frame::inset(frame::row(area, down), 1);
        paint::line(frame.buffer_mut(), row, &Line::from(vec![glyph, Span::styled(line, style)]));
    }
}

/// The last line of a message that goes on; `key` opens the log.
fn cut(line: &str, columns: u16, key: &str) -> String {
    let rest = if columns < 60 { format!(" … {key}") } else { format!(" … {key} shows it whole") };
    let mut words = line;
    while text_layout::width(words) + text_layout::width(&rest) > columns {
        match words.rsplit_once(' ') {
            Some((before, _)) => words = before,
            None => return text_layout::cut(line, columns.saturating_sub(text_layout::width(&rest))) + &rest,
        }
    }
    format!("{words}{rest}")
}
