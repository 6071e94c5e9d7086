//! The proof that a token request comes from the program that began the login (RFC 7636).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::refusal::{ErrorCode, Refusal};

/// The `S256` challenge of a verifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge(String);

impl Challenge {
    /// The challenge of a request, where it has one; only `S256` is taken.
    pub(super) fn of(parameters: &Parameters) -> Result<Option<Self>, Refusal> {
        let method = parameters.get("code_challenge_method");
        let Some(challenge) = parameters.get("code_challenge") else {
            return match method {
                None => Ok(None),
                Some(_) => Err(Refusal::new(ErrorCode::InvalidRequest, "code_challenge is missing")),
            };
        };
        if method != Some("S256") {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "code_challenge_method must be S256"));
        }
        if challenge.len() != 43 || !challenge.bytes().all(is_base64url) {
            let why = "code_challenge is no SHA-256 in base64url";
            return Err(Refusal::new(ErrorCode::InvalidRequest, why));
        }
        Ok(Some(Self(challenge.to_owned())))
    }

    /// Whether the verifier in a request fits.
    pub(super) fn met(&self, parameters: &Parameters) -> Result<(), Refusal> {
        let verifier = parameters.need("code_verifier", "code_verifier is missing")?;
        if self.proven(verifier) { Ok(()) } else { Err(Refusal::dead("the code_verifier does not fit")) }
    }

    /// Whether `verifier` is well formed and belongs to this challenge (RFC 7636 §4.1, §4.6).
    fn proven(&self, verifier: &str) -> bool {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(unreserved)
            && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == self.0
    }
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7636_is_proven_and_nothing_near_it() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = Challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned());
        assert!(challenge.proven(verifier));
        assert!(!challenge.proven(&verifier.replace('d', "D")));
        assert!(!challenge.proven(&challenge.0), "plain is not S256");
        for bad in ["a".repeat(42), "a".repeat(129), format!("{}=", "a".repeat(43))] {
            let challenge = Challenge(URL_SAFE_NO_PAD.encode(Sha256::digest(&bad)));
            assert!(!challenge.proven(&bad), "{bad}");
        }
    }
}
