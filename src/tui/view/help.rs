//! Help: every state's glyph and every key, or those that fit what is typed; one is chosen.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::tui::availability::in_context;
use crate::tui::custom_keys::CustomKeys;
use crate::tui::frame::Focus;
use crate::tui::fuzzy::Fuzzy;
use crate::tui::help::{self, HelpEntry};
use crate::tui::keymap::KeyContext;
use crate::tui::list_search::ListSearch;
use crate::tui::message::{Action, Motion};
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::screen_map::MouseTarget;
use crate::tui::theme::{Glyphs, Shape, Theme};
use crate::tui::view::ViewContext;
use crate::tui::{frame, state, text_layout};

/// The fewest and the most columns of the keys, and the columns that they leave to the words where they can.
const KEYS: (u16, u16, u16) = (8, 19, 28);
/// Columns of a state's glyph and word.
const STATE: u16 = 14;
/// Columns that stay free between two others.
const GAP: u16 = 2;
/// From this width on keys and states stand side by side.
const WIDE: u16 = 72;

/// A line of the page, and the place of what is chosen with it.
type HelpLine = (Line<'static>, Option<usize>);

/// Draws the help over `area`; it lies above the screen `below`.
pub(super) fn render(
    frame: &mut Frame<'_>,
    area: Rect,
    (search, below): (&ListSearch, &Screen),
    view: ViewContext<'_>,
) {
    let ViewContext { model, theme, .. } = view;
    let typed = search.field.text();
    let found = help::found(&model.keys, typed);
    let title =
        if typed.is_empty() { "Keys and states".to_owned() } else { format!("{} found", found.len()) };
    let inner = frame::inset(frame::draw(frame, area, &title, Focus::Here, theme), 1);
    search.field.render(frame, frame::row(inner, 0), "› ", theme);
    let inner = frame::below(inner, HEAD);
    if found.is_empty() {
        let none = text_layout::cut("Nothing matches. Esc clears what is typed.", inner.width);
        return frame.render_widget(Line::raw(none), frame::row(inner, 0));
    }
    let mut sides = sides(model, search, inner.width, theme);
    if !typed.is_empty() {
        sides.iter_mut().flatten().for_each(|line| add_reason(line, &found, below, inner.width, view));
    }
    let (lines, height) = (count(&sides), usize::from(inner.height));
    let first = first(&sides, search, height);
    frame::foot_part(frame, area, first..first + height, lines, theme);
    let width = inner.width / text_layout::rows(sides.len().max(1));
    for (side, x) in sides.into_iter().zip((inner.x..).step_by(usize::from(width.max(1)))) {
        let place = Rect { x, width, ..inner };
        for (down, (line, entry)) in (0..inner.height).zip(side.into_iter().skip(first)) {
            let row = frame::row(place, down);
            frame.render_widget(line, row);
            let Some(entry) = entry else { continue };
            view.map.put(row, MouseTarget::Choice(entry));
            if entry == search.marked {
                frame::select(frame, row, theme);
                view.map.put_cursor(row);
            }
        }
    }
}

/// Rows of the field, and the one below it.
const HEAD: u16 = 2;

/// Chooses another of `count` on a page of so many columns and rows, and lets it be seen.
pub(in crate::tui) fn step(
    model: &Model,
    search: &mut ListSearch,
    (motion, count): (Motion, usize),
    (columns, rows): (u16, usize),
) {
    let sides = sides(model, search, columns, &Theme::mono(Glyphs::unicode()));
    let rows = rows.saturating_sub(usize::from(HEAD)).max(1);
    // A page is so many lines, of which some belong to one key, and ends with its column.
    let from = line_of(&sides, search.marked);
    let near = |place: &usize| {
        let line = line_of(&sides, *place);
        if *place > search.marked {
            line > from && line - from <= rows
        } else {
            line < from && from - line <= rows
        }
    };
    let page = match motion {
        Motion::PageDown => (search.marked + 1..count).take_while(near).count(),
        Motion::PageUp => (0..search.marked).rev().take_while(near).count(),
        Motion::Up | Motion::Down | Motion::Top | Motion::Bottom => 1,
    };
    search.marked = motion.from(search.marked, count, page.max(1));
    let line = if search.marked == 0 { 0 } else { line_of(&sides, search.marked) };
    search.scroll_to(line, rows);
}

/// The line from which on the page is seen, so that the chosen one is.
fn first(sides: &[Vec<HelpLine>], search: &ListSearch, height: usize) -> usize {
    let line = line_of(sides, search.marked);
    // The heading above the first one is seen with it.
    let first = if search.marked == 0 { 0 } else { search.first(line, height) };
    first.min(count(sides).saturating_sub(height))
}

fn line_of(sides: &[Vec<HelpLine>], marked: usize) -> usize {
    let of_side = |side: &Vec<HelpLine>| side.iter().rposition(|(_, entry)| *entry == Some(marked));
    sides.iter().find_map(of_side).unwrap_or(0)
}

/// How many lines there are.
fn count(sides: &[Vec<HelpLine>]) -> usize {
    sides.iter().map(Vec::len).max().unwrap_or(0)
}

/// The lines in so many columns: what is found, or all in one piece or in two that stand side by side,
/// first the states and what can be done with profiles.
fn sides(model: &Model, search: &ListSearch, columns: u16, theme: &Theme) -> Vec<Vec<HelpLine>> {
    let typed = search.field.text();
    let found = help::found(&model.keys, typed);
    let is_wide = columns >= WIDE && model.terminal.shape != Shape::Words && typed.is_empty();
    let width = if is_wide { columns / 2 - GAP } else { columns };
    let mut page = PageLines { model, fuzzy: Fuzzy::new(typed), width, keys: 0, theme };
    if !typed.is_empty() {
        page.align(&found);
        return vec![found.iter().enumerate().flat_map(|entry| page.entry(entry)).collect()];
    }
    let (mut left, mut right, mut places) = (Vec::new(), Vec::new(), 0..);
    let heading = |entry: &HelpEntry| section(&model.keys, entry);
    for entries in found.chunk_by(|one, next| heading(one) == heading(next)) {
        let Some((words, is_right)) = entries.first().map(heading) else { continue };
        let side = if is_wide && is_right { &mut right } else { &mut left };
        if !side.is_empty() {
            side.push((Line::default(), None));
        }
        side.push((Line::styled(words, theme.strong), None));
        page.align(entries);
        for (entry, place) in entries.iter().zip(places.by_ref()) {
            side.extend(page.entry((place, entry)));
        }
    }
    if right.is_empty() { vec![left] } else { vec![left, right] }
}

/// The heading that an entry stands under, and whether that stands at the right where there is room.
fn section(keys: &CustomKeys, entry: &HelpEntry) -> (String, bool) {
    let HelpEntry::Key(context, _) = entry else { return ("States".to_owned(), false) };
    let after = |words: &str, action| format!("{words} {}", keys.key(action));
    match context {
        KeyContext::Profiles => ("Profiles".to_owned(), true),
        KeyContext::Everywhere => ("Everywhere".to_owned(), true),
        KeyContext::Scopes => (after("Scopes, in a new login or after", Action::Scopes), true),
        KeyContext::Timeline => (after("Timeline, after", Action::Timeline), false),
        KeyContext::Copy => (after("Copy, after", Action::Copy), false),
        KeyContext::Login => ("During a login".to_owned(), false),
        KeyContext::Server => (after("A server by its address, after", Action::NewLogin), false),
        KeyContext::Exchanges => ("Requests and answers, after w".to_owned(), false),
        KeyContext::Settings => (after("Settings, after", Action::Settings), false),
        KeyContext::Log => (after("The log, after", Action::Log), false),
        KeyContext::Choices => ("Questions".to_owned(), false),
        KeyContext::Lists => ("Lists of choices".to_owned(), false),
    }
}

/// What the lines are made with.
struct PageLines<'a> {
    model: &'a Model,
    fuzzy: Fuzzy,
    width: u16,
    /// Columns of the keys.
    keys: u16,
    theme: &'a Theme,
}

impl PageLines<'_> {
    /// Makes the column of the keys as wide as those of `entries` need it.
    fn align(&mut self, entries: &[HelpEntry]) {
        let labels = entries.iter().filter(|entry| matches!(entry, HelpEntry::Key(..)));
        let widths = labels.map(|entry| text_layout::width(&entry.label(&self.model.keys)) + GAP);
        let most = KEYS.1.min(self.width.saturating_sub(KEYS.2 + frame::MARK));
        self.keys = widths.max().unwrap_or(0).max(KEYS.0).min(most);
    }

    /// The lines of an entry, with the letters that fit what is typed.
    fn entry(&mut self, (place, entry): (usize, &HelpEntry)) -> Vec<HelpLine> {
        let label = match entry {
            HelpEntry::State(..) => STATE + 2,
            HelpEntry::Key(..) => self.keys,
        };
        let mut labels = self.labels(entry, label).into_iter();
        let words = self.width.saturating_sub(label + frame::MARK);
        let mut words = text_layout::wrap(&entry.text(), words).into_iter();
        let fitting = self.theme.accent.add_modifier(Modifier::BOLD);
        let mut lines = Vec::new();
        loop {
            let (label_part, words) = match (labels.next(), words.next()) {
                (None, None) => return lines,
                (label, words) => (label, words.unwrap_or_default()),
            };
            let label_part = label_part.unwrap_or_else(|| vec![Span::raw(text_layout::fill("", label))]);
            let words = self.fuzzy.spans(&words, Style::new(), fitting);
            lines.push((
                Line::from_iter([Span::raw("  ")].into_iter().chain(label_part).chain(words)),
                Some(place),
            ));
        }
    }

    /// A state's glyph and word, or the keys, in lines of so many columns.
    fn labels(&self, entry: &HelpEntry, width: u16) -> Vec<Vec<Span<'static>>> {
        let label = entry.label(&self.model.keys);
        match entry {
            HelpEntry::State(health, _) => {
                let word = text_layout::fill(&label, width.saturating_sub(2));
                let style = state::style(*health, self.theme);
                vec![vec![state::glyph(*health, self.theme), Span::raw(" "), Span::styled(word, style)]]
            }
            HelpEntry::Key(..) => {
                let lines = text_layout::wrap(&label, width.saturating_sub(1)).into_iter();
                lines
                    .map(|line| vec![Span::styled(text_layout::fill(&line, width), self.theme.key)])
                    .collect()
            }
        }
    }
}

/// Writes at the end of what was found why it is not possible here, where there is room to say it.
fn add_reason(
    (line, entry): &mut HelpLine,
    found: &[HelpEntry],
    below: &Screen,
    width: u16,
    view: ViewContext<'_>,
) {
    let Some(HelpEntry::Key(context, binding)) = entry.and_then(|entry| found.get(entry)) else { return };
    let Err(why) = in_context(view.model, below, (*context, binding), view.now) else { return };
    let room = usize::from(width).saturating_sub(line.width() + 2);
    let reason = why.brief();
    let taken = usize::from(text_layout::width(&reason));
    if taken <= room {
        line.push_span(Span::raw(" ".repeat(room + 2 - taken)));
        line.push_span(Span::styled(reason, view.theme.muted));
    }
}
