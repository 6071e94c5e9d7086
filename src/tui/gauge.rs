//! Gauge: a thin bar on a track, for what is left of a life.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::domain::clock::{DateTime, Utc};
use crate::tui::theme::{Letters, Theme};

/// The part of a life that is left, of a thousand; never nothing while there is any.
#[must_use]
pub fn left(from: DateTime<Utc>, end: DateTime<Utc>, now: DateTime<Utc>) -> u16 {
    let life = (end - from).num_seconds().max(1);
    let left = (end - now).num_seconds().clamp(0, life);
    let part = u16::try_from(left.saturating_mul(1000) / life).unwrap_or(1000);
    if end > now { part.max(1) } else { 0 }
}

/// A bar of `columns` of which `part` of a thousand is filled, at least one column where anything is.
#[must_use]
pub fn bar(part: u16, columns: u16, style: Style, theme: &Theme) -> [Span<'static>; 2] {
    let (full, empty) = match theme.glyphs.letters {
        Letters::Unicode => ("━", "╌"),
        Letters::Ascii => ("=", "-"),
    };
    let filled = (u32::from(columns) * u32::from(part)).div_ceil(1000);
    let filled = usize::try_from(filled).unwrap_or(0).min(usize::from(columns));
    let track = usize::from(columns) - filled;
    [Span::styled(full.repeat(filled), style), Span::styled(empty.repeat(track), theme.track)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::at;
    use crate::tui::theme::Glyphs;

    #[test]
    fn a_bar_is_as_full_as_the_life_that_is_left_and_never_empty_before_its_end() {
        let theme = Theme::mono(Glyphs::unicode());
        for (now, bar_text) in
            [(0, "━━━━━━━━"), (50, "━━━━╌╌╌╌"), (99, "━╌╌╌╌╌╌╌"), (100, "╌╌╌╌╌╌╌╌"), (200, "╌╌╌╌╌╌╌╌")]
        {
            let spans = bar(left(at(0), at(100), at(now)), 8, Style::new(), &theme);
            assert_eq!(spans.map(|span| span.content.into_owned()).concat(), bar_text, "{now}");
        }
    }
}
