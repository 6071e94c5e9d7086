//! `authtui token NAME`: a token that is still valid, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::{Result, eyre};

use crate::cli::exit::{self, Exit};
use crate::cli::{screen, target};
use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::domain::profile::{Kind, Profile};
use crate::domain::trouble::{Next, Trouble};
use crate::oauth::refresh::Wish;
use crate::shell::refresh::refresh;
use crate::shell::{Hands, console};
use crate::tui::message::Refreshed;

/// A token with less time left is renewed first.
const AT_LEAST: Duration = Duration::from_secs(60);

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The profile: provider/name, or provider for its default
    name: String,
}

pub(super) fn run(hands: &Arc<Hands>, arguments: &Arguments) -> Result<Exit> {
    let (_, profile) = match target::find(hands, &arguments.name) {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let name = profile.id.name.to_string();
    if is_good(&profile, hands.clock.now(), AT_LEAST) {
        return printed(&profile);
    }
    let wish = Wish::Valid { for_at_least: AT_LEAST };
    let refreshed = screen::runtime()?.block_on(refresh(hands, &profile.id, wish));
    let trouble = match refreshed {
        Refreshed::Done(snapshot) | Refreshed::Enough(snapshot) => match snapshot.profile(&profile.id.name) {
            Some(profile) => return printed(profile),
            None => {
                Trouble::untouched(format!("cannot print {name}"), "it was removed meanwhile", Next::Nothing)
            }
        },
        Refreshed::Unsaved(renewal, trouble) => {
            // The old token is spent: the new one is worth more printed than lost.
            console::say(&format!("authtui: {trouble}"));
            console::print_secret(&renewal.tokens.access)?;
            return Ok(Exit::Failure);
        }
        Refreshed::Failed(_, trouble) => trouble,
    };
    // A grant may be dead, or a server down, while the access token still works.
    let stored =
        current(hands, &profile.id).filter(|profile| is_good(profile, hands.clock.now(), Duration::ZERO));
    match stored {
        Some(profile) => {
            console::say(&format!("authtui: {trouble} The stored token is still good."));
            printed(&profile)
        }
        None => Ok(exit::trouble(&trouble, &name)),
    }
}

fn current(hands: &Hands, id: &ProfileId) -> Option<Profile> {
    hands.read_now(id.store).profile(&id.name).cloned()
}

/// Whether the token can be printed as it is: no runtime and no provider file is needed then.
fn is_good(profile: &Profile, now: Now, at_least: Duration) -> bool {
    if profile.held.tokens().is_none() {
        return false;
    }
    let life = profile.life;
    let margin = crate::domain::clock::span(at_least);
    let margin =
        life.obtained_at.zip(life.expires_at).map_or(margin, |(from, end)| margin.min((end - from) / 2));
    profile.kind == Kind::ApiKey
        || life.expires_at.is_none_or(|end| end > now.wall && end - now.wall >= margin)
}

fn printed(profile: &Profile) -> Result<Exit> {
    let tokens = profile.held.tokens().ok_or_else(|| eyre!("{} holds no token", profile.id.name))?;
    console::print_secret(&tokens.access)?;
    Ok(Exit::Done)
}
