//! Command `take`: a login that another program keeps is moved to our own store.

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;
use url::Url;

use crate::cli::exit::{self, Exit};
use crate::cli::output::say;
use crate::cli::profile_arg;
use crate::cli::runtime::{block_on, finish_posted};
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::owner::Owner;
use crate::domain::profile::Profile;
use crate::oauth::refresh::Refreshed;
use crate::oauth::take_over::{self, NotTakeable};
use crate::shell::Services;
use crate::shell::take_over::{planned, take_over as move_here};
use crate::shell::terminal::console::{self, Prompter};

#[derive(Debug, Args)]
pub(super) struct TakeArgs {
    /// The login: provider/name as authtui list shows it, or one part of it if only one fits
    #[arg(value_name = "PROFILE")]
    profile: String,
    /// Its name here, such as work or acme/work
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// Do not ask first: the other program will be logged out
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(services: &Arc<Services>, args: &TakeArgs) -> Result<Exit> {
    let text = format!("{}:{}", StoreId::Borrowed, StoreId::split(&args.profile).1);
    let (_, profile) = profile_arg::find(services, &text)?;
    take(services, &profile, args)
}

/// What follows from a login that is asked for under the name of a borrowed one.
pub(super) enum Offered {
    /// A login of our own; at that address, where there is no provider file.
    LogIn(Option<Url>),
    Ended(Exit),
}

/// Says that another program keeps the login `text`, and how to use it here; on a terminal, asks which way.
pub(super) fn offer(services: &Arc<Services>, text: &str, wants_key: bool) -> Result<Offered> {
    let (store, text) = StoreId::split(text);
    let is_meant = !wants_key && store.is_none_or(|store| store == StoreId::Borrowed);
    let name = ProfileName::parse(text).ok().filter(|_| is_meant && text.contains('/'));
    let Some(profile) = name.and_then(|name| borrowed(services, &name)) else {
        return Ok(Offered::LogIn(None));
    };
    let Some(owner) = &profile.owner else { return Ok(Offered::LogIn(None)) };
    let (name, title) = (&profile.id.name, &owner.title);
    console::say(&format!("{title} keeps {name}. A separate login logs nobody out."));
    let (catalog, own) = (services.catalog_now(), services.read_now(StoreId::Own));
    let now = services.clock.now().wall;
    if planned(services, &profile).is_ok() {
        if console::can_ask() {
            let question = "Log in separately, or take it over and log the other program out? [L/t]";
            let answer = block_on(async { Prompter::new().ask(question).await })?;
            match answer.map(|answer| answer.to_lowercase()).as_deref() {
                None => return Ok(Offered::Ended(Exit::Failure)),
                Some("t" | "take" | "take over") => {
                    let args = TakeArgs { profile: name.exact(), name: None, yes: false };
                    return take(services, &profile, &args).map(Offered::Ended);
                }
                Some(_) => {}
            }
        } else {
            console::say(&format!("To take it over instead: authtui take {}", name.exact()));
        }
    }
    let has_provider = take_over::provider(&profile, &catalog, &own, now).is_some();
    Ok(Offered::LogIn(owner.address.clone().filter(|_| !has_provider)))
}

/// The borrowed login of that name, where no store of ours has the name.
fn borrowed(services: &Services, name: &ProfileName) -> Option<Profile> {
    let mut written = StoreId::written();
    if written.any(|store| services.read_now(store).is_taken(name)) {
        return None;
    }
    services.read_now(StoreId::Borrowed).profile(name).cloned()
}

fn take(services: &Arc<Services>, profile: &Profile, args: &TakeArgs) -> Result<Exit> {
    let name = &profile.id.name;
    let own = services.read_now(StoreId::Own);
    if let Err(trouble) = &own.writable {
        return Ok(exit::trouble(trouble, &name.exact()));
    }
    let (taken, owner) = match (planned(services, profile), &profile.owner) {
        (Ok(taken), Some(owner)) => (taken, owner),
        (Err(NotTakeable::HeldHere(id)), _) => {
            let why = NotTakeable::HeldHere(id.clone());
            say(&format!(
                "{name} cannot be taken over: {why}. To use that one: authtui refresh {}",
                id.exact()
            ));
            return Ok(Exit::Failure);
        }
        (Err(why), _) => {
            let is_known = services.catalog_now().get(name.provider()).is_some();
            say(&format!("{name} cannot be taken over: {why}.{}", separately(profile, is_known)));
            return Ok(Exit::Failure);
        }
        (Ok(_), None) => return Ok(Exit::Failure),
    };
    let wanted = match &args.name {
        None => taken.id.name,
        Some(text) if text.contains('/') => profile_arg::parse(text)?,
        Some(text) => profile_arg::parse(&format!("{}/{text}", taken.id.name.provider()))?,
    };
    if let Some(exit) = is_refused(owner, name, args.yes)? {
        return Ok(exit);
    }
    let done = finish_posted(services, move_here(services, name, Some(wanted)))?;
    Ok(match done {
        None => {
            say(&format!("{name}: stopped before it was done; authtui list shows what is stored."));
            Exit::Failure
        }
        Some(Err(trouble)) => exit::trouble(&trouble, &name.exact()),
        Some(Ok(taken)) => match taken.refreshed {
            Refreshed::Done(snapshot) | Refreshed::Enough(snapshot) => {
                let now = &taken.id.name;
                say(&format!("{name}: taken over as {now} ({}).", snapshot.place));
                say(&format!("Log in to {} again when it asks.", owner.title));
                Exit::Done
            }
            Refreshed::Failed(Some(snapshot), trouble) if snapshot.profile(&taken.id.name).is_some() => {
                let again = format!("authtui refresh {}", taken.id.exact());
                exit::trouble_tried_by(&trouble, &taken.id.name.exact(), &again)
            }
            Refreshed::Unsaved(_, _, trouble) | Refreshed::Failed(_, trouble) => {
                exit::trouble(&trouble, &taken.id.name.exact())
            }
        },
    })
}

/// Says what it means, and asks; the number to end with where nobody agrees.
fn is_refused(owner: &Owner, name: &ProfileName, is_agreed: bool) -> Result<Option<Exit>> {
    if is_agreed {
        return Ok(None);
    }
    console::say(&format!("{}. Its file stays as it is.", owner.is_logged_out()));
    if !console::can_ask() {
        say("there is no terminal to ask on; add --yes.");
        return Ok(Some(Exit::Usage));
    }
    let question = format!("Take over {name} from {}?", owner.title);
    if block_on(async { Prompter::new().agrees(&question).await })? {
        return Ok(None);
    }
    say("nothing was changed.");
    Ok(Some(Exit::Failure))
}

/// How to log in beside the program, where that is possible.
fn separately(profile: &Profile, is_known: bool) -> String {
    let address = profile.owner.as_ref().and_then(|owner| owner.address.as_ref());
    let provider = is_known.then(|| profile.id.name.provider().to_owned());
    let place = provider.or_else(|| address.map(ToString::to_string));
    place.map_or_else(String::new, |place| format!(" To log in separately: authtui login {place}"))
}
