//! Unlocking: the passphrase of the encrypted file, and another look at the keyring.

use std::mem;

use crate::domain::change::Unlock;
use crate::domain::clock::Now;
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::trouble::Trouble;
use crate::tui::locked;
use crate::tui::message::{Action, Effect};
use crate::tui::model::Model;
use crate::tui::passphrase::PassphraseForm;
use crate::tui::screen::Screen;
use crate::tui::status::{AskedBy, Tone};
use crate::tui::text_layout;
use crate::tui::update::relocation;
use crate::tui::update::status::{report, report_trouble, show};

/// Asks for the passphrase that locked rows wait for, else looks whether the keyring is unlocked by now.
pub(super) fn unlock(model: &mut Model, now: Now) -> Vec<Effect> {
    let asked = model.stores.values().find(|snapshot| locked::waits_for_passphrase(snapshot));
    if let Some((store, need)) = asked.and_then(|snapshot| Some((snapshot.store, snapshot.passphrase?))) {
        model.screen = Screen::Passphrase(PassphraseForm::new(store, need));
        return Vec::new();
    }
    let looks = look_again(model);
    if !looks.is_empty() {
        show(model, "Asking the keyring. It may ask you for its password.", Tone::Plain, now);
    }
    looks
}

/// Reads the stores again that have locked rows and need no passphrase of ours.
pub(super) fn look_again(model: &Model) -> Vec<Effect> {
    let closed = model
        .stores
        .values()
        .filter(|snapshot| locked::of_store(snapshot).any(|unlock| unlock == Unlock::Look));
    closed.map(|snapshot| Effect::Read(snapshot.store)).collect()
}

/// Asks once without a key, when rows were found to wait for it and nothing else is looked at.
pub(super) fn ask_when_found(model: &mut Model, store: StoreId, is_first: bool) {
    let Some(snapshot) = model.stores.get(&store).filter(|_| is_first) else { return };
    if !locked::waits_for_passphrase(snapshot) {
        return;
    }
    let need = snapshot.passphrase;
    if let Some(need) = need.filter(|_| model.screen.is_free()) {
        model.screen = Screen::Passphrase(PassphraseForm::new(store, need));
    }
}

/// Moves the profile `from`, once the store that it goes to has the passphrase that it waits for.
pub(super) fn before_move(model: &mut Model, from: ProfileId, to: ProfileId) -> Vec<Effect> {
    let need = model.stores.get(&to.store).and_then(|snapshot| snapshot.passphrase);
    match need {
        Some(need) => {
            let form = PassphraseForm::new(to.store, need).before_move(from, to);
            model.screen = Screen::Passphrase(form);
            Vec::new()
        }
        None => relocation::begin(model, from, to),
    }
}

/// Takes what was typed.
pub(super) fn enter(model: &mut Model) -> Vec<Effect> {
    let Screen::Passphrase(form) = &mut model.screen else { return Vec::new() };
    let store = form.store;
    form.take().map(|typed| Effect::GivePassphrase(store, typed)).into_iter().collect()
}

/// Leaves the rows locked.
pub(super) fn leave(model: &mut Model, now: Now) {
    let Screen::Passphrase(form) = mem::take(&mut model.screen) else { return };
    let text = match &form.moves {
        Some((from, _)) => format!("{} stays where it is.", from.name),
        None => format!("The rows stay locked. {} unlocks them.", model.keys.key(Action::Unlock)),
    };
    show(model, text, Tone::Plain, now);
}

/// A store has its passphrase, or it is another one.
pub(super) fn taken(model: &mut Model, store: StoreId, taken: Result<(), Trouble>) -> Vec<Effect> {
    let is_asked = matches!(&model.screen, Screen::Passphrase(form) if form.store == store);
    let asked = is_asked.then(|| mem::take(&mut model.screen));
    let form = if let Some(Screen::Passphrase(form)) = asked { Some(form) } else { None };
    match (taken, form) {
        (Ok(()), form) => {
            if let Some(snapshot) = model.stores.get_mut(&store) {
                snapshot.passphrase = None;
            }
            report(model, "Unlocked.", Tone::Good, AskedBy::Person);
            let moved = form.and_then(|form| form.moves);
            let moved = moved.map(|(from, to)| relocation::begin(model, from, to)).unwrap_or_default();
            [Effect::Read(store)].into_iter().chain(moved).collect()
        }
        (Err(trouble), Some(form)) => {
            let why = format!("{}.", text_layout::capital(&text_layout::safe(&trouble.why)));
            model.screen = Screen::Passphrase(form.again(Some(why)));
            Vec::new()
        }
        (Err(trouble), None) => {
            report_trouble(model, &trouble);
            Vec::new()
        }
    }
}
