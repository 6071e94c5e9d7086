//! Age of a login: since when it lasts, as the event log knows it.
//!
//! No file says when a login began: its tokens are newer with each refresh. Where the log does not
//! know it either, nobody can say how much of it is over.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::clock::{DateTime, Utc};
use crate::domain::event::{Event, GrantEvent};
use crate::domain::name::ProfileId;
use crate::tui::model::Model;
use crate::tui::profile_events;

/// When the logins of these profiles began, where that is known.
#[must_use]
pub fn beginnings<'a>(
    model: &'a Model,
    ids: BTreeSet<&'a ProfileId>,
) -> BTreeMap<&'a ProfileId, DateTime<Utc>> {
    let events = profile_events::of_each(model, ids).into_iter();
    events.filter_map(|(id, events)| Some((id, last_login(&events)?))).collect()
}

/// The same of one profile.
#[must_use]
pub fn beginning(model: &Model, id: &ProfileId) -> Option<DateTime<Utc>> {
    beginnings(model, BTreeSet::from([id])).remove(id)
}

/// When the last login among `events`, oldest first, was stored.
fn last_login(events: &[&Event]) -> Option<DateTime<Utc>> {
    events.iter().rfind(|event| matches!(event.what, GrantEvent::LoggedIn)).map(|event| event.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{at, event};

    #[test]
    fn a_login_lasts_since_the_last_time_that_it_was_stored() {
        let happened = |seconds, what| Event { at: at(seconds), ..event(what) };
        let refreshed = || GrantEvent::Refreshed { grant: "g1".into(), next: "g2".into(), generation: 2 };
        let events =
            [happened(1, GrantEvent::LoggedIn), happened(2, GrantEvent::LoggedIn), happened(3, refreshed())];
        assert_eq!(last_login(&events.iter().collect::<Vec<_>>()), Some(at(2)));
        assert_eq!(last_login(&[&events[2]]), None);
    }
}
