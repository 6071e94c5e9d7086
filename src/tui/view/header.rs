//! Header: how many profiles there are, how they stand, and the time.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::clock::{Now, local_minute};
use crate::domain::health::Health;
use crate::tui::model::{AutoRefreshMode, Model};
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{frame, rows, state};

/// Below this width words are shortened.
const NARROW: u16 = 100;

/// How much of the counts is shown.
#[derive(Clone, Copy)]
enum CountStyle {
    Words,
    Glyphs,
    Tight,
    Nothing,
}

/// Draws the header. Where room is short the words go first, then the counts.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
    let area = frame::inset(area, 1);
    let clock = clock(model, area.width, theme, now).right_aligned();
    let room = usize::from(area.width).saturating_sub(clock.width() + 2);
    let counts = counts(model, now);
    let name = if model.is_demo { "authtui demo" } else { "authtui" };
    let lines = [CountStyle::Words, CountStyle::Glyphs, CountStyle::Tight, CountStyle::Nothing];
    let lines = lines.map(|style| line(name, &counts, style, theme));
    if let Some(line) = lines.into_iter().find(|line| line.width() <= room) {
        frame.render_widget(line, area);
    }
    frame.render_widget(clock, area);
}

/// The time, and before it that nothing is refreshed unasked, where somebody wants it so.
fn clock(model: &Model, width: u16, theme: &Theme, now: Now) -> Line<'static> {
    let time = Span::raw(local_minute(now.wall, now.offset));
    let off = if width < NARROW { "auto off" } else { "auto-refresh off" };
    match model.auto_refresh {
        AutoRefreshMode::Unsettled | AutoRefreshMode::On => Line::from(time),
        AutoRefreshMode::Off(_) => Line::from(vec![Span::styled(off, theme.warn), Span::raw("  "), time]),
    }
}

/// How many profiles stand how; states that nobody is in are left out.
fn counts(model: &Model, now: Now) -> Vec<(Health, usize)> {
    let mut counts = state::MEANINGS.map(|(health, _)| (health, 0));
    for (_, row) in rows::all(model) {
        let word = rows::health(model, row, now.wall).word();
        if let Some((_, count)) = counts.iter_mut().find(|(health, _)| health.word() == word) {
            *count += 1;
        }
    }
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

fn line(name: &'static str, counts: &[(Health, usize)], style: CountStyle, theme: &Theme) -> Line<'static> {
    let mut line = Line::from(Span::styled(name, theme.strong));
    match (counts.iter().map(|(_, count)| count).sum(), style) {
        (0, _) => return line,
        (total, CountStyle::Tight) => line.push_span(format!("  {total} ")),
        (1, _) => line.push_span("   1 profile "),
        (total, _) => line.push_span(format!("   {total} profiles ")),
    }
    for (health, count) in counts {
        let (gap, words) = match style {
            CountStyle::Words => ("  ", format!(" {count} {}", health.word())),
            CountStyle::Glyphs => ("  ", format!(" {count}")),
            CountStyle::Tight => (" ", count.to_string()),
            CountStyle::Nothing => break,
        };
        line.extend([Span::raw(gap), state::glyph(*health, theme), Span::raw(words)]);
    }
    line
}
