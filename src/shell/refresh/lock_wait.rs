//! Whom a refresh waits for, told to whoever shows it.

use std::fmt;
use std::sync::OnceLock;

use crate::domain::name::ProfileId;

/// Who is told when a refresh waits for another program, and for which.
#[derive(Default)]
pub struct Waiting(OnceLock<Listener>);

type Listener = Box<dyn Fn(&ProfileId, &str) + Send + Sync>;

impl Waiting {
    /// From here on `listener` is told; the first one stays.
    pub fn tell(&self, listener: impl Fn(&ProfileId, &str) + Send + Sync + 'static) {
        drop(self.0.set(Box::new(listener)));
    }

    /// The refresh of the profile `id` waits for `holder`.
    pub(super) fn began(&self, id: &ProfileId, holder: &str) {
        if let Some(listener) = self.0.get() {
            listener(id, holder);
        }
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waiting(…)")
    }
}
