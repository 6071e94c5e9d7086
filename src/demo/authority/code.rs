//! Authorization codes, from the redirect that carries one to the token request that spends it.
//!
//! A code is bound to its request: to the redirect address, the `state`, and the challenge whose
//! verifier only the program that began the login knows (RFC 7636).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use crate::demo::authority::client::RegisteredClient;
use crate::demo::authority::dialect::{DIALECTS, Quirk};
use crate::demo::authority::grant::{GrantId, IssuedTokens, NewGrant};
use crate::demo::authority::request::{IncomingRequest, RequestParameters};
use crate::demo::authority::response::{HttpResponse, OAuthError};
use crate::demo::authority::{Authority, push};
use crate::domain::clock::{DateTime, TimeDelta, Utc};
use crate::domain::secret::{Fingerprint, Secret};

const CODE_LIFETIME: TimeDelta = TimeDelta::seconds(60);

/// One code that was given, kept after its use so that a second use is noticed.
pub(super) struct IssuedCode {
    print: Fingerprint,
    ends_at: DateTime<Utc>,
    client: String,
    account: String,
    scopes: Vec<String>,
    /// Absent where the server binds its codes to nothing.
    binding: Option<CodeBinding>,
    state: CodeState,
}

/// The request that a code was given for.
pub(super) struct CodeBinding {
    pub(super) challenge: Option<PkceChallenge>,
    pub(super) redirect: RedirectTarget,
}

/// `Unused --wrong request--> Spent`, `Unused --right request--> Redeemed`
#[derive(Clone, Copy)]
enum CodeState {
    Unused,
    Spent,
    Redeemed(GrantId),
}

impl Authority {
    /// Sends the browser back with a code for `grant`.
    pub(super) fn send_code(
        &mut self,
        request: &IncomingRequest<'_>,
        grant: NewGrant<'_>,
        binding: CodeBinding,
    ) -> HttpResponse {
        let (target, issuer) = (binding.redirect.clone(), self.issuer.clone());
        let code = self.issue_code(request, grant, Some(binding));
        target.with(&issuer, &[("code", code.expose())])
    }

    /// Gives a code for `grant`.
    pub(super) fn issue_code(
        &mut self,
        request: &IncomingRequest<'_>,
        grant: NewGrant<'_>,
        binding: Option<CodeBinding>,
    ) -> Secret {
        let code = request.tokens.token("dac_");
        let issued = IssuedCode {
            print: Fingerprint::of([Some(&code)]),
            ends_at: request.now.wall + CODE_LIFETIME,
            client: grant.client.to_owned(),
            account: grant.account.to_owned(),
            scopes: grant.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            binding,
            state: CodeState::Unused,
        };
        push(&mut self.codes, issued);
        code
    }

    /// Whether a code of that client waits for its token request.
    pub(super) fn has_unused_code(&self, client: &RegisteredClient, now: DateTime<Utc>) -> bool {
        let unused = |code: &IssuedCode| matches!(code.state, CodeState::Unused) && code.ends_at > now;
        self.codes.iter().any(|code| code.client == client.id && unused(code))
    }

    /// Turns a code into tokens (RFC 6749 §4.1.3).
    pub(super) fn redeem(
        &mut self,
        request: &IncomingRequest<'_>,
        client: &RegisteredClient,
        code: &Secret,
    ) -> Result<IssuedTokens, OAuthError> {
        let print = Fingerprint::of([Some(code)]);
        let code = self.codes.iter_mut().find(|code| code.print == print && code.client == client.id);
        let code = code.ok_or(OAuthError::dead("unknown code"))?;
        match code.state {
            CodeState::Unused => {}
            CodeState::Spent => return Err(OAuthError::dead("the code was used before")),
            CodeState::Redeemed(grant) => {
                // Somebody else has the code too: its grant may be theirs (RFC 6749 §4.1.2).
                self.grants.revoke(grant);
                self.record.counters.code_reuse_detected += 1;
                return Err(OAuthError::dead("the code was used before; its grant has been ended"));
            }
        }
        // Spent whatever comes next, so that nobody may try verifiers one after another.
        code.state = CodeState::Spent;
        if code.ends_at <= request.now.wall {
            return Err(OAuthError::dead("the code has expired"));
        }
        if let Some(binding) = &code.binding {
            binding.check(request)?;
        }
        let scopes: Vec<&str> = code.scopes.iter().map(String::as_str).collect();
        let new = NewGrant { client: &client.id, account: &code.account, scopes: &scopes };
        let lifetimes = self.settings.lifetimes_of(&code.account, request.dialect);
        let (id, issued) = self.grants.begin(new, lifetimes, request.now.wall, &request.tokens);
        code.state = CodeState::Redeemed(id);
        Ok(issued)
    }
}

impl CodeBinding {
    /// Refuses a token request that is not the one the code was given for.
    fn check(&self, request: &IncomingRequest<'_>) -> Result<(), OAuthError> {
        let parameters = &request.parameters;
        if parameters.need("redirect_uri", "redirect_uri is missing")? != self.redirect.written {
            return Err(OAuthError::dead("another redirect_uri than in the authorization request"));
        }
        match parameters.get("state").map(Secret::new) {
            None if request.dialect.has(Quirk::StateAgain) => {
                return Err(OAuthError::malformed("state is missing"));
            }
            Some(state) if state != self.redirect.state => {
                return Err(OAuthError::dead("another state than in the authorization request"));
            }
            Some(_) | None => {}
        }
        match &self.challenge {
            Some(challenge) => challenge.check(parameters),
            // Somebody may have taken the challenge out on the way (RFC 9700 §4.8.2).
            None if parameters.get("code_verifier").is_some() => {
                Err(OAuthError::dead("a code_verifier without a code_challenge"))
            }
            None => Ok(()),
        }
    }
}

/// Where the browser is sent with the answer, and the `state` that goes along.
#[derive(Clone)]
pub(super) struct RedirectTarget {
    /// As the request has it.
    pub(super) written: String,
    pub(super) url: Url,
    pub(super) state: Secret,
}

impl RedirectTarget {
    pub(super) fn with(&self, issuer: &str, pairs: &[(&str, &str)]) -> HttpResponse {
        let mut url = self.url.clone();
        let all = pairs.iter().copied().chain([("state", self.state.expose()), ("iss", issuer)]);
        url.query_pairs_mut().extend_pairs(all);
        // 303, so that no browser posts the consent form to the client (RFC 9700 §4.12).
        HttpResponse::new(303, "text/plain", "").with("Location", url.as_str())
    }

    pub(super) fn with_error(&self, issuer: &str, error: OAuthError) -> HttpResponse {
        self.with(issuer, &[("error", error.code.as_str()), ("error_description", error.why)])
    }
}

/// A redirect address that is allowed: `/callback` on loopback with any port (RFC 8252 §7.3), or
/// a page of this server that shows the code.
pub(super) fn allowed_redirect(text: &str, issuer: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let page = text.strip_prefix(issuer);
    if page.is_some() && DIALECTS.iter().any(|dialect| dialect.paste == page) {
        return Some(url);
    }
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    (url.scheme() == "http" && loopback && bare && url.password().is_none() && url.path() == "/callback")
        .then_some(url)
}

/// The challenge of a verifier (RFC 7636).
pub(super) enum PkceChallenge {
    /// Its SHA-256, in base64url or, as some servers want it, in hexadecimal digits.
    S256(String),
    Plain(String),
}

impl PkceChallenge {
    /// The challenge of a request, where it has one.
    pub(super) fn read(parameters: &RequestParameters) -> Result<Option<Self>, OAuthError> {
        let method = parameters.get("code_challenge_method");
        let Some(challenge) = parameters.get("code_challenge") else {
            return match method {
                None => Ok(None),
                Some(_) => Err(OAuthError::malformed("code_challenge is missing")),
            };
        };
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let is_hash = match challenge.len() {
            43 => challenge.bytes().all(is_base64url),
            64 => challenge.bytes().all(|byte| byte.is_ascii_hexdigit()),
            _ => false,
        };
        match method {
            Some("S256") if is_hash => Ok(Some(Self::S256(challenge.to_owned()))),
            Some("plain") => Ok(Some(Self::Plain(challenge.to_owned()))),
            Some("S256") => Err(OAuthError::malformed("code_challenge is no SHA-256 in base64url or hex")),
            Some(_) | None => Err(OAuthError::malformed("code_challenge_method must be S256 or plain")),
        }
    }

    /// Refuses a token request whose verifier does not fit.
    pub(super) fn check(&self, parameters: &RequestParameters) -> Result<(), OAuthError> {
        let verifier = parameters.need("code_verifier", "code_verifier is missing")?;
        if self.fits(verifier) { Ok(()) } else { Err(OAuthError::dead("the code_verifier does not fit")) }
    }

    /// Whether `verifier` is well formed and belongs to this challenge (RFC 7636 §4.1, §4.6).
    fn fits(&self, verifier: &str) -> bool {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        let digest = Sha256::digest(verifier);
        let fits = match self {
            Self::S256(challenge) if challenge.len() == 64 => {
                *challenge == digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
            }
            Self::S256(challenge) => *challenge == URL_SAFE_NO_PAD.encode(digest),
            Self::Plain(challenge) => challenge == verifier,
        };
        (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved) && fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::tests::{CHALLENGE, TestUser, but, exchange, json, refused, text};
    use crate::demo::authority::{TOKEN, USERINFO};

    #[test]
    fn the_example_of_rfc_7636_is_proven_and_nothing_near_it() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let hash = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let challenge = PkceChallenge::S256(hash.to_owned());
        assert!(challenge.fits(verifier));
        assert!(!challenge.fits(&verifier.replace('d', "D")));
        assert!(!challenge.fits(hash), "plain is not S256");
        for bad in ["a".repeat(42), "a".repeat(129), format!("{}=", "a".repeat(43))] {
            let challenge = PkceChallenge::S256(URL_SAFE_NO_PAD.encode(Sha256::digest(&bad)));
            assert!(!challenge.fits(&bad), "{bad}");
        }
    }

    #[test]
    fn a_code_ends_after_a_minute_and_after_a_wrong_verifier() {
        let mut user = TestUser::new();
        let code = user.code();
        user.seconds = 60;
        assert_eq!(refused(&user.post(TOKEN, &exchange(&code))).1, "invalid_grant");
        let code = user.code();
        user.post(TOKEN, &but(exchange(&code), "code_verifier", CHALLENGE));
        assert_eq!(refused(&user.post(TOKEN, &exchange(&code))).1, "invalid_grant");
        assert_eq!(user.authority.counters().code_reuse_detected, 0);
    }

    #[test]
    fn a_code_used_twice_ends_the_grant_it_gave() {
        let mut user = TestUser::new();
        let code = user.code();
        let tokens = json(&user.post(TOKEN, &exchange(&code)));
        assert_eq!(refused(&user.post(TOKEN, &exchange(&code))).1, "invalid_grant");
        assert_eq!(user.authority.counters().code_reuse_detected, 1);
        assert_eq!(user.get(USERINFO, text(&tokens, "/access_token")).status, 401);
        assert_eq!(refused(&user.refresh(text(&tokens, "/refresh_token"))).1, "invalid_grant");
    }
}
