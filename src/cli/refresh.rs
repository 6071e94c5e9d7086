//! `authtui refresh NAME`: new tokens now.

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::renew::renew;
use crate::cli::target;
use crate::domain::countdown::countdown;
use crate::oauth::refresh::Wish;
use crate::shell::{Hands, console};
use crate::tui::message::Refreshed;

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
    let Some(refreshed) = renew(hands, &profile.id, Wish::New)? else {
        console::say(&format!(
            "authtui: {name}: ended before the answer came; the provider may want a new login."
        ));
        return Ok(Exit::Failure);
    };
    let (snapshot, how) = match refreshed {
        Refreshed::Done(snapshot) => (snapshot, "refreshed; the new tokens are saved"),
        Refreshed::Enough(snapshot) => {
            (snapshot, "renewed by another program meanwhile; its tokens are used")
        }
        Refreshed::Unsaved(_, trouble) => {
            console::say(&format!("authtui: {trouble}"));
            console::say(
                "authtui: the new tokens are lost with this command; the provider may want a new login.",
            );
            return Ok(Exit::Failure);
        }
        Refreshed::Failed(_, trouble) => return Ok(exit::trouble(&trouble, &name)),
    };
    let end = snapshot.profile(&profile.id.name).and_then(|profile| profile.life.expires_at);
    let left =
        end.map(|end| format!(", {} left", countdown(end - hands.clock.now().wall).0)).unwrap_or_default();
    console::say(&format!("authtui: {name} is {how}{left}."));
    Ok(Exit::Done)
}
