//! What a store's file said when it was last understood.
//!
//! The file is read at every look, because only the file is true; but a text that was understood
//! once need not be understood again. Bytes are compared, never times or sizes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::stored::own::Content;

/// The last two texts that were understood: one that is just being put in the place of the other is
/// known before it is there.
#[derive(Default)]
pub(super) struct Last {
    texts: Mutex<[Option<Arc<Known>>; 2]>,
    understanding: Mutex<()>,
}

/// A text and what it says. It holds secrets, so there is no `Debug`.
pub(super) struct Known {
    /// The text.
    pub(super) text: Zeroizing<String>,
    /// What it says.
    pub(super) content: Content,
}

impl Last {
    /// The one of them of whose bytes `still` holds.
    pub(super) fn known(&self, still: impl Fn(&[u8]) -> bool) -> Option<Arc<Known>> {
        let kept = self.kept().clone();
        kept.into_iter().flatten().find(|known| still(known.text.as_bytes()))
    }

    /// Whether one of them begins with `text` and goes on behind it.
    pub(super) fn begins_with(&self, text: &str) -> bool {
        self.kept()
            .iter()
            .flatten()
            .any(|known| known.text.len() > text.len() && known.text.starts_with(text))
    }

    /// Keeps what `text` says.
    pub(super) fn keep(&self, text: Zeroizing<String>, content: Content) -> Arc<Known> {
        let known = Arc::new(Known { text, content });
        let [last, before] = &mut *self.kept();
        *before = last.replace(Arc::clone(&known));
        known
    }

    /// The turn to understand a text.
    pub(super) fn understanding(&self) -> MutexGuard<'_, ()> {
        self.understanding.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, [Option<Arc<Known>>; 2]> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Last {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Last(…)")
    }
}
