//! Random values without dice of their own.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::domain::secret::Secret;

/// What one request draws its random values from.
///
/// The serial number keeps values apart even where a test rolls the same dice twice.
pub(super) struct Mint {
    pub(super) dice: [u8; 64],
    pub(super) serial: u64,
}

impl Mint {
    /// A value of 256 bits behind `prefix`; another prefix gives another value.
    pub(super) fn draw(&self, prefix: &str) -> Secret {
        Secret::new(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(self.bytes(prefix))))
    }

    /// 256 bits for `purpose`.
    pub(super) fn bytes(&self, purpose: &str) -> [u8; 32] {
        let hash = Sha256::new().chain_update(self.dice).chain_update(self.serial.to_be_bytes());
        hash.chain_update(purpose).finalize().into()
    }
}
