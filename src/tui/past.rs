//! What the event log knows of the grant that a profile holds, beyond that it was refreshed.

use crate::domain::clock::Now;
use crate::domain::event::{self, Event, Past};
use crate::domain::profile::Profile;
use crate::domain::provider::Rotation;
use crate::tui::model::Model;
use crate::tui::{automatic, prose, state};

/// What is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Somebody is asking with it.
    UnderWay,
    /// Whoever asked has gone, and nobody knows what the provider did.
    Interrupted,
    /// Whoever asked has gone, and somebody has renewed the grant since.
    Survived,
    /// It was renewed, and what is stored is the old pair again.
    Outdated,
}

/// What is known of the grant of `profile`, and what is said of it.
#[must_use]
pub fn of(model: &Model, profile: &Profile, now: Now) -> Option<(Known, String)> {
    let grant = profile.grant().filter(|_| !model.refreshing.contains(&profile.id))?;
    // Such a token is not spent by asking.
    if model.provider(profile).is_some_and(|provider| provider.rotation == Rotation::Reusable) {
        return None;
    }
    let is_meant = |event: &Event| event.profile.provider() == profile.id.name.provider();
    if let Past::Interrupted(event) = event::past(&model.events, &grant)
        && is_meant(event)
    {
        let it = named(event, now);
        if model.asking.contains(&grant) {
            return Some((Known::UnderWay, format!("{it} is under way.")));
        }
        let next = match automatic::planned(model, profile, now) {
            Some(at) if at > now.wall => format!("authtui asks once more in {}", state::left(at, now)),
            Some(_) => "authtui asks once more".to_owned(),
            None => "r asks once more".to_owned(),
        };
        let text = format!(
            "{it} was interrupted between request and save: the refresh token may be spent. Stored tokens are as they \
             were. Next: {next}; if the provider refuses it then, l logs in again."
        );
        return Some((Known::Interrupted, text));
    }
    if let Past::Spent { event, .. } = event::past(&model.events, &grant)
        && is_meant(event)
    {
        let text = format!(
            "These are older tokens: {} was renewed on {} by {}. The next refresh takes the newer ones if they can be \
             found, and never asks with these.",
            profile.id.name,
            state::moment(event.at, now),
            prose::safe(&event.by.to_string())
        );
        return Some((Known::Outdated, text));
    }
    let event = event::survived(&model.events, &grant).filter(|event| is_meant(event))?;
    let text = format!("{} was interrupted; the next one got new tokens all the same.", named(event, now));
    Some((Known::Survived, text))
}

fn named(event: &Event, now: Now) -> String {
    format!("The refresh of {} by {}", state::moment(event.at, now), prose::safe(&event.by.to_string()))
}
