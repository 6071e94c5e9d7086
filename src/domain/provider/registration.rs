//! Registration recipe: how a person registers a client of their own at a provider.

use url::Url;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationRecipe {
    /// The page where it is done.
    pub page: Option<Url>,
    /// What to do there, in short sentences.
    pub steps: Vec<String>,
    /// The redirect address to enter there, exactly as the provider wants it.
    pub redirect: Option<String>,
}
