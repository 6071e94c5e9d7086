//! Events on a terminal: aligned columns below their heads, and every word of what happened.

use std::io;

use ratatui::text::{Line, Span};

use crate::domain::clock::{Now, local_second};
use crate::domain::event::{Author, Event};
use crate::shell::terminal::console::StyledOutput;
use crate::tui::log::{self, LogEntry};
use crate::tui::text_layout;

/// What happened stands beside the time and the name where it has so many columns.
const ROOMY: u16 = 26;
/// So many columns have room for what happened, whatever it is.
const LONG: u16 = 44;
/// The widest name that is whole while the room is short.
const NAME: u16 = 24;
/// Columns before what stands below.
const INDENT: u16 = 4;

/// How wide the columns are.
struct EventColumns {
    width: u16,
    time: u16,
    name: u16,
    /// Whether what happened stands beside them, and not below.
    is_beside: bool,
    what: u16,
    /// Who did it; zero where there is no room.
    by: u16,
}

/// Prints `events`, the newest last. A beginning whose end is there too is told by that.
///
/// # Errors
/// When standard output cannot be written to.
pub(super) fn print(events: &[Event], output: &StyledOutput, now: Now) -> io::Result<()> {
    let mut events: Vec<&Event> = log::without_ended_starts(events.iter().rev()).collect();
    events.reverse();
    let times: Vec<String> = events.iter().map(|event| local_second(event.at, now.offset)).collect();
    // A year that all share says nothing.
    let year = local_second(now.wall, now.offset).get(6..12).unwrap_or_default().to_owned();
    let is_this_year = times.iter().all(|time| time.contains(&year));
    let times = times.into_iter().map(|time| if is_this_year { time.replacen(&year, " ", 1) } else { time });
    let times: Vec<String> = times.collect();
    let columns = EventColumns::new(output.width, times.first().map_or("", String::as_str), &events);
    let mut lines = vec![columns.head(output)];
    for (event, time) in events.iter().zip(times) {
        lines.extend(columns.lines(event, time, output));
    }
    output.print(&lines)
}

impl EventColumns {
    fn new(width: u16, time: &str, events: &[&Event]) -> Self {
        let widest = |text: fn(&Event) -> String| {
            events.iter().map(|event| text_layout::width(&text(event))).max().unwrap_or(0)
        };
        let time = text_layout::width(time);
        let name = widest(name).max(7);
        let what = widest(|event| LogEntry::Event(event).what()).max(13);
        let by = widest(|event| author(&event.by));
        let is_short = time + 2 + name + 4 + what + 2 + by > width;
        let name = if is_short { name.min(NAME) } else { name };
        let room = width.saturating_sub(time + 2 + name + 4);
        // Who did it goes before what happened is broken into many lines.
        let beside = room.saturating_sub(2 + by);
        let by = if beside >= what.min(LONG) { by } else { 0 };
        let is_beside = room >= what.min(ROOMY);
        Self { width, time, name, is_beside, what: if by > 0 { what.min(beside) } else { room }, by }
    }

    fn head(&self, output: &StyledOutput) -> Line<'static> {
        let mut text =
            text_layout::fill("TIME", self.time + 2) + &text_layout::fill("PROFILE", self.name + 2);
        if self.is_beside {
            text += &("  ".to_owned() + &text_layout::fill("WHAT HAPPENED", self.what + 2));
        }
        if self.by > 0 {
            text += "BY";
        }
        Line::styled(text, output.theme.muted)
    }

    fn lines(&self, event: &Event, time: String, output: &StyledOutput) -> Vec<Line<'static>> {
        let (theme, entry) = (&output.theme, LogEntry::Event(event));
        let sign = entry.sign(theme);
        let begin = [
            Span::styled(time, theme.muted),
            Span::raw(format!("  {}  ", text_layout::fill(&name(event), self.name))),
            sign,
            Span::raw(" "),
        ];
        if !self.is_beside {
            let room = self.width.saturating_sub(INDENT);
            let below = text_layout::wrap(&entry.what(), room).into_iter();
            let below = below.map(|text| Line::raw(" ".repeat(usize::from(INDENT)) + &text));
            return std::iter::once(Line::from_iter(begin)).chain(below).collect();
        }
        let indent = " ".repeat(usize::from(self.time + 2 + self.name + 4));
        let mut lines = Vec::new();
        for text in text_layout::wrap(&entry.what(), self.what) {
            let mut spans = if lines.is_empty() { begin.to_vec() } else { vec![Span::raw(indent.clone())] };
            spans.push(Span::raw(text_layout::fill(&text, self.what)));
            if lines.is_empty() && self.by > 0 {
                spans.push(Span::styled(format!("  {}", author(&event.by)), theme.muted));
            }
            lines.push(Line::from(spans));
        }
        lines
    }
}

fn name(event: &Event) -> String {
    text_layout::named(&event.profile)
}

fn author(by: &Author) -> String {
    text_layout::safe(&format!("{}, process {}", by.program, by.process))
}
