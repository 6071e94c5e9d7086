//! Machine around authtui: its clock, ports, browser, clipboard and keyring.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::doctor::diagnosis::{Diagnosis, Severity};
use crate::domain::change::Snapshot;
use crate::domain::clock::{TimeDelta, rfc3339};
use crate::domain::name::StoreId;
use crate::domain::provider::{PortRule, Provider, Redirect};
use crate::domain::store_presence::Prompting;
use crate::shell::Services;
use crate::shell::login::{browser, port_holder};
use crate::shell::terminal::clipboard::ClipboardKind;
use crate::tui::refresh_notes;

/// How far the event log may be ahead of the clock.
const SKEW_LIMIT: TimeDelta = TimeDelta::minutes(1);

/// What is found out about the machine. It asks the keyring whether it answers, and no person and no server anything.
pub(super) async fn diagnoses(services: &Services, snapshots: &[Snapshot]) -> Vec<Diagnosis> {
    let mut diagnoses = vec![clock(services, snapshots)];
    diagnoses.extend(ports(services, snapshots));
    diagnoses.push(browser());
    diagnoses.push(clipboard());
    diagnoses.extend(keyring(services, snapshots).await);
    diagnoses
}

/// A clock that is behind says that tokens live which have expired. Events to come show that, and the answers of
/// servers.
fn clock(services: &Services, snapshots: &[Snapshot]) -> Diagnosis {
    let now = services.clock.now();
    let events = services.event_log.read().unwrap_or_default();
    if let Some(newest) = events.iter().map(|event| event.at).max().filter(|at| *at - now.wall > SKEW_LIMIT) {
        let (now, newest) = (rfc3339(now.wall), rfc3339(newest));
        let words = format!("it is {now} here, but the event log has an event of {newest}");
        return Diagnosis::warning("clock", words, "set the clock");
    }
    match snapshots.iter().flat_map(Snapshot::profiles).find_map(|one| refresh_notes::clock(one, now)) {
        Some(words) => Diagnosis::warning("clock", words.trim_end_matches('.'), "compare both clocks"),
        None => Diagnosis::ok("clock", rfc3339(now.wall)),
    }
}

/// The ports that logins listen on: of the providers that somebody has, and where there are none the usual one.
fn ports(services: &Services, snapshots: &[Snapshot]) -> Vec<Diagnosis> {
    let catalog = services.catalog_now();
    let used = snapshots.iter().flat_map(Snapshot::profiles).map(|profile| profile.id.name.provider());
    let used: BTreeSet<&str> = used.collect();
    let mut providers: Vec<&Provider> = used.into_iter().filter_map(|name| catalog.get(name)).collect();
    if providers.is_empty() {
        providers.extend(catalog.template());
    }
    // Of those that share a port, the one that takes no other is told.
    let mut by_port: BTreeMap<u16, &Redirect> = BTreeMap::new();
    for redirect in providers.into_iter().map(|provider| &provider.redirect).filter(|one| one.port != 0) {
        let known = by_port.entry(redirect.port).or_insert(redirect);
        if redirect.rule == PortRule::Fixed {
            *known = redirect;
        }
    }
    by_port.into_values().map(port).collect()
}

fn port(redirect: &Redirect) -> Diagnosis {
    let port = redirect.port;
    let check = format!("port {port}");
    if port_holder::is_free(port) {
        return Diagnosis::ok(&check, "free");
    }
    let holder = port_holder::name(port).unwrap_or_else(|| "another program".to_owned());
    if redirect.ports().into_iter().any(|other| other != port && port_holder::is_free(other)) {
        return Diagnosis::ok(&check, format!("{holder} uses it; a login takes another port"));
    }
    let words = format!("{holder} uses it, but a login waits there for the browser");
    Diagnosis::warning(&check, words, "end that program before you log in, or log in with --paste")
}

fn browser() -> Diagnosis {
    match browser::program() {
        Ok(program) => Diagnosis::ok("browser", program),
        Err(trouble) => {
            let next = "open the address of a login on another machine, or log in with --device";
            Diagnosis::warning("browser", trouble.why, next)
        }
    }
}

fn clipboard() -> Diagnosis {
    match ClipboardKind::of_this_machine() {
        ClipboardKind::Desktop => Diagnosis::ok("clipboard", "of the desktop"),
        ClipboardKind::Terminal => {
            Diagnosis::ok("clipboard", "through the terminal (OSC 52), if it allows that")
        }
    }
}

/// Whether the keyring answers; that it does not is a warning where something lies in it.
async fn keyring(services: &Services, snapshots: &[Snapshot]) -> Option<Diagnosis> {
    if !services.has_store(StoreId::Keyring) {
        return Some(Diagnosis::ok("keyring", "not used here"));
    }
    let is_used = snapshots.iter().any(|one| one.store == StoreId::Keyring && one.is_there());
    match services.probe(StoreId::Keyring, Prompting::Never).await {
        // What is in it has been told already.
        Ok(()) if is_used => None,
        Ok(()) => Some(Diagnosis::ok("keyring", "it answers; authtui keeps nothing in it")),
        Err(trouble) if is_used => Some(Diagnosis::of_trouble("keyring", Severity::Failing, &trouble)),
        Err(trouble) => Some(Diagnosis::ok(
            "keyring",
            format!("no keyring answers ({}), and none is needed", trouble.why),
        )),
    }
}
