//! A span of time as people write it: `365d`.

use serde::Deserialize;
use serde::de::Deserializer;

use crate::domain::clock::TimeDelta;
use crate::domain::provider::scalar;

/// The longest span, in seconds: a hundred years.
const LONGEST: i64 = 100 * 365 * 86_400;

const RULE: &str = "a time is a number and d, h, m or s, such as 365d, 12h, 30m or 45s, and at most 36500d";

/// A span of time.
pub(crate) struct Span(pub(crate) TimeDelta);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar::checked(deserializer, |written| parse(written).map(Self).ok_or(RULE))
    }
}

fn parse(written: &str) -> Option<TimeDelta> {
    let units = [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];
    let (number, unit) =
        units.iter().find_map(|(letter, seconds)| Some((written.strip_suffix(*letter)?, *seconds)))?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = number.parse::<i64>().ok().filter(|_| digits)?.checked_mul(unit)?;
    (1..=LONGEST).contains(&seconds).then(|| TimeDelta::try_seconds(seconds))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_and_its_unit() {
        for (written, seconds) in [
            ("365d", Some(31_536_000)),
            ("12h", Some(43_200)),
            ("30m", Some(1800)),
            ("45s", Some(45)),
            ("36500d", Some(LONGEST)),
            ("36501d", None),
            ("0d", None),
            ("-1d", None),
            ("+1d", None),
            ("1.5h", None),
            ("3600", None),
            ("d", None),
            ("1 d", None),
            ("99999999999999999999d", None),
            ("9223372036854775807d", None),
            ("", None),
        ] {
            assert_eq!(parse(written).map(|span| span.num_seconds()), seconds, "{written}");
        }
    }
}
