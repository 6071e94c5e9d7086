//! Command `add`: a token or a key that somebody has already.

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::Exit;
use crate::cli::login::{self, refused};
use crate::cli::runtime::block_on;
use crate::cli::{exit, passphrase, profile_arg, store_arg};
use crate::domain::change::{Change, Edit, Snapshot};
use crate::domain::clock::{DateTime, Now, Utc, local};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::{LoginMethod, Provider};
use crate::domain::secret::Secret;
use crate::domain::tokens::{Expiry, StoredTokens, Tokens};
use crate::domain::typed_end::typed_end;
use crate::oauth::identity;
use crate::oauth::login::preflight::{Preflight, PreflightGoal};
use crate::shell::Services;
use crate::shell::terminal::console::{self, Prompter};

#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// A name for the profile: gitlab/ci. At a provider that has keys alone, and where it is called key, it
    /// is stored as an API key
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// Read the token or key from the first line of standard input; on a terminal, prompts without echo
    #[arg(long, required = true)]
    token_stdin: bool,
    /// Store it as an API key, and not as a token
    #[arg(long)]
    key: bool,
    /// When it ends: 2027-01-31, 2027-01-31T12:00:00Z, 90d, 12h or never [default: what a JWT says of itself]
    #[arg(long, value_name = "DATE")]
    ends: Option<String>,
    /// Where it is kept: own, shared, hashed or keyring [default: own]
    #[arg(long, value_name = "STORE", value_parser = store_arg::written)]
    store: Option<StoreId>,
    /// Replace what a profile of that name holds
    #[arg(long)]
    replace: bool,
    /// Save it even if the provider refuses it
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(services: &Arc<Services>, args: &AddArgs) -> Result<Exit> {
    Ok(block_on(add(services, args))??)
}

/// # Errors
/// The number to end with, once the reason was said.
async fn add(services: &Arc<Services>, args: &AddArgs) -> Result<Exit, Exit> {
    let now = services.clock.now();
    let typed = args.ends.as_deref().map(|text| typed_end(text, now)).transpose().map_err(refused)?;
    let store = store_arg::one(args.store, &args.profile)?;
    if let Some(store) = store.filter(|store| !store.may_be_written()) {
        return Err(refused(format!("nothing is stored in {store}: authtui only reads it")));
    }
    let text = StoreId::split(&args.profile).1;
    let name = match (args.key, text.contains('/')) {
        (true, false) => profile_arg::parse(&format!("{text}/key"))?,
        (_, _) => profile_arg::parse(text)?,
    };
    let catalog = services.catalog().await;
    let provider = login::provider(services, &catalog, &name)?;
    let snapshot = login::kept_in(services, store, &name)?;
    login::may_be_written(&snapshot, &name)?;
    let prepared = passphrase::prepare(services, snapshot.store).await;
    prepared.map_err(|trouble| exit::trouble(&trouble, &name.exact()))?;
    let kind = kind(args, provider, &name);
    let goal = if kind == Kind::ApiKey { PreflightGoal::Key } else { PreflightGoal::Login };
    Preflight::of(&name, provider, goal, &snapshot).map_err(refused)?;
    let before = may_be_replaced(args, &snapshot, &name)?;
    let (token, mut prompter) = token(kind).await?;
    let end = match typed {
        Some(end) => end,
        None => own_end(&token, now)?,
    };
    let id = ProfileId { store: snapshot.store, name: name.clone() };
    let expects = before.and_then(|before| before.held.fingerprint());
    let profile = Profile {
        held: StoredTokens::Present(Tokens { access: token, refresh: None }),
        life: Expiry { obtained_at: Some(now.wall), expires_at: end, grant_ends_at: None },
        ..kept(before, id, kind)
    };
    let profile = Box::new(profile.with_login(|login| login.origins = provider.origins()));
    let edit = if before.is_some() { Edit::Put(profile) } else { Edit::Add(profile) };
    let change = (Change { name, expects, edit }, word(kind));
    let stored = login::test_and_store(services, provider, change, args.yes, &mut prompter).await?;
    stored.ok_or_else(|| refused(format!("the {} is not saved", word(kind))))
}

/// What of the profile that is replaced is not said of its token.
fn kept(before: Option<&Profile>, id: ProfileId, kind: Kind) -> Profile {
    let new = Profile::new(id, kind);
    let Some(before) = before else { return new };
    Profile {
        account: before.account.clone(),
        account_from: before.account_from,
        auto_refresh: before.auto_refresh,
        note: before.note.clone(),
        ..new
    }
}

fn kind(args: &AddArgs, provider: &Provider, name: &ProfileName) -> Kind {
    let has_login = provider.flows.iter().any(|flow| *flow != LoginMethod::Key);
    if args.key || name.is_reserved() || !has_login { Kind::ApiKey } else { Kind::OAuth }
}

fn word(kind: Kind) -> &'static str {
    if kind == Kind::ApiKey { "key" } else { "token" }
}

/// The profile of that name, where there is one and it may be replaced.
fn may_be_replaced<'a>(
    args: &AddArgs,
    snapshot: &'a Snapshot,
    name: &ProfileName,
) -> Result<Option<&'a Profile>, Exit> {
    let Some(before) = snapshot.profile(name) else { return Ok(None) };
    if before.held.tokens().is_some() && !args.replace {
        return Err(refused(format!("{name} is there already; add --replace, or choose another name")));
    }
    Ok(Some(before))
}

/// The token or key, from whoever is at standard input.
async fn token(kind: Kind) -> Result<(Secret, Prompter), Exit> {
    let what = if kind == Kind::ApiKey { "API key" } else { "Token" };
    let (read, prompter) = if console::input_is_terminal() {
        let mut prompter = Prompter::new();
        let read = login::unseen(&mut prompter, what).await;
        (read.ok_or_else(login::cancelled)?, prompter)
    } else {
        (console::secret_from_first_line().map_err(refused)?, Prompter::nobody())
    };
    let (token, ends) = read.trimmed();
    if token.is_empty() {
        return Err(refused(format!("there is no {} on the first line of standard input", word(kind))));
    }
    if !token.is_bearer() {
        let why = "has only visible ASCII characters: no spaces, line ends or accents";
        return Err(refused(format!("a {} {why}", word(kind))));
    }
    login::say_trimmed(ends);
    Ok((token, prompter))
}

/// The end that a JWT says of itself, which nothing checks.
fn own_end(token: &Secret, now: Now) -> Result<Option<DateTime<Utc>>, Exit> {
    match identity::token_end(token) {
        Some(end) if end <= now.wall => {
            Err(refused(format!("this token says of itself that it expired on {}", local(end, now.offset))))
        }
        end => Ok(end),
    }
}
