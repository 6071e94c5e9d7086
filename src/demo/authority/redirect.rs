//! Where the browser is sent with the answer.

use url::Url;

use crate::demo::authority::exchange::Answer;
use crate::demo::authority::refusal::Refusal;
use crate::demo::authority::{PASTE, anthropic};
use crate::domain::secret::Secret;

/// Where the browser is sent with the answer, and the `state` that goes along.
#[derive(Clone)]
pub(super) struct WayBack {
    pub(super) redirect: String,
    pub(super) url: Url,
    pub(super) state: Secret,
}

impl WayBack {
    pub(super) fn answer(&self, issuer: &str, pairs: &[(&str, &str)]) -> Answer {
        let mut url = self.url.clone();
        let all = pairs.iter().copied().chain([("state", self.state.expose()), ("iss", issuer)]);
        url.query_pairs_mut().extend_pairs(all);
        // 303, so that no browser posts the consent form to the client (RFC 9700 §4.12).
        Answer::new(303, "text/plain", "").with("Location", url.as_str())
    }

    pub(super) fn refuse(&self, issuer: &str, refusal: Refusal) -> Answer {
        self.answer(issuer, &[("error", refusal.error.as_str()), ("error_description", refusal.why)])
    }
}

/// A redirect address that is allowed: `/callback` on loopback with any port (RFC 8252 §7.3), or
/// a page of this server that shows the code.
pub(super) fn allowed(text: &str, issuer: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    if [PASTE, anthropic::PASTE].iter().any(|page| text == format!("{issuer}{page}")) {
        return Some(url);
    }
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (url.scheme() == "http" && loopback && bare && url.password().is_none() && url.path() == "/callback")
        .then_some(url)
}
