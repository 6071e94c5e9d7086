//! Command `completions`: the lines that let a shell ask authtui for commands, profiles and providers.
//!
//! The shell then runs authtui with [`VARIABLE`] set and the words that were typed; nothing is asked of a
//! person or a server for the answer.

use clap::builder::PossibleValuesParser;
use clap::{Arg, Args, Command, CommandFactory};
use clap_complete::CompletionCandidate;
use clap_complete::engine::ArgValueCandidates;
use clap_complete::env::{CompleteEnv, Shells};
use color_eyre::eyre::{Result, eyre};

use crate::cli::exit::Exit;
use crate::cli::{CommandLine, print};
use crate::domain::change::Snapshot;
use crate::domain::name::StoreId;
use crate::shell::paths::Paths;
use crate::shell::terminal::console;
use crate::shell::{Services, environment};

/// What is set where a shell asks for what may follow.
const VARIABLE: &str = "AUTHTUI_COMPLETE";
/// The shells that there are lines for.
const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

/// Where the lines belong, as its help shows it.
const WHERE: &str = "\
Where to put the line:
  bash        eval \"$(authtui completions bash)\"           in ~/.bashrc
  zsh         eval \"$(authtui completions zsh)\"            in ~/.zshrc, after compinit
  fish        authtui completions fish | source            in ~/.config/fish/config.fish
  elvish      eval (authtui completions elvish | slurp)    in ~/.config/elvish/rc.elv
  powershell  authtui completions powershell | Out-String | Invoke-Expression    in $PROFILE";

#[derive(Debug, Args)]
#[command(after_help = WHERE)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL", value_parser = PossibleValuesParser::new(SHELLS))]
    shell: String,
}

pub(super) fn run(args: &CompletionsArgs) -> Result<Exit> {
    let shells = Shells::builtins();
    let shell =
        shells.completer(&args.shell).ok_or_else(|| eyre!("there are no lines for {}", args.shell))?;
    let mut lines = Vec::new();
    shell.write_registration(VARIABLE, "authtui", "authtui", "authtui", &mut lines)?;
    console::print(&String::from_utf8(lines)?)?;
    Ok(Exit::Done)
}

/// Answers a shell that asks what may follow; none where this is no such question.
pub(super) fn answer() -> Option<Exit> {
    // The variable is gone once the answer is made.
    let escape = escape(&environment::text(VARIABLE)?);
    match CompleteEnv::with_factory(|| completed(escape))
        .var(VARIABLE)
        .try_complete(std::env::args_os(), None)
    {
        Ok(false) => None,
        Ok(true) => Some(Exit::Done),
        Err(error) => Some(print(&error)),
    }
}

/// The command line, where each argument knows what it may be.
fn completed(escape: Option<char>) -> Command {
    let with_values = |command: Command| {
        command.mut_args(|arg| match values(&arg, escape) {
            Some(values) => arg.add(values),
            None => arg,
        })
    };
    let mut command = CommandLine::command();
    // The arguments of a command are there once it is built.
    command.build();
    command.mut_subcommands(|command| with_values(command).mut_subcommands(with_values))
}

/// What stands before a character that is no code, for a shell that puts into the line what it gets as it is.
fn escape(shell: &str) -> Option<char> {
    match shell {
        "bash" => Some('\\'),
        "powershell" => Some('`'),
        _ => None,
    }
}

/// What an argument may be, by the name of its value.
fn values(arg: &Arg, escape: Option<char>) -> Option<ArgValueCandidates> {
    let named = |word: &str| {
        let names = arg.get_value_names().into_iter().flatten();
        names.flat_map(|name| name.split(['|', '=', '[', ']'])).any(|part| part == word)
    };
    match (named("PROFILE") || named("OLD"), named("PROVIDER")) {
        _ if named("STORE") => Some(ArgValueCandidates::new(stores)),
        (true, true) => {
            Some(ArgValueCandidates::new(move || providers().into_iter().chain(profiles(escape)).collect()))
        }
        (true, false) => Some(ArgValueCandidates::new(move || profiles(escape))),
        (false, true) => Some(ArgValueCandidates::new(providers)),
        (false, false) => None,
    }
}

/// The profiles of every store, by the shortest name that is not another's.
fn profiles(escape: Option<char>) -> Vec<CompletionCandidate> {
    let snapshots = services().map(|services| StoreId::ALL.map(|store| services.read_now(store)));
    let mut names: Vec<String> = snapshots
        .iter()
        .flatten()
        .flat_map(Snapshot::profiles)
        .map(|profile| profile.id.name.exact())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.iter().map(|name| CompletionCandidate::new(escaped(name, escape))).collect()
}

/// `name` with the escape before all that may be code.
fn escaped(name: &str, escape: Option<char>) -> String {
    let is_plain = |char: char| !char.is_ascii() || char.is_ascii_alphanumeric() || "/-_.,+@%".contains(char);
    name.chars().flat_map(|char| escape.filter(|_| !is_plain(char)).into_iter().chain([char])).collect()
}

/// The providers that one can log in with.
fn providers() -> Vec<CompletionCandidate> {
    let catalog = services().map(|services| services.catalog_now());
    let usable = catalog.iter().flat_map(|catalog| catalog.usable());
    usable
        .map(|provider| CompletionCandidate::new(&provider.name).help(Some(provider.title.clone().into())))
        .collect()
}

fn stores() -> Vec<CompletionCandidate> {
    StoreId::written().map(|store| CompletionCandidate::new(store.to_string())).collect()
}

fn services() -> Option<std::sync::Arc<Services>> {
    Some(Services::new(Paths::of_user(None).ok()?, "authtui"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_code_in_a_shell_that_puts_it_into_the_line_as_it_is() {
        for (shell, given) in [
            ("bash", "acme/a\\;\\ b\\$\\(c\\)\\'"),
            ("powershell", "acme/a`;` b`$`(c`)`'"),
            ("zsh", "acme/a; b$(c)'"),
        ] {
            assert_eq!(escaped("acme/a; b$(c)'", escape(shell)), given);
        }
        assert_eq!(escaped("acme/ana.b@acme.test", escape("bash")), "acme/ana.b@acme.test");
    }

    #[test]
    fn every_argument_that_names_a_profile_or_provider_can_be_completed() {
        let mut command = CommandLine::command();
        command.build();
        let named = ["PROFILE", "PROVIDER", "STORE"];
        let mut count = 0;
        for arg in command.get_subcommands().flat_map(Command::get_arguments) {
            let names: Vec<&str> = arg.get_value_names().into_iter().flatten().map(|name| &**name).collect();
            if names.iter().any(|name| named.iter().any(|named| name.contains(named))) {
                assert!(values(arg, None).is_some(), "{names:?}");
                count += 1;
            }
        }
        assert!(count > 10, "{count}");
    }
}
