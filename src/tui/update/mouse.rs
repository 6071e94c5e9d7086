//! Mouse: a click takes what it points at, the wheel scrolls it.

use std::mem;

use crossterm::event::{KeyEvent, KeyModifiers};

use crate::domain::clock::Now;
use crate::domain::setting::ValueStep;
use crate::tui::message::{Action, Effect, Motion, ScopeAction};
use crate::tui::model::Model;
use crate::tui::row_id::RowId;
use crate::tui::screen::Screen;
use crate::tui::screen_map::{MouseGesture, MouseTarget};
use crate::tui::update::{action, form, input, navigation, reveal, wizard};
use crate::tui::wizard::Page;
use crate::tui::{layout, log};

/// Does what the person wants of what they point at.
pub(super) fn point(
    model: &mut Model,
    now: Now,
    gesture: MouseGesture,
    target: Option<MouseTarget>,
) -> Vec<Effect> {
    match (gesture, target) {
        (MouseGesture::Click, Some(target)) => click(model, now, target),
        (MouseGesture::Click, None) => Vec::new(),
        (MouseGesture::WheelUp, target) => scroll(model, now, target, (Motion::Up, Motion::PageUp)),
        (MouseGesture::WheelDown, target) => scroll(model, now, target, (Motion::Down, Motion::PageDown)),
    }
}

fn click(model: &mut Model, now: Now, target: MouseTarget) -> Vec<Effect> {
    drop(input::notice_read(model));
    reveal::hide(model);
    match target {
        MouseTarget::Row(row) => return select(model, now, row),
        MouseTarget::Pane if model.screen == Screen::List => return action::act(model, now, Action::Enter),
        MouseTarget::Key(code) => return input::press(model, now, KeyEvent::new(code, KeyModifiers::NONE)),
        MouseTarget::Answer(place) => {
            if let Some(dialog) = model.screen.dialog_mut() {
                dialog.marked = place;
                return action::act(model, now, Action::Enter);
            }
        }
        MouseTarget::Choice(place) => return choose(model, now, place),
        MouseTarget::Sort(by) => navigation::sort(model, by, now),
        MouseTarget::List | MouseTarget::Pane | MouseTarget::Page => {}
    }
    Vec::new()
}

/// Selects a row; a click on the one that is selected opens it.
fn select(model: &mut Model, now: Now, row: RowId) -> Vec<Effect> {
    if model.selected.as_ref() == Some(&row) && model.screen == Screen::List {
        return action::act(model, now, Action::Enter);
    }
    if model.screen == Screen::Pane {
        model.screen = Screen::List;
    }
    model.selected = Some(row);
    Vec::new()
}

/// Marks what is pointed at; a click on what is marked takes it. In the palette the first click does.
fn choose(model: &mut Model, now: Now, place: usize) -> Vec<Effect> {
    if let Some(enters) = form::click(model, place) {
        return if enters { action::act(model, now, Action::Enter) } else { Vec::new() };
    }
    if wizard::click(model, place) {
        return Vec::new();
    }
    let takes_at_once = matches!(model.screen, Screen::Palette(..));
    let was_marked = mark(model, place) == Some(place);
    if !was_marked && !takes_at_once {
        return Vec::new();
    }
    let ticks = matches!(&model.screen, Screen::Wizard(wizard) if matches!(wizard.page, Page::Scopes(_)));
    let action = if ticks {
        Action::Scope(ScopeAction::Toggle)
    } else if matches!(model.screen, Screen::Settings(_)) {
        Action::ChangeMarked(ValueStep::Next)
    } else {
        Action::Enter
    };
    action::act(model, now, action)
}

/// Marks the choice in that place, and gives the one that was marked before.
fn mark(model: &mut Model, place: usize) -> Option<usize> {
    if let Screen::Log(page) = &model.screen {
        let list = log::shown(model, page);
        let before = log::place(&list, page);
        let height = log::list_rows(layout::page(model).1);
        model.screen = Screen::Log(log::at_place(&list, page, place, height));
        return Some(before);
    }
    let marked = if let Screen::Settings(marked) | Screen::Results(marked) = &mut model.screen {
        marked
    } else if model.screen.search_mut().is_some() {
        &mut model.screen.search_mut()?.marked
    } else {
        model.screen.wizard_mut()?.marked()?.0
    };
    Some(mem::replace(marked, place))
}

/// Scrolls what is pointed at; the answers of a question stay as they are while its text scrolls.
fn scroll(
    model: &mut Model,
    now: Now,
    target: Option<MouseTarget>,
    (line, page): (Motion, Motion),
) -> Vec<Effect> {
    let motion = if model.screen.dialog().is_some() { page } else { line };
    match target {
        Some(MouseTarget::Pane) if model.screen == Screen::List => model.screen = Screen::Pane,
        Some(MouseTarget::List | MouseTarget::Row(_)) if model.screen == Screen::Pane => {
            model.screen = Screen::List;
        }
        Some(MouseTarget::Key(_)) | None if model.screen.dialog().is_none() => return Vec::new(),
        Some(_) | None => {}
    }
    action::act(model, now, Action::Move(motion))
}
