//! Address of a server that one logs in to: the provider that is found for it.

use std::sync::Arc;

use url::Url;

use crate::cli::exit::{self, Exit};
use crate::cli::login::answers::refused;
use crate::cli::login::arguments::LoginArgs;
use crate::cli::login::kept::KeptFile;
use crate::cli::output::say;
use crate::cli::profile_arg;
use crate::cli::walk;
use crate::domain::name::ProfileName;
use crate::domain::secret::Secret;
use crate::oauth::discovery::{Discovered, DiscoveryGoal, DiscoveryPlan, OwnClient};
use crate::shell::terminal::console;
use crate::shell::{Services, discovery};

/// What a login at an address is for.
pub(super) struct AddressedLogin {
    pub(super) name: ProfileName,
    /// The client that was registered for it or is known, and its secret.
    pub(super) client: Option<(String, Option<Secret>)>,
    pub(super) kept: KeptFile,
}

impl AddressedLogin {
    /// A login to what is known already: nothing was written for it.
    pub(super) fn known(name: ProfileName) -> Self {
        Self { name, client: None, kept: KeptFile::default() }
    }
}

/// Finds the provider of `address`, and writes its file where there is none.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) async fn find(
    services: &Arc<Services>,
    args: &LoginArgs,
    address: Url,
) -> Result<AddressedLogin, Exit> {
    if args.wants_key() {
        return Err(refused(
            "an API key is stored under a provider's name, and not under an address".to_owned(),
        ));
    }
    if let Some(named) = &args.name {
        // Before anything is registered for it.
        profile_arg::parse(&if named.contains('/') { named.clone() } else { format!("server/{named}") })?;
    }
    let plan = plan(services, args, address);
    let named = args.name.as_deref().map(|name| name.split_once('/').map_or(name, |(_, name)| name));
    let profile = |provider: &str| profile_arg::parse(&format!("{provider}/{}", named.unwrap_or("default")));
    console::say(&format!("Finding out how to log in to {}", plan.address));
    let at = plan.known.iter().find(|known| known.is_at(&plan.address)).map(|known| known.provider.clone());
    match (walk::walk(services, plan).await, at) {
        (Ok(Discovered::Known(provider)), _) => Ok(AddressedLogin::known(profile(&provider)?)),
        (Ok(Discovered::New(server, secret)), _) => {
            let name = profile(&server.name)?;
            if server.client.id.is_none() && !console::can_ask() {
                let who = &server.name;
                let why = format!("{who} wants a client id, and nobody can be asked here; add --client-id");
                return Err(refused(why));
            }
            discovery::keep(services, &server)
                .await
                .map_err(|trouble| exit::trouble(&trouble, &name.exact()))?;
            console::say(&format!("  saved as the provider {0} (authtui providers show {0})", server.name));
            let kept = KeptFile::of(services, &server);
            Ok(AddressedLogin { name, client: server.client.id.map(|id| (id, secret)), kept })
        }
        // What cannot be asked now was asked before.
        (Err(Exit::Temporary), Some(provider)) if !args.new_client => {
            say(&format!("going on with what the provider {provider} says."));
            Ok(AddressedLogin::known(profile(&provider)?))
        }
        (Err(exit), _) => Err(exit),
    }
}

fn plan(services: &Services, args: &LoginArgs, address: Url) -> DiscoveryPlan {
    let goal = if args.new_client { DiscoveryGoal::NewClient } else { DiscoveryGoal::Login };
    let mut plan = discovery::plan(services, address, goal);
    plan.agreed = args.yes;
    let has_secret = args.secret_source().is_some();
    plan.client = args.client_id.clone().map(|id| OwnClient { id, has_secret });
    plan.name =
        args.name.as_deref().and_then(|name| name.split_once('/')).map(|(provider, _)| provider.to_owned());
    match args.port {
        Some(port) => plan.with_port(port),
        None => plan,
    }
}
