//! The text of the help: every key, and every state's glyph.

use ratatui::text::{Line, Span};

use crate::tui::keymap::{BINDINGS, Place};
use crate::tui::theme::{Glyphs, Theme};
use crate::tui::{prose, state};

/// The most columns of the keys, and the columns that they leave to the words where they can.
const KEYS: (u16, u16) = (19, 24);
/// Columns of a state's glyph and word.
const STATE: u16 = 14;
/// From this width on keys and states stand side by side.
const WIDE: u16 = 110;

/// The lines in so many columns, in one piece or in two that stand side by side.
#[must_use]
pub fn sides(columns: u16, theme: &Theme) -> Vec<Vec<Line<'static>>> {
    let is_wide = columns >= WIDE;
    let width = if is_wide { columns / 2 } else { columns };
    let of = |place| keys(place, width, theme);
    let left = [Place::Profiles, Place::Copy, Place::Everywhere].map(of).concat();
    let right = [Place::Login, Place::Choices, Place::Lists, Place::Scopes].map(of).concat();
    let right = [states(width, theme), right].concat();
    if is_wide { vec![left, right] } else { vec![[left, right].concat()] }
}

/// How many lines are seen at most when all of them are scrolled through.
#[must_use]
pub fn count(sides: &[Vec<Line<'_>>]) -> usize {
    sides.iter().map(Vec::len).max().unwrap_or(0).saturating_sub(1)
}

/// The first line of the last screenful, in so many columns and rows.
#[must_use]
pub fn last(columns: u16, rows: usize) -> usize {
    count(&sides(columns, &Theme::mono(Glyphs::unicode()))).saturating_sub(rows)
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
    let room = KEYS.0.min(width.saturating_sub(KEYS.1 + 2));
    for binding in BINDINGS.iter().filter(|binding| binding.place == place) {
        let names: Vec<_> = binding.keys.iter().map(|key| key.word()).collect();
        let mut names = prose::wrap(&names.join(" "), room.saturating_sub(1)).into_iter();
        let mut words = prose::wrap(binding.words, width.saturating_sub(room + 2)).into_iter();
        loop {
            let (names, words) = match (names.next(), words.next()) {
                (None, None) => break,
                (names, words) => (names.unwrap_or_default(), words.unwrap_or_default()),
            };
            let names = Span::styled(prose::fill(&names, room), theme.accent);
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
