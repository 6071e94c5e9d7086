//! Undo of a sign-out: offered in the message row while it counts down, and done.

use crate::domain::change::{ErasedProfile, Extent};
use crate::domain::clock::Now;
use crate::domain::name::{ProfileId, StoreId};
use crate::tui::message::{Action, Effect};
use crate::tui::model::Model;
use crate::tui::running::AfterErasing;
use crate::tui::status::{AskedBy, ReportPlace, ReportSubject, TaskReport, Tone};
use crate::tui::undo::SignOutUndo;
use crate::tui::update::status::{dismiss, show};

/// Offers to put back what was just erased, or puts it back where that was asked for already.
pub(super) fn offer(
    model: &mut Model,
    erased: (Extent, Box<ErasedProfile>),
    undoes: bool,
    now: Now,
) -> Vec<Effect> {
    let undo = SignOutUndo::offer(model.undo.take(), erased, now);
    if undoes {
        model.undo = Some(undo);
        return put_back(model);
    }
    let words = undo.words(&model.keys.key(Action::Undo), now);
    let report = TaskReport::new(words, Tone::Good, AskedBy::Person).about(ReportSubject::Undo);
    model.reports.push(TaskReport { place: ReportPlace::Row, ..report });
    model.undo = Some(undo);
    Vec::new()
}

/// Undoes the last sign-out, as soon as it is saved.
pub(super) fn undo(model: &mut Model, now: Now) -> Vec<Effect> {
    let erasing: Vec<ProfileId> = model.erasing().cloned().collect();
    for id in &erasing {
        model.running_mut(id).erasing = Some(AfterErasing::Undo);
    }
    if !erasing.is_empty() {
        show(model, "The sign-out is being saved; then it is undone.", Tone::Plain, now);
    }
    put_back(model)
}

fn put_back(model: &mut Model) -> Vec<Effect> {
    if !model.undo.as_ref().is_some_and(SignOutUndo::is_offered) {
        return Vec::new();
    }
    let changes = model.undo.as_mut().map(SignOutUndo::restore).unwrap_or_default();
    model.saving += changes.len();
    for (id, _) in &changes {
        model.running_mut(id).is_restoring = true;
    }
    take_offer_away(model);
    changes.into_iter().map(|(id, change)| Effect::Change(id, Box::new(change))).collect()
}

/// What was erased could not be put back.
pub(super) fn failed(model: &mut Model, now: Now) {
    if let Some(undo) = &mut model.undo {
        undo.offer_again(now);
    }
}

/// Lets go of what `store` holds again, and of what other tokens have taken the place of.
pub(super) fn forget_stored(model: &mut Model, store: StoreId) {
    let (Some(undo), Some(snapshot)) = (&mut model.undo, model.stores.get(&store)) else { return };
    if !undo.is_left_after(snapshot) {
        forget(model);
    }
}

/// Lets go of what was erased.
pub(super) fn forget(model: &mut Model) {
    model.undo = None;
    take_offer_away(model);
}

/// Lets the offer count down, and ends it.
pub(super) fn count_down(model: &mut Model, now: Now) {
    if model.undo.as_ref().is_some_and(|undo| undo.is_over(now)) {
        forget(model);
    }
    if let (Some(undo), Some(message)) = (&model.undo, &mut model.message)
        && message.report.subject == ReportSubject::Undo
    {
        message.report.text = undo.words(&model.keys.key(Action::Undo), now);
        message.until = Some(undo.until());
    }
}

fn take_offer_away(model: &mut Model) {
    if model.message.as_ref().is_some_and(|message| message.report.subject == ReportSubject::Undo) {
        dismiss(model);
    }
}
