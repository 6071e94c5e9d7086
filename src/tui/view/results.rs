//! Results: what became of each marked profile, and the key that helps.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::result_table::{ResultRow, ResultTable, RowStage};
use crate::tui::screen_map::MouseTarget;
use crate::tui::text_layout::rows;
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{frame, text_layout};

/// The most columns of a name.
const NAME: u16 = 28;
/// The most rows of what became of the marked profile, where its row has no room for it.
const WHOLE: u16 = 6;

/// Draws the table in a box as large as its words; the marked row is always seen, and what is cut in it
/// stands whole below.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, marked: usize, view: ViewContext<'_>) {
    let Some(table) = &view.model.results else { return };
    let theme = view.theme;
    let columns = ResultColumns::new(table, area, view);
    let text = table.rows.get(marked).map_or("", |row| row.stage.text());
    let whole = if text_layout::width(text) > columns.text { text } else { "" };
    let whole = text_layout::wrap_into(whole, columns.width, columns.whole.into());
    let (seen, below) = columns.rows(table.rows.len(), rows(whole.len()), area.height.saturating_sub(2));
    let size = (columns.width, seen + below);
    let inner = frame::above(frame, area, size, &table.title(), theme);
    view.map.put(inner, MouseTarget::Page);
    let height = usize::from(seen.min(inner.height));
    let first = (marked + 1).saturating_sub(height);
    for (down, (index, row)) in (0..seen).zip(table.rows.iter().enumerate().skip(first)) {
        let place = frame::row(inner, down);
        frame.render_widget(columns.line(row, view), place);
        view.map.put(place, MouseTarget::Choice(index));
        if index == marked {
            frame::select(frame, place, theme);
            view.map.put_cursor(place);
        }
    }
    let from = (seen + below).saturating_sub(columns.whole.min(below));
    for (down, line) in (from..).zip(whole) {
        frame.render_widget(Line::raw(line), frame::row(inner, down));
    }
    frame::foot_part(frame, frame::place(area, size).area, first..first + height, table.rows.len(), theme);
}

/// How wide the columns are, and how many rows one text takes below them.
struct ResultColumns {
    width: u16,
    name: u16,
    text: u16,
    whole: u16,
}

impl ResultColumns {
    fn new(table: &ResultTable, area: Rect, view: ViewContext<'_>) -> Self {
        let most = area.width.saturating_sub(frame::AROUND);
        let name = table.widths.name.min(NAME);
        let keys = table.key_columns(&view.model.keys);
        let fixed = frame::MARK + 2 + name + 2 + if keys > 0 { keys + 2 } else { 0 };
        let text = table.widths.text.min(most.saturating_sub(fixed));
        let width = (fixed + text).max(text_layout::width(&table.title()) + 2).min(most);
        let is_cut = text < table.widths.text;
        // Lines end between words, so there may be one more.
        let whole = if is_cut { (table.widths.text / width.max(1) + 2).min(WHOLE) } else { 0 };
        Self { width, name, text, whole: whole.min(area.height.saturating_sub(3)) }
    }

    /// How many of `count` rows are seen in a box with so much room, and how many lie below them. The box
    /// stands still where another row is marked; where room is short, only `whole` is kept free.
    fn rows(&self, count: usize, whole: u16, room: u16) -> (u16, u16) {
        match self.whole {
            0 => (rows(count).min(room), 0),
            most if rows(count) + 1 + most <= room => (rows(count), 1 + most),
            _ => (room.saturating_sub(whole).max(1), whole),
        }
    }

    fn line(&self, row: &ResultRow, view: ViewContext<'_>) -> Line<'static> {
        let name = text_layout::fill(&text_layout::named(&row.id.name), self.name);
        let text = text_layout::fill(row.stage.text(), self.text);
        Line::from(vec![
            Span::raw("  "),
            glyph(row, view.theme),
            Span::raw(format!(" {name}  {text}  ")),
            Span::styled(row.stage.key(&view.model.keys), view.theme.key),
        ])
    }
}

fn glyph(row: &ResultRow, theme: &Theme) -> Span<'static> {
    match &row.stage {
        RowStage::Waiting => Span::styled(theme.glyphs.steps.todo, theme.muted),
        RowStage::Running => Span::styled(theme.glyphs.states.refreshing, theme.accent),
        RowStage::Ended(end) => end.tone.sign(theme),
    }
}
