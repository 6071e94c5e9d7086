//! Command `man`: the manual pages, made from the help.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use color_eyre::eyre::{Result, WrapErr};

use crate::cli::CommandLine;
use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::shell::store_files::file::{public_folder, shown};
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
        write_all(&whole, folder).wrap_err_with(|| format!("cannot write the pages to {}", shown(folder)))?;
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

/// Writes the page of each command to `folder`, which is made where it is missing.
fn write_all(whole: &Command, folder: &Path) -> io::Result<()> {
    public_folder(folder)?;
    [whole].into_iter().chain(whole.get_subcommands()).try_for_each(|command| {
        page(command).generate_to(folder)?;
        Ok(())
    })
}

/// The page of a command; its foot says the version.
fn page(command: &Command) -> Man {
    Man::new(command.clone()).source(concat!("authtui ", env!("CARGO_PKG_VERSION"))).manual("authtui")
}
