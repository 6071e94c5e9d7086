//! Requests of a login or of a discovery, and their answers, as a page.

use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use crate::oauth::transcript::Transcript;
use crate::tui::frame::Focus;
use crate::tui::theme::Theme;
use crate::tui::{frame, text_layout};

/// How many lines the page has in so many columns.
#[must_use]
pub(in crate::tui) fn count(transcript: &Transcript, columns: u16) -> usize {
    lines(transcript, columns).len()
}

/// Draws the page in `area`, scrolled down by `from` lines.
pub(super) fn render(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    (transcript, from): (&Transcript, usize),
    theme: &Theme,
) {
    // Of a discovery, the list lies below.
    frame.render_widget(Clear, area);
    frame::draw(frame, area, title, Focus::Here, theme);
    let inner = frame::inset(area.inner(Margin::new(1, 1)), 1);
    let lines = lines(transcript, inner.width);
    let height = usize::from(inner.height);
    let from = from.min(lines.len().saturating_sub(height));
    let drawn = |line: &String| match line.starts_with(' ') {
        true => Line::raw(line.clone()),
        false => Line::styled(line.clone(), theme.strong),
    };
    let shown: Vec<Line<'_>> = lines.iter().skip(from).take(height).map(drawn).collect();
    frame::foot_part(frame, area, from..from + shown.len(), lines.len(), theme);
    frame.render_widget(Paragraph::new(shown), inner);
}

fn lines(transcript: &Transcript, width: u16) -> Vec<String> {
    let lines = transcript.lines();
    if lines.is_empty() {
        return vec!["Nothing has been sent yet.".to_owned()];
    }
    lines.iter().flat_map(|line| wrapped(line, width)).collect()
}

/// A line below its own indentation where it is too long.
fn wrapped(line: &str, width: u16) -> Vec<String> {
    let text = line.trim_start();
    let indent = " ".repeat(line.len() - text.len());
    let room = width.saturating_sub(text_layout::width(&indent)).max(1);
    text_layout::wrap(&text_layout::safe(text), room).iter().map(|part| format!("{indent}{part}")).collect()
}
