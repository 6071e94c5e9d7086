//! Address of a server that one logs in to: the provider that is found for it.

use std::sync::Arc;

use url::Url;

use crate::cli::exit::{self, Exit};
use crate::cli::login::answers::{LoginQuestions, refused};
use crate::cli::login::arguments::LoginArgs;
use crate::cli::login::conversation::ConversationEnd;
use crate::cli::login::converse;
use crate::cli::login::kept::KeptFile;
use crate::cli::output::say;
use crate::cli::profile_arg;
use crate::cli::walk;
use crate::domain::name::ProfileName;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::discovered::DiscoveredServer;
use crate::domain::secret::Secret;
use crate::oauth::discovery::{Discovered, DiscoveryGoal, DiscoveryPlan, OwnClient};
use crate::oauth::login::LoginPlan;
use crate::oauth::login::preflight::Preflight;
use crate::oauth::transcript::Transcript;
use crate::shell::terminal::console::{self, Prompter};
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
    requests: &mut Transcript,
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
    match (walk::walk(services, plan, requests).await, at) {
        (Ok(Discovered::Known(provider)), _) => Ok(AddressedLogin::known(profile(&provider)?)),
        (Ok(Discovered::New(server, secret)), _) => {
            let name = profile(&server.name)?;
            if server.client.id.is_none() && !console::can_ask() {
                let who = &server.name;
                let why = format!("{who} wants a client id, and nobody can be asked here; add --client-id");
                return Err(refused(why));
            }
            keep(services, &server).await?;
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

/// Writes the provider file of `server`, and says so.
async fn keep(services: &Arc<Services>, server: &DiscoveredServer) -> Result<Arc<Catalog>, Exit> {
    let catalog =
        discovery::keep(services, server).await.map_err(|trouble| exit::trouble(&trouble, &server.name))?;
    console::say(&format!("  saved as the provider {0} (authtui providers show {0})", server.name));
    Ok(catalog)
}

/// Logs in once more, with a client of the next way: the login page `refused` the client of that plan.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) async fn try_next_way(
    services: &Arc<Services>,
    args: &LoginArgs,
    (refused, prompter): (LoginPlan, Prompter),
    requests: &mut Transcript,
) -> Result<ConversationEnd, Exit> {
    let Some(source) = &refused.provider.discovered else { return Err(Exit::Failure) };
    console::say(&format!("\nTrying the next way to register at {}", source.from));
    let mut plan = discovery::plan(services, source.from.clone(), DiscoveryGoal::NewClient)
        .refusing(&refused.provider.name);
    agree(services, &mut plan, args);
    let Discovered::New(server, secret) = walk::walk(services, plan, requests).await? else {
        return Err(Exit::Failure);
    };
    let catalog = keep(services, &server).await?;
    let provider = catalog.get(&server.name).ok_or(Exit::Failure)?;
    let snapshot = services.read_now(refused.id.store);
    let preflight = Preflight::with_new_client(&refused, provider);
    let name = &refused.id.name;
    let kept = KeptFile::of(services, &server);
    let mut questions = LoginQuestions { preflight, args, name, snapshot: &snapshot, prompter, kept };
    questions.take_client(server.client.id.map(|id| (id, secret)))?;
    questions.ask().await?;
    let LoginQuestions { preflight, prompter, kept, .. } = questions;
    let plan = preflight.plan(&snapshot.place, refused.options).ok_or(Exit::Failure)?;
    Ok(converse(services, args, (plan, prompter, kept), requests).await)
}

/// Registers authtui anew at the server of `provider`, the secret of whose client has ended, where it was
/// registered by a request; gives the new client.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) async fn replace_ended_client(
    services: &Arc<Services>,
    args: &LoginArgs,
    provider: &Provider,
    requests: &mut Transcript,
) -> Result<Option<(String, Option<Secret>)>, Exit> {
    let client = &provider.client;
    let end = client.secret_ends.filter(|end| *end <= services.clock.now().wall);
    let end = end.filter(|_| client.authentication.has_secret() && client.registered.is_some());
    let is_said = args.client_id.is_some() || args.secret_source().is_some();
    let registers = provider.registration_endpoint.is_some() && !is_said;
    let (Some(end), Some(source)) = (end, provider.discovered.as_ref().filter(|_| registers)) else {
        return Ok(None);
    };
    console::say(&format!("The client secret expired on {}. Registering authtui anew", end.date_naive()));
    let mut plan = discovery::plan(services, source.from.clone(), DiscoveryGoal::NewClient);
    agree(services, &mut plan, args);
    match walk::walk(services, plan, requests).await? {
        Discovered::New(server, secret) if server.name == provider.name => {
            keep(services, &server).await?;
            Ok(server.client.id.map(|id| (id, secret)))
        }
        // The server is no longer what the file says: the person decides.
        Discovered::New(..) | Discovered::Known(_) => Ok(None),
    }
}

/// Takes the yes of the command line to whatever addresses the server names.
fn agree(services: &Services, plan: &mut DiscoveryPlan, args: &LoginArgs) {
    plan.agreed = args.yes;
    if args.yes {
        services.http.let_names_be_private();
    }
}

fn plan(services: &Services, args: &LoginArgs, address: Url) -> DiscoveryPlan {
    let goal = if args.new_client { DiscoveryGoal::NewClient } else { DiscoveryGoal::Login };
    let mut plan = discovery::plan(services, address, goal);
    agree(services, &mut plan, args);
    let has_secret = args.secret_source().is_some();
    plan.client = args.client_id.clone().map(|id| OwnClient { id, has_secret });
    plan.name =
        args.name.as_deref().and_then(|name| name.split_once('/')).map(|(provider, _)| provider.to_owned());
    match args.port {
        Some(port) => plan.with_port(port),
        None => plan,
    }
}
