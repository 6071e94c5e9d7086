//! Command `note`: what a person writes down about a profile.

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::output::say;
use crate::cli::runtime::block_on;
use crate::cli::{login, profile_arg};
use crate::domain::change::{Change, Edit};
use crate::domain::note::typed_note;
use crate::domain::text;
use crate::shell::Services;
use crate::shell::terminal::console;

/// The longest note of another program that is printed, in characters.
const PRINT_LIMIT: usize = 2000;

#[derive(Debug, Args)]
pub(super) struct NoteArgs {
    /// The profile: provider/name, or one part of it if only one profile fits
    #[arg(value_name = "PROFILE")]
    name: String,
    /// What to write down, in one line; an empty text removes the note, and without one it is printed
    #[arg(value_name = "TEXT")]
    text: Option<String>,
}

pub(super) fn run(services: &Arc<Services>, args: &NoteArgs) -> Result<Exit> {
    let (snapshot, profile) = profile_arg::find(services, &args.name)?;
    let name = &profile.id.name;
    let Some(typed) = &args.text else {
        match &profile.note {
            Some(note) => console::print(&format!("{}\n", text::clean(note, PRINT_LIMIT)))?,
            None => say(&format!("{name} has no note. authtui note {} TEXT writes one.", name.exact())),
        }
        return Ok(Exit::Done);
    };
    let refused = |why: &str| {
        say(&format!("{name}: {why}. Nothing was changed."));
        Ok(Exit::Usage)
    };
    let note = match typed_note(typed) {
        Ok(note) => note,
        Err(why) => return refused(&why),
    };
    if !profile.id.store.may_be_written() {
        return refused("it is only read here, so no note of it is kept");
    }
    if let Err(trouble) = &snapshot.writable {
        return Ok(exit::trouble(trouble, &name.exact()));
    }
    let done = if note.is_some() { "the note is saved" } else { "it has no note now" };
    let change = Change { name: name.clone(), expects: None, edit: Edit::RecordNote(note) };
    match block_on(services.apply(profile.id.store, change))? {
        Ok(_) => {
            say(&format!("{name}: {done}."));
            Ok(Exit::Done)
        }
        Err(error) => Ok(login::not_applied(&error, name)),
    }
}
