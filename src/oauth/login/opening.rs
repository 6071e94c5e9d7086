//! Beginning of a login: random bytes, a port, the authorization URL, the browser.

use crate::domain::clock::Now;
use crate::domain::provider::{Authorize, LoginMethod, Pkce};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::authorization::Authorization;
use crate::oauth::callback::CallbackCheck;
use crate::oauth::login::step::LoginStep;
use crate::oauth::login::{
    BoundListener, BrowserOpening, DeviceMethod, Login, LoginMethods, Opening, Outcome, Output, PATIENCE,
    Stage, Transition,
};
use crate::oauth::redirects::Redirects;
use crate::oauth::request::{Entropy, Reply};

impl Login {
    pub(super) fn begin_listening(&mut self, now: Now) {
        if self.plan.listens() {
            self.steps.begin(LoginStep::Listen, "", now.steady);
        } else if self.plan.opens(LoginMethod::Code) {
            self.steps.skip(LoginStep::Listen, "not needed: the request itself answers");
        } else if self.plan.provider.flows.contains(&LoginMethod::Code) {
            self.steps.skip(LoginStep::Listen, "not needed");
        } else {
            self.steps.skip(LoginStep::Listen, "this provider shows a code to paste");
        }
    }

    pub(super) fn began(&mut self, stage: Stage, entropy: Entropy, now: Now) -> Transition {
        let Stage::Opening(Opening { entropy: None, .. }) = stage else {
            return Transition::to(stage);
        };
        self.notice_other_host();
        let (device, send) = self.ask_for_device_code(&entropy, now);
        if self.plan.listens() {
            return Transition::to(Stage::Opening(Opening { entropy: Some(entropy), device }))
                .with([Output::Listen(self.plan.ports())])
                .with(send);
        }
        self.open_methods(&entropy, self.plan.port_of_sent(), device, now).with(send)
    }

    pub(super) fn bound(
        &mut self,
        stage: Stage,
        bound: Result<BoundListener, Trouble>,
        now: Now,
    ) -> Transition {
        let (entropy, device) = match (stage, &bound) {
            (Stage::Opening(Opening { entropy: Some(entropy), device }), _) => (entropy, device),
            // There were no random bytes to begin with.
            (Stage::Opening(Opening { entropy: None, .. }), Err(trouble)) => {
                return Transition::over(Outcome::Failed(trouble.clone()));
            }
            // The login ended while its listener was on the way.
            (stage @ Stage::Over(_), Ok(_)) => return Transition::to(stage).with([Output::CloseListener]),
            (stage, _) => return Transition::to(stage),
        };
        match bound {
            Ok(bound) => {
                let redirect = self.plan.provider.redirect.loopback(bound.port);
                let address = redirect.map_or_else(String::new, |url| url.to_string());
                self.steps.done(LoginStep::Listen, format!("{address} ({})", bound.addresses), now.steady);
                self.open_methods(&entropy, Some(bound.port), device, now)
            }
            Err(trouble) => {
                self.steps.failed(LoginStep::Listen, trouble.why.clone(), now.steady);
                if self.plan.opens(LoginMethod::Paste) {
                    self.notice("The browser cannot answer here; paste the code that the provider shows.");
                } else if device.may_open() {
                    self.notice("The browser cannot answer here; log in with the device code.");
                } else {
                    return Transition::over(Outcome::Failed(trouble));
                }
                self.open_methods(&entropy, None, device, now)
            }
        }
    }

    /// A request of a login whose methods are not open yet was answered: the one for a device code.
    pub(super) fn answered_opening(
        &mut self,
        mut opening: Opening,
        reply: Result<Reply, Trouble>,
        now: Now,
    ) -> Transition {
        opening.device = self.device_code(reply, now);
        Transition::to(Stage::Opening(opening))
    }

    fn open_methods(
        &mut self,
        entropy: &Entropy,
        port: Option<u16>,
        device: DeviceMethod,
        now: Now,
    ) -> Transition {
        let provider = &self.plan.provider;
        let redirects = Redirects {
            loopback: port.and_then(|port| provider.redirect.loopback(port)),
            paste: provider.redirect.paste.clone().filter(|_| self.plan.opens(LoginMethod::Paste)),
        };
        let authorization =
            Authorization::new(provider, self.plan.authorization_parameters(), entropy, redirects);
        let mut methods =
            LoginMethods::new(authorization, provider, port, device, now.steady.after(PATIENCE));
        let sent = match &provider.authorize {
            Some(Authorize::Sent { .. }) => self.send_authorization(&mut methods),
            Some(Authorize::Page { .. }) | None => None,
        };
        if let Some(outcome) = self.left_outside(&methods) {
            return Transition::over(outcome);
        }
        if !methods.has_another() && !methods.device.may_open() {
            return self.nowhere_to_go(&methods);
        }
        self.say_what_is_built(&methods, now);
        // Where the request is sent from here nobody may come to the listener with an answer.
        let check = methods.callback.as_ref().map(|_| Output::ExpectCallback(Box::new(self.check(&methods))));
        let has_page = methods.callback.is_some() || methods.paste.is_some();
        if has_page {
            self.notice_waiver();
            self.notice_plain();
        }
        let open = if has_page { self.open_first(&methods, now) } else { None };
        if methods.has_another() {
            self.steps.begin(LoginStep::Wait, "", now.steady);
        }
        let open = self.device_settled(&mut methods, now).or(open);
        Transition::to(Stage::Waiting(Box::new(methods))).with(check).with(sent).with(open)
    }

    fn nowhere_to_go(&self, methods: &LoginMethods) -> Transition {
        let (why, check) = if methods.authorization.loopback().is_some() {
            ("its authorization request cannot be made", "calls.authorize")
        } else {
            ("it has neither a callback nor a page that shows a code", "redirect")
        };
        let kind = FailureKind::NeedsFix(format!(
            "check {check} in the provider file of {}",
            self.plan.provider.name
        ));
        Transition::over(Outcome::Failed(Trouble::untouched("cannot start this login", why, kind)))
    }

    fn say_what_is_built(&mut self, methods: &LoginMethods, now: Now) {
        if !methods.has_another() {
            self.steps.skip(LoginStep::Build, "no answer could reach authtui");
            return;
        }
        let pkce = match self.plan.provider.pkce {
            Pkce::Required => "PKCE S256, ",
            Pkce::Hex => "PKCE S256 in hex, ",
            Pkce::Plain => "PKCE plain, ",
            Pkce::Off => "no PKCE, ",
        };
        let scopes = match self.plan.scopes.len() {
            1 => "1 scope".to_owned(),
            count => format!("{count} scopes"),
        };
        self.steps.done(LoginStep::Build, format!("{pkce}state, {scopes}"), now.steady);
    }

    fn check(&self, methods: &LoginMethods) -> CallbackCheck {
        CallbackCheck {
            login: self.id,
            path: self.plan.provider.redirect.path.clone(),
            expected: methods.authorization.expected(&self.plan.provider),
            go: methods.authorization.go().clone(),
            links: Vec::new(),
            authorize: methods.callback.clone(),
        }
    }

    /// The browser, at the first address there is, unless it is left to the person.
    pub(super) fn open_first(&mut self, methods: &LoginMethods, now: Now) -> Option<Output> {
        let url = methods.first()?.clone();
        match self.plan.options.browser {
            BrowserOpening::AtOnce => {
                self.steps.begin(LoginStep::Open, "", now.steady);
                Some(Output::Open(url))
            }
            BrowserOpening::OnRequest => {
                self.steps
                    .skip(LoginStep::Open, self.plan.options.locality.obstacle().unwrap_or("not needed"));
                None
            }
        }
    }

    pub(super) fn opened(&mut self, stage: Stage, opened: Result<(), Trouble>, now: Now) -> Transition {
        match opened {
            Ok(()) => self.steps.done(LoginStep::Open, "", now.steady),
            Err(trouble) => {
                self.steps.failed(
                    LoginStep::Open,
                    format!("{}; open the link yourself", trouble.why),
                    now.steady,
                );
            }
        }
        Transition::to(stage)
    }

    pub(super) fn open_again(&mut self, stage: Stage, now: Now) -> Transition {
        let Stage::Waiting(methods) = stage else {
            return Transition::to(stage);
        };
        let open = methods.first().cloned().map(Output::Open);
        if open.is_some() {
            self.steps.begin(LoginStep::Open, "", now.steady);
        }
        Transition::to(Stage::Waiting(methods)).with(open)
    }
}
