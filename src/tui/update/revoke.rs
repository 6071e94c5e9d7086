//! Revocation of a grant at its provider.

use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::domain::profile::Profile;
use crate::oauth::revocation::{self, Revoked};
use crate::tui::dialog::{Dialog, DialogQuestion};
use crate::tui::flash::flash;
use crate::tui::message::Effect;
use crate::tui::model::{Leaving, Model};
use crate::tui::screen::Screen;
use crate::tui::status::{AskedBy, ReportSubject, TaskReport, Tone};
use crate::tui::update::status::{dismiss, report_trouble, show};
use crate::tui::update::stores;

/// Asks whether to end the grant of `profile`; where nobody can be asked to, whether to erase it here
/// alone.
pub(super) fn ask(model: &mut Model, profile: &Profile) -> Vec<Effect> {
    let id = profile.id.clone();
    let question = match revocation::request(profile, model.provider(profile)) {
        Ok(_) => DialogQuestion::RevokeAtProvider(id),
        Err(reason) => DialogQuestion::NotRevocable(id, reason),
    };
    model.screen = Screen::Dialog(Dialog::new(question));
    Vec::new()
}

/// Asks the provider.
pub(super) fn begin(model: &mut Model, id: ProfileId, now: Now) -> Vec<Effect> {
    let running = model.running_mut(&id);
    if running.is_revoking {
        return Vec::new();
    }
    running.is_revoking = true;
    let text = format!("Asking the provider to revoke {} …", id.name);
    show(model, text, Tone::Plain, now);
    vec![Effect::Revoke(id)]
}

/// The provider answered, or could not be asked.
pub(super) fn ended(model: &mut Model, id: &ProfileId, revoked: Revoked, now: Now) -> Vec<Effect> {
    model.running_mut(id).is_revoking = false;
    match revoked {
        Revoked::Done(snapshot) => {
            let twins = model.twins(id);
            stores::take(model, snapshot);
            let erased =
                |id: &ProfileId| model.profile(id).is_none_or(|profile| profile.held.tokens().is_none());
            let erased: Vec<ProfileId> = twins.into_iter().filter(|twin| erased(twin)).collect();
            let text = match model.profile(id) {
                Some(profile) if profile.held.tokens().is_some() => {
                    format!(
                        "The old login of {} is revoked at its provider; a newer login is stored.",
                        id.name
                    )
                }
                Some(_) | None => {
                    format!("{} is revoked at its provider and erased here.", id.name)
                }
            };
            for id in erased.iter().chain([id]) {
                model.forget_unsaved(id);
                flash(model, id, now);
            }
            let names: Vec<String> = erased.iter().map(|twin| twin.name.to_string()).collect();
            let too = if names.is_empty() { String::new() } else { format!(" So is {}.", names.join(", ")) };
            let subject = ReportSubject::Profile(id.clone());
            let report = TaskReport::new(text + &too, Tone::Good, AskedBy::Person).about(subject);
            model.reports.push(report.with_event());
        }
        Revoked::NotEnded(trouble) => {
            let asks = model.screen.is_free() && model.leaving == Leaving::No;
            if asks {
                dismiss(model);
                model.screen = Screen::Dialog(Dialog::new(DialogQuestion::NotRevoked(id.clone(), trouble)));
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
