//! Grants that people gave, and the tokens issued for them.
//!
//! A grant has one account, one client and one end. Its tokens are remembered by fingerprint
//! for as long as the server runs, because a refresh token that comes back after it was
//! replaced must be known to be old, not merely unknown.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::demo::authority::client::{RefreshTokenRotation, RegisteredClient};
use crate::demo::authority::request::TokenGenerator;
use crate::demo::authority::response::{ErrorCode, OAuthError};
use crate::domain::clock::{DateTime, TimeDelta, Utc};
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::tokens::{Expiry, Tokens};

const ACCESS_PREFIX: &str = "dat_";
const REFRESH_PREFIX: &str = "drt_";

/// How long a grant and its access tokens live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    pub access: TimeDelta,
    /// From the login on; absent: the grant does not end, and replies say nothing.
    pub grant: Option<TimeDelta>,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { access: TimeDelta::hours(1), grant: Some(TimeDelta::days(30)) }
    }
}

/// A grant to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewGrant<'a> {
    pub client: &'a str,
    /// The account's e-mail address.
    pub account: &'a str,
    pub scopes: &'a [&'a str],
}

/// Tokens as they were issued, and all that a reply says about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedTokens {
    pub tokens: Tokens,
    pub life: Expiry,
    pub scopes: Vec<String>,
    /// The account's e-mail address.
    pub account: String,
    /// The account's stable id.
    pub subject: String,
}

/// A request for new tokens.
pub(super) struct RefreshRequest {
    pub(super) token: Secret,
    /// Fewer scopes than the grant has, where it asks for them.
    pub(super) scopes: Option<Vec<String>>,
}

/// What an access token may do at the moment it is shown.
pub(super) struct Bearer<'a> {
    pub(super) account: &'a str,
    pub(super) scopes: &'a [String],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GrantId(u64);

struct Grant {
    client: String,
    account: String,
    scopes: Vec<String>,
    lifetimes: Lifetimes,
    ends_at: Option<DateTime<Utc>>,
    revoked: bool,
}

impl Grant {
    fn alive(&self, now: DateTime<Utc>) -> bool {
        !self.revoked && self.ends_at.is_none_or(|end| end > now)
    }

    fn issue(&self, tokens: Tokens, scopes: Vec<String>, now: DateTime<Utc>) -> IssuedTokens {
        let expires_at = now.checked_add_signed(self.lifetimes.access);
        IssuedTokens {
            tokens,
            life: Expiry { obtained_at: Some(now), expires_at, grant_ends_at: self.ends_at },
            scopes,
            account: self.account.clone(),
            subject: subject(&self.account),
        }
    }
}

enum IssuedToken {
    Access { grant: GrantId, scopes: Vec<String>, ends_at: Option<DateTime<Utc>> },
    Refresh { grant: GrantId, replaced: bool },
}

#[derive(Default)]
pub(super) struct Grants {
    grants: BTreeMap<GrantId, Grant>,
    issued: BTreeMap<Fingerprint, IssuedToken>,
}

/// What became of the grant of a token that was sent to be revoked.
pub(super) enum Revocation {
    Done,
    DoneBefore,
    /// The grant was given to another client, and lives.
    OtherClient,
    UnknownToken,
}

impl Grants {
    /// Opens a grant and issues its first tokens.
    pub(super) fn begin(
        &mut self,
        new: NewGrant<'_>,
        lifetimes: Lifetimes,
        now: DateTime<Utc>,
        random: &TokenGenerator,
    ) -> (GrantId, IssuedTokens) {
        let id = GrantId(random.serial);
        let grant = Grant {
            client: new.client.to_owned(),
            account: new.account.to_owned(),
            scopes: new.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            lifetimes,
            ends_at: lifetimes.grant.and_then(|life| now.checked_add_signed(life)),
            revoked: false,
        };
        let (access, refresh) = (random.token(ACCESS_PREFIX), Some(random.token(REFRESH_PREFIX)));
        let issued = grant.issue(Tokens { access, refresh }, grant.scopes.clone(), now);
        self.grants.insert(id, grant);
        self.remember(id, &issued);
        (id, issued)
    }

    /// Issues new tokens for a refresh token.
    pub(super) fn refresh(
        &mut self,
        client: &RegisteredClient,
        request: RefreshRequest,
        now: DateTime<Utc>,
        random: &TokenGenerator,
    ) -> Result<IssuedTokens, RefreshError> {
        let Some(IssuedToken::Refresh { grant: id, replaced }) = self.issued.get_mut(&print(&request.token))
        else {
            return Err(RefreshError::dead("unknown refresh token"));
        };
        let id = *id;
        let Some(grant) = self.grants.get_mut(&id).filter(|grant| grant.client == client.id) else {
            return Err(RefreshError::dead("this refresh token was given to another client"));
        };
        if !grant.alive(now) {
            return Err(RefreshError::dead("the login has ended"));
        }
        if *replaced {
            grant.revoked = true;
            return Err(RefreshError::Reused);
        }
        let scopes = request.scopes.unwrap_or_else(|| grant.scopes.clone());
        if !scopes.iter().all(|scope| grant.scopes.contains(scope)) {
            let why = "more scopes than were granted";
            return Err(RefreshError::Refused(OAuthError::new(ErrorCode::InvalidScope, why)));
        }
        let refresh = match client.rotation {
            RefreshTokenRotation::SingleUse => {
                *replaced = true;
                Some(random.token(REFRESH_PREFIX))
            }
            RefreshTokenRotation::Reusable => Some(request.token),
            RefreshTokenRotation::Silent => None,
        };
        let issued = grant.issue(Tokens { access: random.token(ACCESS_PREFIX), refresh }, scopes, now);
        self.remember(id, &issued);
        Ok(issued)
    }

    fn remember(&mut self, grant: GrantId, issued: &IssuedTokens) {
        let (scopes, ends_at) = (issued.scopes.clone(), issued.life.expires_at);
        self.issued.insert(print(&issued.tokens.access), IssuedToken::Access { grant, scopes, ends_at });
        if let Some(refresh) = &issued.tokens.refresh {
            self.issued.insert(print(refresh), IssuedToken::Refresh { grant, replaced: false });
        }
    }

    /// What an access token may do now; nothing when it or its grant has ended.
    pub(super) fn bearer(&self, token: &Secret, now: DateTime<Utc>) -> Option<Bearer<'_>> {
        match self.issued.get(&print(token))? {
            IssuedToken::Access { grant, scopes, ends_at } if ends_at.is_some_and(|end| end > now) => {
                let grant = self.grants.get(grant).filter(|grant| grant.alive(now))?;
                Some(Bearer { account: &grant.account, scopes })
            }
            IssuedToken::Access { .. } | IssuedToken::Refresh { .. } => None,
        }
    }

    /// Whether this access token was good once and is too old now.
    pub(super) fn has_expired(&self, token: &Secret, now: DateTime<Utc>) -> bool {
        match self.issued.get(&print(token)) {
            Some(IssuedToken::Access { grant, ends_at, .. }) => {
                let alive = self.grants.get(grant).is_some_and(|grant| !grant.revoked);
                alive && ends_at.is_none_or(|end| end <= now)
            }
            Some(IssuedToken::Refresh { .. }) | None => false,
        }
    }

    /// Whether `account` has a grant for `client` that has not ended.
    pub(super) fn is_authorized(&self, client: &str, account: &str, now: DateTime<Utc>) -> bool {
        let of_both = |grant: &&Grant| grant.client == client && grant.account == account;
        self.grants.values().filter(of_both).any(|grant| grant.alive(now))
    }

    /// Moves the ends of `issued` to those given.
    pub(super) fn set_ends(
        &mut self,
        issued: &mut IssuedTokens,
        access: Option<DateTime<Utc>>,
        grant: Option<DateTime<Utc>>,
    ) {
        if let Some(IssuedToken::Access { grant: id, ends_at, .. }) =
            self.issued.get_mut(&print(&issued.tokens.access))
        {
            *ends_at = access;
            if let Some(found) = self.grants.get_mut(id) {
                found.ends_at = grant;
            }
        }
        issued.life.expires_at = access;
        issued.life.grant_ends_at = grant;
    }

    pub(super) fn revoke(&mut self, id: GrantId) {
        if let Some(grant) = self.grants.get_mut(&id) {
            grant.revoked = true;
        }
    }

    /// Ends the grant that either of its tokens names.
    pub(super) fn revoke_by_token(&mut self, token: &Secret, client: &RegisteredClient) -> Revocation {
        let Some(IssuedToken::Access { grant, .. } | IssuedToken::Refresh { grant, .. }) =
            self.issued.get(&print(token))
        else {
            return Revocation::UnknownToken;
        };
        match self.grants.get_mut(grant) {
            None => Revocation::UnknownToken,
            Some(grant) if grant.client != client.id => Revocation::OtherClient,
            Some(Grant { revoked: true, .. }) => Revocation::DoneBefore,
            Some(grant) => {
                grant.revoked = true;
                Revocation::Done
            }
        }
    }

    pub(super) fn withdraw(&mut self, account: &str) {
        for grant in self.grants.values_mut().filter(|grant| grant.account == account) {
            grant.revoked = true;
        }
    }
}

/// Why a refresh token gave nothing.
pub(super) enum RefreshError {
    /// It was replaced before; its grant has just been ended.
    Reused,
    Refused(OAuthError),
}

impl RefreshError {
    fn dead(why: &'static str) -> Self {
        Self::Refused(OAuthError::dead(why))
    }
}

/// The stable id of an account: the same for every login of the same address.
pub fn subject(account: &str) -> String {
    let hash: [u8; 32] = Sha256::digest(account.as_bytes()).into();
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

fn print(token: &Secret) -> Fingerprint {
    Fingerprint::of([Some(token)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::client;
    use crate::demo::authority::tests::{TestUser, json, refused, text};

    #[test]
    fn a_grant_ends_with_its_life_or_with_the_consent() {
        let mut user = TestUser::new();
        let lives = Lifetimes { access: TimeDelta::seconds(5), grant: Some(TimeDelta::seconds(60)) };
        user.authority.settings.accounts.insert("bo@demo.test".to_owned(), lives);
        let first = user.tokens();
        assert_eq!((&first["expires_in"], &first["refresh_expires_in"]), (&5.into(), &60.into()));
        user.seconds = 59;
        let second = json(&user.refresh(text(&first, "/refresh_token")));
        assert_eq!(second["refresh_expires_in"], 1);
        user.seconds = 60;
        assert_eq!(refused(&user.refresh(text(&second, "/refresh_token"))).1, "invalid_grant");

        let third = user.tokens();
        user.authority.withdraw("bo@demo.test");
        assert_eq!(refused(&user.refresh(text(&third, "/refresh_token"))).1, "invalid_grant");
    }

    #[test]
    fn a_grant_given_without_asking_works_like_any_other() {
        let mut user = TestUser::new();
        let now = user.now();
        let new = NewGrant { client: client::PUBLIC, account: "cy@demo.test", scopes: &["profile"] };
        let lives = Lifetimes { access: TimeDelta::seconds(9), grant: None };
        let granted = user.authority.grant(new, Some(lives), now, [7; 64]);
        assert_eq!(granted.life.expires_at, Some(now.wall + TimeDelta::seconds(9)));
        assert_eq!(granted.life.grant_ends_at, None);
        let token = granted.tokens.refresh.expect("a refresh token");
        let reply = json(&user.refresh(token.expose()));
        assert_eq!(reply["account"]["uuid"], granted.subject.as_str());
        assert_eq!(reply.get("refresh_expires_in"), None);
    }
}
