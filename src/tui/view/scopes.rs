//! Scopes among which a person chooses what a login asks for.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::oauth::login::preflight::Preflight;
use crate::tui::screen_map::MouseTarget;
use crate::tui::text_layout::rows;
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::view::wizard::words;
use crate::tui::wizard::Wizard;
use crate::tui::wizard::picker::{Picker, ProviderList, ScopeChoice, Tick};
use crate::tui::{frame, text_layout};

/// The widest the picker becomes.
const WIDTH: u16 = 96;
/// The fewest and the most columns of a scope.
const NAME: (u16, u16) = (12, 48);
/// The fewest columns in which the words about a scope say anything.
const TITLE: u16 = 12;
/// Columns before a scope: the mark, the box, and what is granted.
const BEFORE: u16 = 8;
/// The most rows of a sentence below the scopes.
const SENTENCE: usize = 3;

/// Draws the picker.
pub(super) fn render(
    frame: &mut Frame<'_>,
    area: Rect,
    wizard: &Wizard,
    picker: &Picker,
    view: ViewContext<'_>,
) {
    let ViewContext { theme, map, .. } = view;
    let width = WIDTH.min(area.width.saturating_sub(frame::AROUND));
    let mut below = below(wizard, picker, width, theme);
    let typing = u16::from(picker.typing.is_some()) * 2;
    if rows(below.len()) + typing + 6 > area.height.saturating_sub(2) {
        // Where room is short the scopes come first, and a complaint comes before other words.
        below.truncate(usize::from(wizard.complaint.is_some()));
    }
    let under = typing + if below.is_empty() { 0 } else { rows(below.len()) + 1 };
    let most = area.height.saturating_sub(2 + 2 + under).max(1);
    let seen = rows(picker.choices.len()).clamp(1, most);
    let name = wizard.preflight.as_ref().and_then(Preflight::profile_name);
    let title = name.map_or_else(|| "Scopes".to_owned(), |name| format!("Scopes of {name}"));
    let title = format!("{title}{}", words::progress(wizard));
    let size = (width, 2 + seen + under);
    let inner = frame::above(frame, area, size, &title, theme);
    frame.render_widget(head(picker, width, theme), frame::row(inner, 0));
    let name = picker
        .choices
        .iter()
        .map(|choice| text_layout::width(&text_layout::named(&choice.name)))
        .max()
        .unwrap_or(0);
    let room = width.saturating_sub(BEFORE);
    let name = name.clamp(NAME.0, NAME.1);
    // A name that is cut says less than words that are not there.
    let name = if name + TITLE > room { room } else { name };
    let first = (picker.marked + 1).saturating_sub(usize::from(seen));
    let around = frame::place(area, size).area;
    frame::foot_part(frame, around, first..first + usize::from(seen), picker.choices.len(), theme);
    for (down, (index, choice)) in (0..seen).zip(picker.choices.iter().enumerate().skip(first)) {
        let line = line(choice, (name, width), theme);
        let row = frame::row(inner, 2 + down);
        map.put(row, MouseTarget::Choice(index));
        frame.render_widget(line, row);
        if index == picker.marked {
            map.put_cursor(row);
            frame::select(frame, row, theme);
        }
    }
    if picker.choices.is_empty() {
        let none = "The provider file lists none. Press a to add one.";
        frame.render_widget(Line::styled(text_layout::cut(none, width), theme.muted), frame::row(inner, 2));
    }
    if let Some(field) = &picker.typing {
        field.render(frame, frame::row(inner, 3 + seen), "scope: ", theme);
    }
    for (down, (text, style)) in (0..).zip(&below) {
        let row = frame::row(inner, 3 + seen + typing + down);
        frame.render_widget(Line::styled(text.as_str(), *style), row);
    }
}

/// How many are asked for, and where one is in a list that does not fit.
fn head(picker: &Picker, width: u16, theme: &Theme) -> Line<'static> {
    let asked = picker.asked().len();
    let all = picker.choices.len();
    let count = format!("{asked} of {all} selected");
    let what = text_layout::fill("Choose scopes", width.saturating_sub(text_layout::width(&count) + 1));
    Line::from(vec![Span::raw(what), Span::raw(" "), Span::styled(count, theme.muted)])
}

fn line(choice: &ScopeChoice, (name, width): (u16, u16), theme: &Theme) -> Line<'static> {
    let style = if choice.tick == Tick::NotAScope { theme.muted } else { Style::new() };
    let tick = match choice.tick {
        Tick::On => "[x] ",
        Tick::Off => "[ ] ",
        Tick::NotAScope => "    ",
    };
    let has = if choice.is_granted { theme.glyphs.steps.done } else { " " };
    let text = text_layout::fill(&text_layout::named(&choice.name), name);
    let title = match choice.tick {
        Tick::NotAScope => "not a scope".to_owned(),
        Tick::On | Tick::Off => choice.title.as_deref().map(text_layout::safe).unwrap_or_default(),
    };
    let title = text_layout::fill(&format!(" {title}"), width.saturating_sub(name + BEFORE));
    Line::from(vec![
        Span::raw("  "),
        Span::styled(tick, style),
        Span::styled(has, style.patch(theme.good)),
        Span::styled(format!(" {text}"), style),
        Span::styled(title, style.patch(theme.muted)),
    ])
}

/// What stands below: a complaint, what is given up, how far the provider's list is, and what the
/// mark of a granted scope means.
fn below(wizard: &Wizard, picker: &Picker, width: u16, theme: &Theme) -> Vec<(String, Style)> {
    let mut texts = Vec::new();
    if let Some(complaint) = &wizard.complaint {
        texts.push((words::complaint(complaint), theme.bad));
    }
    match picker.given_up() {
        0 => {}
        1 => texts.push((format!("1 granted scope is not selected. {GIVEN_UP}"), theme.warn)),
        count => texts.push((format!("{count} granted scopes are not selected. {GIVEN_UP}"), theme.warn)),
    }
    match &picker.list {
        ProviderList::None | ProviderList::Here { left_out: 0 } => {}
        ProviderList::Here { left_out } => {
            let cut = format!(
                "The provider's list is too long: {left_out} scopes are not shown. a adds one \
                    by name."
            );
            texts.push((cut, theme.warn));
        }
        ProviderList::Wanted | ProviderList::Coming => texts.push((COMING.to_owned(), theme.accent)),
        ProviderList::Failed(trouble) => {
            let why = text_layout::safe(&trouble.why);
            texts.push((format!("The provider's list cannot be read: {why}. r tries again."), theme.warn));
        }
    }
    if picker.choices.iter().any(|choice| choice.is_granted) {
        texts.push((format!("{} already granted", theme.glyphs.steps.done), theme.muted));
    }
    let wrapped = texts.into_iter().flat_map(|(text, style)| {
        text_layout::wrap_into(&text, width, SENTENCE).into_iter().map(move |line| (line, style))
    });
    wrapped.collect()
}

/// Said where a granted scope is not asked for again.
const GIVEN_UP: &str = "Some providers then narrow the old login too.";
/// Said while the provider's list is on its way.
const COMING: &str = "Loading the provider's list.";
