//! Device code as a method of a login: asked for, shown, and asked about (RFC 8628).
//!
//! A method that cannot be had does not end a login that has another. While a code is being
//! redeemed no question is sent; the answer to one that was sent before is kept.

use std::time::Duration;

use crate::domain::clock::Now;
use crate::domain::provider::LoginMethod;
use crate::domain::provider::request_template::Placeholder;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::RequestId;
use crate::oauth::authorization::{challenge, device_verifier};
use crate::oauth::device::{DeviceCode, DeviceCodeError, NextPoll, PollReply, judge};
use crate::oauth::login::step::{LoginStep, StepState};
use crate::oauth::login::{DeviceEnd, DeviceMethod, Login, LoginMethods, Outcome, Output, Stage, Transition};
use crate::oauth::reply::{Cause, Refusal, RefusalBody, Remedy, TokenResponse};
use crate::oauth::request::{BindingError, Bindings, Entropy, Reply};

/// The longest that a login waits for a device code to be typed.
const LONGEST: Duration = Duration::from_mins(30);

/// What the answer to a question about the device code leaves to do.
pub(super) enum PollOutcome {
    /// The tokens came.
    Granted(Box<TokenResponse>),
    /// The person said no.
    Denied(String),
    /// The method is still open, or closed now.
    Nothing,
}

impl Login {
    /// Asks for a device code, where the login has that method.
    pub(super) fn ask_for_device_code(
        &mut self,
        entropy: &Entropy,
        now: Now,
    ) -> (DeviceMethod, Option<Output>) {
        let device = self.plan.provider.device.clone().filter(|_| self.plan.opens(LoginMethod::Device));
        let Some(device) = device else { return (DeviceMethod::Absent, None) };
        self.device_verifier = device_verifier(&device, entropy);
        let challenge = self
            .device_verifier
            .as_ref()
            .map(|verifier| challenge(device.pkce, verifier))
            .unwrap_or_default();
        match self.device_bindings().with(Placeholder::Challenge, challenge).fill(&device.authorize) {
            Ok(request) => {
                let host = request.url.host_str().unwrap_or_default().to_owned();
                self.steps.begin(LoginStep::Device, host, now.steady);
                let request_id = self.next_request_id();
                (DeviceMethod::Requested(request_id), Some(Output::Send(request_id, Box::new(request))))
            }
            Err(unfilled) => {
                let shut = self.unfilled(unfilled);
                (self.no_device_code(shut, now), None)
            }
        }
    }

    fn device_bindings(&self) -> Bindings {
        let client = Bindings::from_client(
            &self.plan.provider.client.authentication,
            &self.plan.client_id,
            self.plan.client_secret.as_ref(),
        );
        self.plan.authorization_parameters().bindings(&self.plan.provider, client)
    }

    /// Reads what came of asking for a device code.
    pub(super) fn device_code(&mut self, reply: Result<Reply, Trouble>, now: Now) -> DeviceMethod {
        let provider = &self.plan.provider;
        let Some(device) = &provider.device else { return DeviceMethod::Absent };
        let reply = match reply {
            Ok(reply) => reply,
            Err(Trouble { why, kind, .. }) => {
                return self.no_device_code(DeviceEnd::Failed { why, kind }, now);
            }
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
            DeviceEnd::Failed { why: refusal.words_by(&provider.title), kind }
        };
        let shut = match DeviceCode::read(device, &reply, now) {
            _ if refusal.body.code().is_some() => refused(),
            Ok(code) => {
                self.steps.done(LoginStep::Device, code.page.host_str().unwrap_or_default(), now.steady);
                return DeviceMethod::Open(Box::new(code));
            }
            Err(bad @ DeviceCodeError::Lacks(_))
                if refusal.is_odd_success() && refusal.body != RefusalBody::Page =>
            {
                let check = Cause::Address.check(provider, "endpoints.device");
                let kind = check.map_or(FailureKind::Temporary(None), FailureKind::NeedsFix);
                DeviceEnd::Failed { why: format!("{}: {bad}", provider.title), kind }
            }
            Err(DeviceCodeError::Lacks(_)) => refused(),
            // What the server says now it may say otherwise the next time.
            Err(bad) => DeviceEnd::Failed {
                why: format!("{}: {bad}", provider.title),
                kind: FailureKind::Temporary(None),
            },
        };
        self.no_device_code(shut, now)
    }

    fn no_device_code(&mut self, shut: DeviceEnd, now: Now) -> DeviceMethod {
        self.steps.failed(LoginStep::Device, shut.to_string(), now.steady);
        DeviceMethod::Closed(shut)
    }

    fn unfilled(&self, unfilled: BindingError) -> DeviceEnd {
        let kind = FailureKind::NeedsFix(format!("correct the provider file of {}", self.plan.provider.name));
        DeviceEnd::Failed { why: unfilled.to_string(), kind }
    }

    /// What follows from a device method that has just opened or closed: more patience, and the
    /// browser where no other method wants it.
    pub(super) fn device_settled(&mut self, methods: &mut LoginMethods, now: Now) -> Option<Output> {
        match &methods.device {
            DeviceMethod::Absent | DeviceMethod::Requested(_) => return None,
            DeviceMethod::Closed(shut) => {
                if methods.has_another() {
                    self.notice(format!("No device code: {shut}."));
                }
                return None;
            }
            DeviceMethod::Open(code) => {
                let end = code.ends_at.min(now.steady.after(LONGEST));
                methods.deadline = methods.deadline.max(end);
            }
        }
        if methods.has_another() {
            return None;
        }
        let open = self.open_first(methods, now);
        if self.steps.mark(LoginStep::Wait) == StepState::Todo {
            self.steps.begin(LoginStep::Wait, "", now.steady);
        }
        open
    }

    /// The next question about the device code, if it is time.
    pub(super) fn poll(&mut self, methods: &mut LoginMethods, now: Now) -> Option<Output> {
        let code = methods.device.code().filter(|code| code.is_due(now))?;
        let bindings = (self.device_bindings())
            .with(Placeholder::DeviceCode, code.code.clone())
            .with(Placeholder::Verifier, self.device_verifier.clone().unwrap_or_default());
        match bindings.fill(&self.plan.provider.device.as_ref()?.poll) {
            Ok(request) => {
                let request_id = self.next_request_id();
                if let DeviceMethod::Open(code) = &mut methods.device {
                    code.poll = NextPoll::Awaited(request_id);
                }
                Some(Output::Send(request_id, Box::new(request)))
            }
            Err(unfilled) => {
                let shut = self.unfilled(unfilled);
                self.close_device(methods, shut, now);
                None
            }
        }
    }

    /// Takes the answer to a question about the device code.
    pub(super) fn polled(
        &mut self,
        methods: &mut LoginMethods,
        reply: Result<Reply, Trouble>,
        now: Now,
    ) -> PollOutcome {
        let provider = &self.plan.provider;
        let (Some(device), DeviceMethod::Open(code)) = (&provider.device, &mut methods.device) else {
            return PollOutcome::Nothing;
        };
        let shut = match judge(provider, &device.reply, reply.as_ref()) {
            PollReply::Granted(granted) => return PollOutcome::Granted(granted),
            PollReply::Denied(words) => return PollOutcome::Denied(words),
            PollReply::Undecided { progress, interval, pause } => {
                code.put_off(progress, interval, pause, now);
                return PollOutcome::Nothing;
            }
            PollReply::Expired => DeviceEnd::Expired,
            // The provider has decided: asking again would bring no other tokens.
            PollReply::Refused(refusal)
                if (200..300).contains(&refusal.status) && refusal.body.code().is_none() =>
            {
                let why = format!("{} {refusal}: its tokens cannot be used", provider.title);
                let name = &provider.name;
                let remedy = format!(
                    "log in again, or correct how its answers are read: authtui providers show {name}"
                );
                DeviceEnd::Failed { why, kind: FailureKind::NeedsFix(remedy) }
            }
            PollReply::Refused(refusal) => {
                let kind = self.failure_kind(&refusal, "endpoints.token");
                DeviceEnd::Failed { why: refusal.words_by(&provider.title), kind }
            }
        };
        self.close_device(methods, shut, now);
        PollOutcome::Nothing
    }

    /// Closes the method.
    pub(super) fn close_device(&mut self, methods: &mut LoginMethods, shut: DeviceEnd, now: Now) {
        if methods.has_another() {
            self.notice(format!("The device code no longer works: {shut}."));
        } else {
            self.steps.failed(LoginStep::Wait, shut.to_string(), now.steady);
        }
        methods.device = DeviceMethod::Closed(shut);
    }

    /// How the login ends when its device method is closed and there is no other.
    pub(super) fn left_outside(&self, methods: &LoginMethods) -> Option<Outcome> {
        match &methods.device {
            DeviceMethod::Closed(shut) if !methods.has_another() => Some(outcome(shut)),
            DeviceMethod::Closed(_)
            | DeviceMethod::Absent
            | DeviceMethod::Requested(_)
            | DeviceMethod::Open(_) => None,
        }
    }

    /// A request of a waiting login was answered.
    pub(super) fn answered_waiting(
        &mut self,
        mut methods: Box<LoginMethods>,
        request_id: RequestId,
        reply: Result<Reply, Trouble>,
        now: Now,
    ) -> Transition {
        if methods.sending == Some(request_id) {
            return self.sent(methods, reply, now);
        }
        let mut open = None;
        if methods.device == DeviceMethod::Requested(request_id) {
            methods.device = self.device_code(reply, now);
            open = self.device_settled(&mut methods, now);
        } else if methods.polling() == Some(request_id) {
            match self.polled(&mut methods, reply, now) {
                PollOutcome::Granted(granted) => {
                    self.steps.done(LoginStep::Wait, "device code", now.steady);
                    return self.granted(*granted, None, now);
                }
                PollOutcome::Denied(words) => {
                    self.steps.failed(LoginStep::Wait, words.clone(), now.steady);
                    return Transition::over(Outcome::Denied(words));
                }
                PollOutcome::Nothing => {}
            }
        }
        match self.left_outside(&methods) {
            Some(outcome) => Transition::over(outcome),
            None => Transition::to(Stage::Waiting(methods)).with(open),
        }
    }
}

/// How a login ends that had no method but the device code.
fn outcome(end: &DeviceEnd) -> Outcome {
    match end {
        DeviceEnd::Expired | DeviceEnd::Used => Outcome::TimedOut,
        DeviceEnd::Denied(words) => Outcome::Denied(words.clone()),
        DeviceEnd::Failed { why, kind } => {
            let what = "cannot log in with a device code";
            Outcome::Failed(Trouble::untouched(what, why.clone(), kind.clone()))
        }
    }
}
