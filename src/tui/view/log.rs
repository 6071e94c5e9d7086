//! Log: what happened and what this window has said, newest first, a line each; or one line whole.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::domain::clock::{DateTime, Now, Utc, local_day, local_minute};
use crate::tui::frame::Focus;
use crate::tui::log::{self, LogEntry};
use crate::tui::log_page::LogPage;
use crate::tui::screen_map::MouseTarget;
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{frame, text_layout};

/// From this width on the day stands beside the time, and seconds too.
const ROOMY: u16 = 56;
/// The most columns of a profile's name, and where room is short.
const NAME: (u16, u16) = (24, 10);

/// Draws the log over `area`.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, page: &LogPage, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
    let entries = log::shown(model, page);
    let place = log::place(&entries, page);
    let selected = entries.get(place).copied();
    if let (Some(scrolled), Some(entry)) = (page.reading, selected) {
        return whole(frame, area, entry, scrolled, view);
    }
    let inner =
        frame::inset(frame::draw(frame, area, &title(page, entries.len(), view), Focus::Here, theme), 1);
    if entries.is_empty() {
        let text = match page.filter.is_empty() {
            true => "Nothing has happened yet. Refreshes, logins, sign-outs and messages are listed here.",
            false => "Nothing matches. Esc clears the filter.",
        };
        let lines: Vec<_> = text_layout::wrap(text, inner.width).into_iter().map(Line::raw).collect();
        return frame.render_widget(Paragraph::new(lines), inner);
    }
    let columns = LogColumns::for_width(inner.width, model.order.widths.name);
    frame.render_widget(columns.head(theme), frame::row(inner, 0));
    let height = log::list_rows(usize::from(inner.height));
    let first = log::first(page, place, entries.len(), height);
    let mut before = None;
    for (down, (index, entry)) in (1..).zip(entries.iter().enumerate().skip(first).take(height)) {
        let row = frame::row(inner, down);
        let day = local_day(entry.at(), now.offset);
        let is_new_day = before.as_ref() != Some(&day);
        frame.render_widget(columns.line(*entry, is_new_day, view), row);
        view.map.put(row, MouseTarget::Choice(index));
        if index == place {
            frame::select(frame, row, theme);
            view.map.put_cursor(row);
        }
        before = Some(day);
    }
    frame::foot_part(frame, area, first..first + height, entries.len(), theme);
    let below = frame::below(inner, text_layout::rows(height) + 1);
    if let Some(entry) = selected.filter(|_| below.height > 1) {
        frame.render_widget(frame::rule(below.width, theme), frame::row(below, 0));
        let text = log::text(entry, theme, now, below.width);
        frame.render_widget(Paragraph::new(text), frame::below(below, 1));
    }
}

/// How many lines are shown, and for which words: `Log · 3 of 120 · /refused`.
fn title(page: &LogPage, shown: usize, view: ViewContext<'_>) -> String {
    let filter = page.filter.trim();
    if filter.is_empty() {
        return "Log".to_owned();
    }
    format!("Log · {shown} of {} · /{}", log::total(view.model), text_layout::safe(filter))
}

/// One entry with all its words.
fn whole(frame: &mut Frame<'_>, area: Rect, entry: LogEntry<'_>, scrolled: usize, view: ViewContext<'_>) {
    let ViewContext { theme, now, .. } = view;
    let inner = frame::inset(frame::draw(frame, area, "Log", Focus::Here, theme), 1);
    let lines = log::text(entry, theme, now, inner.width);
    let (count, height) = (lines.len(), usize::from(inner.height));
    let from = scrolled.min(count.saturating_sub(height));
    frame::foot_part(frame, area, from..from + height, count, theme);
    frame.render_widget(Paragraph::new(lines.into_iter().skip(from).collect::<Vec<_>>()), inner);
}

/// How wide the columns are.
struct LogColumns {
    width: u16,
    time: u16,
    name: u16,
}

impl LogColumns {
    /// The name, as wide as the widest profile's, is shortened first, never what happened.
    fn for_width(width: u16, name: u16) -> Self {
        let is_roomy = width >= ROOMY;
        let name = name.clamp(7, if is_roomy { NAME.0 } else { NAME.1 });
        Self { width: width.saturating_sub(frame::MARK), time: if is_roomy { 15 } else { 6 }, name }
    }

    fn head(&self, theme: &Theme) -> Line<'static> {
        let text = format!(
            "  {} {}   what happened",
            text_layout::fill("time", self.time),
            text_layout::fill("profile", self.name)
        );
        Line::styled(text, theme.muted)
    }

    fn line(&self, entry: LogEntry<'_>, is_new_day: bool, view: ViewContext<'_>) -> Line<'static> {
        let ViewContext { model, theme, now, .. } = view;
        let name = log::profile_name(model, entry).unwrap_or_default();
        let what = text_layout::cut(&entry.what(), self.width.saturating_sub(self.time + self.name + 4));
        Line::from(vec![
            Span::raw("  "),
            Span::styled(
                text_layout::fill(&self.moment(entry.at(), is_new_day, now), self.time + 1),
                theme.muted,
            ),
            Span::raw(text_layout::fill(&text_layout::cut(&name, self.name), self.name + 1)),
            entry.sign(theme),
            Span::raw(format!(" {what}")),
        ])
    }

    /// The time, with its day where that is another one than in the line above.
    fn moment(&self, at: DateTime<Utc>, is_new_day: bool, now: Now) -> String {
        let (day, minute) = (local_day(at, now.offset), local_minute(at, now.offset));
        if self.time < 15 {
            return if day == local_day(now.wall, now.offset) { minute } else { day };
        }
        let day = if is_new_day { day } else { String::new() };
        format!("{day:>6} {minute}:{:02}", at.timestamp().rem_euclid(60))
    }
}
