//! Erased profile: what a sign-out has taken, so that it can be put back.

use crate::domain::profile::Profile;
use crate::domain::secret::Secret;

/// A profile that was erased here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedProfile {
    pub profile: Profile,
    /// What its file said of it, where that is known.
    pub text: Option<ErasedText>,
}

impl From<Profile> for ErasedProfile {
    fn from(profile: Profile) -> Self {
        Self { profile, text: None }
    }
}

/// What was taken out of a file, comments and unknown keys with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedText {
    /// Where it was, in bytes.
    pub at: usize,
    pub was: Secret,
    /// What stands there now.
    pub is: Secret,
    /// What stood before and behind it.
    pub around: (Secret, Secret),
}
