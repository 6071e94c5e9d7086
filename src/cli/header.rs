//! Command `header`: the header that carries a valid token, as a line or as the JSON of MCP clients.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::cli::profile_arg::{self, Meant, choice};
use crate::cli::redact;
use crate::cli::refresh::time;
use crate::cli::valid_token::{MIN_TTL, MinTtl, ValidToken, valid};
use crate::domain::change::Snapshot;
use crate::domain::name::StoreId;
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::endpoint;
use crate::oauth::form::{self, Form};
use crate::shell::terminal::console;
use crate::shell::{Services, environment};
use crate::stored::provider_file;

/// How Claude Code tells its helper for headers which server it is about to ask.
const SERVER_VARIABLE: &str = "CLAUDE_CODE_MCP_SERVER_URL";

#[derive(Debug, Args)]
pub(super) struct HeaderArgs {
    /// The profile: provider/name, or one part of it if only one profile fits [default: the
    /// one for the server at $CLAUDE_CODE_MCP_SERVER_URL, with --mcp]
    #[arg(value_name = "PROFILE")]
    pub(super) name: Option<String>,
    /// Print a JSON object for MCP clients: {"Authorization":"Bearer …"}
    #[arg(long)]
    pub(super) mcp: bool,
    /// Refresh the token first if it expires within this time, or within half its lifetime if that is
    /// shorter: 90s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = time, default_value = MIN_TTL)]
    pub(super) min_ttl: Duration,
}

pub(super) fn run(services: &Arc<Services>, args: &HeaderArgs) -> Result<Exit> {
    let found = match &args.name {
        Some(name) => profile_arg::find_here(services, Some(name))?,
        None => for_server(services)?,
    };
    let ValidToken { profile, exit } = valid(services, found, MinTtl::Preferred(args.min_ttl))?;
    let form = if args.mcp || args.name.is_none() { Form::McpHeaders } else { Form::Header };
    // The token of a login travels in one way alone, whatever its file says.
    let provider =
        if profile.kind == Kind::OAuth { None } else { profile_arg::provider(services, &profile)? };
    let Some(header) = form::of(form, &profile, provider.as_ref()) else {
        say(&format!(
            "the token of {} has characters that no token may have. Store it again.",
            profile.id.name
        ));
        return Ok(Exit::Failure);
    };
    console::print_secret(&header)?;
    Ok(exit)
}

/// The profile for the server that an MCP client is about to ask.
fn for_server(services: &Services) -> Result<Arc<Profile>, Exit> {
    let Some(written) = environment::text(SERVER_VARIABLE) else {
        say(&format!("name a profile: ${SERVER_VARIABLE} names no server."));
        return Err(Exit::Usage);
    };
    let address = endpoint::parse(&written).map_err(|error| {
        say(&format!("${SERVER_VARIABLE}: {error}."));
        Exit::Usage
    })?;
    if let Some(choice) = choice::of_address(services, &address)? {
        return profile_arg::find_profile(services, &choice.name)
            .map_err(|exit| Meant::from(choice).explain(services, exit));
    }
    let catalog =
        services.some_providers(|_, text| provider_file::may_have(text, &["resource", "discovered"]));
    let fitting = || {
        let all = catalog.usable();
        all.filter_map(|provider| Some((provider.resource_depth(&address)?, provider.name.as_str())))
    };
    let deepest = fitting().map(|(depth, _)| depth).max();
    let providers: Vec<&str> =
        fitting().filter(|(depth, _)| Some(*depth) == deepest).map(|(_, name)| name).collect();
    let provider = match providers[..] {
        [] => {
            return Err(profile_arg::no_profile_for(services, &address));
        }
        [one] => one.to_owned(),
        _ => the_one_in_use(services, &providers, address.as_str())?,
    };
    let profile = profile_arg::find_profile(services, &provider)?;
    if profile.id.name.provider() != provider {
        // A word may also be the name of a profile elsewhere, whose token must not go to this server.
        let next = format!("authtui login {provider}");
        return Err(profile_arg::no_profile(&services.catalog_now(), &provider, &next));
    }
    Ok(profile)
}

/// Of several providers for one server, the one that has profiles.
fn the_one_in_use(services: &Services, providers: &[&str], address: &str) -> Result<String, Exit> {
    let address = redact::word(None, address);
    let stores = StoreId::ALL.map(|store| services.read_now(store));
    let profiles = || stores.iter().flat_map(Snapshot::profiles).map(|profile| &profile.id.name);
    let has_profiles = |provider: &&&str| profiles().any(|name| name.provider() == **provider);
    let used: Vec<&str> = providers.iter().filter(has_profiles).copied().collect();
    match used[..] {
        [one] => Ok(one.to_owned()),
        [] => {
            say(&format!("there is no login for {address}: authtui login {}", providers.join(" or ")));
            Err(Exit::NotFound)
        }
        _ => {
            let all = profiles().filter(|name| used.contains(&name.provider()));
            let all: Vec<String> = all.map(ToString::to_string).collect();
            say(&format!("{address} may mean {}. Write one of them.", all.join(", ")));
            Err(Exit::NotFound)
        }
    }
}
