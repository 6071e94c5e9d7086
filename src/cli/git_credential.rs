//! Command `git-credential`: the helper that git asks for a password.
//!
//! It answers only for hosts that provider files name, and is quiet about all others, so that git asks its next
//! helper. What a repository wrote is never repeated.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli;
use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::cli::profile_arg;
use crate::cli::valid_token::{MinTtl, ValidToken, valid};
use crate::domain::change::Snapshot;
use crate::domain::name::StoreId;
use crate::domain::profile::Profile;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::git::GitAccess;
use crate::oauth::git_request::GitRequest;
use crate::oauth::helper_answer;
use crate::shell::Services;
use crate::shell::terminal::console;
use crate::stored::provider_file;

/// A token with less time left is refreshed first.
const TIME: Duration = Duration::from_secs(60);

#[derive(Debug, Args)]
pub(super) struct GitCredentialArgs {
    /// Use this profile, if git asks for a host of its provider
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,
    /// What git asks for: get answers; store and erase change nothing, because authtui keeps its own logins
    #[arg(value_name = "ACTION")]
    action: String,
}

pub(super) fn run(services: &Arc<Services>, args: &GitCredentialArgs) -> Result<Exit> {
    // Git wants helpers to ignore what they do not know.
    if args.action != "get" {
        return Ok(Exit::Done);
    }
    if console::input_is_terminal() {
        say(
            "git asks this on standard input. Next: git config --global credential.helper '!authtui git-credential'",
        );
        return Ok(Exit::Usage);
    }
    let Some(request) = console::paragraph_from_input().and_then(|bytes| GitRequest::parse(&bytes)) else {
        return Ok(Exit::Done);
    };
    let catalog = services.some_providers(|_, text| provider_file::may_have(text, &["git"]));
    if !catalog.usable().any(|provider| access(&catalog, &provider.name, &request).is_some()) {
        return Ok(Exit::Done);
    }
    cli::there(&services.paths)?;
    let found = match &args.profile {
        Some(name) => Some(profile_arg::find_here(services, Some(name))?),
        None => the_one_meant(services, &catalog, &request)?,
    };
    let fitting = found.and_then(|profile| {
        let access = access(&catalog, profile.id.name.provider(), &request)?;
        Some((profile, access))
    });
    let Some((profile, access)) = fitting else { return Ok(Exit::Done) };
    let ValidToken { profile, exit } = valid(services, profile, MinTtl::Preferred(TIME))?;
    let username = request.username.as_deref().unwrap_or(&access.username);
    if let Some(answer) = helper_answer::git(&profile, username, services.clock.now().wall) {
        console::print_secret(&answer)?;
    }
    Ok(exit)
}

/// How `provider` opens the host that git asks for.
fn access<'a>(catalog: &'a Catalog, provider: &str, request: &GitRequest) -> Option<&'a GitAccess> {
    let provider = catalog.get(provider).filter(|provider| !provider.example)?;
    provider.git.as_ref().filter(|access| access.serves(&request.protocol, &request.host))
}

/// The one of `found` that a variable or a rule of this folder chooses.
fn chosen(services: &Services, found: &[&Profile]) -> Result<Option<Arc<Profile>>, Exit> {
    let providers: BTreeSet<&str> = found.iter().map(|profile| profile.id.name.provider()).collect();
    for provider in providers {
        let meant = profile_arg::here(services, Some(provider))?;
        if meant.by.is_some() {
            let profile = profile_arg::find_profile(services, &meant.name)
                .map_err(|exit| meant.explain(services, exit))?;
            if found.iter().any(|one| one.id == profile.id) {
                return Ok(Some(profile));
            }
        }
    }
    Ok(None)
}

/// Says why a login may be there that was not found.
fn say_unread(stores: &[Snapshot]) {
    let files = stores.iter().filter(|one| one.store != StoreId::Keyring && one.rows.is_empty());
    files.filter_map(|one| one.writable.as_ref().err()).for_each(|trouble| say(&trouble.to_string()));
}

/// The profile for the host: of the user that the address names, or else the only one, or the default.
fn the_one_meant(
    services: &Services,
    catalog: &Catalog,
    request: &GitRequest,
) -> Result<Option<Arc<Profile>>, Exit> {
    // No program takes what another one keeps; with --profile a person may mean it.
    let stores: Vec<Snapshot> = StoreId::written().map(|store| services.read_now(store)).collect();
    let for_host = |profile: &&Profile| {
        let access = access(catalog, profile.id.name.provider(), request);
        let is_named = |user: &String, access: &GitAccess| {
            *user == access.username
                || profile.account.as_ref() == Some(user)
                || profile.id.name.name() == user
        };
        access.is_some_and(|access| request.username.as_ref().is_none_or(|user| is_named(user, access)))
    };
    let found = || stores.iter().flat_map(Snapshot::profiles).filter(for_host);
    let in_use: Vec<&Profile> = found().filter(|profile| profile.held.tokens().is_some()).collect();
    let found = if in_use.is_empty() { found().collect() } else { in_use };
    if let Some(chosen) = chosen(services, &found)? {
        return Ok(Some(chosen));
    }
    let is_default = |profile: &&Profile| profile.id.name.name() == "default";
    let defaults: Vec<&Profile> = found.iter().copied().filter(is_default).collect();
    let one = match (&found[..], &defaults[..]) {
        ([], _) => {
            say_unread(&stores);
            return Ok(None);
        }
        ([one], _) | (_, [one]) => one,
        _ => {
            let names: Vec<String> = found.iter().map(|profile| profile.id.exact()).collect();
            say(&format!(
                "{} may be for this host. Write the user into the address, or choose one: authtui connect {} \
                 --to git --write",
                names.join(", "),
                names.first().map(String::as_str).unwrap_or_default()
            ));
            return Err(Exit::NotFound);
        }
    };
    profile_arg::find_profile(services, &one.id.exact()).map(Some)
}
