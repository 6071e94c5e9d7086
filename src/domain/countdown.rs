//! Time left as text, with the moment at which the text changes.

use crate::domain::clock::TimeDelta;

/// What is left, in at most six characters, and how much less must be left before the text can
/// be another; zero or less reads `0s` for ever.
///
/// ```
/// use authtui::domain::{clock::TimeDelta, countdown::countdown};
/// let (text, until) = countdown(TimeDelta::seconds(252));
/// assert_eq!((text.as_str(), until), ("4m12s", TimeDelta::milliseconds(1)));
/// ```
#[must_use]
pub fn countdown(left: TimeDelta) -> (String, TimeDelta) {
    let seconds = left.num_seconds().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let (text, unit) = match seconds {
        0..60 => (format!("{seconds}s"), 1),
        60..3600 => (format!("{minutes}m{:02}s", seconds % 60), 1),
        3600..172_800 => (format!("{hours}h{:02}m", minutes % 60), 60),
        172_800..8_640_000 => (format!("{days}d"), 86_400),
        _ => (format!("{}mo", days * 12 / 365), 86_400),
    };
    // The text holds while the seconds, cut to the unit, stay the same.
    let into_unit = TimeDelta::seconds(seconds % unit);
    let into_second = left - TimeDelta::seconds(left.num_seconds());
    (text, into_unit + into_second.max(TimeDelta::zero()) + TimeDelta::milliseconds(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_span_of_time_has_its_unit() {
        for (seconds, text) in [
            (-5, "0s"),
            (0, "0s"),
            (59, "59s"),
            (60, "1m00s"),
            (252, "4m12s"),
            (3599, "59m59s"),
            (3600, "1h00m"),
            (86_399, "23h59m"),
            (172_799, "47h59m"),
            (172_800, "2d"),
            (29 * 86_400, "29d"),
            (8_639_999, "99d"),
            (8_640_000, "3mo"),
            (335 * 86_400, "11mo"),
        ] {
            assert_eq!(countdown(TimeDelta::seconds(seconds)).0, text, "{seconds}");
        }
    }

    #[test]
    fn the_text_is_another_exactly_when_it_says() {
        for millis in [1_500, 60_000, 61_999, 3_600_000, 7_265_123, 172_800_000] {
            let left = TimeDelta::milliseconds(millis);
            let (text, until) = countdown(left);
            assert_ne!(countdown(left - until).0, text, "{millis} too late");
            let just_before = left - until + TimeDelta::milliseconds(1);
            assert!(countdown(just_before).0 == text || until.num_milliseconds() <= 1, "{millis} too early");
        }
    }
}
