//! Owner: the program that keeps a login which is only read here.

use url::Url;

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
    /// The server that it is for, where its program says the address.
    pub address: Option<Url>,
}

impl Owner {
    /// Why nothing of the login can be changed, as a sentence without its full stop.
    #[must_use]
    pub fn reads_only(&self) -> String {
        format!("{} keeps this login; authtui only reads it", self.title)
    }

    /// What a take-over means for the program, as a sentence without its full stop.
    #[must_use]
    pub fn is_logged_out(&self) -> String {
        format!("A refresh token works once, so {} is logged out the next time it refreshes", self.title)
    }

    /// What an end of its tokens elsewhere means for the program, as a sentence without its full stop.
    #[must_use]
    pub fn may_ask(&self) -> String {
        format!("{} may ask for a login when it runs", self.title)
    }

    /// Who gets new tokens.
    #[must_use]
    pub fn refreshes(&self) -> String {
        format!("{} refreshes it when it runs", self.title)
    }
}

/// Why no borrowed login is changed, whoever keeps it.
#[must_use]
pub fn read_only() -> Trouble {
    let next = FailureKind::NeedsFix("change it in the program that keeps it".to_owned());
    Trouble::untouched("cannot change a borrowed login", "authtui only reads it", next)
}
