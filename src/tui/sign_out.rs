//! Sign-out: which profiles it is about, and what can be done with each of them.

use crate::domain::change::Extent;
use crate::domain::name::ProfileId;
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::Provider;
use crate::oauth::revocation::{self, NotRevocable};

/// A profile to sign out of, as it was when the person asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOutTarget {
    pub id: ProfileId,
    pub holds: SecretHeld,
    /// Why its provider cannot be asked to end its login, where it cannot.
    pub not_revocable: Option<NotRevocable>,
}

/// What a profile holds that can be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretHeld {
    Login,
    /// It is all that its profile has: without it there is no profile.
    Key,
    Nothing,
}

/// How to sign out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignOutWay {
    /// Erase the tokens here; the provider is not notified.
    EraseHere,
    /// Ask the provider to end the login, then erase the tokens here.
    AtProvider,
    /// Erase the tokens and the profile here; the provider is not notified.
    DeleteHere,
    /// Ask the provider to end the login, then erase the tokens and the profile here.
    DeleteAtBoth,
}

impl SignOutWay {
    #[must_use]
    pub fn extent(self) -> Extent {
        match self {
            Self::EraseHere | Self::AtProvider => Extent::Tokens,
            Self::DeleteHere | Self::DeleteAtBoth => Extent::Profile,
        }
    }

    #[must_use]
    pub fn asks_provider(self) -> bool {
        match self {
            Self::AtProvider | Self::DeleteAtBoth => true,
            Self::EraseHere | Self::DeleteHere => false,
        }
    }
}

impl SignOutTarget {
    #[must_use]
    pub fn new(profile: &Profile, provider: Option<&Provider>) -> Self {
        let holds = match (profile.held.tokens(), profile.kind) {
            (None, _) => SecretHeld::Nothing,
            (Some(_), Kind::OAuth) => SecretHeld::Login,
            (Some(_), Kind::ApiKey | Kind::Environment) => SecretHeld::Key,
        };
        let not_revocable = revocation::request(profile, provider).err();
        Self { id: profile.id.clone(), holds, not_revocable }
    }

    #[must_use]
    pub fn is_revocable(&self) -> bool {
        self.not_revocable.is_none()
    }
}

/// A way out that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOutOffer {
    /// The letter in its words that takes it.
    pub letter: char,
    pub words: String,
    pub way: SignOutWay,
}

/// What can be done with all of `targets`. What would do the same as another offer, or nothing, is left out.
#[must_use]
pub fn offers(targets: &[SignOutTarget]) -> Vec<SignOutOffer> {
    let holds = |held| targets.iter().any(|target| target.holds == held);
    let (login, key) = (holds(SecretHeld::Login), holds(SecretHeld::Key));
    let is_revocable = targets.iter().any(SignOutTarget::is_revocable);
    let is_one = targets.len() == 1;
    let erased = match (login, key) {
        (false, true) if is_one => Some("the key"),
        (false, true) => Some("the keys"),
        (true, true) => Some("tokens and keys"),
        (true, false) => Some("the tokens"),
        (false, false) => None,
    };
    // Of a key there is nothing left that could be deleted on its own.
    let deletes = login || holds(SecretHeld::Nothing);
    let profile = if is_one { "the profile" } else { "the profiles" };
    let here_only = if erased.is_some() { ", here only" } else { "" };
    let offer = |letter, words, way| SignOutOffer { letter, words, way };
    let erase = erased.map(|what| offer('e', format!("Erase {what} here only"), SignOutWay::EraseHere));
    let at_provider = || offer('s', "Sign out at the provider too".to_owned(), SignOutWay::AtProvider);
    let delete = || offer('d', format!("Delete {profile}{here_only}"), SignOutWay::DeleteHere);
    let both = || offer('b', format!("Both: sign out there, delete {profile}"), SignOutWay::DeleteAtBoth);
    let offers = [erase, is_revocable.then(at_provider), deletes.then(delete), is_revocable.then(both)];
    offers.into_iter().flatten().collect()
}
