//! Retention: the lines that stay in an event log that has grown.
//!
//! The last line about a grant says what may be done with its refresh token: a request without an
//! end explains a lost grant later, and a refresh keeps whoever finds an older copy from asking with
//! a spent token. Those stay longest.

use std::collections::BTreeMap;
use std::slice;

use crate::domain::event::{self, Event, GrantHistory};
use crate::domain::tokens::RefreshTokenId;
use crate::stored::event_log;

/// The lines of `events` that stay in a log that may have `largest` bytes: each request without an
/// end, the newest refreshes in half of it, and the newest of all else in a quarter.
pub(super) fn retained(events: &[Event], largest: u64) -> String {
    let grants = events.iter().enumerate().filter_map(|(index, event)| Some((event.what.grant()?, index)));
    let last: BTreeMap<&RefreshTokenId, usize> = grants.collect();
    let (mut refreshes, mut others) = (0_u64, 0_u64);
    let mut kept = Vec::new();
    for (index, event) in events.iter().enumerate().rev() {
        let line = event_log::line(event);
        let size = u64::try_from(line.len()).unwrap_or(u64::MAX);
        let grant = event.what.grant().filter(|grant| last.get(grant) == Some(&index));
        let stays = match grant
            .map_or(GrantHistory::Plain, |grant| event::grant_history(slice::from_ref(event), grant))
        {
            GrantHistory::Interrupted(_) => true,
            GrantHistory::Spent { .. } => {
                refreshes = refreshes.saturating_add(size);
                refreshes <= largest / 2
            }
            GrantHistory::Plain => {
                others = others.saturating_add(size);
                others <= largest / 4
            }
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

    use crate::domain::event::GrantEvent;
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
        let mut events = vec![asked("lost"), asked("g1"), refreshed("g1", "g2"), asked("g3"), failed("g3")];
        let rest = (0..200).map(|number| failed(&format!("n{number}")));
        events.extend(rest);
        events.push(refreshed("same", "same"));

        let largest = 4 * 10 * u64::try_from(event_log::line(&failed("n199")).len()).expect("small");
        let kept = event_log::events(&retained(&events, largest));

        assert_eq!(kept[..2], [asked("lost"), refreshed("g1", "g2")]);
        assert_eq!(kept.len(), 11);
        assert_eq!((kept[2].clone(), kept.last()), (failed("n192"), events.last()));
        for grant in ["lost", "g1"].map(RefreshTokenId::from) {
            let (before, after) =
                (event::grant_history(&events, &grant), event::grant_history(&kept, &grant));
            assert_eq!(format!("{after:?}"), format!("{before:?}"), "{grant:?}");
        }
    }

    #[test]
    fn the_oldest_renewals_go_at_last() {
        let events: Vec<Event> =
            (100..200).map(|number| refreshed(&format!("g{number}"), &format!("g{}", number + 1))).collect();
        let largest = 2 * 10 * u64::try_from(event_log::line(&events[0]).len()).expect("small");
        let kept = event_log::events(&retained(&events, largest));
        assert_eq!(kept, events[90..]);
    }
}
