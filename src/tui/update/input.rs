//! Keys and pasted text, taken to where they mean something.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::domain::clock::Now;
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::tui::dialog::LetterPress;
use crate::tui::field::{Field, Sight};
use crate::tui::keymap::{KeyCombo, KeyContext};
use crate::tui::layout;
use crate::tui::log_page::LogPage;
use crate::tui::message::{Action, Effect, Motion};
use crate::tui::model::Model;
use crate::tui::screen::{Panel, Screen};
use crate::tui::shown_method::ShownMethod;
use crate::tui::status::StatusMessage;
use crate::tui::update::{action, form, palette, reveal, status, wizard};
use crate::tui::wizard::{Page, TextQuestion};

/// Takes a key.
pub(super) fn press(model: &mut Model, now: Now, key: KeyEvent) -> Vec<Effect> {
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let read = notice_read(model);
    let is_revealed = matches!(model.screen, Screen::Reveal(..));
    let revealed = if is_revealed { reveal::press(model, key) } else { Vec::new() };
    // What holds on every screen, also where a text is being typed.
    if let Some(action) = model.keys.action(KeyContext::Everywhere, key) {
        return action::act(model, now, action);
    }
    if is_revealed {
        return revealed;
    }
    let is_seen = layout::is_seen(model);
    if let (Some(letter), Some(dialog), true) = (letter(key), model.screen.dialog_mut(), is_seen) {
        match dialog.press(letter) {
            LetterPress::Takes => return action::act(model, now, Action::Enter),
            LetterPress::Marks => return Vec::new(),
            LetterPress::Foreign => {}
        }
    }
    if matches!(model.screen, Screen::Results(_)) && is_seen && letter(key) == Some('u') {
        return action::act(model, now, Action::Undo);
    }
    match model.key_context() {
        Some(place) => match model.keys.action(place, key) {
            Some(action) if is_seen || action == Action::Quit => action::act(model, now, action),
            None if is_seen && model.screen == Screen::List => {
                unbound(model, read, letter(key), now);
                Vec::new()
            }
            Some(_) | None => Vec::new(),
        },
        None if is_seen => typed(model, now, key),
        None => Vec::new(),
    }
}

/// Says where the keys are when one did nothing. A failure that was `read` by it stays instead.
fn unbound(model: &mut Model, read: Option<StatusMessage>, letter: Option<char>, now: Now) {
    if let Some(read) = read {
        model.message = Some(read);
    } else if let Some(letter) = letter.filter(|letter| !text::is_hostile(*letter)) {
        let help = model.keys.key(Action::Help);
        status::hint(model, format!("{letter} is not a key here. {help} shows all keys."), now);
    }
}

/// The letter that was pressed alone.
fn letter(key: KeyEvent) -> Option<char> {
    let KeyCode::Char(letter) = key.code else { return None };
    key.modifiers.difference(KeyModifiers::SHIFT).is_empty().then_some(letter)
}

/// Takes away a message that stays until the person does something.
pub(super) fn notice_read(model: &mut Model) -> Option<StatusMessage> {
    model.message.take_if(|message| message.until.is_none())
}

/// A key into the text field that is open.
fn typed(model: &mut Model, now: Now, key: KeyEvent) -> Vec<Effect> {
    if !matches!(key.code, KeyCode::Enter | KeyCode::Esc) && form::press(model, key) {
        return Vec::new();
    }
    if motion(key.code).is_some() && wizard::switch_field(model) {
        return Vec::new();
    }
    match (key.code, &model.screen, motion(key.code)) {
        (KeyCode::Tab, Screen::Wizard(wizard), _)
            if matches!(wizard.page, Page::Text(TextQuestion::Name, _)) =>
        {
            wizard::choose_store(model);
            return Vec::new();
        }
        // What opens palette or help closes it, whatever is typed there.
        (_, Screen::Palette(_, below), _) if KeyCombo::Ctrl('p').is(key) => {
            model.screen = (**below).clone();
            return Vec::new();
        }
        (_, Screen::Help(_, below), _)
            if model.keys.action(KeyContext::Profiles, key) == Some(Action::Help) =>
        {
            model.screen = (**below).clone();
            return Vec::new();
        }
        (_, Screen::Help(..), _) if KeyCombo::Ctrl('p').is(key) => {
            return action::act(model, now, Action::Palette);
        }
        (KeyCode::Esc, ..) => return action::act(model, now, Action::Back),
        (KeyCode::Enter, ..) => return action::act(model, now, Action::Enter),
        (_, screen, Some(motion)) if screen.searches() => {
            return action::act(model, now, Action::Move(motion));
        }
        _ => {}
    }
    let before = model.screen.field_mut().map(|field| field.text().to_owned());
    if let Some(field) = model.screen.field_mut() {
        field.press(key);
        if before.as_deref() == Some(field.text()) {
            return Vec::new();
        }
    }
    typed_into(model, now);
    Vec::new()
}

/// The keys that move through a list while something is typed that narrows it.
#[expect(clippy::wildcard_enum_match_arm, reason = "the enum is crossterm's")]
fn motion(code: KeyCode) -> Option<Motion> {
    match code {
        KeyCode::Up | KeyCode::BackTab => Some(Motion::Up),
        KeyCode::Down | KeyCode::Tab => Some(Motion::Down),
        KeyCode::PageUp => Some(Motion::PageUp),
        KeyCode::PageDown => Some(Motion::PageDown),
        _ => None,
    }
}

/// Takes a text that the terminal pasted. In a waiting login it is an answer, wherever the
/// person is in the panel.
pub(super) fn paste(model: &mut Model, text: &Secret, now: Now) {
    if let Screen::Login(Panel::Steps | Panel::Qr) = model.screen
        && ShownMethod::of(model).is_some_and(|shown| shown.takes_paste())
    {
        model.screen = Screen::Login(Panel::Pasting(Field::new("", Sight::Clear)));
    }
    if let Some(field) = model.screen.field_mut() {
        field.paste(text);
    }
    typed_into(model, now);
}

/// What follows at once from what is typed.
fn typed_into(model: &mut Model, now: Now) {
    palette::find(model, now);
    form::edited(model);
    wizard::edited(model);
    if let Some(search) = model.screen.search_mut() {
        search.restart();
    }
    if let Screen::Filter(field) = &model.screen {
        field.text().clone_into(&mut model.filter);
    }
    if let Screen::Log(page) = &mut model.screen
        && let Some(field) = &page.typing
    {
        let filter = field.text().to_owned();
        *page = LogPage { filter, typing: page.typing.take(), ..LogPage::default() };
    }
}
