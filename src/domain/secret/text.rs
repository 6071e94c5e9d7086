//! Text that holds secrets, such as a file: what is read from it is shared, not copied. A secret that came
//! alone is a text of its own.

use std::hint::black_box;
use std::ops::Deref;
use std::sync::Arc;
use std::{fmt, mem};

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

/// The characters of a secret: a part of a text.
#[derive(Clone)]
pub(super) struct SecretChars {
    text: SecretText,
    start: u32,
    length: u32,
}

impl SecretText {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Arc::new(WipedText(text)))
    }

    /// The secret that `part` is: a part of this text, or a copy where it is none.
    #[must_use]
    pub fn secret(&self, part: &str) -> Secret {
        self.chars(part).map_or_else(|| Secret::new(part), Secret::of)
    }

    /// The characters of `part`, if it is a slice of this text.
    fn chars(&self, part: &str) -> Option<SecretChars> {
        let start = part.as_ptr().addr().checked_sub(self.0.0.as_ptr().addr())?;
        let is_part = self.0.0.get(start..start.checked_add(part.len())?)?.as_ptr() == part.as_ptr();
        let (start, length) = (u32::try_from(start).ok()?, u32::try_from(part.len()).ok()?);
        is_part.then(|| SecretChars { text: self.clone(), start, length })
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

impl SecretChars {
    /// The length of a part that reaches to the end of its text.
    const TO_THE_END: u32 = u32::MAX;

    /// All of `text`, which nothing else is a part of.
    pub(super) fn own(text: String) -> Self {
        Self { text: SecretText::new(text), start: 0, length: Self::TO_THE_END }
    }
}

impl Default for SecretChars {
    fn default() -> Self {
        Self::own(String::new())
    }
}

impl Deref for SecretChars {
    type Target = str;

    fn deref(&self) -> &str {
        let in_bytes = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let start = in_bytes(self.start);
        let end = match self.length {
            Self::TO_THE_END => self.text.len(),
            length => start.saturating_add(in_bytes(length)),
        };
        self.text.get(start..end).unwrap_or_default()
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
