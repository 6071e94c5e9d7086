//! Passphrase of the encrypted file, asked on the terminal once somebody needs what lies in it.

use std::thread;

use crate::cli::output::say;
use crate::cli::runtime::block_on;
use crate::domain::change::{PassphraseNeed, Row, Snapshot, Unlock};
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::secret::Secret;
use crate::domain::store_presence::Prompting;
use crate::domain::trouble::Trouble;
use crate::shell::Services;
use crate::shell::terminal::console::{self, Prompter};

/// How often a wrong passphrase may be entered.
const TRIES: usize = 3;

/// What a command wants to know of a store.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// All profiles.
    All,
    /// That one.
    Profile(&'a ProfileName),
}

/// Reads a store; where the passphrase of what is wanted is missing and somebody is there to answer, asks for it
/// first. Who enters nothing goes on without these secrets.
pub(super) fn read(services: &Services, store: StoreId, wanted: Wanted<'_>) -> Snapshot {
    let snapshot = services.read_now(store);
    if !waits(&snapshot, wanted) || !console::can_ask() {
        return snapshot;
    }
    // The caller may be inside a runtime already, and there is only one a thread.
    let asked = thread::scope(|scope| scope.spawn(|| block_on(ask(services, store))).join());
    if matches!(asked, Ok(Ok(true))) { services.read_now(store) } else { snapshot }
}

/// Whether what is wanted lies in an encrypted file that waits for its passphrase.
fn waits(snapshot: &Snapshot, wanted: Wanted<'_>) -> bool {
    snapshot.passphrase == Some(PassphraseNeed::Known)
        && snapshot.rows.iter().any(|row| match (row, wanted) {
            (Row::Broken(broken), wanted) if broken.at.unlock() == Some(Unlock::Passphrase) => match wanted {
                Wanted::Profile(of) => broken.name == of.exact(),
                Wanted::All => true,
            },
            (Row::Broken(_) | Row::Profile(_), _) => false,
        })
}

/// Asks for the passphrase that the store was made with, and says whether it was entered.
async fn ask(services: &Services, store: StoreId) -> bool {
    for _ in 0..TRIES {
        let question = "Passphrase of secrets.age (Enter goes on without it):";
        let Some(given) = entered(question).await else { return false };
        match services.give_passphrase(store, given).await {
            Ok(()) => return true,
            Err(trouble) => say(&trouble.to_string()),
        }
    }
    false
}

/// Makes ready for new secrets the store in which they will be kept: asks for the passphrase that it needs, and
/// whether it would take them.
///
/// # Errors
/// A [`Trouble`] when it would not.
pub(super) async fn prepare(services: &Services, store: StoreId) -> Result<(), Trouble> {
    match services.passphrase(store) {
        Some(PassphraseNeed::Known) if console::can_ask() => {
            ask(services, store).await;
        }
        Some(PassphraseNeed::New) if console::can_ask() => {
            let first = entered("New passphrase for secrets.age; without it its secrets are lost:").await;
            if let Some(first) = first {
                if entered("The same once more:").await != Some(first.clone()) {
                    say("the two differ.");
                } else {
                    services.give_passphrase(store, first).await?;
                }
            }
        }
        Some(_) | None => {}
    }
    services.probe(store, Prompting::Allowed).await
}

/// What was entered; nothing where it was nothing.
async fn entered(question: &str) -> Option<Secret> {
    let given = Prompter::new().ask_unseen(question).await;
    given.filter(|given| !given.is_empty())
}
