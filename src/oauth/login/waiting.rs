//! A login that waits: every door is open at once, and the first valid answer wins.

use url::Url;

use crate::domain::clock::{Now, Steady};
use crate::domain::provider::Provider;
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::trouble::{Next, Trouble};
use crate::oauth::Errand;
use crate::oauth::authorization::Authorization;
use crate::oauth::callback::Answer;
use crate::oauth::device::DeviceCode;
use crate::oauth::login::step::Step;
use crate::oauth::login::{Ask, Door, Doubt, Exchange, Login, Outcome, Seat, Stage, Turn};
use crate::oauth::pasted::{self, Proof, Redirects};

/// The ways an answer can come back, while a login waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doors {
    pub(super) authorization: Authorization,
    /// The address whose answer comes to the listener.
    pub callback: Option<Url>,
    /// The address whose answer is shown by the provider, for pasting.
    pub paste: Option<Url>,
    /// A short address on the listener that leads to `callback`.
    pub short: Option<Url>,
    /// The device code.
    pub device: DeviceDoor,
    /// A command that makes the authorization request with the person's own browser session,
    /// where the provider wants one.
    pub curl: Option<String>,
    /// When the login gives up.
    pub deadline: Steady,
}

/// The device code as a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceDoor {
    /// The provider has none, or it is not wanted.
    Absent,
    /// It is asked for.
    Asked(Errand),
    /// It waits to be typed.
    Open(Box<DeviceCode>),
    /// It cannot be had, or is over; why, for people.
    Closed(String),
}

impl Doors {
    /// The doors of an authorization, unless there are none.
    #[must_use]
    pub fn new(
        authorization: Authorization,
        provider: &Provider,
        port: Option<u16>,
        deadline: Steady,
    ) -> Option<Self> {
        let callback = authorization.loopback().and_then(|redirect| authorization.url(provider, redirect));
        let paste = authorization.paste().and_then(|redirect| authorization.url(provider, redirect));
        let short = port.and_then(|port| {
            Url::parse(&format!("http://127.0.0.1:{port}/go/{}", authorization.go().expose())).ok()
        });
        if callback.is_none() && paste.is_none() {
            return None;
        }
        let (device, curl) = (DeviceDoor::Absent, None);
        Some(Self { authorization, callback, paste, short, device, curl, deadline })
    }

    /// The address that a browser on this machine should open.
    #[must_use]
    pub fn first(&self) -> Option<&Url> {
        let device = match &self.device {
            DeviceDoor::Open(device) => Some(device.page_with_code.as_ref().unwrap_or(&device.page)),
            DeviceDoor::Absent | DeviceDoor::Asked(_) | DeviceDoor::Closed(_) => None,
        };
        self.callback.as_ref().or(self.paste.as_ref()).or(device)
    }

    /// The door that the person at `seat` should try first.
    #[must_use]
    pub fn lead(&self, seat: Seat) -> Door {
        let has_device = matches!(self.device, DeviceDoor::Open(_) | DeviceDoor::Asked(_));
        let by_browser = if self.callback.is_some() { Door::Callback } else { Door::Paste };
        match seat {
            _ if self.callback.is_none() && self.paste.is_none() && self.curl.is_none() => Door::Device,
            Seat::Here => by_browser,
            Seat::OverSsh | Seat::NoDisplay if has_device => Door::Device,
            Seat::OverSsh | Seat::NoDisplay => Door::Paste,
        }
    }
}

impl Login {
    pub(super) fn answered(&mut self, stage: Stage, answer: Answer, now: Now) -> Turn {
        match stage {
            Stage::Waiting(doors) => {
                let Some(redirect) = doors.authorization.loopback().cloned() else {
                    return Turn::to(Stage::Waiting(doors));
                };
                self.redeem(doors, Door::Callback, answer, &redirect, now)
            }
            // A pasted code may yet be refused; then this answer is the way on.
            Stage::Exchanging(exchange) if exchange.by == Door::Paste => {
                Turn::to(Stage::Exchanging(Exchange { spare: Some(answer), ..exchange }))
            }
            // A tab of an earlier try came back late.
            Stage::Opening(_)
            | Stage::Exchanging(_)
            | Stage::Confirming(..)
            | Stage::Saving(_)
            | Stage::Unsaved(..)
            | Stage::Testing(..)
            | Stage::Over(_) => Turn::to(stage),
        }
    }

    pub(super) fn typed(&mut self, stage: Stage, text: &Secret, now: Now) -> Turn {
        let Stage::Waiting(doors) = stage else {
            return Turn::to(stage);
        };
        let redirects = Redirects {
            loopback: doors.authorization.loopback().cloned(),
            paste: doors.authorization.paste().cloned(),
        };
        let issuer = self.plan.provider.issuer.as_deref();
        // What was said of an earlier paste would be taken for an answer to this one.
        self.notices.clear();
        match pasted::read(text, doors.authorization.state(), issuer, &redirects) {
            Ok(pasted) => {
                if pasted.proven == Proof::None {
                    self.notice("A bare code cannot be checked: it may belong to another login.");
                }
                self.redeem(doors, Door::Paste, pasted.answer, &pasted.redirect, now)
            }
            Err(error) => {
                self.notice(format!("{error}."));
                Turn::to(Stage::Waiting(doors))
            }
        }
    }

    fn redeem(&mut self, doors: Box<Doors>, by: Door, answer: Answer, redirect: &Url, now: Now) -> Turn {
        let code = match answer {
            Answer::Code { code, .. } => code,
            Answer::Denied { error, description } => {
                let words = description.map_or_else(|| error.clone(), |words| format!("{error}: {words}"));
                self.steps.failed(Step::Wait, words.clone(), now.steady);
                if error == "access_denied" {
                    return Turn::over(Outcome::Denied(words));
                }
                // RFC 6749 §4.1.2.1: any other code is the server's no, not the person's.
                let why = format!("{} refused: {words}", self.plan.provider.title);
                let trouble = Trouble::untouched("cannot log in", why, Next::LogIn);
                return Turn::over(Outcome::Failed(trouble));
            }
        };
        let spent = Fingerprint::of([Some(&code)]);
        if self.spent.contains(&spent) {
            return self.spent_already(doors, by, now);
        }
        self.spent.push(spent);
        let secret = self.plan.client_secret.as_ref();
        let request = match doors.authorization.redeem(&self.plan.provider, secret, &code, redirect) {
            Ok(request) => request,
            Err(unfilled) => {
                let next = Next::Fix(format!("correct the provider file of {}", self.plan.provider.name));
                let trouble = Trouble::untouched("cannot exchange the code", unfilled.to_string(), next);
                return Turn::over(Outcome::Failed(trouble));
            }
        };
        let host = request.url.host_str().unwrap_or_default().to_owned();
        self.steps.done(Step::Wait, if by == Door::Callback { "callback" } else { "pasted" }, now.steady);
        self.steps.begin(Step::Exchange, host, now.steady);
        let errand = self.next_errand();
        let exchange = Exchange { errand, doors, by, spare: None, cancelled: None };
        Turn::to(Stage::Exchanging(exchange)).asking([Ask::Send(errand, Box::new(request))])
    }

    /// A code that was sent came again; whatever became of it, it is not sent a second time.
    fn spent_already(&mut self, doors: Box<Doors>, by: Door, now: Now) -> Turn {
        let why = "the code was tried before, and a code works once";
        match by {
            Door::Paste => {
                self.notice(format!("Nothing was sent: {why}. Open the link again for another."));
                Turn::to(Stage::Waiting(doors))
            }
            Door::Callback | Door::Device => {
                self.steps.failed(Step::Wait, why, now.steady);
                let trouble = Trouble::untouched("cannot exchange the code", why, Next::LogIn);
                Turn::over(Outcome::Failed(trouble))
            }
        }
    }

    pub(super) fn stray(&mut self, stage: Stage) -> Turn {
        if matches!(stage, Stage::Waiting(_)) {
            self.notice("A reply that was not ours was ignored. Still waiting.");
        }
        Turn::to(stage)
    }

    pub(super) fn listener_died(&mut self, stage: Stage, why: &str) -> Turn {
        self.notice(format!("The callback listener ended ({why}). Paste the answer instead."));
        Turn::to(stage)
    }

    pub(super) fn woke(&mut self, stage: Stage, now: Now) -> Turn {
        match stage {
            Stage::Waiting(doors) if now.steady >= doors.deadline => {
                self.steps.failed(Step::Wait, "nobody answered", now.steady);
                Turn::over(Outcome::TimedOut)
            }
            Stage::Opening(_)
            | Stage::Waiting(_)
            | Stage::Exchanging(_)
            | Stage::Confirming(..)
            | Stage::Saving(_)
            | Stage::Unsaved(..)
            | Stage::Testing(..)
            | Stage::Over(_) => Turn::to(stage),
        }
    }

    pub(super) fn cancelled(&mut self, stage: Stage, now: Now) -> Turn {
        match stage {
            Stage::Opening(_) | Stage::Waiting(_) => {
                self.steps.failed(Step::Wait, "cancelled", now.steady);
                Turn::over(Outcome::Cancelled)
            }
            // The code is spent: what it brings is asked about, not dropped.
            Stage::Exchanging(exchange) => {
                Turn::to(Stage::Exchanging(Exchange { cancelled: Some(Doubt::Cancelled), ..exchange }))
            }
            Stage::Testing(_, profile) => {
                self.steps.skip(Step::Test, "not awaited");
                Turn::over(Outcome::Done(profile))
            }
            Stage::Confirming(..) | Stage::Saving(_) | Stage::Unsaved(..) | Stage::Over(_) => Turn::to(stage),
        }
    }

    /// A code was refused, or could not be redeemed.
    pub(super) fn not_redeemed(&mut self, exchange: Exchange, trouble: Trouble, now: Now) -> Turn {
        self.steps.failed(Step::Exchange, trouble.why.clone(), now.steady);
        if exchange.cancelled.is_some() {
            return Turn::over(Outcome::Cancelled);
        }
        match exchange.by {
            // A code is good for one request (RFC 6749 §4.1.2); whatever became of it, it is spent.
            Door::Callback | Door::Device => Turn::over(Outcome::Failed(trouble)),
            Door::Paste => {
                self.notice(format!("The pasted code did not work: {}.", trouble.why));
                self.steps.reset(Step::Exchange);
                self.steps.begin(Step::Wait, "", now.steady);
                let waiting = Stage::Waiting(exchange.doors);
                match exchange.spare {
                    Some(answer) => self.answered(waiting, answer, now),
                    None => Turn::to(waiting),
                }
            }
        }
    }
}
