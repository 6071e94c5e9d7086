//! Option `--remote`: ends the grant at its provider, and erases it here once it is over.

use std::sync::Arc;

use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::output::say;
use crate::cli::runtime::finish_posted;
use crate::domain::change::{Extent, Snapshot};
use crate::domain::profile::Profile;
use crate::domain::text;
use crate::domain::trouble::Stored;
use crate::oauth::revocation::Revoked;
use crate::oauth::revocation::{self, NotRevocable};
use crate::shell::Services;
use crate::shell::revoke::revoke;
use crate::shell::terminal::console;

/// The longest sentence with words of a provider's file, in characters.
const SENTENCE_LIMIT: usize = 2000;

/// Says what is about to happen. Where nobody can be asked, says so and what can be done by hand.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) fn announce(services: &Services, snapshot: &Snapshot, profile: &Profile) -> Result<(), Exit> {
    let (name, catalog) = (&profile.id.name, services.catalog_now());
    let provider = catalog.get(name.provider());
    let Err(not_revocable) = revocation::request(profile, provider) else {
        let title = provider.map_or(name.provider(), |provider| &provider.title);
        let twins: Vec<String> = snapshot.twins(profile).map(|twin| twin.id.name.to_string()).collect();
        let too = match twins.is_empty() {
            true => String::new(),
            false => format!(", and those of {}, which share this login", twins.join(", ")),
        };
        let words = format!(
            "{name}: {title} is asked to end this login. Once it has, the tokens are erased here{too}. Other programs \
             that use this login must log in again."
        );
        console::say(&text::clean(&words, SENTENCE_LIMIT));
        return Ok(());
    };
    let complaint = catalog.error(name.provider()).filter(|_| not_revocable == NotRevocable::NoProviderFile);
    let why = complaint.map_or_else(|| not_revocable.to_string(), ToString::to_string);
    let remedy = match not_revocable {
        NotRevocable::NoTokens => None,
        NotRevocable::OtherOrigin(_) => Some(format!("authtui login {name}, if you trust the new server")),
        NotRevocable::Example => Some(catalog.example_remedy(name.provider()).unwrap_or_default()),
        NotRevocable::ApiKey
        | NotRevocable::EnvironmentVariable
        | NotRevocable::NoProviderFile
        | NotRevocable::NotOffered
        | NotRevocable::TokenNotHeld
        | NotRevocable::BadAddress => Some(revocation::by_hand(profile, provider)),
    };
    let next = remedy.map_or_else(String::new, |remedy| {
        format!(" {} Next: {remedy}; without --remote authtui signs out here only.", Stored::Untouched)
    });
    let words = format!("cannot sign out of {name} at its provider: {why}.{next}");
    say(&text::clean(&words, SENTENCE_LIMIT));
    Err(Exit::Failure)
}

/// Asks the provider, and says what came of it. Where the whole profile is to go, tokens of another login
/// that came meanwhile are a failure: nobody has ended those.
pub(super) fn run(services: &Arc<Services>, profile: &Profile, extent: Extent) -> Result<Exit> {
    let name = &profile.id.name;
    let Some(revoked) = finish_posted(services, revoke(services, &profile.id, extent))? else {
        say(&format!(
            "{name}: stopped before the provider's answer was known; the login may have ended there. authtui list \
             shows what is stored."
        ));
        return Ok(Exit::Failure);
    };
    Ok(match revoked {
        Revoked::Done(after) => {
            let left = after.profile(name).map(|profile| profile.held.tokens());
            let (place, exit) = match (left, extent) {
                (None, Extent::Tokens | Extent::Profile) => ("at its provider and deleted", Exit::Done),
                (Some(None), Extent::Tokens | Extent::Profile) => ("here and at its provider", Exit::Done),
                (Some(Some(_)), Extent::Tokens) => {
                    ("at its provider; it holds the tokens of another login", Exit::Done)
                }
                (Some(Some(_)), Extent::Profile) => (
                    "at its provider; it holds the tokens of another login, so it is not deleted",
                    Exit::Failure,
                ),
            };
            say(&format!("{name}: signed out {place}."));
            exit
        }
        Revoked::NotEnded(trouble) | Revoked::NotErased(trouble) => exit::trouble(&trouble, &name.exact()),
    })
}
