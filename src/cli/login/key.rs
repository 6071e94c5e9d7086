//! Option `--key` of `login`: an API key, tested and stored.

use std::sync::Arc;

use crate::cli::exit::{self, Exit};
use crate::cli::login::answers::{cancelled, refused, say_trimmed, unseen};
use crate::cli::output::say;
use crate::domain::change::Change;
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::provider::Provider;
use crate::domain::trouble::Trouble;
use crate::oauth::login::preflight::Preflight;
use crate::oauth::probe::{self, TestVerdict};
use crate::shell::Services;
use crate::shell::store_files::ApplyError;
use crate::shell::terminal::console::{self, Prompter};

/// What is known of a key before it is stored.
enum KeyCheck {
    /// The provider file names no test.
    NotOffered,
    /// The test could not be made.
    NotMade(Trouble),
    Made(TestVerdict),
}

/// Tests the key that `needs` holds and stores it. One that the provider refuses is stored only after a
/// yes (`anyway`); one that cannot be tested is stored, and that is said.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) async fn keep(
    services: &Arc<Services>,
    preflight: &mut Preflight,
    anyway: bool,
    prompter: &mut Prompter,
) -> Result<Exit, Exit> {
    let provider = preflight.provider().clone();
    loop {
        let change = preflight.kept_key().ok_or(Exit::Failure)?;
        let verdict = match check(services, &provider, &change, prompter).await? {
            KeyCheck::NotOffered => {
                return Ok(store(services, &provider, change, "the provider file names none").await);
            }
            KeyCheck::NotMade(trouble) => {
                let note = format!("not made: {}", trouble.why);
                return Ok(store(services, &provider, change, &note).await);
            }
            KeyCheck::Made(verdict) => verdict,
        };
        if !verdict.is_refusal() || anyway || is_wanted(&change.name, &verdict.words, prompter).await? {
            return Ok(store(services, &provider, change.with_test(verdict.last), &verdict.words).await);
        }
        if !prompter.agrees("Enter another key?").await {
            return Err(cancelled());
        }
        let key = unseen(prompter, "API key").await.ok_or_else(cancelled)?;
        preflight.key(&key).map(say_trimmed).map_err(refused)?;
    }
}

/// Whether a refused key is to be saved all the same.
///
/// # Errors
/// The number to end with where nobody can be asked, once that was said.
async fn is_wanted(name: &ProfileName, why: &str, prompter: &mut Prompter) -> Result<bool, Exit> {
    say(&format!("{name}: {why}."));
    if console::can_ask() {
        return Ok(prompter.agrees("Save it anyway?").await);
    }
    say("the key is not saved. Nothing was changed. Add --yes to save it anyway.");
    Err(Exit::NeedsLogin)
}

/// What the provider says of the key that `change` holds.
async fn check(
    services: &Services,
    provider: &Provider,
    change: &Change,
    prompter: &mut Prompter,
) -> Result<KeyCheck, Exit> {
    let Some(profile) = change.profile() else { return Ok(KeyCheck::NotOffered) };
    let request = probe::of_profile(provider, profile).map_err(|other| refused(other.to_string()))?;
    let Some(request) = request else { return Ok(KeyCheck::NotOffered) };
    let now = services.clock.now();
    let reply = tokio::select! {
        reply = services.http.send(&request, now) => reply,
        _ = prompter.ends() => return Err(cancelled()),
    };
    Ok(match reply {
        Ok(reply) => KeyCheck::Made(TestVerdict::of(provider, profile, reply.status, now.wall)),
        Err(trouble) => KeyCheck::NotMade(trouble),
    })
}

/// Stores the key that `change` holds, and says so.
async fn store(services: &Arc<Services>, provider: &Provider, change: Change, test: &str) -> Exit {
    let name = change.name.clone();
    let tokens = change.profile().and_then(|profile| profile.held.tokens());
    let shown = tokens.map(|tokens| tokens.access.mask(&provider.masks));
    let store = change.profile().map_or(StoreId::Own, |profile| profile.id.store);
    match services.apply(store, change).await {
        Ok(snapshot) => {
            console::say(&format!("Stored: {name}"));
            console::say(&format!("  key      {}", shown.unwrap_or_default()));
            console::say(&format!("  test     {test}"));
            console::say(&format!("  store    {}", snapshot.place));
            Exit::Done
        }
        Err(ApplyError::Moved(moved)) => {
            say(&format!("{name}: {moved}. Nothing was changed; run it again."));
            Exit::Temporary
        }
        Err(ApplyError::Trouble(trouble)) => exit::trouble(&trouble, &name.exact()),
    }
}
