//! Undo of a sign-out: what was erased here is kept in memory for a short while.
//!
//! It is wiped when its time is over, when the program ends, and as soon as other tokens are stored for
//! its profile. Only what a provider was not asked to end can be put back.

use std::time::Duration;

use crate::domain::change::{Change, Edit, ErasedProfile, Extent, Snapshot};
use crate::domain::clock::{Now, Steady};
use crate::domain::name::ProfileId;
use crate::tui::seconds;

/// How long it can be undone.
pub const UNDO_TIME: Duration = Duration::from_secs(10);

/// What was erased, and until when it can be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOutUndo {
    erased: Vec<(Extent, Box<ErasedProfile>)>,
    until: Steady,
    stage: UndoStage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UndoStage {
    Offered,
    /// It is being put back, and kept until the store says that it is there.
    Restoring,
}

impl SignOutUndo {
    /// The offer to put back `erased` from now on, with what the same answer has erased `before`.
    #[must_use]
    pub fn offer(before: Option<Self>, erased: (Extent, Box<ErasedProfile>), now: Now) -> Self {
        let before = before.map(|undo| undo.erased).unwrap_or_default();
        let erased = before.into_iter().chain([erased]).collect();
        Self { erased, until: now.steady.after(UNDO_TIME), stage: UndoStage::Offered }
    }

    /// Whether the profile comes back as its file had it, with comments and what authtui does not know.
    #[must_use]
    pub fn is_whole(&self, id: &ProfileId) -> bool {
        self.erased.iter().any(|(_, erased)| erased.profile.id == *id && erased.text.is_some())
    }

    #[must_use]
    pub fn is_offered(&self) -> bool {
        self.stage == UndoStage::Offered
    }

    #[must_use]
    pub fn is_over(&self, now: Now) -> bool {
        self.is_offered() && self.until <= now.steady
    }

    #[must_use]
    pub fn until(&self) -> Steady {
        self.until
    }

    /// Begins to put everything back: the changes that do it.
    pub fn restore(&mut self) -> Vec<(ProfileId, Change)> {
        self.stage = UndoStage::Restoring;
        let change = |(extent, erased): &(Extent, Box<ErasedProfile>)| {
            let (id, edit) = (erased.profile.id.clone(), Edit::Restore(*extent, erased.clone()));
            let name = id.name.clone();
            (id, Change { name, expects: None, edit })
        };
        // The last one first: where one lay beside another, it is found again once that one is there.
        self.erased.iter().rev().map(change).collect()
    }

    /// Offers it once more: it could not be put back.
    pub fn offer_again(&mut self, now: Now) {
        (self.stage, self.until) = (UndoStage::Offered, now.steady.after(UNDO_TIME));
    }

    /// Whether anything of it is still missing in `snapshot`; lets go of what is stored, and of what other
    /// tokens have taken the place of.
    pub fn is_left_after(&mut self, snapshot: &Snapshot) -> bool {
        let is_missing = |(extent, erased): &(Extent, Box<ErasedProfile>)| {
            let id = &erased.profile.id;
            id.store != snapshot.store
                || match (snapshot.profile(&id.name), extent) {
                    (None, Extent::Profile) => true,
                    (Some(profile), Extent::Tokens) => profile.held.tokens().is_none(),
                    (None, Extent::Tokens) | (Some(_), Extent::Profile) => false,
                }
        };
        // A file that cannot be read says nothing.
        if snapshot.writable.is_ok() {
            self.erased.retain(is_missing);
        }
        !self.erased.is_empty()
    }

    /// What the message row says while it counts down; `key` is the one that undoes it.
    #[must_use]
    pub fn words(&self, key: &str, now: Now) -> String {
        let done = match self.erased.as_slice() {
            [(Extent::Tokens, one)] => format!("Signed out of {}.", one.profile.id.name),
            [(Extent::Profile, one)] => format!("Deleted {}.", one.profile.id.name),
            many if many.iter().all(|(extent, _)| *extent == Extent::Profile) => {
                format!("Deleted {} profiles.", many.len())
            }
            many => format!("Signed out of {} profiles.", many.len()),
        };
        format!("{done} {key} undoes it ({}s)", seconds::left(self.until, now.steady))
    }

    /// When it says other words, or is over.
    #[must_use]
    pub fn changes_at(&self, now: Now) -> Steady {
        seconds::next(self.until, now.steady)
    }
}
