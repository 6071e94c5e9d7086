//! The token endpoint: codes, device codes and refresh tokens become tokens (RFC 6749 §4.1.3, §6,
//! RFC 8628 §3.4).

use crate::demo::authority::client::{self, Client};
use crate::demo::authority::dialect::Dialect;
use crate::demo::authority::exchange::{Answer, Asked};
use crate::demo::authority::grant::{Granted, NoRefresh};
use crate::demo::authority::mint::Mint;
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::demo::authority::{Authority, device, reply};
use crate::domain::clock::Now;
use crate::domain::secret::Secret;

impl Authority {
    /// Answers one token request and counts how it ended.
    pub(super) fn token(
        &mut self,
        dialect: Dialect,
        asked: &Asked<'_>,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Answer {
        let granted = self.granted(dialect, asked, parameters, now, mint);
        self.conclude(dialect, parameters.get("grant_type"), granted, now)
    }

    /// Counts how a token request ended, and answers it.
    pub(super) fn conclude(
        &mut self,
        dialect: Dialect,
        grant_type: Option<&str>,
        granted: Result<Granted, Refusal>,
        now: Now,
    ) -> Answer {
        let outcome = granted.as_ref().map_or_else(|refusal| refusal.error.as_str(), |_| "ok");
        self.record.counters.token_request(grant_type, outcome);
        granted
            .map_or_else(|refusal| dialect.refuse(refusal), |granted| reply::of(dialect, &granted, now.wall))
    }

    fn granted(
        &mut self,
        dialect: Dialect,
        asked: &Asked<'_>,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Result<Granted, Refusal> {
        parameters.sound()?;
        dialect.readable(asked)?;
        if dialect == Dialect::Qonic {
            parameters.need("client_secret", "client_secret is required")?;
        }
        let client = client::authenticate(&self.clients, asked, parameters)?;
        match parameters.need("grant_type", "grant_type is missing")? {
            "authorization_code" => self.redeem(dialect, &client, parameters, now, mint),
            "refresh_token" if dialect.refreshes() => {
                let token = parameters.need("refresh_token", "refresh_token is missing")?;
                let narrowed = parameters.get("scope").map(|scope| dialect.split(scope));
                self.refresh(&Secret::new(token), &client, narrowed, now, mint)
            }
            device::GRANT if dialect.serves_devices() => self.poll(dialect, &client, parameters, now, mint),
            _ => Err(Refusal::new(ErrorCode::UnsupportedGrantType, "this grant type is not served here")),
        }
    }

    /// Renews a grant and counts what was noticed.
    pub(super) fn refresh(
        &mut self,
        token: &Secret,
        client: &Client,
        narrowed: Option<Vec<String>>,
        now: Now,
        mint: &Mint,
    ) -> Result<Granted, Refusal> {
        match self.grants.refresh(token, client, narrowed, now.wall, mint) {
            Ok(granted) => {
                self.record.counters.refreshed += 1;
                Ok(granted)
            }
            Err(NoRefresh::Reused) => {
                self.record.counters.reuse_detected += 1;
                Err(Refusal::dead("the refresh token was used before; its grant has been ended"))
            }
            Err(NoRefresh::Refused(refusal)) => Err(refusal),
        }
    }
}
