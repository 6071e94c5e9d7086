//! Wizard: its pages one after another, until a login begins or a key is kept.

use std::mem;

use crate::domain::change::{Change, Snapshot};
use crate::domain::clock::Now;
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::provider::Provider;
use crate::domain::store_presence::Prompting;
use crate::domain::trouble::Trouble;
use crate::oauth::login::Outcome;
use crate::oauth::login::preflight::Preflight;
use crate::oauth::probe::TestVerdict;
use crate::oauth::scopes::Listed;
use crate::tui::list_search::ListSearch;
use crate::tui::message::{Effect, ScopeAction};
use crate::tui::model::{Model, RowId};
use crate::tui::screen::Screen;
use crate::tui::status::Tone;
use crate::tui::update::status::report_profile;
use crate::tui::update::{form, login};
use crate::tui::wizard::key_page::{KeyField, KeyPage};
use crate::tui::wizard::picker::ProviderList;
use crate::tui::wizard::server::{Offer, offers};
use crate::tui::wizard::store_choice::KeyringAnswer;
use crate::tui::wizard::{KeyTest, Page, TextQuestion, Wizard, Work};

/// Takes what was chosen or typed in the wizard, where it is nothing of a discovery.
pub(super) fn submit(model: &mut Model, now: Now) -> Vec<Effect> {
    if model.screen.wizard_mut().is_none_or(|wizard| wizard.work != Work::Idle) {
        return Vec::new();
    }
    let Screen::Wizard(mut wizard) = mem::take(&mut model.screen) else { return Vec::new() };
    if needs_probe(&wizard) {
        (wizard.work, wizard.complaint) = (Work::Probing, None);
        model.screen = Screen::Wizard(wizard);
        return vec![Effect::Probe(StoreId::Keyring, Prompting::Allowed)];
    }
    match &mut wizard.page {
        Page::Provider(search) => {
            let found = offers(&model.catalog, &model.configured_servers, search.field.text());
            match found.into_iter().nth(search.marked) {
                // The person puts their own names into it.
                Some(Offer::Provider(Provider { address: Some(form), .. })) => {
                    *search = ListSearch::for_text(form);
                }
                Some(Offer::Provider(provider)) => {
                    let provider = provider.clone();
                    wizard.choose(&provider, model.wizard_context());
                }
                Some(Offer::Address(_) | Offer::Server(_)) | None => {}
            }
        }
        Page::Scopes(picker) if picker.typing.is_some() => wizard.complaint = picker.close().err(),
        Page::Form(_) => {
            let effects = form::enter(model, &mut wizard);
            model.screen = Screen::Wizard(wizard);
            return effects;
        }
        Page::Server(_) => {}
        Page::Choice(..) | Page::Text(..) | Page::Key(_) | Page::Scopes(_) | Page::Notice | Page::Ready => {
            wizard.submit(model.wizard_context(), now)
        }
    }
    follow(model, wizard, now)
}

/// Whether the keyring, in which the new profile is to be kept, must say first that it would take it.
fn needs_probe(wizard: &Wizard) -> bool {
    let store = wizard.preflight.as_ref().map(Preflight::store);
    let asks_name = matches!(wizard.page, Page::Text(TextQuestion::Name, _));
    asks_name && store == Some(StoreId::Keyring) && wizard.keyring != KeyringAnswer::Ready
}

/// The page of a key, while it can be typed into.
fn key_page(model: &mut Model) -> Option<&mut KeyPage> {
    let wizard = model.screen.wizard_mut().filter(|wizard| wizard.work == Work::Idle)?;
    if let Page::Key(page) = &mut wizard.page { Some(page) } else { None }
}

/// Goes to the other field of the page of a key, and gives whether that is the page.
pub(super) fn switch_field(model: &mut Model) -> bool {
    key_page(model).map(KeyPage::switch).is_some()
}

/// Goes to the field of the page of a key in that place, and gives whether that is the page.
pub(super) fn click(model: &mut Model, place: usize) -> bool {
    let Some((page, field)) = key_page(model).zip(KeyField::ALL.get(place)) else { return false };
    page.focus = *field;
    true
}

/// What is wrong with an end is said while it is typed; what was said before is read.
pub(super) fn edited(model: &mut Model) {
    if key_page(model).is_some_and(|page| page.focus == KeyField::Ends)
        && let Some(wizard) = model.screen.wizard_mut()
    {
        wizard.complaint = None;
    }
}

/// Keeps the new profile in the next store.
pub(super) fn choose_store(model: &mut Model) {
    let Screen::Wizard(wizard) = &model.screen else { return };
    let Some((_, next)) = wizard.store_choice(model.wizard_context()) else { return };
    if let Some(wizard) = model.screen.wizard_mut().filter(|wizard| wizard.work == Work::Idle)
        && let Some(preflight) = &mut wizard.preflight
    {
        preflight.keep_in(next);
        wizard.complaint = None;
    }
}

/// The keyring has said whether it is there, or whether it would take new tokens.
pub(super) fn probed(
    model: &mut Model,
    prompting: Prompting,
    probed: Result<(), Trouble>,
    now: Now,
) -> Vec<Effect> {
    let Some(wizard) = model.screen.wizard_mut() else { return Vec::new() };
    match (prompting, probed) {
        (Prompting::Never, Ok(())) if wizard.keyring == KeyringAnswer::Asked => {
            wizard.keyring = KeyringAnswer::Present;
        }
        (Prompting::Never, _) => {}
        (Prompting::Allowed, probed) if wizard.work == Work::Probing => {
            wizard.work = Work::Idle;
            match probed {
                Ok(()) => {
                    wizard.keyring = KeyringAnswer::Ready;
                    return submit(model, now);
                }
                Err(trouble) => wizard.complaint = Some(trouble.to_string()),
            }
        }
        // The person did not wait for it.
        (Prompting::Allowed, _) => {}
    }
    Vec::new()
}

/// Shows the wizard's page, or begins what it is for when nothing is left to ask.
pub(super) fn follow(model: &mut Model, mut wizard: Box<Wizard>, now: Now) -> Vec<Effect> {
    wizard.forget_ended_secret(now.wall);
    let provider = wizard.provider().map(|provider| provider.name.clone());
    let wants_key = wizard.wants_key();
    let effects = match (&mut wizard.page, provider) {
        (Page::Text(TextQuestion::Name, _), _)
            if wizard.keyring == KeyringAnswer::NotAsked && model.stores.contains_key(&StoreId::Keyring) =>
        {
            wizard.keyring = KeyringAnswer::Asked;
            vec![Effect::Probe(StoreId::Keyring, Prompting::Never)]
        }
        (Page::Scopes(picker), Some(provider)) if picker.list == ProviderList::Wanted => {
            picker.list = ProviderList::Coming;
            vec![Effect::Scopes(provider, wizard.client())]
        }
        (Page::Ready, _) if wants_key => test_or_keep(model, &mut wizard),
        (Page::Ready, _) => {
            let store = wizard.preflight.as_ref().and_then(|preflight| model.stores.get(&preflight.store()));
            let place = store.map_or("", |snapshot| snapshot.place.as_str());
            if let Some(plan) = wizard.plan(place, model.locality) {
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
    match wizard.work {
        Work::Idle => {}
        Work::Testing | Work::Probing => {
            wizard.work = Work::Idle;
            return Screen::Wizard(wizard);
        }
        Work::Saving => return Screen::Wizard(wizard),
    }
    if let Some(form) = wizard.form_mut()
        && (form.preview.take().is_some() || mem::take(&mut form.is_agreed))
    {
        return Screen::Wizard(wizard);
    }
    if let Page::Scopes(picker) = &mut wizard.page
        && picker.typing.take().is_some()
    {
        wizard.complaint = None;
        return Screen::Wizard(wizard);
    }
    if let Page::Server(server) = &mut wizard.page
        && server.exchanges.take().is_some()
    {
        return Screen::Wizard(wizard);
    }
    wizard.refused = None;
    if let Page::Provider(search) = &mut wizard.page
        && !search.field.is_empty()
    {
        *search = ListSearch::at(0);
        return Screen::Wizard(wizard);
    }
    wizard.back().map_or(Screen::List, |wizard| Screen::Wizard(Box::new(wizard)))
}

/// Ticks a scope, opens the field for another, or reads the list again.
pub(super) fn choose_scopes(model: &mut Model, action: ScopeAction) -> Vec<Effect> {
    let Screen::Wizard(wizard) = &mut model.screen else { return Vec::new() };
    let client = wizard.client();
    let Page::Scopes(picker) = &mut wizard.page else { return Vec::new() };
    wizard.complaint = None;
    match (action, &picker.list, &wizard.preflight) {
        (ScopeAction::Toggle, ..) => picker.toggle(),
        (ScopeAction::Add, ..) => picker.open(),
        (ScopeAction::List, ProviderList::Failed(_) | ProviderList::Here { .. }, Some(preflight)) => {
            picker.list = ProviderList::Coming;
            return vec![Effect::Scopes(preflight.provider().name.clone(), client)];
        }
        (ScopeAction::List, ..) => {}
    }
    Vec::new()
}

/// The provider's list of scopes was read, or could not be.
pub(super) fn listed(model: &mut Model, provider: &str, listed: Result<Listed, Trouble>) {
    let Some(wizard) = model.screen.wizard_mut() else { return };
    let same = wizard.provider().is_some_and(|it| it.name == provider);
    if let Some(picker) = wizard.picker_mut().filter(|picker| same && picker.list == ProviderList::Coming) {
        picker.listed(listed);
    }
}

/// Has the key tested before it is kept, unless that was done or cannot be. The page stays until the key
/// is on disk: one that is refused, or could not be saved, is typed once.
fn test_or_keep(model: &mut Model, wizard: &mut Wizard) -> Vec<Effect> {
    let Some(change) = wizard.preflight.as_ref().and_then(Preflight::kept_key) else { return Vec::new() };
    if let Some(page) = wizard.passed.pop() {
        wizard.page = page;
    }
    let profile = change.profile().cloned().map(Box::new);
    let is_tested = wizard
        .tested
        .as_ref()
        .is_some_and(|tested| profile.as_ref().is_some_and(|profile| profile.holds(&tested.key)));
    match (profile, wizard.provider()) {
        (Some(profile), Some(provider)) if !is_tested && provider.probe.is_some() => {
            wizard.work = Work::Testing;
            vec![Effect::TestKey(profile)]
        }
        (_, _) => {
            model.saving += 1;
            keep_key(wizard, change)
        }
    }
}

/// A new key was tested: one that is refused is asked about, any other is kept.
pub(super) fn key_tested(model: &mut Model, key: &str, tested: Result<TestVerdict, Trouble>) -> Vec<Effect> {
    let Screen::Wizard(wizard) = &mut model.screen else { return Vec::new() };
    let change = wizard.preflight.as_ref().and_then(Preflight::kept_key);
    let held = |change: &Change| change.profile().is_some_and(|profile| profile.holds(key));
    // A test that the person has ended, or one of another key, is no longer of interest.
    let Some(change) = change.filter(held).filter(|_| wizard.work == Work::Testing) else {
        return Vec::new();
    };
    let verdict = tested.unwrap_or_else(|trouble| TestVerdict {
        words: format!("not tested: {}", trouble.why),
        last: None,
        end: None,
    });
    let refusal = verdict.last.as_ref().filter(|_| verdict.is_refusal()).map(|last| last.status);
    wizard.tested = Some(KeyTest { key: key.to_owned(), verdict });
    if let Some(status) = refusal {
        wizard.work = Work::Idle;
        wizard.complaint = Some(format!(
            "The provider refuses this key ({status}). Type another one, or press Enter again to save it anyway"
        ));
        return Vec::new();
    }
    model.saving += 1;
    keep_key(wizard, change)
}

fn keep_key(wizard: &mut Wizard, change: Change) -> Vec<Effect> {
    let verdict = wizard.tested.as_ref().map(|tested| &tested.verdict);
    let last = verdict.and_then(|verdict| verdict.last.clone());
    let change = change.with_test(last).with_end(verdict.and_then(|verdict| verdict.end));
    wizard.work = Work::Saving;
    let store = change.profile().map_or(StoreId::Own, |profile| profile.id.store);
    let id = ProfileId { store, name: change.name.clone() };
    vec![Effect::Change(id, Box::new(change))]
}

/// Closes the page of a key that is stored, and gives what its test said; one that could not be stored
/// stays in its field.
pub(super) fn key_kept(
    model: &mut Model,
    id: &ProfileId,
    changed: &Result<Snapshot, Trouble>,
) -> Option<String> {
    let wizard = model.screen.wizard_mut()?;
    let name = wizard.preflight.as_ref().and_then(Preflight::profile_name);
    let is_ours =
        wizard.work == Work::Saving && name == Some(&id.name) && matches!(wizard.page, Page::Key(_));
    if !is_ours {
        return None;
    }
    if let Err(trouble) = changed {
        wizard.work = Work::Idle;
        wizard.complaint = Some(trouble.to_string());
        return None;
    }
    let tested = wizard.tested.take();
    model.screen = Screen::List;
    model.selected = Some(RowId::Profile(id.clone()));
    tested.map(|tested| tested.verdict.words)
}

/// Reports that a key is stored, and what its test said.
pub(super) fn report_key(model: &mut Model, id: &ProfileId, tested: &str) {
    model.selected = Some(RowId::Profile(id.clone()));
    report_profile(model, id, format!("{} saved ({tested}).", id.name), Tone::Good);
}

/// The new provider's file was written and read, or could not be.
pub(super) fn described(
    model: &mut Model,
    provider: &str,
    described: Result<(), Trouble>,
    now: Now,
) -> Vec<Effect> {
    if model.screen.wizard_mut().is_none_or(|wizard| wizard.saving() != Some(provider)) {
        return Vec::new();
    }
    let Screen::Wizard(mut wizard) = mem::take(&mut model.screen) else { return Vec::new() };
    let found = model.catalog.get(provider).cloned();
    wizard.work = Work::Idle;
    match (described, found) {
        (Ok(()), Some(found)) => {
            model.new_provider = Some(found.name.clone());
            wizard.described(&found, model.wizard_context());
        }
        (Ok(()), None) => {
            let why = model.catalog.errors.first();
            let why = why.map_or_else(String::new, |complaint| format!(": {complaint}"));
            wizard.complaint = Some(format!("The file is saved, but it cannot be used{why}"));
        }
        (Err(trouble), _) => wizard.complaint = Some(trouble.to_string()),
    }
    follow(model, wizard, now)
}

/// Remembers whose login failed: the next one lets the person give another client secret.
pub(super) fn learn(model: &mut Model) {
    let Some(login) = &model.login else { return };
    let id = login.plan().id.clone();
    if let Some(outcome @ (Outcome::Failed(_) | Outcome::Done(_))) = login.outcome() {
        let has_failed = matches!(outcome, Outcome::Failed(_));
        model.running_mut(&id).has_failed_login = has_failed;
    }
}
