//! List of profiles: a row for each, with both clocks. Only the rows that are seen are built.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::change::Row;
use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::health::Health;
use crate::domain::profile::{Kind, Profile};
use crate::domain::residual_validity::Validity;
use crate::tui::columns::{self, Column, Columns};
use crate::tui::frame::Focus;
use crate::tui::list_lines::{self, ListLine};
use crate::tui::model::Model;
use crate::tui::need::Section;
use crate::tui::screen::Screen;
use crate::tui::screen_map::MouseTarget;
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{auto_refresh, flash, frame, rows, state, text_layout};

/// The most rows of what is wrong with a store.
const BANNER: usize = 4;

/// Draws the list.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, map } = view;
    let (shown, total) = (rows::count(model), model.order.total);
    let title = title(model, shown, total);
    let inner = frame::draw(frame, area, &title, Focus::here(model.screen != Screen::Detail), theme);
    let inner = banner(frame, inner, model, theme);
    let inner = rights(frame, inner, model, theme);
    if total == 0 {
        return;
    }
    if shown == 0 {
        let words =
            format!("Nothing matches “{}”. Esc clears the filter.", text_layout::safe(model.filter.trim()));
        frame.render_widget(Line::styled(words, theme.muted), frame::inset(frame::row(inner, 1), 1));
        return;
    }
    let list = ProfileTable { columns: Columns::for_width(inner.width), model, theme, now };
    let body = frame::below(inner, 1);
    let height = usize::from(body.height);
    let selected = rows::place(model);
    // A store that cannot be written takes rows away, so what is seen is made sure here.
    let line = selected.map_or(0, |place| list_lines::line_of(model, place));
    let first = model.offset.max((line + 1).saturating_sub(height));
    list.heads(frame, frame::row(inner, 0), list_lines::top_section(model, first));
    for (down, line) in (0..body.height).zip(first..) {
        let area = frame::row(body, down);
        match list_lines::at(model, line) {
            Some(ListLine::Head(section, count)) => list.section(frame, area, section, count),
            Some(ListLine::Row(place)) => {
                if let Some((store, row)) = rows::at(model, place) {
                    list.row(frame, area, row);
                    map.put(area, MouseTarget::Row(rows::id(store, row)));
                    if selected == Some(place) {
                        list.select(frame, area);
                        map.put_cursor(area);
                    }
                    list.flash(frame, area, row);
                }
            }
            None => break,
        }
    }
    if list_lines::count(model) > height {
        let places = (first..first + height).filter_map(|line| match list_lines::at(model, line)? {
            ListLine::Row(place) => Some(place + 1),
            ListLine::Head(..) => None,
        });
        let (least, most) =
            places.fold((shown, 0), |(least, most), place| (least.min(place), most.max(place)));
        frame::foot(frame, area, &format!("{least}–{most} of {shown}"), theme);
    }
}

/// How many profiles there are, and in which order: `Profiles 12 · by urgency`.
fn title(model: &Model, shown: usize, total: usize) -> String {
    let by = model.sort.word();
    match total {
        0 => "Profiles".to_owned(),
        1 => "Profiles 1".to_owned(),
        total if shown == total => format!("Profiles {total} · by {by}"),
        total => format!("Profiles {shown} of {total} · by {by}"),
    }
}

/// Says what is wrong with stores that cannot be written, and gives the room below.
fn banner(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) -> Rect {
    let text = frame::inset(area, 1);
    let files = model.stores.values().filter(|snapshot| snapshot.store.is_file());
    let troubles = files.filter_map(|snapshot| snapshot.writable.as_ref().err());
    let words: Vec<String> =
        troubles.map(|trouble| text_layout::capital(&text_layout::safe(&trouble.to_string()))).collect();
    if words.is_empty() {
        return area;
    }
    let most = BANNER.min(usize::from(area.height / 2));
    let lines = text_layout::wrap_into(&words.join(" "), text.width, most);
    let mut rest = area;
    for line in lines {
        frame.render_widget(Line::styled(line, theme.bad), frame::inset(frame::row(rest, 0), 1));
        rest = frame::below(rest, 1);
    }
    frame::below(rest, 1)
}

/// Says what other users may do with a store's file, and gives the room below.
fn rights(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) -> Rect {
    let mut notices = model.stores.values().flat_map(|snapshot| &snapshot.notices);
    let Some(notice) = notices.find(|notice| notice.is_open()) else { return area };
    let row = frame::inset(frame::row(area, 0), 1);
    let whole = format!("{}. F fixes it.", text_layout::capital(&text_layout::safe(&notice.to_string())));
    let words = if text_layout::width(&whole) + 2 <= row.width {
        &whole
    } else {
        "Others can read the file: F \
            fixes it"
    };
    let line = format!("{} {words}", theme.glyphs.states.failed);
    frame.render_widget(Line::styled(line, theme.warn), row);
    frame::below(area, 1)
}

/// What every row is drawn with.
struct ProfileTable<'a> {
    columns: Columns,
    model: &'a Model,
    theme: &'a Theme,
    now: Now,
}

impl ProfileTable<'_> {
    /// The name of a section, and a line to the right of it.
    fn section(&self, frame: &mut Frame<'_>, row: Rect, section: Section, count: usize) {
        let rule = self.theme.glyphs.border.horizontal_top.repeat(usize::from(row.width));
        let words = format!("{} {count} ", section.title());
        let line =
            Line::from(vec![Span::styled(words, self.theme.strong), Span::styled(rule, self.theme.muted)]);
        frame.render_widget(line, frame::inset(row, 1));
    }

    fn heads(&self, frame: &mut Frame<'_>, row: Rect, section: Option<(Section, usize)>) {
        let head = |text| Line::styled(text, self.theme.muted);
        if let Some((section, count)) = section {
            self.section(frame, row, section, count);
        } else {
            cell(frame, row, self.columns.name, head("profile"));
        }
        if let Some(account) = self.columns.account {
            if section.is_none() {
                cell(frame, row, account, head("account"));
            }
        }
        cell(frame, row, self.columns.access, head("token").right_aligned());
        cell(frame, row, self.columns.grant, head("login").right_aligned());
    }

    fn row(&self, frame: &mut Frame<'_>, area: Rect, row: &Row) {
        let health = rows::health(self.model, row, self.now.wall);
        cell(frame, area, self.columns.glyph, Line::from(state::glyph(health, self.theme)));
        let (name, access) = match row {
            Row::Profile(profile) => {
                if let Some(column) = self.columns.account {
                    cell(frame, area, column, self.account(profile, column.width));
                }
                cell(frame, area, self.columns.grant, self.grant(profile).right_aligned());
                (rows::short_name(&profile.id.name, self.columns.name.width), self.access(profile, health))
            }
            Row::Broken { name, .. } => (text_layout::named(name), self.word(health)),
        };
        cell(frame, area, self.columns.name, Line::raw(text_layout::cut(&name, self.columns.name.width)));
        cell(frame, area, self.columns.access, Line::from(access.text).right_aligned());
        if let (Some(bar), Some((text, style))) = (self.columns.bar, access.beside) {
            cell(frame, area, bar, Line::styled(text_layout::cut(&text, bar.width), style));
        }
    }

    /// For a moment a row shows that something has happened to it.
    fn flash(&self, frame: &mut Frame<'_>, area: Rect, row: &Row) {
        if let Row::Profile(profile) = row
            && flash::ends_at(self.model, &profile.id, self.now).is_some()
        {
            frame.buffer_mut().set_style(area, self.theme.flash);
        }
    }

    /// What stands in the row keeps its colours.
    fn select(&self, frame: &mut Frame<'_>, row: Rect) {
        cell(frame, row, self.columns.mark, Line::styled(self.theme.glyphs.selection, self.theme.accent));
        frame.buffer_mut().set_style(row, self.theme.selected);
    }

    fn account(&self, profile: &Profile, width: u16) -> Line<'static> {
        let key = profile.held.tokens().filter(|_| profile.kind != Kind::OAuth);
        match (&profile.account, key) {
            (Some(account), _) => Line::raw(text_layout::cut(&text_layout::named(account), width)),
            // Its end tells one key from another, its known prefix does not.
            (None, Some(tokens)) => {
                Line::raw(text_layout::cut(&text_layout::safe(&tokens.access.mask(&[])), width))
            }
            (None, None) => Line::styled("–", self.theme.muted),
        }
    }

    fn grant(&self, profile: &Profile) -> Line<'static> {
        match Validity::of_login(profile, self.now.wall).and_then(Validity::end) {
            None => Line::styled("–", self.theme.muted),
            Some(end) if end <= self.now.wall => Line::styled("expired", self.theme.bad),
            Some(end) if state::grant_ends_soon(profile, self.now).is_some() => {
                Line::styled(state::left(end, self.now), self.theme.warn)
            }
            Some(end) => Line::raw(state::left(end, self.now)),
        }
    }

    fn word(&self, health: Health) -> AccessCell {
        AccessCell { text: Span::styled(health.word(), state::style(health, self.theme)), beside: None }
    }

    /// The countdown to the next try, where it is yet to come.
    fn retrying(&self, health: Health, profile: &Profile) -> AccessCell {
        let planned = auto_refresh::planned(self.model, profile, self.now).filter(|at| *at > self.now.wall);
        let Some(at) = planned else { return self.word(health) };
        let retry = format!("retry {}", state::left(at, self.now));
        AccessCell { text: Span::styled(retry, state::style(health, self.theme)), beside: None }
    }

    fn access(&self, profile: &Profile, health: Health) -> AccessCell {
        if self.model.running(&profile.id).unsaved.is_some() {
            return AccessCell { text: Span::styled("not saved", self.theme.bad), beside: None };
        }
        let style = state::style(health, self.theme);
        let own = match health {
            Health::Fresh(end) | Health::Expiring(end) => AccessCell {
                text: Span::styled(state::left(end, self.now), style),
                beside: life_left(profile, end, self.now, self.theme).map(|bar| (bar, style)),
            },
            Health::Retrying(_) => self.retrying(health, profile),
            Health::NoExpiry
            | Health::Due
            | Health::Failed(_)
            | Health::NeedsLogin
            | Health::Refused
            | Health::SignedOut
            | Health::Refreshing
            | Health::Unreadable => self.word(health),
        };
        let busy = matches!(health, Health::Refreshing | Health::NeedsLogin | Health::Refused);
        match state::grant_ends_soon(profile, self.now).filter(|_| !busy) {
            None => own,
            Some(end) => AccessCell {
                text: Span::styled(format!("login {}", state::left(end, self.now)), self.theme.warn),
                beside: Some((format!("· {}", own.text.content), own.text.style)),
            },
        }
    }
}

/// What a row says of the access token.
struct AccessCell {
    text: Span<'static>,
    /// What stands in the bar's place, where there is room for it.
    beside: Option<(String, Style)>,
}

/// The part of its life that an access token has left, as a bar: never empty while there is any.
fn life_left(profile: &Profile, end: DateTime<Utc>, now: Now, theme: &Theme) -> Option<String> {
    let life = profile.life.obtained_at.map(|from| (end - from).num_seconds()).filter(|life| *life > 0)?;
    let left = (end - now.wall).num_seconds().clamp(0, life);
    let eighths = left.saturating_mul(i64::from(columns::BAR) * 8) / life;
    let eighths = usize::try_from(eighths).unwrap_or(0).max(1);
    let [.., whole] = theme.glyphs.bar;
    let part = (eighths % 8).checked_sub(1).and_then(|index| theme.glyphs.bar.get(index));
    Some(whole.repeat(eighths / 8) + part.unwrap_or(&""))
}

/// Draws into a column of a row, as far as the row reaches.
fn cell(frame: &mut Frame<'_>, row: Rect, column: Column, line: Line<'_>) {
    let place = Rect { x: row.x.saturating_add(column.from), width: column.width, ..row };
    frame.render_widget(line, place.intersection(row));
}
