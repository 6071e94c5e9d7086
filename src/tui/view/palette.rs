//! Palette: a field, and what it finds.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::tui::availability::availability;
use crate::tui::fuzzy::Fuzzy;
use crate::tui::keymap::{KeyCombo, KeyContext};
use crate::tui::message::Action;
use crate::tui::palette::{CommandPalette, PaletteEntry};
use crate::tui::palette_search::{actions, text};
use crate::tui::row_id::RowId;
use crate::tui::screen_map::MouseTarget;
use crate::tui::view::ViewContext;
use crate::tui::{frame, layout, state, text_layout};

/// Columns before the text of an entry: the mark and the state.
const BEFORE: u16 = 4;
/// The fewest columns that the text of an entry keeps beside a reason.
const LEAST: u16 = 20;

/// Draws the palette above `area`.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, palette: &CommandPalette, view: ViewContext<'_>) {
    let theme = view.theme;
    let place = layout::palette(area, palette.found.len());
    let inner = frame::over(frame, area, place, "Find an action, profile or provider", theme);
    let search = &palette.search;
    search.field.render(frame, frame::row(inner, 0), "› ", theme);
    let list = frame::below(inner, 2);
    let seen = usize::from(list.height);
    let first = search.first(search.marked, seen);
    if palette.found.is_empty() {
        let none = "Nothing matches. Esc goes back.";
        frame.render_widget(Line::raw(text_layout::cut(none, list.width)), frame::row(list, 0));
    }
    if palette.found.len() > seen {
        let (from, to) = (first + 1, (first + seen).min(palette.found.len()));
        let words = format!("{from}–{to} of {}", palette.found.len());
        frame::foot(frame, place.area, &words, theme);
    }
    let mut fuzzy = Fuzzy::new(search.field.text());
    for (down, (place, entry)) in (0..list.height).zip(palette.found.iter().enumerate().skip(first)) {
        let row = frame::row(list, down);
        frame.render_widget(line(entry, &mut fuzzy, row.width, view), row);
        if place == search.marked {
            frame::select(frame, row, theme);
        }
        view.map.put(row, MouseTarget::Choice(place));
    }
}

/// The state of a profile, the text with the letters that fit, and at the right the key, or why
/// it is not possible.
fn line(entry: &PaletteEntry, fuzzy: &mut Fuzzy, width: u16, view: ViewContext<'_>) -> Line<'static> {
    let theme = view.theme;
    let text = text(view.model, entry);
    let (glyph, aside, is_possible) = beside(entry, view);
    let room = width.saturating_sub(BEFORE);
    let aside = text_layout::cut(&aside, room.saturating_sub(text_layout::width(&text).max(LEAST) + 2));
    let text = text_layout::fill(&text, room.saturating_sub(text_layout::width(&aside)));
    let style = if is_possible { Style::new() } else { theme.muted };
    let mut line = Line::from(vec![Span::raw("  "), glyph, Span::raw(" ")]);
    line.extend(fuzzy.spans(&text, style, style.patch(theme.accent).add_modifier(Modifier::BOLD)));
    line.push_span(Span::styled(aside, if is_possible { theme.key } else { theme.muted }));
    line
}

/// What stands before and behind an entry, and whether it is possible.
fn beside(entry: &PaletteEntry, view: ViewContext<'_>) -> (Span<'static>, String, bool) {
    let ViewContext { model, theme, now, .. } = view;
    match entry {
        PaletteEntry::Do(Action::ChangeSetting(_)) => (Span::raw(" "), "change".to_owned(), true),
        PaletteEntry::Do(action) => match availability(model, *action, now) {
            Ok(()) => {
                let binding = actions().find(|binding| binding.action == *action);
                let keys =
                    binding.and_then(|binding| model.keys.of(KeyContext::Profiles, binding).first().copied());
                (Span::raw(" "), keys.map_or_else(String::new, KeyCombo::word), true)
            }
            Err(unavailable) => (Span::raw(" "), unavailable.brief(), false),
        },
        PaletteEntry::Select(RowId::Profile(id)) => match model.profile(id) {
            Some(profile) => {
                let health = model.health(profile, now.wall);
                (state::glyph(health, theme), health.word().to_owned(), true)
            }
            None => (Span::raw(" "), String::new(), false),
        },
        PaletteEntry::Select(RowId::Broken(..)) => {
            let health = crate::domain::health::Health::Unreadable;
            (state::glyph(health, theme), health.word().to_owned(), true)
        }
        PaletteEntry::LogInTo(_) => (Span::raw(" "), "new profile".to_owned(), true),
    }
}
