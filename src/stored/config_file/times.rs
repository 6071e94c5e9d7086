//! Times in the fields of an entry.

use serde_yaml::Value;

use crate::domain::clock::{DateTime, Utc, Zone, is_writable, rfc3339};
use crate::domain::expiry::{RawTime, moment};
use crate::stored::field_value::FieldValue;

/// The time that is the `value` of the field `name`; nothing, and a note, where it cannot be read. The value is not
/// shown: it may be a token that lost its line.
pub(super) fn time(name: &str, value: &FieldValue<'_>, notes: &mut Vec<String>) -> Option<DateTime<Utc>> {
    let read = match value {
        FieldValue::Null => return None,
        FieldValue::Text(text) => moment(RawTime::Text(text)).ok(),
        FieldValue::Number(number) => moment(RawTime::Number(number.as_f64().unwrap_or(f64::NAN))).ok(),
        FieldValue::Bool(_) | FieldValue::List(_) | FieldValue::Map(_) | FieldValue::Tagged(_) => None,
    };
    let Some(moment) = read else {
        notes.push(format!("{name} is not a time that can be read; write it like 2026-11-22T14:02:00Z"));
        return None;
    };
    if moment.is_some_and(|moment| moment.zone == Zone::Assumed) {
        notes.push(format!("{name} has no time zone and is taken as UTC; add a Z or an offset"));
    }
    moment.map(|moment| moment.at)
}

/// A time as it is written; nothing where no file can say it.
pub(super) fn at(at: Option<DateTime<Utc>>) -> Option<Value> {
    at.filter(|at| is_writable(*at)).map(|at| Value::from(rfc3339(at)))
}
