//! Text that holds secrets, such as a file: what is read from it is shared, not copied.

use std::hint::black_box;
use std::ops::{Deref, Range};
use std::sync::Arc;
use std::{fmt, mem};

use zeroize::Zeroizing;

use crate::domain::secret::Secret;

/// A text with secrets in it, wiped when neither it nor one of them is needed any more.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(Arc<WipedText>);

/// Megabytes are wiped at once, not byte by byte. What is freed is wiped by the allocator too.
#[derive(PartialEq, Eq)]
struct WipedText(String);

impl Drop for WipedText {
    fn drop(&mut self) {
        let mut bytes = mem::take(&mut self.0).into_bytes();
        bytes.fill(0);
        black_box(&bytes);
    }
}

/// Where the characters of a secret are.
#[derive(Clone)]
pub(super) enum SecretChars {
    Own(Zeroizing<String>),
    /// A part of a text, in bytes.
    Part(SecretText, Range<u32>),
}

impl SecretText {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Arc::new(WipedText(text)))
    }

    /// The secret that `part` is: a part of this text, or a copy where it is none.
    #[must_use]
    pub fn secret(&self, part: &str) -> Secret {
        match self.range(part) {
            Some(range) => Secret::of(SecretChars::Part(self.clone(), range)),
            None => Secret::new(part),
        }
    }

    /// Where `part` lies, in bytes, if it is a slice of this text.
    fn range(&self, part: &str) -> Option<Range<u32>> {
        let start = part.as_ptr().addr().checked_sub(self.0.0.as_ptr().addr())?;
        let end = start.checked_add(part.len())?;
        let is_part = self.0.0.get(start..end)?.as_ptr() == part.as_ptr();
        is_part.then_some(u32::try_from(start).ok()?..u32::try_from(end).ok()?)
    }
}

impl Deref for SecretText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0.0
    }
}

/// It says nothing of its secrets.
impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

impl Default for SecretChars {
    fn default() -> Self {
        Self::Own(Zeroizing::default())
    }
}

impl Deref for SecretChars {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Own(text) => text,
            Self::Part(text, Range { start, end }) => {
                let byte = |at: &u32| usize::try_from(*at).unwrap_or(usize::MAX);
                text.get(byte(start)..byte(end)).unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_text_is_shared_and_anything_else_copied() {
        let text = SecretText::new("token: hunter2\n".to_owned());
        let part = text.secret(text.get(7..14).expect("a part"));
        let copy = text.secret("hunter2");
        assert_eq!((part.expose(), &part), ("hunter2", &copy));
        assert!(std::ptr::eq(part.expose(), text.get(7..14).expect("a part")));
        assert!(!std::ptr::eq(copy.expose(), part.expose()));
        drop(text);
        assert_eq!(part.clone().expose(), "hunter2");
        assert_eq!(format!("{:?}", SecretText::new("hunter2".to_owned())), "SecretText(…)");
    }

    #[test]
    fn an_empty_part_is_an_empty_secret() {
        let text = SecretText::new("a: \"\"".to_owned());
        assert!(text.secret(text.get(4..4).expect("a part")).is_empty());
        assert!(text.secret("").is_empty());
    }
}
