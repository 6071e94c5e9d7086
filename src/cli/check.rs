//! Command `check`: whether any profile needs somebody, for cron. It never refreshes anything.

mod answers;
mod finding;

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::check::answers::Answers;
use crate::cli::check::finding::{CheckFinding, CheckReport};
use crate::cli::exit::Exit;
use crate::cli::output::{self, JSON_VERSION, say};
use crate::cli::passphrase::{self, Wanted};
use crate::cli::profile_arg;
use crate::cli::refresh::time;
use crate::domain::change::{Row, Snapshot};
use crate::domain::clock::span;
use crate::domain::name::{ProfileId, StoreId};
use crate::shell::Services;
use crate::shell::status::{StatusCache, shown_settings};
use crate::shell::terminal::console;
use crate::tui::model::{AutoRefreshMode, Model};
use crate::tui::standing;

/// What its numbers mean, as its help shows them.
const EXIT_CODES: &str = "\
Exit codes: 0 nothing needs you, 3 a login or key is needed, 1 something else is,
4 only temporary failures, 5 not found. check refreshes nothing.";

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct CheckArgs {
    /// The profiles: provider/name, or one part of it if only one profile fits [default: all that are stored]
    #[arg(value_name = "PROFILE")]
    names: Vec<String>,
    /// Also name what expires within this time and cannot be refreshed: 12h, 7d
    #[arg(long, value_name = "TIME", value_parser = time)]
    within: Option<Duration>,
    /// Also ask each provider, by one request, whether it accepts the token
    #[arg(long)]
    ask: bool,
    /// How many tokens to ask about at once
    #[arg(long, default_value_t = 4, requires = "ask", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Print JSON: {"version":1,"checked":…,"profiles":[…]}
    #[arg(long)]
    json: bool,
}

pub(super) fn run(services: &Arc<Services>, args: &CheckArgs) -> Result<Exit> {
    let named = args.names.iter().map(|name| profile_arg::find(services, name).map(|(_, found)| found.id));
    let named = named.collect::<Result<Vec<ProfileId>, Exit>>()?;
    let is_looked_at = |store: &StoreId| match named.as_slice() {
        [] => store.may_be_written(),
        named => named.iter().any(|id| id.store == *store),
    };
    let cache = StatusCache::open(&services.paths);
    let stores = StoreId::ALL.into_iter().filter(is_looked_at);
    let stores: Vec<Snapshot> = stores.map(|store| passphrase::read(services, store, Wanted::All)).collect();
    let faults = stores.iter().filter(|snapshot| snapshot.store.may_be_written());
    let faults: Vec<_> = faults.filter_map(|snapshot| snapshot.writable.as_ref().err()).collect();
    faults.iter().for_each(|trouble| say(&trouble.to_string()));
    let is_faulty = !faults.is_empty();
    let (catalog, settings) = (services.catalog_now(), shown_settings(&services.paths));
    if named.is_empty() {
        cache.keep(&stores, &catalog, &settings, services.clock.now());
    }
    let model = standing::model(stores, &catalog, settings);
    // What failed for now may be tried again by the next command, whoever runs that.
    let model = Model { auto_refresh: AutoRefreshMode::On, ..model };
    let rows: Vec<(StoreId, &Row)> = rows(&model).filter(|(_, row)| is_meant(&named, row)).collect();
    let answers = if args.ask {
        answers::of(services, &model, &rows, usize::from(args.jobs))?
    } else {
        Answers::default()
    };
    let now = services.clock.now();
    let within = args.within.map(span);
    let findings =
        rows.iter().filter_map(|(store, row)| CheckFinding::of(&model, (*store, row), within, &answers, now));
    let report = CheckReport { version: JSON_VERSION, checked: rows.len(), profiles: findings.collect() };
    if args.json {
        output::print_json(&report)?;
    } else {
        console::print(&report.text(console::columns()))?;
    }
    Ok(report.exit(is_faulty))
}

fn rows(model: &Model) -> impl Iterator<Item = (StoreId, &Row)> {
    model.stores.iter().flat_map(|(store, snapshot)| snapshot.rows.iter().map(|row| (*store, row)))
}

/// Whether a row is one of those that were `named`; all are where none was.
fn is_meant(named: &[ProfileId], row: &Row) -> bool {
    match row {
        Row::Profile(profile) => named.is_empty() || named.contains(&profile.id),
        Row::Broken(_) => named.is_empty(),
    }
}
