//! Steps of a login: as one line of what they come to, or all of them with their notes.

use std::time::Duration;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::oauth::login::Login;
use crate::oauth::login::step::{LoginStep, StepState};
use crate::tui::text_layout;
use crate::tui::theme::Theme;

/// Columns of a step's glyph, number and title.
const STEP: u16 = 29;
/// Columns of the time that a step took.
const TAKEN: u16 = 7;
/// The fewest columns of a note that is worth showing.
const NOTE: u16 = 10;
/// The key that unfolds the line, and what it shows.
const UNFOLD: (&str, &str) = ("i", " steps");

/// What steps come to for people, in their order.
const PARTS: [(&str, &[LoginStep]); 6] = [
    ("prepare", &[LoginStep::Listen, LoginStep::Build, LoginStep::Device]),
    ("browser", &[LoginStep::Open]),
    ("your answer", &[LoginStep::Wait]),
    ("tokens", &[LoginStep::Exchange]),
    ("save", &[LoginStep::Save]),
    ("test", &[LoginStep::Test]),
];

/// The steps in one line; where room is short, in words what goes on or went wrong, and of the others those
/// that come next, as many as fit.
pub(super) fn line(login: &Login, columns: u16, theme: &Theme) -> Line<'static> {
    let parts: Vec<(&str, StepState)> =
        PARTS.into_iter().filter_map(|(title, steps)| Some((title, together(login, steps)?))).collect();
    let key = text_layout::width(UNFOLD.0) + text_layout::width(UNFOLD.1);
    let drawn = |named: &[usize]| {
        let mut line = Line::default();
        for (index, (title, state)) in parts.iter().enumerate() {
            let (glyph, style, words) = look(*state, theme);
            line.push_span(Span::raw(if index == 0 { "" } else { "  " }));
            line.push_span(Span::styled(glyph, style));
            if named.contains(&index) {
                line.push_span(Span::styled(format!(" {title}"), words));
            }
        }
        line
    };
    let current = parts
        .iter()
        .rposition(|(_, state)| matches!(state, StepState::Now(_) | StepState::Failed(_)))
        .or_else(|| parts.iter().rposition(|(_, state)| matches!(state, StepState::Done(_))))
        .unwrap_or(0);
    let mut named = Vec::new();
    for index in (current..parts.len()).chain((0..current).rev()) {
        named.push(index);
        let room = if index == current { columns } else { columns.saturating_sub(key + 3) };
        if text_layout::width(&drawn(&named).to_string()) > room {
            named.pop();
            break;
        }
    }
    let mut line = drawn(&named);
    let used = text_layout::width(&line.to_string());
    if used + key + 3 <= columns {
        line.push_span(Span::raw(" ".repeat(usize::from(columns - used - key).min(6))));
        line.push_span(Span::styled(UNFOLD.0, theme.key));
        line.push_span(Span::raw(UNFOLD.1));
    }
    line
}

/// How far those of the `steps` have come that the login has; nothing where it has none.
fn together(login: &Login, steps: &[LoginStep]) -> Option<StepState> {
    let states: Vec<StepState> =
        login.steps().iter().filter(|(step, ..)| steps.contains(step)).map(|(_, state, _)| state).collect();
    // One that worked is enough to go on.
    let ranks: [fn(&StepState) -> bool; 4] = [
        |state| matches!(state, StepState::Now(_)),
        |state| matches!(state, StepState::Done(_)),
        |state| matches!(state, StepState::Failed(_)),
        |state| matches!(state, StepState::Todo),
    ];
    let found = ranks.into_iter().find_map(|is| states.iter().copied().find(is));
    found.or(states.first().copied())
}

/// How notes are written that are longer than a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notes {
    Cut,
    /// On more lines.
    Whole,
}

/// All steps, each from a line of its own on.
pub(super) fn list(login: &Login, columns: u16, notes: Notes, theme: &Theme) -> Vec<Line<'static>> {
    let room = columns.saturating_sub(STEP + TAKEN);
    let widest = login.steps().iter().map(|(.., note)| text_layout::width(&text_layout::safe(note))).max();
    // The time stands beside the notes.
    let room = room.min(widest.unwrap_or(0).max(NOTE));
    let steps = login.steps().iter().enumerate();
    steps.flat_map(|(index, step)| row(index + 1, step, (room, notes), theme)).collect()
}

/// Those of the `lines` of steps that fit into so many rows: up to the one that goes on.
pub(super) fn current(lines: Vec<Line<'static>>, login: &Login, rows: u16) -> Vec<Line<'static>> {
    let steps: Vec<_> = login.steps().iter().collect();
    let last = steps.iter().rposition(|(_, state, _)| *state != StepState::Todo).map_or(0, |at| at + 1);
    let first = last.saturating_sub(usize::from(rows));
    lines.into_iter().skip(first).take(usize::from(rows)).collect()
}

fn row(
    number: usize,
    (step, state, note): (LoginStep, StepState, &str),
    (room, notes): (u16, Notes),
    theme: &Theme,
) -> Vec<Line<'static>> {
    let (glyph, style, words) = look(state, theme);
    let taken = match state {
        StepState::Done(taken) | StepState::Failed(taken) => spent(taken),
        StepState::Todo | StepState::Now(_) | StepState::Skipped => String::new(),
    };
    let head = [
        Span::styled(glyph, style),
        Span::raw(format!(" {number} ")),
        Span::styled(text_layout::fill(step.title(), STEP - 4), words),
    ];
    if room < NOTE {
        return vec![Line::from_iter(head)];
    }
    let note = text_layout::safe(note);
    let mut note = match notes {
        Notes::Cut => vec![note],
        Notes::Whole => text_layout::wrap(&note, room),
    };
    let rest = note.split_off(note.len().min(1));
    let beside = if matches!(state, StepState::Failed(_)) { theme.bad } else { Style::new() };
    let first = [
        Span::styled(text_layout::fill(&note.concat(), room), beside),
        Span::raw(format!("{taken:>width$}", width = usize::from(TAKEN))),
    ];
    let rest = rest
        .into_iter()
        .map(|line| Line::from(vec![Span::raw(" ".repeat(usize::from(STEP))), Span::styled(line, beside)]));
    [head.into_iter().chain(first).collect()].into_iter().chain(rest).collect()
}

/// The glyph of a state with its style, and that of the words beside it.
fn look(state: StepState, theme: &Theme) -> (&'static str, Style, Style) {
    let glyphs = &theme.glyphs.steps;
    match state {
        StepState::Todo => (glyphs.todo, theme.muted, theme.muted),
        StepState::Now(_) => (glyphs.now, theme.accent, theme.strong),
        StepState::Done(_) => (glyphs.done, theme.good, Style::new()),
        StepState::Skipped => (glyphs.skipped, theme.muted, Style::new()),
        StepState::Failed(_) => (glyphs.failed, theme.bad, theme.bad),
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
