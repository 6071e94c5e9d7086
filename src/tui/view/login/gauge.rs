//! Gauge of the time that a waiting login has left, and the mark that turns once a second beside it.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::oauth::device::DeviceCode;
use crate::oauth::login::step::{LoginStep, StepState};
use crate::oauth::login::{Login, LoginMethods};
use crate::tui::gauge;
use crate::tui::seconds::{Seconds, running};
use crate::tui::theme::{Letters, Theme};

/// From so many seconds on there is little time left.
const LITTLE: u64 = 60;
/// The most columns of the bar, and the fewest that are worth drawing.
const BAR: (u16, u16) = (40, 8);
/// Columns of the time beside it.
const TIME: u16 = 12;

/// The time that is left of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gauge {
    left: u64,
    total: u64,
    /// Whether only the minutes are to be seen.
    is_slow: bool,
}

impl Gauge {
    /// The time for an answer; for `code`, where it is shown.
    pub(super) fn of(
        login: &Login,
        methods: &LoginMethods,
        code: Option<&DeviceCode>,
        seconds: Seconds,
    ) -> Self {
        let end = code.map_or(methods.deadline, |code| code.ends_at.min(methods.deadline));
        let total = match login.steps().mark(LoginStep::Wait) {
            StepState::Now(since) => since.until(end).as_secs(),
            StepState::Todo | StepState::Done(_) | StepState::Skipped | StepState::Failed(_) => 0,
        };
        let left = code.map_or(seconds.left(), |code| seconds.until(code.ends_at).min(seconds.left()));
        Self { left, total: total.max(left).max(1), is_slow: seconds.is_slow() }
    }

    /// Bar and time in so many columns.
    pub(super) fn line(self, columns: u16, theme: &Theme) -> Line<'static> {
        let style = if self.left <= LITTLE { theme.warn } else { theme.accent };
        let width = columns.saturating_sub(TIME).min(BAR.0);
        let mut line = Line::default();
        if width >= BAR.1 {
            line.extend(gauge::bar(self.part(), width, style, theme));
            line.push_span(" ");
        }
        let words = if self.left <= LITTLE { style } else { Style::new() };
        line.push_span(Span::styled(format!("{} left", self.time()), words));
        line
    }

    fn time(self) -> String {
        match (self.is_slow, self.left.div_ceil(60)) {
            (false, _) => running(self.left),
            (true, ..2) => "<1m".to_owned(),
            (true, minutes) => format!("{minutes}m"),
        }
    }

    /// The part that is left, of a thousand: nothing only when no time is left.
    fn part(self) -> u16 {
        u16::try_from(self.left.saturating_mul(1000).div_ceil(self.total)).unwrap_or(1000)
    }
}

/// The mark of a wait, which turns with the seconds.
pub(super) fn spinner(seconds: Seconds, letters: Letters) -> &'static str {
    const TURNS: [&str; 6] = ["◟", "◡", "◞", "◝", "◠", "◜"];
    const PLAIN: [&str; 4] = ["|", "/", "-", "\\"];
    let turns: &[&str] = match letters {
        Letters::Unicode => &TURNS,
        Letters::Ascii => &PLAIN,
    };
    let turn = usize::try_from(seconds.left()).unwrap_or_default() % turns.len();
    turns.get(turns.len() - 1 - turn).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Glyphs;

    fn drawn(left: u64, total: u64, columns: u16) -> String {
        Gauge { left, total, is_slow: false }.line(columns, &Theme::colored(Glyphs::unicode())).to_string()
    }

    #[test]
    fn the_bar_is_full_at_first_and_empty_when_no_time_is_left() {
        assert_eq!(drawn(300, 300, 22), "━━━━━━━━━━ 5m00s left");
        assert_eq!(drawn(151, 300, 22), "━━━━━╸╌╌╌╌ 2m31s left");
        assert_eq!(drawn(1, 300, 22), "╸╌╌╌╌╌╌╌╌╌ 1s left");
        assert_eq!(drawn(0, 300, 22), "╌╌╌╌╌╌╌╌╌╌ 0s left");
    }

    #[test]
    fn by_minutes_no_second_is_named() {
        let drawn = |left| {
            let gauge = Gauge { left, total: 300, is_slow: true };
            gauge.line(10, &Theme::colored(Glyphs::unicode())).to_string()
        };
        assert_eq!([300, 61, 60, 0].map(drawn), ["5m left", "2m left", "<1m left", "<1m left"]);
    }

    #[test]
    fn where_no_bar_fits_the_time_stands_alone() {
        assert_eq!(drawn(277, 300, 19), "4m37s left");
    }
}
