//! Logins of other programs: a login beside them, or their move to our own store.

use crate::domain::clock::Now;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::trouble::Trouble;
use crate::oauth::refresh::Refreshed;
use crate::oauth::take_over::{NotTakeable, held_here, provider, taken_over};
use crate::tui::dialog::{Dialog, DialogQuestion};
use crate::tui::flash::flash;
use crate::tui::message::Effect;
use crate::tui::model::{Model, RowId};
use crate::tui::screen::Screen;
use crate::tui::status::Tone;
use crate::tui::text_layout;
use crate::tui::update::status::{report_profile, report_trouble, show};
use crate::tui::update::{refresh, server, stores, wizard};
use crate::tui::wizard::Wizard;

/// Asks which of the two it is to be.
pub(super) fn ask(model: &mut Model, profile: &Profile, now: Now) -> Vec<Effect> {
    let Some(own) = model.own() else { return Vec::new() };
    let taken = match held_here(profile, model.stores.values(), &model.events) {
        Some(id) => Err(NotTakeable::HeldHere(id)),
        None => taken_over(profile, &model.catalog, own, now.wall),
    };
    let take = taken.map(|taken| taken.id.name).map_err(|why| why.to_string());
    let question = DialogQuestion::Borrowed(profile.id.clone(), take);
    model.screen = Screen::Dialog(Dialog::new(question));
    Vec::new()
}

/// Begins a login of our own for what another program keeps: at its provider, else at its server.
pub(super) fn log_in_separately(model: &mut Model, id: &ProfileId, now: Now) -> Vec<Effect> {
    let Some(profile) = model.profile(id).cloned() else { return Vec::new() };
    let Some(own) = model.own() else { return Vec::new() };
    let provider = provider(&profile, &model.catalog, own, now.wall).cloned();
    let mut new = Box::new(Wizard::new());
    let address = profile.owner.as_ref().and_then(|owner| owner.address.clone());
    match (provider, address) {
        (Some(provider), _) => {
            new.choose(&provider, model.wizard_context());
            wizard::follow(model, new, now)
        }
        (None, Some(address)) => server::discover(model, new, address, now),
        (None, None) => Vec::new(),
    }
}

/// Moves a borrowed login here.
pub(super) fn take_over(model: &mut Model, id: &ProfileId, name: ProfileName, now: Now) -> Vec<Effect> {
    model.saving += 1;
    show(model, format!("Taking over {} …", id.name), Tone::Plain, now);
    vec![Effect::TakeOver(id.clone(), name)]
}

/// A borrowed login was moved here, or could not be.
pub(super) fn taken(
    model: &mut Model,
    from: &ProfileId,
    taken: Result<(ProfileId, Refreshed), Trouble>,
    now: Now,
) -> Vec<Effect> {
    model.saving = model.saving.saturating_sub(1);
    let (id, refreshed) = match taken {
        Ok(taken) => taken,
        Err(trouble) => {
            report_trouble(model, &trouble);
            return vec![Effect::Read(StoreId::Own)];
        }
    };
    let owner = model.profile(from).and_then(|profile| profile.owner.clone());
    match refreshed {
        Refreshed::Done(snapshot) | Refreshed::Enough(snapshot) => {
            stores::take(model, snapshot);
            model.selected = Some(RowId::Profile(id.clone()));
            flash(model, &id, now);
            let then = owner.map_or_else(String::new, |owner| {
                format!(" Log in to {} again when it asks.", text_layout::safe(&owner.title))
            });
            report_profile(model, &id, format!("{} is in your own file now.{then}", id.name), Tone::Good);
            Vec::new()
        }
        Refreshed::Unsaved(..) => {
            let asks = refresh::ended(model, &id, refreshed, now);
            asks.into_iter().chain([Effect::Read(StoreId::Own)]).collect()
        }
        Refreshed::Failed(snapshot, trouble) => {
            snapshot.into_iter().for_each(|snapshot| stores::take(model, snapshot));
            report_trouble(model, &trouble);
            Vec::new()
        }
    }
}
