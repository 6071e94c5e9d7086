//! `authtui login PROVIDER[/NAME] --key`: an API key, tested and stored.

use std::sync::Arc;

use crate::cli::exit::{self, Exit};
use crate::cli::login::answers::{cancelled, refused, said, unseen};
use crate::cli::login::person::Person;
use crate::domain::change::Change;
use crate::domain::name::StoreId;
use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::domain::trouble::Trouble;
use crate::oauth::login::needs::Needs;
use crate::oauth::probe::{self, TestVerdict};
use crate::shell::Services;
use crate::shell::store_files::Failure;
use crate::shell::terminal::console;

/// Tests the key that `needs` holds and stores it. One that the provider refuses is stored only after a
/// yes (`anyway`); one that cannot be tested is stored, and that is said.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) async fn keep(
    services: &Arc<Services>,
    needs: &mut Needs,
    anyway: bool,
    person: &mut Person,
) -> Result<Exit, Exit> {
    loop {
        let (provider, change) = (needs.provider().clone(), needs.kept_key().ok_or(Exit::Failure)?);
        let tested = match change.profile() {
            Some(profile) => tested(services, &provider, profile, person).await?,
            None => None,
        };
        let verdict = match tested {
            None => return Ok(store(services, &provider, change, None).await),
            Some(Err(trouble)) => {
                let note = format!("not made: {}", trouble.why);
                return Ok(store(services, &provider, change, Some(note)).await);
            }
            Some(Ok(verdict)) => verdict,
        };
        if verdict.is_refusal() && !anyway {
            console::say(&format!("authtui: {}: {}.", change.name, verdict.words));
            if !console::can_ask() {
                console::say(
                    "authtui: the key is not saved. Nothing was changed. Add --yes to save it anyway.",
                );
                return Err(Exit::NeedsLogin);
            }
            if !person.agrees("Save it anyway?").await {
                if !person.agrees("Enter another key?").await {
                    return Err(cancelled());
                }
                let key = unseen(person, "API key").await?;
                needs.key(&key).map(said).map_err(refused)?;
                continue;
            }
        }
        let change = change.with_test(verdict.last);
        return Ok(store(services, &provider, change, Some(verdict.words)).await);
    }
}

/// What the provider says of the key that `profile` holds; nothing where its file names no test.
async fn tested(
    services: &Arc<Services>,
    provider: &Provider,
    profile: &Profile,
    person: &mut Person,
) -> Result<Option<Result<TestVerdict, Trouble>>, Exit> {
    let asked = probe::of_profile(provider, profile).map_err(|other| refused(other.to_string()))?;
    let Some(request) = asked else { return Ok(None) };
    let now = services.clock.now();
    let reply = tokio::select! {
        reply = services.http.send(&request, now) => reply,
        _ = person.ends() => return Err(cancelled()),
    };
    Ok(Some(reply.map(|reply| TestVerdict::of(provider, profile, reply.status, now.wall))))
}

/// Stores the key that `change` holds, and says so.
async fn store(
    services: &Arc<Services>,
    provider: &Provider,
    change: Change,
    tested: Option<String>,
) -> Exit {
    let name = change.name.clone();
    let tokens = change.profile().and_then(|profile| profile.held.tokens());
    let shown = tokens.map(|tokens| tokens.access.mask(&provider.masks));
    match services.apply(StoreId::Own, change).await {
        Ok(snapshot) => {
            console::say(&format!("Stored: {name}"));
            console::say(&format!("  key      {}", shown.unwrap_or_default()));
            console::say(&format!(
                "  test     {}",
                tested.as_deref().unwrap_or("the provider file names none")
            ));
            console::say(&format!("  store    {}", snapshot.place));
            Exit::Done
        }
        Err(Failure::Moved(moved)) => {
            console::say(&format!("authtui: {name}: {moved}. Nothing was changed; run it again."));
            Exit::Passing
        }
        Err(Failure::Trouble(trouble)) => exit::trouble(&trouble, &name.exact()),
    }
}
