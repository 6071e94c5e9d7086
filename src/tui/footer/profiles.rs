//! Footer of the profiles: the keys of the selected row, and the constant ones.

use ratatui::layout::Rect;

use crate::domain::clock::Now;
use crate::domain::profile::{Kind, Profile};
use crate::tui::availability::{availability, reach};
use crate::tui::footer::{Footer, FooterCandidate, fit, place, total};
use crate::tui::keymap::{KeyContext, ShownIn, bindings};
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::suggestion::{self, Suggestion};
use crate::tui::{rows, text_layout};

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
    let back = FooterCandidate::of(model, Action::Back, 0)
        .filter(|_| matches!(model.screen, Screen::Pane | Screen::Everything))
        .map(|key| FooterCandidate { hint: "back", brief: "back", ..key });
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
    if !model.marks.is_empty() {
        return of_marked(model);
    }
    let shown = bindings(KeyContext::Profiles).filter_map(|binding| match binding.shown_in {
        ShownIn::Row(weight) => FooterCandidate::new(model, KeyContext::Profiles, binding, weight),
        ShownIn::Constant(_) | ShownIn::Footer | ShownIn::Help => None,
    });
    let mut keys: Vec<FooterCandidate> = shown.filter(|key| is_possible(model, key.action, now)).collect();
    let profile = model.selected_profile();
    let suggestions = profile.map(|profile| suggestion::of_profile(model, profile, now)).unwrap_or_default();
    for key in &mut keys {
        let hint =
            profile.zip(key.action).and_then(|(profile, action)| fitting_hint(profile, action, &suggestions));
        if let Some(hint) = hint {
            (key.hint, key.brief) = (hint, hint);
        }
    }
    // What helps comes first; where nothing is needed, the token is what somebody most likely wants.
    let usual = if profile.is_some() { Action::Copy } else { Action::Edit };
    let best = suggestions.first().map_or(usual, |suggestion| suggestion.action);
    if let Some(at) = keys.iter().position(|key| key.action == Some(best)) {
        let key = keys.remove(at);
        keys.insert(0, key);
    }
    if let Some(first) = keys.first_mut().filter(|key| profile.is_some() || key.action == Some(best)) {
        (first.is_best, first.weight) = (true, 0);
    }
    keys
}

/// The keys that act on all marked rows, with how many those are, and the one that takes the marks away.
fn of_marked(model: &Model) -> Vec<FooterCandidate> {
    let count = model.marks.len();
    let actions = [Action::Refresh, Action::SignOut, Action::Test, Action::ToggleAutoRefresh];
    let keys = (0..).zip(actions).filter(|(_, action)| reach::check(model, *action).is_ok());
    let keys = keys.filter_map(|(weight, action)| {
        // The first stays; of the others the way back goes last.
        let key = FooterCandidate::of(model, action, if weight == 0 { 0 } else { weight + 1 })?;
        Some(FooterCandidate { count: Some(count), is_best: weight == 0, ..key })
    });
    let unmark = FooterCandidate::of(model, Action::Back, 1);
    keys.chain(unmark.map(|key| FooterCandidate { hint: "unmark", brief: "unmark", ..key })).collect()
}

/// Whether a key does something, or will as soon as what runs has ended.
fn is_possible(model: &Model, action: Option<Action>, now: Now) -> bool {
    action.is_none_or(|action| match availability(model, action, now) {
        Ok(()) => true,
        Err(unavailable) => unavailable.is_passing,
    })
}

/// What the key for `action` does with this profile, where other words than the usual say it better.
fn fitting_hint(profile: &Profile, action: Action, suggestions: &[Suggestion]) -> Option<&'static str> {
    let suggestion = suggestions.iter().find(|suggestion| suggestion.action == action);
    if let Some(Suggestion { brief, .. }) = suggestion {
        Some(brief)
    } else if action == Action::LogIn && profile.kind == Kind::ApiKey {
        Some("new key")
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
    let mut rest = format!(" · {} of {}", rows::count(model), model.order.total);
    // Before that the same key takes the marks away, and the keys beside it say so.
    if model.marks.is_empty() {
        rest += &format!(" · {} clears", model.keys.key(Action::Back));
    }
    let room = columns.saturating_sub(text_layout::width(&rest) + 8);
    Some(format!("filter: {}{rest}", text_layout::cut(&text_layout::safe(filter), room.min(30))))
}
