//! What goes wrong next: a list of mishaps, each waiting for requests to its place.

use std::collections::VecDeque;
use std::time::Duration;

use crate::demo::authority::dialect::Dialect;
use crate::demo::authority::exchange::{Answer, Asked};
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::platform::Step;
use crate::demo::authority::refusal::ErrorCode;
use crate::demo::authority::{MODELS, REVOKE, USERINFO, device, platform, qonic};

/// How many faults may be planned; more are forgotten, the first ones first.
const MOST: usize = 256;

/// What happens to a request in place of the ordinary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mishap {
    /// This answer comes instead; the request changes nothing.
    Instead(Answer),
    /// The request is refused in the manner of its server, and changes nothing.
    Refused(ErrorCode),
    /// The request does what it does, and its answer comes late.
    Late(Duration),
    /// The request does what it does, and its answer is compressed, which nobody asked for.
    Compressed,
    /// The request does what it does, and its answer never comes.
    LostAnswer,
    /// The request changes nothing and is never answered.
    LostRequest,
}

/// Where a mishap waits for requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At this path.
    Path(String),
    /// At every server's authorization endpoint.
    Authorize,
    /// At every device authorization endpoint.
    Device,
    /// At the polls of a device.
    Poll,
    /// At the token requests that are no polls.
    Token,
    /// At the revocation endpoint.
    Revoke,
    /// At the list of scopes.
    Scopes,
    /// At what access tokens are good for.
    Api,
}

impl Place {
    /// Whether a request comes by here.
    fn meets(&self, asked: &Asked<'_>, parameters: &Parameters) -> bool {
        let step = Step::of(asked.path);
        let token = Dialect::of_token(asked.path).is_some();
        let poll = parameters.get("grant_type") == Some(device::GRANT);
        match self {
            Self::Path(path) => path == asked.path,
            Self::Authorize => {
                let page = asked.method == "GET" && Dialect::of_authorize(asked.path).is_some();
                page || matches!(step, Some(Step::Authorize(_)))
            }
            Self::Device => Dialect::of_device(asked.path).is_some(),
            Self::Poll => token && poll,
            Self::Token => (token && !poll) || matches!(step, Some(Step::Exchange(_) | Step::Refresh(_))),
            Self::Revoke => asked.path == REVOKE,
            Self::Scopes => asked.path == qonic::SCOPES,
            Self::Api => [MODELS, USERINFO, platform::ME].contains(&asked.path),
        }
    }
}

/// A mishap for the next requests to one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place it waits at.
    pub place: Place,
    /// How many more requests it meets.
    pub times: u32,
    /// What it does to them.
    pub mishap: Mishap,
}

/// The faults that are still to come, in the order they were planned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(VecDeque<Fault>);

impl Faults {
    /// Plans `mishap` for the next `times` requests to `path`, after what is planned already.
    pub fn plan(&mut self, path: &str, times: u32, mishap: Mishap) {
        self.add(Fault { place: Place::Path(path.to_owned()), times, mishap });
    }

    /// Plans `fault`, after what is planned already.
    pub fn add(&mut self, fault: Fault) {
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(fault);
    }

    /// Forgets everything planned.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// How many requests will meet a fault.
    #[must_use]
    pub fn left(&self) -> u32 {
        self.0.iter().fold(0, |sum, fault| sum.saturating_add(fault.times))
    }

    /// The mishap of a request that is here now, which is one time less to come.
    pub fn strike(&mut self, asked: &Asked<'_>, parameters: &Parameters) -> Option<Mishap> {
        self.0.retain(|fault| fault.times > 0);
        let fault = self.0.iter_mut().find(|fault| fault.place.meets(asked, parameters))?;
        fault.times -= 1;
        Some(fault.mishap.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::{AUTHORIZE, TOKEN, anthropic, qwen};

    /// The mishap of a request with that line and form.
    fn strike(faults: &mut Faults, line: &str, body: &str) -> Option<Mishap> {
        let (method, path) = line.split_once(' ').expect("a line");
        let headers = [("Content-Type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        let asked = Asked { method, path, query: "", headers: &headers, body };
        faults.strike(&asked, &Parameters::of(&asked))
    }

    #[test]
    fn a_fault_meets_its_path_as_often_as_planned() {
        let mut faults = Faults::default();
        faults.plan("/token", 2, Mishap::LostAnswer);
        faults.plan("/token", 1, Mishap::LostRequest);
        faults.plan("/never", 0, Mishap::LostRequest);
        assert_eq!(faults.left(), 3);

        let mut strike = |path: &str| strike(&mut faults, &format!("POST {path}"), "");
        assert_eq!(strike("/other"), None);
        assert_eq!(strike("/never"), None);
        assert_eq!(strike("/token"), Some(Mishap::LostAnswer));
        assert_eq!(strike("/token"), Some(Mishap::LostAnswer));
        assert_eq!(strike("/token"), Some(Mishap::LostRequest));
        assert_eq!(strike("/token"), None);
    }

    #[test]
    fn a_place_is_met_by_the_requests_of_every_server_and_by_no_other() {
        let poll = format!("grant_type={}", device::GRANT);
        let authorize = format!("GET {AUTHORIZE}");
        let decision = format!("POST {AUTHORIZE}");
        let token = format!("POST {TOKEN}");
        let qwen = format!("POST {}", qwen::TOKEN);
        let anthropic = format!("POST {}", anthropic::TOKEN);
        for (place, line, body, met) in [
            (Place::Authorize, authorize.as_str(), "", true),
            (Place::Authorize, decision.as_str(), "", false),
            (Place::Authorize, "POST /v2/oauth/x/authorize", "", true),
            (Place::Device, "POST /oauth2/device", "", true),
            (Place::Device, "GET /device", "", false),
            (Place::Poll, token.as_str(), poll.as_str(), true),
            (Place::Poll, qwen.as_str(), poll.as_str(), true),
            (Place::Poll, token.as_str(), "grant_type=refresh_token", false),
            (Place::Token, token.as_str(), "grant_type=refresh_token", true),
            (Place::Token, anthropic.as_str(), "", true),
            (Place::Token, "POST /v2/oauth/x/refresh", "", true),
            (Place::Token, token.as_str(), poll.as_str(), false),
            (Place::Revoke, "POST /oauth2/revoke", "", true),
            (Place::Revoke, token.as_str(), "", false),
            (Place::Token, "POST /oauth2/revoke", "", false),
            (Place::Scopes, "GET /v1/auth/scopes", "", true),
            (Place::Api, "GET /v2/me", "", true),
            (Place::Api, token.as_str(), "", false),
        ] {
            let mut faults = Faults::default();
            faults.add(Fault { place: place.clone(), times: 1, mishap: Mishap::LostAnswer });
            assert_eq!(strike(&mut faults, line, body).is_some(), met, "{place:?} {line} {body}");
        }
    }
}
