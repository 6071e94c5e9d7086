//! `authtui refresh`: new tokens now, for one profile or for many.

mod batch;
mod one;
mod report;

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::Exit;
use crate::cli::{span, target};
use crate::oauth::refresh::Cannot;
use crate::shell::Services;
use crate::shell::terminal::console;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The profiles: provider/name, or one part of it if only one profile fits
    #[arg(required_unless_present_any = ["all", "due"], conflicts_with_all = ["all", "due"])]
    names: Vec<String>,
    /// Renew every profile whose access token ends within this time: 0s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = span::parse, conflicts_with = "all")]
    due: Option<Duration>,
    /// Renew every profile that can be renewed
    #[arg(long)]
    all: bool,
    /// How many to ask for at once
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Print JSON: {"version":1,"profiles":[…]}
    #[arg(long)]
    json: bool,
}

pub(super) fn run(services: &Arc<Services>, arguments: &Arguments) -> Result<Exit> {
    if let ([name], false) = (arguments.names.as_slice(), arguments.json) {
        return one::run(services, name);
    }
    let mut named = Vec::new();
    for name in &arguments.names {
        match target::find(services, name) {
            Ok((_, profile)) if profile.id.store.is_file() => named.push(profile.id.name),
            Ok((_, profile)) => {
                let cannot = Cannot::IsVariable;
                console::say(&format!("authtui: cannot refresh {}: {cannot}.", profile.id.name));
                return Ok(Exit::Failure);
            }
            Err(exit) => return Ok(exit),
        }
    }
    let chosen = match (arguments.due, arguments.all) {
        (Some(within), _) => batch::Chosen::Due(within),
        (None, true) => batch::Chosen::All,
        (None, false) => batch::Chosen::Named(named),
    };
    let spoken = if arguments.json { batch::Spoken::Json } else { batch::Spoken::Words };
    batch::run(services, &chosen, usize::from(arguments.jobs), spoken)
}
