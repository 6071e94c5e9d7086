//! Chooser of what to copy from the selected profile.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::oauth::form;
use crate::tui::keymap::{KeyCombo, KeyContext, bindings};
use crate::tui::message::Action;
use crate::tui::screen_map::MouseTarget;
use crate::tui::view::ViewContext;
use crate::tui::{frame, text_layout};

/// The widest the chooser becomes.
const WIDTH: u16 = 64;
/// Columns of a form's name.
const NAME: u16 = 15;

/// Draws the chooser above `area`.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, view: ViewContext<'_>) {
    let ViewContext { model, theme, map, .. } = view;
    let Some(profile) = model.selected_profile() else { return };
    let forms: Vec<_> = bindings(KeyContext::Copy)
        .filter_map(|binding| {
            let Action::CopyForm(form) = binding.action else { return None };
            let sample = form::preview(form, profile, model.provider(profile))?;
            Some((model.keys.of(KeyContext::Copy, binding).first()?, form, text_layout::safe(&sample)))
        })
        .collect();
    let height = text_layout::rows(forms.len().max(1)) + 1;
    let title = format!("Copy from {}", profile.id.name);
    let inner = frame::above(frame, area, (WIDTH, height), &title, theme);
    if forms.is_empty() {
        let why = match profile.held.tokens() {
            None => "It has no tokens.",
            Some(_) => "Its token has characters that no token may have.",
        };
        frame.render_widget(Line::raw(why), frame::row(inner, 0));
    }
    for (down, (key, form, sample)) in (0..).zip(forms) {
        let line = Line::from(vec![
            Span::styled(format!("{}  ", key.word()), theme.key),
            Span::raw(text_layout::fill(form.word(), NAME)),
            Span::styled(text_layout::cut(&sample, inner.width.saturating_sub(NAME + 3)), theme.muted),
        ]);
        let row = frame::row(inner, down);
        if let KeyCombo::Plain(code) = key {
            map.put(row, MouseTarget::Key(*code));
        }
        frame.render_widget(line, row);
    }
    let back = Line::from(vec![Span::styled("Esc", theme.key), Span::raw(" back")]);
    frame.render_widget(back, frame::row(inner, height - 1));
}
