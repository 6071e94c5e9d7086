//! Command `events`: who refreshed what, when, and with what result.

mod on_terminal;

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;
use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::output::{self, JSON_VERSION, terminal_output};
use crate::cli::profile_arg;
use crate::cli::redact;
use crate::domain::clock::{FixedOffset, local, rfc3339_millis};
use crate::domain::event::{Event, GrantEvent};
use crate::domain::lineage::{Lineage, events_of_each};
use crate::domain::name::{ProfileName, StoreId};
use crate::shell::Services;
use crate::shell::store_files::file::shown;
use crate::shell::terminal::console;
use crate::tui::theme::Shape;

#[derive(Debug, Args)]
pub(super) struct EventsArgs {
    /// Only events of this profile, also under names that it had before: provider/name, or provider for its
    /// default; STORE:provider/name where two stores hold that name
    #[arg(value_name = "PROFILE")]
    name: Option<String>,
    /// Print JSON: {"version":1,"events":[…]}
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct EventsJson<'a> {
    version: u32,
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
    let (store, name) = args.name.as_deref().map_or((None, None), |text| {
        let (store, name) = StoreId::split(text);
        (store, Some(profile_arg::parse(name)))
    });
    let name = name.transpose()?;
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
    if let Some(name) = &name {
        events = of_profile(services, store, name, &events);
    }
    if args.json {
        let events = events.iter().map(EventJson::new).collect();
        output::print_json(&EventsJson { version: JSON_VERSION, events })?;
        return Ok(Exit::Done);
    }
    let now = services.clock.now();
    match (events.is_empty(), terminal_output(services, shape)) {
        (true, _) => match name {
            Some(name) => {
                let name = redact::word(Some(&services.catalog_now()), &name.to_string());
                output::say(&format!("no events of {name} yet."));
            }
            None => output::say("no events yet."),
        },
        (false, Some((output, _))) => on_terminal::print(&events, &output, now)?,
        (false, None) => print_plain(&events, now.offset)?,
    }
    Ok(Exit::Done)
}

/// The events of the profile `name`: of the one that has it now, in whichever store it is then looked for,
/// else what was written down under that name.
fn of_profile(
    services: &Services,
    store: Option<StoreId>,
    name: &ProfileName,
    events: &[Event],
) -> Vec<Event> {
    let stores = StoreId::written().filter(|id| store.is_none_or(|store| store == *id));
    let holder = stores.into_iter().find(|store| services.read_now(*store).is_taken(name));
    let Some(holder) = holder else {
        return events.iter().filter(|event| event.profile == *name).cloned().collect();
    };
    let written = StoreId::written().filter(|store| services.has_store(*store));
    let places: Vec<String> = written.map(|store| shown(services.place(store))).collect();
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    let lineage = Lineage::new(name, &shown(services.place(holder)), &places);
    events_of_each(events, vec![lineage]).into_iter().flatten().cloned().collect()
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
