//! One profile, renewed now.

use std::sync::Arc;

use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::renew::renew;
use crate::cli::{screen, target};
use crate::domain::change::Snapshot;
use crate::domain::clock::local;
use crate::domain::countdown::countdown;
use crate::domain::event;
use crate::domain::name::ProfileId;
use crate::domain::trouble::Stored;
use crate::oauth::refresh::{Refreshed, Wish};
use crate::shell::Services;
use crate::shell::refresh::save_again;
use crate::shell::terminal::console::{self, Prompter};
use crate::tui::remark::remarks;

pub(super) fn run(services: &Arc<Services>, name: &str) -> Result<Exit> {
    let (_, profile) = match target::find(services, name) {
        Ok(found) => found,
        Err(exit) => return Ok(exit),
    };
    let name = profile.id.name.to_string();
    let Some(refreshed) = renew(services, &profile.id, Wish::New)? else {
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
        Refreshed::Unsaved(renewal, expects, trouble) => {
            console::say(&format!("authtui: {trouble}"));
            let stored = trouble.stored;
            let runtime = screen::runtime()?;
            let asked = || async { Prompter::new().agrees("Try to save the new tokens again?").await };
            while console::can_ask() && runtime.block_on(asked()) {
                let saving = save_again(services, &profile.id, expects, renewal.clone());
                match runtime.block_on(saving) {
                    Ok(_) => return Ok(Exit::Done),
                    Err(failure) => console::say(&format!("authtui: {failure}")),
                }
            }
            if stored == Stored::NewOnesInMemory {
                console::say(
                    "authtui: the new tokens are lost with this command; the provider may want a new login.",
                );
            }
            return Ok(Exit::Failure);
        }
        Refreshed::Failed(_, trouble) => return Ok(exit::trouble(&trouble, &profile.id.name.exact())),
    };
    let end = snapshot.profile(&profile.id.name).and_then(|profile| profile.life.expires_at);
    let left =
        end.map(|end| format!(", {} left", countdown(end - services.clock.now().wall).0)).unwrap_or_default();
    console::say(&format!("authtui: {name} is {how}{left}."));
    let stored = snapshot.profile(&profile.id.name);
    for remark in
        stored.map(|stored| remarks(&profile.scopes, stored, services.clock.now())).unwrap_or_default()
    {
        console::say(&format!("authtui: {name}: {remark}"));
    }
    if let Some(words) = survived(services, &snapshot, &profile.id) {
        console::say(&format!("authtui: {name}: {words}."));
    }
    Ok(Exit::Done)
}

/// What is said of a refresh that was interrupted before this one.
fn survived(services: &Services, snapshot: &Snapshot, id: &ProfileId) -> Option<String> {
    let grant = snapshot.profile(&id.name)?.grant()?;
    let events = services.journal.read().ok()?;
    let event = event::survived(&events, &grant)?;
    let at = local(event.at, services.clock.now().offset);
    Some(format!("the refresh of {at} by {} was interrupted; this one got new tokens all the same", event.by))
}
