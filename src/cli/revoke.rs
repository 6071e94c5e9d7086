//! `authtui revoke NAME` and `authtui remove NAME`: erase here; the provider is told only with `--remote`.

mod remote;

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::{screen, target};
use crate::domain::afterlife;
use crate::domain::change::{Change, Edit};
use crate::domain::clock::{Now, local};
use crate::domain::profile::{Kind, Profile};
use crate::shell::console::Prompter;
use crate::shell::stores::Failure;
use crate::shell::{Hands, console};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The profile: provider/name, or provider for its default
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

pub(super) fn run(hands: &Arc<Hands>, arguments: &Arguments, extent: Extent) -> Result<Exit> {
    let (snapshot, profile) = match target::find(hands, &arguments.name) {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let name = profile.id.name.clone();
    if let (false, Err(trouble)) = (profile.id.store.is_file(), &snapshot.writable) {
        return Ok(exit::trouble(trouble, &name.to_string()));
    }
    if arguments.remote {
        // Before anybody is asked: who offers no way cannot be told.
        if let Err(exit) = remote::announce(hands, &snapshot, &profile) {
            return Ok(exit);
        }
    } else {
        console::say(&consequence(&profile, extent, hands.clock.now()));
    }
    if !arguments.yes {
        if !console::can_ask() {
            console::say("authtui: nobody can be asked here; add --yes.");
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
        let ended = remote::run(hands, &profile, extent)?;
        if ended != Exit::Done || extent == Extent::Tokens {
            return Ok(ended);
        }
    }
    let edit = match extent {
        Extent::Tokens => Edit::Forget(hands.clock.now().wall),
        Extent::Profile => Edit::Remove,
    };
    let change = Change { name: name.clone(), expects: None, edit };
    let Some(applied) = screen::unless_ended(hands.apply(profile.id.store, change))? else {
        console::say(&format!(
            "authtui: {name}: ended before it was done; authtui list shows what is stored."
        ));
        return Ok(Exit::Failure);
    };
    match applied {
        Ok(_) => {
            console::say(&format!(
                "authtui: {name}: {}.",
                if extent == Extent::Tokens { "tokens erased" } else { "removed" }
            ));
            Ok(Exit::Done)
        }
        Err(Failure::Moved(moved)) => {
            console::say(&format!("authtui: {name}: {moved}."));
            Ok(Exit::NotFound)
        }
        Err(Failure::Trouble(trouble)) => Ok(exit::trouble(&trouble, &name.to_string())),
    }
}

/// What is erased, and what lives on at the provider.
fn consequence(profile: &Profile, extent: Extent, now: Now) -> String {
    let name = &profile.id.name;
    let Some(lives_on) = afterlife::words(profile, now, |at, now| local(at, now.offset)) else {
        return match extent {
            Extent::Tokens => format!("{name}: It holds no tokens."),
            Extent::Profile => format!("{name}: It holds no tokens. The profile is erased from the file."),
        };
    };
    let what = match (profile.kind, extent) {
        (Kind::ApiKey | Kind::Environment, _) => "The key is removed from the file.",
        (Kind::OAuth, Extent::Tokens) => "The tokens are erased from the file; the profile stays.",
        (Kind::OAuth, Extent::Profile) => "The tokens and the profile are erased from the file.",
    };
    format!("{name}: {what} The provider is not told: {lives_on}.")
}
