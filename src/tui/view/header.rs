//! Header: what needs somebody and what happens next, in words, and the time.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::domain::clock::local_minute;
use crate::tui::model::{AutoRefreshMode, Model};
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{frame, header_text, state};

/// Below this width words are shortened.
const NARROW: u16 = 100;

/// How much of it is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HeaderDetail {
    /// All, with what happens next.
    All,
    /// So many needs in words, the others as numbers.
    Words(usize),
    /// All as numbers, close to each other.
    Tight,
    /// Nothing but the name of the program.
    Name,
}

/// Draws the header. Where room is short the next event goes first, then words, the least urgent first.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, view: ViewContext<'_>) {
    let area = frame::inset(area, 1);
    let clock = clock(area.width, view).right_aligned();
    let room = usize::from(area.width).saturating_sub(clock.width() + 2);
    let words = (0..=header_text::needs(view.model).count()).rev().map(HeaderDetail::Words);
    let details =
        [HeaderDetail::All].into_iter().chain(words).chain([HeaderDetail::Tight, HeaderDetail::Name]);
    let mut lines = details.map(|detail| line(detail, view));
    if let Some(line) = lines.find(|line| line.width() <= room) {
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
    if detail == HeaderDetail::Name {
        return line;
    }
    needs(&mut line, detail, model, theme);
    if let (HeaderDetail::All, true) = (detail, model.screen.shows_profiles())
        && let Some(next) = header_text::next_event(model, now)
    {
        line.push_span(Span::raw("   "));
        line.push_span(Span::raw(next));
    }
    line
}

fn needs(line: &mut Line<'static>, detail: HeaderDetail, model: &Model, theme: &Theme) {
    for (place, (need, count, words)) in header_text::needs(model).enumerate() {
        let (glyph, style) = state::sign(need, theme);
        let in_words = match detail {
            HeaderDetail::All => true,
            HeaderDetail::Words(most) => place < most,
            HeaderDetail::Tight | HeaderDetail::Name => false,
        };
        let (gap, text) = match (in_words, detail) {
            (true, _) => ("   ", format!("{glyph} {words}")),
            (false, HeaderDetail::Tight) => (" ", format!("{glyph}{count}")),
            (false, _) => ("  ", format!("{glyph} {count}")),
        };
        line.extend([Span::raw(gap), Span::styled(text, style)]);
    }
    if let Some(words) = header_text::all_fine(model) {
        line.push_span(Span::raw("   "));
        line.push_span(Span::styled(format!("{} {words}", theme.glyphs.states.fresh), theme.good));
    }
}
