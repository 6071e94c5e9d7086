//! Footer of the profiles: the keys of the selected row, and the constant ones.

use crossterm::event::KeyCode::Esc;
use ratatui::layout::Rect;

use crate::domain::clock::Now;
use crate::domain::health::Health;
use crate::domain::profile::{Kind, Profile};
use crate::tui::availability::availability;
use crate::tui::footer::{Footer, FooterCandidate, fit, place, total};
use crate::tui::keymap::{KeyCombo, KeyContext, ShownIn, bindings};
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::{auto_refresh, rows, text_layout};

/// Of ten columns those that the constant keys may take before the keys of the row do.
const CONSTANT_TENTHS: u16 = 6;
/// From this width on keys stand further apart.
const WIDE: u16 = 160;

/// The keys of the list: those of the selected row, a line, and the constant ones.
pub(super) fn footer(model: &Model, now: Now, row: Rect) -> Footer {
    let note = note(model, row.width);
    let used = note.as_deref().map_or(0, |note| text_layout::width(note) + 2);
    let mut room = row.width.saturating_sub(used);
    let gap = if row.width >= WIDE { 3 } else { 2 };
    let mut constant = constant(model, now);
    let mut of_row = of_row(model, now);
    if !model.stores.is_empty() && model.order.total == 0 {
        // There is one thing to do.
        let is_first = |key: &FooterCandidate| key.action == Some(Action::NewLogin);
        let first = constant.extract_if(.., |key| is_first(key));
        of_row = first.map(|key| FooterCandidate { is_best: true, weight: 0, ..key }).collect();
    }
    let constant = fit(constant, room * CONSTANT_TENTHS / 10, gap);
    let constant_width = total(&constant, gap);
    room = room.saturating_sub(constant_width + 3);
    let of_row = fit(of_row, room, gap);
    let right = row.right().saturating_sub(constant_width);
    let divider = (!of_row.is_empty() && right > row.x + 2).then(|| right - 2);
    let keys = place(of_row, row.x + used, gap).chain(place(constant, right, gap)).collect();
    Footer { note, keys, divider }
}

/// The constant keys that are possible.
fn constant(model: &Model, now: Now) -> Vec<FooterCandidate> {
    let back = matches!(model.screen, Screen::Pane | Screen::Everything).then(|| FooterCandidate {
        key: KeyCombo::Plain(Esc),
        label: "Esc".to_owned(),
        action: Some(Action::Back),
        hint: "back",
        brief: "back",
        weight: 0,
        is_best: false,
    });
    let is_timeline = model.key_context() == Some(KeyContext::Timeline);
    let own = bindings(KeyContext::Timeline).filter(|_| is_timeline);
    let own = own.map(|binding| (KeyContext::Timeline, binding));
    let list = bindings(KeyContext::Profiles).filter(|key| !is_timeline || key.action == Action::Help);
    let list = list.map(|binding| (KeyContext::Profiles, binding));
    let shown = own.chain(list).filter_map(|(context, binding)| match binding.shown_in {
        ShownIn::Constant(weight) => FooterCandidate::new(model, context, binding, weight),
        ShownIn::Row(_) | ShownIn::Footer | ShownIn::Help => None,
    });
    back.into_iter().chain(shown.filter(|key| is_possible(model, key.action, now))).collect()
}

/// The keys that mean something for the selected row, the best first.
fn of_row(model: &Model, now: Now) -> Vec<FooterCandidate> {
    let shown = bindings(KeyContext::Profiles).filter_map(|binding| match binding.shown_in {
        ShownIn::Row(weight) => FooterCandidate::new(model, KeyContext::Profiles, binding, weight),
        ShownIn::Constant(_) | ShownIn::Footer | ShownIn::Help => None,
    });
    let mut keys: Vec<FooterCandidate> = shown.filter(|key| is_possible(model, key.action, now)).collect();
    let profile = model.selected_profile();
    for key in &mut keys {
        let hint =
            profile.zip(key.action).and_then(|(profile, action)| fitting_hint(model, profile, action, now));
        if let Some(hint) = hint {
            (key.hint, key.brief) = (hint, hint);
        }
    }
    let best = profile.map_or(Action::Edit, |profile| best(model, profile, now));
    if let Some(at) = keys.iter().position(|key| key.action == Some(best)) {
        let key = keys.remove(at);
        keys.insert(0, key);
    }
    if let Some(first) = keys.first_mut().filter(|key| profile.is_some() || key.action == Some(best)) {
        (first.is_best, first.weight) = (true, 0);
    }
    keys
}

/// Whether a key does something, or will as soon as what runs has ended.
fn is_possible(model: &Model, action: Option<Action>, now: Now) -> bool {
    action.is_none_or(|action| match availability(model, action, now) {
        Ok(()) => true,
        Err(unavailable) => unavailable.is_passing,
    })
}

/// What somebody most likely wants of the profile.
fn best(model: &Model, profile: &Profile, now: Now) -> Action {
    let can_refresh = model.refreshability(profile, now.wall).is_ok();
    match model.health(profile, now.wall) {
        Health::NeedsLogin | Health::SignedOut => Action::LogIn,
        Health::Refused | Health::Due | Health::Retrying(_) | Health::Failed(_) => match can_refresh {
            true => Action::Refresh,
            false => Action::LogIn,
        },
        Health::Expiring(_) if auto_refresh::planned(model, profile, now).is_none() => match can_refresh {
            true => Action::Refresh,
            false => Action::Copy,
        },
        Health::Expiring(_)
        | Health::Fresh(_)
        | Health::NoExpiry
        | Health::Refreshing
        | Health::Unreadable => Action::Copy,
    }
}

/// Other words for what a key does, where they say better what it does with this profile.
fn fitting_hint(model: &Model, profile: &Profile, action: Action, now: Now) -> Option<&'static str> {
    let health = model.health(profile, now.wall);
    if action == Action::LogIn && profile.kind == Kind::ApiKey {
        Some("new key")
    } else if action == Action::Refresh && model.running(&profile.id).unsaved.is_some() {
        Some("save")
    } else if action == Action::Refresh && matches!(health, Health::Retrying(_) | Health::Failed(_)) {
        Some("retry")
    } else if action == Action::SignOut && profile.held.tokens().is_none() {
        Some("delete")
    } else {
        None
    }
}

/// Says that a filter hides rows.
fn note(model: &Model, columns: u16) -> Option<String> {
    let filter = model.filter.trim();
    if filter.is_empty() {
        return None;
    }
    let rest = format!(" · {} of {} · Esc clears", rows::count(model), model.order.total);
    let room = columns.saturating_sub(text_layout::width(&rest) + 8);
    Some(format!("filter: {}{rest}", text_layout::cut(&text_layout::safe(filter), room.min(30))))
}
