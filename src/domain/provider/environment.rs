//! The environment variables of a provider, and the orders in which programs look for a
//! credential.

/// An environment variable that holds a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// The header that carries its value as it is; absent: `Authorization: Bearer …`.
    pub header: Option<String>,
    /// What its values begin with, where that is known. A value with the prefix of another
    /// variable belongs there.
    pub prefixes: Vec<String>,
}

/// The order in which one program looks for a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The word that chooses it.
    pub name: String,
    /// The program it speaks about, as shown to people.
    pub program: String,
    /// Where it looks, first things first.
    pub sources: Vec<Source>,
}

/// A place where a program looks for a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// An environment variable.
    Variable(String),
    /// The tokens of a login.
    Login,
    /// A stored API key.
    Key,
}
