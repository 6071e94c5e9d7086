//! Authorization request that is sent from here, and the `Location` that answers it.
//!
//! Where the provider wants the session of a browser, the person makes the request by a ready
//! command and pastes the address it prints. Nobody listens: where no state is returned, any page
//! in any browser could send an answer of its own to a listener, and log the person in as
//! somebody else.

use crate::domain::clock::Now;
use crate::domain::provider::Authorize;
use crate::domain::provider::LoginMethod;
use crate::domain::text;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::callback::{AuthorizationResponse, read};
use crate::oauth::curl;
use crate::oauth::login::step::LoginStep;
use crate::oauth::login::waiting::ReceivedResponse;
use crate::oauth::login::{Login, LoginMethods, Outcome, Output, Stage, Transition};
use crate::oauth::query::Query;
use crate::oauth::redirects::page;
use crate::oauth::request::Reply;

/// What came of an authorization request that was sent.
pub(super) enum Sent {
    /// The redirect to us, with an answer.
    Answer(AuthorizationResponse),
    /// A refusal that the provider's file has words for.
    Refused(Trouble),
    /// Something else; why no answer came, for people.
    Away(String),
}

impl Login {
    /// Sends the authorization request, where the provider's file has one instead of a page.
    pub(super) fn send_authorization(&mut self, methods: &mut LoginMethods) -> Option<Output> {
        let redirect = methods.authorization.loopback()?;
        let request = methods.authorization.ask(&self.plan.provider, redirect).ok()?;
        let request_id = self.next_request_id();
        methods.sending = Some(request_id);
        self.steps.skip(LoginStep::Open, "not needed: authtui asks the provider itself");
        Some(Output::Send(request_id, Box::new(request)))
    }

    /// The authorization request of a waiting login was answered.
    pub(super) fn sent(
        &mut self,
        mut methods: Box<LoginMethods>,
        reply: Result<Reply, Trouble>,
        now: Now,
    ) -> Transition {
        let redirect = methods.authorization.loopback().cloned();
        match (self.read_sent(&mut methods, reply), redirect) {
            (Sent::Answer(answer), Some(redirect)) => {
                self.redeem(methods, ReceivedResponse { by: LoginMethod::Code, answer, redirect }, now)
            }
            (Sent::Refused(trouble), _) => {
                self.steps.failed(LoginStep::Wait, trouble.why.clone(), now.steady);
                self.end(methods, Outcome::Failed(trouble))
            }
            (Sent::Away(why), _) => {
                self.offer_curl(&mut methods, &why);
                Transition::to(Stage::Waiting(methods))
            }
            (Sent::Answer(_), None) => Transition::to(Stage::Waiting(methods)),
        }
    }

    /// Reads what came of the authorization request.
    pub(super) fn read_sent(&self, methods: &mut LoginMethods, reply: Result<Reply, Trouble>) -> Sent {
        methods.sending = None;
        let title = &self.plan.provider.title;
        let reply = match reply {
            Ok(reply) => reply,
            Err(trouble) => return Sent::Away(format!("{title} could not be asked: {}", trouble.why)),
        };
        if let Some(answer) = self.redirected(methods, &reply) {
            return answer;
        }
        let reading = match &self.plan.provider.authorize {
            Some(Authorize::Sent { reading, .. }) => reading.get(&reply.status),
            Some(Authorize::Page { .. }) | None => None,
        };
        match (reply.status, reading) {
            (401 | 403, words) => {
                let words = words.map_or("it needs the session of your browser", String::as_str);
                Sent::Away(format!("{title} answered {}: {words}", reply.status))
            }
            (status @ 400..500, Some(words)) => {
                let name = &self.plan.provider.name;
                let kind = FailureKind::NeedsFix(format!(
                    "check the client id, and the redirect in the provider file: authtui providers show {name}"
                ));
                let why = format!("{title} answered {status}: {words}");
                Sent::Refused(Trouble::untouched("cannot log in", why, kind))
            }
            (status, Some(words)) => Sent::Away(format!("{title} answered {status}: {words}")),
            (status, None) => Sent::Away(format!("{title} answered {status} without a code")),
        }
    }

    /// What the `Location` of an answer says: an answer where it leads to our own redirect URI exactly.
    fn redirected(&self, methods: &LoginMethods, reply: &Reply) -> Option<Sent> {
        let location = reply.location()?;
        let title = &self.plan.provider.title;
        let away = |what: &str| Some(Sent::Away(format!("{title} answered {} and {what}", reply.status)));
        let Ok(location) = location else {
            return away("redirected to another page of its own");
        };
        let redirect = methods.authorization.loopback()?;
        if page(&location) != *redirect {
            let host = text::clean(location.host_str().unwrap_or("another program"), 80);
            return away(&format!("redirected to {host}, which authtui never follows"));
        }
        let expected = methods.authorization.expected(&self.plan.provider);
        let query = Query::read(location.query().unwrap_or_default()).map_err(Into::into);
        match query.and_then(|query| read(&query, &expected)) {
            Ok(answer) => Some(Sent::Answer(answer)),
            Err(refused) => away(&format!("its redirect cannot be used: {refused}")),
        }
    }

    /// Offers the command that makes the request with the person's own session, and says why.
    pub(super) fn offer_curl(&mut self, methods: &mut LoginMethods, why: &str) {
        let redirect = methods.authorization.loopback().cloned();
        let request = redirect.and_then(|url| methods.authorization.ask(&self.plan.provider, &url).ok());
        methods.curl = request.as_ref().and_then(curl::with_session);
        let next = if methods.curl.is_some() {
            format!(
                "Log in to {} in your browser, put its session cookie into the curl command, run it, and paste the address it prints.",
                self.plan.provider.title
            )
        } else {
            "Make the request with your own session, and paste the address it leads to.".to_owned()
        };
        self.notice(format!("{why}. {next}"));
        self.notice_waiver();
    }
}
