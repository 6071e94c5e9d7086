//! Command line: one command a file, one table of exit codes.

mod add;
mod check;
mod completions;
mod connect;
mod deferred;
mod doctor;
mod events;
mod exec;
mod exit;
mod frequent_command;
mod git_credential;
mod header;
mod help;
mod kubectl_credential;
mod list;
mod login;
mod man;
mod note;
mod output;
mod passphrase;
mod profile_arg;
mod providers;
mod redact;
mod refresh;
mod relocation;
mod remedy;
mod resolve;
mod runtime;
mod screen;
mod sign_out;
mod status;
mod store_arg;
mod take;
mod token;
mod valid_token;
mod walk;

use std::ffi::OsString;
use std::io::ErrorKind;
use std::mem::ManuallyDrop;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use color_eyre::eyre::Result;

use crate::cli::deferred::Deferred;
use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::domain::change::Extent;
use crate::shell::Services;
use crate::shell::paths::Paths;
use crate::shell::store_files::file::shown;
use crate::shell::terminal::{console, crash};
use crate::shell::{http, signals};
use crate::tui::model::{AutoRefreshMode, OffBy};
use crate::tui::theme::Shape;

/// What `--version` prints.
const VERSION: &str = concat!("authtui ", env!("CARGO_PKG_VERSION"), "\n");

/// What the help begins with.
const ABOUT: &str = "\
Every OAuth account you have, side by side in one terminal window, and kept alive.
Without a command the screen opens.";

/// What the help ends with.
const EXAMPLES: &str = "\
Examples:
  authtui                         open the screen
  authtui demo                    try everything, without an account
  authtui login anthropic/work    log in, step by step
  authtui login https://mcp.example.org/mcp
                                  find out how, register, and log in
  authtui list                    show the profiles and how they stand
  authtui token anthropic/work    print a token that is still valid, for a script
  authtui exec github -- gh repo list
                                  run a command with a token in its environment";

#[derive(Debug, Parser)]
#[command(name = "authtui", version, max_term_width = help::WIDTH_LIMIT.into(), about = ABOUT)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::TABLE))]
struct CommandLine {
    /// The file with the profiles [default: config.yaml in the configuration folder]
    #[arg(long, global = true, value_name = "PATH")]
    config: Option<PathBuf>,
    /// Do not refresh tokens automatically while the screen is open
    #[arg(long)]
    no_auto_refresh: bool,
    /// Show the screen in words alone, for screen readers: one profile a line, no boxes, bars or pictures
    #[arg(long)]
    plain: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try everything on a server inside the program: no account, no network
    Demo(Deferred<screen::DemoArgs>),
    /// List the profiles and how they stand
    #[command(visible_alias = "ls")]
    List(Deferred<list::ListArgs>),
    /// Print an access token that is still valid, and nothing else
    Token(Deferred<token::TokenArgs>),
    /// Print the HTTP header with a valid token; --mcp prints it for MCP clients
    Header(Deferred<header::HeaderArgs>),
    /// Run a command with tokens in its environment
    Exec(Deferred<exec::ExecArgs>),
    /// Answer git, as its credential helper
    GitCredential(Deferred<git_credential::GitCredentialArgs>),
    /// Answer kubectl, as its credential plugin
    KubectlCredential(Deferred<kubectl_credential::KubectlCredentialArgs>),
    /// Print how to let another program take its tokens from authtui; --write sets it up
    Connect(Deferred<connect::ConnectArgs>),
    /// Show which credential a request to a provider would carry, and why
    Resolve(Deferred<resolve::ResolveArgs>),
    /// Show in one short line how many profiles need you, for tmux and other status bars
    Status(Deferred<status::StatusArgs>),
    /// Check whether any profile needs you, for scripts; quiet when none does
    Check(Deferred<check::CheckArgs>),
    /// Log in, step by step
    Login(Deferred<login::LoginArgs>),
    /// Store a token or key that you have already
    Add(Deferred<add::AddArgs>),
    /// Refresh the tokens of one profile or of many
    Refresh(Deferred<refresh::RefreshArgs>),
    /// Show what happened to the profiles: when, what, and by which program
    Events(Deferred<events::EventsArgs>),
    /// Sign out: erase the tokens here; --remote tells the provider
    #[command(visible_alias = "revoke")]
    Logout(Deferred<sign_out::SignOutArgs>),
    /// Delete a profile with its tokens
    #[command(visible_aliases = ["rm", "remove"])]
    Delete(Deferred<sign_out::SignOutArgs>),
    /// Write down a note about a profile, or print it
    Note(Deferred<note::NoteArgs>),
    /// Give a profile another name
    Rename(Deferred<relocation::RenameArgs>),
    /// Move a profile to another store: own, shared, hashed or keyring
    #[command(visible_alias = "mv")]
    Move(Deferred<relocation::MoveArgs>),
    /// Take over a login that another program keeps; that program is logged out
    Take(Deferred<take::TakeArgs>),
    /// List the providers, or print the file of one to copy
    Providers(Deferred<providers::ProvidersArgs>),
    /// Find what keeps authtui from working on this machine; changes nothing
    Doctor(Deferred<doctor::DoctorArgs>),
    /// Print the lines that let a shell complete commands, profiles and providers
    Completions(Deferred<completions::CompletionsArgs>),
    /// Print the manual page, or that of one command
    Man(Deferred<man::ManArgs>),
}

/// Runs the program and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    if let Some(ended) = status::answer() {
        return end(ended).into();
    }
    if let Err(error) = crash::install() {
        say(&error.to_string());
    }
    crash::protect_memory();
    if let Some(exit) = completions::answer() {
        return exit.into();
    }
    let words = std::env::args_os().skip(1).map(OsString::into_string).collect::<Result<Vec<_>, _>>().ok();
    if words.as_deref().is_some_and(asks_version) {
        return end(console::print(VERSION).map(|()| Exit::Done).map_err(Into::into)).into();
    }
    let parsed = parse(words.as_deref());
    if matches!(&parsed, Ok((CommandLine { command: Some(Command::Exec(_)), .. }, _))) {
        signals::leave_ignored();
    }
    if let Err(error) = signals::survive_file_limit() {
        say(&error.to_string());
    }
    let exit = match parsed {
        Ok((line, program)) => end(run(line, &program)),
        Err(error) => return print(&redact::error(error)).into(),
    };
    signals::reraise();
    exit.into()
}

/// Whether `words` ask for the version and nothing else.
fn asks_version(words: &[String]) -> bool {
    matches!(words, [word] if word == "--version" || word == "-V")
}

/// The parsed command line, and the name of this program in the event log; `words` are absent where one of them is
/// no text.
fn parse(words: Option<&[String]>) -> Result<(CommandLine, String), clap::Error> {
    let program = |command: Option<&str>| match command {
        Some(command) => format!("authtui {command}"),
        None => "authtui".to_owned(),
    };
    if let Some((words, line)) = words.and_then(|words| Some((words, frequent_command::read(words)?))) {
        return Ok((line, program(words.first().map(String::as_str))));
    }
    let matches = command_line().try_get_matches()?;
    Ok((CommandLine::from_arg_matches(&matches)?, program(matches.subcommand_name())))
}

/// The command line. Its help is made where somebody asks for it.
fn command_line() -> clap::Command {
    let asks = std::env::args_os().any(|word| ["help", "--help", "-h"].iter().any(|help| word == *help));
    let command = CommandLine::command();
    if asks { help::grouped(command) } else { command }
}

/// How a command ended, once the reason was said.
fn end(ended: Result<Exit>) -> Exit {
    ended.unwrap_or_else(|error| match error.downcast_ref::<Exit>() {
        Some(exit) => *exit,
        None => {
            say(&format!("{error:#}"));
            Exit::Failure
        }
    })
}

/// Prints help and version, which are data, or says a usage error.
fn print(error: &clap::Error) -> Exit {
    match error.print() {
        // A closed standard error leaves nobody to tell.
        _ if error.use_stderr() => Exit::Usage,
        Ok(()) => Exit::Done,
        Err(why) if why.kind() == ErrorKind::BrokenPipe => Exit::Done,
        Err(why) => {
            say(&why.to_string());
            Exit::Failure
        }
    }
}

/// Whether the command speaks of profiles that must be there already: a login makes its file.
fn needs_profiles(command: &Command) -> bool {
    !matches!(
        command,
        Command::Demo(_)
            | Command::Login(_)
            | Command::Add(_)
            | Command::Take(_)
            | Command::Providers(_)
            | Command::Doctor(_)
            | Command::Completions(_)
            | Command::Man(_)
            // It is quiet about hosts that are none of its own.
            | Command::GitCredential(_)
    )
}

/// Says that the file that was named does not exist.
///
/// # Errors
/// The number to end with then.
fn there(paths: &Paths) -> Result<(), Exit> {
    let Some(path) = paths.missing() else { return Ok(()) };
    say(&format!("{} does not exist. authtui login PROVIDER creates it.", shown(path)));
    Err(Exit::NotFound)
}

/// Runs the command; `program` is what the event log calls us.
fn run(line: CommandLine, program: &str) -> Result<Exit> {
    let CommandLine { config, no_auto_refresh, plain, command } = line;
    let shape = if plain { Shape::Words } else { Shape::Drawn };
    let auto_refresh =
        if no_auto_refresh { AutoRefreshMode::Off(OffBy::CommandLine) } else { AutoRefreshMode::Unsettled };
    let Some(command) = command else {
        let services = Services::new(Paths::of_user(config)?, program);
        return screen::run(&services, auto_refresh, shape);
    };
    // The demo knows no path of the person's.
    if let Command::Demo(args) = &command {
        if config.is_some() {
            say("the demo has its own folder, which ends with it; leave out --config.");
            return Ok(Exit::Usage);
        }
        return screen::demo(args, auto_refresh, shape);
    }
    if let Command::Completions(args) = &command {
        return completions::run(args);
    }
    if let Command::Man(args) = &command {
        return man::run(args);
    }
    let paths = Paths::of_user(config)?;
    if needs_profiles(&command) {
        there(&paths)?;
    }
    // Never dropped: freeing thousands of profiles one by one takes longer than ending.
    let services = ManuallyDrop::new(Services::new(paths, program));
    say_waits(&services);
    match command {
        Command::Demo(args) => screen::demo(&args, auto_refresh, shape),
        Command::List(args) => list::run(&services, &args, shape),
        Command::Status(args) => status::run(&services, &args),
        Command::Check(args) => check::run(&services, &args),
        Command::Token(args) => token::run(&services, &args),
        Command::Header(args) => header::run(&services, &args),
        Command::Exec(args) => exec::run(&services, &args),
        Command::GitCredential(args) => git_credential::run(&services, &args),
        Command::KubectlCredential(args) => kubectl_credential::run(&services, &args),
        Command::Connect(args) => connect::run(&services, &args),
        Command::Resolve(args) => resolve::run(&services, &args),
        Command::Login(args) => login::run(&services, &args),
        Command::Add(args) => add::run(&services, &args),
        Command::Refresh(args) => refresh::run(&services, &args),
        Command::Events(args) => events::run(&services, &args, shape),
        Command::Logout(args) => sign_out::run(&services, &args, Extent::Tokens),
        Command::Delete(args) => sign_out::run(&services, &args, Extent::Profile),
        Command::Note(args) => note::run(&services, &args),
        Command::Rename(args) => relocation::rename(&services, &args),
        Command::Move(args) => relocation::move_to(&services, &args),
        Command::Take(args) => take::run(&services, &args),
        Command::Providers(args) => providers::run(&services, &args, shape),
        Command::Doctor(args) => doctor::run(&services, &args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}

/// Lets the person hear of what takes long.
fn say_waits(services: &Services) {
    services.lock_wait.set(|id, holder| {
        say(&format!("{}: waiting for {holder}, which is using this login", id.name));
    });
    services.http.on_slow(|host| {
        say(&format!("waiting for {host}, for at most {} s", http::REQUEST_TIMEOUT.as_secs()))
    });
}
