//! Command `refresh`: new tokens now, for one profile or for many.

mod batch;

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::output::{self, say};
use crate::cli::profile_arg::{self, Meant};
use crate::cli::refresh::batch::Selection;
use crate::cli::runtime::{block_on, refresh_and_wait};
use crate::domain::change::{Change, Edit, RefreshedTokens, Snapshot};
use crate::domain::clock::local;
use crate::domain::countdown::countdown;
use crate::domain::duration;
use crate::domain::event;
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::profile::Profile;
use crate::domain::refreshability::NotRefreshable;
use crate::domain::secret::Fingerprint;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::oauth::refresh::Refreshed;
use crate::oauth::refresh::Wish;
use crate::shell::Services;
use crate::shell::refresh::{save_again, since};
use crate::shell::relocation::keep_in;
use crate::shell::store_files::ApplyError;
use crate::shell::terminal::console;
use crate::shell::terminal::console::Prompter;
use crate::tui::refresh_notes::after_refresh;

#[derive(Debug, Args)]
pub(super) struct RefreshArgs {
    /// The profiles: provider/name, or one part of it if only one profile fits [default: $AUTHTUI_PROFILE, else by a rule]
    #[arg(value_name = "PROFILE", conflicts_with_all = ["all", "due"])]
    names: Vec<String>,
    /// Refresh every profile whose access token ends within this time: 0s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = time, conflicts_with = "all")]
    due: Option<Duration>,
    /// Refresh every profile that can be refreshed
    #[arg(long)]
    all: bool,
    /// How many to ask for at once
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Print JSON: {"version":1,"profiles":[…]}
    #[arg(long)]
    json: bool,
}

pub(super) fn run(services: &Arc<Services>, args: &RefreshArgs) -> Result<Exit> {
    let names = match args.names.as_slice() {
        [] if !args.all && args.due.is_none() => vec![profile_arg::here(services, None)?],
        names => {
            let names = names.iter().map(|name| profile_arg::here(services, Some(name)));
            names.collect::<Result<Vec<Meant>, Exit>>()?
        }
    };
    let selection = match (names.as_slice(), args.due) {
        ([name], _) if !args.json => return one(services, name),
        ([], Some(within)) => Selection::Due(within),
        ([], None) => Selection::All,
        (names, _) => Selection::Named(
            names.iter().map(|name| stored_login(services, name)).collect::<Result<_, Exit>>()?,
        ),
    };
    let report = batch::run(services, &selection, usize::from(args.jobs))?;
    if args.json {
        output::print_json(&report)?;
    }
    Ok(report.exit())
}

/// Reads a length of time as it is written in an option: `90s`, `10m`, `2h`, `7d`.
///
/// # Errors
/// A sentence that says what is understood.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    duration::parse(text).ok_or_else(|| "write a number and one of s, m, h, d, like 10m".to_owned())
}

/// The profile that is meant, in a store that can take new tokens.
fn stored_login(services: &Services, meant: &Meant) -> Result<ProfileId, Exit> {
    let (_, profile) =
        profile_arg::find(services, &meant.name).map_err(|exit| meant.explain(services, exit))?;
    if !profile.id.store.may_be_written() {
        let why = profile.owner.as_ref().map(|owner| NotRefreshable::Borrowed(owner.refreshes()));
        let why = why.unwrap_or(NotRefreshable::EnvironmentVariable);
        say(&format!("cannot refresh {}: {why}.", profile.id.name));
        return Err(Exit::Failure);
    }
    Ok(profile.id)
}

fn one(services: &Arc<Services>, meant: &Meant) -> Result<Exit> {
    let (_, profile) =
        profile_arg::find(services, &meant.name).map_err(|exit| meant.explain(services, exit))?;
    let name = &profile.id.name;
    Ok(match refresh_and_wait(services, &profile.id, Wish::New)? {
        Some(Refreshed::Done(snapshot)) => {
            say_refreshed(services, &profile, &snapshot, "refreshed; the new tokens are saved")
        }
        Some(Refreshed::Enough(snapshot)) => say_refreshed(
            services,
            &profile,
            &snapshot,
            "refreshed by another program meanwhile; its tokens are used",
        ),
        Some(Refreshed::Unsaved(new_tokens, expects, trouble)) => {
            say(&trouble.to_string());
            let is_saved = block_on(save_while_wanted(services, &profile.id, expects, &new_tokens))?;
            if !is_saved && trouble.stored == Stored::NewOnesInMemory {
                say(LOST);
            }
            if is_saved { Exit::Done } else { Exit::Failure }
        }
        Some(Refreshed::Failed(_, trouble)) => exit::trouble(&trouble, &name.exact()),
        None => {
            say(&format!("{name}: ended before the answer came; you may have to log in again."));
            Exit::Failure
        }
    })
}

/// Fulfils `wish`. What could not be saved is tried once more, when whatever was in the way may have
/// gone.
pub(super) async fn refresh_and_save(
    services: &Arc<Services>,
    id: &ProfileId,
    wish: Wish,
    seen: Option<Fingerprint>,
) -> Refreshed {
    let refreshed = since(services, id, wish, seen).await;
    let Refreshed::Unsaved(new_tokens, expects, trouble) = refreshed else { return refreshed };
    say(&format!("{}: {trouble}", id.name));
    match save_again(services, id, expects, new_tokens.clone()).await {
        Ok(snapshot) => return Refreshed::Done(snapshot),
        Err(_) if trouble.stored != Stored::NewOnesInMemory => {}
        Err(failure) => say(&format!("{}: {}; {LOST}", id.name, failure.why())),
    }
    Refreshed::Unsaved(new_tokens, expects, trouble)
}

/// What is said when new tokens end with the command.
const LOST: &str = "the new tokens are lost with this command; you may have to log in again.";

/// Says how long the tokens of `before` last that `snapshot` holds, and what is odd about them.
fn say_refreshed(services: &Services, before: &Profile, snapshot: &Snapshot, how: &str) -> Exit {
    let (name, now) = (&before.id.name, services.clock.now());
    let stored = snapshot.profile(name);
    let left = stored.and_then(|stored| stored.life.expires_at);
    let left = left.map_or_else(String::new, |end| format!(", {} left", countdown(end - now.wall).0));
    say(&format!("{name} is {how}{left}."));
    for remark in stored.map(|stored| after_refresh(&before.scopes, stored, now)).unwrap_or_default() {
        say(&format!("{name}: {remark}"));
    }
    if let Some(words) = stored.and_then(|stored| survived(services, stored)) {
        say(&format!("{name}: {words}."));
    }
    Exit::Done
}

/// What is said of a refresh that was interrupted before this one.
fn survived(services: &Services, profile: &Profile) -> Option<String> {
    let events = services.event_log.read().ok()?;
    let event = event::survived(&events, &profile.refresh_token_id()?)?;
    let at = local(event.at, services.clock.now().offset);
    Some(format!("the refresh of {at} by {} was interrupted; this one got new tokens all the same", event.by))
}

/// Saves new tokens as often as the person wants to try; whether they are saved.
async fn save_while_wanted(
    services: &Arc<Services>,
    id: &ProfileId,
    expects: Fingerprint,
    new_tokens: &RefreshedTokens,
) -> bool {
    while console::can_ask() {
        let is_elsewhere = id.store == StoreId::Keyring && services.has_store(StoreId::Own);
        let question = match is_elsewhere {
            true => "Try to save the new tokens again, or keep them in our [o]wn file? [y/N/o]",
            false => "Try to save the new tokens again? [y/N]",
        };
        let answer = Prompter::new().ask(question).await.unwrap_or_default();
        if is_elsewhere && matches!(answer.as_str(), "o" | "O" | "own") {
            match keep_in_own(services, id, expects, new_tokens).await {
                Ok(place) => {
                    say(&format!("{} is in {place} now.", id.name));
                    return true;
                }
                Err(trouble) => say(&trouble.to_string()),
            }
            continue;
        }
        if !console::is_yes(&answer) {
            return false;
        }
        match save_again(services, id, expects, Box::new(new_tokens.clone())).await {
            Ok(_) => return true,
            Err(ApplyError::Trouble(trouble)) => say(&trouble.to_string()),
            Err(moved @ ApplyError::Moved(_)) => say(&format!("{}: {}.", id.name, moved.why())),
        }
    }
    false
}

/// Keeps the profile in our own file, with the new tokens, and says where that is.
async fn keep_in_own(
    services: &Arc<Services>,
    id: &ProfileId,
    expects: Fingerprint,
    new_tokens: &RefreshedTokens,
) -> Result<String, Trouble> {
    let what = format!("cannot save {}", id.name);
    let refresh = Edit::Refresh(Box::new(new_tokens.clone()));
    let change = Change { name: id.name.clone(), expects: Some(expects), edit: refresh };
    let stored = services.read(id.store).await;
    let newer = change.outcome(stored.profile(&id.name)).ok().flatten().ok_or_else(|| {
        let why = "the profile cannot be read any more";
        Trouble::untouched(what, why, FailureKind::Temporary(None)).of_new_tokens()
    })?;
    let kept = keep_in(services, StoreId::Own, newer, expects).await?;
    Ok(kept.first().map(|snapshot| snapshot.place.clone()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_and_a_unit() {
        for (text, seconds) in [("90s", 90), ("10m", 600), ("2h", 7200), ("7d", 604_800), ("0s", 0)] {
            assert_eq!(time(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "m", "-1m", "1.5h", "10 m", "10M"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
