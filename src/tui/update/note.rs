//! Note about a profile: typed on one line, and saved.

use std::mem;

use crate::domain::change::{Change, Edit};
use crate::domain::clock::Now;
use crate::domain::note::typed_note;
use crate::domain::profile::Profile;
use crate::tui::field::{Field, Sight};
use crate::tui::message::Effect;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::status::Tone;
use crate::tui::update::status::show;

/// Asks for the note, which begins as it is.
pub(super) fn ask(model: &mut Model, profile: &Profile) -> Vec<Effect> {
    let field = Field::new(profile.note.as_deref().unwrap_or_default(), Sight::Clear);
    model.screen = Screen::Noting(profile.id.clone(), field);
    Vec::new()
}

/// Takes the note that was typed, or says why it cannot be taken.
pub(super) fn take(model: &mut Model, now: Now) -> Vec<Effect> {
    let Screen::Noting(id, field) = mem::take(&mut model.screen) else { return Vec::new() };
    let Some(profile) = model.profile(&id) else { return Vec::new() };
    match typed_note(field.text()) {
        Ok(note) if note == profile.note => Vec::new(),
        Ok(note) => {
            let change = Change { name: id.name.clone(), expects: None, edit: Edit::RecordNote(note) };
            model.saving += 1;
            vec![Effect::Change(id, Box::new(change))]
        }
        Err(why) => {
            model.screen = Screen::Noting(id, field);
            show(model, format!("{why}."), Tone::Warn, now);
            Vec::new()
        }
    }
}

/// What became of the note, in words.
pub(super) fn taken(profile: &Profile) -> String {
    let name = &profile.id.name;
    if profile.note.is_some() {
        format!("The note about {name} is saved.")
    } else {
        format!("{name} has no note now.")
    }
}
