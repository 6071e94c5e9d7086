//! Exchange of a code for tokens, and a login that ends while tokens may be on their way.

use crate::domain::clock::Now;
use crate::domain::provider::LoginMethod;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::RequestId;
use crate::oauth::device::{PollReply, judge};
use crate::oauth::login::authorization_request::Sent;
use crate::oauth::login::device::PollOutcome;
use crate::oauth::login::step::LoginStep;
use crate::oauth::login::{
    ConfirmReason, DeviceEnd, DeviceMethod, Exchange, Login, LoginMethods, Outcome, Output, Stage, Transition,
};
use crate::oauth::reply::{self, Refusal, Remedy};
use crate::oauth::request::Reply;

impl Login {
    /// The exchange was answered.
    pub(super) fn exchanged(
        &mut self,
        exchange: Exchange,
        reply: Result<Reply, Trouble>,
        now: Now,
    ) -> Transition {
        if exchange.by == LoginMethod::Device {
            return self.ended(exchange, reply, now);
        }
        let reply = match reply {
            Ok(reply) => reply,
            Err(trouble) => return self.not_redeemed(exchange, trouble, now),
        };
        let granted = match reply::read(&self.plan.provider.reply, &self.plan.provider.meanings, &reply) {
            Ok(granted) => granted,
            Err(refusal) => {
                let trouble = self.refused(&refusal);
                return self.not_redeemed(exchange, trouble, now);
            }
        };
        let host = self.steps.note(LoginStep::Exchange).to_owned();
        self.steps.done(LoginStep::Exchange, format!("{host} answered {}", reply.status), now.steady);
        self.granted(granted, exchange.cancelled, now)
    }

    fn refused(&self, refusal: &Refusal) -> Trouble {
        let why = refusal.words_by(&self.plan.provider.title);
        Trouble::untouched("cannot exchange the code", why, self.failure_kind(refusal, "endpoints.token"))
    }

    /// What kind of failure a refusal by the server at `endpoint` of the provider file is. Another login is
    /// needed whatever helps: a code is good once.
    pub(super) fn failure_kind(&self, refusal: &Refusal, endpoint: &str) -> FailureKind {
        match refusal.remedy() {
            Remedy::Wait => refusal.temporary(),
            Remedy::LogIn => FailureKind::NeedsLogin,
            Remedy::Change(cause) => cause
                .check(&self.plan.provider, endpoint)
                .map_or(FailureKind::NeedsLogin, FailureKind::NeedsFix),
        }
    }

    /// A code was refused, or could not be redeemed.
    fn not_redeemed(&mut self, exchange: Exchange, trouble: Trouble, now: Now) -> Transition {
        self.steps.failed(LoginStep::Exchange, trouble.why.clone(), now.steady);
        if let Some(granted) = exchange.granted {
            self.notice(format!("The code did not work ({}); the device code did.", trouble.why));
            return self.granted(*granted, exchange.cancelled, now);
        }
        if exchange.cancelled.is_some() {
            return self.end(exchange.methods, Outcome::Cancelled);
        }
        // A code is good for one request (RFC 6749 §4.1.2); whatever became of it, it is spent.
        if exchange.by != LoginMethod::Paste {
            return self.end(exchange.methods, Outcome::Failed(trouble));
        }
        self.notice(format!("The pasted code did not work: {}.", trouble.why));
        self.steps.reset(LoginStep::Exchange);
        self.steps.begin(LoginStep::Wait, "", now.steady);
        match exchange.spare {
            Some(answer) => self.came(exchange.methods, answer, now),
            None => Transition::to(Stage::Waiting(exchange.methods)),
        }
    }

    /// Another request than the exchange was answered while a code is being redeemed.
    pub(super) fn answered_meanwhile(
        &mut self,
        mut exchange: Exchange,
        request_id: RequestId,
        reply: Result<Reply, Trouble>,
        now: Now,
    ) -> Transition {
        let methods = &mut exchange.methods;
        if methods.sending == Some(request_id) {
            match self.read_sent(methods, reply) {
                Sent::Answer(answer) if exchange.by == LoginMethod::Paste => exchange.spare = Some(answer),
                Sent::Answer(_) => {}
                Sent::Refused(trouble) => self.notice(format!("{}.", trouble.why)),
                Sent::Away(why) => self.offer_curl(methods, &why),
            }
        } else if methods.device == DeviceMethod::Requested(request_id) {
            methods.device = self.device_code(reply, now);
            let _ = self.device_settled(methods, now);
        } else if methods.polling() == Some(request_id) {
            match self.polled(methods, reply, now) {
                PollOutcome::Granted(granted) => {
                    methods.device = DeviceMethod::Closed(DeviceEnd::Used);
                    exchange.granted = Some(granted);
                }
                PollOutcome::Denied(words) => self.close_device(methods, DeviceEnd::Denied(words), now),
                PollOutcome::Nothing => {}
            }
        }
        Transition::to(Stage::Exchanging(exchange))
    }

    /// The login ends as `outcome` says, unless a question about the device code that is on its
    /// way brings tokens after all.
    pub(super) fn end(&mut self, methods: Box<LoginMethods>, outcome: Outcome) -> Transition {
        let Some(request_id) = methods.polling() else { return Transition::over(outcome) };
        // Whoever said no, or stop, is asked about tokens that come all the same.
        let cancelled = match &outcome {
            Outcome::Cancelled | Outcome::Denied(_) | Outcome::Discarded => Some(ConfirmReason::Cancelled),
            Outcome::TimedOut | Outcome::Failed(_) | Outcome::Done(_) => None,
        };
        let exchange = Exchange {
            cancelled,
            ending: Some(outcome),
            ..Exchange::of(request_id, methods, LoginMethod::Device)
        };
        Transition::to(Stage::Exchanging(exchange)).with([Output::CloseListener])
    }

    /// The last question about the device code was answered.
    fn ended(&mut self, exchange: Exchange, reply: Result<Reply, Trouble>, now: Now) -> Transition {
        let provider = &self.plan.provider;
        let map = provider.device.as_ref().map(|device| &device.reply);
        match map.map(|map| judge(provider, map, reply.as_ref())) {
            Some(PollReply::Granted(granted)) => self.granted(*granted, exchange.cancelled, now),
            Some(
                PollReply::Undecided { .. }
                | PollReply::Denied(_)
                | PollReply::Expired
                | PollReply::Refused(_),
            )
            | None => Transition::to(Stage::Over(exchange.ending.unwrap_or(Outcome::Cancelled))),
        }
    }
}
