//! What is said of a grant that the event log knows something of.

use crate::domain::clock::Now;
use crate::domain::event::Event;
use crate::domain::grant_status::GrantStatus;
use crate::domain::profile::Profile;
use crate::tui::model::Model;
use crate::tui::{automatic, prose, state};

/// What is known of the grant of `profile`, and what is said of it.
#[must_use]
pub fn of<'a>(model: &'a Model, profile: &Profile, now: Now) -> Option<(GrantStatus<'a>, String)> {
    if model.running(&profile.id).refresh.is_some() {
        return None;
    }
    let known = GrantStatus::of(&model.events, profile, model.provider(profile), &model.asking)?;
    let text = match known {
        GrantStatus::UnderWay(event) => format!("{} is under way.", named(event, now)),
        GrantStatus::Interrupted(event) => {
            let next = match automatic::planned(model, profile, now) {
                Some(at) if at > now.wall => format!("authtui asks once more in {}", state::left(at, now)),
                Some(_) => "authtui asks once more".to_owned(),
                None => "r asks once more".to_owned(),
            };
            format!(
                "{} was interrupted between request and save: the refresh token may be spent. Stored tokens are as \
                 they were. Next: {next}; if the provider refuses it then, l logs in again.",
                named(event, now)
            )
        }
        GrantStatus::Outdated(event) => format!(
            "These are older tokens: {} was renewed on {} by {}. The next refresh takes the newer ones if they can be \
             found, and never asks with these.",
            profile.id.name,
            state::moment(event.at, now),
            prose::safe(&event.by.to_string())
        ),
        GrantStatus::Survived(event) => {
            format!("{} was interrupted; the next one got new tokens all the same.", named(event, now))
        }
    };
    Some((known, text))
}

fn named(event: &Event, now: Now) -> String {
    format!("The refresh of {} by {}", state::moment(event.at, now), prose::safe(&event.by.to_string()))
}
