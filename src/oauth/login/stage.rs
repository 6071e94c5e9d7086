//! Stages of a login, and its outcome.

use crate::domain::profile::Profile;
use crate::domain::provider::LoginMethod;
use crate::domain::trouble::Trouble;
use crate::oauth::RequestId;
use crate::oauth::callback::AuthorizationResponse;
use crate::oauth::login::{DeviceMethod, LoginMethods};
use crate::oauth::reply::TokenResponse;
use crate::oauth::request::Entropy;

/// Where a login stands.
///
/// ```text
/// Opening ──random bytes and a port──▶ Waiting
/// Waiting ──answer──▶ Exchanging ──tokens──▶ [Identifying] ──▶ Saving ──saved──▶ Testing ──status──▶ Over
/// Testing ──nobody was named──▶ Naming ──named, or not──▶ Over
/// Waiting ──tokens of the device code──▶ Saving
/// Exchanging ──code refused──▶ Waiting
/// Exchanging, Waiting ──tokens of another account, or of a cancelled login──▶ Confirming
/// Saving ──name is taken──▶ Confirming ──kept──▶ Saving
/// Saving ──not saved──▶ Unsaved ──tried again──▶ Saving
/// Opening, Waiting, Exchanging ──refused, cancelled or too late──▶ Over
/// Confirming, Unsaved ──discarded──▶ Over
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It gathers what the authorization URL needs: random bytes, then a port.
    Opening(Opening),
    /// It waits for the person.
    Waiting(Box<LoginMethods>),
    /// A code is being redeemed, or the last answer about the device code is awaited.
    Exchanging(Exchange),
    /// Tokens are there, and the provider is asked whose they are.
    Identifying(Box<Identification>),
    /// Tokens are there, and the person must say whether they are wanted.
    Confirming(Box<Profile>, ConfirmReason),
    /// The tokens are being saved.
    Saving(Box<Profile>),
    /// The tokens could not be saved; they are here and nowhere else.
    Unsaved(Box<Profile>, Trouble),
    /// The saved token is being tested.
    Testing(RequestId, Box<Profile>),
    /// The tokens are saved, and nobody said whose they are: the person may.
    Naming(Box<Profile>),
    /// It has ended.
    Over(Outcome),
}

/// What a login has gathered before its methods can open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    /// The random bytes, once they are there.
    pub entropy: Option<Entropy>,
    /// The device code, which is asked for meanwhile.
    pub device: DeviceMethod,
}

/// A code that is being redeemed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub(super) request_id: RequestId,
    pub(super) methods: Box<LoginMethods>,
    pub(super) by: LoginMethod,
    /// A callback's answer that came while a pasted code was being redeemed.
    pub(super) spare: Option<AuthorizationResponse>,
    /// What came by the device code meanwhile: used if the code is refused.
    pub(super) granted: Option<Box<TokenResponse>>,
    /// The person cancelled meanwhile: they are asked before anything is saved.
    pub(super) cancelled: Option<ConfirmReason>,
    /// How the login ends if nothing comes of it; absent: as the refusal says.
    pub(super) ending: Option<Outcome>,
}

impl Exchange {
    /// How the login ends if no tokens come; absent while a code is being redeemed.
    #[must_use]
    pub fn ending(&self) -> Option<&Outcome> {
        self.ending.as_ref()
    }

    /// Whether the person is asked about tokens that come all the same.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_some()
    }

    pub(super) fn of(request_id: RequestId, methods: Box<LoginMethods>, by: LoginMethod) -> Self {
        Self { request_id, methods, by, spare: None, granted: None, cancelled: None, ending: None }
    }
}

/// Tokens of somebody who is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identification {
    pub(super) request_id: RequestId,
    pub(super) granted: TokenResponse,
    /// Why the person is asked before anything is saved.
    pub(super) doubt: Option<ConfirmReason>,
}

/// Why a person is asked before tokens are saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmReason {
    /// Another account logged in than the profile holds.
    OtherAccount {
        /// Who is stored.
        stored: String,
        /// Who logged in.
        came: String,
    },
    /// A profile of that name was stored while the login was under way.
    Taken,
    /// The login was cancelled while its code was being redeemed.
    Cancelled,
}

/// How a login ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The tokens are saved.
    Done(Box<Profile>),
    /// The person, or the provider on their behalf, said no.
    Denied(String),
    /// Nobody answered in time.
    TimedOut,
    /// The person ended it.
    Cancelled,
    /// The person did not want the tokens.
    Discarded,
    /// It could not go on.
    Failed(Trouble),
}
