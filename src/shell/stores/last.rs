//! What a store's file said when it was last understood.
//!
//! The file is read at every look, because only the file is true; but bytes that were understood
//! once need not be understood again. Bytes are compared, never times or sizes.

use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::stored::own::Content;

/// The last bytes and what they say.
#[derive(Default)]
pub(super) struct Last(Mutex<Option<(Zeroizing<Vec<u8>>, Content)>>);

impl Last {
    /// What `bytes` say, if they are the last ones.
    pub(super) fn content(&self, bytes: &[u8]) -> Option<Content> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(known, _)| known.as_slice() == bytes).map(|(_, content)| content.clone())
    }

    /// Keeps what `bytes` say.
    pub(super) fn keep(&self, bytes: Zeroizing<Vec<u8>>, content: &Content) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((bytes, content.clone()));
    }
}

impl std::fmt::Debug for Last {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Last(…)")
    }
}
