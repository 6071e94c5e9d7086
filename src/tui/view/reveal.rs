//! Revealed secret, in a box above the list, with the seconds until it is hidden again.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::text;
use crate::oauth::form::Form;
use crate::tui::reveal::Reveal;
use crate::tui::text_layout::rows;
use crate::tui::view::ViewContext;
use crate::tui::{frame, seconds, text_layout};

/// The widest the box becomes.
const WIDTH: u16 = 96;
/// The narrowest: the words below the secret.
const NARROWEST: u16 = 52;
/// The most characters that are laid out: larger ones are copied, not read.
const LENGTH: usize = 8192;

/// Draws the secret above `area`.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, reveal: &Reveal, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
    let width = WIDTH.min(area.width.saturating_sub(frame::AROUND)).max(1);
    let lines = text_layout::wrap(&text::clean(reveal.secret.expose(), LENGTH), width);
    // A box as wide as its words needs none of what lies beside it.
    let longest = lines.iter().map(|line| text_layout::width(line)).max().unwrap_or(0);
    let width = width.min(longest.max(NARROWEST));
    // The frame, and the words below the secret.
    let room = area.height.saturating_sub(4).max(1);
    let shown = rows(lines.len()).min(room);
    let cut = usize::from(shown) < lines.len();
    let title =
        format!("{} of {}", text_layout::capital(reveal.form.word()), text_layout::named(&reveal.id.name));
    let inner = frame::above(frame, area, (width, shown + 2), &title, theme);
    for (down, line) in (0..shown).zip(&lines) {
        let is_last = down + 1 == shown;
        let line = if cut && is_last { text_layout::cut(&format!("{line}…"), width) } else { line.clone() };
        frame.render_widget(Line::styled(line, theme.strong), frame::row(inner, down));
    }
    let left = seconds::left(reveal.until, now.steady);
    let has_refresh = model.profile(&reveal.id).is_some_and(|profile| profile.refresh_token().is_some());
    let mut line = Line::from(Span::styled(format!("Hidden in {left}s"), theme.warn));
    if inner.width >= NARROWEST {
        line.push_span(" · any key hides it");
    }
    if reveal.form == Form::Token && has_refresh {
        line.push_span(" · ");
        line.push_span(Span::styled("v", theme.key));
        line.push_span(" refresh token");
    }
    frame.render_widget(line, frame::row(inner, shown + 1));
}
