//! Header: what needs somebody and what happens next, in words, and the time.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::domain::clock::local_minute;
use crate::tui::model::{AutoRefreshMode, Model};
use crate::tui::need::Section;
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{frame, header_text, state};

/// Below this width words are shortened.
const NARROW: u16 = 100;

/// How much of it is shown, from all to nothing.
#[derive(Clone, Copy)]
enum HeaderDetail {
    WordsAndNext,
    Words,
    /// What needs somebody in words, the rest as numbers.
    Urgent,
    Numbers,
    Name,
}

const DETAILS: [HeaderDetail; 5] = [
    HeaderDetail::WordsAndNext,
    HeaderDetail::Words,
    HeaderDetail::Urgent,
    HeaderDetail::Numbers,
    HeaderDetail::Name,
];

/// Draws the header. Where room is short the next event goes first, then words, the least urgent first.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, view: ViewContext<'_>) {
    let area = frame::inset(area, 1);
    let clock = clock(area.width, view).right_aligned();
    let room = usize::from(area.width).saturating_sub(clock.width() + 2);
    let lines = DETAILS.into_iter().map(|detail| line(detail, view));
    if let Some(line) = lines.into_iter().find(|line| line.width() <= room) {
        frame.render_widget(line, area);
    }
    frame.render_widget(clock, area);
}

/// The time, and before it that nothing is refreshed unasked, where somebody wants it so.
fn clock(width: u16, view: ViewContext<'_>) -> Line<'static> {
    let ViewContext { model, theme, now, .. } = view;
    let time = Span::raw(local_minute(now.wall, now.offset));
    let off = if width < NARROW { "auto off" } else { "auto-refresh off" };
    match model.auto_refresh {
        AutoRefreshMode::Unsettled | AutoRefreshMode::On => Line::from(time),
        AutoRefreshMode::Off(_) => Line::from(vec![Span::styled(off, theme.warn), Span::raw("  "), time]),
    }
}

fn line(detail: HeaderDetail, view: ViewContext<'_>) -> Line<'static> {
    let ViewContext { model, theme, now, .. } = view;
    let mut line = Line::from(Span::styled("authtui", theme.strong));
    if model.is_demo {
        line.push_span(Span::raw(" "));
        line.push_span(Span::styled(" demo ", theme.accent.add_modifier(Modifier::REVERSED)));
    }
    if let HeaderDetail::Name = detail {
        return line;
    }
    needs(&mut line, detail, model, theme);
    if let (HeaderDetail::WordsAndNext, true) = (detail, model.screen.shows_profiles())
        && let Some(next) = header_text::next_event(model, now)
    {
        line.push_span(Span::raw("   "));
        line.push_span(Span::raw(next));
    }
    line
}

fn needs(line: &mut Line<'static>, detail: HeaderDetail, model: &Model, theme: &Theme) {
    let mut is_fine = true;
    for (need, count, words) in header_text::needs(model) {
        is_fine = false;
        let (gap, words) = match detail {
            HeaderDetail::Urgent if need.section() != Section::NeedsYou => ("  ", count.to_string()),
            HeaderDetail::WordsAndNext | HeaderDetail::Words | HeaderDetail::Urgent => ("   ", words),
            HeaderDetail::Numbers | HeaderDetail::Name => ("  ", count.to_string()),
        };
        let (glyph, style) = state::sign(need, theme);
        line.push_span(Span::raw(gap));
        line.push_span(Span::styled(format!("{glyph} {words}"), style));
    }
    if let Some(words) = header_text::all_fine(model).filter(|_| is_fine) {
        line.push_span(Span::raw("   "));
        line.push_span(Span::styled(format!("{} {words}", theme.glyphs.states.fresh), theme.good));
    }
}
