//! The wizard's pages, one after another, until a login begins or a key is kept.

use std::mem;

use crate::domain::change::Snapshot;
use crate::domain::clock::Now;
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::trouble::Trouble;
use crate::oauth::login::needs::Needs;
use crate::oauth::login::{Outcome, Stage};
use crate::oauth::scopes::Listed;
use crate::tui::message::{Action, Effect};
use crate::tui::model::{Model, RowId, Screen, Tone};
use crate::tui::update::login;
use crate::tui::update::said::tell_of;
use crate::tui::wizard::picker::{List, Picker};
use crate::tui::wizard::{Page, Wizard, Work, choices};

/// Takes what was chosen or typed in the wizard.
pub(super) fn submit(model: &mut Model, mut wizard: Box<Wizard>, now: Now) -> Vec<Effect> {
    if wizard.work == Work::Saving {
        model.screen = Screen::Wizard(wizard);
        return Vec::new();
    }
    match &mut wizard.page {
        Page::Provider(marked) => {
            let catalog = model.catalog.as_ref();
            let chosen = catalog.and_then(|catalog| choices(catalog).get(*marked).map(|it| (*it).clone()));
            if let Some(provider) = chosen {
                wizard.choose(&provider, model);
            }
        }
        Page::Scopes(picker) if picker.typing.is_some() => wizard.complaint = picker.close().err(),
        Page::Preview(_) => return describe(model, wizard),
        Page::Draft(..)
        | Page::Pkce(_)
        | Page::How(_)
        | Page::Name(_)
        | Page::Key(_)
        | Page::ClientId(_)
        | Page::ClientSecret(_)
        | Page::Scopes(_)
        | Page::Notice
        | Page::Ready => wizard.submit(model),
    }
    follow(model, wizard, now)
}

/// Shows the wizard's page, or begins what it is for when nothing is left to ask.
pub(super) fn follow(model: &mut Model, mut wizard: Box<Wizard>, now: Now) -> Vec<Effect> {
    let provider = wizard.provider().map(|provider| provider.name.clone());
    let wants_key = wizard.wants_key();
    let effects = match (&mut wizard.page, provider) {
        (Page::Scopes(picker), Some(provider)) if picker.list == List::Wanted => {
            picker.list = List::Coming;
            vec![Effect::Scopes(provider, wizard.client())]
        }
        (Page::Ready, _) if wants_key => keep_key(model, &mut wizard),
        (Page::Ready, _) => {
            let place = model.own().map_or("", |snapshot| snapshot.place.as_str());
            if let Some(plan) = wizard.plan(place, model.seat) {
                return login::begin(model, plan, now);
            }
            Vec::new()
        }
        (_, _) => Vec::new(),
    };
    model.screen = Screen::Wizard(wizard);
    effects
}

/// Goes one page of the wizard back, or leaves it.
pub(super) fn back(mut wizard: Box<Wizard>) -> Screen {
    if wizard.work == Work::Saving {
        return Screen::Wizard(wizard);
    }
    if let Page::Scopes(picker) = &mut wizard.page
        && picker.typing.take().is_some()
    {
        wizard.complaint = None;
        return Screen::Wizard(wizard);
    }
    wizard.back().map_or(Screen::List, |wizard| Screen::Wizard(Box::new(wizard)))
}

/// Ticks a scope, opens the field for another, or reads the list again.
pub(super) fn choose_scopes(model: &mut Model, action: Action) -> Vec<Effect> {
    let Screen::Wizard(wizard) = &mut model.screen else { return Vec::new() };
    let Page::Scopes(picker) = &mut wizard.page else { return Vec::new() };
    wizard.complaint = None;
    match (action, &picker.list, &wizard.needs) {
        (Action::ToggleScope, ..) => picker.toggle(),
        (Action::AddScope, ..) => picker.open(),
        (Action::ListScopes, List::Failed(_) | List::Here { .. }, Some(needs)) => {
            let name = needs.provider().name.clone();
            picker.list = List::Coming;
            return vec![Effect::Scopes(name, wizard.client())];
        }
        (_, _, _) => {}
    }
    Vec::new()
}

/// The provider's list of scopes was read, or could not be.
pub(super) fn listed(model: &mut Model, provider: &str, listed: Result<Listed, Trouble>) {
    let Some(wizard) = wizard_of(model) else { return };
    let same = wizard.provider().is_some_and(|it| it.name == provider);
    if let Some(picker) = picker_of(wizard).filter(|picker| same && picker.list == List::Coming) {
        picker.listed(listed);
    }
}

/// The picker, also where the person has gone back or on meanwhile.
fn picker_of(wizard: &mut Wizard) -> Option<&mut Picker> {
    let pages = [&mut wizard.page].into_iter().chain(&mut wizard.passed).chain(&mut wizard.ahead);
    pages.into_iter().find_map(|page| match page {
        Page::Scopes(picker) => Some(&mut **picker),
        Page::Provider(_)
        | Page::Draft(..)
        | Page::Pkce(_)
        | Page::Preview(_)
        | Page::How(_)
        | Page::Name(_)
        | Page::Key(_)
        | Page::ClientId(_)
        | Page::ClientSecret(_)
        | Page::Notice
        | Page::Ready => None,
    })
}

/// Keeps the key. The page stays until it is on disk: a key that could not be saved is typed once.
fn keep_key(model: &mut Model, wizard: &mut Wizard) -> Vec<Effect> {
    let Some(change) = wizard.needs.as_ref().and_then(Needs::kept_key) else { return Vec::new() };
    if let Some(page) = wizard.passed.pop() {
        wizard.page = page;
    }
    wizard.work = Work::Saving;
    model.saving += 1;
    let id = ProfileId { store: StoreId::Own, name: change.name.clone() };
    vec![Effect::Change(id, Box::new(change))]
}

/// What becomes of the page on which a key was typed once the key was saved, or could not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterKey {
    /// It was no key of the wizard's.
    Nothing,
    /// The key is stored: it is tested where that can be done.
    Test,
}

/// Closes the page of a key that is stored; one that could not be stored stays in its field.
pub(super) fn key_kept(model: &mut Model, id: &ProfileId, changed: &Result<Snapshot, Trouble>) -> AfterKey {
    let Some(wizard) = wizard_of(model) else { return AfterKey::Nothing };
    let ours =
        wizard.work == Work::Saving && wizard.needs.as_ref().and_then(Needs::profile_name) == Some(&id.name);
    match (ours && matches!(wizard.page, Page::Key(_)), changed) {
        (false, _) => AfterKey::Nothing,
        (true, Ok(_)) => {
            let probe = wizard.provider().is_some_and(|provider| provider.probe.is_some());
            model.screen = Screen::List;
            model.selected = Some(RowId::Profile(id.clone()));
            if probe && model.testing.insert(id.clone()) { AfterKey::Test } else { AfterKey::Nothing }
        }
        (true, Err(trouble)) => {
            wizard.work = Work::Idle;
            wizard.complaint = Some(trouble.to_string());
            AfterKey::Nothing
        }
    }
}

/// Tests a key that was just stored.
pub(super) fn after_key(model: &mut Model, id: &ProfileId, then: AfterKey) -> Vec<Effect> {
    match then {
        AfterKey::Nothing => Vec::new(),
        AfterKey::Test => {
            model.selected = Some(RowId::Profile(id.clone()));
            tell_of(model, id, format!("{} is saved. Testing it.", id.name), Tone::Good);
            vec![Effect::Test(id.clone())]
        }
    }
}

/// Has the new provider's file written.
fn describe(model: &mut Model, mut wizard: Box<Wizard>) -> Vec<Effect> {
    let effect = wizard.draft.as_ref().map(|draft| Effect::Describe(draft.name.clone(), draft.text()));
    wizard.complaint = None;
    wizard.work = Work::Saving;
    model.screen = Screen::Wizard(wizard);
    effect.into_iter().collect()
}

/// The new provider's file was written and read, or could not be.
pub(super) fn described(
    model: &mut Model,
    provider: &str,
    described: Result<(), Trouble>,
    now: Now,
) -> Vec<Effect> {
    let waits = wizard_of(model).is_some_and(|wizard| {
        wizard.work == Work::Saving && wizard.draft.as_ref().is_some_and(|draft| draft.name == provider)
    });
    if !waits {
        return Vec::new();
    }
    let Screen::Wizard(mut wizard) = mem::take(&mut model.screen) else { return Vec::new() };
    let found = model.catalog.as_ref().and_then(|catalog| catalog.get(provider)).cloned();
    wizard.work = Work::Idle;
    match (described, found) {
        (Ok(()), Some(found)) => wizard.described(&found, model),
        (Ok(()), None) => {
            let why = model.catalog.as_ref().and_then(|catalog| catalog.complaints.first());
            let why = why.map_or_else(String::new, |complaint| format!(": {complaint}"));
            wizard.complaint = Some(format!("The file is saved, but it cannot be used{why}"));
        }
        (Err(trouble), _) => wizard.complaint = Some(trouble.to_string()),
    }
    follow(model, wizard, now)
}

fn wizard_of(model: &mut Model) -> Option<&mut Wizard> {
    if let Screen::Wizard(wizard) = &mut model.screen { Some(wizard) } else { None }
}

/// Remembers whose login failed: the next one lets the person give another client secret.
pub(super) fn learn(model: &mut Model) {
    let Some(login) = &model.login else { return };
    let id = &login.plan().id;
    match login.stage() {
        Stage::Over(Outcome::Failed(_)) => {
            model.failed.insert(id.clone());
        }
        Stage::Over(Outcome::Done(_)) => {
            model.failed.remove(id);
        }
        Stage::Over(Outcome::Denied(_) | Outcome::TimedOut | Outcome::Cancelled | Outcome::Discarded)
        | Stage::Opening(_)
        | Stage::Waiting(_)
        | Stage::Exchanging(_)
        | Stage::Confirming(..)
        | Stage::Saving(_)
        | Stage::Unsaved(..)
        | Stage::Testing(..) => {}
    }
}
