//! Discovery, driven: what is known is gathered, requests are sent, and the provider file is written.

use std::sync::Arc;

use url::Url;

use crate::domain::configured_server::ConfiguredServer;
use crate::domain::name::StoreId;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::discovered::DiscoveredServer;
use crate::domain::trouble::Trouble;
use crate::oauth::discovery::{Discovery, DiscoveryGoal, DiscoveryPlan, DiscoveryStage, KnownServer};
use crate::shell::{Services, borrowed, settings};

/// The plan for `address`, with all that the person's files say of it.
#[must_use]
pub fn plan(services: &Services, address: Url, goal: DiscoveryGoal) -> DiscoveryPlan {
    let catalog = services.catalog_now();
    // Settings that cannot be read are told of where they are shown.
    let client_metadata = settings::read(&services.paths.settings).ok();
    DiscoveryPlan {
        known: known(services),
        client_metadata: client_metadata.and_then(|settings| settings.client_metadata_url),
        ..DiscoveryPlan::new(address, goal, &catalog)
    }
}

/// The servers that the person's provider files are for, the newest first.
#[must_use]
pub fn known(services: &Services) -> Vec<KnownServer> {
    let snapshot = services.read_now(StoreId::Own);
    KnownServer::all(&services.catalog_now(), &snapshot, services.clock.now().wall)
}

/// The MCP servers that other programs use, by their configurations.
pub async fn configured_servers(services: &Services) -> Vec<ConfiguredServer> {
    let paths = services.paths.clone();
    tokio::task::spawn_blocking(move || borrowed::servers(&paths)).await.unwrap_or_default()
}

/// The MCP servers that other programs use and at which nobody has logged in here, at once and in this thread.
#[must_use]
pub fn servers_without_login(services: &Services) -> Vec<ConfiguredServer> {
    let (servers, own) = (borrowed::servers(&services.paths), services.read_now(StoreId::Own));
    KnownServer::without_login(servers, &services.catalog_now(), &own, services.clock.now().wall)
}

/// Sends the request that `discovery` wants, and tells it the reply.
pub async fn send(services: &Services, discovery: &mut Discovery) {
    let DiscoveryStage::Asking(request) = discovery.stage() else { return };
    let reply = services.http.send(request, services.clock.now()).await;
    discovery.replied(reply, services.clock.now());
}

/// Writes the provider file of `server` and reads all of them again. A file that a discovery wrote under its
/// name is kept beside it.
///
/// # Errors
/// A [`Trouble`] when it cannot be written.
pub async fn keep(services: &Arc<Services>, server: &DiscoveredServer) -> Result<Arc<Catalog>, Trouble> {
    let (name, text) = (server.name.clone(), server.file());
    match services.catalog().await.get(&name).is_some_and(|provider| provider.discovered.is_some()) {
        true => services.replace_provider(name, text).await,
        false => services.add_provider(name, text).await,
    }
}
