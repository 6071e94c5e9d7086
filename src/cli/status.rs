//! Command `status`: all profiles in one short line, for status bars. It reads a small file, and the stores only
//! where that does not know them as they are.

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;
use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::output::{JSON_VERSION, need_you, print_json, say};
use crate::domain::clock::{at_seconds, rfc3339};
use crate::domain::name::StoreId;
use crate::shell::Services;
use crate::shell::paths::Paths;
use crate::shell::status::{StatusCache, shown_settings};
use crate::shell::terminal::console;
use crate::stored::status_file::StatusSummary;

#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Print JSON: {"version":1,"need_you":…,"next":…}
    #[arg(long)]
    json: bool,
}

/// What scripts read.
#[derive(Serialize)]
struct StatusJson<'a> {
    version: u32,
    need_you: usize,
    next: Option<NextJson<'a>>,
}

#[derive(Serialize)]
struct NextJson<'a> {
    profile: &'a str,
    ends_at: Option<String>,
    seconds_left: i64,
}

/// Answers `authtui status` by the small file alone; none where that does not know, or something else is asked.
pub(super) fn answer() -> Option<Result<Exit>> {
    let mut words = std::env::args_os().skip(1);
    if words.next()? != "status" {
        return None;
    }
    let is_json = match (words.next(), words.next()) {
        (None, _) => false,
        (Some(option), None) if option == "--json" => true,
        (Some(_), _) => return None,
    };
    let paths = Paths::of_user(None).ok().filter(|paths| paths.missing().is_none())?;
    let summary = StatusCache::open(&paths).summary()?;
    Some(print(&summary, is_json))
}

pub(super) fn run(services: &Arc<Services>, args: &StatusArgs) -> Result<Exit> {
    let cache = StatusCache::open(&services.paths);
    if let Some(summary) = cache.summary() {
        return print(&summary, args.json);
    }
    // Whoever looks at a status bar answers no keyring.
    let stores = [StoreId::Own, StoreId::Shared, StoreId::Hashed].map(|store| services.read_now(store));
    let unread = stores.iter().filter(|snapshot| snapshot.rows.is_empty());
    let unread: Vec<_> = unread.filter_map(|snapshot| snapshot.writable.as_ref().err()).collect();
    unread.iter().for_each(|trouble| say(&trouble.to_string()));
    if !unread.is_empty() {
        return Ok(Exit::Failure);
    }
    let catalog = services.providers_of(&stores);
    let settings = shown_settings(&services.paths);
    print(&cache.write(&stores, &catalog, &settings, services.clock.now()), args.json)
}

fn print(summary: &StatusSummary, is_json: bool) -> Result<Exit> {
    if is_json {
        let next = summary.next.as_ref().map(|(end, profile)| NextJson {
            profile,
            ends_at: at_seconds(*end).map(rfc3339),
            seconds_left: end - summary.at,
        });
        print_json(&StatusJson { version: JSON_VERSION, need_you: summary.need_you, next })?;
    } else {
        console::print(&format!("{}\n", line(summary)))?;
    }
    Ok(Exit::Done)
}

fn line(summary: &StatusSummary) -> String {
    let count = Some(summary.need_you).filter(|count| *count > 0).map(need_you);
    let next = summary.next.as_ref().map(|(end, name)| format!("next {name} {}", left(end - summary.at)));
    let parts: Vec<String> = count.into_iter().chain(next).collect();
    if parts.is_empty() { "ok".to_owned() } else { parts.join(" · ") }
}

/// What is left, in its largest unit: a bar is drawn anew now and then, and has little room.
fn left(seconds: i64) -> String {
    match seconds {
        ..60 => "<1m".to_owned(),
        60..3600 => format!("{}m", seconds / 60),
        _ => format!("{}h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_as_short_as_what_there_is_to_say() {
        for (need_you, end, said) in [
            (0, None, "ok"),
            (0, Some(59), "next demo/ben <1m"),
            (1, None, "1 needs you"),
            (3, Some(12 * 60), "3 need you · next demo/ben 12m"),
            (3, Some(2 * 3600 + 5), "3 need you · next demo/ben 2h"),
        ] {
            let next = end.map(|end| (1000 + end, "demo/ben".to_owned()));
            assert_eq!(line(&StatusSummary { at: 1000, need_you, next }), said);
        }
    }
}
