//! Effects of the screen, each performed in a task of its own. Failures are messages too.

use std::sync::Arc;

use futures_util::FutureExt;

use crate::domain::change::{Change, Edit};
use crate::domain::name::ProfileId;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::discovered::DiscoveredServer;
use crate::domain::secret::Secret;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::LoginId;
use crate::oauth::login::Output;
use crate::oauth::refresh::Refreshed;
use crate::oauth::revocation::Revoked;
use crate::oauth::scopes::Listed;
use crate::oauth::{form, scopes};
use crate::shell::event_notifier;
use crate::shell::inbox::{Inbox, say};
use crate::shell::refresh::{keep, refresh, save_again};
use crate::shell::relocation::{keep_in, relocate};
use crate::shell::revoke::revoke;
use crate::shell::sign_out::sign_out;
use crate::shell::store_files::ApplyError;
use crate::shell::take_over::take_over;
use crate::shell::tasks::Tasks;
use crate::shell::token_test::{probed, test};
use crate::shell::{Services, broke, discovery, login, settings, transcript};
use crate::tui::message::{ClipboardCleared, Copied, CopySource, Effect, Form, Msg};

/// Performs an effect in a task of its own. Effects of the terminal itself are the loop's.
pub fn perform(tasks: &Tasks, services: &Arc<Services>, inbox: &Inbox, effect: Effect) {
    if effect == Effect::ClearClipboardAtEnd {
        // The end may come before a task begins.
        return services.clipboard.clear_at_end();
    }
    tasks.spawn(performed(services, inbox, effect));
}

/// Performs an effect. It holds the services until it has ended.
pub fn performed(
    services: &Arc<Services>,
    inbox: &Inbox,
    effect: Effect,
) -> impl Future<Output = ()> + Send + use<> {
    let (services, inbox) = (Arc::clone(services), inbox.clone());
    // A task that panics says so, instead of leaving the person to wait for ever.
    let instead = lost(&effect);
    async move {
        // Boxed only when it is first polled: it is large, and the task around it is moved several times before.
        let task = run(services, inbox.clone(), effect).boxed();
        if std::panic::AssertUnwindSafe(task).catch_unwind().await.is_err()
            && let Some(msg) = instead
        {
            say(&inbox, msg);
        }
    }
}

/// Performs an effect and says how it has ended. Some say it themselves, for they say more than one thing.
async fn run(services: Arc<Services>, inbox: Inbox, effect: Effect) {
    let msg = match effect {
        Effect::Refresh(id, wish) => Msg::Refreshed(id.clone(), refresh(&services, &id, wish).await),
        Effect::Change(id, change) => Msg::Changed(id.clone(), change_of(&services, &id, *change).await),
        Effect::SignOut(id, extent) => Msg::SignedOut(id.clone(), sign_out(&services, &id, extent).await),
        Effect::Relocate(from, to) => {
            let done = relocate(&services, &from, &to).await;
            Msg::Relocated(from, to, done)
        }
        Effect::KeepIn(store, newer, older) => {
            let from = newer.id.clone();
            let to = ProfileId { store, ..from.clone() };
            let done = keep_in(&services, store, *newer, older).await;
            Msg::Relocated(from, to, done)
        }
        Effect::TakeOver(id, name) => {
            let done = take_over(&services, &id.name, Some(name)).await.map(|done| (done.id, done.refreshed));
            Msg::TakenOver(id, done)
        }
        Effect::Revoke(id, extent) => Msg::Revoked(id.clone(), revoke(&services, &id, extent).await),
        Effect::Rescue(newer) => Msg::Rescued(keep(&services, newer).await),
        Effect::Copy(id, form) => {
            let copied = copy(&services, &id, form).await;
            Msg::Copied(CopySource::Profile(id, form), copied)
        }
        Effect::CopyText(what, text) => {
            Msg::Copied(CopySource::Text(what), services.clipboard.copy(text).await)
        }
        Effect::Reveal(id, form) => {
            let secret = secret_of(&services, &id, form, "show").await;
            Msg::Revealed(id, form, secret)
        }
        Effect::ClearClipboard => Msg::ClipboardCleared(services.clipboard.clear().await),
        Effect::Test(id) => {
            let tell = |snapshot| say(&inbox, Msg::Stored(snapshot));
            Msg::Tested(id.clone(), test(&services, &id, tell).await)
        }
        Effect::TestKey(profile) => {
            let tested = probed(&services, &profile).await;
            Msg::KeyTested(profile.token_fingerprint().unwrap_or_default(), tested)
        }
        Effect::Probe(store, prompting) => {
            Msg::Probed(store, prompting, services.probe(store, prompting).await)
        }
        Effect::Scopes(provider, client_id) => {
            let listed = scopes_of(&services, &provider, &client_id).await;
            Msg::Scopes(provider, listed)
        }
        Effect::SaveTranscript(provider, lines) => {
            let (folder, now) = (services.paths.state.join("transcripts"), services.clock.now());
            Msg::TranscriptSaved(transcript::save(&folder, &provider, &lines, now))
        }
        Effect::SaveSettings(changes) => {
            let path = services.paths.settings.clone();
            Msg::SettingsSaved(settings::save(path, changes).await)
        }
        Effect::MakePrivate(stores) => Msg::MadePrivate(services.make_private(stores).await),
        Effect::GivePassphrase(store, passphrase) => {
            Msg::PassphraseTaken(store, services.give_passphrase(store, passphrase).await)
        }
        Effect::FindServers => Msg::ServersFound(discovery::configured_servers(&services).await),
        Effect::Read(store) => Msg::Stored(services.read(store).await),
        Effect::Login(id, output) => return start_login(&services, inbox, id, output),
        Effect::Discover(id, request) => {
            Msg::Discovered(id, services.http.send(&request, services.clock.now()).await)
        }
        Effect::KeepServer(server) => return keep_server(&services, &inbox, &server).await,
        Effect::Describe(name, text) => return describe(&services, &inbox, name, text).await,
        Effect::ReadSettings => return settings::tell(&services.paths, &inbox).await,
        Effect::ReadEvents => return event_notifier::tell(&services, &inbox).await,
        Effect::ClearClipboardAtEnd
        | Effect::Edit(_)
        | Effect::Print(_)
        | Effect::Redraw
        | Effect::Suspend
        | Effect::Quit => return,
    };
    let is_logged = is_logged(&msg);
    say(&inbox, msg);
    if is_logged {
        event_notifier::tell(&services, &inbox).await;
    }
}

/// Whether the event log says more of what has ended so: all that changes a profile writes to it.
fn is_logged(msg: &Msg) -> bool {
    matches!(
        msg,
        Msg::Refreshed(..)
            | Msg::Changed(..)
            | Msg::SignedOut(..)
            | Msg::Relocated(..)
            | Msg::TakenOver(..)
            | Msg::Revoked(..)
            | Msg::Rescued(_)
    )
}

async fn describe(services: &Arc<Services>, inbox: &Inbox, name: String, text: String) {
    let added = services.add_provider(name.clone(), text).await;
    tell_described(inbox, name, added);
}

async fn keep_server(services: &Arc<Services>, inbox: &Inbox, server: &DiscoveredServer) {
    tell_described(inbox, server.name.clone(), discovery::keep(services, server).await);
}

fn tell_described(inbox: &Inbox, name: String, written: Result<Arc<Catalog>, Trouble>) {
    let described = written.map(|catalog| say(inbox, Msg::Catalogued(catalog)));
    say(inbox, Msg::Described(name, described));
}

fn start_login(services: &Arc<Services>, inbox: Inbox, id: LoginId, output: Output) {
    let from_store = inbox.clone();
    let tell: login::Tell = Arc::new(move |input| say(&inbox, Msg::Login(id, input)));
    login::start(services, id, output, tell, move |snapshot| say(&from_store, Msg::Stored(snapshot)));
}

/// What is said when the task that performs `effect` ends by a fault.
fn lost(effect: &Effect) -> Option<Msg> {
    let trouble = broke("cannot continue");
    Some(match effect {
        Effect::Refresh(id, _) => Msg::Refreshed(id.clone(), Refreshed::Failed(None, trouble)),
        Effect::Change(id, _) => Msg::Changed(id.clone(), Err(trouble)),
        Effect::SignOut(id, _) => Msg::SignedOut(id.clone(), Err(trouble)),
        Effect::Relocate(from, to) => Msg::Relocated(from.clone(), to.clone(), Err(trouble)),
        Effect::KeepIn(store, newer, _) => {
            let to = ProfileId { store: *store, ..newer.id.clone() };
            Msg::Relocated(newer.id.clone(), to, Err(trouble))
        }
        Effect::TakeOver(id, _) => Msg::TakenOver(id.clone(), Err(trouble)),
        Effect::Revoke(id, _) => Msg::Revoked(id.clone(), Revoked::NotEnded(trouble)),
        Effect::Reveal(id, form) => Msg::Revealed(id.clone(), *form, Err(trouble)),
        Effect::ClearClipboard => Msg::ClipboardCleared(ClipboardCleared::Unreadable),
        Effect::Copy(id, form) => Msg::Copied(CopySource::Profile(id.clone(), *form), Err(trouble)),
        Effect::CopyText(what, _) => Msg::Copied(CopySource::Text(what), Err(trouble)),
        Effect::Test(id) => Msg::Tested(id.clone(), Err(trouble)),
        Effect::TestKey(profile) => {
            Msg::KeyTested(profile.token_fingerprint().unwrap_or_default(), Err(trouble))
        }
        Effect::Probe(store, prompting) => Msg::Probed(*store, *prompting, Err(trouble)),
        Effect::Scopes(provider, _) => Msg::Scopes(provider.clone(), Err(trouble)),
        Effect::Discover(id, _) => Msg::Discovered(*id, Err(trouble)),
        Effect::KeepServer(server) => Msg::Described(server.name.clone(), Err(trouble)),
        Effect::Describe(name, _) => Msg::Described(name.clone(), Err(trouble)),
        Effect::SaveTranscript(..) => Msg::TranscriptSaved(Err(trouble)),
        Effect::MakePrivate(_) => Msg::MadePrivate(Err(trouble)),
        Effect::SaveSettings(_) => Msg::SettingsSaved(Err(trouble)),
        Effect::GivePassphrase(store, _) => Msg::PassphraseTaken(*store, Err(trouble)),
        Effect::Rescue(newer) => {
            Msg::Rescued(newer.iter().map(|newer| (newer.clone(), Err(trouble.clone()))).collect())
        }
        // A login's asks tell of their faults themselves.
        Effect::Login(..)
        | Effect::FindServers
        | Effect::Read(_)
        | Effect::ClearClipboardAtEnd
        | Effect::ReadEvents
        | Effect::ReadSettings
        | Effect::Print(_)
        | Effect::Edit(_)
        | Effect::Redraw
        | Effect::Suspend
        | Effect::Quit => return None,
    })
}

async fn change_of(
    services: &Arc<Services>,
    id: &ProfileId,
    change: Change,
) -> Result<crate::domain::change::Snapshot, Trouble> {
    let changed = match (change.expects, change.edit) {
        (Some(expects), Edit::Refresh(new_tokens)) => save_again(services, id, expects, new_tokens).await,
        (expects, edit) => services.apply(id.store, Change { name: change.name, expects, edit }).await,
    };
    changed.map_err(|failure| match failure {
        ApplyError::Trouble(trouble) => trouble,
        ApplyError::Moved(moved) => Trouble::untouched(
            format!("cannot change {}", id.name),
            moved.to_string(),
            FailureKind::NothingToDo,
        ),
    })
}

/// Copies something of a profile.
async fn copy(services: &Arc<Services>, id: &ProfileId, what: Form) -> Result<Copied, Trouble> {
    let secret = secret_of(services, id, what, "copy").await?;
    services.clipboard.copy_secret(secret).await
}

/// Reads the profile again, so that what is copied or shown is what is stored; `purpose` is the verb for it.
async fn secret_of(
    services: &Arc<Services>,
    id: &ProfileId,
    what: Form,
    purpose: &str,
) -> Result<Secret, Trouble> {
    let snapshot = services.read(id.store).await;
    let catalog = services.catalog().await;
    let provider = catalog.get(id.name.provider());
    let secret = snapshot.profile(&id.name).and_then(|profile| form::of(what, profile, provider));
    secret.ok_or_else(|| {
        let why = format!("{} has no {} to {purpose}", id.name, what.word());
        Trouble::untouched(format!("cannot {purpose}"), why, FailureKind::NeedsLogin)
    })
}

/// What the provider of that name lists as scopes; the request carries no secret.
async fn scopes_of(services: &Arc<Services>, provider: &str, client_id: &str) -> Result<Listed, Trouble> {
    let what = format!("cannot read the scopes of {provider}");
    let catalog = services.catalog().await;
    let listed = catalog.get(provider).and_then(|provider| Some((provider, provider.scopes.list.as_ref()?)));
    let Some((provider, list)) = listed else {
        let next = FailureKind::NeedsFix("add the scopes you want by name".to_owned());
        return Err(Trouble::untouched(what, "its provider file has no list", next));
    };
    let request = scopes::request(provider, client_id).map_err(|unfilled| {
        let next = FailureKind::NeedsFix(format!("correct the provider file of {}", provider.name));
        Trouble::untouched(what.clone(), unfilled.to_string(), next)
    })?;
    let reply = services.http.send(&request, services.clock.now()).await?;
    scopes::read(list, &reply).map_err(|why| Trouble::untouched(what, why, FailureKind::Temporary(None)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::name::StoreId;
    use crate::shell::inbox;
    use crate::shell::paths::Paths;

    #[test]
    fn a_task_is_small_until_it_runs() {
        let folder = tempfile::tempdir().expect("a folder");
        let services = Services::new(Paths::below(folder.path()), "authtui");
        let (inbox, _messages) = inbox::pair().expect("files to open");
        let task = performed(&services, &inbox, Effect::Read(StoreId::Own));
        assert!(size_of_val(&task) <= 768, "{}", size_of_val(&task));
    }
}
