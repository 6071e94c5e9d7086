//! Results: what became of each marked profile, and the key that helps.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::result_table::{ResultRow, RowStage};
use crate::tui::screen_map::MouseTarget;
use crate::tui::text_layout::rows;
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{frame, text_layout};

/// The most columns of a name, and of what became of its profile.
const COLUMNS: (u16, u16) = (28, 56);

/// Draws the table in a box as large as its words; the marked row is always seen.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, marked: usize, view: ViewContext<'_>) {
    let Some(table) = &view.model.results else { return };
    let theme = view.theme;
    let widths = table.widths;
    let names = widths.name.min(COLUMNS.0);
    let keys = table.key_columns(&view.model.keys);
    let fixed = 2 + names + 2 + if keys > 0 { keys + 2 } else { 0 };
    let most = area.width.saturating_sub(frame::AROUND);
    let texts = widths.text.min(COLUMNS.1).min(most.saturating_sub(fixed));
    let title = table.title();
    let width = (fixed + texts).max(text_layout::width(&title) + 2).min(most);
    let size = (width, rows(table.rows.len()));
    let inner = frame::above(frame, area, size, &title, theme);
    view.map.put(inner, MouseTarget::Page);
    let height = usize::from(inner.height);
    let first = (marked + 1).saturating_sub(height);
    for (down, (index, row)) in (0..inner.height).zip(table.rows.iter().enumerate().skip(first)) {
        let place = frame::row(inner, down);
        let name = text_layout::fill(&text_layout::named(&row.id.name), names);
        let (text, key) = (text_layout::fill(row.stage.text(), texts), row.stage.key(&view.model.keys));
        let spans = vec![
            glyph(row, theme),
            Span::raw(format!(" {name}  {text}")),
            Span::raw("  "),
            Span::styled(key, theme.key),
        ];
        frame.render_widget(Line::from(spans), place);
        view.map.put(place, MouseTarget::Choice(index));
        if index == marked {
            frame.buffer_mut().set_style(place, theme.selected);
            view.map.put_cursor(place);
        }
    }
    frame::foot_part(frame, frame::place(area, size).area, first..first + height, table.rows.len(), theme);
}

fn glyph(row: &ResultRow, theme: &Theme) -> Span<'static> {
    match &row.stage {
        RowStage::Waiting => Span::styled(theme.glyphs.steps.todo, theme.muted),
        RowStage::Running => Span::styled(theme.glyphs.states.refreshing, theme.accent),
        RowStage::Ended(end) => end.tone.sign(theme),
    }
}
