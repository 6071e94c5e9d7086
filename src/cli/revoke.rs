//! `authtui revoke NAME` and `authtui remove NAME`: erase here; the provider is not told.

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::{screen, target};
use crate::domain::change::{Change, Edit};
use crate::domain::clock::local;
use crate::domain::profile::{Kind, Profile};
use crate::shell::stores::Failure;
use crate::shell::{Hands, console};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The profile: provider/name, or provider for its default
    name: String,
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
    let (_, profile) = match target::find(hands, &arguments.name) {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let name = profile.id.name.clone();
    console::say(&consequence(hands, &profile, extent));
    if !arguments.yes {
        if !console::can_ask() {
            console::say("authtui: nobody can be asked here; add --yes.");
            return Ok(Exit::Usage);
        }
        let question = match extent {
            Extent::Tokens => format!("Erase the tokens of {name}?"),
            Extent::Profile => format!("Remove {name}?"),
        };
        if !console::confirm(&question)? {
            console::say("authtui: nothing was changed.");
            return Ok(Exit::Failure);
        }
    }
    let edit = match extent {
        Extent::Tokens => Edit::Forget(hands.clock.now().wall),
        Extent::Profile => Edit::Remove,
    };
    let change = Change { name: name.clone(), expects: None, edit };
    match screen::runtime()?.block_on(hands.apply(profile.id.store, change)) {
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

fn consequence(hands: &Hands, profile: &Profile, extent: Extent) -> String {
    let now = hands.clock.now();
    let name = &profile.id.name;
    let what = match (profile.kind, extent) {
        (Kind::ApiKey, _) => "The key is removed from the file.",
        (Kind::OAuth, Extent::Tokens) => "The tokens are erased from the file; the profile stays.",
        (Kind::OAuth, Extent::Profile) => "The tokens and the profile are erased from the file.",
    };
    let until = match profile.life.expires_at {
        Some(end) if end > now.wall => {
            format!("the access token works there until {}", local(end, now.offset))
        }
        Some(_) => "the access token has ended, the grant may live on".to_owned(),
        None => "no end of the token is known".to_owned(),
    };
    format!("{name}: {what} The provider is not told: {until}.")
}
