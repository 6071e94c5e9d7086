//! Refreshes that the person asks for, and the end of every refresh.

use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::domain::trouble::{FailureKind, Stored};
use crate::oauth::refresh::{Refreshed, Wish};
use crate::tui::availability;
use crate::tui::dialog::{Dialog, DialogQuestion};
use crate::tui::flash::flash;
use crate::tui::message::{Action, Effect};
use crate::tui::model::{Leaving, Model};
use crate::tui::refresh_notes::after_refresh;
use crate::tui::running::UnsavedTokens;
use crate::tui::screen::Screen;
use crate::tui::status::{AskedBy, RefreshEnd, RefreshReport, ReportSubject, TaskReport, Tone};
use crate::tui::text_layout;
use crate::tui::update::status::{
    begin_batch, leave_batch, report, report_refresh, report_refresh_failure, report_trouble, show,
};
use crate::tui::update::stores;

/// Refreshes one profile's token because the person asked, or asks what to do with tokens that came before.
pub(super) fn begin(model: &mut Model, id: &ProfileId) -> Vec<Effect> {
    if let Some(unsaved) = &model.running(id).unsaved {
        let other = stores::other_place(model, id.store);
        let question = DialogQuestion::UnsavedRefresh(id.clone(), unsaved.trouble.clone(), other);
        model.screen = Screen::Dialog(Dialog::new(question));
        return Vec::new();
    }
    model.running_mut(id).refresh = Some(AskedBy::Person);
    vec![Effect::Refresh(id.clone(), Wish::New)]
}

/// Refreshes every token that is due and can be refreshed.
pub(super) fn begin_due(model: &mut Model, now: Now) -> Vec<Effect> {
    let ids: Vec<ProfileId> = availability::due(model, now).map(|profile| profile.id.clone()).collect();
    let text = match ids.len() {
        1 => "Refreshing 1 profile.".to_owned(),
        count => format!("Refreshing {count} profiles."),
    };
    show(model, text, Tone::Plain, now);
    begin_batch(model, AskedBy::Person, &ids);
    for id in &ids {
        model.running_mut(id).refresh = Some(AskedBy::Person);
    }
    ids.into_iter().map(|id| Effect::Refresh(id, Wish::New)).collect()
}

/// Tells that new tokens are saved, and what is to be known of them.
fn report_refreshed(model: &mut Model, id: &ProfileId, asked_by: AskedBy, text: String, notes: Vec<String>) {
    let (tone, brief) = match notes.as_slice() {
        [] => (Tone::Good, String::new()),
        some => (Tone::Warn, format!("{}: {}", id.name, some.join(" "))),
    };
    let text = std::iter::once(text).chain(notes).collect::<Vec<_>>().join(" ");
    let subject = ReportSubject::Profile(id.clone());
    let alone = TaskReport::new(text, tone, asked_by).about(subject).with_event();
    report_refresh(model, id, RefreshReport { end: RefreshEnd::Done, alone, brief });
}

/// A refresh ended.
pub(super) fn ended(model: &mut Model, id: &ProfileId, refreshed: Refreshed, now: Now) -> Vec<Effect> {
    let asked_by = model.running_mut(id).refresh.take().unwrap_or(AskedBy::Person);
    let before = model.profile(id).and_then(|profile| profile.held.fingerprint());
    let scopes = model.profile(id).map(|profile| profile.scopes.clone()).unwrap_or_default();
    let notes = |model: &Model| {
        model.profile(id).map(|profile| after_refresh(&scopes, profile, now)).unwrap_or_default()
    };
    match refreshed {
        Refreshed::Done(snapshot) => {
            stores::take(model, snapshot);
            flash(model, id, now);
            let text = format!("{} refreshed.", id.name);
            let notes = notes(model);
            report_refreshed(model, id, asked_by, text, notes);
        }
        Refreshed::Enough(snapshot) => {
            stores::take(model, snapshot);
            let after = model.profile(id).and_then(|profile| profile.held.fingerprint());
            if asked_by == AskedBy::Nobody && before == after {
                // The file was read meanwhile, or nothing was due under the lock: nothing is news.
                leave_batch(model, id, asked_by);
                return Vec::new();
            }
            flash(model, id, now);
            let text = format!("Another program refreshed {}.", id.name);
            let notes = notes(model);
            report_refreshed(model, id, asked_by, text, notes);
        }
        // What the keyring does not take may lie elsewhere, if its person wants that.
        Refreshed::Unsaved(_, _, trouble)
            if is_on_disk(trouble.stored) && stores::other_place(model, id.store).is_none() =>
        {
            leave_batch(model, id, asked_by);
            report_trouble(model, &trouble);
            return vec![Effect::Read(id.store)];
        }
        Refreshed::Unsaved(tokens, replaces, trouble) => {
            leave_batch(model, id, asked_by);
            return not_saved(model, id, UnsavedTokens { tokens, replaces, trouble });
        }
        Refreshed::Failed(snapshot, trouble) => {
            if let Some(snapshot) = snapshot {
                stores::take(model, snapshot);
            }
            match trouble.kind {
                FailureKind::NothingToDo => {
                    leave_batch(model, id, asked_by);
                    let text = format!("{}: {}.", text_layout::capital(&trouble.what), trouble.why);
                    report(model, text, Tone::Plain, asked_by);
                }
                FailureKind::NeedsLogin | FailureKind::Temporary(_) | FailureKind::NeedsFix(_) => {
                    flash(model, id, now);
                    report_refresh_failure(model, id, &trouble, asked_by, now);
                }
            }
        }
    }
    Vec::new()
}

/// Holds tokens that could not be saved, and asks about them where a question may be put.
fn not_saved(model: &mut Model, id: &ProfileId, unsaved: UnsavedTokens) -> Vec<Effect> {
    let other = stores::other_place(model, id.store);
    let question = DialogQuestion::UnsavedRefresh(id.clone(), unsaved.trouble.clone(), other);
    model.running_mut(id).unsaved = Some(unsaved);
    if model.leaving == Leaving::Yes {
        // Nobody can be asked any more; one more try is all that is left.
        return stores::save_again(model, id);
    }
    if model.screen.is_free() {
        model.screen = Screen::Dialog(Dialog::new(question));
    } else {
        let key = model.keys.key(Action::Refresh);
        let text =
            format!("The new tokens of {} could not be saved. Press {key} on it to try again.", id.name);
        report(model, text, Tone::Bad, AskedBy::Person);
    }
    Vec::new()
}

/// Whether new tokens that are not saved as they should be outlive this program all the same.
fn is_on_disk(stored: Stored) -> bool {
    match stored {
        Stored::Rescued | Stored::Unsynced => true,
        Stored::Untouched
        | Stored::Absent
        | Stored::PerhapsSpent
        | Stored::NewOnesInMemory
        | Stored::Rotated
        | Stored::Erased => false,
    }
}
