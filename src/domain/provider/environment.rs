//! Environment variables of a provider, and the orders in which programs look for a credential.

use crate::domain::provider::Provider;

/// An environment variable that holds a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    /// The header that carries its value as it is; absent: `Authorization: Bearer …`.
    pub header: Option<String>,
    /// What its values begin with, where that is known. A value with the prefix of another
    /// variable belongs there.
    pub prefixes: Vec<String>,
}

/// The order in which one program looks for a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupOrder {
    /// The word that chooses it.
    pub name: String,
    /// The program it speaks about, as shown to people; empty: no program in particular.
    pub program: String,
    /// Where it looks, first things first.
    pub sources: Vec<CredentialSource>,
}

impl LookupOrder {
    /// The program's name alone: what stands before the first comma of what is said of it.
    #[must_use]
    pub fn program_name(&self) -> &str {
        self.program.split(',').next().unwrap_or_default().trim()
    }

    /// Whether it looks at stored keys at all.
    #[must_use]
    pub fn takes_keys(&self) -> bool {
        self.sources.contains(&CredentialSource::Key)
    }
}

impl Provider {
    /// The environment variable of that name, if the provider's file names it.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.environment.iter().find(|variable| variable.name == name)
    }

    /// The order to look in when none is chosen: the first of the file. Where the file has none,
    /// that of no program in particular: its variables, then a login, then a key.
    #[must_use]
    pub fn usual_order(&self) -> LookupOrder {
        self.orders.first().cloned().unwrap_or_else(|| {
            let variables =
                self.environment.iter().map(|variable| CredentialSource::Variable(variable.name.clone()));
            let sources = variables.chain([CredentialSource::Login, CredentialSource::Key]).collect();
            LookupOrder { name: "default".to_owned(), program: String::new(), sources }
        })
    }
}

/// A place where a program looks for a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    Variable(String),
    /// The tokens of a login.
    Login,
    /// A stored API key.
    Key,
}
