//! Command `events`: who refreshed what, when, and with what result.

mod on_terminal;

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;
use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::output::{self, terminal_output};
use crate::cli::profile_arg;
use crate::domain::clock::{FixedOffset, local, rfc3339_millis};
use crate::domain::event::{Event, GrantEvent};
use crate::shell::Services;
use crate::shell::store_files::file::shown;
use crate::shell::terminal::console;
use crate::tui::theme::Shape;

#[derive(Debug, Args)]
pub(super) struct EventsArgs {
    /// Only events of this profile: provider/name, or provider for its default
    #[arg(value_name = "PROFILE")]
    name: Option<String>,
    /// Print JSON: {"version":1,"events":[…]}
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct EventsJson<'a> {
    version: u8,
    events: Vec<EventJson<'a>>,
}

#[derive(Serialize)]
struct EventJson<'a> {
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

impl<'a> EventJson<'a> {
    fn new(event: &'a Event) -> Self {
        let generation =
            if let GrantEvent::Refreshed { generation, .. } = event.what { Some(generation) } else { None };
        Self {
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
}

pub(super) fn run(services: &Arc<Services>, args: &EventsArgs, shape: Shape) -> Result<Exit> {
    let name = args.name.as_deref().map(profile_arg::parse).transpose()?;
    let mut events = match services.event_log.read() {
        Ok(events) => events,
        Err(error) => {
            let path = shown(services.event_log.path());
            output::say(&format!(
                "the event log {path} cannot be read: {error}. Stored tokens are unchanged. Next: make sure \
                 that you can read it, or move it away; authtui then begins a new one."
            ));
            return Ok(Exit::Failure);
        }
    };
    events.retain(|event| name.as_ref().is_none_or(|name| event.profile == *name));
    if args.json {
        let events = events.iter().map(EventJson::new).collect();
        console::print(&output::json(&EventsJson { version: 1, events })?)?;
        return Ok(Exit::Done);
    }
    let now = services.clock.now();
    match (events.is_empty(), terminal_output(services, shape)) {
        (true, _) => match name {
            Some(name) => output::say(&format!("no events of {name} yet.")),
            None => output::say("no events yet."),
        },
        (false, Some((output, _))) => on_terminal::print(&events, &output, now)?,
        (false, None) => print_plain(&events, now.offset)?,
    }
    Ok(Exit::Done)
}

/// A line for each event, for whoever reads it in a pipe.
fn print_plain(events: &[Event], offset: FixedOffset) -> Result<()> {
    let name = |event: &Event| event.profile.to_string();
    let columns = events.iter().map(|event| name(event).chars().count()).max().unwrap_or(0);
    for event in events {
        let (at, by) = (local(event.at, offset), &event.by);
        let what = event.what.words();
        console::print(&format!(
            "{at}  {:<columns$}  {what}  ({}, process {})\n",
            name(event),
            by.program,
            by.process
        ))?;
    }
    Ok(())
}
