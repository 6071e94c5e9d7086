//! Secret: the one type that holds secrets, and the two things that may be known about one.
//!
//! A [`Secret`] is wiped when dropped and prints as `Secret(…)`. It opens only by
//! [`Secret::expose`], which a test allows in a listed set of files. What others may see is
//! a [`mask`](Secret::mask), which tells two accounts apart, and a [`Fingerprint`], which
//! tells whether two tokens are the same. A text never changes, so that its fingerprint is
//! made at the first question and kept: a screen asks for a thousand of them at every beat.

mod quotation;
mod text;

use std::fmt;

use once_cell::race::OnceBox;
use sha2::{Digest, Sha256};

use crate::domain::secret::text::SecretChars;

pub use crate::domain::secret::text::SecretText;

/// How many characters must stay hidden before the last four are shown.
const HIDDEN: usize = 16;

/// A token, code, verifier, key or password.
#[derive(Clone, Default)]
pub struct Secret {
    text: SecretChars,
    print: OnceBox<(Fingerprint, String)>,
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        *self.text == *other.text
    }
}

impl Eq for Secret {}

impl Secret {
    /// Takes `text` as a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self::of(SecretChars::own(text.into()))
    }

    fn of(text: SecretChars) -> Self {
        Self { text, print: OnceBox::new() }
    }

    /// The secret itself. Only the files that `tests/it/layers.rs` lists may call this.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.print().0
    }

    /// Its short fingerprint, which names the grant of a refresh token.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.print().1
    }

    fn print(&self) -> &(Fingerprint, String) {
        self.print.get_or_init(|| {
            let print = Fingerprint::of([Some(self)]);
            Box::new((print, print.short()))
        })
    }

    /// Whether there is nothing in it, as after another program logged out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether every character may stand in a `Bearer` header (RFC 6750 §2.1: visible ASCII).
    #[must_use]
    pub fn is_bearer(&self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|byte| byte.is_ascii_graphic())
    }

    /// Whether every character may stand in a client secret (RFC 6749 Appendix A.2: visible
    /// ASCII and spaces).
    #[must_use]
    pub fn is_client_secret(&self) -> bool {
        !self.text.is_empty() && self.text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
    }

    /// It without the white space at its ends, and whether there was some.
    #[must_use]
    pub fn trimmed(&self) -> (Self, Ends) {
        let inner = self.text.trim();
        let ends = if inner.len() < self.text.len() { Ends::Trimmed } else { Ends::Clean };
        (Self::new(inner), ends)
    }

    /// What keeps it out of a header, in words; nothing where nothing does.
    #[must_use]
    pub fn blemish(&self) -> Option<&'static str> {
        if self.is_bearer() {
            None
        } else if self.text.is_empty() {
            Some("it is empty")
        } else if self.text.trim() != &*self.text {
            Some("there is white space around it")
        } else {
            Some("it has characters that no token may have")
        }
    }

    /// Whether it begins with a prefix that is public.
    #[must_use]
    pub fn begins_with(&self, prefix: &str) -> bool {
        self.text.starts_with(prefix)
    }

    /// `text`, which may be cut, with `…` for every quotation of the secret.
    #[must_use]
    pub fn struck_from(&self, text: &str) -> String {
        quotation::strike(text, &self.text)
    }

    /// The secret as people may see it: a known public prefix, `…`, and the last four
    /// characters if at least sixteen remain after the prefix.
    #[must_use]
    pub fn mask(&self, prefixes: &[String]) -> String {
        let known = prefixes.iter().filter(|prefix| self.text.starts_with(prefix.as_str()));
        let prefix = known.max_by_key(|prefix| prefix.len()).map_or("", String::as_str);
        let rest: Vec<char> = self.text.chars().skip(prefix.chars().count()).collect();
        let last: String = match rest.len().checked_sub(4) {
            Some(from) if rest.len() >= HIDDEN => rest.iter().skip(from).collect(),
            _ => String::new(),
        };
        format!("{prefix}…{last}")
    }
}

/// Whether a text that was given had white space at its ends, which is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// It had none.
    Clean,
    /// It had some.
    Trimmed,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// What tells one token, or one pair of tokens, from another without being either.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of `secrets` in their order; an absent one differs from an empty one.
    #[must_use]
    pub fn of<'a>(secrets: impl IntoIterator<Item = Option<&'a Secret>>) -> Self {
        let mut hash = Sha256::new();
        for secret in secrets {
            match secret {
                None => hash.update([0]),
                Some(Secret { text, .. }) => {
                    hash.update([1]);
                    hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
                    hash.update(text.as_bytes());
                }
            }
        }
        Self(hash.finalize().into())
    }

    /// The fingerprint of a pair: half of each one's own, so that nothing is hashed for it.
    #[must_use]
    pub fn of_pair(first: &Secret, second: Option<&Secret>) -> Self {
        let halves = [Some(first), second].map(|secret| secret.map(Secret::fingerprint));
        let mut pair = [0; 32];
        for (half, print) in pair.chunks_exact_mut(16).zip(halves) {
            // An absent one leaves zeros, which no secret has for its fingerprint.
            for (to, from) in half.iter_mut().zip(print.iter().flat_map(|print| print.0)) {
                *to = from;
            }
        }
        Self(pair)
    }

    /// The fingerprint of `secret` mixed with `salt`, so that it means nothing elsewhere.
    #[must_use]
    pub fn salted(salt: &[u8], secret: &Secret) -> Self {
        let mut hash = Sha256::new();
        hash.update(salt);
        hash.update(secret.text.as_bytes());
        Self(hash.finalize().into())
    }

    /// The first 12 bits, as the three hexadecimal digits that name a refresh lock.
    #[must_use]
    pub fn bucket(&self) -> String {
        let [first, second, ..] = self.0;
        format!("{first:02x}{:x}", second >> 4)
    }

    /// The first 64 bits in hexadecimal: enough to tell all grants of a machine from each other, of
    /// which one must never be taken for another.
    #[must_use]
    pub fn short(&self) -> String {
        self.0.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefixes() -> Vec<String> {
        ["sk-", "sk-ant-oat01-"].map(String::from).to_vec()
    }

    #[test]
    fn a_mask_shows_a_public_prefix_and_four_characters_of_a_long_rest() {
        for (secret, mask) in [
            ("sk-ant-oat01-0123456789abcdef", "sk-ant-oat01-…cdef"),
            ("sk-ant-oat01-0123456789abcde", "sk-ant-oat01-…"),
            ("sk-0123456789abcdef0", "sk-…def0"),
            ("0123456789abcdef", "…cdef"),
            ("short", "…"),
            ("", "…"),
        ] {
            assert_eq!(Secret::new(secret).mask(&prefixes()), mask, "{secret}");
        }
    }

    #[test]
    fn a_secret_never_prints_itself() {
        assert_eq!(format!("{:?}", Some(Secret::new("hunter2"))), "Some(Secret(…))");
    }

    #[test]
    fn a_secret_is_hashed_once_and_its_copies_keep_what_came_of_it() {
        let secret = Secret::new("hunter2");
        assert!(std::ptr::eq(secret.short(), secret.short()));
        assert!(secret.clone().print.get() == secret.print.get() && secret.print.get().is_some());
        let fresh = Secret::new("hunter2");
        assert!(fresh.print.get().is_none() && fresh == secret);
        assert_eq!(fresh.short(), Fingerprint::of([Some(&secret)]).short());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn a_pair_is_told_from_every_other_pair() {
        let [a, b, empty] = ["a", "b", ""].map(Secret::new);
        let all = [(&a, Some(&b)), (&b, Some(&a)), (&a, None), (&a, Some(&empty)), (&a, Some(&a))];
        let all = all.map(|(first, second)| Fingerprint::of_pair(first, second));
        for (index, one) in all.iter().enumerate() {
            assert_eq!(all.iter().filter(|other| *other == one).count(), 1, "{index}");
        }
        assert_eq!(all[0], Fingerprint::of_pair(&Secret::new("a"), Some(&Secret::new("b"))));
    }

    #[test]
    fn a_fingerprint_tells_absent_empty_and_joined_secrets_apart() {
        let [a, b, ab, empty] = ["a", "b", "ab", ""].map(Secret::new);
        let all = [
            Fingerprint::of([Some(&a), Some(&b)]),
            Fingerprint::of([Some(&ab), None]),
            Fingerprint::of([Some(&ab), Some(&empty)]),
            Fingerprint::of([Some(&b), Some(&a)]),
        ];
        for (index, one) in all.iter().enumerate() {
            assert_eq!(all.iter().filter(|other| *other == one).count(), 1, "{index}");
        }
        assert_eq!(Fingerprint::of([Some(&a)]).bucket().len(), 3);
    }

    #[test]
    fn only_visible_ascii_may_reach_a_header() {
        let characters = Some("it has characters that no token may have");
        for (text, blemish) in [
            ("abc-._~+/=", None),
            ("", Some("it is empty")),
            ("a b", characters),
            ("a\r\nb", characters),
            ("é", characters),
            ("a\n", Some("there is white space around it")),
            (" ", Some("there is white space around it")),
        ] {
            assert_eq!(Secret::new(text).is_bearer(), blemish.is_none(), "{text:?}");
            assert_eq!(Secret::new(text).blemish(), blemish, "{text:?}");
        }
    }
}
