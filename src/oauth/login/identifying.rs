//! Identification: whose the tokens are, before they take anybody's place.
//!
//! The token answer says it, by the provider's reply map or by its ID token; else the userinfo endpoint is
//! asked once. Where nobody says it, nothing is guessed.

use std::borrow::Cow;

use crate::domain::claims::FactSource;
use crate::domain::clock::Now;
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::request_template::Placeholder;
use crate::domain::trouble::Trouble;
use crate::oauth::identity::{ExpectedIdToken, IdToken, Identity};
use crate::oauth::login::stage::Identification;
use crate::oauth::login::{ConfirmReason, Login, Output, Stage, Transition, WantedAccount};
use crate::oauth::reply::TokenResponse;
use crate::oauth::request::{Bindings, Reply, Request};

impl Login {
    /// Tokens came; `doubt` is why the person is asked before they are saved.
    pub(super) fn granted(
        &mut self,
        mut granted: TokenResponse,
        doubt: Option<ConfirmReason>,
        now: Now,
    ) -> Transition {
        self.read_id_token(&mut granted, now);
        let Some(request) = self.userinfo(&granted) else {
            return self.identified(granted, doubt, now);
        };
        let request_id = self.next_request_id();
        let identification = Identification { request_id, granted, doubt };
        Transition::to(Stage::Identifying(Box::new(identification)))
            .with([Output::Send(request_id, Box::new(request))])
    }

    /// Takes from the ID token what the answer beside it does not say.
    fn read_id_token(&mut self, granted: &mut TokenResponse, now: Now) {
        let Some(token) = granted.id_token.take() else { return };
        let issuer = self.plan.provider.issuer.as_deref();
        let expected = ExpectedIdToken { issuer, client_id: &self.plan.client_id, now: now.wall };
        let secrets: Vec<_> =
            [&granted.tokens.access].into_iter().chain(&granted.tokens.refresh).cloned().collect();
        let struck = |text: String| secrets.iter().fold(text, |text, secret| secret.struck_from(&text));
        match expected.read(&token) {
            IdToken::Named(Identity { issuer, subject, account }, claims) => {
                granted.issuer = issuer;
                let from = Some(FactSource::IdToken);
                if let (None, Some(subject)) = (&granted.subject, subject) {
                    (granted.subject, granted.subject_from) = (Some(struck(subject)), from);
                }
                if let (None, Some(account)) = (&granted.account, account) {
                    (granted.account, granted.account_from) = (Some(struck(account)), from);
                }
                granted.claims = Some(Box::new(claims.amended(|text| struck(text.to_owned()))));
                self.transcript.note("the ID token was read; its signature is not checked", now);
            }
            IdToken::Unverified { name, error } => {
                granted.unverified = name.map(struck);
                granted.notes.push(format!("its ID token is unverified: {error}"));
            }
        }
    }

    /// The request that tells whose the tokens are, where that is not known and the provider can be asked.
    fn userinfo(&self, granted: &TokenResponse) -> Option<Request> {
        let call = self.plan.provider.userinfo.as_ref().filter(|_| granted.account.is_none())?;
        Bindings::default().with(Placeholder::Access, granted.tokens.access.clone()).fill(call).ok()
    }

    /// The userinfo endpoint answered. Its answer counts only for the subject of the ID token (OpenID Connect
    /// Core §5.3.2).
    pub(super) fn userinfo_came(
        &mut self,
        identification: Identification,
        reply: Result<Reply, Trouble>,
        now: Now,
    ) -> Transition {
        let Identification { mut granted, doubt, .. } = identification;
        let asked =
            reply.map(|reply| (Identity::of_userinfo(&self.plan.provider.reply, &reply), reply.status));
        match asked {
            Ok((Identity { subject: Some(other), .. }, _))
                if granted.subject.as_ref().is_some_and(|subject| *subject != other) =>
            {
                granted
                    .notes
                    .push("its userinfo endpoint names another account, so it was left out".to_owned());
            }
            Ok((Identity { subject: None, account: None, .. }, status)) => {
                granted.notes.push(format!("its userinfo endpoint names nobody ({status})"));
            }
            Ok((Identity { subject, account, .. }, _)) => {
                // The same as that of the ID token: the server itself says it.
                if subject.is_some() {
                    granted.subject_from = None;
                }
                granted.subject = granted.subject.or(subject);
                granted.account = account;
            }
            Err(trouble) => {
                granted.notes.push(format!("its userinfo endpoint did not answer: {}", trouble.why));
            }
        }
        self.identified(granted, doubt, now)
    }

    /// Another account than the stored one, or than the one that the person named before. An account is its
    /// stable id at its issuer; where one is missing, the name people see. A name that must not be believed is
    /// another one.
    pub(super) fn other_account(&self, came: &Profile, unverified: Option<&str>) -> Option<ConfirmReason> {
        let expected = self.expected_account()?;
        let differ = |one: &Option<String>, other: &Option<String>| Some(one.as_ref()? != other.as_ref()?);
        let name = |profile: &Profile| profile.account.clone().or_else(|| profile.login.subject.clone());
        let shown = |profile: &Profile| name(profile).unwrap_or_else(|| "somebody".to_owned());
        let is_other =
            differ(&expected.login.subject, &came.login.subject).or_else(|| other_name(&expected, came));
        let came = match (differ(&expected.login.issuer, &came.login.issuer), unverified) {
            (Some(true), _) => format!("{} of another server", shown(came)),
            (Some(false) | None, _) if is_other == Some(true) => shown(came),
            (Some(false) | None, Some(unverified)) if name(&expected).is_some() && name(came).is_none() => {
                format!("{unverified} (unverified)")
            }
            (Some(false) | None, Some(_) | None) => return None,
        };
        Some(ConfirmReason::OtherAccount { stored: shown(&expected), came })
    }

    /// The account as it is stored, with the name that the person gave it now.
    fn expected_account(&self) -> Option<Cow<'_, Profile>> {
        let known = self.plan.known.as_deref().map(Cow::Borrowed);
        let WantedAccount::Named(account) = &self.plan.wanted else { return known };
        let new = || Profile::new(self.plan.id.clone(), Kind::OAuth);
        let mut expected = known.map_or_else(new, Cow::into_owned);
        expected.pin_account(account.clone());
        Some(Cow::Owned(expected))
    }
}

/// Whether the names of two accounts differ. What a person typed may differ in capitals.
fn other_name(expected: &Profile, came: &Profile) -> Option<bool> {
    let (one, other) = (expected.account.as_ref()?, came.account.as_ref()?);
    Some(match expected.account_from {
        Some(FactSource::Person) => one.to_lowercase() != other.to_lowercase(),
        Some(FactSource::IdToken) | None => one != other,
    })
}
