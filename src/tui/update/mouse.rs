//! Mouse: a click takes what it points at, the wheel scrolls it.

use crossterm::event::{KeyEvent, KeyModifiers};

use crate::domain::clock::Now;
use crate::tui::message::{Action, Effect, Motion};
use crate::tui::model::Model;
use crate::tui::row_id::RowId;
use crate::tui::screen::Screen;
use crate::tui::screen_map::{MouseGesture, MouseTarget};
use crate::tui::update::{action, input, reveal};

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
    input::notice_read(model);
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
        MouseTarget::Choice(place) if matches!(model.screen, Screen::Palette(..)) => {
            if let Screen::Palette(palette, _) = &mut model.screen {
                palette.marked = place;
            }
            return action::act(model, now, Action::Enter);
        }
        MouseTarget::Choice(place) => choose(model, place),
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

/// Marks a choice; what it is confirmed with is Enter, as people read what is marked first.
fn choose(model: &mut Model, place: usize) {
    let choices = model.catalog.as_ref().map_or(0, |catalog| crate::tui::wizard::choices(catalog).len());
    if let Some(wizard) = model.screen.wizard_mut()
        && let Some((marked, count)) = wizard.marked(choices)
        && place < count
    {
        *marked = place;
    }
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
