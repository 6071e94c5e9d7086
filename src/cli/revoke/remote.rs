//! `authtui revoke NAME --remote`: ends the grant at its provider, and erases it here once it is over.

use std::sync::Arc;

use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::renew::finish_posted;
use crate::cli::revoke::Extent;
use crate::domain::change::Snapshot;
use crate::domain::profile::Profile;
use crate::domain::text;
use crate::oauth::revocation::{self, NotRevocable, Revoked};
use crate::shell::Services;
use crate::shell::revoke::revoke;
use crate::shell::terminal::console;

/// Says what is about to happen. Where nobody can be asked, says so and what can be done by hand.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) fn announce(services: &Services, snapshot: &Snapshot, profile: &Profile) -> Result<(), Exit> {
    let (name, catalog) = (&profile.id.name, services.catalog_now());
    let provider = catalog.get(name.provider());
    if let Err(mute) = revocation::request(profile, provider) {
        let complaint = catalog.complaint(name.provider()).filter(|_| mute == NotRevocable::NoProvider);
        let why = complaint.map_or_else(|| mute.to_string(), ToString::to_string);
        let next = match mute {
            NotRevocable::NoTokens => String::new(),
            NotRevocable::OtherHost(_) => {
                format!(
                    " Stored tokens are as they were. Next: authtui login {name}, if you trust the new server; without \
                     --remote it is erased here."
                )
            }
            NotRevocable::Example => {
                let remedy = catalog.example_remedy(name.provider()).unwrap_or_default();
                format!(
                    " Stored tokens are as they were. Next: {remedy}; without --remote it is erased here."
                )
            }
            NotRevocable::IsKey
            | NotRevocable::IsVariable
            | NotRevocable::NoProvider
            | NotRevocable::NoWay
            | NotRevocable::NoToken
            | NotRevocable::Unfilled => {
                let by_hand = revocation::by_hand(profile, provider);
                format!(
                    " Stored tokens are as they were. Next: {by_hand}; without --remote it is erased here."
                )
            }
        };
        say(&format!("authtui: {name} is not revoked at its provider: {why}.{next}"));
        return Err(Exit::Failure);
    }
    let title = provider.map_or(name.provider(), |provider| &provider.title);
    let twins: Vec<String> = snapshot.twins(profile).map(|twin| twin.id.name.to_string()).collect();
    let too = match twins.is_empty() {
        true => String::new(),
        false => format!(", and those of {}, which hold the same grant", twins.join(", ")),
    };
    say(&format!(
        "{name}: {title} is asked to end the grant. Once it has, the tokens are erased here{too}. Other programs \
         that use the grant must log in again."
    ));
    Ok(())
}

/// Asks the provider, and says what came of it. Where the whole profile is to go, tokens of another login
/// that came meanwhile are a failure: nobody has ended those.
pub(super) fn run(services: &Arc<Services>, profile: &Profile, extent: Extent) -> Result<Exit> {
    let name = &profile.id.name;
    let Some(revoked) = finish_posted(services, revoke(services, &profile.id))? else {
        console::say(&format!(
            "authtui: {name}: stopped before the provider's answer was known; it may be revoked there. authtui list \
             shows what is stored."
        ));
        return Ok(Exit::Failure);
    };
    Ok(match revoked {
        Revoked::Done(after) => {
            let still = after.profile(name).is_some_and(|profile| profile.held.tokens().is_some());
            let (here, exit) = match (still, extent) {
                (false, Extent::Tokens | Extent::Profile) => ("its tokens are erased here", Exit::Done),
                (true, Extent::Tokens) => ("it holds the tokens of another login", Exit::Done),
                (true, Extent::Profile) => {
                    ("it holds the tokens of another login, so it is not removed", Exit::Failure)
                }
            };
            console::say(&format!("authtui: {name}: revoked at its provider; {here}."));
            exit
        }
        Revoked::NotEnded(trouble) | Revoked::NotErased(trouble) => exit::trouble(&trouble, &name.exact()),
    })
}

/// Says what may hold words of a provider's file.
fn say(words: &str) {
    console::say(&text::clean(words, 2000));
}
