//! Update: every message with its consequence; nothing else changes the model.

mod action;
pub mod arrangement;
mod auto_refresh;
mod borrowed;
mod clipboard;
mod form;
mod help;
mod input;
mod judgement;
mod login;
mod login_start;
mod marked;
mod mouse;
mod navigation;
mod note;
mod palette;
mod panel;
mod passphrase;
mod refresh;
mod relocation;
mod reveal;
mod server;
mod settings;
mod sign_out;
mod status;
mod stores;
mod tour;
mod undo;
mod wizard;

use std::sync::Arc;

use crate::domain::change::{Row, Snapshot};
use crate::domain::clock::Now;
use crate::domain::event::Event;
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::profile::TestResult;
use crate::domain::provider::catalog::Catalog;
use crate::domain::settings::Settings;
use crate::domain::trouble::Trouble;
use crate::oauth::LoginId;
use crate::oauth::login::Input;
use crate::oauth::probe::TestVerdict;
use crate::tui::message::{Action, Effect, Msg};
use crate::tui::model::{AutoRefreshMode, Leaving, Model};
use crate::tui::result_table::RowEnd;
use crate::tui::status::{AskedBy, Tone};
use crate::tui::update::status::{report, report_profile, report_trouble};
use crate::tui::{flash, log};

/// Takes what happened and says what must be done.
pub fn update(model: &mut Model, now: Now, msg: Msg) -> Vec<Effect> {
    let impact = Impact::of(&msg, model);
    let can_be_due = impact != Impact::Nothing;
    let mut effects = take(model, now, msg);
    match impact {
        Impact::Ended(id, end) => {
            effects.extend(marked::ended(model, &id, end, now));
            marked::forget_gone(model);
            arrangement::arrange(model, now);
        }
        Impact::Rows => {
            marked::forget_gone(model);
            arrangement::arrange(model, now);
        }
        Impact::Start => {
            // What is read while the program begins may order the rows anew; nobody has chosen one yet.
            if model.order.place == Some(0) {
                model.selected = None;
            }
            arrangement::arrange(model, now);
        }
        Impact::Time | Impact::Nothing => arrangement::arrange_if_stale(model, now),
    }
    let is_due = model.order.refreshes_at.is_some_and(|at| at <= now.wall);
    if can_be_due && is_due {
        effects.extend(auto_refresh::begin_due(model, now));
        arrangement::arrange(model, now);
    }
    status::deliver(model, now);
    undo::count_down(model, now);
    log::rebuild(model);
    arrangement::follow_selection(model);
    effects
}

/// What a message may change, so that rows are ordered anew or refreshed.
#[derive(Debug, PartialEq, Eq)]
enum Impact {
    /// The work on a profile has ended so: its row is another, and the next of those that were marked begins.
    Ended(ProfileId, RowEnd),
    /// Other rows, or another state of one.
    Rows,
    /// What is read once, when the program begins.
    Start,
    /// A later moment.
    Time,
    Nothing,
}

impl Impact {
    fn of(msg: &Msg, model: &Model) -> Self {
        match msg {
            Msg::Refreshed(id, refreshed) => Self::Ended(id.clone(), marked::of_refresh(refreshed)),
            Msg::Changed(id, changed) => Self::Ended(id.clone(), marked::of_change(changed)),
            Msg::SignedOut(id, signed_out) => Self::Ended(id.clone(), marked::of_sign_out(id, signed_out)),
            Msg::Revoked(id, revoked) => Self::Ended(id.clone(), marked::of_revocation(id, revoked)),
            Msg::Tested(id, tested) => Self::Ended(id.clone(), marked::of_test(tested)),
            Msg::Stored(snapshot) if is_empty_as_before(model, snapshot) => Self::Time,
            Msg::Stored(_) | Msg::Rescued(_) | Msg::Login(..) | Msg::Relocated(..) | Msg::TakenOver(..) => {
                Self::Rows
            }
            Msg::Settled(_) if model.auto_refresh == AutoRefreshMode::Unsettled => Self::Start,
            Msg::Catalogued(_) | Msg::Settled(_) => Self::Rows,
            Msg::Woke => Self::Time,
            Msg::Key(_)
            | Msg::Mouse(..)
            | Msg::Pasted(_)
            | Msg::Resized(..)
            | Msg::Terminated
            | Msg::Stopped
            | Msg::Continued
            | Msg::HungUp
            | Msg::Asking(_)
            | Msg::Waits(..)
            | Msg::Events(_)
            | Msg::Themed(_)
            | Msg::Ruled(_)
            | Msg::BackgroundTold(_)
            | Msg::SettingsSaved(_)
            | Msg::SettingsTouched
            | Msg::Touched(_)
            | Msg::MadePrivate(_)
            | Msg::PassphraseTaken(..)
            | Msg::Copied(..)
            | Msg::Revealed(..)
            | Msg::Edited(_)
            | Msg::ClipboardCleared(_)
            | Msg::KeyTested(..)
            | Msg::Probed(..)
            | Msg::Scopes(..)
            | Msg::TranscriptSaved(_)
            | Msg::Discovered(..)
            | Msg::Described(..)
            | Msg::ServersFound(_) => Self::Nothing,
        }
    }
}

/// Whether a store has no rows, and had none when it was last read.
fn is_empty_as_before(model: &Model, snapshot: &Snapshot) -> bool {
    let before = model.stores.get(&snapshot.store);
    snapshot.rows.is_empty() && before.is_none_or(|before| before.rows.is_empty())
}

fn take(model: &mut Model, now: Now, msg: Msg) -> Vec<Effect> {
    tour::hear(model, &msg);
    match msg {
        Msg::Key(key) => return input::press(model, now, key),
        Msg::Mouse(gesture, target) => return mouse::point(model, now, gesture, target),
        Msg::Pasted(text) => input::paste(model, &text, now),
        Msg::Resized(columns, rows) => model.size = (columns, rows),
        Msg::Woke => return woke(model, now),
        Msg::Touched(store) => return vec![Effect::Read(store), Effect::ReadEvents],
        Msg::Stopped => return action::act(model, now, Action::Suspend),
        // Whoever had the terminal meanwhile may have changed it.
        Msg::Continued => return vec![Effect::Redraw],
        Msg::Terminated | Msg::HungUp => return last_saves(model, now),
        Msg::Catalogued(catalog) => catalogued(model, catalog),
        Msg::Stored(snapshot) => return stored(model, snapshot),
        Msg::PassphraseTaken(store, taken) => return passphrase::taken(model, store, taken),
        Msg::Asking(grants) => model.asking = grants,
        Msg::Waits(id, holder) => waits(model, &id, &holder),
        Msg::Events(events) => self::events(model, events),
        Msg::Settled(settings) => return settled(model, settings),
        Msg::Themed(theme) => settings::themed(model, theme),
        Msg::Ruled(rules) => settings::ruled(model, rules),
        Msg::BackgroundTold(background) => model.terminal.background = Some(background),
        Msg::SettingsSaved(saved) => return settings::saved(model, saved),
        Msg::SettingsTouched => return vec![Effect::ReadSettings],
        Msg::Login(login_id, input) => return login_heard(model, login_id, input, now),
        Msg::Refreshed(id, refreshed) => return refresh::ended(model, &id, refreshed, now),
        Msg::Rescued(kept) => return stores::rescued(model, kept),
        Msg::Changed(id, changed) => return self::changed(model, &id, changed, now),
        Msg::ServersFound(servers) => return server::found(model, servers, now),
        Msg::TakenOver(from, taken) => return borrowed::taken(model, &from, taken, now),
        Msg::Relocated(from, to, done) => return relocation::ended(model, (&from, &to), done, now),
        Msg::SignedOut(id, signed_out) => return sign_out::erased(model, &id, signed_out, now),
        Msg::Revoked(id, revoked) => return sign_out::ended(model, &id, revoked, now),
        Msg::MadePrivate(made) => return made_private(model, made),
        Msg::Copied(what, copied) => return clipboard::copied(model, &what, copied, now),
        Msg::ClipboardCleared(cleared) => clipboard::cleared(model, cleared),
        Msg::Revealed(id, form, secret) => reveal::revealed(model, &id, (form, secret), now),
        Msg::Edited(edited) => return self::edited(model, edited),
        Msg::Tested(id, tested) => self::tested(model, &id, tested, now),
        Msg::Probed(_, prompting, probed) => return wizard::probed(model, prompting, probed, now),
        Msg::KeyTested(key, tested) => return wizard::key_tested(model, &key, tested),
        Msg::Scopes(provider, listed) => wizard::listed(model, &provider, listed),
        Msg::TranscriptSaved(saved) => panel::transcript_saved(model, saved, now),
        Msg::Discovered(id, reply) => return server::replied(model, id, reply, now),
        Msg::Described(provider, described) => return wizard::described(model, &provider, described, now),
    }
    Vec::new()
}

fn stored(model: &mut Model, snapshot: Snapshot) -> Vec<Effect> {
    let (store, is_first) = (snapshot.store, !model.stores.contains_key(&snapshot.store));
    let effects = stores::look(model, snapshot);
    passphrase::ask_when_found(model, store, is_first);
    effects
}

fn events(model: &mut Model, events: Result<Vec<Event>, String>) {
    match events {
        Ok(events) => {
            model.events = events;
            model.events_read += 1;
        }
        Err(why) => {
            let text = format!("The event log cannot be read: {why}.");
            report(model, text, Tone::Bad, AskedBy::Nobody);
        }
    }
}

fn settled(model: &mut Model, settings: Result<Settings, String>) -> Vec<Effect> {
    settings::settled(model, settings);
    [Effect::ReadEvents].into_iter().chain(settings::borrowed(model)).collect()
}

fn login_heard(model: &mut Model, login_id: LoginId, input: Input, now: Now) -> Vec<Effect> {
    if let Input::Opened(opened) = &input {
        panel::opened(model, opened, now);
    }
    let effects = login::heard(model, login_id, input, now);
    wizard::learn(model);
    effects
}

fn changed(model: &mut Model, id: &ProfileId, changed: Result<Snapshot, Trouble>, now: Now) -> Vec<Effect> {
    let tested = wizard::key_kept(model, id, &changed);
    let effects = stores::changed(model, id, changed, now);
    if let Some(tested) = tested {
        wizard::report_key(model, id, &tested);
    }
    effects
}

fn catalogued(model: &mut Model, catalog: Arc<Catalog>) {
    if let Some(complaint) = catalog.errors.first() {
        let more = catalog.errors.len() - 1;
        let more = if more > 0 { format!(" ({more} more: authtui providers)") } else { String::new() };
        let text = format!("Provider file skipped: {complaint}{more}");
        report(model, text, Tone::Warn, AskedBy::Nobody);
    }
    model.catalog = catalog;
}

fn waits(model: &mut Model, id: &ProfileId, holder: &str) {
    let asked_by = model.running(id).refresh.unwrap_or(AskedBy::Person);
    let text = format!("{} waits for {holder}, which is using this login.", id.name);
    report(model, text, Tone::Plain, asked_by);
}

fn made_private(model: &mut Model, made: Result<(), Trouble>) -> Vec<Effect> {
    match made {
        Ok(()) => report(model, "Only you can read the file now.", Tone::Good, AskedBy::Person),
        Err(trouble) => report_trouble(model, &trouble),
    }
    vec![Effect::Read(StoreId::Own)]
}

fn edited(model: &mut Model, edited: Result<(), Trouble>) -> Vec<Effect> {
    if let Err(trouble) = edited {
        report_trouble(model, &trouble);
    }
    vec![Effect::Read(StoreId::Own)]
}

fn tested(model: &mut Model, id: &ProfileId, tested: Result<TestVerdict, Trouble>, now: Now) {
    flash::flash(model, id, now);
    model.running_mut(id).is_testing = false;
    match tested {
        Ok(verdict) => keep_verdict(model, id, verdict),
        Err(trouble) => report_trouble(model, &trouble),
    }
}

/// What is done for tokens that are held here alone when nobody can be asked any more.
fn last_saves(model: &mut Model, now: Now) -> Vec<Effect> {
    model.leaving = Leaving::Yes;
    undo::forget(model);
    let ids: Vec<_> = model.unsaved().map(|(id, _)| id.clone()).collect();
    let mut effects: Vec<Effect> = ids.iter().flat_map(|id| stores::save_again(model, id)).collect();
    effects.extend(login::save_at_the_end(model, now));
    // Nothing behind it would be done.
    effects.push(Effect::Quit);
    effects
}

fn woke(model: &mut Model, now: Now) -> Vec<Effect> {
    status::expire(model, now);
    reveal::expire(model, now);
    flash::expire(model, now);
    let mut effects = match &model.login {
        Some(login) if login.wakes_at().is_some_and(|at| at <= now.steady) => {
            let login_id = login.id();
            login::heard(model, login_id, Input::Woke, now)
        }
        Some(_) | None => Vec::new(),
    };
    if !model.asking.is_empty() {
        effects.push(Effect::ReadEvents);
    }
    effects.extend(clipboard::tick(model, now));
    effects
}

/// Keeps what a test said of the very token that was tested, also of one that no file holds, and says it.
fn keep_verdict(model: &mut Model, id: &ProfileId, verdict: TestVerdict) {
    let tone = match verdict.last.as_ref().map(|last| last.result) {
        Some(TestResult::Works) => Tone::Good,
        Some(TestResult::Refused) => Tone::Bad,
        None => Tone::Plain,
    };
    let rows = model.stores.get_mut(&id.store).map(|store| Arc::make_mut(&mut store.rows));
    for row in rows.into_iter().flatten() {
        if let (Row::Profile(profile), Some(last)) = (row, &verdict.last)
            && profile.holds(&last.token)
        {
            Arc::make_mut(profile).last_test = Some(Box::new(last.clone()));
        }
    }
    report_profile(model, id, format!("{}: {}", id.name, verdict.words), tone);
}
