//! `authtui login PROVIDER[/NAME]`: the steps of the panel, printed.
//!
//! The same [`Login`](crate::oauth::login::Login) as on the screen: its asks are performed, what happened is told to it, and
//! the steps that changed are printed.

mod conversation;
mod outcome;

use std::io;
use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::login::conversation::Conversation;
use crate::cli::{screen, target};
use crate::domain::change::Snapshot;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Kind;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::{Catalog, stem};
use crate::oauth::login::{Plan, Ways};
use crate::shell::{Hands, console, desktop};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where to log in, and the profile's name: anthropic, or anthropic/work
    profile: String,
    /// Accept the provider's notice without being asked
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(hands: &Arc<Hands>, arguments: Arguments) -> Result<Exit> {
    let name = match target::name(&arguments.profile) {
        Ok(name) => name,
        Err(exit) => return Ok(exit),
    };
    if name.is_reserved() {
        console::say(&format!("authtui: “{}” is kept for API keys; choose another name.", name.name()));
        return Ok(Exit::Usage);
    }
    let runtime = screen::runtime()?;
    let catalog = runtime.block_on(hands.catalog());
    let provider = match provider(hands, &catalog, &name) {
        Ok(provider) => provider,
        Err(exit) => return Ok(exit),
    };
    let snapshot = hands.read_now(StoreId::Own);
    if let Err(trouble) = &snapshot.writable {
        // Better now than when the tokens are there and cannot be kept.
        return Ok(exit::trouble(trouble, &name.to_string()));
    }
    if let Some(why) = target::unreadable(&snapshot, &name) {
        console::say(&format!(
            "authtui: {name} is there and cannot be understood: {why}. Correct {}, or choose another name.",
            snapshot.place
        ));
        return Ok(Exit::Failure);
    }
    if snapshot.profile(&name).is_some_and(|profile| profile.kind == Kind::ApiKey) {
        console::say(&format!("authtui: {name} is an API key; choose another name."));
        return Ok(Exit::Usage);
    }
    match plan(provider, name, &snapshot, arguments.yes)? {
        Ok(plan) => Ok(runtime.block_on(Conversation::begin(hands, plan).finish())),
        Err(exit) => Ok(exit),
    }
}

fn provider<'a>(hands: &Hands, catalog: &'a Catalog, name: &ProfileName) -> Result<&'a Provider, Exit> {
    let wanted = name.provider();
    if let Some(complaint) = catalog.complaints.iter().find(|complaint| stem(&complaint.path) == wanted) {
        console::say(&format!("authtui: not used: {complaint}"));
    }
    match catalog.get(wanted) {
        Some(provider) if provider.example => {
            let folder = crate::shell::file::shown(&hands.paths.providers);
            console::say(&format!(
                "authtui: {wanted} is an example to copy: mkdir -p {folder} && authtui providers show {wanted} > {folder}/NAME.yaml"
            ));
            Err(Exit::Usage)
        }
        Some(provider) => Ok(provider),
        None => {
            let known: Vec<&str> = catalog.usable().map(|provider| provider.name.as_str()).collect();
            console::say(&format!(
                "authtui: there is no provider {wanted}. Known are: {}.",
                known.join(", ")
            ));
            Err(Exit::NotFound)
        }
    }
}

/// Gathers what the login needs, as the wizard of the screen does.
fn plan(
    provider: &Provider,
    name: ProfileName,
    snapshot: &Snapshot,
    yes: bool,
) -> io::Result<Result<Plan, Exit>> {
    if let Some(notice) = &provider.notice {
        console::say(notice);
        if !yes && !console::can_ask() {
            console::say("authtui: nobody can be asked here; add --yes.");
            return Ok(Err(Exit::Usage));
        }
        if !yes && !console::confirm("Go on?")? {
            console::say("authtui: nothing was changed.");
            return Ok(Err(Exit::Failure));
        }
    }
    let known = snapshot.profile(&name).cloned();
    let asked = |what: &str| {
        console::say(&format!("authtui: {} wants {what}, and nobody can be asked here.", provider.title));
        Exit::Usage
    };
    let stored = known.as_ref().and_then(|profile| profile.client_id.clone());
    let client_id = match stored.or_else(|| provider.client.id.clone()) {
        Some(id) => id,
        None if console::can_ask() => console::ask("Client id:")?,
        None => return Ok(Err(asked("a client id"))),
    };
    if client_id.is_empty() {
        console::say("authtui: the provider gave you a client id when you registered there.");
        return Ok(Err(Exit::Usage));
    }
    let stored = known.as_ref().and_then(|profile| profile.client_secret.clone());
    let client_secret = match (provider.client.authentication.has_secret(), stored) {
        (false, secret) => secret,
        (true, Some(secret)) => Some(secret),
        (true, None) if console::can_ask() => Some(console::ask_secret("Client secret (not shown):")?),
        (true, None) => return Ok(Err(asked("a client secret"))),
    };
    Ok(Ok(Plan {
        id: ProfileId { store: StoreId::Own, name },
        client_id,
        client_secret,
        scopes: provider.scopes.default.clone(),
        known: known.map(Box::new),
        place: snapshot.place.clone(),
        ways: Ways::of(provider, desktop::seat()),
        provider: Box::new(provider.clone()),
    }))
}
