//! Events of profiles: also those from before they were renamed or moved.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::event::Event;
use crate::domain::lineage::{Lineage, events_of_each};
use crate::domain::name::ProfileId;
use crate::tui::model::Model;

/// The events of each of those profiles, oldest first; nothing of one that has none.
#[must_use]
pub fn of_each<'a>(
    model: &'a Model,
    ids: BTreeSet<&'a ProfileId>,
) -> BTreeMap<&'a ProfileId, Vec<&'a Event>> {
    let written = model.stores.values().filter(|snapshot| snapshot.store.may_be_written());
    let places: Vec<&str> = written.map(|snapshot| snapshot.place.as_str()).collect();
    let place = |id: &ProfileId| model.stores.get(&id.store).map_or("", |snapshot| snapshot.place.as_str());
    let lineages = ids.iter().map(|id| Lineage::new(&id.name, place(id), &places)).collect();
    let found = ids.into_iter().zip(events_of_each(&model.events, lineages));
    found.filter(|(_, events)| !events.is_empty()).collect()
}
