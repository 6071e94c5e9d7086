//! What people agreed to, and the tokens that came of it.
//!
//! A grant has one account, one client and one end. Its tokens are remembered by fingerprint
//! for as long as the server runs, because a refresh token that comes back after it was
//! replaced must be known to be old, not merely unknown.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::demo::authority::client::{Client, Rotation};
use crate::demo::authority::mint::Mint;
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::domain::clock::{DateTime, TimeDelta, Utc};
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::tokens::{Expiry, Tokens};

/// The public prefix of access tokens.
pub const ACCESS_PREFIX: &str = "dat_";
/// The public prefix of refresh tokens.
pub const REFRESH_PREFIX: &str = "drt_";

/// How long a grant and its access tokens live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lives {
    /// The life of an access token.
    pub access: TimeDelta,
    /// The life of the grant from the login on; absent: it does not end, and replies say nothing.
    pub grant: Option<TimeDelta>,
}

impl Default for Lives {
    fn default() -> Self {
        Self { access: TimeDelta::hours(1), grant: Some(TimeDelta::days(30)) }
    }
}

/// What is asked for without asking a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewGrant<'a> {
    /// The client that gets it.
    pub client: &'a str,
    /// The account's e-mail address.
    pub account: &'a str,
    /// What it allows.
    pub scopes: &'a [&'a str],
}

/// Tokens as they were given, and all that a reply says about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The tokens; no refresh token where the reply has none.
    pub tokens: Tokens,
    /// Both clocks.
    pub life: Expiry,
    /// What the access token allows.
    pub scopes: Vec<String>,
    /// The account's e-mail address.
    pub account: String,
    /// The account's stable id.
    pub subject: String,
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
    lives: Lives,
    ends_at: Option<DateTime<Utc>>,
    revoked: bool,
}

impl Grant {
    fn alive(&self, now: DateTime<Utc>) -> bool {
        !self.revoked && self.ends_at.is_none_or(|end| end > now)
    }
}

enum Issued {
    Access { grant: GrantId, scopes: Vec<String>, ends_at: DateTime<Utc> },
    Refresh { grant: GrantId, replaced: bool },
}

#[derive(Default)]
pub(super) struct Grants {
    grants: BTreeMap<GrantId, Grant>,
    issued: BTreeMap<Fingerprint, Issued>,
}

/// What became of the grant of a token that was shown to end it.
pub(super) enum Ended {
    /// It is over since this moment.
    Now,
    /// It was over already.
    Before,
    /// It was given to another client, and lives.
    OfAnother,
    /// There is no such token.
    Unknown,
}

/// Why a refresh token gave nothing.
pub(super) enum NoRefresh {
    /// It was replaced before; its grant has just been ended.
    Reused,
    /// Anything else.
    Refused(Refusal),
}

impl NoRefresh {
    fn dead(why: &'static str) -> Self {
        Self::Refused(Refusal::new(ErrorCode::InvalidGrant, why))
    }
}

impl Grants {
    /// Opens a grant and gives its first tokens.
    pub(super) fn begin(
        &mut self,
        new: NewGrant<'_>,
        lives: Lives,
        now: DateTime<Utc>,
        mint: &Mint,
    ) -> (GrantId, Granted) {
        let id = GrantId(mint.serial);
        let grant = Grant {
            client: new.client.to_owned(),
            account: new.account.to_owned(),
            scopes: new.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            lives,
            ends_at: lives.grant.and_then(|life| now.checked_add_signed(life)),
            revoked: false,
        };
        let refresh = mint.draw(REFRESH_PREFIX);
        self.issued.insert(print(&refresh), Issued::Refresh { grant: id, replaced: false });
        let granted = issue(&mut self.issued, (id, &grant), grant.scopes.clone(), Some(refresh), now, mint);
        self.grants.insert(id, grant);
        (id, granted)
    }

    /// Gives new tokens for a refresh token, of all the grant's scopes or of `narrowed`.
    pub(super) fn refresh(
        &mut self,
        token: &Secret,
        client: &Client,
        narrowed: Option<Vec<String>>,
        now: DateTime<Utc>,
        mint: &Mint,
    ) -> Result<Granted, NoRefresh> {
        let Some(Issued::Refresh { grant: id, replaced }) = self.issued.get_mut(&print(token)) else {
            return Err(NoRefresh::dead("unknown refresh token"));
        };
        let id = *id;
        let Some(grant) = self.grants.get_mut(&id).filter(|grant| grant.client == client.id) else {
            return Err(NoRefresh::dead("this refresh token was given to another client"));
        };
        if !grant.alive(now) {
            return Err(NoRefresh::dead("the grant has ended"));
        }
        if *replaced {
            grant.revoked = true;
            return Err(NoRefresh::Reused);
        }
        let scopes = narrowed.unwrap_or_else(|| grant.scopes.clone());
        if !scopes.iter().all(|scope| grant.scopes.contains(scope)) {
            let why = "more scopes than were granted";
            return Err(NoRefresh::Refused(Refusal::new(ErrorCode::InvalidScope, why)));
        }
        let next = match client.rotation {
            Rotation::SingleUse => {
                *replaced = true;
                let next = mint.draw(REFRESH_PREFIX);
                self.issued.insert(print(&next), Issued::Refresh { grant: id, replaced: false });
                Some(next)
            }
            Rotation::Reusable => Some(token.clone()),
            Rotation::Silent => None,
        };
        Ok(issue(&mut self.issued, (id, grant), scopes, next, now, mint))
    }

    /// What an access token may do now; nothing when it or its grant has ended.
    pub(super) fn bearer(&self, token: &Secret, now: DateTime<Utc>) -> Option<Bearer<'_>> {
        match self.issued.get(&print(token))? {
            Issued::Access { grant, scopes, ends_at } if *ends_at > now => {
                let grant = self.grants.get(grant).filter(|grant| grant.alive(now))?;
                Some(Bearer { account: &grant.account, scopes })
            }
            Issued::Access { .. } | Issued::Refresh { .. } => None,
        }
    }

    /// Whether this access token was good once and is too old now.
    pub(super) fn has_expired(&self, token: &Secret, now: DateTime<Utc>) -> bool {
        match self.issued.get(&print(token)) {
            Some(Issued::Access { grant, ends_at, .. }) => {
                *ends_at <= now && self.grants.get(grant).is_some_and(|grant| !grant.revoked)
            }
            Some(Issued::Refresh { .. }) | None => false,
        }
    }

    /// Whether `account` has a grant for `client` that has not ended.
    pub(super) fn is_authorized(&self, client: &str, account: &str, now: DateTime<Utc>) -> bool {
        let of_both = |grant: &&Grant| grant.client == client && grant.account == account;
        self.grants.values().filter(of_both).any(|grant| grant.alive(now))
    }

    /// Gives other ends to what was just granted.
    pub(super) fn end(
        &mut self,
        mut granted: Granted,
        access: Option<DateTime<Utc>>,
        grant: Option<DateTime<Utc>>,
    ) -> Granted {
        if let (Some(Issued::Access { grant: id, ends_at, .. }), Some(access)) =
            (self.issued.get_mut(&print(&granted.tokens.access)), access)
        {
            *ends_at = access;
            if let Some(found) = self.grants.get_mut(id) {
                found.ends_at = grant;
            }
        }
        granted.life.expires_at = access;
        granted.life.grant_ends_at = grant;
        granted
    }

    pub(super) fn revoke(&mut self, id: GrantId) {
        if let Some(grant) = self.grants.get_mut(&id) {
            grant.revoked = true;
        }
    }

    /// Ends the grant that either of its tokens names.
    pub(super) fn end_by(&mut self, token: &Secret, client: &Client) -> Ended {
        let Some(Issued::Access { grant, .. } | Issued::Refresh { grant, .. }) =
            self.issued.get(&print(token))
        else {
            return Ended::Unknown;
        };
        match self.grants.get_mut(grant) {
            None => Ended::Unknown,
            Some(grant) if grant.client != client.id => Ended::OfAnother,
            Some(Grant { revoked: true, .. }) => Ended::Before,
            Some(grant) => {
                grant.revoked = true;
                Ended::Now
            }
        }
    }

    pub(super) fn withdraw(&mut self, account: &str) {
        for grant in self.grants.values_mut().filter(|grant| grant.account == account) {
            grant.revoked = true;
        }
    }
}

/// The stable id of an account: the same for every login of the same address.
#[must_use]
pub fn subject(account: &str) -> String {
    let hash: [u8; 32] = Sha256::digest(account.as_bytes()).into();
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

fn issue(
    issued: &mut BTreeMap<Fingerprint, Issued>,
    (id, grant): (GrantId, &Grant),
    scopes: Vec<String>,
    refresh: Option<Secret>,
    now: DateTime<Utc>,
    mint: &Mint,
) -> Granted {
    let access = mint.draw(ACCESS_PREFIX);
    let ends_at = now.checked_add_signed(grant.lives.access).unwrap_or(now);
    issued.insert(print(&access), Issued::Access { grant: id, scopes: scopes.clone(), ends_at });
    Granted {
        tokens: Tokens { access, refresh },
        life: Expiry { obtained_at: Some(now), expires_at: Some(ends_at), grant_ends_at: grant.ends_at },
        scopes,
        account: grant.account.clone(),
        subject: subject(&grant.account),
    }
}

fn print(token: &Secret) -> Fingerprint {
    Fingerprint::of([Some(token)])
}
