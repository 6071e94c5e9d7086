//! Methods by which an answer can come back, all open at once.

use std::fmt;

use url::Url;

use crate::domain::clock::Steady;
use crate::domain::provider::{LoginMethod, Provider};
use crate::domain::trouble::FailureKind;
use crate::oauth::RequestId;
use crate::oauth::authorization::Authorization;
use crate::oauth::device::DeviceCode;
use crate::oauth::login::events::Unqueried;
use crate::oauth::login::options::Locality;

/// The ways an answer can come back, while a login waits.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginMethods {
    pub(super) authorization: Authorization,
    /// The address whose answer comes to the listener.
    pub callback: Option<Url>,
    /// The address whose answer is shown by the provider, for pasting.
    pub paste: Option<Url>,
    /// A short address on the listener that leads to `callback`.
    pub short: Option<Url>,
    /// The device code.
    pub device: DeviceMethod,
    /// A command that makes the authorization request with the person's own browser session,
    /// where the provider wants one.
    pub curl: Option<String>,
    /// When the login gives up.
    pub deadline: Steady,
    /// The authorization request that is on its way, where it is sent from here.
    pub(super) sending: Option<RequestId>,
}

/// The device code as a method.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeviceMethod {
    /// The provider has none, or it is not wanted.
    #[default]
    Absent,
    /// It is asked for.
    Requested(RequestId),
    /// It waits to be typed.
    Open(Box<DeviceCode>),
    /// It cannot be had, or is over.
    Closed(DeviceEnd),
}

/// Why a device method is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceEnd {
    /// Nobody typed the code in time.
    Expired,
    /// Its tokens have come.
    Used,
    /// The person said no, in the provider's words.
    Denied(String),
    /// It did not work.
    Failed {
        /// Why, for people.
        why: String,
        /// What kind of failure it is.
        kind: FailureKind,
    },
}

impl fmt::Display for DeviceEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str("the code has expired"),
            Self::Used => f.write_str("its tokens have come"),
            Self::Denied(words) => f.write_str(words),
            Self::Failed { why, kind: FailureKind::NeedsFix(remedy) } => write!(f, "{why}; {remedy}"),
            Self::Failed {
                why,
                kind: FailureKind::NeedsLogin | FailureKind::Temporary(_) | FailureKind::NothingToDo,
            } => f.write_str(why),
        }
    }
}

impl DeviceMethod {
    /// The code, while it is good.
    #[must_use]
    pub fn code(&self) -> Option<&DeviceCode> {
        match self {
            Self::Open(code) => Some(code),
            Self::Absent | Self::Requested(_) | Self::Closed(..) => None,
        }
    }

    /// Whether tokens may yet come by it.
    #[must_use]
    pub fn may_open(&self) -> bool {
        match self {
            Self::Requested(_) | Self::Open(_) => true,
            Self::Absent | Self::Closed(..) => false,
        }
    }
}

impl fmt::Debug for LoginMethods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { authorization, callback, paste, short, device, curl, deadline, sending } = self;
        f.debug_struct("LoginMethods")
            .field("authorization", authorization)
            .field("callback", &callback.as_ref().map(Unqueried))
            .field("paste", &paste.as_ref().map(Unqueried))
            // The path of the short link is as good as what it leads to.
            .field("short", &short.as_ref().map(|_| "…"))
            .field("device", device)
            .field("curl", &curl.as_ref().map(|_| "…"))
            .field("deadline", deadline)
            .field("sending", sending)
            .finish()
    }
}

impl LoginMethods {
    /// The methods of an authorization.
    pub(super) fn new(
        authorization: Authorization,
        provider: &Provider,
        port: Option<u16>,
        device: DeviceMethod,
        deadline: Steady,
    ) -> Self {
        let callback = authorization.loopback().and_then(|redirect| authorization.url(provider, redirect));
        let paste = authorization.paste().and_then(|redirect| authorization.url(provider, redirect));
        let short = port.filter(|_| callback.is_some()).and_then(|port| {
            Url::parse(&format!("http://127.0.0.1:{port}/go/{}", authorization.go().expose())).ok()
        });
        Self { authorization, callback, paste, short, device, curl: None, deadline, sending: None }
    }

    /// The address that a browser on this machine should open.
    #[must_use]
    pub fn first(&self) -> Option<&Url> {
        self.callback.as_ref().or(self.paste.as_ref()).or(self.device.code().map(DeviceCode::address))
    }

    /// The method that the person at `locality` should try first.
    #[must_use]
    pub fn lead(&self, locality: Locality) -> LoginMethod {
        let by_person = self.callback.is_some() || self.paste.is_some() || self.curl.is_some();
        match locality {
            Locality::Local if self.callback.is_some() => LoginMethod::Code,
            Locality::Local if by_person => LoginMethod::Paste,
            Locality::Local | Locality::OverSsh | Locality::NoDisplay if self.device.may_open() => {
                LoginMethod::Device
            }
            Locality::Local | Locality::OverSsh | Locality::NoDisplay => LoginMethod::Paste,
        }
    }

    /// Whether an answer can come by another method than the device code.
    pub(super) fn has_another(&self) -> bool {
        self.callback.is_some() || self.paste.is_some() || self.curl.is_some() || self.sending.is_some()
    }

    /// The request_id of the question about the device code that is on its way.
    pub(super) fn polling(&self) -> Option<RequestId> {
        self.device.code().and_then(DeviceCode::asked)
    }

    /// The next moment at which time alone changes something.
    pub(super) fn wakes_at(&self) -> Steady {
        let device = self.device.code().and_then(DeviceCode::wakes_at);
        device.map_or(self.deadline, |at| at.min(self.deadline))
    }
}
