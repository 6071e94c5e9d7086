//! Grants for which somebody is asking at this moment.
//!
//! The event log cannot tell a refresh that is under way from one that was killed; the lock of the
//! grant can, since the system lets go of it with its holder.

use std::collections::BTreeSet;

use crate::domain::event::{self, Event};
use crate::domain::name::StoreId;
use crate::shell::Services;
use crate::shell::refresh::grant_lock;

/// The grants of our own store whose last event is a request without an end, and whose lock is held.
/// It blocks.
#[must_use]
pub fn under_way(services: &Services, events: &[Event]) -> BTreeSet<String> {
    let open = event::open(events);
    if open.is_empty() {
        return BTreeSet::new();
    }
    let snapshot = services.read_now(StoreId::Own);
    let asked = snapshot.profiles().filter_map(|profile| {
        let grant = profile.grant().filter(|grant| open.contains(grant.as_str()))?;
        let is_held = grant_lock::is_held(&services.paths.state, profile.refresh_token()?);
        is_held.then_some(grant)
    });
    asked.collect()
}
