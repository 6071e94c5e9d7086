//! Header's words: what needs somebody, and what happens next.

use crate::domain::change::Snapshot;
use crate::domain::clock::{Now, TimeDelta};
use crate::tui::model::Model;
use crate::tui::need::Need;
use crate::tui::row_order::{NextEvent, NextEventKind};
use crate::tui::{state, text_layout};

/// From here on the next event is counted down by the second.
const LAST_MINUTE: TimeDelta = TimeDelta::seconds(60);

/// What needs somebody or will, the worst first: the need, how many have it, and both in words.
pub fn needs(model: &Model) -> impl Iterator<Item = (Need, usize, String)> {
    let needs = model.order.needs.iter();
    needs.filter_map(|(need, count)| Some((*need, *count, need.counted(*count)?)))
}

/// What is said where neither a profile nor a store needs anybody; nothing where there are no profiles, or where the new token of an
/// expired one is still awaited.
#[must_use]
pub fn all_fine(model: &Model, now: Now) -> Option<&'static str> {
    let has_expired = |id| {
        let end = model.profile(id).and_then(|profile| profile.life.expires_at);
        end.is_some_and(|end| end <= now.wall)
    };
    let is_faulty =
        |store: &Snapshot| store.store.may_be_written() && store.is_there() && store.fault().is_some();
    if model.stores.values().any(is_faulty) {
        return None;
    }
    if needs(model).next().is_some() || model.refreshing().any(|(id, _)| has_expired(id)) {
        return None;
    }
    (model.order.total > 0).then_some("nothing needs you")
}

/// What happens next: `next: demo/ben refreshes in 21s`.
#[must_use]
pub fn next_event(model: &Model, now: Now) -> Option<String> {
    let next = model.order.next_event.as_ref().filter(|next| next.at > now.wall)?;
    let name = text_layout::named(&next.name);
    let event = match next.kind {
        NextEventKind::Refresh => format!("{name} refreshes"),
        NextEventKind::TokenEnd => format!("{name} expires"),
        NextEventKind::LoginEnd => format!("login of {name} expires"),
    };
    Some(format!("next: {event} in {}", time_left(model, next, now)))
}

/// To the second in the last minute; before that to the minute of the clock beside it, so that both
/// change at once.
fn time_left(model: &Model, next: &NextEvent, now: Now) -> String {
    let left = next.at - now.wall;
    if left <= LAST_MINUTE && !model.counts_slowly() {
        return state::left(next.at, now);
    }
    state::minutes_left(next.at, now)
}

/// How long the words of the next event stay as they are beyond the change of minute.
#[must_use]
pub fn next_event_holds(model: &Model, now: Now) -> Option<TimeDelta> {
    let next = model.order.next_event.as_ref().filter(|next| next.at > now.wall)?;
    let left = next.at - now.wall;
    if model.counts_slowly() {
        return None;
    }
    if left <= LAST_MINUTE {
        let beyond = TimeDelta::nanoseconds(i64::from(left.subsec_nanos()));
        return Some(beyond + TimeDelta::milliseconds(1));
    }
    Some(left - LAST_MINUTE)
}
