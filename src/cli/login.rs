//! Command `login`: a login whose progress is printed, or an API key that is stored.
//!
//! What must be known is answered by the command line or asked of the person, in the order of
//! [`Preflight`]. Then the same [`Login`](crate::oauth::login::Login) as on the screen is driven: its
//! asks are performed, what happened is told to it, and what changed is printed.

mod address;
mod answers;
mod arguments;
mod conversation;
mod flow_options;
mod kept;
mod key;
mod outcome;
mod pastes;
mod progress;

use std::sync::Arc;

use color_eyre::eyre::Result;

pub(super) use crate::cli::login::answers::{cancelled, refused, say_trimmed, unseen};
pub(super) use crate::cli::login::arguments::LoginArgs;
pub(super) use crate::cli::login::key::{not_applied, test_and_store};

use crate::cli::exit::{self, Exit};
use crate::cli::login::address::AddressedLogin;
use crate::cli::login::answers::LoginQuestions;
use crate::cli::login::conversation::{Conversation, ConversationEnd};
use crate::cli::login::kept::KeptFile;
use crate::cli::login::progress::Pasting;
use crate::cli::output::say;
use crate::cli::passphrase::{self, Wanted};
use crate::cli::runtime::block_on;
use crate::cli::take::{self, Offered};
use crate::cli::{profile_arg, store_arg};
use crate::domain::change::Snapshot;
use crate::domain::configured_server::ConfiguredServer;
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::{LoginMethod, Provider};
use crate::domain::text;
use crate::domain::typed_end::typed_end;
use crate::oauth::identity;
use crate::oauth::login::preflight::{Preflight, PreflightGoal};
use crate::oauth::login::{LoginOptions, LoginPlan, WantedAccount};
use crate::oauth::transcript::Transcript;
use crate::shell::login::browser;
use crate::shell::terminal::console::{self, Prompter};
use crate::shell::transcript::TranscriptFile;
use crate::shell::{Services, discovery};

/// The most servers that are named.
const SERVERS_SAID: usize = 20;

pub(super) fn run(services: &Arc<Services>, args: &LoginArgs) -> Result<Exit> {
    if args.profile.is_empty() {
        say_places(services);
        return Ok(Exit::Usage);
    }
    let args = match take::offer(services, &args.profile, args.wants_key())? {
        Offered::LogIn(Some(address)) => &LoginArgs { profile: address.to_string(), ..args.clone() },
        Offered::LogIn(None) => args,
        Offered::Ended(exit) => return Ok(exit),
    };
    Ok(block_on(log_in(services, args))??)
}

/// # Errors
/// The number to end with, once the reason was said.
async fn log_in(services: &Arc<Services>, args: &LoginArgs) -> Result<Exit, Exit> {
    account(args)?;
    if let Some(ends) = args.ends.as_deref().filter(|_| !args.wants_key()) {
        return key::record_end(services, &args.profile, ends).await;
    }
    let transcript = args.transcript.as_deref().map(TranscriptFile::create).transpose();
    let transcript = transcript.map_err(|trouble| exit::trouble(&trouble, &args.profile))?;
    let mut requests = Transcript::default();
    let ended = by_each_way(services, args, &mut requests).await;
    // What an address has behind its path may be a secret.
    let what = args.profile.split(['?', '#']).next().unwrap_or_default();
    if let Some(Err(trouble)) = transcript.map(|file| file.write(what, &requests.lines())) {
        say(&trouble.to_string());
    }
    ended
}

/// Logs in; where the page refuses the client, with the next one.
async fn by_each_way(
    services: &Arc<Services>,
    args: &LoginArgs,
    requests: &mut Transcript,
) -> Result<Exit, Exit> {
    let goal = if args.wants_key() { PreflightGoal::Key } else { PreflightGoal::Login };
    let found = match profile_arg::address(services, &args.profile) {
        Some(address) => {
            let address = address.map_err(|error| refused(error.to_string()))?;
            address::find(services, args, address, requests).await?
        }
        None => AddressedLogin::known(name(args, goal)?),
    };
    let mut end = first(services, args, (goal, found), requests).await?;
    loop {
        match end {
            ConversationEnd::Over(exit) => return Ok(exit),
            ConversationEnd::PageRefused(refused) => {
                end = address::try_next_way(services, args, *refused, requests).await?;
            }
        }
    }
}

async fn first(
    services: &Arc<Services>,
    args: &LoginArgs,
    (goal, found): (PreflightGoal, AddressedLogin),
    requests: &mut Transcript,
) -> Result<ConversationEnd, Exit> {
    let AddressedLogin { name, mut client, kept } = found;
    let mut catalog = services.catalog().await;
    if client.is_none() && goal == PreflightGoal::Login {
        let provider = provider(services, &catalog, &name)?;
        client = address::replace_ended_client(services, args, provider, requests).await?;
        catalog = services.catalog().await;
    }
    let provider = provider(services, &catalog, &name)?;
    let options = options(args, provider).map_err(|why| kept.refused(&why))?;
    let store = store_arg::one(args.store, &args.profile)?;
    let snapshot = kept_in(services, store, &name)?;
    may_be_written(&snapshot, &name)?;
    let prepared = passphrase::prepare(services, snapshot.store).await;
    prepared.map_err(|trouble| exit::trouble(&trouble, &name.exact()))?;
    let mut preflight = Preflight::of(&name, provider, goal, &snapshot).map_err(|why| kept.refused(&why))?;
    if client.is_none() {
        preflight.forget_ended_secret(services.clock.now().wall);
    }
    let mut questions = LoginQuestions::new(preflight, (args, kept), &name, &snapshot)?;
    questions.take_client(client)?;
    questions.ask_to_replace(services.clock.now().wall).await?;
    questions.ask().await?;
    let LoginQuestions { mut preflight, mut prompter, kept, .. } = questions;
    if let Some(ends) = &args.ends {
        let now = services.clock.now();
        preflight.key_ends(typed_end(ends, now).map_err(refused)?, now.wall);
    }
    if goal == PreflightGoal::Key {
        return key::keep(services, &mut preflight, args.yes, &mut prompter).await.map(ConversationEnd::Over);
    }
    let Some(plan) = preflight.plan(&snapshot.place, options) else { return Err(Exit::Failure) };
    Ok(converse(services, args, (plan, prompter, kept), requests).await)
}

/// The store that keeps the profile: the one that was named, else the one that has it, else our own.
pub(super) fn kept_in(
    services: &Services,
    store: Option<StoreId>,
    name: &ProfileName,
) -> Result<Snapshot, Exit> {
    // Where a borrowed login is named, one of that name is made here.
    if let Some(store) = store.filter(|store| *store != StoreId::Borrowed) {
        let why = format!("there is no {store} store here, or it is the one that --config names");
        return services
            .has_store(store)
            .then(|| passphrase::read(services, store, Wanted::Profile(name)))
            .ok_or_else(|| refused(why));
    }
    let own = services.read_now(StoreId::Own);
    if own.is_taken(name) {
        return Ok(own);
    }
    let others = StoreId::written().filter(|store| *store != StoreId::Own);
    let mut others = others.map(|store| passphrase::read(services, store, Wanted::Profile(name)));
    Ok(others.find(|snapshot| snapshot.profile(name).is_some()).unwrap_or(own))
}

/// Drives the login of `plan` to its end, or to the page that refuses its client.
async fn converse(
    services: &Arc<Services>,
    args: &LoginArgs,
    (plan, prompter, kept): (LoginPlan, Prompter, KeptFile),
    requests: &mut Transcript,
) -> ConversationEnd {
    let wanted = account(args).ok().flatten().map_or(plan.wanted, WantedAccount::Named);
    let plan = LoginPlan { walk: requests.clone(), wanted, ..plan };
    let pasting = match (prompter.is_open(), args.paste) {
        (false, _) => Pasting::Impossible,
        (true, true) => Pasting::Wanted,
        (true, false) => Pasting::Possible,
    };
    Conversation::begin(services, plan, (prompter, pasting), kept).finish(requests).await
}

/// The account of `--account`.
///
/// # Errors
/// The number to end with, once it was said that it is empty.
fn account(args: &LoginArgs) -> Result<Option<String>, Exit> {
    let named = |text| identity::typed_account(text).ok_or_else(|| refused("--account is empty".to_owned()));
    args.account.as_deref().map(named).transpose()
}

/// The profile's name. A provider alone means its `default`, or its `key`.
fn name(args: &LoginArgs, goal: PreflightGoal) -> Result<ProfileName, Exit> {
    let (_, text) = StoreId::split(&args.profile);
    if args.name.is_some() || args.new_client {
        return Err(refused("--as and --new-client go with an address, as in https://…".to_owned()));
    }
    match goal {
        PreflightGoal::Key if !text.contains('/') => profile_arg::parse(&format!("{text}/key")),
        PreflightGoal::Key | PreflightGoal::Login | PreflightGoal::Scopes => profile_arg::parse(text),
    }
}

fn options(args: &LoginArgs, provider: &Provider) -> Result<LoginOptions, String> {
    let locality = browser::locality();
    match args.wants_key() {
        true if !provider.flows.contains(&LoginMethod::Key) => {
            Err(flow_options::has_not(provider, "no API keys"))
        }
        true => Ok(LoginOptions::of(provider, locality)),
        false => flow_options::options(args, provider, locality),
    }
}

/// Says where somebody can log in who has not said where.
fn say_places(services: &Services) {
    say("name a provider, or the address of a server: authtui login PROFILE|URL");
    console::say(&known_providers(&services.catalog_now()));
    say_servers(services, "");
}

fn known_providers(catalog: &Catalog) -> String {
    let known: Vec<&str> = catalog.usable().map(|provider| provider.name.as_str()).collect();
    format!("Known are: {}.", known.join(", "))
}

/// Says at which servers one can log in that other programs here use, and whose host has `word` in it.
fn say_servers(services: &Services, word: &str) {
    let servers = discovery::servers_without_login(services);
    let fits = |server: &&ConfiguredServer| {
        server.address.host_str().is_some_and(|host| host.contains(&word.to_lowercase()))
    };
    for server in servers.iter().filter(fits).take(SERVERS_SAID) {
        let place = text::clean(&server.place(), 200);
        console::say(&format!("{place}: authtui login {}", server.address));
    }
}

/// Says how to log in at a server of one's own, which is found by its address.
fn say_address(provider: &Provider, address: &str) {
    if let Some(recipe) = &provider.registration {
        console::say(&recipe.lines().join("\n"));
    }
    say(&format!("{} is found by the address of your own server: authtui login {address}", provider.title));
}

/// Better said now than when the tokens are there and cannot be kept.
pub(super) fn may_be_written(snapshot: &Snapshot, name: &ProfileName) -> Result<(), Exit> {
    if let Err(trouble) = &snapshot.writable {
        return Err(exit::trouble(trouble, &name.exact()));
    }
    let Some(why) = profile_arg::unreadable(snapshot, name) else { return Ok(()) };
    say(&format!(
        "{name} is there and cannot be understood: {why}. Correct {}, or choose another name.",
        snapshot.place
    ));
    Err(Exit::Failure)
}

pub(super) fn provider<'a>(
    services: &Services,
    catalog: &'a Catalog,
    name: &ProfileName,
) -> Result<&'a Provider, Exit> {
    let wanted = name.provider();
    match catalog.get(wanted) {
        Some(provider) if provider.example => {
            if let Some(path) = catalog.entry(wanted).and_then(|entry| entry.path.as_deref()) {
                say(&format!(
                    "{wanted} is marked as an example to copy: take the line `example: true` out of {path}. Nothing was changed."
                ));
                return Err(Exit::Usage);
            }
            if let Some(address) = &provider.address {
                say_address(provider, address);
                return Err(Exit::Usage);
            }
            let folder = crate::shell::store_files::file::shown(&services.paths.providers);
            say(&format!(
                "{wanted} is an example to copy: mkdir -p {folder} && authtui providers show {wanted} > {folder}/NAME.yaml"
            ));
            Err(Exit::Usage)
        }
        Some(provider) => Ok(provider),
        None => {
            let exit = profile_arg::no_provider(catalog, wanted, &known_providers(catalog));
            say_servers(services, wanted);
            Err(exit)
        }
    }
}
