//! The question to the person, and what becomes of the answer.
//!
//! A request is shown to the person under a random consent id and waits ten minutes for the
//! decision. Only when client and redirect address are known may the browser be sent anywhere
//! else (RFC 6749 §4.1.2.1); until then every no is a page.

use crate::demo::authority::challenge::Challenge;
use crate::demo::authority::client::{Client, May};
use crate::demo::authority::code::{Code, Used};
use crate::demo::authority::dialect::Dialect;
use crate::demo::authority::exchange::Answer;
use crate::demo::authority::mint::Mint;
use crate::demo::authority::page::{self, Shown};
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::redirect::{self, WayBack};
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::demo::authority::{Authority, code, push};
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc};
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::text;

/// Who logs in when nobody is named.
pub const DEFAULT_LOGIN: &str = "ana@demo.test";

const CONSENT_LIFE: TimeDelta = TimeDelta::minutes(10);

/// One request that waits for the person.
pub(super) struct Consent {
    id: Fingerprint,
    ends_at: DateTime<Utc>,
    asking: Asking,
}

/// Who asks the person for what.
pub(super) struct Asking {
    pub(super) dialect: Dialect,
    pub(super) client: Client,
    pub(super) scopes: Vec<String>,
    pub(super) login: String,
    pub(super) goal: Goal,
}

/// What an Allow leads to.
pub(super) enum Goal {
    /// The browser goes back with a code.
    Code { challenge: Option<Challenge>, way_back: WayBack },
    /// The device code of that fingerprint gives tokens.
    Device(Fingerprint),
}

impl Authority {
    /// Shows the consent page of an authorization request, or says why not.
    pub(super) fn authorize(
        &mut self,
        dialect: Dialect,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Answer {
        let (client, way_back) = match self.origin(dialect, parameters) {
            Ok(origin) => origin,
            Err(why) => return page::trouble(400, why),
        };
        let (challenge, scopes) = match wish(dialect, &client, parameters) {
            Ok(wish) => wish,
            Err(refusal) => return way_back.refuse(&self.issuer, refusal),
        };
        let login = parameters.get("login_hint").map_or(DEFAULT_LOGIN.to_owned(), login);
        let goal = Goal::Code { challenge, way_back };
        self.present(Asking { dialect, client, scopes, login, goal }, now, mint)
    }

    /// Shows the consent page.
    pub(super) fn present(&mut self, asking: Asking, now: Now, mint: &Mint) -> Answer {
        let id = mint.draw("dcr_");
        let asked_for = |(name, _): &&(&str, &str)| asking.scopes.iter().any(|scope| scope == name);
        let page = page::consent(&Shown {
            consent: id.expose(),
            action: asking.dialect.decision(),
            client: &asking.client.title,
            scopes: asking.dialect.scopes().iter().filter(asked_for).collect(),
            login: &asking.login,
            receiver: &match &asking.goal {
                Goal::Code { way_back, .. } => {
                    format!("a program on {}", way_back.url.host_str().unwrap_or_default())
                }
                Goal::Device(_) => "the device or program that shows this code".to_owned(),
            },
        });
        self.consents.retain(|waiting| waiting.ends_at > now.wall);
        let consent = Consent { id: Fingerprint::of([Some(&id)]), ends_at: now.wall + CONSENT_LIFE, asking };
        push(&mut self.consents, consent);
        page
    }

    /// Takes the person's decision and sends the browser back with it, or tells a device.
    pub(super) fn decide(&mut self, parameters: &Parameters, now: Now, mint: &Mint) -> Answer {
        let id = parameters.get("consent").map(|id| Fingerprint::of([Some(&Secret::new(id))]));
        let found = self.consents.iter().position(|waiting| Some(waiting.id) == id);
        let Some(consent) = found.and_then(|index| self.consents.remove(index)) else {
            return page::trouble(400, "This request is not known, or was answered already.");
        };
        if consent.ends_at <= now.wall {
            return page::trouble(400, "This request is too old.");
        }
        let scopes = match parameters.get("decision") {
            Some("allow") => chosen(&consent.asking.scopes, parameters),
            Some("deny") => Vec::new(),
            Some(_) | None => return page::trouble(400, "Neither Allow nor Deny was chosen."),
        };
        let Asking { client, login: proposed, goal, .. } = consent.asking;
        let account = parameters.get("login").map_or(proposed, login);
        match goal {
            Goal::Device(print) => self.decide_device(print, account, scopes, now),
            Goal::Code { way_back, .. } if scopes.is_empty() => {
                let refusal = Refusal::new(ErrorCode::AccessDenied, "the person said no");
                way_back.refuse(&self.issuer, refusal)
            }
            Goal::Code { challenge, way_back } => {
                let given = mint.draw("dac_");
                let answer = way_back.answer(&self.issuer, &[("code", given.expose())]);
                let code = Code {
                    print: Fingerprint::of([Some(&given)]),
                    ends_at: now.wall + code::LIFE,
                    client: client.id,
                    challenge,
                    scopes,
                    account,
                    redirect: way_back.redirect,
                    state: way_back.state,
                    used: Used::Not,
                };
                push(&mut self.codes, code);
                answer
            }
        }
    }

    /// Who asks and where the answer goes; a page tells the person when that is not certain.
    pub(super) fn origin(
        &self,
        dialect: Dialect,
        parameters: &Parameters,
    ) -> Result<(Client, WayBack), &'static str> {
        parameters.sound().map_err(|_| "A part of this request is there twice.")?;
        let id = parameters.get("client_id");
        let client = self.clients.iter().find(|client| Some(client.id.as_str()) == id);
        let client = client.ok_or("The program that asks is not known here.")?.clone();
        let redirect = parameters.get("redirect_uri").unwrap_or_default();
        let url = redirect::allowed(redirect, &self.issuer);
        let url = url.ok_or("This request wants its answer sent to an address that is not allowed.")?;
        dialect.objection(parameters).map_or(Ok(()), Err)?;
        let state = Secret::new(parameters.get("state").unwrap_or_default());
        Ok((client, WayBack { redirect: redirect.to_owned(), url, state }))
    }
}

/// The challenge and the scopes of a request whose origin is known.
fn wish(
    dialect: Dialect,
    client: &Client,
    parameters: &Parameters,
) -> Result<(Option<Challenge>, Vec<String>), Refusal> {
    client.must(May::Code)?;
    match parameters.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(Refusal::new(ErrorCode::UnsupportedResponseType, "only code is served")),
        None if dialect.wants_response_type() => {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "response_type is missing"));
        }
        None => {}
    }
    let challenge = Challenge::of(parameters)?;
    if challenge.is_none() && client.secret.is_none() {
        // A public client has nothing else that proves it (RFC 9700 §2.1.1).
        return Err(Refusal::new(ErrorCode::InvalidRequest, "code_challenge is missing"));
    }
    Ok((challenge, dialect.wish(parameters)?))
}

/// The scopes that were left ticked; all of them where the page had no boxes to tick.
fn chosen(asked_for: &[String], parameters: &Parameters) -> Vec<String> {
    let ticked = |scope: &&String| parameters.all("scope").any(|ticked| ticked == scope.as_str());
    let boxes = parameters.get("chosen").is_some();
    asked_for.iter().filter(|scope| !boxes || ticked(scope)).cloned().collect()
}

fn login(text: &str) -> String {
    text::clean(text.trim(), 120)
}

#[cfg(test)]
mod tests {
    use crate::demo::authority::client;
    use crate::demo::authority::tests::{
        Desk, STATE, between, but, exchange, json, parameter, refused, request, text,
    };
    use crate::demo::authority::{AUTHORIZE, Answer, MODELS, TOKEN};

    fn tick(desk: &mut Desk, page: &Answer, scopes: &[&str]) -> Answer {
        let consent = between(page.body.expose(), "name=\"consent\" value=\"", "\"").to_owned();
        let mut pairs = vec![("consent", consent.as_str()), ("chosen", "yes"), ("decision", "allow")];
        pairs.extend(scopes.iter().map(|scope| ("scope", *scope)));
        desk.post(AUTHORIZE, &pairs)
    }

    #[test]
    fn a_person_may_grant_less_than_was_asked_and_never_more() {
        let mut desk = Desk::new();
        let page = desk.authorize(&request());
        let back = tick(&mut desk, &page, &["profile", "files"]);
        let tokens = json(&desk.post(TOKEN, &exchange(&parameter(&back, "code"))));
        assert_eq!(tokens["scope"], "profile");
        assert_eq!(desk.get(MODELS, text(&tokens, "/access_token")).status, 403);
    }

    #[test]
    fn to_allow_nothing_is_to_say_no() {
        let mut desk = Desk::new();
        let page = desk.authorize(&request());
        let back = tick(&mut desk, &page, &[]);
        assert_eq!(parameter(&back, "error"), "access_denied");
        assert_eq!((parameter(&back, "state"), parameter(&back, "code")), (STATE.to_owned(), String::new()));
    }

    /// Seed 000: `code_challenge` is optional, for clients with a secret.
    #[test]
    fn a_client_with_a_secret_may_log_in_without_pkce_but_not_prove_what_it_did_not_begin() {
        let plain = but(but(request(), "code_challenge", ""), "code_challenge_method", "");
        let confidential = but(plain.clone(), "client_id", client::POST);
        for (verifier, outcome) in [("", (200, "")), ("x".repeat(43).as_str(), (400, "invalid_grant"))] {
            let mut desk = Desk::new();
            let page = desk.authorize(&confidential);
            let code = parameter(&desk.decide(&page, "allow"), "code");
            let pairs = but(but(exchange(&code), "code_verifier", verifier), "client_id", client::POST);
            let answer = desk.post(TOKEN, &but(pairs, "client_secret", client::CONFIDENTIAL_SECRET));
            assert_eq!(refused(&answer), (outcome.0, outcome.1.to_owned()), "{verifier}");
        }
        assert_eq!(parameter(&Desk::new().authorize(&plain), "error"), "invalid_request");
    }

    #[test]
    fn a_client_of_the_platform_may_not_use_the_page() {
        let answer = Desk::new().authorize(&but(request(), "client_id", client::PLATFORM));
        assert_eq!(parameter(&answer, "error"), "unauthorized_client");
    }
}
