//! Event log: one JSON object a line, oldest first.

use serde_json::{Map, Value};

use crate::domain::clock::{from_rfc3339, rfc3339_millis};
use crate::domain::event::{Author, Event, GrantEvent};
use crate::domain::name::ProfileName;
use crate::domain::text;
use crate::domain::tokens::RefreshTokenId;

/// The longest text that is read from a line, in characters.
const TEXT_LIMIT: usize = 400;

/// `event` as a line, with its end.
#[must_use]
pub fn line(event: &Event) -> String {
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| drop(fields.insert(key.to_owned(), value));
    put("at", rfc3339_millis(event.at).into());
    put("by", event.by.program.as_str().into());
    put("process", event.by.process.into());
    put("profile", event.profile.exact().into());
    put("store", event.store.as_str().into());
    put("event", event.what.word().into());
    match &event.what {
        GrantEvent::RefreshStarted { grant } => put("grant", grant.as_str().into()),
        GrantEvent::Refreshed { grant, next, generation } => {
            put("grant", grant.as_str().into());
            put("next", next.as_str().into());
            put("generation", (*generation).into());
        }
        GrantEvent::Adopted { grant, next } | GrantEvent::NewerKept { grant, next } => {
            put("grant", grant.as_str().into());
            put("next", next.as_str().into());
        }
        GrantEvent::RefreshFailed { grant, why, is_dead: _ } | GrantEvent::NotSaved { grant, why } => {
            put("grant", grant.as_str().into());
            put("why", why.as_str().into());
        }
        GrantEvent::NotRevoked { why } => put("why", why.as_str().into()),
        GrantEvent::Renamed { to } | GrantEvent::MovedTo { place: to } => put("to", to.as_str().into()),
        GrantEvent::TakenOver { from } => put("from", from.as_str().into()),
        GrantEvent::LoggedIn
        | GrantEvent::KeyStored
        | GrantEvent::Erased
        | GrantEvent::Restored
        | GrantEvent::Revoked => {}
    }
    format!("{}\n", Value::Object(fields))
}

/// The events of `log`. A line that is none, such as one that was cut off, is passed over.
#[must_use]
pub fn events(log: &str) -> Vec<Event> {
    log.lines().filter_map(event).collect()
}

fn event(line: &str) -> Option<Event> {
    let value: Value = serde_json::from_str(line).ok()?;
    let text = |key: &str| value.get(key)?.as_str().map(|text| text::clean(text, TEXT_LIMIT));
    let grant = || text("grant").map(RefreshTokenId::from);
    let next = || text("next").map(RefreshTokenId::from);
    let what = match text("event")?.as_str() {
        "asked" => GrantEvent::RefreshStarted { grant: grant()? },
        "refreshed" => GrantEvent::Refreshed {
            grant: grant()?,
            next: next()?,
            generation: value.get("generation")?.as_u64()?,
        },
        "adopted" => GrantEvent::Adopted { grant: grant()?, next: next()? },
        "kept" => GrantEvent::NewerKept { grant: grant()?, next: next()? },
        "dead" => GrantEvent::RefreshFailed { grant: grant()?, is_dead: true, why: text("why")? },
        "failed" => GrantEvent::RefreshFailed { grant: grant()?, is_dead: false, why: text("why")? },
        "unsaved" => GrantEvent::NotSaved { grant: grant()?, why: text("why")? },
        "logged_in" => GrantEvent::LoggedIn,
        "key_stored" => GrantEvent::KeyStored,
        "renamed" => GrantEvent::Renamed { to: text("to")? },
        // A path is never shown as it is, and must be found again as it is.
        "moved" => GrantEvent::MovedTo { place: value.get("to")?.as_str()?.to_owned() },
        "taken_over" => GrantEvent::TakenOver { from: text("from")? },
        "erased" => GrantEvent::Erased,
        "restored" => GrantEvent::Restored,
        "revoked" => GrantEvent::Revoked,
        "not_revoked" => GrantEvent::NotRevoked { why: text("why")? },
        // A later version's.
        _ => return None,
    };
    Some(Event {
        at: from_rfc3339(value.get("at")?.as_str()?)?,
        by: Author {
            program: text("by")?,
            process: value.get("process")?.as_u64().and_then(|number| u32::try_from(number).ok())?,
        },
        profile: ProfileName::parse(value.get("profile")?.as_str()?).ok()?,
        store: value.get("store")?.as_str()?.to_owned(),
        what,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::at_millis;

    fn each() -> Vec<Event> {
        let (grant, next, why) =
            (RefreshTokenId::from("1a2b"), RefreshTokenId::from("3c4d"), "answered 503".to_owned());
        let happened = [
            GrantEvent::RefreshStarted { grant: grant.clone() },
            GrantEvent::Refreshed { grant: grant.clone(), next: next.clone(), generation: 7 },
            GrantEvent::Adopted { grant: grant.clone(), next: next.clone() },
            GrantEvent::NewerKept { grant: grant.clone(), next },
            GrantEvent::RefreshFailed { grant: grant.clone(), is_dead: true, why: why.clone() },
            GrantEvent::RefreshFailed { grant: grant.clone(), is_dead: false, why: why.clone() },
            GrantEvent::NotSaved { grant, why: why.clone() },
            GrantEvent::LoggedIn,
            GrantEvent::KeyStored,
            GrantEvent::Renamed { to: "play".into() },
            GrantEvent::MovedTo { place: "/home/ana/other.yaml".into() },
            GrantEvent::TakenOver { from: "Claude Code".into() },
            GrantEvent::Erased,
            GrantEvent::Restored,
            GrantEvent::Revoked,
            GrantEvent::NotRevoked { why },
        ];
        let event = |what| Event {
            at: at_millis(1_800_000_000_123).expect("a time"),
            by: Author { program: "authtui token".into(), process: 4711 },
            profile: ProfileName::parse("acme/Ana Müller").expect("a name"),
            store: "/home/ana/\"odd\"/config.yaml".into(),
            what,
        };
        happened.into_iter().map(event).collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text: String = each().iter().map(line).collect();
        assert_eq!(text.lines().count(), each().len());
        assert_eq!(events(&text), each());
    }

    #[test]
    fn a_line_that_was_cut_off_or_is_foreign_costs_no_other() {
        let whole: String = each().iter().map(line).collect();
        let cut = format!("{{\"at\":\"2027\n\nnull\n{{}}\n{whole}{}", &line(&each()[0])[..40]);
        assert_eq!(events(&cut), each());
    }
}
