//! Duration as people write it: `90s`, `15m`, `2h`, `1h30m`, `30d`, `2w`.

use std::time::Duration;

/// The units of a duration with their seconds.
const UNITS: [(char, u64); 5] = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400), ('w', 604_800)];
/// The longest duration, in seconds: a hundred years.
const LIMIT: u64 = 3_155_760_000;
/// The longest duration. What says more is taken for it.
pub const LONGEST: Duration = Duration::from_secs(LIMIT);

/// Reads a duration; nothing where `text` is none.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    let mut seconds = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let (amount, behind) = rest.split_at_checked(rest.find(|char: char| !char.is_ascii_digit())?)?;
        let unit = behind.chars().next()?;
        let (_, length) = UNITS.iter().find(|(each, _)| *each == unit)?;
        seconds = seconds.saturating_add(amount.parse::<u64>().ok()?.saturating_mul(*length));
        rest = behind.strip_prefix(unit)?;
    }
    (!text.is_empty()).then(|| Duration::from_secs(seconds.min(LIMIT)))
}

/// The duration in its largest unit up to hours that needs no other: `90s`, `5m`, `1h`.
#[must_use]
pub fn text(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let whole = |(_, length): &&(char, u64)| *length <= 3600 && seconds.is_multiple_of(*length);
    let (unit, length) = UNITS.iter().rev().find(whole).unwrap_or(&('s', 1));
    format!("{}{unit}", seconds / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_numbers_with_units() {
        for (text, seconds) in
            [("90s", 90), ("10m", 600), ("1h30m", 5400), ("7d", 604_800), ("2w", 1_209_600), ("0s", 0)]
        {
            assert_eq!(parse(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for (seconds, written) in [(45, "45s"), (300, "5m"), (5400, "90m"), (7200, "2h"), (86_400, "24h")] {
            assert_eq!(text(Duration::from_secs(seconds)), written);
        }
        for text in ["99999999999s", "5250w", "4000000000d"] {
            assert_eq!(parse(text), Some(Duration::from_secs(LIMIT)), "{text}");
        }
        for text in ["", "10", "m", "-1m", "1.5h", "10 m", "10M", "1h30"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
