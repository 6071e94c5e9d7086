//! Consent of the person: the question on a page, and the answer.
//!
//! A request is shown to the person under a random consent id and waits ten minutes for the
//! decision. Only when client and redirect address are known may the browser be sent anywhere
//! else (RFC 6749 §4.1.2.1); until then every refusal is a page.

use crate::demo::authority::client::{ClientFlow, RegisteredClient};
use crate::demo::authority::code::{CodeBinding, PkceChallenge, RedirectTarget, allowed_redirect};
use crate::demo::authority::dialect::{Dialect, Quirk};
use crate::demo::authority::grant::NewGrant;
use crate::demo::authority::page::{self, ConsentPage};
use crate::demo::authority::request::{IncomingRequest, RequestParameters};
use crate::demo::authority::response::{ErrorCode, HttpResponse, OAuthError};
use crate::demo::authority::{Authority, DEFAULT_LOGIN, push};
use crate::domain::clock::{DateTime, TimeDelta, Utc};
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::text;

const CONSENT_LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// The shortest `state`: 128 bits in base64url, since less than that can be guessed.
const MINIMUM_STATE: usize = 22;

/// The length of the `state` that goes with [`Quirk::CodeTrue`]: 32 bytes in base64url.
const LONG_STATE: usize = 43;

/// One request that waits for the person.
pub(super) struct PendingConsent {
    id: Fingerprint,
    ends_at: DateTime<Utc>,
    request: ConsentRequest,
}

/// Who asks the person for what.
pub(super) struct ConsentRequest {
    pub(super) dialect: &'static Dialect,
    pub(super) client: RegisteredClient,
    pub(super) scopes: Vec<String>,
    pub(super) login: String,
    pub(super) purpose: ConsentPurpose,
}

/// What an Allow leads to.
pub(super) enum ConsentPurpose {
    /// The browser goes back with a code.
    Code(CodeBinding),
    /// The device code of that fingerprint gives tokens.
    Device(Fingerprint),
}

impl Authority {
    /// Shows the consent page of an authorization request, or says why not.
    pub(super) fn authorize(&mut self, request: &IncomingRequest<'_>) -> HttpResponse {
        let (client, redirect) = match self.origin(request) {
            Ok(origin) => origin,
            Err(why) => return page::error(400, why),
        };
        let authorization = authorization(request, &client);
        let authorization = authorization.and_then(|found| self.check_resource(request).map(|()| found));
        let (challenge, scopes) = match authorization {
            Ok(authorization) => authorization,
            Err(error) => return redirect.with_error(&self.issuer, error),
        };
        let login = request.parameters.get("login_hint").map_or(DEFAULT_LOGIN.to_owned(), login);
        let purpose = ConsentPurpose::Code(CodeBinding { challenge, redirect });
        self.ask_person(ConsentRequest { dialect: request.dialect, client, scopes, login, purpose }, request)
    }

    /// Shows the consent page.
    pub(super) fn ask_person(
        &mut self,
        consent: ConsentRequest,
        request: &IncomingRequest<'_>,
    ) -> HttpResponse {
        let id = request.tokens.token("dcr_");
        let asked_for = |(name, _): &&(&str, &str)| consent.scopes.iter().any(|scope| scope == name);
        let page = page::consent(&ConsentPage {
            consent: id.expose(),
            action: consent.dialect.decision,
            client: &consent.client.title,
            scopes: consent.dialect.scopes.iter().filter(asked_for).collect(),
            login: &consent.login,
            receiver: &match &consent.purpose {
                ConsentPurpose::Code(binding) => {
                    format!("a program on {}", binding.redirect.url.host_str().unwrap_or_default())
                }
                ConsentPurpose::Device(_) => "the device or program that shows this code".to_owned(),
            },
        });
        let now = request.now.wall;
        self.consents.retain(|pending| pending.ends_at > now);
        let id = Fingerprint::of([Some(&id)]);
        push(&mut self.consents, PendingConsent { id, ends_at: now + CONSENT_LIFETIME, request: consent });
        page
    }

    /// Takes the person's decision and sends the browser back with it, or tells a device.
    pub(super) fn decide(&mut self, request: &IncomingRequest<'_>) -> HttpResponse {
        let parameters = &request.parameters;
        let id = parameters.get("consent").map(|id| Fingerprint::of([Some(&Secret::new(id))]));
        let found = self.consents.iter().position(|pending| Some(pending.id) == id);
        let Some(pending) = found.and_then(|index| self.consents.remove(index)) else {
            return page::error(400, "This request is not known, or was answered already.");
        };
        if pending.ends_at <= request.now.wall {
            return page::error(400, "This request is too old.");
        }
        let ConsentRequest { client, scopes, login: proposed, purpose, .. } = pending.request;
        let scopes = match parameters.get("decision") {
            Some("allow") => chosen(scopes, parameters),
            Some("deny") => Vec::new(),
            Some(_) | None => return page::error(400, "Neither Allow nor Deny was chosen."),
        };
        let account = parameters.get("login").map_or(proposed, login);
        match purpose {
            ConsentPurpose::Device(print) => self.decide_device(print, account, scopes, request.now),
            ConsentPurpose::Code(CodeBinding { redirect, .. }) if scopes.is_empty() => {
                let denied = OAuthError::new(ErrorCode::AccessDenied, "the person said no");
                redirect.with_error(&self.issuer, denied)
            }
            ConsentPurpose::Code(binding) => {
                let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
                let grant = NewGrant { client: &client.id, account: &account, scopes: &scopes };
                self.send_code(request, grant, binding)
            }
        }
    }

    /// Who asks and where the answer goes; a page tells the person when that is not certain.
    pub(super) fn origin(
        &self,
        request: &IncomingRequest<'_>,
    ) -> Result<(RegisteredClient, RedirectTarget), &'static str> {
        let parameters = &request.parameters;
        parameters.check().map_err(|_| "A part of this request is there twice.")?;
        let id = parameters.get("client_id");
        let client = self.clients.iter().find(|client| Some(client.id.as_str()) == id);
        let client = client.ok_or("The program that asks is not known here.")?.clone();
        let written = parameters.get("redirect_uri").unwrap_or_default();
        let url = allowed_redirect(written, &self.issuer);
        let url = url.filter(|url| client.may_redirect_to(url));
        let url = url.ok_or("This request wants its answer sent to an address that is not allowed.")?;
        let state = parameters.get("state").unwrap_or_default();
        if request.dialect.has(Quirk::CodeTrue) {
            if parameters.get("code") != Some("true") || state.len() != LONG_STATE {
                return Err("Invalid request format");
            }
        } else if state.len() < MINIMUM_STATE {
            return Err("The state of this request is too short to be safe.");
        }
        Ok((client, RedirectTarget { written: written.to_owned(), url, state: Secret::new(state) }))
    }
}

/// The challenge and the scopes of an authorization request whose origin is known.
fn authorization(
    request: &IncomingRequest<'_>,
    client: &RegisteredClient,
) -> Result<(Option<PkceChallenge>, Vec<String>), OAuthError> {
    client.check_flow(ClientFlow::Code)?;
    match request.parameters.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(OAuthError::new(ErrorCode::UnsupportedResponseType, "only code is served")),
        None if request.dialect.has(Quirk::NoResponseType) => {}
        None => return Err(OAuthError::malformed("response_type is missing")),
    }
    let challenge = PkceChallenge::read(&request.parameters)?;
    if challenge.is_none() && client.secret.is_none() {
        // A public client has nothing else that proves it (RFC 9700 §2.1.1).
        return Err(OAuthError::malformed("code_challenge is missing"));
    }
    Ok((challenge, request.scopes()?))
}

/// The scopes that were left ticked; all of them where the page had no boxes to tick.
fn chosen(mut asked_for: Vec<String>, parameters: &RequestParameters) -> Vec<String> {
    if parameters.get("chosen").is_some() {
        asked_for.retain(|scope| parameters.all("scope").any(|ticked| ticked == scope));
    }
    asked_for
}

fn login(text: &str) -> String {
    text::clean(text.trim(), 120)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::tests::{
        REDIRECT, STATE, TestUser, between, but, exchange, json, parameter, refused, request, text,
    };
    use crate::demo::authority::{AUTHORIZE, MODELS, TOKEN, client};

    fn tick(user: &mut TestUser, page: &HttpResponse, scopes: &[&str]) -> HttpResponse {
        let consent = between(page.body.expose(), "name=\"consent\" value=\"", "\"").to_owned();
        let mut pairs = vec![("consent", consent.as_str()), ("chosen", "yes"), ("decision", "allow")];
        pairs.extend(scopes.iter().map(|scope| ("scope", *scope)));
        user.post(AUTHORIZE, &pairs)
    }

    #[test]
    fn a_person_may_grant_less_than_was_asked_and_never_more() {
        let mut user = TestUser::new();
        let page = user.authorize(&request());
        let back = tick(&mut user, &page, &["profile", "files"]);
        let tokens = json(&user.post(TOKEN, &exchange(&parameter(&back, "code"))));
        assert_eq!(tokens["scope"], "profile");
        assert_eq!(user.get(MODELS, text(&tokens, "/access_token")).status, 403);
    }

    #[test]
    fn to_allow_nothing_is_to_say_no() {
        let mut user = TestUser::new();
        let page = user.authorize(&request());
        let back = tick(&mut user, &page, &[]);
        assert_eq!(parameter(&back, "error"), "access_denied");
        assert_eq!((parameter(&back, "state"), parameter(&back, "code")), (STATE.to_owned(), String::new()));
    }

    #[test]
    fn a_client_with_a_secret_may_log_in_without_pkce_but_not_prove_what_it_did_not_begin() {
        let plain = but(but(request(), "code_challenge", ""), "code_challenge_method", "");
        let confidential = but(plain.clone(), "client_id", client::POST);
        for (verifier, outcome) in [("", (200, "")), ("x".repeat(43).as_str(), (400, "invalid_grant"))] {
            let mut user = TestUser::new();
            let page = user.authorize(&confidential);
            let code = parameter(&user.decide(&page, "allow"), "code");
            let pairs = but(but(exchange(&code), "code_verifier", verifier), "client_id", client::POST);
            let answer = user.post(TOKEN, &but(pairs, "client_secret", client::CONFIDENTIAL_SECRET));
            assert_eq!(refused(&answer), (outcome.0, outcome.1.to_owned()), "{verifier}");
        }
        assert_eq!(parameter(&TestUser::new().authorize(&plain), "error"), "invalid_request");
    }

    #[test]
    fn a_client_of_the_platform_may_not_use_the_page() {
        let answer = TestUser::new().authorize(&but(request(), "client_id", client::PLATFORM));
        assert_eq!(parameter(&answer, "error"), "unauthorized_client");
    }

    #[test]
    fn a_request_of_uncertain_origin_is_a_page_and_never_a_redirect() {
        for (name, value) in [
            ("client_id", ""),
            ("client_id", "somebody"),
            ("redirect_uri", ""),
            ("redirect_uri", "https://127.0.0.1:8765/callback"),
            ("redirect_uri", "http://127.0.0.1.evil.test/callback"),
            ("redirect_uri", "http://evil.test/callback"),
            ("redirect_uri", "http://127.0.0.1:8765/callback/"),
            ("redirect_uri", "http://127.0.0.1:8765/callback?x=1"),
            ("redirect_uri", "http://127.0.0.1:8765/callback#x"),
            ("redirect_uri", "http://a:b@127.0.0.1:8765/callback"),
            ("redirect_uri", "http://127.0.0.1:4000/oauth2/code/callback/"),
            ("state", ""),
            ("state", "a-state-of-21-letters"),
        ] {
            let answer = TestUser::new().authorize(&but(request(), name, value));
            assert_eq!((answer.status, answer.header("Location")), (400, None), "{name}={value}");
        }
        let mut twice = request();
        twice.push(("redirect_uri", REDIRECT));
        assert_eq!(TestUser::new().authorize(&twice).status, 400);
    }

    #[test]
    fn a_wrong_request_of_certain_origin_goes_back_with_its_error() {
        for (name, value, error) in [
            ("response_type", "token", "unsupported_response_type"),
            ("response_type", "", "invalid_request"),
            ("code_challenge", "", "invalid_request"),
            ("code_challenge", "short", "invalid_request"),
            ("code_challenge_method", "", "invalid_request"),
            ("code_challenge_method", "S512", "invalid_request"),
            ("scope", "", "invalid_scope"),
            ("scope", "profile everything", "invalid_scope"),
        ] {
            let answer = TestUser::new().authorize(&but(request(), name, value));
            assert_eq!(answer.status, 303, "{name}={value}");
            assert_eq!(parameter(&answer, "error"), error, "{name}={value}");
            assert_eq!(parameter(&answer, "state"), STATE, "{name}={value}");
            assert_eq!(parameter(&answer, "iss"), "http://127.0.0.1:4000", "{name}={value}");
        }
    }

    #[test]
    fn any_loopback_host_and_port_may_be_redirected_to() {
        for redirect in [
            "http://localhost:1/callback",
            "http://[::1]:65535/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.1:4000/oauth2/code/callback",
        ] {
            let answer = TestUser::new().authorize(&but(request(), "redirect_uri", redirect));
            assert_eq!(answer.status, 200, "{redirect}");
        }
    }

    #[test]
    fn a_person_who_says_no_sends_back_a_denial_and_no_code() {
        let mut user = TestUser::new();
        let page = user.authorize(&request());
        let back = user.decide(&page, "deny");
        assert_eq!(back.status, 303);
        assert_eq!(parameter(&back, "error"), "access_denied");
        assert_eq!(parameter(&back, "state"), STATE);
        assert_eq!(parameter(&back, "code"), "");
    }

    #[test]
    fn a_decision_counts_once_and_for_ten_minutes() {
        let mut user = TestUser::new();
        let page = user.authorize(&request());
        assert_eq!(user.decide(&page, "allow").status, 303);
        assert_eq!(user.decide(&page, "allow").status, 400);
        let page = user.authorize(&request());
        user.seconds = 600;
        assert_eq!(user.decide(&page, "allow").status, 400);
    }

    #[test]
    fn only_the_latest_requests_wait_for_a_decision() {
        let mut user = TestUser::new();
        let first = user.authorize(&request());
        let pages: Vec<HttpResponse> = (0..64).map(|_| user.authorize(&request())).collect();
        assert_eq!(user.decide(&first, "allow").status, 400);
        assert_eq!(user.decide(&pages[0], "allow").status, 303);
    }
}
