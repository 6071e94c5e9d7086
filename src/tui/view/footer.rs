//! Footer: the keys that mean something here, or the filter.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::tui::field::Field;
use crate::tui::footer::{FooterKey, FooterPlace, footer};
use crate::tui::keymap::KeyCombo;
use crate::tui::layout::Parts;
use crate::tui::log_page::LogPage;
use crate::tui::screen::Screen;
use crate::tui::screen_map::MouseTarget;
use crate::tui::theme::Theme;
use crate::tui::view::{ViewContext, login};
use crate::tui::{frame, log, paint, rows, text_layout};

/// Draws it.
pub(super) fn render(frame: &mut Frame<'_>, parts: &Parts, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
    let row = frame::inset(parts.footer, 1);
    if let Screen::Filter(field) = &model.screen {
        let counts = (rows::count(model), model.order.total);
        return filtering(frame, row, (field, counts), theme);
    }
    if let Screen::Renaming(_, field) = &model.screen {
        return typing(frame, row, (field, "new name: ", "Enter renames · Esc keeps the old one"), theme);
    }
    if let Screen::Noting(_, field) = &model.screen {
        return typing(frame, row, (field, "note: ", "Enter saves · Esc changes nothing"), theme);
    }
    if let Screen::Log(page @ LogPage { typing: Some(field), .. }) = &model.screen {
        let counts = (log::shown(model, page).len(), log::total(model));
        return filtering(frame, row, (field, counts), theme);
    }
    let panel_names_its_keys =
        matches!(model.screen, Screen::Login(_)) && login::names_its_keys(parts.body, view);
    let letters = theme.glyphs.letters;
    let footer = footer(model, now, FooterPlace { row, letters, panel_names_its_keys });
    if let Some(note) = &footer.note {
        frame.render_widget(Line::styled(note.as_str(), theme.warn), row);
    }
    if let Some(x) = footer.divider {
        frame.render_widget(Span::styled(theme.glyphs.border.vertical_left, theme.border), at(row, x..x + 1));
    }
    for each in &footer.keys {
        let area = key(frame, row, each, theme);
        if let KeyCombo::Plain(code) = each.key {
            view.map.put(area, MouseTarget::Key(code));
        }
    }
}

/// Draws a key where it has its place, and gives that.
fn key(frame: &mut Frame<'_>, row: Rect, key: &FooterKey, theme: &Theme) -> Rect {
    let style = if key.is_best { Style::new().add_modifier(Modifier::BOLD) } else { Style::new() };
    let between = if key.hint.is_empty() { "" } else { " " };
    let label = Span::styled(key.label.as_str(), theme.key.patch(style));
    let line = Line::from(vec![label, Span::styled(format!("{between}{}", key.hint), style)]);
    let area = at(row, key.columns.clone());
    paint::line(frame.buffer_mut(), area, &line);
    area
}

/// The part of `row` in those columns of the screen.
fn at(row: Rect, columns: Range<u16>) -> Rect {
    Rect { x: columns.start, width: columns.end - columns.start, ..row }.intersection(row)
}

fn filtering(
    frame: &mut Frame<'_>,
    area: Rect,
    (field, (shown, total)): (&Field, (usize, usize)),
    theme: &Theme,
) {
    let words = format!("{shown} of {total} · Enter keeps it · Esc clears");
    typing(frame, area, (field, "/", &words), theme);
}

/// A field with its prompt, and what its keys do, where there is room beside what is typed.
fn typing(frame: &mut Frame<'_>, area: Rect, (field, prompt, words): (&Field, &str, &str), theme: &Theme) {
    let width = text_layout::width(words);
    let typed = text_layout::width(prompt) + text_layout::width(&field.seen(u16::MAX).0);
    let entry = if area.width > width + typed.max(14) + 2 { area.width - width - 2 } else { area.width };
    if entry < area.width {
        frame.render_widget(Line::styled(words, theme.muted).right_aligned(), area);
    }
    field.render(frame, Rect { width: entry, ..area }, prompt, theme);
}
