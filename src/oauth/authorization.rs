//! Authorization of one login, from its URLs to the token request that redeems its code.
//!
//! An [`Authorization`] is made when the callback port is known and dies when the login ends;
//! it is never stored. It owns both secrets of the exchange: the `state` that proves the
//! callback is ours (RFC 6749 §10.12) and the verifier that proves the token request is ours
//! (RFC 7636), so that no other module can mix up two logins.
//!
//! Most providers show a page for it, whose address is [`Authorization::url`]; where the file
//! has a request instead, it is [`Authorization::ask`].

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

use crate::domain::provider::device::DeviceAuthorization;
use crate::domain::provider::request_template::Placeholder;
use crate::domain::provider::{Authorize, Pkce, Provider, ResponseType};
use crate::domain::secret::Secret;
use crate::oauth::callback::{ExpectedAnswer, StateCheck};
use crate::oauth::redirects::Redirects;
use crate::oauth::request::{BindingError, Bindings, Entropy, Request};

/// The parameter that says what the provider is to ask.
const PROMPT: &str = "prompt";

/// Where the bytes of each secret begin in a login's [`Entropy`].
const VERIFIER_FROM: usize = 96;
const GO_FROM: usize = VERIFIER_FROM + 32;
const DEVICE_FROM: usize = GO_FROM + 12;

/// Who asks for what, and of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizationParameters {
    /// The client.
    pub client_id: String,
    /// The scopes.
    pub scopes: Vec<String>,
    /// The account that is expected to log in.
    pub account: Option<String>,
    /// Whether the provider is to ask which account.
    pub chooses_account: bool,
}

/// The value of `prompt` that makes a server ask which account (OpenID Connect Core §3.1.2.1).
pub const SELECT_ACCOUNT: &str = "select_account";

/// One authorization request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    state: Secret,
    verifier: Option<Secret>,
    go: Secret,
    parameters: AuthorizationParameters,
    redirects: Redirects,
}

impl AuthorizationParameters {
    /// What fills the placeholders that speak of the account and of what is asked for.
    pub(super) fn bindings(&self, provider: &Provider, bindings: Bindings) -> Bindings {
        let scope = self.scopes.join(&provider.scopes.separator);
        let account = self.account.as_deref().map(Secret::new).unwrap_or_default();
        bindings.with(Placeholder::Scope, Secret::new(scope)).with(Placeholder::Account, account)
    }
}

impl Authorization {
    /// A request of `provider` whose answer comes to one of `redirects`.
    #[must_use]
    pub fn new(
        provider: &Provider,
        parameters: AuthorizationParameters,
        entropy: &Entropy,
        redirects: Redirects,
    ) -> Self {
        Self {
            state: text(entropy, 0, provider.state.bytes),
            verifier: provider.pkce.is_on().then(|| text(entropy, VERIFIER_FROM, 32)),
            go: text(entropy, GO_FROM, 12),
            parameters,
            redirects,
        }
    }

    /// What proves an answer.
    #[must_use]
    pub fn expected(&self, provider: &Provider) -> ExpectedAnswer {
        let state_check = if provider.state.echoed { StateCheck::Required } else { StateCheck::Waived };
        ExpectedAnswer {
            state: self.state.clone(),
            state_check,
            issuer: provider.issuer.clone(),
            issuer_in_answers: provider.issuer_in_answers,
        }
    }

    /// What the callback must bring back.
    #[must_use]
    pub fn state(&self) -> &Secret {
        &self.state
    }

    /// The name of the short link.
    #[must_use]
    pub fn go(&self) -> &Secret {
        &self.go
    }

    /// Where the answer can come to.
    #[must_use]
    pub fn redirects(&self) -> &Redirects {
        &self.redirects
    }

    /// The redirect to this machine.
    #[must_use]
    pub fn loopback(&self) -> Option<&Url> {
        self.redirects.loopback.as_ref()
    }

    /// The redirect to the provider's page that shows the code.
    #[must_use]
    pub fn paste(&self) -> Option<&Url> {
        self.redirects.paste.as_ref()
    }

    /// What is asked for.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.parameters.scopes
    }

    /// The address that the person opens, for an answer by `redirect` (RFC 6749 §4.1.1). Its
    /// own query comes first, then what the provider wants, then the standard. None where the
    /// provider has no such page.
    #[must_use]
    pub fn url(&self, provider: &Provider, redirect: &Url) -> Option<Url> {
        let Some(Authorize::Page { url, parameters, response_type }) = &provider.authorize else {
            return None;
        };
        let mut url = url.clone();
        let mut query = url.query_pairs_mut();
        let bindings = self.parameters.bindings(provider, Bindings::default());
        let mut chooses = self.parameters.chooses_account;
        for (name, value) in parameters {
            let Some(mut value) = bindings.text(value) else { continue };
            if name == PROMPT && chooses {
                chooses = false;
                if !value.split(' ').any(|prompt| prompt == SELECT_ACCOUNT) {
                    value.push(' ');
                    value.push_str(SELECT_ACCOUNT);
                }
            }
            query.append_pair(name, &value);
        }
        if chooses {
            query.append_pair(PROMPT, SELECT_ACCOUNT);
        }
        query.append_pair("client_id", &self.parameters.client_id);
        match response_type {
            ResponseType::Code => drop(query.append_pair("response_type", "code")),
            ResponseType::None => {}
        }
        query.append_pair("redirect_uri", redirect.as_str());
        if !self.parameters.scopes.is_empty() {
            let scopes = self.parameters.scopes.join(&provider.scopes.separator);
            query.append_pair(&provider.scopes.parameter, &scopes);
        }
        if let (Some(verifier), Some(method)) = (&self.verifier, provider.pkce.method()) {
            query
                .append_pair("code_challenge", challenge(provider.pkce, verifier).expose())
                .append_pair("code_challenge_method", method);
        }
        query.append_pair("state", self.state.expose());
        drop(query);
        Some(url)
    }

    /// The authorization request where it is sent from here, for an answer by `redirect`.
    ///
    /// # Errors
    /// [`BindingError`] when the provider has a page instead, or the file's address cannot be made.
    pub fn ask(&self, provider: &Provider, redirect: &Url) -> Result<Request, BindingError> {
        let Some(Authorize::Sent { call, .. }) = &provider.authorize else { return Err(BindingError) };
        let client = Bindings::from_client(&provider.client.authentication, &self.parameters.client_id, None);
        let mut bindings = (self.parameters.bindings(provider, client))
            .with(Placeholder::Redirect, Secret::new(redirect.as_str()))
            .with(Placeholder::State, self.state.clone());
        if let Some(verifier) = &self.verifier {
            bindings = bindings.with(Placeholder::Challenge, challenge(provider.pkce, verifier));
        }
        bindings.fill(call)
    }

    /// The request that turns `code` into tokens (RFC 6749 §4.1.3). `redirect` is the one the
    /// code came by, byte for byte as in the authorization request.
    ///
    /// # Errors
    /// [`BindingError`] when the provider file's address cannot be made.
    pub fn redeem(
        &self,
        provider: &Provider,
        secret: Option<&Secret>,
        code: &Secret,
        redirect: &Url,
    ) -> Result<Request, BindingError> {
        let client =
            Bindings::from_client(&provider.client.authentication, &self.parameters.client_id, secret);
        let mut bindings = (self.parameters.bindings(provider, client))
            .with(Placeholder::Code, code.clone())
            .with(Placeholder::State, self.state.clone())
            .with(Placeholder::Redirect, Secret::new(redirect.as_str()));
        if let Some(verifier) = &self.verifier {
            bindings = bindings.with(Placeholder::Verifier, verifier.clone());
        }
        bindings.fill(provider.exchange.as_ref().ok_or(BindingError)?)
    }
}

/// The verifier of a device code, where the provider wants one. It is another one than that of
/// the authorization request, so that neither can stand in for the other.
#[must_use]
pub fn device_verifier(device: &DeviceAuthorization, entropy: &Entropy) -> Option<Secret> {
    device.pkce.is_on().then(|| text(entropy, DEVICE_FROM, 32))
}

fn text(entropy: &Entropy, from: usize, count: usize) -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(entropy.part(from, count)))
}

/// The challenge of a verifier (RFC 7636 §4.2); empty where none is sent.
#[must_use]
pub fn challenge(pkce: Pkce, verifier: &Secret) -> Secret {
    let digest = || Sha256::digest(verifier.expose().as_bytes());
    match pkce {
        Pkce::Required => Secret::new(URL_SAFE_NO_PAD.encode(digest())),
        Pkce::Hex => Secret::new(digest().iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        Pkce::Plain => verifier.clone(),
        Pkce::Off => Secret::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::provider::device::{DeviceReplyMap, UserCodeMode};
    use crate::stored::provider_file;

    fn anthropic() -> Provider {
        provider_file::catalog([]).get("anthropic").expect("a preset").clone()
    }

    fn authorization(provider: &Provider) -> Authorization {
        let entropy = entropy();
        let scopes = provider.scopes.default.clone();
        let parameters = AuthorizationParameters {
            client_id: "client".into(),
            scopes,
            account: None,
            chooses_account: false,
        };
        let redirects =
            Redirects { loopback: provider.redirect.loopback(8765), paste: provider.redirect.paste.clone() };
        Authorization::new(provider, parameters, &entropy, redirects)
    }

    /// Bytes that all differ.
    fn entropy() -> Entropy {
        Entropy::new(std::array::from_fn(|at| u8::try_from(at).expect("small")))
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        for (pkce, expected) in [
            (Pkce::Required, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
            (Pkce::Hex, "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3"),
            (Pkce::Plain, verifier.expose()),
            (Pkce::Off, ""),
        ] {
            assert_eq!(challenge(pkce, &verifier).expose(), expected, "{pkce:?}");
        }
    }

    #[test]
    fn the_authorization_url_of_anthropic_has_every_parameter_it_names() {
        let provider = anthropic();
        let authorization = authorization(&provider);
        let redirect = authorization.loopback().expect("a port").clone();
        let url = authorization.url(&provider, &redirect).expect("a page");
        let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "code",
                "client_id",
                "response_type",
                "redirect_uri",
                "scope",
                "code_challenge",
                "code_challenge_method",
                "state"
            ]
        );
        assert_eq!(query[3].1, "http://localhost:8765/callback");
        assert_eq!(query[4].1, "org:create_api_key user:profile user:inference");
        assert_eq!(query[7].1.len(), 43);
        assert!(!url.as_str().contains(authorization.verifier.as_ref().expect("PKCE").expose()));
    }

    #[test]
    fn a_login_to_one_more_account_asks_which_beside_what_the_file_asks_for() {
        let file = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n";
        for (more, chooses, prompt) in [
            ("", true, Some("select_account")),
            ("", false, None),
            ("authorize_parameters: { prompt: consent }", true, Some("consent select_account")),
            ("authorize_parameters: { prompt: consent }", false, Some("consent")),
            ("authorize_parameters: { prompt: select_account }", true, Some("select_account")),
        ] {
            let provider = provider_file::load("acme", &format!("{file}{more}\n")).expect("a provider");
            let mut authorization = authorization(&provider);
            authorization.parameters.chooses_account = chooses;
            let redirect = authorization.loopback().expect("a port").clone();
            let url = authorization.url(&provider, &redirect).expect("a page");
            let sent: Vec<String> = url
                .query_pairs()
                .filter(|(name, _)| name == "prompt")
                .map(|(_, value)| value.into_owned())
                .collect();
            assert_eq!(sent, Vec::from_iter(prompt.map(str::to_owned)), "{more} {chooses}");
        }
    }

    #[test]
    fn the_token_request_of_anthropic_is_json_with_the_state_in_it() {
        let provider = anthropic();
        let authorization = authorization(&provider);
        let redirect = authorization.paste().expect("a paste page").clone();
        let request =
            authorization.redeem(&provider, None, &Secret::new("c0de"), &redirect).expect("a request");
        let (kind, body) = request.body.expect("a body");
        let body: serde_json::Value = serde_json::from_str(body.expose()).expect("JSON");
        let keys: Vec<_> = body.as_object().expect("an object").keys().cloned().collect();
        assert_eq!(kind, "application/json");
        assert_eq!(keys, ["grant_type", "code", "state", "client_id", "redirect_uri", "code_verifier"]);
        assert_eq!(body["redirect_uri"], "https://platform.claude.com/oauth/code/callback");
        assert_eq!(body["state"], authorization.state().expose());
    }

    #[test]
    fn state_verifiers_and_short_link_are_independent() {
        let authorization = authorization(&anthropic());
        let verifier = authorization.verifier.clone().expect("PKCE");
        assert_ne!(verifier, authorization.state);
        assert_eq!((verifier.expose().len(), authorization.go.expose().len()), (43, 16));
        let call = || anthropic().exchange.expect("an exchange");
        let (user_code, reply) = (UserCodeMode::Typed, DeviceReplyMap::default());
        let device =
            DeviceAuthorization { authorize: call(), poll: call(), pkce: Pkce::Required, user_code, reply };
        let other = device_verifier(&device, &entropy()).expect("PKCE");
        assert_eq!(other.expose().len(), 43);
        assert!([&verifier, &authorization.state, &authorization.go].iter().all(|secret| **secret != other));
        assert_eq!(device_verifier(&DeviceAuthorization { pkce: Pkce::Off, ..device }, &entropy()), None);
    }
}
