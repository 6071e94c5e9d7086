//! Form of a server: its keys, and what becomes of it.

use crossterm::event::{KeyCode, KeyEvent};

use crate::domain::provider::Pkce;
use crate::tui::message::{Effect, Motion};
use crate::tui::model::Model;
use crate::tui::wizard::form::{FormField, ServerForm};
use crate::tui::wizard::{Page, Wizard, WizardContext, Work};

/// How many fields a page goes.
const PAGE: isize = 5;

/// Takes a key that is no Enter and no Esc, where a form is seen; gives whether one is.
pub(super) fn press(model: &mut Model, key: KeyEvent) -> bool {
    with_form(model, |form, context| {
        if key.code == KeyCode::F(2) {
            form.preview = if form.preview.is_some() { None } else { Some(0) };
        } else if let Some(by) = step_of(key.code) {
            step(form, by);
        } else {
            match (form.focus().is_choice() && form.preview.is_none(), turn_of(key.code)) {
                (true, Some(by)) => form.turn(by),
                (true, None) => {}
                (false, _) => form.press(key, context),
            }
        }
    })
}

/// Moves to another field, or through the file.
pub(super) fn go(model: &mut Model, motion: Motion) -> bool {
    with_form(model, |form, _| {
        step(
            form,
            match motion {
                Motion::Up => -1,
                Motion::Down => 1,
                Motion::PageUp => -PAGE,
                Motion::PageDown => PAGE,
                Motion::Top => isize::MIN,
                Motion::Bottom => isize::MAX,
            },
        );
    })
}

/// Lets the form take what was pasted into it.
pub(super) fn edited(model: &mut Model) {
    with_form(model, ServerForm::edited);
}

/// Goes to the field in that place, and gives whether Enter is to be pressed there.
pub(super) fn click(model: &mut Model, place: usize) -> Option<bool> {
    let field = FormField::ALL.get(place).copied()?;
    let mut enters = false;
    with_form(model, |form, _| {
        if form.focus() == field && field.is_choice() {
            form.turn(1);
        }
        form.go(field);
        enters = field == FormField::LogIn;
    })
    .then_some(enters)
}

fn with_form(model: &mut Model, act: impl FnOnce(&mut ServerForm, WizardContext<'_>)) -> bool {
    let mut screen = std::mem::take(&mut model.screen);
    let form = screen.wizard_mut().and_then(Wizard::form_mut);
    let is_there = form.map(|form| act(form, model.wizard_context())).is_some();
    model.screen = screen;
    is_there
}

fn step(form: &mut ServerForm, by: isize) {
    match form.preview {
        Some(from) => {
            let last = form.draft().text().lines().count().saturating_sub(1);
            form.preview = Some(from.saturating_add_signed(by).min(last));
        }
        None => form.go(form.neighbour(by)),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the enum is crossterm's")]
fn step_of(code: KeyCode) -> Option<isize> {
    match code {
        KeyCode::Up | KeyCode::BackTab => Some(-1),
        KeyCode::Down | KeyCode::Tab => Some(1),
        KeyCode::PageUp => Some(-PAGE),
        KeyCode::PageDown => Some(PAGE),
        _ => None,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the enum is crossterm's")]
fn turn_of(code: KeyCode) -> Option<isize> {
    match code {
        KeyCode::Left => Some(-1),
        KeyCode::Right | KeyCode::Char(' ') => Some(1),
        _ => None,
    }
}

/// Takes Enter: goes on, or has the file written once nothing stands in the way.
pub(super) fn enter(model: &Model, wizard: &mut Wizard) -> Vec<Effect> {
    let context = model.wizard_context();
    wizard.complaint = None;
    let Page::Form(form) = &mut wizard.page else { return Vec::new() };
    if form.focus() != FormField::LogIn && form.preview.is_none() {
        let next = if form.is_ready(context) { FormField::LogIn } else { form.neighbour(1) };
        form.go(next);
        return Vec::new();
    }
    if context.own().is_none() {
        wizard.complaint = Some("The file is still loading".to_owned());
        return Vec::new();
    }
    if let Some(field) = form.try_out(context) {
        form.preview = None;
        form.go(field);
        return Vec::new();
    }
    if form.has_doubts() && !form.is_agreed {
        form.preview = None;
        form.go(FormField::LogIn);
        form.is_agreed = true;
        return Vec::new();
    }
    wizard.work = Work::Saving;
    let draft = form.draft();
    // A file that was told by the server may take the place of an older one.
    vec![match draft.server().filter(|_| draft.pkce == Pkce::Required) {
        Some(server) => Effect::KeepServer(Box::new(server)),
        None => Effect::Describe(draft.name.clone(), draft.text()),
    }]
}
