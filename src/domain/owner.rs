//! Owner: the program that keeps a login which is only read here.

use crate::domain::trouble::{FailureKind, Trouble};

/// The program that keeps a borrowed login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// As people call it.
    pub title: String,
    /// The file that it lies in, as shown to people.
    pub file: String,
    /// Why no access token lies there though the program is logged in, as a sentence without its full stop.
    pub elsewhere: Option<String>,
}

impl Owner {
    /// Why nothing of the login can be changed, as a sentence without its full stop.
    #[must_use]
    pub fn reads_only(&self) -> String {
        format!("{} keeps this login; authtui only reads it", self.title)
    }

    /// Who gets new tokens.
    #[must_use]
    pub fn renews(&self) -> String {
        format!("{} renews it when it runs", self.title)
    }
}

/// Why no borrowed login is changed, whoever keeps it.
#[must_use]
pub fn read_only() -> Trouble {
    let next = FailureKind::NeedsFix("change it in the program that keeps it".to_owned());
    Trouble::untouched("cannot change a borrowed login", "authtui only reads it", next)
}
