//! Points in time and how they are read and written.
//!
//! Ends of tokens are wall-clock times, because the provider says them. Waits are measured
//! on a steady clock, because the wall clock may jump. A [`Now`] carries both and comes with
//! every message; nothing in the pure layers reads a clock. This is the one file that names
//! chrono's constructors.

use std::time::Duration;

pub use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

/// A point on a clock that never jumps, counted from the start of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Steady(pub Duration);

impl Steady {
    /// The point `wait` after this one.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(wait))
    }

    /// How long it is from this point until `later`; zero when `later` has passed.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        later.0.saturating_sub(self.0)
    }
}

/// The moment a message arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// What the wall clock says: for ends of tokens.
    pub wall: DateTime<Utc>,
    /// What the steady clock says: for waits.
    pub steady: Steady,
    /// The offset of local time, for showing an end as the person's own clock would.
    pub offset: FixedOffset,
}

/// The time `seconds` after 1970, or nothing where no calendar reaches.
#[must_use]
pub fn at_seconds(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0)
}

/// The time `millis` milliseconds after 1970, or nothing where no calendar reaches.
#[must_use]
pub fn at_millis(millis: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(millis)
}

/// Reads an RFC 3339 time with any offset.
#[must_use]
pub fn from_rfc3339(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}

/// Reads an RFC 822 or RFC 2822 time, with a year of two or four digits.
#[must_use]
pub fn from_rfc822(text: &str) -> Option<DateTime<Utc>> {
    let seconds = DateTime::parse_from_rfc2822(text).ok();
    // RFC 822 as some programs write it: no seconds, and a zone that is always GMT or UTC.
    let bare = text.trim_end_matches("GMT").trim_end_matches("UTC").trim();
    let minutes =
        || chrono::NaiveDateTime::parse_from_str(bare, "%d %b %y %H:%M").ok().map(|at| at.and_utc());
    seconds.map(|at| at.to_utc()).or_else(minutes)
}

/// Reads a date as HTTP headers write it, in each of the three forms (RFC 9110 §5.6.7).
#[must_use]
pub fn from_http_date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let obsolete = |form| chrono::NaiveDateTime::parse_from_str(text, form).ok().map(|at| at.and_utc());
    let preferred = DateTime::parse_from_rfc2822(text).ok().map(|at| at.to_utc());
    preferred.or_else(|| obsolete("%A, %d-%b-%y %H:%M:%S GMT")).or_else(|| obsolete("%a %b %e %H:%M:%S %Y"))
}

/// Writes a time as RFC 3339 in UTC, to the second: `2026-11-22T14:02:00Z`.
#[must_use]
pub fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// Writes a time as RFC 3339 in UTC, to the millisecond.
#[must_use]
pub fn rfc3339_millis(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// The time of day on the person's clock: `14:02`.
#[must_use]
pub fn local_minute(at: DateTime<Utc>, offset: FixedOffset) -> String {
    at.with_timezone(&offset).format("%H:%M").to_string()
}

/// The day on the person's clock: `22 Nov`.
#[must_use]
pub fn local_day(at: DateTime<Utc>, offset: FixedOffset) -> String {
    at.with_timezone(&offset).format("%-d %b").to_string()
}

/// Date and time on the person's clock with the offset: `22 Nov 2026 14:02 +01:00`.
#[must_use]
pub fn local(at: DateTime<Utc>, offset: FixedOffset) -> String {
    at.with_timezone(&offset).format("%-d %b %Y %H:%M %:z").to_string()
}

/// How long after `at` the minute shown by [`local_minute`] changes.
#[must_use]
pub fn until_next_minute(at: DateTime<Utc>) -> Duration {
    let millis = at.timestamp_millis().rem_euclid(60_000);
    Duration::from_millis(u64::try_from(60_000 - millis).unwrap_or(60_000))
}

/// `wait` as a signed span, clamped to what a calendar can hold.
#[must_use]
pub fn span(wait: Duration) -> TimeDelta {
    TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_written_form_of_one_moment_is_read_alike() {
        let at = at_seconds(1_678_722_420);
        for text in ["2023-03-13T15:47:00Z", "2023-03-13T08:47:00-07:00", "2023-03-13T21:17:00+05:30"] {
            assert_eq!(from_rfc3339(text), at, "{text}");
        }
        for text in ["13 Mar 23 15:47 GMT", "13 Mar 23 15:47 UTC", "Mon, 13 Mar 2023 15:47:00 GMT"] {
            assert_eq!(from_rfc822(text), at, "{text}");
        }
    }

    #[test]
    fn a_date_of_a_header_is_read_in_each_of_its_forms() {
        let at = at_seconds(784_111_777);
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            " Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(from_http_date(text), at, "{text}");
        }
        for text in ["", "soon", "120", "Sun, 06 Nov 1994", "Mon, 06 Nov 1994 08:49:37 GMT"] {
            assert_eq!(from_http_date(text), None, "{text}");
        }
    }

    #[test]
    fn the_clock_in_the_header_changes_at_the_full_minute() {
        let at = at_millis(59_250).expect("in range");
        assert_eq!(until_next_minute(at), Duration::from_millis(750));
    }

    #[test]
    fn local_time_names_its_offset() {
        let offset = FixedOffset::east_opt(3600).expect("in range");
        let at = from_rfc3339("2026-11-22T13:02:00Z").expect("a time");
        assert_eq!(local(at, offset), "22 Nov 2026 14:02 +01:00");
        assert_eq!(local_minute(at, offset), "14:02");
    }
}
