//! Points in time and how they are read and written.
//!
//! Ends of tokens are wall-clock times, because the provider says them. Waits are measured
//! on a steady clock, because the wall clock may jump. A [`Now`] carries both and comes with
//! every message; nothing in the pure layers reads a clock. This is the one file that names
//! chrono's constructors.

use std::time::Duration;

pub use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};

/// Points in time as programs print them, without their zone.
const FORMS: &[&str] = &[
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y%m%dT%H%M%S%.f",
    "%Y/%m/%d %H:%M:%S%.f",
    "%G-W%V-%uT%H:%M:%S%.f",
    "%Y-%jT%H:%M:%S%.f",
    // JavaScript, C and Java; then the headers of mail, cookies and old servers, and RFC 822.
    "%a %b %d %Y %H:%M:%S",
    "%a %b %e %H:%M:%S %Y",
    "%a, %d %b %Y %H:%M:%S",
    "%a, %d-%b-%Y %H:%M:%S",
    "%A, %d-%b-%y %H:%M:%S",
    "%d %b %Y %H:%M:%S",
    "%d %b %y %H:%M",
];

/// Days as programs print them.
const DAYS: &[&str] = &["%Y-%m-%d", "%G-W%V-%u", "%Y-%j", "%Y/%m/%d"];

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
    plain_rfc3339(text.as_bytes()).or_else(|| Some(DateTime::parse_from_rfc3339(text).ok()?.to_utc()))
}

/// The same of the form that is written here, such as `2026-11-22T14:02:00Z`, or with an offset: most times have it,
/// and it needs no grammar.
fn plain_rfc3339(text: &[u8]) -> Option<DateTime<Utc>> {
    let (local, zone) = text.split_at_checked(19)?;
    let number = |digits: &[u8]| {
        let digit = |byte: &u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
        digits.iter().try_fold(0, |number, byte| Some(number * 10 + digit(byte)?))
    };
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', i0, i1, b':', s0, s1] = local
    else {
        return None;
    };
    let year = i32::try_from(number(&[y0, y1, y2, y3])?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(&[m0, m1])?, number(&[d0, d1])?)?;
    let at = day.and_hms_opt(number(&[h0, h1])?, number(&[i0, i1])?, number(&[s0, s1])?)?.and_utc();
    match *zone {
        [b'Z'] => Some(at),
        [sign @ (b'+' | b'-'), h0, h1, b':', m0, m1] => {
            let (hours, minutes) = (number(&[h0, h1])?, number(&[m0, m1])?);
            let seconds = i64::from((hours < 24 && minutes < 60).then_some(hours * 3600 + minutes * 60)?);
            at.checked_sub_signed(TimeDelta::seconds(if sign == b'+' { seconds } else { -seconds }))
        }
        _ => None,
    }
}

/// Reads an RFC 822 or RFC 2822 time, with a year of two or four digits.
#[must_use]
pub fn from_rfc822(text: &str) -> Option<DateTime<Utc>> {
    let seconds = DateTime::parse_from_rfc2822(text).ok();
    // RFC 822 as some programs write it: no seconds, and a zone that is always GMT or UTC.
    let bare = text.trim_end_matches("GMT").trim_end_matches("UTC").trim();
    let minutes = || NaiveDateTime::parse_from_str(bare, "%d %b %y %H:%M").ok().map(|at| at.and_utc());
    seconds.map(|at| at.to_utc()).or_else(minutes)
}

/// A point in time that was read from a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParsedTime {
    /// The point in time.
    pub at: DateTime<Utc>,
    /// Where its zone comes from.
    pub zone: Zone,
}

/// Where the zone of a [`ParsedTime`] comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// The text says it.
    Written,
    /// The text says none, so UTC was assumed.
    Assumed,
}

/// Reads a point in time in any of the ways in which programs print one: RFC 3339 and its looser
/// relatives, RFC 822, and what the standard libraries of Go, Java, JavaScript, Python and C print.
/// A zone whose name says no offset is not guessed.
#[must_use]
pub fn from_text(text: &str) -> Option<ParsedTime> {
    let written = |at| ParsedTime { at, zone: Zone::Written };
    if let Some(at) = from_rfc3339(text).or_else(|| from_rfc822(text)) {
        return Some(written(at));
    }
    // Go adds the reading of a steady clock, JavaScript the name of the zone.
    let text = text.split_once(" m=").map_or(text, |(time, _)| time);
    let text = text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")).map_or(text, |(time, _)| time);
    if let [day_name, month, day, time, zone, year] = *text.split_whitespace().collect::<Vec<_>>() {
        // Java writes the zone before the year, and no mail has a zone called UTC.
        let zone = if zone == "UTC" { "GMT" } else { zone };
        if let Some(at) = from_rfc822(&format!("{day_name}, {day} {month} {year} {time} {zone}")) {
            return Some(written(at));
        }
    }
    let (local, zone) = zone(text);
    // Some write the fraction of a second behind a comma; nobody needs it.
    let whole =
        local.split_once(',').filter(|(whole, _)| whole.ends_with(|last: char| last.is_ascii_digit()));
    let at = naive(whole.map_or(local, |(whole, _)| whole).trim_end())?;
    match zone {
        None => Some(ParsedTime { at: at.and_utc(), zone: Zone::Assumed }),
        Some(offset) => at.and_local_timezone(offset).single().map(|at| written(at.to_utc())),
    }
}

/// A text without its zone, and the zone.
fn zone(text: &str) -> (&str, Option<FixedOffset>) {
    let utc = FixedOffset::east_opt(0);
    let begins = text.find(':').or_else(|| text.find('T')).unwrap_or(text.len());
    let sign = text.get(begins..).and_then(|rest| rest.rfind(['+', '-'])).map(|at| begins + at);
    if let Some((local, offset)) = sign.and_then(|at| text.split_at_checked(at)) {
        // Go and others write the name of the zone behind its offset.
        let offset = offset.split_whitespace().next().unwrap_or_default();
        let local = local.trim_end_matches("GMT").trim_end_matches("UTC");
        return match from_offset(offset) {
            Some(offset) => (local, Some(offset)),
            None => (text, None),
        };
    }
    let named = ["UTC", "GMT", "Z", "z"].iter().find_map(|name| text.strip_suffix(name));
    named.map_or((text, None), |local| (local, utc))
}

/// Reads `+05:30`, `+0530` or `+05`.
fn from_offset(text: &str) -> Option<FixedOffset> {
    let (sign, digits) = text.split_at_checked(1)?;
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { "0" } else { minutes };
    let is_short = digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = is_short
        .then(|| Some(hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60))
        .flatten()?;
    FixedOffset::east_opt(if sign == "-" { -seconds } else { seconds })
}

fn naive(text: &str) -> Option<NaiveDateTime> {
    let time = FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || DAYS.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok());
    time.or_else(|| Some(day()?.and_time(NaiveTime::MIN)))
}

/// Whether RFC 3339 can write `at`: it has four digits for the year.
#[must_use]
pub fn is_writable(at: DateTime<Utc>) -> bool {
    (0..=9999).contains(&at.year())
}

/// `at`, or what RFC 3339 can write instead of it.
fn writable(at: DateTime<Utc>) -> DateTime<Utc> {
    // The first and the last second of the four-digit years.
    let [first, last] = [-62_167_219_200, 253_402_300_799].map(at_seconds);
    at.max(first.unwrap_or(at)).min(last.unwrap_or(at))
}

/// Reads a date as HTTP headers write it, in each of the three forms (RFC 9110 §5.6.7).
#[must_use]
pub fn from_http_date(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let obsolete = |form| NaiveDateTime::parse_from_str(text, form).ok().map(|at| at.and_utc());
    let preferred = DateTime::parse_from_rfc2822(text).ok().map(|at| at.to_utc());
    preferred.or_else(|| obsolete("%A, %d-%b-%y %H:%M:%S GMT")).or_else(|| obsolete("%a %b %e %H:%M:%S %Y"))
}

/// Writes a time as RFC 3339 in UTC, to the second: `2026-11-22T14:02:00Z`. One that it cannot write
/// becomes the nearest one that it can.
#[must_use]
pub fn rfc3339(at: DateTime<Utc>) -> String {
    writable(at).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// Writes a time as [`rfc3339`] does, with `offset`: `2026-11-22T07:02:00-07:00`.
#[must_use]
pub fn rfc3339_with(at: DateTime<Utc>, offset: FixedOffset) -> String {
    let local = at.with_timezone(&offset);
    if (0..=9999).contains(&local.year()) {
        local.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    } else {
        rfc3339(at)
    }
}

/// The offset of an RFC 3339 time.
#[must_use]
pub fn rfc3339_offset(text: &str) -> Option<FixedOffset> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| *at.offset())
}

/// Writes a time as [`rfc3339`] does, to the millisecond.
#[must_use]
pub fn rfc3339_millis(at: DateTime<Utc>) -> String {
    writable(at).to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
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

/// Date and time on the person's clock, to the second: `22 Nov 2026 14:02:07`.
#[must_use]
pub fn local_second(at: DateTime<Utc>, offset: FixedOffset) -> String {
    at.with_timezone(&offset).format("%e %b %Y %H:%M:%S").to_string()
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
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn a_time_in_the_plain_form_is_what_the_whole_grammar_reads(
            (text, at, by) in ("[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[+-][0-2][0-9]:[0-6][0-9])",
                any::<proptest::sample::Index>(), proptest::option::of("[ -~]{0,2}"))
        ) {
            let mut text = text;
            if let Some(by) = by {
                let at = at.index(text.len());
                text.replace_range(at..=at, &by);
            }
            let whole = DateTime::parse_from_rfc3339(&text).ok().map(|at| at.to_utc());
            prop_assert_eq!(from_rfc3339(&text), whole);
            prop_assert!(plain_rfc3339(text.as_bytes()).is_none_or(|at| Some(at) == whole));
        }
    }

    #[test]
    fn what_other_programs_print_is_read() {
        let at = at_seconds(1_800_000_000).expect("in range");
        for (text, zone) in [
            ("2027-01-15T08:00:00Z", Zone::Written),
            ("2027-01-15 08:00:00Z", Zone::Written),
            ("2027-01-15t08:00:00z", Zone::Written),
            ("2027-01-15T08:00Z", Zone::Written),
            ("20270115T080000Z", Zone::Written),
            ("2027-01-15T08:00:00UTC", Zone::Written),
            ("2027-01-15 08:00:00 UTC", Zone::Written),
            ("2027-01-15T08:00:00.000000000000Z", Zone::Written),
            ("2027-01-15T08:00:00,000Z", Zone::Written),
            ("2027-01-15T08:00:00.000+0000", Zone::Written),
            ("2027-01-15T09:00:00+01", Zone::Written),
            ("2027-01-15 01:00:00-0700", Zone::Written),
            ("2027-01-15 08:00:00 +0000 UTC", Zone::Written),
            ("2027-01-15 09:00:00.000000001 +0100 CET m=+3600.000000001", Zone::Written),
            ("2027-W02-5T08:00:00Z", Zone::Written),
            ("Fri Jan 15 2027 09:00:00 GMT+0100 (Central European Standard Time)", Zone::Written),
            ("Fri Jan 15 08:00:00 UTC 2027", Zone::Written),
            ("Fri Jan 15 00:00:00 PST 2027", Zone::Written),
            ("Fri, 15-Jan-2027 08:00:00 GMT", Zone::Written),
            ("Friday, 15-Jan-27 08:00:00 GMT", Zone::Written),
            ("15 Jan 27 08:00 GMT", Zone::Written),
            ("15 Jan 27 08:00", Zone::Written),
            ("2027-01-15T08:00:00", Zone::Assumed),
            ("2027-01-15T08:00:00.000000", Zone::Assumed),
            ("2027-01-15 08:00:00", Zone::Assumed),
            ("2027-01-15 08:00", Zone::Assumed),
            ("2027/01/15 08:00:00", Zone::Assumed),
            ("2027-015T08:00:00", Zone::Assumed),
            ("Fri Jan 15 08:00:00 2027", Zone::Assumed),
        ] {
            let read = from_text(text).map(|read| (read.at.timestamp(), read.zone));
            assert_eq!(read, Some((at.timestamp(), zone)), "{text}");
        }
        let midnight = at_seconds(1_799_971_200).expect("in range");
        for text in ["2027-01-15", "2027-W02-5", "2027-015"] {
            assert_eq!(from_text(text), Some(ParsedTime { at: midnight, zone: Zone::Assumed }), "{text}");
        }
        for text in
            ["", "soon", "2027-01-15 08:00:00 CET", "2027-13-01", "2027-01-15T08:00:00+99:00", "1/2/2027"]
        {
            assert_eq!(from_text(text), None, "{text}");
        }
    }

    #[test]
    fn whatever_is_written_can_be_read_again() {
        for (at, text) in [
            (at_seconds(253_402_300_799), "9999-12-31T23:59:59Z"),
            (at_seconds(253_402_300_800), "9999-12-31T23:59:59Z"),
            (Some(DateTime::<Utc>::MAX_UTC), "9999-12-31T23:59:59Z"),
            (Some(DateTime::<Utc>::MIN_UTC), "0000-01-01T00:00:00Z"),
        ] {
            let at = at.expect("in range");
            assert_eq!(rfc3339(at), text);
            assert!(from_rfc3339(&rfc3339(at)).is_some() && from_rfc3339(&rfc3339_millis(at)).is_some());
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
