//! Timeline: past and future of every profile on one axis.
//!
//! ```text
//! ╭ Timeline 12 ── -1h ─ now ─────────── +1h ─────── +24h ────── +30d ──╮  axis
//! │                16:02 17:02          18:02    29 Nov 17:02   28 Dec  │  clock
//! │   ✗ demo/emil   ╶──✗┃ l log in                                      │  rows
//! │ ▌ ◐ demo/ben   ─────┃━↻━━━╸╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌◆    │
//! │─────────────────────────────────────────────────────────────────────│
//! │ demo/ben  ◐ expiring                                                │  words
//! │ ◇ 16:02  logged in   ↻ 17:03  auto-refresh                          │
//! ╰ ━ token  ╌ login  ↻ refresh  ◆ login expires ──────────────────────────╯  legend
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span, Text};

use crate::domain::change::Row;
use crate::domain::clock::TimeDelta;
use crate::domain::health::Health;
use crate::tui::frame::Focus;
use crate::tui::message::Action;
use crate::tui::screen_map::MouseTarget;
use crate::tui::theme::Theme;
use crate::tui::time_axis::{AxisTick, Scale, Timeline};
use crate::tui::timeline::agenda::{self, AgendaEntry};
use crate::tui::timeline::parts::{TimelineParts, name_columns, scale};
use crate::tui::timeline::{self, Milestone, RowTimes, TimelineSign};
use crate::tui::view::ViewContext;
use crate::tui::{flash, frame, rows, state, suggestion, text_layout, urgency};

/// Columns of the selection's mark and the glyph, with a gap behind each.
const MARK: u16 = 4;
const GAP: u16 = 2;
/// From this many columns on past and future are listed side by side.
const TWO_LISTS: u16 = 70;
/// Columns before what is said of a moment, and behind it.
const MOMENT: u16 = 18;
/// Columns that the legend leaves to which rows are seen.
const FOOT: u16 = 16;

/// Draws the timeline.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, timeline: Timeline, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
    let (all, count) = (model.order.total, rows::count(model));
    let title = if all == count { format!("Timeline {all}") } else { format!("Timeline {count} of {all}") };
    let inner = frame::inset(frame::draw(frame, area, &title, Focus::Here, theme), 1);
    view.map.put(area, MouseTarget::List);
    let parts = TimelineParts::of(model, inner);
    if count == 0 {
        let words = format!(
            "Nothing matches “{}”. {} clears it.",
            text_layout::safe(model.filter.trim()),
            model.keys.key(Action::Back)
        );
        let words = text_layout::wrap(&words, parts.rows.width);
        return frame.render_widget(Text::from_iter(words), parts.rows);
    }
    let chart = Chart::new(inner, timeline, view);
    chart.axis(frame, area, parts.clock);
    let mut seen = timeline::seen(model, timeline, now).into_iter();
    for down in 0..parts.rows.height {
        let area = frame::row(parts.rows, down);
        match seen.next() {
            Some((store, row, times)) => {
                let is_selected = model.selected.as_ref() == Some(&rows::id(store, row));
                view.map.put(area, MouseTarget::Row(rows::id(store, row)));
                if is_selected {
                    view.map.put_cursor(area);
                }
                chart.row(frame, area, (row, &times), is_selected);
            }
            None => chart.strip(frame, area, &RowTimes::default(), None),
        }
    }
    chart.words(frame, parts.words);
    let height = usize::from(parts.rows.height);
    let first = timeline.first.min(count.saturating_sub(height));
    // The lower edge is shared with which rows are seen.
    let foot = if height < count { FOOT } else { 0 };
    legend(frame, area, foot, theme);
    frame::foot_part(frame, area, first..first + height, count, theme);
}

/// What every row is drawn with.
struct Chart<'a> {
    scale: Scale,
    /// Columns of a name.
    name: u16,
    view: ViewContext<'a>,
}

impl<'a> Chart<'a> {
    fn new(inner: Rect, timeline: Timeline, view: ViewContext<'a>) -> Self {
        let name = name_columns(view.model, inner.width);
        Self { scale: scale(view.model, inner.width, timeline.zoom), name, view }
    }

    fn strip_of(&self, row: Rect) -> Rect {
        let from = MARK + self.name + GAP;
        Rect { x: row.x + from, width: row.width.saturating_sub(from), ..row }
    }

    /// The named moments on the frame, and below them what the clock says then.
    fn axis(&self, frame: &mut Frame<'_>, area: Rect, clock: Rect) {
        let ViewContext { theme, now, .. } = self.view;
        let names = self.strip_of(Rect { height: 1, ..frame::inset(area, 2) });
        let clocks = self.strip_of(frame::row(clock, 0));
        let present = AxisTick { column: self.scale.now(), name: "now".to_owned(), seconds: 0 };
        // Where room is short the present is named first, then the future.
        let (past, future): (Vec<_>, Vec<_>) = self.scale.ticks().partition(|tick| tick.seconds < 0);
        let (mut names_taken, mut clocks_taken) = (Vec::new(), Vec::new());
        for tick in [present].into_iter().chain(future).chain(past) {
            let style = if tick.seconds == 0 { theme.strong } else { Style::new() };
            if let Some(place) = above(names, tick.column, &tick.name, &mut names_taken) {
                let blanks = Rect { x: place.x - 1, width: place.width + 2, ..place };
                frame.render_widget(
                    Line::styled(format!(" {} ", tick.name), Style::reset().patch(style)),
                    blanks,
                );
            }
            let at = now.wall.checked_add_signed(TimeDelta::seconds(tick.seconds));
            let Some(clock) = at.map(|at| agenda::short_day(at, now)) else { continue };
            if let Some(place) = above(clocks, tick.column, &clock, &mut clocks_taken) {
                frame.render_widget(Line::styled(clock, style), place);
            }
        }
    }

    fn row(&self, frame: &mut Frame<'_>, area: Rect, (row, times): (&Row, &RowTimes), is_selected: bool) {
        let ViewContext { model, theme, now, .. } = self.view;
        let health = rows::health(model, row, now.wall);
        let name = match row {
            Row::Profile(profile) => rows::short_name(&profile.id.name, self.name),
            Row::Broken(broken) => text_layout::cut(&text_layout::named(&broken.name), self.name),
        };
        let line =
            Line::from(vec![Span::raw("  "), state::glyph(health, theme), Span::raw(" "), Span::raw(name)]);
        frame.render_widget(line, Rect { width: area.width.min(MARK + self.name), ..area });
        self.strip(frame, area, times, self.label(row, health));
        if is_selected {
            frame::select(frame, area, theme);
        }
        frame.buffer_mut().set_style(area, flash::style(model, row, theme, now));
    }

    fn strip(&self, frame: &mut Frame<'_>, row: Rect, times: &RowTimes, label: Option<Vec<Span<'static>>>) {
        let theme = self.view.theme;
        let signs = times.strip(self.scale, self.view.now.wall);
        let is_free = |sign| matches!(sign, TimelineSign::Free | TimelineSign::Grid | TimelineSign::Login);
        let mut cells: Vec<_> = signs.into_iter().map(|sign| (is_free(sign), cell(sign, theme))).collect();
        if let Some(label) = label {
            write_over(&mut cells, usize::from(self.scale.now()) + 1, &label);
        }
        let spans: Vec<_> = cells.into_iter().map(|(_, span)| span).collect();
        frame.render_widget(Line::from(spans), self.strip_of(row));
    }

    /// What is said beside the present of a row that has no bar, or needs somebody.
    fn label(&self, row: &Row, health: Health) -> Option<Vec<Span<'static>>> {
        let ViewContext { model, theme, now, .. } = self.view;
        let style = state::style(health, theme);
        if let Some(suggestion) = suggestion::needed_by(model, row, now) {
            let key = Span::styled(model.keys.key(suggestion.action), theme.key.add_modifier(Modifier::BOLD));
            let style = state::sign(urgency::need(model, row, now), theme).1;
            let word = Span::styled(format!(" {}", suggestion.brief), style.add_modifier(Modifier::BOLD));
            return Some(vec![key, word]);
        }
        match health {
            Health::Fresh(_)
            | Health::Expiring(_)
            | Health::Retrying(_)
            | Health::Due
            | Health::NeedsLogin
            | Health::Failed(_) => None,
            Health::NoExpiry | Health::SignedOut => Some(vec![Span::raw(health.word())]),
            Health::Refused | Health::Refreshing | Health::Unreadable => {
                Some(vec![Span::styled(health.word(), style)])
            }
        }
    }

    /// What is known of the selected row, in words: below the past what was, below the future what will be.
    fn words(&self, frame: &mut Frame<'_>, area: Rect) {
        let ViewContext { model, theme, now, .. } = self.view;
        let mut text = area;
        if area.height > 1 {
            frame.render_widget(frame::rule(area.width, theme), frame::row(area, 0));
            text = frame::below(area, 1);
        }
        let Some(profile) = model.selected_profile() else { return };
        let (past, coming) = (agenda::past(model, profile, now), agenda::coming(model, profile, now));
        let health = model.health(profile, now.wall);
        let mut head = Line::from(vec![
            Span::styled(text_layout::named(&profile.id.name), theme.strong),
            Span::raw("  "),
            state::glyph(health, theme),
            Span::styled(format!(" {}", health.word()), state::style(health, theme)),
        ]);
        if area.height == 1 {
            for entry in coming {
                let words = format!(" · {} {}", entry.words, agenda::short_day(entry.at, now));
                if head.width() + usize::from(text_layout::width(&words)) <= usize::from(text.width) {
                    head.push_span(words);
                }
            }
            return frame.render_widget(head, text);
        }
        frame.render_widget(head, frame::row(text, 0));
        let lists = frame::below(text, 1);
        if lists.width < TWO_LISTS || coming.is_empty() || past.is_empty() {
            let all: Vec<_> = coming.into_iter().chain(past).collect();
            return self.list(frame, lists, &all);
        }
        // The future begins where it does above, or behind the words of the past.
        let left = (self.strip_of(area).x + self.scale.now()).saturating_sub(lists.x);
        let wanted = |entries: &[AgendaEntry]| {
            let widths = entries.iter().map(|entry| text_layout::width(&entry.words) + MOMENT);
            widths.max().unwrap_or(0)
        };
        let left = left.max(wanted(&past).min(lists.width.saturating_sub(wanted(&coming))));
        self.list(frame, Rect { width: left.saturating_sub(2), ..lists }, &past);
        let right = Rect { x: lists.x + left, width: lists.width.saturating_sub(left), ..lists };
        self.list(frame, right, &coming);
    }

    fn list(&self, frame: &mut Frame<'_>, area: Rect, entries: &[AgendaEntry]) {
        let ViewContext { theme, now, .. } = self.view;
        let times: Vec<String> = entries.iter().map(|entry| agenda::short_day(entry.at, now)).collect();
        let width = times.iter().map(|time| text_layout::width(time)).max().unwrap_or(0);
        for ((down, entry), time) in (0..area.height).zip(entries).zip(&times) {
            let room = area.width.saturating_sub(width + 4);
            let words = text_layout::cut(&entry.words, room);
            let time = text_layout::fill(time, width + 2);
            let line = Line::from(vec![cell(entry.sign, theme), Span::raw(format!(" {time}{words}"))]);
            frame.render_widget(line, frame::row(area, down));
        }
    }
}

/// Where `text` stands with its middle above `column` of `row`, unless that is taken.
fn above(row: Rect, column: u16, text: &str, taken: &mut Vec<(u16, u16)>) -> Option<Rect> {
    let width = text_layout::width(text);
    let from = column.saturating_sub(width.saturating_sub(1) / 2).min(row.width.saturating_sub(width));
    let to = from + width;
    let is_free = taken.iter().all(|(left, right)| to < *left || *right < from);
    if row.height == 0 || to > row.width || !is_free {
        return None;
    }
    taken.push((from, to));
    Some(Rect { x: row.x + from, width, ..row })
}

/// One column as it is drawn.
fn cell(sign: TimelineSign, theme: &Theme) -> Span<'static> {
    let glyphs = &theme.glyphs.timeline;
    let bold = |style: Style| style.add_modifier(Modifier::BOLD);
    match sign {
        TimelineSign::Free => Span::raw(" "),
        TimelineSign::Grid => Span::styled(glyphs.grid, theme.track),
        TimelineSign::Now => Span::styled(glyphs.now, theme.strong),
        TimelineSign::Spent => Span::styled(glyphs.spent, theme.border),
        TimelineSign::Login => Span::styled(glyphs.login, theme.border),
        TimelineSign::Beyond => Span::styled(glyphs.beyond, Style::new()),
        TimelineSign::Token { is_half, is_expiring } => {
            let style = if is_expiring { theme.warn } else { theme.good };
            Span::styled(if is_half { glyphs.token_half } else { glyphs.token }, style)
        }
        TimelineSign::Milestone(milestone) => {
            let (glyph, style) = milestone_glyph(milestone, theme);
            Span::styled(glyph, bold(style))
        }
    }
}

fn milestone_glyph(milestone: Milestone, theme: &Theme) -> (&'static str, Style) {
    let glyphs = &theme.glyphs.timeline;
    match milestone {
        Milestone::Refreshed => (theme.glyphs.steps.done, theme.good),
        Milestone::LoggedIn => (glyphs.logged_in, theme.good),
        Milestone::SignedOut => (glyphs.signed_out, Style::new()),
        Milestone::WillRefresh => (theme.glyphs.states.refreshing, theme.accent),
        Milestone::LoginEnds => (glyphs.login_ends, theme.strong),
        Milestone::Failed => (theme.glyphs.states.failed, theme.warn),
        Milestone::Ended => (theme.glyphs.states.needs_login, theme.bad),
    }
}

/// Writes `label` where nothing lies that matters more, from `from` on, with a blank at each side.
fn write_over(cells: &mut [(bool, Span<'static>)], from: usize, label: &[Span<'static>]) {
    let letters: Vec<Span<'static>> = label
        .iter()
        .flat_map(|span| span.content.chars().map(|letter| Span::styled(letter.to_string(), span.style)))
        .collect();
    let blank = || Span::raw(" ");
    let letters: Vec<_> = [blank()].into_iter().chain(letters).chain([blank()]).collect();
    let room = letters.len();
    let is_free = |window: &[(bool, Span<'static>)]| window.iter().all(|(is_free, _)| *is_free);
    let Some(after) = cells.get(from..).and_then(|rest| rest.windows(room).position(is_free)) else { return };
    for (cell, letter) in cells.iter_mut().skip(from + after).zip(letters) {
        *cell = (false, letter);
    }
}

/// The signs with their meaning, on the lower edge of the frame: in fewer words where room is short, and
/// with a sign where some are left out.
fn legend(frame: &mut Frame<'_>, area: Rect, foot: u16, theme: &Theme) {
    let token = cell(TimelineSign::Token { is_half: false, is_expiring: false }, theme);
    let milestone = |milestone| cell(TimelineSign::Milestone(milestone), theme);
    let items = [
        (token, "token", "token"),
        (cell(TimelineSign::Login, theme), "login", "login"),
        (milestone(Milestone::LoginEnds), "login expires", "expires"),
        (milestone(Milestone::WillRefresh), "auto-refresh", "auto"),
        (milestone(Milestone::Refreshed), "refreshed", "refreshed"),
        (milestone(Milestone::Failed), "failed", "failed"),
        (milestone(Milestone::Ended), "login ended", "ended"),
        (milestone(Milestone::LoggedIn), "logged in", "new"),
    ];
    // It lies on the frame and would otherwise be as faint as it.
    let plain = |text: String| Span::styled(text, Style::reset());
    let item = |glyph: &Span<'static>, words: &str| {
        let glyph = Span::styled(glyph.content.clone(), Style::reset().patch(glyph.style));
        [plain(" ".to_owned()), glyph, plain(format!(" {words} "))]
    };
    let whole = Line::from_iter(items.iter().flat_map(|(glyph, words, _)| item(glyph, words)));
    let room = usize::from(area.width.saturating_sub(foot + 4));
    let mut line = whole;
    if line.width() > room {
        line = Line::default();
        for (place, (glyph, _, brief)) in items.iter().enumerate() {
            let words = item(glyph, brief);
            let width: usize = words.iter().map(Span::width).sum();
            let sign = if place + 1 < items.len() { 2 } else { 0 };
            if line.width() + width + sign > room {
                line.push_span(plain("… ".to_owned()));
                break;
            }
            line.extend(words);
        }
    }
    let width = text_layout::rows(line.width());
    if area.height > 1 && area.width >= width + 4 {
        let place = Rect { x: area.x + 2, y: area.bottom() - 1, width, height: 1 };
        frame.render_widget(line, place);
    }
}
