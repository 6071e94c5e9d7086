//! Plan of a login: what it is for, and by which methods.

use crate::domain::name::ProfileId;
use crate::domain::profile::Profile;
use crate::domain::provider::{Authorize, LoginMethod, Provider};
use crate::domain::secret::Secret;
use crate::domain::trouble::Stored;
use crate::oauth::authorization::{AuthorizationParameters, SELECT_ACCOUNT};
use crate::oauth::login::LoginOptions;
use crate::oauth::login::step::LoginStep;
use crate::oauth::transcript::Transcript;

/// What a login is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginPlan {
    /// Where to log in.
    pub provider: Box<Provider>,
    /// Which profile will hold the tokens.
    pub id: ProfileId,
    /// The client that asks.
    pub client_id: String,
    /// Its secret, where it has one.
    pub client_secret: Option<Secret>,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// The profile as it is stored, if it is.
    pub known: Option<Box<Profile>>,
    /// Where it will be stored, as shown to people.
    pub place: String,
    /// How the answer may come back.
    pub options: LoginOptions,
    pub wanted: WantedAccount,
    /// What was asked before, to find the provider.
    pub walk: Transcript,
}

/// Which account is to log in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum WantedAccount {
    /// The one that is stored, or any.
    #[default]
    Stored,
    /// Another than those of the provider's other profiles.
    Another,
    /// The one that the person named before.
    Named(String),
}

impl LoginPlan {
    /// What is said of the stored tokens where the login brings none.
    #[must_use]
    pub fn stored(&self) -> Stored {
        let tokens = self.known.as_ref().and_then(|known| known.held.tokens());
        if tokens.is_some() { Stored::Untouched } else { Stored::Absent }
    }

    /// Whether `flow` is a method of this login: it is wanted, and the provider has it.
    #[must_use]
    pub fn opens(&self, flow: LoginMethod) -> bool {
        let there = match flow {
            LoginMethod::Code => self.provider.authorize.is_some(),
            LoginMethod::Paste => {
                let page = matches!(self.provider.authorize, Some(Authorize::Page { .. }));
                page && self.provider.redirect.paste.is_some()
            }
            LoginMethod::Device => self.provider.device.is_some(),
            // A key is no login.
            LoginMethod::Key => false,
        };
        there && self.options.has(flow) && self.provider.flows.contains(&flow)
    }

    /// The steps of this login; what no flow of it needs is left out.
    pub(super) fn steps(&self) -> impl Iterator<Item = LoginStep> {
        let (code, device) = (
            self.opens(LoginMethod::Code) || self.opens(LoginMethod::Paste),
            self.opens(LoginMethod::Device),
        );
        LoginStep::ALL.into_iter().filter(move |step| match step {
            LoginStep::Listen | LoginStep::Build | LoginStep::Exchange => code || !device,
            LoginStep::Device => device,
            LoginStep::Open | LoginStep::Wait | LoginStep::Save | LoginStep::Test => true,
        })
    }

    /// Whether an answer can come to a listener. The one to a request that is sent from here
    /// comes in its redirect, or is pasted.
    pub(super) fn listens(&self) -> bool {
        self.opens(LoginMethod::Code) && !self.sends()
    }

    /// Whether the authorization request is sent from here.
    pub(super) fn sends(&self) -> bool {
        matches!(self.provider.authorize, Some(Authorize::Sent { .. }))
    }

    /// The port in the redirect of a request that is sent from here; nobody listens on it, so it
    /// can only be a certain one.
    pub(super) fn port_of_sent(&self) -> Option<u16> {
        let port = self.options.port.unwrap_or(self.provider.redirect.port);
        Some(port).filter(|port| *port != 0 && self.opens(LoginMethod::Code) && self.sends())
    }

    /// The ports that a listener may have, in the order in which they are tried.
    pub(super) fn ports(&self) -> Vec<u16> {
        self.options.port.map_or_else(|| self.provider.redirect.ports(), |port| vec![port])
    }

    /// Who asks for what.
    pub(super) fn authorization_parameters(&self) -> AuthorizationParameters {
        AuthorizationParameters {
            client_id: self.client_id.clone(),
            scopes: self.scopes.clone(),
            account: match &self.wanted {
                WantedAccount::Named(account) => Some(account.clone()),
                WantedAccount::Stored | WantedAccount::Another => {
                    self.known.as_deref().and_then(|profile| profile.account.clone())
                }
            },
            chooses_account: self.wanted == WantedAccount::Another
                && self.provider.prompts.iter().any(|prompt| prompt == SELECT_ACCOUNT),
        }
    }
}
