//! Authorization codes, from the redirect that carries one to the token request that spends it.

use crate::demo::authority::Authority;
use crate::demo::authority::challenge::Challenge;
use crate::demo::authority::client::{Client, May};
use crate::demo::authority::dialect::Dialect;
use crate::demo::authority::grant::{GrantId, Granted, NewGrant};
use crate::demo::authority::mint::Mint;
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc};
use crate::domain::secret::{Fingerprint, Secret};

/// How long a code waits for its token request.
pub(super) const LIFE: TimeDelta = TimeDelta::seconds(60);

/// One code that was given, kept after its use so that a second use is noticed.
pub(super) struct Code {
    pub(super) print: Fingerprint,
    pub(super) ends_at: DateTime<Utc>,
    pub(super) client: String,
    pub(super) challenge: Option<Challenge>,
    pub(super) scopes: Vec<String>,
    pub(super) account: String,
    pub(super) redirect: String,
    pub(super) state: Secret,
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

impl Authority {
    /// Turns a code into tokens (RFC 6749 §4.1.3).
    pub(super) fn redeem(
        &mut self,
        dialect: Dialect,
        client: &Client,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Result<Granted, Refusal> {
        client.must(May::Code)?;
        let print = Fingerprint::of([Some(&Secret::new(parameters.need("code", "code is missing")?))]);
        self.spend(print, client, dialect, now, mint, |code| fits(code, dialect, parameters))
    }

    /// Spends the code of that fingerprint; it gives a grant if it is good and `fits`.
    pub(super) fn spend(
        &mut self,
        print: Fingerprint,
        client: &Client,
        dialect: Dialect,
        now: Now,
        mint: &Mint,
        fits: impl FnOnce(&Code) -> Result<(), Refusal>,
    ) -> Result<Granted, Refusal> {
        let code = self.codes.iter_mut().find(|code| code.print == print && code.client == client.id);
        let code = code.ok_or(Refusal::dead("unknown code"))?;
        match code.used {
            Used::Not => {}
            Used::InVain => return Err(Refusal::dead("the code was used before")),
            Used::For(grant) => {
                // Somebody else has the code too: what it gave may be theirs (RFC 6749 §4.1.2).
                self.grants.revoke(grant);
                self.record.counters.code_reuse_detected += 1;
                return Err(Refusal::dead("the code was used before; its grant has been ended"));
            }
        }
        // Spent whatever comes next, so that nobody may try verifiers one after another.
        code.used = Used::InVain;
        if code.ends_at <= now.wall {
            return Err(Refusal::dead("the code is too old"));
        }
        fits(code)?;
        let scopes: Vec<&str> = code.scopes.iter().map(String::as_str).collect();
        let new = NewGrant { client: &client.id, account: &code.account, scopes: &scopes };
        let lives = dialect.lives(&self.settings, &code.account);
        let (id, granted) = self.grants.begin(new, lives, now.wall, mint);
        code.used = Used::For(id);
        Ok(granted)
    }
}

/// Whether the token request is the one the code was made for.
fn fits(code: &Code, dialect: Dialect, parameters: &Parameters) -> Result<(), Refusal> {
    if parameters.need("redirect_uri", "redirect_uri is missing")? != code.redirect {
        return Err(Refusal::dead("another redirect_uri than in the authorization request"));
    }
    match parameters.get("state").map(Secret::new) {
        None if dialect.wants_state_again() => {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "state is missing"));
        }
        Some(state) if state != code.state => {
            return Err(Refusal::dead("another state than in the authorization request"));
        }
        Some(_) | None => {}
    }
    match &code.challenge {
        Some(challenge) => challenge.met(parameters),
        // Somebody may have taken the challenge out on the way (RFC 9700 §4.8.2).
        None if parameters.get("code_verifier").is_some() => {
            Err(Refusal::dead("a code_verifier without a code_challenge"))
        }
        None => Ok(()),
    }
}
