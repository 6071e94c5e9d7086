//! The proof that a token request comes from the program that began the login (RFC 7636).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::demo::authority::parameter::Parameters;
use crate::demo::authority::refusal::{ErrorCode, Refusal};

/// The challenge of a verifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    /// Its SHA-256, in base64url or, as some servers want it, in hexadecimal digits.
    S256(String),
    /// Itself.
    Plain(String),
}

impl Challenge {
    /// The challenge of a request, where it has one.
    pub(super) fn of(parameters: &Parameters) -> Result<Option<Self>, Refusal> {
        let method = parameters.get("code_challenge_method");
        let Some(challenge) = parameters.get("code_challenge") else {
            return match method {
                None => Ok(None),
                Some(_) => Err(Refusal::new(ErrorCode::InvalidRequest, "code_challenge is missing")),
            };
        };
        let is_hash = match challenge.len() {
            43 => challenge.bytes().all(is_base64url),
            64 => challenge.bytes().all(|byte| byte.is_ascii_hexdigit()),
            _ => false,
        };
        match method {
            Some("S256") if is_hash => Ok(Some(Self::S256(challenge.to_owned()))),
            Some("plain") => Ok(Some(Self::Plain(challenge.to_owned()))),
            Some("S256") => Err(Refusal::new(
                ErrorCode::InvalidRequest,
                "code_challenge is no SHA-256 in base64url or hex",
            )),
            Some(_) | None => {
                Err(Refusal::new(ErrorCode::InvalidRequest, "code_challenge_method must be S256 or plain"))
            }
        }
    }

    /// Whether the verifier in a request fits.
    pub(super) fn met(&self, parameters: &Parameters) -> Result<(), Refusal> {
        let verifier = parameters.need("code_verifier", "code_verifier is missing")?;
        if self.proven(verifier) { Ok(()) } else { Err(Refusal::dead("the code_verifier does not fit")) }
    }

    /// Whether `verifier` is well formed and belongs to this challenge (RFC 7636 §4.1, §4.6).
    fn proven(&self, verifier: &str) -> bool {
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

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_7636_is_proven_and_nothing_near_it() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let hash = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let challenge = Challenge::S256(hash.to_owned());
        assert!(challenge.proven(verifier));
        assert!(!challenge.proven(&verifier.replace('d', "D")));
        assert!(!challenge.proven(hash), "plain is not S256");
        for bad in ["a".repeat(42), "a".repeat(129), format!("{}=", "a".repeat(43))] {
            let challenge = Challenge::S256(URL_SAFE_NO_PAD.encode(Sha256::digest(&bad)));
            assert!(!challenge.proven(&bad), "{bad}");
        }
    }
}
