//! Lineage of a profile: the names and stores that it had before, by what the event log tells of renames
//! and moves.

use std::collections::BTreeMap;

use crate::domain::event::{Event, GrantEvent};
use crate::domain::name::ProfileName;
use crate::domain::text;

/// The longest path that is compared, in characters, as paths are shown.
const PATH_LIMIT: usize = 400;

/// A profile as it is called now, to be followed back through events, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    name: ProfileName,
    /// Where its store lies, as shown to people.
    place: String,
    /// Where the other stores lie; what happened at a place that nobody knows may be about it too.
    others: Vec<String>,
    /// An event tells that another profile had this name before.
    is_over: bool,
}

impl Lineage {
    /// The profile `name` of the store at `place`, where the stores that are known lie at `places`; paths as
    /// shown to people.
    #[must_use]
    pub fn new(name: &ProfileName, place: &str, places: &[&str]) -> Self {
        let others = places.iter().filter(|other| **other != place && !other.is_empty());
        let others = others.map(|other| (*other).to_owned()).collect();
        Self { name: name.clone(), place: place.to_owned(), others, is_over: false }
    }

    /// Whether the event is about it; to be asked for one event after another, the newest first.
    pub fn takes(&mut self, event: &Event) -> bool {
        if self.is_over {
            return false;
        }
        match &event.what {
            GrantEvent::Renamed { to } if self.is_called(event, to) && self.is_here(&event.store) => {
                self.name = event.profile.clone();
                true
            }
            GrantEvent::MovedTo { place } if event.profile == self.name && self.is_at(place) => {
                self.enter(&event.store);
                true
            }
            GrantEvent::Renamed { .. } | GrantEvent::MovedTo { .. } => {
                // Whoever had the name until then was another profile.
                self.is_over = event.profile == self.name && self.is_here(&event.store);
                false
            }
            GrantEvent::RefreshStarted { .. }
            | GrantEvent::Refreshed { .. }
            | GrantEvent::Adopted { .. }
            | GrantEvent::NewerKept { .. }
            | GrantEvent::RefreshFailed { .. }
            | GrantEvent::NotSaved { .. }
            | GrantEvent::LoggedIn
            | GrantEvent::KeyStored
            | GrantEvent::TakenOver { .. }
            | GrantEvent::Erased
            | GrantEvent::Restored
            | GrantEvent::Revoked
            | GrantEvent::NotRevoked { .. } => event.profile == self.name && self.is_here(&event.store),
        }
    }

    fn is_called(&self, event: &Event, to: &str) -> bool {
        self.name.name() == to && self.name.provider() == event.profile.provider()
    }

    fn is_at(&self, place: &str) -> bool {
        text::clean(place, PATH_LIMIT) == self.place
    }

    fn is_here(&self, store: &str) -> bool {
        self.others.is_empty() || !self.others.contains(&text::clean(store, PATH_LIMIT))
    }

    /// Goes back to the store that it came from.
    fn enter(&mut self, store: &str) {
        let from = text::clean(store, PATH_LIMIT);
        let left = std::mem::replace(&mut self.place, from);
        self.others.push(left);
        self.others.retain(|other| *other != self.place);
    }
}

/// The events of each of `lineages`, oldest first, among `events`, which are too.
#[must_use]
pub fn events_of_each(events: &[Event], lineages: Vec<Lineage>) -> Vec<Vec<&Event>> {
    let mut found: Vec<Vec<&Event>> = vec![Vec::new(); lineages.len()];
    let mut by_name: BTreeMap<ProfileName, Vec<(usize, Lineage)>> = BTreeMap::new();
    for (place, lineage) in lineages.into_iter().enumerate() {
        by_name.entry(lineage.name.clone()).or_default().push((place, lineage));
    }
    for event in events.iter().rev() {
        let mut renamed = Vec::new();
        for name in names(event) {
            let Some(called) = by_name.get_mut(&name) else { continue };
            called.retain_mut(|(place, lineage)| {
                if lineage.takes(event) {
                    found.get_mut(*place).into_iter().for_each(|found| found.push(event));
                }
                let stays = lineage.name == name;
                if !stays {
                    renamed.push((*place, lineage.clone()));
                }
                stays && !lineage.is_over
            });
        }
        for (place, lineage) in renamed {
            by_name.entry(lineage.name.clone()).or_default().push((place, lineage));
        }
    }
    found.iter_mut().for_each(|events| events.reverse());
    found
}

/// The names of the profiles that an event may be about.
fn names(event: &Event) -> impl Iterator<Item = ProfileName> {
    let to = match &event.what {
        GrantEvent::Renamed { to } => ProfileName::new(event.profile.provider(), to).ok(),
        GrantEvent::RefreshStarted { .. }
        | GrantEvent::Refreshed { .. }
        | GrantEvent::Adopted { .. }
        | GrantEvent::NewerKept { .. }
        | GrantEvent::RefreshFailed { .. }
        | GrantEvent::NotSaved { .. }
        | GrantEvent::LoggedIn
        | GrantEvent::KeyStored
        | GrantEvent::MovedTo { .. }
        | GrantEvent::TakenOver { .. }
        | GrantEvent::Erased
        | GrantEvent::Restored
        | GrantEvent::Revoked
        | GrantEvent::NotRevoked { .. } => None,
    };
    [event.profile.clone()].into_iter().chain(to)
}

/// What the profiles of `events`, oldest first, are called now, for each place where that is another name.
#[must_use]
pub fn names_now(events: &[Event]) -> BTreeMap<usize, ProfileName> {
    let (mut now, mut found) = (BTreeMap::<ProfileName, ProfileName>::new(), BTreeMap::new());
    for (place, event) in events.iter().enumerate().rev() {
        if let Some(to) = names(event).nth(1) {
            // Before that the new name was nobody's, or another profile's.
            let name = now.remove(&to).unwrap_or(to);
            now.insert(event.profile.clone(), name);
        }
        if let Some(name) = now.get(&event.profile) {
            found.insert(place, name.clone());
        }
    }
    found
}

/// Where a profile is after several events, and whether nothing but refreshes changed what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whereabouts {
    pub name: ProfileName,
    /// The path of the store.
    pub store: String,
    pub is_same_login: bool,
}

impl Whereabouts {
    /// The profile of `asked` after the events `since`, oldest first.
    #[must_use]
    pub fn after<'a>(asked: &Event, since: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut there = Self { name: asked.profile.clone(), store: asked.store.clone(), is_same_login: true };
        for event in since {
            if event.profile != there.name || event.store != there.store {
                continue;
            }
            match &event.what {
                GrantEvent::Renamed { to } => {
                    there.name = ProfileName::new(event.profile.provider(), to).unwrap_or(there.name);
                }
                GrantEvent::MovedTo { place } => there.store.clone_from(place),
                GrantEvent::LoggedIn
                | GrantEvent::KeyStored
                | GrantEvent::TakenOver { .. }
                | GrantEvent::Erased => {
                    there.is_same_login = false;
                }
                GrantEvent::RefreshStarted { .. }
                | GrantEvent::Refreshed { .. }
                | GrantEvent::Adopted { .. }
                | GrantEvent::NewerKept { .. }
                | GrantEvent::RefreshFailed { .. }
                | GrantEvent::NotSaved { .. }
                | GrantEvent::Restored
                | GrantEvent::Revoked
                | GrantEvent::NotRevoked { .. } => {}
            }
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{at, event};

    fn name(text: &str) -> ProfileName {
        ProfileName::parse(text).expect("a name")
    }

    fn happened(seconds: i64, profile: &str, store: &str, what: GrantEvent) -> Event {
        Event { at: at(seconds), profile: name(profile), store: store.to_owned(), ..event(what) }
    }

    /// ana logs in, is called ben, moves to the folder and is called cleo; then another ana logs in.
    fn story() -> Vec<Event> {
        let renamed = |to: &str| GrantEvent::Renamed { to: to.to_owned() };
        vec![
            happened(1, "acme/ana", "/own", GrantEvent::LoggedIn),
            happened(2, "acme/ben", "/folder", GrantEvent::LoggedIn),
            happened(3, "acme/ben", "/folder", GrantEvent::Erased),
            happened(4, "acme/ana", "/own", renamed("ben")),
            happened(5, "acme/ben", "/own", GrantEvent::MovedTo { place: "/folder".to_owned() }),
            happened(6, "acme/ben", "/folder", renamed("cleo")),
            happened(7, "acme/ana", "/own", GrantEvent::LoggedIn),
            happened(8, "acme/cleo", "/folder", GrantEvent::Revoked),
        ]
    }

    #[test]
    fn a_profile_has_the_events_of_the_names_and_stores_that_it_had() {
        let (events, places) = (story(), ["/own", "/folder"]);
        let lineage = |text: &str, place: &str| Lineage::new(&name(text), place, &places);
        let lineages = vec![
            lineage("acme/cleo", "/folder"),
            lineage("acme/ana", "/own"),
            lineage("acme/ben", "/folder"),
            lineage("acme/cleo", "/own"),
        ];
        let found = events_of_each(&events, lineages);
        let seconds = |events: &[&Event]| -> Vec<i64> {
            events.iter().map(|event| (event.at - at(0)).num_seconds()).collect()
        };
        let found: Vec<Vec<i64>> = found.iter().map(|events| seconds(events)).collect();
        assert_eq!(found, [vec![1, 4, 5, 6, 8], vec![7], vec![], vec![]]);
    }

    #[test]
    fn an_event_at_a_place_that_nobody_knows_is_about_every_profile_of_that_name() {
        let events = [happened(1, "acme/ana", "/state/rescued.yaml", GrantEvent::LoggedIn)];
        let found =
            events_of_each(&events, vec![Lineage::new(&name("acme/ana"), "/own", &["/own", "/other"])]);
        assert_eq!(found, [vec![&events[0]]]);
    }

    #[test]
    fn what_happened_under_an_older_name_has_the_name_of_now() {
        let found = names_now(&story());
        let expected = [0, 3, 4, 5].map(|place| (place, name("acme/cleo")));
        assert_eq!(found, BTreeMap::from(expected));
    }

    #[test]
    fn a_profile_is_where_its_last_rename_and_move_have_put_it() {
        let events = story();
        let there = Whereabouts::after(&events[0], &events[1..]);
        let cleo =
            |is_same_login| Whereabouts { name: name("acme/cleo"), store: "/folder".into(), is_same_login };
        assert_eq!(there, cleo(true));
        let again = happened(9, "acme/cleo", "/folder", GrantEvent::LoggedIn);
        assert_eq!(Whereabouts::after(&events[0], events[1..].iter().chain([&again])), cleo(false));
    }
}
