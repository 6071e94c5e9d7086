//! Store: what every place that is written can do.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::change::{Change, ErasedText, PassphraseNeed, Snapshot};
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::secret::Secret;
use crate::domain::store_presence::Prompting;
use crate::domain::trouble::Trouble;
use crate::shell::store_files::disk_reservation::DiskReservation;
use crate::shell::store_files::trouble::ApplyError;

/// The name that stands for every file of a folder that is watched, but for those that begin with a dot.
pub(in crate::shell) const EVERY_FILE: &str = "*";

/// What a store holds after several changes, and for each why it was not made, if it was not.
pub type Applied = (Snapshot, Vec<Option<ApplyError>>);

/// A place whose profiles are read as a snapshot and changed one by one. Every method blocks; the loop calls
/// them in a thread of their own.
pub trait Store: fmt::Debug + Send + Sync {
    /// Which one it is.
    fn id(&self) -> StoreId;

    /// Where it lies; the event log calls it so.
    fn path(&self) -> &Path;

    /// The files that are watched, since what it says may change with them.
    fn watched(&self) -> Vec<PathBuf> {
        vec![self.path().to_owned()]
    }

    /// The number of a snapshot. A reading takes its own before it begins and a change once it is made,
    /// so that no reading from before a change comes after it.
    fn number(&self) -> u64;

    /// What it says now. One that was never there is empty. One that has gone cannot be read, and says
    /// nothing of profiles.
    fn read(&self) -> Snapshot;

    /// The profile of that name, where it can be told at once and there is nothing to say beside it; for all
    /// else there is [`Store::read`].
    fn read_one(&self, _name: &ProfileName) -> Option<Arc<Profile>> {
        None
    }

    /// The profiles of which an interrupted save left the tokens of a later refresh beside it.
    fn interrupted(&self) -> Vec<Arc<Profile>>;

    /// Makes each of `changes` that can be made, with one reading and one writing, and says what the
    /// store holds then, and for each change why it was not made, if it was not.
    ///
    /// # Errors
    /// A [`Trouble`] when none was made; the store is then as it was.
    fn apply_each(&self, changes: &[Change]) -> Result<Applied, Trouble>;

    /// Makes `change` to the store as it is now, and says what it holds then.
    ///
    /// # Errors
    /// An [`ApplyError`]; the store is then as it was.
    fn apply(&self, change: &Change) -> Result<Snapshot, ApplyError> {
        let (snapshot, failures) =
            self.apply_each(std::slice::from_ref(change)).map_err(ApplyError::Trouble)?;
        failures.into_iter().next().flatten().map_or(Ok(snapshot), Err)
    }

    /// Keeps room on disk for a change that must not fail for want of it.
    ///
    /// # Errors
    /// A [`Trouble`] when there is none.
    fn reserve(&self) -> Result<DiskReservation, Trouble>;

    /// What it says of the profile that `change` erases, where that can be put back as it was.
    fn erased_text(&self, change: &Change) -> Option<ErasedText>;
    /// Whether it would take new tokens; asked before a login into it begins.
    ///
    /// # Errors
    /// A [`Trouble`] when it would not.
    fn probe(&self, _prompting: Prompting) -> Result<(), Trouble> {
        Ok(())
    }

    /// The passphrase that it waits for.
    fn passphrase(&self) -> Option<PassphraseNeed> {
        None
    }

    /// Gives it the passphrase that it waits for.
    ///
    /// # Errors
    /// A [`Trouble`] when it is another one.
    fn open(&self, _passphrase: &Secret) -> Result<(), Trouble> {
        Ok(())
    }

    /// Calls `told` when it may tell more than at its last reading, without anybody looking for that.
    fn on_unlocked(&self, _told: Box<dyn Fn() + Send + Sync>) {}

    /// Takes what other users may do from its file and its folder.
    ///
    /// # Errors
    /// A [`Trouble`] when something stays open to them.
    fn make_private(&self) -> Result<(), Trouble>;
}
