//! What happened to the grants of this machine, newest first.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::domain::clock::{Now, local_day, local_minute};
use crate::domain::event::Event;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::{pane, prose};

/// Columns of day and time.
const MOMENT: u16 = 13;
/// Columns of a profile's name, where there is room.
const NAME: u16 = 24;
/// From this width on the program that did it is named.
const WIDE: u16 = 90;

/// Draws the events over `area`, from the `scrolled`th on.
pub(super) fn render(
    frame: &mut Frame<'_>,
    area: Rect,
    scrolled: usize,
    model: &Model,
    theme: &Theme,
    now: Now,
) {
    let inner = pane::inset(pane::draw(frame, area, "Events", theme), 1);
    let events = &model.events;
    if events.is_empty() {
        let text = "Nothing yet. Each refresh is written here: who asked, when, and what came of it.";
        let lines: Vec<_> = prose::wrap(text, inner.width).into_iter().map(Line::raw).collect();
        return frame.render_widget(Paragraph::new(lines), inner);
    }
    let height = usize::from(inner.height);
    let from = scrolled.min(events.len().saturating_sub(height));
    if events.len() > height {
        let seen = format!("{}–{} of {}", from + 1, from + height, events.len());
        pane::foot(frame, area, &seen, theme);
    }
    let shown = events.iter().rev().skip(from).take(height);
    let lines: Vec<_> = shown.map(|event| line(event, inner.width, theme, now)).collect();
    frame.render_widget(Paragraph::new(lines), inner);
}

fn line<'a>(event: &Event, width: u16, theme: &Theme, now: Now) -> Line<'a> {
    let moment = format!("{} {}", local_day(event.at, now.offset), local_minute(event.at, now.offset));
    let name = prose::safe(&event.profile.to_string());
    let by = if width >= WIDE {
        format!("  {} ({})", prose::safe(&event.by.program), event.by.process)
    } else {
        String::new()
    };
    let room = width.saturating_sub(MOMENT + NAME + 2).saturating_sub(prose::width(&by));
    let what = prose::cut(&prose::safe(&event.what.words()), room);
    Line::from(vec![
        Span::styled(prose::fill(&moment, MOMENT), theme.muted),
        Span::raw(prose::fill(&prose::cut(&name, NAME), NAME + 1)),
        Span::raw(what),
        Span::styled(by, theme.muted),
    ])
}
