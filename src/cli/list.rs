//! Command `list`: every profile and how it stands.

mod json;
mod on_terminal;
mod reason;

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;
use unicode_width::UnicodeWidthStr;

use crate::cli::exit::Exit;
use crate::cli::list::on_terminal::TerminalList;
use crate::cli::output::{folded, say, say_problems, terminal_output};
use crate::cli::passphrase::{self, Wanted};
use crate::cli::store_arg;
use crate::domain::change::{BrokenRow, Row, Snapshot, Where};
use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::countdown::countdown;
use crate::domain::health::{Activity, Health};
use crate::domain::name::StoreId;
use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::residual_validity::Validity;
use crate::domain::text;
use crate::shell::refresh::grant_lock;
use crate::shell::status::{StatusCache, shown_settings};
use crate::shell::terminal::console;
use crate::shell::{Services, settings};
use crate::tui::store_overlap::StoreOverlap;
use crate::tui::theme::Shape;

/// The widest column, in characters.
const COLUMN_LIMIT: usize = 40;
/// Columns before a line that goes on with a reason.
const INDENT: u16 = 3;

#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Print JSON: {"version":1,"profiles":[…],"stores":[…]}
    #[arg(long)]
    pub(super) json: bool,
    /// Only the profiles of this store: own, shared, hashed, keyring, environment or borrowed
    #[arg(long, value_name = "STORE", value_parser = store_arg::any)]
    pub(super) store: Option<StoreId>,
}

pub(super) fn run(services: &Arc<Services>, args: &ListArgs, shape: Shape) -> Result<Exit> {
    let cache = StatusCache::open(&services.paths);
    let wanted = StoreId::ALL.into_iter().filter(|store| args.store.is_none_or(|wanted| wanted == *store));
    let stores: Vec<Snapshot> = wanted.map(|store| passphrase::read(services, store, Wanted::All)).collect();
    let mut unread = false;
    for snapshot in stores.iter().filter(|snapshot| snapshot.store.may_be_written()) {
        say_problems(snapshot);
        // A file that could not be read is a failure, even though the rest was printed.
        unread |= snapshot.writable.is_err() && snapshot.rows.is_empty();
    }
    let now = services.clock.now();
    let is_empty = stores.iter().all(|snapshot| snapshot.rows.is_empty());
    if let Some(store) = args.store.filter(|_| !unread && !args.json && is_empty) {
        say(&format!("no profiles in {store}."));
    } else if !unread && !args.json && is_empty {
        say("no profiles yet. authtui login PROVIDER makes one; authtui providers lists the providers.");
    }
    let catalog = services.providers_of(&stores);
    if args.store.is_none() {
        cache.keep(&stores, &catalog, &shown_settings(&services.paths), now);
    }
    if args.json {
        // What is wrong with the settings is said by the screen.
        let settings = settings::read(&services.paths.settings).unwrap_or_default();
        json::print(&stores, &catalog, &settings, now.wall)?;
    } else if !is_empty {
        match terminal_output(services, shape) {
            Some((output, settings)) => {
                let list = TerminalList::new(stores, &catalog, settings, &output, now);
                list.print()?;
                let reasons = reasons(services, (list.profiles(), &list.model.overlap), &catalog, now);
                explain(list.faults().chain(reasons), output.width);
                list.print_hint()?;
            }
            None => {
                let by_id = stores.iter().map(|snapshot| (snapshot.store, snapshot.clone())).collect();
                let overlap = StoreOverlap::new(&by_id);
                console::print(&table(&stores, &overlap, &catalog, now))?;
                let profiles = stores.iter().flat_map(Snapshot::profiles);
                reasons(services, (profiles, &overlap), &catalog, now).iter().for_each(|reason| say(reason));
            }
        }
    }
    Ok(if unread { Exit::Failure } else { Exit::Done })
}

/// Says `reasons` below the list, broken between words at `width`; a command stays in one piece.
fn explain(reasons: impl Iterator<Item = String>, width: u16) {
    console::say("");
    let mut are_there = false;
    for reason in reasons {
        console::say(&format!(" {}", folded(&reason, width, INDENT)));
        are_there = true;
    }
    if are_there {
        console::say("");
    }
}

/// Of each of `profiles` that is not well why, and what helps.
fn reasons<'a>(
    services: &Services,
    (profiles, overlap): (impl Iterator<Item = &'a Profile>, &StoreOverlap),
    catalog: &Catalog,
    now: Now,
) -> Vec<String> {
    // A log that cannot be read explains nothing; refreshing says so.
    let events = services.event_log.read().unwrap_or_default();
    let asking = grant_lock::in_flight(services, &events);
    let reasons = profiles.filter_map(|profile| {
        let provider = catalog.get(profile.id.name.provider());
        let why = reason::of(profile, provider, &events, &asking, now)?;
        Some(format!("{}: {why}", overlap.name(&profile.id)))
    });
    reasons.collect()
}

fn table(stores: &[Snapshot], overlap: &StoreOverlap, catalog: &Catalog, now: Now) -> String {
    let head = ["PROFILE", "STATE", "TOKEN", "LOGIN", "ACCOUNT"].map(String::from);
    let rows = stores.iter().flat_map(|snapshot| &*snapshot.rows).map(|row| line(row, overlap, catalog, now));
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(rows).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..5).map(|column| width(column).unwrap_or_default()).collect();
    let mut out = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            format!("{cell}{padding}")
        });
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out
}

fn line(row: &Row, overlap: &StoreOverlap, catalog: &Catalog, now: Now) -> [String; 5] {
    match row {
        Row::Profile(profile) => cells(profile, overlap, catalog, now),
        Row::Broken(broken) => {
            let BrokenRow { name, at, why } = &**broken;
            let state = Health::Unreadable.word().to_owned();
            [
                text::distinct(name, COLUMN_LIMIT),
                state,
                String::new(),
                String::new(),
                text::clean(&fault(at, why), 200),
            ]
        }
    }
}

/// Where and what; what comes first where that is long.
fn fault(at: &Where, why: &str) -> String {
    match at {
        Where::Line(_) | Where::File(_) | Where::Variable { .. } | Where::Vault { .. } => {
            format!("{at}: {why}")
        }
        Where::Borrowed { file, .. } => format!("borrowed: {why} ({file})"),
    }
}

fn cells(profile: &Profile, overlap: &StoreOverlap, catalog: &Catalog, now: Now) -> [String; 5] {
    let left = |end: Option<DateTime<Utc>>| match end {
        Some(end) if end > now.wall => countdown(end - now.wall).0,
        Some(_) => "expired".to_owned(),
        None => "-".to_owned(),
    };
    [
        text::clean(&overlap.name(&profile.id), COLUMN_LIMIT),
        health(profile, catalog.get(profile.id.name.provider()), now.wall).word_for(profile).to_owned(),
        left(profile.life.expires_at),
        left(login_end(profile, now.wall)),
        text::distinct(&whose(profile), COLUMN_LIMIT),
    ]
}

/// The account, and the program that keeps a borrowed login.
fn whose(profile: &Profile) -> String {
    let account = profile.account.as_deref();
    match &profile.owner {
        None => account.unwrap_or("-").to_owned(),
        Some(owner) => {
            let account = account.map_or_else(String::new, |account| format!(" · {account}"));
            format!("borrowed: {}{account}", owner.title)
        }
    }
}

fn health(profile: &Profile, provider: Option<&Provider>, now: DateTime<Utc>) -> Health {
    Health::of(profile, Activity::Idle, now).with_provider(|| provider, profile, now)
}

/// The end of the login, unless the provider has ended it already.
fn login_end(profile: &Profile, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let end = profile.life.grant_ends_at?;
    Validity::of_login(profile, now).map_or(Some(end), Validity::end)
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::fixtures::{empty_profile, now};
    use crate::domain::profile::Kind;

    #[test]
    fn names_and_accounts_that_look_the_same_are_told_apart() {
        let mut profile = empty_profile("demo/\u{430}na", Kind::OAuth);
        profile.account = Some("\u{430}na@demo.test".to_owned());
        let [name, .., account] = cells(&profile, &StoreOverlap::default(), &Catalog::default(), now());
        assert_eq!((name.as_str(), account.as_str()), ("demo/<U+0430>na", "<U+0430>na@demo.test"));
    }
}
