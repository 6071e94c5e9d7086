//! Question for a passphrase, in a box above the list.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::change::PassphraseNeed;
use crate::tui::passphrase::PassphraseForm;
use crate::tui::text_layout::rows;
use crate::tui::view::ViewContext;
use crate::tui::{frame, layout, text_layout};

/// What stands before what is typed.
const PROMPT: &str = "Passphrase: ";

/// Draws it above `area`.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, form: &PassphraseForm, view: ViewContext<'_>) {
    let theme = view.theme;
    let width = layout::question_columns(area.width);
    let (title, text) = words(form);
    let text = text_layout::wrap(text, width);
    let (below, style) = below(form, view);
    let below = text_layout::wrap(&below, width);
    // Where room is short the words above the field go first.
    let room = area.height.saturating_sub(2);
    let around = 2 + rows(below.len());
    let text = if rows(text.len()) + 1 + around > room { Vec::new() } else { text };
    let above = if text.is_empty() { 0 } else { rows(text.len()) + 1 };
    let inner = frame::above(frame, area, (width, above + around), title, theme);
    for (down, line) in (0..).zip(&text) {
        frame.render_widget(Line::raw(line.as_str()), frame::row(inner, down));
    }
    form.field.render(frame, frame::row(inner, above), PROMPT, theme);
    for (down, line) in (above + 2..).zip(&below) {
        frame.render_widget(Line::from(Span::styled(line.as_str(), style)), frame::row(inner, down));
    }
}

fn words(form: &PassphraseForm) -> (&'static str, &'static str) {
    match (form.need, &form.first) {
        (PassphraseNeed::Known, _) => {
            ("Unlock the encrypted file", "The tokens of some profiles are in secrets.age.")
        }
        (PassphraseNeed::New, None) => (
            "A passphrase for the encrypted file",
            "The tokens go to secrets.age. Whoever forgets the passphrase has to log in again.",
        ),
        (PassphraseNeed::New, Some(_)) => {
            ("The same passphrase once more", "So that a slip of the fingers does not lock you out.")
        }
    }
}

/// What is wrong or under way, else what the keys do.
fn below(form: &PassphraseForm, view: ViewContext<'_>) -> (String, Style) {
    let leaves = match &form.moves {
        Some((from, _)) => format!("Esc leaves {} where it is", text_layout::named(&from.name)),
        None => "Esc leaves the rows locked".to_owned(),
    };
    match &form.complaint {
        _ if form.is_tried => ("Unlocking. This takes a moment.".to_owned(), Style::new()),
        Some(complaint) => (complaint.clone(), view.theme.bad),
        None => (format!("Enter continues · {leaves}"), view.theme.muted),
    }
}
