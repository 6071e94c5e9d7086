//! Snapshots of stores: taken in, with the selection kept.

use std::mem;

use crate::domain::change::{Change, Edit, RefreshedTokens, Snapshot, StoreNotice};
use crate::domain::clock::Now;
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::profile::Profile;
use crate::domain::trouble::Trouble;
use crate::tui::dialog::{DialogQuestion, OtherPlace};
use crate::tui::flash::flash;
use crate::tui::message::{Action, Effect};
use crate::tui::model::{Leaving, Model, RowId};
use crate::tui::notice;
use crate::tui::running::{NewerTokens, UnsavedTokens};
use crate::tui::screen::Screen;
use crate::tui::status::{AskedBy, ReportSubject, TaskReport, Tone};
use crate::tui::store_overlap::StoreOverlap;
use crate::tui::text_layout;
use crate::tui::update::status::{report, report_on, report_trouble};
use crate::tui::update::{auto_refresh, note, undo};

/// Takes a snapshot that was read, and says what another program did since the last one.
pub(super) fn look(model: &mut Model, snapshot: Snapshot) -> Vec<Effect> {
    if is_old(model, &snapshot) {
        return Vec::new();
    }
    let rescues = notice::outdated(model, &snapshot);
    let noticed = notice::changes_by_others(model, &snapshot);
    take(model, snapshot);
    if let Some((about, text, tone)) = noticed {
        report_on(model, about, text, tone, AskedBy::Nobody);
    }
    if rescues.is_empty() {
        return Vec::new();
    }
    for newer in &rescues {
        model.running_mut(&newer.profile.id).rescues.push(newer.clone());
    }
    vec![Effect::Rescue(rescues.into_iter().map(|newer| newer.profile).collect())]
}

/// Newer tokens were kept, or could not be: those are held like any that are not saved.
pub(super) fn rescued(model: &mut Model, kept: Vec<(Profile, Result<(), Trouble>)>) -> Vec<Effect> {
    let (mut effects, mut lost) = (Vec::new(), Vec::new());
    for (newer, kept) in kept {
        let id = newer.id.clone();
        let rescues = &mut model.running_mut(&id).rescues;
        let place = rescues.iter().position(|rescued| rescued.profile == newer);
        let Some(NewerTokens { older, .. }) = place.map(|place| rescues.swap_remove(place)) else { continue };
        let stored = model.profile(&id).and_then(|now| now.held.fingerprint());
        let (Err(trouble), Some(new_tokens), true) =
            (kept, RefreshedTokens::from_profile(&newer), stored == Some(older))
        else {
            continue;
        };
        let unsaved =
            UnsavedTokens { tokens: Box::new(new_tokens), replaces: older, trouble: trouble.clone() };
        model.running_mut(&id).unsaved = Some(unsaved);
        if model.leaving == Leaving::Yes {
            effects.extend(save_again(model, &id));
        }
        lost.push((id, trouble));
    }
    if let Some((id, trouble)) = lost.first() {
        let more = if lost.len() > 1 {
            format!(" The same goes for {} more.", lost.len() - 1)
        } else {
            String::new()
        };
        let text = format!(
            "Older tokens of {} were stored, and the newer ones cannot be kept: {}. Press {} on it to \
             save them.{more}",
            id.name,
            trouble.why,
            model.keys.key(Action::Refresh)
        );
        report(model, text, Tone::Bad, AskedBy::Nobody);
    }
    effects
}

/// Takes a store's snapshot in place of its last one.
pub(super) fn take(model: &mut Model, snapshot: Snapshot) {
    if is_old(model, &snapshot) {
        return;
    }
    let known = model.stores.get(&snapshot.store).map_or(&[][..], |before| &before.notices);
    let fresh = snapshot.notices.iter().filter(|notice| matches!(notice, StoreNotice::Told(_)));
    let fresh: Vec<String> =
        fresh.filter(|notice| !known.contains(notice)).map(ToString::to_string).collect();
    for words in fresh {
        report(model, words, Tone::Warn, AskedBy::Nobody);
    }
    report_fault(model, &snapshot);
    let store = snapshot.store;
    model.stores.insert(store, snapshot);
    model.overlap = StoreOverlap::new(&model.stores);
    forget_stored(model);
    undo::forget_stored(model, store);
}

/// Says once what is wrong with a store beside our own, which has its words above the list. A passphrase is asked
/// for instead.
fn report_fault(model: &mut Model, snapshot: &Snapshot) {
    let store = snapshot.store;
    let Some(trouble) = snapshot.writable.as_ref().err() else { return };
    let before = model.stores.get(&store).and_then(|before| before.writable.as_ref().err());
    let is_told = store == StoreId::Own || snapshot.passphrase.is_some();
    if !is_told && store.may_be_written() && before.is_none() {
        let words = text_layout::capital(&trouble.to_string());
        report_on(model, ReportSubject::Store(store), words, Tone::Warn, AskedBy::Nobody);
    }
}

/// Whether a newer one came before it: readings and saves end in any order.
fn is_old(model: &Model, snapshot: &Snapshot) -> bool {
    model.stores.get(&snapshot.store).is_some_and(|last| snapshot.number < last.number)
}

/// A change of a profile was applied, or could not be.
pub(super) fn changed(
    model: &mut Model,
    id: &ProfileId,
    changed: Result<Snapshot, Trouble>,
    now: Now,
) -> Vec<Effect> {
    model.saving = model.saving.saturating_sub(1);
    let running = model.running_mut(id);
    let restores = mem::take(&mut running.is_restoring);
    let toggles = mem::take(&mut running.is_toggling);
    let snapshot = match changed {
        Ok(snapshot) => snapshot,
        Err(trouble) => {
            if restores {
                undo::failed(model, now);
            }
            report_trouble(model, &trouble);
            return vec![Effect::Read(id.store)];
        }
    };
    let before = model.profile(id).map(|profile| (profile.auto_refresh, profile.note.clone()));
    let mut has_event = true;
    let text = match snapshot.profile(&id.name) {
        None => {
            model.forget_unsaved(id);
            format!("{} was deleted here.", id.name)
        }
        Some(_)
            if restores && before.is_none() && model.undo.as_ref().is_some_and(|undo| undo.is_whole(id)) =>
        {
            format!("{} is back.", id.name)
        }
        Some(_) if restores && before.is_none() => {
            format!("{} is back, without comments and fields that authtui does not know.", id.name)
        }
        Some(_) if restores => format!("{} is back: its tokens are stored again.", id.name),
        Some(profile) => {
            let (is_toggled, is_noted) = before.as_ref().map_or((false, false), |(automatic, note)| {
                // The file may have been read again before the answer came.
                (toggles || *automatic != profile.auto_refresh, *note != profile.note)
            });
            has_event = !is_toggled && !is_noted;
            if is_toggled {
                auto_refresh::toggled(model, profile, now)
            } else if is_noted {
                note::taken(profile)
            } else {
                format!("{} is saved.", id.name)
            }
        }
    };
    if model.selected.is_none() {
        model.selected = Some(RowId::Profile(id.clone()));
    }
    take(model, snapshot);
    flash(model, id, now);
    let subject = ReportSubject::Profile(id.clone());
    let report = TaskReport::new(text, Tone::Good, AskedBy::Person).about(subject);
    model.reports.push(TaskReport { has_event, ..report });
    Vec::new()
}

/// Tries once more to store the unsaved tokens of a profile.
pub(super) fn save_again(model: &mut Model, id: &ProfileId) -> Vec<Effect> {
    let Some(unsaved) = &model.running(id).unsaved else { return Vec::new() };
    // A pair that somebody else stored since must not be replaced.
    let (expects, edit) = (Some(unsaved.replaces), Edit::Refresh(unsaved.tokens.clone()));
    let change = Change { name: id.name.clone(), expects, edit };
    model.saving += 1;
    vec![Effect::Change(id.clone(), Box::new(change))]
}

/// Where tokens may be saved that the keyring does not take: our own file.
pub(super) fn other_place(model: &Model, store: StoreId) -> Option<OtherPlace> {
    let own = model.own().filter(|own| store == StoreId::Keyring && own.writable.is_ok())?;
    Some(OtherPlace { store: own.store, place: own.place.clone() })
}

/// Stores the unsaved tokens of a profile in another store, where the whole profile goes then.
pub(super) fn save_in(model: &mut Model, id: &ProfileId, store: StoreId) -> Vec<Effect> {
    let Some(unsaved) = &model.running(id).unsaved else { return Vec::new() };
    let edit = Edit::Refresh(unsaved.tokens.clone());
    let change = Change { name: id.name.clone(), expects: Some(unsaved.replaces), edit };
    let Some(Ok(Some(newer))) = model.profile(id).map(|profile| change.outcome(Some(profile))) else {
        return save_again(model, id);
    };
    let effect = Effect::KeepIn(store, Box::new(newer), unsaved.replaces);
    model.saving += 1;
    vec![effect]
}

/// Lets go of tokens that are stored by now, whoever has stored them.
fn forget_stored(model: &mut Model) {
    let pair = |id: &ProfileId| model.profile(id).and_then(|profile| profile.held.fingerprint());
    let stored =
        model.unsaved().filter(|(id, unsaved)| pair(id) == Some(unsaved.tokens.tokens.fingerprint()));
    let stored: Vec<ProfileId> = stored.map(|(id, _)| id.clone()).collect();
    if stored.is_empty() {
        return;
    }
    stored.iter().for_each(|id| model.forget_unsaved(id));
    let Screen::Dialog(dialog) = &model.screen else { return };
    let is_settled = matches!(&dialog.question, DialogQuestion::UnsavedRefresh(id, ..) if stored.contains(id))
        || (dialog.question == DialogQuestion::QuitUnsaved && !model.holds_unsaved());
    if is_settled {
        model.screen = Screen::List;
    }
}
