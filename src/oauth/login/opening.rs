//! A login's beginning: random bytes, a port, the authorization URL, the browser.

use crate::domain::clock::Now;
use crate::domain::provider::{Flow, Pkce};
use crate::domain::trouble::{Next, Trouble};
use crate::oauth::authorization::{Asking, Authorization};
use crate::oauth::callback::Gate;
use crate::oauth::login::step::Step;
use crate::oauth::login::{Ask, Bound, Doors, Login, Outcome, PATIENCE, Stage, Turn};
use crate::oauth::request::Entropy;

impl Login {
    pub(super) fn begin_listening(&mut self, now: Now) {
        if self.plan.provider.flows.contains(&Flow::Code) {
            self.steps.begin(Step::Listen, "", now.steady);
        } else {
            self.steps.skip(Step::Listen, "this provider shows a code to paste");
        }
    }

    pub(super) fn began(&mut self, stage: Stage, entropy: Entropy, now: Now) -> Turn {
        let Stage::Opening(None) = stage else {
            return Turn::to(stage);
        };
        if self.plan.provider.flows.contains(&Flow::Code) {
            let ports = self.plan.provider.redirect.ports();
            return Turn::to(Stage::Opening(Some(entropy))).asking([Ask::Listen(ports)]);
        }
        self.open_doors(&entropy, None, now)
    }

    pub(super) fn bound(&mut self, stage: Stage, bound: Result<Bound, Trouble>, now: Now) -> Turn {
        let entropy = match (stage, &bound) {
            (Stage::Opening(Some(entropy)), _) => entropy,
            // There were no random bytes to begin with.
            (Stage::Opening(None), Err(trouble)) => return Turn::over(Outcome::Failed(trouble.clone())),
            // The login ended while its listener was on the way.
            (stage @ Stage::Over(_), Ok(_)) => return Turn::to(stage).asking([Ask::CloseListener]),
            (stage, _) => return Turn::to(stage),
        };
        match bound {
            Ok(bound) => {
                let redirect = self.plan.provider.redirect.loopback(bound.port);
                let address = redirect.map_or_else(String::new, |url| url.to_string());
                self.steps.done(Step::Listen, format!("{address} ({})", bound.addresses), now.steady);
                self.open_doors(&entropy, Some(bound.port), now)
            }
            Err(trouble) if self.plan.provider.redirect.paste.is_some() => {
                self.steps.failed(Step::Listen, trouble.why.clone(), now.steady);
                self.notice("No callback can come; paste the code that the provider shows.");
                self.open_doors(&entropy, None, now)
            }
            Err(trouble) => {
                self.steps.failed(Step::Listen, trouble.why.clone(), now.steady);
                Turn::over(Outcome::Failed(trouble))
            }
        }
    }

    fn open_doors(&mut self, entropy: &Entropy, port: Option<u16>, now: Now) -> Turn {
        let provider = &self.plan.provider;
        let asking = Asking {
            client_id: self.plan.client_id.clone(),
            scopes: self.plan.scopes.clone(),
            account: self.plan.known.as_deref().and_then(|profile| profile.account.clone()),
        };
        let authorization = Authorization::new(provider, asking, entropy, port);
        let deadline = now.steady.after(PATIENCE);
        let Some(doors) = Doors::new(authorization, provider, port, deadline) else {
            let why = "it has neither a callback nor a page that shows a code";
            let next = Next::Fix(format!("check redirect in the provider file of {}", provider.name));
            return Turn::over(Outcome::Failed(Trouble::untouched("cannot start this login", why, next)));
        };
        let pkce = if provider.pkce == Pkce::Required { "PKCE S256, " } else { "no PKCE, " };
        let scopes = match self.plan.scopes.len() {
            1 => "1 scope".to_owned(),
            count => format!("{count} scopes"),
        };
        self.steps.done(Step::Build, format!("{pkce}state, {scopes}"), now.steady);
        self.steps.begin(Step::Open, "", now.steady);
        self.steps.begin(Step::Wait, "", now.steady);
        let gate = doors.callback.clone().map(|url| {
            Ask::Arm(Box::new(Gate {
                attempt: self.attempt,
                path: self.plan.provider.redirect.path.clone(),
                state: doors.authorization.state().clone(),
                issuer: self.plan.provider.issuer.clone(),
                go: doors.authorization.go().clone(),
                authorize: url,
            }))
        });
        let open = doors.first().cloned().map(Ask::Open);
        Turn::to(Stage::Waiting(Box::new(doors))).asking(gate).asking(open)
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
        self.steps.begin(Step::Open, "", now.steady);
        let open = doors.first().cloned().map(Ask::Open);
        Turn::to(Stage::Waiting(doors)).asking(open)
    }
}
