//! Auto-refresh: its switch, and the refreshes that it begins.

use crate::domain::change::{Change, Edit};
use crate::domain::clock::Now;
use crate::domain::profile::{AutoRefresh, Profile};
use crate::oauth::refresh::Wish;
use crate::tui::auto_refresh;
use crate::tui::message::{Action, Effect};
use crate::tui::model::Model;
use crate::tui::refresh_notes;
use crate::tui::status::AskedBy;
use crate::tui::update::status::begin_batch;

/// Turns the auto-refresh of a profile on or off.
pub(super) fn toggle(model: &mut Model, profile: &Profile) -> Vec<Effect> {
    let automatic = match profile.auto_refresh {
        AutoRefresh::On => AutoRefresh::Off,
        AutoRefresh::Off => AutoRefresh::On,
    };
    let change = Change { name: profile.id.name.clone(), expects: None, edit: Edit::AutoRefresh(automatic) };
    model.saving += 1;
    model.running_mut(&profile.id).is_toggling = true;
    vec![Effect::Change(profile.id.clone(), Box::new(change))]
}

/// What the auto-refresh of a profile is from here on, in words.
pub(super) fn toggled(model: &Model, profile: &Profile, now: Now) -> String {
    let name = &profile.id.name;
    match (profile.auto_refresh, auto_refresh::outlook(model, profile, now)) {
        (AutoRefresh::Off, _) => {
            format!("Auto-refresh is off for {name}; {} refreshes it.", model.keys.key(Action::Refresh))
        }
        (AutoRefresh::On, Ok(_)) => format!("Auto-refresh is on for {name}."),
        (AutoRefresh::On, Err(_)) => match refresh_notes::no_auto_refresh(model, profile, now) {
            Some(why) => format!("{name} may auto-refresh, but {why}."),
            None => format!("Auto-refresh is on for {name}."),
        },
    }
}

/// Begins the refreshes that are planned for now.
pub(super) fn begin_due(model: &mut Model, now: Now) -> Vec<Effect> {
    let ids = auto_refresh::due(model, now);
    for id in &ids {
        if let Some(profile) = model.profile(id).cloned() {
            model.running_mut(id).begin_auto_refresh(&profile, now.steady);
        }
    }
    begin_batch(model, AskedBy::Nobody, &ids);
    let wish = Wish::Due { within: model.refresh_lead() };
    ids.into_iter().map(|id| Effect::Refresh(id, wish)).collect()
}
