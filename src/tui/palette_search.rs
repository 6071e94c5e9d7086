//! Search of the palette: its entries, and how they read.

use crate::domain::change::Row;
use crate::domain::clock::Now;
use crate::domain::profile::Profile;
use crate::domain::setting::Setting;
use crate::tui::availability::availability;
use crate::tui::fuzzy::Fuzzy;
use crate::tui::keymap::{self, Binding, KeyContext};
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::palette::PaletteEntry;
use crate::tui::row_id::RowId;
use crate::tui::{rows, state, text_layout};

/// The most entries that are shown of those that are found.
const FOUND_LIMIT: usize = 200;

/// The entries that fit what is typed, the best first; all of them where nothing is typed, the recent ones
/// first.
#[must_use]
pub fn search(model: &Model, typed: &str, now: Now) -> Vec<PaletteEntry> {
    if typed.trim().is_empty() {
        return untyped(model, now);
    }
    let mut fuzzy = Fuzzy::new(typed);
    let mut score = |text: &str| fuzzy.score(text);
    let mut found: Vec<(u32, PaletteEntry)> = Vec::new();
    for binding in actions() {
        if let Some(score) = score(&binding.text()) {
            found.push((score, PaletteEntry::Do(binding.action)));
        }
    }
    for setting in Setting::ALL {
        if let Some(score) = score(&setting_text(model, setting)) {
            found.push((score, PaletteEntry::Do(Action::ChangeSetting(setting))));
        }
    }
    for (name, title) in providers(model) {
        if let Some(score) = score(&log_in_to(&title)) {
            found.push((score, PaletteEntry::LogInTo(name)));
        }
    }
    // Ids are copied for those alone that are kept.
    let mut rows: Vec<(u32, usize)> = Vec::new();
    for (place, (_, row)) in rows::all(model).enumerate() {
        if let Some(score) = score(&row_text(model, row)) {
            rows.push((score, place));
        }
    }
    rows.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    rows.truncate(FOUND_LIMIT);
    rows.sort_by_key(|(_, place)| *place);
    let mut kept = rows.into_iter().peekable();
    for (place, (store, row)) in rows::all(model).enumerate() {
        match kept.next_if(|(_, at)| *at == place) {
            Some((score, _)) => found.push((score, PaletteEntry::Select(rows::id(store, row)))),
            None if kept.peek().is_none() => break,
            None => {}
        }
    }
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, entry)| entry).take(FOUND_LIMIT).collect()
}

/// Recent entries, actions that are possible, others, providers, and rows.
fn untyped(model: &Model, now: Now) -> Vec<PaletteEntry> {
    let is_there = |entry: &&PaletteEntry| match entry {
        PaletteEntry::Do(_) | PaletteEntry::LogInTo(_) => true,
        PaletteEntry::Select(RowId::Profile(id)) => model.profile(id).is_some(),
        PaletteEntry::Select(RowId::Broken(..)) => false,
    };
    let mut found: Vec<PaletteEntry> = model.recent.iter().filter(is_there).cloned().collect();
    let (possible, others): (Vec<Action>, Vec<Action>) =
        actions().map(|binding| binding.action).partition(|action| availability(model, *action, now).is_ok());
    let doing = possible.into_iter().chain(others).map(PaletteEntry::Do);
    let providers = providers(model).map(|(name, _)| PaletteEntry::LogInTo(name));
    let settings = Setting::ALL.map(|setting| PaletteEntry::Do(Action::ChangeSetting(setting)));
    let rows = rows::all(model).map(|(store, row)| PaletteEntry::Select(rows::id(store, row)));
    for entry in doing.chain(settings).chain(providers).chain(rows).take(FOUND_LIMIT) {
        if !model.recent.contains(&entry) {
            found.push(entry);
        }
    }
    found
}

/// What can be done from anywhere, each once.
pub fn actions() -> impl Iterator<Item = &'static Binding> {
    let all = keymap::bindings(KeyContext::Profiles).chain(keymap::bindings(KeyContext::Everywhere));
    let mut seen = Vec::new();
    all.filter(move |binding| {
        let is_new = !seen.contains(&binding.action);
        seen.push(binding.action);
        is_new
            && !matches!(
                binding.action,
                Action::Move(_) | Action::Select(_) | Action::Enter | Action::Back | Action::Palette
            )
    })
}

/// How an entry reads, as it is searched.
#[must_use]
pub fn text(model: &Model, entry: &PaletteEntry) -> String {
    match entry {
        PaletteEntry::Do(Action::ChangeSetting(setting)) => setting_text(model, *setting),
        PaletteEntry::Do(action) => {
            actions().find(|binding| binding.action == *action).map(Binding::text).unwrap_or_default()
        }
        PaletteEntry::LogInTo(name) => {
            let title = providers(model).find(|(each, _)| each == name).map(|(_, title)| title);
            log_in_to(&title.unwrap_or_else(|| name.clone()))
        }
        PaletteEntry::Select(RowId::Profile(id)) => {
            model.profile(id).map(|profile| profile_text(model, profile)).unwrap_or_default()
        }
        PaletteEntry::Select(id) => broken_row(model, id).map(|row| row_text(model, row)).unwrap_or_default(),
    }
}

/// A setting with the value it has.
fn setting_text(model: &Model, setting: Setting) -> String {
    format!("setting: {}, now {}", setting.name(), setting.value(&model.settings))
}

/// The row of an entry that cannot be understood, as long as it is there.
fn broken_row<'a>(model: &'a Model, id: &RowId) -> Option<&'a Row> {
    rows::all(model).find(|(store, row)| rows::id(*store, row) == *id).map(|(_, row)| row)
}

fn row_text(model: &Model, row: &Row) -> String {
    match row {
        Row::Profile(profile) => profile_text(model, profile),
        Row::Broken(broken) => text_layout::named(&broken.name),
    }
}

fn profile_text(model: &Model, profile: &Profile) -> String {
    let name = text_layout::named(&profile.id.name);
    match &profile.account {
        Some(account) => format!("{name}  {}", state::account(model, account)),
        None => name,
    }
}

/// The providers one can log in with: name and title.
fn providers(model: &Model) -> impl Iterator<Item = (String, String)> {
    model.catalog.usable().map(|provider| (provider.name.clone(), provider.title.clone()))
}

fn log_in_to(title: &str) -> String {
    format!("log in to {title}")
}
