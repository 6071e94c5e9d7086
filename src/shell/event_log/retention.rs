//! Retention: the lines that stay in an event log that has grown.
//!
//! A request without an end explains a lost grant later, and a refresh, as the last line about a grant,
//! keeps whoever finds an older copy from asking with a spent token. Those stay longest.

use std::collections::{BTreeMap, BTreeSet};
use std::{ptr, slice};

use crate::domain::event::{self, Event, GrantHistory};
use crate::domain::tokens::RefreshTokenId;
use crate::stored::event_log;

/// How many requests without an end of one grant stay: the last may be under way, and its failure
/// leaves the one before it unexplained.
const OPEN_REQUESTS: usize = 2;

/// The lines of `events` that stay in a log that may have `largest` bytes: the last requests without an
/// end of each grant, the newest refreshes in half of it, and the newest of all else in a quarter.
pub(super) fn retained(events: &[Event], largest: u64) -> String {
    let mut grants: BTreeMap<&RefreshTokenId, Vec<&Event>> = BTreeMap::new();
    for event in events {
        if let Some(grant) = event.what.grant() {
            grants.entry(grant).or_default().push(event);
        }
    }
    let open: BTreeSet<*const Event> = grants
        .iter()
        .flat_map(|(grant, about)| {
            event::open_requests(about.iter().copied(), grant).into_iter().rev().take(OPEN_REQUESTS)
        })
        .map(ptr::from_ref)
        .collect();
    let spends = |event: &Event| {
        let grant = event.what.grant()?;
        let is_last = grants.get(grant)?.last().is_some_and(|last| ptr::eq(*last, event));
        let alone = event::grant_history(slice::from_ref(event), grant);
        Some(is_last && matches!(alone, GrantHistory::Spent { .. }))
    };
    let (mut refreshes, mut others) = (0_u64, 0_u64);
    let mut kept = Vec::new();
    for event in events.iter().rev() {
        let line = event_log::line(event);
        let size = u64::try_from(line.len()).unwrap_or(u64::MAX);
        let stays = if open.contains(&ptr::from_ref(event)) {
            true
        } else if spends(event) == Some(true) {
            refreshes = refreshes.saturating_add(size);
            refreshes <= largest / 2
        } else {
            others = others.saturating_add(size);
            others <= largest / 4
        };
        if stays {
            kept.push(line);
        }
    }
    kept.reverse();
    kept.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::event::{Author, GrantEvent};
    use crate::domain::fixtures::event;

    fn asked(grant: &str) -> Event {
        event(GrantEvent::RefreshStarted { grant: grant.into() })
    }

    fn refreshed(grant: &str, next: &str) -> Event {
        event(GrantEvent::Refreshed { grant: grant.into(), next: next.into(), generation: 2 })
    }

    fn failed(grant: &str) -> Event {
        event(GrantEvent::RefreshFailed { grant: grant.into(), is_dead: false, why: "503".into() })
    }

    #[test]
    fn what_says_whether_a_token_may_be_asked_with_outlives_what_does_not() {
        let by = Author { program: "authtui".into(), process: 1 };
        let killed = Event { by, ..asked("lost") };
        let mut events = vec![killed.clone(), asked("lost"), failed("lost")];
        events.extend([asked("g1"), refreshed("g1", "g2"), asked("g3"), failed("g3")]);
        let rest = (0..200).map(|number| failed(&format!("n{number}")));
        events.extend(rest);
        events.push(refreshed("same", "same"));

        let largest = 4 * 10 * u64::try_from(event_log::line(&failed("n199")).len()).expect("small");
        let kept = event_log::events(&retained(&events, largest));

        assert_eq!(kept[..2], [killed, refreshed("g1", "g2")]);
        assert_eq!(kept.len(), 11);
        assert_eq!((kept[2].clone(), kept.last()), (failed("n192"), events.last()));
        for grant in ["lost", "g1"].map(RefreshTokenId::from) {
            let (before, after) =
                (event::grant_history(&events, &grant), event::grant_history(&kept, &grant));
            assert_eq!(format!("{after:?}"), format!("{before:?}"), "{grant:?}");
        }
    }

    #[test]
    fn the_oldest_refreshes_go_at_last() {
        let events: Vec<Event> =
            (100..200).map(|number| refreshed(&format!("g{number}"), &format!("g{}", number + 1))).collect();
        let largest = 2 * 10 * u64::try_from(event_log::line(&events[0]).len()).expect("small");
        let kept = event_log::events(&retained(&events, largest));
        assert_eq!(kept, events[90..]);
    }
}
