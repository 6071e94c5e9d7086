//! Every form in which files and replies say when a token ends, read in one place.

use std::fmt;

use crate::domain::clock::{DateTime, TimeDelta, Utc, at_millis, at_seconds, from_rfc822, from_rfc3339};
use crate::domain::text;

/// From this number on a point in time is in milliseconds; in seconds it would be the year 5138.
const MILLISECONDS_FROM: f64 = 1e11;

/// The longest life that is believed; more is clamped, so that no calendar overflows.
const LONGEST_LIFE: i64 = 100 * 365 * 86_400;

/// A stored or received value, before anybody knows what it means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Written<'a> {
    /// Nothing, null.
    Absent,
    /// A number.
    Number(f64),
    /// A text, which may hold a number.
    Text(&'a str),
}

/// Reads a point in time: RFC 3339, the same with ` UTC`, RFC 822, seconds or milliseconds since
/// 1970. Absent, empty and 0 mean that no end is known.
///
/// # Errors
/// A [`BadTime`] that shows the value, cleaned and cut.
pub fn moment(written: Written<'_>) -> Result<Option<DateTime<Utc>>, BadTime> {
    match written {
        Written::Absent => Ok(None),
        Written::Number(number) => from_number(number),
        Written::Text(text) => from_text(text.trim()),
    }
}

fn from_text(text: &str) -> Result<Option<DateTime<Utc>>, BadTime> {
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(number) = text.parse::<f64>() {
        return from_number(number);
    }
    let zulu = text.strip_suffix("UTC").map(|rest| format!("{}Z", rest.trim_end()));
    from_rfc3339(zulu.as_deref().unwrap_or(text))
        .or_else(|| from_rfc822(text))
        .map(Some)
        .ok_or_else(|| BadTime(text::clean(text, 40)))
}

fn from_number(number: f64) -> Result<Option<DateTime<Utc>>, BadTime> {
    if number == 0.0 {
        return Ok(None);
    }
    let whole = to_whole(number).filter(|whole| *whole > 0).ok_or_else(|| BadTime(number.to_string()))?;
    let at = if number >= MILLISECONDS_FROM { at_millis(whole) } else { at_seconds(whole) };
    at.map(Some).ok_or_else(|| BadTime(number.to_string()))
}

/// Reads a life in seconds, as `expires_in` says it. Zero or less has ended already; what no
/// calendar can hold is clamped to a hundred years.
///
/// # Errors
/// A [`BadTime`] that shows the value, cleaned and cut.
pub fn life(written: Written<'_>) -> Result<Option<TimeDelta>, BadTime> {
    let number = match written {
        Written::Absent => return Ok(None),
        Written::Number(number) => number,
        Written::Text(text) if text.trim().is_empty() => return Ok(None),
        Written::Text(text) => text.trim().parse().map_err(|_| BadTime(text::clean(text, 40)))?,
    };
    if number.is_nan() {
        return Err(BadTime(number.to_string()));
    }
    let seconds = to_whole(number.clamp(0.0, 1e15)).unwrap_or(LONGEST_LIFE).min(LONGEST_LIFE);
    Ok(Some(TimeDelta::seconds(seconds)))
}

/// The whole part of `number`, where it fits.
fn to_whole(number: f64) -> Option<i64> {
    let whole = number.trunc();
    // Text is the one lossless way from a float to an integer without a cast.
    (whole.abs() < 1e18).then(|| format!("{whole:.0}").parse().ok()).flatten()
}

/// A value that is no point in time and no span of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadTime(pub String);

impl fmt::Display for BadTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read “{}” as a time", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_end_is_read() {
        let end = at_seconds(1_800_000_000);
        for written in [
            Written::Number(1.8e9),
            Written::Number(1.8e12),
            Written::Text("1800000000"),
            Written::Text("1800000000000"),
            Written::Text("2027-01-15T08:00:00Z"),
            Written::Text("2027-01-15T01:00:00-07:00"),
            Written::Text("2027-01-15T08:00:00UTC"),
            Written::Text("15 Jan 27 08:00 GMT"),
        ] {
            assert_eq!(moment(written), Ok(end), "{written:?}");
        }
    }

    #[test]
    fn nothing_known_is_not_the_year_1970() {
        for written in [
            Written::Absent,
            Written::Number(0.0),
            Written::Text(""),
            Written::Text("0"),
            Written::Text("  "),
        ] {
            assert_eq!(moment(written), Ok(None), "{written:?}");
        }
    }

    #[test]
    fn odd_values_are_refused_without_a_panic() {
        for written in [
            Written::Number(-1.0),
            Written::Number(f64::NAN),
            Written::Number(f64::INFINITY),
            Written::Number(9.3e18),
            Written::Text("soon"),
            Written::Text("10000-01-01T00:00:00Z"),
            Written::Text("2027-13-01T00:00:00Z"),
        ] {
            assert!(moment(written).is_err(), "{written:?}");
        }
    }

    #[test]
    fn a_life_is_read_clamped_or_refused() {
        for (written, seconds) in [
            (Written::Number(3600.0), Ok(Some(3600))),
            (Written::Number(3600.9), Ok(Some(3600))),
            (Written::Text("3600"), Ok(Some(3600))),
            (Written::Number(0.0), Ok(Some(0))),
            (Written::Number(-1.0), Ok(Some(0))),
            (Written::Number(1e300), Ok(Some(LONGEST_LIFE))),
            (Written::Number(9.3e18), Ok(Some(LONGEST_LIFE))),
            (Written::Absent, Ok(None)),
            (Written::Text("soon"), Err(BadTime("soon".into()))),
        ] {
            assert_eq!(life(written), seconds.map(|life| life.map(TimeDelta::seconds)), "{written:?}");
        }
    }
}
