//! Check of a provider: the walk of a login at its server, without registering and without logging in.

use std::path::Path;
use std::sync::Arc;

use url::Url;

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::cli::{profile_arg, walk};
use crate::domain::clock::{DateTime, Utc, rfc3339};
use crate::domain::provider::catalog::file_stem;
use crate::domain::provider::discovered::DiscoveredServer;
use crate::domain::provider::{Authorize, Provider, endpoint};
use crate::domain::text;
use crate::oauth::discovery::{Discovered, DiscoveryGoal};
use crate::oauth::transcript::Transcript;
use crate::shell::terminal::console;
use crate::shell::{Services, discovery, providers};
use crate::stored::provider_file;

/// The longest text of a provider file that is printed, in characters.
const TEXT_LIMIT: usize = 200;

/// Checks the provider of that name, the provider file at that path, or the server at that address.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) async fn run(services: &Arc<Services>, target: &str, agreed: bool) -> Result<Exit, Exit> {
    let is_file = Path::new(target).is_file() || [".yaml", ".yml"].iter().any(|end| target.ends_with(end));
    let typed = profile_arg::address(services, target).filter(|_| target.contains("://") || !is_file);
    if let Some(address) = typed {
        let address = address.map_err(|error| {
            say(&format!("{error}."));
            Exit::Usage
        })?;
        let server = found(services, address, agreed).await?;
        let wants_client = server.client.id.is_none() && server.endpoints.registration.is_none();
        let client = if wants_client { " --client-id ID" } else { "" };
        say(&format!("a login there would work: authtui login {}{client}", server.source.from));
        return Ok(Exit::Done);
    }
    let provider = provider(services, target)?;
    let Some(address) = address(&provider) else {
        say(&format!(
            "{}: its file can be read. It names no server that describes itself (issuer, resource), so only a login tells more.",
            provider.name
        ));
        return Ok(Exit::Done);
    };
    let server = found(services, address, agreed).await?;
    let mut faults = differences(&provider, &server);
    faults.extend(ended(&provider, &server.source.from, services.clock.now().wall));
    for fault in &faults {
        say(&text::clean(&format!("{}: {fault}", provider.name), 2 * TEXT_LIMIT));
    }
    if faults.is_empty() {
        say(&format!("{}: its file says what its server says.", provider.name));
    }
    Ok(if faults.is_empty() { Exit::Done } else { Exit::Failure })
}

/// What a login at `address` would find.
async fn found(services: &Arc<Services>, address: Url, agreed: bool) -> Result<DiscoveredServer, Exit> {
    console::say(&format!("Asking {address}; nothing is registered and nobody is logged in"));
    let mut plan = discovery::plan(services, address, DiscoveryGoal::Check);
    plan.agreed = agreed;
    match walk::walk(services, plan, &mut Transcript::default()).await? {
        Discovered::New(server, _) => Ok(*server),
        // A check looks for no provider that is known.
        Discovered::Known(_) => Err(Exit::Failure),
    }
}

fn provider(services: &Services, target: &str) -> Result<Provider, Exit> {
    let catalog = services.catalog_now();
    if let Some(provider) = catalog.get(target) {
        return Ok(provider.clone());
    }
    if !Path::new(target).is_file() {
        return Err(profile_arg::no_provider(&catalog, target, "authtui providers lists them."));
    }
    let text = providers::text(Path::new(target)).map_err(|why| {
        say(&text::clean(&format!("{target}: {why}"), 2 * TEXT_LIMIT));
        Exit::Failure
    })?;
    provider_file::load(file_stem(target), &text).map_err(|error| {
        let line = error.line.map_or_else(String::new, |line| format!(", line {line}"));
        say(&text::clean(&format!("{target}{line}: {}", error.rule), 2 * TEXT_LIMIT));
        Exit::Failure
    })
}

/// The address that can be asked about `provider`.
fn address(provider: &Provider) -> Option<Url> {
    let from = provider.discovered.as_ref().map(|source| source.from.clone());
    let named = provider.resource.first().or(provider.issuer.as_ref());
    from.or_else(|| endpoint::parse(named?).ok())
}

/// Where the file of `provider` and its `server` do not say the same.
fn differences(provider: &Provider, server: &DiscoveredServer) -> Vec<String> {
    let page = match &provider.authorize {
        Some(Authorize::Page { url, .. }) => Some(url.to_string()),
        Some(Authorize::Sent { .. }) | None => None,
    };
    let token = provider.exchange.as_ref().and_then(|request| request.url.texts().next().map(str::to_owned));
    let here = server.endpoints.authorize.as_ref().map(Url::to_string);
    let fields = [
        ("issuer", provider.issuer.clone(), server.issuer.clone()),
        ("resource", provider.resource.first().cloned(), server.resource.clone()),
        ("endpoints.authorize", page, here),
        ("endpoints.token", token, Some(server.endpoints.token.to_string())),
    ];
    let differ = fields.into_iter().filter_map(|(field, file, server)| match (file, server) {
        (Some(file), Some(server)) if file != server => {
            Some(format!("{field} is “{file}” in the file, and its server says “{server}”"))
        }
        (Some(_) | None, _) => None,
    });
    differ.collect()
}

fn ended(provider: &Provider, address: &Url, now: DateTime<Utc>) -> Option<String> {
    let end = provider.client.secret_ends.filter(|end| *end <= now)?;
    Some(format!(
        "the secret of its client ended at {}; register anew: authtui login {address} --new-client",
        rfc3339(end)
    ))
}
