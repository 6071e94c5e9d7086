//! Locked rows: profiles whose secrets lie in a vault that does not tell them.

use crate::domain::change::{PassphraseNeed, Row, Snapshot, Unlock};

/// What unlocks the locked rows of a store.
pub fn of_store(snapshot: &Snapshot) -> impl Iterator<Item = Unlock> {
    snapshot.rows.iter().filter_map(|row| match row {
        Row::Broken(broken) => broken.at.unlock(),
        Row::Profile(_) => None,
    })
}

/// Whether rows of a store wait for the passphrase that it was made with.
#[must_use]
pub fn waits_for_passphrase(snapshot: &Snapshot) -> bool {
    let is_known = snapshot.passphrase == Some(PassphraseNeed::Known);
    is_known && of_store(snapshot).any(|unlock| unlock == Unlock::Passphrase)
}
