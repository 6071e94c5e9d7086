//! Commands `rename` and `move`: another name for a profile, or another store.

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::output::say;
use crate::cli::passphrase::{self, Wanted};
use crate::cli::runtime::{block_on, until_signal};
use crate::cli::{profile_arg, store_arg};
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
    #[arg(value_name = "PROFILE", required_unless_present = "all", conflicts_with = "all")]
    name: Option<String>,
    /// Where it goes: own, shared, hashed or keyring
    #[arg(value_name = "STORE", value_parser = store_arg::written, required_unless_present = "all")]
    to: Option<StoreId>,
    /// Move every profile of the store --from to the store --to
    #[arg(long, requires_all = ["from", "into"])]
    all: bool,
    /// The store whose profiles are moved
    #[arg(long, value_name = "STORE", value_parser = store_arg::written, requires = "all")]
    from: Option<StoreId>,
    /// Where they go
    #[arg(id = "into", long = "to", value_name = "STORE", value_parser = store_arg::written)]
    #[arg(requires = "all")]
    into: Option<StoreId>,
    /// Do not ask first where the store cannot hold all of it
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn rename(services: &Arc<Services>, args: &RenameArgs) -> Result<Exit> {
    let (snapshot, profile) = profile_arg::find(services, &args.old)?;
    let id = &profile.id;
    if let Err(trouble) = &snapshot.writable {
        return Ok(exit::trouble(trouble, &id.exact()));
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
    match (&args.name, args.to, args.from, args.into) {
        (Some(name), Some(to), ..) => move_one(services, name, to, args.yes),
        (_, _, Some(from), Some(to)) => move_all(services, from, to, args.yes),
        _ => Ok(Exit::Usage),
    }
}

/// Whether there is a store of that name; says it if not.
fn is_there_such(services: &Services, store: StoreId) -> bool {
    let is_there = services.has_store(store);
    if !is_there {
        say(&format!("there is no {store} store here, or it is the one that --config names."));
    }
    is_there
}

/// Moves every profile of one store to another, one after the other: whatever ends it leaves each in one of them,
/// or the one that was under way in both, and the same command again ends it.
fn move_all(services: &Arc<Services>, from: StoreId, to: StoreId, is_agreed: bool) -> Result<Exit> {
    if !is_there_such(services, from) || !is_there_such(services, to) {
        return Ok(Exit::Usage);
    }
    if from == to {
        say("--from and --to name the same store.");
        return Ok(Exit::Usage);
    }
    let snapshot = passphrase::read(services, from, Wanted::All);
    if let Err(trouble) = &snapshot.writable {
        return Ok(exit::trouble(trouble, &from.to_string()));
    }
    if let Err(trouble) = block_on(passphrase::prepare(services, to))? {
        return Ok(exit::trouble(&trouble, &to.to_string()));
    }
    let mut left: Vec<_> = snapshot.profiles().flat_map(|each| relocation::left_behind(each, to)).collect();
    left.sort_unstable();
    left.dedup();
    let count = snapshot.profiles().count();
    if let Some(exit) = refuses(&left, is_agreed, to, &format!("Move {count} profiles to {to}?"))? {
        return Ok(exit);
    }
    let mut moved = 0;
    for profile in snapshot.profiles() {
        let done = until_signal(moves::move_to(services, &profile.id, to))?;
        let is_stopped = done.is_none();
        if ended(done.map(|done| done.map(drop)), profile, &format!("moved to {to}")) == Exit::Done {
            moved += 1;
        }
        if is_stopped {
            break;
        }
    }
    let rest = snapshot.rows.len() - moved;
    let stays = if rest > 0 { format!(" {rest} stay in {from}.") } else { String::new() };
    say(&format!("{moved} moved to {to}.{stays}"));
    Ok(if rest == 0 { Exit::Done } else { Exit::Failure })
}

/// The number to end with, where what is left behind needs a yes and none is there.
fn refuses(left: &[&str], is_agreed: bool, to: StoreId, question: &str) -> Result<Option<Exit>> {
    if left.is_empty() || is_agreed {
        return Ok(None);
    }
    let left = left.join(", ");
    console::say(&format!("{to} has no room for {left}; that is noted on this machine alone."));
    if !console::can_ask() {
        say("there is no terminal to ask on; add --yes.");
        return Ok(Some(Exit::Usage));
    }
    if block_on(async { Prompter::new().agrees(question).await })? {
        return Ok(None);
    }
    say("nothing was changed.");
    Ok(Some(Exit::Failure))
}

fn move_one(services: &Arc<Services>, name: &str, to: StoreId, is_agreed: bool) -> Result<Exit> {
    let (snapshot, profile) = profile_arg::find(services, name)?;
    let id = &profile.id;
    if !is_there_such(services, to) {
        return Ok(Exit::Usage);
    }
    if let Err(trouble) = &snapshot.writable {
        return Ok(exit::trouble(trouble, &id.exact()));
    }
    if id.store == to {
        return Ok(is_there(services, &profile));
    }
    if let Err(trouble) = block_on(passphrase::prepare(services, to))? {
        return Ok(exit::trouble(&trouble, &id.exact()));
    }
    let left = relocation::left_behind(&profile, to);
    if let Some(exit) = refuses(&left, is_agreed, to, &format!("Move {} to {to}?", id.name))? {
        return Ok(exit);
    }
    let moved = until_signal(moves::move_to(services, id, to))?;
    let place = moved.as_ref().and_then(|moved| Some(moved.as_ref().ok()?.to.place.clone()));
    let done = format!("moved to {to} ({})", place.unwrap_or_default());
    Ok(ended(moved.map(|moved| moved.map(drop)), &profile, &done))
}

/// Says that the profile is there already, and where it is too.
fn is_there(services: &Services, profile: &Profile) -> Exit {
    let (name, to) = (&profile.id.name, profile.id.store);
    let others = StoreId::written().filter(|store| *store != to);
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
        Some(Err(trouble)) => exit::trouble(&trouble, &profile.id.exact()),
        None => {
            say(&format!("{name}: stopped before it was done; authtui list shows what is stored."));
            Exit::Failure
        }
    }
}
