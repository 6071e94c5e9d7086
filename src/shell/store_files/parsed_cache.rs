//! Cache of what a store's file said when it was last parsed.
//!
//! The file is read at every look, because only the file is true; but a text that was parsed
//! once need not be parsed again. Bytes are compared, never times or sizes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::secret::SecretText;
use crate::stored::config_file::Content;

/// The last two texts that were parsed: one that is just being put in the place of the other is
/// known before it is there.
#[derive(Default)]
pub(super) struct ParsedCache {
    texts: Mutex<[Option<Arc<ParsedText>>; 2]>,
    parsing: Mutex<()>,
}

/// A text and what it says. It holds secrets, so there is no `Debug`.
pub(super) struct ParsedText {
    pub(super) text: SecretText,
    pub(super) content: Content,
}

impl ParsedCache {
    /// The one of whose bytes `still` holds.
    pub(super) fn find(&self, still: impl Fn(&[u8]) -> bool) -> Option<Arc<ParsedText>> {
        let kept = self.kept().clone();
        kept.into_iter().flatten().find(|parsed| still(parsed.text.as_bytes()))
    }

    /// Whether one of them begins with `text` and goes on behind it.
    pub(super) fn begins_with(&self, text: &str) -> bool {
        self.kept()
            .iter()
            .flatten()
            .any(|parsed| parsed.text.len() > text.len() && parsed.text.starts_with(text))
    }

    /// Keeps what `text` says.
    pub(super) fn keep(&self, text: SecretText, content: Content) -> Arc<ParsedText> {
        let parsed = Arc::new(ParsedText { text, content });
        let [last, before] = &mut *self.kept();
        *before = last.replace(Arc::clone(&parsed));
        parsed
    }

    /// Waits until nobody else parses a text.
    pub(super) fn lock_parsing(&self) -> MutexGuard<'_, ()> {
        self.parsing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, [Option<Arc<ParsedText>>; 2]> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for ParsedCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ParsedCache(…)")
    }
}
