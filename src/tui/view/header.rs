//! Header: what needs somebody and what happens next, in words, and the time.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use crate::domain::clock::local_minute;
use crate::tui::model::AutoRefreshMode;
use crate::tui::view::ViewContext;
use crate::tui::{frame, header_text, paint, state};

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

/// Draws the header. Where room is short the next event goes first, then words, the least urgent first; at
/// last the time, or that nothing is refreshed unasked.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, view: ViewContext<'_>) {
    let area = frame::inset(area, 1);
    let words = (0..=header_text::needs(view.model).count()).rev().map(HeaderDetail::Words);
    let details = [HeaderDetail::All].into_iter().chain(words).chain([HeaderDetail::Tight]);
    let mut lines = details.chain([HeaderDetail::Name]).map(|detail| line(detail, view));
    let [both, off, time] = ends(view);
    let fits = |line: &Line<'_>, end: &Line<'_>| {
        paint::columns(line).saturating_add(paint::columns(end)).saturating_add(2) <= area.width
    };
    // Whatever stands at the right, the numbers of what needs somebody stay.
    let least = line(HeaderDetail::Tight, view);
    let end = [both, off].into_iter().find(|end| fits(&least, end)).unwrap_or(time);
    if let Some(line) = lines.find(|line| fits(line, &end)) {
        paint::line(frame.buffer_mut(), area, &line);
    }
    paint::line(frame.buffer_mut(), area, &end.right_aligned());
}

/// What may stand at the right: that nothing is refreshed unasked, where somebody wants it so, and the
/// time; one of them.
fn ends(view: ViewContext<'_>) -> [Line<'static>; 3] {
    let ViewContext { model, theme, now, .. } = view;
    let time = Span::raw(local_minute(now.wall, now.offset));
    let off = Span::styled("auto-refresh off", theme.warn);
    match model.auto_refresh {
        AutoRefreshMode::Unsettled | AutoRefreshMode::On => [(); 3].map(|()| Line::from(time.clone())),
        AutoRefreshMode::Off(_) => {
            let both = Line::from(vec![off.clone(), Span::raw("  "), time.clone()]);
            [both, Line::from(off), Line::from(time)]
        }
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
    needs(&mut line, detail, view);
    if let (HeaderDetail::All, true) = (detail, model.screen.shows_profiles())
        && let Some(next) = header_text::next_event(model, now)
    {
        line.push_span(Span::raw("   "));
        line.push_span(Span::raw(next));
    }
    line
}

fn needs(line: &mut Line<'static>, detail: HeaderDetail, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
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
    if let Some(words) = header_text::all_fine(model, now) {
        line.push_span(Span::raw("   "));
        line.push_span(Span::styled(format!("{} {words}", theme.glyphs.states.fresh), theme.good));
    }
}
