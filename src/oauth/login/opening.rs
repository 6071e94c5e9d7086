//! A login's beginning: random bytes, a port, the authorization URL, the browser.

use crate::domain::clock::Now;
use crate::domain::provider::{Authorize, Flow, Pkce};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::authorization::Authorization;
use crate::oauth::callback::Gate;
use crate::oauth::login::step::Step;
use crate::oauth::login::{
    Ask, Bound, Browser, DeviceDoor, Doors, Login, Opening, Outcome, PATIENCE, Stage, Turn,
};
use crate::oauth::pasted::Redirects;
use crate::oauth::request::{Entropy, Reply};

impl Login {
    pub(super) fn begin_listening(&mut self, now: Now) {
        if self.plan.listens() {
            self.steps.begin(Step::Listen, "", now.steady);
        } else if self.plan.opens(Flow::Code) {
            self.steps.skip(Step::Listen, "the answer comes by the request itself");
        } else if self.plan.provider.flows.contains(&Flow::Code) {
            self.steps.skip(Step::Listen, "not wanted");
        } else {
            self.steps.skip(Step::Listen, "this provider shows a code to paste");
        }
    }

    pub(super) fn began(&mut self, stage: Stage, entropy: Entropy, now: Now) -> Turn {
        let Stage::Opening(Opening { entropy: None, .. }) = stage else {
            return Turn::to(stage);
        };
        self.notice_other_host();
        let (device, send) = self.ask_for_device_code(&entropy, now);
        if self.plan.listens() {
            return Turn::to(Stage::Opening(Opening { entropy: Some(entropy), device }))
                .asking([Ask::Listen(self.plan.ports())])
                .asking(send);
        }
        self.open_doors(&entropy, self.plan.port_of_sent(), device, now).asking(send)
    }

    pub(super) fn bound(&mut self, stage: Stage, bound: Result<Bound, Trouble>, now: Now) -> Turn {
        let (entropy, device) = match (stage, &bound) {
            (Stage::Opening(Opening { entropy: Some(entropy), device }), _) => (entropy, device),
            // There were no random bytes to begin with.
            (Stage::Opening(Opening { entropy: None, .. }), Err(trouble)) => {
                return Turn::over(Outcome::Failed(trouble.clone()));
            }
            // The login ended while its listener was on the way.
            (stage @ Stage::Over(_), Ok(_)) => return Turn::to(stage).asking([Ask::CloseListener]),
            (stage, _) => return Turn::to(stage),
        };
        match bound {
            Ok(bound) => {
                let redirect = self.plan.provider.redirect.loopback(bound.port);
                let address = redirect.map_or_else(String::new, |url| url.to_string());
                self.steps.done(Step::Listen, format!("{address} ({})", bound.addresses), now.steady);
                self.open_doors(&entropy, Some(bound.port), device, now)
            }
            Err(trouble) => {
                self.steps.failed(Step::Listen, trouble.why.clone(), now.steady);
                if self.plan.opens(Flow::Paste) {
                    self.notice("No callback can come; paste the code that the provider shows.");
                } else if device.may_open() {
                    self.notice("No callback can come; the device code is the way to log in.");
                } else {
                    return Turn::over(Outcome::Failed(trouble));
                }
                self.open_doors(&entropy, None, device, now)
            }
        }
    }

    /// A request of a login whose doors are not open yet was answered: the one for a device code.
    pub(super) fn answered_opening(
        &mut self,
        mut opening: Opening,
        reply: Result<Reply, Trouble>,
        now: Now,
    ) -> Turn {
        opening.device = self.device_code(reply, now);
        Turn::to(Stage::Opening(opening))
    }

    fn open_doors(&mut self, entropy: &Entropy, port: Option<u16>, device: DeviceDoor, now: Now) -> Turn {
        let provider = &self.plan.provider;
        let redirects = Redirects {
            loopback: port.and_then(|port| provider.redirect.loopback(port)),
            paste: provider.redirect.paste.clone().filter(|_| self.plan.opens(Flow::Paste)),
        };
        let authorization = Authorization::new(provider, self.plan.asking(), entropy, redirects);
        let mut doors = Doors::new(authorization, provider, port, device, now.steady.after(PATIENCE));
        let sent = match &provider.authorize {
            Some(Authorize::Sent { .. }) => self.send_authorization(&mut doors),
            Some(Authorize::Page { .. }) | None => None,
        };
        if let Some(outcome) = self.left_outside(&doors) {
            return Turn::over(outcome);
        }
        if !doors.has_another() && !doors.device.may_open() {
            return self.nowhere_to_go(&doors);
        }
        self.say_what_is_built(&doors, now);
        // Where the request is sent from here nobody may come to the listener with an answer.
        let gate = doors.callback.as_ref().map(|_| Ask::Arm(Box::new(self.gate(&doors))));
        let has_page = doors.callback.is_some() || doors.paste.is_some();
        if has_page {
            self.notice_waiver();
            self.notice_plain();
        }
        let open = if has_page { self.open_first(&doors, now) } else { None };
        if doors.has_another() {
            self.steps.begin(Step::Wait, "", now.steady);
        }
        let open = self.device_settled(&mut doors, now).or(open);
        Turn::to(Stage::Waiting(Box::new(doors))).asking(gate).asking(sent).asking(open)
    }

    fn nowhere_to_go(&self, doors: &Doors) -> Turn {
        let (why, check) = if doors.authorization.loopback().is_some() {
            ("its authorization request cannot be made", "calls.authorize")
        } else {
            ("it has neither a callback nor a page that shows a code", "redirect")
        };
        let kind = FailureKind::NeedsFix(format!(
            "check {check} in the provider file of {}",
            self.plan.provider.name
        ));
        Turn::over(Outcome::Failed(Trouble::untouched("cannot start this login", why, kind)))
    }

    fn say_what_is_built(&mut self, doors: &Doors, now: Now) {
        if !doors.has_another() {
            self.steps.skip(Step::Build, "no answer could come back");
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
        self.steps.done(Step::Build, format!("{pkce}state, {scopes}"), now.steady);
    }

    fn gate(&self, doors: &Doors) -> Gate {
        Gate {
            attempt: self.attempt,
            path: self.plan.provider.redirect.path.clone(),
            expected: doors.authorization.expected(&self.plan.provider),
            go: doors.authorization.go().clone(),
            links: Vec::new(),
            authorize: doors.callback.clone(),
        }
    }

    /// The browser, at the first address there is, unless it is left to the person.
    pub(super) fn open_first(&mut self, doors: &Doors, now: Now) -> Option<Ask> {
        let url = doors.first()?.clone();
        match self.plan.ways.browser {
            Browser::Opened => {
                self.steps.begin(Step::Open, "", now.steady);
                Some(Ask::Open(url))
            }
            Browser::Left => {
                self.steps.skip(Step::Open, self.plan.ways.seat.obstacle().unwrap_or("not wanted"));
                None
            }
        }
    }

    pub(super) fn opened(&mut self, stage: Stage, opened: Result<(), Trouble>, now: Now) -> Turn {
        match opened {
            Ok(()) => self.steps.done(Step::Open, "", now.steady),
            Err(trouble) => {
                self.steps.failed(Step::Open, format!("{}; open the link yourself", trouble.why), now.steady);
            }
        }
        Turn::to(stage)
    }

    pub(super) fn open_again(&mut self, stage: Stage, now: Now) -> Turn {
        let Stage::Waiting(doors) = stage else {
            return Turn::to(stage);
        };
        let open = doors.first().cloned().map(Ask::Open);
        if open.is_some() {
            self.steps.begin(Step::Open, "", now.steady);
        }
        Turn::to(Stage::Waiting(doors)).asking(open)
    }
}
