//! Every key, and every state's glyph.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::tui::keymap::{BINDINGS, Place};
use crate::tui::theme::Theme;
use crate::tui::{pane, prose, state};

/// Columns of the keys.
const KEYS: u16 = 19;
/// Columns of a state's glyph and word.
const STATE: u16 = 14;
/// From this width on keys and states stand side by side.
const WIDE: u16 = 110;

/// Draws the help over `area`, from the line `scrolled` on.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, scrolled: usize, theme: &Theme) {
    let inner = pane::inset(pane::draw(frame, area, "Keys and states", theme), 1);
    let columns = if inner.width >= WIDE { 2 } else { 1 };
    let width = inner.width / columns;
    let first = [Place::Profiles, Place::Copy, Place::Everywhere].map(|place| keys(place, width, theme));
    let second =
        [Place::Login, Place::Choices, Place::Lists, Place::Scopes].map(|place| keys(place, width, theme));
    let (left, right) = (first.concat(), [states(width, theme), second.concat()].concat());
    let sides = if columns == 2 { vec![left, right] } else { vec![[left, right].concat()] };
    let lines = sides.iter().map(Vec::len).max().unwrap_or(0).saturating_sub(1);
    let height = usize::from(inner.height);
    let from = scrolled.min(lines.saturating_sub(height));
    if lines > height {
        pane::foot(frame, area, &format!("{}–{} of {lines}", from + 1, from + height), theme);
    }
    let mut place = Rect { width, ..inner };
    for side in sides {
        let seen: Vec<_> = side.into_iter().skip(from).take(height).collect();
        frame.render_widget(Paragraph::new(seen), place);
        place.x = place.right();
    }
}

/// The keys of a place, and an empty line.
fn keys(place: Place, width: u16, theme: &Theme) -> Vec<Line<'static>> {
    let heading = match place {
        Place::Profiles => "Profiles",
        Place::Copy => "Copy, after y",
        Place::Login => "While a login waits",
        Place::Choices => "Questions, events and this page",
        Place::Lists => "Lists of choices",
        Place::Scopes => "Scopes, after S or in a new login",
        Place::Everywhere => "Everywhere",
    };
    let mut lines = vec![Line::styled(heading, theme.strong)];
    for binding in BINDINGS.iter().filter(|binding| binding.place == place) {
        let words: Vec<_> = binding.keys.iter().map(|key| key.word()).collect();
        let keys = Span::styled(prose::fill(&words.join(" "), KEYS), theme.accent);
        let hint = prose::cut(binding.words, width.saturating_sub(KEYS + 2));
        lines.push(Line::from(vec![Span::raw("  "), keys, Span::raw(hint)]));
    }
    lines.push(Line::default());
    lines
}

/// Every state with what it means, and an empty line.
fn states(width: u16, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = vec![Line::styled("States", theme.strong)];
    for (health, meaning) in state::MEANINGS {
        let word = Span::styled(prose::fill(health.word(), STATE), state::style(health, theme));
        let meaning = prose::wrap(meaning, width.saturating_sub(STATE + 4));
        for (index, part) in meaning.into_iter().enumerate() {
            lines.push(match index {
                0 => Line::from(vec![
                    Span::raw("  "),
                    state::glyph(health, theme),
                    Span::raw(" "),
                    word.clone(),
                    Span::raw(part),
                ]),
                _ => Line::raw(prose::fill("", STATE + 4) + &part),
            });
        }
    }
    lines.push(Line::default());
    lines
}
