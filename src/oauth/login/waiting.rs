//! Wait of a login for its answer: every method is open at once, and the first valid answer wins.

use url::Url;

use crate::domain::clock::Now;
use crate::domain::provider::LoginMethod;
use crate::domain::provider::Pkce;
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::callback::{AuthorizationResponse, Ignored, IssuerError, StateCheck};
use crate::oauth::login::stage::Identification;
use crate::oauth::login::step::LoginStep;
use crate::oauth::login::{
    ConfirmReason, DeviceEnd, Exchange, Login, LoginMethods, Outcome, Output, Stage, Transition,
};
use crate::oauth::pasted;

/// A provider's answer, with the method that it came by and the redirect URI that it was sent to.
pub(super) struct ReceivedResponse {
    pub(super) by: LoginMethod,
    pub(super) answer: AuthorizationResponse,
    pub(super) redirect: Url,
}

impl Login {
    pub(super) fn answered(&mut self, stage: Stage, answer: AuthorizationResponse, now: Now) -> Transition {
        match stage {
            Stage::Waiting(methods) => {
                // Where there is no address that leads to the listener, nobody could come to it.
                if methods.callback.is_none() {
                    return Transition::to(Stage::Waiting(methods));
                }
                self.came(methods, answer, now)
            }
            // A pasted code may yet be refused; then this answer is the way on.
            Stage::Exchanging(exchange)
                if exchange.by == LoginMethod::Paste && exchange.methods.callback.is_some() =>
            {
                Transition::to(Stage::Exchanging(Exchange { spare: Some(answer), ..exchange }))
            }
            // A tab of an earlier try came back late.
            Stage::Opening(_)
            | Stage::Exchanging(_)
            | Stage::Identifying(_)
            | Stage::Confirming(..)
            | Stage::Saving(_)
            | Stage::Unsaved(..)
            | Stage::Testing(..)
            | Stage::Naming(_)
            | Stage::Over(_) => Transition::to(stage),
        }
    }

    /// An answer came by the redirect to this machine.
    pub(super) fn came(
        &mut self,
        methods: Box<LoginMethods>,
        answer: AuthorizationResponse,
        now: Now,
    ) -> Transition {
        match methods.authorization.loopback().cloned() {
            Some(redirect) => {
                self.redeem(methods, ReceivedResponse { by: LoginMethod::Code, answer, redirect }, now)
            }
            None => Transition::to(Stage::Waiting(methods)),
        }
    }

    pub(super) fn typed(&mut self, stage: Stage, text: &Secret, now: Now) -> Transition {
        let Stage::Waiting(methods) = stage else {
            return Transition::to(stage);
        };
        let expected = methods.authorization.expected(&self.plan.provider);
        // What was said of an earlier paste would be taken for an answer to this one.
        self.notices.clear();
        self.notice_other_host();
        // What this paste turns out to be says nothing of the next answer.
        self.notice_waiver();
        match pasted::read(text, &expected, methods.authorization.redirects()) {
            Ok(pasted) => {
                if !pasted.is_proven && expected.state_check == StateCheck::Required {
                    self.notice("A bare code cannot be checked: it may belong to another login.");
                }
                if pasted.decoded {
                    self.notice(
                        "The code was pasted as it stands in an address, so %-escapes in it were decoded.",
                    );
                }
                let pasted::Pasted { answer, redirect, .. } = pasted;
                self.redeem(methods, ReceivedResponse { by: LoginMethod::Paste, answer, redirect }, now)
            }
            Err(error) => {
                self.notice(format!("{error}."));
                Transition::to(Stage::Waiting(methods))
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
            "{title} does not return the state, so authtui cannot check that an answer belongs to this \
             login."
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

    /// Sends the code of an answer to the token endpoint, or ends a login that was refused.
    pub(super) fn redeem(
        &mut self,
        methods: Box<LoginMethods>,
        received: ReceivedResponse,
        now: Now,
    ) -> Transition {
        let ReceivedResponse { by, answer, redirect } = received;
        let code = match answer {
            AuthorizationResponse::Code { code, .. } => code,
            AuthorizationResponse::Denied { error, description } => {
                let words = description.map_or_else(|| error.clone(), |words| format!("{error}: {words}"));
                self.steps.failed(LoginStep::Wait, words.clone(), now.steady);
                if error == "access_denied" {
                    return self.end(methods, Outcome::Denied(words));
                }
                // RFC 6749 §4.1.2.1: any other code is the server's no, not the person's.
                let why = format!("{} refused: {words}", self.plan.provider.title);
                let trouble = Trouble::untouched("cannot log in", why, FailureKind::NeedsLogin);
                return self.end(methods, Outcome::Failed(trouble));
            }
            AuthorizationResponse::Untrusted(error) => return self.untrusted(methods, error, now),
        };
        let spent = Fingerprint::of([Some(&code)]);
        if self.spent.contains(&spent) {
            return self.spent_already(methods, by, now);
        }
        self.spent.push(spent);
        let secret = self.plan.client_secret.as_ref();
        let request = match methods.authorization.redeem(&self.plan.provider, secret, &code, &redirect) {
            Ok(request) => request,
            Err(unfilled) => {
                let kind = FailureKind::NeedsFix(format!(
                    "correct the provider file of {}",
                    self.plan.provider.name
                ));
                let trouble = Trouble::untouched("cannot exchange the code", unfilled.to_string(), kind);
                return self.end(methods, Outcome::Failed(trouble));
            }
        };
        let host = request.url.host_str().unwrap_or_default().to_owned();
        self.steps.done(
            LoginStep::Wait,
            if by == LoginMethod::Code { "callback" } else { "pasted" },
            now.steady,
        );
        self.steps.begin(LoginStep::Exchange, host, now.steady);
        let request_id = self.next_request_id();
        Transition::to(Stage::Exchanging(Exchange::of(request_id, methods, by)))
            .with([Output::Send(request_id, Box::new(request))])
    }

    /// An answer with our state is not from the server that was asked: nothing is sent, and nothing of it
    /// is shown.
    fn untrusted(&mut self, methods: Box<LoginMethods>, error: IssuerError, now: Now) -> Transition {
        let name = &self.plan.provider.name;
        let field = match error {
            IssuerError::Other => "issuer",
            IssuerError::Missing => "issuer_in_answers",
        };
        let kind = FailureKind::NeedsFix(format!(
            "check {field} in the provider file: authtui providers show {name}"
        ));
        let why = format!("the answer was refused: {error}");
        self.steps.failed(LoginStep::Wait, why.clone(), now.steady);
        self.end(methods, Outcome::Failed(Trouble::untouched("cannot log in", why, kind)))
    }

    /// A code that was sent came again; whatever became of it, it is not sent a second time.
    fn spent_already(&mut self, methods: Box<LoginMethods>, by: LoginMethod, now: Now) -> Transition {
        let why = "this code was already tried, and a code works only once";
        if by == LoginMethod::Paste {
            self.notice(format!("Nothing was sent: {why}. Open the link again for another."));
            return Transition::to(Stage::Waiting(methods));
        }
        self.steps.failed(LoginStep::Wait, why, now.steady);
        let trouble = Trouble::untouched("cannot exchange the code", why, FailureKind::NeedsLogin);
        self.end(methods, Outcome::Failed(trouble))
    }

    pub(super) fn ignored(&mut self, stage: Stage, ignored: &Ignored) -> Transition {
        if matches!(stage, Stage::Waiting(_)) {
            self.notice(ignored.words(&self.plan.provider, self.plan.options.cancel_key));
        }
        Transition::to(stage)
    }

    pub(super) fn listener_died(&mut self, stage: Stage, why: &str) -> Transition {
        self.notice(format!("The callback listener ended ({why}). Paste the answer instead."));
        Transition::to(stage)
    }

    pub(super) fn woke(&mut self, stage: Stage, now: Now) -> Transition {
        let Stage::Waiting(mut methods) = stage else { return Transition::to(stage) };
        if methods.device.code().is_some_and(|code| code.has_ended(now)) {
            self.close_device(&mut methods, DeviceEnd::Expired, now);
            if let Some(outcome) = self.left_outside(&methods) {
                return Transition::over(outcome);
            }
        }
        if now.steady >= methods.deadline {
            self.steps.failed(LoginStep::Wait, "no answer came", now.steady);
            return self.end(methods, Outcome::TimedOut);
        }
        let poll = self.poll(&mut methods, now);
        match self.left_outside(&methods) {
            Some(outcome) => Transition::over(outcome),
            None => Transition::to(Stage::Waiting(methods)).with(poll),
        }
    }

    pub(super) fn cancelled(&mut self, stage: Stage, now: Now) -> Transition {
        match stage {
            Stage::Opening(_) => {
                self.steps.failed(LoginStep::Wait, "cancelled", now.steady);
                Transition::over(Outcome::Cancelled)
            }
            Stage::Waiting(methods) => {
                self.steps.failed(LoginStep::Wait, "cancelled", now.steady);
                self.end(methods, Outcome::Cancelled)
            }
            // The code is spent: what it brings is asked about, not dropped.
            Stage::Exchanging(exchange) => Transition::to(Stage::Exchanging(Exchange {
                cancelled: Some(ConfirmReason::Cancelled),
                ..exchange
            })),
            Stage::Identifying(asked) => {
                let doubt = asked.doubt.or(Some(ConfirmReason::Cancelled));
                Transition::to(Stage::Identifying(Box::new(Identification { doubt, ..*asked })))
            }
            Stage::Testing(_, profile) => {
                self.steps.skip(LoginStep::Test, "not awaited");
                Transition::over(Outcome::Done(profile))
            }
            Stage::Naming(profile) => Transition::over(Outcome::Done(profile)),
            Stage::Confirming(..) | Stage::Saving(_) | Stage::Unsaved(..) | Stage::Over(_) => {
                Transition::to(stage)
            }
        }
    }
}
