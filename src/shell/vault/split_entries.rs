//! Split entries: a vault over one whose entries hold only so many bytes.
//!
//! A secret that fits is one entry. A longer one lies in parts under `ID.1`, `ID.2` and so on, and then the entry
//! `ID` says how many there are: whoever finds it finds all of them.

use std::fmt;

use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::store_presence::Prompting;
use crate::shell::vault::{Vault, VaultError};

/// What an entry begins with whose secret lies in parts. No token begins so.
const MARK: &str = "authtui parts ";
/// The most parts of a secret.
const PARTS_LIMIT: usize = 64;

/// A vault whose entries hold `limit` bytes.
pub(super) struct SplitEntries<V> {
    inner: V,
    limit: usize,
}

impl<V: fmt::Debug> fmt::Debug for SplitEntries<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<V: Vault> SplitEntries<V> {
    pub(super) fn new(inner: V, limit: usize) -> Self {
        Self { inner, limit }
    }
}

impl<V: Vault> Vault for SplitEntries<V> {
    fn on_late_answer(&self, told: Box<dyn Fn() + Send + Sync>) {
        self.inner.on_late_answer(told);
    }

    fn probe(&self, prompting: Prompting) -> Result<(), VaultError> {
        self.inner.probe(prompting)
    }

    fn get(&self, id: &str) -> Result<Option<Secret>, VaultError> {
        let Some(head) = self.inner.get(id)? else { return Ok(None) };
        let Some(count) = count(&head) else { return Ok(Some(head)) };
        let mut whole = Zeroizing::new(String::with_capacity(count * self.limit));
        for number in 1..=count {
            // Without one of them the others are nothing.
            let Some(part) = self.inner.get(&part_id(id, number))? else { return Ok(None) };
            whole.push_str(part.expose());
        }
        Ok(Some(Secret::new(whole.as_str())))
    }

    fn put(&self, id: &str, secret: &Secret, label: &str) -> Result<(), VaultError> {
        if secret.expose().len() <= self.limit && count(secret).is_none() {
            return self.inner.put(id, secret, label);
        }
        let parts = parts(secret.expose(), self.limit);
        if parts.len() > PARTS_LIMIT {
            let most = PARTS_LIMIT * self.limit;
            let why = format!("the keyring holds no secret of more than {most} bytes; use an encrypted file");
            return Err(VaultError::Failed(why));
        }
        for (number, part) in (1..).zip(&parts) {
            self.inner.put(&part_id(id, number), &Secret::new(*part), label)?;
        }
        self.inner.put(id, &Secret::new(format!("{MARK}{}", parts.len())), label)
    }

    fn delete(&self, id: &str) -> Result<(), VaultError> {
        // Also of one of which only parts were put before a crash.
        for number in 1..=PARTS_LIMIT {
            let part = part_id(id, number);
            if self.inner.get(&part)?.is_none() {
                break;
            }
            self.inner.delete(&part)?;
        }
        self.inner.delete(id)
    }
}

fn part_id(id: &str, number: usize) -> String {
    format!("{id}.{number}")
}

/// In how many parts the secret lies whose first entry is `head`.
fn count(head: &Secret) -> Option<usize> {
    let count = head.expose().strip_prefix(MARK)?.parse().ok()?;
    (1..=PARTS_LIMIT).contains(&count).then_some(count)
}

/// `text` in pieces of at most `limit` bytes.
fn parts(text: &str, limit: usize) -> Vec<&str> {
    let (mut rest, mut parts) = (text, Vec::new());
    while !rest.is_empty() {
        let end = (1..=limit.min(rest.len())).rev().find(|end| rest.is_char_boundary(*end));
        let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
        parts.push(part);
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeMap;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use super::*;

    const LIMIT: usize = 20;

    /// A keyring with short entries, which takes only so many.
    #[derive(Debug, Default)]
    struct Short {
        entries: Mutex<BTreeMap<String, Secret>>,
        puts_left: Mutex<Cell<Option<usize>>>,
    }

    impl Short {
        fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Secret>> {
            self.entries.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl Vault for Short {
        fn probe(&self, _: Prompting) -> Result<(), VaultError> {
            Ok(())
        }

        fn get(&self, id: &str) -> Result<Option<Secret>, VaultError> {
            Ok(self.entries().get(id).cloned())
        }

        fn put(&self, id: &str, secret: &Secret, _: &str) -> Result<(), VaultError> {
            assert!(secret.expose().len() <= LIMIT, "too long for an entry");
            let left = self.puts_left.lock().unwrap_or_else(PoisonError::into_inner);
            match left.get() {
                Some(0) => return Err(VaultError::Silent),
                Some(count) => left.set(Some(count - 1)),
                None => {}
            }
            self.entries().insert(id.to_owned(), secret.clone());
            Ok(())
        }

        fn delete(&self, id: &str) -> Result<(), VaultError> {
            self.entries().remove(id);
            Ok(())
        }
    }

    #[test]
    fn a_secret_of_any_length_comes_back_and_goes_with_all_its_parts() {
        let vault = SplitEntries::new(Short::default(), LIMIT);
        for (text, entries) in [
            ("short".to_owned(), 1),
            ("x".repeat(LIMIT), 1),
            ("x".repeat(LIMIT + 1), 3),
            ("\u{fc}\u{20ac}\u{1f511}".repeat(LIMIT), 11),
            (format!("{MARK}3"), 2),
            ("x".repeat(LIMIT * PARTS_LIMIT), PARTS_LIMIT + 1),
        ] {
            let secret = Secret::new(text.as_str());
            vault.put("a", &secret, "").expect("kept");
            assert_eq!(vault.get("a"), Ok(Some(secret)), "{text}");
            assert_eq!(vault.inner.entries().len(), entries, "{text}");
            vault.delete("a").expect("gone");
            assert!(vault.inner.entries().is_empty(), "{text}");
        }
        let too_long = vault.put("a", &Secret::new("x".repeat(LIMIT * PARTS_LIMIT + 1)), "");
        assert!(matches!(too_long, Err(VaultError::Failed(why)) if why.contains("encrypted file")));
    }

    #[test]
    fn a_secret_of_which_a_part_is_missing_is_none_and_leaves_nothing() {
        for puts in 0..3 {
            let vault = SplitEntries::new(Short::default(), LIMIT);
            vault.inner.puts_left.lock().expect("free").set(Some(puts));
            assert_eq!(vault.put("a", &Secret::new("x".repeat(LIMIT + 1)), ""), Err(VaultError::Silent));
            assert_eq!((vault.get("a"), vault.inner.entries().len()), (Ok(None), puts));
            vault.delete("a").expect("gone");
            assert!(vault.inner.entries().is_empty());
        }
        let vault = SplitEntries::new(Short::default(), LIMIT);
        vault.put("a", &Secret::new("x".repeat(LIMIT + 1)), "").expect("kept");
        vault.inner.entries().remove("a.1");
        assert_eq!(vault.get("a"), Ok(None));
    }
}
