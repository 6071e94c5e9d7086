//! The numbered steps of a login.

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::clock::Now;
use crate::oauth::login::Login;
use crate::oauth::login::step::{Mark, Step};
use crate::tui::seconds::{Seconds, running};
use crate::tui::theme::Theme;
use crate::tui::{pane, prose};

/// Columns of a step's glyph, number and title.
const STEP: u16 = 29;
/// Columns of the time that a step took.
const TAKEN: u16 = 7;
/// The fewest columns of a note that is worth showing.
const NOTE: u16 = 10;

/// Draws the steps; where room is short, those up to the one that is going on.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, login: &Login, theme: &Theme, now: Now) {
    let current = login.steps().iter().collect::<Vec<_>>();
    let current = current.iter().rposition(|(_, mark, _)| *mark != Mark::Todo).map_or(0, |at| at + 1);
    let first = current.saturating_sub(usize::from(area.height));
    for (down, (index, step)) in (0..area.height).zip(login.steps().iter().enumerate().skip(first)) {
        row(frame, pane::row(area, down), index + 1, step, login, theme, now);
    }
}

fn row(
    frame: &mut Frame<'_>,
    area: Rect,
    number: usize,
    (step, mark, note): (Step, Mark, &str),
    login: &Login,
    theme: &Theme,
    now: Now,
) {
    let glyphs = &theme.glyphs.steps;
    let (glyph, style, title, said) = match mark {
        Mark::Todo => (glyphs.todo, theme.muted, theme.muted, theme.muted),
        Mark::Now(_) => (glyphs.now, theme.accent, theme.strong, theme.accent),
        Mark::Done(_) => (glyphs.done, theme.good, Style::new(), theme.muted),
        Mark::Skipped => (glyphs.skipped, theme.muted, theme.muted, theme.muted),
        Mark::Failed(_) => (glyphs.failed, theme.bad, theme.bad, theme.bad),
    };
    let taken = match mark {
        Mark::Done(taken) | Mark::Failed(taken) => spent(taken),
        Mark::Todo | Mark::Now(_) | Mark::Skipped => String::new(),
    };
    let room = area.width.saturating_sub(STEP + TAKEN);
    let waits = login.doors().filter(|_| step == Step::Wait && matches!(mark, Mark::Now(_)));
    let (note, taken) = match waits.map(|doors| running(Seconds::of(doors, now).left())) {
        Some(left) if room >= NOTE => (format!("{left} left"), taken),
        Some(left) => (String::new(), left),
        None => (prose::safe(note), taken),
    };
    let note = if room >= NOTE { prose::cut(&note, room) } else { String::new() };
    let line = Line::from(vec![
        Span::styled(glyph, style),
        Span::styled(format!(" {number} "), theme.muted),
        Span::styled(prose::fill(step.title(), STEP - 4), title),
        Span::styled(note, said),
    ]);
    frame.render_widget(line, area);
    frame.render_widget(Line::styled(taken, said).right_aligned(), area);
}

/// How long a step took: `0.4s`, `1m12s`.
fn spent(taken: Duration) -> String {
    let seconds = taken.as_secs();
    match seconds {
        0..60 => format!("{seconds}.{}s", taken.subsec_millis() / 100),
        _ => format!("{}m{:02}s", seconds / 60, seconds % 60),
    }
}
