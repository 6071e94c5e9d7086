//! One device code: what the person types where, and when to ask whether they have (RFC 8628).

use std::time::Duration;

use url::Url;

use crate::domain::clock::Steady;
use crate::domain::secret::Secret;
use crate::oauth::Errand;

/// One device code while it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCode {
    /// What polls carry.
    pub(super) code: Secret,
    /// What the person types, made safe to show.
    pub user_code: String,
    /// Where the person types it.
    pub page: Url,
    /// The same address with the code in it.
    pub page_with_code: Option<Url>,
    /// When the code ends.
    pub ends_at: Steady,
    /// The pause between two polls.
    pub interval: Duration,
    /// The next question.
    pub poll: Poll,
    /// The last question's answer, and when it came.
    pub last: Option<(Steady, Progress)>,
}

/// The next question whether the person has agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poll {
    /// It is asked then.
    At(Steady),
    /// It was asked, and the answer is awaited.
    Asked(Errand),
}

/// What an answer said while the person has not agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Not yet.
    Pending,
    /// Not yet, and ask less often.
    SlowDown,
    /// The server could not be asked; it is asked again.
    Unreachable(String),
}
