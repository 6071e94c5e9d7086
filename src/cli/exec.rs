//! Command `exec`: another command, with tokens in its environment and nowhere else.

use std::ffi::OsString;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::cli::refresh::time;
use crate::cli::valid_token::{self, MinTtl, valid};
use crate::cli::{profile_arg, redact};
use crate::domain::profile::Profile;
use crate::domain::secret::Secret;
use crate::oauth::form;
use crate::shell::{Services, successor_program};

/// How long a token must still be good where nothing is said.
const USUAL_TIME: Duration = Duration::from_secs(60);

/// What its numbers mean, as its help shows them.
const EXIT_CODES: &str = "\
Exit codes: those of COMMAND; 127 it was not found, 126 it cannot be run; before it runs 1 failure,
2 usage, 3 needs a login, 4 temporary failure (try again), 5 no such profile.";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct ExecArgs {
    /// The profiles: provider/name, or one part of it if only one profile fits. The provider file names
    /// the variable (`export`); VAR=PROFILE names another
    #[arg(value_name = "PROFILE", required = true)]
    names: Vec<String>,
    /// Run the command only with a token that lives for at least this time: 90s, 10m, 2h [default: 60s, or
    /// half its lifetime if that is shorter]
    #[arg(long, value_name = "TIME", value_parser = time)]
    min_ttl: Option<Duration>,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub(super) fn run(services: &Arc<Services>, args: &ExecArgs) -> Result<Exit> {
    let meant = args.names.iter().map(|word| meant(services, word));
    let meant = meant.collect::<Result<Vec<(String, Arc<Profile>)>, Exit>>()?;
    check_variables(&meant)?;
    let mut variables: Vec<(String, Secret)> = Vec::with_capacity(meant.len());
    for (variable, profile) in meant {
        let min_ttl = MinTtl::Required(args.min_ttl.unwrap_or_else(|| usual_time(&profile)));
        let valid = valid(services, profile, min_ttl)?;
        variables.extend(valid.profile.held.tokens().map(|tokens| (variable, tokens.access.clone())));
    }
    Ok(successor_program::run(&args.command, &variables).map_or_else(
        |error| cannot_run(&args.command, &error),
        |code| Exit::OfChild(u8::try_from(code).unwrap_or(1)),
    ))
}

/// Half its life is enough where nothing is said.
fn usual_time(profile: &Profile) -> Duration {
    let half = valid_token::life(profile).and_then(|life| (life / 2).to_std().ok());
    half.map_or(USUAL_TIME, |half| half.min(USUAL_TIME))
}

/// The profile that a word means, and the variable for its token.
fn meant(services: &Services, word: &str) -> Result<(String, Arc<Profile>), Exit> {
    match word.split_once('=') {
        Some((variable, name)) => {
            if !is_variable(variable) {
                say("a variable needs a name of letters, digits and _, with no digit first.");
                return Err(Exit::Usage);
            }
            Ok((variable.to_owned(), profile_arg::find_here(services, Some(name))?))
        }
        None => {
            let profile = profile_arg::find_here(services, Some(word))?;
            let provider = profile_arg::provider(services, &profile)?;
            Ok((form::variable(&profile, provider.as_ref()), profile))
        }
    }
}

fn is_variable(name: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty() && !name.starts_with(|char: char| char.is_ascii_digit()) && name.bytes().all(is_word)
}

/// Looks whether each token has a variable of its own.
fn check_variables(meant: &[(String, Arc<Profile>)]) -> Result<(), Exit> {
    for (index, (variable, profile)) in meant.iter().enumerate() {
        let earlier = meant.iter().take(index).find(|(other, _)| other == variable);
        if let Some((_, other)) = earlier {
            let (first, second) = (&other.id.name, &profile.id.name);
            say(&format!(
                "{first} and {second} both go into {variable}. Write VAR={second} for another variable."
            ));
            return Err(Exit::Usage);
        }
    }
    Ok(())
}

/// Says why the command was not run, and gives the number that a shell gives.
fn cannot_run(command: &[OsString], error: &io::Error) -> Exit {
    let program = command.first().map(|program| program.to_string_lossy().into_owned()).unwrap_or_default();
    let program = redact::word(None, &program);
    if error.kind() == io::ErrorKind::NotFound {
        say(&format!("cannot run {program}: it was not found."));
        return Exit::OfChild(127);
    }
    say(&format!("cannot run {program}: {error}."));
    Exit::OfChild(126)
}
