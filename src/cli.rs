//! The command line: one command a file, one table of exit codes.

mod events;
mod exit;
mod list;
mod login;
mod providers;
mod refresh;
mod renew;
mod resolve;
mod revoke;
mod screen;
mod span;
mod stray;
mod target;
mod token;

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use color_eyre::eyre::Result;

use crate::cli::exit::Exit;
use crate::shell::Services;
use crate::shell::paths::Paths;
use crate::shell::store_files::file::shown;
use crate::shell::terminal::{console, crash};
use crate::shell::{http, signals};
use crate::tui::model::{AutoRefresh, OffBy};

/// Every OAuth account you have, side by side in one terminal window, and kept alive.
#[derive(Debug, Parser)]
#[command(name = "authtui", version, max_term_width = 100, after_help = exit::TABLE)]
struct Arguments {
    /// The file that holds the profiles [default: config.yaml in the configuration folder]
    #[arg(long, global = true, value_name = "PATH")]
    config: Option<PathBuf>,
    /// Renew no token by itself while the screen is open
    #[arg(long)]
    no_auto_refresh: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try everything on a server inside the program: no account, no network
    Demo(screen::Demonstration),
    /// List the profiles and how they stand
    List(list::Arguments),
    /// Print an access token that is still valid, and a newline
    Token(token::Arguments),
    /// Say which credential a request to a provider would carry, and why
    Resolve(resolve::Arguments),
    /// Log in, step by step
    Login(login::Arguments),
    /// Renew the tokens of a profile
    Refresh(refresh::Arguments),
    /// Show who refreshed what, when, and with what result
    Events(events::Arguments),
    /// Erase the tokens of a profile here; the provider is told only with --remote
    Revoke(revoke::Arguments),
    /// Erase the tokens of a profile and the profile itself
    Remove(revoke::Arguments),
    /// List the providers, or show the file of one to copy
    Providers(providers::Arguments),
}

/// Runs the program and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    if let Err(error) = crash::install() {
        console::say(&format!("authtui: {error}"));
    }
    crash::protect_memory();
    if let Err(error) = signals::survive_file_limit() {
        console::say(&format!("authtui: {error}"));
    }
    let parsed = Arguments::command().try_get_matches().and_then(|matches| {
        let named = matches.subcommand_name().map(|command| format!("authtui {command}"));
        Ok((Arguments::from_arg_matches(&matches)?, named))
    });
    let (arguments, program) = match parsed {
        Ok((arguments, named)) => (arguments, named.unwrap_or_else(|| "authtui".to_owned())),
        Err(error) => {
            return asked_for(&stray::hushed(error)).into();
        }
    };
    let exit = run(arguments, &program).unwrap_or_else(|error| {
        console::say(&format!("authtui: {error:#}"));
        Exit::Failure
    });
    signals::reraise();
    exit.into()
}

/// Help and version are data; everything else is a usage error.
fn asked_for(error: &clap::Error) -> Exit {
    match error.print() {
        // A closed standard error leaves nobody to tell.
        _ if error.use_stderr() => Exit::Usage,
        Ok(()) => Exit::Done,
        Err(why) if why.kind() == ErrorKind::BrokenPipe => Exit::Done,
        Err(why) => {
            console::say(&format!("authtui: {why}"));
            Exit::Failure
        }
    }
}

/// Whether the command speaks of profiles that must be there already: a login makes its file.
fn needs_profiles(command: &Command) -> bool {
    match command {
        Command::List(_)
        | Command::Token(_)
        | Command::Resolve(_)
        | Command::Refresh(_)
        | Command::Events(_)
        | Command::Revoke(_)
        | Command::Remove(_) => true,
        Command::Demo(_) | Command::Login(_) | Command::Providers(_) => false,
    }
}

/// Runs the command; `program` is what the event log calls us.
fn run(arguments: Arguments, program: &str) -> Result<Exit> {
    let Arguments { config, no_auto_refresh, command } = arguments;
    let renewal = if no_auto_refresh { AutoRefresh::Off(OffBy::CommandLine) } else { AutoRefresh::Unsettled };
    let Some(command) = command else {
        return screen::run(&Services::new(Paths::of_user(config)?, program), "", renewal);
    };
    // The demo knows no path of the person's.
    if let Command::Demo(arguments) = &command {
        if config.is_some() {
            console::say(
                "authtui: the demo keeps its profiles in a folder of its own that ends with it; leave --config out.",
            );
            return Ok(Exit::Usage);
        }
        return screen::demo(arguments, renewal);
    }
    let paths = Paths::of_user(config)?;
    if let (true, Some(path)) = (needs_profiles(&command), paths.missing()) {
        console::say(&format!("authtui: {} does not exist. authtui login PROVIDER creates it.", shown(path)));
        return Ok(Exit::NotFound);
    }
    let services = Services::new(paths, program);
    services.waiting.tell(|id, holder| {
        console::say(&format!("authtui: {}: waiting for {holder}, which is at work on this grant", id.name));
    });
    services.http.on_slow(|host| {
        console::say(&format!(
            "authtui: waiting for {host}, for at most {} s",
            http::REQUEST_TIMEOUT.as_secs()
        ));
    });
    match command {
        Command::Demo(arguments) => screen::demo(&arguments, renewal),
        Command::List(arguments) => list::run(&services, &arguments),
        Command::Token(arguments) => token::run(&services, &arguments),
        Command::Resolve(arguments) => resolve::run(&services, &arguments),
        Command::Login(arguments) => login::run(&services, arguments),
        Command::Refresh(arguments) => refresh::run(&services, &arguments),
        Command::Events(arguments) => events::run(&services, &arguments),
        Command::Revoke(arguments) => revoke::run(&services, &arguments, revoke::Extent::Tokens),
        Command::Remove(arguments) => revoke::run(&services, &arguments, revoke::Extent::Profile),
        Command::Providers(arguments) => providers::run(&services, &arguments),
    }
}
