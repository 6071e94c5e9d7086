//! Sign-out: the question, what is begun by its answer, and what a provider's answer leads to.

use crate::domain::change::{Extent, SignedOut};
use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::domain::profile::Profile;
use crate::domain::trouble::Trouble;
use crate::oauth::revocation::{self, Revoked};
use crate::tui::dialog::{Dialog, DialogAnswer, DialogQuestion};
use crate::tui::flash::flash;
use crate::tui::message::{Action, Effect};
use crate::tui::model::{Leaving, Model};
use crate::tui::running::AfterErasing;
use crate::tui::screen::Screen;
use crate::tui::sign_out::{SignOutTarget, SignOutWay};
use crate::tui::status::{AskedBy, ReportPlace, ReportSubject, TaskReport, Tone};
use crate::tui::update::status::{dismiss, report_trouble, show};
use crate::tui::update::{stores, undo};

/// Asks how to sign out of `profiles`, with the choice of that way marked where it is offered.
pub(super) fn ask(model: &mut Model, profiles: &[Profile], marked: Option<SignOutWay>) -> Vec<Effect> {
    let target = |profile: &Profile| SignOutTarget::new(profile, model.provider(profile));
    // What we do not write is not ours to erase.
    let ours = profiles.iter().filter(|profile| profile.id.store.may_be_written());
    let targets: Vec<SignOutTarget> = ours.map(target).collect();
    let is_marked =
        |answer: &DialogAnswer| matches!(answer, DialogAnswer::SignOut(_, way) if Some(*way) == marked);
    if !targets.is_empty() {
        let dialog = Dialog::new(DialogQuestion::SignOut(targets)).with_marked(is_marked);
        model.screen = Screen::Dialog(dialog);
    }
    Vec::new()
}

/// Signs out of a profile, so that what the last answer erased cannot be put back any more.
pub(super) fn begin(model: &mut Model, id: ProfileId, way: SignOutWay, now: Now) -> Vec<Effect> {
    undo::forget(model);
    begin_one(model, id, way, now)
}

/// The same of one of several. One whose provider cannot be asked is erased here alone.
pub(super) fn begin_one(model: &mut Model, id: ProfileId, way: SignOutWay, now: Now) -> Vec<Effect> {
    let is_revocable = model.profile(&id).is_some_and(|profile| {
        way.asks_provider() && revocation::request(profile, model.provider(profile)).is_ok()
    });
    match is_revocable {
        true => ask_provider(model, id, way.extent(), now),
        false => erase(model, id, way.extent()),
    }
}

fn ask_provider(model: &mut Model, id: ProfileId, extent: Extent, now: Now) -> Vec<Effect> {
    let running = model.running_mut(&id);
    if running.revoking.is_some() {
        return Vec::new();
    }
    if running.unsaved.is_some() {
        let key = model.keys.key(Action::Refresh);
        let text =
            format!("The new tokens of {} are not saved yet. Press {key} to save them first.", id.name);
        show(model, text, Tone::Plain, now);
        return Vec::new();
    }
    running.revoking = Some(extent);
    show(model, format!("Signing out of {} at its provider …", id.name), Tone::Plain, now);
    vec![Effect::Revoke(id, extent)]
}

fn erase(model: &mut Model, id: ProfileId, extent: Extent) -> Vec<Effect> {
    model.saving += 1;
    model.running_mut(&id).erasing = Some(AfterErasing::Offer);
    vec![Effect::SignOut(id, extent)]
}

/// A profile was erased here, or could not be.
pub(super) fn erased(
    model: &mut Model,
    id: &ProfileId,
    signed_out: Result<SignedOut, Trouble>,
    now: Now,
) -> Vec<Effect> {
    model.saving = model.saving.saturating_sub(1);
    let undoes = model.running_mut(id).erasing.take() == Some(AfterErasing::Undo);
    let SignedOut { snapshot, erased } = match signed_out {
        Ok(signed_out) => signed_out,
        Err(trouble) => {
            report_trouble(model, &trouble);
            return vec![Effect::Read(id.store)];
        }
    };
    model.forget_unsaved(id);
    let text = match snapshot.profile(&id.name) {
        None => format!("Deleted {}, here only.", id.name),
        Some(_) => format!("Signed out of {}, here only.", id.name),
    };
    stores::take(model, snapshot);
    flash(model, id, now);
    let can_undo = erased.is_some() && (undoes || model.leaving == Leaving::No);
    let place = if can_undo { ReportPlace::Log } else { ReportPlace::Both };
    let subject = ReportSubject::Profile(id.clone());
    let report = TaskReport::new(text, Tone::Good, AskedBy::Person).about(subject).with_event();
    model.reports.push(TaskReport { place, ..report });
    match erased.filter(|_| can_undo) {
        Some(erased) => undo::offer(model, erased, undoes, now),
        None => Vec::new(),
    }
}

/// The provider answered, or could not be asked.
pub(super) fn ended(model: &mut Model, id: &ProfileId, revoked: Revoked, now: Now) -> Vec<Effect> {
    let extent = model.running_mut(id).revoking.take().unwrap_or(Extent::Tokens);
    match revoked {
        Revoked::Done(snapshot) => {
            let twins = model.twins(id);
            stores::take(model, snapshot);
            let erased =
                |id: &ProfileId| model.profile(id).is_none_or(|profile| profile.held.tokens().is_none());
            let erased: Vec<ProfileId> = twins.into_iter().filter(|twin| erased(twin)).collect();
            let text = match (model.profile(id), extent) {
                (Some(profile), _) if profile.held.tokens().is_some() => format!(
                    "The old login of {} has ended at its provider; a newer login is stored.",
                    id.name
                ),
                (Some(_), Extent::Tokens | Extent::Profile) | (None, Extent::Tokens) => {
                    format!("Signed out of {} here and at its provider.", id.name)
                }
                (None, Extent::Profile) => {
                    format!("Signed out of {} at its provider and deleted the profile.", id.name)
                }
            };
            for id in erased.iter().chain([id]) {
                model.forget_unsaved(id);
                flash(model, id, now);
            }
            let names: Vec<String> = erased.iter().map(|twin| twin.name.to_string()).collect();
            let too = match names.as_slice() {
                [] => String::new(),
                [one] => format!(" {one} used the same login and is signed out too."),
                all => format!(" {} used the same login and are signed out too.", all.join(", ")),
            };
            let subject = ReportSubject::Profile(id.clone());
            let report = TaskReport::new(text + &too, Tone::Good, AskedBy::Person).about(subject);
            model.reports.push(report.with_event());
        }
        Revoked::NotEnded(trouble) => {
            let asks = model.screen.is_free() && model.leaving == Leaving::No;
            if asks {
                dismiss(model);
                let question = DialogQuestion::NotRevoked(id.clone(), extent, trouble);
                model.screen = Screen::Dialog(Dialog::new(question));
            } else {
                report_trouble(model, &trouble);
            }
        }
        Revoked::NotErased(trouble) => {
            report_trouble(model, &trouble);
            return vec![Effect::Read(id.store)];
        }
    }
    Vec::new()
}
