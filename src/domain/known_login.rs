//! Known login: the facts that are stored about the login from which a profile has its tokens.
//!
//! Logins of authtui have all of them, logins that other programs wrote have none. So they lie in a
//! box, which is there only where a fact is: with ten thousand profiles, touching new memory takes
//! longer than parsing what goes into it.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::domain::claims::{Claims, FactSource};
use crate::domain::secret::Secret;

/// The facts that are stored about a login.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoginFacts {
    /// The secret of the client, where it has one.
    pub client_secret: Option<Secret>,
    /// What was asked for; empty where nobody wrote it down.
    pub asked_scopes: Vec<String>,
    /// The authorization server that gave the grant.
    pub issuer: Option<String>,
    /// The account's stable id there.
    pub subject: Option<String>,
    /// Who says it; absent: the server's answer, or not written down.
    pub subject_from: Option<FactSource>,
    /// What its ID token said besides.
    pub id_token: Option<Box<Claims>>,
    /// The servers that its secrets may go to, as origins (`https://id.example.org`); none: not written down.
    pub origins: Vec<String>,
}

/// The facts of a login about which nothing is stored.
static NO_FACTS: LoginFacts = LoginFacts {
    client_secret: None,
    asked_scopes: Vec::new(),
    issuer: None,
    subject: None,
    subject_from: None,
    id_token: None,
    origins: Vec::new(),
};

/// The facts about a login, if there are any.
#[derive(Clone, Default)]
pub struct KnownLogin(Option<Box<LoginFacts>>);

impl KnownLogin {
    /// The same with the secret of the client that `other` has.
    #[must_use]
    pub fn with_secret_of(mut self, other: &Self) -> Self {
        if self.client_secret != other.client_secret {
            self.client_secret.clone_from(&other.client_secret);
        }
        self
    }
}

impl From<LoginFacts> for KnownLogin {
    fn from(facts: LoginFacts) -> Self {
        Self((facts != NO_FACTS).then(|| Box::new(facts)))
    }
}

impl Deref for KnownLogin {
    type Target = LoginFacts;

    fn deref(&self) -> &LoginFacts {
        self.0.as_deref().unwrap_or(&NO_FACTS)
    }
}

impl DerefMut for KnownLogin {
    fn deref_mut(&mut self) -> &mut LoginFacts {
        self.0.get_or_insert_default()
    }
}

impl PartialEq for KnownLogin {
    fn eq(&self, other: &Self) -> bool {
        (self.0.is_none() && other.0.is_none()) || **self == **other
    }
}

impl Eq for KnownLogin {}

impl fmt::Debug for KnownLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_of_which_nothing_is_known_takes_no_room_and_is_like_one_with_no_facts() {
        assert_eq!(KnownLogin::from(LoginFacts::default()).0, None);
        let mut emptied = KnownLogin::from(LoginFacts { issuer: Some("i".into()), ..LoginFacts::default() });
        assert_ne!(emptied, KnownLogin::default());
        emptied.issuer = None;
        assert_eq!(emptied, KnownLogin::default());
    }
}
