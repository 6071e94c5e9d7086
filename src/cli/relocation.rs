//! Commands `rename` and `move`: another name for a profile, or another store.

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::output::say;
use crate::cli::runtime::{block_on, until_signal};
use crate::cli::{passphrase, profile_arg};
use crate::domain::name::StoreId;
use crate::domain::profile::Profile;
use crate::domain::relocation;
use crate::domain::trouble::Trouble;
use crate::shell::Services;
use crate::shell::relocation as moves;
use crate::shell::terminal::console::{self, Prompter};

#[derive(Debug, Args)]
pub(super) struct RenameArgs {
    /// The profile: provider/name, or one part of it if only one profile fits
    #[arg(value_name = "OLD")]
    old: String,
    /// Its new name, such as work or acme/work
    #[arg(value_name = "NEW")]
    new: String,
}

#[derive(Debug, Args)]
pub(super) struct MoveArgs {
    /// The profile: provider/name, or STORE:provider/name where two stores hold that name
    #[arg(value_name = "PROFILE")]
    name: String,
    /// Where it goes: own, shared, hashed or keyring
    #[arg(value_name = "STORE", value_parser = profile_arg::written_store)]
    to: StoreId,
    /// Do not ask first where the store cannot hold all of it
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn rename(services: &Arc<Services>, args: &RenameArgs) -> Result<Exit> {
    let (snapshot, profile) = profile_arg::find(services, &args.old)?;
    let id = &profile.id;
    if let Err(trouble) = &snapshot.writable {
        return Ok(exit::trouble(trouble, &id.name.exact()));
    }
    let catalog = services.catalog_now();
    let provider = catalog.get(id.name.provider());
    let name = match relocation::new_name(&profile, &args.new, &snapshot, provider) {
        Ok(name) => name,
        Err(why) => {
            say(&format!("{why}."));
            return Ok(Exit::Usage);
        }
    };
    let renamed = until_signal(moves::rename(services, id, name.clone()))?;
    Ok(ended(renamed.map(|done| done.map(drop)), &profile, &format!("renamed to {name}")))
}

pub(super) fn move_to(services: &Arc<Services>, args: &MoveArgs) -> Result<Exit> {
    let (snapshot, profile) = profile_arg::find(services, &args.name)?;
    let (id, to) = (&profile.id, args.to);
    if !services.has_store(to) {
        say(&format!("there is no {to} store here, or it is the one that --config names."));
        return Ok(Exit::Usage);
    }
    if let Err(trouble) = &snapshot.writable {
        return Ok(exit::trouble(trouble, &id.name.exact()));
    }
    if id.store == to {
        return Ok(is_there(services, &profile));
    }
    if let Err(trouble) = block_on(passphrase::prepare(services, to))? {
        return Ok(exit::trouble(&trouble, &id.name.exact()));
    }
    let left = relocation::left_behind(&profile, to);
    if !left.is_empty() && !args.yes {
        console::say(&format!(
            "{to} has no room for {}; that is noted on this machine alone.",
            left.join(", ")
        ));
        if !console::can_ask() {
            say("there is no terminal to ask on; add --yes.");
            return Ok(Exit::Usage);
        }
        let question = format!("Move {} to {to}?", id.name);
        if !block_on(async { Prompter::new().agrees(&question).await })? {
            say("nothing was changed.");
            return Ok(Exit::Failure);
        }
    }
    let moved = until_signal(moves::move_to(services, id, to))?;
    let place = moved.as_ref().and_then(|moved| Some(moved.as_ref().ok()?.to.place.clone()));
    let done = format!("moved to {to} ({})", place.unwrap_or_default());
    Ok(ended(moved.map(|moved| moved.map(drop)), &profile, &done))
}

/// Says that the profile is there already, and where it is too.
fn is_there(services: &Services, profile: &Profile) -> Exit {
    let (name, to) = (&profile.id.name, profile.id.store);
    let others = StoreId::ALL.into_iter().filter(|store| *store != to && store.may_be_written());
    let twin = others.into_iter().find(|store| {
        let snapshot = services.read_now(*store);
        snapshot.profile(name).is_some_and(|twin| twin.shares_grant(profile))
    });
    match twin {
        Some(twin) => say(&format!(
            "{name} is in {to}, and the same login is in {twin} too. To keep one: authtui move {twin}:{} {to}",
            name.exact()
        )),
        None => say(&format!("{name} is in {to} already.")),
    }
    Exit::Failure
}

fn ended(done: Option<std::result::Result<(), Trouble>>, profile: &Profile, words: &str) -> Exit {
    let name = &profile.id.name;
    match done {
        Some(Ok(())) => {
            say(&format!("{name}: {words}."));
            Exit::Done
        }
        Some(Err(trouble)) => exit::trouble(&trouble, &name.exact()),
        None => {
            say(&format!("{name}: stopped before it was done; authtui list shows what is stored."));
            Exit::Failure
        }
    }
}
