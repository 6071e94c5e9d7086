//! Command `resolve`: which credential a request would carry, and why.
//!
//! A login that comes first and has ended is refreshed, as the program would do, and the answer
//! decides. What is found nowhere, what has ended for good and what fails for now are three
//! different ends.

mod outcome;
mod remedies;
mod report;
mod request;

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::Exit;
use crate::cli::output::{say, say_problems};
use crate::cli::passphrase::{self, Wanted};
use crate::cli::refresh::refresh_and_save;
use crate::cli::resolve::outcome::ResolveOutcome;
use crate::cli::resolve::report::ResolveReport;
use crate::cli::resolve::request::ResolveRequest;
use crate::cli::runtime::finish_posted;
use crate::domain::change::Snapshot;
use crate::domain::name::StoreId;
use crate::domain::profile::Profile;
use crate::domain::resolve::{Resolution, ResolvedCredential, Sources};
use crate::domain::tokens::StoredTokens;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::form::{self, Form};
use crate::oauth::refresh::Refreshed;
use crate::oauth::refresh::Wish;
use crate::shell::terminal::console;
use crate::shell::{Services, environment};

/// What its numbers mean, as its help shows them.
const EXIT_CODES: &str = "\
Exit codes: 0 a credential is there, 1 what comes first cannot be used, 3 needs a login,
4 temporary failure (try again), 5 nothing is there.";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct ResolveArgs {
    /// The provider; provider/name means one login, key or variable of it [default: by $AUTHTUI_PROFILE, else by a rule]
    #[arg(value_name = "PROVIDER")]
    name: Option<String>,
    /// Take this order of the provider's file, not the usual one
    #[arg(long, value_name = "ORDER")]
    order: Option<String>,
    /// Print JSON: {"version":1,"used":…,"chain":[…]}
    #[arg(long, conflicts_with = "header")]
    json: bool,
    /// Print the whole header that a request would carry, and nothing else
    #[arg(long)]
    header: bool,
}

pub(super) fn run(services: &Arc<Services>, args: &ResolveArgs) -> Result<Exit> {
    let catalog = services.catalog_now();
    let request = ResolveRequest::new(services, &catalog, args.name.as_deref(), args.order.as_deref())?;
    // No program takes what another one keeps; a person may mean it.
    let is_looked_at = |store: &StoreId| *store != StoreId::Borrowed || request.wanted.is_some();
    let read = || -> Vec<Snapshot> {
        StoreId::ALL
            .into_iter()
            .filter(is_looked_at)
            .map(|store| passphrase::read(services, store, Wanted::All))
            .collect()
    };
    let mut stores = read();
    stores.iter().filter(|snapshot| snapshot.store.may_be_written()).for_each(say_problems);
    request.check_is_there(&stores, &catalog)?;
    let empty = environment::values(request.provider).into_iter().filter(|(_, value)| value.is_empty());
    let empty: Vec<String> = empty.map(|(name, _)| name).collect();
    let refreshed = match request.ended_login(&stores, &empty, services.clock.now().wall) {
        None => None,
        Some(profile) => {
            let refreshed = refresh_ended(services, &profile)?;
            stores = read();
            Some((profile, refreshed))
        }
    };
    let seen: Vec<&Snapshot> = stores.iter().collect();
    let now = services.clock.now().wall;
    let chain = request.resolve(Sources { stores: &seen, empty: &empty }, now);
    let outcome = ResolveOutcome::passed_by(&request, &chain, now)
        .unwrap_or_else(|| decided(&request, &chain, &stores, refreshed));
    let report = ResolveReport { request: &request, chain: &chain, stores: &stores, outcome: &outcome, now };
    if args.json {
        report.print_json()?;
    } else if args.header {
        report.hints().iter().for_each(|hint| say(&format!("{hint}.")));
        let header = outcome.used.as_ref();
        if let Some(header) = header.and_then(|used| form::of(Form::Header, used, Some(request.provider))) {
            console::print_secret(&header)?;
        }
    } else {
        console::print(&report.text())?;
    }
    if let Some((_, words)) = &outcome.error {
        say(words);
    }
    Ok(outcome.exit)
}

/// The outcome of what the order found, and of the refresh of a login that had ended.
fn decided(
    request: &ResolveRequest<'_>,
    chain: &Resolution<'_>,
    stores: &[Snapshot],
    refreshed: Option<(Profile, Refreshed)>,
) -> ResolveOutcome {
    match (chain.credential(), refreshed) {
        (ResolvedCredential::Use(profile), refreshed) => {
            ResolveOutcome::used(request.provider, profile, refreshed.is_some())
        }
        (_, Some((_, Refreshed::Failed(_, trouble)))) if trouble.kind != FailureKind::NeedsLogin => {
            ResolveOutcome::failed(&trouble)
        }
        (_, Some((ended, Refreshed::Unsaved(new, ..)))) => {
            ResolveOutcome::unsaved(Profile { held: StoredTokens::Present(new.tokens), ..ended })
        }
        (ResolvedCredential::Refresh(profile), Some((_, Refreshed::Done(_) | Refreshed::Enough(_)))) => {
            let what = format!("cannot use {}", profile.id.name);
            let why = "its new token has ended already";
            ResolveOutcome::failed(&Trouble::untouched(what, why, FailureKind::Temporary(None)))
        }
        (ResolvedCredential::Refresh(profile) | ResolvedCredential::LoggedOut(profile), _) => {
            ResolveOutcome::logged_out(profile)
        }
        (ResolvedCredential::Unusable(name), _) => ResolveOutcome::unusable(name, chain),
        (ResolvedCredential::Missing, _) => ResolveOutcome::missing(request, stores),
    }
}

/// Refreshes a login that has ended.
fn refresh_ended(services: &Arc<Services>, profile: &Profile) -> Result<Refreshed> {
    let wish = Wish::Valid { for_at_least: Duration::ZERO };
    let refreshed = finish_posted(services, refresh_and_save(services, &profile.id, wish, None))?;
    Ok(refreshed.unwrap_or_else(|| {
        let what = format!("cannot refresh {}", profile.id.name);
        let why = "ended before the answer came";
        Refreshed::Failed(None, Trouble::untouched(what, why, FailureKind::NothingToDo))
    }))
}
