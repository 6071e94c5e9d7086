//! Settings page: every setting with its value and what it does, and how the states look by them.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::setting::Setting;
use crate::tui::frame::Focus;
use crate::tui::screen_map::MouseTarget;
use crate::tui::view::ViewContext;
use crate::tui::{frame, state, text_layout};

/// Columns of a name and of a value.
const NAME: u16 = 17;
const VALUE: u16 = 18;

/// Draws the page over `area`, with the `marked`th setting marked.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, marked: usize, view: ViewContext<'_>) {
    let ViewContext { model, theme, .. } = view;
    let inner = frame::inset(frame::draw(frame, area, "Settings", Focus::Here, theme), 1);
    view.map.put(area, MouseTarget::Page);
    let below = fitted(below(marked, inner.width, view), usize::from(inner.height));
    let most = inner.height.saturating_sub(u16::try_from(below.len()).unwrap_or(u16::MAX));
    let first = (marked + 1).saturating_sub(usize::from(most.max(1)));
    let all = Setting::ALL.into_iter().enumerate().skip(first);
    for (down, (index, setting)) in (0..most.max(1)).zip(all) {
        let row = frame::row(inner, down);
        frame.render_widget(line(setting, index == marked, inner.width, view), row);
        view.map.put(row, MouseTarget::Choice(index));
        if index == marked {
            frame::select(frame, row, theme);
        }
    }
    let rows = u16::try_from(Setting::ALL.len()).unwrap_or(u16::MAX).min(most);
    for (down, line) in (rows..).zip(below) {
        let row = frame::row(inner, down);
        frame.render_widget(
            line,
            Rect { x: row.x + frame::MARK.min(row.width), width: below_columns(inner.width), ..row },
        );
    }
    frame::foot(frame, area, &model.settings_path, theme);
}

fn line(setting: Setting, is_marked: bool, width: u16, view: ViewContext<'_>) -> Line<'static> {
    let ViewContext { model, theme, .. } = view;
    let value = text_layout::safe(&setting.value(&model.settings));
    let value = if is_marked {
        format!("‹ {} ›", text_layout::cut(&value, VALUE - 5))
    } else {
        format!("  {value}")
    };
    let mut spans = vec![
        Span::raw("  "),
        Span::raw(text_layout::fill(setting.name(), NAME)),
        Span::styled(text_layout::fill(&text_layout::cut(&value, VALUE - 1), VALUE), theme.accent),
    ];
    if is_wide(width) {
        spans.push(Span::styled(setting.sentence(), theme.muted));
    }
    Line::from(spans)
}

/// Whether the sentence of every setting stands beside it, whole.
fn is_wide(width: u16) -> bool {
    let sentences = Setting::ALL.iter().map(|setting| text_layout::width(setting.sentence()));
    sentences.max().is_some_and(|widest| width >= frame::MARK + NAME + VALUE + widest)
}

/// What the marked setting does, where that does not stand beside it; why the file cannot be changed; and
/// the states as they look now.
fn below(marked: usize, width: u16, view: ViewContext<'_>) -> Vec<Line<'static>> {
    let ViewContext { model, theme, .. } = view;
    let room = below_columns(width);
    let wrapped = |text: &str, style: Style| -> Vec<Line<'static>> {
        text_layout::wrap(text, room).into_iter().map(|line| Line::styled(line, style)).collect()
    };
    let mut lines = vec![Line::default()];
    if let Some(setting) = Setting::ALL.get(marked).filter(|_| !is_wide(width)) {
        lines.extend(wrapped(setting.sentence(), Style::new()));
    }
    if let Some(fault) = &model.settings_fault {
        let text = format!(
            "{}. Correct or remove the file first: authtui does not overwrite it.",
            text_layout::safe(fault)
        );
        lines.extend(wrapped(&text, theme.bad));
    } else {
        lines.push(Line::default());
        lines.extend(samples(room, view));
    }
    lines
}

/// The `lines` below the settings in a page of so many rows: without gaps where some setting would have no
/// row, and with a sign where lines are left out beside the marked one.
fn fitted(mut lines: Vec<Line<'static>>, rows: usize) -> Vec<Line<'static>> {
    if Setting::ALL.len() + lines.len() > rows {
        lines.retain(|line| line.width() > 0);
    }
    let room = rows.saturating_sub(1);
    if lines.len() > room {
        lines.truncate(room);
        lines.last_mut().into_iter().for_each(|last| last.push_span(" …"));
    }
    lines
}

/// Columns of what stands below the settings.
fn below_columns(width: u16) -> u16 {
    width.saturating_sub(frame::MARK)
}

/// Every state as it looks, in as many lines as that takes.
fn samples(room: u16, view: ViewContext<'_>) -> Vec<Line<'static>> {
    let mut lines = vec![Line::default()];
    for (health, _) in state::MEANINGS {
        let sample = [
            state::glyph(health, view.theme),
            Span::styled(format!(" {}", health.word()), state::style(health, view.theme)),
        ];
        let width: usize = sample.iter().map(Span::width).sum();
        match lines.last_mut() {
            Some(line) if line.width() == 0 => line.extend(sample),
            Some(line) if line.width() + 3 + width <= usize::from(room) => {
                line.push_span("   ");
                line.extend(sample);
            }
            Some(_) | None => lines.push(Line::from_iter(sample)),
        }
    }
    lines
}
