//! Files that authtui reads and writes: stores, settings, provider files, and what lies in the state folder.

use std::path::Path;

use crate::cli::doctor::diagnosis::{Diagnosis, Severity};
use crate::domain::change::{BrokenRow, Row, Snapshot, StoreNotice};
use crate::domain::clock::rfc3339;
use crate::domain::name::StoreId;
use crate::domain::rules::{Rule, Rules};
use crate::domain::store_presence::StorePresence;
use crate::shell::refresh::rescue;
use crate::shell::store_files::file::{may_replace, shown};
use crate::shell::{Services, rules, settings};

/// How many entries of a store are named that cannot be understood.
const BROKEN_LIMIT: usize = 3;

/// What is found out about every file.
pub(super) fn diagnoses(services: &Services, snapshots: &[Snapshot]) -> Vec<Diagnosis> {
    let stores = snapshots.iter().flat_map(|snapshot| store(services, snapshot));
    let rescued = snapshots.iter().filter_map(|snapshot| rescued(services, snapshot));
    stores
        .chain(rescued)
        .chain(settings(services))
        .chain(rules(services, snapshots))
        .chain(providers(services))
        .chain([state(services)])
        .collect()
}

/// What a store is called here.
fn check(store: StoreId) -> &'static str {
    match store {
        StoreId::Own => "own file",
        StoreId::Shared => "shared file",
        StoreId::Hashed => "hashed folder",
        StoreId::Keyring => "keyring",
        StoreId::Environment => "environment",
        StoreId::Borrowed => "other programs",
    }
}

fn store(services: &Services, snapshot: &Snapshot) -> Vec<Diagnosis> {
    let check = check(snapshot.store);
    let mut diagnoses = Vec::new();
    match (&snapshot.writable, snapshot.presence) {
        (_, StorePresence::Locked) => {
            diagnoses.push(Diagnosis::warning(check, "its secrets are locked", "in authtui press U"));
        }
        (Err(trouble), _) if snapshot.store.may_be_written() => {
            diagnoses.push(Diagnosis::of_trouble(check, Severity::Failing, trouble));
        }
        (Ok(()), _) if snapshot.store.may_be_written() => diagnoses.extend(writing(services, snapshot.store)),
        (Ok(()) | Err(_), _) => {}
    }
    diagnoses.extend(snapshot.notices.iter().filter_map(|notice| rights(check, notice)));
    diagnoses.extend(broken(check, snapshot));
    let is_well = diagnoses.is_empty();
    let count = snapshot.profiles().count();
    match (count, snapshot.is_there()) {
        (0, false) if snapshot.store == StoreId::Own && is_well => {
            let path = shown(&services.paths.config);
            diagnoses.push(Diagnosis::ok(check, format!("no profiles yet; the first login makes {path}")));
        }
        (0, false) => {}
        (0, true) if !snapshot.store.may_be_written() => {}
        (count, _) if is_well => {
            let place =
                Some(&*snapshot.place).filter(|place| !place.is_empty() && snapshot.store.may_be_written());
            let place = place.map(|place| format!(" in {place}")).unwrap_or_default();
            diagnoses.push(Diagnosis::ok(check, format!("{}{place}", profiles(count))));
        }
        _ => {}
    }
    diagnoses
}

fn profiles(count: usize) -> String {
    if count == 1 { "1 profile".to_owned() } else { format!("{count} profiles") }
}

/// Why a login could not be saved there, though the file can be read.
fn writing(services: &Services, store: StoreId) -> Option<Diagnosis> {
    let path = services.place(store);
    may_replace(path).err().map(|trouble| Diagnosis::of_trouble(check(store), Severity::Failing, &trouble))
}

/// What other users may do, and how to take it from them.
fn rights(check: &str, notice: &StoreNotice) -> Option<Diagnosis> {
    let next = match notice {
        StoreNotice::Readable(path) => format!("in authtui press F, or run chmod 600 {path}"),
        StoreNotice::SharedFolder(folder) => format!("in authtui press F, or run chmod go-w {folder}"),
        StoreNotice::WasReadable(_) => return None,
        StoreNotice::Told(words) => {
            return Some(Diagnosis { severity: Severity::Warning, ..Diagnosis::ok(check, words) });
        }
    };
    Some(Diagnosis::warning(check, notice.to_string(), next))
}

/// The entries that cannot be understood.
fn broken(check: &str, snapshot: &Snapshot) -> Vec<Diagnosis> {
    let next = match (snapshot.store.may_be_written(), snapshot.store) {
        (true, _) => "in authtui press e on it, and correct it",
        (false, StoreId::Borrowed) => "log in with that program again",
        (false, _) => "set the variable again, or unset it",
    };
    let broken = snapshot.rows.iter().filter_map(|row| match row {
        Row::Broken(broken) => {
            let BrokenRow { name, at, why } = &**broken;
            Some(Diagnosis::failing(check, format!("{name} ({at}): {why}"), next))
        }
        Row::Profile(_) => None,
    });
    let mut broken: Vec<Diagnosis> = broken.collect();
    let more = broken.len().saturating_sub(BROKEN_LIMIT);
    broken.truncate(BROKEN_LIMIT);
    if more > 0 {
        broken.push(Diagnosis::failing(
            check,
            format!("{more} more entries cannot be read"),
            "authtui list shows them",
        ));
    }
    broken
}

/// Tokens that could not be saved where they belong.
fn rescued(services: &Services, snapshot: &Snapshot) -> Option<Diagnosis> {
    let place = rescue::place(&services.paths.state, services.place(snapshot.store));
    let is_there = snapshot.store.may_be_written() && rescue::is_there(&place);
    is_there.then(|| {
        let words = format!("new tokens could not be saved, and wait in {}", shown(&place));
        Diagnosis::warning(check(snapshot.store), words, "to save them, run authtui refresh --all")
    })
}

fn settings(services: &Services) -> Vec<Diagnosis> {
    let path = &services.paths.settings;
    let (read, theme) = settings::read_with_theme(path);
    let faults: Vec<Diagnosis> = [read.err(), theme.and_then(Result::err)]
        .into_iter()
        .flatten()
        .map(|why| Diagnosis::failing("settings", why, "correct it in an editor"))
        .collect();
    if faults.is_empty() { vec![Diagnosis::ok("settings", shown(path))] } else { faults }
}

/// The rules for names, where there are any, and those that name a profile that is not there.
fn rules(services: &Services, snapshots: &[Snapshot]) -> Vec<Diagnosis> {
    let path = &services.paths.rules;
    let rules = match rules::read(path) {
        Ok(Rules(rules)) if rules.is_empty() => return Vec::new(),
        Ok(Rules(rules)) => rules,
        Err(why) => return vec![Diagnosis::failing("rules", why, "correct it in an editor")],
    };
    let is_there = |rule: &&Rule| {
        let stores =
            snapshots.iter().filter(|snapshot| rule.store.is_none_or(|store| store == snapshot.store));
        stores.into_iter().any(|snapshot| snapshot.is_taken(&rule.profile))
    };
    let gone: Vec<Diagnosis> = rules
        .iter()
        .filter(|rule| !is_there(rule))
        .map(|rule| {
            let words = format!(
                "line {} of {} names {}, but there is no such profile",
                rule.line,
                shown(path),
                rule.exact()
            );
            Diagnosis::warning("rules", words, "correct the line, or log in to that profile")
        })
        .collect();
    let count = if rules.len() == 1 { "1 rule".to_owned() } else { format!("{} rules", rules.len()) };
    if gone.is_empty() { vec![Diagnosis::ok("rules", format!("{count} in {}", shown(path)))] } else { gone }
}

fn providers(services: &Services) -> Vec<Diagnosis> {
    let catalog = services.catalog_now();
    let faults: Vec<Diagnosis> = catalog
        .errors
        .iter()
        .map(|error| {
            Diagnosis::failing(
                "provider files",
                error.to_string(),
                "correct that file; authtui providers fields explains each field",
            )
        })
        .collect();
    if !faults.is_empty() {
        return faults;
    }
    let own = catalog.files().count();
    let folder = shown(&services.paths.providers);
    vec![Diagnosis::ok(
        "provider files",
        match own {
            0 => format!("none of your own in {folder}"),
            1 => format!("1 of your own in {folder}"),
            _ => format!("{own} of your own in {folder}"),
        },
    )]
}

/// The state folder: event log, locks, rescued tokens.
fn state(services: &Services) -> Diagnosis {
    let path = services.event_log.path();
    let next = format!("make {} readable and writable for you alone", shown(folder(path)));
    match services.event_log.read() {
        Err(error) => {
            Diagnosis::failing("event log", format!("{} cannot be read: {error}", shown(path)), next)
        }
        Ok(events) => match (may_replace(path), events.last()) {
            (Err(trouble), _) => Diagnosis::of_trouble("event log", Severity::Failing, &trouble),
            (Ok(()), Some(last)) => Diagnosis::ok(
                "event log",
                format!("{} events, the last at {}", events.len(), rfc3339(last.at)),
            ),
            (Ok(()), None) => Diagnosis::ok("event log", "no events yet"),
        },
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
