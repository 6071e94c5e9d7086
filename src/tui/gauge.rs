//! Gauge: a thin bar on a track, for what is left of a life.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::domain::clock::{DateTime, Utc};
use crate::domain::countdown::countdown;
use crate::tui::theme::Theme;

/// The part of a life that is left, of a thousand; never nothing while there is any. It changes only
/// together with the countdown beside it.
#[must_use]
pub fn left(from: DateTime<Utc>, end: DateTime<Utc>, now: DateTime<Utc>) -> u16 {
    let life = (end - from).num_seconds().max(1);
    let exact = end - now;
    let left = ((exact - countdown(exact).1).num_seconds() + 1).clamp(0, life);
    let part = u16::try_from(left.saturating_mul(1000) / life).unwrap_or(1000);
    if end > now { part.max(1) } else { 0 }
}

/// A bar of `columns` of which `part` of a thousand is filled, at least half a column where anything is.
#[must_use]
pub fn bar(part: u16, columns: u16, style: Style, theme: &Theme) -> [Span<'static>; 2] {
    let halves = (u32::from(columns) * 2 * u32::from(part)).div_ceil(1000);
    let halves = usize::try_from(halves).unwrap_or(0).min(usize::from(columns) * 2);
    let (full, half) = (halves / 2, halves % 2);
    let track = usize::from(columns) - full - half;
    let glyphs = theme.glyphs.gauge;
    let filled = glyphs.full.repeat(full) + &glyphs.half.repeat(half);
    [Span::styled(filled, style), Span::styled(glyphs.track.repeat(track), theme.track)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::TimeDelta;
    use crate::domain::fixtures::at;
    use crate::tui::theme::Glyphs;

    #[test]
    fn a_bar_is_as_full_as_the_life_that_is_left_and_never_empty_before_its_end() {
        let theme = Theme::mono(Glyphs::unicode());
        for (now, bar_text) in [
            (0, "━━━━━━━━"),
            (45, "━━━━╸╌╌╌"),
            (50, "━━━━╌╌╌╌"),
            (99, "╸╌╌╌╌╌╌╌"),
            (100, "╌╌╌╌╌╌╌╌"),
            (200, "╌╌╌╌╌╌╌╌"),
        ] {
            let spans = bar(left(at(0), at(100), at(now)), 8, Style::new(), &theme);
            assert_eq!(spans.map(|span| span.content.into_owned()).concat(), bar_text, "{now}");
        }
    }

    #[test]
    fn a_bar_moves_only_with_the_countdown() {
        let (from, end) = (at(0), at(86_400));
        let text = |millis: i64| countdown(end - from - TimeDelta::milliseconds(millis)).0;
        let part = |millis: i64| left(from, end, from + TimeDelta::milliseconds(millis));
        for millis in (0..86_400_000).step_by(977_001) {
            for next in [millis + 1, millis + 500, millis + 30_000] {
                assert!(text(millis) != text(next) || part(millis) == part(next), "{millis} {next}");
            }
        }
    }
}
