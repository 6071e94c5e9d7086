//! Passphrase of the encrypted file, asked once per run.

use color_eyre::eyre::Result;

use crate::cli::output::say;
use crate::cli::runtime::block_on;
use crate::domain::name::StoreId;
use crate::domain::secret::Secret;
use crate::domain::trouble::Trouble;
use crate::shell::Services;
use crate::shell::store_files::PassphraseNeed;
use crate::shell::terminal::console::{self, Prompter};

/// How often a wrong passphrase may be entered.
const TRIES: usize = 3;

/// Asks for the passphrase that secrets wait for, where somebody is there to answer. Who enters nothing goes on
/// without these secrets.
///
/// # Errors
/// When there is no runtime.
pub(super) fn ask(services: &Services) -> Result<()> {
    if services.passphrase(StoreId::Keyring) != Some(PassphraseNeed::Known) || !console::can_ask() {
        return Ok(());
    }
    for _ in 0..TRIES {
        let question = "Passphrase of secrets.age (Enter goes on without it):";
        let Some(given) = block_on(entered(question))? else { break };
        match services.open(StoreId::Keyring, &given) {
            Ok(()) => break,
            Err(trouble) => say(&trouble.to_string()),
        }
    }
    Ok(())
}

/// Makes ready for new secrets the store in which they will be kept: asks for a new passphrase where it needs
/// one, and whether it would take them.
///
/// # Errors
/// A [`Trouble`] when it would not.
pub(super) async fn prepare(services: &Services, store: StoreId) -> Result<(), Trouble> {
    if services.passphrase(store) == Some(PassphraseNeed::New) && console::can_ask() {
        let first = entered("New passphrase for secrets.age; without it its secrets are lost:").await;
        if let Some(first) = first {
            if entered("The same once more:").await != Some(first.clone()) {
                say("these were two different ones.");
            } else {
                services.open(store, &first)?;
            }
        }
    }
    services.probe(store).await
}

/// What was entered; nothing where it was nothing.
async fn entered(question: &str) -> Option<Secret> {
    let given = Prompter::new().ask_unseen(question).await;
    given.filter(|given| !given.is_empty())
}
