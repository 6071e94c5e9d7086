//! What can be asked for: the scopes a provider's file names, and where the provider lists them.

use crate::domain::provider::call::Call;
use crate::domain::provider::reply::Pointers;

/// What is asked for, how it is joined, and what else there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes {
    /// Asked for unless the person says otherwise.
    pub default: Vec<String>,
    /// What stands between two scopes in a request.
    pub separator: String,
    /// What can be asked for besides, as the file says.
    pub offered: Vec<Offered>,
    /// Where the provider lists what can be asked for.
    pub list: Option<ScopeList>,
}

/// One scope that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The scope as it is asked for.
    pub name: String,
    /// What it allows, in the provider's words, made safe to show.
    pub title: Option<String>,
}

/// Where a provider lists its scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeList {
    /// The request; it carries no secret.
    pub call: Call,
    /// The list in the answer: of texts, or of objects.
    pub at: Pointers,
    /// The scope in one object.
    pub name: Pointers,
    /// Its words in one object.
    pub title: Pointers,
}
