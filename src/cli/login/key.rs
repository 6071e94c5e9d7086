//! Option `--key` of `login`: an API key, tested and stored.

use std::sync::Arc;

use crate::cli::exit::{self, Exit};
use crate::cli::login::answers::{cancelled, refused, say_trimmed, unseen};
use crate::cli::output::say;
use crate::cli::profile_arg;
use crate::domain::change::{Change, Edit};
use crate::domain::clock::{DateTime, Now, Utc, local};
use crate::domain::countdown::countdown;
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::provider::Provider;
use crate::domain::trouble::Trouble;
use crate::domain::typed_end::typed_end;
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

/// Writes down when the stored key or token that `text` means ends.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) async fn record_end(services: &Arc<Services>, text: &str, ends: &str) -> Result<Exit, Exit> {
    let now = services.clock.now();
    let end = typed_end(ends, now).map_err(refused)?;
    let (snapshot, profile) = profile_arg::find(services, text)?;
    let name = profile.id.name.clone();
    if !profile.id.store.may_be_written() {
        return Err(refused(format!("{name} is only read here, so no end of it is kept")));
    }
    if profile.refresh_token().is_some() {
        return Err(refused(format!("{name} is a login: its provider says when its token ends")));
    }
    if let Err(trouble) = &snapshot.writable {
        return Err(exit::trouble(trouble, &name.exact()));
    }
    let expects = profile.held.fingerprint();
    if expects.is_none() {
        return Err(refused(format!("{name} has no key or token that could end")));
    }
    let change = Change { name: name.clone(), expects, edit: Edit::RecordEnd(end) };
    match services.apply(profile.id.store, change).await {
        Ok(_) => {
            let words = end.map_or_else(|| "no end is known now".to_owned(), |end| ends_words(end, now));
            say(&format!("{name}: {words}."));
            Ok(Exit::Done)
        }
        Err(error) => Ok(not_applied(&error, &name)),
    }
}

/// When something ends, and how long that is: `ends on 31 Jan 2027 00:00 +01:00 (in 90d)`.
fn ends_words(end: DateTime<Utc>, now: Now) -> String {
    format!("ends on {} (in {})", local(end, now.offset), countdown(end - now.wall).0)
}

/// Says why a change was not made.
pub(in crate::cli) fn not_applied(error: &ApplyError, name: &ProfileName) -> Exit {
    match error {
        ApplyError::Moved(moved) => {
            say(&format!("{name}: {moved}. Nothing was changed; run it again."));
            Exit::Temporary
        }
        ApplyError::Trouble(trouble) => exit::trouble(trouble, &name.exact()),
    }
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
        if let Some(stored) = test_and_store(services, &provider, (change, "key"), anyway, prompter).await? {
            return Ok(stored);
        }
        if !prompter.agrees("Enter another key?").await {
            return Err(cancelled());
        }
        let key = unseen(prompter, "API key").await.ok_or_else(cancelled)?;
        preflight.key(&key).map(say_trimmed).map_err(refused)?;
    }
}

/// Tests what `change` holds, a key or a token as it says, and stores it; nothing where it is refused and the
/// person does not want it.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(in crate::cli) async fn test_and_store(
    services: &Arc<Services>,
    provider: &Provider,
    (change, what): (Change, &str),
    anyway: bool,
    prompter: &mut Prompter,
) -> Result<Option<Exit>, Exit> {
    let verdict = match check(services, provider, &change, prompter).await? {
        KeyCheck::NotOffered => {
            return Ok(Some(store(services, provider, (change, what), "the provider file names none").await));
        }
        KeyCheck::NotMade(trouble) => {
            let note = format!("not made: {}", trouble.why);
            return Ok(Some(store(services, provider, (change, what), &note).await));
        }
        KeyCheck::Made(verdict) => verdict,
    };
    let is_stored =
        !verdict.is_refusal() || anyway || is_wanted(&change.name, what, &verdict.words, prompter).await?;
    if !is_stored {
        return Ok(None);
    }
    let change = change.with_test(verdict.last).with_end(verdict.end);
    Ok(Some(store(services, provider, (change, what), &verdict.words).await))
}

/// Whether a refused key is to be saved all the same.
///
/// # Errors
/// The number to end with where nobody can be asked, once that was said.
async fn is_wanted(name: &ProfileName, what: &str, why: &str, prompter: &mut Prompter) -> Result<bool, Exit> {
    say(&format!("{name}: {why}."));
    if console::can_ask() {
        return Ok(prompter.agrees("Save it anyway?").await);
    }
    say(&format!("the {what} is not saved. Nothing was changed. Add --yes to save it anyway."));
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
        Ok(reply) => KeyCheck::Made(TestVerdict::of_reply(provider, profile, &reply, now.wall)),
        Err(trouble) => KeyCheck::NotMade(trouble),
    })
}

/// Stores the key that `change` holds, and says so.
async fn store(
    services: &Arc<Services>,
    provider: &Provider,
    (change, what): (Change, &str),
    test: &str,
) -> Exit {
    let name = change.name.clone();
    let tokens = change.profile().and_then(|profile| profile.held.tokens());
    let shown = tokens.map(|tokens| tokens.access.mask(&provider.masks));
    let store = change.profile().map_or(StoreId::Own, |profile| profile.id.store);
    let end = change.profile().and_then(|profile| profile.life.expires_at);
    match services.apply(store, change).await {
        Ok(snapshot) => {
            console::say(&format!("Stored: {name}"));
            console::say(&format!("  {what:<8} {}", shown.unwrap_or_default()));
            if let Some(end) = end {
                let now = services.clock.now();
                let left = countdown(end - now.wall).0;
                console::say(&format!("  ends     {} (in {left})", local(end, now.offset)));
            }
            console::say(&format!("  test     {test}"));
            console::say(&format!("  store    {}", snapshot.place));
            Exit::Done
        }
        Err(error) => not_applied(&error, &name),
    }
}
