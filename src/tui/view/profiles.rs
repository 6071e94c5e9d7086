//! List of profiles: what is wrong with their store, and a row for each. Only the rows that are seen are
//! built.

mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span, Text};

use self::table::ProfileTable;
use crate::domain::change::{Row, Where};
use crate::domain::name::{ProfileId, StoreId};
use crate::tui::columns::Columns;
use crate::tui::frame::Focus;
use crate::tui::list_lines::{self, ListLine};
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::screen_map::MouseTarget;
use crate::tui::store_line::StoreWord;
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{flash, frame, login_age, paint, rows, store_line, text_layout};

/// The most rows of what is wrong with a store.
const BANNER: usize = 4;

/// Draws the list.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, map } = view;
    let (shown, total) = (rows::count(model), model.order.total);
    let marked = match model.marks.len() {
        0 => String::new(),
        count => format!(" · {count} marked"),
    };
    let title = title(model, shown, total) + &marked;
    let inner = frame::draw(frame, area, &title, Focus::here(model.screen != Screen::Pane), theme);
    let title = Rect { x: area.x + 1, width: text_layout::width(&title) + 2, height: 1, ..area };
    map.put(title.intersection(area), MouseTarget::Sort(model.sort.next()));
    let beside = Rect { x: title.right(), width: area.right().saturating_sub(title.right()), ..title };
    stores(frame, beside, model, theme);
    let inner = banner(frame, inner, model, theme);
    let inner = rights(frame, inner, model, theme);
    let inner = only_borrowed(frame, inner, model, theme);
    if total == 0 {
        return;
    }
    if shown == 0 {
        return nothing_matches(frame, frame::inset(frame::below(inner, 1), 1), model, theme);
    }
    let inner = frame::inset(inner, 1);
    let body = frame::below(inner, 1);
    let height = usize::from(body.height);
    let selected = rows::place(model);
    // A store that cannot be written takes rows away, so what is seen is made sure here.
    let line = selected.map_or(0, |place| list_lines::line_of(model, place));
    let first = model.offset.max((line + 1).saturating_sub(height));
    let columns = Columns::new(inner.width, model.order.widths);
    let logins = match columns.login_gauge {
        Some(_) => login_age::beginnings(model, ids(model, first..first + height)),
        None => BTreeMap::new(),
    };
    let list = ProfileTable { columns, logins, model, theme, now };
    list.heads(frame, frame::row(inner, 0), list_lines::top_section(model, first), map);
    for (down, line) in (0..body.height).zip(list_lines::between(model, first..first + height)) {
        let area = frame::row(body, down);
        match line {
            ListLine::Head(section, count) => list.section(frame, area, section, count),
            ListLine::Row(place) => {
                if let Some((store, row, need)) = rows::with_need(model, place) {
                    list.row(frame, area, row, need);
                    map.put(area, MouseTarget::Row(rows::id(store, row)));
                    if selected == Some(place) {
                        frame::select(frame, area, theme);
                        map.put_cursor(area);
                    }
                    list.mark(frame, area, row);
                    paint::style(frame.buffer_mut(), area, flash::style(model, row, theme, now));
                }
            }
        }
    }
    if list_lines::count(model) > height {
        let places = list_lines::between(model, first..first + height).filter_map(|line| match line {
            ListLine::Row(place) => Some(place + 1),
            ListLine::Head(..) => None,
        });
        let (least, most) =
            places.fold((shown, 0), |(least, most), place| (least.min(place), most.max(place)));
        frame::foot(frame, area, &format!("{least}–{most} of {shown}"), theme);
    }
}

fn nothing_matches(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) {
    let words = format!(
        "Nothing matches “{}”. {} clears the filter.",
        text_layout::safe(model.filter.trim()),
        model.keys.key(Action::Back)
    );
    let words = Text::from_iter(text_layout::wrap(&words, area.width)).style(theme.muted);
    frame.render_widget(words, area);
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

/// Writes which stores are there at the right of the frame's upper side, in the most words that fit into
/// `area`.
fn stores(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) {
    let line = |words: Vec<StoreWord>| {
        let mut line = Line::raw(" ");
        for (place, word) in words.into_iter().enumerate() {
            let gap = if place == 0 { "" } else { " · " };
            let style = if word.is_faulty { theme.bad } else { Style::new() };
            line.extend([Span::raw(gap), Span::styled(word.text, style)]);
        }
        line.push_span(Span::raw(" "));
        line.style(Style::reset())
    };
    let lines = store_line::lines(model).into_iter().filter(|words| !words.is_empty()).map(line);
    let room = area.width.saturating_sub(4);
    if let Some((line, width)) = lines
        .map(|line| {
            let width = paint::columns(&line);
            (line, width)
        })
        .find(|(_, width)| *width <= room)
    {
        let place = Rect { x: area.right().saturating_sub(width + 2), width, ..area };
        paint::line(frame.buffer_mut(), place, &line);
    }
}

/// Says why our own file cannot be written, and gives the room below.
fn banner(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) -> Rect {
    let text = frame::inset(area, 1);
    let trouble = model.own().and_then(|own| own.writable.as_ref().err());
    let Some(trouble) = trouble else { return area };
    let words = text_layout::capital(&text_layout::safe(&trouble.to_string()));
    let most = BANNER.min(usize::from(area.height / 2));
    let lines = text_layout::wrap_into(&words, text.width, most);
    let mut rest = area;
    for line in lines {
        frame.render_widget(Line::styled(line, theme.bad), frame::inset(frame::row(rest, 0), 1));
        rest = frame::below(rest, 1);
    }
    frame::below(rest, 1)
}

/// Says what was found where nothing is kept here, and the keys; gives the room below.
fn only_borrowed(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) -> Rect {
    let others = model.stores.values().filter(|store| store.store != StoreId::Borrowed);
    let found = model.stores.get(&StoreId::Borrowed).map_or(&[][..], |store| &*store.rows);
    if found.is_empty() || others.map(|store| store.rows.len()).sum::<usize>() > 0 || area.height < 8 {
        return area;
    }
    let row = |down: u16| frame::inset(frame::row(area, down), 1);
    let words = text_layout::cut(&found_of(found, row(0).width), row(0).width);
    frame.render_widget(Line::styled(words, theme.accent), row(0));
    if area.height < 11 {
        return frame::below(area, 2);
    }
    let keys =
        [(Action::NewLogin, "new login"), (Action::LogIn, "log in here"), (Action::Copy, "copy the token")];
    let spans = keys.into_iter().flat_map(|(action, words)| {
        let key = Span::styled(model.keys.key(action).to_string(), theme.key);
        [key, Span::raw(format!(" {words}   "))]
    });
    frame.render_widget(Line::from_iter(spans), row(1));
    frame::below(area, 3)
}

/// How many logins were found, and of which programs: as many names as there is room for.
fn found_of(rows: &[Row], width: u16) -> String {
    let title = |row: &Row| match row {
        Row::Profile(profile) => profile.owner.as_ref().map(|owner| owner.title.clone()),
        Row::Broken(broken) => match &broken.at {
            Where::Borrowed { program, .. } => Some(program.clone()),
            Where::Line(_) | Where::File(_) | Where::Variable { .. } | Where::Vault { .. } => None,
        },
    };
    let mut titles: Vec<String> =
        rows.iter().filter_map(title).map(|title| text_layout::safe(&title)).collect();
    titles.dedup();
    let logins = if rows.len() == 1 { "1 login".to_owned() } else { format!("{} logins", rows.len()) };
    let said = |named: usize| {
        let (first, more) = (titles.iter().take(named), titles.len().saturating_sub(named));
        let names = first.cloned().collect::<Vec<_>>().join(", ");
        match (named, more) {
            (0, _) => format!("Found {logins} of {more} programs."),
            (_, 0) => format!("Found {logins} of {names}."),
            (_, more) => format!("Found {logins} of {names} and {more} more."),
        }
    };
    let fitting = (1..=titles.len()).rev().map(said).find(|words| text_layout::width(words) <= width);
    fitting.unwrap_or_else(|| said(0))
}

/// The profiles in those lines.
fn ids(model: &Model, lines: Range<usize>) -> BTreeSet<&ProfileId> {
    let rows = list_lines::between(model, lines).filter_map(|line| match line {
        ListLine::Row(place) => rows::at(model, place),
        ListLine::Head(..) => None,
    });
    let ids = rows.filter_map(|(_, row)| match row {
        Row::Profile(profile) => Some(&profile.id),
        Row::Broken(_) => None,
    });
    ids.collect()
}

/// Says what other users may do with a store's file, and gives the room below.
fn rights(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) -> Rect {
    let mut notices = model.stores.values().flat_map(|snapshot| &snapshot.notices);
    let Some(notice) = notices.find(|notice| notice.is_open()) else { return area };
    let row = frame::inset(frame::row(area, 0), 1);
    let key = model.keys.key(Action::MakePrivate);
    let whole = format!("{}. {key} fixes it.", text_layout::capital(&text_layout::safe(&notice.to_string())));
    let words = match text_layout::width(&whole) + 2 <= row.width {
        true => whole,
        false => format!("Others can read the file: {key} fixes it"),
    };
    let line = format!("{} {words}", theme.glyphs.states.failed);
    frame.render_widget(Line::styled(line, theme.warn), row);
    frame::below(area, 1)
}
