//! Keys and pasted text, taken to where they mean something.

use std::mem;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use crate::domain::clock::Now;
use crate::domain::secret::Secret;
use crate::oauth::login::Heard;
use crate::tui::field::{Field, Sight};
use crate::tui::front_door::FrontDoor;
use crate::tui::keymap::{self, Place};
use crate::tui::layout;
use crate::tui::message::{Action, Effect, Motion};
use crate::tui::model::{Model, Panel, Screen};
use crate::tui::update::{action, login, said, wizard};
use crate::tui::wizard::Work;

/// Takes a key.
pub(super) fn press(model: &mut Model, now: Now, key: KeyEvent) -> Vec<Effect> {
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    if model.message.as_ref().is_some_and(|message| message.until.is_none()) {
        said::dismiss(model);
    }
    // What holds on every screen, also where a text is being typed.
    if let Some(action) = keymap::action(Place::Everywhere, key) {
        return action::act(model, now, action);
    }
    let is_seen = layout::is_seen(model);
    match place(&model.screen) {
        Some(place) => match keymap::action(place, key) {
            Some(action) if is_seen || action == Action::Quit => action::act(model, now, action),
            Some(_) | None => Vec::new(),
        },
        None if is_seen => typed(model, now, key),
        None => Vec::new(),
    }
}

/// Where a key is looked up; nowhere while a text is being typed.
#[must_use]
pub(super) fn place(screen: &Screen) -> Option<Place> {
    match screen {
        Screen::List | Screen::Detail => Some(Place::Profiles),
        Screen::Copy => Some(Place::Copy),
        Screen::Login(Panel::Steps | Panel::Qr) => Some(Place::Login),
        Screen::Dialog(_)
        | Screen::Events(_)
        | Screen::Help(..)
        | Screen::Login(Panel::Cancelling(_) | Panel::Deciding(_)) => Some(Place::Choices),
        Screen::Wizard(wizard) => wizard.place(),
        Screen::Filter(_) | Screen::Login(Panel::Pasting(_)) => None,
    }
}

/// A key into the text field that is open.
fn typed(model: &mut Model, now: Now, key: KeyEvent) -> Vec<Effect> {
    match (key.code, &model.screen, motion(key.code)) {
        (KeyCode::Esc, ..) => return action::act(model, now, Action::Back),
        (KeyCode::Enter, ..) => return action::act(model, now, Action::Enter),
        (_, Screen::Filter(_), Some(motion)) => return action::act(model, now, Action::Move(motion)),
        _ => {}
    }
    if let Some(field) = field(&mut model.screen) {
        field.press(key);
    }
    apply_filter(model);
    Vec::new()
}

/// The keys that move through the list while a filter is typed.
#[expect(clippy::wildcard_enum_match_arm, reason = "the enum is crossterm's")]
fn motion(code: KeyCode) -> Option<Motion> {
    match code {
        KeyCode::Up => Some(Motion::Up),
        KeyCode::Down => Some(Motion::Down),
        KeyCode::PageUp => Some(Motion::PageUp),
        KeyCode::PageDown => Some(Motion::PageDown),
        _ => None,
    }
}

/// Takes a text that the terminal pasted. In a waiting login it is an answer, wherever the
/// person is in the panel.
pub(super) fn paste(model: &mut Model, text: &Secret) -> Vec<Effect> {
    if let Screen::Login(Panel::Steps | Panel::Qr) = model.screen
        && FrontDoor::of(model).is_some_and(|front| front.takes_paste())
    {
        model.screen = Screen::Login(Panel::Pasting(Field::new("", Sight::Clear)));
    }
    if let Some(field) = field(&mut model.screen) {
        field.paste(text);
    }
    apply_filter(model);
    Vec::new()
}

fn field(screen: &mut Screen) -> Option<&mut Field> {
    match screen {
        Screen::Filter(field) | Screen::Login(Panel::Pasting(field)) => Some(field),
        Screen::Wizard(wizard) => wizard.page.field_mut().filter(|_| wizard.work == Work::Idle),
        Screen::List
        | Screen::Detail
        | Screen::Copy
        | Screen::Dialog(_)
        | Screen::Login(Panel::Steps | Panel::Qr | Panel::Cancelling(_) | Panel::Deciding(_))
        | Screen::Events(_)
        | Screen::Help(..) => None,
    }
}

fn apply_filter(model: &mut Model) {
    if let Screen::Filter(field) = &model.screen {
        field.text().clone_into(&mut model.filter);
    }
}

/// Takes what was typed when Enter is pressed.
pub(super) fn submit(model: &mut Model, now: Now) -> Vec<Effect> {
    match mem::take(&mut model.screen) {
        Screen::Wizard(wizard) => wizard::submit(model, wizard, now),
        Screen::Login(Panel::Pasting(field)) => {
            model.screen = Screen::Login(Panel::Steps);
            match model.login.as_ref().map(crate::oauth::login::Login::attempt) {
                Some(attempt) if !field.is_empty() => {
                    login::heard(model, attempt, Heard::Typed(field.secret()), now)
                }
                Some(_) | None => Vec::new(),
            }
        }
        Screen::Filter(_)
        | Screen::List
        | Screen::Detail
        | Screen::Copy
        | Screen::Dialog(_)
        | Screen::Login(_)
        | Screen::Events(_)
        | Screen::Help(..) => Vec::new(),
    }
}
