//! `authtui login PROVIDER[/NAME]`: the steps of the panel, printed; or an API key, stored.
//!
//! What must be known is answered by the command line or asked of the person, in the order of
//! [`Needs`]. Then the same [`Login`](crate::oauth::login::Login) as on the screen is driven: its
//! asks are performed, what happened is told to it, and what changed is printed.

mod answers;
mod arguments;
mod conversation;
mod key;
mod narrowed;
mod outcome;
mod pastes;
mod person;
mod shown;

use std::sync::Arc;

use color_eyre::eyre::Result;

pub(super) use crate::cli::login::arguments::Arguments;

use crate::cli::exit::{self, Exit};
use crate::cli::login::answers::refused;
use crate::cli::login::conversation::Conversation;
use crate::cli::login::person::Person;
use crate::cli::login::shown::Pasting;
use crate::cli::{screen, target};
use crate::domain::change::Snapshot;
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::{Flow, Provider};
use crate::oauth::login::Ways;
use crate::oauth::login::needs::{Goal, Needs};
use crate::shell::Services;
use crate::shell::login::browser;
use crate::shell::terminal::console;

pub(super) fn run(services: &Arc<Services>, arguments: Arguments) -> Result<Exit> {
    let done = screen::runtime()?.block_on(log_in(services, &arguments));
    Ok(done.unwrap_or_else(|exit| exit))
}

/// # Errors
/// The number to end with, once the reason was said.
async fn log_in(services: &Arc<Services>, arguments: &Arguments) -> Result<Exit, Exit> {
    let goal = if arguments.wants_key() { Goal::Key } else { Goal::Login };
    let name = name(&arguments.profile, goal)?;
    let catalog = services.catalog().await;
    let provider = provider(services, &catalog, &name)?;
    let ways = ways(arguments, provider)?;
    let snapshot = services.read_now(StoreId::Own);
    may_be_written(&snapshot, &name)?;
    let mut needs = Needs::of(&name, provider, goal, &snapshot).map_err(refused)?;
    let input = answers::given(&mut needs, arguments)?;
    let mut person = Person::new(input);
    answers::asked(&mut needs, arguments, provider, &name, &snapshot, &mut person).await?;
    if goal == Goal::Key {
        return key::keep(services, &mut needs, arguments.yes, &mut person).await;
    }
    let Some(plan) = needs.plan(&snapshot.place, ways) else { return Err(Exit::Failure) };
    let pasting = match (person.can_paste(), arguments.paste) {
        (false, _) => Pasting::Impossible,
        (true, true) => Pasting::Wanted,
        (true, false) => Pasting::Possible,
    };
    Ok(Conversation::begin(services, plan, person, pasting).finish().await)
}

/// The profile's name. A provider alone means its `default`, or its `key`.
fn name(text: &str, goal: Goal) -> Result<ProfileName, Exit> {
    match goal {
        Goal::Key if !text.contains('/') => target::name(&format!("{text}/key")),
        Goal::Key | Goal::Login | Goal::Scopes => target::name(text),
    }
}

fn ways(arguments: &Arguments, provider: &Provider) -> Result<Ways, Exit> {
    let seat = browser::seat();
    let ways = match arguments.wants_key() {
        true if !provider.flows.contains(&Flow::Key) => Err(narrowed::has_not(provider, "no API keys")),
        true => Ok(Ways::of(provider, seat)),
        false => narrowed::ways(arguments, provider, seat),
    };
    ways.map_err(refused)
}

/// Better said now than when the tokens are there and cannot be kept.
fn may_be_written(snapshot: &Snapshot, name: &ProfileName) -> Result<(), Exit> {
    if let Err(trouble) = &snapshot.writable {
        return Err(exit::trouble(trouble, &name.exact()));
    }
    let Some(why) = target::unreadable(snapshot, name) else { return Ok(()) };
    console::say(&format!(
        "authtui: {name} is there and cannot be understood: {why}. Correct {}, or choose another name.",
        snapshot.place
    ));
    Err(Exit::Failure)
}

fn provider<'a>(services: &Services, catalog: &'a Catalog, name: &ProfileName) -> Result<&'a Provider, Exit> {
    let wanted = name.provider();
    match catalog.get(wanted) {
        Some(provider) if provider.example => {
            if let Some(path) = catalog.entry(wanted).and_then(|entry| entry.path.as_deref()) {
                console::say(&format!(
                    "authtui: {wanted} is marked as an example to copy: take the line `example: true` out of {path}. Nothing was changed."
                ));
                return Err(Exit::Usage);
            }
            let folder = crate::shell::store_files::file::shown(&services.paths.providers);
            console::say(&format!(
                "authtui: {wanted} is an example to copy: mkdir -p {folder} && authtui providers show {wanted} > {folder}/NAME.yaml"
            ));
            Err(Exit::Usage)
        }
        Some(provider) => Ok(provider),
        None => {
            let known: Vec<&str> = catalog.usable().map(|provider| provider.name.as_str()).collect();
            let known = format!("Known are: {}.", known.join(", "));
            Err(target::no_provider(catalog, wanted, &known))
        }
    }
}
