//! Command `token`: an access token that is still valid, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::{Result, eyre};

use crate::cli::exit::{self, Exit};
use crate::cli::output::say;
use crate::cli::profile_arg::{self, LIST_HINT};
use crate::cli::refresh::time;
use crate::cli::runtime::refresh_and_wait;
use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::domain::profile::{Kind, Profile};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::refresh::Refreshed;
use crate::oauth::refresh::{Decision, Wish, decide};
use crate::shell::Services;
use crate::shell::terminal::console;

#[derive(Debug, Args)]
pub(super) struct TokenArgs {
    /// The profile: provider/name, or one part of it if only one profile fits
    #[arg(value_name = "PROFILE")]
    name: String,
    /// Refresh a token first that has less time left: 90s, 10m, 2h. Half its life is always enough
    #[arg(long, value_name = "TIME", value_parser = time, default_value = "60s")]
    min_ttl: Duration,
}

pub(super) fn run(services: &Arc<Services>, args: &TokenArgs) -> Result<Exit> {
    let profile = profile_arg::find_profile(services, &args.name)?;
    let name = profile.id.name.to_string();
    let now = services.clock.now();
    if is_good(&profile, now, args.min_ttl) {
        return printed(&profile, now);
    }
    let wish = Wish::Valid { for_at_least: args.min_ttl };
    let trouble = match refresh_and_wait(services, &profile.id, wish)? {
        Some(Refreshed::Done(snapshot) | Refreshed::Enough(snapshot)) => {
            match snapshot.profile(&profile.id.name) {
                Some(profile) if profile.held.tokens().is_some() => {
                    return printed(profile, services.clock.now());
                }
                Some(_) | None => {
                    let what = format!("cannot print {name}");
                    let next = FailureKind::NeedsFix(LIST_HINT.to_owned());
                    Trouble::untouched(what, "it was deleted meanwhile", next)
                }
            }
        }
        Some(Refreshed::Unsaved(new_tokens, _, trouble)) => {
            // The old token is spent: the new one is worth more printed than lost.
            say(&trouble.to_string());
            console::print_secret(&new_tokens.tokens.access)?;
            return Ok(Exit::Failure);
        }
        Some(Refreshed::Failed(_, trouble)) => trouble,
        None => return Ok(Exit::Failure),
    };
    // A grant may be dead, or a server down, while the access token still works.
    let stored = current(services, &profile.id)
        .filter(|profile| is_good(profile, services.clock.now(), Duration::ZERO));
    match stored {
        Some(profile) => {
            say(&format!("{trouble} The stored token is still good."));
            printed(&profile, services.clock.now())
        }
        None => Ok(exit::trouble(&trouble, &profile.id.exact())),
    }
}

fn current(services: &Services, id: &ProfileId) -> Option<Profile> {
    services.read_now(id.store).profile(&id.name).cloned()
}

/// Whether the token can be printed as it is: no runtime and no provider file is needed then.
fn is_good(profile: &Profile, now: Now, for_at_least: Duration) -> bool {
    decide(profile, None, None, Wish::Valid { for_at_least }, now) == Decision::Enough
}

fn printed(profile: &Profile, now: Now) -> Result<Exit> {
    let tokens = profile.held.tokens().ok_or_else(|| eyre!("{} has no tokens", profile.id.name))?;
    if !tokens.access.is_bearer() {
        say(&format!("the token of {} holds characters that no token may have.", profile.id.name));
        return Ok(Exit::Failure);
    }
    if let Some(last) = profile.last_test_of_this_token().filter(|_| profile.is_refused()) {
        let name = &profile.id.name;
        say(&format!("{name}: the provider refused this token when it was last tested ({}).", last.status));
    }
    // Another one would be no better: this is what the provider says of each.
    if profile.kind == Kind::ApiKey && profile.life.expires_at.is_some_and(|end| end <= now.wall) {
        say(&format!("the key of {} has expired by what is stored. It may still work.", profile.id.name));
    } else if profile.life.expires_at.is_some_and(|end| end <= now.wall) {
        say(&format!(
            "the provider says that this token of {} has already expired. It may still work.",
            profile.id.name
        ));
    }
    console::print_secret(&tokens.access)?;
    Ok(Exit::Done)
}
