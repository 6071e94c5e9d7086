//! A login that waits: every door is open at once, and the first valid answer wins.

use url::Url;

use crate::domain::clock::Now;
use crate::domain::provider::Pkce;
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::callback::{Answer, Echo, Ignored};
use crate::oauth::login::step::Step;
use crate::oauth::login::{Ask, Door, Doors, Doubt, Exchange, Login, Outcome, Shut, Stage, Turn};
use crate::oauth::pasted::{self, Proof};

impl Login {
    pub(super) fn answered(&mut self, stage: Stage, answer: Answer, now: Now) -> Turn {
        match stage {
            Stage::Waiting(doors) => {
                // Where there is no address that leads to the listener, nobody could come to it.
                if doors.callback.is_none() {
                    return Turn::to(Stage::Waiting(doors));
                }
                self.came(doors, answer, now)
            }
            // A pasted code may yet be refused; then this answer is the way on.
            Stage::Exchanging(exchange)
                if exchange.by == Door::Paste && exchange.doors.callback.is_some() =>
            {
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

    /// An answer came by the redirect to this machine.
    pub(super) fn came(&mut self, doors: Box<Doors>, answer: Answer, now: Now) -> Turn {
        match doors.authorization.loopback().cloned() {
            Some(redirect) => self.redeem(doors, Door::Callback, answer, &redirect, now),
            None => Turn::to(Stage::Waiting(doors)),
        }
    }

    pub(super) fn typed(&mut self, stage: Stage, text: &Secret, now: Now) -> Turn {
        let Stage::Waiting(doors) = stage else {
            return Turn::to(stage);
        };
        let expected = doors.authorization.expected(&self.plan.provider);
        // What was said of an earlier paste would be taken for an answer to this one.
        self.notices.clear();
        // What this paste turns out to be says nothing of the next answer.
        self.notice_waiver();
        match pasted::read(text, &expected, doors.authorization.redirects()) {
            Ok(pasted) => {
                match (pasted.proven, expected.echo) {
                    (Proof::State, _) | (Proof::None, Echo::Waived) => {}
                    (Proof::None, Echo::Demanded) => {
                        self.notice("A bare code cannot be checked: it may belong to another login.");
                    }
                }
                if pasted.decoded {
                    self.notice(
                        "The code was pasted as it stands in an address, so %-escapes in it were decoded.",
                    );
                }
                self.redeem(doors, Door::Paste, pasted.answer, &pasted.redirect, now)
            }
            Err(error) => {
                self.notice(format!("{error}."));
                Turn::to(Stage::Waiting(doors))
            }
        }
    }

    /// Says that nothing proves an answer, where the provider does not return the state.
    pub(super) fn notice_waiver(&mut self) {
        if self.plan.provider.state.echoed {
            return;
        }
        let title = self.plan.provider.title.clone();
        self.notice(format!(
            "{title} does not return the state that proves an answer, so the first answer is taken at its word."
        ));
    }

    /// Says what a plain challenge gives away.
    pub(super) fn notice_plain(&mut self) {
        if self.plan.provider.pkce == Pkce::Plain {
            self.notice(Pkce::PLAIN_WARNING);
        }
    }

    /// Says that the provider file has another server than at the last login.
    pub(super) fn notice_other_host(&mut self) {
        let known = self.plan.known.as_deref();
        if let Some(Err(other)) = known.map(|known| known.agrees_to_all(&self.plan.provider)) {
            self.notice(format!("Careful: {other}. Log in only if you trust the new server."));
        }
    }

    pub(super) fn redeem(
        &mut self,
        doors: Box<Doors>,
        by: Door,
        answer: Answer,
        redirect: &Url,
        now: Now,
    ) -> Turn {
        let code = match answer {
            Answer::Code { code, .. } => code,
            Answer::Denied { error, description } => {
                let words = description.map_or_else(|| error.clone(), |words| format!("{error}: {words}"));
                self.steps.failed(Step::Wait, words.clone(), now.steady);
                if error == "access_denied" {
                    return self.end(doors, Outcome::Denied(words));
                }
                // RFC 6749 §4.1.2.1: any other code is the server's no, not the person's.
                let why = format!("{} refused: {words}", self.plan.provider.title);
                let trouble = Trouble::untouched("cannot log in", why, FailureKind::NeedsLogin);
                return self.end(doors, Outcome::Failed(trouble));
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
                let kind = FailureKind::NeedsFix(format!(
                    "correct the provider file of {}",
                    self.plan.provider.name
                ));
                let trouble = Trouble::untouched("cannot exchange the code", unfilled.to_string(), kind);
                return self.end(doors, Outcome::Failed(trouble));
            }
        };
        let host = request.url.host_str().unwrap_or_default().to_owned();
        self.steps.done(Step::Wait, if by == Door::Callback { "callback" } else { "pasted" }, now.steady);
        self.steps.begin(Step::Exchange, host, now.steady);
        let errand = self.next_errand();
        Turn::to(Stage::Exchanging(Exchange::of(errand, doors, by)))
            .asking([Ask::Send(errand, Box::new(request))])
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
                let trouble = Trouble::untouched("cannot exchange the code", why, FailureKind::NeedsLogin);
                self.end(doors, Outcome::Failed(trouble))
            }
        }
    }

    pub(super) fn ignored(&mut self, stage: Stage, ignored: &Ignored) -> Turn {
        if matches!(stage, Stage::Waiting(_)) {
            self.notice(ignored.words(&self.plan.provider, self.plan.ways.cancel));
        }
        Turn::to(stage)
    }

    pub(super) fn listener_died(&mut self, stage: Stage, why: &str) -> Turn {
        self.notice(format!("The callback listener ended ({why}). Paste the answer instead."));
        Turn::to(stage)
    }

    pub(super) fn woke(&mut self, stage: Stage, now: Now) -> Turn {
        match stage {
            Stage::Waiting(mut doors) => {
                if doors.device.code().is_some_and(|code| code.has_ended(now)) {
                    self.close_device(&mut doors, Shut::TooOld, now);
                    if let Some(outcome) = self.left_outside(&doors) {
                        return Turn::over(outcome);
                    }
                }
                if now.steady >= doors.deadline {
                    self.steps.failed(Step::Wait, "nobody answered", now.steady);
                    return self.end(doors, Outcome::TimedOut);
                }
                let poll = self.poll(&mut doors, now);
                match self.left_outside(&doors) {
                    Some(outcome) => Turn::over(outcome),
                    None => Turn::to(Stage::Waiting(doors)).asking(poll),
                }
            }
            Stage::Opening(_)
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
            Stage::Opening(_) => {
                self.steps.failed(Step::Wait, "cancelled", now.steady);
                Turn::over(Outcome::Cancelled)
            }
            Stage::Waiting(doors) => {
                self.steps.failed(Step::Wait, "cancelled", now.steady);
                self.end(doors, Outcome::Cancelled)
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
}
