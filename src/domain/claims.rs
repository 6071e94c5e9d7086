//! Claims: what a token says of a person and of their login, as far as it helps people, and where a fact
//! about an account comes from.

use crate::domain::clock::{DateTime, Utc};

/// What the payload of a JWT says (OpenID Connect Core §2, RFC 9068 §2.2). Nobody checked its signature.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims {
    /// What the person is called.
    pub name: Option<String>,
    pub email: Option<String>,
    /// The account's stable id at the issuer.
    pub subject: Option<String>,
    pub issuer: Option<String>,
    /// The organisation, tenant or domain that the account belongs to.
    pub organization: Option<String>,
    /// Whom the token is for.
    pub audience: Vec<String>,
    /// When the person proved who they are.
    pub auth_time: Option<DateTime<Utc>>,
}

impl Claims {
    /// The same without what is `known` already.
    #[must_use]
    pub fn beside(mut self, known: &[Option<&str>]) -> Self {
        for claim in self.texts() {
            if known.contains(&claim.as_deref()) {
                *claim = None;
            }
        }
        self
    }

    /// The same with each text `amended`.
    #[must_use]
    pub fn amended(mut self, amended: impl Fn(&str) -> String) -> Self {
        for claim in self.texts() {
            *claim = claim.as_deref().map(&amended);
        }
        for client in &mut self.audience {
            *client = amended(client);
        }
        self
    }

    fn texts(&mut self) -> [&mut Option<String>; 5] {
        let Self { name, email, subject, issuer, organization, .. } = self;
        [name, email, subject, issuer, organization]
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Who says a fact about an account, where that is not the server's own answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactSource {
    /// An ID token whose signature was not checked.
    IdToken,
    /// A person typed it.
    Person,
}

/// Said of what stands in a token.
pub const NOT_CHECKED: &str = "signature not checked";

impl FactSource {
    /// What is said of such a fact.
    #[must_use]
    pub fn remark(self) -> &'static str {
        match self {
            Self::IdToken => NOT_CHECKED,
            Self::Person => "entered by you",
        }
    }

    /// The word for it in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::IdToken => "id_token",
            Self::Person => "person",
        }
    }

    /// The source that a file's word means.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::IdToken, Self::Person].into_iter().find(|source| source.word() == word)
    }
}
