//! A length of time as it is written in an option: `90s`, `10m`, `2h`, `7d`.

use std::time::Duration;

/// Reads a length of time.
///
/// # Errors
/// A sentence that says what is understood.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let known = || "write a number and one of s, m, h, d, like 10m".to_owned();
    let unit = text.chars().last().ok_or_else(known)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(known()),
    };
    let number = text.strip_suffix(unit).and_then(|number| number.parse::<u32>().ok()).ok_or_else(known)?;
    Ok(Duration::from_secs(u64::from(number).saturating_mul(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_and_a_unit() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("2h", 7200), ("7d", 604_800), ("0s", 0)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "m", "-1m", "1.5h", "10 m", "10M", "99999999999s"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
