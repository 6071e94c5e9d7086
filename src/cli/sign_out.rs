//! Commands `logout` and `delete`: sign out here; the provider is told only with `--remote`.

mod remote;

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::output::say;
use crate::cli::profile_arg;
use crate::cli::runtime::{block_on, until_signal};
use crate::domain::change::{Change, Extent};
use crate::domain::clock::local;
use crate::domain::name::ProfileName;
use crate::domain::profile::{Kind, Profile};
use crate::domain::residual_validity;
use crate::shell::Services;
use crate::shell::store_files::ApplyError;
use crate::shell::terminal::console;
use crate::shell::terminal::console::Prompter;

#[derive(Debug, Args)]
pub(super) struct SignOutArgs {
    /// The profile: provider/name, or one part of it if only one profile fits
    #[arg(value_name = "PROFILE")]
    name: String,
    /// Sign out at the provider too; nothing is erased here unless that worked
    #[arg(long)]
    remote: bool,
    /// Do not ask first
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(services: &Arc<Services>, args: &SignOutArgs, extent: Extent) -> Result<Exit> {
    let (snapshot, profile) = profile_arg::find(services, &args.name)?;
    let name = &profile.id.name;
    if let (false, Err(trouble)) = (profile.id.store.may_be_written(), &snapshot.writable) {
        return Ok(exit::trouble(trouble, &name.exact()));
    }
    // Before anybody is asked: who offers no way cannot be told.
    if args.remote {
        remote::announce(services, &snapshot, &profile)?;
    }
    let lives_on =
        residual_validity::not_notified(&profile, Some(&snapshot), services.clock.now(), |at, now| {
            local(at, now.offset)
        });
    let lives_on = lives_on.filter(|_| !args.remote);
    // A yes that was given beforehand is one to the name that was written, not to one that was found.
    let is_exact = profile_arg::is_exact(&args.name, name);
    if !(args.yes && is_exact) {
        if !args.remote {
            console::say(&consequence(&profile, extent, lives_on.as_deref()));
        }
        confirm(args, name, extent, is_exact)?;
    }
    if args.remote {
        return remote::run(services, &profile, extent);
    }
    erase(services, &profile, extent, lives_on.as_deref())
}

/// Asks whether to go on.
///
/// # Errors
/// The number to end with where nobody agrees, once that was said.
fn confirm(args: &SignOutArgs, name: &ProfileName, extent: Extent, is_exact: bool) -> Result<()> {
    if !console::can_ask() {
        let next = if is_exact { "add --yes" } else { "write the whole name and add --yes" };
        say(&format!("there is no terminal to ask on; {next}."));
        return Err(Exit::Usage.into());
    }
    let question = match extent {
        Extent::Tokens if args.remote => format!("Sign out of {name} here and at its provider?"),
        Extent::Profile if args.remote => format!("Sign out of {name} at its provider and delete it?"),
        Extent::Tokens => format!("Sign out of {name}?"),
        Extent::Profile => format!("Delete {name}?"),
    };
    if block_on(async { Prompter::new().agrees(&question).await })? {
        return Ok(());
    }
    say("nothing was changed.");
    Err(Exit::Failure.into())
}

/// Erases in the file, and says so.
fn erase(services: &Services, profile: &Profile, extent: Extent, lives_on: Option<&str>) -> Result<Exit> {
    let name = &profile.id.name;
    let edit = extent.edit(services.clock.now().wall);
    let change = Change { name: name.clone(), expects: None, edit };
    Ok(match until_signal(services.apply(profile.id.store, change))? {
        Some(Ok(_)) => {
            let done = match (profile.kind, extent) {
                (Kind::ApiKey | Kind::Environment, _) => "key deleted",
                (Kind::OAuth, Extent::Tokens) => "signed out",
                (Kind::OAuth, Extent::Profile) => "deleted",
            };
            let lives_on =
                lives_on.map_or_else(|| ".".to_owned(), |lives_on| format!(", here only. {lives_on}"));
            say(&format!("{name}: {done}{lives_on}"));
            Exit::Done
        }
        Some(Err(ApplyError::Moved(moved))) => {
            say(&format!("{name}: {moved}."));
            Exit::NotFound
        }
        Some(Err(ApplyError::Trouble(trouble))) => exit::trouble(&trouble, &name.exact()),
        None => {
            say(&format!("{name}: stopped before it was done; authtui list shows what is stored."));
            Exit::Failure
        }
    })
}

/// What will be erased, and what lives on at the provider.
fn consequence(profile: &Profile, extent: Extent, lives_on: Option<&str>) -> String {
    let what = match (profile.kind, extent, lives_on) {
        (_, Extent::Tokens, None) => "It has no tokens.",
        (_, Extent::Profile, None) => "It has no tokens. This will delete the profile from the file.",
        (Kind::ApiKey | Kind::Environment, _, Some(_)) => "This will delete the key from the file.",
        (Kind::OAuth, Extent::Tokens, Some(_)) => {
            "This will erase the tokens from the file; the profile stays."
        }
        (Kind::OAuth, Extent::Profile, Some(_)) => {
            "This will delete the profile and its tokens from the file."
        }
    };
    format!("{}: {what}{}", profile.id.name, lives_on.map(after).unwrap_or_default())
}

/// A sentence behind another.
fn after(sentence: &str) -> String {
    format!(" {sentence}")
}
