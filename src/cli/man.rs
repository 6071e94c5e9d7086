//! Command `man`: the manual pages, made from the help.

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use color_eyre::eyre::{Result, WrapErr};

use crate::cli::CommandLine;
use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::shell::store_files::file::shown;
use crate::shell::terminal::console;

#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// The command whose page is printed; without it, the page of authtui
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write every page to this folder instead, as packages do
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    to: Option<PathBuf>,
}

pub(super) fn run(args: &ManArgs) -> Result<Exit> {
    let mut whole = CommandLine::command().disable_help_subcommand(true);
    whole.build();
    if let Some(folder) = &args.to {
        for command in [&whole].into_iter().chain(whole.get_subcommands()) {
            let written = page(command).generate_to(folder);
            written.wrap_err_with(|| format!("cannot write the pages to {}", shown(folder)))?;
        }
        return Ok(Exit::Done);
    }
    let command = match &args.command {
        None => Some(&whole),
        Some(name) => whole.find_subcommand(name),
    };
    let Some(command) = command else {
        let names: Vec<&str> = whole.get_subcommands().map(Command::get_name).collect();
        say(&format!("unknown command. Commands: {}", names.join(", ")));
        return Ok(Exit::Usage);
    };
    let mut text = Vec::new();
    page(command).render(&mut text)?;
    console::print(&String::from_utf8(text)?)?;
    Ok(Exit::Done)
}

/// The page of a command; its foot says the version.
fn page(command: &Command) -> Man {
    Man::new(command.clone()).source(concat!("authtui ", env!("CARGO_PKG_VERSION"))).manual("authtui")
}
