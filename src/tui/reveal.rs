//! Reveal: one secret of a profile, shown for a few seconds.

use std::time::Duration;

use crate::domain::clock::Steady;
use crate::domain::name::ProfileId;
use crate::domain::secret::Secret;
use crate::oauth::form::Form;

/// How long a secret is shown.
pub const REVEAL_TIME: Duration = Duration::from_secs(10);

/// A secret that is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Reveal {
    pub id: ProfileId,
    /// The token, or the refresh token.
    pub form: Form,
    pub secret: Secret,
    pub until: Steady,
}
