//! Help: every key, and every state's glyph, from the line on to which it is scrolled.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::tui::custom_keys::CustomKeys;
use crate::tui::frame::Focus;
use crate::tui::keymap::{KeyContext, bindings};
use crate::tui::message::Action;
use crate::tui::theme::{Glyphs, Theme};
use crate::tui::view::ViewContext;
use crate::tui::{frame, state, text_layout};

/// The most columns of the keys, and the columns that they leave to the words where they can.
const KEYS: (u16, u16) = (19, 28);
/// Columns of a state's glyph and word.
const STATE: u16 = 14;
/// From this width on keys and states stand side by side.
const WIDE: u16 = 72;

/// Draws the help over `area`, from the line `scrolled` on.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, scrolled: usize, view: ViewContext<'_>) {
    let ViewContext { model, theme, .. } = view;
    let inner = frame::inset(frame::draw(frame, area, "Keys and states", Focus::Here, theme), 1);
    let sides = sides(&model.keys, inner.width, theme);
    let lines = count(&sides);
    let height = usize::from(inner.height);
    let from = scrolled.min(lines.saturating_sub(height));
    frame::foot_part(frame, area, from..from + height, lines, theme);
    let width = inner.width / u16::try_from(sides.len().max(1)).unwrap_or(1);
    let mut place = Rect { width, ..inner };
    for side in sides {
        let seen: Vec<_> = side.into_iter().skip(from).take(height).collect();
        frame.render_widget(Paragraph::new(seen), place);
        place.x = place.right();
    }
}

/// The lines in so many columns, in one piece or in two that stand side by side: first the states, and what
/// can be done with profiles.
fn sides(chosen: &CustomKeys, columns: u16, theme: &Theme) -> Vec<Vec<Line<'static>>> {
    let is_wide = columns >= WIDE;
    let width = if is_wide { columns / 2 } else { columns };
    let of = |context| keys(chosen, context, width, theme);
    let profiles = [KeyContext::Profiles, KeyContext::Everywhere, KeyContext::Scopes].map(of).concat();
    let others = [
        KeyContext::Timeline,
        KeyContext::Copy,
        KeyContext::Login,
        KeyContext::Exchanges,
        KeyContext::Settings,
    ];
    let others = others
        .into_iter()
        .chain([KeyContext::Log, KeyContext::Choices, KeyContext::Lists])
        .flat_map(of)
        .collect();
    let states = states(width, theme);
    match is_wide {
        true => vec![[states, others].concat(), profiles],
        false => vec![[states, profiles, others].concat()],
    }
}

/// How many lines are seen at most when all of them are scrolled through.
fn count(sides: &[Vec<Line<'_>>]) -> usize {
    sides.iter().map(Vec::len).max().unwrap_or(0).saturating_sub(1)
}

/// The first line of the last screenful, in so many columns and rows.
#[must_use]
pub(in crate::tui) fn last(chosen: &CustomKeys, columns: u16, rows: usize) -> usize {
    count(&sides(chosen, columns, &Theme::mono(Glyphs::unicode()))).saturating_sub(rows)
}

/// The keys of a context, and an empty line.
fn keys(chosen: &CustomKeys, context: KeyContext, width: u16, theme: &Theme) -> Vec<Line<'static>> {
    let after = |words: &str, action| format!("{words} {}", chosen.key(action));
    let heading = match context {
        KeyContext::Profiles => "Profiles".to_owned(),
        KeyContext::Timeline => after("Timeline, after", Action::Timeline),
        KeyContext::Copy => after("Copy, after", Action::Copy),
        KeyContext::Login => "During a login".to_owned(),
        KeyContext::Exchanges => "Requests of a login, after w".to_owned(),
        KeyContext::Choices => "Questions and this page".to_owned(),
        KeyContext::Log => after("The log, after", Action::Log),
        KeyContext::Lists => "Lists of choices".to_owned(),
        KeyContext::Scopes => after("Scopes, in a new login or after", Action::Scopes),
        KeyContext::Settings => after("Settings, after", Action::Settings),
        KeyContext::Everywhere => "Everywhere".to_owned(),
    };
    let mut lines = vec![Line::styled(heading, theme.strong)];
    let room = KEYS.0.min(width.saturating_sub(KEYS.1 + 2));
    for binding in bindings(context) {
        let names: Vec<_> = chosen.of(context, binding).iter().map(|key| key.word()).collect();
        let mut names = text_layout::wrap(&names.join(" "), room.saturating_sub(1)).into_iter();
        let mut words = text_layout::wrap(binding.words, width.saturating_sub(room + 2)).into_iter();
        loop {
            let (names, words) = match (names.next(), words.next()) {
                (None, None) => break,
                (names, words) => (names.unwrap_or_default(), words.unwrap_or_default()),
            };
            let names = Span::styled(text_layout::fill(&names, room), theme.key);
            lines.push(Line::from(vec![Span::raw("  "), names, Span::raw(words)]));
        }
    }
    lines.push(Line::default());
    lines
}

/// Every state with what it means, and an empty line.
fn states(width: u16, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = vec![Line::styled("States", theme.strong)];
    for (health, meaning) in state::MEANINGS {
        let word = Span::styled(text_layout::fill(health.word(), STATE), state::style(health, theme));
        let meaning = text_layout::wrap(meaning, width.saturating_sub(STATE + 4));
        for (index, part) in meaning.into_iter().enumerate() {
            lines.push(match index {
                0 => Line::from(vec![
                    Span::raw("  "),
                    state::glyph(health, theme),
                    Span::raw(" "),
                    word.clone(),
                    Span::raw(part),
                ]),
                _ => Line::raw(text_layout::fill("", STATE + 4) + &part),
            });
        }
    }
    lines.push(Line::default());
    lines
}
