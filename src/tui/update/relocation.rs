//! Relocation of a profile from the screen: another name, or another store.

use std::mem;

use crate::domain::change::Snapshot;
use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::domain::profile::Profile;
use crate::domain::relocation;
use crate::domain::trouble::Trouble;
use crate::tui::dialog::{Dialog, DialogQuestion};
use crate::tui::field::{Field, Sight};
use crate::tui::flash::flash;
use crate::tui::message::Effect;
use crate::tui::model::{Model, RowId};
use crate::tui::screen::Screen;
use crate::tui::status::Tone;
use crate::tui::update::status::{report_profile, report_trouble, show};
use crate::tui::update::stores;

/// Asks for another name.
pub(super) fn ask_for_name(model: &mut Model, profile: &Profile) -> Vec<Effect> {
    let field = Field::new(profile.id.name.name(), Sight::Clear);
    model.screen = Screen::Renaming(profile.id.clone(), field);
    Vec::new()
}

/// Asks for another store.
pub(super) fn ask_for_store(model: &mut Model, profile: &Profile) -> Vec<Effect> {
    let stores = relocation::stores_for_move(profile, model.stores.values());
    model.screen = Screen::Dialog(Dialog::new(DialogQuestion::Move(profile.id.clone(), stores)));
    Vec::new()
}

/// Takes the name that was typed, or says why it cannot be taken.
pub(super) fn take_name(model: &mut Model, now: Now) -> Vec<Effect> {
    let Screen::Renaming(id, field) = mem::take(&mut model.screen) else { return Vec::new() };
    let (Some(profile), Some(store)) = (model.profile(&id), model.stores.get(&id.store)) else {
        return Vec::new();
    };
    if field.text() == id.name.name() {
        return Vec::new();
    }
    match relocation::new_name(profile, field.text(), store, model.provider(profile)) {
        Ok(name) => begin(model, id.clone(), ProfileId { name, ..id }),
        Err(why) => {
            model.screen = Screen::Renaming(id, field);
            show(model, format!("{why}."), Tone::Warn, now);
            Vec::new()
        }
    }
}

/// Gives the profile `from` the name, or the store, of `to`.
pub(super) fn begin(model: &mut Model, from: ProfileId, to: ProfileId) -> Vec<Effect> {
    model.saving += 1;
    vec![Effect::Relocate(from, to)]
}

/// A profile has another name or another store, or could not get it.
pub(super) fn ended(
    model: &mut Model,
    (from, to): (&ProfileId, &ProfileId),
    relocated: Result<Vec<Snapshot>, Trouble>,
    now: Now,
) -> Vec<Effect> {
    model.saving = model.saving.saturating_sub(1);
    let snapshots = match relocated {
        Ok(snapshots) => snapshots,
        Err(trouble) => {
            report_trouble(model, &trouble);
            let both = [from.store, to.store];
            let count = if from.store == to.store { 1 } else { 2 };
            return both.into_iter().take(count).map(Effect::Read).collect();
        }
    };
    if model.marks.remove(from) {
        model.marks.insert(to.clone());
    }
    if model.selected == Some(RowId::Profile(from.clone())) {
        model.selected = Some(RowId::Profile(to.clone()));
    }
    if model.running.contains_key(from) {
        let running = mem::take(model.running_mut(from));
        *model.running_mut(to) = running;
    }
    let place = model.stores.get(&to.store).map(|store| store.place.clone()).unwrap_or_default();
    for snapshot in snapshots {
        stores::take(model, snapshot);
    }
    flash(model, to, now);
    let text = match from.store == to.store {
        true => format!("{} is called {} now.", from.name, to.name),
        false => format!("{} is in {place} now.", to.name),
    };
    report_profile(model, to, text, Tone::Good);
    Vec::new()
}
