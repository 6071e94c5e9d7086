//! Settings: read, changed on their page, and saved one save after the other.

use std::mem;

use crate::domain::clock::Now;
use crate::domain::name::StoreId;
use crate::domain::rules::Rules;
use crate::domain::setting::{Setting, ValueStep};
use crate::domain::settings::{Settings, ThemeChoice};
use crate::domain::trouble::Trouble;
use crate::tui::custom_keys::CustomKeys;
use crate::tui::message::{Action, Effect, Motion};
use crate::tui::model::{AutoRefreshMode, Model, OffBy};
use crate::tui::screen::Screen;
use crate::tui::status::{AskedBy, Tone};
use crate::tui::theme::own::OwnTheme;
use crate::tui::update::status::{report, report_trouble, show};

/// Takes what was read, unless what is shown is newer and on its way to the file.
pub(super) fn settled(model: &mut Model, settings: Result<Settings, String>) {
    if model.is_saving_settings {
        return;
    }
    let fault = settings.as_ref().err().cloned();
    let is_known = fault == model.settings_fault;
    model.settings_fault = fault;
    match settings {
        Ok(settings) => take(model, settings),
        Err(why) => {
            if !is_known {
                let text = format!("{why}. Correct it; auto-refresh is off until it can be read.");
                report(model, text, Tone::Bad, AskedBy::Nobody);
            }
            turn_auto_refresh(model, AutoRefreshMode::Off(OffBy::Unreadable));
        }
    }
}

/// Reads the logins of other programs where the settings have just hidden them or want them shown.
pub(super) fn borrowed(model: &Model) -> Option<Effect> {
    let there = model.stores.get(&StoreId::Borrowed)?;
    let is_other = there.rows.is_empty() == model.settings.borrowed;
    is_other.then_some(Effect::Read(StoreId::Borrowed))
}

fn take(model: &mut Model, settings: Settings) {
    let auto_refresh = AutoRefreshMode::by_settings(&settings);
    if let ThemeChoice::File(path) = &settings.theme {
        model.theme_file = Some(path.clone());
    }
    let (keys, errors) = CustomKeys::read(&settings.keys);
    if keys != model.keys || settings.keys != model.settings.keys {
        for why in errors {
            report(model, format!("settings.yaml, {why}."), Tone::Warn, AskedBy::Nobody);
        }
    }
    model.keys = keys;
    model.settings = settings;
    turn_auto_refresh(model, auto_refresh);
}

/// The command line counts over the settings.
fn turn_auto_refresh(model: &mut Model, mode: AutoRefreshMode) {
    if model.auto_refresh != AutoRefreshMode::Off(OffBy::CommandLine) {
        model.auto_refresh = mode;
    }
}

/// Takes the rules for names in commands, which the pane shows.
pub(super) fn ruled(model: &mut Model, rules: Result<Rules, String>) {
    let fault = rules.as_ref().err().cloned();
    if let Some(why) = fault.as_ref().filter(|_| fault != model.rules_fault) {
        report(
            model,
            format!("{why}. Commands that need a rule stop until it is corrected."),
            Tone::Warn,
            AskedBy::Nobody,
        );
    }
    (model.rules, model.rules_fault) = (rules.unwrap_or_default(), fault);
}

/// Takes the theme file that the settings name.
pub(super) fn themed(model: &mut Model, theme: Result<OwnTheme, String>) {
    match theme {
        Ok(theme) => model.own_theme = Some(theme),
        Err(why) => {
            model.own_theme = None;
            let settings = model.keys.key(Action::Settings);
            let text = format!("{why}. Correct it, or choose another theme: {settings} opens the settings.");
            report(model, text, Tone::Bad, AskedBy::Nobody);
        }
    }
}

/// Marks another setting of the page.
pub(super) fn step(marked: &mut usize, motion: Motion) {
    *marked = motion.from(*marked, Setting::ALL.len(), Setting::ALL.len());
}

/// Gives the marked setting another value.
pub(super) fn change_marked(model: &mut Model, step: ValueStep, now: Now) -> Vec<Effect> {
    let Screen::Settings(marked) = &model.screen else { return Vec::new() };
    match Setting::ALL.get(*marked) {
        Some(setting) => change(model, *setting, step, now),
        None => Vec::new(),
    }
}

/// Gives a setting another value, which counts at once, and saves it.
pub(super) fn change(model: &mut Model, setting: Setting, step: ValueStep, now: Now) -> Vec<Effect> {
    if let Some(fault) = &model.settings_fault {
        let text = format!("{fault}. Correct or remove the file first.");
        show(model, text, Tone::Warn, now);
        return Vec::new();
    }
    let settings = setting.stepped(&model.settings, step, model.theme_file.as_deref());
    take(model, settings);
    model.unsaved_settings.insert(setting);
    if !matches!(model.screen, Screen::Settings(_)) {
        let text = format!("{}: {}.", setting.name(), setting.value(&model.settings));
        show(model, text, Tone::Good, now);
    }
    let mut effects = save(model);
    let is_file = matches!(model.settings.theme, ThemeChoice::File(_));
    if setting == Setting::Theme && is_file && model.own_theme.is_none() {
        effects.push(Effect::ReadSettings);
    }
    effects
}

/// Saves what is not saved yet, unless a save is on its way.
fn save(model: &mut Model) -> Vec<Effect> {
    if model.is_saving_settings || model.unsaved_settings.is_empty() {
        return Vec::new();
    }
    let changed = mem::take(&mut model.unsaved_settings);
    let written = changed.into_iter().map(|setting| (setting, setting.written(&model.settings))).collect();
    model.is_saving_settings = true;
    vec![Effect::SaveSettings(written)]
}

/// A save has ended: the next one begins, or the file is read as it is now.
pub(super) fn saved(model: &mut Model, saved: Result<(), Trouble>) -> Vec<Effect> {
    model.is_saving_settings = false;
    if let Err(trouble) = saved {
        model.unsaved_settings.clear();
        report_trouble(model, &trouble);
    }
    let next = save(model);
    if next.is_empty() { vec![Effect::ReadSettings] } else { next }
}
