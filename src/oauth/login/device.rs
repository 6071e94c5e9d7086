//! The device code as a door of a login: asked for, shown, and asked about (RFC 8628).
//!
//! A door that cannot be had does not end a login that has another. While a code is being
//! redeemed no question is sent; the answer to one that was sent before is kept.

use std::time::Duration;

use crate::domain::clock::Now;
use crate::domain::provider::Flow;
use crate::domain::provider::request_template::Placeholder;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::Errand;
use crate::oauth::authorization::{challenge, device_verifier};
use crate::oauth::device::{BadCode, DeviceCode, Poll, Polled, judge};
use crate::oauth::login::step::{Mark, Step};
use crate::oauth::login::{Ask, DeviceDoor, Doors, Login, Outcome, Shut, Stage, Turn};
use crate::oauth::reply::{Cause, Granted, Refusal, Remedy, Said};
use crate::oauth::request::{Bindings, Entropy, Reply, Unfilled};

/// The longest that a login waits for a device code to be typed.
const LONGEST: Duration = Duration::from_mins(30);

/// What the answer to a question about the device code leaves to do.
pub(super) enum Asked {
    /// The tokens came.
    Granted(Box<Granted>),
    /// The person said no.
    Denied(String),
    /// The door is still open, or closed now.
    Nothing,
}

impl Login {
    /// Asks for a device code, where the login has that door.
    pub(super) fn ask_for_device_code(&mut self, entropy: &Entropy, now: Now) -> (DeviceDoor, Option<Ask>) {
        let device = self.plan.provider.device.clone().filter(|_| self.plan.opens(Flow::Device));
        let Some(device) = device else { return (DeviceDoor::Absent, None) };
        self.device_verifier = device_verifier(&device, entropy);
        let challenge = self
            .device_verifier
            .as_ref()
            .map(|verifier| challenge(device.pkce, verifier))
            .unwrap_or_default();
        match self.device_bindings().with(Placeholder::Challenge, challenge).fill(&device.authorize) {
            Ok(request) => {
                let host = request.url.host_str().unwrap_or_default().to_owned();
                self.steps.begin(Step::Device, host, now.steady);
                let errand = self.next_errand();
                (DeviceDoor::Asked(errand), Some(Ask::Send(errand, Box::new(request))))
            }
            Err(unfilled) => {
                let shut = self.unfilled(unfilled);
                (self.no_device_code(shut, now), None)
            }
        }
    }

    fn device_bindings(&self) -> Bindings {
        let client = Bindings::of_client(
            &self.plan.provider.client.authentication,
            &self.plan.client_id,
            self.plan.client_secret.as_ref(),
        );
        self.plan.asking().bindings(&self.plan.provider, client)
    }

    /// Reads what came of asking for a device code.
    pub(super) fn device_code(&mut self, reply: Result<Reply, Trouble>, now: Now) -> DeviceDoor {
        let provider = &self.plan.provider;
        let Some(device) = &provider.device else { return DeviceDoor::Absent };
        let reply = match reply {
            Ok(reply) => reply,
            Err(Trouble { why, kind, .. }) => return self.no_device_code(Shut::Failed { why, kind }, now),
        };
        // An error comes first, whatever the status and whatever stands beside it.
        let refusal = Refusal::of(&provider.reply, &provider.meanings, &reply, "no device code in it");
        let refused = || {
            let kind = match refusal.remedy() {
                Remedy::Change(Cause::Unknown) => {
                    let show = format!("authtui providers show {}", provider.name);
                    FailureKind::NeedsFix(format!("log in another way, or check the provider file: {show}"))
                }
                Remedy::Wait | Remedy::LogIn | Remedy::Change(_) => {
                    self.failure_kind(&refusal, "endpoints.device")
                }
            };
            Shut::Failed { why: refusal.said_by(&provider.title), kind }
        };
        let shut = match DeviceCode::read(device, &reply, now) {
            _ if refusal.said.code().is_some() => refused(),
            Ok(code) => {
                self.steps.done(Step::Device, code.page.host_str().unwrap_or_default(), now.steady);
                return DeviceDoor::Open(Box::new(code));
            }
            Err(bad @ BadCode::Lacks(_)) if refusal.is_odd_success() && refusal.said != Said::Page => {
                let check = Cause::Address.check(provider, "endpoints.device");
                let kind = check.map_or(FailureKind::Temporary(None), FailureKind::NeedsFix);
                Shut::Failed { why: format!("{}: {bad}", provider.title), kind }
            }
            Err(BadCode::Lacks(_)) => refused(),
            // What the server says now it may say otherwise the next time.
            Err(bad) => {
                Shut::Failed { why: format!("{}: {bad}", provider.title), kind: FailureKind::Temporary(None) }
            }
        };
        self.no_device_code(shut, now)
    }

    fn no_device_code(&mut self, shut: Shut, now: Now) -> DeviceDoor {
        self.steps.failed(Step::Device, shut.to_string(), now.steady);
        DeviceDoor::Closed(shut)
    }

    fn unfilled(&self, unfilled: Unfilled) -> Shut {
        let kind = FailureKind::NeedsFix(format!("correct the provider file of {}", self.plan.provider.name));
        Shut::Failed { why: unfilled.to_string(), kind }
    }

    /// What follows from a device door that has just opened or closed: more patience, and the
    /// browser where no other door wants it.
    pub(super) fn device_settled(&mut self, doors: &mut Doors, now: Now) -> Option<Ask> {
        match &doors.device {
            DeviceDoor::Absent | DeviceDoor::Asked(_) => return None,
            DeviceDoor::Closed(shut) => {
                if doors.has_another() {
                    self.notice(format!("There is no device code: {shut}."));
                }
                return None;
            }
            DeviceDoor::Open(code) => {
                let end = code.ends_at.min(now.steady.after(LONGEST));
                doors.deadline = doors.deadline.max(end);
            }
        }
        if doors.has_another() {
            return None;
        }
        let open = self.open_first(doors, now);
        if self.steps.mark(Step::Wait) == Mark::Todo {
            self.steps.begin(Step::Wait, "", now.steady);
        }
        open
    }

    /// The next question about the device code, if it is time.
    pub(super) fn poll(&mut self, doors: &mut Doors, now: Now) -> Option<Ask> {
        let code = doors.device.code().filter(|code| code.is_due(now))?;
        let bindings = (self.device_bindings())
            .with(Placeholder::DeviceCode, code.code.clone())
            .with(Placeholder::Verifier, self.device_verifier.clone().unwrap_or_default());
        match bindings.fill(&self.plan.provider.device.as_ref()?.poll) {
            Ok(request) => {
                let errand = self.next_errand();
                if let DeviceDoor::Open(code) = &mut doors.device {
                    code.poll = Poll::Asked(errand);
                }
                Some(Ask::Send(errand, Box::new(request)))
            }
            Err(unfilled) => {
                let shut = self.unfilled(unfilled);
                self.close_device(doors, shut, now);
                None
            }
        }
    }

    /// Takes the answer to a question about the device code.
    pub(super) fn polled(&mut self, doors: &mut Doors, reply: Result<Reply, Trouble>, now: Now) -> Asked {
        let provider = &self.plan.provider;
        let (Some(device), DeviceDoor::Open(code)) = (&provider.device, &mut doors.device) else {
            return Asked::Nothing;
        };
        let shut = match judge(provider, &device.reply, reply.as_ref()) {
            Polled::Granted(granted) => return Asked::Granted(granted),
            Polled::Denied(words) => return Asked::Denied(words),
            Polled::Undecided { progress, interval, pause } => {
                code.put_off(progress, interval, pause, now);
                return Asked::Nothing;
            }
            Polled::Expired => Shut::TooOld,
            // The provider has decided: asking again would bring no other tokens.
            Polled::Refused(refusal)
                if (200..300).contains(&refusal.status) && refusal.said.code().is_none() =>
            {
                let why = format!("{} {refusal}: its tokens cannot be used", provider.title);
                let name = &provider.name;
                let remedy = format!(
                    "log in again, or correct how its answers are read: authtui providers show {name}"
                );
                Shut::Failed { why, kind: FailureKind::NeedsFix(remedy) }
            }
            Polled::Refused(refusal) => {
                let kind = self.failure_kind(&refusal, "endpoints.token");
                Shut::Failed { why: refusal.said_by(&provider.title), kind }
            }
        };
        self.close_device(doors, shut, now);
        Asked::Nothing
    }

    /// Closes the door.
    pub(super) fn close_device(&mut self, doors: &mut Doors, shut: Shut, now: Now) {
        if doors.has_another() {
            self.notice(format!("The device code is over: {shut}."));
        } else {
            self.steps.failed(Step::Wait, shut.to_string(), now.steady);
        }
        doors.device = DeviceDoor::Closed(shut);
    }

    /// How the login ends when its device door is closed and there is no other.
    pub(super) fn left_outside(&self, doors: &Doors) -> Option<Outcome> {
        match &doors.device {
            DeviceDoor::Closed(shut) if !doors.has_another() => Some(shut.outcome()),
            DeviceDoor::Closed(_) | DeviceDoor::Absent | DeviceDoor::Asked(_) | DeviceDoor::Open(_) => None,
        }
    }

    /// A request of a waiting login was answered.
    pub(super) fn answered_waiting(
        &mut self,
        mut doors: Box<Doors>,
        errand: Errand,
        reply: Result<Reply, Trouble>,
        now: Now,
    ) -> Turn {
        if doors.sending == Some(errand) {
            return self.sent(doors, reply, now);
        }
        let mut open = None;
        if doors.device == DeviceDoor::Asked(errand) {
            doors.device = self.device_code(reply, now);
            open = self.device_settled(&mut doors, now);
        } else if doors.polling() == Some(errand) {
            match self.polled(&mut doors, reply, now) {
                Asked::Granted(granted) => {
                    self.steps.done(Step::Wait, "device code", now.steady);
                    return self.granted(*granted, None, now);
                }
                Asked::Denied(words) => {
                    self.steps.failed(Step::Wait, words.clone(), now.steady);
                    return Turn::over(Outcome::Denied(words));
                }
                Asked::Nothing => {}
            }
        }
        match self.left_outside(&doors) {
            Some(outcome) => Turn::over(outcome),
            None => Turn::to(Stage::Waiting(doors)).asking(open),
        }
    }
}
