//! Clock and random bytes, the only ones of the program.

use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{Local, Offset, Utc};
use rand::TryRng;
use rand::rngs::SysRng;

use crate::domain::clock::{Now, Steady};
use crate::oauth::request::Entropy;

/// A clock that counts from when it was made.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    began: Instant,
}

impl Clock {
    /// A clock that begins to count.
    #[must_use]
    pub fn start() -> Self {
        Self { began: Instant::now() }
    }

    /// This moment.
    #[must_use]
    pub fn now(&self) -> Now {
        let steady = Steady(self.began.elapsed());
        let local = Local::now();
        Now { wall: local.with_timezone(&Utc), steady, offset: local.offset().fix() }
    }

    /// The moment on tokio's clock at which the steady clock shows `at`.
    #[must_use]
    pub fn instant(&self, at: Steady) -> tokio::time::Instant {
        let far = self.began.checked_add(at.0).unwrap_or(self.began);
        tokio::time::Instant::from_std(far)
    }
}

/// Random bytes for one login, from the system.
///
/// # Errors
/// The system's own, where it has no source of randomness.
pub fn entropy() -> Result<Entropy, rand::rngs::SysError> {
    let mut bytes = [0; Entropy::BYTES];
    SysRng.try_fill_bytes(&mut bytes)?;
    Ok(Entropy::new(bytes))
}

/// An id that nobody has had before: 32 random hexadecimal digits.
///
/// # Errors
/// The system's own, where it has no source of randomness.
pub fn random_id() -> Result<String, rand::rngs::SysError> {
    let mut bytes = [0; 16];
    SysRng.try_fill_bytes(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// 16 random characters that can stand in an address.
///
/// # Errors
/// The system's own, where it has no source of randomness.
pub fn random_name() -> Result<String, rand::rngs::SysError> {
    let mut bytes = [0; 12];
    SysRng.try_fill_bytes(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
