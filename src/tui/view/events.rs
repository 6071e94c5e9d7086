//! Event log of this machine's grants, newest first.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::domain::clock::{Now, local_day, local_minute};
use crate::domain::event::Event;
use crate::tui::frame::Focus;
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{frame, text_layout};

/// Columns of day and time.
const MOMENT: u16 = 13;
/// Columns of a profile's name, where there is room.
const NAME: u16 = 24;
/// The fewest columns in which what happened is said beside the name.
const ROOM: u16 = 24;
/// Columns before what is said below the name.
const INDENT: u16 = 2;
/// From this width on the program that did it is named.
const WIDE: u16 = 90;

/// Draws the events over `area`, from the `scrolled`th on.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, scrolled: usize, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
    let inner = frame::inset(frame::draw(frame, area, "Events", Focus::Here, theme), 1);
    let events = &model.events;
    if events.is_empty() {
        let text = "No events yet. Refreshes, logins and sign-outs are listed here.";
        let lines: Vec<_> = text_layout::wrap(text, inner.width).into_iter().map(Line::raw).collect();
        return frame.render_widget(Paragraph::new(lines), inner);
    }
    let height = usize::from(inner.height);
    let lines = |event: &Event| lines(event, inner.width, theme, now);
    // The last page is full: what lies before it is as far as scrolling goes.
    let mut rows = 0;
    let last = events.iter().take_while(|event| {
        rows += lines(event).len();
        rows <= height
    });
    let from = scrolled.min(events.len().saturating_sub(last.count().max(1)));
    let mut shown: Vec<Line<'_>> = Vec::new();
    for event in events.iter().rev().skip(from) {
        if shown.len() >= height {
            break;
        }
        shown.extend(lines(event));
    }
    let count = shown.iter().take(height).filter(|line| line.spans.len() > 1).count();
    if count < events.len() {
        let seen = format!("{}–{} of {}", from + 1, from + count, events.len());
        frame::foot(frame, area, &seen, theme);
    }
    frame.render_widget(Paragraph::new(shown), inner);
}

/// An event: when, whose, what, and by whom. What has no room goes on below, so that a reason is read whole.
fn lines(event: &Event, width: u16, theme: &Theme, now: Now) -> Vec<Line<'static>> {
    let moment = format!("{} {}", local_day(event.at, now.offset), local_minute(event.at, now.offset));
    let name = text_layout::named(&event.profile);
    let by = if width >= WIDE {
        format!("  {} ({})", text_layout::safe(&event.by.program), event.by.process)
    } else {
        String::new()
    };
    let what = text_layout::safe(&event.what.words());
    let start = MOMENT + NAME + 1;
    let room = width.saturating_sub(start + 1).saturating_sub(text_layout::width(&by));
    let below = if room < ROOM { INDENT } else { start };
    let mut parts = text_layout::wrap(&what, if room < ROOM { width.saturating_sub(INDENT) } else { room });
    let first = if room < ROOM { String::new() } else { parts.remove(0) };
    let head = Line::from(vec![
        Span::styled(text_layout::fill(&moment, MOMENT), theme.muted),
        Span::raw(text_layout::fill(&text_layout::cut(&name, NAME), NAME + 1)),
        Span::raw(first),
        Span::styled(by, theme.muted),
    ]);
    let rest = parts.into_iter().map(|part| Line::raw(text_layout::fill("", below) + &part));
    [head].into_iter().chain(rest).collect()
}
