//! Times as files and replies write them: every form in which they say when a token expires.

use std::fmt;

use crate::domain::clock::{
    DateTime, ParsedTime, TimeDelta, Utc, Zone, at_millis, at_seconds, from_rfc3339, from_text, is_writable,
    rfc3339, rfc3339_offset, rfc3339_with,
};
use crate::domain::text;

/// From this number on a point in time is in milliseconds; in seconds it would be the year 5138.
const MILLISECONDS_FROM: f64 = 1e11;

/// Up to this second a point in time is a zero time: 1970 in any zone, the year 1 of Go and .NET, -1.
const ZERO_UNTIL: i64 = 86_400;

/// The longest life that is believed; more is clamped, so that no calendar overflows.
const LONGEST_LIFE: i64 = 100 * 365 * 86_400;

/// A stored or received value, before anybody knows what it means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RawTime<'a> {
    /// Nothing, null.
    Absent,
    /// A number.
    Number(f64),
    /// A text, which may hold a number.
    Text(&'a str),
}

/// Reads a point in time in any form that files and replies have: seconds or milliseconds since 1970,
/// and what [`from_text`] reads. Absent, empty and every spelling of a zero time mean that no end is
/// known.
///
/// # Errors
/// A [`TimeError`] that shows the value, cleaned and cut: it is no time, or one that could not be written.
pub fn moment(written: RawTime<'_>) -> Result<Option<ParsedTime>, TimeError> {
    let read = match written {
        RawTime::Absent => return Ok(None),
        RawTime::Number(number) => from_number(number),
        RawTime::Text(text) => {
            let text = text.trim();
            // Databases write a zero time that no calendar has: 0000-00-00.
            if text.bytes().all(|byte| b"0-: TZ".contains(&byte)) {
                return Ok(None);
            }
            // No number has two dashes, and most times do.
            let number = || text.parse().ok().map(from_number);
            let known = from_rfc3339(text).map(|at| Some(ParsedTime { at, zone: Zone::Written }));
            known.or_else(number).unwrap_or_else(|| from_text(text))
        }
    };
    let moment = read.filter(|moment| is_writable(moment.at)).ok_or_else(|| TimeError::of(written))?;
    Ok(Some(moment).filter(|moment| moment.at.timestamp() > ZERO_UNTIL))
}

/// A point in time as a file writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrittenTime {
    /// A number, be it of seconds or of milliseconds.
    Number(i64),
    Text(String),
}

/// `at` in the form of `before`: the same unit of a number, the same offset of a text. Other forms, and a
/// zero time, become RFC 3339, which every reader of the others reads as well.
#[must_use]
pub fn in_form_of(before: RawTime<'_>, at: DateTime<Utc>) -> WrittenTime {
    let number = match before {
        RawTime::Absent => None,
        RawTime::Number(number) => Some(number),
        RawTime::Text(text) => text.trim().parse().ok(),
    };
    match (before, number.filter(|number| *number > 0.0)) {
        (_, Some(number)) if number >= MILLISECONDS_FROM => WrittenTime::Number(at.timestamp_millis()),
        (_, Some(_)) => WrittenTime::Number(at.timestamp()),
        (RawTime::Text(text), None) => {
            let offset = rfc3339_offset(text.trim());
            WrittenTime::Text(offset.map_or_else(|| rfc3339(at), |offset| rfc3339_with(at, offset)))
        }
        (RawTime::Absent | RawTime::Number(_), None) => WrittenTime::Text(rfc3339(at)),
    }
}

fn from_number(number: f64) -> Option<ParsedTime> {
    let at = |whole| if number.abs() >= MILLISECONDS_FROM { at_millis(whole) } else { at_seconds(whole) };
    to_whole(number).and_then(at).map(|at| ParsedTime { at, zone: Zone::Written })
}

/// Reads a life in seconds, as `expires_in` says it. Zero or less has ended already; what no
/// calendar can hold is clamped to a hundred years.
///
/// # Errors
/// A [`TimeError`] that shows the value, cleaned and cut.
pub fn life(written: RawTime<'_>) -> Result<Option<TimeDelta>, TimeError> {
    let number = match written {
        RawTime::Absent => return Ok(None),
        RawTime::Number(number) => number,
        RawTime::Text(text) if text.trim().is_empty() => return Ok(None),
        RawTime::Text(text) => text.trim().parse().map_err(|_| TimeError(text::clean(text, 40)))?,
    };
    if number.is_nan() {
        return Err(TimeError(number.to_string()));
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
pub struct TimeError(pub String);

impl TimeError {
    fn of(written: RawTime<'_>) -> Self {
        Self(match written {
            RawTime::Absent => String::new(),
            RawTime::Number(number) => number.to_string(),
            RawTime::Text(text) => text::clean(text.trim(), 40),
        })
    }
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read “{}” as a time", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_an_end_is_read() {
        let end = at_seconds(1_800_000_000).expect("in range");
        for written in [
            RawTime::Number(1.8e9),
            RawTime::Number(1.8e12),
            RawTime::Text("1800000000"),
            RawTime::Text("1800000000000"),
            RawTime::Text(" 2027-01-15T08:00:00Z "),
            RawTime::Text("2027-01-15T01:00:00-07:00"),
            RawTime::Text("2027-01-15T08:00:00UTC"),
            RawTime::Text("15 Jan 27 08:00 GMT"),
        ] {
            assert_eq!(moment(written), Ok(Some(ParsedTime { at: end, zone: Zone::Written })), "{written:?}");
        }
        let assumed = ParsedTime { at: end, zone: Zone::Assumed };
        assert_eq!(moment(RawTime::Text("2027-01-15T08:00:00")), Ok(Some(assumed)));
    }

    #[test]
    fn a_zero_time_in_any_spelling_is_no_end_known() {
        let numbers = [0.0, -0.0, -1.0, -62_135_596_800.0, -62_135_596_800_000.0];
        let texts = [
            "",
            "  ",
            "0",
            "0.0",
            "-1",
            "0001-01-01T00:00:00Z",
            "0001-01-01T00:00:00",
            "0001-01-01 00:00:00 +0000 UTC",
            "0000-00-00",
            "0000-00-00 00:00:00",
            "1970-01-01T00:00:00Z",
            "1970-01-01T01:00:00+01:00",
            "1970-01-01",
            "1969-12-31T16:00:00-08:00",
            "Thu, 01 Jan 1970 00:00:00 GMT",
        ];
        let numbers = numbers.map(RawTime::Number);
        for written in [RawTime::Absent].into_iter().chain(numbers).chain(texts.map(RawTime::Text)) {
            assert_eq!(moment(written), Ok(None), "{written:?}");
        }
    }

    #[test]
    fn what_is_no_time_or_cannot_be_written_is_refused_without_a_panic() {
        for written in [
            RawTime::Number(f64::NAN),
            RawTime::Number(f64::INFINITY),
            RawTime::Number(9.3e18),
            RawTime::Number(1.904e15),
            RawTime::Number(253_402_300_800_000.0),
            RawTime::Number(8.64e15),
            RawTime::Text("9223372036854775807"),
            RawTime::Text("soon"),
            RawTime::Text("10000-01-01T00:00:00Z"),
            RawTime::Text("+275760-09-13T00:00:00.000Z"),
            RawTime::Text("2027-13-01T00:00:00Z"),
        ] {
            assert!(moment(written).is_err(), "{written:?}");
        }
        let last = at_seconds(253_402_300_799);
        let read = moment(RawTime::Text("9999-12-31T23:59:59.999Z")).expect("a time").expect("an end");
        assert_eq!(at_seconds(read.at.timestamp()), last);
    }

    #[test]
    fn a_life_is_read_clamped_or_refused() {
        for (written, seconds) in [
            (RawTime::Number(3600.0), Ok(Some(3600))),
            (RawTime::Number(3600.9), Ok(Some(3600))),
            (RawTime::Text("3600"), Ok(Some(3600))),
            (RawTime::Number(0.0), Ok(Some(0))),
            (RawTime::Number(-1.0), Ok(Some(0))),
            (RawTime::Number(1e300), Ok(Some(LONGEST_LIFE))),
            (RawTime::Number(9.3e18), Ok(Some(LONGEST_LIFE))),
            (RawTime::Absent, Ok(None)),
            (RawTime::Text("soon"), Err(TimeError("soon".into()))),
        ] {
            assert_eq!(life(written), seconds.map(|life| life.map(TimeDelta::seconds)), "{written:?}");
        }
    }
}
