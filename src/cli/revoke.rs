//! `authtui revoke NAME` and `authtui remove NAME`: erase here; the provider is told only with `--remote`.

mod remote;

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::{screen, target};
use crate::domain::afterlife;
use crate::domain::change::{Change, Edit};
use crate::domain::clock::local;
use crate::domain::profile::{Kind, Profile};
use crate::shell::Services;
use crate::shell::store_files::Failure;
use crate::shell::terminal::console::{self, Prompter};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The profile: provider/name, or one part of it if only one profile fits
    name: String,
    /// Ask the provider to end the grant first; nothing is erased here unless it has
    #[arg(long)]
    remote: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// How much is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Tokens,
    Profile,
}

pub(super) fn run(services: &Arc<Services>, arguments: &Arguments, extent: Extent) -> Result<Exit> {
    let (snapshot, profile) = match target::find(services, &arguments.name) {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let name = profile.id.name.clone();
    if let (false, Err(trouble)) = (profile.id.store.is_file(), &snapshot.writable) {
        return Ok(exit::trouble(trouble, &name.exact()));
    }
    // Before anybody is asked: who offers no way cannot be told.
    if arguments.remote
        && let Err(exit) = remote::announce(services, &snapshot, &profile)
    {
        return Ok(exit);
    }
    let lives_on =
        afterlife::words(&profile, Some(&snapshot), services.clock.now(), |at, now| local(at, now.offset));
    // A yes that was given beforehand is one to the name that was written, not to one that was found.
    let is_exact = target::is_exact(&arguments.name, &name);
    if !(arguments.yes && is_exact) {
        if !arguments.remote {
            console::say(&consequence(&profile, extent, lives_on.as_deref()));
        }
        if !console::can_ask() {
            let next = if is_exact { "add --yes" } else { "write the whole name and add --yes" };
            console::say(&format!("authtui: there is no terminal to ask on; {next}."));
            return Ok(Exit::Usage);
        }
        let question = match extent {
            _ if arguments.remote => format!("Revoke {name} at its provider?"),
            Extent::Tokens => format!("Erase the tokens of {name}?"),
            Extent::Profile => format!("Remove {name}?"),
        };
        if !screen::runtime()?.block_on(async { Prompter::new().agrees(&question).await }) {
            console::say("authtui: nothing was changed.");
            return Ok(Exit::Failure);
        }
    }
    if arguments.remote {
        let ended = remote::run(services, &profile, extent)?;
        if ended != Exit::Done || extent == Extent::Tokens {
            return Ok(ended);
        }
    }
    let edit = match extent {
        Extent::Tokens => Edit::Forget(services.clock.now().wall),
        Extent::Profile => Edit::Remove,
    };
    let change = Change { name: name.clone(), expects: None, edit };
    let Some(applied) = screen::until_signal(services.apply(profile.id.store, change))? else {
        console::say(&format!(
            "authtui: {name}: stopped before it was done; authtui list shows what is stored."
        ));
        return Ok(Exit::Failure);
    };
    match applied {
        Ok(_) => {
            let done = match (profile.kind, extent) {
                (Kind::ApiKey | Kind::Environment, _) => "the key is removed from the file",
                (Kind::OAuth, Extent::Tokens) => "tokens erased",
                (Kind::OAuth, Extent::Profile) => "removed",
            };
            let lives_on = lives_on.filter(|_| !arguments.remote).map(|words| not_told(&words));
            console::say(&format!("authtui: {name}: {done}.{}", lives_on.unwrap_or_default()));
            Ok(Exit::Done)
        }
        Err(Failure::Moved(moved)) => {
            console::say(&format!("authtui: {name}: {moved}."));
            Ok(Exit::NotFound)
        }
        Err(Failure::Trouble(trouble)) => Ok(exit::trouble(&trouble, &name.exact())),
    }
}

/// What will be erased, and what lives on at the provider.
fn consequence(profile: &Profile, extent: Extent, lives_on: Option<&str>) -> String {
    let what = match (profile.kind, extent, lives_on) {
        (_, Extent::Tokens, None) => "It holds no tokens.",
        (_, Extent::Profile, None) => "It holds no tokens. This will erase the profile from the file.",
        (Kind::ApiKey | Kind::Environment, _, Some(_)) => "This will remove the key from the file.",
        (Kind::OAuth, Extent::Tokens, Some(_)) => {
            "This will erase the tokens from the file; the profile stays."
        }
        (Kind::OAuth, Extent::Profile, Some(_)) => {
            "This will erase the tokens and the profile from the file."
        }
    };
    format!("{}: {what}{}", profile.id.name, lives_on.map(not_told).unwrap_or_default())
}

/// That the provider is not told, and what goes on working there.
fn not_told(lives_on: &str) -> String {
    format!(" The provider is not told: {lives_on}.")
}
