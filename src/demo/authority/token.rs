//! The token endpoint: codes and refresh tokens become tokens (RFC 6749 §4.1.3, §6).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::demo::authority::client::{self, Client};
use crate::demo::authority::code::{self, Code, Used};
use crate::demo::authority::exchange::{Answer, Asked};
use crate::demo::authority::grant::{Granted, NewGrant, NoRefresh};
use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::demo::authority::{Authority, Mint};
use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::secret::{Fingerprint, Secret};

impl Authority {
    /// Answers one token request and counts how it ended.
    pub(super) fn token(
        &mut self,
        asked: &Asked<'_>,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Answer {
        let granted = self.granted(asked, parameters, now, mint);
        let outcome = granted.as_ref().map_or_else(|refusal| refusal.error.as_str(), |_| "ok");
        self.record.counters.token_request(parameters.get("grant_type"), outcome);
        granted.map_or_else(Refusal::into_answer, |granted| reply(&granted, now.wall))
    }

    fn granted(
        &mut self,
        asked: &Asked<'_>,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Result<Granted, Refusal> {
        parameters.sound()?;
        let client = client::authenticate(&self.clients, asked, parameters)?;
        match parameters.need("grant_type", "grant_type is missing")? {
            "authorization_code" => self.redeem(&client, parameters, now, mint),
            "refresh_token" => self.refresh(&client, parameters, now, mint),
            _ => {
                Err(Refusal::new(ErrorCode::UnsupportedGrantType, "only codes and refresh tokens are served"))
            }
        }
    }

    fn redeem(
        &mut self,
        client: &Client,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Result<Granted, Refusal> {
        let print = Fingerprint::of([Some(&Secret::new(parameters.need("code", "code is missing")?))]);
        let code = self.codes.iter_mut().find(|code| code.print == print && code.client == client.id);
        let code = code.ok_or(dead("unknown code"))?;
        match code.used {
            Used::Not => {}
            Used::InVain => return Err(dead("the code was used before")),
            Used::For(grant) => {
                // Somebody else has the code too: what it gave may be theirs (RFC 6749 §4.1.2).
                self.grants.revoke(grant);
                self.record.counters.code_reuse_detected += 1;
                return Err(dead("the code was used before; its grant has been ended"));
            }
        }
        // Spent whatever comes next, so that nobody may try verifiers one after another.
        code.used = Used::InVain;
        fits(code, parameters, now.wall)?;
        let scopes: Vec<&str> = code.scopes.iter().map(String::as_str).collect();
        let new = NewGrant { client: &client.id, account: &code.account, scopes: &scopes };
        let lives = self.settings.lives_of(&code.account);
        let (id, granted) = self.grants.begin(new, lives, now.wall, mint);
        code.used = Used::For(id);
        Ok(granted)
    }

    fn refresh(
        &mut self,
        client: &Client,
        parameters: &Parameters,
        now: Now,
        mint: &Mint,
    ) -> Result<Granted, Refusal> {
        let token = Secret::new(parameters.need("refresh_token", "refresh_token is missing")?);
        let narrowed = parameters.get("scope").map(code::scopes);
        match self.grants.refresh(&token, client, narrowed, now.wall, mint) {
            Ok(granted) => {
                self.record.counters.refreshed += 1;
                Ok(granted)
            }
            Err(NoRefresh::Reused) => {
                self.record.counters.reuse_detected += 1;
                Err(dead("the refresh token was used before; its grant has been ended"))
            }
            Err(NoRefresh::Refused(refusal)) => Err(refusal),
        }
    }
}

/// Whether the token request is the one the code was made for.
fn fits(code: &Code, parameters: &Parameters, now: DateTime<Utc>) -> Result<(), Refusal> {
    if code.ends_at <= now {
        return Err(dead("the code is too old"));
    }
    if parameters.need("redirect_uri", "redirect_uri is missing")? != code.redirect {
        return Err(dead("another redirect_uri than in the authorization request"));
    }
    let verifier = parameters.need("code_verifier", "code_verifier is missing")?;
    if !proves(verifier, &code.challenge) {
        return Err(dead("the code_verifier does not fit"));
    }
    Ok(())
}

/// Whether `verifier` is well formed and belongs to `challenge` (RFC 7636 §4.1, §4.6).
fn proves(verifier: &str, challenge: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(unreserved)
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
}

/// The reply with tokens (RFC 6749 §5.1) and what our provider file reads beside them.
fn reply(granted: &Granted, now: DateTime<Utc>) -> Answer {
    let left = |end: Option<DateTime<Utc>>| end.map(|end| Value::from((end - now).num_seconds()));
    let refresh = granted.tokens.refresh.as_ref().map(|token| Value::from(token.expose()));
    let members = [
        ("access_token", Some(Value::from(granted.tokens.access.expose()))),
        ("token_type", Some(Value::from("bearer"))),
        ("expires_in", left(granted.life.expires_at)),
        ("refresh_token", refresh),
        ("refresh_expires_in", left(granted.life.grant_ends_at)),
        ("scope", Some(Value::from(granted.scopes.join(" ")))),
        ("account", Some(json!({ "uuid": granted.subject, "email_address": granted.account }))),
    ];
    let present = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let body = Value::Object(present.collect::<Map<String, Value>>());
    Answer::new(200, "application/json", body.to_string()).with("Pragma", "no-cache")
}

fn dead(why: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidGrant, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7636_is_proven_and_nothing_near_it() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(proves(verifier, challenge));
        assert!(!proves(&verifier.replace('d', "D"), challenge));
        assert!(!proves(challenge, challenge), "plain is not S256");
        for bad in ["a".repeat(42), "a".repeat(129), format!("{}=", "a".repeat(43))] {
            assert!(!proves(&bad, &URL_SAFE_NO_PAD.encode(Sha256::digest(&bad))), "{bad}");
        }
    }
}
