//! Empty list: what this is, and how to begin.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::tui::custom_keys::CustomKeys;
use crate::tui::frame::Focus;
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::{frame, text_layout};

/// The widest the words become.
const WIDTH: u16 = 62;

/// What can be done first: what is pressed or typed, and what it does.
fn first(keys: &CustomKeys) -> [(String, &'static str); 4] {
    [
        (keys.key(Action::NewLogin), "log in to an account"),
        ("authtui demo".to_owned(), "try it with made-up accounts, offline"),
        (keys.key(Action::Help), "every key"),
        (keys.key(Action::Quit), "quit"),
    ]
}

/// Draws the empty list.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) {
    let inner = frame::inset(frame::draw(frame, area, "Profiles", Focus::Here, theme), 1);
    let width = inner.width.min(WIDTH);
    let mut lines = vec![Line::styled("No profiles yet.", theme.strong)];
    let what = "authtui shows all your OAuth accounts side by side: which are fine, which expire \
        soon, and what to do about it.";
    let files = model.stores.values().filter(|snapshot| snapshot.store.may_be_written());
    let places = files.map(|snapshot| text_layout::safe(&snapshot.place));
    let kept = format!("Profiles are kept in {}.", places.collect::<Vec<_>>().join(", "));
    let roomy = inner.height > 12;
    if roomy {
        lines.push(Line::default());
        lines.extend(text_layout::wrap(what, width).into_iter().map(Line::raw));
        lines.push(Line::default());
    }
    let first = first(&model.keys);
    let key_width = first.iter().map(|(key, _)| text_layout::width(key)).max().unwrap_or(0) + 3;
    for (key, does) in &first {
        for (index, line) in text_layout::wrap(does, width.saturating_sub(key_width)).into_iter().enumerate()
        {
            let key = text_layout::fill(if index == 0 { key } else { "" }, key_width);
            lines.push(Line::from(vec![Span::styled(key, theme.key), Span::raw(line)]));
        }
    }
    if roomy {
        lines.push(Line::default());
        lines.extend(text_layout::wrap(&kept, width).into_iter().map(|line| Line::styled(line, theme.muted)));
    }
    let height = text_layout::rows(lines.len()).min(inner.height);
    let x = inner.x + (inner.width - width) / 2;
    let y = inner.y + (inner.height - height) / 3;
    frame.render_widget(Paragraph::new(lines), Rect { x, y, width, height });
}
