//! Work on one profile that is under way or unfinished, as the model keeps it.

use crate::domain::change::{Extent, RefreshedTokens};
use crate::domain::clock::Steady;
use crate::domain::profile::Profile;
use crate::domain::schedule;
use crate::domain::secret::Fingerprint;
use crate::domain::trouble::Trouble;
use crate::tui::status::AskedBy;

/// What is under way or unfinished for one profile.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Running {
    /// Its refresh, and who asked for it.
    pub refresh: Option<AskedBy>,
    /// The last auto-refresh of it.
    pub last_try: Option<LastTry>,
    /// How much of it is erased once its provider, which is being asked, has ended its grant.
    pub revoking: Option<Extent>,
    pub is_testing: bool,
    /// A sign-out that is being saved, and whether it is undone at once.
    pub erasing: Option<AfterErasing>,
    /// Whether what a sign-out erased of it is being put back.
    pub is_restoring: bool,
    /// Whether its auto-refresh is being turned on or off.
    pub is_toggling: bool,
    /// Refreshed tokens that could not be stored: they are here and nowhere else.
    pub unsaved: Option<UnsavedTokens>,
    /// Newer tokens that are being kept for its next refresh.
    pub rescues: Vec<NewerTokens>,
    /// Whether its last login failed: its client may be the reason.
    pub has_failed_login: bool,
    /// What a login here has stored last: it is no news that the file holds it.
    pub logged_in: Option<Fingerprint>,
}

/// What runs for a profile of which nothing is noted.
pub(super) static NOTHING: Running = Running {
    refresh: None,
    last_try: None,
    revoking: None,
    is_testing: false,
    erasing: None,
    is_restoring: false,
    is_toggling: false,
    unsaved: None,
    rescues: Vec::new(),
    has_failed_login: false,
    logged_in: None,
};

/// What follows once a sign-out is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterErasing {
    /// It is offered to undo it.
    Offer,
    /// It is undone: the person has asked for that already.
    Undo,
}

/// Refreshed tokens that could not be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsavedTokens {
    pub tokens: Box<RefreshedTokens>,
    /// The stored pair that they replace, and no other.
    pub replaces: Fingerprint,
    /// Why they could not be stored.
    pub trouble: Trouble,
}

/// Tokens that another program has replaced by an older pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewerTokens {
    pub profile: Profile,
    /// The older pair, which the store holds.
    pub older: Fingerprint,
}

/// The last auto-refresh of a profile, whatever came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastTry {
    at: Steady,
    /// How many in a row, with the same tokens.
    times: u32,
    /// The tokens it was to replace.
    tokens: Option<Fingerprint>,
}

impl Running {
    /// Whether the provider is asked something, or tokens wait to be stored.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.refresh.is_some()
            || self.revoking.is_some()
            || self.unsaved.is_some()
            || !self.rescues.is_empty()
    }

    /// Notes that an auto-refresh of `profile` begins.
    pub fn begin_auto_refresh(&mut self, profile: &Profile, now: Steady) {
        let tokens = profile.held.fingerprint();
        let before = self.last_try.filter(|last| last.tokens == tokens).map_or(0, |last| last.times);
        self.last_try = Some(LastTry { at: now, times: before.saturating_add(1), tokens });
        self.refresh = Some(AskedBy::Nobody);
    }

    /// Until when a try without new tokens keeps the next one back, if it still does.
    #[must_use]
    pub fn pauses_until(&self, profile: &Profile, now: Steady) -> Option<Steady> {
        let last = self.last_try?;
        let until = last.at.after(schedule::pause(last.times.saturating_sub(1)));
        (until > now && last.tokens == profile.held.fingerprint()).then_some(until)
    }
}
