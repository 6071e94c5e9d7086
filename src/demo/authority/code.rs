//! From the authorization request to the code that answers it.
//!
//! A request is shown to the person under a random consent id and waits ten minutes for the
//! decision. Only when client and redirect address are known may the browser be sent anywhere
//! else (RFC 6749 §4.1.2.1); until then every no is a page.

use std::collections::VecDeque;

use url::Url;

use crate::demo::authority::client::Client;
use crate::demo::authority::exchange::Answer;
use crate::demo::authority::grant::GrantId;
use crate::demo::authority::page::{self, Shown};
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::demo::authority::{Authority, Mint, PASTE};
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc};
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::text;

/// The scopes there are, and what the consent page says of them.
pub const SCOPES: &[(&str, &str)] = &[
    ("profile", "See your name and e-mail address"),
    ("inference", "Run models in your name"),
    ("files", "Read your files"),
];

/// Who logs in when nobody is named.
pub const DEFAULT_LOGIN: &str = "ana@demo.test";

/// 128 bits in base64url: less than that can be guessed.
const SHORTEST_STATE: usize = 22;
const CONSENT_LIFE: TimeDelta = TimeDelta::minutes(10);
const CODE_LIFE: TimeDelta = TimeDelta::seconds(60);
const MOST_WAITING: usize = 64;

/// One request that waits for the person.
pub(super) struct Consent {
    id: Fingerprint,
    ends_at: DateTime<Utc>,
    client: Client,
    challenge: String,
    scopes: Vec<String>,
    login: String,
    way_back: WayBack,
}

/// One code that was given, kept after its use so that a second use is noticed.
pub(super) struct Code {
    pub(super) print: Fingerprint,
    pub(super) ends_at: DateTime<Utc>,
    pub(super) client: String,
    pub(super) challenge: String,
    pub(super) scopes: Vec<String>,
    pub(super) account: String,
    pub(super) redirect: String,
    pub(super) used: Used,
}

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Used {
    /// It waits for its token request.
    Not,
    /// Its token request was wrong: it is spent and gave nothing.
    InVain,
    /// It gave this grant.
    For(GrantId),
}

/// Where the browser is sent with the answer, and the `state` that goes along.
#[derive(Clone)]
struct WayBack {
    redirect: String,
    url: Url,
    state: Secret,
}

impl WayBack {
    fn answer(&self, issuer: &str, pairs: &[(&str, &str)]) -> Answer {
        let mut url = self.url.clone();
        let all = pairs.iter().copied().chain([("state", self.state.expose()), ("iss", issuer)]);
        url.query_pairs_mut().extend_pairs(all);
        // 303, so that no browser posts the consent form to the client (RFC 9700 §4.12).
        Answer::new(303, "text/plain", "").with("Location", url.as_str())
    }

    fn refuse(&self, issuer: &str, refusal: Refusal) -> Answer {
        self.answer(issuer, &[("error", refusal.error.as_str()), ("error_description", refusal.why)])
    }
}

impl Authority {
    /// Shows the consent page, or says why not.
    pub(super) fn authorize(&mut self, parameters: &Parameters, now: Now, mint: &Mint) -> Answer {
        let (client, way_back) = match self.origin(parameters) {
            Ok(origin) => origin,
            Err(why) => return page::trouble(400, why),
        };
        let (challenge, scopes) = match wish(parameters) {
            Ok(wish) => wish,
            Err(refusal) => return way_back.refuse(&self.issuer, refusal),
        };
        let id = mint.draw("dcr_");
        let consent = Consent {
            id: Fingerprint::of([Some(&id)]),
            ends_at: now.wall + CONSENT_LIFE,
            client,
            challenge,
            scopes,
            login: parameters.get("login_hint").map_or(DEFAULT_LOGIN.to_owned(), login),
            way_back,
        };
        let shown = Shown {
            consent: id.expose(),
            client: &consent.client.title,
            scopes: SCOPES
                .iter()
                .filter(|(name, _)| consent.scopes.iter().any(|scope| scope == name))
                .collect(),
            login: &consent.login,
            redirect: consent.way_back.url.host_str().unwrap_or_default(),
        };
        let page = page::consent(&shown);
        self.consents.retain(|waiting| waiting.ends_at > now.wall);
        push(&mut self.consents, consent);
        page
    }

    /// Takes the person's decision and sends the browser back with it.
    pub(super) fn decide(&mut self, parameters: &Parameters, now: Now, mint: &Mint) -> Answer {
        let id = parameters.get("consent").map(|id| Fingerprint::of([Some(&Secret::new(id))]));
        let found = self.consents.iter().position(|waiting| Some(waiting.id) == id);
        let Some(consent) = found.and_then(|index| self.consents.remove(index)) else {
            return page::trouble(400, "This request is not known, or was answered already.");
        };
        if consent.ends_at <= now.wall {
            return page::trouble(400, "This request is too old.");
        }
        match parameters.get("decision") {
            Some("allow") => {}
            Some("deny") => {
                let refusal = Refusal::new(ErrorCode::AccessDenied, "the person said no");
                return consent.way_back.refuse(&self.issuer, refusal);
            }
            Some(_) | None => return page::trouble(400, "Neither Allow nor Deny was chosen."),
        }
        let code = mint.draw("dac_");
        let answer = consent.way_back.answer(&self.issuer, &[("code", code.expose())]);
        push(
            &mut self.codes,
            Code {
                print: Fingerprint::of([Some(&code)]),
                ends_at: now.wall + CODE_LIFE,
                client: consent.client.id,
                challenge: consent.challenge,
                scopes: consent.scopes,
                account: parameters.get("login").map_or(consent.login, login),
                redirect: consent.way_back.redirect,
                used: Used::Not,
            },
        );
        answer
    }

    /// Who asks and where the answer goes; a page tells the person when that is not certain.
    fn origin(&self, parameters: &Parameters) -> Result<(Client, WayBack), &'static str> {
        parameters.sound().map_err(|_| "A part of this request is there twice.")?;
        let id = parameters.get("client_id");
        let client = self.clients.iter().find(|client| Some(client.id.as_str()) == id);
        let client = client.ok_or("The program that asks is not known here.")?.clone();
        let redirect = parameters.get("redirect_uri").unwrap_or_default();
        let url = redirect_url(redirect, &self.issuer);
        let url = url.ok_or("This request wants its answer sent to an address that is not allowed.")?;
        let state = parameters.get("state").unwrap_or_default();
        if state.len() < SHORTEST_STATE {
            return Err("The state of this request is too short to be safe.");
        }
        Ok((client, WayBack { redirect: redirect.to_owned(), url, state: Secret::new(state) }))
    }
}

/// The challenge and the scopes of a request whose origin is known.
fn wish(parameters: &Parameters) -> Result<(String, Vec<String>), Refusal> {
    if parameters.need("response_type", "response_type is missing")? != "code" {
        return Err(Refusal::new(ErrorCode::UnsupportedResponseType, "only code is served"));
    }
    let challenge = parameters.need("code_challenge", "code_challenge is missing")?;
    if parameters.get("code_challenge_method") != Some("S256") {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "code_challenge_method must be S256"));
    }
    if challenge.len() != 43 || !challenge.bytes().all(is_base64url) {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "code_challenge is no SHA-256 in base64url"));
    }
    let scopes = scopes(parameters.get("scope").unwrap_or_default());
    if scopes.is_empty() || scopes.iter().any(|scope| !SCOPES.iter().any(|(name, _)| name == scope)) {
        return Err(Refusal::new(ErrorCode::InvalidScope, "scope is missing or not known"));
    }
    Ok((challenge.to_owned(), scopes))
}

/// The scopes in a `scope` parameter, each once (RFC 6749 §3.3).
pub(super) fn scopes(text: &str) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split(' ').filter(|scope| !scope.is_empty()) {
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

/// A redirect address that is allowed: `/callback` on loopback with any port (RFC 8252 §7.3), or
/// the page of this server that shows the code.
fn redirect_url(text: &str, issuer: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    if text == format!("{issuer}{PASTE}") {
        return Some(url);
    }
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (url.scheme() == "http" && loopback && bare && url.password().is_none() && url.path() == "/callback")
        .then_some(url)
}

fn login(text: &str) -> String {
    text::clean(text.trim(), 120)
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Appends `new`, and drops the oldest where there are too many.
fn push<T>(queue: &mut VecDeque<T>, new: T) {
    if queue.len() >= MOST_WAITING {
        queue.pop_front();
    }
    queue.push_back(new);
}
