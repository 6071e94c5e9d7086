//! Steps of a login, numbered.

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::clock::Now;
use crate::oauth::login::Login;
use crate::oauth::login::step::{LoginStep, StepState};
use crate::tui::seconds::{Seconds, running};
use crate::tui::theme::Theme;
use crate::tui::{frame, text_layout};

/// Columns of a step's glyph, number and title.
const STEP: u16 = 29;
/// Columns of the time that a step took.
const TAKEN: u16 = 7;
/// The fewest columns of a note that is worth showing.
const NOTE: u16 = 10;

/// Draws the steps; where room is short, those up to the one that is going on.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, login: &Login, theme: &Theme, now: Now) {
    let current = login.steps().iter().collect::<Vec<_>>();
    let current = current.iter().rposition(|(_, mark, _)| *mark != StepState::Todo).map_or(0, |at| at + 1);
    let first = current.saturating_sub(usize::from(area.height));
    let left = login.methods().map(|methods| running(Seconds::of(methods, now).left()));
    for (down, (index, step)) in (0..area.height).zip(login.steps().iter().enumerate().skip(first)) {
        let row =
            StepRow { number: index + 1, step, left: left.clone().filter(|_| step.0 == LoginStep::Wait) };
        row.render(frame, frame::row(area, down), theme);
    }
}

/// One step.
struct StepRow<'a> {
    number: usize,
    step: (LoginStep, StepState, &'a str),
    /// How long is still waited, where the step is to wait.
    left: Option<String>,
}

impl StepRow<'_> {
    fn render(self, frame: &mut Frame<'_>, area: Rect, theme: &Theme) {
        let (step, mark, note) = self.step;
        let glyphs = &theme.glyphs.steps;
        let (glyph, style, title, beside) = match mark {
            StepState::Todo => (glyphs.todo, theme.muted, theme.muted, theme.muted),
            StepState::Now(_) => (glyphs.now, theme.accent, theme.strong, theme.accent),
            StepState::Done(_) => (glyphs.done, theme.good, Style::new(), theme.muted),
            StepState::Skipped => (glyphs.skipped, theme.muted, theme.muted, theme.muted),
            StepState::Failed(_) => (glyphs.failed, theme.bad, theme.bad, theme.bad),
        };
        let taken = match mark {
            StepState::Done(taken) | StepState::Failed(taken) => spent(taken),
            StepState::Todo | StepState::Now(_) | StepState::Skipped => String::new(),
        };
        let room = area.width.saturating_sub(STEP + TAKEN);
        let (note, taken) = match self.left.filter(|_| matches!(mark, StepState::Now(_))) {
            Some(left) if room >= NOTE => (format!("{left} left"), taken),
            Some(left) => (String::new(), left),
            None => (text_layout::safe(note), taken),
        };
        let note = if room >= NOTE { text_layout::cut(&note, room) } else { String::new() };
        let line = Line::from(vec![
            Span::styled(glyph, style),
            Span::styled(format!(" {} ", self.number), theme.muted),
            Span::styled(text_layout::fill(step.title(), STEP - 4), title),
            Span::styled(note, beside),
        ]);
        frame.render_widget(line, area);
        frame.render_widget(Line::styled(taken, beside).right_aligned(), area);
    }
}

/// How long a step took: `0.4s`, `1m12s`.
fn spent(taken: Duration) -> String {
    let seconds = taken.as_secs();
    match seconds {
        0..60 => format!("{seconds}.{}s", taken.subsec_millis() / 100),
        _ => format!("{}m{:02}s", seconds / 60, seconds % 60),
    }
}
