//! End of a key or token as a person types it.

use crate::domain::clock::{DateTime, Utc};
use crate::domain::clock::{Now, TimeDelta, Zone, from_text, is_writable, local, span};
use crate::domain::{duration, text};

/// The word that takes an end away.
pub const NEVER: &str = "never";

/// What can be typed, for people.
pub const FORMS: &str = "write it like 2027-01-31, 2027-01-31T12:00:00Z, 90d, 12h or never";

/// Reads an end: a day, which ends it as that day begins here; a time; or a span from now on. Nothing where
/// none is to be known.
///
/// # Errors
/// A sentence without a full stop when it is none of these, or has passed.
pub fn typed_end(typed: &str, now: Now) -> Result<Option<DateTime<Utc>>, String> {
    let typed = typed.trim();
    if typed.eq_ignore_ascii_case(NEVER) {
        return Ok(None);
    }
    let unreadable = || format!("cannot read “{}” as an end: {FORMS}", text::clean(typed, 40));
    let wait = duration::parse(typed);
    if wait == Some(duration::LONGEST) {
        return Err(format!(
            "{} is too long: an end lies less than a hundred years ahead",
            text::clean(typed, 40)
        ));
    }
    let from_now = wait.and_then(|wait| now.wall.checked_add_signed(span(wait)));
    let zone = TimeDelta::seconds(i64::from(now.offset.local_minus_utc()));
    let time = || {
        // Numbers alone may be anything.
        let parsed = from_text(typed).filter(|_| typed.contains(['-', ':', ' ']))?;
        match parsed.zone {
            Zone::Written => Some(parsed.at),
            Zone::Assumed => parsed.at.checked_sub_signed(zone),
        }
    };
    let end = from_now.or_else(time).filter(|end| is_writable(*end)).ok_or_else(unreadable)?;
    if end > now.wall {
        return Ok(Some(end));
    }
    Err(format!("{} has passed: an end lies ahead", local(end, now.offset)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{at, now};

    #[test]
    fn an_end_is_a_day_a_time_or_a_span_to_come() {
        // The clock of the fixtures stands at 2027-01-15 08:00 UTC.
        let offset = i64::from(now().offset.local_minus_utc());
        for (typed, end) in [
            ("2027-01-31", Ok(Some(at(1_382_400 - 28_800 - offset)))),
            (" 2027-01-31T12:00:00Z ", Ok(Some(at(1_382_400 + 14_400)))),
            ("2027-01-31T12:00:00+02:00", Ok(Some(at(1_382_400 + 7_200)))),
            ("90d", Ok(Some(at(90 * 86_400)))),
            ("12h", Ok(Some(at(43_200)))),
            ("never", Ok(None)),
            ("Never", Ok(None)),
            ("2027-01-14", Err("has passed")),
            ("2027-01-15T08:00:00Z", Err("has passed")),
            ("0d", Err("has passed")),
            ("999999999d", Err("less than a hundred years")),
            ("31.3.2027", Err("cannot read “31.3.2027”")),
            ("20270131", Err("cannot read")),
            ("1800000000", Err("cannot read")),
            ("soon", Err("cannot read")),
            ("-3d", Err("cannot read")),
            ("", Err("cannot read")),
        ] {
            match (typed_end(typed, now()), end) {
                (Ok(read), Ok(end)) => assert_eq!(read, end, "{typed}"),
                (Err(why), Err(says)) => assert!(why.contains(says), "{typed}: {why}"),
                (read, end) => panic!("{typed}: {read:?} {end:?}"),
            }
        }
    }
}
