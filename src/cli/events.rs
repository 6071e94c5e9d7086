//! `authtui events`: who refreshed what, when, and with what result.

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;
use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::{list, target};
use crate::domain::clock::{local, rfc3339_millis};
use crate::domain::event::{Event, Happened};
use crate::shell::Services;
use crate::shell::terminal::console;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only those of this profile: provider/name, or provider for its default
    name: Option<String>,
    /// Print JSON: {"version":1,"events":[…]}
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Printed<'a> {
    version: u8,
    events: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    at: String,
    program: &'a str,
    process: u32,
    profile: String,
    store: &'a str,
    event: &'a str,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<u64>,
}

pub(super) fn run(services: &Arc<Services>, arguments: &Arguments) -> Result<Exit> {
    let name = match arguments.name.as_deref().map(target::name).transpose() {
        Ok(name) => name,
        Err(exit) => return Ok(exit),
    };
    let mut events = match services.journal.read() {
        Ok(events) => events,
        Err(error) => {
            let path = services.journal.path().display();
            console::say(&format!("authtui: the event log {path} cannot be read: {error}"));
            return Ok(Exit::Failure);
        }
    };
    events.retain(|event| name.as_ref().is_none_or(|name| event.profile == *name));
    if arguments.json {
        let events = events.iter().map(line).collect();
        let json = serde_json::to_string(&Printed { version: 1, events })?;
        console::print(&format!("{}\n", list::escaped(&json)))?;
        return Ok(Exit::Done);
    }
    if events.is_empty() {
        console::say("authtui: nothing has happened yet, as far as the event log knows.");
    }
    let offset = services.clock.now().offset;
    for event in &events {
        let (at, by) = (local(event.at, offset), &event.by);
        let what = event.what.words();
        console::print(&format!(
            "{at}  {}  {what}  ({}, process {})\n",
            event.profile, by.program, by.process
        ))?;
    }
    Ok(Exit::Done)
}

fn line(event: &Event) -> Line<'_> {
    let generation = match event.what {
        Happened::Renewed { generation, .. } => Some(generation),
        Happened::Asked { .. }
        | Happened::Adopted { .. }
        | Happened::Kept { .. }
        | Happened::Failed { .. }
        | Happened::Unsaved { .. }
        | Happened::LoggedIn
        | Happened::Erased
        | Happened::Revoked
        | Happened::NotRevoked { .. } => None,
    };
    Line {
        at: rfc3339_millis(event.at),
        program: &event.by.program,
        process: event.by.process,
        profile: event.profile.exact(),
        store: &event.store,
        event: event.what.word(),
        what: event.what.words(),
        generation,
    }
}
