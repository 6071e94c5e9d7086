//! A code that is being redeemed, and a login that ends while tokens may be on their way.

use crate::domain::clock::Now;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::Errand;
use crate::oauth::device::{Polled, judge};
use crate::oauth::login::device::Asked;
use crate::oauth::login::sent::Sent;
use crate::oauth::login::step::Step;
use crate::oauth::login::{Ask, DeviceDoor, Door, Doors, Doubt, Exchange, Login, Outcome, Shut, Stage, Turn};
use crate::oauth::reply::{self, Refusal, Remedy};
use crate::oauth::request::Reply;

impl Login {
    /// The exchange was answered.
    pub(super) fn exchanged(&mut self, exchange: Exchange, reply: Result<Reply, Trouble>, now: Now) -> Turn {
        if exchange.by == Door::Device {
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
        let host = self.steps.note(Step::Exchange).to_owned();
        self.steps.done(Step::Exchange, format!("{host} answered {}", reply.status), now.steady);
        self.granted(granted, exchange.cancelled, now)
    }

    fn refused(&self, refusal: &Refusal) -> Trouble {
        let why = refusal.said_by(&self.plan.provider.title);
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
    fn not_redeemed(&mut self, exchange: Exchange, trouble: Trouble, now: Now) -> Turn {
        self.steps.failed(Step::Exchange, trouble.why.clone(), now.steady);
        if let Some(granted) = exchange.granted {
            self.notice(format!("The code did not work ({}); the device code did.", trouble.why));
            return self.granted(*granted, exchange.cancelled, now);
        }
        if exchange.cancelled.is_some() {
            return self.end(exchange.doors, Outcome::Cancelled);
        }
        match exchange.by {
            // A code is good for one request (RFC 6749 §4.1.2); whatever became of it, it is spent.
            Door::Callback | Door::Device => self.end(exchange.doors, Outcome::Failed(trouble)),
            Door::Paste => {
                self.notice(format!("The pasted code did not work: {}.", trouble.why));
                self.steps.reset(Step::Exchange);
                self.steps.begin(Step::Wait, "", now.steady);
                match exchange.spare {
                    Some(answer) => self.came(exchange.doors, answer, now),
                    None => Turn::to(Stage::Waiting(exchange.doors)),
                }
            }
        }
    }

    /// Another request than the exchange was answered while a code is being redeemed.
    pub(super) fn answered_meanwhile(
        &mut self,
        mut exchange: Exchange,
        errand: Errand,
        reply: Result<Reply, Trouble>,
        now: Now,
    ) -> Turn {
        let doors = &mut exchange.doors;
        if doors.sending == Some(errand) {
            match self.read_sent(doors, reply) {
                Sent::Answer(answer) if exchange.by == Door::Paste => exchange.spare = Some(answer),
                Sent::Answer(_) => {}
                Sent::Refused(trouble) => self.notice(format!("{}.", trouble.why)),
                Sent::Away(why) => self.offer_curl(doors, &why),
            }
        } else if doors.device == DeviceDoor::Asked(errand) {
            doors.device = self.device_code(reply, now);
            let _ = self.device_settled(doors, now);
        } else if doors.polling() == Some(errand) {
            match self.polled(doors, reply, now) {
                Asked::Granted(granted) => {
                    doors.device = DeviceDoor::Closed(Shut::Used);
                    exchange.granted = Some(granted);
                }
                Asked::Denied(words) => self.close_device(doors, Shut::Denied(words), now),
                Asked::Nothing => {}
            }
        }
        Turn::to(Stage::Exchanging(exchange))
    }

    /// The login ends as `outcome` says, unless a question about the device code that is on its
    /// way brings tokens after all.
    pub(super) fn end(&mut self, doors: Box<Doors>, outcome: Outcome) -> Turn {
        let Some(errand) = doors.polling() else { return Turn::over(outcome) };
        // Whoever said no, or stop, is asked about tokens that come all the same.
        let cancelled = match &outcome {
            Outcome::Cancelled | Outcome::Denied(_) | Outcome::Discarded => Some(Doubt::Cancelled),
            Outcome::TimedOut | Outcome::Failed(_) | Outcome::Done(_) => None,
        };
        let exchange =
            Exchange { cancelled, ending: Some(outcome), ..Exchange::of(errand, doors, Door::Device) };
        Turn::to(Stage::Exchanging(exchange)).asking([Ask::CloseListener])
    }

    /// The last question about the device code was answered.
    fn ended(&mut self, exchange: Exchange, reply: Result<Reply, Trouble>, now: Now) -> Turn {
        let provider = &self.plan.provider;
        let map = provider.device.as_ref().map(|device| &device.reply);
        match map.map(|map| judge(provider, map, reply.as_ref())) {
            Some(Polled::Granted(granted)) => self.granted(*granted, exchange.cancelled, now),
            Some(Polled::Undecided { .. } | Polled::Denied(_) | Polled::Expired | Polled::Refused(_))
            | None => Turn::to(Stage::Over(exchange.ending.unwrap_or(Outcome::Cancelled))),
        }
    }
}
